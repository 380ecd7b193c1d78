/* The whole way: any recording (of its lines, those that can be read, its options and its manifest too), audited and shown
 * in every format. What must hold:
 *  - it ends, and no ceiling of questions or rounds is crossed;
 *  - every report is what its format promises (formats.h; sarif at one input in eight), for an eye with and without colours
 *    the same;
 *  - what was answered, recorded and replayed gives the same reports, octet for octet;
 *  - facts whose parts were kept from build to build are those that one build over all answers makes;
 *  - the JSON report is a report to diff (no change against itself) and a baseline (nothing that it holds fails again).
 * The domain is that of the first audit line, else example.com. Without the receiver, which is a process of its own. */
#include "api/baseline.h"
#include "api/manifest.h"
#include "api/run.h"
#include "base/escape.h"
#include "checks/run.h"
#include "diff/diff.h"
#include "formats.h"
#include "fuzz.h"
#include "lines.h"
#include "mutate.h"
#include "source/recording.h"

enum { REPORT_MAX = 64 << 20 };

static const struct dc_slice default_selectors[] = {DC_S("s1")};
static const struct dc_prefix default_senders[] = {{{4, {192, 0, 2, 1}}, 32}};

/* One audit: of what, and what came of it. */
struct job {
	const struct dc_recording *recording;
	struct dc_config *config;
	struct dc_inputs inputs;
	struct dc_style style;
	bool rules; /* sarif too, which starts with all that there is to find: more than all other formats together */
	struct dc_buf reports, json, ndjson; /* all formats; these alone */
	struct dc_recording_writer *written; /* what was answered; NULL: it does not matter */
	bool done;
};

static bool keep(struct dc_sink *sink, const void *bytes, size_t len)
{
	struct dc_buf *out = sink->user;
	dc_buf_put(out, bytes, len);
	return out->status == DC_OK;
}

static void finished(struct dc_audit_run *audit)
{
	struct job *job = audit->user;
	job->done = true;
}

static const struct dc_baseline *no_baseline;

static struct dc_audit_result judged(const struct dc_audit_run *audit, const struct job *job, const struct dc_baseline *baseline)
{
	struct dc_finding_list list = {0};
	struct dc_check_run *runs;
	struct dc_audit_result view = {.inputs = &audit->inputs, .facts = audit->facts};
	size_t count = dc_checks_run(audit->arena, audit->facts, &runs, &list);
	dc_baseline_apply(baseline, audit->inputs.domain, &list, audit->arena);
	struct dc_judgement judgement = dc_policy_judge(audit->arena, dc_config_policy_of(job->config, audit->inputs.domain),
							audit->facts, runs, count, &list);
	view.checks = judgement.checks;
	view.check_count = judgement.check_count;
	view.findings = judgement.findings;
	view.finding_count = judgement.finding_count;
	view.profiles = judgement.profiles;
	view.profile_count = judgement.profile_count;
	view.threshold = judgement.threshold;
	view.verdict = judgement.verdict;
	return view;
}

/* ---- reports ---- */

static void show(const struct dc_audit_result *view, const struct dc_format *format, const struct dc_style *style, struct dc_buf *out)
{
	const struct dc_run_info run = {.tool_version = "fuzz", .started_s = view->inputs->now_s, .finished_s = view->inputs->now_s};
	struct dc_sink sink = {keep, out};
	struct dc_report *report = dc_report_new(format, &run, style, &sink);
	FUZZ_CHECK(report);
	FUZZ_CHECK(dc_report_domain(report, view) == DC_OK);
	FUZZ_CHECK(dc_report_end(report, NULL) == DC_OK);
}

