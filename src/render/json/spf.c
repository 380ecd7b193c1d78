/* "spf" of the JSON report: the record, what it costs, the tree and whom it lets send. */
#include "facts/identity.h"
#include "render/json/node.h"
#include "spf/spf.h"

static struct dc_node *qualifier(struct dc_json *json, char c)
{
	return c ? dc_node_copy(json, (struct dc_slice){&c, 1}) : dc_node_null(json);
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

static struct dc_node *tree(struct dc_json *json, const struct dc_spf_node *node);

static void add_addresses(struct dc_json *json, struct dc_node *array, const struct dc_answer *answer)
{
	for (size_t i = 0; answer && i < dc_answer_count(answer); i++) {
		struct dc_ip ip;

		if (dc_rr_ip(dc_answer_rr(answer, i), &ip))
			dc_node_add(json, array, dc_node_ip(json, ip));
	}
}

/* Behind an a or mx term; null while one of the answers is missing, or the name depends on the sender. */
static struct dc_node *addresses(struct dc_json *json, const struct dc_spf_use *use)
{
	struct dc_node *array = dc_node_array(json);
	bool known = use->answer && dc_outcome_is_known(use->answer->outcome) &&
		     (use->term->kind == DC_SPF_MX || (use->answer6 && dc_outcome_is_known(use->answer6->outcome)));

	if (use->term->kind == DC_SPF_A) {
		add_addresses(json, array, use->answer);
		add_addresses(json, array, use->answer6);
	}
	for (size_t i = 0; i < use->host_count; i++) {
		const struct dc_spf_host *host = &use->hosts[i];

		if (dc_slice_eq(host->name, DC_S("."))) /* a null MX */
			continue;
		known = known && host->a && dc_outcome_is_known(host->a->outcome) && host->aaaa &&
			dc_outcome_is_known(host->aaaa->outcome);
		add_addresses(json, array, host->a);
		add_addresses(json, array, host->aaaa);
	}
	return known ? array : dc_node_null(json);
}

/* NOLINTBEGIN(misc-no-recursion): as deep as the audit went: DC_SPF_DEPTH_MAX, DC_SPF_NODES_MAX */
static struct dc_node *term(struct dc_json *json, const struct dc_spf_use *use)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "term", dc_node_text(json, use->term->text));
	dc_node_set(json, object, "kind", dc_node_word(json, dc_spf_kind_name(use->term->kind)));
	dc_node_set(json, object, "qualifier", qualifier(json, use->term->qualifier));
	dc_node_set(json, object, "target", dc_node_text_or_null(json, use->target));
	dc_node_set(json, object, "reached", dc_node_flag(json, !use->dead));
	dc_node_set(json, object, "counted", dc_node_flag(json, use->counted));
	dc_node_set(json, object, "lookups", dc_node_uint(json, use->lookups));
	dc_node_set(json, object, "void_lookups", dc_node_uint(json, use->voids4));
	dc_node_set(json, object, "found_ipv4", dc_node_name_or_null(json, found_name(use->found4)));
	dc_node_set(json, object, "found_ipv6", dc_node_name_or_null(json, found_name(use->found6)));
	if (use->term->kind == DC_SPF_A || use->term->kind == DC_SPF_MX)
		dc_node_set(json, object, "addresses", addresses(json, use));
	if (use->child)
		dc_node_set(json, object, "tree", tree(json, use->child));
	return object;
}

static struct dc_node *tree(struct dc_json *json, const struct dc_spf_node *node)
{
	struct dc_node *object = dc_node_object(json), *terms = dc_node_array(json);

	for (size_t i = 0; i < node->use_count; i++)
		dc_node_add(json, terms, term(json, &node->uses[i]));
	dc_node_set(json, object, "domain", dc_node_text(json, node->name));
	dc_node_set(json, object, "state", dc_node_word(json, dc_spf_state_name(node->state)));
	dc_node_set(json, object, "record", node->record ? dc_node_text(json, node->record->txt.text) : dc_node_null(json));
	dc_node_set(json, object, "lookups", dc_node_uint(json, node->lookups));
	dc_node_set(json, object, "terms", terms);
	return object;
}
/* NOLINTEND(misc-no-recursion) */

#define TWO_64 18446744073709551616.0

/* A JSON number whatever its size: past 2^63 the nearest double, exactly as most readers of JSON would take it. */
static struct dc_node *count(struct dc_json *json, const struct dc_spf_ranges *ranges)
{
	const struct dc_spf_count *n = &ranges->addresses;

	if (n->whole)
		return dc_node_real(json, TWO_64 * TWO_64);
	if (n->high == 0 && n->low <= INT64_MAX)
		return dc_node_uint(json, n->low);
	return dc_node_real(json, (double)n->high * TWO_64 + (double)n->low);
}

static struct dc_node *ranges_array(struct dc_json *json, const struct dc_spf_ranges *ranges)
{
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; i < ranges->count; i++) {
		char text[2 * DC_IP_TEXT_MAX], last[DC_IP_TEXT_MAX];
		size_t len = dc_ip_format(ranges->items[i].first, text).len;

		if (!dc_ip_eq(ranges->items[i].first, ranges->items[i].last)) {
			struct dc_slice s = dc_ip_format(ranges->items[i].last, last);

			text[len++] = '-';
			memcpy(text + len, s.ptr, s.len);
			len += s.len;
		}
		dc_node_add(json, array, dc_node_copy(json, (struct dc_slice){text, len}));
	}
	return array;
}

