/* Zone files into an index: which record belongs to which zone, and what no server would load. */
#include "dns/zone.h"

#include <stdlib.h>

#include "base/escape.h"
#include "dns/rdata_text.h"
#include "dns/zone_index.h"
#include "dns/zone_scan.h"

enum {
	ARENA_MAX = 1024 * 1024 * 1024,
	SET_OCTETS_MAX = 65535 - 12 - 5, /* what a message holds beside its header and the shortest question */
	RECORD_OCTETS = 12,              /* of a record beside its rdata, its owner compressed */
	TYPES_MAX = 256,                 /* at one name; they are searched one by one */
};

struct record {
	struct dc_slice owner, rdata;
	size_t line;
	uint32_t ttl_s;
	uint16_t type;
	struct zone *zone; /* the zone of the last SOA; NULL before the first */
};

struct loader {
	struct dc_zones *zones;
	struct dc_zone_scan scan;
	struct dc_buf rdata;
	const char *label;
	struct record *records; /* malloc: dropped once the file is in the index */
	size_t count, capacity;
	struct zone *newest; /* the zones of this file, newest first */
	char shown[128];     /* the file's name, escaped */
	struct dc_error *err;
};

struct dc_zones *dc_zones_new(void)
{
	struct dc_zones *zones = calloc(1, sizeof *zones);
	if (!zones || !(zones->arena = dc_arena_new(ARENA_MAX))) { /* not fuzzed: out of memory */
		free(zones);
		return NULL;
	}
	zones->via = DC_S("zone");
	return zones;
}

void dc_zones_free(struct dc_zones *zones)
{
	if (!zones)
		return;
	free(zones->buckets);
	dc_arena_free(zones->arena);
	free(zones);
}

/* "FILE:LINE: NAME TYPE: why" */
static enum dc_status bad_record(struct loader *loader, const struct record *record, const char *why)
{
	char owner[120], type[16];
	dc_escape_line(owner, sizeof owner, record->owner);
	return dc_error_set(loader->err, DC_ERR_INPUT, "%s:%zu: %s %s: %s", loader->shown, record->line, owner,
			    dc_type_name(record->type, type), why);
}

static enum dc_status no_memory(struct loader *loader) /* not fuzzed: out of memory */
{
	return dc_error_set(loader->err, DC_ERR_NOMEM, "%s: no memory for the zone", loader->shown);
}

/* ---- the first pass: records, and the zones they start ---- */

