/* Leftovers of older standards: ADSP, DomainKeys, g=. */
#include "checks/dkim_records.h"

static void judge_policies(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_facts *dkim = facts->dkim;

	if (dkim->adsp_record.text.len) {
		struct dc_span span = dc_span_of(&dkim->adsp_record, dkim->adsp_record.text);
		struct dc_slice name = dkim->adsp->question.name;

		dc_emit(emitter, DC_F_DKIM_ADSP, (struct dc_where){.subject = name, .span = &span, .answer = dkim->adsp},
			DC_ARGS(dc_text("name", name), dc_text("record", dc_dkim_shorten(emitter, dkim->adsp_record.text))));
	}
	if (dkim->policy_record.text.len) {
		const struct dc_answer *answer = dkim->searched.node;
		struct dc_span span = dc_span_of(&dkim->policy_record, dkim->policy_record.text);
		struct dc_slice name = answer->question.name;

		dc_emit(emitter, DC_F_DKIM_DOMAINKEYS_POLICY,
			(struct dc_where){.subject = name, .span = &span, .answer = answer},
			DC_ARGS(dc_text("name", name),
				dc_text("record", dc_dkim_shorten(emitter, dkim->policy_record.text))));
	}
}

/* Once is enough: both names lie side by side. */
static void judge_silence(const struct dc_dkim_facts *dkim, struct dc_emitter *emitter)
{
	const struct dc_answer *asked[] = {dkim->adsp, dkim->searched.node};

	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (asked[i] && !dc_outcome_is_known(asked[i]->outcome)) {
			dc_emit_unanswered(emitter, DC_F_DKIM_OBSOLETE_UNANSWERED,
					   (struct dc_where){.subject = asked[i]->question.name, .answer = asked[i]}, NULL);
			return;
		}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_facts *dkim = facts->dkim;

	judge_policies(facts, emitter);
	judge_silence(dkim, emitter);
	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];

		for (size_t j = 0; selector->record && j < selector->record->problem_count; j++)
			if (selector->record->problems[j].kind == DC_DKIM_GRANULARITY)
				dc_emit(emitter, DC_F_DKIM_GRANULARITY, dc_dkim_where(selector, NULL),
					DC_ARGS(dc_dkim_name_arg(selector)));
	}
}

const struct dc_check dc_check_dkim_obsolete = {
	.id = "dkim-obsolete",
	.title = "No leftovers of withdrawn standards",
	.standard = "RFC 5617",
	.run = run,
};
