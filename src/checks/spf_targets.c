/* Every include and redirect of the tree leads to one valid record (RFC 7208 sections 5.2, 6.1), and none to a name that
 * somebody else could register. */
#include "checks/spf_common.h"
#include "facts/spoof.h"

static void tell(const struct dc_spf_node *node, const struct dc_psl *psl, struct dc_emitter *emitter)
{
	const struct dc_spf_use *use = node->by;
	const struct dc_spf_record *above = use->node->record;
	struct dc_span span = dc_spf_term_span(above, use->term);
	struct dc_where where = {.subject = use->node->name, .span = &span, .answer = use->node->answer, .more = node->answer};
	struct dc_arg term = dc_text("term", use->term->text), name = dc_text("name", node->name),
		      at = dc_text("at", use->node->name);

	switch (node->state) {
	case DC_SPF_STATE_NO_RECORD:
		dc_emit(emitter, DC_F_SPF_TARGET_NO_RECORD, where, DC_ARGS(term, name, at));
		break;
	case DC_SPF_STATE_NXDOMAIN:
		if (dc_spf_passes_on(use) && dc_spoof_is_registrable(node, psl)) {
			name.text = node->unregistered;
			dc_emit(emitter, DC_F_SPF_TARGET_REGISTRABLE, where, DC_ARGS(term, name, at));
		} else {
			dc_emit(emitter, DC_F_SPF_TARGET_NXDOMAIN, where, DC_ARGS(term, name, at));
		}
		break;
	case DC_SPF_STATE_MULTIPLE:
		dc_emit(emitter, DC_F_SPF_TARGET_MULTIPLE, where, DC_ARGS(term, name, at));
		break;
	case DC_SPF_STATE_BAD_NAME:
		dc_emit(emitter, DC_F_SPF_TARGET_IMPOSSIBLE, where, DC_ARGS(term, name, at));
		break;
	case DC_SPF_STATE_LOOP:
		dc_emit(emitter, DC_F_SPF_LOOP, where, DC_ARGS(term, name, at));
		break;
	case DC_SPF_STATE_UNANSWERED:
		where.answer = node->answer;
		where.more = NULL;
		dc_emit_unanswered(emitter, DC_F_SPF_TARGET_UNANSWERED, where, DC_ARGS(term));
		break;
	case DC_SPF_STATE_RECORD:
		for (size_t i = 0; i < node->record->fault_count; i++) {
			if (!node->record->faults[i].fatal)
				continue;
			dc_emit(emitter, DC_F_SPF_TARGET_SYNTAX, where,
				DC_ARGS(term, name, at, dc_text("part", node->record->faults[i].term->text)));
			break;
		}
		break;
	default: /* depends on the sender, or was cut off: nothing wrong can be told */
		break;
	}
}

/* The same term of the same record, met at another place of the tree. */
static bool was_told(const struct dc_spf_facts *spf, size_t n)
{
	const struct dc_spf_node *node = spf->nodes[n];

	for (size_t i = 1; i < n; i++)
		if (spf->nodes[i]->by->term == node->by->term && spf->nodes[i]->state == node->state)
			return true;
	return false;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;

	if (!dc_spf_own(facts, emitter))
		return;
	if (spf->node_count == 1)
		dc_not_applicable(emitter);
	for (size_t n = 1; n < spf->node_count; n++)
		if (!was_told(spf, n))
			tell(spf->nodes[n], facts->inputs->psl, emitter);
}

const struct dc_check dc_check_spf_targets = {
	.id = "spf-targets",
	.title = "Every include and redirect leads to a valid SPF record",
	.standard = "RFC 7208 section 5.2",
	.run = run,
};
