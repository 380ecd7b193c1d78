/* The servers themselves: who answers for the zone, over UDP and TCP, with EDNS and without, and what of the mail records. */
#include "authority/build.h"

enum {
	SLOW_MS = 500,   /* no place on Earth is further away, twice over */
	SLOW_FACTOR = 4, /* as long as the fastest needs */
};

const char *dc_authority_state_name(enum dc_authority_state state)
{
	static const char *const names[] = {NULL, "fine", "lame", "silent", "private"};

	return names[state];
}

const struct dc_answer *authority_ask(struct authority_build *build, const char *how, struct dc_slice server,
				      struct dc_slice name, uint16_t type)
{
	struct dc_question question = {.kind = DC_ASK_SERVER, .type = type, .name = name};
	struct dc_arena *arena = build->asker->arena;

	question.server = how[0] ? dc_arena_concat(arena, dc_slice_of(how), server) : server;
	return dc_ask_question(build->asker, &question);
}

/* ---- addresses into servers ---- */

static void add_servers(struct authority_build *build, const struct dc_authority_name *name, const struct dc_answer *answer,
			uint16_t type)
{
	struct dc_authority_facts *facts = build->facts;
	struct dc_ip ips[DC_AUTHORITY_NAME_IP_MAX + 1], ip;
	char text[DC_IP_TEXT_MAX];
	size_t count = 0;

	for (size_t i = 0; answer && i < answer->rr_count; i++) {
		size_t at = count;

		if (answer->rrs[i].type != type || !dc_rr_ip(&answer->rrs[i], &ip))
			continue;
		for (; at > 0 && dc_ip_cmp(ip, ips[at - 1]) < 0; at--)
			ips[at] = ips[at - 1];
		ips[at] = ip;
		facts->cut |= count == DC_AUTHORITY_NAME_IP_MAX;
		count += count < DC_AUTHORITY_NAME_IP_MAX;
	}
	for (size_t i = 0; i < count; i++) {
		bool known = i > 0 && dc_ip_eq(ips[i], ips[i - 1]);

		for (size_t k = 0; k < facts->server_count; k++)
			known |= dc_ip_eq(facts->servers[k].ip, ips[i]); /* two names, one server */
		if (known)
			continue;
		if (facts->server_count == DC_AUTHORITY_SERVER_MAX) {
			facts->cut = true;
			return;
		}
		facts->servers[facts->server_count++] = (struct dc_authority_server){
			.name = name,
			.ip = ips[i],
			.text = dc_arena_dup(build->asker->arena, dc_ip_format(ips[i], text)),
			.special = dc_ip_special(ips[i]),
			.fastest_ms = UINT32_MAX,
		};
	}
}

/* Documentation ranges stand in examples: nobody is at home there, and nobody's network either. */
static bool may_be_asked(const struct authority_build *build, const struct dc_authority_server *server)
{
	return !server->special || build->input->allow_private || strcmp(server->special, "documentation") == 0;
}

/* ---- the first questions ---- */

static const struct dc_rr *own_soa(const struct authority_build *build, const struct dc_answer *answer)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_SOA && dc_name_eq(answer->rrs[i].owner, build->facts->zone))
			return &answer->rrs[i];
	return NULL;
}

static void note_time(struct dc_authority_server *server, const struct dc_answer *answer)
{
	if (answer && answer->outcome != DC_OUTCOME_TIMEOUT && answer->outcome != DC_OUTCOME_NOT_ASKED && answer->tries <= 1 &&
	    answer->elapsed_ms < server->fastest_ms)
		server->fastest_ms = answer->elapsed_ms;
}

static enum dc_authority_state judge(struct authority_build *build, struct dc_authority_server *server)
{
	const struct dc_answer *soa = server->soa;
	const struct dc_rr *rr = own_soa(build, soa);
	struct dc_soa found;

	switch (soa->outcome) {
	case DC_OUTCOME_ANSWER:
		server->has_serial = rr && soa->authoritative && dc_rr_soa(build->asker->arena, rr, &found);
		server->serial = server->has_serial ? found.serial : 0;
		return rr && soa->authoritative ? DC_AUTHORITY_FINE : DC_AUTHORITY_LAME;
	case DC_OUTCOME_TIMEOUT:
		return DC_AUTHORITY_SILENT;
	case DC_OUTCOME_MALFORMED:
	case DC_OUTCOME_NOT_ASKED:
	case DC_OUTCOME_OUT_OF_SOURCE:
		return DC_AUTHORITY_UNKNOWN;
	default:
		return DC_AUTHORITY_LAME;
	}
}

/* A server that answers with an error over TCP does speak TCP. */
static enum dc_tri speaks(const struct dc_answer *answer)
{
	if (!answer || answer->outcome == DC_OUTCOME_NOT_ASKED)
		return DC_TRI_UNKNOWN;
	return dc_tri_of(answer->outcome != DC_OUTCOME_TIMEOUT);
}

static void ask_first(struct authority_build *build, struct dc_authority_server *server)
{
	struct dc_authority_facts *facts = build->facts;

	if (!may_be_asked(build, server)) {
		server->state = DC_AUTHORITY_PRIVATE;
		return;
	}
	server->soa = authority_ask(build, "", server->text, facts->zone, DC_TYPE_SOA);
	server->tcp = authority_ask(build, "tcp:", server->text, facts->zone, DC_TYPE_SOA);
	/* At the same time, not only when the others have waited in vain: a dead server costs one time-out. */
	server->plain = authority_ask(build, "plain:", server->text, facts->zone, DC_TYPE_SOA);
	server->over_tcp = speaks(server->tcp);
	if (!server->soa)
		return;
	facts->asked |= server->soa->outcome != DC_OUTCOME_NOT_ASKED;
	server->state = judge(build, server);
	note_time(server, server->soa);
}

