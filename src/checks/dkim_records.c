/* What the checks on DKIM records share: which records there are, and findings straight from a table of problems. */
#include "checks/dkim_records.h"

bool dc_dkim_has_records(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_facts *dkim = facts->dkim;
	bool failed = false;

	for (size_t i = 0; i < dkim->selector_count; i++) {
		if (dkim->selectors[i].record)
			return true;
		failed |= dkim->selectors[i].status == DC_DKIM_UNKNOWN;
	}
	if (failed)
		dc_inconclusive(emitter);
	else
		dc_not_applicable(emitter);
	return false;
}

struct dc_where dc_dkim_where(const struct dc_dkim_selector *selector, const struct dc_span *span)
{
	return (struct dc_where){.subject = selector->name, .span = span, .answer = selector->answer};
}

struct dc_arg dc_dkim_name_arg(const struct dc_dkim_selector *selector)
{
	return dc_text("name", selector->name.len ? selector->name : selector->selector);
}

struct dc_slice dc_dkim_shorten(struct dc_emitter *emitter, struct dc_slice text)
{
	if (text.len <= DC_DKIM_PART_MAX)
		return text;
	return dc_arena_concat(dc_emitter_arena(emitter), dc_slice_sub(text, 0, DC_DKIM_PART_MAX), DC_S("..."));
}

static void emit_problem(struct dc_emitter *emitter, const struct dc_dkim_selector *selector,
			 const struct dc_dkim_problem *problem, const struct dc_dkim_rule *rule)
{
	struct dc_span span = dc_span_of(&selector->record->txt, problem->part);
	struct dc_arg args[3] = {{.type = DC_ARG_NONE}};
	size_t count = 0;

	if (rule->name)
		args[count++] = dc_dkim_name_arg(selector);
	if (rule->part)
		args[count++] = dc_text(rule->part, dc_dkim_shorten(emitter, problem->part));
	args[count].type = DC_ARG_NONE;
	dc_emit(emitter, rule->id, dc_dkim_where(selector, problem->part.len ? &span : NULL), args);
}

void dc_dkim_emit_problems(const struct dc_facts *facts, struct dc_emitter *emitter, const struct dc_dkim_rule *rules,
			   size_t rule_count)
{
	if (!dc_dkim_has_records(facts, emitter))
		return;
	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		for (size_t j = 0; selector->record && j < selector->record->problem_count; j++)
			for (size_t k = 0; k < rule_count; k++)
				if (rules[k].kind == selector->record->problems[j].kind)
					emit_problem(emitter, selector, &selector->record->problems[j], &rules[k]);
	}
}
