/* Does the domain keep to the limits that the manifest sets below those of the standards? */
#include "checks/check.h"
#include "checks/dkim_records.h"
#include "facts/declared.h"
#include "spf/spf.h"

static void judge_lookups(const struct dc_facts *facts, uint32_t most, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;

	if (most == UINT32_MAX)
		return;
	if (spf->lookups > most)
		dc_emit(emitter, DC_F_DECLARED_SPF_LOOKUPS, (struct dc_where){.answer = spf->answer},
			DC_ARGS(dc_text("domain", spf->domain), dc_int("lookups", (int64_t)spf->lookups), dc_int("threshold", most)));
	else if (spf->class == DC_SPF_CLASS_TEMPERROR)
		dc_inconclusive(emitter); /* there may be more of them; spf-targets names the lookup */
}

static void judge_keys(const struct dc_facts *facts, uint32_t least, struct dc_emitter *emitter)
{
	for (size_t i = 0; least && i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		const struct dc_dkim_record *record = selector->record;

		if (selector->status == DC_DKIM_UNKNOWN && selector->origin == DC_DKIM_GIVEN)
			dc_inconclusive(emitter);
		if (!record || record->revoked || record->key.type != DC_DKIM_KEY_RSA || !record->key.bits || record->key.bits >= least)
			continue;
		dc_emit(emitter, DC_F_DECLARED_KEY_BITS, dc_dkim_where(selector, NULL),
			DC_ARGS(dc_dkim_name_arg(selector), dc_int("bits", record->key.bits), dc_int("threshold", least)));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_declared *declared = facts->inputs->declared;

	if (!declared || (declared->spf_lookups_max == UINT32_MAX && !declared->key_bits_min)) {
		dc_not_applicable(emitter);
		return;
	}
	judge_lookups(facts, declared->spf_lookups_max, emitter);
	judge_keys(facts, declared->key_bits_min, emitter);
}

const struct dc_check dc_check_declared_thresholds = {
	.id = "declared-thresholds",
	.title = "The domain keeps to the thresholds of the manifest",
	.standard = "RFC 7208 section 4.6.4",
	.run = run,
};
