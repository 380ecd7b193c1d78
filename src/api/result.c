/* A finished audit becomes a result: checks, decision, and the view that renderers get. */
#include "api/crew.h"
#include "api/baseline.h"

#include <stdlib.h>

static void judge(struct dc_result *result)
{
	struct dc_audit_run *audit = &result->audit;
	struct dc_finding_list list = {0};
	struct dc_check_run *runs;
	size_t count = dc_checks_run(audit->arena, audit->facts, &runs, &list);
	dc_baseline_apply(result->run->config->baseline, audit->inputs.domain, &list, audit->arena);
	result->judgement = dc_policy_judge(audit->arena, result->policy, audit->facts, runs, count, &list);
}

/* Findings about a domain that costs too much memory cost memory too: then only that is said. */
static bool judge_within(struct dc_result *result, bool bare)
{
	struct dc_audit_run *audit = &result->audit;
	if (!audit->arena || DC_ARENA_GUARD(audit->arena))
		return false;
	if (bare) {
		dc_arena_reset(audit->arena);
		struct dc_facts *facts = DC_NEW(audit->arena, struct dc_facts);
		*facts = (struct dc_facts){.inputs = &audit->inputs, .evidence = audit->evidence};
		facts->budget_spent[DC_BUDGET_MEMORY] = true;
		facts->budget_limit[DC_BUDGET_MEMORY] = DC_AUDIT_MEMORY_MAX;
		audit->facts = facts;
	}
	judge(result);
	return true;
}

static struct dc_dns_figures figures(const struct dc_result *result)
{
	const struct dc_audit_run *audit = &result->audit;
	struct dc_dns_figures dns = {.rounds = audit->rounds, .elapsed_ms = audit->elapsed_ms};
	for (size_t i = 0; i < dc_evidence_count(audit->evidence); i++) {
		const struct dc_answer *answer = dc_evidence_at(audit->evidence, i);
		if (answer->question.kind == DC_ASK_RECEIVER)
			continue;
		dns.questions++;
		/* A referral is an answer: of the parent's server. */
		dns.unanswered += !dc_outcome_is_known(answer->outcome) &&
				  !(answer->question.kind == DC_ASK_SERVER && answer->rr_count);
	}
	const struct dc_recorded_audit *recorded =
		result->run->sources.recording ? dc_recording_audit(result->run->sources.recording, audit->inputs.domain) : NULL;
	if (recorded)
		dns.elapsed_ms = recorded->elapsed_ms;
	return dns;
}

bool dc_result_judge(struct dc_result *result)
{
	struct dc_audit_run *audit = &result->audit;
	if (!(audit->facts && judge_within(result, false)) && !judge_within(result, true))
		return false;
	const struct dc_judgement *judgement = &result->judgement;
	result->view = (struct dc_audit_result){
		.inputs = &audit->inputs,
		.facts = audit->facts,
		.checks = judgement->checks,
		.check_count = judgement->check_count,
		.findings = judgement->findings,
		.finding_count = judgement->finding_count,
		.profiles = judgement->profiles,
		.profile_count = judgement->profile_count,
		.threshold = judgement->threshold,
		.verdict = judgement->verdict,
		.dns = figures(result),
	};
	return true;
}

void dc_result_free(struct dc_result *result)
{
	if (!result)
		return;
	if (result->lane) {
		dc_crew_take_back(result->run->crew, result);
		return;
	}
	dc_audit_run_clear(&result->audit);
	free((char *)result->typed.ptr);
	free(result);
}

const char *dc_result_domain(const struct dc_result *result)
{
	return result->domain;
}

enum dc_result_verdict dc_result_verdict(const struct dc_result *result)
{
	static const enum dc_result_verdict verdicts[] = {
		[DC_DOMAIN_PASS] = DC_RESULT_PASS,
		[DC_DOMAIN_INCOMPLETE] = DC_RESULT_INCOMPLETE,
		[DC_DOMAIN_FAIL] = DC_RESULT_FAIL,
	};
	return verdicts[result->judgement.verdict];
}

bool dc_result_fails(const struct dc_result *result)
{
	return result->judgement.fails;
}

bool dc_result_is_incomplete(const struct dc_result *result)
{
	return result->judgement.incomplete;
}

bool dc_result_fails_among(const struct dc_result *result, const char *checks)
{
	enum dc_severity least = result->policy->fail_on;

	for (size_t i = 0; i < result->judgement.finding_count; i++) {
		const struct dc_finding *finding = &result->judgement.findings[i];
		if (dc_policy_counts(finding, least) &&
		    strncmp(dc_catalogue_row(finding->id)->check, checks, strlen(checks)) == 0)
			return true;
	}
	return false;
}

bool dc_result_is_incomplete_among(const struct dc_result *result, const char *checks)
{
	for (size_t i = 0; i < result->judgement.check_count; i++) {
		const struct dc_check_result *check = &result->judgement.checks[i];
		if (check->verdict == DC_VERDICT_INCONCLUSIVE && strncmp(check->check->id, checks, strlen(checks)) == 0)
			return true;
	}
	return false;
}
