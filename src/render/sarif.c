/* sarif: SARIF 2.1.0 (OASIS), for code-scanning views, as GitHub takes it. Every row of the catalogue is a rule; a finding is
 * a result at the line of the zone file or manifest it comes from, else at dns/NAME, with the record's name as a logical
 * location. What could not be determined is a result of kind "open"; a waived finding carries a suppression. */
#include "render/json/value.h"
#include "render/place.h"

enum {
	RESULTS_MAX = 25000, /* of a run: GitHub refuses more */
};

struct state {
	struct dc_json json;
	bool begun;
	uint64_t results, left_out;
};

static const char *level_name(enum dc_severity severity, bool inconclusive)
{
	if (inconclusive || severity == DC_SEVERITY_OFF)
		return "none";
	return severity == DC_SEVERITY_ERROR ? "error" : severity == DC_SEVERITY_WARNING ? "warning" : "note";
}

static json_t *message(struct dc_json *json, json_t *text)
{
	json_t *object = json_object();

	dc_json_set(json, object, "text", text);
	return object;
}

static json_t *rule(struct dc_json *json, const struct dc_catalogue_row *row)
{
	json_t *object = json_object(), *level = json_object(), *properties = json_object(), *tags = json_array();
	json_t *references = json_array(), *help = json_object();

	for (size_t i = 0; row->references[i]; i++)
		dc_json_add(json, references, json_string(row->references[i]));
	dc_json_add(json, tags, json_string(row->check));
	dc_json_set(json, level, "level", json_string(level_name(row->severity, row->inconclusive)));
	dc_json_set(json, properties, "tags", tags);
	dc_json_set(json, properties, "references", references);
	dc_json_set(json, properties, "precision", json_string("very-high"));
	dc_json_set(json, properties, "problem.severity",
		    json_string(row->inconclusive			? "recommendation"
				: row->severity == DC_SEVERITY_ERROR	? "error"
				: row->severity == DC_SEVERITY_WARNING ? "warning"
									: "recommendation"));
	dc_json_set(json, object, "id", json_string(row->slug));
	dc_json_set(json, object, "shortDescription", message(json, json_string(row->message)));
	dc_json_set(json, object, "fullDescription", message(json, json_string(row->why)));
	dc_json_set(json, help, "text", json_string(row->fix));
	dc_json_set(json, help, "markdown", json_sprintf("%s\n\n**What to do:** %s", row->why, row->fix));
	dc_json_set(json, object, "help", help);
	dc_json_set(json, object, "defaultConfiguration", level);
	dc_json_set(json, object, "properties", properties);
	return object;
}

/* A path as a URI reference: everything but letters, digits, "/", ".", "-", "_", "~" and what is encoded already. */
static struct dc_slice uri(struct dc_arena *arena, const struct dc_place_found *place)
{
	bool absolute = place->path.len > 0 && place->path.ptr[0] == '/';
	char *out = dc_arena_alloc(arena, 7 + 3 * place->path.len);
	size_t n = absolute ? 7 : 0;

	if (!place->in_file)
		return place->path;
	memcpy(out, "file://", n);
	for (size_t i = 0; i < place->path.len; i++) {
		unsigned char c = (unsigned char)place->path.ptr[i];

		if (dc_is_alnum((char)c) || (c && strchr("/.-_~", c))) {
			out[n++] = (char)c;
		} else {
			dc_percent(out + n, (char)c);
			n += DC_PERCENT_LEN;
		}
	}
	return (struct dc_slice){out, n};
}

static bool is_ascii(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] > 0x7e || (unsigned char)s.ptr[i] < 0x20)
			return false;
	}
	return true;
}

struct words {
	struct dc_slice message, uri, fingerprint, key;
	uint32_t line;
	bool in_file;
};

/* The line of a file; of dns/NAME the place in the record. Columns count characters, spans count octets: the same in ASCII
 * only. */
static json_t *region(struct dc_json *json, const struct dc_span *span, const struct words *words)
{
	json_t *object = json_object();

	dc_json_set(json, object, "startLine", dc_json_uint(words->line));
	if (span->record.len == 0)
		return object;
	if (!words->in_file && is_ascii(span->record)) {
		dc_json_set(json, object, "startColumn", dc_json_uint((uint64_t)span->start + 1));
		dc_json_set(json, object, "endColumn", dc_json_uint((uint64_t)span->start + span->length + 1));
	}
	dc_json_set(json, object, "snippet",
		    message(json, dc_json_text(json, dc_slice_sub(span->record, span->start, span->length))));
	return object;
}

static json_t *location(struct dc_json *json, const struct dc_audit_result *result, const struct dc_finding *finding,
			const struct words *words)
{
	json_t *object = json_object(), *physical = json_object(), *artifact = json_object();
	json_t *logical = json_object(), *logicals = json_array();

	dc_json_set(json, artifact, "uri", dc_json_text(json, words->uri));
	dc_json_set(json, physical, "artifactLocation", artifact);
	dc_json_set(json, physical, "region", region(json, &finding->span, words));
	dc_json_set(json, logical, "name", dc_json_text(json, finding->subject));
	dc_json_set(json, logical, "fullyQualifiedName", dc_json_text(json, result->inputs->domain));
	dc_json_add(json, logicals, logical);
	dc_json_set(json, object, "physicalLocation", physical);
	dc_json_set(json, object, "logicalLocations", logicals);
	return object;
}