static uint32_t be32(const char *octets)
{
	const uint8_t *p = (const uint8_t *)octets;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static enum dc_status start_zone(struct loader *loader, struct record *record)
{
	struct dc_zones *zones = loader->zones;
	struct zone_node *node = dc_zone_node_make(zones, 0, record->owner);
	struct dc_slice name = record->rdata;
	size_t used = 0, at = 0;
	if (!node)
		return no_memory(loader); /* not fuzzed: out of memory */
	for (int i = 0; i < 2; i++, at += used)
		if (!dc_name_from_wire(zones->arena, (const uint8_t *)record->rdata.ptr + at, record->rdata.len - at, &name,
				       &used))
			return bad_record(loader, record, "the data does not fit the type");
	if (record->rdata.len - at != 20)
		return bad_record(loader, record, "the data does not fit the type");
	uint32_t minimum = be32(record->rdata.ptr + at + 16);
	if (record->ttl_s == DC_ZONE_NO_TTL)
		record->ttl_s = minimum <= INT32_MAX ? minimum : 0;
	if (node->zone) {
		/* A zone transfer ends in the SOA that it began with. */
		if (node->zone->file != zones->file_count)
			return bad_record(loader, record, "this zone was loaded from another file already");
		record->zone = node->zone;
		return DC_OK;
	}
	struct zone *zone = DC_NEW(zones->arena, struct zone);
	*zone = (struct zone){.apex = record->owner, .apex_labels = dc_name_labels(record->owner),
			      .id = ++zones->zone_count, .file = zones->file_count, .via = zones->via,
			      .negative_ttl_s = record->ttl_s < minimum ? record->ttl_s : minimum,
			      .next_newer = loader->newest};
	node->zone = zone;
	loader->newest = zone;
	record->zone = zone;
	return DC_OK;
}

static struct record *add_record(struct loader *loader)
{
	if (loader->count == loader->capacity) {
		size_t capacity = loader->capacity ? loader->capacity * 2 : 256;
		struct record *moved = realloc(loader->records, capacity * sizeof *moved);
		if (!moved)
			return NULL; /* not fuzzed: out of memory */
		loader->records = moved;
		loader->capacity = capacity;
	}
	return &loader->records[loader->count++];
}

static enum dc_status read_record(struct loader *loader, const struct dc_zone_entry *entry, uint32_t last_ttl_s)
{
	const char *why = NULL;
	struct record *record = add_record(loader);
	if (!record)
		return no_memory(loader); /* not fuzzed: out of memory */
	if (loader->zones->record_count++ >= DC_ZONE_RECORDS_MAX) { /* not fuzzed: two million records */
		return dc_error_set(loader->err, DC_ERR_INPUT, "%s:%zu: more than %d records", loader->shown, entry->line,
				    DC_ZONE_RECORDS_MAX);
	}
	*record = (struct record){.owner = entry->owner, .line = entry->line, .ttl_s = entry->ttl_s, .type = entry->type};
	dc_buf_reset(&loader->rdata);
	if (!dc_rdata_from_text(&loader->rdata, entry->type, entry->rdata, loader->scan.origin, &why))
		return why == dc_why_no_memory ? no_memory(loader) : bad_record(loader, record, why);
	record->rdata = dc_arena_dup(loader->zones->arena, dc_buf_slice(&loader->rdata));
	if (record->ttl_s == DC_ZONE_NO_TTL)
		record->ttl_s = last_ttl_s; /* RFC 1035 5.1: that of the record before */
	if (record->type == DC_TYPE_SOA)
		return start_zone(loader, record);
	record->zone = loader->newest;
	if (record->ttl_s == DC_ZONE_NO_TTL)
		record->ttl_s = record->zone ? record->zone->negative_ttl_s : 3600;
	return DC_OK;
}

static enum dc_status read_records(struct loader *loader)
{
	struct dc_zone_entry entry;
	uint32_t last_ttl_s = DC_ZONE_NO_TTL;
	bool more;
	for (;;) {
		enum dc_status status = dc_zone_scan_next(&loader->scan, &entry, &more);
		if (status != DC_OK)
			return dc_error_set(loader->err, status, "%s:%zu: %s", loader->shown, entry.line, loader->scan.why);
		if (!more)
			return DC_OK;
		status = read_record(loader, &entry, last_ttl_s);
		if (status != DC_OK)
			return status;
		last_ttl_s = loader->records[loader->count - 1].ttl_s;
	}
}

/* ---- the second pass: into the index ---- */

/* RFC 1034 3.6.2, RFC 2181 10.1, RFC 6672 2.4; signatures may stand beside a CNAME (RFC 4034 3, 4). */
static const char *clash(const struct zone_node *node, const struct zone_set *set)
{
	static const char beside[] = "a CNAME must stand alone, and this name has other records too";
	size_t types = 0;
	bool signs = set->type == DC_TYPE_RRSIG || set->type == DC_TYPE_NSEC;
	if (set->count > 1 && set->type == DC_TYPE_CNAME)
		return "this name has two CNAME records";
	if (set->count > 1 && set->type == DC_TYPE_DNAME)
		return "this name has two DNAME records";
	if (set->count > 1 && set->type == DC_TYPE_SOA)
		return "the zone has two different SOA records";
	if (set->octets > SET_OCTETS_MAX)
		return "the records of this name and type do not fit into a DNS message";
	for (const struct zone_set *other = node->sets; other; other = other->next) {
		if (++types > TYPES_MAX)
			return "more than 256 types of records at one name";
		if (other != set && !signs && other->type != DC_TYPE_RRSIG && other->type != DC_TYPE_NSEC &&
		    (set->type == DC_TYPE_CNAME || other->type == DC_TYPE_CNAME))
			return beside;
	}
	return NULL;
}

/* Repeated records are one (RFC 2181 5). */
static void add_data(struct dc_zones *zones, struct zone_set *set, const struct record *record)
{
	for (const struct zone_data *data = set->first; data; data = data->next)
		if (dc_slice_eq(data->rdata, record->rdata))
			return;
	struct zone_data *data = DC_NEW(zones->arena, struct zone_data);
	data->rdata = record->rdata;
	if (set->last)
		set->last->next = data;
	else
		set->first = data;
	set->last = data;
	set->count++;
	set->octets += RECORD_OCTETS + record->rdata.len;
}

static struct zone_set *make_set(struct dc_zones *zones, struct zone_node *node, const struct record *record)
{
	struct zone_set **at = &node->sets;
	while (*at && (*at)->type != record->type)
		at = &(*at)->next;
	if (!*at) {
		*at = DC_NEW(zones->arena, struct zone_set);
		**at = (struct zone_set){.type = record->type, .ttl_s = record->ttl_s};
	}
	if (record->ttl_s < (*at)->ttl_s)
		(*at)->ttl_s = record->ttl_s;
	return *at;
}

static bool one_name(struct dc_zones *zones, struct dc_slice rdata, struct dc_slice *ret_name)
{
	size_t used;
	return dc_name_from_wire(zones->arena, (const uint8_t *)rdata.ptr, rdata.len, ret_name, &used) && used == rdata.len;
}

/* What a parent zone may hold at and below a cut: the delegation, its signatures, and addresses of name servers. */
static bool belongs_above_cut(uint16_t type)
{
	switch (type) {
	case DC_TYPE_NS:
	case DC_TYPE_DS:
	case DC_TYPE_A:
	case DC_TYPE_AAAA:
	case DC_TYPE_RRSIG:
	case DC_TYPE_NSEC:
		return true;
	default:
		return type == 50 /* NSEC3 */;
	}
}

/* Behind the SOA of one zone, but in another of the file: nobody would ever be given it, and it would seem to be missing. */
static bool is_misplaced(const struct dc_zones *zones, const struct zone *zone, const struct record *record)
{
	const struct zone *closest = dc_zone_enclosing(zones, record->owner, false);
	return closest && closest != zone && closest->file == zone->file && closest->apex_labels > zone->apex_labels &&
	       !belongs_above_cut(record->type);
}

static enum dc_status index_record(struct loader *loader, struct record *record)
{
	struct dc_zones *zones = loader->zones;
	struct zone *zone = record->zone;
	struct dc_slice name = record->owner, target;
	if (!zone || !dc_name_is_below(name, zone->apex))
		zone = dc_zone_enclosing(zones, name, false);
	if (!zone || zone->file != zones->file_count)
		return bad_record(loader, record, loader->newest
				      ? "this name is outside of the zones of the file (is a final dot missing or one too many?)"
				      : "the file has no SOA record: a zone begins with one");
	if (is_misplaced(zones, zone, record))
		return bad_record(loader, record, "the file has a zone for this name: move the record there, behind its SOA");
	struct zone_node *node = dc_zone_node_make(zones, zone->id, name);
	if (!node)
		return no_memory(loader); /* not fuzzed: out of memory */
	struct zone_set *set = make_set(zones, node, record);
	if (set->count >= 1 && record->type == DC_TYPE_SOA && dc_slice_eq(set->first->rdata, record->rdata))
		return DC_OK;
	add_data(zones, set, record);
	if (record->type == DC_TYPE_CNAME || record->type == DC_TYPE_DNAME || record->type == DC_TYPE_NS) {
		if (!one_name(zones, record->rdata, &target))
			return bad_record(loader, record, "the data does not fit the type");
		set->target = target;
	}
	const char *why = clash(node, set);
	if (why)
		return bad_record(loader, record, why);
	for (size_t labels = dc_name_labels(name); labels > zone->apex_labels; labels--) {
		name = dc_name_parent(name);
		if (dc_zone_node_find(zones, zone->id, name))
			break;
		if (!dc_zone_node_make(zones, zone->id, name))
			return no_memory(loader); /* not fuzzed: out of memory */
	}
	return DC_OK;
}

static enum dc_status load(struct loader *loader)
{
	enum dc_status status = read_records(loader);
	for (size_t i = 0; status == DC_OK && i < loader->count; i++)
		status = index_record(loader, &loader->records[i]);
	if (status == DC_OK && !loader->newest)
		return dc_error_set(loader->err, DC_ERR_INPUT, "%s:1: no records: a zone begins with an SOA record",
				    loader->shown);
	return status;
}

enum dc_status dc_zones_parse(struct dc_zones *zones, const char *label, struct dc_slice bytes, struct dc_error *err)
{
	const char *slash = strrchr(label, '/');
	struct loader *loader = calloc(1, sizeof *loader);
	enum dc_status status;
	if (!loader || zones->unusable) {
		free(loader);
		return dc_error_set(err, DC_ERR_NOMEM, "no memory for a zone");
	}
	*loader = (struct loader){.zones = zones, .label = slash && slash[1] ? slash + 1 : label, .err = err};
	dc_escape_line(loader->shown, sizeof loader->shown, dc_slice_of(label));
	dc_buf_init(&loader->rdata, (size_t)2 * DC_RDATA_MAX);
	if (DC_ARENA_GUARD(zones->arena)) {
		status = no_memory(loader); /* not fuzzed: out of memory */
	} else {
		zones->file_count++;
		zones->via = dc_arena_concat(zones->arena, DC_S("zone "), dc_slice_of(loader->label));
		dc_zone_scan_init(&loader->scan, zones->arena, bytes);
		status = load(loader);
	}
	zones->unusable |= status != DC_OK;
	dc_zone_scan_free(&loader->scan);
	dc_buf_free(&loader->rdata);
	free(loader->records);
	free(loader);
	return status;
}
