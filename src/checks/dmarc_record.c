/* Is there a DMARC record, exactly one, where receivers look? RFC 9989 sections 4.5, 4.8 and 4.10. */
#include "checks/check.h"
#include "checks/sending.h"
#include "dmarc/dmarc.h"

static const char *problem_of(enum dc_dmarc_kind kind)
{
	switch (kind) {
	case DC_DMARC_KIND_BLANK:
		return "a blank stands before v=DMARC1";
	case DC_DMARC_KIND_QUOTES:
		return "it holds quotation marks or backslashes";
	case DC_DMARC_KIND_SEPARATOR:
		return "v=DMARC1 is not followed by a semicolon";
	case DC_DMARC_KIND_CASE:
		return "DMARC1 must be written in capitals";
	case DC_DMARC_KIND_ORDER:
		return "v=DMARC1 must come first";
	case DC_DMARC_KIND_NO_V:
		return "v=DMARC1 is missing at its start";
	default:
		return "its version is not v=DMARC1";
	}
}

static void tell_near_miss(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc, const struct dc_dmarc_stray *stray)
{
	const struct dc_dmarc_node *own = dmarc->walk.nodes;
	struct dc_txt txt = {.text = stray->text};
	struct dc_span span = dc_span_of(&txt, stray->text);
	struct dc_slice suggestion = stray->suggestion;

	if (!suggestion.len)
		suggestion = dc_arena_printf(dc_emitter_arena(emitter), "v=DMARC1; p=none; rua=mailto:dmarc@%.*s", DC_FMT(dmarc->domain));
	dc_emit(emitter, DC_F_DMARC_NEAR_MISS, (struct dc_where){.subject = own->name, .span = &span, .answer = own->answer},
		DC_ARGS(dc_text("name", own->name), dc_text("problem", dc_slice_of(problem_of(stray->kind))),
			dc_text("suggestion", suggestion)));
}

static void judge_strays(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_node *own = dmarc->walk.nodes;

	for (size_t i = 0; i < own->stray_count; i++) {
		const struct dc_dmarc_stray *stray = &own->strays[i];

		/* Beside a record that counts, a failed attempt at one is just another stray text. */
		if (stray->kind != DC_DMARC_KIND_OTHER && own->state == DC_DMARC_NODE_NONE)
			tell_near_miss(emitter, dmarc, stray);
		else
			dc_emit(emitter, DC_F_DMARC_STRAY_TEXT, (struct dc_where){.subject = own->name, .answer = own->answer},
				DC_ARGS(dc_text("name", own->name), dc_text("text", stray->text)));
	}
}

static void judge_multiple(struct dc_emitter *emitter, const struct dc_dmarc_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++) {
		const struct dc_dmarc_node *node = &walk->nodes[i];

		if (node->visited && node->state == DC_DMARC_NODE_MULTIPLE)
			dc_emit(emitter, DC_F_DMARC_MULTIPLE, (struct dc_where){.subject = node->name, .answer = node->answer},
				DC_ARGS(dc_text("name", node->name), dc_int("count", (int64_t)node->record_count)));
	}
}

static void judge_misplaced(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc)
{
	if (dmarc->at_apex.len)
		dc_emit(emitter, DC_F_DMARC_AT_APEX, (struct dc_where){.answer = dmarc->apex_answer},
			DC_ARGS(dc_text("domain", dmarc->domain), dc_text("record", dmarc->at_apex)));
	if (dmarc->at_doubled.len)
		dc_emit(emitter, DC_F_DMARC_DOUBLED_NAME,
			(struct dc_where){.subject = dmarc->doubled_answer->question.name, .answer = dmarc->doubled_answer},
			DC_ARGS(dc_text("name", dmarc->doubled_answer->question.name), dc_text("record", dmarc->at_doubled)));
}

/* No record of its own: another one applies, or none. */
static void judge_absence(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_verdict *verdict = &dmarc->now.name;
	const struct dc_dmarc_node *own = dmarc->walk.nodes;
	const struct dc_arg domain = dc_text("domain", dmarc->domain);
	size_t labels = dc_name_labels(dmarc->domain);
	const char *policy = dc_dmarc_policy_name(verdict->policy);

	if (own->alias.len && own->state == DC_DMARC_NODE_NONE && !own->stray_count)
		dc_emit(emitter, DC_F_DMARC_ALIAS_DANGLING, (struct dc_where){.subject = own->name, .answer = own->answer},
			DC_ARGS(dc_text("name", own->name), dc_text("target", own->alias), domain));
	if (verdict->class == DC_DMARC_CLASS_NONE && own->state == DC_DMARC_NODE_NONE)
		dc_emit(emitter, DC_F_DMARC_MISSING, (struct dc_where){.subject = own->name, .answer = own->answer}, DC_ARGS(domain));
	if (labels > DC_DMARC_WALK_MAX)
		dc_emit(emitter, DC_F_DMARC_DEEP_NAME, (struct dc_where){.answer = own->answer},
			DC_ARGS(domain, dc_int("labels", (int64_t)labels)));
	else if (verdict->record)
		dc_emit(emitter, DC_F_DMARC_INHERITED, (struct dc_where){.answer = own->answer},
			DC_ARGS(domain, dc_text("location", verdict->location),
				dc_text("policy", dc_slice_of(policy ? policy : "none"))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_facts *dmarc = facts->dmarc;
	const struct dc_dmarc_verdict *verdict = &dmarc->now.name;
	const struct dc_dmarc_node *own = dmarc->walk.nodes;

	judge_strays(emitter, dmarc);
	judge_multiple(emitter, &dmarc->walk);
	judge_misplaced(emitter, dmarc);
	if (verdict->class == DC_DMARC_CLASS_UNKNOWN)
		dc_emit_unanswered(emitter, DC_F_DMARC_UNANSWERED,
				   (struct dc_where){.subject = verdict->blocked->name, .answer = verdict->blocked->answer}, NULL);
	else if (own->state != DC_DMARC_NODE_RECORD)
		judge_absence(emitter, dmarc);
}

const struct dc_check dc_check_dmarc_record = {
	.id = "dmarc-record",
	.title = "One DMARC record stands where receivers look",
	.standard = "RFC 9989 section 4.10",
	.run = run,
};
