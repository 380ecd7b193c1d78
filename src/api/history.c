/* The store from outside: reports into it, what it knows out of it. A report may come from anywhere: what is not where a
 * report has it is an error or left out, never trusted. */
#include <stdlib.h>

#include <domaincheck/domaincheck.h>

#include "api/history.h"
#include "base/civil.h"
#include "base/escape.h"
#include "diff/scan.h"
#include "render/history.h"
#include "source/clock.h"
#include "source/file.h"

enum {
	HISTORY_MAX = 1 << 30,   /* of what is shown at once */
	SHOWN_MAX = 256 << 20,   /* of the page */
};

/* The report that is being added. */
struct adding {
	struct dc_history *history;
	uint64_t domains;
	char started[DC_CIVIL_STAMP_LEN + 1], finished[DC_CIVIL_STAMP_LEN + 1]; /* empty: not said */
	enum dc_status status;
};

/* ---- one domain ---- */

static enum dc_status add_findings(struct dc_history *history, const json_t *object, struct dc_history_domain *domain,
				   struct dc_error *err)
{
	enum dc_status status = DC_OK;
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(object, "findings"), i, item)
	{
		struct dc_history_finding finding = {
			.domain = domain->domain, .fingerprint = dc_scan_text(item, "fingerprint"), .id = dc_scan_text(item, "id"),
			.check = dc_scan_text(item, "check"), .severity = dc_scan_text(item, "severity"),
			.subject = dc_scan_text(item, "subject"),
			.message = dc_scan_text(item, "message"), .inconclusive = json_is_true(json_object_get(item, "inconclusive")),
			.waived = json_object_get(item, "waived") != NULL};
		if (!finding.fingerprint.len || !finding.id.len || status != DC_OK)
			continue;
		domain->waived += finding.waived;
		domain->inconclusive += !finding.waived && finding.inconclusive;
		bool counts = !finding.waived && !finding.inconclusive;
		domain->errors += counts && dc_slice_eq(finding.severity, DC_S("error"));
		domain->warnings += counts && dc_slice_eq(finding.severity, DC_S("warning"));
		domain->notices += counts && dc_slice_eq(finding.severity, DC_S("notice"));
		status = dc_history_add_finding(history, &finding, err);
	}
	return status;
}

static enum dc_status add_keys(struct dc_history *history, const json_t *dkim, struct dc_slice domain, struct dc_error *err)
{
	enum dc_status status = DC_OK;
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(dkim, "selectors"), i, item)
	{
		const json_t *bits = json_object_get(item, "key_bits");
		struct dc_history_key key = {.domain = domain, .name = dc_scan_text(item, "name"),
					     .selector = dc_scan_text(item, "selector"),
					     .fingerprint = dc_scan_text(item, "key_fingerprint"), .type = dc_scan_text(item, "key_type"),
					     .bits = json_is_integer(bits) ? json_integer_value(bits) : -1};
		if (key.name.len && key.fingerprint.len && status == DC_OK)
			status = dc_history_add_key(history, &key, err);
	}
	return status;
}

static bool add_domain(void *user, const json_t *object, struct dc_error *err)
{
	struct adding *adding = user;
	struct dc_history *history = adding->history;
	const json_t *facts = json_object_get(object, "facts"), *spf = json_object_get(facts, "spf");
	const json_t *lookups = json_is_string(json_object_get(spf, "record")) ? json_object_get(spf, "lookups") : NULL;
	struct dc_history_domain domain = {.domain = dc_scan_text(object, "domain"), .verdict = dc_scan_text(object, "verdict"),
					   .dmarc_policy = dc_scan_text(json_object_get(facts, "dmarc"), "effective_policy"),
					   .spf_lookups = json_is_integer(lookups) ? json_integer_value(lookups) : -1};
	if (!dc_slice_eq(domain.verdict, DC_S("pass")) && !dc_slice_eq(domain.verdict, DC_S("fail")) &&
	    !dc_slice_eq(domain.verdict, DC_S("incomplete"))) {
		adding->status = dc_error_set(err, DC_ERR_INPUT, "a domain of the report has no verdict: write one with -f json");
		return false;
	}
	adding->status = dc_history_forget_domain(history, domain.domain, err);
	if (adding->status == DC_OK)
		adding->status = add_findings(history, object, &domain, err);
	if (adding->status == DC_OK)
		adding->status = add_keys(history, json_object_get(facts, "dkim"), domain.domain, err);
	if (adding->status == DC_OK)
		adding->status = dc_history_add_domain(history, &domain, err);
	adding->domains++;
	return adding->status == DC_OK;
}

static void take_member(void *user, struct dc_slice key, const json_t *value)
{
	struct adding *adding = user;
	struct dc_slice time = {json_string_value(value), json_string_length(value)};
	char *to = dc_slice_eq(key, DC_S("started")) ? adding->started : dc_slice_eq(key, DC_S("finished")) ? adding->finished : NULL;
	int64_t seconds;
	if (to && dc_civil_stamp_parse(time, &seconds))
		memcpy(to, time.ptr, DC_CIVIL_STAMP_LEN);
}

/* ---- one report ---- */

