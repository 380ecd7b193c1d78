/* Requirements of a profile over what the checks found. A requirement is broken by a finding that stands; with none, it is
 * not known as long as one of its checks could not be decided. */
#include "policy/decide.h"

static enum dc_verdict verdict_of(const struct dc_judgement *judgement, const char *check)
{
	for (size_t i = 0; i < judgement->check_count; i++)
		if (strcmp(judgement->checks[i].check->id, check) == 0)
			return judgement->checks[i].verdict;
	return DC_VERDICT_INCONCLUSIVE;
}

static bool is_break(const struct dc_proof *proof, const struct dc_finding *finding)
{
	for (size_t i = 0; i < proof->break_count; i++)
		if (proof->breaks[i] == finding->id)
			return true;
	return false;
}

static bool breaks(const struct dc_proof *proof, const struct dc_finding *finding)
{
	return is_break(proof, finding) && dc_policy_stands(finding);
}

/* What would stand in the way, were it not accepted: shown, so that a pass is not taken for more than it is. */
static void collect_waived(struct dc_arena *arena, const struct dc_requirement *requirement,
			   const struct dc_judgement *judgement, struct dc_requirement_result *result)
{
	const struct dc_finding **findings = NULL;
	size_t capacity = 0;

	for (size_t i = 0; i < judgement->finding_count; i++) {
		const struct dc_finding *finding = &judgement->findings[i];
		bool found = false;

		for (size_t k = 0; k < requirement->proof_count; k++)
			found |= is_break(&requirement->proofs[k], finding);
		if (found && finding->waived.len > 0 && finding->severity != DC_SEVERITY_OFF)
			DC_PUSH(arena, findings, result->waived_count, capacity) = finding;
	}
	result->waived = findings;
}

/* It applies to every domain: that it did not judge means that nobody could look. */
static bool is_unasked(const char *check)
{
	return strcmp(check, "dnssec-state") == 0;
}

/* Is something of this check not known? Its verdict says so only when nothing was found. */
static bool is_open(const struct dc_judgement *judgement, const char *check)
{
	if (is_unasked(check) && verdict_of(judgement, check) == DC_VERDICT_NOT_APPLICABLE)
		return true;
	for (size_t i = 0; i < judgement->finding_count; i++) {
		const struct dc_catalogue_row *row = dc_catalogue_row(judgement->findings[i].id);

		if (row->inconclusive && strcmp(row->check, check) == 0)
			return true;
	}
	return verdict_of(judgement, check) == DC_VERDICT_INCONCLUSIVE;
}

static enum dc_verdict judge_presence(const struct dc_proof *proof, const struct dc_facts *facts)
{
	bool open = false, applies = proof->present[0] == NULL;

	for (size_t i = 0; proof->present[i]; i++) {
		bool possible;
		enum dc_tri present = dc_policy_present(facts, proof->present[i], &possible);

		if (possible && present == DC_TRI_NO)
			return DC_VERDICT_FAIL;
		open |= possible && present == DC_TRI_UNKNOWN;
		applies |= possible;
	}
	return open ? DC_VERDICT_INCONCLUSIVE : applies ? DC_VERDICT_PASS : DC_VERDICT_NOT_APPLICABLE;
}

static enum dc_verdict judge_proof(const struct dc_proof *proof, const struct dc_judgement *judgement,
				   const struct dc_facts *facts)
{
	enum dc_verdict presence = judge_presence(proof, facts);
	bool open = presence == DC_VERDICT_INCONCLUSIVE, applies = !proof->checks[0] && !proof->told_by[0];

	for (size_t i = 0; i < judgement->finding_count; i++)
		if (breaks(proof, &judgement->findings[i]))
			return DC_VERDICT_FAIL;
	for (size_t i = 0; proof->told_by[i]; i++)
		applies |= verdict_of(judgement, proof->told_by[i]) != DC_VERDICT_NOT_APPLICABLE;
	for (size_t i = 0; proof->checks[i]; i++) {
		open |= is_open(judgement, proof->checks[i]);
		applies |= verdict_of(judgement, proof->checks[i]) != DC_VERDICT_NOT_APPLICABLE;
	}
	if (presence == DC_VERDICT_FAIL)
		return DC_VERDICT_FAIL;
	if (open)
		return DC_VERDICT_INCONCLUSIVE;
	return applies && presence != DC_VERDICT_NOT_APPLICABLE ? DC_VERDICT_PASS : DC_VERDICT_NOT_APPLICABLE;
}

/* Does it belong to the proof's checks, and is it an error there? It may be why something is not there. */
static bool explains(const struct dc_proof *proof, const struct dc_finding *finding)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

	if (row->severity != DC_SEVERITY_ERROR || row->inconclusive || !dc_policy_stands(finding))
		return false;
	for (size_t i = 0; proof->checks[i]; i++)
		if (strcmp(proof->checks[i], row->check) == 0)
			return true;
	return false;
}

/* The findings that stand in the way, in the order of the report. */
static void collect(struct dc_arena *arena, const struct dc_requirement *requirement, const struct dc_judgement *judgement,
		    struct dc_requirement_result *result)
{
	const struct dc_finding **findings = NULL;
	size_t capacity = 0;

