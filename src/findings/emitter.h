/* The other side of emit.h: what checks/run.c makes for every check, and takes the findings out of. */
#ifndef DC_FINDINGS_EMITTER_H
#define DC_FINDINGS_EMITTER_H

#include "findings/emit.h"

/* Findings of all checks of an audit, in the order of emitting. Start with zeroes. Pointers into `items` hold only when
 * the last check is done. */
struct dc_finding_list {
	struct dc_finding *items;
	size_t count, capacity;
};

struct dc_emitter {
	struct dc_arena *arena;
	const char *check;      /* its id: a check emits rows of its own only */
	struct dc_slice domain; /* the subject when none is given */
	struct dc_finding_list *list;
	bool not_applicable;
	bool inconclusive;      /* said by dc_inconclusive */
};

/* `emitter` is the caller's, for one check. Findings are appended to `list` and live in `arena`. */
void dc_emitter_init(struct dc_emitter *emitter, struct dc_arena *arena, const char *check, struct dc_slice domain,
		     struct dc_finding_list *list);
/* What a check found: fail (an error) before inconclusive before warn before not-applicable before pass. Notices leave a
 * pass, those waived or switched off do not count. Only findings of `check` are looked at. */
enum dc_verdict dc_findings_verdict(const struct dc_finding *findings, size_t count, const char *check,
				    bool not_applicable);

/* NULL when `args` (ended by DC_ARG_NONE, or NULL) are exactly those of `row`, each once; else the name that is
 * missing, unknown or doubled. dc_emit asserts on it. `unanswered`: question, server and outcome are filled in later. */
const char *dc_args_mismatch(const struct dc_catalogue_row *row, const struct dc_arg *args, bool unanswered);

#endif
