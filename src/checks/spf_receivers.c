/* What receivers built on libspf2 say, beside what the standard says, for each address that sends. The causes are the
 * known faults of libspf2 1.2.10, looked for in the records at hand. */
#include "checks/spf_common.h"
#include "facts/identity.h"

enum {
	COMPILED_MAX = 511, /* octets of a record in libspf2's own form; the rest is dropped in silence */
	MECHANISM_OCTETS = 4, IP4_OCTETS = 4, IP6_OCTETS = 16, NAME_OCTETS = 4, LENGTHS_OCTETS = 4,
};

/* What libspf2 makes of the record, but for macros. */
static size_t compiled_size(const struct dc_spf_record *record)
{
	size_t size = 0;

	for (size_t i = 0; i < record->term_count; i++) {
		const struct dc_spf_term *term = &record->terms[i];
		size += MECHANISM_OCTETS;
		if (term->kind == DC_SPF_IP4)
			size += IP4_OCTETS;
		else if (term->kind == DC_SPF_IP6)
			size += IP6_OCTETS;
		else if (term->domain.len) /* padded to words */
			size += NAME_OCTETS + (term->domain.len + 3) / 4 * 4;
		if ((term->kind == DC_SPF_A || term->kind == DC_SPF_MX) && (term->bits4 != 32 || term->bits6 != 128))
			size += LENGTHS_OCTETS;
	}
	return size;
}

static bool has_zero_length(const struct dc_spf_term *term)
{
	if (term->kind == DC_SPF_IP4 || term->kind == DC_SPF_IP6)
		return term->prefix.bits == 0;
	return (term->kind == DC_SPF_A || term->kind == DC_SPF_MX) && (term->bits4 == 0 || term->bits6 == 0);
}

/* "%{d2}": a number in a macro */
static bool has_numbered_macro(const struct dc_spf_term *term)
{
	for (size_t i = 0; term->macros && i + 3 < term->domain.len; i++)
		if (term->domain.ptr[i] == '%' && term->domain.ptr[i + 1] == '{' && dc_is_digit(term->domain.ptr[i + 3]))
			return true;
	return false;
}

static bool is_redirect_early(const struct dc_spf_record *record, const struct dc_spf_term *term)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a node with terms has a record */
	for (const struct dc_spf_term *t = term + 1; t < record->terms + record->term_count; t++)
		if (t->qualifier)
			return true;
	return false;
}

static const char *cause_in_term(const struct dc_spf_record *record, const struct dc_spf_term *term)
{
	if (has_zero_length(term))
		return "a prefix length of /0, which libspf2 refuses";
	if (has_numbered_macro(term))
		return "a macro with a number such as %{d2}, from which libspf2 cuts the first letter when the name has no more labels";
	if (term->kind == DC_SPF_REDIRECT && is_redirect_early(record, term))
		return "redirect= that does not stand at the end: libspf2 follows it where it stands";
	if (term->kind == DC_SPF_MODIFIER)
		return "a setting (name=value) that libspf2 refuses";
	return NULL;
}

static const char *cause(const struct dc_spf_facts *spf)
{
	for (size_t n = 0; n < spf->node_count; n++)
		if (spf->nodes[n]->record && compiled_size(spf->nodes[n]->record) > COMPILED_MAX)
			return "a record that is too long for libspf2 (63 ip4: terms, or 25 ip6:), which drops the rest of it";
	if (spf->root->record && spf->root->record->fatal)
		return "a syntax error that libspf2 overlooks";
	if (spf->lookups > DC_SPF_LOOKUP_LIMIT)
		return "more than ten lookups: libspf2 counts each include anew";
	for (size_t n = 0; n < spf->node_count; n++) {
		const struct dc_spf_node *node = spf->nodes[n];
		for (size_t i = 0; i < node->use_count; i++) {
			const char *text = cause_in_term(node->record, node->uses[i].term);
			if (text)
				return text;
			if (node->uses[i].too_many_hosts)
				return "an mx with more than ten hosts, of which libspf2 takes the first ten";
		}
	}
	if (spf->voids4 > DC_SPF_VOID_LIMIT || spf->voids6 > DC_SPF_VOID_LIMIT)
		return "more than two lookups that find nothing, which libspf2 does not count";
	for (size_t n = 0; n < spf->node_count; n++)
		for (size_t i = 0; i < spf->nodes[n]->use_count; i++)
			if (spf->nodes[n]->uses[i].term->kind == DC_SPF_PTR)
				return "ptr, where libspf2 gives up on a name that cannot be looked up";
	return "a difference that is not known yet";
}

