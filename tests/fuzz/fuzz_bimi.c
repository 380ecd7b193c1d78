/* BIMI records. */
#include "arena.h"
#include "bimi/record.h"

static void check_place(const struct dc_bimi_place *place, struct dc_slice text)
{
	FUZZ_CHECK(!place->text.len || (place->text.ptr >= text.ptr && place->text.ptr + place->text.len <= text.ptr + text.len));
	FUZZ_CHECK(!(place->problem && place->url.text.len));
	FUZZ_CHECK(!place->text.len || place->problem || place->url.host.len);
}

static void check(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_txt txt = {.text = text};
	struct dc_bimi_record record;

	FUZZ_CHECK(!(dc_bimi_is_record(text) && dc_bimi_is_near(text)));
	if (!dc_bimi_is_record(text))
		return;
	record = dc_bimi_record_parse(arena, &txt);
	check_place(&record.logo, text);
	check_place(&record.evidence, text);
	FUZZ_CHECK(record.problem || record.logo.given);
	FUZZ_CHECK(!record.declined || (!record.logo.text.len && !record.evidence.text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_in_arena(4 << 20, check, data, size);
}
