/* DNS messages: queries (a header, a name, four numbers), and what an answer says.
 * Covers RFC 1035 4.1, RFC 2308 2 (negative answers), RFC 6604 (rcode after a CNAME), RFC 6891, RFC 8914.
 * Deliberately not: the additional section, signatures (DO is never set), classes other than IN. */
#include "dns/packet.h"

#include <ldns/ldns.h>

#include "dns/sections.h"

enum {
	HEADER = 12,
	QUESTION_TAIL = 4,    /* type and class */
	OPT_SIZE = 11,
	EDE_OPTION = 15,      /* RFC 8914 2 */
	EDE_TEXT_MAX = 512,   /* nobody reads more */
	TTL_MAX = 0x7fffffff, /* RFC 2181 8: with the top bit set it counts as zero */
};

/* RFC 8914 4 and the registry; said when the server says only the number. */
static const char *const ede_words[] = {
	"other error", "unsupported DNSKEY algorithm", "unsupported DS digest type", "stale answer", "forged answer",
	"DNSSEC indeterminate", "DNSSEC bogus", "signature expired", "signature not yet valid", "DNSKEY missing",
	"RRSIGs missing", "no zone key bit set", "NSEC missing", "cached error", "not ready", "blocked", "censored",
	"filtered", "prohibited", "stale NXDOMAIN answer", "not authoritative", "not supported", "no reachable authority",
	"network error", "invalid data", "signature expired before valid", "too early", "unsupported NSEC3 iterations value",
	"unable to conform to policy", "synthesized",
};

/* A SERVFAIL with one of these failed validation. */
static bool ede_is_bogus(int32_t code)
{
	return (code >= 6 && code <= 12) || code == 25;
}

/* With one of these an answer is not what the zone says: forged by policy, blocked, censored, filtered. */
static bool ede_is_filter(int32_t code)
{
	return code == 4 || (code >= 15 && code <= 17);
}

size_t dc_packet_query(const struct dc_packet_query *query, const struct dc_question *question,
		       uint8_t wire[DC_PACKET_QUERY_MAX])
{
	memset(wire, 0, HEADER);
	size_t name = dc_name_to_wire(question->name, wire + HEADER), n = HEADER + name;
	if (name == 0)
		return 0;
	ldns_write_uint16(wire, query->id);
	if (query->recursive) {
		LDNS_RD_SET(wire);
		LDNS_AD_SET(wire);
	}
	ldns_write_uint16(wire + 4, 1);
	ldns_write_uint16(wire + n, question->type);
	ldns_write_uint16(wire + n + 2, LDNS_RR_CLASS_IN);
	n += 4;
	if (query->edns_size) {
		ldns_write_uint16(wire + 10, 1);
		memset(wire + n, 0, OPT_SIZE);
		ldns_write_uint16(wire + n + 1, LDNS_RR_TYPE_OPT);
		ldns_write_uint16(wire + n + 3, query->edns_size);
		n += OPT_SIZE;
	}
	return n;
}

/* Where the records begin when the message repeats the question; else 0. */
static size_t question_end(const uint8_t *wire, size_t len, const struct dc_question *question)
{
	if (len < HEADER || LDNS_QDCOUNT(wire) != 1)
		return 0;
	size_t n = dc_name_at_wire(question->name, wire + HEADER, len - HEADER), end = HEADER + n + QUESTION_TAIL;
	if (n == 0 || len < end)
		return 0;
	return ldns_read_uint16(wire + end - 4) == question->type && ldns_read_uint16(wire + end - 2) == LDNS_RR_CLASS_IN
		       ? end : 0;
}

bool dc_packet_matches(const uint8_t *wire, size_t len, const struct dc_question *question)
{
	return question_end(wire, len, question) != 0;
}

static void malformed(struct dc_answer *draft, const char *why)
{
	draft->outcome = DC_OUTCOME_MALFORMED;
	draft->detail = dc_slice_of(why);
	draft->rrs = NULL;
	draft->rr_count = 0;
}

/* The first extended error, or the first that tells of DNSSEC. */
static void read_ede(struct dc_arena *scratch, struct dc_slice options, struct dc_answer *draft)
{
	const uint8_t *at = (const uint8_t *)options.ptr;
	size_t left = options.len;
	while (left >= 4) {
		uint16_t code = ldns_read_uint16(at), len = ldns_read_uint16(at + 2);
		if (len > left - 4)
			return;
		if (code == EDE_OPTION && len >= 2) {
			int32_t info = ldns_read_uint16(at + 4);
			if (draft->ede < 0 || (ede_is_bogus(info) && !ede_is_bogus(draft->ede))) {
				struct dc_slice text = {(const char *)at + 6, len - 2u};
				while (text.len && text.ptr[text.len - 1] == 0)
					text.len--; /* some servers send C strings */
				draft->ede = info;
				if (text.len)
					draft->detail = dc_arena_dup(scratch, dc_slice_sub(text, 0, EDE_TEXT_MAX));
				else if ((size_t)info < sizeof ede_words / sizeof *ede_words)
					draft->detail = dc_slice_of(ede_words[info]);
				else
					draft->detail = (struct dc_slice){0};
			}
		}
		at += 4 + len;
		left -= 4u + len;
	}
}

