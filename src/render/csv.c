/* csv: one row a domain, or (style.per_finding) one row a finding. RFC 4180: CRLF, a header line, every text quoted.
 * A text that a spreadsheet could take for a formula gets an apostrophe in front. Printable ASCII only. An empty cell
 * says that there is nothing, or that it could not be determined: the column beside it (class, verdict) tells which. */
#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "facts/identity.h"
#include "mx/mx.h"
#include "provider/provider.h"
#include "render/csv.h"
#include "spf/spf.h"

/* ---- cells ---- */

static void comma(struct dc_report *report)
{
	if (report->out.len > 0 && report->out.ptr[report->out.len - 1] != '\n')
		dc_buf_putc(&report->out, ',');
}

void dc_csv_text(struct dc_report *report, struct dc_slice raw)
{
	struct dc_buf *out = &report->out;
	struct dc_slice text = dc_report_clean(report, raw, 0), trimmed = dc_slice_trim(text);

	comma(report);
	if (text.len == 0)
		return;
	dc_buf_putc(out, '"');
	if (trimmed.len > 0 && strchr("=+-@|%'", trimmed.ptr[0]))
		dc_buf_putc(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			dc_buf_putc(out, '"');
		dc_buf_putc(out, text.ptr[i]);
	}
	dc_buf_putc(out, '"');
}

void dc_csv_word(struct dc_report *report, const char *word)
{
	dc_csv_text(report, dc_slice_of(word));
}

void dc_csv_number(struct dc_report *report, bool known, uint64_t number)
{
	comma(report);
	if (known)
		dc_buf_printf(&report->out, "%llu", (unsigned long long)number);
	else if (report->out.len == 0 || report->out.ptr[report->out.len - 1] == '\n')
		dc_buf_puts(&report->out, "\"\""); /* a line must not begin with nothing */
}

void dc_csv_tri(struct dc_report *report, enum dc_tri value)
{
	dc_csv_word(report, value == DC_TRI_YES ? "yes" : value == DC_TRI_NO ? "no" : NULL);
}

struct dc_slice dc_csv_item(struct dc_report *report, struct dc_slice list, struct dc_slice more)
{
	if (list.len > 0)
		list = dc_arena_concat(report->scratch, list, DC_S(" "));
	return dc_arena_concat(report->scratch, list, more);
}

/* ---- one row a domain ---- */

static const char domain_columns[] =
	"domain,verdict,errors,warnings,notices,inconclusive,findings,mx_class,mx_hosts,spf_class,spf_record,spf_all,"
	"spf_lookups,dkim_conclusion,dkim_selectors,dkim_least_bits,dmarc_class,dmarc_record,dmarc_policy,"
	"dmarc_effective_policy,dmarc_subdomain_policy,dmarc_np_policy,ptr_confirmed,spoofable,providers,mta_sts,tls_rpt,"
	"bimi,questions,unanswered,elapsed_ms,profiles,waived\r\n";

static void finding_cells(struct dc_report *report, const struct dc_audit_result *result)
{
	struct dc_summary sum = {0};
	struct dc_slice slugs = {0};

	dc_summary_add(&sum, result);
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (finding->severity != DC_SEVERITY_OFF && finding->waived.len == 0)
			slugs = dc_csv_item(report, slugs, dc_slice_of(dc_catalogue_row(finding->id)->slug));
	}
	dc_csv_number(report, true, sum.errors);
	dc_csv_number(report, true, sum.warnings);
	dc_csv_number(report, true, sum.notices);
	dc_csv_number(report, true, sum.undetermined);
	dc_csv_text(report, slugs);
}

/* "google-bulk:fail microsoft:pass", and the findings that are accepted. */
static void profile_cells(struct dc_report *report, const struct dc_audit_result *result)
{
	struct dc_slice profiles = {0}, waived = {0};

	for (size_t i = 0; i < result->profile_count; i++) {
		struct dc_slice id = dc_slice_of(result->profiles[i].id), verdict;

		verdict = dc_slice_of(dc_verdict_name(result->profiles[i].verdict));
		profiles = dc_csv_item(report, profiles, dc_arena_printf(report->scratch, "%.*s:%.*s", DC_FMT(id), DC_FMT(verdict)));
	}
	for (size_t i = 0; i < result->finding_count; i++)
		if (result->findings[i].severity != DC_SEVERITY_OFF && result->findings[i].waived.len > 0)
			waived = dc_csv_item(report, waived, dc_slice_of(dc_catalogue_row(result->findings[i].id)->slug));
	dc_csv_text(report, profiles);
	dc_csv_text(report, waived);
}

static void mx_cells(struct dc_report *report, const struct dc_mx_facts *mx)
{
	struct dc_slice hosts = {0};

	for (size_t i = 0; mx && i < mx->host_count; i++)
		hosts = dc_csv_item(report, hosts, mx->hosts[i].host);
	dc_csv_word(report, mx ? dc_mx_class_name(mx->class) : NULL);
	dc_csv_text(report, hosts);
}

static void spf_cells(struct dc_report *report, const struct dc_spf_facts *spf)
{
	bool known = spf && spf->root && spf->root->state == DC_SPF_STATE_RECORD;

	dc_csv_word(report, spf ? dc_spf_class_name(spf->class) : NULL);
	dc_csv_text(report, spf && spf->record_count > 0 ? spf->records[0].text : (struct dc_slice){0});
	dc_csv_word(report, !known	    ? NULL
			  : spf->all == '-' ? "fail"
			  : spf->all == '~' ? "softfail"
			  : spf->all == '+' ? "pass"
					    : "neutral");
	dc_csv_number(report, known, known ? spf->lookups : 0);
}

