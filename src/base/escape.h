/* Untrusted bytes made harmless. Used by renderers and for error lines only; facts and findings keep raw bytes. */
#ifndef DC_BASE_ESCAPE_H
#define DC_BASE_ESCAPE_H

#include "base/buf.h"

enum dc_escape_flags {
	DC_ESCAPE_UTF8 = 1,  /* keep printable UTF-8; without it everything above 0x7e is escaped */
	DC_ESCAPE_LINES = 2, /* keep \n and \t */
	DC_ESCAPE_AGAIN = 4, /* keep escapes that this made: what is escaped once more stays as it is */
};

/* Length of the valid UTF-8 character at `s` (1..4) and its code point, or 0 when the bytes are not valid
 * (overlong, surrogate, past U+10FFFF, truncated). */
size_t dc_utf8_next(struct dc_slice s, uint32_t *ret_code_point);
/* Controls, bidirectional controls, line separators, zero-width and other format characters, private use. */
bool dc_code_point_is_hostile(uint32_t code_point);
/* Appends `s` with every hostile or invalid octet as \xHH or \u{H…}; a backslash as \\. */
void dc_escape_text(struct dc_buf *out, struct dc_slice s, unsigned flags);
/* The same into a fixed buffer for error lines: NUL-terminated, cut with "..." when it does not fit. Returns `out`. */
const char *dc_escape_line(char *out, size_t size, struct dc_slice s);

#endif
