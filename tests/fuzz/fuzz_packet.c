/* DNS messages. The first two octets of an input are the type asked, the rest is an answer to a question for www.example.com.
 * What we read of a message is what ldns reads. */
#include <ldns/ldns.h>

#include "dns/packet.h"
#include "dns/rdata_text.h"
#include "dns/sections.h"
#include "dns/span.h"
#include "fuzz.h"

static void check_rr(const struct dc_rr *rr)
{
	struct dc_buf text, wire;
	dc_buf_init(&text, DC_RDATA_TEXT_MAX);
	dc_buf_init(&wire, (size_t)2 * DC_RDATA_MAX);
	FUZZ_CHECK(rr->owner.len > 0 && rr->owner.len <= DC_NAME_TEXT_MAX);
	dc_rdata_to_text(&text, rr->type, rr->rdata);
	FUZZ_CHECK(dc_rdata_from_text(&wire, rr->type, dc_buf_slice(&text), (struct dc_slice){0}, NULL));
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&wire), rr->rdata));
	dc_buf_free(&text);
	dc_buf_free(&wire);
}

static bool is_spf(struct dc_slice text)
{
	return dc_slice_starts(text, DC_S("v=spf1"));
}

static bool is_near_spf(struct dc_slice text)
{
	return dc_slice_starts_nocase(text, DC_S("v=s"));
}

/* The record that is chosen is one of the answer's, and counted as one by hand. */
static void check_choice(struct dc_arena *arena, const struct dc_answer *answer)
{
	struct dc_txt_choice choice = dc_answer_choose_txt(arena, answer, is_spf, is_near_spf);
	const struct dc_rr *rr;
	struct dc_txt txt;
	size_t count = 0;
	bool there = false;
	for (size_t i = 0; (rr = dc_answer_rr(answer, i)) != NULL; i++) {
		if (!dc_rr_txt(arena, rr, &txt))
			continue;
		count += is_spf(txt.text);
		there |= dc_slice_eq(txt.text, choice.txt.text);
		FUZZ_CHECK(!is_near_spf(txt.text) || choice.count || choice.near);
		struct dc_span span = dc_span_of(&txt, dc_slice_sub(txt.text, txt.text.len / 2, 3));
		FUZZ_CHECK(span.start + span.length <= txt.text.len && span.string < txt.string_count && span.string_offset <= span.start);
	}
	FUZZ_CHECK(count == choice.count && (there || !(choice.count || choice.near)) && !(choice.near && choice.count));
}

/* Both ways of following CNAMEs come to the same end. */
static void check_chain(struct dc_arena *arena, const struct dc_answer *answer)
{
	struct dc_slice alias = {0}, target;
	size_t hops = 0;
	target = dc_answer_target(answer, &hops);
	bool is_alias = dc_answer_alias(arena, answer, &alias);
	FUZZ_CHECK(!is_alias || alias.len);
	FUZZ_CHECK(!(is_alias && target.len && hops) || dc_slice_eq(alias, target));
}

static void check(struct dc_arena *arena, const struct dc_answer *answer)
{
	struct dc_ip ip;
	struct dc_txt txt;
	struct dc_slice name;
	struct dc_soa soa;
	uint16_t preference;
	FUZZ_CHECK(answer->outcome < DC_OUTCOME_COUNT && answer->rr_count <= DC_PACKET_RR_MAX);
	FUZZ_CHECK(answer->outcome != DC_OUTCOME_ANSWER || answer->rr_count > 0);
	(void)dc_answer_target(answer, NULL);
	(void)dc_answer_count(answer);
	for (size_t i = 0; i < answer->rr_count; i++) {
		check_rr(&answer->rrs[i]);
		(void)dc_rr_txt(arena, &answer->rrs[i], &txt);
		(void)dc_rr_ip(&answer->rrs[i], &ip);
		(void)dc_rr_name(arena, &answer->rrs[i], &name);
		(void)dc_rr_mx(arena, &answer->rrs[i], &preference, &name);
		if (dc_rr_soa(arena, &answer->rrs[i], &soa))
			FUZZ_CHECK(soa.primary.len && soa.contact.len && answer->rrs[i].rdata.len >= 22);
	}
	check_chain(arena, answer);
	check_choice(arena, answer);
}

enum {
	HEADER = 12,
	QUESTION_TAIL = 4,
	SOA_NAMES = 2, /* fields before the numbers */
};

/* ldns reads the last name of a list of them (HIP) beyond the end of its record. */
static bool reads_beyond(const ldns_rr *rr, size_t octets)
{
	size_t sum = 0;
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++)
		sum += ldns_rdf_size(ldns_rr_rdf(rr, i));
	return ldns_rr_get_type(rr) == LDNS_RR_TYPE_HIP && sum > octets;
}