static void dkim_cells(struct dc_report *report, const struct dc_dkim_facts *dkim)
{
	struct dc_slice selectors = {0};
	uint32_t least = 0;

	for (size_t i = 0; dkim && i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *s = &dkim->selectors[i];
		struct dc_slice pair = dc_arena_concat(report->scratch, s->selector, DC_S(":"));

		pair = dc_arena_concat(report->scratch, pair, dc_slice_of(dc_dkim_status_name(s->status)));
		selectors = dc_csv_item(report, selectors, pair);
		if (s->record && s->record->key.type == DC_DKIM_KEY_RSA && (least == 0 || s->record->key.bits < least))
			least = s->record->key.bits;
	}
	dc_csv_word(report, dkim ? dc_dkim_conclusion_name(dkim->conclusion) : NULL);
	dc_csv_text(report, selectors);
	dc_csv_number(report, least > 0, least);
}

static void dmarc_cells(struct dc_report *report, const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_view *now = dmarc ? &dmarc->now : NULL;
	const struct dc_dmarc_record *record = now ? now->name.record : NULL;

	dc_csv_word(report, now ? dc_dmarc_class_name(now->name.class) : NULL);
	dc_csv_text(report, record ? record->txt.text : (struct dc_slice){0});
	dc_csv_word(report, now ? dc_dmarc_policy_name(now->name.policy) : NULL);
	dc_csv_word(report, now ? dc_dmarc_policy_name(now->name.effective) : NULL);
	dc_csv_word(report, now ? dc_dmarc_policy_name(now->existing.effective) : NULL);
	dc_csv_word(report, now ? dc_dmarc_policy_name(now->missing.effective) : NULL);
}

static void other_cells(struct dc_report *report, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts ? facts->identities : NULL;
	const struct dc_ptr_facts *ptr = facts ? facts->ptr : NULL;
	const struct dc_provider_facts *providers = facts ? facts->providers : NULL;
	struct dc_slice names = {0};
	enum dc_tri confirmed = ptr && ptr->count > 0 ? DC_TRI_YES : DC_TRI_UNKNOWN;

	for (size_t i = 0; ptr && i < ptr->count; i++)
		confirmed = dc_tri_and(confirmed, ptr->addresses[i].confirmed);
	for (size_t i = 0; providers && i < providers->count; i++)
		names = dc_csv_item(report, names, dc_slice_of(providers->items[i].row->id));
	dc_csv_tri(report, confirmed);
	dc_csv_word(report, identities && identities->spoof ? dc_spoof_verdict_name(identities->spoof->verdict) : NULL);
	dc_csv_text(report, names);
	dc_csv_tri(report, dc_facts_published(facts, DC_PUBLISHED_MTA_STS));
	dc_csv_tri(report, dc_facts_published(facts, DC_PUBLISHED_TLS_RPT));
	dc_csv_tri(report, dc_facts_published(facts, DC_PUBLISHED_BIMI));
}

static void domain_row(struct dc_report *report, const struct dc_audit_result *result)
{
	const struct dc_facts *facts = result->facts;

	dc_csv_text(report, result->inputs->domain);
	dc_csv_word(report, dc_domain_verdict_name(result->verdict));
	finding_cells(report, result);
	mx_cells(report, facts ? facts->mx : NULL);
	spf_cells(report, facts ? facts->spf : NULL);
	dkim_cells(report, facts ? facts->dkim : NULL);
	dmarc_cells(report, facts ? facts->dmarc : NULL);
	other_cells(report, facts);
	dc_csv_number(report, true, result->dns.questions);
	dc_csv_number(report, true, result->dns.unanswered);
	dc_csv_number(report, true, result->dns.elapsed_ms);
	profile_cells(report, result);
	dc_buf_puts(&report->out, "\r\n");
}

/* ---- one row a finding ---- */

static const char finding_columns[] = "domain,verdict,severity,finding,check,subject,message,fix,references,inconclusive,"
				      "waived,fingerprint\r\n";

static void finding_row(struct dc_report *report, const struct dc_audit_result *result,
			const struct dc_finding *finding)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	struct dc_slice references = {0};

	for (size_t i = 0; row->references[i]; i++) {
		if (i > 0)
			references = dc_arena_concat(report->scratch, references, DC_S("; "));
		references = dc_arena_concat(report->scratch, references, dc_slice_of(row->references[i]));
	}
	dc_csv_text(report, result->inputs->domain);
	dc_csv_word(report, dc_domain_verdict_name(result->verdict));
	dc_csv_word(report, dc_severity_name(finding->severity));
	dc_csv_word(report, row->slug);
	dc_csv_word(report, row->check);
	dc_csv_text(report, finding->subject);
	dc_csv_text(report, dc_finding_message(report->scratch, finding));
	dc_csv_text(report, dc_finding_fix(report->scratch, finding));
	dc_csv_text(report, references);
	dc_csv_word(report, row->inconclusive ? "yes" : "no");
	dc_csv_text(report, finding->waived);
	dc_csv_text(report, dc_finding_fingerprint(report->scratch, finding));
	dc_buf_puts(&report->out, "\r\n");
}

/* ---- the format ---- */

static void begin(struct dc_report *report)
{
	dc_buf_puts(&report->out, report->style.per_finding ? finding_columns : domain_columns);
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	if (!report->style.per_finding)
		domain_row(report, result);
	for (size_t i = 0; report->style.per_finding && i < result->finding_count; i++) {
		if (result->findings[i].severity != DC_SEVERITY_OFF)
			finding_row(report, result, &result->findings[i]);
	}
}

const struct dc_format dc_format_csv = {
	.name = "csv",
	.about = "one row a domain, for spreadsheets",
	.streams = true,
	.begin = begin,
	.domain = domain,
	.line = dc_csv_line,
};
