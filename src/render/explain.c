/* Pages about the program itself: what a finding means (domaincheck explain), which checks there are (domaincheck
 * checks). Their JSON form is in json/explain.c. */
#include "render/text/layout.h"

enum { PAGE_SCRATCH_MAX = 16 << 20 };

static void explain_row(const struct dc_text *text, const struct dc_catalogue_row *row)
{
	struct dc_slice references = {0};
	const char *kind = row->inconclusive ? "not known" : dc_severity_name(row->severity);
	enum dc_ink ink = row->inconclusive			    ? DC_INK_CYAN
			  : row->severity == DC_SEVERITY_ERROR	    ? DC_INK_RED
			  : row->severity == DC_SEVERITY_WARNING ? DC_INK_YELLOW
								    : DC_INK_PLAIN;

	for (size_t i = 0; row->references[i]; i++)
		references = dc_text_format(text, "%.*s%s%s", DC_FMT(references), i > 0 ? ", " : "", row->references[i]);
	dc_text_puts(text, DC_INK_BOLD, row->slug);
	dc_text_newline(text);
	dc_text_field(text, "says", DC_INK_PLAIN, dc_slice_of(row->message));
	dc_text_field(text, "severity", ink, dc_slice_of(kind));
	dc_text_field(text, "why", DC_INK_PLAIN, dc_slice_of(row->why));
	dc_text_field(text, "mend", DC_INK_PLAIN, dc_slice_of(row->fix));
	dc_text_field(text, "check", DC_INK_PLAIN, dc_slice_of(row->check));
	dc_text_field(text, "source", DC_INK_PLAIN, references);
}

bool dc_explain_has(struct dc_slice name, size_t i)
{
	enum dc_finding_id id;
	const struct dc_catalogue_row *row = dc_catalogue_row((enum dc_finding_id)i);

	if (name.len > 0 && dc_catalogue_find(name, &id))
		return i == (size_t)id;
	return name.len == 0 || dc_slice_eq(name, dc_slice_of(row->check));
}

static void explain_rows(const struct dc_text *text, struct dc_slice name)
{
	bool first = true;

	for (size_t i = 0; i < DC_F_COUNT; i++) {
		if (!dc_explain_has(name, i))
			continue;
		if (!first)
			dc_text_newline(text);
		first = false;
		explain_row(text, dc_catalogue_row((enum dc_finding_id)i));
	}
}

/* Runs `write` with an arena of its own. False when there was no memory for it. */
static bool with_scratch(struct dc_buf *out, const struct dc_style *style,
			 void (*write)(const struct dc_text *text, struct dc_slice name), struct dc_slice name)
{
	struct dc_style own = style ? *style : (struct dc_style){0};
	struct dc_text text = {.out = out, .scratch = dc_arena_new(PAGE_SCRATCH_MAX), .style = &own};

	if (own.width == 0)
		own.width = 80;
	if (!text.scratch)
		return false;
	if (DC_ARENA_GUARD(text.scratch))
		out->status = DC_ERR_NOMEM;
	else
		write(&text, name);
	dc_arena_free(text.scratch);
	return true;
}

bool dc_explain_text(struct dc_buf *out, struct dc_slice name, const struct dc_style *style)
{
	size_t i = 0;

	while (i < DC_F_COUNT && !dc_explain_has(name, i))
		i++;
	if (i == DC_F_COUNT)
		return false;
	if (!with_scratch(out, style, explain_rows, name))
		out->status = DC_ERR_NOMEM;
	return true;
}

static void check_rows(const struct dc_text *text, struct dc_slice name)
{
	static const char *const titles[] = {"check", "what holds when it passes", "standard"};
	const struct dc_check *check;
	struct dc_table table;

	(void)name;
	dc_table_init(&table, text, 3, titles);
	table.rigid = 1;
	for (size_t i = 0; (check = dc_check_at(i)); i++) {
		dc_table_add(&table, DC_INK_BOLD, dc_slice_of(check->id));
		dc_table_add(&table, DC_INK_PLAIN, dc_slice_of(check->title));
		dc_table_add(&table, DC_INK_DIM, dc_slice_of(check->standard));
	}
	dc_table_print(&table, 0);
}

void dc_checks_text(struct dc_buf *out, const struct dc_style *style)
{
	if (!with_scratch(out, style, check_rows, (struct dc_slice){0}))
		out->status = DC_ERR_NOMEM;
}
