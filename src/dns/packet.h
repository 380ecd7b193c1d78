/* DNS messages: a query made, an answer taken apart (RFC 1035 4.1, EDNS of RFC 6891, extended errors of RFC 8914). */
#ifndef DC_DNS_PACKET_H
#define DC_DNS_PACKET_H

#include "base/arena.h"
#include "dns/answer.h"

enum {
	DC_PACKET_QUERY_MAX = 12 + DC_NAME_WIRE_MAX + 4 + 11, /* header, question, OPT without options */
	DC_PACKET_RR_MAX = 1024,           /* records of an answer: the largest sets met have some hundreds */
	DC_PACKET_CNAME_MAX = 32,          /* CNAMEs of one answer: resolvers give up after 11 to 17 */
	DC_PACKET_SCRATCH_MAX = 4 << 20,   /* octets of arena one message may cost once its names are spelled out */
};

struct dc_packet_query {
	uint16_t id;
	bool recursive;      /* RD, and AD: "tell me whether you validated" (RFC 6840 5.7) without the cost of DO */
	uint16_t edns_size;  /* largest UDP answer; 0 = no OPT record */
};

/* Writes the query for question->name and question->type. Returns its length, 0 when the name cannot be on the wire. */
size_t dc_packet_query(const struct dc_packet_query *query, const struct dc_question *question,
		       uint8_t wire[DC_PACKET_QUERY_MAX]);

/* What a message says besides what fits an answer. */
struct dc_packet {
	bool authoritative;  /* AA */
	bool recursion;      /* RA */
	bool truncated;      /* TC */
	bool edns;           /* an OPT record was there */
	bool looped;         /* the CNAMEs lead back to one of themselves */
	struct dc_slice follow; /* where a CNAME leads that the answer does not follow; else empty */
};

/* True when `wire` is long enough to be a message and repeats the question (one question, names compared without case). */
bool dc_packet_matches(const uint8_t *wire, size_t len, const struct dc_question *question);

/* Takes a message apart into *draft, whose `question` the caller has set: outcome, rcode, authentic, ede, ttl_s, size,
 * detail and rrs are written, all else is left. Everything lies in `scratch` and lives until its next reset; the guard
 * of `scratch` is overwritten. What cannot be read becomes the outcome MALFORMED with a reason in `detail`.
 *
 * NOERROR without records is NODATA when a SOA stands there (RFC 2308 2.2), or when nothing does and the server recurses
 * or is authoritative; a referral is REFUSED: the server does not know (but where one server was asked for the NS records
 * of a name or its addresses, those that it refers to become the records). SERVFAIL with an extended error that
 * tells of failed validation is BOGUS; an answer with one that tells of a filter (RFC 8914 4.5, 4.16 to 4.18) is REFUSED. */
void dc_packet_read(struct dc_arena *scratch, const uint8_t *wire, size_t len, struct dc_answer *draft,
		    struct dc_packet *ret_packet);

#endif
