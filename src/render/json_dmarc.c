/* "dmarc" of the JSON report: RFC 9989 first; what receivers on RFC 7489 conclude stands in "legacy". */
#include "dmarc/dmarc.h"
#include "render/json_value.h"

static json_t *policy(enum dc_dmarc_policy value)
{
	return dc_json_name_or_null(dc_dmarc_policy_name(value));
}

static json_t *walk(struct dc_json *json, const struct dc_dmarc_facts *dmarc)
{
	json_t *array = json_array();

	for (size_t i = 0; i < dmarc->walk.count; i++) {
		static const char *const states[] = {[DC_DMARC_NODE_NONE] = "none",
						     [DC_DMARC_NODE_RECORD] = "record",
						     [DC_DMARC_NODE_MULTIPLE] = "multiple"};
		const struct dc_dmarc_node *node = &dmarc->walk.nodes[i];
		json_t *object = json_object();

		dc_json_set(json, object, "name", dc_json_text_or_null(json, node->name));
		dc_json_set(json, object, "state", dc_json_name_or_null(states[node->state]));
		dc_json_set(json, object, "visited", json_boolean(node->visited));
		dc_json_set(json, object, "outcome",
			    node->answer ? json_string(dc_outcome_name(node->answer->outcome)) : json_null());
		dc_json_set(json, object, "record",
			    node->record ? dc_json_text(json, node->record->txt.text) : json_null());
		if (node->alias.len > 0)
			dc_json_set(json, object, "cname", dc_json_text(json, node->alias));
		dc_json_add(json, array, object);
	}
	return array;
}

/* The addresses of rua or ruf, as published. */
static json_t *uris(struct dc_json *json, const struct dc_dmarc_uri *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		dc_json_add(json, array, dc_json_text(json, items[i].text));
	return array;
}

static json_t *reports(struct dc_json *json, const struct dc_dmarc_facts *dmarc)
{
	json_t *array = json_array();

	for (size_t i = 0; i < dmarc->report_count; i++) {
		const struct dc_dmarc_report *report = &dmarc->reports[i];
		json_t *object = json_object();

		dc_json_set(json, object, "tag", json_string(report->failure ? "ruf" : "rua"));
		dc_json_set(json, object, "uri", dc_json_text(json, report->uri->text));
		dc_json_set(json, object, "host", dc_json_text_or_null(json, report->uri->host));
		dc_json_set(json, object, "external", dc_json_tri(report->external));
		dc_json_set(json, object, "authorised", dc_json_tri(report->authorised));
		dc_json_set(json, object, "accepts_mail", dc_json_tri(report->accepts));
		dc_json_add(json, array, object);
	}
	return array;
}

static json_t *view(struct dc_json *json, const struct dc_dmarc_view *v)
{
	json_t *object = json_object();

	dc_json_set(json, object, "class", dc_json_name_or_null(dc_dmarc_class_name(v->name.class)));
	dc_json_set(json, object, "location", dc_json_text_or_null(json, v->name.location));
	dc_json_set(json, object, "policy", policy(v->name.policy));
	dc_json_set(json, object, "effective_policy", policy(v->name.effective));
	dc_json_set(json, object, "subdomain_policy", policy(v->existing.effective));
	dc_json_set(json, object, "np_policy", policy(v->missing.effective));
	dc_json_set(json, object, "org_domain", dc_json_text_or_null(json, v->org_domain));
	return object;
}

json_t *dc_json_dmarc(struct dc_json *json, const struct dc_facts *facts)
{
	static const struct dc_dmarc_facts unknown; /* zeroes: nothing is known */
	const struct dc_dmarc_facts *dmarc = facts && facts->dmarc ? facts->dmarc : &unknown;
	const struct dc_dmarc_view *now = &dmarc->now;
	const struct dc_dmarc_record *record = now->name.record;
	json_t *object = json_object();

	dc_json_set(json, object, "record", record ? dc_json_text(json, record->txt.text) : json_null());
	dc_json_set(json, object, "location", dc_json_text_or_null(json, now->name.location));
	dc_json_set(json, object, "class", dc_json_name_or_null(dc_dmarc_class_name(now->name.class)));
	dc_json_set(json, object, "policy", policy(now->name.policy));
	dc_json_set(json, object, "effective_policy", policy(now->name.effective));
	dc_json_set(json, object, "subdomain_policy", policy(now->existing.effective));
	dc_json_set(json, object, "np_policy", policy(now->missing.effective));
	dc_json_set(json, object, "adkim", record ? json_string(now->adkim_strict ? "s" : "r") : json_null());
	dc_json_set(json, object, "aspf", record ? json_string(now->aspf_strict ? "s" : "r") : json_null());
	dc_json_set(json, object, "testing", dc_json_bool(record, record && record->testing));
	dc_json_set(json, object, "rua", record ? uris(json, record->rua, record->rua_count) : json_array());
	dc_json_set(json, object, "ruf", record ? uris(json, record->ruf, record->ruf_count) : json_array());
	dc_json_set(json, object, "reports", reports(json, dmarc));
	dc_json_set(json, object, "org_domain", dc_json_text_or_null(json, now->org_domain));
	dc_json_set(json, object, "walk", walk(json, dmarc));
	dc_json_set(json, object, "legacy", view(json, &dmarc->legacy));
	if (dmarc->what_if.len > 0)
		dc_json_set(json, object, "what_if", view(json, &dmarc->changed));
	return object;
}
