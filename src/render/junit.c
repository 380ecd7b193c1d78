/* junit: a test suite a domain, a test case a check and a requirement, for Jenkins, GitLab and everything that reads their
 * XML. A check that fails is a failure, one that could not be decided an error, one that has nothing to say is skipped.
 * Warnings and notices go to the case's system-out. Printable ASCII only, so that every octet is legal in XML 1.0. */
#include "render/case.h"
#include "render/place.h"

/* Text for an element or a quoted attribute. */
static void xml(struct dc_report *report, struct dc_slice raw)
{
	struct dc_slice s = dc_report_clean(report, raw, 0);

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		switch (c) {
		case '&':
			dc_buf_puts(&report->out, "&amp;");
			break;
		case '<':
			dc_buf_puts(&report->out, "&lt;");
			break;
		case '>':
			dc_buf_puts(&report->out, "&gt;");
			break;
		case '"':
			dc_buf_puts(&report->out, "&quot;");
			break;
		default:
			dc_buf_putc(&report->out, c);
		}
	}
}

/* Seconds with three decimals, without a locale. */
static void seconds(struct dc_report *report, uint64_t ms)
{
	dc_buf_printf(&report->out, " time=\"%llu.%03u\"", (unsigned long long)(ms / 1000), (unsigned)(ms % 1000));
}

static void finding_lines(struct dc_report *report, const struct dc_finding *finding)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): `reasons` and `remarks` hold as many as they count */
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

	dc_buf_printf(&report->out, "%s: %s: ", dc_severity_name(finding->severity), row->slug);
	xml(report, finding->subject);
	dc_buf_puts(&report->out, ": ");
	xml(report, dc_finding_message(report->scratch, finding));
	dc_buf_puts(&report->out, "\n  ");
	xml(report, dc_finding_fix(report->scratch, finding));
	dc_buf_putc(&report->out, '\n');
	if (finding->waived.len > 0) {
		dc_buf_puts(&report->out, "  waived: ");
		xml(report, finding->waived);
		dc_buf_putc(&report->out, '\n');
	}
}

/* One failure or error element with everything that led to it. */
static void trouble(struct dc_report *report, const struct dc_case *one)
{
	const char *element = one->state == DC_CASE_FAIL ? "failure" : "error";
	const struct dc_finding *first = one->reason_count > 0 ? one->reasons[0] : NULL;

	dc_buf_printf(&report->out, "      <%s type=\"%s\" message=\"", element,
		      first ? dc_catalogue_row(first->id)->slug : one->id);
	xml(report, first				   ? dc_finding_message(report->scratch, first)
		    : one->state == DC_CASE_FAIL ? DC_S("broken")
						   : DC_S("could not be determined"));
	dc_buf_puts(&report->out, "\">");
	for (size_t i = 0; i < one->reason_count; i++)
		finding_lines(report, one->reasons[i]);
	dc_buf_printf(&report->out, "</%s>\n", element);
}

static void remarks(struct dc_report *report, const struct dc_case *one)
{
	if (one->remark_count == 0)
		return;
	dc_buf_puts(&report->out, "      <system-out>");
	for (size_t i = 0; i < one->remark_count; i++)
		finding_lines(report, one->remarks[i]);
	dc_buf_puts(&report->out, "</system-out>\n");
}

/* GitLab makes a link of the file. */
static void file(struct dc_report *report, const struct dc_audit_result *result, const struct dc_case *one)
{
	struct dc_place_found place = {0};

	if (one->reason_count > 0)
		place = dc_report_place(report, result, one->reasons[0]);
	if (!place.in_file)
		return;
	dc_buf_puts(&report->out, " file=\"");
	xml(report, place.path);
	dc_buf_printf(&report->out, "\" line=\"%lu\"", (unsigned long)place.line);
}

static void test_case(struct dc_report *report, const struct dc_audit_result *result, const struct dc_case *one)
{
	dc_buf_puts(&report->out, "    <testcase classname=\"");
	xml(report, result->inputs->domain);
	dc_buf_puts(&report->out, "\" name=\"");
	if (one->profile) {
		xml(report, dc_slice_of(one->profile));
		dc_buf_putc(&report->out, '/');
	}
	xml(report, dc_slice_of(one->id));
	dc_buf_puts(&report->out, ": ");
	xml(report, dc_slice_of(one->title));
	dc_buf_puts(&report->out, "\"");
	file(report, result, one);
	seconds(report, 0);
	dc_buf_puts(&report->out, ">\n");
	if (one->state == DC_CASE_SKIP) {
		dc_buf_puts(&report->out, "      <skipped message=\"");
		dc_buf_puts(&report->out, one->accepted.len > 0 ? "waived: " : "does not apply to this domain");
		xml(report, one->accepted);
		dc_buf_puts(&report->out, "\"/>\n");
	} else if (one->state != DC_CASE_PASS) {
		trouble(report, one);
	}
	remarks(report, one);
	dc_buf_puts(&report->out, "    </testcase>\n");
}

static void begin(struct dc_report *report)
{
	dc_buf_puts(&report->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"domaincheck\">\n");
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	size_t failures = 0, errors = 0, skipped = 0, count;
	const struct dc_case *cases = dc_report_cases(report, result, &count);
	char time[DC_TIME_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		failures += cases[i].state == DC_CASE_FAIL;
		errors += cases[i].state == DC_CASE_UNKNOWN;
		skipped += cases[i].state == DC_CASE_SKIP;
	}
	dc_time_format(report->run->started_s, time);
	time[19] = '\0'; /* readers of this format expect no time zone */
	dc_buf_puts(&report->out, "  <testsuite name=\"");
	xml(report, result->inputs->domain);
	dc_buf_printf(&report->out,
		      "\" id=\"%llu\" package=\"domaincheck\" hostname=\"localhost\" timestamp=\"%s\" tests=\"%zu\" "
		      "failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		      (unsigned long long)report->summary.domains - 1, time, count, failures, errors, skipped);
	seconds(report, result->dns.elapsed_ms);
	dc_buf_puts(&report->out, ">\n");
	for (size_t i = 0; i < count; i++)
		test_case(report, result, &cases[i]);
	dc_buf_puts(&report->out, "  </testsuite>\n");
}

static void end(struct dc_report *report)
{
	dc_buf_puts(&report->out, "</testsuites>\n");
}

const struct dc_format dc_format_junit = {
	.name = "junit",
	.about = "JUnit XML: a suite a domain, a case a check",
	.begin = begin,
	.domain = domain,
	.end = end,
};
