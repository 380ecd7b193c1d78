/* Arena: chunks in a list, bump allocation, one ceiling for the sum of the chunks. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CHUNK_SIZE = 16 * 1024, /* most audits of one domain fit into a few */
	SMALL_MAX = 96,         /* octets that are zeroed in place */
	SPARE_MAX = 8,          /* chunks that a reset keeps: what the next build of the facts will use again */
};

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

struct dc_arena {
	struct chunk *chunks; /* newest first */
	struct chunk *spare;  /* of the usual size; not in `held` */
	size_t ceiling, held, used;
	bool guarded, starved;
	jmp_buf guard;
};

struct dc_arena *dc_arena_new(size_t ceiling)
{
	struct dc_arena *arena = calloc(1, sizeof *arena);
	if (arena)
		arena->ceiling = ceiling;
	return arena;
}

static void free_chunks(struct chunk *chunk)
{
	while (chunk) {
		struct chunk *next = chunk->next;
		free(chunk);
		chunk = next;
	}
}

void dc_arena_free(struct dc_arena *arena)
{
	if (!arena)
		return;
	free_chunks(arena->chunks);
	free_chunks(arena->spare);
	free(arena);
}

void dc_arena_reset(struct dc_arena *arena)
{
	size_t spares = 0;
	for (const struct chunk *chunk = arena->spare; chunk; chunk = chunk->next)
		spares++;
	while (arena->chunks) {
		struct chunk *chunk = arena->chunks;
		arena->chunks = chunk->next;
		if (chunk->size != CHUNK_SIZE || spares == SPARE_MAX) {
			free(chunk);
			continue;
		}
		chunk->next = arena->spare;
		arena->spare = chunk;
		spares++;
	}
	arena->held = 0;
	arena->used = 0;
}

size_t dc_arena_used(const struct dc_arena *arena)
{
	return arena->used;
}

size_t dc_arena_held(const struct dc_arena *arena)
{
	return arena->held;
}

bool dc_arena_is_starved(const struct dc_arena *arena)
{
	return arena->starved;
}

jmp_buf *dc_arena_guard(struct dc_arena *arena)
{
	arena->guarded = true;
	return &arena->guard;
}

static void spent(struct dc_arena *arena) __attribute__((noreturn));
static void spent(struct dc_arena *arena)
{
	if (!arena->guarded)
		abort();
	longjmp(arena->guard, 1);
}

static struct chunk *find_room(struct dc_arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	if (chunk && chunk->size - chunk->used >= size)
		return chunk;
	size_t want = size > CHUNK_SIZE ? size : CHUNK_SIZE;
	if (want > arena->ceiling || arena->held > arena->ceiling - want)
		return NULL;
	if (want == CHUNK_SIZE && arena->spare) {
		chunk = arena->spare;
		arena->spare = chunk->next;
	} else if (!(chunk = malloc(sizeof *chunk + want))) {
		arena->starved = true;
		return NULL;
	}
	*chunk = (struct chunk){.next = arena->chunks, .size = want};
	arena->chunks = chunk;
	arena->held += want;
	return chunk;
}

static struct chunk *room_for(struct dc_arena *arena, size_t size)
{
	struct chunk *chunk = find_room(arena, size);
	if (!chunk)
		spent(arena);
	return chunk;
}

/* 0 when the size cannot be. */
static inline size_t align_up(size_t size)
{
	const size_t step = alignof(max_align_t);
	return size > SIZE_MAX - step ? 0 : ((size ? size : 1) + step - 1) / step * step;
}

/* `size` is a multiple of the alignment. Most are small: a call of memset(3) costs more than their octets. */
static inline void *take(struct dc_arena *arena, struct chunk *chunk, size_t size)
{
	char *object = chunk->bytes + chunk->used;
	chunk->used += size;
	arena->used += size;
	if (size > SMALL_MAX)
		return memset(object, 0, size);
	for (size_t i = 0; i < size; i += alignof(max_align_t))
		memset(object + i, 0, alignof(max_align_t));
	return object;
}

void dc_arena_reserve(struct dc_arena *arena, size_t size)
{
	size = align_up(size);
	(void)room_for(arena, size ? size : SIZE_MAX);
}

void *dc_arena_alloc(struct dc_arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	size = align_up(size);
	if (!chunk || !size || chunk->size - chunk->used < size)
		chunk = room_for(arena, size ? size : SIZE_MAX);
	return take(arena, chunk, size);
}

void *dc_arena_try(struct dc_arena *arena, size_t size)
{
	size = align_up(size);
	struct chunk *chunk = size ? find_room(arena, size) : NULL;
	return chunk ? take(arena, chunk, size) : NULL;
}

void *dc_arena_array(struct dc_arena *arena, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		spent(arena);
	return dc_arena_alloc(arena, n * size);
}

struct dc_slice dc_arena_dup(struct dc_arena *arena, struct dc_slice s)
{
	char *copy = dc_arena_alloc(arena, s.len + 1);
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	return (struct dc_slice){copy, s.len};
}

struct dc_slice dc_arena_lower(struct dc_arena *arena, struct dc_slice s)
{
	char *copy = dc_arena_alloc(arena, s.len + 1);
	for (size_t i = 0; i < s.len; i++)
		copy[i] = dc_lower(s.ptr[i]);
	return (struct dc_slice){copy, s.len};
}

struct dc_slice dc_arena_concat(struct dc_arena *arena, struct dc_slice a, struct dc_slice b)
{
	char *both = dc_arena_alloc(arena, a.len + b.len + 1);
	if (a.len)
		memcpy(both, a.ptr, a.len);
	if (b.len)
		memcpy(both + a.len, b.ptr, b.len);
	return (struct dc_slice){both, a.len + b.len};
}

struct dc_slice dc_arena_hex(struct dc_arena *arena, const void *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = octets;
	char *text = dc_arena_alloc(arena, 2 * len + 1);
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[at[i] >> 4];
		text[2 * i + 1] = digits[at[i] & 15];
	}
	return (struct dc_slice){text, 2 * len};
}

struct dc_slice dc_arena_printf(struct dc_arena *arena, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		va_end(again);
		spent(arena);
	}
	char *text = dc_arena_alloc(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return (struct dc_slice){text, (size_t)len};
}

void *dc_arena_grow(struct dc_arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	size_t larger = *capacity ? *capacity * 2 : 4;
	void *copy = dc_arena_array(arena, larger, size);
	if (count)
		memcpy(copy, items, count * size);
	*capacity = larger;
	return copy;
}
