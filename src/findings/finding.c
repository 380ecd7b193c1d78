/* What can be said of a finding without opinion: its row, its names, its words and its fingerprint. */
#include "findings/finding.h"

#include "findings/catalogue.h"

static const char *const severity_names[] = {
	[DC_SEVERITY_OFF] = "off",
	[DC_SEVERITY_NOTICE] = "notice",
	[DC_SEVERITY_WARNING] = "warning",
	[DC_SEVERITY_ERROR] = "error",
};

static const char *const verdict_names[] = {
	[DC_VERDICT_PASS] = "pass",
	[DC_VERDICT_NOT_APPLICABLE] = "not-applicable",
	[DC_VERDICT_INCONCLUSIVE] = "inconclusive",
	[DC_VERDICT_WARN] = "warn",
	[DC_VERDICT_FAIL] = "fail",
};

const char *dc_severity_name(enum dc_severity severity)
{
	return severity_names[severity];
}

bool dc_severity_parse(struct dc_slice text, enum dc_severity *ret_severity)
{
	for (size_t i = 0; i < sizeof(severity_names) / sizeof(severity_names[0]); i++) {
		if (dc_slice_eq(text, dc_slice_of(severity_names[i]))) {
			*ret_severity = (enum dc_severity)i;
			return true;
		}
	}
	return false;
}

const char *dc_verdict_name(enum dc_verdict verdict)
{
	return verdict_names[verdict];
}

const struct dc_catalogue_row *dc_catalogue_row(enum dc_finding_id id)
{
	return &dc_catalogue_rows[id];
}

bool dc_catalogue_find(struct dc_slice slug, enum dc_finding_id *ret_id)
{
	for (size_t i = 0; i < DC_F_COUNT; i++) {
		if (dc_slice_eq(slug, dc_slice_of(dc_catalogue_rows[i].slug))) {
			*ret_id = (enum dc_finding_id)i;
			return true;
		}
	}
	return false;
}

/* ---- words ---- */

/* Measures when `out` is NULL. */
struct writer {
	char *out;
	size_t len;
};

static void put(struct writer *w, struct dc_slice s)
{
	if (w->out && s.len > 0)
		memcpy(w->out + w->len, s.ptr, s.len);
	w->len += s.len;
}

static void put_int(struct writer *w, int64_t number)
{
	char digits[20];
	size_t n = sizeof(digits);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		digits[--n] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		put(w, DC_S("-"));
	put(w, (struct dc_slice){digits + n, sizeof(digits) - n});
}

static void put_arg(struct writer *w, const struct dc_arg *arg)
{
	if (arg->type == DC_ARG_INT) {
		put_int(w, arg->number);
	} else if (arg->type == DC_ARG_TEXT) {
		put(w, arg->text);
	} else {
		for (size_t i = 0; i < arg->count; i++) {
			if (i > 0)
				put(w, DC_S(", "));
			put(w, arg->items[i]);
		}
	}
}

static const struct dc_arg *find_arg(const struct dc_finding *finding, struct dc_slice name)
{
	for (size_t i = 0; i < finding->arg_count; i++) {
		if (dc_slice_eq(dc_slice_of(finding->args[i].name), name))
			return &finding->args[i];
	}
	return NULL;
}

/* Arguments are put in as they are: braces inside them are not looked at again. */
static void fill(struct writer *w, const char *template, const struct dc_finding *finding)
{
	struct dc_slice rest = dc_slice_of(template);

	while (rest.len > 0) {
		size_t open = dc_slice_find(rest, '{'), close;
		const struct dc_arg *arg;

		if (open == SIZE_MAX) {
			put(w, rest);
			return;
		}
		close = dc_slice_find(dc_slice_sub(rest, open, SIZE_MAX), '}');
		arg = close == SIZE_MAX || (open > 0 && rest.ptr[open - 1] == '%') /* an SPF macro */
			      ? NULL
			      : find_arg(finding, dc_slice_sub(rest, open + 1, close - 1));
		put(w, dc_slice_sub(rest, 0, arg ? open : open + 1));
		if (arg)
			put_arg(w, arg);
		rest = dc_slice_sub(rest, arg ? open + close + 1 : open + 1, SIZE_MAX);
	}
}

