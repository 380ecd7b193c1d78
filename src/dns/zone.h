/* Zones read from zone files, and the answers an authoritative server for exactly these zones would give.
 * RFC 1034 4.3.2 as amended by RFC 2181, RFC 2308 (negative answers), RFC 4592 (wildcards), RFC 6672 (DNAME),
 * RFC 4035 3.1.4.1 (DS belongs to the parent). */
#ifndef DC_DNS_ZONE_H
#define DC_DNS_ZONE_H

#include "dns/answer.h"

enum {
	DC_ZONE_FILE_MAX = 256 * 1024 * 1024, /* octets of one file: some four million records */
	DC_ZONE_RECORDS_MAX = 2 * 1000 * 1000, /* in all files of a run */
	DC_ZONE_HOPS_MAX = 16,                /* aliases followed for one question; resolvers give up after 8 to 16 */
};

struct dc_zones;

/* NULL when there is no memory. */
struct dc_zones *dc_zones_new(void);
void dc_zones_free(struct dc_zones *zones);

/* Adds every zone of a file, whose octets are `bytes` and whose path or name is `label`: each SOA record starts a zone. A record
 * belongs to the zone of the last SOA before it when its owner is in that zone, else to the closest zone of the
 * same file. Refused is what no server would load (a record in no zone, beside a CNAME, a second SOA), $INCLUDE,
 * $GENERATE and classes other than IN. On failure `zones` is of no use any more; err->message reads
 * "LABEL:LINE: what is wrong". Nothing of `bytes` is kept. */
enum dc_status dc_zones_parse(struct dc_zones *zones, const char *label, struct dc_slice bytes, struct dc_error *err);

/* The answer to (question->name, question->type); every other field of the question is only copied. Outcomes:
 *   ANSWER NODATA NXDOMAIN   as a server would say it; negative ones carry the TTL of RFC 2308 5
 *   OUT_OF_SOURCE            the name, or the end of its chain of aliases, is in no loaded zone, or below a delegation,
 *                            or it is the DS record of a zone whose parent is not loaded
 *   SERVFAIL                 a loop, more than DC_ZONE_HOPS_MAX aliases, or more records than a message holds
 *   REFUSED                  rcode 6 (YXDOMAIN, RFC 6672 2.2), or rcode 4 for types that are no data (ANY, AXFR)
 * `via` is "zone FILE" with the base name. Constant: several threads may ask. NULL when there is no memory. */
struct dc_answer *dc_zones_answer(const struct dc_zones *zones, const struct dc_question *question);

/* True when the zones themselves answer for (name, type): not out of them, not below a delegation. */
bool dc_zones_hold(const struct dc_zones *zones, struct dc_slice name, uint16_t type);

/* When `answer` is a chain of aliases that left its source (outcome OUT_OF_SOURCE, records there): the name at which to go on,
 * in `arena`. Else the empty slice. */
struct dc_slice dc_zone_chase_target(struct dc_arena *arena, const struct dc_answer *answer);

#endif
