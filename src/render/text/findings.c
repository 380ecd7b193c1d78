/* What was found, in words: what to mend and how, what is worth knowing, what was accepted, what nobody could tell. */
#include "render/text/text.h"

enum { BODY = 4 }; /* column under the message */

static bool is_shown(const struct dc_finding *finding, bool waived)
{
	return finding->severity != DC_SEVERITY_OFF && (finding->waived.len > 0) == waived;
}

static bool is_same_kind(const struct dc_finding *a, const struct dc_finding *b)
{
	return a->id == b->id && a->severity == b->severity && is_shown(a, false) && is_shown(b, false);
}

/* The first finding of the same kind, when it stands for this one too: it is about another subject. */
static bool is_stood_for(const struct dc_text *text, const struct dc_audit_result *result, size_t at)
{
	for (size_t i = 0; i < at && !text->style->verbose; i++) {
		if (is_same_kind(&result->findings[i], &result->findings[at]))
			return !dc_slice_eq(result->findings[i].subject, result->findings[at].subject);
	}
	return false;
}

/* "the same at A, B, C and 12 more" for those that finding `at` stands for. */
static void others(const struct dc_text *text, const struct dc_audit_result *result, size_t at)
{
	enum { SHOWN = 12 };
	struct dc_slice line = {0};
	size_t count = 0;

	for (size_t i = at + 1; i < result->finding_count; i++) {
		struct dc_slice subject;

		if (!is_same_kind(&result->findings[at], &result->findings[i]) || !is_stood_for(text, result, i))
			continue;
		if (count++ >= SHOWN)
			continue;
		subject = dc_text_clean(text, result->findings[i].subject);
		line = dc_text_format(text, "%.*s%s%.*s", DC_FMT(line), count == 1 ? "The same at " : ", ", DC_FMT(subject));
	}
	if (count > SHOWN)
		line = dc_text_format(text, "%.*s and %zu more (-v shows each)", DC_FMT(line), count - SHOWN);
	if (count == 0)
		return;
	dc_text_spaces(text, BODY);
	dc_text_wrap(text, DC_INK_PLAIN, line, BODY, BODY);
}

static const struct dc_arg *find_arg(const struct dc_finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->arg_count; i++) {
		if (strcmp(finding->args[i].name, name) == 0)
			return &finding->args[i];
	}
	return NULL;
}

static void title(const struct dc_text *text, const char *words)
{
	dc_text_newline(text);
	dc_text_puts(text, DC_INK_BOLD, words);
	dc_text_newline(text);
}

/* The record around the span, and carets under it:
 *   v=spf1 inlude:_spf.example.com ~all
 *          ^^^^^^^^^^^^^^^^^^^^^^^ */
static void show_span(const struct dc_text *text, const struct dc_span *span)
{
	struct dc_slice dots = dc_text_pick(text, "…", "...");
	size_t room = text->style->width > 40 ? text->style->width - BODY : 40 - BODY, columns, left;
	size_t start = span->start > span->record.len ? span->record.len : span->start;
	struct dc_slice before = dc_text_clean(text, dc_slice_sub(span->record, 0, start));
	struct dc_slice part = dc_text_clean(text, dc_slice_sub(span->record, start, span->length));
	struct dc_slice after = dc_text_clean(text, dc_slice_sub(span->record, start + span->length, SIZE_MAX));
	struct dc_slice rest = part;

	if (part.len == 0)
		return;
	room -= 2 * dc_columns(dots);
	part = dc_text_line(&rest, room);
	columns = dc_columns(part);
	/* What fits of the text before it, cut at its left; then what fits after it. */
	left = (room - columns) / 2;
	if (dc_columns(after) < room - columns - left)
		left = room - columns - dc_columns(after);
	dc_text_spaces(text, BODY);
	if (dc_columns(before) > left) {
		before = dc_text_tail(before, left);
		dc_text_put(text, DC_INK_DIM, dots);
		left = dc_columns(before) + dc_columns(dots);
	} else {
		left = dc_columns(before);
	}
	dc_text_put(text, DC_INK_DIM, before);
	dc_text_put(text, DC_INK_PLAIN, part);
	if (rest.len > 0)
		after = (struct dc_slice){0};
	room -= columns + dc_columns(before);
	if (rest.len > 0 || dc_columns(after) > room) {
		rest = after;
		dc_text_put(text, DC_INK_DIM, room > 0 && rest.len > 0 ? dc_text_line(&rest, room) : rest);
		dc_text_put(text, DC_INK_DIM, dots);
	} else {
		dc_text_put(text, DC_INK_DIM, after);
	}
	dc_text_newline(text);
	dc_text_spaces(text, BODY + left);
	dc_text_fill(text, DC_INK_YELLOW, "^", "^", columns);
	dc_text_newline(text);
}

