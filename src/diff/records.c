/* The records that a report rests on, out of its facts: SPF records of the whole tree and the addresses they name, MX, DKIM
 * keys, DMARC records up to the organizational domain, reverse names. */
#include "diff/diff.h"

#include "dns/name.h"

static struct dc_slice copy(struct dc_diff_taker *taker, const json_t *object, const char *key)
{
	return dc_arena_dup(taker->arena, dc_scan_text(object, key));
}

static bool is(struct dc_slice text, const char *word)
{
	return dc_slice_eq(text, dc_slice_of(word));
}

static struct dc_diff_thing *new_record(struct dc_diff_taker *taker, const char *protocol, struct dc_slice name, const char *type)
{
	struct dc_diff_thing *thing = dc_diff_new_thing(taker);
	thing->record = true;
	thing->protocol = dc_slice_of(protocol);
	thing->name = name;
	thing->type = type;
	return thing;
}

/* The parts of a record: between `sep`, blanks around them taken off. */
static void set_text(struct dc_diff_taker *taker, struct dc_diff_thing *thing, struct dc_slice text, char sep)
{
	struct dc_slice *parts = NULL, rest = text;
	size_t count = 0, capacity = 0;
	thing->state = DC_DIFF_PRESENT;
	thing->value = text;
	while (rest.ptr && rest.len) {
		struct dc_slice part = dc_slice_trim(dc_slice_cut(&rest, sep));
		if (part.len)
			DC_PUSH(taker->arena, parts, count, capacity) = part;
	}
	dc_diff_set_parts(taker, thing, parts, count);
}

/* A list of texts: present when there is one. */
static void set_list(struct dc_diff_taker *taker, struct dc_diff_thing *thing, const json_t *list, enum dc_diff_state empty)
{
	struct dc_slice *parts = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		if (json_is_string(item) && json_string_length(item))
			DC_PUSH(taker->arena, parts, count, capacity) = dc_arena_dup(
				taker->arena, (struct dc_slice){json_string_value(item), json_string_length(item)});
	}
	thing->set = true;
	thing->state = count ? DC_DIFF_PRESENT : empty;
	dc_diff_set_parts(taker, thing, parts, count);
}

/* ---- SPF ---- */

static enum dc_diff_state state_of_node(struct dc_slice state)
{
	if (is(state, "record") || is(state, "multiple"))
		return DC_DIFF_PRESENT;
	return is(state, "no-record") || is(state, "nxdomain") ? DC_DIFF_ABSENT : DC_DIFF_NOT_KNOWN;
}

/* Names that nobody can ask for, or that were not asked for at this place. */
static bool is_elsewhere(struct dc_slice state)
{
	return is(state, "bad-name") || is(state, "loop") || is(state, "depends-on-sender") || is(state, "cut");
}

static void take_tree(struct dc_diff_taker *taker, const json_t *node, struct dc_slice via, unsigned depth);

static void take_addresses(struct dc_diff_taker *taker, const json_t *term, struct dc_slice via)
{
	const json_t *addresses = json_object_get(term, "addresses");
	struct dc_slice kind = dc_scan_text(term, "kind");
	if (!addresses || !dc_scan_text(term, "target").len || json_is_false(json_object_get(term, "reached")))
		return;
	struct dc_diff_thing *thing = new_record(taker, "spf", copy(taker, term, "target"), is(kind, "mx") ? "MX, A/AAAA" : "A/AAAA");
	thing->via = via;
	thing->set = true;
	if (json_is_array(addresses))
		set_list(taker, thing, addresses, DC_DIFF_ABSENT);
}

/* NOLINTBEGIN(misc-no-recursion): DC_DIFF_DEPTH_MAX */
static void take_terms(struct dc_diff_taker *taker, const json_t *node, struct dc_slice via, unsigned depth)
{
	const json_t *terms = json_object_get(node, "terms");
	for (size_t i = 0; i < json_array_size(terms) && !taker->full; i++) {
		const json_t *term = json_array_get(terms, i), *child = json_object_get(term, "tree");
		struct dc_slice text = copy(taker, term, "term");
		struct dc_slice lead = via.len ? dc_arena_concat(taker->arena, via, DC_S(" > ")) : via;
		struct dc_slice here = via.len ? dc_arena_concat(taker->arena, lead, text) : text;
		take_addresses(taker, term, here);
		if (json_is_object(child) && depth < DC_DIFF_DEPTH_MAX)
			take_tree(taker, child, here, depth + 1);
	}
}