static uint32_t clean_ttl(uint32_t ttl)
{
	return ttl > TTL_MAX ? 0 : ttl;
}

/* Signatures come unasked from libunbound: without them answers are the same whoever was asked. Who asks for validation
 * wants to see them. */
static bool is_signature(const struct dc_section_rr *rr, const struct dc_question *question)
{
	return rr->type == DC_TYPE_RRSIG && question->type != DC_TYPE_RRSIG && question->kind != DC_ASK_VALIDATE;
}

/* In packet order. */
static bool read_records(struct dc_arena *scratch, const struct dc_section *section, struct dc_answer *draft)
{
	size_t cnames = 0, n = 0;
	struct dc_rr *rrs = section->count ? DC_NEW_ARRAY(scratch, struct dc_rr, section->count) : NULL;
	for (size_t i = 0; i < section->count; i++) {
		const struct dc_section_rr *rr = &section->rrs[i];
		if (rr->class != LDNS_RR_CLASS_IN || is_signature(rr, &draft->question))
			continue;
		struct dc_rr *to = &rrs[n++];
		*to = (struct dc_rr){.owner = rr->owner, .type = rr->type, .ttl_s = clean_ttl(rr->ttl_s), .rdata = rr->rdata};
		if (to->ttl_s < draft->ttl_s)
			draft->ttl_s = to->ttl_s;
		if (to->type == DC_TYPE_CNAME && ++cnames > DC_PACKET_CNAME_MAX)
			return malformed(draft, "the answer holds more than 32 CNAME records"), false;
	}
	draft->rrs = rrs;
	draft->rr_count = n;
	return true;
}

/* Where the CNAMEs lead; the empty slice when they loop. */
static struct dc_slice chain_end(struct dc_arena *scratch, const struct dc_answer *draft, size_t *ret_hops)
{
	struct dc_slice owner = draft->question.name;
	size_t hops = 0;
	for (size_t i = 0; draft->question.type != DC_TYPE_CNAME && i < draft->rr_count; i++) {
		const struct dc_rr *rr = &draft->rrs[i];
		if (rr->type != DC_TYPE_CNAME || !dc_name_eq(rr->owner, owner))
			continue;
		if (++hops > DC_PACKET_CNAME_MAX ||
		    !dc_name_from_wire(scratch, (const uint8_t *)rr->rdata.ptr, rr->rdata.len, &owner, NULL))
			return (struct dc_slice){0};
		i = SIZE_MAX; /* from the first record again */
	}
	*ret_hops = hops;
	return owner;
}

static bool has_type(const struct dc_answer *draft, struct dc_slice owner)
{
	for (size_t i = 0; i < draft->rr_count; i++)
		if (draft->rrs[i].type == draft->question.type && dc_name_eq(draft->rrs[i].owner, owner))
			return true;
	return false;
}

/* Looks for the SOA that vouches for `target` (RFC 2308 3) and for NS records (a referral). */
static bool find_soa(const struct dc_section *section, struct dc_slice target, uint32_t *ret_ttl_s, bool *ret_ns)
{
	bool found = false;
	for (size_t i = 0; i < section->count; i++) {
		const struct dc_section_rr *rr = &section->rrs[i];
		if (rr->type == DC_TYPE_NS)
			*ret_ns = true;
		if (found || rr->type != DC_TYPE_SOA || !rr->whole || !dc_name_is_below(target, rr->owner))
			continue;
		uint32_t ttl = clean_ttl(rr->ttl_s);
		uint32_t minimum = clean_ttl(ldns_read_uint32(rr->rdata.ptr + rr->rdata.len - 4)); /* the last field */
		*ret_ttl_s = ttl < minimum ? ttl : minimum;
		found = true;
	}
	return found;
}

/* What the parent says of a delegation: the servers in the authority section, their addresses in the additional one. */
static void read_referral(struct dc_arena *scratch, const struct dc_sections *sections, struct dc_answer *draft)
{
	uint16_t type = draft->question.type;
	size_t n = 0;
	if (type != DC_TYPE_NS && type != DC_TYPE_A && type != DC_TYPE_AAAA)
		return;
	if (!read_records(scratch, type == DC_TYPE_NS ? &sections->authority : &sections->additional, draft))
		return;
	struct dc_rr *rrs = (struct dc_rr *)draft->rrs;
	for (size_t i = 0; i < draft->rr_count; i++)
		if (rrs[i].type == type && dc_name_eq(rrs[i].owner, draft->question.name))
			rrs[n++] = rrs[i];
	draft->rr_count = n;
}

