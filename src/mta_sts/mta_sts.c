/* MTA-STS facts: RFC 8461 sections 3.1 to 3.3. Not here: matching with MX hosts (checks), their certificates (probes). */
#include "mta_sts/mta_sts.h"

const char *dc_mta_sts_state_name(enum dc_mta_sts_state state)
{
	static const char *const names[] = {NULL, "none", "valid", "invalid", "multiple"};

	return names[state];
}

const char *dc_mta_sts_served_name(enum dc_mta_sts_served served)
{
	static const char *const names[] = {NULL, "no-host", "certificate", "redirect", "status", "too-large", "invalid", "valid"};

	return names[served];
}

static void read_records(struct dc_asker *asker, struct dc_mta_sts_facts *facts)
{
	struct dc_txt_choice choice = dc_answer_choose_txt(asker->arena, facts->answer, dc_mta_sts_is_record, dc_mta_sts_is_near);

	facts->count = choice.count;
	facts->near = choice.near;
	if (choice.count)
		facts->record = dc_mta_sts_record_parse(&choice.txt);
	else if (choice.near)
		facts->record.txt = choice.txt;
	facts->state = facts->count == 0 ? DC_MTA_STS_NONE : facts->count > 1 ? DC_MTA_STS_MULTIPLE
						     : facts->record.problem ? DC_MTA_STS_INVALID
									      : DC_MTA_STS_VALID;
	facts->present = dc_tri_of(facts->count || facts->near);
}

static void judge_policy(struct dc_asker *asker, struct dc_mta_sts_facts *facts, int64_t now_s)
{
	const struct dc_https_reply *reply = &facts->fetch.reply;

	if (facts->fetch.state == DC_HTTPS_NO_HOST)
		facts->served = DC_MTA_STS_SERVED_NO_HOST;
	if (facts->fetch.state != DC_HTTPS_REPLY)
		return;
	if (reply->status == 200 && !facts->fetch.cut)
		facts->policy = dc_mta_sts_policy_parse(asker->arena, reply->body);
	if (reply->verify != DC_HTTPS_VERIFY_OK || reply->not_after_s < now_s)
		facts->served = DC_MTA_STS_SERVED_CERTIFICATE;
	else if (reply->status >= 300 && reply->status <= 399)
		facts->served = DC_MTA_STS_SERVED_REDIRECT;
	else if (reply->status != 200)
		facts->served = DC_MTA_STS_SERVED_STATUS;
	else if (!facts->policy)
		facts->served = DC_MTA_STS_SERVED_LARGE;
	else
		facts->served = facts->policy->problem ? DC_MTA_STS_SERVED_INVALID : DC_MTA_STS_SERVED_VALID;
}

const struct dc_mta_sts_facts *dc_mta_sts_build(struct dc_asker *asker, struct dc_slice domain, int64_t now_s)
{
	struct dc_mta_sts_facts *facts = DC_NEW(asker->arena, struct dc_mta_sts_facts);
	struct dc_slice url;

	facts->domain = domain;
	facts->name = dc_arena_concat(asker->arena, DC_S("_mta-sts."), domain);
	facts->host = dc_arena_concat(asker->arena, DC_S("mta-sts."), domain);
	facts->answer = dc_ask(asker, facts->name, DC_TYPE_TXT);
	if (!facts->answer || !dc_outcome_is_known(facts->answer->outcome))
		return facts;
	read_records(asker, facts);
	url = dc_arena_printf(asker->arena, "https://%.*s/.well-known/mta-sts.txt", DC_FMT(facts->host));
	facts->wanted = facts->state == DC_MTA_STS_VALID && !dc_https_url_parse(asker->arena, url, &facts->url);
	if (!facts->wanted)
		return facts;
	dc_https_fetch(asker, &facts->url, DC_MTA_STS_POLICY_OCTETS, &facts->fetch);
	judge_policy(asker, facts, now_s);
	return facts;
}
