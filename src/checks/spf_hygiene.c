/* What works but should not be in an SPF record: ptr (RFC 7208 5.5), %{p} (7.3), the obsolete type and Sender ID (3.1,
 * RFC 6686), terms nobody reads (5.1), repetitions. */
#include "checks/spf_common.h"
#include "spf/spf.h"

static bool uses_p(const struct dc_spf_term *term)
{
	for (size_t i = 0; term->macros && i + 2 < term->domain.len; i++)
		if (term->domain.ptr[i] == '%' && term->domain.ptr[i + 1] == '{' && dc_lower(term->domain.ptr[i + 2]) == 'p')
			return true;
	return false;
}

/* True when there was something to tell. */
static bool tell_term(const struct dc_spf_node *root, const struct dc_spf_use *use, struct dc_emitter *emitter)
{
	struct dc_span span = dc_spf_term_span(root->record, use->term);
	struct dc_where where = {.span = &span, .answer = root->answer};
	struct dc_arg term = dc_text("term", use->term->text);

	if (use->term->kind == DC_SPF_REDIRECT && use->dead)
		dc_emit(emitter, DC_F_SPF_REDIRECT_IGNORED, where, DC_ARGS(term, dc_text("all", root->record->all->text)));
	if (use->dead || use->term->faulty)
		return use->term->kind == DC_SPF_REDIRECT;
	if (use->term->kind == DC_SPF_PTR)
		dc_emit(emitter, DC_F_SPF_PTR, where, DC_ARGS(term));
	if (uses_p(use->term))
		dc_emit(emitter, DC_F_SPF_P_MACRO, where, DC_ARGS(term));
	if (use->duplicate)
		dc_emit(emitter, DC_F_SPF_DUPLICATE_TERM, where, DC_ARGS(term));
	else if (use->covered)
		dc_emit(emitter, DC_F_SPF_COVERED_RANGE, where, DC_ARGS(term));
	return use->term->kind == DC_SPF_PTR || uses_p(use->term) || use->duplicate || use->covered;
}

static void dead_terms(const struct dc_spf_node *root, struct dc_emitter *emitter)
{
	struct dc_spf_texts texts = {NULL, 0, 0};
	struct dc_span span;

	for (size_t i = 0; i < root->use_count; i++)
		if (root->uses[i].dead && root->uses[i].term->qualifier && !root->uses[i].term->faulty)
			dc_spf_text_add(emitter, &texts, root->uses[i].term->text);
	if (!texts.count)
		return;
	span = dc_spf_term_span(root->record, root->record->all);
	dc_emit(emitter, DC_F_SPF_TERMS_AFTER_ALL, (struct dc_where){.span = &span, .answer = root->answer},
		DC_ARGS(dc_text("all", root->record->all->text), dc_list("terms", texts.items, texts.count)));
}

static void obsolete(const struct dc_spf_facts *spf, struct dc_emitter *emitter)
{
	struct dc_where where = {.answer = spf->type99};
	const struct dc_rr *rr;
	struct dc_txt txt;

	if (dc_spf_answer_failed(spf->type99))
		dc_emit_unanswered(emitter, DC_F_SPF_TYPE_99_UNANSWERED, where, NULL);
	for (size_t i = 0; i < 8 && (rr = dc_answer_rr(spf->type99, i)) != NULL; i++)
		if (dc_rr_txt(dc_emitter_arena(emitter), rr, &txt))
			dc_emit(emitter, DC_F_SPF_TYPE_99, where, DC_ARGS(dc_text("record", txt.text)));
	for (size_t i = 0; i < spf->sender_id_count; i++)
		dc_emit(emitter, DC_F_SPF_SENDER_ID, (struct dc_where){.answer = spf->answer},
			DC_ARGS(dc_text("record", spf->sender_id[i].text)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_node *root = spf->root;

	obsolete(spf, emitter);
	if (!dc_spf_own(facts, emitter))
		return;
	dead_terms(root, emitter);
	for (size_t i = 0, told = 0; i < root->use_count && told < DC_SPF_TOLD_MAX; i++)
		told += tell_term(root, &root->uses[i], emitter);
}

const struct dc_check dc_check_spf_hygiene = {
	.id = "spf-hygiene",
	.title = "SPF holds nothing obsolete, dead or doubled",
	.standard = "RFC 7208 section 5.5",
	.run = run,
};
