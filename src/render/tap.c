/* tap: the Test Anything Protocol, a test a check and requirement. Version 13, which readers of 14 read too. A check that
 * could not be decided is not ok: nobody knows. What is said of a test stands in a YAML block behind it. Printable ASCII
 * only. */
#include "render/case.h"

struct state {
	uint64_t tests;
};

/* In a description '#' would begin a directive. */
static void description(struct dc_report *report, struct dc_slice raw)
{
	struct dc_slice s = dc_report_clean(report, raw, 0);

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '#')
			dc_buf_putc(&report->out, '\\');
		dc_buf_putc(&report->out, s.ptr[i]);
	}
}

/* A single-quoted scalar, where only the quote is doubled. */
static void scalar(struct dc_report *report, const char *key, struct dc_slice raw)
{
	struct dc_slice s = dc_report_clean(report, raw, 0);

	dc_buf_printf(&report->out, "%s'", key);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\'')
			dc_buf_putc(&report->out, '\'');
		dc_buf_putc(&report->out, s.ptr[i]);
	}
	dc_buf_puts(&report->out, "'\n");
}

static void findings(struct dc_report *report, const struct dc_finding *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct dc_finding *finding = list[i];
		const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

		dc_buf_printf(&report->out, "    - id: %s\n      severity: %s\n", row->slug,
			      row->inconclusive ? "unknown" : dc_severity_name(finding->severity));
		scalar(report, "      subject: ", finding->subject);
		scalar(report, "      message: ", dc_finding_message(report->scratch, finding));
		scalar(report, "      fix: ", dc_finding_fix(report->scratch, finding));
		if (finding->waived.len > 0)
			scalar(report, "      accepted: ", finding->waived);
	}
}

static void test(struct dc_report *report, const struct dc_audit_result *result, const struct dc_case *one)
{
	struct state *state = report->state;
	bool ok = one->state == DC_CASE_PASS || one->state == DC_CASE_SKIP;

	dc_buf_printf(&report->out, "%sok %llu - ", ok ? "" : "not ", (unsigned long long)++state->tests);
	description(report, result->inputs->domain);
	dc_buf_printf(&report->out, ": %s%s%s: ", one->profile ? one->profile : "", one->profile ? "/" : "", one->id);
	description(report, dc_slice_of(one->title));
	if (one->accepted.len > 0) {
		dc_buf_puts(&report->out, " # SKIP waived: ");
		description(report, one->accepted);
	}
	dc_buf_puts(&report->out, one->accepted.len > 0		  ? "\n"
				  : one->state == DC_CASE_SKIP	  ? " # SKIP does not apply to this domain\n"
				  : one->state == DC_CASE_UNKNOWN ? " (not determined)\n"
								  : "\n");
	if (one->reason_count + one->remark_count == 0)
		return;
	dc_buf_puts(&report->out, "  ---\n  findings:\n");
	findings(report, one->reasons, one->reason_count);
	findings(report, one->remarks, one->remark_count);
	dc_buf_puts(&report->out, "  ...\n");
}

static void begin(struct dc_report *report)
{
	dc_buf_puts(&report->out, "TAP version 13\n");
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	size_t count;
	const struct dc_case *cases = dc_report_cases(report, result, &count);

	for (size_t i = 0; i < count; i++)
		test(report, result, &cases[i]);
}

static void end(struct dc_report *report)
{
	struct state *state = report->state;

	dc_buf_printf(&report->out, "1..%llu\n", (unsigned long long)state->tests);
}

const struct dc_format dc_format_tap = {
	.name = "tap",
	.about = "Test Anything Protocol: a test a check",
	.streams = true,
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
};
