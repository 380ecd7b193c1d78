/* Memory of one audit: allocated piece by piece, freed at once, with a ceiling.
 *
 * An arena that is spent (ceiling reached or malloc failed) does not return: it jumps to the guard that the
 * owner set with DC_ARENA_GUARD. So pure code never sees a NULL, and an audit that costs too much ends in one
 * place. Code that holds a foreign object (OpenSSL, ldns, jansson …) must not allocate from an arena while it
 * holds it, unless the arena is known to have room (dc_arena_reserve). */
#ifndef DC_BASE_ARENA_H
#define DC_BASE_ARENA_H

#include <setjmp.h>

#include "base/slice.h"

struct dc_arena;

/* `ceiling` in octets. NULL when there is no memory. Owned by the caller. */
struct dc_arena *dc_arena_new(size_t ceiling);
void dc_arena_free(struct dc_arena *arena);
/* Forgets everything but keeps a few chunks for the next use. */
void dc_arena_reset(struct dc_arena *arena);
/* Octets handed out since the last reset. */
size_t dc_arena_used(const struct dc_arena *arena);
/* Octets of heap, used or not. */
size_t dc_arena_held(const struct dc_arena *arena);
/* True once the heap had nothing more for it: not the ceiling ended it. */
bool dc_arena_is_starved(const struct dc_arena *arena);

/* The jump buffer used when the arena is spent. Without a guard the process aborts: a bug. */
jmp_buf *dc_arena_guard(struct dc_arena *arena);
/* if (DC_ARENA_GUARD(arena)) { … spent … } */
#define DC_ARENA_GUARD(arena) (setjmp(*dc_arena_guard(arena)) != 0)

/* Zeroed, aligned for any object; never NULL. */
void *dc_arena_alloc(struct dc_arena *arena, size_t size) __attribute__((returns_nonnull));
/* The same, but NULL instead of a jump: for callbacks that must return. */
void *dc_arena_try(struct dc_arena *arena, size_t size);
/* Makes sure that the next `size` octets (in one allocation) will be there, or jumps. */
void dc_arena_reserve(struct dc_arena *arena, size_t size);
#define DC_NEW(arena, type) ((type *)dc_arena_alloc((arena), sizeof(type)))
/* Zeroed array of n; n * sizeof is checked. */
void *dc_arena_array(struct dc_arena *arena, size_t n, size_t size) __attribute__((returns_nonnull));
#define DC_NEW_ARRAY(arena, type, n) ((type *)dc_arena_array((arena), (n), sizeof(type)))

struct dc_slice dc_arena_dup(struct dc_arena *arena, struct dc_slice s);
/* Lower-cased copy (ASCII). */
struct dc_slice dc_arena_lower(struct dc_arena *arena, struct dc_slice s);
struct dc_slice dc_arena_concat(struct dc_arena *arena, struct dc_slice a, struct dc_slice b);
/* In hexadecimal, lower case. */
struct dc_slice dc_arena_hex(struct dc_arena *arena, const void *octets, size_t len);
/* The result is also NUL-terminated (not counted). */
struct dc_slice dc_arena_printf(struct dc_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Grows an array that lives in an arena by doubling. `*items` may be NULL with *capacity 0.
 *   DC_PUSH(arena, list->items, list->count, list->capacity) = value; */
void *dc_arena_grow(struct dc_arena *arena, void *items, size_t count, size_t *capacity, size_t size)
	__attribute__((returns_nonnull));
#define DC_PUSH(arena, items, count, capacity)                                                                         \
	(*(((items) = dc_arena_grow((arena), (items), (count), &(capacity), sizeof(*(items)))), &(items)[(count)++]))

#endif
