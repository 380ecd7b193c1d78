/* What a test of pure code begins with: an empty made-up world, an arena for what is built from it, evidence that knows
 * nothing yet. One of each a program; also cmocka, and the headers that it wants before it. Header only. */
#ifndef DC_TESTS_SCENE_H
#define DC_TESTS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

static struct world world;
static struct dc_arena *arena, *keep; /* of a build; of the evidence */
static struct dc_evidence *evidence;

static inline int scene_open(void **state)
{
	(void)state;
	world_init(&world);
	arena = dc_arena_new(64u << 20);
	keep = dc_arena_new(64u << 20);
	evidence = dc_evidence_new(keep);
	return 0;
}

static inline int scene_close(void **state)
{
	(void)state;
	dc_evidence_clear(evidence);
	dc_arena_free(arena);
	dc_arena_free(keep);
	world_free(&world);
	return 0;
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

/* The same world, asked anew. */
static inline void scene_forget(void)
{
	dc_evidence_clear(evidence);
	dc_arena_reset(keep);
	evidence = dc_evidence_new(keep);
}

/* Another world. */
static inline void scene_clear(void)
{
	scene_forget();
	world_reset(&world);
}

static inline bool is(struct dc_slice s, const char *text)
{
	return dc_slice_eq(s, dc_slice_of(text));
}

#endif
