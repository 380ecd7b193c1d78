/* How long has a key been in use? Known only when an earlier report (--baseline) saw it. M3AAWG: change it every six months. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_inputs *inputs = facts->inputs;
	int64_t limit = inputs->key_age_days ? (int64_t)inputs->key_age_days : DC_DKIM_KEY_AGE_DAYS;
	bool any = false;

	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		int64_t days = (inputs->now_s - selector->seen_since_s) / 86400;

		/* Behind a CNAME the provider changes keys. */
		if (!selector->seen_since_s || selector->cname_count)
			continue;
		any = true;
		if (days > limit)
			dc_emit(emitter, DC_F_DKIM_KEY_OLD, dc_dkim_where(selector, NULL),
				DC_ARGS(dc_dkim_name_arg(selector), dc_int("days", days), dc_int("limit", limit)));
	}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dkim_key_age = {
	.id = "dkim-key-age",
	.title = "DKIM keys are changed from time to time",
	.standard = "M3AAWG DKIM Key Rotation Best Common Practices",
	.run = run,
};
