/* markdown: GitHub Flavored Markdown, for job summaries and comments. A table of the domains, then what was found in
 * each. What came from the network stands in code spans, where nothing is markup; our own words are escaped. */
#include "render/case.h"

/* Of a job's summary on GitHub: 1 MiB, and nothing of it is shown when it is more. Some room for title and last line. */
enum { SUMMARY_MAX = (1 << 20) - 1024 };

struct state {
	struct dc_buf table, details; /* the table comes first, and is complete only at the end */
	uint64_t rows_left_out, details_left_out;
};

/* ---- escaping ---- */

/* A code span of any text: fenced by more backticks than it holds in a row. In a table a bar would end the cell. */
static void span(struct dc_report *report, struct dc_buf *out, struct dc_slice raw, bool in_table)
{
	struct dc_slice s = dc_report_clean(report, raw, 0);
	size_t run = 0, longest = 0;
	bool pad;

	if (s.len == 0 || !s.ptr)
		return;
	for (size_t i = 0; i < s.len; i++) {
		run = s.ptr[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	pad = s.ptr[0] == '`' || s.ptr[s.len - 1] == '`' || s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ';
	for (size_t i = 0; i <= longest; i++)
		dc_buf_putc(out, '`');
	dc_buf_puts(out, pad ? " " : "");
	for (size_t i = 0; i < s.len; i++) {
		if (in_table && s.ptr[i] == '|')
			dc_buf_putc(out, '\\');
		dc_buf_putc(out, s.ptr[i]);
	}
	dc_buf_puts(out, pad ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		dc_buf_putc(out, '`');
}

static void code(struct dc_report *report, struct dc_buf *out, struct dc_slice raw)
{
	span(report, out, raw, false);
}

/* Our own words: punctuation that could be markup is escaped. */
static void prose(struct dc_buf *out, struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("\\`*_{}[]<>#|~&@:!$^", s.ptr[i]))
			dc_buf_putc(out, '\\');
		dc_buf_putc(out, s.ptr[i]);
	}
}

/* A template of the catalogue with its arguments in code spans. Arguments are put in as marks first, \1 and a letter,
 * which cannot stand in the catalogue. */
static void words(struct dc_report *report, struct dc_buf *out, const struct dc_finding *finding,
		  struct dc_slice (*fill)(struct dc_arena *arena, const struct dc_finding *finding))
{
	enum { ARGS_MAX = 60 }; /* marks are one printable octet */
	size_t count = finding->arg_count < ARGS_MAX ? finding->arg_count : ARGS_MAX;
	struct dc_arg *marks = DC_NEW_ARRAY(report->scratch, struct dc_arg, count + 1);
	struct dc_finding marked = *finding;
	struct dc_slice filled;
	size_t start = 0;

	for (size_t i = 0; i < count; i++) {
		char mark[2] = {'\1', (char)('A' + i)};

		marks[i] = dc_text(finding->args[i].name, dc_arena_dup(report->scratch, (struct dc_slice){mark, 2}));
	}
	marked.args = marks;
	marked.arg_count = count;
	filled = fill(report->scratch, &marked);
	for (size_t i = 0; i + 1 < filled.len; i++) {
		struct dc_arg one;

		if (filled.ptr[i] != '\1')
			continue;
		one = finding->args[(size_t)(filled.ptr[i + 1] - 'A')];
		prose(out, dc_slice_sub(filled, start, i - start));
		start = i + 2;
		if (one.type == DC_ARG_INT)
			dc_buf_printf(out, "%lld", (long long)one.number);
		else if (one.type == DC_ARG_TEXT)
			code(report, out, one.text);
		for (size_t j = 0; one.type == DC_ARG_LIST && j < one.count; j++) {
			dc_buf_puts(out, j > 0 ? ", " : "");
			code(report, out, one.items[j]);
		}
	}
	prose(out, dc_slice_sub(filled, start, SIZE_MAX));
}

/* ---- a domain ---- */

static const char *const verdicts[] = {[DC_DOMAIN_PASS] = ":white_check_mark: GO",
				       [DC_DOMAIN_INCOMPLETE] = ":grey_question: HOLD",
				       [DC_DOMAIN_FAIL] = ":x: NO-GO"};

static void table_row(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	struct dc_summary sum = {0};

	dc_summary_add(&sum, result);
	dc_buf_printf(&state->table, "| %s | ", verdicts[result->verdict]);
	span(report, &state->table, result->inputs->domain, true);
	dc_buf_printf(&state->table, " | %llu | %llu | %llu | %llu |\n", (unsigned long long)sum.errors,
		      (unsigned long long)sum.warnings, (unsigned long long)sum.notices,
		      (unsigned long long)sum.undetermined);
}

static void finding_item(struct dc_report *report, const struct dc_audit_result *result,
			 const struct dc_finding *finding)
{
	struct state *state = report->state;
	struct dc_buf *out = &state->details;
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

	dc_buf_printf(out, "- **%s** ", row->inconclusive ? "not determined" : dc_severity_name(finding->severity));
	words(report, out, finding, dc_finding_message);
	dc_buf_puts(out, " (");
	code(report, out, dc_slice_of(row->slug));
	if (!dc_slice_eq(finding->subject, result->inputs->domain)) {
		dc_buf_puts(out, " at ");
		code(report, out, finding->subject);
	}
	dc_buf_puts(out, ")");
	if (finding->span.record.len > 0) {
		dc_buf_puts(out, "<br>in ");
		code(report, out, finding->span.record);
	}
	dc_buf_puts(out, "<br>");
	words(report, out, finding, dc_finding_fix);
	if (finding->waived.len > 0) {
		dc_buf_puts(out, "<br>*Accepted:* ");
		code(report, out, finding->waived);
	}
	dc_buf_puts(out, "\n");
}

/* What stands in the way of a profile: "google-bulk asks for dmarc-record: …" */
static void requirements(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	size_t count;
	const struct dc_case *cases = dc_report_cases(report, result, &count);

	for (size_t i = 0; i < count; i++) {
		const struct dc_case *one = &cases[i];

		if (!one->profile || (one->state != DC_CASE_FAIL && one->state != DC_CASE_UNKNOWN))
			continue;
		dc_buf_puts(&state->details, one->state == DC_CASE_FAIL ? "- **blocked** " : "- **not determined** ");
		code(report, &state->details, dc_slice_of(one->profile));
		dc_buf_puts(&state->details, " asks for ");
		code(report, &state->details, dc_slice_of(one->id));
		dc_buf_puts(&state->details, ": ");
		prose(&state->details, dc_slice_of(one->title));
		dc_buf_puts(&state->details, "\n");
	}
}

/* Takes away from the end what was too much. */
static void fit(struct dc_report *report)
{
	struct state *state = report->state;

	/* The table came to its size after details that fitted beside a smaller one. */
	if (state->table.len + state->details.len > SUMMARY_MAX) {
		state->details.len = 0;
		state->details_left_out = report->summary.domains;
	}
}

static void left_out(struct dc_report *report)
{
	struct state *state = report->state;

	if (state->rows_left_out > 0)
		dc_buf_printf(&report->out, "\n%llu further domains and ", (unsigned long long)state->rows_left_out);
	if (state->details_left_out > 0)
		dc_buf_printf(&report->out,
			      "%sthe details of %llu domains are left out: a job summary holds 1 MiB. The other formats have all.\n",
			      state->rows_left_out > 0 ? "" : "\n", (unsigned long long)state->details_left_out);
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;
	size_t table = state->table.len, details = state->details.len;
	bool begun = false;

	table_row(report, result);
	if (state->table.len > SUMMARY_MAX) {
		state->table.len = table;
		state->rows_left_out++;
	}
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (finding->severity == DC_SEVERITY_OFF)
			continue;
		if (!begun) {
			dc_buf_printf(&state->details, "\n<details%s>\n<summary>",
				      result->verdict == DC_DOMAIN_FAIL ? " open" : "");
			/* Inside HTML Markdown's code spans do not work: entities do. */
			struct dc_slice name = dc_report_clean(report, result->inputs->domain, 0);
			for (size_t j = 0; j < name.len; j++)
				dc_buf_printf(&state->details, dc_is_alnum(name.ptr[j]) ? "%c" : "&#%d;", name.ptr[j]);
			dc_buf_puts(&state->details, "</summary>\n\n");
		}
		begun = true;
		finding_item(report, result, finding);
	}
	if (begun) {
		requirements(report, result);
		dc_buf_puts(&state->details, "\n</details>\n");
	}
	if (state->table.len + state->details.len > SUMMARY_MAX && state->details.len > details) {
		state->details.len = details;
		state->details_left_out++;
	}
	if (state->table.status != DC_OK || state->details.status != DC_OK)
		report->status = DC_ERR_NOMEM;
}

/* ---- the format ---- */

static void begin(struct dc_report *report)
{
	struct state *state = report->state;

	dc_buf_init(&state->table, DC_REPORT_MAX);
	dc_buf_init(&state->details, DC_REPORT_MAX);
}

static void end(struct dc_report *report)
{
	const struct dc_summary *summary = &report->summary;
	struct state *state = report->state;

	fit(report);
	dc_buf_printf(&report->out, "## domaincheck: %llu of %llu %s ready to send\n\n",
		      (unsigned long long)summary->pass, (unsigned long long)summary->domains,
		      summary->domains == 1 ? "domain is" : "domains are");
	if (summary->domains > 0)
		dc_buf_puts(&report->out, "| | Domain | Errors | Warnings | Notices | Not determined |\n"
					  "|---|---|---:|---:|---:|---:|\n");
	dc_buf_put_slice(&report->out, dc_buf_slice(&state->table));
	dc_buf_put_slice(&report->out, dc_buf_slice(&state->details));
	left_out(report);
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_buf_free(&state->table);
	dc_buf_free(&state->details);
}

const struct dc_format dc_format_markdown = {
	.name = "markdown",
	.about = "GitHub Flavored Markdown, for job summaries",
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.clear = clear,
};
