/* Reports for the world outside: the public face of the render room. */
#include "api/decision.h"
#include "api/run.h"
#include "api/places.h"

#include <stdlib.h>

#include "base/escape.h"
#include "source/clock.h"

struct dc_writer {
	struct dc_sink sink; /* first: the sink's write finds the writer */
	struct dc_report *report;
	dc_write write;
	void *user;
	struct dc_run_info merged; /* of a merger: there is no run */
};

static bool sink_write(struct dc_sink *sink, const void *bytes, size_t len)
{
	struct dc_writer *writer = sink->user;
	return writer->write(writer->user, bytes, len);
}

static struct dc_style style_of(const struct dc_look *look)
{
	struct dc_style style = {0};
	if (look)
		style = (struct dc_style){.width = look->width, .color = look->color, .utf8 = look->utf8,
					  .quiet = look->quiet, .verbose = look->verbose,
					  .per_finding = look->per_finding};
	return style;
}

bool dc_format_info_at(size_t i, struct dc_format_info *ret_info)
{
	const struct dc_format *format = dc_format_at(i);
	if (format)
		*ret_info = (struct dc_format_info){.name = format->name, .about = format->about, .streams = format->streams};
	return format != NULL;
}

static enum dc_status new_writer(const struct dc_run_info *info, const char *format, const struct dc_look *look,
				 dc_write write, void *user, struct dc_writer **ret_writer, struct dc_error *err)
{
	char shown[80];
	struct dc_style style = style_of(look);
	const struct dc_format *found = dc_format_find(dc_slice_of(format));
	if (!found)
		return dc_error_set(err, DC_ERR_USAGE, "there is no format \"%s\"",
				    dc_escape_line(shown, sizeof shown, dc_slice_of(format)));
	struct dc_writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the report");
	*writer = (struct dc_writer){.sink = {.write = sink_write, .user = writer}, .write = write, .user = user};
	writer->merged = (struct dc_run_info){.tool_version = DC_VERSION, .started_s = dc_clock_now_s()};
	writer->report = dc_report_new(found, info ? info : &writer->merged, &style, &writer->sink);
	if (!writer->report) {
		free(writer);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the report");
	}
	*ret_writer = writer;
	return DC_OK;
}

enum dc_status dc_writer_new(struct dc_run *run, const char *format, const struct dc_look *look, dc_write write,
			     void *user, struct dc_writer **ret_writer, struct dc_error *err)
{
	if (!run->places)
		run->info.places = run->places = dc_places_new(run->config);
	return new_writer(&run->info, format, look, write, user, ret_writer, err);
}

enum dc_status dc_merger_new(const char *format, const struct dc_look *look, dc_write write, void *user,
			     struct dc_writer **ret_writer, struct dc_error *err)
{
	const struct dc_format *found = dc_format_find(dc_slice_of(format));
	if (!found || !found->line)
		return dc_error_set(err, DC_ERR_USAGE, "reports are merged into json, ndjson, csv, html or prometheus");
	return new_writer(NULL, format, look, write, user, ret_writer, err);
}

static enum dc_status failed(enum dc_status status, struct dc_error *err)
{
	return status == DC_ERR_IO ? dc_error_set(err, status, "the report could not be written")
				   : dc_error_set(err, status, "out of memory for the report");
}

enum dc_status dc_writer_add(struct dc_writer *writer, const struct dc_result *result, struct dc_error *err)
{
	enum dc_status status = dc_report_domain(writer->report, &result->view);
	return status == DC_OK ? DC_OK : failed(status, err);
}

enum dc_status dc_writer_line(struct dc_writer *writer, const char *line, size_t len, enum dc_result_verdict *ret_verdict,
			      struct dc_error *err)
{
	static const enum dc_result_verdict verdicts[] = {[DC_DOMAIN_PASS] = DC_RESULT_PASS,
							  [DC_DOMAIN_INCOMPLETE] = DC_RESULT_INCOMPLETE,
							  [DC_DOMAIN_FAIL] = DC_RESULT_FAIL};
	enum dc_domain_verdict verdict;
	enum dc_status status = dc_report_line(writer->report, (struct dc_slice){line, len}, &verdict);
	if (status == DC_ERR_INPUT || status == DC_ERR_USAGE)
		return dc_error_set(err, status, "no line of an ndjson report");
	if (status != DC_OK)
		return failed(status, err);
	*ret_verdict = verdicts[verdict];
	return DC_OK;
}

enum dc_status dc_writer_end(struct dc_writer *writer, struct dc_error *err)
{
	enum dc_status status = dc_report_end(writer->report, err);
	free(writer);
	return status;
}

/* ---- pages about the program ---- */

static enum dc_status put(struct dc_buf *page, dc_write write, void *user, struct dc_error *err)
{
	enum dc_status status = page->status;
	if (status != DC_OK)
		(void)dc_error_set(err, status, "out of memory for the page");
	else if (!write(user, page->ptr, page->len))
		status = dc_error_set(err, DC_ERR_IO, "the page could not be written");
	dc_buf_free(page);
	return status;
}

enum { PAGE_MAX = 16 << 20 };

static bool wants_json(const char *format)
{
	return format && strcmp(format, "json") == 0;
}

enum dc_status dc_explain(const char *slug, const char *format, const struct dc_look *look, dc_write write, void *user,
			  struct dc_error *err)
{
	struct dc_buf page;
	char shown[120];
	struct dc_style style = style_of(look);
	dc_buf_init(&page, PAGE_MAX);
	bool found = wants_json(format) ? dc_explain_json(&page, dc_slice_of(slug))
					: dc_explain_text(&page, dc_slice_of(slug), &style);
	if (!found) {
		dc_buf_free(&page);
		const char *near = dc_slug_near(dc_slice_of(slug), true);
		return dc_error_set(err, DC_ERR_USAGE, "there is no finding \"%s\": %s%s%s",
				    dc_escape_line(shown, sizeof shown, dc_slice_of(slug)), near ? "did you mean \"" : "",
				    near ? near : "\"domaincheck explain\" lists them all", near ? "\"?" : "");
	}
	return put(&page, write, user, err);
}

enum dc_status dc_list_profiles(const char *name, const char *format, const struct dc_look *look, dc_write write,
				void *user, struct dc_error *err)
{
	struct dc_buf page;
	struct dc_style style = style_of(look);
	const struct dc_profile *profile = name ? dc_profile_find(dc_slice_of(name)) : NULL;
	if (name && !profile)
		return dc_profile_unknown(dc_slice_of(name), DC_S("profiles"), DC_ERR_USAGE, err);
	dc_buf_init(&page, PAGE_MAX);
	if (wants_json(format))
		dc_profiles_json(&page, profile);
	else
		dc_profiles_text(&page, profile, &style);
	return put(&page, write, user, err);
}

enum dc_status dc_list_checks(const char *format, const struct dc_look *look, dc_write write, void *user,
			      struct dc_error *err)
{
	struct dc_buf page;
	struct dc_style style = style_of(look);
	dc_buf_init(&page, PAGE_MAX);
	if (wants_json(format))
		dc_checks_json(&page);
	else
		dc_checks_text(&page, &style);
	return put(&page, write, user, err);
}
