/* Can senders fetch the policy, and do they take it? RFC 8461 sections 3.2 and 3.3. */
#include "checks/check.h"
#include "checks/fetched.h"
#include "mta_sts/mta_sts.h"

enum {
	RENEW_S = 7 * 86400, /* a certificate that ends sooner should have been renewed by now: authorities and clients renew a
				third of the lifetime ahead, and the shortest common lifetime is 47 days */
	DAY_S = 86400,
};

static struct dc_where at_policy(const struct dc_mta_sts_facts *sts)
{
	return (struct dc_where){.subject = sts->host, .answer = sts->fetch.answer};
}

static void judge_certificate(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;
	const struct dc_https_reply *reply = &sts->fetch.reply;
	struct dc_arena *arena = dc_emitter_arena(emitter);
	const char *problem = dc_fetch_certificate(reply, facts->inputs->now_s);
	int64_t left_s = reply->not_after_s - facts->inputs->now_s;
	const struct dc_arg host = dc_text("host", sts->host), until = dc_text("until", dc_fetch_day(arena, reply->not_after_s));

	if (problem)
		dc_emit(emitter, DC_F_MTA_STS_CERTIFICATE, at_policy(sts),
			DC_ARGS(host, dc_text("problem", dc_slice_of(problem)), until, dc_text("names", dc_fetch_names(arena, reply)),
				dc_text("issuer", reply->issuer_name)));
	else if (left_s < RENEW_S)
		dc_emit(emitter, DC_F_MTA_STS_CERTIFICATE_ENDS, at_policy(sts), DC_ARGS(host, until, dc_int("days", left_s / DAY_S)));
}

static void judge_answer(struct dc_emitter *emitter, const struct dc_mta_sts_facts *sts)
{
	const struct dc_https_reply *reply = &sts->fetch.reply;
	const struct dc_arg url = dc_text("url", sts->url.text);
	struct dc_slice type = dc_https_media_type(dc_emitter_arena(emitter), reply->type);

	if (reply->status >= 300 && reply->status <= 399)
		dc_emit(emitter, DC_F_MTA_STS_REDIRECT, at_policy(sts),
			DC_ARGS(url, dc_int("status", reply->status),
				dc_text("location", reply->location.len ? reply->location : DC_S("nowhere"))));
	else if (reply->status != 200)
		dc_emit(emitter, DC_F_MTA_STS_STATUS, at_policy(sts), DC_ARGS(url, dc_int("status", reply->status)));
	else if (sts->fetch.cut)
		dc_emit(emitter, DC_F_MTA_STS_LARGE, at_policy(sts), DC_ARGS(url, dc_int("limit", DC_MTA_STS_POLICY_OCTETS)));
	else if (!dc_slice_eq(type, DC_S("text/plain")))
		dc_emit(emitter, DC_F_MTA_STS_CONTENT_TYPE, at_policy(sts),
			DC_ARGS(url, dc_text("type", type.len ? type : DC_S("none at all"))));
}

static void judge_age(struct dc_emitter *emitter, const struct dc_mta_sts_facts *sts)
{
	const struct dc_mta_sts_policy *policy = sts->policy;
	const struct dc_arg age = dc_int("max_age", (int64_t)policy->max_age_s);

	if (!policy->has_age || policy->mode == DC_MTA_STS_MODE_NONE)
		return;
	if (policy->max_age_s > DC_MTA_STS_AGE_MAX_S)
		dc_emit(emitter, DC_F_MTA_STS_AGE_LONG, at_policy(sts), DC_ARGS(age, dc_int("limit", DC_MTA_STS_AGE_MAX_S)));
	else if (policy->max_age_s < DC_MTA_STS_AGE_SHORT_S)
		dc_emit(emitter, DC_F_MTA_STS_AGE_SHORT, at_policy(sts), DC_ARGS(age));
	else if (policy->max_age_s < DC_MTA_STS_AGE_WEEK_S && policy->mode == DC_MTA_STS_MODE_ENFORCE)
		dc_emit(emitter, DC_F_MTA_STS_AGE_DAYS, at_policy(sts), DC_ARGS(age));
}

static void judge_change(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;
	const struct dc_mta_sts_seen *seen =
		dc_mta_sts_seen_find(facts->inputs->seen_policies, facts->inputs->seen_policy_count, sts->domain);

	if (seen && sts->served == DC_MTA_STS_SERVED_VALID && dc_slice_eq(seen->id, sts->record.id) &&
	    dc_mta_sts_seen_differs(seen, sts->policy))
		dc_emit(emitter, DC_F_MTA_STS_ID_UNCHANGED,
			(struct dc_where){.subject = sts->name, .answer = sts->answer, .more = sts->fetch.answer},
			DC_ARGS(dc_text("id", sts->record.id), dc_text("name", sts->name)));
}

static void judge_policy(struct dc_emitter *emitter, const struct dc_mta_sts_facts *sts)
{
	const struct dc_mta_sts_policy *policy = sts->policy;

	if (policy->problem)
		dc_emit(emitter, DC_F_MTA_STS_POLICY_INVALID, at_policy(sts), DC_ARGS(dc_text("problem", dc_slice_of(policy->problem))));
	for (size_t i = 0; policy->version && i < policy->fault_count; i++)
		dc_emit(emitter, DC_F_MTA_STS_POLICY_LINE, at_policy(sts),
			DC_ARGS(dc_int("line", policy->faults[i].line), dc_text("text", dc_slice_sub(policy->faults[i].text, 0, 80)),
				dc_text("problem", dc_slice_of(policy->faults[i].problem))));
	for (size_t i = 0; policy->version && i < policy->unknown_count; i++)
		dc_emit(emitter, DC_F_MTA_STS_POLICY_KEY, at_policy(sts),
			DC_ARGS(dc_int("line", policy->unknown[i].line), dc_text("text", dc_slice_sub(policy->unknown[i].text, 0, 80))));
	judge_age(emitter, sts);
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;

	if (sts->state == DC_MTA_STS_UNKNOWN) {
		dc_inconclusive(emitter);
		return;
	}
	if (!sts->wanted) {
		dc_not_applicable(emitter);
		return;
	}
	switch (sts->fetch.state) {
	case DC_HTTPS_NO_HOST:
		dc_emit(emitter, DC_F_MTA_STS_HOST_MISSING,
			(struct dc_where){.subject = sts->host, .answer = sts->fetch.a, .more = sts->fetch.aaaa},
			DC_ARGS(dc_text("host", sts->host), dc_text("domain", sts->domain)));
		break;
	case DC_HTTPS_REPLY:
		judge_certificate(facts, emitter);
		judge_answer(emitter, sts);
		if (sts->policy)
			judge_policy(emitter, sts);
		judge_change(facts, emitter);
		break;
	default:
		if (dc_fetch_is_outside(sts->fetch.failed)) {
			dc_not_applicable(emitter);
			return;
		}
		dc_emit_unanswered(emitter, DC_F_MTA_STS_NOT_FETCHED, (struct dc_where){.subject = sts->host, .answer = sts->fetch.failed},
				   DC_ARGS(dc_text("reason", dc_fetch_reason(sts->fetch.failed))));
	}
}

const struct dc_check dc_check_mta_sts_policy = {
	.id = "mta-sts-policy",
	.title = "The MTA-STS policy can be fetched and is sound",
	.standard = "RFC 8461 section 3.3",
	.run = run,
};
