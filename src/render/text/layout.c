/* Columns, ink and wrapping of the text renderer. */
#include "render/text/layout.h"

#include "base/escape.h"

struct dc_slice dc_text_clean(const struct dc_text *text, struct dc_slice raw)
{
	struct dc_slice clean = {0};
	struct dc_buf buf;

	/* Reserved before the buffer exists: a spent arena must not leave it behind. Nothing grows by more than six. */
	dc_arena_reserve(text->scratch, raw.len * 6 + 16);
	dc_buf_init(&buf, raw.len * 6 + 16);
	dc_escape_text(&buf, raw, text->style->utf8 ? DC_ESCAPE_UTF8 : 0);
	if (buf.status == DC_OK)
		clean = dc_arena_dup(text->scratch, dc_buf_slice(&buf));
	dc_buf_free(&buf);
	return clean;
}

struct dc_slice dc_text_pick(const struct dc_text *text, const char *utf8, const char *ascii)
{
	return dc_slice_of(text->style->utf8 ? utf8 : ascii);
}

/* ---- columns ---- */

struct range {
	uint32_t first, last;
};

/* East_Asian_Width W and F in the blocks that matter, and emoji. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0x33ff},   {0x3400, 0x4dbf},	{0x4e00, 0xa4cf},
	{0xa960, 0xa97f},   {0xac00, 0xd7a3},	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},
	{0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static const struct range combining[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

static bool is_in(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

/* The first character: octets and columns. Octets that are no UTF-8 count one each. */
static size_t next(struct dc_slice s, size_t *ret_columns)
{
	uint32_t c = 0;
	size_t octets = dc_utf8_next(s, &c);

	*ret_columns = 1;
	if (octets > 1 && is_in(c, combining, sizeof(combining) / sizeof(combining[0])))
		*ret_columns = 0;
	else if (octets > 1 && is_in(c, wide, sizeof(wide) / sizeof(wide[0])))
		*ret_columns = 2;
	return octets > 0 ? octets : 1;
}

size_t dc_columns(struct dc_slice clean)
{
	size_t columns = 0;

	while (clean.len > 0) {
		size_t width, octets = next(clean, &width);

		columns += width;
		clean = dc_slice_sub(clean, octets, SIZE_MAX);
	}
	return columns;
}

struct dc_slice dc_text_tail(struct dc_slice clean, size_t width)
{
	size_t columns = dc_columns(clean);

	while (columns > width) {
		size_t w, octets = next(clean, &w);

		clean = dc_slice_sub(clean, octets, SIZE_MAX);
		columns -= w;
	}
	return clean;
}

static struct dc_slice drop_blanks(struct dc_slice s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = dc_slice_sub(s, 1, SIZE_MAX);
	return s;
}

/* Where the quoted text that begins at `at` ends; `at` itself when it is longer than a line and must be cut anyway. */
static size_t quote_end(struct dc_slice s, size_t at, size_t width)
{
	size_t end = dc_slice_find(dc_slice_sub(s, at + 1, SIZE_MAX), '"');

	if (end == SIZE_MAX || dc_columns(dc_slice_sub(s, at, end + 2)) > width)
		return at;
	return at + 1 + end;
}

/* A blank before or behind the type of a record: "mail.example.com. PTR host.example.com." */
static bool is_in_record(struct dc_slice s, size_t at)
{
	static const char *const types[] = {". A ", ". AAAA ", ". CNAME ", ". MX ", ". PTR ", ". TXT "};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t len = strlen(types[i]);

		if (at >= 1 && dc_slice_starts(dc_slice_sub(s, at - 1, len), dc_slice_of(types[i])))
			return true;
		if (at + 1 >= len && dc_slice_starts(dc_slice_sub(s, at + 1 - len, len), dc_slice_of(types[i])))
			return true;
	}
	return false;
}

/* How far the text fits, and where it had best be cut. */
struct cut {
	size_t fits, blank, record, quoted, mark; /* octets; 0: none. record, quoted: a blank inside one */
};

static struct cut find_cut(struct dc_slice s, size_t width)
{
	struct cut cut = {0};
	size_t columns = 0, whole = 0, w;

