/* Answers from zone files (-z): dns/zone.h behind the vtable of sources. Opens no socket. */
#ifndef DC_SOURCE_ZONEFILE_H
#define DC_SOURCE_ZONEFILE_H

#include "source/source.h"

/* Loads `count` files; NULL and *err when one of them cannot be read or is no zone file.
 *
 * Alone (`below` NULL) it claims every DC_ASK_DNS; what no zone holds is OUT_OF_SOURCE. As an overlay it claims every
 * DC_ASK_DNS too, and asks `below` for what no zone holds: names outside, delegations, and the rest of chains of
 * aliases that leave the zones; a chain of `below` that leads into the zones is continued there. Such an answer names
 * both in `via`. DC_ASK_VALIDATE is claimed for names that the zones hold (alone: for all) and answered with the state
 * unknown: a file proves no signature. Other kinds are claimed when `below` claims them and the zones do not hold the name.
 *
 * `below` is borrowed and must be freed before this source. */
struct dc_source *dc_zonefile_new(const char *const *paths, size_t count, struct dc_source *below, struct dc_error *err);

#endif
