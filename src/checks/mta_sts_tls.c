/* Would senders that honour the MTA-STS policy deliver? RFC 8461 sections 4.2 and 5. */
#include "checks/smtp_common.h"
#include "mta_sts/mta_sts.h"

/* What such a sender would find wrong with a server that the policy names; NULL: nothing that was seen. */
static const char *fault_of(const struct dc_smtp_server *server)
{
	if (server->welcome != DC_TRI_YES)
		return NULL;
	if (server->starttls == DC_TRI_NO)
		return "it does not offer STARTTLS";
	if (server->said->starttls.code && server->said->starttls.code != 220)
		return "it refuses STARTTLS";
	if (server->tls == DC_TRI_NO)
		return "the TLS handshake fails";
	if (server->name_matches == DC_TRI_NO)
		return "its certificate is for other names";
	if (server->said->trusted == DC_TRI_NO)
		return "its certificate is not trusted";
	return server->valid_now == DC_TRI_NO ? "its certificate is outdated" : NULL;
}

static bool is_named(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return smtp_is_mx(server) && dc_mta_sts_match(facts->mta_sts->policy, server->target.host) != SIZE_MAX;
}

static bool fails(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return is_named(facts, server) && fault_of(server);
}

static void tell(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	bool enforce = facts->mta_sts->policy->mode == DC_MTA_STS_MODE_ENFORCE;

	dc_emit(emitter, enforce ? DC_F_MTA_STS_TLS_FAILS : DC_F_MTA_STS_TLS_WOULD_FAIL, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("problem", dc_slice_of(fault_of(server)))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;
	bool promised = sts && sts->served == DC_MTA_STS_SERVED_VALID && sts->policy &&
			sts->policy->mode != DC_MTA_STS_MODE_NONE;
	bool any = false, open = false;

	for (size_t i = 0; promised && i < facts->smtp->count; i++) {
		const struct dc_smtp_server *server = &facts->smtp->servers[i];

		any |= is_named(facts, server);
		/* Unreached, unwelcome or broken off: smtp-reach and smtp-starttls tell; an unknown trust, smtp-certificate. */
		open |= is_named(facts, server) && !fault_of(server) &&
			(smtp_is_unseen(facts, server) || (server->reached == DC_TRI_YES &&
			 (server->welcome != DC_TRI_YES || !server->cert || server->said->trusted == DC_TRI_UNKNOWN)));
	}
	if (!any) {
		dc_not_applicable(emitter);
		return;
	}
	if (open)
		dc_inconclusive(emitter);
	smtp_each(facts, emitter, fails, tell);
}

const struct dc_check dc_check_mta_sts_tls = {
	.id = "mta-sts-tls",
	.title = "The MX hosts keep what the MTA-STS policy promises",
	.standard = "RFC 8461 section 4.2",
	.run = run,
};
