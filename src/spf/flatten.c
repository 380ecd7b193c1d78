/* The authorised addresses of a tree as records of ip4: and ip6: terms only, cut so that each answer stays small
 * (RFC 7208 section 3.4), and what must be watched to keep such a copy true. */
#include "spf/answers.h"
#include "spf/tree.h"

enum {
	STRING_MAX = 255,    /* octets of one character-string */
	ANSWER_SMALL = 450,  /* octets of name and text, RFC 7208 3.4 */
	ANSWER_LARGE = 1100, /* the same for answers of up to 1,232 octets, when small ones would cost too many lookups */
	PARTS_MAX = 512,
	COMPILED_MAX = 500,  /* libspf2 drops in silence what is past 511 octets of its own form of a record */
	COMPILED_IP4 = 8,
	COMPILED_IP6 = 20,
};

struct flat {
	struct dc_arena *arena;
	const struct dc_spf_facts *facts;
	struct dc_spf_flat *out;
	struct dc_slice *terms;
	size_t term_count, term_capacity;
	const struct dc_spf_use **kept, **failed;
	size_t kept_capacity, failed_capacity;
	struct dc_slice *watch;
	size_t watch_capacity;
};

/* ---- addresses as prefixes ---- */

static void add_range(struct flat *f, struct dc_spf_range range)
{
	dc_u128 first = dc_spf_number(range.first), last = dc_spf_number(range.last);
	uint8_t most = range.first.family == 4 ? 32 : 128;

	for (;;) {
		struct dc_prefix prefix = {.ip = range.first};
		char text[DC_PREFIX_TEXT_MAX];
		unsigned width = 0;
		dc_u128 at = first, size_less_one = 0;

		/* the widest block that starts here, is aligned and does not reach past the end */
		while (width < most) {
			dc_u128 next = size_less_one << 1 | 1;
			if ((first & next) != 0 || next > last - first)
				break;
			size_less_one = next;
			width++;
		}
		for (size_t i = prefix.ip.family == 4 ? 4 : 16; i-- > 0; at >>= 8)
			prefix.ip.octets[i] = (uint8_t)at;
		prefix.bits = (uint8_t)(most - width);
		struct dc_slice shown = prefix.bits == most ? dc_ip_format(prefix.ip, text) : dc_prefix_format(prefix, text);
		DC_PUSH(f->arena, f->terms, f->term_count, f->term_capacity) =
			dc_arena_concat(f->arena, most == 32 ? DC_S("ip4:") : DC_S("ip6:"), shown);
		if (last - first == size_less_one)
			return;
		first += size_less_one + 1;
	}
}

/* ---- what cannot be resolved, and what must be watched ---- */

static void watch(struct flat *f, const struct dc_answer *answer)
{
	struct dc_spf_flat *out = f->out;

	if (!answer || !dc_spf_is_answered(answer))
		return;
	if (!out->watch_count || answer->ttl_s < out->watch_ttl_s)
		out->watch_ttl_s = answer->ttl_s;
	for (size_t i = 0; i < out->watch_count; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): watch is there once watch_count is */
		if (dc_name_eq(f->watch[i], answer->question.name))
			return;
	DC_PUSH(f->arena, f->watch, out->watch_count, f->watch_capacity) = answer->question.name;
	out->watch = f->watch;
}

static void keep(struct flat *f, const struct dc_spf_use *use)
{
	DC_PUSH(f->arena, f->kept, f->out->kept_count, f->kept_capacity) = use;
	f->out->kept = f->kept;
}

static void failed(struct flat *f, const struct dc_spf_use *use)
{
	DC_PUSH(f->arena, f->failed, f->out->failed_count, f->failed_capacity) = use;
	f->out->failed = f->failed;
}

static bool is_open(enum dc_spf_found found)
{
	return found == DC_SPF_FOUND_OPEN || found == DC_SPF_FOUND_UNANSWERED;
}