/* ---- what can be reached from here ---- */

struct reach {
	size_t answers, strange; /* strange: a resolver's answer where a server's was asked for */
};

static void count_reach(struct reach *reach, const struct dc_answer *answer)
{
	if (!answer || answer->outcome == DC_OUTCOME_NOT_ASKED || answer->outcome == DC_OUTCOME_TIMEOUT)
		return;
	reach->answers++;
	reach->strange += answer->recursion && !answer->authoritative && answer->outcome == DC_OUTCOME_ANSWER;
}

static void set_reach(enum dc_tri *reached, const struct dc_answer *answer)
{
	enum dc_tri yes = speaks(answer);

	*reached = *reached == DC_TRI_YES || yes == DC_TRI_YES ? DC_TRI_YES : yes == DC_TRI_NO ? DC_TRI_NO : *reached;
}

static void sum_up(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;
	struct reach reach = {0};
	struct dc_ip ip;

	for (size_t i = 0; i < facts->server_count; i++) {
		const struct dc_authority_server *server = &facts->servers[i];
		enum dc_tri *reached = server->ip.family == 4 ? &facts->reached4 : &facts->reached6;

		count_reach(&reach, server->soa);
		set_reach(reached, server->soa);
		set_reach(reached, server->plain);
		facts->reached_tcp |= server->over_tcp == DC_TRI_YES;
	}
	for (size_t i = 0; i < build->parent_count; i++) {
		count_reach(&reach, build->parent_answers[i]);
		if (dc_ip_parse(build->parents[i], &ip))
			set_reach(ip.family == 4 ? &facts->reached4 : &facts->reached6, build->parent_answers[i]);
	}
	facts->reached_tcp |= speaks(build->parent_tcp) == DC_TRI_YES;
	facts->reached = facts->reached4 == DC_TRI_YES || facts->reached6 == DC_TRI_YES;
	facts->intercepted = reach.answers && reach.strange == reach.answers;
}

static void find_slow(struct dc_authority_facts *facts)
{
	uint32_t fastest = UINT32_MAX;

	for (size_t i = 0; i < facts->server_count; i++)
		if (facts->servers[i].fastest_ms < fastest)
			fastest = facts->servers[i].fastest_ms;
	for (size_t i = 0; i < facts->server_count; i++) {
		struct dc_authority_server *server = &facts->servers[i];

		server->slow = server->fastest_ms != UINT32_MAX && server->fastest_ms >= SLOW_MS &&
			       server->fastest_ms / SLOW_FACTOR >= fastest;
	}
}

/* ---- the mail records ---- */

static void list_records(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;
	const struct dc_authority_input *input = build->input;
	struct dc_authority_record *records =
		DC_NEW_ARRAY(build->asker->arena, struct dc_authority_record, DC_AUTHORITY_RECORD_MAX);
	struct dc_slice name;
	size_t n = 0;

	records[n++] = (struct dc_authority_record){.name = facts->zone, .type = DC_TYPE_NS};
	records[n++] = (struct dc_authority_record){.name = input->domain, .type = DC_TYPE_MX};
	records[n++] = (struct dc_authority_record){.name = input->domain, .type = DC_TYPE_TXT};
	if (dc_name_join(build->asker->arena, DC_S("_dmarc"), input->domain, &name))
		records[n++] = (struct dc_authority_record){.name = name, .type = DC_TYPE_TXT};
	for (size_t i = 0; i < input->selector_count && n < DC_AUTHORITY_RECORD_MAX; i++)
		records[n++] = (struct dc_authority_record){.name = input->selectors[i], .type = DC_TYPE_TXT};
	facts->records = records;
	facts->record_count = n;
	if (input->selector_count && dc_name_join(build->asker->arena, DC_S("_domainkey"), input->domain, &name))
		facts->empty_name = name;
}

static void ask_records(struct authority_build *build, struct dc_authority_server *server)
{
	struct dc_authority_facts *facts = build->facts;

	if (server->state != DC_AUTHORITY_FINE)
		return;
	for (size_t i = 0; i < facts->record_count; i++) {
		const struct dc_authority_record *record = &facts->records[i];

		server->records[i] = authority_ask(build, "", server->text, record->name, record->type);
		note_time(server, server->records[i]);
	}
	if (facts->empty_name.len)
		server->empty = authority_ask(build, "", server->text, facts->empty_name, DC_TYPE_TXT);
}

void authority_ask_servers(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;

	facts->servers = DC_NEW_ARRAY(build->asker->arena, struct dc_authority_server, DC_AUTHORITY_SERVER_MAX);
	for (size_t i = 0; i < facts->name_count; i++) {
		add_servers(build, &facts->names[i], facts->names[i].a, DC_TYPE_A);
		add_servers(build, &facts->names[i], facts->names[i].aaaa, DC_TYPE_AAAA);
	}
	for (size_t i = 0; i < facts->server_count; i++)
		ask_first(build, &facts->servers[i]);
	sum_up(build);
	if (facts->intercepted)
		return;
	list_records(build);
	for (size_t i = 0; i < facts->server_count; i++)
		ask_records(build, &facts->servers[i]);
	find_slow(facts);
}
