/* Do the parent and the zone name the same name servers, are there enough of them, and can they be found? RFC 1034 section
 * 4.2.2, RFC 2182 section 3, RFC 1912 section 2.8. */
#include "checks/dns_common.h"
#include "dmarc/dmarc.h"
#include "dmarc/psl.h"

static void judge_name(const struct dc_facts *facts, const struct dc_authority_name *name, struct dc_emitter *emitter)
{
	const struct dc_authority_facts *authority = facts->authority;
	const struct dc_psl *psl = facts->dmarc->psl;
	const struct dc_arg server = dc_text("server", name->host), zone = dc_text("zone", authority->zone);
	struct dc_where where = {.subject = name->host, .answer = name->a, .more = authority->ns};

	if (name->alias.len)
		dc_emit(emitter, DC_F_DNS_SERVER_ALIAS, where, DC_ARGS(server, dc_text("target", name->alias)));
	if (name->gone.len && dc_name_eq(name->gone, dc_psl_org_domain(psl, name->gone)) &&
	    !dc_psl_is_suffix(psl, name->gone)) {
		where.answer = name->gone_answer;
		dc_emit(emitter, DC_F_DNS_SERVER_UNREGISTERED, where, DC_ARGS(server, zone, dc_text("gone", name->gone)));
	} else if (name->resolves == DC_TRI_NO) {
		dc_emit(emitter, DC_F_DNS_SERVER_MISSING, where, DC_ARGS(server, zone));
	} else if (name->resolves == DC_TRI_UNKNOWN && name->a && name->aaaa) {
		where.answer = dc_outcome_is_known(name->a->outcome) ? name->aaaa : name->a;
		dc_emit_unanswered(emitter, DC_F_DNS_DELEGATION_UNANSWERED, where,
				   DC_ARGS(dc_text("domain", authority->zone)));
	}
}

static void compare(const struct dc_authority_facts *authority, struct dc_emitter *emitter)
{
	struct dc_slice only_parent = {0}, only_zone = {0}, text = {0};
	struct dc_arena *arena = dc_emitter_arena(emitter);

	for (size_t i = 0; i < authority->name_count; i++) {
		const struct dc_authority_name *name = &authority->names[i];

		if (name->in_parent == DC_TRI_YES && name->in_child == DC_TRI_NO)
			only_parent = dc_dns_join(emitter, only_parent, name->host);
		if (name->in_parent == DC_TRI_NO && name->in_child == DC_TRI_YES)
			only_zone = dc_dns_join(emitter, only_zone, name->host);
	}
	if (only_parent.len)
		text = dc_arena_printf(arena, "%.*s only in the parent", DC_FMT(only_parent));
	if (only_zone.len)
		text = dc_arena_printf(arena, "%.*s%s%.*s only in the zone", DC_FMT(text), text.len ? "; " : "",
				       DC_FMT(only_zone));
	if (text.len)
		dc_emit(emitter, DC_F_DNS_DELEGATION_DIFFERS,
			(struct dc_where){.subject = authority->zone, .answer = authority->referral, .more = authority->ns},
			DC_ARGS(dc_text("parent", authority->parent), dc_text("zone", authority->zone),
				dc_text("difference", text)));
}

/* All IPv4 addresses in a /24 and all IPv6 addresses in a /48: what is routed as one. */
static void judge_networks(const struct dc_authority_facts *authority, struct dc_emitter *emitter)
{
	struct dc_prefix first[2] = {{.bits = 24}, {.bits = 48}};
	char text[2][DC_PREFIX_TEXT_MAX];
	struct dc_slice network = {0};

	for (size_t i = 0; i < authority->server_count; i++) {
		struct dc_ip ip = authority->servers[i].ip;
		struct dc_prefix *prefix = &first[ip.family == 6];

		if (!prefix->ip.family) {
			prefix->ip = ip;
			for (size_t k = prefix->bits / 8u; k < sizeof(ip.octets); k++)
				prefix->ip.octets[k] = 0;
		} else if (!dc_prefix_contains(*prefix, ip)) {
			return;
		}
	}
	for (size_t i = 0; i < 2; i++)
		if (first[i].ip.family)
			network = dc_dns_join(emitter, network, dc_prefix_format(first[i], text[i]));
	dc_emit(emitter, DC_F_DNS_SERVERS_ONE_NETWORK, (struct dc_where){.subject = authority->zone, .answer = authority->ns},
		DC_ARGS(dc_text("zone", authority->zone), dc_text("network", dc_arena_dup(dc_emitter_arena(emitter), network))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_authority_facts *authority = facts->authority;
	struct dc_where where = {.subject = authority->zone, .answer = authority->ns};

	if (!authority->zone.len) {
		/* Names that do not exist have nothing to be told here; a resolver that fails is told by other checks. */
		if (facts->inputs->authority == DC_WISH_YES && !dc_outcome_is_known(facts->soa->outcome) &&
		    facts->soa->outcome != DC_OUTCOME_NOT_ASKED && facts->soa->outcome != DC_OUTCOME_OUT_OF_SOURCE)
			dc_emit_unanswered(emitter, DC_F_DNS_DELEGATION_UNANSWERED, (struct dc_where){.answer = facts->soa},
					   DC_ARGS(dc_text("domain", facts->inputs->domain)));
		else
			dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < authority->name_count; i++)
		judge_name(facts, &authority->names[i], emitter);
	compare(authority, emitter);
	if (authority->name_count == 1 && authority->server_count <= 1)
		dc_emit(emitter, DC_F_DNS_SERVERS_SINGLE, where,
			DC_ARGS(dc_text("zone", authority->zone), dc_text("server", authority->names[0].host)));
	else if (authority->server_count > 1)
		judge_networks(authority, emitter);
}

const struct dc_check dc_check_dns_delegation = {
	.id = "dns-delegation",
	.title = "The delegation names enough name servers, and those of the zone",
	.standard = "RFC 1034 section 4.2.2",
	.run = run,
};