/* "slug, at SUBJECT, RFC …" */
static void origin(const struct dc_text *text, const struct dc_audit_result *result, const struct dc_finding *finding)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	struct dc_slice line = dc_slice_of(row->slug), dot = dc_text_pick(text, " · ", ", ");

	if (!dc_slice_eq(finding->subject, result->inputs->domain)) {
		struct dc_slice subject = dc_text_clean(text, finding->subject);

		line = dc_text_format(text, "%.*s%.*sat %.*s", DC_FMT(line), DC_FMT(dot), DC_FMT(subject));
	}
	for (size_t i = 0; row->references[i]; i++)
		line = dc_text_format(text, "%.*s%.*s%s", DC_FMT(line), DC_FMT(dot), row->references[i]);
	dc_text_spaces(text, BODY);
	dc_text_wrap(text, DC_INK_DIM, line, BODY, BODY);
}

static void evidence(const struct dc_text *text, const struct dc_finding *finding)
{
	for (size_t i = 0; i < finding->answer_count; i++) {
		const struct dc_answer *answer = finding->answers[i];
		struct dc_slice name = dc_text_clean(text, answer->question.name);
		struct dc_slice via = dc_text_clean(text, answer->via);
		char type[16];

		dc_text_spaces(text, BODY);
		dc_text_wrap(text, DC_INK_DIM,
			     dc_text_format(text, "seen: %s %.*s %s from %.*s", dc_type_name(answer->question.type, type),
					    DC_FMT(name), dc_outcome_name(answer->outcome), DC_FMT(via)),
			     BODY, BODY + 2);
	}
}

/* "→ what to do" */
static void advice(const struct dc_text *text, const struct dc_finding *finding)
{
	dc_text_spaces(text, BODY);
	dc_text_put(text, DC_INK_GREEN, dc_text_pick(text, "→ ", "> "));
	dc_text_wrap(text, DC_INK_PLAIN, dc_text_clean(text, dc_finding_fix(text->scratch, finding)), BODY + 2, BODY + 2);
}

static void mend(const struct dc_text *text, const struct dc_audit_result *result, size_t at)
{
	const struct dc_finding *finding = &result->findings[at];
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	bool error = finding->severity == DC_SEVERITY_ERROR;
	struct dc_slice message = dc_text_clean(text, dc_finding_message(text->scratch, finding));

	dc_text_newline(text);
	dc_text_spaces(text, DC_TEXT_INDENT);
	dc_text_put(text, error ? DC_INK_RED : DC_INK_YELLOW,
		    dc_text_mark(text, error ? DC_VERDICT_FAIL : DC_VERDICT_WARN));
	dc_text_spaces(text, 1);
	dc_text_wrap(text, DC_INK_BOLD, message, BODY, BODY);
	if (finding->span.record.len > 0)
		show_span(text, &finding->span);
	if (error || text->style->verbose) {
		dc_text_spaces(text, BODY);
		dc_text_wrap(text, DC_INK_PLAIN, dc_slice_of(row->why), BODY, BODY);
	}
	advice(text, finding);
	others(text, result, at);
	origin(text, result, finding);
	if (text->style->verbose)
		evidence(text, finding);
}

static void mend_all(const struct dc_text *text, const struct dc_audit_result *result)
{
	bool titled = false;

	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (!is_shown(finding, false) || finding->severity < DC_SEVERITY_WARNING ||
		    dc_catalogue_row(finding->id)->inconclusive || is_stood_for(text, result, i))
			continue;
		if (!titled)
			title(text, "What to mend");
		titled = true;
		mend(text, result, i);
	}
}

static void notices(const struct dc_text *text, const struct dc_audit_result *result)
{
	bool titled = false;

	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		struct dc_slice message;

		if (!is_shown(finding, false) || finding->severity != DC_SEVERITY_NOTICE ||
		    dc_catalogue_row(finding->id)->inconclusive || is_stood_for(text, result, i))
			continue;
		if (!titled)
			title(text, "Worth knowing");
		titled = true;
		message = dc_text_clean(text, dc_finding_message(text->scratch, finding));
		message = dc_text_format(text, "%.*s [%s]", DC_FMT(message), dc_catalogue_row(finding->id)->slug);
		dc_text_spaces(text, DC_TEXT_INDENT);
		dc_text_put(text, DC_INK_CYAN, dc_text_pick(text, "• ", "* "));
		dc_text_wrap(text, DC_INK_PLAIN, message, BODY, BODY);
		others(text, result, i);
		if (text->style->verbose)
			advice(text, finding);
	}
}

