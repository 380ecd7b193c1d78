/* Keys that can be broken by looking at them. */
#include "checks/dkim_records.h"

static const struct {
	uint32_t weakness;
	enum dc_finding_id id;
} simple[] = {
	{DC_DKIM_WEAK(EVEN_MODULUS), DC_F_DKIM_KEY_EVEN},
	{DC_DKIM_WEAK(PRIME_MODULUS), DC_F_DKIM_KEY_PRIME},
	{DC_DKIM_WEAK(SQUARE), DC_F_DKIM_KEY_SQUARE},
	{DC_DKIM_WEAK(FERMAT), DC_F_DKIM_KEY_CLOSE_PRIMES},
	{DC_DKIM_WEAK(ROCA), DC_F_DKIM_KEY_ROCA},
	{DC_DKIM_WEAK(WIENER), DC_F_DKIM_KEY_SMALL_PRIVATE_EXPONENT},
	{DC_DKIM_WEAK(EXPONENT_INVALID), DC_F_DKIM_KEY_EXPONENT_INVALID},
	{DC_DKIM_WEAK(PATTERN), DC_F_DKIM_KEY_PATTERN},
	{DC_DKIM_WEAK(BIAS), DC_F_DKIM_KEY_BIASED},
};

static void judge(const struct dc_dkim_selector *selector, struct dc_emitter *emitter)
{
	const struct dc_dkim_key *key = &selector->record->key;
	struct dc_where where = dc_dkim_where(selector, NULL);
	struct dc_arg name = dc_dkim_name_arg(selector);

	for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
		if (key->weak & simple[i].weakness)
			dc_emit(emitter, simple[i].id, where, DC_ARGS(name));
	if (key->weak & DC_DKIM_WEAK(SMALL_FACTOR))
		dc_emit(emitter, DC_F_DKIM_KEY_SMALL_FACTOR, where, DC_ARGS(name, dc_int("factor", key->small_factor)));
	if (key->weak & DC_DKIM_WEAK(SAMPLE))
		dc_emit(emitter, DC_F_DKIM_KEY_SAMPLE, where, DC_ARGS(name, dc_text("source", dc_slice_of(key->sample))));
	if (selector->shared_prime) {
		where.more = selector->shared_prime->answer;
		dc_emit(emitter, DC_F_DKIM_KEY_SHARED_PRIME, where,
			DC_ARGS(name, dc_text("other", selector->shared_prime->name)));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++)
		if (facts->dkim->selectors[i].record)
			judge(&facts->dkim->selectors[i], emitter);
}

const struct dc_check dc_check_dkim_key_strength = {
	.id = "dkim-key-strength",
	.title = "DKIM keys are not among those that can be broken",
	.standard = "RFC 8017 section 3.1",
	.run = run,
};
