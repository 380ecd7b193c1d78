/* t=y: receivers are told to treat the mail as unsigned. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		if (selector->record && selector->record->testing && !selector->record->revoked)
			dc_emit(emitter, DC_F_DKIM_TESTING, dc_dkim_where(selector, NULL),
				DC_ARGS(dc_dkim_name_arg(selector)));
	}
}

const struct dc_check dc_check_dkim_testing = {
	.id = "dkim-testing",
	.title = "DKIM keys are not marked as tests",
	.standard = "RFC 6376 section 3.6.1",
	.run = run,
};
