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

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_node *root = dc_spf_own(facts, emitter), *node = root ? deciding(root) : NULL;
	struct dc_where where = {.answer = spf->answer};
	struct dc_span span;

	if (!root)
		return;
	where.more = node != root ? node->answer : NULL;
	if (node->state == DC_SPF_STATE_UNANSWERED) {
		dc_inconclusive(emitter); /* spf-targets names the lookup */
		return;
	}
	if (!node->record || (!node->record->all && node->record->redirect))
		return; /* leads nowhere, or depends on the sender: spf-targets */
	if (!node->record->all) {
		dc_emit(emitter, DC_F_SPF_NO_ALL, where, NULL);
		return;
	}
	span = dc_spf_term_span(node->record, node->record->all);
	where.span = &span;
	if (spf->all == '+' && (root->record->fatal || node->record->fatal)) /* a permerror: today nobody passes */
		dc_emit(emitter, DC_F_SPF_WOULD_ALLOW_ALL, where, DC_ARGS(dc_text("term", node->record->all->text)));
	else if (spf->all == '+')
		dc_emit(emitter, DC_F_SPF_ALLOWS_ALL, where, DC_ARGS(dc_text("term", node->record->all->text)));
	else if (spf->all == '?')
		dc_emit(emitter, DC_F_SPF_ALL_NEUTRAL, where, DC_ARGS(dc_text("term", node->record->all->text)));
	else if (spf->all == '~' && !facts->inputs->parked)
		dc_emit(emitter, DC_F_SPF_SOFTFAIL, where, DC_ARGS(dc_text("term", node->record->all->text)));
	if (dc_spf_is_silent(facts) && !facts->inputs->parked && spf->all != '+' &&
	    (spf->all != '-' || spf->pass4.count || spf->pass6.count))
		dc_emit(emitter, DC_F_SPF_SILENT_OPEN, where, DC_ARGS(dc_text("domain", spf->domain)));
}

const struct dc_check dc_check_spf_all = {
	.id = "spf-all",
	.title = "SPF says what happens to all other servers",
	.standard = "RFC 7208 section 5.1",
	.run = run,
};
