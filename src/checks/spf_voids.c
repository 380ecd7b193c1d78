/* At most two lookups that find nothing (RFC 7208 section 4.6.4), and terms whose addresses could not be looked up. */
#include "checks/spf_common.h"

/* Terms of the whole tree that find nothing for the family. */
static struct dc_spf_texts void_terms(const struct dc_spf_facts *spf, bool ipv6, struct dc_emitter *emitter)
{
	struct dc_spf_texts texts = {NULL, 0, 0};

	for (size_t n = 0; n < spf->node_count; n++) {
		const struct dc_spf_node *node = spf->nodes[n];
		for (size_t i = 0; i < node->use_count; i++) {
			const struct dc_spf_use *use = &node->uses[i];
			struct dc_slice text = use->term->text;
			if ((ipv6 ? use->found6 : use->found4) != DC_SPF_FOUND_NOTHING)
				continue;
			if (node->depth > 0)
				text = dc_arena_printf(dc_emitter_arena(emitter), "%.*s of %.*s", DC_FMT(text),
						       DC_FMT(node->name));
			dc_spf_text_add(emitter, &texts, text);
		}
	}
	return texts;
}

static void limits(const struct dc_spf_facts *spf, struct dc_emitter *emitter)
{
	struct dc_where where = {.answer = spf->answer};
	bool ipv6 = spf->voids4 <= DC_SPF_VOID_LIMIT;
	struct dc_spf_texts texts = void_terms(spf, ipv6, emitter);

	if (ipv6 && spf->voids6 <= DC_SPF_VOID_LIMIT)
		return;
	dc_emit(emitter, ipv6 ? DC_F_SPF_TOO_MANY_VOIDS_IPV6 : DC_F_SPF_TOO_MANY_VOIDS, where,
		DC_ARGS(dc_int("voids", ipv6 ? spf->voids6 : spf->voids4), dc_int("limit", DC_SPF_VOID_LIMIT),
			dc_list("terms", texts.items, texts.count)));
}

static void unanswered(const struct dc_spf_node *node, const struct dc_spf_use *use, const struct dc_answer *answer,
		       struct dc_emitter *emitter)
{
	struct dc_span span;

	if (!dc_spf_answer_failed(answer))
		return;
	span = dc_spf_term_span(node->record, use->term);
	dc_emit_unanswered(emitter, DC_F_SPF_ADDRESSES_UNANSWERED,
			   (struct dc_where){.subject = node->name, .span = &span, .answer = answer},
			   DC_ARGS(dc_text("term", use->term->text)));
}

static void failed_lookups(const struct dc_spf_node *node, struct dc_emitter *emitter)
{
	for (size_t i = 0; i < node->use_count; i++) {
		const struct dc_spf_use *use = &node->uses[i];
		if (use->child)
			continue; /* spf-targets */
		unanswered(node, use, use->answer, emitter);
		unanswered(node, use, use->answer6, emitter);
		for (size_t k = 0; k < use->host_count; k++) {
			unanswered(node, use, use->hosts[k].a, emitter);
			unanswered(node, use, use->hosts[k].aaaa, emitter);
		}
	}
}

/* What is missing where a term leads. */
static struct dc_slice lack(const struct dc_spf_use *use)
{
	bool gone = use->answer->outcome == DC_OUTCOME_NXDOMAIN && !use->answer->rr_count; /* else: at the end of an alias */

	switch (use->term->kind) {
	case DC_SPF_A:
		return gone ? DC_S("does not exist") : DC_S("has no address");
	case DC_SPF_MX:
		return gone ? DC_S("does not exist") : DC_S("has no MX record, and its own address does not count here");
	default:
		return gone ? DC_S("does not exist") : DC_S("has no A record");
	}
}

/* "its mail servers mx1.example, mx2.example have no address" */
static struct dc_slice hosts_lack(const struct dc_spf_use *use, struct dc_arena *arena)
{
	struct dc_slice list = {0};

	for (size_t i = 0; i < use->host_count; i++) {
		if (dc_name_labels(use->hosts[i].name) == 0)
			continue;
		if (list.len)
			list = dc_arena_concat(arena, list, DC_S(", "));
		list = dc_arena_concat(arena, list, use->hosts[i].name);
	}
	if (!list.len)
		return dc_arena_printf(arena, "%.*s takes no mail (null MX)", DC_FMT(use->target));
	return dc_arena_printf(arena, "there is no address for %.*s", DC_FMT(list));
}

/* Terms of the domain's own record that match nobody. */
static void useless(const struct dc_spf_node *root, struct dc_emitter *emitter)
{
	for (size_t i = 0, told = 0; i < root->use_count && told < DC_SPF_TOLD_MAX; i++) {
		const struct dc_spf_use *use = &root->uses[i];
		bool nothing = use->found4 == DC_SPF_FOUND_NOTHING && use->found6 == DC_SPF_FOUND_NOTHING;
		struct dc_span span = dc_spf_term_span(root->record, use->term);
		struct dc_where where = {.span = &span, .answer = use->answer, .more = use->answer6};
		struct dc_arg term = dc_text("term", use->term->text), name = dc_text("name", use->target);

		if (use->duplicate)
			continue;
		if (nothing) {
			told++;
			dc_emit(emitter, DC_F_SPF_TERM_FINDS_NOTHING, where, DC_ARGS(term, name, dc_text("lack", lack(use))));
		} else if (dc_spf_mx_is_empty(use)) {
			told++;
			where.more = use->hosts[0].a;
			dc_emit(emitter, DC_F_SPF_MX_NO_ADDRESS, where,
				DC_ARGS(term, name, dc_text("lack", hosts_lack(use, dc_emitter_arena(emitter)))));
		}
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_node *root = dc_spf_own(facts, emitter);

	if (!root)
		return;
	limits(spf, emitter);
	useless(root, emitter);
	for (size_t n = 0; n < spf->node_count; n++)
		if (!spf->nodes[n]->same)
			failed_lookups(spf->nodes[n], emitter);
	if (dc_spf_tree_failed(spf))
		dc_inconclusive(emitter);
}

const struct dc_check dc_check_spf_voids = {
	.id = "spf-voids",
	.title = "At most two SPF lookups find nothing",
	.standard = "RFC 7208 section 4.6.4",
	.run = run,
};
