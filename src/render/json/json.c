/* json: one document a run, streamed; ndjson: one domain object a line. The names are a contract with scripts:
 * data/schema/report.json describes them. `null` says "could not be determined", and no key vanishes because something
 * failed. */
#include "render/json/fleet.h"
#include "render/json/node.h"

struct words {
	struct dc_slice message, fix, fingerprint;
};

struct state {
	struct dc_json json;
	struct dc_fleet *fleet; /* of the document; lines keep nothing */
	bool begun; /* a domain has been written */
};

static const struct words *make_words(struct dc_report *report, const struct dc_audit_result *result)
{
	struct words *words = DC_NEW_ARRAY(report->scratch, struct words, result->finding_count + 1);

	for (size_t i = 0; i < result->finding_count; i++) {
		words[i].message = dc_finding_message(report->scratch, &result->findings[i]);
		words[i].fix = dc_finding_fix(report->scratch, &result->findings[i]);
		words[i].fingerprint = dc_finding_fingerprint(report->scratch, &result->findings[i]);
	}
	return words;
}

static struct dc_node *arguments(struct dc_json *json, const struct dc_finding *finding)
{
	struct dc_node *object = dc_node_object(json);

	for (size_t i = 0; i < finding->arg_count; i++) {
		const struct dc_arg *arg = &finding->args[i];

		dc_node_set(json, object, arg->name,
			    arg->type == DC_ARG_INT    ? dc_node_integer(json, arg->number)
			    : arg->type == DC_ARG_TEXT ? dc_node_text(json, arg->text)
						       : dc_node_texts(json, arg->items, arg->count));
	}
	return object;
}

static struct dc_node *span(struct dc_json *json, const struct dc_span *s)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "record", dc_node_text(json, s->record));
	dc_node_set(json, object, "start", dc_node_uint(json, s->start));
	dc_node_set(json, object, "length", dc_node_uint(json, s->length));
	dc_node_set(json, object, "text", dc_node_text(json, dc_slice_sub(s->record, s->start, s->length)));
	dc_node_set(json, object, "string", dc_node_uint(json, s->string));
	dc_node_set(json, object, "string_offset", dc_node_uint(json, s->string_offset));
	return object;
}

static struct dc_node *finding_object(struct dc_json *json, const struct dc_finding *finding, const struct words *words)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	struct dc_node *object = dc_node_object(json), *references = dc_node_array(json), *evidence = dc_node_array(json);

	for (size_t i = 0; row->references[i]; i++)
		dc_node_add(json, references, dc_node_word(json, row->references[i]));
	for (size_t i = 0; i < finding->answer_count; i++)
		dc_node_add(json, evidence, dc_node_answer(json, finding->answers[i]));
	dc_node_set(json, object, "id", dc_node_word(json, row->slug));
	dc_node_set(json, object, "check", dc_node_word(json, row->check));
	dc_node_set(json, object, "severity", dc_node_word(json, dc_severity_name(finding->severity)));
	dc_node_set(json, object, "inconclusive", dc_node_flag(json, row->inconclusive));
	dc_node_set(json, object, "subject", dc_node_text(json, finding->subject));
	dc_node_set(json, object, "message", dc_node_text(json, words->message));
	dc_node_set(json, object, "args", arguments(json, finding));
	if (finding->span.record.len > 0)
		dc_node_set(json, object, "span", span(json, &finding->span));
	dc_node_set(json, object, "fix", dc_node_text(json, words->fix));
	dc_node_set(json, object, "references", references);
	dc_node_set(json, object, "evidence", evidence);
	dc_node_set(json, object, "fingerprint", dc_node_text(json, words->fingerprint));
	if (finding->waived.len > 0)
		dc_node_set(json, object, "waived", dc_node_text(json, finding->waived));
	if (finding->waived_until.len > 0)
		dc_node_set(json, object, "waived_until", dc_node_text(json, finding->waived_until));
	return object;
}

