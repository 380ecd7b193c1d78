/* What one check_host() must know of its client and of names: validated names of the address (RFC 7208 5.5, %{p} of 7.3),
 * targets of terms (4.8), and the explanation (6.2). */
#include "spf/answers.h"
#include "spf/eval.h"

const struct dc_answer *dc_spf_eval_ask(struct dc_spf_eval *e, struct dc_slice name, uint16_t type)
{
	const struct dc_answer *answer = dc_ask(e->asker, name, type);

	if (!answer)
		e->open = true;
	return answer;
}

uint16_t dc_spf_eval_type(const struct dc_spf_eval *e)
{
	return e->values.ip.family == 6 ? DC_TYPE_AAAA : DC_TYPE_A;
}

/* ---- the client's validated names (5.5) ---- */

/* Names of the client's address that lead back to it. False while a question is open. */
bool dc_spf_eval_validated(struct dc_spf_eval *e, struct dc_slice names[DC_SPF_HOST_LIMIT], size_t *ret_count,
			    const struct dc_answer **ret_ptr)
{
	char arpa[DC_IP_ARPA_MAX];
	struct dc_slice all[DC_SPF_HOST_LIMIT];
	size_t count = 0;
	bool known = true;
	const struct dc_answer *ptr =
		dc_spf_eval_ask(e, dc_arena_dup(e->asker->arena, dc_ip_arpa(e->values.ip, arpa)), DC_TYPE_PTR);

	*ret_count = 0;
	*ret_ptr = ptr;
	if (!ptr)
		return false;
	if (!dc_spf_is_answered(ptr))
		return true;
	dc_spf_names(e->asker->arena, ptr, all, &count);
	for (size_t i = 0; i < count; i++) {
		const struct dc_answer *answer = dc_spf_eval_ask(e, all[i], dc_spf_eval_type(e));
		known &= answer != NULL;
		if (answer && dc_spf_is_answered(answer) && dc_spf_holds(answer, e->values.ip, 32, 128))
			names[(*ret_count)++] = all[i];
	}
	return known;
}

/* %{p}: the domain itself if validated, else a name below it, else any (7.3). */
static bool set_p(struct dc_spf_eval *e, const struct dc_spf_frame *frame)
{
	struct dc_slice names[DC_SPF_HOST_LIMIT];
	const struct dc_answer *ptr;
	size_t count;
	int best = -1;

	e->values.validated = DC_S("unknown");
	if (!dc_spf_eval_validated(e, names, &count, &ptr))
		return false;
	for (size_t i = 0; i < count; i++) {
		int rank = dc_name_eq(names[i], frame->name) ? 2 : dc_name_is_below(names[i], frame->name) ? 1 : 0;
		if (rank <= best)
			continue;
		best = rank;
		e->values.validated = names[i];
	}
	return true;
}

/* ---- targets ---- */

enum dc_spf_target dc_spf_eval_target(struct dc_spf_eval *e, const struct dc_spf_frame *frame, const struct dc_spf_term *term,
			       struct dc_slice *ret_raw, struct dc_slice *ret_name)
{
	struct dc_slice raw = term->domain;

	if (!raw.len) {
		*ret_raw = frame->domain;
		*ret_name = frame->name;
		return DC_SPF_TARGET;
	}
	if (term->macros) {
		e->values.domain = frame->domain;
		if (dc_spf_macro_uses(raw, 'p') && !set_p(e, frame))
			return DC_SPF_TARGET_OPEN;
		if (dc_spf_macro_expand(e->asker->arena, raw, &e->values, &raw) != DC_SPF_EXPANDED)
			return DC_SPF_TARGET_IMPOSSIBLE;
	}
	*ret_raw = dc_spf_name_fit(raw);
	return dc_spf_name_canonical(e->asker->arena, *ret_raw, ret_name) ? DC_SPF_TARGET : DC_SPF_TARGET_IMPOSSIBLE;
}

/* ---- explanation (6.2) ---- */

static bool is_printable(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || (unsigned char)s.ptr[i] > 0x7e)
			return false;
	return true;
}

void dc_spf_eval_explain(struct dc_spf_eval *e)
{
	const struct dc_spf_term *term = e->exp_record ? e->exp_record->exp : NULL;
	struct dc_spf_frame frame = {.domain = e->exp_domain};
	struct dc_slice raw, name, target, text;
	const struct dc_answer *answer;
	const struct dc_rr *rr;
	struct dc_txt txt;

	if (!term || !dc_spf_name_canonical(e->asker->arena, frame.domain, &frame.name) ||
	    dc_spf_eval_target(e, &frame, term, &raw, &name) != DC_SPF_TARGET)
		return;
	answer = dc_spf_eval_ask(e, name, DC_TYPE_TXT);
	if (!answer || !dc_spf_is_answered(answer))
		return;
	target = dc_answer_target(answer, NULL);
	rr = dc_spf_next_rr(answer, target, NULL);
	if (!rr || dc_spf_next_rr(answer, target, rr) || !dc_rr_txt(e->asker->arena, rr, &txt) ||
	    !dc_spf_macro_check(txt.text, true, NULL, NULL))
		return;
	e->values.domain = frame.domain;
	if (dc_spf_macro_uses(txt.text, 'p') && !set_p(e, &frame))
		return;
	if (dc_spf_macro_expand(e->asker->arena, txt.text, &e->values, &text) == DC_SPF_EXPANDED && is_printable(text))
		e->result->explanation = text;
}
