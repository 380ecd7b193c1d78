/* csv: one row a domain, or (style.per_finding) one row a finding, out of the object of the domain in the JSON report: what
 * an audit has just made and what `domaincheck merge` reads are the same here. RFC 4180: CRLF, a header line, every text
 * quoted. A text that a spreadsheet could take for a formula gets an apostrophe in front. Printable ASCII only: the rest is
 * escaped, once, and so is the backslash, also for readers to whom it says that a quote is none. An empty cell says that
 * there is nothing, or that it could not be determined: the column beside it (class, verdict) tells which. What an earlier
 * version did not write is an empty cell too. */
#include "base/escape.h"
#include "render/json/fleet.h"
#include "render/json/node.h"

struct state {
	struct dc_json json;
	struct dc_buf list; /* of the cell at hand */
};

/* ---- cells: a comma before each but the first of a row ---- */

static void comma(struct dc_report *report)
{
	if (report->out.len > 0 && report->out.ptr[report->out.len - 1] != '\n')
		dc_buf_putc(&report->out, ',');
}

/* A text of the JSON report: what was no UTF-8 is escaped there already. */
static void text(struct dc_report *report, struct dc_slice s)
{
	struct dc_buf *out = &report->out;
	struct dc_slice trimmed;
	bool plain = dc_node_is_plain(s.ptr, s.len);

	comma(report);
	if (s.len == 0)
		return;
	s = plain ? s : dc_report_clean(report, s, DC_ESCAPE_AGAIN);
	trimmed = dc_slice_trim(s);
	dc_buf_putc(out, '"');
	if (trimmed.len > 0 && strchr("=+-@|%'", trimmed.ptr[0]))
		dc_buf_putc(out, '\'');
	for (size_t i = 0; !plain && i < s.len; i++) {
		if (s.ptr[i] == '"')
			dc_buf_putc(out, '"');
		dc_buf_putc(out, s.ptr[i]);
	}
	dc_buf_put(out, s.ptr, plain ? s.len : 0);
	dc_buf_putc(out, '"');
}

static void word(struct dc_report *report, const char *s)
{
	text(report, s ? dc_slice_of(s) : (struct dc_slice){0});
}

static void number(struct dc_report *report, bool known, int64_t n)
{
	comma(report);
	if (known)
		dc_buf_printf(&report->out, "%lld", (long long)n);
}

static void tri(struct dc_report *report, enum dc_tri value)
{
	word(report, value == DC_TRI_YES ? "yes" : value == DC_TRI_NO ? "no" : NULL);
}

/* A member of an object. */
static void member(struct dc_report *report, const struct dc_node *object, const char *key)
{
	text(report, dc_node_get_text(object, key));
}

