/* DMARC records: kind, suggestion, parse, what-if; every slice lies where it must, every promise of record.h holds. */
#include "arena.h"
#include "dmarc/record.h"

static bool inside(struct dc_slice part, struct dc_slice whole)
{
	return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_uris(const struct dc_dmarc_uri *uris, size_t count, struct dc_slice text)
{
	FUZZ_CHECK(count <= DC_DMARC_URI_MAX);
	for (size_t i = 0; i < count; i++) {
		FUZZ_CHECK(inside(uris[i].text, text));
		FUZZ_CHECK((uris[i].why != NULL) == (uris[i].scheme == DC_DMARC_URI_INVALID));
		FUZZ_CHECK(uris[i].scheme != DC_DMARC_URI_MAILTO || (uris[i].host.len && uris[i].address.len));
		FUZZ_CHECK(!uris[i].host.len || dc_name_is_host(uris[i].host, false));
	}
}

static void check_record(const struct dc_dmarc_record *record, struct dc_slice text)
{
	bool sound = record->p >= DC_DMARC_POLICY_NONE && record->sp != DC_DMARC_POLICY_INVALID && record->np != DC_DMARC_POLICY_INVALID;

	FUZZ_CHECK(record->tag_count <= DC_DMARC_TAG_MAX + DC_DMARC_TAG_COUNT && record->tag_count > 0);
	FUZZ_CHECK(record->tags[0].id == DC_DMARC_TAG_V);
	FUZZ_CHECK(sound == (record->standing == DC_DMARC_STANDING_VALID));
	FUZZ_CHECK(record->pct >= 0 && record->pct <= 100 && record->fo);
	for (size_t i = 0; i < record->tag_count; i++) {
		FUZZ_CHECK(inside(record->tags[i].term, text) && inside(record->tags[i].name, text));
		FUZZ_CHECK(inside(record->tags[i].value, text));
		FUZZ_CHECK(record->tags[i].span.start + record->tags[i].span.length <= text.len);
	}
	check_uris(record->rua, record->rua_count, text);
	check_uris(record->ruf, record->ruf_count, text);
}

/* The first line is the record, the rest is laid over it. */
static void judge(struct dc_arena *arena, struct dc_slice rest)
{
	struct dc_slice domain = DC_S("example.com"), suggestion;
	struct dc_txt txt = {0};
	const struct dc_dmarc_record *record = NULL;

	txt.text = dc_slice_cut(&rest, '\n');
	suggestion = dc_dmarc_suggest(arena, txt.text);
	FUZZ_CHECK(!suggestion.len || dc_dmarc_kind_of(suggestion) == DC_DMARC_KIND_RECORD);
	if (dc_dmarc_kind_of(txt.text) == DC_DMARC_KIND_RECORD) {
		record = dc_dmarc_parse(arena, domain, &txt, NULL);
		check_record(record, txt.text);
	}
	record = dc_dmarc_overlay(arena, record, domain, rest);
	FUZZ_CHECK(dc_dmarc_kind_of(record->txt.text) == DC_DMARC_KIND_RECORD);
	check_record(record, record->txt.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size ? fuzz_in_arena(4 << 20, judge, data, size) : 0;
}