static void look_at_use(struct flat *f, const struct dc_spf_use *use)
{
	bool broken = use->term->faulty || use->too_many_hosts;

	if (use->dead)
		return;
	if (use->child) {
		enum dc_spf_state state = use->child->state;
		if (state == DC_SPF_STATE_SENDER)
			keep(f, use);
		else if (state != DC_SPF_STATE_RECORD || use->child->record->fatal)
			failed(f, use);
		watch(f, use->child->answer);
		return;
	}
	broken |= use->counted && use->found4 != DC_SPF_FOUND_UNUSED && (is_open(use->found4) || is_open(use->found6));
	for (size_t i = 0; i < use->host_count; i++) {
		const struct dc_spf_host *host = &use->hosts[i];
		broken |= (host->a && !dc_spf_is_answered(host->a)) || (host->aaaa && !dc_spf_is_answered(host->aaaa));
		watch(f, host->a);
		watch(f, host->aaaa);
	}
	watch(f, use->answer);
	watch(f, use->answer6);
	if (broken)
		failed(f, use);
	else if (use->found4 == DC_SPF_FOUND_SENDER || use->term->kind == DC_SPF_EXISTS)
		keep(f, use);
}

/* ---- records ---- */

static struct dc_slice part_name(struct flat *f, size_t number)
{
	return dc_arena_printf(f->arena, "_spf%zu.%.*s", number, DC_FMT(f->facts->domain));
}

static struct dc_slice join(struct flat *f, struct dc_slice record, struct dc_slice term)
{
	return dc_arena_concat(f->arena, dc_arena_concat(f->arena, record, DC_S(" ")), term);
}

static void finish(struct flat *f, struct dc_spf_flat_record *record, struct dc_slice name, struct dc_slice text)
{
	struct dc_slice *strings = NULL;
	size_t count = 0, capacity = 0;

	/* cut before a space, so that no term is torn and no space can get lost at the end of a line */
	for (size_t start = 0; start < text.len;) {
		size_t len = text.len - start;
		if (len > STRING_MAX)
			for (len = STRING_MAX; len > 1 && text.ptr[start + len] != ' ';)
				len--;
		if (len == 1)
			len = STRING_MAX; /* one endless term */
		DC_PUSH(f->arena, strings, count, capacity) = dc_slice_sub(text, start, len);
		start += len;
	}
	*record = (struct dc_spf_flat_record){name, text, strings, count};
}

/* How many terms from `start` on fit behind "v=spf1" with "-all" at the end. */
static size_t fit(const struct flat *f, size_t start, size_t name_len, size_t most)
{
	size_t used = name_len + sizeof("v=spf1 -all") - 1, compiled = 0, n = 0;

	for (; start + n < f->term_count; n++) {
		struct dc_slice term = f->terms[start + n];
		used += 1 + term.len;
		compiled += dc_slice_starts(term, DC_S("ip4")) ? COMPILED_IP4 : COMPILED_IP6;
		if (used > most || compiled > COMPILED_MAX)
			break;
	}
	return n ? n : start < f->term_count;
}

static struct dc_slice text_of(struct flat *f, size_t start, size_t count)
{
	struct dc_slice text = DC_S("v=spf1");

	for (size_t i = 0; i < count; i++)
		text = join(f, text, f->terms[start + i]);
	return text;
}

/* "%{d}", which means another domain in another record. */
static bool names_its_domain(struct dc_slice text)
{
	for (size_t i = 0; i + 2 < text.len; i++)
		if (text.ptr[i] == '%' && text.ptr[i + 1] == '{' && dc_lower(text.ptr[i + 2]) == 'd')
			return true;
	return false;
}

/* Can the term stand in the record of `base` instead of the include that leads to it? Only when what leads there lets
 * pass, and nothing before it on the way decides otherwise. */
