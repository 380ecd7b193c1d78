/* A name without records of its own exists when there is something below it: do the servers know? RFC 8020 section 2. */
#include "checks/dns_common.h"
#include "dkim/dkim.h"

static void tell(struct dc_emitter *emitter, struct dc_slice server, const struct dc_answer *above, const struct dc_answer *below)
{
	struct dc_where where = {.subject = above->question.name, .answer = above, .more = below};

	dc_emit(emitter, DC_F_DNS_NXDOMAIN_ABOVE, where,
		DC_ARGS(dc_text("server", server), dc_text("name", above->question.name),
			dc_text("below", below->question.name)));
}

static bool is_there(const struct dc_answer *answer)
{
	return answer && answer->outcome == DC_OUTCOME_ANSWER && answer->rr_count;
}

/* The same server must have shown both: NXDOMAIN above, records below. Number of servers judged. */
static size_t judge_servers(const struct dc_authority_facts *authority, struct dc_emitter *emitter)
{
	size_t judged = 0;

	for (size_t i = 0; i < authority->server_count; i++) {
		const struct dc_authority_server *server = &authority->servers[i];
		const struct dc_answer *below = NULL;

		for (size_t k = 0; k < authority->record_count; k++)
			if (is_there(server->records[k]) && dc_name_is_below(authority->records[k].name, authority->empty_name))
				below = below ? below : server->records[k];
		if (!server->empty || !dc_outcome_is_known(server->empty->outcome) || !below || !authority->empty_name.len)
			continue;
		judged++;
		if (server->empty->outcome == DC_OUTCOME_NXDOMAIN)
			tell(emitter, server->text, server->empty, below);
	}
	return judged;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_answer *node = facts->dkim->searched.node, *below = NULL;

	if (judge_servers(facts->authority, emitter))
		return;
	/* Through the resolver: it has both from some server, or makes the one up from the other. */
	for (size_t i = 0; i < facts->dkim->selector_count; i++)
		if (is_there(facts->dkim->selectors[i].answer))
			below = below ? below : facts->dkim->selectors[i].answer;
	if (!below || !node || !dc_outcome_is_known(node->outcome))
		dc_not_applicable(emitter);
	else if (node->outcome == DC_OUTCOME_NXDOMAIN && !node->rr_count)
		tell(emitter, node->via.len ? node->via : DC_S("?"), node, below);
}

const struct dc_check dc_check_dns_names = {
	.id = "dns-names",
	.title = "Names that exist by what is below them are not denied",
	.standard = "RFC 8020 section 2",
	.run = run,
};
