/* What the checks of authoritative servers share. */
#ifndef DC_CHECKS_DNS_COMMON_H
#define DC_CHECKS_DNS_COMMON_H

#include "authority/authority.h"
#include "checks/check.h"

/* "TXT _dmarc.example.com" */
static inline struct dc_slice dc_dns_records(struct dc_emitter *emitter, const struct dc_authority_record *record)
{
	char type[16];

	return dc_arena_printf(dc_emitter_arena(emitter), "%s %.*s", dc_type_name(record->type, type), DC_FMT(record->name));
}

/* "2 hours", "90 minutes", "1209600 seconds" … the largest unit that fits without a rest. */
static inline struct dc_slice dc_dns_time(struct dc_arena *arena, uint32_t seconds)
{
	static const struct {
		uint32_t seconds;
		const char *word;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= units[i].seconds && seconds % units[i].seconds == 0)
			return dc_arena_printf(arena, "%u %s%s", seconds / units[i].seconds, units[i].word,
					       seconds == units[i].seconds ? "" : "s");
	return dc_arena_printf(arena, "%u second%s", seconds, seconds == 1 ? "" : "s");
}

/* `so_far` and one more of a list in words. */
static inline struct dc_slice dc_dns_join(struct dc_emitter *emitter, struct dc_slice so_far, struct dc_slice more)
{
	struct dc_arena *arena = dc_emitter_arena(emitter);

	return so_far.len ? dc_arena_concat(arena, dc_arena_concat(arena, so_far, DC_S(", ")), more) : more;
}

/* True when the servers were asked and can be judged from here. */
static inline bool dc_dns_can_judge(const struct dc_authority_facts *authority)
{
	return authority->wanted && authority->asked && authority->reached && !authority->intercepted;
}

/* Can the server's family of addresses be reached from here at all? */
static inline bool dc_dns_in_reach(const struct dc_authority_facts *authority, const struct dc_authority_server *server)
{
	return (server->ip.family == 4 ? authority->reached4 : authority->reached6) == DC_TRI_YES;
}

#endif
