/* Does p= hold a public key in the form that receivers expect? */
#include "checks/dkim_records.h"

static void emit_trailing(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		if (selector->record && selector->record->key.trailing)
			dc_emit(emitter, DC_F_DKIM_KEY_TRAILING, dc_dkim_where(selector, NULL),
				DC_ARGS(dc_int("octets", selector->record->key.trailing)));
	}
}

/* k= as the record has it; the problem's own part is the key. */
static void emit_wrong_type(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		for (size_t j = 0; selector->record && j < selector->record->problem_count; j++) {
			struct dc_span span;

			if (selector->record->problems[j].kind != DC_DKIM_KEY_OTHER_TYPE)
				continue;
			span = dc_span_of(&selector->record->txt, selector->record->problems[j].part);
			dc_emit(emitter, DC_F_DKIM_KEY_WRONG_TYPE, dc_dkim_where(selector, &span),
				DC_ARGS(dc_text("type", dc_dkim_shorten(emitter, selector->record->type))));
		}
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	static const struct dc_dkim_rule rules[] = {
		{DC_DKIM_KEY_ABSENT, DC_F_DKIM_KEY_MISSING},
		{DC_DKIM_KEY_NOT_BASE64, DC_F_DKIM_KEY_NOT_BASE64},
		{DC_DKIM_KEY_PADDING, DC_F_DKIM_KEY_PADDING},
		{DC_DKIM_KEY_LEFTOVER, DC_F_DKIM_KEY_LEFTOVER},
		{DC_DKIM_KEY_QUOTED, DC_F_DKIM_KEY_QUOTED},
		{DC_DKIM_KEY_PEM, DC_F_DKIM_KEY_PEM},
		{DC_DKIM_KEY_NOT_DER, DC_F_DKIM_KEY_NOT_DER},
		{DC_DKIM_KEY_TRUNCATED, DC_F_DKIM_KEY_TRUNCATED},
		{DC_DKIM_KEY_PKCS1, DC_F_DKIM_KEY_PKCS1},
		{DC_DKIM_KEY_PRIVATE, DC_F_DKIM_KEY_PRIVATE, .name = true},
		{DC_DKIM_KEY_ED25519_WRAPPED, DC_F_DKIM_ED25519_WRAPPED},
		{DC_DKIM_KEY_ED25519_NO_K, DC_F_DKIM_ED25519_UNTYPED},
		{DC_DKIM_KEY_ED25519_LENGTH, DC_F_DKIM_ED25519_LENGTH},
	};

	dc_dkim_emit_problems(facts, emitter, rules, sizeof(rules) / sizeof(rules[0]));
	emit_trailing(facts, emitter);
	emit_wrong_type(facts, emitter);
}

const struct dc_check dc_check_dkim_key = {
	.id = "dkim-key",
	.title = "DKIM records hold keys that can be read",
	.standard = "RFC 6376 section 3.6.1",
	.run = run,
};
