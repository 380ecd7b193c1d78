/* Domain objects read back from ndjson: their sums, and what the fleet is to know of them. Nothing here trusts that the
 * line is ours: what is missing or of another type is not known. */
#include "dkim/dkim.h"
#include "render/fleet_parts.h"
#include "render/json/fleet.h"

static uint64_t number_of(const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));
	return value > 0 ? (uint64_t)value : 0;
}

/* ---- findings ---- */

static void count(struct dc_summary *summary, struct dc_fleet_domain *row, const json_t *findings)
{
	bool seen[DC_F_COUNT] = {false};
	size_t i;
	json_t *finding;

	json_array_foreach(findings, i, finding)
	{
		enum dc_finding_id id;
		enum dc_severity severity;

		if (!dc_catalogue_find(dc_json_member(finding, "id"), &id) ||
		    !dc_severity_parse(dc_json_member(finding, "severity"), &severity))
			continue;
		summary->findings_of[id]++;
		summary->domains_of[id] += !seen[id];
		seen[id] = true;
		bool waived = json_object_get(finding, "waived") != NULL, unknown = json_is_true(json_object_get(finding, "inconclusive"));
		summary->waived += waived;
		summary->undetermined += !waived && unknown;
		summary->errors += !waived && !unknown && severity == DC_SEVERITY_ERROR;
		summary->warnings += !waived && !unknown && severity == DC_SEVERITY_WARNING;
		summary->notices += !waived && !unknown && severity == DC_SEVERITY_NOTICE;
		row->undetermined += !waived && unknown;
		row->errors += !waived && !unknown && severity == DC_SEVERITY_ERROR;
		row->warnings += !waived && !unknown && severity == DC_SEVERITY_WARNING;
		row->notices += !waived && !unknown && severity == DC_SEVERITY_NOTICE;
	}
}

/* ---- the fleet ---- */