static struct dc_node *dns_object(struct dc_json *json, const struct dc_dns_figures *dns)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "questions", dc_node_uint(json, dns->questions));
	dc_node_set(json, object, "unanswered", dc_node_uint(json, dns->unanswered));
	dc_node_set(json, object, "rounds", dc_node_uint(json, dns->rounds));
	dc_node_set(json, object, "elapsed_ms", dc_node_uint(json, dns->elapsed_ms));
	return object;
}

static struct dc_node *findings_array(struct dc_json *json, const struct dc_audit_result *result, const struct words *words)
{
	struct dc_node *findings = dc_node_array(json);

	for (size_t i = 0; i < result->finding_count; i++) {
		if (result->findings[i].severity != DC_SEVERITY_OFF)
			dc_node_add(json, findings, finding_object(json, &result->findings[i], &words[i]));
	}
	return findings;
}

struct dc_node *dc_node_domain(struct dc_json *json, struct dc_report *report, const struct dc_audit_result *result,
			       enum dc_node_extent extent)
{
	const struct words *words = make_words(report, result);
	const struct dc_inputs *inputs = result->inputs;
	struct dc_node *object = dc_node_object(json), *checks = dc_node_array(json), *profiles = dc_node_array(json);

	for (size_t i = 0; i < result->check_count; i++) {
		struct dc_node *check = dc_node_object(json);

		dc_node_set(json, check, "id", dc_node_word(json, result->checks[i].check->id));
		dc_node_set(json, check, "verdict", dc_node_word(json, dc_verdict_name(result->checks[i].verdict)));
		dc_node_add(json, checks, check);
	}
	for (size_t i = 0; i < result->profile_count; i++)
		dc_node_add(json, profiles, dc_node_profile(json, &result->profiles[i], extent));
	dc_node_set(json, object, "domain", dc_node_text(json, inputs->domain));
	if (inputs->typed.len > 0 && !dc_slice_eq(inputs->typed, inputs->domain))
		dc_node_set(json, object, "input", dc_node_text(json, inputs->typed));
	dc_node_set(json, object, "verdict", dc_node_word(json, dc_domain_verdict_name(result->verdict)));
	dc_node_set(json, object, "checks", checks);
	dc_node_set(json, object, "findings", findings_array(json, result, words));
	dc_node_set(json, object, "profiles", profiles);
	if (inputs->declared)
		dc_node_set(json, object, "declared", dc_json_declared(json, inputs, result->facts));
	dc_node_set(json, object, "facts", dc_json_facts(json, result));
	dc_node_set(json, object, "dns", dns_object(json, &result->dns));
	return object;
}

json_t *dc_json_domain(struct dc_json *json, struct dc_report *report, const struct dc_audit_result *result)
{
	json_t *value = dc_node_value(json, dc_node_domain(json, report, result, DC_NODE_WHOLE));

	dc_node_forget(json);
	return value;
}

static void write_domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;

	dc_node_write(&state->json, &report->out, dc_node_domain(&state->json, report, result, DC_NODE_WHOLE), false, 4);
	dc_node_forget(&state->json);
	if (state->json.failed && report->status == DC_OK)
		report->status = DC_ERR_NOMEM;
}

/* ---- the same on one line ----
 * Checks and requirements are a hundred small objects of our own words: a tree of them would cost more than the rest of a
 * fleet's report. They are written as they are. */

static void put_verdict(struct dc_report *report, const char *lead, const char *id, enum dc_verdict verdict)
{
	struct state *state = report->state;

	dc_buf_puts(&report->out, lead);
	dc_json_put_word(&state->json, &report->out, id);
	dc_buf_puts(&report->out, ",\"verdict\":");
	dc_json_put_word(&state->json, &report->out, dc_verdict_name(verdict));
}

static void put_member(struct dc_report *report, const char *lead, const struct dc_node *value)
{
	struct state *state = report->state;

	dc_buf_puts(&report->out, lead);
	dc_node_write(&state->json, &report->out, value, true, 0);
}