static void judge_noerror(struct dc_arena *scratch, const struct dc_sections *sections, struct dc_answer *draft,
			  struct dc_packet *ret)
{
	size_t hops = 0;
	bool ns = false;
	struct dc_slice target = chain_end(scratch, draft, &hops);
	if (!target.len) {
		ret->looped = true;
		draft->outcome = DC_OUTCOME_SERVFAIL; /* what most resolvers make of it */
		draft->detail = DC_S("the CNAME records lead in a circle");
		return;
	}
	if (has_type(draft, target)) {
		draft->outcome = DC_OUTCOME_ANSWER;
		return;
	}
	if (find_soa(&sections->authority, target, &draft->ttl_s, &ns)) {
		draft->outcome = DC_OUTCOME_NODATA;
	} else if (hops) {
		draft->outcome = DC_OUTCOME_ANSWER;
		ret->follow = target;
	} else if (ns && !ret->authoritative) {
		draft->outcome = DC_OUTCOME_REFUSED;
		if (draft->question.kind == DC_ASK_SERVER)
			read_referral(scratch, sections, draft);
		draft->detail = DC_S("the server refers to others: it neither has the zone nor recurses");
	} else if (ret->recursion || ret->authoritative) {
		draft->outcome = DC_OUTCOME_NODATA;
		draft->ttl_s = 0;
	} else {
		draft->outcome = DC_OUTCOME_REFUSED;
		draft->detail = DC_S("an empty answer from a server that neither has the zone nor recurses");
	}
}

static void judge(struct dc_arena *scratch, const uint8_t *wire, const struct dc_sections *sections, struct dc_answer *draft,
		  struct dc_packet *ret)
{
	bool ns = false;
	size_t hops;
	draft->rcode = (uint16_t)(sections->rcode_extension << 4 | LDNS_RCODE_WIRE(wire));
	draft->authentic = LDNS_AD_WIRE(wire) != 0;
	ret->authoritative = LDNS_AA_WIRE(wire) != 0;
	ret->recursion = LDNS_RA_WIRE(wire) != 0;
	ret->edns = sections->edns;
	read_ede(scratch, sections->options, draft);
	draft->ttl_s = TTL_MAX;
	if (!read_records(scratch, &sections->answer, draft))
		return;
	switch (draft->rcode) {
	case LDNS_RCODE_NOERROR:
		judge_noerror(scratch, sections, draft, ret);
		break;
	case LDNS_RCODE_NXDOMAIN: {
		struct dc_slice target = chain_end(scratch, draft, &hops);
		draft->outcome = DC_OUTCOME_NXDOMAIN;
		if (!target.len || !find_soa(&sections->authority, target, &draft->ttl_s, &ns))
			draft->ttl_s = 0;
		break;
	}
	case LDNS_RCODE_SERVFAIL:
		draft->outcome = ede_is_bogus(draft->ede) ? DC_OUTCOME_BOGUS : DC_OUTCOME_SERVFAIL;
		break;
	default:
		draft->outcome = DC_OUTCOME_REFUSED;
		break;
	}
	if (dc_outcome_is_known(draft->outcome) && ede_is_filter(draft->ede)) {
		draft->outcome = DC_OUTCOME_REFUSED;
		ret->follow = (struct dc_slice){0};
	}
	if (draft->ttl_s == TTL_MAX && draft->rr_count == 0)
		draft->ttl_s = 0;
}

static bool too_many(const uint8_t *wire)
{
	return LDNS_ANCOUNT(wire) > DC_PACKET_RR_MAX || LDNS_NSCOUNT(wire) > DC_PACKET_RR_MAX ||
	       LDNS_ARCOUNT(wire) > DC_PACKET_RR_MAX;
}

void dc_packet_read(struct dc_arena *scratch, const uint8_t *wire, size_t len, struct dc_answer *draft,
		    struct dc_packet *ret_packet)
{
	struct dc_sections sections;
	*ret_packet = (struct dc_packet){0};
	draft->rcode = len >= HEADER ? LDNS_RCODE_WIRE(wire) : 0;
	draft->authentic = false;
	draft->ede = -1;
	draft->ttl_s = 0;
	draft->size = (uint32_t)len;
	draft->detail = (struct dc_slice){0};
	draft->rrs = NULL;
	draft->rr_count = 0;
	if (len < HEADER || !LDNS_QR_WIRE(wire) || LDNS_OPCODE_WIRE(wire) != LDNS_PACKET_QUERY)
		return malformed(draft, "no DNS answer");
	ret_packet->truncated = LDNS_TC_WIRE(wire);
	size_t at = question_end(wire, len, &draft->question);
	if (!at)
		return malformed(draft, "an answer to another question");
	if (too_many(wire))
		return malformed(draft, "more than 1024 records");
	if (DC_ARENA_GUARD(scratch))
		malformed(draft, "the names of the message take too much room");
	else if (!dc_sections_read(scratch, wire, len, at, draft->question.name, &sections))
		malformed(draft, "the message cannot be read");
	else
		judge(scratch, wire, &sections, draft, ret_packet);
}