/* "(invalid)" is how libspf2 says permerror. */
static bool is_same(struct dc_slice ours, struct dc_slice theirs)
{
	return dc_slice_eq(ours, theirs) || (dc_slice_eq(theirs, DC_S("(invalid)")) && dc_slice_eq(ours, DC_S("permerror")));
}

static bool is_compared(const struct dc_identity *identity)
{
	return identity->ip.family && identity->libspf2_known && identity->spf.len;
}

/* One finding for all addresses that come to the same pair of results. */
static void tell_difference(const struct dc_identity_facts *identities, size_t first, const struct dc_spf_facts *spf,
			    struct dc_emitter *emitter)
{
	const struct dc_identity *one = &identities->items[first];
	struct dc_spf_texts ips = {NULL, 0, 0};

	for (size_t i = 0; i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		if (!is_compared(identity) || identity->libspf2.fate != DC_RECEIVER_DONE ||
		    !dc_slice_eq(identity->spf, one->spf) || !dc_slice_eq(identity->libspf2.result, one->libspf2.result))
			continue;
		if (i < first)
			return; /* told already */
		dc_spf_text_add(emitter, &ips, identity->ip_text);
	}
	dc_emit(emitter, DC_F_SPF_LIBSPF2_DIFFERS, (struct dc_where){.answer = spf->answer},
		DC_ARGS(dc_list("ips", ips.items, ips.count), dc_text("ours", one->spf),
			dc_text("theirs", one->libspf2.result), dc_text("cause", dc_slice_of(cause(spf)))));
}

static void tell_crash(enum dc_receiver_fate fate, struct dc_where where, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SPF_CRASHES_RECEIVERS, where,
		DC_ARGS(dc_text("fate", fate == DC_RECEIVER_HUNG ? DC_S("hang") : DC_S("crash")),
			dc_text("cause", DC_S("an exp= text or a macro that overruns a buffer (CVE-2023-42118)"))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_identity_facts *identities = facts->identities;
	struct dc_where where = {.answer = facts->spf->answer};
	bool any = false, absent = false;

	if (identities && (identities->probe_fate == DC_RECEIVER_CRASHED || identities->probe_fate == DC_RECEIVER_HUNG)) {
		tell_crash(identities->probe_fate, where, emitter);
		return;
	}
	for (size_t i = 0; identities && i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];

		if (!is_compared(identity))
			continue;
		any = true;
		if (dc_slice_eq(identity->spf, DC_S("temperror"))) {
			dc_inconclusive(emitter); /* spf-targets and spf-voids name the lookup */
			continue;
		}
		switch (identity->libspf2.fate) {
		case DC_RECEIVER_CRASHED:
		case DC_RECEIVER_HUNG:
			tell_crash(identity->libspf2.fate, where, emitter);
			return;
		case DC_RECEIVER_ABSENT:
			absent = true;
			break;
		case DC_RECEIVER_DONE:
			if (!is_same(identity->spf, identity->libspf2.result))
				tell_difference(identities, i, facts->spf, emitter);
			break;
		}
	}
	if (absent)
		dc_emit(emitter, DC_F_SPF_RECEIVERS_UNKNOWN, where, NULL);
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_spf_receivers = {
	.id = "spf-receivers",
	.title = "libspf2, which receivers use, agrees with the standard",
	.standard = "RFC 7208 section 4",
	.run = run,
};
