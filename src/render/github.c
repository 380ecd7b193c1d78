/* github: workflow commands, which GitHub Actions shows as annotations of the run and beside the lines of a pull request.
 * One command a finding, then a plain line with the verdict. GitHub shows ten errors, ten warnings and ten notices of a
 * step; markdown (for the step's summary) and sarif have no such limit. */
#include "base/escape.h"
#include "policy/verdict.h"
#include "policy/policy.h"
#include "render/place.h"

/* Text between commands: '%', and in properties ':' and ',' too, would be read. */
static void put(struct dc_report *report, struct dc_slice raw, bool property)
{
	char percent[DC_PERCENT_LEN];
	struct dc_slice s = dc_report_clean(report, raw, 0);

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '%' || (property && (c == ':' || c == ','))) {
			dc_percent(percent, c);
			dc_buf_put(&report->out, percent, sizeof percent);
		} else {
			dc_buf_putc(&report->out, c);
		}
	}
}

static void command(struct dc_report *report, const struct dc_audit_result *result, const struct dc_finding *finding)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	struct dc_place_found place = dc_report_place(report, result, finding);
	const char *name = finding->waived.len > 0 || finding->severity == DC_SEVERITY_NOTICE ? "notice"
			   : row->inconclusive || finding->severity == DC_SEVERITY_WARNING	? "warning"
												: "error";

	dc_buf_printf(&report->out, "::%s ", name);
	/* A file that is none would show as a broken link. */
	if (place.in_file) {
		dc_buf_puts(&report->out, "file=");
		put(report, place.path, true);
		dc_buf_printf(&report->out, ",line=%lu,", (unsigned long)place.line);
	}
	dc_buf_puts(&report->out, "title=");
	put(report, result->inputs->domain, true);
	dc_buf_printf(&report->out, "%%3A %s", row->slug);
	dc_buf_puts(&report->out, row->inconclusive ? " (not determined)::" : finding->waived.len > 0 ? " (accepted)::" : "::");
	put(report, dc_finding_message(report->scratch, finding), false);
	if (!dc_slice_eq(finding->subject, result->inputs->domain)) {
		dc_buf_puts(&report->out, " (at ");
		put(report, finding->subject, false);
		dc_buf_putc(&report->out, ')');
	}
	dc_buf_puts(&report->out, "%0A");
	put(report, dc_finding_fix(report->scratch, finding), false);
	if (finding->waived.len > 0) {
		dc_buf_puts(&report->out, "%0AAccepted: ");
		put(report, finding->waived, false);
	}
	dc_buf_putc(&report->out, '\n');
}

/* A broken requirement that decides: its findings may be notices. */
static void requirement(struct dc_report *report, const struct dc_audit_result *result, const char *profile,
			const struct dc_requirement_result *broken)
{
	dc_buf_printf(&report->out, "::%s title=", broken->must ? "error" : "warning");
	put(report, result->inputs->domain, true);
	dc_buf_printf(&report->out, "%%3A %s/%s::", profile, broken->id);
	put(report, dc_slice_of(broken->text), false);
	for (size_t i = 0; i < broken->finding_count; i++)
		dc_buf_printf(&report->out, "%s%s", i ? ", " : " (", dc_catalogue_row(broken->findings[i]->id)->slug);
	dc_buf_puts(&report->out, broken->finding_count ? ")\n" : "\n");
}

static void requirements(struct dc_report *report, const struct dc_audit_result *result)
{
	enum dc_severity least = result->threshold == DC_SEVERITY_OFF ? DC_SEVERITY_ERROR : result->threshold;

	for (size_t i = 0; i < result->profile_count; i++) {
		const struct dc_profile_result *profile = &result->profiles[i];

		for (size_t k = 0; profile->profile && !profile->profile->each_check && k < profile->requirement_count; k++)
			if (dc_policy_blocks(&profile->requirements[k], least))
				requirement(report, result, profile->id, &profile->requirements[k]);
	}
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	static const char *const words[] = {[DC_DOMAIN_PASS] = "GO", [DC_DOMAIN_INCOMPLETE] = "HOLD", [DC_DOMAIN_FAIL] = "NO-GO"};

	for (size_t i = 0; i < result->finding_count; i++)
		if (result->findings[i].severity != DC_SEVERITY_OFF)
			command(report, result, &result->findings[i]);
	requirements(report, result);
	dc_buf_printf(&report->out, "%-5s  ", words[result->verdict]);
	put(report, result->inputs->domain, false);
	dc_buf_putc(&report->out, '\n');
}

const struct dc_format dc_format_github = {
	.name = "github",
	.about = "annotations of GitHub Actions",
	.streams = true,
	.domain = domain,
};
