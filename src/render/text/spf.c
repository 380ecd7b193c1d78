/* The SPF section: record, cost, reach, and the tree. */
#include "spf/spf.h"

#include "render/spf_words.h"
#include "render/text/text.h"

enum { TREE_ROWS = 60 }; /* without -v */

static enum dc_ink mark_ink(enum dc_spf_mark mark)
{
	switch (mark) {
	case DC_SPF_MARK_ERROR:
	case DC_SPF_MARK_OVER:
		return DC_INK_RED;
	case DC_SPF_MARK_VOID:
		return DC_INK_YELLOW;
	case DC_SPF_MARK_UNANSWERED:
	case DC_SPF_MARK_CUT:
		return DC_INK_CYAN;
	case DC_SPF_MARK_DEAD:
		return DC_INK_DIM;
	default:
		return DC_INK_PLAIN;
	}
}

static struct dc_slice mark_sign(const struct dc_text *text, enum dc_spf_mark mark)
{
	switch (mark) {
	case DC_SPF_MARK_ERROR:
	case DC_SPF_MARK_OVER:
		return dc_text_mark(text, DC_VERDICT_FAIL);
	case DC_SPF_MARK_VOID:
		return dc_text_mark(text, DC_VERDICT_WARN);
	case DC_SPF_MARK_UNANSWERED:
	case DC_SPF_MARK_CUT:
		return dc_text_mark(text, DC_VERDICT_INCONCLUSIVE);
	default:
		return (struct dc_slice){0};
	}
}

/* "├─ include:a.example  x no SPF record ......... 4": the count stands at the right edge. Long terms wrap below. */
static void tree_row(const struct dc_text *text, const struct dc_spf_row *row)
{
	enum { INDENT = DC_TEXT_INDENT, COUNT = 3 };
	struct dc_slice sign = mark_sign(text, row->mark), clean = dc_text_clean(text, row->text), first;
	size_t branch = dc_columns(row->branch), width = text->style->width, note, room, used;

	note = (row->note.len > 0 ? 2 + dc_columns(row->note) : 0) + (sign.len > 0 ? (row->note.len > 0 ? 2 : 3) : 0);
	room = width > INDENT + branch + COUNT + 3 + 20 ? width - INDENT - branch - COUNT - 3 : 20;
	first = dc_text_line(&clean, room);
	dc_text_spaces(text, INDENT);
	dc_text_put(text, DC_INK_DIM, row->branch);
	dc_text_put(text, mark_ink(row->mark), first);
	used = INDENT + branch + dc_columns(first);
	if (note > 0 && clean.len == 0 && dc_columns(first) + note <= room) {
		dc_text_spaces(text, 2);
		dc_text_put(text, mark_ink(row->mark), sign);
		dc_text_spaces(text, sign.len > 0 && row->note.len > 0);
		dc_text_put(text, mark_ink(row->mark), row->note);
		used += 2 + dc_columns(sign) + (sign.len > 0 && row->note.len > 0) + dc_columns(row->note);
		note = 0;
	}
	if (row->counted || row->depth == 0) {
		struct dc_slice count = dc_text_format(text, "%u", row->lookups);

		dc_text_spaces(text, 1);
		dc_text_fill(text, DC_INK_DIM, "·", ".", width > used + COUNT + 2 ? width - used - COUNT - 2 : 1);
		dc_text_spaces(text, 1 + (count.len < COUNT ? COUNT - count.len : 0));
		dc_text_put(text, mark_ink(row->mark), count);
	}
	dc_text_newline(text);
	while (clean.len > 0) {
		dc_text_spaces(text, INDENT + branch + 2);
		dc_text_put(text, mark_ink(row->mark), dc_text_line(&clean, room > 22 ? room - 2 : 20));
		dc_text_newline(text);
	}
	if (note > 0) {
		dc_text_spaces(text, INDENT + branch + 2);
		dc_text_put(text, mark_ink(row->mark), sign);
		dc_text_spaces(text, sign.len > 0 && row->note.len > 0);
		dc_text_put(text, mark_ink(row->mark), row->note);
		dc_text_newline(text);
	}
}

static void tree(const struct dc_text *text, const struct dc_spf_facts *spf)
{
	struct dc_spf_drawing drawing = dc_spf_tree_draw(text->scratch, spf, text->style->utf8, text->style->verbose);
	bool plain = true;
	size_t shown = text->style->verbose || drawing.count <= TREE_ROWS ? drawing.count : TREE_ROWS;

	/* A record that leads nowhere else is its own tree. */
	for (size_t i = 0; i < drawing.count && spf->node_count < 2; i++)
		plain = plain && drawing.rows[i].mark == DC_SPF_MARK_PLAIN;
	if (drawing.count < 2 || (spf->node_count < 2 && plain))
		return;
	dc_text_newline(text);
	for (size_t i = 0; i < shown; i++)
		tree_row(text, &drawing.rows[i]);
	if (shown < drawing.count) {
		dc_text_spaces(text, DC_TEXT_INDENT);
		dc_text_wrap(text, DC_INK_DIM,
			     dc_text_format(text, "and %zu more terms (-v shows all)", drawing.count - shown),
			     DC_TEXT_INDENT, DC_TEXT_INDENT);
	}
}

/* 1234567 → "1,234,567"; what is too large to read → "more than 2^64". */
static struct dc_slice human_count(const struct dc_text *text, struct dc_spf_count count)
{
	char plain[DC_SPF_COUNT_TEXT_MAX], *out;
	struct dc_slice digits;
	size_t n = 0;