	for (size_t i = 0; i < judgement->finding_count; i++) {
		bool found = false;

		for (size_t k = 0; k < requirement->proof_count; k++) {
			const struct dc_proof *proof = &requirement->proofs[k];

			found |= breaks(proof, &judgement->findings[i]) ||
				 (proof->present[0] && explains(proof, &judgement->findings[i]));
		}
		if (found)
			DC_PUSH(arena, findings, result->finding_count, capacity) = &judgement->findings[i];
	}
	result->findings = findings;
}

/* Of several ways the best counts: one that holds, else one that may hold. */
static struct dc_requirement_result judge(struct dc_arena *arena, const struct dc_requirement *requirement,
					  const struct dc_judgement *judgement, const struct dc_facts *facts)
{
	static const int rank[] = {[DC_VERDICT_PASS] = 3, [DC_VERDICT_INCONCLUSIVE] = 2, [DC_VERDICT_NOT_APPLICABLE] = 1,
				   [DC_VERDICT_FAIL] = 0};
	struct dc_requirement_result result = {.id = requirement->id, .text = requirement->text, .source = requirement->source,
					       .must = requirement->must, .verdict = DC_VERDICT_FAIL};

	for (size_t k = 0; k < requirement->proof_count; k++) {
		enum dc_verdict verdict = judge_proof(&requirement->proofs[k], judgement, facts);

		result.verdict = rank[verdict] > rank[result.verdict] ? verdict : result.verdict;
	}
	collect_waived(arena, requirement, judgement, &result);
	if (result.verdict == DC_VERDICT_FAIL) {
		collect(arena, requirement, judgement, &result);
		result.verdict = requirement->must ? DC_VERDICT_FAIL : DC_VERDICT_WARN;
	}
	return result;
}

/* The worst of its requirements; that a "should" is not known does not keep a profile from passing. */
static enum dc_verdict sum(const struct dc_profile_result *result)
{
	enum dc_verdict worst = DC_VERDICT_NOT_APPLICABLE;
	static const int rank[] = {[DC_VERDICT_NOT_APPLICABLE] = 0, [DC_VERDICT_PASS] = 1, [DC_VERDICT_WARN] = 2,
				   [DC_VERDICT_INCONCLUSIVE] = 3, [DC_VERDICT_FAIL] = 4};

	for (size_t i = 0; i < result->requirement_count; i++) {
		const struct dc_requirement_result *requirement = &result->requirements[i];
		bool doubt = !requirement->must && requirement->verdict == DC_VERDICT_INCONCLUSIVE;
		enum dc_verdict verdict = doubt ? DC_VERDICT_PASS : requirement->verdict;

		worst = rank[verdict] > rank[worst] ? verdict : worst;
	}
	return worst;
}

/* The baseline: every check is a requirement, and what it found stands in its way. */
static struct dc_profile_result each_check(struct dc_arena *arena, const struct dc_profile *profile,
					   const struct dc_judgement *judgement)
{
	struct dc_profile_result result = {.id = profile->id, .profile = profile, .requirement_count = judgement->check_count};
	struct dc_requirement_result *requirements =
		DC_NEW_ARRAY(arena, struct dc_requirement_result, judgement->check_count + 1);

	for (size_t i = 0; i < judgement->check_count; i++) {
		struct dc_requirement_result *requirement = &requirements[i];
		const struct dc_check *check = judgement->checks[i].check;
		const struct dc_finding **findings = NULL;
		size_t capacity = 0;

		/* anything that stands in its way had made its verdict another */
		bool clean = judgement->checks[i].verdict == DC_VERDICT_PASS ||
			     judgement->checks[i].verdict == DC_VERDICT_NOT_APPLICABLE;

		*requirement = (struct dc_requirement_result){.id = check->id, .text = check->title, .source = check->standard,
							      .must = true, .verdict = judgement->checks[i].verdict};
		for (size_t k = 0; !clean && k < judgement->finding_count; k++) {
			const struct dc_finding *finding = &judgement->findings[k];

			if (finding->severity > DC_SEVERITY_NOTICE && dc_policy_stands(finding) &&
			    strcmp(dc_catalogue_row(finding->id)->check, check->id) == 0)
				DC_PUSH(arena, findings, requirement->finding_count, capacity) = finding;
		}
		requirement->findings = findings;
	}
	result.requirements = requirements;
	return result;
}

struct dc_profile_result dc_policy_require(struct dc_arena *arena, const struct dc_profile *profile,
					   const struct dc_judgement *judgement, const struct dc_facts *facts)
{
	struct dc_profile_result result = {.id = profile->id, .profile = profile, .not_checkable = profile->not_checkable,
					   .requirement_count = profile->requirement_count};
	struct dc_requirement_result *requirements;

	if (profile->each_check)
		return each_check(arena, profile, judgement);
	requirements = DC_NEW_ARRAY(arena, struct dc_requirement_result, profile->requirement_count + 1);
	for (size_t i = 0; i < profile->requirement_count; i++)
		requirements[i] = judge(arena, &profile->requirements[i], judgement, facts);
	result.requirements = requirements;
	result.verdict = sum(&result);
	return result;
}
