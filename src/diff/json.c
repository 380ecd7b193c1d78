/* Changes as JSON, schema domaincheck.diff/1: data/schema/diff.json. */
#include "diff/diff.h"

#include "render/json/value.h"

/* The words of one change, made before its JSON: a spent arena leaves nothing behind. */
struct writer {
	struct dc_json json;
	struct dc_arena *scratch;
	const struct dc_diff *diff;
};

static json_t *value_of(struct dc_json *json, const struct dc_diff_thing *thing)
{
	if (!thing || thing->state != DC_DIFF_PRESENT)
		return json_null();
	return thing->set ? dc_json_texts(json, thing->parts, thing->part_count) : dc_json_text(json, thing->value);
}

/* Beside "old" and "new": null may mean both that there was none and that nobody knows. */
static const char *state_name(const struct dc_diff_thing *thing)
{
	static const char *const names[] = {"not-known", "absent", "present"};
	return thing ? names[thing->state] : "not-asked";
}

static json_t *thing_object(struct dc_json *json, const struct dc_diff_thing_change *change, struct dc_slice words)
{
	const struct dc_diff_thing *thing = change->new ? change->new : change->old;
	json_t *object = json_object();
	dc_json_set(json, object, "change", json_string(dc_diff_change_name(change->change)));
	if (thing->record) {
		dc_json_set(json, object, "protocol", dc_json_text(json, thing->protocol));
		dc_json_set(json, object, "name", dc_json_text(json, thing->name));
		dc_json_set(json, object, "type", json_string(thing->type));
		dc_json_set(json, object, "alias_of", dc_json_text_or_null(json, thing->owner));
		dc_json_set(json, object, "via", dc_json_text_or_null(json, thing->via));
		dc_json_set(json, object, "whose", json_string(dc_diff_whose_name(change->whose)));
		dc_json_set(json, object, "message", dc_json_text(json, words));
	} else {
		dc_json_set(json, object, "path", dc_json_text(json, thing->name));
	}
	dc_json_set(json, object, "old_state", json_string(state_name(change->old)));
	dc_json_set(json, object, "new_state", json_string(state_name(change->new)));
	dc_json_set(json, object, "old", value_of(json, change->old));
	dc_json_set(json, object, "new", value_of(json, change->new));
	dc_json_set(json, object, "added", dc_json_texts(json, change->added, change->added_count));
	dc_json_set(json, object, "removed", dc_json_texts(json, change->removed, change->removed_count));
	return object;
}

static json_t *finding_side(struct dc_json *json, const struct dc_diff_finding *finding)
{
	json_t *object;
	if (!finding)
		return json_null();
	object = json_object();
	dc_json_set(json, object, "severity", json_string(dc_severity_name(finding->severity)));
	dc_json_set(json, object, "message", dc_json_text(json, finding->message));
	dc_json_set(json, object, "fix", dc_json_text(json, finding->fix));
	dc_json_set(json, object, "waived", dc_json_text_or_null(json, finding->waived));
	return object;
}

static json_t *finding_object(struct dc_json *json, const struct dc_diff_finding_change *change, const struct dc_slice *because)
{
	const struct dc_diff_finding *finding = change->new ? change->new : change->old;
	json_t *object = json_object();
	dc_json_set(json, object, "change", json_string(dc_diff_change_name(change->change)));
	dc_json_set(json, object, "fails", json_boolean(change->fails));
	dc_json_set(json, object, "id", dc_json_text(json, finding->id));
	dc_json_set(json, object, "check", dc_json_text(json, finding->check));
	dc_json_set(json, object, "subject", dc_json_text(json, finding->subject));
	dc_json_set(json, object, "inconclusive", json_boolean(finding->inconclusive));
	dc_json_set(json, object, "fingerprint", dc_json_text(json, finding->fingerprint));
	dc_json_set(json, object, "old", finding_side(json, change->old));
	dc_json_set(json, object, "new", finding_side(json, change->new));
	dc_json_set(json, object, "because", dc_json_texts(json, because, change->because_count));
	return object;
}

static json_t *verdicts_array(struct dc_json *json, const struct dc_diff_verdict_change *changes, size_t count, const char *key)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();
		dc_json_set(json, object, key, dc_json_text(json, changes[i].id));
		dc_json_set(json, object, "old", dc_json_text_or_null(json, changes[i].old));
		dc_json_set(json, object, "new", dc_json_text_or_null(json, changes[i].new));
		dc_json_add(json, array, object);
	}
	return array;
}