/* Two by FNV-1a with other beginnings: enough to tell reports apart, none is an enemy of its own store. */
static void digest_of(struct dc_slice text, char digest[33])
{
	static const char hex[] = "0123456789abcdef";
	uint64_t parts[2] = {0xcbf29ce484222325u, 0x84222325cbf29ce4u};
	for (size_t i = 0; i < text.len; i++)
		for (int k = 0; k < 2; k++)
			parts[k] = (parts[k] ^ (unsigned char)text.ptr[i]) * (k ? 0x100000001d3u : 0x100000001b3u);
	for (int i = 0; i < 32; i++)
		digest[i] = hex[parts[i / 16] >> (60 - 4 * (i % 16)) & 15];
	digest[32] = 0;
}

static enum dc_status add_report(struct dc_history *history, struct dc_slice text, const char *shown, bool *ret_new,
				 struct dc_error *err)
{
	char digest[33];
	struct adding adding = {.history = history};
	struct dc_scan scan = {.shown = shown, .user = &adding, .member = take_member, .domain = add_domain};
	bool known;
	digest_of(dc_slice_trim(text), digest);
	enum dc_status status = dc_history_begin(history, dc_slice_of(digest), &known, err);
	if (status != DC_OK || known) {
		*ret_new = false;
		return status;
	}
	status = dc_scan_reports(&scan, text, err);
	if (status != DC_OK && adding.status != DC_OK)
		status = adding.status;
	/* Lines do not say when they were made. */
	if (!adding.started[0])
		(void)dc_civil_stamp(dc_clock_now_s(), adding.started);
	if (!adding.finished[0])
		memcpy(adding.finished, adding.started, sizeof adding.started);
	struct dc_history_run run = {.started = dc_slice_of(adding.started), .finished = dc_slice_of(adding.finished),
				     .version = DC_S(DC_VERSION), .digest = dc_slice_of(digest)};
	if (status == DC_OK)
		status = dc_history_commit(history, &run, err);
	else
		dc_history_rollback(history);
	*ret_new = status == DC_OK;
	return status;
}

/* ---- the public face ---- */

enum dc_status dc_history_open(const char *path, bool create, struct dc_history **ret_history, struct dc_error *err)
{
	return dc_history_open_store(path, create, ret_history, err);
}

void dc_history_close(struct dc_history *history)
{
	dc_history_close_store(history);
}

enum dc_status dc_history_add(struct dc_history *history, const char *path, bool *ret_new, struct dc_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	char shown[120];
	struct dc_buf file;
	dc_buf_init(&file, DC_SCAN_REPORT_MAX);
	enum dc_status status = dc_file_read(is_stdin ? "/dev/stdin" : path, &file, err);
	if (status == DC_OK)
		status = add_report(history, dc_buf_slice(&file),
				    is_stdin ? "standard input" : dc_escape_line(shown, sizeof shown, dc_slice_of(path)), ret_new, err);
	dc_buf_free(&file);
	return status;
}

static enum dc_status ask(struct dc_history *history, struct dc_slice domain, struct dc_arena *arena,
			  struct dc_history_view *view, struct dc_error *err)
{
	enum dc_status status = dc_history_runs(history, arena, &view->runs, &view->run_count, err);
	if (status == DC_OK)
		status = dc_history_findings(history, domain, arena, &view->findings, &view->finding_count, err);
	if (status == DC_OK)
		status = dc_history_keys(history, domain, arena, &view->keys, &view->key_count, err);
	return status;
}

enum dc_status dc_history_past(const char *path, struct dc_arena *arena, const struct dc_history_run **ret_runs, size_t *ret_count,
			       struct dc_error *err)
{
	struct dc_history *history;
	enum dc_status status = dc_history_open_store(path, false, &history, err);
	if (status != DC_OK)
		return status;
	status = dc_history_runs(history, arena, ret_runs, ret_count, err);
	dc_history_close_store(history);
	return status;
}

enum dc_status dc_history_write(struct dc_history *history, const char *domain, const char *format, const struct dc_look *look,
				dc_write write, void *user, struct dc_error *err)
{
	struct dc_style style = {.verbose = look && look->verbose};
	struct dc_history_view view = {0};
	struct dc_arena *arena = dc_arena_new(HISTORY_MAX);
	bool json = strcmp(format, "json") == 0;
	struct dc_buf page;
	if (!json && strcmp(format, "text") != 0) {
		dc_arena_free(arena);
		return dc_error_set(err, DC_ERR_USAGE, "the history has the formats text and json");
	}
	if (!arena)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the history");
	dc_buf_init(&page, SHOWN_MAX);
	enum dc_status status = ask(history, dc_slice_of(domain), arena, &view, err);
	if (status == DC_OK && !json)
		dc_history_text(&page, &view, &style);
	else if (status == DC_OK && !dc_history_json(&page, &view))
		status = dc_error_set(err, DC_ERR_NOMEM, "out of memory for the history");
	if (status == DC_OK && page.status != DC_OK)
		status = dc_error_set(err, page.status, "the history is too long: ask for one domain with --domain");
	if (status == DC_OK && !write(user, page.ptr, page.len))
		status = dc_error_set(err, DC_ERR_IO, "the history could not be written");
	dc_buf_free(&page);
	dc_arena_free(arena);
	return status;
}