static struct dc_node *authorised(struct dc_json *json, const struct dc_spf_facts *spf)
{
	static const struct dc_spf_ranges nobody;
	char text[DC_SPF_COUNT_TEXT_MAX];
	struct dc_node *object = dc_node_object(json);
	bool broken = spf && spf->root->record && spf->root->record->fatal; /* whatever it names */
	const struct dc_spf_ranges *pass4 = spf && !broken ? &spf->pass4 : &nobody, *pass6 = spf && !broken ? &spf->pass6 : &nobody;

	dc_node_set(json, object, "ipv4", spf ? count(json, pass4) : dc_node_null(json));
	dc_node_set(json, object, "ipv6", spf ? count(json, pass6) : dc_node_null(json));
	dc_node_set(json, object, "ipv6_exact",
		    spf ? dc_node_copy(json, dc_spf_count_text(pass6->addresses, text)) : dc_node_null(json));
	dc_node_set(json, object, "complete", dc_node_bool(json, spf, broken || (spf && spf->pass_exact)));
	dc_node_set(json, object, "ipv4_ranges", spf ? ranges_array(json, pass4) : dc_node_null(json));
	dc_node_set(json, object, "ipv6_ranges", spf ? ranges_array(json, pass6) : dc_node_null(json));
	return object;
}

static struct dc_node *others(struct dc_json *json, const struct dc_spf_facts *spf)
{
	struct dc_node *object = dc_node_object(json);
	const struct dc_spf_use *by = spf ? spf->others4.by : NULL;

	dc_node_set(json, object, "ipv4", dc_node_text_or_null(json, spf ? dc_spf_others_name(&spf->others4) : (struct dc_slice){0}));
	dc_node_set(json, object, "ipv6", dc_node_text_or_null(json, spf ? dc_spf_others_name(&spf->others6) : (struct dc_slice){0}));
	dc_node_set(json, object, "depends_on_sender", dc_node_bool(json, spf, spf && spf->others4.sender));
	dc_node_set(json, object, "term", by ? dc_node_text(json, dc_spf_use_own(by)->term->text) : dc_node_null(json));
	return object;
}

static struct dc_node *results(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts ? facts->identities : NULL;
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; identities && i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		bool libspf2 = identity->libspf2_known && identity->libspf2.fate == DC_RECEIVER_DONE;
		struct dc_node *object;

		if (identity->ip.family == 0)
			continue;
		object = dc_node_object(json);
		dc_node_set(json, object, "ip", dc_node_ip(json, identity->ip));
		dc_node_set(json, object, "helo", dc_node_text_or_null(json, identity->helo));
		dc_node_set(json, object, "mail_from", dc_node_text_or_null(json, identity->mail_from));
		dc_node_set(json, object, "result", dc_node_text_or_null(json, identity->spf));
		dc_node_set(json, object, "mechanism", dc_node_text_or_null(json, identity->spf_mechanism));
		dc_node_set(json, object, "helo_result", dc_node_text_or_null(json, identity->helo_spf));
		dc_node_set(json, object, "libspf2",
			    libspf2 ? dc_node_text_or_null(json, identity->libspf2.result) : dc_node_null(json));
		dc_node_add(json, array, object);
	}
	return array;
}

struct dc_node *dc_json_spf(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_spf_facts *spf = facts ? facts->spf : NULL;
	/* A record that nobody could read costs something that nobody knows. */
	bool known = spf && spf->root && spf->root->state != DC_SPF_STATE_UNANSWERED &&
		     spf->root->state != DC_SPF_STATE_OPEN;
	struct dc_node *object = dc_node_object(json), *records;

	dc_node_set(json, object, "record",
		    known && spf->record_count > 0 ? dc_node_text(json, spf->records[0].text) : dc_node_null(json));
	if (known && spf->record_count > 1) {
		records = dc_node_array(json);
		for (size_t i = 0; i < spf->record_count; i++)
			dc_node_add(json, records, dc_node_text(json, spf->records[i].text));
		dc_node_set(json, object, "records", records);
	}
	dc_node_set(json, object, "class",
		    known || (spf && spf->class == DC_SPF_CLASS_TEMPERROR) ? dc_node_word(json, dc_spf_class_name(spf->class))
									   : dc_node_null(json));
	dc_node_set(json, object, "all", known ? qualifier(json, spf->all) : dc_node_null(json));
	dc_node_set(json, object, "others", others(json, known ? spf : NULL));
	dc_node_set(json, object, "lookups", known ? dc_node_uint(json, spf->lookups) : dc_node_null(json));
	dc_node_set(json, object, "lookup_limit", dc_node_integer(json, DC_SPF_LOOKUP_LIMIT));
	dc_node_set(json, object, "void_lookups", known ? dc_node_uint(json, spf->voids4) : dc_node_null(json));
	dc_node_set(json, object, "void_lookups_ipv6", known ? dc_node_uint(json, spf->voids6) : dc_node_null(json));
	dc_node_set(json, object, "complete", dc_node_bool(json, spf, known && !spf->cut && !spf->unanswered));
	dc_node_set(json, object, "tree", known ? tree(json, spf->root) : dc_node_null(json));
	dc_node_set(json, object, "authorised", authorised(json, known ? spf : NULL));
	dc_node_set(json, object, "results", results(json, facts));
	return object;
}
