/* Zone files: the reader, then questions to what was read. The names asked stand in the corpus too. A line of "%%%" divides
 * two files of one run. */
#include "dns/rdata_text.h"
#include "dns/zone.h"
#include "fuzz.h"

/* ldns loses some octets over rdata that it refuses, in the readers of these types: seen once a run, as a bad zone ends it. */
/* NOLINTBEGIN(bugprone-reserved-identifier): LeakSanitizer's name for it */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
/* NOLINTEND(bugprone-reserved-identifier) */
{
	return "leak:ldns_str2rdf_ipseckey\n";
}

static void check_answer(struct dc_arena *arena, const struct dc_answer *answer)
{
	struct dc_buf text, wire;
	struct dc_slice target = dc_zone_chase_target(arena, answer);
	dc_buf_init(&text, DC_RDATA_TEXT_MAX);
	dc_buf_init(&wire, (size_t)2 * DC_RDATA_MAX);
	FUZZ_CHECK(answer->outcome != DC_OUTCOME_ANSWER || answer->rr_count > 0);
	FUZZ_CHECK(answer->outcome != DC_OUTCOME_SERVFAIL || answer->rr_count == 0);
	FUZZ_CHECK(!target.len || answer->outcome == DC_OUTCOME_OUT_OF_SOURCE);
	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		if (rr->type != answer->question.type) /* it was, or will be, asked for itself */
			continue;
		dc_buf_reset(&text);
		dc_buf_reset(&wire);
		dc_rdata_to_text(&text, rr->type, rr->rdata);
		FUZZ_CHECK(dc_rdata_from_text(&wire, rr->type, dc_buf_slice(&text), (struct dc_slice){0}, NULL));
		FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&wire), rr->rdata));
	}
	dc_buf_free(&text);
	dc_buf_free(&wire);
}

/* False: refused. */
static bool load(struct dc_zones *zones, struct dc_slice bytes)
{
	static const char between[] = "\n%%%\n";
	struct dc_error err = {0};
	const char *cut = bytes.len ? memmem(bytes.ptr, bytes.len, between, sizeof between - 1) : NULL;
	struct dc_slice first = cut ? dc_slice_sub(bytes, 0, (size_t)(cut - bytes.ptr) + 1) : bytes;
	if (dc_zones_parse(zones, "fuzz.zone", first, &err) != DC_OK) {
		FUZZ_CHECK(strncmp(err.message, "fuzz.zone:", 10) == 0 && !memchr(err.message, '\n', sizeof err.message));
		return false;
	}
	if (!cut)
		return true;
	first = dc_slice_sub(bytes, first.len + sizeof between - 2, SIZE_MAX);
	if (dc_zones_parse(zones, "in/second\x1b.zone", first, &err) == DC_OK)
		return true;
	FUZZ_CHECK(strncmp(err.message, "in/second\\x1b.zone:", 19) == 0 && !memchr(err.message, '\n', sizeof err.message));
	return false;
}

/* What was refused is refused again; after that the zones take nothing more. */
static void check_refusal(struct dc_zones *zones, struct dc_slice bytes)
{
	struct dc_zones *again = dc_zones_new();
	FUZZ_CHECK(!again || !load(again, bytes));
	FUZZ_CHECK(dc_zones_parse(zones, "more", DC_S("z.example. 60 SOA a b 1 2 3 4 5\n"), NULL) != DC_OK);
	dc_zones_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"z.example", "a.z.example", "b.z.example", "x.a.z.example", "c.x.a.z.example",
					    "*.z.example", "sub.z.example", "ns.sub.z.example", "d.z.example", "x.d.z.example",
					    "example", "."};
	static const uint16_t types[] = {DC_TYPE_A, DC_TYPE_TXT, DC_TYPE_CNAME, DC_TYPE_DS, DC_TYPE_NS, 255};
	struct dc_slice bytes = {(const char *)data, size};
	struct dc_zones *zones = dc_zones_new();
	struct dc_arena *arena = dc_arena_new(1 << 20);
	if (zones && arena && !load(zones, bytes))
		check_refusal(zones, bytes);
	for (size_t i = 0; zones && arena && i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
			struct dc_question question = {.type = types[k], .name = dc_slice_of(names[i])};
			struct dc_answer *answer = dc_zones_answer(zones, &question);
			if (answer)
				check_answer(arena, answer);
			(void)dc_zones_hold(zones, question.name, question.type);
			dc_answer_unref(answer);
			dc_arena_reset(arena);
		}
	dc_arena_free(arena);
	dc_zones_free(zones);
	return 0;
}
