/* The DMARC section: the record that applies and what it asks for. */
#include "dmarc/dmarc.h"

#include "render/text/text.h"

static const char *policy_words(const struct dc_dmarc_verdict *verdict)
{
	switch (verdict->effective) {
	case DC_DMARC_POLICY_REJECT:
		return "reject";
	case DC_DMARC_POLICY_QUARANTINE:
		return "quarantine (spam folder)";
	case DC_DMARC_POLICY_NONE:
		return "none (only watched)";
	case DC_DMARC_POLICY_ABSENT:
		return "no DMARC";
	default:
		return "could not be determined";
	}
}

static enum dc_ink policy_ink(enum dc_dmarc_policy policy)
{
	switch (policy) {
	case DC_DMARC_POLICY_REJECT:
		return DC_INK_GREEN;
	case DC_DMARC_POLICY_QUARANTINE:
	case DC_DMARC_POLICY_NONE:
		return DC_INK_YELLOW;
	case DC_DMARC_POLICY_ABSENT:
		return DC_INK_RED;
	default:
		return DC_INK_CYAN;
	}
}

/* One line for each kind of sender name; one line in all when they get the same. */
static void policies(const struct dc_text *text, const struct dc_dmarc_view *view)
{
	const struct {
		const char *label;
		const struct dc_dmarc_verdict *verdict;
	} rows[] = {{"this domain", &view->name}, {"subdomains", &view->existing}, {"missing names", &view->missing}};
	enum dc_dmarc_policy first = view->name.effective;

	if (view->existing.effective == first && view->missing.effective == first) {
		dc_text_field(text, "policy", policy_ink(first),
			      dc_text_format(text, "%s, for the domain and all names below it", policy_words(&view->name)));
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		dc_text_field(text, rows[i].label, policy_ink(rows[i].verdict->effective),
			      dc_slice_of(policy_words(rows[i].verdict)));
}

static void reports(const struct dc_text *text, const struct dc_dmarc_facts *dmarc)
{
	for (size_t i = 0; i < dmarc->report_count; i++) {
		const struct dc_dmarc_report *report = &dmarc->reports[i];
		struct dc_slice uri = dc_text_clean(text, report->uri->text);
		const char *trouble = report->uri->scheme == DC_DMARC_URI_OTHER ? " (not a mail address: hardly any receiver reports there)"
				      : report->authorised == DC_TRI_NO	 ? " (has not agreed to receive them)"
				      : report->accepts == DC_TRI_NO	 ? " (does not accept mail)"
				      : report->authorised == DC_TRI_UNKNOWN ? " (not known whether it agreed)"
									 : "";

		dc_text_field(text, report->failure ? "failures to" : "reports to", *trouble ? DC_INK_YELLOW : DC_INK_PLAIN,
			      dc_text_format(text, "%.*s%s", DC_FMT(uri), trouble));
	}
}

/* What receivers on RFC 7489 see, when it is something else. */
static void legacy(const struct dc_text *text, const struct dc_dmarc_facts *dmarc)
{
	struct dc_slice org;

	if (!dmarc->differences)
		return;
	org = dc_text_clean(text, dmarc->legacy.org_domain);
	dc_text_field(text, "older receivers", DC_INK_YELLOW,
		      dc_text_format(text, "%s; organizational domain %.*s (RFC 7489)", policy_words(&dmarc->legacy.name),
				     DC_FMT(org)));
}

/* A record kept elsewhere: the end of the CNAME chain at _dmarc. */
static void hosted(const struct dc_text *text, const struct dc_dmarc_facts *dmarc)
{
	for (size_t i = 0; i < dmarc->walk.count; i++) {
		const struct dc_dmarc_node *node = &dmarc->walk.nodes[i];

		if (node->record == dmarc->now.name.record && node->alias.len > 0)
			dc_text_field(text, "kept at", DC_INK_PLAIN, dc_text_clean(text, node->alias));
	}
}

void dc_text_dmarc(const struct dc_text *text, const struct dc_audit_result *result)
{
	const struct dc_dmarc_facts *dmarc = result->facts ? result->facts->dmarc : NULL;
	const struct dc_dmarc_record *record;
	const struct dc_dmarc_view *now;

	if (!dmarc)
		return;
	now = &dmarc->now;
	record = now->name.record;
	dc_text_heading(text, result, "DMARC", "dmarc-",
			now->name.class == DC_DMARC_CLASS_NONE	    ? DC_S("no record is published")
			: now->name.class == DC_DMARC_CLASS_UNKNOWN ? DC_S("could not be determined")
			: now->name.class == DC_DMARC_CLASS_IGNORED ? DC_S("the record is broken, receivers ignore it")
			: now->name.class == DC_DMARC_CLASS_DISARMED
				? DC_S("the record is broken, receivers take it for p=none")
				: (struct dc_slice){0});
	if (record) {
		dc_text_field(text, "record", DC_INK_PLAIN, dc_text_clean(text, record->txt.text));
		if (!dc_slice_eq(now->name.location, dmarc->domain))
			dc_text_field(text, "found at", DC_INK_PLAIN, dc_text_clean(text, now->name.location));
		hosted(text, dmarc);
	}
	if (now->name.class != DC_DMARC_CLASS_UNKNOWN && now->name.class != DC_DMARC_CLASS_NONE)
		policies(text, now);
	if (dmarc->what_if.len > 0) {
		struct dc_slice tags = dc_text_clean(text, dmarc->what_if);

		dc_text_field(text, "what if", DC_INK_PLAIN,
			      dc_text_format(text, "%.*s: %s", DC_FMT(tags), policy_words(&dmarc->changed.name)));
	}
	if (record) {
		dc_text_field(text, "alignment", DC_INK_PLAIN,
			      dc_text_format(text, "DKIM %s, SPF %s", now->adkim_strict ? "strict" : "relaxed",
					     now->aspf_strict ? "strict" : "relaxed"));
		if (record->testing)
			dc_text_field(text, "test mode", DC_INK_YELLOW, DC_S("t=y: receivers apply one level less"));
	}
	reports(text, dmarc);
	legacy(text, dmarc);
}