static json_t *sarif_result(struct dc_json *json, const struct dc_audit_result *result,
			    const struct dc_finding *finding, const struct words *words)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	json_t *object = json_object(), *locations = json_array(), *prints = json_object();

	dc_json_add(json, locations, location(json, result, finding, words));
	/* The name that GitHub compares; it would make one of the line's text otherwise. */
	dc_json_set(json, prints, "primaryLocationLineHash", dc_json_text(json, words->key));
	dc_json_set(json, prints, "domaincheck/v1", dc_json_text(json, words->fingerprint));
	dc_json_set(json, object, "ruleId", json_string(row->slug));
	dc_json_set(json, object, "ruleIndex", json_integer(finding->id));
	dc_json_set(json, object, "kind", json_string(row->inconclusive ? "open" : "fail"));
	dc_json_set(json, object, "level", json_string(level_name(finding->severity, row->inconclusive)));
	dc_json_set(json, object, "message", message(json, dc_json_text(json, words->message)));
	dc_json_set(json, object, "locations", locations);
	dc_json_set(json, object, "partialFingerprints", prints);
	if (finding->waived.len > 0) {
		json_t *suppression = json_object(), *suppressions = json_array();

		dc_json_set(json, suppression, "kind", json_string("external"));
		dc_json_set(json, suppression, "justification", dc_json_text(json, finding->waived));
		dc_json_add(json, suppressions, suppression);
		dc_json_set(json, object, "suppressions", suppressions);
	}
	return object;
}

/* ---- the format ---- */

static void begin(struct dc_report *report)
{
	struct state *state = report->state;
	struct dc_json *json = &state->json;
	json_t *tool = json_object(), *driver = json_object(), *rules = json_array();

	dc_json_init(json);
	for (size_t i = 0; i < DC_F_COUNT; i++)
		dc_json_add(json, rules, rule(json, dc_catalogue_row((enum dc_finding_id)i)));
	dc_json_set(json, driver, "name", json_string("domaincheck"));
	dc_json_set(json, driver, "semanticVersion", json_string(report->run->tool_version));
	dc_json_set(json, driver, "rules", rules);
	dc_json_set(json, tool, "driver", driver);
	dc_buf_puts(&report->out, "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n"
				  "  \"version\": \"2.1.0\",\n  \"runs\": [{\n    \"tool\": ");
	dc_json_write(json, &report->out, tool, false, 4);
	dc_buf_puts(&report->out, ",\n    \"columnKind\": \"unicodeCodePoints\",\n    \"results\": [");
	json_decref(tool);
	if (json->failed)
		report->status = DC_ERR_NOMEM;
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	struct words *words = DC_NEW_ARRAY(report->scratch, struct words, result->finding_count + 1);

	/* Before the first JSON value, so that a spent arena leaves nothing behind. */
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		words[i].message = dc_finding_message(report->scratch, finding);
		struct dc_place_found place = dc_report_place(report, result, finding);

		words[i].uri = uri(report->scratch, &place);
		words[i].line = place.line;
		words[i].in_file = place.in_file;
		words[i].key = dc_report_key(report, result, i);
		words[i].fingerprint = dc_finding_fingerprint(report->scratch, finding);
	}
	for (size_t i = 0; i < result->finding_count; i++) {
		json_t *object;

		if (result->findings[i].severity == DC_SEVERITY_OFF)
			continue;
		if (state->results == RESULTS_MAX) {
			state->left_out++;
			continue;
		}
		state->results++;
		object = sarif_result(&state->json, result, &result->findings[i], &words[i]);
		dc_buf_puts(&report->out, state->begun ? ",\n      " : "\n      ");
		dc_json_write(&state->json, &report->out, object, false, 6);
		json_decref(object);
		state->begun = true;
	}
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
}

static void end(struct dc_report *report)
{
	const struct dc_run_info *run = report->run;
	struct state *state = report->state;
	char started[DC_TIME_TEXT_MAX], finished[DC_TIME_TEXT_MAX];

	dc_time_format(run->started_s, started);
	dc_time_format(run->finished_s > run->started_s ? run->finished_s : run->started_s, finished);
	dc_buf_puts(&report->out, state->begun ? "\n    ]" : "]");
	dc_buf_printf(&report->out,
		      ",\n    \"invocations\": [{\"executionSuccessful\": true, \"startTimeUtc\": \"%s\", "
		      "\"endTimeUtc\": \"%s\"",
		      started, finished);
	if (state->left_out > 0)
		dc_buf_printf(&report->out,
			      ", \"toolExecutionNotifications\": [{\"level\": \"warning\", \"message\": {\"text\": \"%llu further "
			      "findings are left out: a run may have %d results\"}}]",
			      (unsigned long long)state->left_out, RESULTS_MAX);
	dc_buf_puts(&report->out, "}]\n  }]\n}\n");
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_clear(&state->json);
}

const struct dc_format dc_format_sarif = {
	.name = "sarif",
	.about = "SARIF 2.1.0, for code-scanning views",
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.clear = clear,
};
