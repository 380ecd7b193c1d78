/* Keys taken back with an empty p=: an error for a selector in use, worth a word for others. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		const struct dc_arg *args = DC_ARGS(dc_dkim_name_arg(selector));

		if (!selector->record || !selector->record->revoked)
			continue;
		dc_emit(emitter, selector->origin == DC_DKIM_GIVEN ? DC_F_DKIM_SELECTOR_REVOKED : DC_F_DKIM_REVOKED,
			dc_dkim_where(selector, NULL), args);
	}
}

const struct dc_check dc_check_dkim_revoked = {
	.id = "dkim-revoked",
	.title = "DKIM selectors in use are not revoked",
	.standard = "RFC 6376 section 3.6.1",
	.run = run,
};