static void take_tree(struct dc_diff_taker *taker, const json_t *node, struct dc_slice via, unsigned depth)
{
	struct dc_slice state = dc_scan_text(node, "state"), name = copy(taker, node, "domain");
	if (name.len && !is_elsewhere(state)) {
		struct dc_diff_thing *thing = new_record(taker, "spf", name, "TXT");
		thing->via = via;
		thing->state = state_of_node(state);
		if (is(state, "multiple"))
			thing->value = DC_S("more than one SPF record");
		else if (thing->state == DC_DIFF_PRESENT)
			set_text(taker, thing, copy(taker, node, "record"), ' ');
	}
	take_terms(taker, node, via, depth);
}
/* NOLINTEND(misc-no-recursion) */

static void take_spf(struct dc_diff_taker *taker, const json_t *spf)
{
	const json_t *tree = json_object_get(spf, "tree"), *records = json_object_get(spf, "records");
	taker->domain->spf_whole = json_is_true(json_object_get(spf, "complete"));
	if (json_array_size(records) > 1) {
		struct dc_diff_thing *thing = new_record(taker, "spf", taker->domain->domain, "TXT");
		set_list(taker, thing, records, DC_DIFF_ABSENT);
	} else if (json_is_object(tree)) {
		take_tree(taker, tree, (struct dc_slice){0}, 0);
	} else if (spf) {
		(void)new_record(taker, "spf", taker->domain->domain, "TXT");
	}
}

/* ---- DKIM ---- */

static void take_selector(struct dc_diff_taker *taker, const json_t *selector)
{
	struct dc_slice status = dc_scan_text(selector, "status"), record = copy(taker, selector, "record");
	struct dc_slice name = copy(taker, selector, "name");
	if (!name.len)
		return;
	struct dc_diff_thing *thing = new_record(taker, "dkim", name, "TXT");
	thing->owner = copy(taker, selector, "cname");
	thing->given = is(dc_scan_text(selector, "origin"), "given");
	thing->state = is(status, "unknown") ? DC_DIFF_NOT_KNOWN : DC_DIFF_ABSENT;
	if (record.len)
		set_text(taker, thing, record, ';');
}

static void take_dkim(struct dc_diff_taker *taker, const json_t *dkim)
{
	const json_t *selectors = json_object_get(dkim, "selectors");
	const json_t *unanswered = json_object_get(json_object_get(dkim, "searched"), "unanswered");
	taker->domain->dkim_whole = json_is_integer(unanswered) && json_integer_value(unanswered) == 0;
	taker->domain->dkim_mode = copy(taker, json_object_get(dkim, "searched"), "mode");
	for (size_t i = 0; i < json_array_size(selectors); i++)
		take_selector(taker, json_array_get(selectors, i));
}

/* ---- DMARC ---- */

static void take_dmarc(struct dc_diff_taker *taker, const json_t *dmarc)
{
	const json_t *walk = json_object_get(dmarc, "walk");
	taker->domain->org_domain = copy(taker, dmarc, "org_domain");
	for (size_t i = 0; i < json_array_size(walk); i++) {
		const json_t *node = json_array_get(walk, i);
		struct dc_slice outcome = dc_scan_text(node, "outcome"), state = dc_scan_text(node, "state");
		struct dc_slice name = copy(taker, node, "name"), record = copy(taker, node, "record");
		if (!name.len)
			continue;
		struct dc_diff_thing *thing = new_record(taker, "dmarc", name, "TXT");
		bool known = is(outcome, "ANSWER") || is(outcome, "NODATA") || is(outcome, "NXDOMAIN");
		thing->owner = copy(taker, node, "cname");
		thing->state = !known ? DC_DIFF_NOT_KNOWN : is(state, "multiple") ? DC_DIFF_PRESENT : DC_DIFF_ABSENT;
		thing->value = DC_S("more than one DMARC record");
		if (known && record.len)
			set_text(taker, thing, record, ';');
	}
}

