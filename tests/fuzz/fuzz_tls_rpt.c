/* TLS-RPT records. */
#include "arena.h"
#include "tls_rpt/tls_rpt.h"

static void check(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_txt txt = {.text = text};
	struct dc_tls_rpt_record record;
	bool usable = false;

	FUZZ_CHECK(!(dc_tls_rpt_is_record(text) && dc_tls_rpt_is_near(text)));
	if (!dc_tls_rpt_is_record(text))
		return;
	record = dc_tls_rpt_parse(arena, &txt);
	FUZZ_CHECK(record.uri_count <= DC_TLS_RPT_URI_MAX);
	for (size_t i = 0; i < record.uri_count; i++) {
		struct dc_slice uri = record.uris[i].text;

		FUZZ_CHECK(!uri.len || (uri.ptr >= text.ptr && uri.ptr + uri.len <= text.ptr + text.len));
		usable |= !record.uris[i].problem;
	}
	FUZZ_CHECK(record.problem || usable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_in_arena(4 << 20, check, data, size);
}
