/* Untrusted bytes made harmless for terminals and lines. */
#include "base/escape.h"

#include <stdio.h>

size_t dc_utf8_next(struct dc_slice s, uint32_t *ret_code_point)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	if (s.len == 0)
		return 0;
	uint8_t first = (uint8_t)s.ptr[0];
	size_t len = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3
		   : first >= 0xf0 && first < 0xf5 ? 4 : 0;
	if (len == 0 || len > s.len)
		return 0;
	uint32_t value = len == 1 ? first : first & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		uint8_t next = (uint8_t)s.ptr[i];
		if ((next & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (next & 0x3f);
	}
	if (value < least[len] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*ret_code_point = value;
	return len;
}

/* Unicode 15: Cc, Cf, Zl, Zp, Co, Cs, noncharacters, variation selectors and other default-ignorable code points. */
static const struct {
	uint32_t first, last;
} hostile[] = {
	{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x0600, 0x0605}, {0x061c, 0x061c},
	{0x06dd, 0x06dd}, {0x070f, 0x070f}, {0x0890, 0x0891}, {0x08e2, 0x08e2}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
	{0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xd800, 0xf8ff},
	{0xfdd0, 0xfdef}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff},
	{0x110bd, 0x110bd}, {0x110cd, 0x110cd}, {0x13430, 0x1345f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
	{0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff}, {0x3fffe, 0x10ffff},
};

bool dc_code_point_is_hostile(uint32_t code_point)
{
	if (code_point >= 0x20 && code_point < 0x7f)
		return false; /* nearly all there is */
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		if (code_point >= hostile[i].first && code_point <= hostile[i].last)
			return true;
	return false;
}

/* The length of the escape that `s` begins with, one as dc_escape_text makes; 0: it is none. */
static size_t escape_of(struct dc_slice s)
{
	if (dc_slice_starts(s, DC_S("\\\\")))
		return 2;
	bool octet = dc_slice_starts(s, DC_S("\\x"));
	size_t start = octet ? 2 : 3, at = start, max = start + (octet ? 2 : 6);
	uint32_t code = 0;
	if (!octet && !dc_slice_starts(s, DC_S("\\u{")))
		return 0;
	for (; at < s.len && at < max && dc_hex_lower_value(s.ptr[at]) >= 0; at++)
		code = code << 4 | (uint32_t)dc_hex_value(s.ptr[at]);
	if (octet)
		return at == max && (code < ' ' || code > '~') ? at : 0;
	bool character = code >= 0x80 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && s.ptr[start] != '0';
	return character && at < s.len && s.ptr[at] == '}' ? at + 1 : 0;
}

void dc_escape_text(struct dc_buf *out, struct dc_slice s, unsigned flags)
{
	while (s.len) {
		uint32_t code = 0;
		size_t len = dc_utf8_next(s, &code);
		if (len == 0) {
			dc_buf_printf(out, "\\x%02x", (uint8_t)s.ptr[0]);
			len = 1;
		} else if ((flags & DC_ESCAPE_LINES) && (code == '\n' || code == '\t')) {
			dc_buf_putc(out, (char)code);
		} else if (code == '\\') {
			size_t made = flags & DC_ESCAPE_AGAIN ? escape_of(s) : 0;
			dc_buf_put_slice(out, made ? dc_slice_sub(s, 0, made) : DC_S("\\\\"));
			len = made ? made : len;
		} else if (code < 0x80 && dc_code_point_is_hostile(code)) {
			dc_buf_printf(out, "\\x%02x", (unsigned)code);
		} else if (code >= 0x80 && (!(flags & DC_ESCAPE_UTF8) || dc_code_point_is_hostile(code))) {
			dc_buf_printf(out, "\\u{%x}", (unsigned)code);
		} else {
			dc_buf_put(out, s.ptr, len);
		}
		s = dc_slice_sub(s, len, SIZE_MAX);
	}
}

const char *dc_escape_line(char *out, size_t size, struct dc_slice s)
{
	struct dc_buf buf;
	dc_buf_init(&buf, 64u << 10);
	bool cut = s.len > 4 * size;
	dc_escape_text(&buf, dc_slice_sub(s, 0, 4 * size), 0);
	if (buf.status != DC_OK || size < 4) {
		(void)snprintf(out, size, "?");
	} else if (cut || buf.len >= size) {
		size_t keep = buf.len < size - 4 ? buf.len : size - 4;
		memcpy(out, buf.ptr, keep);
		memcpy(out + keep, "...", 4);
	} else {
		if (buf.len)
			memcpy(out, buf.ptr, buf.len);
		out[buf.len] = 0;
	}
	dc_buf_free(&buf);
	return out;
}
