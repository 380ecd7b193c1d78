/* Does every name server that is named for the zone answer for it? RFC 1912 section 2.8, RFC 6891. */
#include "checks/dns_common.h"

/* What a lame server said, in words. */
static struct dc_slice said(struct dc_emitter *emitter, const struct dc_answer *answer)
{
	switch (answer->outcome) {
	case DC_OUTCOME_ANSWER:
		return DC_S("an answer without authority");
	case DC_OUTCOME_NODATA:
		return DC_S("it has no SOA record there");
	case DC_OUTCOME_NXDOMAIN:
		return DC_S("it says that the zone does not exist");
	case DC_OUTCOME_REFUSED:
		if (answer->rcode == 0)
			return DC_S("it refers to other servers");
		break;
	default:
		break;
	}
	return dc_arena_printf(dc_emitter_arena(emitter), "%s", dc_outcome_name(answer->outcome));
}

static void judge_fine(const struct dc_authority_server *server, struct dc_where where, struct dc_emitter *emitter)
{
	const struct dc_arg name = dc_text("server", server->name->host), ip = dc_text("ip", server->text);

	if (!server->soa->edns)
		dc_emit(emitter, DC_F_DNS_SERVER_NO_EDNS, where, DC_ARGS(name, ip));
	if (server->slow)
		dc_emit(emitter, DC_F_DNS_SERVER_SLOW, where, DC_ARGS(name, ip));
}

static void judge(const struct dc_authority_facts *authority, const struct dc_authority_server *server,
		  struct dc_emitter *emitter)
{
	struct dc_where where = {.subject = server->name->host, .answer = server->soa};
	const struct dc_arg name = dc_text("server", server->name->host), ip = dc_text("ip", server->text);

	switch (server->state) {
	case DC_AUTHORITY_PRIVATE:
		where.answer = server->ip.family == 4 ? server->name->a : server->name->aaaa;
		dc_emit(emitter, DC_F_DNS_SERVER_SPECIAL, where, DC_ARGS(name, ip, dc_text("kind", dc_slice_of(server->special))));
		break;
	case DC_AUTHORITY_LAME:
		dc_emit(emitter, DC_F_DNS_SERVER_LAME, where,
			DC_ARGS(name, ip, dc_text("zone", authority->zone), dc_text("answer", said(emitter, server->soa))));
		break;
	case DC_AUTHORITY_FINE:
		judge_fine(server, where, emitter);
		break;
	case DC_AUTHORITY_SILENT:
		where.more = server->plain;
		if (server->plain && server->plain->outcome == DC_OUTCOME_ANSWER)
			dc_emit(emitter, DC_F_DNS_SERVER_EDNS_DROPPED, where, DC_ARGS(name, ip));
		else if (dc_dns_in_reach(authority, server))
			dc_emit_unanswered(emitter, DC_F_DNS_SERVER_UNANSWERED, where, DC_ARGS(dc_text("name", server->name->host)));
		break;
	case DC_AUTHORITY_UNKNOWN:
		if (server->soa && server->soa->outcome == DC_OUTCOME_MALFORMED)
			dc_emit_unanswered(emitter, DC_F_DNS_SERVER_UNANSWERED, where, DC_ARGS(dc_text("name", server->name->host)));
		break;
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_authority_facts *authority = facts->authority;
	bool one_private = false;

	for (size_t i = 0; i < authority->server_count; i++)
		one_private |= authority->servers[i].state == DC_AUTHORITY_PRIVATE;
	if (!authority->wanted || (!authority->asked && !one_private)) {
		dc_not_applicable(emitter);
		return;
	}
	if (authority->asked && (!authority->reached || authority->intercepted)) {
		/* Nobody asked for this: a network that keeps DNS to itself is no gap in the audit. */
		if (facts->inputs->authority == DC_WISH_AUTO)
			dc_not_applicable(emitter);
		for (size_t i = 0; facts->inputs->authority == DC_WISH_YES && i < authority->server_count; i++)
			if (authority->servers[i].soa) {
				dc_emit_unanswered(emitter, DC_F_DNS_SERVERS_UNREACHABLE,
						   (struct dc_where){.answer = authority->servers[i].soa}, NULL);
				break;
			}
		return;
	}
	for (size_t i = 0; i < authority->server_count; i++)
		judge(authority, &authority->servers[i], emitter);
	if (authority->cut)
		dc_emit(emitter, DC_F_DNS_SERVERS_MANY, (struct dc_where){.subject = authority->zone, .answer = authority->ns},
			DC_ARGS(dc_text("zone", authority->zone), dc_int("names", (int64_t)authority->name_count),
				dc_int("addresses", (int64_t)authority->server_count)));
}

const struct dc_check dc_check_dns_servers = {
	.id = "dns-servers",
	.title = "Every name server answers for the zone",
	.standard = "RFC 1912 section 2.8",
	.run = run,
};
