/* How the sections say a verdict: marks, inks, headings; and how they count. */
#include "render/text/text.h"

struct dc_slice dc_text_mark(const struct dc_text *text, enum dc_verdict verdict)
{
	switch (verdict) {
	case DC_VERDICT_FAIL:
		return dc_text_pick(text, "✗", "x");
	case DC_VERDICT_WARN:
		return DC_S("!");
	case DC_VERDICT_PASS:
		return dc_text_pick(text, "✓", "+");
	case DC_VERDICT_INCONCLUSIVE:
		return DC_S("?");
	default:
		return dc_text_pick(text, "–", "-");
	}
}

enum dc_ink dc_text_verdict_ink(enum dc_verdict verdict)
{
	static const enum dc_ink inks[] = {[DC_VERDICT_FAIL] = DC_INK_RED,
					   [DC_VERDICT_WARN] = DC_INK_YELLOW,
					   [DC_VERDICT_PASS] = DC_INK_GREEN,
					   [DC_VERDICT_INCONCLUSIVE] = DC_INK_CYAN,
					   [DC_VERDICT_NOT_APPLICABLE] = DC_INK_DIM};

	return inks[verdict];
}

struct dc_slice dc_text_tri(enum dc_tri value)
{
	return value == DC_TRI_YES ? DC_S("yes") : value == DC_TRI_NO ? DC_S("no") : DC_S("?");
}

void dc_text_heading(const struct dc_text *text, const struct dc_audit_result *result, const char *title,
		     const char *prefix, struct dc_slice note)
{
	enum { NOTE_AT = DC_TEXT_INDENT + DC_TEXT_LABEL };
	size_t len = strlen(title), at = NOTE_AT;
	enum dc_verdict verdict = DC_VERDICT_PASS;
	bool judged = dc_worst_verdict(result, prefix, &verdict);

	dc_text_newline(text);
	dc_text_puts(text, DC_INK_BOLD, title);
	if (judged || note.len > 0)
		dc_text_spaces(text, len < NOTE_AT ? NOTE_AT - len : 1);
	if (judged) {
		struct dc_slice mark = dc_text_mark(text, verdict);
		const char *name = verdict == DC_VERDICT_INCONCLUSIVE	  ? "unknown"
				   : verdict == DC_VERDICT_NOT_APPLICABLE ? "not judged"
									  : dc_verdict_name(verdict);
		struct dc_slice word = dc_text_format(text, "%.*s %s", DC_FMT(mark), name);

		dc_text_put(text, dc_text_verdict_ink(verdict), word);
		dc_text_spaces(text, note.len > 0 ? 2 : 0);
		at += dc_columns(word) + 2;
	}
	if (note.len == 0)
		dc_text_newline(text);
	dc_text_wrap(text, DC_INK_PLAIN, note, at, at);
}

struct dc_slice dc_text_counted(const struct dc_text *text, struct dc_slice so_far, size_t count, const char *one,
				const char *many)
{
	const char *separator = so_far.len > 0 ? ", " : "";

	if (count == 0)
		return so_far;
	return dc_text_format(text, "%.*s%s%zu %s", DC_FMT(so_far), separator, count, count == 1 ? one : many);
}