/* One of our own words, static; NULL: none of them. */
static const char *word(struct dc_slice text)
{
	static const char *const words[] = {"none", "quarantine", "reject"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (dc_slice_eq(text, dc_slice_of(words[i])))
			return words[i];
	return NULL;
}

static const char *tri_word(const json_t *facts, const char *key)
{
	const json_t *present = json_object_get(json_object_get(facts, key), "present");
	return json_is_true(present) ? "yes" : json_is_false(present) ? "no" : NULL;
}

static const char *policy_word(const json_t *dmarc, const char *key)
{
	const char *policy = word(dc_json_member(dmarc, key));
	struct dc_slice class = dc_json_member(dmarc, "class");
	return policy ? policy : dc_slice_eq(class, DC_S("none")) || dc_slice_eq(class, DC_S("ignored")) ? "no record" : NULL;
}

static const char *all_word(const json_t *spf)
{
	static const char *const words[] = {"-all", "~all", "?all", "+all"};
	struct dc_slice class = dc_json_member(spf, "class"), all = dc_json_member(spf, "all");
	if (dc_slice_eq(class, DC_S("none")))
		return "no record";
	if (!class.len || dc_slice_eq(class, DC_S("temperror")) || !json_is_true(json_object_get(spf, "complete")))
		return NULL;
	for (size_t i = 0; all.len == 1 && i < sizeof words / sizeof *words; i++)
		if (words[i][0] == all.ptr[0])
			return words[i];
	return "no all";
}

static struct dc_slice address_of(struct dc_slice uri)
{
	if (!dc_slice_starts_nocase(uri, DC_S("mailto:")))
		return (struct dc_slice){0};
	uri = dc_slice_sub(uri, sizeof "mailto:" - 1, SIZE_MAX);
	uri = dc_slice_sub(uri, 0, dc_slice_find(uri, '!'));
	return dc_slice_sub(uri, 0, dc_slice_find(uri, '?'));
}

static void keys(struct dc_fleet *fleet, const struct dc_fleet_domain *row, const json_t *facts)
{
	size_t i;
	json_t *selector;

	json_array_foreach(json_object_get(json_object_get(facts, "dkim"), "selectors"), i, selector)
	{
		struct dc_slice fingerprint = dc_json_member(selector, "key_fingerprint");
		struct dc_txt txt = {.text = dc_json_member(selector, "record")};
		struct dc_dkim_record record;

		if (!fingerprint.len)
			continue;
		struct dc_fleet_thing *thing = dc_fleet_use_thing(fleet, row, DC_FLEET_DKIM_KEY, fingerprint,
								  dc_json_member(selector, "name"));
		if (!thing || thing->modulus.len || !txt.text.len)
			continue;
		dc_dkim_read_key(fleet->arena, &txt, &record);
		if (record.key.bits <= DC_DKIM_TEST_BITS_MAX && dc_slice_eq(record.key.fingerprint, fingerprint))
			thing->modulus = record.key.modulus;
	}
}

static void things(struct dc_fleet *fleet, struct dc_fleet_domain *row, const json_t *facts)
{
	const json_t *dmarc = json_object_get(facts, "dmarc");
	size_t i;
	json_t *item;

	row->values[DC_FLEET_DMARC_POLICY] = policy_word(dmarc, "effective_policy");
	row->values[DC_FLEET_DMARC_BELOW] = policy_word(dmarc, "subdomain_policy");
	row->values[DC_FLEET_SPF_ALL] = all_word(json_object_get(facts, "spf"));
	row->values[DC_FLEET_MTA_STS] = tri_word(facts, "mta_sts");
	row->values[DC_FLEET_TLS_RPT] = tri_word(facts, "tls_rpt");
	row->values[DC_FLEET_BIMI] = tri_word(facts, "bimi");
	row->values[DC_FLEET_CAA] = tri_word(facts, "caa");
	keys(fleet, row, facts);
	json_array_foreach(json_object_get(facts, "ptr"), i, item)
	{
		if (dc_json_member(item, "ip").len && !dc_slice_eq(dc_json_member(item, "origin"), DC_S("option")))
			(void)dc_fleet_use_thing(fleet, row, DC_FLEET_ADDRESS, dc_json_member(item, "ip"), (struct dc_slice){0});
	}
	json_array_foreach(json_object_get(json_object_get(json_object_get(facts, "spf"), "tree"), "terms"), i, item)
	{
		struct dc_slice term = dc_json_member(item, "term"), kind = dc_json_member(item, "kind");
		if (dc_slice_eq(dc_json_member(item, "qualifier"), DC_S("+")) &&
		    (dc_slice_eq(kind, DC_S("ip4")) || dc_slice_eq(kind, DC_S("ip6"))))
			dc_fleet_use_range(fleet, row, dc_slice_sub(term, dc_slice_find(term, ':') + 1, SIZE_MAX));
	}
	json_array_foreach(json_object_get(dmarc, "rua"), i, item)
	{
		struct dc_slice uri = json_is_string(item) ? dc_slice_of(json_string_value(item)) : (struct dc_slice){0};
		if (address_of(uri).len)
			(void)dc_fleet_use_thing(fleet, row, DC_FLEET_RUA, address_of(uri), (struct dc_slice){0});
	}
	json_array_foreach(json_object_get(facts, "providers"), i, item)
	{
		struct dc_fleet_thing *thing = NULL;
		if (dc_json_member(item, "id").len)
			thing = dc_fleet_use_thing(fleet, row, DC_FLEET_PROVIDER, dc_json_member(item, "id"), (struct dc_slice){0});
		if (thing && !thing->title.len)
			thing->title = dc_arena_dup(fleet->arena, dc_json_member(item, "name"));
	}
}

static bool add_to_fleet(struct dc_fleet *fleet, const struct dc_fleet_domain *counted, const json_t *object)
{
	if (fleet->failed || DC_ARENA_GUARD(fleet->arena)) {
		fleet->failed = true;
		return false;
	}
	struct dc_fleet_domain *row = dc_fleet_new_domain(fleet, dc_json_member(object, "domain"));
	row->verdict = counted->verdict;
	row->errors = counted->errors;
	row->warnings = counted->warnings;
	row->notices = counted->notices;
	row->undetermined = counted->undetermined;
	things(fleet, row, json_object_get(object, "facts"));
	return !fleet->failed;
}

/* ---- a line ---- */

static bool verdict_of(const json_t *object, enum dc_domain_verdict *ret_verdict)
{
	struct dc_slice text = dc_json_member(object, "verdict");
	for (int i = DC_DOMAIN_PASS; i <= DC_DOMAIN_FAIL; i++)
		if (dc_slice_eq(text, dc_slice_of(dc_domain_verdict_name((enum dc_domain_verdict)i)))) {
			*ret_verdict = (enum dc_domain_verdict)i;
			return true;
		}
	return false;
}

json_t *dc_json_read_domain(struct dc_report *report, struct dc_slice line, struct dc_fleet *fleet,
			    enum dc_domain_verdict *ret_verdict)
{
	struct dc_fleet_domain counted = {0};
	struct dc_summary *summary = &report->summary;
	bool memory;
	json_t *object = dc_json_load(line, &memory);

	if (memory)
		report->status = DC_ERR_NOMEM;
	if (!json_is_object(object) || !dc_json_member(object, "domain").len || !verdict_of(object, &counted.verdict)) {
		json_decref(object);
		return NULL;
	}
	summary->domains++;
	summary->pass += counted.verdict == DC_DOMAIN_PASS;
	summary->incomplete += counted.verdict == DC_DOMAIN_INCOMPLETE;
	summary->fail += counted.verdict == DC_DOMAIN_FAIL;
	summary->questions += number_of(json_object_get(object, "dns"), "questions");
	summary->unanswered += number_of(json_object_get(object, "dns"), "unanswered");
	count(summary, &counted, json_object_get(object, "findings"));
	*ret_verdict = counted.verdict;
	if (fleet && !add_to_fleet(fleet, &counted, object)) {
		report->status = DC_ERR_NOMEM;
		json_decref(object);
		return NULL;
	}
	return object;
}