static void same_record(struct dc_arena *arena, const struct dc_section_rr *ours, const ldns_rr *theirs, bool numbers_only)
{
	struct dc_slice owner;
	size_t at = 0;
	FUZZ_CHECK(ours->type == ldns_rr_get_type(theirs) && ours->class == ldns_rr_get_class(theirs));
	FUZZ_CHECK(ours->ttl_s == ldns_rr_ttl(theirs));
	FUZZ_CHECK(dc_name_from_wire(arena, ldns_rdf_data(ldns_rr_owner(theirs)), ldns_rdf_size(ldns_rr_owner(theirs)), &owner, NULL));
	FUZZ_CHECK(dc_slice_eq(owner, ours->owner));
	if (reads_beyond(theirs, ours->rdata.len))
		return;
	size_t skip = numbers_only && ours->type == LDNS_RR_TYPE_SOA && ours->whole ? SOA_NAMES : 0;
	for (size_t i = skip; i < ldns_rr_rd_count(theirs); i++) {
		const ldns_rdf *field = ldns_rr_rdf(theirs, i);
		FUZZ_CHECK(ours->rdata.len - at >= ldns_rdf_size(field));
		FUZZ_CHECK(memcmp(ours->rdata.ptr + at, ldns_rdf_data(field), ldns_rdf_size(field)) == 0);
		at += ldns_rdf_size(field);
	}
	FUZZ_CHECK(at == ours->rdata.len);
}

static void same_section(struct dc_arena *arena, const struct dc_section *ours, const ldns_rr_list *theirs, bool numbers_only)
{
	FUZZ_CHECK(ours->count == ldns_rr_list_rr_count(theirs));
	for (size_t i = 0; i < ours->count; i++)
		same_record(arena, &ours->rrs[i], ldns_rr_list_rr(theirs, i), numbers_only);
}

/* Forward pointers and rdata longer than its fields are read by ldns alone, repetition (HIP) is not taken apart by us: only
 * what both take is compared. */
static void compare(struct dc_arena *arena, const uint8_t *wire, size_t len, const struct dc_question *question)
{
	struct dc_sections sections;
	ldns_pkt *pkt = NULL;
	if (!dc_packet_matches(wire, len, question) || ldns_wire2pkt(&pkt, wire, len) != LDNS_STATUS_OK)
		return;
	size_t at = HEADER + dc_name_at_wire(question->name, wire + HEADER, len - HEADER) + QUESTION_TAIL;
	if (dc_sections_read(arena, wire, len, at, question->name, &sections)) {
		same_section(arena, &sections.answer, ldns_pkt_answer(pkt), false);
		same_section(arena, &sections.authority, ldns_pkt_authority(pkt), true);
		FUZZ_CHECK(sections.edns == ldns_pkt_edns(pkt));
	}
	ldns_pkt_free(pkt);
}

/* A query is read as what it asks, by us and by ldns; none is an answer. */
static void check_query(struct dc_arena *arena, const struct dc_question *question, uint16_t id)
{
	const struct dc_packet_query query = {.id = id, .recursive = id & 1, .edns_size = id & 2 ? 1232 : 0};
	uint8_t wire[DC_PACKET_QUERY_MAX];
	struct dc_answer draft = {.question = *question};
	struct dc_packet packet;
	ldns_pkt *pkt = NULL;
	size_t len = dc_packet_query(&query, question, wire);
	FUZZ_CHECK(len > 0 && len <= sizeof wire && dc_packet_matches(wire, len, question));
	FUZZ_CHECK(ldns_wire2pkt(&pkt, wire, len) == LDNS_STATUS_OK && ldns_pkt_id(pkt) == id && ldns_pkt_qdcount(pkt) == 1);
	FUZZ_CHECK(ldns_pkt_rd(pkt) == query.recursive && ldns_pkt_edns(pkt) == (query.edns_size > 0));
	FUZZ_CHECK(ldns_rr_get_type(ldns_rr_list_rr(ldns_pkt_question(pkt), 0)) == question->type);
	ldns_pkt_free(pkt);
	dc_packet_read(arena, wire, len, &draft, &packet);
	FUZZ_CHECK(draft.outcome == DC_OUTCOME_MALFORMED);
}

/* As the resolver, a validator and one authoritative server are asked. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dc_question_kind kinds[] = {DC_ASK_DNS, DC_ASK_VALIDATE, DC_ASK_SERVER};
	struct dc_arena *scratch = dc_arena_new(DC_PACKET_SCRATCH_MAX), *arena = dc_arena_new(16 << 20);
	struct dc_answer draft = {.ede = -1, .question.name = DC_S("www.example.com")};
	struct dc_packet packet;
	for (size_t i = 0; scratch && arena && size > 2 && i < sizeof kinds / sizeof *kinds; i++) {
		draft.question.type = (uint16_t)(data[0] << 8 | data[1]);
		draft.question.kind = kinds[i];
		dc_arena_reset(scratch);
		if (DC_ARENA_GUARD(arena))
			break;
		dc_packet_read(scratch, data + 2, size - 2, &draft, &packet);
		check(arena, &draft);
		if (i > 0)
			continue;
		compare(arena, data + 2, size - 2, &draft.question);
		check_query(scratch, &draft.question, (uint16_t)(size * 7 + data[2]));
	}
	dc_arena_free(scratch);
	dc_arena_free(arena);
	return 0;
}