	while (cut.fits < s.len) {
		size_t at = cut.fits, octets = next(dc_slice_sub(s, at, SIZE_MAX), &w);

		if (s.ptr[at] == '"' && at >= whole)
			whole = quote_end(s, at, width) + 1;
		if (s.ptr[at] == ' ')
			*(at < whole ? &cut.quoted : is_in_record(s, at) ? &cut.record : &cut.blank) = at;
		if (columns + w > width && at > 0)
			break;
		columns += w;
		cut.fits = at + octets;
		/* In the first half of a line a punctuation mark is no good place to end it. */
		if (columns * 2 > width && strchr(",;/:=&?.", s.ptr[cut.fits - 1]))
			cut.mark = cut.fits;
	}
	return cut;
}

struct dc_slice dc_text_line(struct dc_slice *rest, size_t width)
{
	struct dc_slice s = *rest;
	struct cut cut = find_cut(s, width);
	size_t at = cut.blank > 0    ? cut.blank
		    : cut.record > 0 ? cut.record
		    : cut.quoted > 0 ? cut.quoted
		    : cut.mark > 0   ? cut.mark
				     : cut.fits;

	if (cut.fits >= s.len) {
		*rest = (struct dc_slice){0};
		return s;
	}
	*rest = drop_blanks(dc_slice_sub(s, at, SIZE_MAX));
	while (at > 0 && s.ptr[at - 1] == ' ')
		at--;
	return dc_slice_sub(s, 0, at);
}

/* ---- output ---- */

void dc_text_put(const struct dc_text *text, enum dc_ink ink, struct dc_slice clean)
{
	static const char *const codes[DC_INK_COUNT] = {
		[DC_INK_PLAIN] = "",	  [DC_INK_BOLD] = "1",	 [DC_INK_DIM] = "2",  [DC_INK_RED] = "1;31",
		[DC_INK_YELLOW] = "1;33", [DC_INK_GREEN] = "32", [DC_INK_CYAN] = "36",
	};
	bool colored = text->style->color && ink != DC_INK_PLAIN && clean.len > 0;

	if (colored)
		dc_buf_printf(text->out, "\033[%sm", codes[ink]);
	dc_buf_put_slice(text->out, clean);
	if (colored)
		dc_buf_puts(text->out, "\033[0m");
}

void dc_text_puts(const struct dc_text *text, enum dc_ink ink, const char *ours)
{
	dc_text_put(text, ink, dc_slice_of(ours));
}

void dc_text_newline(const struct dc_text *text)
{
	dc_buf_putc(text->out, '\n');
}

void dc_text_spaces(const struct dc_text *text, size_t count)
{
	while (count-- > 0)
		dc_buf_putc(text->out, ' ');
}

void dc_text_fill(const struct dc_text *text, enum dc_ink ink, const char *utf8, const char *ascii, size_t count)
{
	struct dc_slice one = dc_text_pick(text, utf8, ascii);
	char *all = dc_arena_array(text->scratch, count + 1, one.len);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * one.len, one.ptr, one.len);
	dc_text_put(text, ink, (struct dc_slice){all, count * one.len});
}

void dc_text_wrap(const struct dc_text *text, enum dc_ink ink, struct dc_slice clean, size_t at, size_t indent)
{
	enum { LEAST = 20 }; /* columns, however narrow the terminal is */
	size_t width = text->style->width;

	clean = drop_blanks(clean);
	while (clean.len > 0) {
		dc_text_put(text, ink, dc_text_line(&clean, width > at + LEAST ? width - at : LEAST));
		dc_text_newline(text);
		if (clean.len > 0)
			dc_text_spaces(text, indent);
		at = indent;
	}
}

void dc_text_field(const struct dc_text *text, const char *label, enum dc_ink ink, struct dc_slice clean)
{
	size_t len = strlen(label);

	dc_text_spaces(text, DC_TEXT_INDENT);
	dc_text_puts(text, DC_INK_DIM, label);
	if (clean.len == 0)
		dc_text_newline(text);
	else
		dc_text_spaces(text, len < DC_TEXT_LABEL ? DC_TEXT_LABEL - len : 1);
	dc_text_wrap(text, ink, clean, DC_TEXT_INDENT + DC_TEXT_LABEL, DC_TEXT_INDENT + DC_TEXT_LABEL);
}
