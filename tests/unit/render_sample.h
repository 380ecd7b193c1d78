/* Hand-made results for the tests of renderers, independent of what the checks and their catalogue say today. */
#ifndef DC_UNIT_RENDER_SAMPLE_H
#define DC_UNIT_RENDER_SAMPLE_H

#include "render/render.h"

/* All live as long as the arena. */
struct dc_audit_result *sample_broken(struct dc_arena *arena);
struct dc_audit_result *sample_healthy(struct dc_arena *arena);
struct dc_audit_result *sample_unknown(struct dc_arena *arena); /* no facts, nothing answered */
/* `text` (network octets) in every place where text can stand. */
struct dc_audit_result *sample_hostile(struct dc_arena *arena, struct dc_slice text);
/* The broken one without the n-th part of its facts; false past the last part. */
bool sample_hole(struct dc_arena *arena, size_t n, struct dc_audit_result **ret_result);
const struct dc_run_info *sample_run(void);

/* The whole report of `count` results in one format. */
struct dc_slice sample_render(struct dc_arena *arena, const char *format, const struct dc_style *style,
			      struct dc_audit_result *const *results, size_t count);

#endif
