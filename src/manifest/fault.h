/* What is wrong with a manifest, and where: all of it in one go, up to a ceiling. */
#ifndef DC_MANIFEST_FAULT_H
#define DC_MANIFEST_FAULT_H

#include "base/arena.h"

enum {
	DC_FAULTS_MAX = 20, /* lines that somebody reads before mending the first */
	DC_NEAR_WORDS_MAX = 400, /* words compared for "did you mean": providers are some 120, slugs some 300 */
};

/* Both count from 1; a column is a character, not an octet. */
struct dc_place {
	uint32_t line, column;
};
#define DC_PLACE_START ((struct dc_place){1, 1})

struct dc_fault {
	struct dc_place place;
	struct dc_slice text; /* one clean line without the place */
};

struct dc_faults {
	struct dc_arena *arena;
	struct dc_fault items[DC_FAULTS_MAX];
	size_t count; /* of items; sorted by dc_faults_sort only */
	size_t more;  /* faults beyond those */
};

/* dc_fault(faults, place, format, …): untrusted text in the arguments must have gone through dc_fault_show. */
#define dc_fault(faults, place, ...)                                                                                  \
	((faults)->count == DC_FAULTS_MAX ? (void)(faults)->more++                                                     \
					  : dc_fault_add((faults), (place), dc_arena_printf((faults)->arena, __VA_ARGS__)))
void dc_fault_add(struct dc_faults *faults, struct dc_place place, struct dc_slice text);
/* By line and column; stable. */
void dc_faults_sort(struct dc_faults *faults);
/* Untrusted text for a message: escaped, short, NUL-terminated. In the arena. */
const char *dc_fault_show(struct dc_faults *faults, struct dc_slice text);

/* The word that was meant: the nearest of `words` (NULL-terminated) by edit distance, else the first that begins with `text`;
 * NULL when none is near. Letters of either case are the same, and so are '-' and '_'. */
const char *dc_fault_near(struct dc_slice text, const char *const *words);

#endif
