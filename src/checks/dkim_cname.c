/* CNAMEs below _domainkey: do they lead to a key, and to somebody's? */
#include "checks/dkim_records.h"

static void judge(const struct dc_dkim_selector *selector, struct dc_emitter *emitter)
{
	struct dc_where where = dc_dkim_where(selector, NULL);
	struct dc_arg name = dc_dkim_name_arg(selector);

	where.more = selector->target_answer;
	if (selector->cname_loop) {
		dc_emit(emitter, DC_F_DKIM_CNAME_LOOP, where, DC_ARGS(name));
		return;
	}
	switch (selector->target) {
	case DC_DKIM_TARGET_FINE:
		break;
	case DC_DKIM_TARGET_EMPTY:
		/* Only the user knows that a selector is in use. */
		dc_emit(emitter, selector->origin == DC_DKIM_GIVEN ? DC_F_DKIM_CNAME_DANGLING : DC_F_DKIM_CNAME_IDLE, where,
			DC_ARGS(name, dc_text("target", selector->cname)));
		break;
	case DC_DKIM_TARGET_NO_DOMAIN:
		dc_emit(emitter, DC_F_DKIM_CNAME_TAKEOVER, where,
			DC_ARGS(name, dc_text("domain", selector->target_domain)));
		break;
	case DC_DKIM_TARGET_UNKNOWN:
		where.answer = selector->target_answer ? selector->target_answer : selector->answer;
		where.more = NULL;
		dc_emit_unanswered(emitter, DC_F_DKIM_CNAME_UNANSWERED, where, DC_ARGS(name));
		break;
	}
}

/* A CNAME at _domainkey itself (RFC 1034 section 3.6.2: it stands for that one name). False: there is none. Not when a
 * wildcard or a DNAME made it: then names below it are mapped too. */
static bool judge_node(const struct dc_dkim_facts *dkim, struct dc_emitter *emitter)
{
	const struct dc_answer *node = dkim->searched.node, *probe = dkim->searched.probe;
	struct dc_slice target;

	if (!node || !node->rr_count || !dc_answer_alias(dc_emitter_arena(emitter), node, &target))
		return false;
	for (size_t i = 0; i < dkim->selector_count; i++)
		if (dkim->selectors[i].record || dkim->selectors[i].cname_count)
			return false; /* there are names below all the same */
	if (!probe || !dc_outcome_is_known(probe->outcome))
		dc_inconclusive(emitter); /* may be a wildcard's; dkim-wildcard names the lookup */
	else if (!probe->rr_count)
		dc_emit(emitter, DC_F_DKIM_CNAME_ABOVE_SELECTORS,
			(struct dc_where){.subject = node->question.name, .answer = node, .more = probe},
			DC_ARGS(dc_text("name", node->question.name), dc_text("target", target)));
	return true;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = judge_node(facts->dkim, emitter);

	for (size_t i = 0; i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];

		if (!selector->cname_count)
			continue;
		any = true;
		judge(selector, emitter);
	}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dkim_cname = {
	.id = "dkim-cname",
	.title = "CNAMEs of DKIM selectors lead to keys",
	.standard = "RFC 6376 section 3.6.2.1",
	.run = run,
};
