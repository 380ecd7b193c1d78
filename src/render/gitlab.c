/* gitlab: code quality, the part of Code Climate's format that GitLab shows in merge requests: a list of findings, each at a
 * line of a file. What GitLab compares between branches is the fingerprint, so it has to be the same for the same finding
 * and in no other. */
#include "base/escape.h"
#include "render/json/value.h"
#include "render/place.h"

struct state {
	struct dc_json json;
	bool begun;
};

/* info, minor, major, critical, blocker: nothing here blocks by itself, the exit status does. */
static const char *severity(const struct dc_finding *finding)
{
	if (finding->waived.len > 0)
		return "info";
	if (dc_catalogue_row(finding->id)->inconclusive)
		return "minor";
	return finding->severity == DC_SEVERITY_ERROR ? "critical" : finding->severity == DC_SEVERITY_WARNING ? "major" : "info";
}

/* One line of clean text, as it is shown: the domain, what is wrong, how to mend it. */
static struct dc_slice words(struct dc_report *report, const struct dc_audit_result *result, const struct dc_finding *finding)
{
	struct dc_arena *arena = report->scratch;
	struct dc_slice text = dc_arena_concat(arena, result->inputs->domain, DC_S(": "));

	text = dc_arena_concat(arena, text, dc_finding_message(arena, finding));
	if (finding->waived.len > 0)
		text = dc_arena_concat(arena, dc_arena_concat(arena, text, DC_S(" (accepted: ")),
				       dc_arena_concat(arena, finding->waived, DC_S(")")));
	text = dc_arena_concat(arena, text, DC_S(". "));
	text = dc_arena_concat(arena, text, dc_finding_fix(arena, finding));
	return dc_arena_dup(arena, dc_report_clean(report, text, DC_ESCAPE_UTF8));
}

struct row {
	struct dc_slice words, key;
	struct dc_place_found place;
};

static json_t *issue(struct dc_json *json, const struct dc_finding *finding, const struct row *row)
{
	json_t *object = json_object(), *location = json_object(), *lines = json_object(), *categories = json_array();

	dc_json_set(json, lines, "begin", dc_json_uint(row->place.line));
	dc_json_set(json, location, "path", dc_json_text(json, row->place.path));
	dc_json_set(json, location, "lines", lines);
	dc_json_add(json, categories, json_string("Bug Risk"));
	dc_json_set(json, object, "type", json_string("issue"));
	dc_json_set(json, object, "check_name", json_string(dc_catalogue_row(finding->id)->slug));
	dc_json_set(json, object, "description", dc_json_text(json, row->words));
	dc_json_set(json, object, "categories", categories);
	dc_json_set(json, object, "fingerprint", dc_json_text(json, row->key));
	dc_json_set(json, object, "severity", json_string(severity(finding)));
	dc_json_set(json, object, "location", location);
	return object;
}

static void begin(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_init(&state->json);
	dc_buf_putc(&report->out, '[');
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	struct row *rows = DC_NEW_ARRAY(report->scratch, struct row, result->finding_count + 1);

	/* Before the first JSON value, so that a spent arena leaves nothing behind. */
	for (size_t i = 0; i < result->finding_count; i++)
		rows[i] = (struct row){words(report, result, &result->findings[i]), dc_report_key(report, result, i),
				       dc_report_place(report, result, &result->findings[i])};
	for (size_t i = 0; i < result->finding_count; i++) {
		json_t *object;

		if (result->findings[i].severity == DC_SEVERITY_OFF)
			continue;
		object = issue(&state->json, &result->findings[i], &rows[i]);
		dc_buf_puts(&report->out, state->begun ? ",\n  " : "\n  ");
		dc_json_write(&state->json, &report->out, object, false, 2);
		json_decref(object);
		state->begun = true;
	}
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
}

static void end(struct dc_report *report)
{
	struct state *state = report->state;

	dc_buf_puts(&report->out, state->begun ? "\n]\n" : "]\n");
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_clear(&state->json);
}

const struct dc_format dc_format_gitlab = {
	.name = "gitlab",
	.about = "GitLab's code quality JSON",
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.clear = clear,
};
