/* junit: a test suite a domain, a test case a check, for Jenkins, GitLab and everything that reads their XML. A check
 * that fails is a failure, one that could not be decided an error, one that has nothing to say is skipped. Warnings and
 * notices go to the case's system-out. Printable ASCII only, so that every octet is legal in XML 1.0. */
#include "base/escape.h"
#include "render/report.h"

struct state {
	struct dc_buf text; /* escaped, before the XML entities */
	uint64_t suites;
};

/* Text for an element or a quoted attribute. */
static void xml(struct dc_report *report, struct dc_slice raw)
{
	struct state *state = report->state;

	dc_buf_reset(&state->text);
	dc_escape_text(&state->text, raw, 0);
	for (size_t i = 0; i < state->text.len; i++) {
		char c = state->text.ptr[i];

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
	if (state->text.status != DC_OK)
		report->status = state->text.status;
}

/* Seconds with three decimals, without a locale. */
static void seconds(struct dc_report *report, uint64_t ms)
{
	dc_buf_printf(&report->out, " time=\"%llu.%03u\"", (unsigned long long)(ms / 1000), (unsigned)(ms % 1000));
}

static bool counts(const struct dc_finding *finding, const char *check)
{
	return finding->severity != DC_SEVERITY_OFF && strcmp(dc_catalogue_row(finding->id)->check, check) == 0;
}

/* Does this finding make the check fail (or leave it undecided)? */
static bool decides(const struct dc_finding *finding, enum dc_verdict verdict)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

	if (finding->waived.len > 0)
		return false;
	return verdict == DC_VERDICT_FAIL ? !row->inconclusive && finding->severity == DC_SEVERITY_ERROR
					  : verdict == DC_VERDICT_INCONCLUSIVE && row->inconclusive;
}

static void finding_lines(struct dc_report *report, const struct dc_finding *finding)
{
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
static void trouble(struct dc_report *report, const struct dc_audit_result *result, const struct dc_check_result *check)
{
	const char *element = check->verdict == DC_VERDICT_FAIL ? "failure" : "error";
	const struct dc_finding *first = NULL;

	for (size_t i = 0; i < result->finding_count && !first; i++) {
		if (counts(&result->findings[i], check->check->id) && decides(&result->findings[i], check->verdict))
			first = &result->findings[i];
	}
	dc_buf_printf(&report->out, "      <%s type=\"%s\" message=\"", element,
		      first ? dc_catalogue_row(first->id)->slug : check->check->id);
	xml(report, first ? dc_finding_message(report->scratch, first) : DC_S("could not be determined"));
	dc_buf_puts(&report->out, "\">");
	for (size_t i = 0; i < result->finding_count; i++) {
		if (counts(&result->findings[i], check->check->id) && decides(&result->findings[i], check->verdict))
			finding_lines(report, &result->findings[i]);
	}
	dc_buf_printf(&report->out, "</%s>\n", element);
}

static void remarks(struct dc_report *report, const struct dc_audit_result *result, const struct dc_check_result *check)
{
	bool begun = false;

	for (size_t i = 0; i < result->finding_count; i++) {
		if (!counts(&result->findings[i], check->check->id) || decides(&result->findings[i], check->verdict))
			continue;
		if (!begun)
			dc_buf_puts(&report->out, "      <system-out>");
		begun = true;
		finding_lines(report, &result->findings[i]);
	}
	if (begun)
		dc_buf_puts(&report->out, "</system-out>\n");
}

static void test_case(struct dc_report *report, const struct dc_audit_result *result, const struct dc_check_result *check)
{
	dc_buf_puts(&report->out, "    <testcase classname=\"");
	xml(report, result->inputs->domain);
	dc_buf_puts(&report->out, "\" name=\"");
	xml(report, dc_slice_of(check->check->id));
	dc_buf_puts(&report->out, ": ");
	xml(report, dc_slice_of(check->check->title));
	dc_buf_puts(&report->out, "\"");
	seconds(report, 0);
	dc_buf_puts(&report->out, ">\n");
	if (check->verdict == DC_VERDICT_NOT_APPLICABLE)
		dc_buf_puts(&report->out, "      <skipped message=\"does not apply to this domain\"/>\n");
	else if (check->verdict == DC_VERDICT_FAIL || check->verdict == DC_VERDICT_INCONCLUSIVE)
		trouble(report, result, check);
	remarks(report, result, check);
	dc_buf_puts(&report->out, "    </testcase>\n");
}

static void begin(struct dc_report *report)
{
	struct state *state = report->state;

	dc_buf_init(&state->text, DC_REPORT_MAX);
	dc_buf_puts(&report->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"domaincheck\">\n");
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	size_t failures = 0, errors = 0, skipped = 0;
	char time[DC_TIME_TEXT_MAX];

	for (size_t i = 0; i < result->check_count; i++) {
		failures += result->checks[i].verdict == DC_VERDICT_FAIL;
		errors += result->checks[i].verdict == DC_VERDICT_INCONCLUSIVE;
		skipped += result->checks[i].verdict == DC_VERDICT_NOT_APPLICABLE;
	}
	dc_time_format(report->run->started_s, time);
	time[19] = '\0'; /* readers of this format expect no time zone */
	dc_buf_puts(&report->out, "  <testsuite name=\"");
	xml(report, result->inputs->domain);
	dc_buf_printf(&report->out,
		      "\" id=\"%llu\" package=\"domaincheck\" hostname=\"localhost\" timestamp=\"%s\" tests=\"%zu\" "
		      "failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		      (unsigned long long)state->suites++, time, result->check_count, failures, errors, skipped);
	seconds(report, result->dns.elapsed_ms);
	dc_buf_puts(&report->out, ">\n");
	for (size_t i = 0; i < result->check_count; i++)
		test_case(report, result, &result->checks[i]);
	dc_buf_puts(&report->out, "  </testsuite>\n");
}

static void end(struct dc_report *report)
{
	dc_buf_puts(&report->out, "</testsuites>\n");
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_buf_free(&state->text);
}

const struct dc_format dc_format_junit = {
	.name = "junit",
	.about = "JUnit XML: a suite a domain, a case a check",
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.clear = clear,
};
