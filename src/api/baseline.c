/* Reading earlier reports. The file may come from anywhere: whatever is not where a report has it is an error or left out,
 * never trusted. */
#include "api/baseline.h"

#include <stdlib.h>

#include <jansson.h>

#include "api/config.h"
#include "base/escape.h"
#include "dkim/dkim.h"
#include "source/file.h"

enum { BASELINE_MAX = 256 << 20 }; /* octets: a report of some 20,000 domains */

struct known {
	struct dc_slice domain, fingerprint;
};

struct dc_baseline {
	struct dc_arena *arena;
	struct known *findings; /* sorted */
	size_t finding_count, finding_capacity;
	struct dc_dkim_seen *keys;
	size_t key_count, key_capacity;
	struct dc_slice when; /* "2026-11-20T12:00:00Z"; empty: not said */
	int64_t when_s;
};

static struct dc_slice text_of(struct dc_arena *arena, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_string(value))
		return (struct dc_slice){0};
	return dc_arena_dup(arena, (struct dc_slice){json_string_value(value), json_string_length(value)});
}

static void take_findings(struct dc_arena *arena, struct dc_baseline *baseline, struct dc_slice domain, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct dc_slice fingerprint = text_of(arena, json_array_get(list, i), "fingerprint");
		if (fingerprint.len)
			DC_PUSH(arena, baseline->findings, baseline->finding_count, baseline->finding_capacity) =
				(struct known){domain, fingerprint};
	}
}

static void take_keys(struct dc_arena *arena, struct dc_baseline *baseline, const json_t *domain)
{
	const json_t *dkim = json_object_get(json_object_get(domain, "facts"), "dkim");
	const json_t *list = json_object_get(dkim, "selectors");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct dc_dkim_seen seen = {.name = text_of(arena, item, "name"),
					    .fingerprint = text_of(arena, item, "key_fingerprint"),
					    .since_s = baseline->when_s};
		int64_t since;
		if (dc_time_parse(text_of(arena, item, "key_since"), &since))
			seen.since_s = since;
		if (seen.name.len && seen.fingerprint.len && seen.since_s)
			DC_PUSH(arena, baseline->keys, baseline->key_count, baseline->key_capacity) = seen;
	}
}

static bool take_domain(struct dc_arena *arena, struct dc_baseline *baseline, const json_t *object)
{
	struct dc_slice domain = text_of(arena, object, "domain");
	const json_t *findings = json_object_get(object, "findings");
	if (domain.len == 0 || !json_is_array(findings))
		return false;
	take_findings(arena, baseline, domain, findings);
	take_keys(arena, baseline, object);
	return true;
}

static bool take(struct dc_arena *arena, struct dc_baseline *baseline, const json_t *value)
{
	const json_t *domains = json_object_get(value, "domains");
	if (!domains)
		return take_domain(arena, baseline, value);
	baseline->when = text_of(arena, value, "started");
	if (!dc_time_parse(baseline->when, &baseline->when_s))
		baseline->when = (struct dc_slice){0};
	for (size_t i = 0; i < json_array_size(domains); i++)
		if (!take_domain(arena, baseline, json_array_get(domains, i)))
			return false;
	return json_is_array(domains);
}

static int compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int order = dc_slice_cmp(x->domain, y->domain);
	return order ? order : dc_slice_cmp(x->fingerprint, y->fingerprint);
}

/* Takes over `value`, also when the arena is spent. */
static bool take_guarded(struct dc_baseline *baseline, json_t *value)
{
	volatile bool taken = false; /* survives the jump */
	if (!DC_ARENA_GUARD(baseline->arena))
		taken = take(baseline->arena, baseline, value);
	json_decref(value);
	return taken;
}

static enum dc_status parse(struct dc_baseline *baseline, const char *path, struct dc_slice text, struct dc_error *err)
{
	char shown[120];
	(void)dc_escape_line(shown, sizeof shown, dc_slice_of(path));
	text = dc_slice_trim(text);
	if (text.len == 0)
		return dc_error_set(err, DC_ERR_INPUT, "--baseline: %s is empty", shown);
	while (text.len) {
		json_error_t fault;
		json_t *value = json_loadb(text.ptr, text.len, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &fault);
		if (!value)
			return dc_error_set(err, DC_ERR_INPUT, "--baseline: %s is no JSON report", shown);
		if (!take_guarded(baseline, value) || fault.position <= 0)
			return dc_error_set(err, DC_ERR_INPUT, "--baseline: %s is no report of domaincheck: write one with -f json",
					    shown);
		text = dc_slice_trim(dc_slice_sub(text, (size_t)fault.position, SIZE_MAX));
	}
	if (baseline->finding_count)
		qsort(baseline->findings, baseline->finding_count, sizeof *baseline->findings, compare);
	return DC_OK;
}

enum dc_status dc_baseline_read(const char *path, struct dc_baseline **ret_baseline, struct dc_error *err)
{
	struct dc_buf file;
	struct dc_baseline *baseline = calloc(1, sizeof *baseline);
	if (!baseline || !(baseline->arena = dc_arena_new(BASELINE_MAX))) {
		free(baseline);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the baseline");
	}
	dc_buf_init(&file, BASELINE_MAX);
	enum dc_status status = dc_file_read(path, &file, err);
	if (status == DC_OK)
		status = parse(baseline, path, dc_buf_slice(&file), err);
	dc_buf_free(&file);
	if (status == DC_OK)
		*ret_baseline = baseline;
	else
		dc_baseline_free(baseline);
	return status;
}

void dc_baseline_free(struct dc_baseline *baseline)
{
	if (!baseline)
		return;
	dc_arena_free(baseline->arena);
	free(baseline);
}

void dc_baseline_apply(const struct dc_baseline *baseline, struct dc_slice domain, struct dc_finding_list *list,
		       struct dc_arena *arena)
{
	for (size_t i = 0; baseline && baseline->finding_count && i < list->count; i++) {
		struct dc_finding *finding = &list->items[i];
		struct known key = {domain, dc_finding_fingerprint(arena, finding)};
		if (!dc_catalogue_row(finding->id)->inconclusive &&
		    bsearch(&key, baseline->findings, baseline->finding_count, sizeof *baseline->findings, compare))
			finding->waived = baseline->when.len ? dc_arena_printf(arena, "known since the baseline of %.*s",
									       DC_FMT(baseline->when))
							     : DC_S("known since the baseline");
	}
}

const struct dc_dkim_seen *dc_baseline_keys(const struct dc_baseline *baseline, size_t *ret_count)
{
	*ret_count = baseline ? baseline->key_count : 0;
	return baseline ? baseline->keys : NULL;
}
