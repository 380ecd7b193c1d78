/* From findings to a decision: severities, what fails a run, the verdict of the domain. */
#ifndef DC_POLICY_POLICY_H
#define DC_POLICY_POLICY_H

#include "checks/run.h"
#include "policy/verdict.h"

struct dc_policy {
	enum dc_severity fail_on; /* findings at or above it fail a run; DC_SEVERITY_OFF: none does */
};

struct dc_judgement {
	const struct dc_check_result *checks;
	size_t check_count;
	const struct dc_finding *findings; /* gravest first, then in the order of the checks */
	size_t finding_count;
	const struct dc_profile_result *profiles;
	size_t profile_count;
	enum dc_domain_verdict verdict; /* fail by dc_policy.fail_on, or by errors when nothing is to fail the run */
	bool fails;                     /* a finding at or above fail_on */
	bool incomplete;                /* a check could not be decided */
};

/* Sorts `list` in place. Result in `arena`, pointing into `list`. */
struct dc_judgement dc_policy_judge(struct dc_arena *arena, const struct dc_policy *policy,
				    const struct dc_check_run *runs, size_t run_count, struct dc_finding_list *list);

#endif
