/* Reports of the store: what `domaincheck history` prints. */
#ifndef DC_RENDER_HISTORY_H
#define DC_RENDER_HISTORY_H

#include "history/history.h"
#include "render/render.h"

struct dc_history_view {
	const struct dc_history_run *runs; /* by time */
	size_t run_count;
	const struct dc_history_finding *findings;
	size_t finding_count;
	const struct dc_history_key *keys;
	size_t key_count;
};

void dc_history_text(struct dc_buf *out, const struct dc_history_view *view, const struct dc_style *style);
/* False: out of memory. */
bool dc_history_json(struct dc_buf *out, const struct dc_history_view *view);

#endif
