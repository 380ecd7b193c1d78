/* DNS messages. The first two octets of an input are the type asked; the question's name is read from the message. */
#include "dns/packet.h"
#include "dns/rdata_text.h"
#include "fuzz.h"

static void check_rr(const struct dc_rr *rr)
{
	struct dc_buf text, wire;
	dc_buf_init(&text, DC_RDATA_TEXT_MAX);
	dc_buf_init(&wire, 2 * DC_RDATA_MAX);
	FUZZ_CHECK(rr->owner.len > 0 && rr->owner.len <= DC_NAME_TEXT_MAX);
	dc_rdata_to_text(&text, rr->type, rr->rdata);
	FUZZ_CHECK(dc_rdata_from_text(&wire, rr->type, dc_buf_slice(&text), (struct dc_slice){0}, NULL));
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&wire), rr->rdata));
	dc_buf_free(&text);
	dc_buf_free(&wire);
}

static void check(struct dc_arena *arena, const struct dc_answer *answer)
{
	struct dc_ip ip;
	struct dc_txt txt;
	struct dc_slice name;
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
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_arena *scratch = dc_arena_new(DC_PACKET_SCRATCH_MAX), *arena = dc_arena_new(16 << 20);
	struct dc_answer draft = {.ede = -1, .question.name = DC_S("www.example.com")};
	struct dc_packet packet;
	if (scratch && arena && size > 2) {
		draft.question.type = (uint16_t)(data[0] << 8 | data[1]);
		if (!DC_ARENA_GUARD(arena)) {
			(void)dc_packet_matches(data + 2, size - 2, &draft.question);
			dc_packet_read(scratch, data + 2, size - 2, &draft, &packet);
			check(arena, &draft);
		}
	}
	dc_arena_free(scratch);
	dc_arena_free(arena);
	return 0;
}
