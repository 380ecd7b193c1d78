/* Two reports compared, for the world outside: files, recordings among them, into changes. */
#include <domaincheck/domaincheck.h>

#include <stdio.h>
#include <string.h>

#include "api/config.h"
#include "base/escape.h"
#include "diff/diff.h"
#include "evidence/recording.h"
#include "source/file.h"

static bool into_buffer(void *user, const void *octets, size_t count)
{
	struct dc_buf *out = user;
	dc_buf_put(out, octets, count);
	return out->status == DC_OK;
}

/* ---- reading ---- */

static enum dc_status replay_all(struct dc_run *run, struct dc_writer *writer, struct dc_error *err)
{
	struct dc_result *result;
	enum dc_status status;
	while ((status = dc_run_next(run, &result, err)) == DC_OK && result) {
		status = dc_writer_add(writer, result, err);
		dc_result_free(result);
		if (status != DC_OK)
			return status;
	}
	return status;
}

/* The report that a recording stands for: a replay gives the same as the audit gave. */
static enum dc_status replay(const char *path, struct dc_buf *out, struct dc_error *err)
{
	struct dc_config *config = dc_config_new();
	struct dc_run *run = NULL;
	struct dc_writer *writer = NULL;
	dc_buf_reset(out);
	if (!config)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the replay");
	enum dc_status status = dc_config_set(config, "replay", path, err);
	if (status == DC_OK)
		status = dc_run_new(config, NULL, NULL, &run, err);
	if (status == DC_OK)
		status = dc_writer_new(run, "json", NULL, into_buffer, out, &writer, err);
	if (status == DC_OK) {
		status = replay_all(run, writer, err);
		enum dc_status ended = dc_writer_end(writer, status == DC_OK ? err : NULL);
		status = status == DC_OK ? ended : status;
	}
	dc_run_free(run);
	dc_config_free(config);
	return status;
}

static enum dc_status read_side(const char *path, struct dc_diff_side **ret_side, struct dc_error *err)
{
	char shown[120];
	struct dc_buf file;
	dc_buf_init(&file, DC_SCAN_REPORT_MAX);
	enum dc_status status = dc_file_read(path, &file, err);
	if (status == DC_OK && dc_slice_starts(dc_buf_slice(&file), DC_S("domaincheck-recording ")))
		status = replay(path, &file, err);
	if (status == DC_OK)
		status = dc_diff_read(dc_buf_slice(&file), dc_escape_line(shown, sizeof shown, dc_slice_of(path)), ret_side, err);
	dc_buf_free(&file);
	return status;
}

/* ---- comparing ---- */

struct sides {
	struct dc_diff_side *old, *new;
	struct dc_arena *arena, *scratch;
	const struct dc_diff *diff;
};

static bool compare(struct sides *sides, enum dc_severity fail_on)
{
	if (DC_ARENA_GUARD(sides->arena))
		return false;
	sides->diff = dc_diff_compare(sides->arena, sides->old, sides->new, fail_on);
	return true;
}

static enum dc_status write_out(const struct sides *sides, const char *format, const struct dc_look *look, dc_write write,
				void *user, struct dc_error *err)
{
	struct dc_style style = {.width = 80};
	struct dc_buf out;
	if (look)
		style = (struct dc_style){.width = look->width, .color = look->color, .utf8 = look->utf8, .quiet = look->quiet,
					  .verbose = look->verbose};
	style.width = !style.width ? 80 : style.width < DC_WIDTH_LEAST ? DC_WIDTH_LEAST : style.width;
	dc_buf_init(&out, DC_SCAN_REPORT_MAX);
	enum dc_status status = strcmp(format, "json") == 0 ? dc_diff_json(sides->diff, sides->scratch, &out)
							     : dc_diff_text(sides->diff, sides->scratch, &style, &out);
	if (status != DC_OK)
		(void)dc_error_set(err, status, "the report of the changes takes more memory than its ceiling");
	else if (!write(user, out.ptr, out.len))
		status = dc_error_set(err, DC_ERR_IO, "the report could not be written");
	dc_buf_free(&out);
	return status;
}

static enum dc_status compare_and_write(struct sides *sides, const struct dc_config *config, const char *format,
					const struct dc_look *look, dc_write write, void *user,
					enum dc_result_verdict *ret_verdict, struct dc_error *err)
{
	sides->arena = dc_arena_new(DC_DIFF_MEMORY_MAX);
	sides->scratch = dc_arena_new(DC_DIFF_MEMORY_MAX);
	if (!sides->arena || !sides->scratch || !compare(sides, config->policy.fail_on))
		return dc_error_set(err, DC_ERR_NOMEM, "the changes take more memory than their ceiling");
	enum dc_status status = write_out(sides, format, look, write, user, err);
	if (status == DC_OK)
		*ret_verdict = sides->diff->fails      ? DC_RESULT_FAIL
			       : sides->diff->incomplete ? DC_RESULT_INCOMPLETE
							 : DC_RESULT_PASS;
	return status;
}

enum dc_status dc_compare_reports(const struct dc_config *config, const char *old_path, const char *new_path, const char *format,
				  const struct dc_look *look, dc_write write, void *user, enum dc_result_verdict *ret_verdict,
				  struct dc_error *err)
{
	struct sides sides = {0};
	if (strcmp(format, "json") != 0 && strcmp(format, "text") != 0)
		return dc_error_set(err, DC_ERR_USAGE, "changes are shown as text or json");
	enum dc_status status = read_side(old_path, &sides.old, err);
	if (status == DC_OK)
		status = read_side(new_path, &sides.new, err);
	if (status == DC_OK)
		status = compare_and_write(&sides, config, format, look, write, user, ret_verdict, err);
	dc_arena_free(sides.arena);
	dc_arena_free(sides.scratch);
	dc_diff_side_free(sides.old);
	dc_diff_side_free(sides.new);
	return status;
}
