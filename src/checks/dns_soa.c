/* Are the timers of the zone sane? RFC 1912 section 2.2, RFC 2308 section 5. */
#include "checks/dns_common.h"

enum {
	DAY_S = 86400,
	EXPIRE_LEAST_S = DAY_S,          /* a zone with one server: the timer is for others */
	EXPIRE_SECONDARY_S = 7 * DAY_S,  /* a week-end without the primary must not end the domain */
	NEGATIVE_MOST_S = DAY_S,         /* RFC 2308 section 5: one to three hours work well */
	REFRESH_MOST_S = DAY_S,
};

/* The zone's SOA as its newest server gives it; else as the resolver does. */
static const struct dc_rr *soa_of(const struct dc_facts *facts, const struct dc_answer **ret_answer)
{
	const struct dc_authority_facts *authority = facts->authority;
	const struct dc_answer *answer = authority->soa ? authority->soa : facts->soa;

	for (size_t i = 0; i < authority->server_count; i++)
		if (authority->servers[i].has_serial && authority->servers[i].serial == authority->newest_serial)
			answer = authority->servers[i].soa;
	*ret_answer = answer;
	for (size_t i = 0; answer && answer->outcome == DC_OUTCOME_ANSWER && i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_SOA && dc_name_eq(answer->rrs[i].owner, answer->question.name))
			return &answer->rrs[i];
	return NULL;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	struct dc_arena *arena = dc_emitter_arena(emitter);
	const struct dc_answer *answer;
	const struct dc_rr *rr = soa_of(facts, &answer);
	struct dc_where where = {.answer = answer};
	struct dc_soa soa;
	uint32_t least = facts->authority->name_count > 1 ? EXPIRE_SECONDARY_S : EXPIRE_LEAST_S, negative;

	if (!rr || !dc_rr_soa(arena, rr, &soa)) {
		dc_not_applicable(emitter);
		return;
	}
	where.subject = rr->owner;
	negative = rr->ttl_s < soa.negative_s ? rr->ttl_s : soa.negative_s;
	if (soa.expire_s < least || soa.expire_s < soa.refresh_s)
		dc_emit(emitter, DC_F_DNS_SOA_EXPIRE, where,
			DC_ARGS(dc_text("time", dc_dns_time(arena, soa.expire_s)), dc_text("zone", rr->owner)));
	if (soa.refresh_s > REFRESH_MOST_S)
		dc_emit(emitter, DC_F_DNS_SOA_REFRESH, where,
			DC_ARGS(dc_text("time", dc_dns_time(arena, soa.refresh_s)), dc_text("zone", rr->owner)));
	if (soa.retry_s > soa.refresh_s)
		dc_emit(emitter, DC_F_DNS_SOA_RETRY, where,
			DC_ARGS(dc_text("retry", dc_dns_time(arena, soa.retry_s)),
				dc_text("refresh", dc_dns_time(arena, soa.refresh_s)), dc_text("zone", rr->owner)));
	if (negative > NEGATIVE_MOST_S)
		dc_emit(emitter, DC_F_DNS_SOA_NEGATIVE, where,
			DC_ARGS(dc_text("time", dc_dns_time(arena, negative)), dc_text("zone", rr->owner)));
}

const struct dc_check dc_check_dns_soa = {
	.id = "dns-soa",
	.title = "The timers of the zone are sane",
	.standard = "RFC 1912 section 2.2",
	.run = run,
};
