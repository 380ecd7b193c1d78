/* --dkim-key: is the published key the other half of the user's private key? */
#include "checks/dkim_records.h"
#include "dkim/own.h"

static void judge(const struct dc_dkim_selector *selector, struct dc_emitter *emitter)
{
	struct dc_slice record = dc_dkim_zone_text(dc_emitter_arena(emitter), selector->own->record);
	const struct dc_arg *args = DC_ARGS(dc_dkim_name_arg(selector), dc_text("record", record));
	struct dc_where where = dc_dkim_where(selector, NULL);

	if (selector->own_matches)
		return;
	if (selector->status == DC_DKIM_UNKNOWN)
		dc_emit_unanswered(emitter, DC_F_DKIM_OWN_KEY_UNANSWERED, where, args);
	else if (selector->record && selector->record->key.fingerprint.len)
		dc_emit(emitter, DC_F_DKIM_OWN_KEY_MISMATCH, where, args);
	else
		dc_emit(emitter, DC_F_DKIM_OWN_KEY_MISSING, where, args);
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false;

	for (size_t i = 0; i < facts->dkim->selector_count; i++)
		if (facts->dkim->selectors[i].own) {
			any = true;
			judge(&facts->dkim->selectors[i], emitter);
		}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dkim_own_key = {
	.id = "dkim-own-key",
	.title = "The published key belongs to your private key",
	.standard = "RFC 6376 section 6.1.3",
	.run = run,
};
