/* markdown: GitHub Flavored Markdown, for job summaries and comments. A table of the domains, then what was found in
 * each. What came from the network stands in code spans, where nothing is markup; our own words are escaped. */
#include <stdio.h>

#include "render/case.h"
#include "render/paste.h"

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

typedef struct dc_slice (*filler)(struct dc_arena *arena, const struct dc_finding *finding);

/* The template with \1 and a letter, which cannot stand in the catalogue, in place of each argument; but for the outcome on
 * which the choice of the template depends (finding.c), a word of our own. */
static struct dc_slice fill_marked(struct dc_arena *arena, const struct dc_finding *finding, filler fill)
{
	enum { ARGS_MAX = 60 }; /* marks are one printable octet */
	size_t count = finding->arg_count < ARGS_MAX ? finding->arg_count : ARGS_MAX;
	struct dc_arg *marks = DC_NEW_ARRAY(arena, struct dc_arg, count + 1);
	struct dc_finding *marked = DC_NEW(arena, struct dc_finding);

	*marked = *finding;
	for (size_t i = 0; i < count; i++) {
		char mark[2] = {'\1', (char)('A' + i)};

		marks[i] = dc_text(finding->args[i].name, dc_arena_dup(arena, (struct dc_slice){mark, 2}));
		if (dc_slice_eq(finding->args[i].text, dc_slice_of(dc_outcome_name(DC_OUTCOME_OUT_OF_SOURCE))))
			marks[i] = finding->args[i];
	}
	marked->args = marks;
	marked->arg_count = count;
	return fill(arena, marked);
}

/* How long it is in the filled template. */
static size_t arg_length(const struct dc_arg *arg)
{
	char number[24];
	size_t len = arg->count > 1 ? 2 * (arg->count - 1) : 0; /* ", " */

	if (arg->type == DC_ARG_INT)
		return (size_t)snprintf(number, sizeof(number), "%lld", (long long)arg->number);
	if (arg->type == DC_ARG_TEXT)
		return arg->text.len;
	for (size_t i = 0; i < arg->count; i++)
		len += arg->items[i].len;
	return len;
}

static void argument(struct dc_report *report, struct dc_buf *out, const struct dc_arg *arg)
{
	if (arg->type == DC_ARG_INT)
		dc_buf_printf(out, "%lld", (long long)arg->number);
	else if (arg->type == DC_ARG_TEXT)
		code(report, out, arg->text);
	for (size_t i = 0; arg->type == DC_ARG_LIST && i < arg->count; i++) {
		dc_buf_puts(out, i > 0 ? ", " : "");
		code(report, out, arg->items[i]);
	}
}

/* A record in the filled template, from its name (if that is said) to its end. */
struct record {
	size_t start, end; /* SIZE_MAX: no more */
};

static struct record next_record(struct dc_slice filled, size_t *at)
{
	struct dc_paste paste;
	struct record record = {SIZE_MAX, SIZE_MAX};

	if (dc_paste_next(filled, at, &paste)) {
		record.start = (size_t)((paste.name.len > 0 ? paste.name : paste.value).ptr - filled.ptr);
		record.end = (size_t)(paste.value.ptr - filled.ptr) + paste.value.len;
		/* The quotation mark that closes a value behind its name */
		if (paste.name.len > 0 && record.end < filled.len && filled.ptr[record.end] == '"')
			record.end++;
	}
	return record;
}

/* A template of the catalogue with its arguments in code spans; records to be copied in one span each. Records that begin or end
 * inside an argument are none of ours: the argument is shown as it is. */
static void words(struct dc_report *report, struct dc_buf *out, const struct dc_finding *finding, filler fill)
{
	struct dc_slice marked = fill_marked(report->scratch, finding, fill), filled = fill(report->scratch, finding);
	size_t at = 0, looked = 0, prose_start = 0;
	struct record record = next_record(filled, &looked);

	for (size_t i = 0; i < marked.len;) {
		bool is_arg = marked.ptr[i] == '\1' && i + 1 < marked.len;
		const struct dc_arg *arg = is_arg ? &finding->args[(size_t)(marked.ptr[i + 1] - 'A')] : NULL;
		size_t step = is_arg ? 2 : 1, len = is_arg ? arg_length(arg) : 1;

		while (record.start < at)
			record = next_record(filled, &looked);
		if (record.start == at) {
			size_t to = i, end = at;

			while (end < record.end && to < marked.len) {
				bool inner = marked.ptr[to] == '\1' && to + 1 < marked.len;

				end += inner ? arg_length(&finding->args[(size_t)(marked.ptr[to + 1] - 'A')]) : 1;
				to += inner ? 2 : 1;
			}
			if (end == record.end) {
				prose(out, dc_slice_sub(marked, prose_start, i - prose_start));
				code(report, out, dc_slice_sub(filled, record.start, record.end - record.start));
				at = end;
				i = prose_start = to;
				continue;
			}
		}
		if (is_arg) {
			prose(out, dc_slice_sub(marked, prose_start, i - prose_start));
			argument(report, out, arg);
			prose_start = i + step;
		}
		i += step;
		at += len;
	}
	prose(out, dc_slice_sub(marked, prose_start, SIZE_MAX));
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
