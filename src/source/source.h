/* Where answers come from. One row per source; only this room touches the world. */
#ifndef DC_SOURCE_SOURCE_H
#define DC_SOURCE_SOURCE_H

#include "base/status.h"
#include "dns/answer.h"

/* One question on its way. Owned by the caller, who must keep it until `done` was called (or the source is freed:
 * then it is not called). */
struct dc_fetch {
	struct dc_question question; /* borrowed: valid until done */
	void (*done)(struct dc_fetch *fetch, struct dc_answer *answer); /* takes over one reference; never NULL */
	void *user;
	struct dc_fetch *next; /* for the source, while it has the fetch */
};

struct dc_source;

/* The order of the rows is the order of asking: the first source that claims a question answers it. */
struct dc_source_ops {
	const char *name; /* "live" "zone" "recording" "https" … */
	/* True when this source answers `question` (perhaps with OUT_OF_SOURCE). */
	bool (*claims)(const struct dc_source *source, const struct dc_question *question);
	/* Starts. `done` may be called before this returns (files) or from dc_loop_run (network). Never fails: what goes
	 * wrong is an outcome. */
	void (*submit)(struct dc_source *source, struct dc_fetch *fetch);
	void (*free)(struct dc_source *source);
};

/* First member of every source. */
struct dc_source {
	const struct dc_source_ops *ops;
};

#endif
