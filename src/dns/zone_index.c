/* Names of zones in one hash table. */
#include "dns/zone_index.h"

#include <stdlib.h>

static uint64_t hash_of(uint32_t zone_id, struct dc_slice name)
{
	uint64_t hash = 0xcbf29ce484222325u ^ zone_id;
	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.ptr[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

struct zone_node *dc_zone_node_find(const struct dc_zones *zones, uint32_t zone_id, struct dc_slice name)
{
	uint64_t hash = hash_of(zone_id, name);
	if (!zones->bucket_count)
		return NULL;
	for (struct zone_node *node = zones->buckets[hash & (zones->bucket_count - 1)]; node; node = node->next)
		if (node->hash == hash && node->zone_id == zone_id && dc_name_eq(node->name, name))
			return node;
	return NULL;
}

static bool grow(struct dc_zones *zones)
{
	size_t count = zones->bucket_count ? zones->bucket_count * 4 : 1024;
	struct zone_node **buckets = calloc(count, sizeof(struct zone_node *));
	if (!buckets)
		return false;
	for (size_t i = 0; i < zones->bucket_count; i++) {
		struct zone_node *node = zones->buckets[i];
		while (node) {
			struct zone_node *next = node->next, **home = &buckets[node->hash & (count - 1)];
			node->next = *home;
			*home = node;
			node = next;
		}
	}
	free(zones->buckets);
	zones->buckets = buckets;
	zones->bucket_count = count;
	return true;
}

struct zone_node *dc_zone_node_make(struct dc_zones *zones, uint32_t zone_id, struct dc_slice name)
{
	struct zone_node *node = dc_zone_node_find(zones, zone_id, name);
	if (node)
		return node;
	if (zones->node_count >= zones->bucket_count && !grow(zones))
		return NULL;
	node = DC_NEW(zones->arena, struct zone_node);
	*node = (struct zone_node){.hash = hash_of(zone_id, name), .zone_id = zone_id, .name = name};
	struct zone_node **home = &zones->buckets[node->hash & (zones->bucket_count - 1)];
	node->next = *home;
	*home = node;
	zones->node_count++;
	return node;
}

struct zone_set *dc_zone_set_find(const struct zone_node *node, uint16_t type)
{
	struct zone_set *set = node ? node->sets : NULL;
	while (set && set->type != type)
		set = set->next;
	return set;
}

struct zone *dc_zone_enclosing(const struct dc_zones *zones, struct dc_slice name, bool above)
{
	for (; !zones->unusable; above = false) {
		const struct zone_node *node = above ? NULL : dc_zone_node_find(zones, 0, name);
		if (node)
			return node->zone;
		if (dc_slice_eq(name, DC_S(".")))
			return NULL;
		name = dc_name_parent(name);
	}
	return NULL;
}
