/* Inside the text renderer: columns, ink, wrapping and tables. All text that is laid out is clean: it went through
 * dc_text_clean or is ours. */
#ifndef DC_RENDER_TEXT_LAYOUT_H
#define DC_RENDER_TEXT_LAYOUT_H

#include "render/report.h"

enum dc_ink { DC_INK_PLAIN, DC_INK_BOLD, DC_INK_DIM, DC_INK_RED, DC_INK_YELLOW, DC_INK_GREEN, DC_INK_CYAN, DC_INK_COUNT };

struct dc_text {
	struct dc_buf *out;
	struct dc_arena *scratch;
	const struct dc_style *style;
};

/* Untrusted octets made harmless, in scratch; printable UTF-8 stays when the style allows it. */
struct dc_slice dc_text_clean(const struct dc_text *text, struct dc_slice raw);
/* Formatted text in scratch. Every %s must be clean. */
#define dc_text_format(text, ...) dc_arena_printf((text)->scratch, __VA_ARGS__)
/* One of two spellings, by the style. */
struct dc_slice dc_text_pick(const struct dc_text *text, const char *utf8, const char *ascii);

/* Columns that clean text takes on a terminal: wide East Asian characters two, combining ones none. */
size_t dc_columns(struct dc_slice clean);
/* The end of clean text, at most `width` columns. */
struct dc_slice dc_text_tail(struct dc_slice clean, size_t width);
/* Cuts the next line of at most `width` columns (at least one character) off *rest: at a blank where there is one, else
 * behind a punctuation mark, else anywhere. Blanks at the cut are dropped. Quoted text that fits in a line is not cut: it
 * may be a record to copy. */
struct dc_slice dc_text_line(struct dc_slice *rest, size_t width);

void dc_text_put(const struct dc_text *text, enum dc_ink ink, struct dc_slice clean);
void dc_text_puts(const struct dc_text *text, enum dc_ink ink, const char *ours);
void dc_text_newline(const struct dc_text *text);
void dc_text_spaces(const struct dc_text *text, size_t count);
/* `count` times the same character. */
void dc_text_fill(const struct dc_text *text, enum dc_ink ink, const char *utf8, const char *ascii, size_t count);
/* Writes a paragraph and a newline. The cursor stands in column `at`; further lines begin in column `indent`. */
void dc_text_wrap(const struct dc_text *text, enum dc_ink ink, struct dc_slice clean, size_t at, size_t indent);
/* "  label      value …" with the value wrapped in its column. */
enum { DC_TEXT_INDENT = 2, DC_TEXT_LABEL = 14 };
void dc_text_field(const struct dc_text *text, const char *label, enum dc_ink ink, struct dc_slice clean);

/* ---- tables ---- */

enum { DC_TABLE_COLUMNS_MAX = 10 };

struct dc_cell {
	struct dc_slice text; /* clean */
	enum dc_ink ink;
};

struct dc_table {
	const struct dc_text *text;
	size_t columns;
	const char *const *titles; /* NULL: none */
	unsigned right;            /* bits of the columns that are set flush right */
	unsigned rigid;            /* bits of the columns that are never narrowed */
	struct dc_cell *cells;     /* row by row */
	size_t count, capacity;
};

/* `titles`: `columns` of them, or NULL. */
void dc_table_init(struct dc_table *table, const struct dc_text *text, size_t columns, const char *const *titles);
void dc_table_add(struct dc_table *table, enum dc_ink ink, struct dc_slice clean);
/* Columns as wide as they must be; when that is too much the widest ones wrap. */
void dc_table_print(const struct dc_table *table, size_t indent);

#endif