static void waived(const struct dc_text *text, const struct dc_audit_result *result)
{
	bool titled = false;

	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		struct dc_slice line, reason;

		if (!is_shown(finding, true))
			continue;
		if (!titled)
			title(text, "Accepted by a waiver");
		titled = true;
		line = dc_text_clean(text, dc_finding_message(text->scratch, finding));
		reason = dc_text_clean(text, finding->waived);
		line = dc_text_format(text, "%.*s [%s]: %.*s", DC_FMT(line), dc_catalogue_row(finding->id)->slug,
				      DC_FMT(reason));
		if (finding->waived_until.len > 0)
			line = dc_text_format(text, "%.*s (until %.*s)", DC_FMT(line), DC_FMT(finding->waived_until));
		dc_text_spaces(text, DC_TEXT_INDENT);
		dc_text_put(text, DC_INK_DIM, dc_text_pick(text, "– ", "- "));
		dc_text_wrap(text, DC_INK_DIM, line, BODY, BODY);
	}
}

void dc_text_findings(const struct dc_text *text, const struct dc_audit_result *result)
{
	mend_all(text, result);
	notices(text, result);
	waived(text, result);
}

/* ---- what could not be determined ---- */

/* The same question may stand behind several findings. */
static bool is_repeated(const struct dc_audit_result *result, size_t at)
{
	const struct dc_arg *question = find_arg(&result->findings[at], "question");

	for (size_t i = 0; question && i < at; i++) {
		const struct dc_arg *earlier = find_arg(&result->findings[i], "question");

		if (earlier && is_shown(&result->findings[i], false) && dc_slice_eq(earlier->text, question->text))
			return true;
	}
	return false;
}

void dc_text_undetermined(const struct dc_text *text, const struct dc_audit_result *result)
{
	enum { SHOWN = 12 };
	static const char *const titles[] = {"question", "outcome", "asked"};
	struct dc_table table;
	size_t rows = 0, others = 0, outside = 0, count = 0;

	dc_table_init(&table, text, 3, titles);
	table.rigid = 1u << 1;
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		const struct dc_arg *question = find_arg(finding, "question"), *server = find_arg(finding, "server");
		const struct dc_arg *outcome = find_arg(finding, "outcome");

		if (!is_shown(finding, false) || !dc_catalogue_row(finding->id)->inconclusive)
			continue;
		if (!question || !server || !outcome) {
			others++;
			continue;
		}
		outside += dc_slice_eq(outcome->text, dc_slice_of(dc_outcome_name(DC_OUTCOME_OUT_OF_SOURCE)));
		count++;
		if (is_repeated(result, i) || (rows++ >= SHOWN && !text->style->verbose))
			continue;
		dc_table_add(&table, DC_INK_PLAIN, dc_text_clean(text, question->text));
		dc_table_add(&table, DC_INK_CYAN, dc_text_clean(text, outcome->text));
		dc_table_add(&table, DC_INK_DIM, dc_text_clean(text, server->text));
	}
	if (rows == 0 && others == 0)
		return;
	title(text, "Could not be determined");
	dc_table_print(&table, DC_TEXT_INDENT);
	if (rows > SHOWN && !text->style->verbose) {
		dc_text_spaces(text, DC_TEXT_INDENT);
		dc_text_wrap(text, DC_INK_DIM, dc_text_format(text, "and %zu more (-v shows all)", rows - SHOWN),
			     DC_TEXT_INDENT, DC_TEXT_INDENT);
	}
	for (size_t i = 0; i < result->finding_count && others > 0; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (!is_shown(finding, false) || !dc_catalogue_row(finding->id)->inconclusive ||
		    find_arg(finding, "question"))
			continue;
		dc_text_spaces(text, DC_TEXT_INDENT);
		dc_text_put(text, DC_INK_CYAN, DC_S("? "));
		dc_text_wrap(text, DC_INK_PLAIN, dc_text_clean(text, dc_finding_message(text->scratch, finding)), BODY,
			     BODY);
		advice(text, finding);
	}
	if (rows == 0)
		return;
	dc_text_spaces(text, DC_TEXT_INDENT);
	dc_text_wrap(text, DC_INK_DIM,
		     outside == count
			     ? DC_S("Nothing is said about these: neither that they are missing nor that they are fine. The zone "
				    "files do not hold them: give their zones with --zone too, or add --live.")
			     : DC_S("Nothing is said about these: neither that they are missing nor that they are fine. Audit "
				    "again, or ask another resolver with --nameserver."),
		     DC_TEXT_INDENT, DC_TEXT_INDENT);
}