static void write_line(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	struct dc_json *json = &state->json;
	struct dc_buf *out = &report->out;
	const struct dc_inputs *inputs = result->inputs;
	const struct words *words = make_words(report, result);

	put_member(report, "{\"domain\":", dc_node_text(json, inputs->domain));
	if (inputs->typed.len > 0 && !dc_slice_eq(inputs->typed, inputs->domain))
		put_member(report, ",\"input\":", dc_node_text(json, inputs->typed));
	dc_buf_puts(out, ",\"verdict\":");
	dc_json_put_word(json, out, dc_domain_verdict_name(result->verdict));
	dc_buf_puts(out, ",\"checks\":[");
	for (size_t i = 0; i < result->check_count; i++) {
		put_verdict(report, i ? ",{\"id\":" : "{\"id\":", result->checks[i].check->id, result->checks[i].verdict);
		dc_buf_putc(out, '}');
	}
	put_member(report, "],\"findings\":", findings_array(json, result, words));
	dc_buf_puts(out, ",\"profiles\":[");
	for (size_t i = 0; i < result->profile_count; i++) {
		put_verdict(report, i ? ",{\"id\":" : "{\"id\":", result->profiles[i].id, result->profiles[i].verdict);
		dc_json_put_profile(json, out, &result->profiles[i]);
	}
	dc_buf_putc(out, ']');
	if (inputs->declared)
		put_member(report, ",\"declared\":", dc_json_declared(json, inputs, result->facts));
	put_member(report, ",\"facts\":", dc_json_facts(json, result));
	put_member(report, ",\"dns\":", dns_object(json, &result->dns));
	dc_buf_puts(out, "}\n");
	dc_node_forget(json);
	if (json->failed && report->status == DC_OK)
		report->status = DC_ERR_NOMEM;
}

/* ---- what stands around the domains ---- */

static json_t *options_object(struct dc_json *json, const struct dc_run_info *run)
{
	json_t *object = json_object();

	for (size_t i = 0; i < run->option_count; i++) {
		const struct dc_run_option *option = &run->options[i];
		json_t *value;

		switch (option->type) {
		case DC_OPTION_FLAG:
			value = json_boolean(option->number != 0);
			break;
		case DC_OPTION_NUMBER:
			value = json_integer(option->number);
			break;
		case DC_OPTION_TEXT:
			value = option->value_count > 0 ? dc_json_text(json, option->values[0]) : json_null();
			break;
		default:
			value = dc_json_texts(json, option->values, option->value_count);
			break;
		}
		dc_json_set(json, object, option->name, value);
	}
	return object;
}

static json_t *fleet_object(struct dc_json *json, const struct dc_summary *summary, const struct dc_fleet_view *view)
{
	json_t *object = json_object(), *findings = json_array();

	for (size_t i = 0; i < DC_F_COUNT; i++) {
		const struct dc_catalogue_row *row = dc_catalogue_row((enum dc_finding_id)i);
		json_t *entry;

		if (summary->findings_of[i] == 0)
			continue;
		entry = json_object();
		dc_json_set(json, entry, "id", json_string(row->slug));
		dc_json_set(json, entry, "check", json_string(row->check));
		dc_json_set(json, entry, "findings", dc_json_uint(summary->findings_of[i]));
		dc_json_set(json, entry, "domains", dc_json_uint(summary->domains_of[i]));
		dc_json_add(json, findings, entry);
	}
	dc_json_set(json, object, "findings", findings);
	dc_json_fleet(json, object, view);
	return object;
}

static json_t *summary_object(struct dc_json *json, const struct dc_summary *summary)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{"domains", summary->domains},	   {"pass", summary->pass},
		{"incomplete", summary->incomplete}, {"fail", summary->fail},
		{"errors", summary->errors},	   {"warnings", summary->warnings},
		{"notices", summary->notices},	   {"inconclusive", summary->undetermined},
		{"waived", summary->waived},	   {"questions", summary->questions},
		{"unanswered", summary->unanswered},
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		dc_json_set(json, object, rows[i].name, dc_json_uint(rows[i].value));
	return object;
}

