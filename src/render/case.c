/* Test cases out of verdicts. */
#include "render/case.h"

#include "policy/policy.h"
#include "policy/profile.h"

static enum dc_severity threshold(const struct dc_audit_result *result)
{
	return result->threshold == DC_SEVERITY_OFF ? DC_SEVERITY_ERROR : result->threshold;
}

static bool explains(const struct dc_audit_result *result, const struct dc_finding *finding, enum dc_case_state state)
{
	if (state == DC_CASE_FAIL)
		return dc_policy_counts(finding, threshold(result));
	return state == DC_CASE_UNKNOWN && finding->waived.len == 0 && dc_catalogue_row(finding->id)->inconclusive;
}

static enum dc_case_state state_of(enum dc_verdict verdict, bool fails)
{
	return fails				       ? DC_CASE_FAIL
	       : verdict == DC_VERDICT_INCONCLUSIVE   ? DC_CASE_UNKNOWN
	       : verdict == DC_VERDICT_NOT_APPLICABLE ? DC_CASE_SKIP
						       : DC_CASE_PASS;
}

/* Passing only because of a waiver is not passing. */
static void accept(struct dc_case *one, const struct dc_finding *finding)
{
	if (finding->waived.len == 0 || dc_catalogue_row(finding->id)->inconclusive ||
	    (one->state != DC_CASE_PASS && one->accepted.len == 0))
		return;
	one->state = DC_CASE_SKIP;
	one->accepted = one->accepted.len > 0 ? one->accepted : finding->waived;
}

static void fill_check(struct dc_report *report, const struct dc_audit_result *result, const struct dc_check_result *check,
		       struct dc_case *ret_case)
{
	const struct dc_finding **reasons = NULL, **remarks = NULL;
	size_t reason_capacity = 0, remark_capacity = 0;
	bool fails = false;

	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (strcmp(dc_catalogue_row(finding->id)->check, check->check->id) == 0)
			fails |= dc_policy_counts(finding, threshold(result));
	}
	*ret_case = (struct dc_case){.id = check->check->id, .title = check->check->title,
				     .state = state_of(check->verdict, fails)};
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (finding->severity == DC_SEVERITY_OFF || strcmp(dc_catalogue_row(finding->id)->check, check->check->id) != 0)
			continue;
		if (explains(result, finding, ret_case->state))
			DC_PUSH(report->scratch, reasons, ret_case->reason_count, reason_capacity) = finding;
		else
			DC_PUSH(report->scratch, remarks, ret_case->remark_count, remark_capacity) = finding;
	}
	ret_case->reasons = reasons;
	ret_case->remarks = remarks;
	for (size_t i = 0; i < ret_case->remark_count; i++)
		/* NOLINTNEXTLINE(analyzer-null-dereference): `remarks` holds as many as are counted */
		if (remarks[i]->severity >= threshold(result))
			accept(ret_case, remarks[i]);
}

static bool is_told(const struct dc_profile_result *profile)
{
	return profile->profile ? !profile->profile->each_check : strcmp(profile->id, "baseline") != 0;
}

static void fill_requirement(const struct dc_audit_result *result, const struct dc_profile_result *profile,
			     const struct dc_requirement_result *requirement, struct dc_case *ret_case)
{
	*ret_case = (struct dc_case){
		.profile = profile->id,
		.id = requirement->id,
		.title = requirement->text ? requirement->text : requirement->id,
		.state = state_of(requirement->verdict, dc_policy_blocks(requirement, threshold(result))),
		.reasons = requirement->findings,
		.reason_count = requirement->finding_count,
		.remarks = requirement->waived,
		.remark_count = requirement->waived_count,
	};
	for (size_t i = 0; i < requirement->waived_count; i++)
		accept(ret_case, requirement->waived[i]);
}

const struct dc_case *dc_report_cases(struct dc_report *report, const struct dc_audit_result *result, size_t *ret_count)
{
	size_t count = result->check_count, n = 0;
	struct dc_case *cases;

	for (size_t i = 0; i < result->profile_count; i++)
		count += is_told(&result->profiles[i]) ? result->profiles[i].requirement_count : 0;
	cases = DC_NEW_ARRAY(report->scratch, struct dc_case, count + 1);
	for (size_t i = 0; i < result->check_count; i++)
		fill_check(report, result, &result->checks[i], &cases[n++]);
	for (size_t i = 0; i < result->profile_count; i++) {
		const struct dc_profile_result *profile = &result->profiles[i];

		for (size_t k = 0; is_told(profile) && k < profile->requirement_count; k++)
			fill_requirement(result, profile, &profile->requirements[k], &cases[n++]);
	}
	*ret_count = n;
	return cases;
}
