/* RSA keys: at least 1024 bits, better 2048, no more than 4096, exponent 65537. */
#include "checks/dkim_records.h"

enum { BITS_SUPPORTED = 4096 }; /* RFC 8301 3.2: verifiers need not go further */

static void judge(const struct dc_dkim_selector *selector, struct dc_emitter *emitter)
{
	const struct dc_dkim_key *key = &selector->record->key;
	struct dc_where where = dc_dkim_where(selector, NULL);
	const struct dc_arg *args = DC_ARGS(dc_dkim_name_arg(selector), dc_int("bits", key->bits));

	if (key->bits < DC_DKIM_RSA_BITS_MIN)
		dc_emit(emitter, DC_F_DKIM_KEY_TOO_SMALL, where, args);
	else if (key->bits < DC_DKIM_RSA_BITS_GOOD)
		dc_emit(emitter, DC_F_DKIM_KEY_SMALL, where, args);
	else if (key->bits > BITS_SUPPORTED)
		dc_emit(emitter, DC_F_DKIM_KEY_TOO_LARGE, where, args);
	if (key->exponent != 65537 && !(key->weak & DC_DKIM_WEAK(EXPONENT_INVALID))) {
		struct dc_slice exponent = key->exponent_bits > 63 ? dc_arena_printf(dc_emitter_arena(emitter), "of %u bits",
										     (unsigned)key->exponent_bits)
								   : dc_arena_printf(dc_emitter_arena(emitter), "%llu",
										     (unsigned long long)key->exponent);

		dc_emit(emitter, DC_F_DKIM_KEY_EXPONENT, where,
			DC_ARGS(dc_dkim_name_arg(selector), dc_text("exponent", exponent)));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		if (selector->record && selector->record->key.type == DC_DKIM_KEY_RSA)
			judge(selector, emitter);
	}
}

const struct dc_check dc_check_dkim_key_size = {
	.id = "dkim-key-size",
	.title = "DKIM keys have a size that receivers accept",
	.standard = "RFC 8301 section 3.2",
	.run = run,
};
