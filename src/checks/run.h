/* Running every check over the facts of one domain. */
#ifndef DC_CHECKS_RUN_H
#define DC_CHECKS_RUN_H

#include "checks/check.h"
#include "findings/emitter.h"

struct dc_check_run {
	const struct dc_check *check;
	bool not_applicable; /* as the check said */
	bool silent;         /* it found nothing at all */
	bool skipped;        /* could not judge: what it rests on was not answered, or memory was spent before: inconclusive */
};

/* *ret_runs: one a check, in order of the registry; findings are appended to `list`; all in `arena`. `facts` without
 * parts (an audit that ran out of memory) is judged by the check of the budgets only. */
size_t dc_checks_run(struct dc_arena *arena, const struct dc_facts *facts, struct dc_check_run **ret_runs,
		     struct dc_finding_list *list);

#endif
