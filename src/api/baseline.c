/* What is kept of an earlier report. The file may come from anywhere: whatever is not where a report has it is an error or
 * left out, never trusted. Of a domain that is there several times the last object counts. */
#include "api/baseline.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/config.h"
#include "base/escape.h"
#include "diff/scan.h"
#include "dkim/dkim.h"
#include "history/history.h"
#include "mta_sts/mta_sts.h"
#include "source/file.h"

struct known {
	struct dc_slice domain, fingerprint;
	size_t object; /* the how-many-eth domain object it stands in */
};

struct dc_baseline {
	struct dc_arena *arena;
	struct known *findings; /* sorted */
	size_t finding_count, finding_capacity;
	size_t object_count;
	struct dc_dkim_seen *keys;
	size_t key_count, key_capacity;
	struct dc_mta_sts_seen *policies; /* sorted */
	size_t policy_count, policy_capacity;
	struct dc_slice when; /* "2026-11-20T12:00:00Z"; empty: not said */
	int64_t when_s;
};

static struct dc_slice text_of(struct dc_arena *arena, const json_t *object, const char *key)
{
	return dc_arena_dup(arena, dc_scan_text(object, key));
}

/* An entry without a fingerprint says that the domain was there. */
static void take_findings(struct dc_baseline *baseline, struct dc_slice domain, const json_t *list)
{
	struct dc_arena *arena = baseline->arena;
	struct known known = {.domain = domain, .object = ++baseline->object_count};
	DC_PUSH(arena, baseline->findings, baseline->finding_count, baseline->finding_capacity) = known;
	for (size_t i = 0; i < json_array_size(list); i++) {
		known.fingerprint = text_of(arena, json_array_get(list, i), "fingerprint");
		if (known.fingerprint.len)
			DC_PUSH(arena, baseline->findings, baseline->finding_count, baseline->finding_capacity) = known;
	}
}

static void take_keys(struct dc_baseline *baseline, const json_t *domain)
{
	struct dc_arena *arena = baseline->arena;
	const json_t *dkim = json_object_get(json_object_get(domain, "facts"), "dkim");
	const json_t *list = json_object_get(dkim, "selectors");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct dc_dkim_seen seen = {.name = text_of(arena, item, "name"),
					    .fingerprint = text_of(arena, item, "key_fingerprint"),
					    .since_s = baseline->when_s};
		int64_t since;
		if (dc_time_parse(dc_scan_text(item, "key_since"), &since))
			seen.since_s = since;
		if (seen.name.len && seen.fingerprint.len && seen.since_s)
			DC_PUSH(arena, baseline->keys, baseline->key_count, baseline->key_capacity) = seen;
	}
}

/* A policy that senders took: its mode stands beside the record. */
static void take_policy(struct dc_baseline *baseline, struct dc_slice domain, const json_t *object)
{
	struct dc_arena *arena = baseline->arena;
	const json_t *sts = json_object_get(json_object_get(object, "facts"), "mta_sts"), *policy = json_object_get(sts, "policy");
	const json_t *list = json_object_get(policy, "mx"), *age = json_object_get(policy, "max_age");
	size_t count = json_array_size(list) < DC_MTA_STS_PATTERN_MAX ? json_array_size(list) : DC_MTA_STS_PATTERN_MAX;
	struct dc_slice *patterns = DC_NEW_ARRAY(arena, struct dc_slice, count + 1);
	struct dc_mta_sts_seen seen = {.domain = domain, .id = text_of(arena, sts, "id"), .mode = text_of(arena, sts, "mode"),
				       .patterns = patterns, .number = baseline->policy_count};
	if (!seen.id.len || !seen.mode.len || !json_is_integer(age) || json_integer_value(age) < 0)
		return;
	seen.max_age_s = (uint64_t)json_integer_value(age);
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(list, i);
		patterns[seen.pattern_count++] = dc_arena_dup(arena, (struct dc_slice){json_string_value(item), json_string_length(item)});
	}
	DC_PUSH(arena, baseline->policies, baseline->policy_count, baseline->policy_capacity) = seen;
}

