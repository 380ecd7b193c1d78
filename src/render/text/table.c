/* Tables of the text renderer: every cell wraps in its column, so nothing is ever cut off. */
#include "render/text/layout.h"

enum { GAP = 2, NARROWEST = 8 };

void dc_table_init(struct dc_table *table, const struct dc_text *text, size_t columns, const char *const *titles)
{
	*table = (struct dc_table){.text = text, .columns = columns, .titles = titles};
}

void dc_table_add(struct dc_table *table, enum dc_ink ink, struct dc_slice clean)
{
	DC_PUSH(table->text->scratch, table->cells, table->count, table->capacity) =
		(struct dc_cell){.text = clean, .ink = ink};
}

/* Natural widths, then one column off the widest until it fits or nothing can give way. A column without any text gets
 * no width and is left out with its title. */
static void measure(const struct dc_table *table, size_t indent, size_t widths[DC_TABLE_COLUMNS_MAX])
{
	size_t total = indent;

	for (size_t c = 0; c < table->columns; c++) {
		size_t title = table->titles ? strlen(table->titles[c]) : 0;

		widths[c] = 0;
		for (size_t i = c; i < table->count; i += table->columns) {
			size_t width = dc_columns(table->cells[i].text);

			widths[c] = width > widths[c] ? width : widths[c];
		}
		if (widths[c] > 0 && title > widths[c])
			widths[c] = title;
		if (widths[c] > 0)
			total += widths[c] + (total > indent ? GAP : 0);
	}
	while (total > table->text->style->width) {
		size_t widest = SIZE_MAX;

		for (size_t c = 0; c < table->columns; c++) {
			if ((table->rigid & (1u << c)) || widths[c] <= NARROWEST)
				continue;
			if (widest == SIZE_MAX || widths[c] > widths[widest])
				widest = c;
		}
		if (widest == SIZE_MAX)
			return;
		widths[widest]--;
		total--;
	}
}

static void print_row(const struct dc_table *table, size_t indent, const size_t *widths, const struct dc_cell *row)
{
	struct dc_slice rest[DC_TABLE_COLUMNS_MAX];
	bool more = true;

	for (size_t c = 0; c < table->columns; c++)
		rest[c] = row[c].text;
	while (more) {
		size_t blanks = indent; /* owed, and paid only when something follows */

		more = false;
		for (size_t c = 0; c < table->columns; c++) {
			struct dc_slice line;
			size_t width, pad;
			bool right = table->right & (1u << c);

			if (widths[c] == 0)
				continue;
			line = dc_text_line(&rest[c], widths[c]);
			width = dc_columns(line);
			pad = widths[c] > width ? widths[c] - width : 0;
			if (width > 0) {
				dc_text_spaces(table->text, blanks + (right ? pad : 0));
				dc_text_put(table->text, row[c].ink, line);
				blanks = right ? 0 : pad;
			} else {
				blanks += widths[c];
			}
			blanks += GAP;
			more = more || rest[c].len > 0;
		}
		dc_text_newline(table->text);
	}
}

void dc_table_print(const struct dc_table *table, size_t indent)
{
	size_t widths[DC_TABLE_COLUMNS_MAX] = {0};
	struct dc_cell titles[DC_TABLE_COLUMNS_MAX];

	if (table->count == 0)
		return;
	measure(table, indent, widths);
	for (size_t c = 0; table->titles && c < table->columns; c++)
		titles[c] = (struct dc_cell){.text = dc_slice_of(table->titles[c]), .ink = DC_INK_DIM};
	if (table->titles)
		print_row(table, indent, widths, titles);
	for (size_t i = 0; i + table->columns <= table->count; i += table->columns)
		print_row(table, indent, widths, &table->cells[i]);
}
