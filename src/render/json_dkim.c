/* "dkim" and "providers" of the JSON report. */
#include "dkim/dkim.h"
#include "render/json_value.h"

static json_t *weaknesses(struct dc_json *json, const struct dc_dkim_key *key)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < DC_DKIM_WEAKNESS_COUNT; i++) {
		if (i != DC_DKIM_WEAK_NOT_TESTED && (key->weak & (1u << i)))
			dc_json_add(json, array, json_string(dc_dkim_weakness_name((enum dc_dkim_weakness)i)));
	}
	return array;
}

/* What libopendkim said, in a word; NULL when it was not asked or could not be. */
static json_t *opendkim(struct dc_json *json, const struct dc_receiver_key *key)
{
	if (!key || key->fate == DC_RECEIVER_ABSENT)
		return json_null();
	if (key->fate == DC_RECEIVER_DONE)
		return dc_json_text_or_null(json, key->name);
	return json_string(key->fate == DC_RECEIVER_CRASHED ? "crashed" : "hung");
}

static json_t *selector(struct dc_json *json, const struct dc_dkim_selector *s)
{
	const struct dc_dkim_record *record = s->record;
	bool has_key = record && record->key.bits > 0;
	json_t *object = json_object();

	dc_json_set(json, object, "selector", dc_json_text(json, s->selector));
	dc_json_set(json, object, "name", dc_json_text_or_null(json, s->name));
	dc_json_set(json, object, "status", json_string(dc_dkim_status_name(s->status)));
	dc_json_set(json, object, "origin", json_string(dc_dkim_origin_name(s->origin)));
	dc_json_set(json, object, "record", record ? dc_json_text(json, record->txt.text) : json_null());
	dc_json_set(json, object, "key_type",
		    has_key ? dc_json_name_or_null(dc_dkim_key_type_name(record->key.type)) : json_null());
	dc_json_set(json, object, "key_bits", has_key ? dc_json_uint(record->key.bits) : json_null());
	dc_json_set(json, object, "key_fingerprint",
		    has_key ? dc_json_text_or_null(json, record->key.fingerprint) : json_null());
	dc_json_set(json, object, "weaknesses", has_key ? weaknesses(json, &record->key) : json_array());
	dc_json_set(json, object, "usable", dc_json_bool(s->status != DC_DKIM_UNKNOWN, record && record->usable));
	dc_json_set(json, object, "testing", dc_json_bool(record, record && record->testing));
	if (s->cname.len > 0)
		dc_json_set(json, object, "cname", dc_json_text(json, s->cname));
	if (s->provider)
		dc_json_set(json, object, "provider", json_string(s->provider->id));
	if (s->wildcard)
		dc_json_set(json, object, "wildcard", json_true());
	if (s->seen_since_s) {
		char time[DC_TIME_TEXT_MAX];

		dc_json_set(json, object, "key_since", json_string(dc_time_format(s->seen_since_s, time)));
	}
	dc_json_set(json, object, "opendkim", opendkim(json, s->opendkim));
	dc_json_set(json, object, "opendkim_reason",
		    s->opendkim ? dc_json_text_or_null(json, s->opendkim->reason) : json_null());
	return object;
}

static json_t *searched(struct dc_json *json, const struct dc_dkim_facts *dkim)
{
	static const char *const modes[] = {[DC_DKIM_SEARCH_KNOWN] = "known",
					    [DC_DKIM_SEARCH_ALL] = "all",
					    [DC_DKIM_SEARCH_NONE] = "none"};
	const struct dc_dkim_searched *s = dkim ? &dkim->searched : NULL;
	json_t *object = json_object();

	dc_json_set(json, object, "mode", s ? json_string(modes[s->mode]) : json_null());
	dc_json_set(json, object, "names", s ? dc_json_uint(s->names) : json_null());
	dc_json_set(json, object, "guesses", s ? dc_json_uint(s->guesses) : json_null());
	dc_json_set(json, object, "unanswered", s ? dc_json_uint(s->unanswered) : json_null());
	dc_json_set(json, object, "spared", s ? dc_json_uint(s->spared) : json_null());
	dc_json_set(json, object, "walk", s ? json_string(dc_dkim_walk_name(s->walk)) : json_null());
	dc_json_set(json, object, "wildcard",
		    dc_json_bool(s && s->wildcard != DC_DKIM_KNOWN_NOT, s && s->wildcard == DC_DKIM_KNOWN_YES));
	return object;
}

json_t *dc_json_dkim(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_dkim_facts *dkim = facts ? facts->dkim : NULL;
	json_t *object = json_object(), *selectors = json_array();

	for (size_t i = 0; dkim && i < dkim->selector_count; i++)
		dc_json_add(json, selectors, selector(json, &dkim->selectors[i]));
	dc_json_set(json, object, "domain", dkim ? dc_json_text_or_null(json, dkim->domain) : json_null());
	dc_json_set(json, object, "conclusion",
		    dkim ? json_string(dc_dkim_conclusion_name(dkim->conclusion)) : json_null());
	dc_json_set(json, object, "selectors", selectors);
	dc_json_set(json, object, "searched", searched(json, dkim));
	return object;
}

json_t *dc_json_providers(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_provider_facts *providers = facts ? facts->providers : NULL;
	json_t *array = json_array();

	for (size_t i = 0; providers && i < providers->count; i++) {
		const struct dc_provider *provider = &providers->items[i];
		json_t *object = json_object(), *by = json_array();

		for (size_t j = 0; j < provider->by_count; j++) {
			json_t *reason = json_object();

			dc_json_set(json, reason, "kind", json_string(dc_provider_by_name(provider->by[j].by)));
			dc_json_set(json, reason, "name", dc_json_text(json, provider->by[j].name));
			dc_json_add(json, by, reason);
		}
		dc_json_set(json, object, "id", json_string(provider->row->id));
		dc_json_set(json, object, "name", json_string(provider->row->name));
		dc_json_set(json, object, "kind", json_string(provider->row->kind));
		dc_json_set(json, object, "hosts", json_boolean(provider->hosts));
		dc_json_set(json, object, "sends", json_boolean(provider->sends));
		dc_json_set(json, object, "by", by);
		dc_json_add(json, array, object);
	}
	return array;
}
