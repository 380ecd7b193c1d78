/* The life of a report: table of formats, begin, domains, end; output through the sink, memory bounded. */
#include "render/report.h"

#include <stdlib.h>

#include "base/escape.h"

/* In the order of --help. */
static const struct dc_format *const formats[] = {
	&dc_format_text,
	&dc_format_json,
	&dc_format_ndjson,
	&dc_format_csv,
	&dc_format_html,
	&dc_format_prometheus,
	&dc_format_lint,
	&dc_format_junit,
	&dc_format_sarif,
	&dc_format_markdown,
	&dc_format_github,
	&dc_format_gitlab,
	&dc_format_tap,
	&dc_format_spf,
	&dc_format_spf_flat,
};

const struct dc_format *dc_format_at(size_t i)
{
	return i < sizeof(formats) / sizeof(formats[0]) ? formats[i] : NULL;
}

const struct dc_format *dc_format_find(struct dc_slice name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (dc_slice_eq(name, dc_slice_of(formats[i]->name)))
			return formats[i];
	}
	return NULL;
}

static void flush(struct dc_report *report)
{
	if (report->status == DC_OK && report->out.status != DC_OK)
		report->status = report->out.status;
	if (report->status == DC_OK && report->out.len > 0 &&
	    !report->sink->write(report->sink, report->out.ptr, report->out.len))
		report->status = DC_ERR_IO;
	dc_buf_reset(&report->out);
	dc_arena_reset(report->scratch);
}

/* One step of the format, at whose end the arena may be spent and the output goes out. `result` NULL: begin or end. */
static void step(struct dc_report *report, const struct dc_audit_result *result,
		 void (*around)(struct dc_report *report))
{
	if (DC_ARENA_GUARD(report->scratch))
		report->status = DC_ERR_NOMEM;
	else if (result)
		report->format->domain(report, result);
	else if (around)
		around(report);
	flush(report);
}

struct dc_report *dc_report_new(const struct dc_format *format, const struct dc_run_info *run,
				const struct dc_style *style, struct dc_sink *sink)
{
	struct dc_report *report = calloc(1, sizeof(*report));

	if (!report)
		return NULL;
	report->format = format;
	report->run = run;
	report->sink = sink;
	if (style)
		report->style = *style;
	if (report->style.width == 0)
		report->style.width = 80;
	if (report->style.width < DC_WIDTH_LEAST)
		report->style.width = DC_WIDTH_LEAST;
	dc_buf_init(&report->out, DC_REPORT_MAX);
	dc_buf_init(&report->clean, DC_REPORT_MAX);
	report->scratch = dc_arena_new(DC_REPORT_SCRATCH_MAX);
	report->state = calloc(1, format->state_size ? format->state_size : 1);
	if (!report->scratch || !report->state) {
		dc_arena_free(report->scratch);
		free(report->state);
		free(report);
		return NULL;
	}
	step(report, NULL, format->begin);
	return report;
}

enum dc_status dc_report_domain(struct dc_report *report, const struct dc_audit_result *result)
{
	if (report->status != DC_OK)
		return report->status;
	dc_summary_add(&report->summary, result);
	step(report, result, NULL);
	return report->status;
}

enum dc_status dc_report_line(struct dc_report *report, struct dc_slice line, enum dc_domain_verdict *ret_verdict)
{
	if (!report->format->line)
		return DC_ERR_USAGE;
	if (report->status != DC_OK)
		return report->status;
	if (DC_ARENA_GUARD(report->scratch))
		report->status = DC_ERR_NOMEM;
	else if (!report->format->line(report, line, ret_verdict) && report->status == DC_OK)
		return DC_ERR_INPUT;
	flush(report);
	return report->status;
}

enum dc_status dc_report_end(struct dc_report *report, struct dc_error *err)
{
	enum dc_status status;

	if (report->status == DC_OK)
		step(report, NULL, report->format->end);
	status = report->status;
	if (report->format->clear)
		report->format->clear(report);
	dc_buf_free(&report->out);
	dc_buf_free(&report->clean);
	dc_arena_free(report->scratch);
	free(report->state);
	free(report);
	if (status == DC_ERR_IO)
		return dc_error_set(err, status, "the report could not be written");
	if (status != DC_OK)
		return dc_error_set(err, status, "out of memory for the report: it may take %d MiB", DC_REPORT_MAX >> 20);
	return DC_OK;
}

struct dc_slice dc_report_clean(struct dc_report *report, struct dc_slice raw, unsigned flags)
{
	dc_buf_reset(&report->clean);
	dc_escape_text(&report->clean, raw, flags);
	if (report->clean.status != DC_OK)
		report->status = report->clean.status;
	return dc_buf_slice(&report->clean);
}
