/* One greppable line a finding:
 *   example.com: error: spf-too-many-lookups: SPF needs 12 DNS lookups, the limit is 10 [spf-lookups]
 *   example.com: warning: dkim-key-weak: mail._domainkey.example.com: The key has 768 bits … [dkim-key]
 * Waived findings say so at the end. Broken requirements of profiles come behind the findings:
 *   example.com: error: google-bulk/dmarc: A DMARC record; p=none is enough (dmarc-missing) [google-bulk]
 * A domain without either prints nothing. */
#include "base/escape.h"
#include "render/report.h"

static void requirement(struct dc_report *report, const struct dc_audit_result *result, const char *profile,
			const struct dc_requirement_result *broken)
{
	struct dc_buf *out = &report->out;

	dc_escape_text(out, result->inputs->domain, 0);
	dc_buf_printf(out, ": %s: %s/%s: %s", broken->must ? "error" : "warning", profile, broken->id, broken->text);
	for (size_t i = 0; i < broken->finding_count; i++)
		dc_buf_printf(out, "%s%s", i ? ", " : " (", dc_catalogue_row(broken->findings[i]->id)->slug);
	dc_buf_printf(out, "%s [%s]\n", broken->finding_count ? ")" : "", profile);
}

static void requirements(struct dc_report *report, const struct dc_audit_result *result)
{
	for (size_t i = 0; i < result->profile_count; i++) {
		const struct dc_profile_result *profile = &result->profiles[i];

		if (!profile->profile || profile->profile->each_check)
			continue;
		for (size_t k = 0; k < profile->requirement_count; k++)
			if (profile->requirements[k].verdict == DC_VERDICT_FAIL || profile->requirements[k].verdict == DC_VERDICT_WARN)
				requirement(report, result, profile->id, &profile->requirements[k]);
	}
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct dc_buf *out = &report->out;

	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

		if (finding->severity == DC_SEVERITY_OFF)
			continue;
		dc_escape_text(out, result->inputs->domain, 0);
		dc_buf_printf(out, ": %s: %s: ", dc_severity_name(finding->severity), row->slug);
		if (!dc_slice_eq(finding->subject, result->inputs->domain)) {
			dc_escape_text(out, finding->subject, 0);
			dc_buf_puts(out, ": ");
		}
		dc_escape_text(out, dc_finding_message(report->scratch, finding), 0);
		dc_buf_printf(out, " [%s]", row->check);
		if (finding->waived.len > 0) {
			dc_buf_puts(out, " (waived: ");
			dc_escape_text(out, finding->waived, 0);
			dc_buf_putc(out, ')');
		}
		dc_buf_putc(out, '\n');
	}
	requirements(report, result);
}

const struct dc_format dc_format_lint = {
	.name = "lint",
	.about = "one greppable line a finding",
	.streams = true,
	.domain = domain,
};
