/* BIMI of one domain: the record, the logo and the mark certificate that it names. Whether DMARC is strict enough is judged
 * by a check. */
#ifndef DC_BIMI_BIMI_H
#define DC_BIMI_BIMI_H

#include "base/tri.h"
#include "bimi/mark.h"
#include "bimi/record.h"
#include "bimi/svg.h"

enum { DC_BIMI_OCTETS = 256 * 1024 }; /* of a logo or a chain: what receivers take is a tenth of it */

enum dc_bimi_state {
	DC_BIMI_UNKNOWN,
	DC_BIMI_NONE,
	DC_BIMI_VALID,
	DC_BIMI_INVALID,  /* one record, not by the grammar: none */
	DC_BIMI_MULTIPLE, /* several: none */
	DC_BIMI_DECLINED, /* says that there is no logo */
};
/* "none" "valid" "invalid" "multiple" "declined"; NULL for unknown */
const char *dc_bimi_state_name(enum dc_bimi_state state);

struct dc_bimi_facts {
	struct dc_slice domain;
	struct dc_slice location;       /* the domain whose record it is: `domain` or its organizational domain */
	struct dc_slice name;           /* default._bimi.LOCATION */
	const struct dc_answer *answer; /* NULL while open */
	enum dc_bimi_state state;
	enum dc_tri present;            /* a record, or something meant as one */
	size_t count;
	struct dc_bimi_record record;   /* the first one; of the near miss only its text */
	bool near;
	struct dc_https_fetch logo, evidence; /* when the record names them */
	const struct dc_bimi_svg *svg;  /* NULL: no document with status 200 */
	const struct dc_bimi_mark *mark;
};

/* The question at the domain in the first round, at `org` (empty: not known yet, or the same) when there is no record;
 * documents only when there is a valid one. Never NULL. */
const struct dc_bimi_facts *dc_bimi_build(struct dc_asker *asker, struct dc_slice domain, struct dc_slice org);

/* The domain has no record, and nobody asked whether its organizational domain has one: a recording of an earlier version, a
 * ceiling. No mail rests on that. */
bool dc_bimi_is_untried(const struct dc_bimi_facts *facts);

/* Does a certificate for `names` stand for the domain: its own name, its organizational domain's, or that of the record? */
bool dc_bimi_covers(const struct dc_bimi_facts *facts);

#endif
