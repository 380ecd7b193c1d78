/* Private keys of the user: see dkim/own.h. */
#ifndef DC_API_OWN_KEY_H
#define DC_API_OWN_KEY_H

#include "base/arena.h"
#include "base/status.h"

struct dc_dkim_own;

/* Reads the key in the file at `path`; nothing of its private half is left in memory. The line of an error names the file. */
enum dc_status dc_own_key_read(struct dc_arena *arena, struct dc_slice selector, const char *path,
			       struct dc_dkim_own *ret_own, struct dc_error *err);

#endif
