/* A message taken apart into records with their names spelled out. Inside src/dns only. */
#ifndef DC_DNS_SECTIONS_H
#define DC_DNS_SECTIONS_H

#include "base/arena.h"
#include "dns/name.h"

struct dc_section_rr {
	struct dc_slice owner;  /* canonical */
	struct dc_slice rdata;  /* names inside uncompressed */
	uint32_t ttl_s;         /* as sent */
	uint16_t type, class;
	bool whole;             /* every field of the type is there */
};

struct dc_section {
	const struct dc_section_rr *rrs;
	size_t count;
};

struct dc_sections {
	struct dc_section answer, authority, additional;
	bool edns;               /* an OPT record was there … */
	uint8_t rcode_extension; /* … with the upper eight bits of the rcode */
	struct dc_slice options; /* … and these options */
};

/* `question` is the name that the message asks for, canonical: the caller has compared them, and knows that the records begin
 * at wire[at]. All in `arena`, whose guard must be set; rdata without names points into `wire`, as do the numbers of a whole SOA
 * record in the authority section, which are all there is of its rdata. False: the message breaks off, a name or a record is
 * impossible. */
bool dc_sections_read(struct dc_arena *arena, const uint8_t *wire, size_t len, size_t at, struct dc_slice question,
		      struct dc_sections *ret_sections);

#endif
