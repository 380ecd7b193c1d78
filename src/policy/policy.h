/* From findings to a decision: severities, what fails a run, the verdict of the domain. */
#ifndef DC_POLICY_POLICY_H
#define DC_POLICY_POLICY_H

#include "checks/run.h"
#include "policy/profile.h"
#include "policy/verdict.h"
#include "policy/waiver.h"

/* What decides about one domain. Of the run (dc_config.policy), or of a domain (dc_result.policy). Everything in it is
 * borrowed and outlives the run. */
struct dc_policy {
	enum dc_severity fail_on; /* findings at or above it fail a run; DC_SEVERITY_OFF: none does */
	const struct dc_profile **profiles; /* in the order given, each once; none: baseline */
	size_t profile_count, profile_capacity;
	const struct dc_waiver **waivers;
	size_t waiver_count, waiver_capacity;
	struct dc_severity_rule *rules; /* later ones win */
	size_t rule_count, rule_capacity;
	bool single; /* the domain is the only one of the run: a waiver that matches nothing there matches nothing at all */
};

struct dc_judgement {
	const struct dc_check_result *checks;
	size_t check_count;
	const struct dc_finding *findings; /* gravest first, then in the order of the checks */
	size_t finding_count;
	const struct dc_profile_result *profiles;
	size_t profile_count;
	const enum dc_tri *waivers_matched; /* by the index in dc_policy.waivers: it matched a finding, expired or not */
	enum dc_severity threshold;     /* what fails the domain: fail_on, or errors when nothing is to fail the run */
	enum dc_domain_verdict verdict; /* fail: a finding that counts, or a broken requirement of a profile that does */
	bool fails;                     /* the same, when something is to fail the run */
	bool incomplete;                /* a check could not be decided */
};

/* It is at or above `least` (DC_SEVERITY_OFF: never), not accepted, and says more than that something is not known. */
bool dc_policy_counts(const struct dc_finding *finding, enum dc_severity least);
/* It is broken, and a broken must (an error) or should (a warning) reaches `least`. */
bool dc_policy_blocks(const struct dc_requirement_result *requirement, enum dc_severity least);

/* Lays severities and waivers over `list`, adds what is to be said about waivers, and sorts it in place. Result in `arena`,
 * pointing into `list`. */
struct dc_judgement dc_policy_judge(struct dc_arena *arena, const struct dc_policy *policy, const struct dc_facts *facts,
				    const struct dc_check_run *runs, size_t run_count, struct dc_finding_list *list);

#endif
