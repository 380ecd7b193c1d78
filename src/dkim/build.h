/* What the files of the builder share. Private to the room. */
#ifndef DC_DKIM_BUILD_H
#define DC_DKIM_BUILD_H

#include "dkim/dkim.h"

/* A name that may be a selector. */
struct dc_dkim_candidate {
	struct dc_slice selector; /* canonical */
	enum dc_dkim_origin origin;
	bool likely; /* one of the few names asked of every domain */
};

struct dc_dkim_build {
	struct dc_asker *asker;
	const struct dc_dkim_input *input;
	struct dc_dkim_facts *facts;
	struct dc_slice node_name; /* _domainkey.DOMAIN */
	struct dc_dkim_candidate *candidates;
	size_t candidate_count, candidate_capacity;
	struct dc_dkim_selector *selectors;
	size_t selector_capacity;
};

enum {
	DC_DKIM_CANDIDATES_MAX = 1024, /* more than all tables together, times the date patterns */
};

/* ---- search.c: the ladder ---- */

/* Adds a candidate unless it is there already. `text` may be SELECTOR or SELECTOR._domainkey.DOMAIN. */
void dc_dkim_add(struct dc_dkim_build *build, struct dc_slice text, enum dc_dkim_origin origin);
/* Given ones, likely ones, the providers' and, with --selectors all, common and dated ones. */
void dc_dkim_add_ladder(struct dc_dkim_build *build);
/* The other selectors of a provider that a CNAME gave away. */
void dc_dkim_add_provider(struct dc_dkim_build *build, const struct dc_provider_row *row);
/* The provider that alone uses this selector name, or NULL. */
const struct dc_provider_row *dc_dkim_owner_of(struct dc_slice selector);
/* A label that nobody publishes, the same for a domain each time: evidence must be found again in a replay. */
struct dc_slice dc_dkim_probe_label(struct dc_arena *arena, struct dc_slice domain);

/* ---- selector.c: what one answer says ---- */

/* The TXT records of an answer, parsed; unreadable ones are left out. */
size_t dc_dkim_read_records(struct dc_dkim_build *build, const struct dc_answer *answer,
			    const struct dc_dkim_record **ret_records);
/* The targets of the CNAMEs, hop by hop. */
size_t dc_dkim_read_cnames(struct dc_arena *arena, const struct dc_answer *answer, const struct dc_slice **ret_targets);
/* Fills everything that depends on the selector's own answer alone. `answer` is not NULL. */
void dc_dkim_judge_selector(struct dc_dkim_build *build, const struct dc_dkim_candidate *candidate,
			    const struct dc_answer *answer, struct dc_dkim_selector *ret_selector);
/* Do two answers end in the same records, or in the same nowhere? */
bool dc_dkim_same_answer(const struct dc_answer *a, const struct dc_answer *b);
/* The text is not meant as a key record. */
bool dc_dkim_is_other_text(const struct dc_dkim_record *record);
/* Led on to the same label below another name, as a DNAME does with everything below its owner (RFC 6672). */
bool dc_dkim_is_mapped(const struct dc_answer *answer);

/* ---- nsec.c ---- */

/* Walks the NSEC chain from the domain over everything below _domainkey and adds what it meets. Asks one name a round. */
void dc_dkim_walk_zone(struct dc_dkim_build *build);

#endif
