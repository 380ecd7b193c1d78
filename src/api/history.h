/* What others of this room need of the store (domaincheck history). */
#ifndef DC_API_HISTORY_H
#define DC_API_HISTORY_H

#include "history/history.h"

/* The runs of a store by time, in `arena`. DC_ERR_NOMEM when they do not fit. */
enum dc_status dc_history_past(const char *path, struct dc_arena *arena, const struct dc_history_run **ret_runs, size_t *ret_count,
			       struct dc_error *err);

#endif
