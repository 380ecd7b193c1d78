/* The whole way: any recording (of its lines, those that can be read), audited and shown in every format. What must
 * hold: it ends, no ceiling is crossed, JSON is valid, no format lets a control octet or a broken character through, and
 * the second time everything is the same. The domain is that of the first audit line, else example.com. Without the
 * receiver, which is a process of its own. */
#include <jansson.h>

#include "base/escape.h"
#include "checks/run.h"
#include "evidence/recording.h"
#include "fuzz.h"
#include "gather/gather.h"
#include "lines.h"
#include "policy/policy.h"
#include "render/render.h"
#include "source/recording.h"

enum { REPORT_MAX = 64 << 20 };

static bool keep(struct dc_sink *sink, const void *bytes, size_t len)
{
	struct dc_buf *out = sink->user;
	dc_buf_put(out, bytes, len);
	return out->status == DC_OK;
}

static void finished(struct dc_audit_run *audit)
{
	*(bool *)audit->user = true;
}

static struct dc_audit_result judged(struct dc_audit_run *audit)
{
	const struct dc_policy policy = {.fail_on = DC_SEVERITY_ERROR};
	struct dc_finding_list list = {0};
	struct dc_check_run *runs;
	struct dc_audit_result view = {.inputs = &audit->inputs, .facts = audit->facts};
	size_t count = dc_checks_run(audit->arena, audit->facts, &runs, &list);
	struct dc_judgement judgement = dc_policy_judge(audit->arena, &policy, audit->facts, runs, count, &list);
	view.checks = judgement.checks;
	view.check_count = judgement.check_count;
	view.findings = judgement.findings;
	view.finding_count = judgement.finding_count;
	view.profiles = judgement.profiles;
	view.profile_count = judgement.profile_count;
	view.verdict = judgement.verdict;
	view.dns.rounds = audit->rounds;
	return view;
}

static void check_text(struct dc_slice report, bool json)
{
	for (size_t at = 0; at < report.len;) {
		uint32_t point;
		size_t len = dc_utf8_next(dc_slice_sub(report, at, SIZE_MAX), &point);
		FUZZ_CHECK(len > 0);
		FUZZ_CHECK(point >= 0x20 || point == '\n' || (point == '\t' && !json) || (point == '\r' && !json));
		FUZZ_CHECK(json || point == '\n' || point == '\t' || point == '\r' || !dc_code_point_is_hostile(point));
		at += len;
	}
}

/* All formats into `out`, one after the other. */
static void show(const struct dc_audit_result *view, bool again, struct dc_buf *out)
{
	const struct dc_run_info run = {.tool_version = "fuzz", .started_s = view->inputs->now_s, .finished_s = view->inputs->now_s};
	const struct dc_style style = {.verbose = true};
	const struct dc_format *format;
	struct dc_sink sink = {keep, out};
	for (size_t i = 0; (format = dc_format_at(i)) != NULL; i++) {
		size_t start = out->len;
		struct dc_report *report = dc_report_new(format, &run, &style, &sink);
		if (!report)
			return;
		FUZZ_CHECK(dc_report_domain(report, view) == DC_OK);
		FUZZ_CHECK(dc_report_end(report, NULL) == DC_OK);
		struct dc_slice shown = dc_slice_sub(dc_buf_slice(out), start, SIZE_MAX);
		if (again)
			continue; /* it must be the same as the first time */
		bool json = strstr(format->name, "json") || strcmp(format->name, "sarif") == 0;
		check_text(shown, json);
		if (json) {
			json_t *value = json_loadb(shown.ptr, shown.len, JSON_REJECT_DUPLICATES, NULL);
			FUZZ_CHECK(value);
			json_decref(value);
		}
	}
}

static void audit(const struct dc_recording *recording, struct dc_inputs inputs, bool again, struct dc_buf *out)
{
	bool done = false;
	struct dc_loop *loop = dc_loop_new();
	struct dc_source *source = dc_recording_source_new(recording, NULL);
	struct dc_source *const sources[] = {source};
	struct dc_gather_options options = {.sources = sources, .source_count = 1};
	struct dc_gather *gather = loop && source ? dc_gather_new(loop, &options) : NULL;
	struct dc_audit_run run = {.inputs = inputs, .finished = finished, .user = &done};
	FUZZ_CHECK(gather && dc_gather_start(gather, &run));
	for (size_t turns = 0; dc_gather_running(gather) > 0; turns++)
		FUZZ_CHECK(turns < 100000 && dc_gather_run(gather, 0));
	FUZZ_CHECK(done);
	FUZZ_CHECK(run.rounds <= DC_ROUNDS_MAX);
	FUZZ_CHECK(dc_evidence_count(run.evidence) <= DC_QUESTIONS_MAX);
	if (run.facts && !DC_ARENA_GUARD(run.arena)) {
		struct dc_audit_result view = judged(&run);
		show(&view, again, out);
	}
	dc_audit_run_clear(&run);
	dc_gather_stop(gather);
	source->ops->free(source);
	dc_gather_free(gather);
	dc_loop_free(loop);
}

/* The domain of the first audit, when it is one that could be typed. */
static struct dc_slice domain_of(struct dc_arena *arena, const struct dc_recording *recording)
{
	struct dc_slice domain;
	if (DC_ARENA_GUARD(arena) || !dc_recording_audit_count(recording) ||
	    dc_name_from_input(arena, dc_recording_audit_at(recording, 0)->domain, &domain, NULL) != DC_OK)
		return DC_S("example.com");
	return domain;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dc_slice selectors[] = {DC_S("s1")};
	const struct dc_prefix senders[] = {{dc_ip_v4((const uint8_t[]){192, 0, 2, 1}), 32}};
	struct dc_inputs inputs = {.now_s = 1795176000, .senders = senders, .sender_count = 1,
				   .sending = {.helo = DC_S("mx.example.com"), .selectors = selectors, .selector_count = 1}};
	struct dc_recording *recording;
	struct dc_buf lines, first, second;
	struct dc_arena *arena = dc_arena_new(1 << 16);
	dc_buf_init(&lines, REPORT_MAX);
	dc_buf_init(&first, REPORT_MAX);
	dc_buf_init(&second, REPORT_MAX);
	readable_lines((struct dc_slice){(const char *)data, size}, REPORT_MAX, &lines);
	FUZZ_CHECK(arena && dc_recording_parse("fuzz", dc_buf_slice(&lines), &recording, NULL) == DC_OK);
	inputs.domain = domain_of(arena, recording);
	audit(recording, inputs, false, &first);
	audit(recording, inputs, true, &second);
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&first), dc_buf_slice(&second)));
	dc_buf_free(&lines);
	dc_buf_free(&first);
	dc_buf_free(&second);
	dc_recording_free(recording);
	dc_arena_free(arena);
	return 0;
}
