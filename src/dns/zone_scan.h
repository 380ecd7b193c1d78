/* Zone files taken apart into entries: RFC 1035 5.1 (comments, brackets, quoting, $ORIGIN), RFC 2308 4 ($TTL).
 * Internal to the zone files of this room: knows the syntax, not the meaning of rdata. */
#ifndef DC_DNS_ZONE_SCAN_H
#define DC_DNS_ZONE_SCAN_H

#include "base/buf.h"
#include "dns/name.h"

enum {
	DC_ZONE_ENTRY_MAX = 512 * 1024, /* one entry: a TXT of 65,535 octets with each one escaped, and its quoting */
	DC_ZONE_NO_TTL = UINT32_MAX,    /* above what RFC 2181 8 allows */
};

struct dc_zone_scan {
	struct dc_slice rest;    /* of the file */
	size_t line;             /* of the next octet, from 1 */
	struct dc_buf text;      /* the entry at hand: one line, without comments and brackets */
	struct dc_arena *arena;  /* names */
	struct dc_slice origin;  /* canonical; empty before the first $ORIGIN */
	struct dc_slice owner;   /* of the last record; empty before the first */
	uint32_t default_ttl_s;  /* $TTL, or DC_ZONE_NO_TTL */
	char why[320];           /* what is wrong, when dc_zone_scan_next fails */
};

struct dc_zone_entry {
	size_t line;           /* where it starts */
	struct dc_slice owner; /* canonical, in the arena; the same pointer as long as the owner is not written again */
	uint32_t ttl_s;        /* or DC_ZONE_NO_TTL: neither the record nor a $TTL names one */
	uint16_t type;
	struct dc_slice rdata; /* text; valid until the next call */
};

/* `bytes` are borrowed. Free with dc_zone_scan_free. */
void dc_zone_scan_init(struct dc_zone_scan *scan, struct dc_arena *arena, struct dc_slice bytes);
void dc_zone_scan_free(struct dc_zone_scan *scan);
/* The next record. DC_OK with *ret_more false at the end; DC_ERR_INPUT or DC_ERR_NOMEM with scan->why and
 * ret_entry->line set. */
enum dc_status dc_zone_scan_next(struct dc_zone_scan *scan, struct dc_zone_entry *ret_entry, bool *ret_more);

#endif
