/* The index behind zone.h. Internal to the zone files of this room. Everything lives in zones->arena but the buckets. */
#ifndef DC_DNS_ZONE_INDEX_H
#define DC_DNS_ZONE_INDEX_H

#include "dns/zone.h"

struct zone_data {
	struct zone_data *next; /* in file order */
	struct dc_slice rdata;
};

struct zone_set {
	struct zone_set *next;
	uint16_t type;
	uint32_t ttl_s; /* the least: RFC 2181 5.2 wants them equal */
	size_t count, octets;
	struct zone_data *first, *last;
	struct dc_slice target; /* CNAME, DNAME: canonical */
};

struct zone {
	struct dc_slice apex;
	size_t apex_labels;
	uint32_t id;             /* from 1 */
	uint32_t file;           /* number of the file, from 1 */
	uint32_t negative_ttl_s; /* RFC 2308 5 */
	struct dc_slice via;     /* "zone FILE" */
	struct zone *next_newer;
};

/* A name of a zone; without sets it is an empty non-terminal (RFC 4592 2.2.2). With zone id 0: the entry by which
 * a zone is found. */
struct zone_node {
	struct zone_node *next; /* in the bucket */
	uint64_t hash;
	uint32_t zone_id;
	struct dc_slice name;
	struct zone_set *sets;
	struct zone *zone;
};

struct dc_zones {
	struct dc_arena *arena;
	struct zone_node **buckets;
	size_t bucket_count, node_count, record_count;
	uint32_t zone_count, file_count;
	struct dc_slice via; /* when no zone answers */
	bool unusable;
};

struct zone_node *dc_zone_node_find(const struct dc_zones *zones, uint32_t zone_id, struct dc_slice name);
/* Finds or makes. NULL when there is no memory for the buckets. `name` must live in the arena. */
struct zone_node *dc_zone_node_make(struct dc_zones *zones, uint32_t zone_id, struct dc_slice name);
struct zone_set *dc_zone_set_find(const struct zone_node *node, uint16_t type);
/* The closest zone that encloses `name`, counting from its own apex or, when `above`, from the name above it; or NULL. */
struct zone *dc_zone_enclosing(const struct dc_zones *zones, struct dc_slice name, bool above);

#endif
