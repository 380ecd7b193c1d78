/* Which selectors to ask for: the ladder of given, provider, common and dated names. The tables are made from
 * data/selectors.json and data/providers.json. */
#include "dkim/build.h"

#include "dkim/selectors.gen.h"

enum {
	YEARS_BACK = 5,   /* of selectors made of a year */
	MONTHS_BACK = 18, /* of selectors made of a month: three rotations at the pace of M3AAWG */
};

#define TABLE_SIZE(table) (sizeof(table) / sizeof((table)[0]))

/* `selector` is canonical, as those of the tables are. */
static void add(struct dc_dkim_build *build, struct dc_slice selector, enum dc_dkim_origin origin, bool likely)
{
	if (!selector.len || build->candidate_count >= DC_DKIM_CANDIDATES_MAX)
		return;
	for (size_t i = 0; i < build->candidate_count; i++)
		if (dc_slice_eq(build->candidates[i].selector, selector)) {
			build->candidates[i].likely |= likely;
			return;
		}
	DC_PUSH(build->asker->arena, build->candidates, build->candidate_count, build->candidate_capacity) =
		(struct dc_dkim_candidate){selector, origin, likely};
}

void dc_dkim_add(struct dc_dkim_build *build, struct dc_slice text, enum dc_dkim_origin origin)
{
	struct dc_arena *arena = build->asker->arena;
	struct dc_slice selector = text, suffix = dc_arena_concat(arena, DC_S("."), build->node_name);

	if (dc_slice_ends_nocase(selector, suffix))
		selector.len -= suffix.len;
	if (!dc_name_normalize(arena, selector, &selector))
		selector = dc_arena_lower(arena, selector);
	add(build, selector, origin, false);
}

/* Year and month `back` months before the clock, by the civil calendar (days since 1970-01-01; H. Hinnant's algorithm). */
static void month_before(int64_t now_s, int back, int *ret_year, int *ret_month)
{
	int64_t days = now_s / 86400 + 719468, era = days / 146097, day = days - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t in_year = day - (365 * year + year / 4 - year / 100), march = (5 * in_year + 2) / 153;
	int64_t month = march < 10 ? march + 3 : march - 9, months;

	year += era * 400 + (month <= 2);
	months = year * 12 + month - 1 - back;
	*ret_year = (int)(months / 12);
	*ret_month = (int)(months % 12) + 1;
}

/* %Y %y %m filled in. */
static struct dc_slice fill_date(struct dc_arena *arena, const char *pattern, int year, int month)
{
	struct dc_slice text = {0};

	for (; *pattern; pattern++) {
		if (*pattern != '%')
			text = dc_arena_concat(arena, text, (struct dc_slice){pattern, 1});
		else if (*++pattern == 'Y')
			text = dc_arena_concat(arena, text, dc_arena_printf(arena, "%04d", year));
		else if (*pattern == 'y')
			text = dc_arena_concat(arena, text, dc_arena_printf(arena, "%02d", year % 100));
		else
			text = dc_arena_concat(arena, text, dc_arena_printf(arena, "%02d", month));
	}
	return text;
}

static void add_dates(struct dc_dkim_build *build, const char *pattern)
{
	bool monthly = strstr(pattern, "%m") != NULL;
	int year, month;

	/* A name for each day would be hundreds of questions; a clock before 1971 is none. */
	if (strstr(pattern, "%d") || build->input->now_s < INT64_C(365) * 86400)
		return;
	for (int back = 0; back < (monthly ? MONTHS_BACK : YEARS_BACK); back++) {
		month_before(build->input->now_s, monthly ? back : 12 * back, &year, &month);
		add(build, fill_date(build->asker->arena, pattern, year, month), DC_DKIM_DATE, false);
	}
}

void dc_dkim_add_provider(struct dc_dkim_build *build, const struct dc_provider_row *row)
{
	bool dates = build->input->lone || build->input->search == DC_DKIM_SEARCH_ALL;

	for (size_t i = 0; i < row->selector_count; i++)
		if (!row->selectors[i].dates)
			add(build, dc_slice_of(row->selectors[i].selector), DC_DKIM_PROVIDER, false);
		else if (dates)
			add_dates(build, row->selectors[i].selector);
}

void dc_dkim_add_ladder(struct dc_dkim_build *build)
{
	const struct dc_dkim_input *input = build->input;
	const struct dc_provider_facts *providers = input->providers;

	for (size_t i = 0; i < input->selector_count && i < DC_DKIM_GIVEN_MAX; i++)
		dc_dkim_add(build, input->selectors[i], DC_DKIM_GIVEN);
	if (input->search == DC_DKIM_SEARCH_NONE)
		return;
	for (size_t i = 0; providers && i < providers->count; i++)
		dc_dkim_add_provider(build, providers->items[i].row);
	for (size_t i = 0; i < TABLE_SIZE(likely_selectors); i++)
		add(build, dc_slice_of(likely_selectors[i]), DC_DKIM_COMMON, true);
	if (input->search != DC_DKIM_SEARCH_ALL)
		return;
	for (size_t i = 0; i < TABLE_SIZE(common_selectors); i++)
		add(build, dc_slice_of(common_selectors[i]), DC_DKIM_COMMON, false);
	for (size_t i = 0; i < TABLE_SIZE(date_selectors); i++)
		add_dates(build, date_selectors[i]);
}

const struct dc_provider_row *dc_dkim_owner_of(struct dc_slice selector)
{
	const struct dc_provider_row *row;

	for (size_t i = 0; (row = dc_provider_at(i)); i++)
		for (size_t j = 0; j < row->selector_count; j++)
			if (!row->selectors[j].shared && !row->selectors[j].dates &&
			    dc_slice_eq(selector, dc_slice_of(row->selectors[j].selector)))
				return row;
	return NULL;
}

struct dc_slice dc_dkim_probe_label(struct dc_arena *arena, struct dc_slice domain)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (size_t i = 0; i < domain.len; i++)
		hash = (hash ^ (unsigned char)domain.ptr[i]) * UINT64_C(1099511628211);
	static const char lead[] = "no-such-key-";
	char label[sizeof lead - 1 + 16];

	memcpy(label, lead, sizeof lead - 1);
	for (size_t i = sizeof label; i-- > sizeof lead - 1; hash >>= 4)
		label[i] = "0123456789abcdef"[hash & 15];
	return dc_arena_dup(arena, (struct dc_slice){label, sizeof label});
}
