/* csv: the row of a domain out of its object in an ndjson report, with the columns of csv.c. What an earlier version did not
 * write is an empty cell. */
#include "render/csv.h"
#include "render/json/fleet.h"

static struct dc_slice pair(struct dc_report *report, struct dc_slice list, const json_t *object, const char *name, const char *value)
{
	struct dc_slice key = dc_json_member(object, name), what = dc_json_member(object, value);

	return dc_csv_item(report, list, dc_arena_printf(report->scratch, "%.*s:%.*s", DC_FMT(key), DC_FMT(what)));
}

static void number(struct dc_report *report, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	bool known = json_is_integer(value) && json_integer_value(value) >= 0;

	dc_csv_number(report, known, known ? (uint64_t)json_integer_value(value) : 0);
}

static void member(struct dc_report *report, const json_t *object, const char *key)
{
	dc_csv_text(report, dc_json_member(object, key));
}

static enum dc_tri tri(const json_t *value)
{
	return json_is_true(value) ? DC_TRI_YES : json_is_false(value) ? DC_TRI_NO : DC_TRI_UNKNOWN;
}

static struct dc_slice finding_cells(struct dc_report *report, const json_t *findings)
{
	static const char *const severities[] = {"error", "warning", "notice"};
	uint64_t counts[3] = {0}, unknown = 0;
	struct dc_slice ids = {0}, waived = {0};
	const json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		struct dc_slice id = dc_json_member(finding, "id"), severity = dc_json_member(finding, "severity");

		if (json_object_get(finding, "waived")) {
			waived = dc_csv_item(report, waived, id);
			continue;
		}
		ids = dc_csv_item(report, ids, id);
		unknown += json_is_true(json_object_get(finding, "inconclusive"));
		for (size_t k = 0; k < 3; k++)
			counts[k] += !json_is_true(json_object_get(finding, "inconclusive")) &&
				     dc_slice_eq(severity, dc_slice_of(severities[k]));
	}
	for (size_t k = 0; k < 3; k++)
		dc_csv_number(report, true, counts[k]);
	dc_csv_number(report, true, unknown);
	dc_csv_text(report, ids);
	return waived;
}

static void mx_cells(struct dc_report *report, const json_t *mx)
{
	struct dc_slice hosts = {0};
	const json_t *host;
	size_t i;

	json_array_foreach(json_object_get(mx, "hosts"), i, host)
		hosts = dc_csv_item(report, hosts, dc_json_member(host, "host"));
	member(report, mx, "class");
	dc_csv_text(report, hosts);
}

static void spf_cells(struct dc_report *report, const json_t *spf)
{
	bool known = dc_slice_eq(dc_json_member(json_object_get(spf, "tree"), "state"), DC_S("record"));
	struct dc_slice all = dc_json_member(spf, "all");

	member(report, spf, "class");
	member(report, spf, "record");
	dc_csv_word(report, !known			    ? NULL
			    : dc_slice_eq(all, DC_S("-")) ? "fail"
			    : dc_slice_eq(all, DC_S("~")) ? "softfail"
			    : dc_slice_eq(all, DC_S("+")) ? "pass"
							    : "neutral");
	number(report, known ? spf : NULL, "lookups");
}

static void dkim_cells(struct dc_report *report, const json_t *dkim)
{
	struct dc_slice selectors = {0};
	const json_t *selector;
	json_int_t least = 0;
	size_t i;

	json_array_foreach(json_object_get(dkim, "selectors"), i, selector)
	{
		json_int_t bits = json_integer_value(json_object_get(selector, "key_bits"));

		selectors = pair(report, selectors, selector, "selector", "status");
		if (dc_slice_eq(dc_json_member(selector, "key_type"), DC_S("rsa")) && bits > 0 && (least == 0 || bits < least))
			least = bits;
	}
	member(report, dkim, "conclusion");
	dc_csv_text(report, selectors);
	dc_csv_number(report, least > 0, (uint64_t)least);
}

static void other_cells(struct dc_report *report, const json_t *facts)
{
	static const char *const published[] = {"mta_sts", "tls_rpt", "bimi"};
	const json_t *ptr = json_object_get(facts, "ptr"), *item;
	enum dc_tri confirmed = json_array_size(ptr) > 0 ? DC_TRI_YES : DC_TRI_UNKNOWN;
	struct dc_slice providers = {0};
	size_t i;

	json_array_foreach(ptr, i, item)
		confirmed = dc_tri_and(confirmed, tri(json_object_get(item, "confirmed")));
	json_array_foreach(json_object_get(facts, "providers"), i, item)
		providers = dc_csv_item(report, providers, dc_json_member(item, "id"));
	dc_csv_tri(report, confirmed);
	member(report, json_object_get(facts, "spoofable"), "verdict");
	dc_csv_text(report, providers);
	for (i = 0; i < sizeof(published) / sizeof(published[0]); i++)
		dc_csv_tri(report, tri(json_object_get(json_object_get(facts, published[i]), "present")));
}

static void row(struct dc_report *report, const json_t *domain)
{
	static const char *const policies[] = {"class", "record", "policy", "effective_policy", "subdomain_policy", "np_policy"};
	static const char *const costs[] = {"questions", "unanswered", "elapsed_ms"};
	const json_t *facts = json_object_get(domain, "facts"), *profile;
	struct dc_slice profiles = {0}, waived;
	size_t i;

	member(report, domain, "domain");
	member(report, domain, "verdict");
	waived = finding_cells(report, json_object_get(domain, "findings"));
	mx_cells(report, json_object_get(facts, "mx"));
	spf_cells(report, json_object_get(facts, "spf"));
	dkim_cells(report, json_object_get(facts, "dkim"));
	for (i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		member(report, json_object_get(facts, "dmarc"), policies[i]);
	other_cells(report, facts);
	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		number(report, json_object_get(domain, "dns"), costs[i]);
	json_array_foreach(json_object_get(domain, "profiles"), i, profile)
		profiles = pair(report, profiles, profile, "id", "verdict");
	dc_csv_text(report, profiles);
	dc_csv_text(report, waived);
	dc_buf_puts(&report->out, "\r\n");
}

bool dc_csv_line(struct dc_report *report, struct dc_slice text, enum dc_domain_verdict *ret_verdict)
{
	json_t *object = dc_json_read_domain(report, text, NULL, ret_verdict);

	if (!object)
		return false;
	row(report, object);
	json_decref(object);
	return true;
}