/* Takes over `value`. */
static void write_member(struct dc_report *report, const char *lead, const char *key, json_t *value)
{
	struct state *state = report->state;

	dc_buf_printf(&report->out, "%s  \"%s\": ", lead, key);
	dc_json_write(&state->json, &report->out, value, false, 2);
	json_decref(value);
}

static void begin(struct dc_report *report)
{
	struct state *state = report->state;
	json_t *tool = json_object();
	char time[DC_TIME_TEXT_MAX];

	dc_json_init(&state->json);
	state->fleet = dc_fleet_new();
	state->json.failed = !state->fleet;
	dc_json_set(&state->json, tool, "name", json_string("domaincheck"));
	dc_json_set(&state->json, tool, "version", json_string(report->run->tool_version));
	write_member(report, "{\n", "schema", json_string("domaincheck.report/1"));
	write_member(report, ",\n", "tool", tool);
	write_member(report, ",\n", "started", json_string(dc_time_format(report->run->started_s, time)));
	write_member(report, ",\n", "options", options_object(&state->json, report->run));
	dc_buf_puts(&report->out, ",\n  \"domains\": [");
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;

	dc_buf_puts(&report->out, state->begun ? ",\n    " : "\n    ");
	state->begun = true;
	write_domain(report, result);
	if (!dc_fleet_add(state->fleet, result) && report->status == DC_OK)
		report->status = DC_ERR_NOMEM;
}

static void end(struct dc_report *report)
{
	const struct dc_run_info *run = report->run;
	int64_t finished = run->finished_s > run->started_s ? run->finished_s : run->started_s;
	struct state *state = report->state;
	char time[DC_TIME_TEXT_MAX];

	const struct dc_fleet_view *view = dc_fleet_view(state->fleet, report->scratch);
	dc_buf_puts(&report->out, state->begun ? "\n  ]" : "]");
	write_member(report, ",\n", "fleet", fleet_object(&state->json, &report->summary, view));
	if (run->waiver_count > 0)
		write_member(report, ",\n", "waivers", dc_json_waivers(&state->json, run));
	write_member(report, ",\n", "summary", summary_object(&state->json, &report->summary));
	write_member(report, ",\n", "finished", json_string(dc_time_format(finished, time)));
	dc_buf_puts(&report->out, "\n}\n");
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
}

/* A domain that comes as JSON already. */
static bool merge(struct dc_report *report, struct dc_slice line, enum dc_domain_verdict *ret_verdict)
{
	struct state *state = report->state;
	json_t *object = dc_json_read_domain(report, line, state->fleet, ret_verdict);

	if (!object)
		return false;
	dc_buf_puts(&report->out, state->begun ? ",\n    " : "\n    ");
	state->begun = true;
	dc_json_write(&state->json, &report->out, object, false, 4);
	json_decref(object);
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
	return true;
}

static bool merge_line(struct dc_report *report, struct dc_slice line, enum dc_domain_verdict *ret_verdict)
{
	json_t *object = dc_json_read_domain(report, line, NULL, ret_verdict);

	if (!object)
		return false;
	json_decref(object);
	dc_buf_put_slice(&report->out, line);
	dc_buf_putc(&report->out, '\n');
	return true;
}

static void begin_lines(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_init(&state->json);
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_clear(&state->json);
	dc_fleet_free(state->fleet);
}

const struct dc_format dc_format_json = {
	.name = "json",
	.about = "one JSON document (schema domaincheck.report/1)",
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.line = merge,
	.clear = clear,
};

const struct dc_format dc_format_ndjson = {
	.name = "ndjson",
	.about = "one JSON object a domain and line, as soon as it is ready",
	.streams = true,
	.state_size = sizeof(struct state),
	.begin = begin_lines,
	.domain = write_line,
	.line = merge_line,
	.clear = clear,
};
