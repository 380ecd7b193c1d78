/* The same key under two selectors. Between domains of a run: see the fleet view. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		struct dc_where where = dc_dkim_where(selector, NULL);

		if (!selector->same_key)
			continue;
		where.more = selector->same_key->answer;
		dc_emit(emitter, DC_F_DKIM_KEY_REUSED, where,
			DC_ARGS(dc_dkim_name_arg(selector), dc_text("other", selector->same_key->name)));
	}
}

const struct dc_check dc_check_dkim_key_reuse = {
	.id = "dkim-key-reuse",
	.title = "Each DKIM selector has a key of its own",
	.standard = "RFC 6376 section 3.1",
	.run = run,
};
