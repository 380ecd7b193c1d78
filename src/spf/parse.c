/* A whole record: which text is one (RFC 7208 4.5), its terms in order (4.6), what must not occur twice (6), and what is
 * legal but hardly meant. Reading goes on behind an error, so that every fault is found at once. */
#include "spf/parse.h"

#include "spf/macro.h"

bool dc_spf_is_record(struct dc_slice text)
{
	return dc_slice_starts_nocase(text, DC_S("v=spf1")) && (text.len == 6 || text.ptr[6] == ' ');
}

struct dc_span dc_spf_term_span(const struct dc_spf_record *record, const struct dc_spf_term *term)
{
	return dc_span_of(&record->txt, term->text);
}

struct parse {
	struct dc_arena *arena;
	struct dc_spf_record *record;
	struct dc_spf_term *terms;
	size_t term_count;
	struct dc_spf_fault *faults;
	size_t fault_count, fault_capacity;
};

static struct dc_spf_fault *add_fault(struct parse *p, enum dc_spf_fault_kind kind, const struct dc_spf_term *term,
				      struct dc_slice part)
{
	bool fatal = kind < DC_SPF_FAULT_LOOKS_LIKE_MECHANISM;
	struct dc_spf_fault *fault;

	p->record->fatal |= fatal;
	if (p->fault_count == DC_SPF_FAULTS_MAX)
		return NULL;
	fault = &DC_PUSH(p->arena, p->faults, p->fault_count, p->fault_capacity);
	*fault = (struct dc_spf_fault){.kind = kind, .fatal = fatal, .part = part, .term = term};
	return fault;
}

/* Two terms that grew together at a seam between character-strings: both halves alone must make sense, and the right
 * one must look like a term, not like the rest of a name. */
static struct dc_slice unglue(struct parse *p, const struct dc_spf_term *term)
{
	const struct dc_txt *txt = &p->record->txt;
	size_t start = (size_t)(term->text.ptr - txt->text.ptr);

	for (size_t i = 1; i < txt->string_count; i++) {
		size_t seam = txt->string_starts[i];
		if (seam <= start || seam >= start + term->text.len)
			continue;
		struct dc_slice left = dc_slice_sub(term->text, 0, seam - start);
		struct dc_slice right = dc_slice_sub(term->text, seam - start, term->text.len);
		bool marked = memchr("+-~?", right.ptr[0], 4) || dc_slice_find(right, ':') != SIZE_MAX ||
			      dc_slice_find(right, '=') != SIZE_MAX || dc_spf_kind_of(right) < DC_SPF_BAD;
		if (marked && dc_spf_terms_valid(left) && dc_spf_terms_valid(right))
			return dc_arena_concat(p->arena, dc_arena_concat(p->arena, left, DC_S(" ")), right);
	}
	return (struct dc_slice){NULL, 0};
}

/* Modifiers that some RFC or old draft gave a meaning: nothing to say about them. */
static bool is_known_modifier(struct dc_slice name)
{
	static const char *const known[] = {"ra", "rp", "rr"}; /* RFC 6652 */

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (dc_slice_eq_nocase(name, dc_slice_of(known[i])))
			return true;
	return false;
}

static bool has_domain_value(const struct dc_spf_term *term)
{
	return term->kind == DC_SPF_INCLUDE || term->kind == DC_SPF_A || term->kind == DC_SPF_MX ||
	       term->kind == DC_SPF_EXISTS || term->kind == DC_SPF_REDIRECT || term->kind == DC_SPF_PTR;
}