/* Colours are laid over the text: without them it is the same. */
static void check_colours(const struct dc_audit_result *view, const struct dc_format *format, const struct job *job)
{
	struct dc_style style = job->style;
	struct dc_buf coloured, plain, stripped;
	dc_buf_init(&coloured, REPORT_MAX);
	dc_buf_init(&plain, REPORT_MAX);
	dc_buf_init(&stripped, REPORT_MAX);
	style.color = true;
	show(view, format, &style, &coloured);
	style.color = false;
	show(view, format, &style, &plain);
	fuzz_check_report(format->name, true, dc_buf_slice(&coloured));
	for (struct dc_slice rest = dc_buf_slice(&coloured); rest.ptr;) {
		dc_buf_put_slice(&stripped, dc_slice_cut(&rest, '\x1b'));
		if (rest.ptr)
			(void)dc_slice_cut(&rest, 'm');
	}
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&stripped), dc_buf_slice(&plain)));
	dc_buf_free(&coloured);
	dc_buf_free(&plain);
	dc_buf_free(&stripped);
}

/* A line of the ndjson report, given to `domaincheck merge`, becomes what the audit itself became. */
static void check_merge(const struct dc_audit_result *view, const struct dc_format *format, const struct job *job, struct dc_slice shown)
{
	const struct dc_run_info run = {.tool_version = "fuzz", .started_s = view->inputs->now_s, .finished_s = view->inputs->now_s};
	struct dc_slice rest = dc_buf_slice(&job->ndjson), line = dc_slice_cut(&rest, '\n');
	enum dc_domain_verdict verdict;
	struct dc_buf merged;
	dc_buf_init(&merged, REPORT_MAX);
	struct dc_sink sink = {keep, &merged};
	struct dc_report *report = dc_report_new(format, &run, &job->style, &sink);
	FUZZ_CHECK(report && dc_report_line(report, line, &verdict) == DC_OK && verdict == view->verdict);
	FUZZ_CHECK(dc_report_end(report, NULL) == DC_OK);
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&merged), shown));
	dc_buf_free(&merged);
}

/* All formats, one after the other. */
static void show_all(const struct dc_audit_result *view, struct job *job)
{
	const struct dc_format *format = dc_format_find(DC_S("ndjson"));
	show(view, format, &job->style, &job->ndjson);
	for (size_t i = 0; (format = dc_format_at(i)) != NULL; i++) {
		size_t start = job->reports.len;
		if (!job->rules && strcmp(format->name, "sarif") == 0)
			continue;
		show(view, format, &job->style, &job->reports);
		struct dc_slice shown = dc_slice_sub(dc_buf_slice(&job->reports), start, SIZE_MAX);
		if (strcmp(format->name, "json") == 0)
			dc_buf_put_slice(&job->json, shown);
		if (!job->written)
			continue; /* the second time: it must be the same as the first time */
		fuzz_check_report(format->name, job->style.color, shown);
		if (strncmp(format->name, "text", 4) == 0 || strncmp(format->name, "spf", 3) == 0)
			check_colours(view, format, job);
		if (format->line)
			check_merge(view, format, job, shown);
	}
}

/* ---- what else reads a report ---- */

static void check_diff(struct dc_slice json)
{
	struct dc_diff_side *side = NULL;
	struct dc_error err = {0};
	struct dc_arena *arena = dc_arena_new(REPORT_MAX);
	if (dc_diff_read(json, "fuzz", &side, &err) != DC_OK)
		(void)fprintf(stderr, "%s\n", err.message);
	FUZZ_CHECK(side && side->domain_count == 1);
	if (arena && !DC_ARENA_GUARD(arena)) {
		const struct dc_diff *diff = dc_diff_compare(arena, side, side, DC_SEVERITY_NOTICE);
		FUZZ_CHECK(!diff->fails && !diff->domain_count && diff->summary.same == 1);
	}
	dc_arena_free(arena);
	dc_diff_side_free(side);
}

/* With its own report as the baseline only what could not be determined, and what says that, is left. */
static void check_baseline(const struct dc_audit_run *audit, const struct job *job)
{
	struct dc_baseline *baseline = NULL;
	FUZZ_CHECK(dc_baseline_parse("fuzz", dc_buf_slice(&job->json), &baseline, NULL) == DC_OK);
	struct dc_audit_result view = judged(audit, job, baseline);
	for (size_t i = 0; i < view.finding_count; i++) {
		const struct dc_finding *finding = &view.findings[i];
		const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
		FUZZ_CHECK(finding->waived.len || finding->severity == DC_SEVERITY_OFF || row->inconclusive ||
			   strncmp(row->slug, "policy-", 7) == 0); /* about waivers, not about the domain */
	}
	dc_baseline_free(baseline);
}

