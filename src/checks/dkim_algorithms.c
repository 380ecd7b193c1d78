/* Ed25519 needs an RSA key beside it as long as large receivers do not verify it. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_facts *dkim = facts->dkim;
	struct dc_slice *names = DC_NEW_ARRAY(dc_emitter_arena(emitter), struct dc_slice, dkim->selector_count + 1);
	const struct dc_answer *answer = NULL;
	size_t ed25519 = 0, rsa = 0;

	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];

		if (selector->record_count != 1 || !selector->record->usable)
			continue;
		if (selector->record->key.type == DC_DKIM_KEY_RSA)
			rsa++;
		else if (selector->record->key.type == DC_DKIM_KEY_ED25519) {
			names[ed25519++] = selector->selector;
			answer = selector->answer;
		}
	}
	if (!ed25519 && !rsa)
		dc_dkim_has_records(facts, emitter);
	if (ed25519 && !rsa)
		dc_emit(emitter, DC_F_DKIM_ED25519_ALONE, (struct dc_where){.answer = answer},
			DC_ARGS(dc_list("selectors", names, ed25519)));
}

const struct dc_check dc_check_dkim_algorithms = {
	.id = "dkim-algorithms",
	.title = "A key that every receiver can use is published",
	.standard = "RFC 8463 section 6",
	.run = run,
};