/* ---- MX, reverse names ---- */

static void take_mx(struct dc_diff_taker *taker, const json_t *mx)
{
	const json_t *hosts = json_object_get(mx, "hosts");
	struct dc_slice class = dc_scan_text(mx, "class"), *parts = NULL;
	size_t count = 0, capacity = 0;
	if (!mx)
		return;
	for (size_t i = 0; i < json_array_size(hosts); i++) {
		const json_t *host = json_array_get(hosts, i), *preference = json_object_get(host, "preference");
		struct dc_slice name = copy(taker, host, "host");
		if (!name.len || is(name, "."))
			continue;
		DC_PUSH(taker->arena, parts, count, capacity) = dc_arena_concat(
			taker->arena, dc_arena_printf(taker->arena, "%lld ", (long long)json_integer_value(preference)), name);
		const json_t *resolves = json_object_get(host, "resolves");
		struct dc_diff_thing *thing = new_record(taker, "mx", name, "A/AAAA");
		thing->owner = copy(taker, host, "cname");
		thing->via = DC_S("MX");
		set_list(taker, thing, json_object_get(host, "addresses"),
			 json_is_false(resolves) ? DC_DIFF_ABSENT : DC_DIFF_NOT_KNOWN);
		if (!json_is_boolean(resolves))
			thing->state = DC_DIFF_NOT_KNOWN;
	}
	struct dc_diff_thing *thing = new_record(taker, "mx", taker->domain->domain, "MX");
	thing->set = true;
	thing->state = is(class, "hosts") || is(class, "null")	? DC_DIFF_PRESENT
		       : class.len && !is(class, "unknown") ? DC_DIFF_ABSENT
							    : DC_DIFF_NOT_KNOWN;
	if (is(class, "null")) {
		parts = NULL;
		count = capacity = 0;
		DC_PUSH(taker->arena, parts, count, capacity) = DC_S("0 .");
	}
	if (thing->state == DC_DIFF_PRESENT)
		dc_diff_set_parts(taker, thing, parts, count);
}

static void take_ptr(struct dc_diff_taker *taker, const json_t *ptr)
{
	for (size_t i = 0; i < json_array_size(ptr); i++) {
		const json_t *address = json_array_get(ptr, i), *present = json_object_get(address, "present");
		struct dc_slice ip = copy(taker, address, "ip");
		if (!ip.len)
			continue;
		struct dc_diff_thing *thing = new_record(taker, "ptr", ip, "PTR");
		set_list(taker, thing, json_object_get(address, "names"), DC_DIFF_ABSENT);
		if (!json_is_boolean(present))
			thing->state = DC_DIFF_NOT_KNOWN;
	}
}

/* ---- one TXT record each ---- */

static void take_policy(struct dc_diff_taker *taker, const char *protocol, const char *prefix, const json_t *found)
{
	const json_t *present = json_object_get(found, "present");
	struct dc_slice record = copy(taker, found, "record");
	if (!found)
		return;
	struct dc_slice name = dc_arena_concat(taker->arena, dc_slice_of(prefix), taker->domain->domain);
	struct dc_diff_thing *thing = new_record(taker, protocol, name, "TXT");
	thing->state = json_is_false(present) ? DC_DIFF_ABSENT : DC_DIFF_NOT_KNOWN;
	if (json_is_true(present))
		set_text(taker, thing, record, ';');
}

void dc_diff_take_records(struct dc_diff_taker *taker, const json_t *facts)
{
	take_dmarc(taker, json_object_get(facts, "dmarc"));
	take_mx(taker, json_object_get(facts, "mx"));
	take_spf(taker, json_object_get(facts, "spf"));
	take_dkim(taker, json_object_get(facts, "dkim"));
	take_ptr(taker, json_object_get(facts, "ptr"));
	take_policy(taker, "mta_sts", "_mta-sts.", json_object_get(facts, "mta_sts"));
	take_policy(taker, "tls_rpt", "_smtp._tls.", json_object_get(facts, "tls_rpt"));
	take_policy(taker, "bimi", "default._bimi.", json_object_get(facts, "bimi"));
}