static bool can_be_lifted(const struct dc_spf_use *use, const struct dc_spf_node *base)
{
	if (names_its_domain(use->term->text) || use->term->kind == DC_SPF_REDIRECT || use->term->kind == DC_SPF_PTR)
		return false;
	for (const struct dc_spf_use *at = use; at; at = at->node == base ? NULL : at->node->by) {
		if (at->term->qualifier != '+' || (at != use && at->term->kind != DC_SPF_INCLUDE))
			return false;
		for (const struct dc_spf_use *before = at->node->uses; at->node != base && before < at; before++)
			if (before->term->qualifier && before->term->qualifier != '+')
				return false;
	}
	return true;
}

/* The term of the record of `base` that leads to `use`, or is it; NULL: none does. */
static const struct dc_spf_use *own_term(const struct dc_spf_use *use, const struct dc_spf_node *base)
{
	while (use && use->node != base)
		use = use->node->by;
	return use;
}

/* "-a/24" behind a redirect is about the name of that record: "-a:b.example/24". */
static struct dc_slice text_at_root(struct flat *f, const struct dc_spf_use *use)
{
	const struct dc_spf_term *term = use->term;
	bool own = term->kind == DC_SPF_A || term->kind == DC_SPF_MX || term->kind == DC_SPF_PTR;
	struct dc_slice text;
	size_t head;

	if (!use->node->by || !own || term->domain.len)
		return term->text;
	head = (size_t)(term->name.ptr - term->text.ptr) + term->name.len;
	text = dc_arena_concat(f->arena, dc_slice_sub(term->text, 0, head), DC_S(":"));
	text = dc_arena_concat(f->arena, text, use->node->name);
	return dc_arena_concat(f->arena, text, dc_slice_sub(term->text, head, term->text.len));
}

static struct dc_slice add_term(struct flat *f, struct dc_slice text, const struct dc_spf_use *use)
{
	bool told = false;

	f->out->lookups += use->lookups;
	for (size_t i = 0; i < f->out->failed_count; i++)
		told |= f->failed[i] == use;
	if (use->node->by && names_its_domain(use->term->text) && !told)
		failed(f, use); /* behind a redirect: it cannot be said here */
	return join(f, text, text_at_root(f, use));
}

/* What must stay of one term: itself, or those below it that depend on the message. */
static struct dc_slice add_kept_below(struct flat *f, struct dc_slice text, const struct dc_spf_use *own)
{
	bool stays = false, whole = false;

	for (size_t k = 0; k < f->out->kept_count; k++) {
		if (own_term(f->out->kept[k], own->node) != own)
			continue;
		stays = true;
		whole |= f->out->kept[k] == own || !can_be_lifted(f->out->kept[k], own->node);
	}
	if (whole)
		return add_term(f, text, own);
	for (size_t k = 0; stays && k < f->out->kept_count; k++)
		if (own_term(f->out->kept[k], own->node) == own)
			text = add_term(f, text, f->out->kept[k]);
	return text;
}

/* A term that decides otherwise than the all at the end: "-ip4:192.0.2.1" before "~all". The addresses before it pass, or do
 * not, as they did. */
static bool decides(const struct flat *f, const struct dc_spf_use *use)
{
	char all = f->facts->all ? f->facts->all : '?';

	return !use->dead && !use->covered && use->term->kind < DC_SPF_REDIRECT && use->term->kind != DC_SPF_ALL &&
	       use->term->qualifier != '+' && use->term->qualifier != all;
}

/* The record that a redirect leads to; NULL: none. */
static const struct dc_spf_node *behind_redirect(const struct dc_spf_node *node)
{
	for (size_t i = 0; i < node->use_count; i++)
		if (node->uses[i].term->kind == DC_SPF_REDIRECT && !node->uses[i].dead && node->uses[i].child &&
		    node->uses[i].child->state == DC_SPF_STATE_RECORD)
			return node->uses[i].child;
	return NULL;
}

