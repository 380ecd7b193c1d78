/* Inside of the authority room; nobody else includes this. */
#ifndef DC_AUTHORITY_BUILD_H
#define DC_AUTHORITY_BUILD_H

#include "authority/authority.h"

struct authority_build {
	struct dc_asker *asker;
	const struct dc_authority_input *input;
	struct dc_authority_facts *facts;
	const struct dc_answer *parent_ns;
	/* Servers of the parent and what they said of the zone's NS records; parent_tcp: the first of them over TCP. */
	struct dc_slice parents[DC_AUTHORITY_PARENT_MAX];
	const struct dc_answer *parent_answers[DC_AUTHORITY_PARENT_MAX];
	size_t parent_count;
	const struct dc_answer *parent_tcp;
};

/* zone.c: where the zone begins, who serves it, who serves its parent. False: nothing to go on with (yet). */
bool authority_find_zone(struct authority_build *build);
/* Addresses of every name. */
void authority_find_addresses(struct authority_build *build);

/* servers.c */
const struct dc_answer *authority_ask(struct authority_build *build, const char *how, struct dc_slice server,
				      struct dc_slice name, uint16_t type);
void authority_ask_servers(struct authority_build *build);


#endif