/* What was kept from one build of the facts to the next is what a single build over all answers makes. */
static void check_kept(const struct dc_audit_run *run, const struct job *job)
{
	struct dc_audit_run whole = *run;
	struct dc_buf shown;
	dc_buf_init(&shown, REPORT_MAX);
	whole.arena = dc_arena_new(DC_AUDIT_MEMORY_MAX);
	if (whole.arena && !DC_ARENA_GUARD(whole.arena)) {
		struct dc_asker asker = {.evidence = run->evidence, .arena = whole.arena, .sealed = true};
		struct dc_facts facts = *dc_facts_build(&asker, &run->inputs);
		memcpy(facts.budget_spent, run->facts->budget_spent, sizeof facts.budget_spent);
		memcpy(facts.budget_limit, run->facts->budget_limit, sizeof facts.budget_limit);
		whole.facts = &facts;
		struct dc_audit_result view = judged(&whole, job, no_baseline);
		show(&view, dc_format_find(DC_S("json")), &job->style, &shown);
		FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&shown), dc_buf_slice(&job->json)));
	}
	dc_arena_free(whole.arena);
	dc_buf_free(&shown);
}

/* ---- the audit ---- */

static void after(struct dc_audit_run *run, struct job *job)
{
	if (!run->facts || DC_ARENA_GUARD(run->arena))
		return;
	struct dc_audit_result view = judged(run, job, no_baseline);
	show_all(&view, job);
	if (job->written) {
		check_diff(dc_buf_slice(&job->json));
		check_baseline(run, job);
		check_kept(run, job);
	}
}

static void audit(struct job *job)
{
	struct dc_loop *loop = dc_loop_new();
	struct dc_source *source = dc_recording_source_new(job->recording, NULL);
	struct dc_source *const sources[] = {source};
	struct dc_gather_options options = {.sources = sources, .source_count = 1};
	struct dc_gather *gather = loop && source ? dc_gather_new(loop, &options) : NULL;
	struct dc_audit_run run = {.inputs = job->inputs, .finished = finished, .user = job};
	FUZZ_CHECK(gather && dc_gather_start(gather, &run));
	for (size_t turns = 0; dc_gather_running(gather) > 0; turns++)
		FUZZ_CHECK(turns < 100000 && dc_gather_run(gather, 0));
	FUZZ_CHECK(job->done);
	FUZZ_CHECK(run.rounds <= DC_ROUNDS_MAX);
	FUZZ_CHECK(dc_evidence_count(run.evidence) <= DC_QUESTIONS_MAX);
	for (size_t i = 0; job->written && i < dc_evidence_count(run.evidence); i++)
		if (dc_evidence_at(run.evidence, i)->question.kind != DC_ASK_RECEIVER)
			dc_recording_put_answer(job->written, dc_evidence_at(run.evidence, i));
	after(&run, job);
	dc_audit_run_clear(&run);
	dc_gather_stop(gather);
	source->ops->free(source);
	dc_gather_free(gather);
	dc_loop_free(loop);
}

/* ---- the input ---- */