static void members(struct dc_report *report, const struct dc_node *object, const char *const keys[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		member(report, object, keys[i]);
}

static void amount(struct dc_report *report, const struct dc_node *object, const char *key)
{
	int64_t value = 0;
	bool known = dc_node_get_integer(object, key, &value) && value >= 0;

	number(report, known, value);
}

/* ---- lists within a cell, blanks between ---- */

static void item(struct dc_report *report, struct dc_slice s)
{
	struct state *state = report->state;

	if (state->list.len > 0)
		dc_buf_putc(&state->list, ' ');
	dc_buf_put_slice(&state->list, s);
}

/* "name:value" */
static void pair(struct dc_report *report, const struct dc_node *object, const char *name, const char *value)
{
	struct state *state = report->state;

	item(report, dc_node_get_text(object, name));
	dc_buf_putc(&state->list, ':');
	dc_buf_put_slice(&state->list, dc_node_get_text(object, value));
}

/* The cell of what was listed. */
static void listed(struct dc_report *report)
{
	struct state *state = report->state;

	text(report, dc_buf_slice(&state->list));
	if (state->list.status != DC_OK)
		report->status = state->list.status;
	dc_buf_reset(&state->list);
}

static void texts(struct dc_report *report, const struct dc_node *array, const char *key)
{
	for (const struct dc_node *object = dc_node_first(array); object; object = dc_node_next(object))
		item(report, dc_node_get_text(object, key));
	listed(report);
}

/* ---- one row a domain ---- */

static const char domain_columns[] =
	"domain,verdict,errors,warnings,notices,inconclusive,findings,mx_class,mx_hosts,spf_class,spf_record,spf_all,"
	"spf_lookups,dkim_conclusion,dkim_selectors,dkim_least_bits,dmarc_class,dmarc_record,dmarc_policy,"
	"dmarc_effective_policy,dmarc_subdomain_policy,dmarc_np_policy,ptr_confirmed,spoofable,providers,mta_sts,tls_rpt,"
	"bimi,questions,unanswered,elapsed_ms,profiles,waived\r\n";

static void slugs(struct dc_report *report, const struct dc_node *findings, bool waived)
{
	for (const struct dc_node *finding = dc_node_first(findings); finding; finding = dc_node_next(finding))
		if ((dc_node_get(finding, "waived") != NULL) == waived)
			item(report, dc_node_get_text(finding, "id"));
	listed(report);
}

static void finding_cells(struct dc_report *report, const struct dc_node *findings)
{
	static const char *const severities[] = {"error", "warning", "notice"};
	int64_t counts[4] = {0}; /* of these, and of what could not be determined */

	for (const struct dc_node *finding = dc_node_first(findings); finding; finding = dc_node_next(finding)) {
		struct dc_slice severity = dc_node_get_text(finding, "severity");
		bool unknown = dc_node_get_tri(finding, "inconclusive") == DC_TRI_YES;

		if (dc_node_get(finding, "waived"))
			continue;
		counts[3] += unknown;
		for (size_t i = 0; i < 3; i++)
			counts[i] += !unknown && dc_slice_eq(severity, dc_slice_of(severities[i]));
	}
	for (size_t i = 0; i < 4; i++)
		number(report, true, counts[i]);
	slugs(report, findings, false);
}

/* What everybody else gets. Older reports only say which all is written. */
static struct dc_slice others(const struct dc_node *spf)
{
	struct dc_slice all = dc_node_get_text(spf, "all");

	if (dc_node_get(spf, "others"))
		return dc_node_get_text(dc_node_get(spf, "others"), "ipv4");
	return dc_slice_eq(all, DC_S("-"))   ? DC_S("fail")
	       : dc_slice_eq(all, DC_S("~")) ? DC_S("softfail")
	       : dc_slice_eq(all, DC_S("+")) ? DC_S("pass")
					     : DC_S("neutral");
}

static void spf_cells(struct dc_report *report, const struct dc_node *spf)
{
	bool known = dc_slice_eq(dc_node_get_text(dc_node_get(spf, "tree"), "state"), DC_S("record"));

	member(report, spf, "class");
	member(report, spf, "record");
	text(report, known ? others(spf) : (struct dc_slice){0});
	amount(report, known ? spf : NULL, "lookups");
}

static void dkim_cells(struct dc_report *report, const struct dc_node *dkim)
{
	const struct dc_node *selector = dc_node_first(dc_node_get(dkim, "selectors"));
	int64_t least = 0, bits;

	for (; selector; selector = dc_node_next(selector)) {
		pair(report, selector, "selector", "status");
		if (dc_slice_eq(dc_node_get_text(selector, "key_type"), DC_S("rsa")) &&
		    dc_node_get_integer(selector, "key_bits", &bits) && bits > 0 && (least == 0 || bits < least))
			least = bits;
	}
	member(report, dkim, "conclusion");
	listed(report);
	number(report, least > 0, least);
}

static void other_cells(struct dc_report *report, const struct dc_node *facts)
{
	static const char *const published[] = {"mta_sts", "tls_rpt", "bimi"};
	const struct dc_node *address = dc_node_first(dc_node_get(facts, "ptr"));
	enum dc_tri confirmed = address ? DC_TRI_YES : DC_TRI_UNKNOWN;

	for (; address; address = dc_node_next(address))
		confirmed = dc_tri_and(confirmed, dc_node_get_tri(address, "confirmed"));
	tri(report, confirmed);
	member(report, dc_node_get(facts, "spoofable"), "verdict");
	texts(report, dc_node_get(facts, "providers"), "id");
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++)
		tri(report, dc_node_get_tri(dc_node_get(facts, published[i]), "present"));
}

