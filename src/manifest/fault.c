/* Faults of a manifest: keeping them in order, and the word that was meant. */
#include "manifest/fault.h"

#include "base/escape.h"
#include "policy/glob.h"

enum { SHOWN_MAX = 80, BEGUN_MIN = 4 };

void dc_fault_add(struct dc_faults *faults, struct dc_place place, struct dc_slice text)
{
	if (faults->count < DC_FAULTS_MAX)
		faults->items[faults->count++] = (struct dc_fault){place, text};
	else
		faults->more++;
}

static bool is_before(struct dc_place a, struct dc_place b)
{
	return a.line != b.line ? a.line < b.line : a.column < b.column;
}

void dc_faults_sort(struct dc_faults *faults)
{
	for (size_t i = 1; i < faults->count; i++) {
		struct dc_fault fault = faults->items[i];
		size_t k = i;
		for (; k > 0 && is_before(fault.place, faults->items[k - 1].place); k--)
			faults->items[k] = faults->items[k - 1];
		faults->items[k] = fault;
	}
}

const char *dc_fault_show(struct dc_faults *faults, struct dc_slice text)
{
	char shown[SHOWN_MAX];
	(void)dc_escape_line(shown, sizeof shown, text);
	return dc_arena_printf(faults->arena, "%s", shown).ptr;
}

/* "mail_from" and "Mail-From" are "mail-from" with nothing wrong but the spelling. */
static size_t fold(struct dc_slice text, char out[SHOWN_MAX])
{
	size_t n = 0;
	for (; n < text.len && n < SHOWN_MAX - 1; n++)
		out[n] = text.ptr[n] == '_' || text.ptr[n] == ' ' ? '-' : dc_lower(text.ptr[n]);
	return n;
}

const char *dc_fault_near(struct dc_slice text, const char *const *words)
{
	char typed[SHOWN_MAX], word[SHOWN_MAX];
	struct dc_slice a = {typed, fold(text, typed)};
	size_t best_distance = a.len <= 4 ? 1 : a.len <= 8 ? 2 : 3;
	const char *best = NULL, *begun = NULL;
	if (text.len == 0 || text.len >= SHOWN_MAX)
		return NULL;
	for (size_t i = 0; i < DC_NEAR_WORDS_MAX && words[i]; i++) {
		struct dc_slice b = {word, fold(dc_slice_of(words[i]), word)};
		begun = !begun && a.len >= BEGUN_MIN && dc_slice_starts(b, a) ? words[i] : begun;
		size_t distance = dc_edit_distance(a, b, best_distance);
		if (distance > best_distance || (best && distance == best_distance))
			continue;
		best = words[i];
		best_distance = distance;
	}
	return best ? best : begun;
}
