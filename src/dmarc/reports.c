/* Where reports go: RFC 9990 section 4 (consent of foreign hosts), RFC 5321 section 5.1 and RFC 7505 (can the host receive).
 *
 * A host of another organization must say that it wants the reports; without its record the address is ignored. */
#include "dmarc/walk.h"

#include "dmarc/psl.h"

/* ---- consent ---- */

/* The consent record may name another address, on the same host only (RFC 9990 section 4). */
static bool leads_elsewhere(const struct dc_dmarc_record *consent, const struct dc_dmarc_report *report)
{
	const struct dc_dmarc_uri *uris = report->failure ? consent->ruf : consent->rua;
	size_t count = report->failure ? consent->ruf_count : consent->rua_count;

	for (size_t i = 0; i < count; i++) {
		if (uris[i].host.len && !dc_name_eq(uris[i].host, report->uri->host))
			return true;
	}
	return false;
}

static void read_consent(struct dc_asker *asker, struct dc_dmarc_report *report)
{
	const struct dc_rr *rr;
	struct dc_txt txt;

	if (!dc_answer_is_known(report->auth))
		return;
	report->authorised = DC_TRI_NO;
	for (size_t i = 0; (rr = dc_answer_rr(report->auth, i)); i++) {
		if (!dc_rr_txt(asker->arena, rr, &txt) || dc_dmarc_kind_of(txt.text) != DC_DMARC_KIND_RECORD)
			continue;
		report->authorised = DC_TRI_YES;
		report->override_foreign |=
			leads_elsewhere(dc_dmarc_parse(asker->arena, report->auth_name, &txt, rr), report);
	}
}

static void look_up_consent(struct dc_asker *asker, const struct dc_dmarc_record *record, struct dc_dmarc_report *report)
{
	struct dc_slice host = report->uri->host, prefix;
	enum dc_tri same = dc_dmarc_aligned(asker, record->domain, host, false);
	bool looks_same = dc_name_eq(record->domain, host) ||
			  dc_name_eq(dc_psl_org_of(asker, record->domain), dc_psl_org_of(asker, host));

	if (same == DC_TRI_YES) {
		report->external = DC_TRI_NO;
		report->authorised = DC_TRI_YES;
		return;
	}
	report->external = same == DC_TRI_NO ? DC_TRI_YES : DC_TRI_UNKNOWN;
	if (same == DC_TRI_UNKNOWN)
		report->blocked = dc_dmarc_org_failure(asker, host);
	if (same == DC_TRI_UNKNOWN && !report->blocked)
		report->blocked = dc_dmarc_org_failure(asker, record->domain);
	if (same == DC_TRI_UNKNOWN && looks_same)
		return; /* most likely our own host: wait for the walk before its consent is asked for */
	prefix = dc_arena_concat(asker->arena, record->domain, DC_S("._report._dmarc"));
	if (!dc_name_join(asker->arena, prefix, host, &report->auth_name)) {
		report->auth_name = (struct dc_slice){0};
		report->authorised = DC_TRI_NO; /* no such name can exist */
		return;
	}
	report->auth = dc_ask(asker, report->auth_name, DC_TYPE_TXT);
	read_consent(asker, report);
}

/* ---- can the host receive mail? ---- */

static void look_up_host(struct dc_asker *asker, struct dc_dmarc_report *report)
{
	struct dc_slice host = report->uri->host, exchange;
	uint16_t preference;

	report->mx = dc_ask(asker, host, DC_TYPE_MX);
	if (!dc_answer_is_known(report->mx))
		return;
	if (dc_answer_count(report->mx) > 0) {
		report->null_mx = dc_answer_count(report->mx) == 1 &&
				  dc_rr_mx(asker->arena, dc_answer_rr(report->mx, 0), &preference, &exchange) &&
				  dc_name_eq(exchange, DC_S("."));
		report->accepts = dc_tri_of(!report->null_mx);
	} else if (report->mx->outcome == DC_OUTCOME_NXDOMAIN) {
		report->accepts = DC_TRI_NO;
	} else {
		report->a = dc_ask(asker, host, DC_TYPE_A);
		report->aaaa = dc_ask(asker, host, DC_TYPE_AAAA);
		report->accepts = dc_tri_or(dc_answer_has_records(report->a), dc_answer_has_records(report->aaaa));
	}
}

static void add(struct dc_asker *asker, const struct dc_dmarc_record *record, const struct dc_dmarc_uri *uris, size_t count,
		bool failure, struct dc_dmarc_report *reports, size_t *n)
{
	for (size_t i = 0; i < count; i++) {
		struct dc_dmarc_report *report = &reports[(*n)++];

		*report = (struct dc_dmarc_report){.uri = &uris[i], .failure = failure};
		if (!uris[i].host.len)
			continue;
		look_up_consent(asker, record, report);
		if (uris[i].scheme == DC_DMARC_URI_MAILTO)
			look_up_host(asker, report);
	}
}

void dc_dmarc_reports(struct dc_asker *asker, const struct dc_dmarc_record *record, struct dc_dmarc_facts *facts)
{
	struct dc_dmarc_report *reports = DC_NEW_ARRAY(asker->arena, struct dc_dmarc_report, (size_t)2 * DC_DMARC_URI_MAX);

	facts->reports = reports;
	add(asker, record, record->rua, record->rua_count, false, reports, &facts->report_count);
	add(asker, record, record->ruf, record->ruf_count, true, reports, &facts->report_count);
}