static struct dc_slice words(struct dc_arena *arena, const char *template, const struct dc_finding *finding)
{
	struct writer w = {0};

	fill(&w, template, finding);
	if (w.len == 0)
		return (struct dc_slice){0};
	w = (struct writer){.out = dc_arena_alloc(arena, w.len)};
	fill(&w, template, finding);
	return (struct dc_slice){w.out, w.len};
}

struct dc_slice dc_finding_message(struct dc_arena *arena, const struct dc_finding *finding)
{
	return words(arena, dc_catalogue_row(finding->id)->message, finding);
}

/* Whoever asks zone files alone is not helped by another resolver. */
static const char outside_fix[] = "The zone files do not tell. Give the zone of that name with --zone too, or add --live to ask live DNS "
				  "for what they do not hold.";

static bool is_outside(const struct dc_finding *finding)
{
	const struct dc_arg *outcome = find_arg(finding, DC_S("outcome"));

	return dc_catalogue_row(finding->id)->inconclusive && outcome &&
	       dc_slice_eq(outcome->text, dc_slice_of(dc_outcome_name(DC_OUTCOME_OUT_OF_SOURCE)));
}

struct dc_slice dc_finding_fix(struct dc_arena *arena, const struct dc_finding *finding)
{
	return words(arena, is_outside(finding) ? outside_fix : dc_catalogue_row(finding->id)->fix, finding);
}

/* ---- fingerprint: FNV-1a, 64 bits; every part ends with its length so that parts cannot run into each other ---- */

static uint64_t hash_number(uint64_t h, uint64_t number)
{
	for (size_t i = 0; i < 8; i++, number >>= 8)
		h = (h ^ (number & 0xff)) * 0x100000001b3;
	return h;
}

static uint64_t hash(uint64_t h, struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3;
	return hash_number(h, s.len);
}

static const uint64_t hash_start = 0xcbf29ce484222325;

static bool is_in(const char *template, const char *name)
{
	struct dc_slice rest = dc_slice_of(template);

	while (rest.len > 0) {
		size_t open = dc_slice_find(rest, '{');

		rest = dc_slice_sub(rest, open == SIZE_MAX ? rest.len : open + 1, SIZE_MAX);
		if (dc_slice_eq(dc_slice_sub(rest, 0, dc_slice_find(rest, '}')), dc_slice_of(name)))
			return true;
	}
	return false;
}

/* Not what only the advice names, nor whole records: they change with parts of the zone that have nothing to do with it.
 * Nor the reasons beside the fact. Who answered and how it failed changes from run to run; the question does not.
 * Where a waiver stands changes with the lines above it. */
static bool identifies(const struct dc_finding *finding, const struct dc_arg *arg)
{
	static const char *const never[] = {"record", "why", "given_at"};
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	bool failure = strcmp(arg->name, "server") == 0 || strcmp(arg->name, "outcome") == 0;

	if (arg->type == DC_ARG_INT || !is_in(row->message, arg->name) || (row->inconclusive && failure))
		return false;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (strcmp(arg->name, never[i]) == 0)
			return false;
	}
	return true;
}

struct dc_slice dc_finding_fingerprint(struct dc_arena *arena, const struct dc_finding *finding)
{
	uint64_t h = hash(hash_start, dc_slice_of(dc_catalogue_row(finding->id)->slug));

	h = hash(h, finding->subject);
	for (size_t i = 0; i < finding->arg_count; i++) {
		const struct dc_arg *arg = &finding->args[i];
		uint64_t sum = 0; /* of the items: servers hand out sets in changing order */

		if (!identifies(finding, arg))
			continue;
		h = hash(h, dc_slice_of(arg->name));
		if (arg->type == DC_ARG_TEXT)
			h = hash(h, arg->text);
		for (size_t j = 0; arg->type == DC_ARG_LIST && j < arg->count; j++)
			sum += hash(hash_start, arg->items[j]);
		if (arg->type == DC_ARG_LIST)
			h = hash_number(h, sum);
	}
	char digits[16];

	for (size_t i = sizeof(digits); i-- > 0; h >>= 4)
		digits[i] = "0123456789abcdef"[h & 15];
	return dc_arena_dup(arena, (struct dc_slice){digits, sizeof(digits)});
}