static bool take_domain(void *user, const json_t *object, struct dc_error *err)
{
	struct dc_baseline *baseline = user;
	if (DC_ARENA_GUARD(baseline->arena)) { /* not fuzzed: takes a file of many MiB */
		(void)dc_error_set(err, DC_ERR_INPUT, "the baseline takes more than %d MiB of memory", DC_SCAN_REPORT_MAX >> 20);
		return false;
	}
	struct dc_slice domain = text_of(baseline->arena, object, "domain");
	take_findings(baseline, domain, json_object_get(object, "findings"));
	take_keys(baseline, object);
	take_policy(baseline, domain, object);
	return true;
}

static void take_member(void *user, struct dc_slice key, const json_t *value)
{
	struct dc_baseline *baseline = user;
	struct dc_slice when = {json_string_value(value), json_string_length(value)};
	if (!dc_slice_eq(key, DC_S("started")) || DC_ARENA_GUARD(baseline->arena))
		return;
	if (dc_time_parse(when, &baseline->when_s))
		baseline->when = dc_arena_dup(baseline->arena, when);
}

/* By domain, the last object of a domain first. */
static int by_object(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int order = dc_slice_cmp(x->domain, y->domain);
	return order ? order : (x->object < y->object) - (x->object > y->object);
}

static int compare(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int order = dc_slice_cmp(x->domain, y->domain);
	return order ? order : dc_slice_cmp(x->fingerprint, y->fingerprint);
}

static void sort(struct dc_baseline *baseline)
{
	size_t kept = 0, last = 0;
	if (baseline->policy_count)
		qsort(baseline->policies, baseline->policy_count, sizeof *baseline->policies, dc_mta_sts_seen_compare);
	if (!baseline->finding_count)
		return;
	qsort(baseline->findings, baseline->finding_count, sizeof *baseline->findings, by_object);
	for (size_t i = 0; i < baseline->finding_count; i++) {
		const struct known *known = &baseline->findings[i];
		if (i == 0 || !dc_slice_eq(known->domain, baseline->findings[kept - 1].domain))
			last = known->object;
		if (known->object == last)
			baseline->findings[kept++] = *known;
	}
	baseline->finding_count = kept;
	qsort(baseline->findings, kept, sizeof *baseline->findings, compare);
}

static enum dc_status take_report(struct dc_baseline *baseline, const char *path, struct dc_slice text, struct dc_error *err)
{
	char shown[120], named[160];
	struct dc_scan scan = {.shown = named, .user = baseline, .member = take_member, .domain = take_domain};
	(void)snprintf(named, sizeof named, "--baseline: %s", dc_escape_line(shown, sizeof shown, dc_slice_of(path)));
	enum dc_status status = dc_scan_reports(&scan, text, err);
	if (status == DC_OK)
		sort(baseline);
	return status;
}

/* What the latest audits of a store found, and since when its keys are known.
 * not fuzzed: a database of our own, read by SQLite */
