/* What an address gets that no term names (RFC 7208 sections 4.7, 5.1, 6.1; 10.1.2 for domains that do not send). */
#include "checks/spf_common.h"

/* The record whose all decides: behind redirects. */
static const struct dc_spf_node *deciding(const struct dc_spf_node *node)
{
	for (;;) {
		const struct dc_spf_node *next = NULL;
		if (!node->record || node->record->all)
			return node;
		for (size_t i = 0; i < node->use_count; i++)
			if (node->uses[i].term == node->record->redirect)
				next = node->uses[i].child;
		if (!next)
			return node;
		node = next;
	}
}

static bool is_permerror(const struct dc_spf_facts *spf)
{
	return spf->others4.code == DC_SPF_PERMERROR && spf->others6.code == DC_SPF_PERMERROR;
}

/* The record ends otherwise, but an include comes to an all before: its qualifier decides for everybody. */
static void by_include(const struct dc_facts *facts, const struct dc_spf_others *others, struct dc_emitter *emitter)
{
	const struct dc_spf_use *by = others->by, *own = by ? dc_spf_use_own(by) : NULL;
	struct dc_where where;
	struct dc_span span;
	struct dc_arg term;

	if (!by || own == by || by->term->kind != DC_SPF_ALL)
		return;
	span = dc_spf_term_span(own->node->record, own->term);
	where = (struct dc_where){.subject = own->node->name, .span = &span, .answer = own->node->answer, .more = by->node->answer};
	term = dc_text("term", own->term->text);
	if (others->code == DC_SPF_PASS)
		dc_emit(emitter, DC_F_SPF_INCLUDE_ALLOWS_ALL, where,
			DC_ARGS(term, dc_text("name", by->node->name), dc_text("all", by->term->text), dc_text("at", own->node->name)));
	else if (others->code == DC_SPF_NEUTRAL)
		dc_emit(emitter, DC_F_SPF_ALL_NEUTRAL, where, DC_ARGS(term));
	else if (others->code == DC_SPF_SOFTFAIL && !facts->inputs->parked)
		dc_emit(emitter, DC_F_SPF_SOFTFAIL, where, DC_ARGS(term));
}

/* The all that is written, when evaluation comes to it; of a record that is not valid yet, what would be with it. */
static void by_all(const struct dc_facts *facts, const struct dc_spf_term *all, struct dc_where where, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_use *by = spf->others4.by;
	struct dc_arg term = dc_text("term", all->text);

	if (!is_permerror(spf) && spf->others4.code != DC_SPF_OPEN && (!by || by->term != all))
		return; /* an earlier term decides */
	switch (all->qualifier) {
	case '+':
		dc_emit(emitter, is_permerror(spf) ? DC_F_SPF_WOULD_ALLOW_ALL : DC_F_SPF_ALLOWS_ALL, where, DC_ARGS(term));
		break;
	case '?':
		dc_emit(emitter, DC_F_SPF_ALL_NEUTRAL, where, DC_ARGS(term));
		break;
	case '~':
		if (!facts->inputs->parked)
			dc_emit(emitter, DC_F_SPF_SOFTFAIL, where, DC_ARGS(term));
		break;
	default:
		break;
	}
}

static bool is_open(const struct dc_spf_others *others)
{
	return others->code == DC_SPF_SOFTFAIL || others->code == DC_SPF_NEUTRAL;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_node *root = dc_spf_own(facts, emitter), *node = root ? deciding(root) : NULL;
	struct dc_where where = {.answer = spf->answer};
	struct dc_span span;

	if (!root)
		return;
	where.more = node != root ? node->answer : NULL;
	if ((spf->others4.code == DC_SPF_OPEN && !spf->others4.sender) || (spf->others6.code == DC_SPF_OPEN && !spf->others6.sender))
		dc_inconclusive(emitter); /* spf-targets and spf-voids name the lookup */
	by_include(facts, &spf->others4, emitter);
	if (!node->record || (!node->record->all && node->record->redirect))
		return; /* leads nowhere, or depends on the sender: spf-targets */
	if (!node->record->all) {
		if (spf->others4.code == DC_SPF_NEUTRAL || spf->others4.code == DC_SPF_OPEN || is_permerror(spf))
			dc_emit(emitter, DC_F_SPF_NO_ALL, where, NULL);
		return;
	}
	span = dc_spf_term_span(node->record, node->record->all);
	where.span = &span;
	by_all(facts, node->record->all, where, emitter);
	if (dc_spf_is_silent(facts) && !facts->inputs->parked && !dc_spf_lets_all_pass(spf) && !root->record->fatal &&
	    (is_open(&spf->others4) || is_open(&spf->others6) || spf->pass4.count || spf->pass6.count))
		dc_emit(emitter, DC_F_SPF_SILENT_OPEN, where, DC_ARGS(dc_text("domain", spf->domain)));
}

const struct dc_check dc_check_spf_all = {
	.id = "spf-all",
	.title = "SPF says what happens to all other servers",
	.standard = "RFC 7208 section 5.1",
	.run = run,
};
