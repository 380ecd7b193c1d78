/* The decision. A finding that only says what could not be determined never fails a run: it makes it incomplete. */
#include "policy/decide.h"

extern const struct dc_check dc_check_policy_waivers;

const char *dc_domain_verdict_name(enum dc_domain_verdict verdict)
{
	static const char *const names[] = {"pass", "incomplete", "fail"};
	return verdict <= DC_DOMAIN_FAIL ? names[verdict] : "?";
}

bool dc_policy_counts(const struct dc_finding *finding, enum dc_severity least)
{
	return least != DC_SEVERITY_OFF && finding->severity >= least && finding->waived.len == 0 &&
	       !dc_catalogue_row(finding->id)->inconclusive;
}

bool dc_policy_blocks(const struct dc_requirement_result *requirement, enum dc_severity least)
{
	enum dc_severity grade = requirement->must ? DC_SEVERITY_ERROR : DC_SEVERITY_WARNING;

	return least != DC_SEVERITY_OFF && grade >= least &&
	       (requirement->verdict == DC_VERDICT_FAIL || requirement->verdict == DC_VERDICT_WARN);
}

/* Stable, by severity: the order of the checks stays within one. */
static void sort(struct dc_arena *arena, struct dc_finding_list *list)
{
	struct dc_finding *sorted = DC_NEW_ARRAY(arena, struct dc_finding, list->count + 1);
	size_t n = 0;
	for (int severity = DC_SEVERITY_ERROR; severity >= DC_SEVERITY_OFF; severity--)
		for (size_t i = 0; i < list->count; i++)
			if (list->items[i].severity == (enum dc_severity)severity)
				sorted[n++] = list->items[i];
	list->items = sorted;
}

static void judge_checks(struct dc_arena *arena, const struct dc_policy *policy, const struct dc_check_run *runs,
			 size_t run_count, struct dc_judgement *judgement)
{
	struct dc_check_result *checks = DC_NEW_ARRAY(arena, struct dc_check_result, run_count + 1);
	for (size_t i = 0; i < run_count; i++) {
		bool waivers = runs[i].check == &dc_check_policy_waivers;
		bool not_applicable = waivers ? policy->waiver_count == 0 : runs[i].not_applicable;
		size_t count = runs[i].silent && !waivers ? 0 : judgement->finding_count; /* to look for its own among */
		checks[i].check = runs[i].check;
		checks[i].verdict = dc_findings_verdict(judgement->findings, count, runs[i].check->id, not_applicable);
		if (runs[i].skipped && checks[i].verdict != DC_VERDICT_FAIL)
			checks[i].verdict = DC_VERDICT_INCONCLUSIVE;
		judgement->incomplete |= checks[i].verdict == DC_VERDICT_INCONCLUSIVE;
	}
	judgement->checks = checks;
	judgement->check_count = run_count;
}

/* `broken`: by findings alone, as the baseline has it. Returns whether requirements are broken that fail the domain. */
static bool judge_profiles(struct dc_arena *arena, const struct dc_policy *policy, const struct dc_facts *facts,
			   bool broken, struct dc_judgement *judgement)
{
	const struct dc_profile *fallback = dc_profile_at(0);
	size_t count = policy->profile_count ? policy->profile_count : 1;
	struct dc_profile_result *results = DC_NEW_ARRAY(arena, struct dc_profile_result, count);
	bool blocked = false, open = false; /* what a profile asks and nobody looked at must not change the baseline */
	for (size_t i = 0; i < count; i++) {
		struct dc_profile_result *result = &results[i];
		*result = dc_policy_require(arena, policy->profile_count ? policy->profiles[i] : fallback, judgement,
					    facts);
		if (result->profile->each_check)
			result->verdict = broken		  ? DC_VERDICT_FAIL
					  : judgement->incomplete ? DC_VERDICT_INCONCLUSIVE
								  : DC_VERDICT_PASS;
		for (size_t k = 0; !result->profile->each_check && k < result->requirement_count; k++)
			blocked |= dc_policy_blocks(&result->requirements[k], judgement->threshold);
		open |= !result->profile->each_check && result->verdict == DC_VERDICT_INCONCLUSIVE;
	}
	judgement->incomplete |= open;
	judgement->profiles = results;
	judgement->profile_count = count;
	return blocked;
}

struct dc_judgement dc_policy_judge(struct dc_arena *arena, const struct dc_policy *policy, const struct dc_facts *facts,
				    const struct dc_check_run *runs, size_t run_count, struct dc_finding_list *list)
{
	struct dc_judgement judgement = {0};
	bool broken = false;
	judgement.threshold = policy->fail_on == DC_SEVERITY_OFF ? DC_SEVERITY_ERROR : policy->fail_on;
	judgement.waivers_matched = dc_policy_waive(arena, policy, facts->inputs, runs, run_count, list);
	dc_policy_set_severities(policy, list);
	sort(arena, list);
	judgement.findings = list->items;
	judgement.finding_count = list->count;
	for (size_t i = 0; i < list->count; i++)
		broken |= dc_policy_counts(&list->items[i], judgement.threshold);
	judge_checks(arena, policy, runs, run_count, &judgement);
	bool blocked = judge_profiles(arena, policy, facts, broken, &judgement);
	judgement.fails = policy->fail_on != DC_SEVERITY_OFF && (broken || blocked);
	judgement.verdict = broken || blocked	   ? DC_DOMAIN_FAIL
			    : judgement.incomplete ? DC_DOMAIN_INCOMPLETE
						   : DC_DOMAIN_PASS;
	return judgement;
}