/* Of options, those that can be together: one that cannot would end the replay. */
static void possible_lines(struct dc_slice lines, struct dc_buf *out)
{
	struct dc_recording *one;
	struct dc_config *trial = dc_config_new();
	while (lines.len) {
		struct dc_slice line = dc_slice_cut(&lines, '\n');
		struct dc_buf alone;
		bool possible = !dc_slice_starts(line, DC_S("ended "));
		dc_buf_init(&alone, REPORT_MAX);
		dc_buf_puts(&alone, "domaincheck-recording 1\n");
		dc_buf_put_slice(&alone, line);
		if (dc_slice_starts(line, DC_S("option")) && dc_recording_parse("fuzz", dc_buf_slice(&alone), &one, NULL) == DC_OK) {
			possible = trial && dc_run_recorded_options(trial, one, NULL) == DC_OK;
			dc_recording_free(one);
		}
		if (possible) {
			dc_buf_put_slice(out, line);
			dc_buf_putc(out, '\n');
		}
		dc_buf_free(&alone);
	}
	dc_config_free(trial);
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

/* As the run that was recorded was told; without a word of that, something to look at for every check. */
static void configure(struct job *job)
{
	job->config = dc_config_new();
	FUZZ_CHECK(job->config);
	if (dc_run_recorded_options(job->config, job->recording, NULL) != DC_OK || dc_config_manifest_check(job->config, NULL) != DC_OK ||
	    dc_config_manifest_overlay(job->config, NULL) != DC_OK) {
		dc_config_free(job->config);
		job->config = dc_config_new();
		FUZZ_CHECK(job->config);
	}
	dc_config_inputs(job->config, &job->inputs);
	job->inputs.now_s = job->config->now_given ? job->config->now_s : 1795176000;
	if (job->config->given_count || job->config->manifest)
		return;
	job->inputs.sending.selectors = default_selectors;
	job->inputs.sending.selector_count = 1;
	job->inputs.senders = default_senders;
	job->inputs.sender_count = 1;
	job->inputs.sending.helo = DC_S("mx.example.com");
}

static uint32_t hash_of(struct dc_slice lines)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < lines.len; i++)
		hash = (hash ^ (uint8_t)lines.ptr[i]) * 16777619u;
	return hash;
}

static struct dc_style style_of(uint32_t hash)
{
	return (struct dc_style){.width = 40 + hash / 64 % 160, .color = hash / 32 % 4 == 0, .utf8 = hash & 1, .quiet = hash / 2 % 8 == 0,
				 .verbose = hash / 16 & 1, .per_finding = hash / 128 & 1};
}

static void audit_again(const struct job *first, struct dc_slice text)
{
	struct dc_recording *recording;
	struct job second = {.config = first->config, .inputs = first->inputs, .style = first->style, .rules = first->rules};
	FUZZ_CHECK(dc_recording_parse("again", text, &recording, NULL) == DC_OK);
	second.recording = recording;
	dc_buf_init(&second.reports, REPORT_MAX);
	dc_buf_init(&second.json, REPORT_MAX);
	dc_buf_init(&second.ndjson, REPORT_MAX);
	audit(&second);
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&first->reports), dc_buf_slice(&second.reports)));
	dc_buf_free(&second.reports);
	dc_buf_free(&second.json);
	dc_buf_free(&second.ndjson);
	dc_recording_free(recording);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	return fuzz_mutate_recording(data, size, max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job job = {0};
	struct dc_recording *recording;
	struct dc_slice text;
	struct dc_buf readable, lines;
	struct dc_arena *arena = dc_arena_new(1 << 16);
	dc_buf_init(&readable, REPORT_MAX);
	dc_buf_init(&lines, REPORT_MAX);
	dc_buf_init(&job.reports, REPORT_MAX);
	dc_buf_init(&job.json, REPORT_MAX);
	dc_buf_init(&job.ndjson, REPORT_MAX);
	readable_lines((struct dc_slice){(const char *)data, size}, REPORT_MAX, &readable);
	possible_lines(dc_buf_slice(&readable), &lines);
	FUZZ_CHECK(arena && dc_recording_parse("fuzz", dc_buf_slice(&lines), &recording, NULL) == DC_OK);
	job.recording = recording;
	uint32_t hash = hash_of(dc_buf_slice(&lines));
	job.style = style_of(hash);
	job.rules = hash / 256 % 8 == 0;
	configure(&job);
	job.inputs.domain = domain_of(arena, recording);
	dc_config_manifest_inputs(job.config, &job.inputs);
	job.written = dc_recording_writer_new();
	audit(&job);
	FUZZ_CHECK(job.written && dc_recording_text(job.written, &text, NULL) == DC_OK);
	audit_again(&job, text);
	dc_recording_writer_free(job.written);
	dc_buf_free(&readable);
	dc_buf_free(&lines);
	dc_buf_free(&job.reports);
	dc_buf_free(&job.json);
	dc_buf_free(&job.ndjson);
	dc_config_free(job.config);
	dc_recording_free(recording);
	dc_arena_free(arena);
	return 0;
}
