/* Do DMARC reports reach somebody? RFC 9989 section 4.7, RFC 9990 section 4, RFC 9991 section 7. */
#include "checks/check.h"
#include "dmarc/dmarc.h"

static void judge_uri(struct dc_emitter *emitter, const struct dc_dmarc_uri *uri)
{
	const struct dc_arg text = dc_text("uri", uri->text);
	struct dc_where where = {.span = &uri->span};

	if (uri->scheme == DC_DMARC_URI_INVALID)
		dc_emit(emitter, DC_F_DMARC_URI_INVALID, where, DC_ARGS(text, dc_text("problem", dc_slice_of(uri->why))));
	if (uri->scheme == DC_DMARC_URI_OTHER)
		dc_emit(emitter, DC_F_DMARC_URI_SCHEME, where, DC_ARGS(text));
	if (uri->size.len)
		dc_emit(emitter, DC_F_DMARC_URI_SIZE, where, DC_ARGS(text, dc_text("size", uri->size)));
}

static void judge_consent(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc, const struct dc_dmarc_report *report)
{
	const struct dc_arg host = dc_text("host", report->uri->host);
	const struct dc_arg name = dc_text("name", report->auth_name.len ? report->auth_name : report->uri->host);
	struct dc_where where = {.subject = report->uri->host, .span = &report->uri->span, .answer = report->auth};

	if (report->external == DC_TRI_YES && report->authorised == DC_TRI_NO)
		dc_emit(emitter, DC_F_DMARC_REPORT_UNAUTHORISED, where,
			DC_ARGS(host, name, dc_text("domain", dmarc->now.name.location)));
	if (report->override_foreign)
		dc_emit(emitter, DC_F_DMARC_REPORT_REDIRECTED, where, DC_ARGS(host, name));
}

static void judge_host(struct dc_emitter *emitter, const struct dc_dmarc_report *report)
{
	const char *problem = "its host has neither an MX record nor an address";

	if (report->accepts != DC_TRI_NO)
		return;
	if (report->null_mx)
		problem = "its host says that it takes no mail (null MX)";
	else if (report->mx->outcome == DC_OUTCOME_NXDOMAIN)
		problem = "its host does not exist";
	dc_emit(emitter, DC_F_DMARC_REPORT_UNDELIVERABLE,
		(struct dc_where){.subject = report->uri->host, .span = &report->uri->span, .answer = report->mx},
		DC_ARGS(dc_text("uri", report->uri->text), dc_text("problem", dc_slice_of(problem)), dc_text("host", report->uri->host)));
}

static bool failed(const struct dc_answer *answer)
{
	return answer && !dc_outcome_is_known(answer->outcome);
}

/* One failed lookup of what the address rests on, or NULL: the consent is told before the host's mail. */
static const struct dc_answer *unanswered(const struct dc_dmarc_report *report)
{
	if (report->external == DC_TRI_UNKNOWN && report->blocked)
		return report->blocked;
	if (report->authorised == DC_TRI_UNKNOWN && failed(report->auth))
		return report->auth;
	if (report->accepts != DC_TRI_UNKNOWN)
		return NULL;
	if (failed(report->mx))
		return report->mx;
	return failed(report->a) ? report->a : failed(report->aaaa) ? report->aaaa : NULL;
}

/* A host that several addresses share is told once. */
static bool is_first(const struct dc_dmarc_facts *dmarc, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		const struct dc_dmarc_uri *uri = dmarc->reports[i].uri;

		if (uri->scheme == DC_DMARC_URI_MAILTO && dc_name_eq(uri->host, dmarc->reports[at].uri->host))
			return false;
	}
	return true;
}

static void judge_report(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc, size_t at)
{
	const struct dc_dmarc_report *report = &dmarc->reports[at];
	const struct dc_answer *answer = unanswered(report);

	judge_uri(emitter, report->uri);
	/* To other schemes nobody sends, whether the host agrees or not: dmarc-uri-scheme is all there is to say. */
	if (report->uri->scheme != DC_DMARC_URI_MAILTO || !report->uri->host.len || !is_first(dmarc, at))
		return;
	judge_consent(emitter, dmarc, report);
	judge_host(emitter, report);
	if (answer && dc_name_eq(answer->question.name, dmarc->domain))
		dc_inconclusive(emitter); /* the domain's own MX or address: told by mx-present */
	else if (answer)
		dc_emit_unanswered(emitter, DC_F_DMARC_REPORT_UNANSWERED,
				   (struct dc_where){.subject = report->uri->host, .span = &report->uri->span, .answer = answer},
				   DC_ARGS(dc_text("uri", report->uri->text)));
}

static void judge_fo(struct dc_emitter *emitter, const struct dc_dmarc_record *record)
{
	for (size_t i = 0; i < record->tag_count && !record->ruf_count; i++) {
		const struct dc_dmarc_tag *tag = &record->tags[i];

		if (tag->id == DC_DMARC_TAG_FO && tag->fault != DC_DMARC_FAULT_DUPLICATE)
			dc_emit(emitter, DC_F_DMARC_FO_UNUSED, (struct dc_where){.span = &tag->span}, DC_ARGS(dc_text("tag", tag->term)));
	}
	if (record->ruf_count)
		dc_emit(emitter, DC_F_DMARC_RUF, (struct dc_where){0}, NULL);
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_facts *dmarc = facts->dmarc;
	const struct dc_dmarc_verdict *verdict = &dmarc->now.name;
	const struct dc_arg domain = dc_text("domain", dmarc->domain), location = dc_text("location", verdict->location);

	if (!verdict->record) {
		if (verdict->class == DC_DMARC_CLASS_UNKNOWN)
			dc_inconclusive(emitter);
		else
			dc_not_applicable(emitter);
		return;
	}
	if (verdict->record->rua_count == 0 && verdict->class == DC_DMARC_CLASS_VALID)
		dc_emit(emitter,
			verdict->policy == DC_DMARC_POLICY_NONE ? DC_F_DMARC_MONITORING_BLIND : DC_F_DMARC_RUA_MISSING,
			(struct dc_where){0}, DC_ARGS(domain, location));
	for (size_t i = 0; i < dmarc->report_count; i++)
		judge_report(emitter, dmarc, i);
	judge_fo(emitter, verdict->record);
}

const struct dc_check dc_check_dmarc_reports = {
	.id = "dmarc-reports",
	.title = "DMARC reports are asked for and reach somebody",
	.standard = "RFC 9990 section 4",
	.run = run,
};
