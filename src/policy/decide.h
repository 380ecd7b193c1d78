/* The parts of the policy, inside the room: severities and waivers laid over findings, requirements judged by them. */
#ifndef DC_POLICY_DECIDE_H
#define DC_POLICY_DECIDE_H

#include "policy/policy.h"

/* The rules of --set. */
void dc_policy_set_severities(const struct dc_policy *policy, struct dc_finding_list *list);
/* Marks what a waiver covers, and adds the findings about waivers themselves. Returns for each waiver of the policy whether
 * it matched a finding; not known when a check that could have found one was not decided. */
const enum dc_tri *dc_policy_waive(struct dc_arena *arena, const struct dc_policy *policy, const struct dc_inputs *inputs,
				   const struct dc_check_run *runs, size_t run_count, struct dc_finding_list *list);
/* Is it shown, and does it count? */
static inline bool dc_policy_stands(const struct dc_finding *finding)
{
	return finding->severity != DC_SEVERITY_OFF && finding->waived.len == 0;
}

/* Is it published? dc_proof.present has the names. *ret_applies: there is a place where it could be. */
enum dc_tri dc_policy_present(const struct dc_facts *facts, const char *what, bool *ret_applies);

/* A profile over judgement->checks and judgement->findings. */
struct dc_profile_result dc_policy_require(struct dc_arena *arena, const struct dc_profile *profile,
					   const struct dc_judgement *judgement, const struct dc_facts *facts);

#endif
