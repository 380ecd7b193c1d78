/* Sets of addresses of one family as sorted, disjoint intervals. Internal to the SPF room. */
#ifndef DC_SPF_RANGES_H
#define DC_SPF_RANGES_H

#include "base/arena.h"
#include "spf/spf.h"

__extension__ typedef unsigned __int128 dc_u128;

struct dc_spf_interval {
	dc_u128 first, last; /* both inside */
};

struct dc_spf_set {
	struct dc_arena *arena;
	struct dc_spf_interval *items;
	size_t count, capacity;
	size_t *budget;  /* intervals that may still be made, over all sets of an audit */
	bool incomplete; /* the budget was spent */
};

dc_u128 dc_spf_number(struct dc_ip ip);
/* 2^32 - 1 or 2^128 - 1 */
dc_u128 dc_spf_last(uint8_t family);
struct dc_spf_interval dc_spf_interval_of(struct dc_prefix prefix);

/* Adds the interval; what of it was new goes to `fresh` too (may be NULL). */
void dc_spf_set_add(struct dc_spf_set *set, struct dc_spf_interval interval, struct dc_spf_set *fresh);
bool dc_spf_set_holds(const struct dc_spf_set *set, dc_u128 address);
struct dc_spf_count dc_spf_set_size(const struct dc_spf_set *set);
/* The public form. */
struct dc_spf_ranges dc_spf_set_ranges(const struct dc_spf_set *set, uint8_t family);

#endif
