/* libopendkim beside us: does an MTA built on it reach the same judgement? */
#include "checks/dkim_records.h"

static bool takes(const struct dc_receiver_key *verdict)
{
	return dc_slice_eq(verdict->name, DC_S("ok"));
}

/* The judgement by the standards, in a word for the message. */
static struct dc_slice ours(const struct dc_dkim_selector *selector, bool usable)
{
	if (usable)
		return DC_S("usable");
	if (selector->record_count > 1)
		return DC_S("unusable (several records)");
	if (selector->record && selector->record->revoked)
		return DC_S("revoked");
	if (selector->record && selector->record->well_formed)
		return DC_S("too small");
	return DC_S("unusable");
}

static bool differs(const struct dc_dkim_selector *selector, bool *ret_usable)
{
	const struct dc_receiver_key *verdict = selector->opendkim;
	const struct dc_dkim_record *record = selector->record;
	bool usable = selector->record_count == 1 && record->usable;

	*ret_usable = usable;
	/* The library measures keys when it has a valid signature; its own idea of the size tells what it would do then. */
	if (takes(verdict) && !usable && record && record->well_formed && selector->record_count == 1)
		return verdict->key_bits >= DC_DKIM_RSA_BITS_MIN;
	/* Nothing that either of them says makes mail pass. */
	if (!takes(verdict) && !usable)
		return false;
	return takes(verdict) != usable;
}

static void judge(const struct dc_dkim_selector *selector, struct dc_emitter *emitter)
{
	const struct dc_receiver_key *verdict = selector->opendkim;
	struct dc_where where = dc_dkim_where(selector, NULL);
	struct dc_arg name = dc_dkim_name_arg(selector);
	bool usable;

	switch (verdict->fate) {
	case DC_RECEIVER_CRASHED:
	case DC_RECEIVER_HUNG:
		dc_emit(emitter, DC_F_DKIM_RECEIVERS_CRASH, where, DC_ARGS(name));
		break;
	case DC_RECEIVER_ABSENT:
		dc_emit(emitter, DC_F_DKIM_RECEIVERS_UNKNOWN, where, DC_ARGS(name));
		break;
	case DC_RECEIVER_DONE:
		if (differs(selector, &usable))
			dc_emit(emitter, DC_F_DKIM_RECEIVERS_DIFFER, where,
				DC_ARGS(name, dc_text("ours", ours(selector, usable)),
					dc_text("theirs", takes(verdict) ? DC_S("usable") : verdict->name)));
		break;
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false;

	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		if (!selector->opendkim || selector->status == DC_DKIM_UNKNOWN)
			continue;
		any = true;
		judge(selector, emitter);
	}
	if (!any)
		dc_dkim_has_records(facts, emitter);
}

const struct dc_check dc_check_dkim_receivers = {
	.id = "dkim-receivers",
	.title = "OpenDKIM judges the keys as the standards do",
	.standard = "RFC 6376 section 6.1.2",
	.run = run,
};
