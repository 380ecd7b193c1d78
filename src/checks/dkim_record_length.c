/* Records that libopendkim does not read to the end. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		for (size_t j = 0; selector->record && j < selector->record->problem_count; j++)
			if (selector->record->problems[j].kind == DC_DKIM_TOO_LONG)
				dc_emit(emitter, DC_F_DKIM_RECORD_LONG, dc_dkim_where(selector, NULL),
					DC_ARGS(dc_dkim_name_arg(selector),
						dc_int("octets", (int64_t)selector->record->txt.text.len)));
	}
}

const struct dc_check dc_check_dkim_record_length = {
	.id = "dkim-record-length",
	.title = "DKIM records are short enough for every receiver",
	.standard = "RFC 6376 section 3.6.2.2",
	.run = run,
};