/* Legal, yet hardly meant. */
static void look_closer(struct parse *p, const struct dc_spf_term *term)
{
	struct dc_slice glued = unglue(p, term);

	if (glued.len) {
		struct dc_spf_fault *fault = add_fault(p, DC_SPF_FAULT_GLUED, term, term->text);
		if (fault) {
			fault->glued = true;
			fault->suggestion = glued;
		}
	} else if (term->kind == DC_SPF_MODIFIER) {
		if (dc_slice_eq_nocase(term->name, DC_S("v")))
			add_fault(p, DC_SPF_FAULT_VERSION_INSIDE, term, term->text);
		else if (dc_spf_suggest(p->arena, term, NULL).len)
			add_fault(p, DC_SPF_FAULT_LOOKS_LIKE_MECHANISM, term, term->text);
		else if (!is_known_modifier(term->name))
			add_fault(p, DC_SPF_FAULT_UNKNOWN_MODIFIER, term, term->text);
	} else if (has_domain_value(term) && !term->macros) {
		if (dc_slice_find(term->domain, '/') != SIZE_MAX || dc_slice_find(term->domain, '@') != SIZE_MAX ||
		    dc_slice_find(term->domain, ':') != SIZE_MAX)
			add_fault(p, DC_SPF_FAULT_URL, term, term->domain);
	}
}

static void read_terms(struct parse *p, bool lax)
{
	struct dc_slice text = p->record->txt.text;
	size_t i = 6, words = 0; /* behind the version */

	for (size_t k = i; k < text.len; k++)
		words += text.ptr[k] != ' ' && text.ptr[k - 1] == ' ';
	p->terms = DC_NEW_ARRAY(p->arena, struct dc_spf_term, words);
	while (i < text.len && p->term_count < DC_SPF_TERMS_MAX) {
		size_t start = i;
		while (i < text.len && text.ptr[i] != ' ')
			i++;
		if (i > start) {
			struct dc_spf_flaw ignored;
			(void)dc_spf_term_read(dc_slice_sub(text, start, i - start), lax, &p->terms[p->term_count++],
					       &ignored);
		}
		while (i < text.len && text.ptr[i] == ' ')
			i++;
	}
}

/* The terms stand still now: faults may point at them. */
static void find_faults(struct parse *p, bool lax)
{
	struct dc_spf_record *record = p->record;

	for (size_t i = 0; i < p->term_count; i++) {
		struct dc_spf_term *term = &p->terms[i], again;
		const struct dc_spf_term **first = NULL;
		struct dc_spf_flaw flaw;

		if (term->faulty) {
			(void)dc_spf_term_read(term->text, lax, &again, &flaw);
			add_fault(p, flaw.kind, term, flaw.part);
		} else {
			look_closer(p, term);
		}
		if (term->kind == DC_SPF_ALL)
			first = &record->all;
		else if (term->kind == DC_SPF_REDIRECT)
			first = &record->redirect;
		else if (term->kind == DC_SPF_EXP)
			first = &record->exp;
		if (!first)
			continue;
		if (*first && term->kind != DC_SPF_ALL) {
			add_fault(p, DC_SPF_FAULT_TWICE, term, term->text);
			term->faulty = true;
		}
		if (!*first)
			*first = term;
	}
}

static void find_suggestions(struct parse *p)
{
	for (size_t i = 0; i < p->fault_count; i++) {
		struct dc_spf_fault *fault = &p->faults[i];
		size_t at = (size_t)(fault->term - p->terms);

		fault->span = dc_span_of(&p->record->txt, fault->part);
		if (fault->suggestion.len || fault->kind == DC_SPF_FAULT_TWICE ||
		    fault->kind == DC_SPF_FAULT_UNKNOWN_MODIFIER || fault->kind == DC_SPF_FAULT_VERSION_INSIDE)
			continue;
		fault->suggestion = unglue(p, fault->term);
		fault->glued = fault->suggestion.len > 0;
		if (!fault->glued)
			fault->suggestion = dc_spf_suggest(p->arena, fault->term,
							   at + 1 < p->term_count ? &p->terms[at + 1] : NULL);
	}
}

const struct dc_spf_record *dc_spf_parse(struct dc_arena *arena, const struct dc_txt *txt, bool lax)
{
	struct parse p = {.arena = arena};

	p.record = DC_NEW(arena, struct dc_spf_record);
	p.record->txt = *txt;
	read_terms(&p, lax);
	find_faults(&p, lax);
	find_suggestions(&p);
	p.record->terms = p.terms;
	p.record->term_count = p.term_count;
	p.record->faults = p.faults;
	p.record->fault_count = p.fault_count;
	return p.record;
}
