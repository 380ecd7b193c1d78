/* "dkim" and "providers" of the JSON report. */
#include "dkim/dkim.h"
#include "render/json/node.h"

static struct dc_node *weaknesses(struct dc_json *json, const struct dc_dkim_key *key)
{
	struct dc_node *array = dc_node_array(json);

	for (unsigned i = 0; i < DC_DKIM_WEAKNESS_COUNT; i++) {
		if (i != DC_DKIM_WEAK_NOT_TESTED && (key->weak & (1u << i)))
			dc_node_add(json, array, dc_node_word(json, dc_dkim_weakness_name((enum dc_dkim_weakness)i)));
	}
	return array;
}

/* What libopendkim said, in a word; NULL when it was not asked or could not be. */
static struct dc_node *opendkim(struct dc_json *json, const struct dc_receiver_key *key)
{
	if (!key || key->fate == DC_RECEIVER_ABSENT)
		return dc_node_null(json);
	if (key->fate == DC_RECEIVER_DONE)
		return dc_node_text_or_null(json, key->name);
	return dc_node_word(json, key->fate == DC_RECEIVER_CRASHED ? "crashed" : "hung");
}

static struct dc_node *selector(struct dc_json *json, const struct dc_dkim_selector *s)
{
	const struct dc_dkim_record *record = s->record;
	bool has_key = record && record->key.bits > 0;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "selector", dc_node_text(json, s->selector));
	dc_node_set(json, object, "name", dc_node_text_or_null(json, s->name));
	dc_node_set(json, object, "status", dc_node_word(json, dc_dkim_status_name(s->status)));
	dc_node_set(json, object, "origin", dc_node_word(json, dc_dkim_origin_name(s->origin)));
	dc_node_set(json, object, "record", record ? dc_node_text(json, record->txt.text) : dc_node_null(json));
	dc_node_set(json, object, "key_type",
		    has_key ? dc_node_name_or_null(json, dc_dkim_key_type_name(record->key.type)) : dc_node_null(json));
	dc_node_set(json, object, "key_bits", has_key ? dc_node_uint(json, record->key.bits) : dc_node_null(json));
	dc_node_set(json, object, "key_fingerprint",
		    has_key ? dc_node_text_or_null(json, record->key.fingerprint) : dc_node_null(json));
	dc_node_set(json, object, "weaknesses", has_key ? weaknesses(json, &record->key) : dc_node_array(json));
	dc_node_set(json, object, "usable",
		    dc_node_bool(json, s->status != DC_DKIM_UNKNOWN, record && record->usable && s->record_count == 1));
	dc_node_set(json, object, "testing", dc_node_bool(json, record, record && record->testing));
	if (s->cname.len > 0)
		dc_node_set(json, object, "cname", dc_node_text(json, s->cname));
	if (s->provider)
		dc_node_set(json, object, "provider", dc_node_word(json, s->provider->id));
	if (s->wildcard)
		dc_node_set(json, object, "wildcard", dc_node_flag(json, true));
	if (s->seen_since_s) {
		char time[DC_TIME_TEXT_MAX];

		dc_node_set(json, object, "key_since", dc_node_copy(json, dc_slice_of(dc_time_format(s->seen_since_s, time))));
	}
	dc_node_set(json, object, "opendkim", opendkim(json, s->opendkim));
	dc_node_set(json, object, "opendkim_reason",
		    s->opendkim ? dc_node_text_or_null(json, s->opendkim->reason) : dc_node_null(json));
	return object;
}

static struct dc_node *searched(struct dc_json *json, const struct dc_dkim_facts *dkim)
{
	static const char *const modes[] = {[DC_DKIM_SEARCH_KNOWN] = "known",
					    [DC_DKIM_SEARCH_ALL] = "all",
					    [DC_DKIM_SEARCH_NONE] = "none"};
	const struct dc_dkim_searched *s = dkim ? &dkim->searched : NULL;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "mode", s ? dc_node_word(json, modes[s->mode]) : dc_node_null(json));
	dc_node_set(json, object, "names", s ? dc_node_uint(json, s->names) : dc_node_null(json));
	dc_node_set(json, object, "guesses", s ? dc_node_uint(json, s->guesses) : dc_node_null(json));
	dc_node_set(json, object, "unanswered", s ? dc_node_uint(json, s->unanswered) : dc_node_null(json));
	dc_node_set(json, object, "spared", s ? dc_node_uint(json, s->spared) : dc_node_null(json));
	dc_node_set(json, object, "walk", s ? dc_node_word(json, dc_dkim_walk_name(s->walk)) : dc_node_null(json));
	dc_node_set(json, object, "wildcard",
		    dc_node_bool(json, s && s->wildcard != DC_DKIM_KNOWN_NOT, s && s->wildcard == DC_DKIM_KNOWN_YES));
	return object;
}

struct dc_node *dc_json_dkim(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_dkim_facts *dkim = facts ? facts->dkim : NULL;
	struct dc_node *object = dc_node_object(json), *selectors = dc_node_array(json);

	for (size_t i = 0; dkim && i < dkim->selector_count; i++)
		dc_node_add(json, selectors, selector(json, &dkim->selectors[i]));
	dc_node_set(json, object, "domain", dkim ? dc_node_text_or_null(json, dkim->domain) : dc_node_null(json));
	dc_node_set(json, object, "conclusion",
		    dkim ? dc_node_word(json, dc_dkim_conclusion_name(dkim->conclusion)) : dc_node_null(json));
	dc_node_set(json, object, "selectors", selectors);
	dc_node_set(json, object, "searched", searched(json, dkim));
	return object;
}

struct dc_node *dc_json_providers(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_provider_facts *providers = facts ? facts->providers : NULL;
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; providers && i < providers->count; i++) {
		const struct dc_provider *provider = &providers->items[i];
		struct dc_node *object = dc_node_object(json), *by = dc_node_array(json);

		for (size_t j = 0; j < provider->by_count; j++) {
			struct dc_node *reason = dc_node_object(json);

			dc_node_set(json, reason, "kind", dc_node_word(json, dc_provider_by_name(provider->by[j].by)));
			dc_node_set(json, reason, "name", dc_node_text(json, provider->by[j].name));
			dc_node_add(json, by, reason);
		}
		dc_node_set(json, object, "id", dc_node_word(json, provider->row->id));
		dc_node_set(json, object, "name", dc_node_word(json, provider->row->name));
		dc_node_set(json, object, "kind", dc_node_word(json, provider->row->kind));
		dc_node_set(json, object, "hosts", dc_node_flag(json, provider->hosts));
		dc_node_set(json, object, "sends", dc_node_flag(json, provider->sends));
		dc_node_set(json, object, "by", by);
		dc_node_add(json, array, object);
	}
	return array;
}
