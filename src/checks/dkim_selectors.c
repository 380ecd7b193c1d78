/* Are there DKIM keys? A given selector that is not there is an error; a search that finds nothing proves nothing. */
#include "checks/dkim_records.h"
#include "checks/sending.h"
#include "facts/streams.h"

/* The selectors given by the user, each by itself. Returns how many were. */
static size_t judge_given(const struct dc_dkim_facts *dkim, struct dc_emitter *emitter)
{
	size_t given = 0;

	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];
		const struct dc_arg *name = DC_ARGS(dc_dkim_name_arg(selector));

		if (selector->origin != DC_DKIM_GIVEN)
			continue;
		given++;
		if (selector->status == DC_DKIM_MISSING && !selector->cname_count && !selector->own)
			dc_emit(emitter, DC_F_DKIM_SELECTOR_MISSING, dc_dkim_where(selector, NULL), name);
		else if (selector->status == DC_DKIM_UNKNOWN)
			dc_emit_unanswered(emitter, DC_F_DKIM_SELECTOR_UNANSWERED, dc_dkim_where(selector, NULL), name);
	}
	return given;
}

static void judge_search(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_searched *searched = &facts->dkim->searched;
	struct dc_where where = {.answer = searched->node, .more = searched->probe};
	struct dc_arg names = dc_int("names", (int64_t)searched->names);

	switch (facts->dkim->conclusion) {
	case DC_DKIM_NONE:
		where.more = searched->walk_answer;
		dc_emit(emitter, DC_F_DKIM_NONE, where, DC_ARGS(dc_text("domain", facts->dkim->domain)));
		break;
	case DC_DKIM_NOT_FOUND:
		dc_emit(emitter, DC_F_DKIM_NOT_FOUND, where, DC_ARGS(names));
		break;
	case DC_DKIM_UNANSWERED:
		where.answer = searched->unanswered_answer;
		dc_emit_unanswered(emitter, DC_F_DKIM_SEARCH_UNANSWERED, where,
				   DC_ARGS(names, dc_int("unanswered", (int64_t)searched->unanswered)));
		break;
	default:
		break;
	}
}

static void judge_use(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_facts *dkim = facts->dkim;
	struct dc_slice *names = DC_NEW_ARRAY(dc_emitter_arena(emitter), struct dc_slice, dkim->selector_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < dkim->selector_count; i++)
		if (dkim->selectors[i].record)
			names[count++] = dkim->selectors[i].selector;
	dc_emit(emitter, DC_F_DKIM_NO_USABLE_KEY, (struct dc_where){.answer = dkim->searched.node},
		DC_ARGS(dc_list("selectors", names, count)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	size_t given;

	if (facts->dkim->conclusion == DC_DKIM_NOT_SEARCHED) {
		dc_not_applicable(emitter);
		return;
	}
	given = judge_given(facts->dkim, emitter);
	for (size_t i = 0; i < facts->streams->other_dkim_count; i++)
		(void)judge_given(facts->streams->other_dkim[i], emitter);
	if (dc_sends_never(facts)) { /* needs no key, and has none or revoked ones at best */
		if (!given)
			dc_not_applicable(emitter);
		return;
	}
	if (facts->dkim->conclusion == DC_DKIM_UNUSABLE)
		judge_use(facts, emitter);
	else if (!given)
		judge_search(facts, emitter);
}

const struct dc_check dc_check_dkim_selectors = {
	.id = "dkim-selectors",
	.title = "DKIM keys are published",
	.standard = "RFC 6376 section 3.6.2.1",
	.run = run,
};
