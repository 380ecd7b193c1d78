/* Providers told from names. Pure; the table is provider.gen.h, made from data/providers.json.
 *
 * Deliberately not here: products that leave no trace of their own in DNS (they send through another provider). */
#include "provider/provider.h"

struct suffix {
	enum dc_provider_by by;
	struct dc_slice text; /* "*" is one label; the longest come first */
	size_t row;
};

#include "provider/provider.gen.h"

enum { ROWS = sizeof(provider_rows) / sizeof(provider_rows[0]), SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]) };

const char *dc_provider_by_name(enum dc_provider_by by)
{
	static const char *const names[] = {"mx", "spf", "cname"};

	return names[by];
}

const struct dc_provider_row *dc_provider_at(size_t i)
{
	return i < ROWS ? &provider_rows[i] : NULL;
}

const struct dc_provider_row *dc_provider_find(struct dc_slice id)
{
	for (size_t i = 0; i < ROWS; i++)
		if (dc_slice_eq(dc_slice_of(provider_rows[i].id), id))
			return &provider_rows[i];
	return NULL;
}

/* The right-most label of *name, which loses it. */
static struct dc_slice last_label(struct dc_slice *name)
{
	size_t start = name->len;
	struct dc_slice label;

	/* An escaped dot ("\\.") is part of its label. */
	while (start && (name->ptr[start - 1] != '.' || (start > 1 && name->ptr[start - 2] == '\\')))
		start--;
	label = dc_slice_sub(*name, start, name->len - start);
	*name = dc_slice_sub(*name, 0, start ? start - 1 : 0);
	return label;
}

static bool suffix_matches(struct dc_slice suffix, struct dc_slice name)
{
	while (suffix.len) {
		struct dc_slice want = last_label(&suffix), have = last_label(&name);

		if (!have.len || (!dc_slice_eq(want, DC_S("*")) && !dc_slice_eq_nocase(want, have)))
			return false;
	}
	return true;
}

enum { TAIL = 8 };

/* A quick no: the last octets, letters folded (and some others, which does no harm), are not the same. */
static bool tail_differs(const char *suffix_end, const char *name_end)
{
	static const uint64_t ones = 0x0101010101010101u, fold = ones * 0x20;
	uint64_t a, b, stars;

	memcpy(&a, suffix_end - TAIL, TAIL);
	memcpy(&b, name_end - TAIL, TAIL);
	stars = a ^ ones * '*';
	return (a | fold) != (b | fold) && !((stars - ones) & ~stars & ones << 7);
}

const struct dc_provider_row *dc_provider_of(enum dc_provider_by by, struct dc_slice name)
{
	for (size_t i = 0; i < SUFFIXES; i++) {
		struct dc_slice text = suffixes[i].text;

		if (suffixes[i].by != by)
			continue;
		if (name.len >= TAIL && text.len >= TAIL &&
		    tail_differs(text.ptr + text.len, name.ptr + name.len))
			continue;
		if (suffix_matches(text, name))
			return &provider_rows[suffixes[i].row];
	}
	return NULL;
}

struct build {
	struct dc_arena *arena;
	struct dc_provider *items;
	size_t count, capacity;
	struct reasons {
		struct dc_provider_reason *items;
		size_t count, capacity;
	} *reasons; /* of each provider, by index */
	size_t reasons_capacity;
};

static size_t provider_index(struct build *build, const struct dc_provider_row *row)
{
	size_t count = build->count;

	for (size_t i = 0; i < count; i++)
		if (build->items[i].row == row)
			return i;
	DC_PUSH(build->arena, build->reasons, count, build->reasons_capacity) = (struct reasons){0};
	DC_PUSH(build->arena, build->items, build->count, build->capacity) = (struct dc_provider){.row = row};
	return build->count - 1;
}

static void add_reason(struct build *build, const struct dc_provider_row *row, enum dc_provider_by by,
		       struct dc_slice name)
{
	size_t index = provider_index(build, row);
	struct dc_provider *provider = &build->items[index];
	struct reasons *reasons = &build->reasons[index];

	for (size_t i = 0; i < reasons->count; i++)
		if (reasons->items[i].by == by && dc_slice_eq(reasons->items[i].name, name))
			return;
	DC_PUSH(build->arena, reasons->items, reasons->count, reasons->capacity) =
		(struct dc_provider_reason){by, name};
	provider->hosts |= by == DC_PROVIDER_BY_MX;
	provider->sends |= by != DC_PROVIDER_BY_MX;
}

static void add_names(struct build *build, enum dc_provider_by by, const struct dc_slice *names, size_t count)
{
	for (size_t i = 0; i < count && i < DC_PROVIDER_NAMES_MAX; i++) {
		const struct dc_provider_row *row = dc_provider_of(by, names[i]);

		if (row)
			add_reason(build, row, by, names[i]);
	}
}

static const struct dc_provider_facts *finish(struct build *build)
{
	struct dc_provider_facts *facts = DC_NEW(build->arena, struct dc_provider_facts);

	for (size_t i = 0; i < build->count; i++) {
		build->items[i].by = build->reasons[i].items;
		build->items[i].by_count = build->reasons[i].count;
	}
	facts->items = build->items;
	facts->count = build->count;
	return facts;
}

const struct dc_provider_facts *dc_provider_build(struct dc_asker *asker, struct dc_slice domain,
						  const struct dc_slice *mx_hosts, size_t mx_host_count,
						  const struct dc_slice *spf_names, size_t spf_name_count)
{
	struct build build = {.arena = asker->arena};

	(void)domain;
	add_names(&build, DC_PROVIDER_BY_MX, mx_hosts, mx_host_count);
	add_names(&build, DC_PROVIDER_BY_SPF, spf_names, spf_name_count);
	return finish(&build);
}

const struct dc_provider_facts *dc_provider_with_cnames(struct dc_asker *asker, const struct dc_provider_facts *facts,
							const struct dc_slice *targets, size_t count)
{
	struct build build = {.arena = asker->arena};

	for (size_t i = 0; i < facts->count; i++)
		for (size_t j = 0; j < facts->items[i].by_count; j++)
			add_reason(&build, facts->items[i].row, facts->items[i].by[j].by, facts->items[i].by[j].name);
	add_names(&build, DC_PROVIDER_BY_CNAME, targets, count);
	return finish(&build);
}
