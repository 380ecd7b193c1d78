/* DNSSEC of the names that mail rests on: broken signatures are an error, unsigned zones a notice. */
#include "checks/check.h"
#include "dnssec/dnssec.h"

static struct dc_slice shown(struct dc_emitter *emitter, const struct dc_dnssec_item *item)
{
	char type[16];
	return dc_arena_printf(dc_emitter_arena(emitter), "%s %.*s", dc_type_name(item->type, type), DC_FMT(item->name));
}

/* Each item that fails, and the first of those that could not be validated: it stands for the others. */
static void judge_items(const struct dc_dnssec_facts *dnssec, struct dc_emitter *emitter)
{
	bool told = false;
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
}

static void judge_insecure(const struct dc_dnssec_facts *dnssec, struct dc_emitter *emitter)
{
	struct dc_where where = {.answer = dnssec->items[0].answer};
	if (dnssec->island == DC_TRI_YES) {
		where.answer = dnssec->key_answer;
		where.more = dnssec->ds_answer;
		dc_emit(emitter, DC_F_DNSSEC_ISLAND, where, DC_ARGS(dc_text("zone", dnssec->zone)));
	} else if (dnssec->ds_count) {
		where.answer = dnssec->ds_answer;
		dc_emit(emitter, DC_F_DNSSEC_UNSUPPORTED, where, DC_ARGS(dc_text("zone", dnssec->zone)));
	} else {
		dc_emit(emitter, DC_F_DNSSEC_UNSIGNED, where, NULL);
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dnssec_facts *dnssec = facts->dnssec;
	if (dnssec->blind && facts->inputs->dnssec == DC_WISH_YES && dnssec->state == DC_DNSSEC_UNKNOWN) {
		dc_emit_unanswered(emitter, DC_F_DNSSEC_NOT_VISIBLE, (struct dc_where){.answer = dnssec->blind},
				   DC_ARGS(dc_text("reason", dnssec->blind->detail)));
		return;
	}
	if (dnssec->count == 0 || (dnssec->state == DC_DNSSEC_UNKNOWN && !dnssec->failed)) {
		dc_not_applicable(emitter);
		return;
	}
	judge_items(dnssec, emitter);
	if (dnssec->state == DC_DNSSEC_BOGUS && dnssec->chained == DC_TRI_NO)
		dc_emit(emitter, DC_F_DNSSEC_DS_MISMATCH,
			(struct dc_where){.subject = dnssec->zone, .answer = dnssec->ds_answer, .more = dnssec->key_answer},
			DC_ARGS(dc_text("zone", dnssec->zone)));
	if (dnssec->items[0].state == DC_DNSSEC_INSECURE)
		judge_insecure(dnssec, emitter);
}

const struct dc_check dc_check_dnssec_state = {
	.id = "dnssec-state",
	.title = "DNSSEC signatures of the mail records hold",
	.standard = "RFC 4033 section 5",
	.run = run,
};
