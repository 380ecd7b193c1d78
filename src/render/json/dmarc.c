/* "dmarc" of the JSON report: RFC 9989 first; what receivers on RFC 7489 conclude stands in "legacy". */
#include "dmarc/dmarc.h"
#include "render/json/node.h"

static struct dc_node *policy(struct dc_json *json, enum dc_dmarc_policy value)
{
	return dc_node_name_or_null(json, dc_dmarc_policy_name(value));
}

static struct dc_node *walk(struct dc_json *json, const struct dc_dmarc_facts *dmarc)
{
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; i < dmarc->walk.count; i++) {
		static const char *const states[] = {[DC_DMARC_NODE_NONE] = "none",
						     [DC_DMARC_NODE_RECORD] = "record",
						     [DC_DMARC_NODE_MULTIPLE] = "multiple"};
		const struct dc_dmarc_node *node = &dmarc->walk.nodes[i];
		struct dc_node *object = dc_node_object(json);

		dc_node_set(json, object, "name", dc_node_text_or_null(json, node->name));
		dc_node_set(json, object, "state", dc_node_name_or_null(json, states[node->state]));
		dc_node_set(json, object, "visited", dc_node_flag(json, node->visited));
		dc_node_set(json, object, "outcome",
			    node->answer ? dc_node_word(json, dc_outcome_name(node->answer->outcome)) : dc_node_null(json));
		dc_node_set(json, object, "record",
			    node->record ? dc_node_text(json, node->record->txt.text) : dc_node_null(json));
		if (node->alias.len > 0)
			dc_node_set(json, object, "cname", dc_node_text(json, node->alias));
		dc_node_add(json, array, object);
	}
	return array;
}

/* The addresses of rua or ruf, as published. */
static struct dc_node *uris(struct dc_json *json, const struct dc_dmarc_uri *items, size_t count)
{
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; i < count; i++)
		dc_node_add(json, array, dc_node_text(json, items[i].text));
	return array;
}

static struct dc_node *reports(struct dc_json *json, const struct dc_dmarc_facts *dmarc)
{
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; i < dmarc->report_count; i++) {
		const struct dc_dmarc_report *report = &dmarc->reports[i];
		struct dc_node *object = dc_node_object(json);

		dc_node_set(json, object, "tag", dc_node_word(json, report->failure ? "ruf" : "rua"));
		dc_node_set(json, object, "uri", dc_node_text(json, report->uri->text));
		dc_node_set(json, object, "host", dc_node_text_or_null(json, report->uri->host));
		dc_node_set(json, object, "external", dc_node_tri(json, report->external));
		dc_node_set(json, object, "authorised", dc_node_tri(json, report->authorised));
		dc_node_set(json, object, "accepts_mail", dc_node_tri(json, report->accepts));
		dc_node_add(json, array, object);
	}
	return array;
}

static struct dc_node *view(struct dc_json *json, const struct dc_dmarc_view *v)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "class", dc_node_name_or_null(json, dc_dmarc_class_name(v->name.class)));
	dc_node_set(json, object, "location", dc_node_text_or_null(json, v->name.location));
	dc_node_set(json, object, "policy", policy(json, v->name.policy));
	dc_node_set(json, object, "effective_policy", policy(json, v->name.effective));
	dc_node_set(json, object, "subdomain_policy", policy(json, v->existing.effective));
	dc_node_set(json, object, "np_policy", policy(json, v->missing.effective));
	dc_node_set(json, object, "org_domain", dc_node_text_or_null(json, v->org_domain));
	return object;
}

struct dc_node *dc_json_dmarc(struct dc_json *json, const struct dc_facts *facts)
{
	static const struct dc_dmarc_facts unknown; /* zeroes: nothing is known */
	const struct dc_dmarc_facts *dmarc = facts && facts->dmarc ? facts->dmarc : &unknown;
	const struct dc_dmarc_view *now = &dmarc->now;
	const struct dc_dmarc_record *record = now->name.record;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "record", record ? dc_node_text(json, record->txt.text) : dc_node_null(json));
	dc_node_set(json, object, "location", dc_node_text_or_null(json, now->name.location));
	dc_node_set(json, object, "class", dc_node_name_or_null(json, dc_dmarc_class_name(now->name.class)));
	dc_node_set(json, object, "policy", policy(json, now->name.policy));
	dc_node_set(json, object, "effective_policy", policy(json, now->name.effective));
	dc_node_set(json, object, "subdomain_policy", policy(json, now->existing.effective));
	dc_node_set(json, object, "np_policy", policy(json, now->missing.effective));
	dc_node_set(json, object, "adkim", record ? dc_node_word(json, now->adkim_strict ? "s" : "r") : dc_node_null(json));
	dc_node_set(json, object, "aspf", record ? dc_node_word(json, now->aspf_strict ? "s" : "r") : dc_node_null(json));
	dc_node_set(json, object, "testing", dc_node_bool(json, record, record && record->testing));
	dc_node_set(json, object, "rua", record ? uris(json, record->rua, record->rua_count) : dc_node_array(json));
	dc_node_set(json, object, "ruf", record ? uris(json, record->ruf, record->ruf_count) : dc_node_array(json));
	dc_node_set(json, object, "reports", reports(json, dmarc));
	dc_node_set(json, object, "org_domain", dc_node_text_or_null(json, now->org_domain));
	dc_node_set(json, object, "walk", walk(json, dmarc));
	dc_node_set(json, object, "legacy", view(json, &dmarc->legacy));
	if (dmarc->what_if.len > 0)
		dc_node_set(json, object, "what_if", view(json, &dmarc->changed));
	return object;
}