static void domain_row(struct dc_report *report, const struct dc_node *domain)
{
	static const char *const dmarc[] = {"class", "record", "policy", "effective_policy", "subdomain_policy", "np_policy"};
	const struct dc_node *facts = dc_node_get(domain, "facts"), *dns = dc_node_get(domain, "dns");
	const struct dc_node *mx = dc_node_get(facts, "mx"), *findings = dc_node_get(domain, "findings");
	const struct dc_node *profile = dc_node_first(dc_node_get(domain, "profiles"));

	member(report, domain, "domain");
	member(report, domain, "verdict");
	finding_cells(report, findings);
	member(report, mx, "class");
	texts(report, dc_node_get(mx, "hosts"), "host");
	spf_cells(report, dc_node_get(facts, "spf"));
	dkim_cells(report, dc_node_get(facts, "dkim"));
	members(report, dc_node_get(facts, "dmarc"), dmarc, sizeof(dmarc) / sizeof(dmarc[0]));
	other_cells(report, facts);
	amount(report, dns, "questions");
	amount(report, dns, "unanswered");
	amount(report, dns, "elapsed_ms");
	for (; profile; profile = dc_node_next(profile))
		pair(report, profile, "id", "verdict");
	listed(report);
	slugs(report, findings, true);
	dc_buf_puts(&report->out, "\r\n");
}

/* ---- one row a finding ---- */

static const char finding_columns[] = "domain,verdict,severity,finding,check,subject,message,fix,references,inconclusive,"
				      "waived,fingerprint\r\n";

static void finding_row(struct dc_report *report, const struct dc_node *domain, const struct dc_node *finding)
{
	static const char *const keys[] = {"severity", "id", "check", "subject", "message", "fix"};
	struct state *state = report->state;
	const struct dc_node *reference = dc_node_first(dc_node_get(finding, "references"));

	member(report, domain, "domain");
	member(report, domain, "verdict");
	members(report, finding, keys, sizeof(keys) / sizeof(keys[0]));
	for (; reference; reference = dc_node_next(reference)) {
		if (state->list.len > 0)
			dc_buf_putc(&state->list, ';');
		item(report, dc_node_text_of(reference));
	}
	listed(report);
	tri(report, dc_node_get_tri(finding, "inconclusive"));
	member(report, finding, "waived");
	member(report, finding, "fingerprint");
	dc_buf_puts(&report->out, "\r\n");
}

/* ---- the format ---- */

static void begin(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_init(&state->json);
	dc_buf_init(&state->list, DC_REPORT_MAX);
	dc_buf_puts(&report->out, report->style.per_finding ? finding_columns : domain_columns);
}

static void rows(struct dc_report *report, const struct dc_node *domain)
{
	struct state *state = report->state;
	const struct dc_node *finding = dc_node_first(dc_node_get(domain, "findings"));

	if (!report->style.per_finding)
		domain_row(report, domain);
	for (; report->style.per_finding && finding; finding = dc_node_next(finding))
		finding_row(report, domain, finding);
	dc_node_forget(&state->json);
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;

	rows(report, dc_node_domain(&state->json, report, result, DC_NODE_VERDICTS));
}

static bool line(struct dc_report *report, struct dc_slice raw, enum dc_domain_verdict *ret_verdict)
{
	struct state *state = report->state;
	json_t *object = dc_json_read_domain(report, raw, NULL, ret_verdict);

	if (!object)
		return false;
	rows(report, dc_node_of(&state->json, object));
	json_decref(object);
	return true;
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_clear(&state->json);
	dc_buf_free(&state->list);
}

const struct dc_format dc_format_csv = {
	.name = "csv",
	.about = "one row a domain, for spreadsheets",
	.streams = true,
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.line = line,
	.clear = clear,
};
