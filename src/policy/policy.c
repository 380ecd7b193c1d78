/* The decision. A finding that only says what could not be determined never fails a run: it makes it incomplete. */
#include "policy/policy.h"

const char *dc_domain_verdict_name(enum dc_domain_verdict verdict)
{
	static const char *const names[] = {"pass", "incomplete", "fail"};
	return verdict <= DC_DOMAIN_FAIL ? names[verdict] : "?";
}

static bool counts(const struct dc_finding *finding, enum dc_severity least)
{
	return least != DC_SEVERITY_OFF && finding->severity >= least && finding->waived.len == 0 &&
	       !dc_catalogue_row(finding->id)->inconclusive;
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

/* The baseline: every check is a requirement, and what it found stands in its way. */
static const struct dc_profile_result *baseline(struct dc_arena *arena, const struct dc_judgement *judgement)
{
	struct dc_profile_result *profile = DC_NEW(arena, struct dc_profile_result);
	struct dc_requirement_result *requirements =
		DC_NEW_ARRAY(arena, struct dc_requirement_result, judgement->check_count + 1);
	for (size_t i = 0; i < judgement->check_count; i++) {
		struct dc_requirement_result *requirement = &requirements[i];
		const struct dc_finding **findings = NULL;
		size_t capacity = 0;
		requirement->id = judgement->checks[i].check->id;
		requirement->verdict = judgement->checks[i].verdict;
		for (size_t k = 0; k < judgement->finding_count; k++) {
			const struct dc_finding *finding = &judgement->findings[k];
			if (finding->severity > DC_SEVERITY_NOTICE && finding->waived.len == 0 &&
			    strcmp(dc_catalogue_row(finding->id)->check, requirement->id) == 0)
				DC_PUSH(arena, findings, requirement->finding_count, capacity) = finding;
		}
		requirement->findings = findings;
	}
	*profile = (struct dc_profile_result){.id = "baseline", .requirements = requirements,
					      .requirement_count = judgement->check_count};
	profile->verdict = judgement->verdict == DC_DOMAIN_FAIL	       ? DC_VERDICT_FAIL
			   : judgement->verdict == DC_DOMAIN_INCOMPLETE ? DC_VERDICT_INCONCLUSIVE
									: DC_VERDICT_PASS;
	return profile;
}

struct dc_judgement dc_policy_judge(struct dc_arena *arena, const struct dc_policy *policy,
				    const struct dc_check_run *runs, size_t run_count, struct dc_finding_list *list)
{
	struct dc_judgement judgement = {.check_count = run_count, .finding_count = list->count};
	struct dc_check_result *checks = DC_NEW_ARRAY(arena, struct dc_check_result, run_count + 1);
	bool broken = false;
	enum dc_severity threshold = policy->fail_on == DC_SEVERITY_OFF ? DC_SEVERITY_ERROR : policy->fail_on;
	sort(arena, list);
	for (size_t i = 0; i < list->count; i++) {
		judgement.fails |= counts(&list->items[i], policy->fail_on);
		broken |= counts(&list->items[i], threshold);
	}
	for (size_t i = 0; i < run_count; i++) {
		checks[i].check = runs[i].check;
		checks[i].verdict =
			dc_findings_verdict(list->items, list->count, runs[i].check->id, runs[i].not_applicable);
		if (runs[i].skipped && checks[i].verdict != DC_VERDICT_FAIL)
			checks[i].verdict = DC_VERDICT_INCONCLUSIVE;
		judgement.incomplete |= checks[i].verdict == DC_VERDICT_INCONCLUSIVE;
	}
	judgement.verdict = broken ? DC_DOMAIN_FAIL : judgement.incomplete ? DC_DOMAIN_INCOMPLETE : DC_DOMAIN_PASS;
	judgement.checks = checks;
	judgement.findings = list->items;
	judgement.profiles = baseline(arena, &judgement);
	judgement.profile_count = 1;
	return judgement;
}
