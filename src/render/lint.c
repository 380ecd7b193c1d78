/* One greppable line a finding:
 *   example.com: error: spf-too-many-lookups: SPF needs 12 DNS lookups, the limit is 10 [spf-lookups]
 *   example.com: warning: dkim-key-weak: mail._domainkey.example.com: The key has 768 bits … [dkim-key]
 * Waived findings say so at the end. A domain without findings prints nothing. */
#include "base/escape.h"
#include "render/report.h"

static void begin(struct dc_report *report)
{
	(void)report;
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
}

const struct dc_format dc_format_lint = {
	.name = "lint",
	.about = "one greppable line a finding",
	.streams = true,
	.begin = begin,
	.domain = domain,
	.end = begin,
};
