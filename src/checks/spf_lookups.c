/* At most ten terms that ask DNS, over the whole tree, and at most ten hosts an mx (RFC 7208 section 4.6.4). */
#include "checks/spf_common.h"

enum { NEAR_LIMIT = 8 }; /* lookups: room for one provider to grow by two */

/* "include:_spf.example.com (4)", dearest first. */
static struct dc_spf_texts costs(const struct dc_spf_node *root, struct dc_emitter *emitter)
{
	struct dc_arena *arena = dc_emitter_arena(emitter);
	struct dc_spf_texts texts = {NULL, 0, 0};
	uint32_t most = 0;

	for (size_t i = 0; i < root->use_count; i++)
		if (root->uses[i].lookups > most)
			most = root->uses[i].lookups;
	for (uint32_t cost = most; cost > 0 && texts.count <= 12; cost--)
		for (size_t i = 0; i < root->use_count; i++)
			if (root->uses[i].lookups == cost)
				dc_spf_text_add(emitter, &texts, dc_arena_printf(arena, "%.*s (%u)",
						DC_FMT(root->uses[i].term->text), (unsigned)cost));
	return texts;
}

static void hosts(const struct dc_spf_facts *spf, struct dc_emitter *emitter)
{
	for (size_t n = 0; n < spf->node_count; n++) {
		const struct dc_spf_node *node = spf->nodes[n];
		for (size_t i = 0; i < node->use_count && !node->same; i++) {
			const struct dc_spf_use *use = &node->uses[i];
			struct dc_span span;
			if (!use->too_many_hosts)
				continue;
			span = dc_spf_term_span(node->record, use->term);
			dc_emit(emitter, DC_F_SPF_TOO_MANY_MX,
				(struct dc_where){.subject = node->name, .span = &span, .answer = use->answer},
				DC_ARGS(dc_text("term", use->term->text), dc_int("limit", DC_SPF_HOST_LIMIT)));
		}
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_node *root = dc_spf_own(facts, emitter);
	struct dc_where where = {.answer = spf->answer};
	struct dc_spf_texts texts;

	if (!root)
		return;
	hosts(spf, emitter);
	texts = costs(root, emitter);
	if (spf->lookups > DC_SPF_LOOKUP_LIMIT) {
		struct dc_span span = dc_spf_term_span(spf->over->node->record, spf->over->term);
		struct dc_slice term = spf->over->term->text;
		if (spf->over->node != root)
			term = dc_arena_printf(dc_emitter_arena(emitter), "%.*s of %.*s", DC_FMT(term),
					       DC_FMT(spf->over->node->name));
		where.span = &span;
		where.more = spf->over->node != root ? spf->over->node->answer : NULL;
		dc_emit(emitter, DC_F_SPF_TOO_MANY_LOOKUPS, where,
			DC_ARGS(dc_int("lookups", spf->lookups), dc_int("limit", DC_SPF_LOOKUP_LIMIT), dc_text("term", term),
				dc_list("costs", texts.items, texts.count)));
		return;
	}
	if (spf->lookups >= NEAR_LIMIT)
		dc_emit(emitter, DC_F_SPF_LOOKUPS_NEAR_LIMIT, where,
			DC_ARGS(dc_int("lookups", spf->lookups), dc_int("limit", DC_SPF_LOOKUP_LIMIT),
				dc_list("costs", texts.items, texts.count)));
	if (dc_spf_tree_failed(spf))
		dc_inconclusive(emitter);
}

const struct dc_check dc_check_spf_lookups = {
	.id = "spf-lookups",
	.title = "SPF stays within ten DNS lookups",
	.standard = "RFC 7208 section 4.6.4",
	.run = run,
};
