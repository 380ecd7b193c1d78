/* The resolvers of the system: resolv.conf(5). */
#ifndef DC_SOURCE_RESOLVCONF_H
#define DC_SOURCE_RESOLVCONF_H

#include "source/live.h"

#define DC_RESOLVCONF_PATH "/etc/resolv.conf"

/* Reads the "nameserver" lines of `path` (NULL = DC_RESOLVCONF_PATH), in their order, without repetitions, at most
 * DC_LIVE_SERVERS_MAX. All other lines are about searching and do not matter to full names. A file that is missing or
 * names no server is an error that says so and what to do: nothing is guessed. */
enum dc_status dc_resolvconf_read(const char *path, struct dc_live_server servers[DC_LIVE_SERVERS_MAX],
				  size_t *ret_count, struct dc_error *err);

#endif
