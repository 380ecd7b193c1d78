/* One TXT record a selector: several, or one key cut into several records, are refused. */
#include "checks/dkim_records.h"

enum { PIECE_MIN = 16 }; /* octets of base64 that make a record look like a piece of a key */

static bool is_piece_of_key(const struct dc_dkim_record *record)
{
	struct dc_slice text = dc_slice_trim(record->txt.text);

	if (!record->problem_count || record->problems[0].kind != DC_DKIM_NOT_A_RECORD || text.len < PIECE_MIN)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!dc_is_alnum(text.ptr[i]) && !memchr("+/=;", text.ptr[i], 4))
			return false;
	return true;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		bool cut = false;

		if (selector->record_count < 2)
			continue;
		for (size_t j = 0; j < selector->record_count; j++)
			cut |= is_piece_of_key(&selector->records[j]);
		dc_emit(emitter, cut ? DC_F_DKIM_RECORD_CUT : DC_F_DKIM_RECORD_MULTIPLE, dc_dkim_where(selector, NULL),
			DC_ARGS(dc_dkim_name_arg(selector), dc_int("count", (int64_t)selector->record_count)));
	}
}

const struct dc_check dc_check_dkim_record_count = {
	.id = "dkim-record-count",
	.title = "Each DKIM selector has one record",
	.standard = "RFC 6376 section 3.6.2.2",
	.run = run,
};
