/* What a check may do: emit findings, or say that it does not apply. */
#ifndef DC_FINDINGS_EMIT_H
#define DC_FINDINGS_EMIT_H

#include "findings/finding.h"

struct dc_emitter; /* one a check and audit; made by checks/run.c */

struct dc_where {
	struct dc_slice subject;        /* empty: the audited domain */
	const struct dc_span *span;     /* copied; may be NULL */
	const struct dc_answer *answer; /* may be NULL */
	const struct dc_answer *more;   /* a second answer, may be NULL */
};

/* Everything given is copied or lives in evidence or facts. `args` ends with DC_ARG_NONE or is NULL. */
void dc_emit(struct dc_emitter *emitter, enum dc_finding_id id, struct dc_where where, const struct dc_arg *args);
/* For rows marked inconclusive: where.answer is the answer that failed. Fills the arguments {question} ("TXT
 * _dmarc.example.com"), {server} and {outcome} ("TIMEOUT") from it, and adds `args`. */
void dc_emit_unanswered(struct dc_emitter *emitter, enum dc_finding_id id, struct dc_where where,
			const struct dc_arg *args);
/* The check has nothing to say here (no SPF record to judge, a domain that does not send …). */
void dc_not_applicable(struct dc_emitter *emitter);
/* The check cannot judge because a lookup that another check reports failed: inconclusive without a finding of its own. */
void dc_inconclusive(struct dc_emitter *emitter);
/* For strings and lists that must outlive the check. */
struct dc_arena *dc_emitter_arena(struct dc_emitter *emitter);

#endif
