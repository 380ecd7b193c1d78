/* Inside the fleet: fleet.c collects, fleet_view.c concludes. */
#ifndef DC_RENDER_FLEET_PARTS_H
#define DC_RENDER_FLEET_PARTS_H

#include "render/fleet.h"

struct row {
	struct dc_fleet_domain domain;
	struct row *next;
};

struct dc_fleet {
	struct dc_arena *arena;
	struct row *first, **last;
	size_t domain_count;
	struct dc_fleet_thing **things; /* in the order of finding */
	size_t thing_count, thing_capacity;
	struct dc_fleet_thing **slots; /* on the heap: a table outgrown would stay in an arena */
	size_t slot_count;
	bool failed;
};

/* Both may leave through the arena's guard. */
struct dc_fleet_domain *dc_fleet_new_domain(struct dc_fleet *fleet, struct dc_slice domain);
/* Notes that `domain`, the latest one, has the thing. NULL: no memory. */
struct dc_fleet_thing *dc_fleet_use_thing(struct dc_fleet *fleet, const struct dc_fleet_domain *domain,
					  enum dc_fleet_kind kind, struct dc_slice value, struct dc_slice name);
/* The same for the argument of an ip4: or ip6: term, when it is a range. */
void dc_fleet_use_range(struct dc_fleet *fleet, const struct dc_fleet_domain *domain, struct dc_slice argument);

#endif