static enum dc_status take_store(struct dc_baseline *baseline, const char *path, struct dc_error *err)
{
	struct dc_arena *arena = baseline->arena;
	struct dc_history *history;
	const struct dc_history_run *runs;
	const struct dc_history_finding *findings = NULL;
	const struct dc_history_key *keys = NULL;
	size_t run_count = 0, finding_count = 0, key_count = 0;
	enum dc_status status = dc_history_open_store(path, false, &history, err);
	if (status != DC_OK)
		return status;
	status = dc_history_runs(history, arena, &runs, &run_count, err);
	if (status == DC_OK)
		status = dc_history_findings(history, DC_S(""), arena, &findings, &finding_count, err);
	if (status == DC_OK)
		status = dc_history_keys(history, DC_S(""), arena, &keys, &key_count, err);
	dc_history_close_store(history);
	if (status == DC_OK && DC_ARENA_GUARD(arena))
		status = dc_error_set(err, DC_ERR_INPUT, "the baseline takes more than %d MiB of memory", DC_SCAN_REPORT_MAX >> 20);
	if (status != DC_OK)
		return status;
	if (run_count && dc_time_parse(runs[run_count - 1].started, &baseline->when_s))
		baseline->when = runs[run_count - 1].started;
	for (size_t i = 0; i < finding_count; i++)
		if (findings[i].open)
			DC_PUSH(arena, baseline->findings, baseline->finding_count, baseline->finding_capacity) =
				(struct known){.domain = findings[i].domain, .fingerprint = findings[i].fingerprint};
	for (size_t i = 0; i < key_count; i++) {
		struct dc_dkim_seen seen = {.name = keys[i].name, .fingerprint = keys[i].fingerprint};
		if (dc_time_parse(keys[i].first_seen, &seen.since_s))
			DC_PUSH(arena, baseline->keys, baseline->key_count, baseline->key_capacity) = seen;
	}
	sort(baseline);
	return DC_OK;
}

static struct dc_baseline *new_baseline(struct dc_error *err)
{
	struct dc_baseline *baseline = calloc(1, sizeof *baseline);
	if (baseline && (baseline->arena = dc_arena_new(DC_SCAN_REPORT_MAX)))
		return baseline;
	free(baseline); /* not fuzzed: out of memory */
	(void)dc_error_set(err, DC_ERR_NOMEM, "out of memory for the baseline"); /* not fuzzed: out of memory */
	return NULL; /* not fuzzed: out of memory */
}

static enum dc_status done(struct dc_baseline *baseline, enum dc_status status, struct dc_baseline **ret_baseline)
{
	if (status == DC_OK)
		*ret_baseline = baseline;
	else
		dc_baseline_free(baseline);
	return status;
}

enum dc_status dc_baseline_parse(const char *shown, struct dc_slice text, struct dc_baseline **ret_baseline, struct dc_error *err)
{
	struct dc_baseline *baseline = new_baseline(err);
	return baseline ? done(baseline, take_report(baseline, shown, text, err), ret_baseline) : DC_ERR_NOMEM;
}

enum dc_status dc_baseline_read(const char *path, struct dc_baseline **ret_baseline, struct dc_error *err)
{
	struct dc_baseline *baseline = new_baseline(err);
	struct dc_buf file;
	if (!baseline)
		return DC_ERR_NOMEM; /* not fuzzed: out of memory */
	if (dc_slice_starts(dc_slice_of(path), DC_S("history:"))) { /* not fuzzed: a database of our own, read by SQLite */
		return done(baseline, take_store(baseline, path + sizeof "history:" - 1, err), ret_baseline);
	}
	dc_buf_init(&file, DC_SCAN_REPORT_MAX);
	enum dc_status status = dc_file_read(path, &file, err);
	if (status == DC_OK)
		status = take_report(baseline, path, dc_buf_slice(&file), err);
	dc_buf_free(&file);
	return done(baseline, status, ret_baseline);
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
		struct known key = {.domain = domain, .fingerprint = dc_finding_fingerprint(arena, finding)};
		if (!dc_catalogue_row(finding->id)->inconclusive &&
		    bsearch(&key, baseline->findings, baseline->finding_count, sizeof *baseline->findings, compare))
			finding->waived = baseline->when.len ? dc_arena_printf(arena, "known since the baseline of %.*s",
									       DC_FMT(baseline->when))
							     : DC_S("known since the baseline");
	}
}

const struct dc_mta_sts_seen *dc_baseline_policies(const struct dc_baseline *baseline, size_t *ret_count)
{
	*ret_count = baseline ? baseline->policy_count : 0;
	return baseline ? baseline->policies : NULL;
}

const struct dc_dkim_seen *dc_baseline_keys(const struct dc_baseline *baseline, size_t *ret_count)
{
	*ret_count = baseline ? baseline->key_count : 0;
	return baseline ? baseline->keys : NULL;
}
