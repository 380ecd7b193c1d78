/* CAA: which certification authorities may issue for a name. RFC 8659; issuemail of RFC 9495; issuevmc of the mark
 * certificate requirements of the BIMI group. */
#ifndef DC_CAA_CAA_H
#define DC_CAA_CAA_H

#include "base/tri.h"
#include "evidence/ask.h"

enum {
	DC_CAA_CLIMB_MAX = 16,   /* names asked above a name; longer names are no mail domains */
	DC_CAA_PROPERTY_MAX = 64, /* records kept; sets in the wild have up to thirty */
};

enum dc_caa_tag {
	DC_CAA_OTHER,     /* not defined, or not read here */
	DC_CAA_ISSUE,
	DC_CAA_ISSUEWILD,
	DC_CAA_ISSUEMAIL,
	DC_CAA_ISSUEVMC,
	DC_CAA_IODEF,
	DC_CAA_CONTACT,   /* contactemail, contactphone: CA/Browser Forum */
};

struct dc_caa_property {
	const struct dc_rr *rr;
	enum dc_caa_tag tag;
	struct dc_slice name, value; /* as published */
	bool critical;               /* flag 128 */
	struct dc_slice issuer;      /* issue…: canonical name; empty: nobody may issue */
	const char *problem;         /* not by the grammar: counts as "nobody"; NULL: nothing. Static */
};

struct dc_caa_facts {
	struct dc_slice name;              /* asked for */
	const struct dc_answer *answer;    /* the set that counts, or the last that was empty; NULL while open */
	const struct dc_answer *failed;    /* the step that was not answered; NULL: none */
	enum dc_tri present;               /* a set was found, at the name or above */
	struct dc_slice location;          /* where; empty: nowhere */
	const struct dc_caa_property *properties;
	size_t count;
	size_t total;                      /* records published */
	bool malformed;                    /* a record without tag, or one that cannot be read */
};

/* Climbs from `name` to the first set (RFC 8659 section 3), up to and with `last` labels: 1 for the top-level domain. The
 * names above are asked one after the other, each only when the one below it has nothing. Never NULL. */
const struct dc_caa_facts *dc_caa_build(struct dc_asker *asker, struct dc_slice name, size_t last);

/* May `issuer` (a name as authorities publish it: "letsencrypt.org") issue? UNKNOWN while the set is unknown. An absent tag
 * restricts nobody. */
enum dc_tri dc_caa_allows(const struct dc_caa_facts *caa, enum dc_caa_tag tag, struct dc_slice issuer);
/* True when the set holds this tag. */
bool dc_caa_has(const struct dc_caa_facts *caa, enum dc_caa_tag tag);
/* The issuers that a tag names, each once, in the order of the set. In `arena`. */
size_t dc_caa_issuers(struct dc_arena *arena, const struct dc_caa_facts *caa, enum dc_caa_tag tag, struct dc_slice **ret_issuers);

/* The names that an authority gives for CAA records, by the organization in its certificates ("Let's Encrypt"); NULL-ended,
 * NULL when it is not known here. */
const char *const *dc_caa_names_of(struct dc_slice organization);

#endif