/* Terms that stay, in their order: of the domain's own record and of those that its redirects lead to. */
static struct dc_slice add_kept(struct flat *f, struct dc_slice text)
{
	for (const struct dc_spf_node *node = f->facts->root; node; node = behind_redirect(node))
		for (size_t i = 0; i < node->use_count; i++) {
			const struct dc_spf_use *use = &node->uses[i];
			if (decides(f, use))
				text = add_term(f, text, use);
			else if (use->term->kind != DC_SPF_REDIRECT)
				text = add_kept_below(f, text, use);
		}
	return text;
}

static struct dc_slice add_all(struct flat *f, struct dc_slice text)
{
	switch (f->facts->all) {
	case '-':
		return join(f, text, DC_S("-all"));
	case '~':
		return join(f, text, DC_S("~all"));
	case '+':
		return join(f, text, DC_S("+all"));
	default:
		return join(f, text, DC_S("?all"));
	}
}

static size_t count_parts(const struct flat *f, size_t most)
{
	size_t parts = 0;

	for (size_t start = 0; start < f->term_count; parts++)
		start += fit(f, start, f->facts->domain.len + sizeof("_spf99.") - 1, most);
	return parts;
}

static void write_records(struct flat *f)
{
	size_t own = f->facts->domain.len, parts = 0, start = 0, most = ANSWER_SMALL;
	struct dc_spf_flat_record *records;
	struct dc_slice text = text_of(f, 0, f->term_count), kept;

	kept = add_kept(f, text);
	if (own + kept.len + sizeof(" -all") - 1 <= ANSWER_SMALL) {
		records = DC_NEW_ARRAY(f->arena, struct dc_spf_flat_record, 1);
		finish(f, records, f->facts->domain, add_all(f, kept));
		f->out->count = 1;
		f->out->records = records;
		return;
	}
	f->out->lookups = 0;
	parts = count_parts(f, most);
	if (parts > DC_SPF_LOOKUP_LIMIT)
		parts = count_parts(f, most = ANSWER_LARGE);
	if (parts > PARTS_MAX)
		parts = PARTS_MAX;
	records = DC_NEW_ARRAY(f->arena, struct dc_spf_flat_record, parts + 1);
	text = DC_S("v=spf1");
	for (size_t i = 0; i < parts; i++) {
		struct dc_slice name = part_name(f, i + 1);
		size_t count = fit(f, start, own + sizeof("_spf99.") - 1, most);
		finish(f, &records[i + 1], name, join(f, text_of(f, start, count), DC_S("-all")));
		text = join(f, text, dc_arena_concat(f->arena, DC_S("include:"), name));
		start += count;
	}
	f->out->complete &= start == f->term_count;
	f->out->lookups = (uint32_t)parts;
	finish(f, &records[0], f->facts->domain, add_all(f, add_kept(f, text)));
	f->out->count = parts + 1;
	f->out->records = records;
}

const struct dc_spf_flat *dc_spf_flatten(struct dc_arena *arena, const struct dc_spf_facts *facts)
{
	struct flat f = {.arena = arena, .facts = facts, .out = DC_NEW(arena, struct dc_spf_flat)};

	f.out->lookups_before = facts->lookups;
	f.out->complete = facts->root->state == DC_SPF_STATE_RECORD && !facts->root->record->fatal && !facts->cut;
	if (facts->root->state != DC_SPF_STATE_RECORD)
		return f.out;
	for (size_t n = 0; n < facts->node_count; n++)
		for (size_t i = 0; i < facts->nodes[n]->use_count; i++)
			look_at_use(&f, &facts->nodes[n]->uses[i]);
	f.out->complete &= !f.out->failed_count && !f.out->kept_count;
	for (size_t i = 0; i < facts->pass4.count && facts->all != '+'; i++)
		add_range(&f, facts->pass4.items[i]);
	for (size_t i = 0; i < facts->pass6.count && facts->all != '+'; i++)
		add_range(&f, facts->pass6.items[i]);
	write_records(&f);
	f.out->complete &= !f.out->failed_count;
	return f.out;
}
