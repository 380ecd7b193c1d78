/* Open addressing over places in blocks of text; a place is a block and an offset, 0 is free. */
#include "api/nameset.h"

#include <stdlib.h>

enum { BLOCK_OCTETS = 1 << 16, SLOTS_FIRST = 256 };

struct dc_nameset {
	char **blocks; /* each name with its length in the octet before it */
	size_t block_count, used; /* octets of the last block */
	uint64_t *slots; /* 1 + block * BLOCK_OCTETS + offset */
	size_t slot_count, count;
};

struct dc_nameset *dc_nameset_new(void)
{
	struct dc_nameset *set = calloc(1, sizeof *set);
	if (!set || !(set->slots = calloc(SLOTS_FIRST, sizeof *set->slots))) {
		free(set);
		return NULL;
	}
	set->slot_count = SLOTS_FIRST;
	set->used = BLOCK_OCTETS;
	return set;
}

void dc_nameset_free(struct dc_nameset *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->block_count; i++)
		free(set->blocks[i]);
	free(set->blocks);
	free(set->slots);
	free(set);
}

static struct dc_slice name_at(const struct dc_nameset *set, uint64_t place)
{
	const char *at = set->blocks[(place - 1) / BLOCK_OCTETS] + (place - 1) % BLOCK_OCTETS;
	return (struct dc_slice){at + 1, (unsigned char)*at};
}

/* FNV-1a, and mixed once more: the low bits choose the slot. */
uint64_t dc_nameset_hash(struct dc_slice name)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.ptr[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

static uint64_t *slot_of(const struct dc_nameset *set, uint64_t *slots, size_t slot_count, struct dc_slice name)
{
	size_t i = dc_nameset_hash(name) & (slot_count - 1);
	while (slots[i] && !dc_slice_eq(name_at(set, slots[i]), name))
		i = (i + 1) & (slot_count - 1);
	return &slots[i];
}

static bool grow(struct dc_nameset *set)
{
	size_t larger = set->slot_count * 2;
	uint64_t *slots = calloc(larger, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < set->slot_count; i++)
		if (set->slots[i])
			*slot_of(set, slots, larger, name_at(set, set->slots[i])) = set->slots[i];
	free(set->slots);
	set->slots = slots;
	set->slot_count = larger;
	return true;
}

static bool new_block(struct dc_nameset *set)
{
	char **blocks = realloc(set->blocks, (set->block_count + 1) * sizeof *blocks);
	if (!blocks)
		return false;
	set->blocks = blocks;
	if (!(blocks[set->block_count] = malloc(BLOCK_OCTETS)))
		return false;
	/* NOLINTNEXTLINE(analyzer-malloc-leak): kept in set->blocks */
	set->block_count++;
	set->used = 0;
	return true;
}

enum dc_nameset_added dc_nameset_add(struct dc_nameset *set, struct dc_slice name)
{
	if (set->count * 2 >= set->slot_count && !grow(set))
		return DC_NAMESET_NO_MEMORY;
	uint64_t *slot = slot_of(set, set->slots, set->slot_count, name);
	if (*slot)
		return DC_NAMESET_KNOWN;
	if (set->used + 1 + name.len > BLOCK_OCTETS && !new_block(set))
		return DC_NAMESET_NO_MEMORY;
	char *at = set->blocks[set->block_count - 1] + set->used;
	*at = (char)name.len;
	memcpy(at + 1, name.ptr, name.len);
	*slot = 1 + (uint64_t)(set->block_count - 1) * BLOCK_OCTETS + set->used;
	set->used += 1 + name.len;
	set->count++;
	return DC_NAMESET_NEW;
}
