/* "spf" of the JSON report: the record, what it costs, the tree and whom it lets send. */
#include "facts/identity.h"
#include "render/json_value.h"
#include "spf/spf.h"

static json_t *qualifier(char c)
{
	return c ? json_stringn(&c, 1) : json_null();
}

static const char *found_name(enum dc_spf_found found)
{
	switch (found) {
	case DC_SPF_FOUND_SOME:
		return "some";
	case DC_SPF_FOUND_NOTHING:
		return "nothing";
	case DC_SPF_FOUND_SENDER:
		return "depends-on-sender";
	case DC_SPF_FOUND_UNUSED:
		return "unused";
	default:
		return NULL; /* not known */
	}
}

static json_t *tree(struct dc_json *json, const struct dc_spf_node *node);

static json_t *term(struct dc_json *json, const struct dc_spf_use *use)
{
	json_t *object = json_object();

	dc_json_set(json, object, "term", dc_json_text(json, use->term->text));
	dc_json_set(json, object, "kind", json_string(dc_spf_kind_name(use->term->kind)));
	dc_json_set(json, object, "qualifier", qualifier(use->term->qualifier));
	dc_json_set(json, object, "target", dc_json_text_or_null(json, use->target));
	dc_json_set(json, object, "reached", json_boolean(!use->dead));
	dc_json_set(json, object, "counted", json_boolean(use->counted));
	dc_json_set(json, object, "lookups", dc_json_uint(use->lookups));
	dc_json_set(json, object, "void_lookups", dc_json_uint(use->voids4));
	dc_json_set(json, object, "found_ipv4", dc_json_name_or_null(found_name(use->found4)));
	dc_json_set(json, object, "found_ipv6", dc_json_name_or_null(found_name(use->found6)));
	if (use->child)
		dc_json_set(json, object, "tree", tree(json, use->child));
	return object;
}

/* As deep as the audit went: DC_SPF_DEPTH_MAX, DC_SPF_NODES_MAX. */
static json_t *tree(struct dc_json *json, const struct dc_spf_node *node)
{
	json_t *object = json_object(), *terms = json_array();

	for (size_t i = 0; i < node->use_count; i++)
		dc_json_add(json, terms, term(json, &node->uses[i]));
	dc_json_set(json, object, "domain", dc_json_text(json, node->name));
	dc_json_set(json, object, "state", json_string(dc_spf_state_name(node->state)));
	dc_json_set(json, object, "record", node->record ? dc_json_text(json, node->record->txt.text) : json_null());
	dc_json_set(json, object, "lookups", dc_json_uint(node->lookups));
	dc_json_set(json, object, "terms", terms);
	return object;
}

#define TWO_64 18446744073709551616.0

/* A JSON number whatever its size: past 2^63 the nearest double, exactly as most readers of JSON would take it. */
static json_t *count(const struct dc_spf_ranges *ranges)
{
	const struct dc_spf_count *n = &ranges->addresses;

	if (n->whole)
		return json_real(TWO_64 * TWO_64);
	if (n->high == 0 && n->low <= INT64_MAX)
		return dc_json_uint(n->low);
	return json_real((double)n->high * TWO_64 + (double)n->low);
}

static json_t *ranges_array(struct dc_json *json, const struct dc_spf_ranges *ranges)
{
	json_t *array = json_array();

	for (size_t i = 0; i < ranges->count; i++) {
		char first[DC_IP_TEXT_MAX], last[DC_IP_TEXT_MAX];
		bool one = dc_ip_eq(ranges->items[i].first, ranges->items[i].last);

		dc_ip_format(ranges->items[i].first, first);
		dc_ip_format(ranges->items[i].last, last);
		dc_json_add(json, array, one ? json_string(first) : json_sprintf("%s-%s", first, last));
	}
	return array;
}

static json_t *authorised(struct dc_json *json, const struct dc_spf_facts *spf)
{
	char text[DC_SPF_COUNT_TEXT_MAX];
	json_t *object = json_object();

	dc_json_set(json, object, "ipv4", spf ? count(&spf->pass4) : json_null());
	dc_json_set(json, object, "ipv6", spf ? count(&spf->pass6) : json_null());
	dc_json_set(json, object, "ipv6_exact",
		    spf ? dc_json_text(json, dc_spf_count_text(spf->pass6.addresses, text)) : json_null());
	dc_json_set(json, object, "complete", dc_json_bool(spf, spf && spf->pass_exact));
	dc_json_set(json, object, "ipv4_ranges", spf ? ranges_array(json, &spf->pass4) : json_null());
	dc_json_set(json, object, "ipv6_ranges", spf ? ranges_array(json, &spf->pass6) : json_null());
	return object;
}

static json_t *results(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts ? facts->identities : NULL;
	json_t *array = json_array();

	for (size_t i = 0; identities && i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		bool libspf2 = identity->libspf2_known && identity->libspf2.fate == DC_RECEIVER_DONE;
		json_t *object;

		if (identity->ip.family == 0)
			continue;
		object = json_object();
		dc_json_set(json, object, "ip", dc_json_ip(identity->ip));
		dc_json_set(json, object, "helo", dc_json_text_or_null(json, identity->helo));
		dc_json_set(json, object, "mail_from", dc_json_text_or_null(json, identity->mail_from));
		dc_json_set(json, object, "result", dc_json_text_or_null(json, identity->spf));
		dc_json_set(json, object, "mechanism", dc_json_text_or_null(json, identity->spf_mechanism));
		dc_json_set(json, object, "helo_result", dc_json_text_or_null(json, identity->helo_spf));
		dc_json_set(json, object, "libspf2",
			    libspf2 ? dc_json_text_or_null(json, identity->libspf2.result) : json_null());
		dc_json_add(json, array, object);
	}
	return array;
}

json_t *dc_json_spf(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_spf_facts *spf = facts ? facts->spf : NULL;
	/* A record that nobody could read costs something that nobody knows. */
	bool known = spf && spf->root && spf->root->state != DC_SPF_STATE_UNANSWERED &&
		     spf->root->state != DC_SPF_STATE_OPEN;
	json_t *object = json_object(), *records = json_array();

	for (size_t i = 0; known && i < spf->record_count; i++)
		dc_json_add(json, records, dc_json_text(json, spf->records[i].text));
	dc_json_set(json, object, "record",
		    known && spf->record_count > 0 ? dc_json_text(json, spf->records[0].text) : json_null());
	if (known && spf->record_count > 1)
		dc_json_set(json, object, "records", records);
	else
		json_decref(records);
	dc_json_set(json, object, "class",
		    known || (spf && spf->class == DC_SPF_CLASS_TEMPERROR) ? json_string(dc_spf_class_name(spf->class))
									   : json_null());
	dc_json_set(json, object, "all", known ? qualifier(spf->all) : json_null());
	dc_json_set(json, object, "lookups", known ? dc_json_uint(spf->lookups) : json_null());
	dc_json_set(json, object, "lookup_limit", json_integer(DC_SPF_LOOKUP_LIMIT));
	dc_json_set(json, object, "void_lookups", known ? dc_json_uint(spf->voids4) : json_null());
	dc_json_set(json, object, "void_lookups_ipv6", known ? dc_json_uint(spf->voids6) : json_null());
	dc_json_set(json, object, "complete", dc_json_bool(spf, known && !spf->cut && !spf->unanswered));
	dc_json_set(json, object, "tree", known ? tree(json, spf->root) : json_null());
	dc_json_set(json, object, "authorised", authorised(json, known ? spf : NULL));
	dc_json_set(json, object, "results", results(json, facts));
	return object;
}
