/* DNSSEC of the names that mail rests on: broken signatures are an error, unsigned zones a notice. */
#include "checks/check.h"
#include "dnssec/dnssec.h"

static struct dc_slice shown(struct dc_emitter *emitter, const struct dc_dnssec_item *item)
{
	char type[16];
	return dc_arena_printf(dc_emitter_arena(emitter), "%s %.*s", dc_type_name(item->type, type), DC_FMT(item->name));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dnssec_facts *dnssec = facts->dnssec;
	bool told = false; /* the first that failed stands for those that fail with it */
	if (dnssec->count == 0 || (dnssec->state == DC_DNSSEC_UNKNOWN && !dnssec->failed)) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < dnssec->count; i++) {
		const struct dc_dnssec_item *item = &dnssec->items[i];
		struct dc_where where = {.subject = item->name, .answer = item->answer};
		if (item->state == DC_DNSSEC_BOGUS)
			dc_emit(emitter, DC_F_DNSSEC_BOGUS, where,
				DC_ARGS(dc_text("records", shown(emitter, item)), dc_text("reason", item->answer->detail)));
		else if (item->answer && item->answer->outcome != DC_OUTCOME_NOT_ASKED &&
			 !dc_outcome_is_known(item->answer->outcome)) {
			if (!told)
				dc_emit_unanswered(emitter, DC_F_DNSSEC_UNKNOWN, where, NULL);
			told = true;
		}
	}
	if (dnssec->items[0].state == DC_DNSSEC_INSECURE)
		dc_emit(emitter, DC_F_DNSSEC_UNSIGNED, (struct dc_where){.answer = dnssec->items[0].answer}, NULL);
}

const struct dc_check dc_check_dnssec_state = {
	.id = "dnssec-state",
	.title = "DNSSEC signatures of the mail records hold",
	.standard = "RFC 4033 section 5",
	.run = run,
};