	if (dc_spf_count_reaches(count, 40)) {
		unsigned bits = 40;

		while (bits < 128 && dc_spf_count_reaches(count, bits + 1))
			bits++;
		return dc_text_format(text, "2^%u or more", bits);
	}
	digits = dc_spf_count_text(count, plain);
	out = dc_arena_alloc(text->scratch, 2 * digits.len);
	for (size_t i = 0; i < digits.len; i++) {
		if (i > 0 && (digits.len - i) % 3 == 0)
			out[n++] = ',';
		out[n++] = digits.ptr[i];
	}
	return (struct dc_slice){out, n};
}

static struct dc_slice reach(const struct dc_text *text, const struct dc_spf_facts *spf)
{
	struct dc_slice v4 = human_count(text, spf->pass4.addresses), v6 = human_count(text, spf->pass6.addresses);
	bool behind = spf->others4.code == DC_SPF_PERMERROR && (spf->pass4.count || spf->pass6.count);

	if (!spf->pass_exact && spf->pass4.count == 0 && spf->pass6.count == 0)
		return DC_S("not known");
	return dc_text_format(text, "%s%.*s IPv4 and %.*s IPv6 addresses%s", spf->pass_exact ? "" : "at least ", DC_FMT(v4),
			      DC_FMT(v6), behind ? ", none named behind the permerror" : "");
}

/* "include:a.example: everybody may send" */
static struct dc_slice others(const struct dc_text *text, const struct dc_spf_facts *spf)
{
	const struct dc_spf_others *v4 = &spf->others4, *v6 = &spf->others6;
	char line[DC_SPF_WORDS_MAX];
	struct dc_slice words = dc_spf_others_words(dc_spf_others_name(v4), dc_spf_others_name(v6), v4->sender, line);
	struct dc_slice term = v4->by ? dc_text_clean(text, dc_spf_use_own(v4->by)->term->text) : DC_S("no \"all\"");

	if (!v4->by && v4->code != DC_SPF_NEUTRAL)
		return dc_arena_dup(text->scratch, words);
	return dc_text_format(text, "%.*s: %.*s", DC_FMT(term), DC_FMT(words));
}

static void cost(const struct dc_text *text, const struct dc_spf_facts *spf)
{
	bool least = spf->cut || spf->unanswered, over = spf->lookups > DC_SPF_LOOKUP_LIMIT;
	uint32_t voids = spf->voids4;
	size_t full = over ? DC_SPF_LOOKUP_LIMIT : spf->lookups;

	dc_text_spaces(text, DC_TEXT_INDENT);
	dc_text_puts(text, DC_INK_DIM, "lookups");
	dc_text_spaces(text, DC_TEXT_LABEL - strlen("lookups"));
	dc_text_fill(text, over ? DC_INK_RED : DC_INK_GREEN, "█", "#", full);
	dc_text_fill(text, DC_INK_DIM, "░", ".", DC_SPF_LOOKUP_LIMIT - full);
	dc_text_put(text, over ? DC_INK_RED : DC_INK_PLAIN,
		    dc_text_format(text, " %s%u of %d", least ? "at least " : "", spf->lookups, DC_SPF_LOOKUP_LIMIT));
	dc_text_put(text, voids > DC_SPF_VOID_LIMIT ? DC_INK_RED : DC_INK_DIM,
		    dc_text_format(text, ", %s%u of %d empty answers", least ? "at least " : "", voids,
				   DC_SPF_VOID_LIMIT));
	dc_text_newline(text);
}

static struct dc_slice state_words(const struct dc_spf_facts *spf)
{
	switch (spf->root ? spf->root->state : DC_SPF_STATE_OPEN) {
	case DC_SPF_STATE_RECORD:
		return (struct dc_slice){0};
	case DC_SPF_STATE_NO_RECORD:
		return DC_S("no record is published");
	case DC_SPF_STATE_NXDOMAIN:
		return DC_S("the domain does not exist");
	case DC_SPF_STATE_MULTIPLE:
		return DC_S("more than one record");
	case DC_SPF_STATE_UNANSWERED:
		return DC_S("could not be determined");
	default:
		return DC_S("not known");
	}
}

void dc_text_spf(const struct dc_text *text, const struct dc_audit_result *result)
{
	const struct dc_spf_facts *spf = result->facts ? result->facts->spf : NULL;

	if (!spf)
		return;
	dc_text_heading(text, result, "SPF", "spf-", state_words(spf));
	for (size_t i = 0; i < spf->record_count; i++)
		dc_text_field(text, i == 0 ? "record" : "", DC_INK_PLAIN, dc_text_clean(text, spf->records[i].text));
	if (!spf->root || spf->root->state != DC_SPF_STATE_RECORD)
		return;
	if (spf->root->record->fatal) {
		dc_text_field(text, "may send", DC_INK_RED, DC_S("nobody: the record is not valid, receivers answer permerror"));
	} else {
		bool bad = spf->others4.code == DC_SPF_PASS || spf->others4.code == DC_SPF_PERMERROR;
		dc_text_field(text, "others", bad ? DC_INK_RED : DC_INK_PLAIN, others(text, spf));
		dc_text_field(text, "may send", DC_INK_PLAIN, reach(text, spf));
	}
	cost(text, spf);
	tree(text, spf);
}