static json_t *domain_object(struct writer *w, const struct dc_diff_domain_change *change)
{
	struct dc_json *json = &w->json;
	struct dc_slice *words = DC_NEW_ARRAY(w->scratch, struct dc_slice, change->thing_count + 1);
	struct dc_slice **because = DC_NEW_ARRAY(w->scratch, struct dc_slice *, change->finding_count + 1);
	for (size_t i = 0; i < change->thing_count; i++)
		words[i] = dc_diff_words(w->scratch, &change->things[i]);
	for (size_t i = 0; i < change->finding_count; i++) {
		because[i] = DC_NEW_ARRAY(w->scratch, struct dc_slice, change->findings[i].because_count + 1);
		for (size_t k = 0; k < change->findings[i].because_count; k++)
			because[i][k] = dc_diff_words(w->scratch, change->findings[i].because[k]);
	}
	json_t *object = json_object(), *verdict = json_object();
	json_t *findings = json_array(), *records = json_array(), *facts = json_array();
	for (size_t i = 0; i < change->finding_count; i++)
		dc_json_add(json, findings, finding_object(json, &change->findings[i], because[i]));
	for (size_t i = 0; i < change->thing_count; i++) {
		const struct dc_diff_thing_change *thing = &change->things[i];
		dc_json_add(json, (thing->new ? thing->new : thing->old)->record ? records : facts, thing_object(json, thing, words[i]));
	}
	dc_json_set(json, verdict, "old", change->old ? dc_json_text_or_null(json, change->old->verdict) : json_null());
	dc_json_set(json, verdict, "new", change->new ? dc_json_text_or_null(json, change->new->verdict) : json_null());
	dc_json_set(json, object, "domain", dc_json_text(json, (change->new ? change->new : change->old)->domain));
	dc_json_set(json, object, "change", json_string(!change->old ? "only-new" : !change->new ? "only-old" : "changed"));
	dc_json_set(json, object, "verdict", verdict);
	dc_json_set(json, object, "fails", json_boolean(change->fails));
	dc_json_set(json, object, "incomplete", json_boolean(change->incomplete));
	dc_json_set(json, object, "findings", findings);
	dc_json_set(json, object, "records", records);
	dc_json_set(json, object, "facts", facts);
	dc_json_set(json, object, "checks", verdicts_array(json, change->checks, change->check_count, "id"));
	dc_json_set(json, object, "profiles", verdicts_array(json, change->profiles, change->profile_count, "id"));
	return object;
}

static json_t *side_object(struct dc_json *json, const struct dc_diff_side *side)
{
	json_t *object = json_object();
	dc_json_set(json, object, "file", dc_json_text(json, side->shown));
	dc_json_set(json, object, "started", dc_json_text_or_null(json, side->started));
	dc_json_set(json, object, "version", dc_json_text_or_null(json, side->version));
	dc_json_set(json, object, "domains", dc_json_uint(side->domain_count));
	return object;
}

static json_t *summary_object(struct dc_json *json, const struct dc_diff_summary *sum)
{
	const struct {
		const char *name;
		size_t value;
	} rows[] = {{"domains", sum->domains},		   {"changed", sum->changed},
		    {"same", sum->same},		   {"only_old", sum->only_old},
		    {"only_new", sum->only_new},	   {"findings_came", sum->findings_came},
		    {"findings_went", sum->findings_went}, {"findings_changed", sum->findings_changed},
		    {"new_failing", sum->new_failing},
		    {"requirements_broken", sum->requirements_broken},	   {"records", sum->records},
		    {"facts", sum->facts},		   {"unknown", sum->unknown}};
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		dc_json_set(json, object, rows[i].name, dc_json_uint(rows[i].value));
	return object;
}

/* Takes over `value`. */
static void member(struct writer *w, struct dc_buf *out, const char *lead, const char *key, json_t *value)
{
	dc_buf_printf(out, "%s  \"%s\": ", lead, key);
	dc_json_write(&w->json, out, value, false, 2);
	json_decref(value);
}

enum dc_status dc_diff_json(const struct dc_diff *diff, struct dc_arena *scratch, struct dc_buf *out)
{
	static const char *const fail_on[] = {"never", "notice", "warning", "error"};
	struct writer w = {.scratch = scratch, .diff = diff};
	json_t *tool = json_object();
	if (DC_ARENA_GUARD(scratch)) {
		dc_json_clear(&w.json);
		return DC_ERR_NOMEM;
	}
	dc_json_init(&w.json);
	dc_json_set(&w.json, tool, "name", json_string("domaincheck"));
	dc_json_set(&w.json, tool, "version", json_string(DC_VERSION));
	member(&w, out, "{\n", "schema", json_string("domaincheck.diff/1"));
	member(&w, out, ",\n", "tool", tool);
	member(&w, out, ",\n", "verdict", json_string(diff->fails ? "fail" : diff->incomplete ? "incomplete" : "pass"));
	member(&w, out, ",\n", "fail_on", json_string(fail_on[diff->fail_on]));
	member(&w, out, ",\n", "old", side_object(&w.json, diff->old));
	member(&w, out, ",\n", "new", side_object(&w.json, diff->new));
	member(&w, out, ",\n", "options", verdicts_array(&w.json, diff->options, diff->option_count, "name"));
	dc_buf_puts(out, ",\n  \"domains\": [");
	for (size_t i = 0; i < diff->domain_count; i++) {
		json_t *object = domain_object(&w, &diff->domains[i]);
		dc_buf_puts(out, i ? ",\n    " : "\n    ");
		dc_json_write(&w.json, out, object, false, 4);
		json_decref(object);
		dc_arena_reset(scratch);
	}
	dc_buf_puts(out, diff->domain_count ? "\n  ]" : "]");
	member(&w, out, ",\n", "summary", summary_object(&w.json, &diff->summary));
	dc_buf_puts(out, "\n}\n");
	bool failed = w.json.failed || out->status != DC_OK;
	dc_json_clear(&w.json);
	return failed ? DC_ERR_NOMEM : DC_OK;
}
