/* SPF authorises those who send and not half the Internet (RFC 7208 section 11.4), and only addresses that can be seen on
 * it (RFC 6890). */
#include "checks/spf_common.h"

enum {
	ALL4_BITS = 31,   /* half of IPv4: what nobody can own is as good as +all */
	ALL6_BITS = 124,  /* half of the IPv6 space that is given out at all (2000::/3) */
	WIDE4_BITS = 24,  /* sixteen million: the great providers together authorise less */
	WIDE6_BITS = 108, /* a /20; whole providers have a /32 or a few */
	TERM4_BITS = 16,  /* wider than a /16 in one term of one's own */
	TERM6_BITS = 96,  /* wider than a /32 */
};

static struct dc_slice number(struct dc_emitter *emitter, struct dc_spf_count count)
{
	char text[DC_SPF_COUNT_TEXT_MAX];

	return dc_arena_dup(dc_emitter_arena(emitter), dc_spf_count_text(count, text));
}

/* Terms of the domain's own record that add the most. */
static struct dc_spf_texts widest(const struct dc_spf_node *root, bool ipv6, struct dc_emitter *emitter)
{
	struct dc_spf_texts texts = {NULL, 0, 0};

	for (unsigned bits = 129; bits-- > 0 && texts.count < 3;)
		for (size_t i = 0; i < root->use_count; i++) {
			struct dc_spf_count adds = ipv6 ? root->uses[i].adds6 : root->uses[i].adds4;
			if (dc_spf_count_reaches(adds, bits) && (bits == 128 || !dc_spf_count_reaches(adds, bits + 1)) &&
			    root->uses[i].term->kind != DC_SPF_ALL)
				dc_spf_text_add(emitter, &texts, root->uses[i].term->text);
		}
	return texts;
}

/* "50 %" */
static struct dc_slice share(struct dc_emitter *emitter, struct dc_spf_count count, bool ipv6)
{
	/* IPv6 in parts of 2000::/3, rounded down; more than all of it is all */
	uint64_t parts = count.whole ? 100 : ipv6 ? (count.high >> 7) * 100 >> 54 : count.low * 100 >> 32;

	return dc_arena_printf(dc_emitter_arena(emitter), "%u %%", (unsigned)(parts > 100 ? 100 : parts));
}

static void whole(const struct dc_spf_facts *spf, bool ipv6, struct dc_emitter *emitter)
{
	struct dc_spf_count count = ipv6 ? spf->pass6.addresses : spf->pass4.addresses;
	bool nearly_all = dc_spf_count_reaches(count, ipv6 ? ALL6_BITS : ALL4_BITS);
	const struct dc_spf_others *others = ipv6 ? &spf->others6 : &spf->others4;
	struct dc_where where = {.answer = spf->answer};
	struct dc_slice family = ipv6 ? DC_S("IPv6") : DC_S("IPv4");

	if (!nearly_all && !dc_spf_count_reaches(count, ipv6 ? WIDE6_BITS : WIDE4_BITS))
		return;
	if ((others->code == DC_SPF_PASS && others->by && others->by->term->kind == DC_SPF_ALL) || spf->root->record->fatal)
		return; /* spf-all has said so; with a broken record no address passes */
	if (others->code == DC_SPF_PERMERROR && spf->all == '+')
		return; /* idem: what would pass does not get there */
	struct dc_spf_texts texts = widest(spf->root, ipv6, emitter);
	struct dc_arg terms = dc_list("terms", texts.items, texts.count);
	if (nearly_all)
		dc_emit(emitter, DC_F_SPF_ALLOWS_NEARLY_ALL, where,
			DC_ARGS(dc_text("share", share(emitter, count, ipv6)), dc_text("family", family), terms));
	else
		dc_emit(emitter, DC_F_SPF_VERY_WIDE, where,
			DC_ARGS(dc_text("addresses", number(emitter, count)), dc_text("family", family), terms));
}

/* Why no address of the term is ever seen on the Internet, or NULL. Examples in manuals use the documentation ranges on
 * purpose. */
static const char *unseen(const struct dc_spf_term *term)
{
	struct dc_ip last = term->prefix.ip;
	const char *kind = dc_ip_special(term->prefix.ip);

	for (unsigned bit = term->prefix.bits; bit < (last.family == 4 ? 32u : 128u); bit++)
		last.octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	if (!kind || strcmp(kind, "documentation") == 0)
		return NULL;
	return dc_ip_special(last) && strcmp(dc_ip_special(last), kind) == 0 ? kind : NULL;
}

/* Terms of the domain's own record: only there can its owner change them. */
static void own_terms(const struct dc_spf_node *root, struct dc_emitter *emitter)
{
	for (size_t i = 0, told = 0; i < root->use_count && told < DC_SPF_TOLD_MAX; i++) {
		const struct dc_spf_use *use = &root->uses[i];
		const struct dc_spf_term *term = use->term;
		struct dc_span span = dc_spf_term_span(root->record, term);
		struct dc_where where = {.span = &span, .answer = root->answer};
		bool address = term->kind == DC_SPF_IP4 || term->kind == DC_SPF_IP6;
		const char *kind = address && !term->faulty ? unseen(term) : NULL;

		if (use->dead || term->faulty)
			continue;
		told += kind != NULL;
		if (kind)
			dc_emit(emitter, DC_F_SPF_PRIVATE_ADDRESS, where,
				DC_ARGS(dc_text("term", term->text), dc_text("kind", dc_slice_of(kind))));
		if (term->qualifier != '+' || !(address || term->kind == DC_SPF_A || term->kind == DC_SPF_MX))
			continue;
		if (!dc_spf_count_reaches(use->adds4, TERM4_BITS + 1) && !dc_spf_count_reaches(use->adds6, TERM6_BITS + 1))
			continue;
		told++;
		dc_emit(emitter, DC_F_SPF_RANGE_TOO_WIDE, where,
			DC_ARGS(dc_text("term", term->text),
				dc_text("addresses", number(emitter, dc_spf_count_reaches(use->adds4, TERM4_BITS + 1)
								     ? use->adds4 : use->adds6))));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	const struct dc_spf_node *root = dc_spf_own(facts, emitter);

	if (!root)
		return;
	whole(spf, false, emitter);
	whole(spf, true, emitter);
	own_terms(root, emitter);
	if (spf->unanswered)
		dc_inconclusive(emitter); /* spf-targets and spf-voids name the lookups */
}

const struct dc_check dc_check_spf_ranges = {
	.id = "spf-ranges",
	.title = "SPF authorises only addresses that send",
	.standard = "RFC 7208 section 11.4",
	.run = run,
};
