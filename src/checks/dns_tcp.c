/* Do the name servers answer over TCP, which long answers need? RFC 7766 section 5. */
#include "checks/dns_common.h"

static void judge(const struct dc_authority_facts *authority, const struct dc_authority_server *server,
		  struct dc_emitter *emitter)
{
	const struct dc_arg name = dc_text("server", server->name->host), ip = dc_text("ip", server->text);
	struct dc_where where = {.subject = server->name->host, .answer = server->tcp};
	bool told = false;

	for (size_t i = 0; i < authority->record_count; i++) {
		const struct dc_answer *answer = server->records[i];

		if (!answer || !answer->truncated)
			continue;
		told = true;
		where.more = answer;
		dc_emit(emitter, DC_F_DNS_ANSWER_NEEDS_TCP, where,
			DC_ARGS(dc_text("records", dc_dns_records(emitter, &authority->records[i])), name, ip));
	}
	if (!told)
		dc_emit(emitter, DC_F_DNS_SERVER_NO_TCP, where, DC_ARGS(name, ip));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_authority_facts *authority = facts->authority;
	const struct dc_answer *failed = NULL;
	size_t judged = 0;

	for (size_t i = 0; dc_dns_can_judge(authority) && i < authority->server_count; i++) {
		const struct dc_authority_server *server = &authority->servers[i];

		if (server->state != DC_AUTHORITY_FINE || server->over_tcp == DC_TRI_UNKNOWN)
			continue;
		judged++;
		if (server->over_tcp == DC_TRI_YES)
			continue;
		/* Without a single answer over TCP, from whomever, the fault may be here. */
		if (authority->reached_tcp)
			judge(authority, server, emitter);
		else
			failed = failed ? failed : server->tcp;
	}
	if (failed && facts->inputs->authority == DC_WISH_YES)
		dc_emit_unanswered(emitter, DC_F_DNS_TCP_UNKNOWN, (struct dc_where){.answer = failed}, NULL);
	else if (failed || !judged)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dns_tcp = {
	.id = "dns-tcp",
	.title = "The name servers answer over TCP",
	.standard = "RFC 7766 section 5",
	.run = run,
};
