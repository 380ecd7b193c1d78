/* The store as JSON (domaincheck.history/1). */
#include "render/history.h"
#include "render/json/value.h"

static void put_number(struct dc_json *json, json_t *object, const char *key, uint64_t number)
{
	dc_json_set(json, object, key, dc_json_uint(number));
}

static json_t *run(struct dc_json *json, const struct dc_history_run *r)
{
	json_t *object = json_object();

	dc_json_set(json, object, "started", dc_json_text(json, r->started));
	dc_json_set(json, object, "finished", dc_json_text(json, r->finished));
	put_number(json, object, "domains", r->domains);
	put_number(json, object, "pass", r->pass);
	put_number(json, object, "incomplete", r->incomplete);
	put_number(json, object, "fail", r->fail);
	put_number(json, object, "errors", r->errors);
	put_number(json, object, "warnings", r->warnings);
	put_number(json, object, "notices", r->notices);
	put_number(json, object, "inconclusive", r->inconclusive);
	put_number(json, object, "waived", r->waived);
	return object;
}

static json_t *finding(struct dc_json *json, const struct dc_history_finding *f)
{
	json_t *object = json_object();

	dc_json_set(json, object, "domain", dc_json_text(json, f->domain));
	dc_json_set(json, object, "id", dc_json_text(json, f->id));
	dc_json_set(json, object, "check", dc_json_text(json, f->check));
	dc_json_set(json, object, "severity", dc_json_text(json, f->severity));
	dc_json_set(json, object, "inconclusive", json_boolean(f->inconclusive));
	dc_json_set(json, object, "waived", json_boolean(f->waived));
	dc_json_set(json, object, "subject", dc_json_text(json, f->subject));
	dc_json_set(json, object, "message", dc_json_text(json, f->message));
	dc_json_set(json, object, "fingerprint", dc_json_text(json, f->fingerprint));
	dc_json_set(json, object, "first_seen", dc_json_text(json, f->first_seen));
	dc_json_set(json, object, "last_seen", dc_json_text(json, f->last_seen));
	put_number(json, object, "runs", f->runs);
	dc_json_set(json, object, "open", json_boolean(f->open));
	return object;
}

static json_t *key_object(struct dc_json *json, const struct dc_history_key *k)
{
	json_t *object = json_object();

	dc_json_set(json, object, "domain", dc_json_text(json, k->domain));
	dc_json_set(json, object, "name", dc_json_text(json, k->name));
	dc_json_set(json, object, "selector", dc_json_text(json, k->selector));
	dc_json_set(json, object, "fingerprint", dc_json_text(json, k->fingerprint));
	dc_json_set(json, object, "type", dc_json_text_or_null(json, k->type));
	dc_json_set(json, object, "bits", k->bits < 0 ? json_null() : dc_json_uint((uint64_t)k->bits));
	dc_json_set(json, object, "first_seen", dc_json_text(json, k->first_seen));
	dc_json_set(json, object, "last_seen", dc_json_text(json, k->last_seen));
	dc_json_set(json, object, "published", json_boolean(k->open));
	return object;
}

bool dc_history_json(struct dc_buf *out, const struct dc_history_view *view)
{
	json_t *object = json_object(), *runs = json_array(), *findings = json_array(), *keys = json_array();
	struct dc_json json;
	bool good;

	dc_json_init(&json);
	for (size_t i = 0; i < view->run_count; i++)
		dc_json_add(&json, runs, run(&json, &view->runs[i]));
	for (size_t i = 0; i < view->finding_count; i++)
		dc_json_add(&json, findings, finding(&json, &view->findings[i]));
	for (size_t i = 0; i < view->key_count; i++)
		dc_json_add(&json, keys, key_object(&json, &view->keys[i]));
	dc_json_set(&json, object, "schema", json_string("domaincheck.history/1"));
	dc_json_set(&json, object, "runs", runs);
	dc_json_set(&json, object, "findings", findings);
	dc_json_set(&json, object, "keys", keys);
	dc_json_write(&json, out, object, false, 0);
	dc_buf_putc(out, '\n');
	json_decref(object);
	good = !json.failed;
	dc_json_clear(&json);
	return good;
}
