/* An input judged with an arena of its own: what most fuzzers of parsers are. */
#ifndef DC_TESTS_FUZZ_ARENA_H
#define DC_TESTS_FUZZ_ARENA_H

#include "base/arena.h"
#include "fuzz.h"

/* What LLVMFuzzerTestOneInput returns. An arena of `ceiling` octets that is spent ends the judge in silence. */
static inline int fuzz_in_arena(size_t ceiling, void (*judge)(struct dc_arena *arena, struct dc_slice input), const uint8_t *data,
				size_t size)
{
	struct dc_arena *arena = dc_arena_new(ceiling);

	if (arena && !DC_ARENA_GUARD(arena))
		judge(arena, (struct dc_slice){(const char *)data, size});
	dc_arena_free(arena);
	return 0;
}

#endif
