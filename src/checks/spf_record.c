/* Exactly one SPF record (RFC 7208 sections 3.2, 4.5), and records that were meant to be one. */
#include "checks/spf_common.h"
#include "facts/declared.h"

static void lookalikes(const struct dc_spf_facts *spf, struct dc_emitter *emitter)
{
	for (size_t i = 0; i < spf->lookalike_count; i++) {
		const struct dc_spf_lookalike *like = &spf->lookalikes[i];
		struct dc_span span = dc_span_of(&like->txt, like->txt.text);
		struct dc_slice mend = like->suggestion.len ? like->suggestion : DC_S("v=spf1, one space, your terms, -all");
		dc_emit(emitter, DC_F_SPF_NOT_RECOGNISED, (struct dc_where){.span = &span, .answer = spf->answer},
			DC_ARGS(dc_text("record", like->txt.text), dc_text("mend", mend)));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	struct dc_where where = {.answer = spf->answer};
	struct dc_spf_texts records = {NULL, 0, 0};

	switch (spf->root->state) {
	case DC_SPF_STATE_NO_RECORD:
	case DC_SPF_STATE_NXDOMAIN:
	case DC_SPF_STATE_BAD_NAME:
		/* The check "parked" asks for v=spf1 -all; a host of links is covered by the policy of the domain above. */
		if (facts->inputs->parked || (facts->inputs->declared && facts->inputs->declared->role == DC_ROLE_TRACKING))
			dc_not_applicable(emitter);
		else
			dc_emit(emitter, dc_spf_is_silent(facts) ? DC_F_SPF_MISSING_SILENT : DC_F_SPF_MISSING, where,
				DC_ARGS(dc_text("domain", spf->domain)));
		break;
	case DC_SPF_STATE_MULTIPLE:
		for (size_t i = 0; i < spf->record_count; i++)
			dc_spf_text_add(emitter, &records, spf->records[i].text);
		dc_emit(emitter, DC_F_SPF_MULTIPLE_RECORDS, where,
			DC_ARGS(dc_text("domain", spf->domain), dc_int("count", (int64_t)spf->record_count),
				dc_list("records", records.items, records.count)));
		break;
	case DC_SPF_STATE_RECORD:
		break;
	default:
		dc_emit_unanswered(emitter, DC_F_SPF_RECORD_UNANSWERED, where, NULL);
		break;
	}
	lookalikes(spf, emitter);
}

const struct dc_check dc_check_spf_record = {
	.id = "spf-record",
	.title = "Exactly one SPF record is published",
	.standard = "RFC 7208 section 4.5",
	.run = run,
};
