/* Borrowed byte strings. A slice never owns; it lives as long as the bytes it points at. */
#ifndef DC_BASE_SLICE_H
#define DC_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct dc_slice {
	const char *ptr; /* not NUL-terminated; NULL only when len is 0 */
	size_t len;      /* octets */
};

/* A slice of a string literal. */
#define DC_S(literal) ((struct dc_slice){(literal), sizeof(literal) - 1})
/* For printf("%.*s"): only for text already known to be clean. */
#define DC_FMT(slice) (int)(slice).len, (slice).len ? (slice).ptr : ""

/* A slice of a NUL-terminated string; NULL gives the empty slice. */
static inline struct dc_slice dc_slice_of(const char *text)
{
	return (struct dc_slice){text, text ? strlen(text) : 0};
}

/* The part of `s` from octet `start` on, at most `len` octets; clamped to `s`. */
static inline struct dc_slice dc_slice_sub(struct dc_slice s, size_t start, size_t len)
{
	if (start > s.len)
		start = s.len;
	if (len > s.len - start)
		len = s.len - start;
	return (struct dc_slice){start ? s.ptr + start : s.ptr, len};
}

static inline bool dc_slice_eq(struct dc_slice a, struct dc_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
/* ASCII case folded; no locale. */
bool dc_slice_eq_nocase(struct dc_slice a, struct dc_slice b);
bool dc_slice_starts(struct dc_slice s, struct dc_slice prefix);
bool dc_slice_starts_nocase(struct dc_slice s, struct dc_slice prefix);
bool dc_slice_ends_nocase(struct dc_slice s, struct dc_slice suffix);
/* Octet order, shorter first on a tie: for qsort and bsearch. */
int dc_slice_cmp(struct dc_slice a, struct dc_slice b);
/* Index of the first `c`, or SIZE_MAX. */
size_t dc_slice_find(struct dc_slice s, char c);
/* Without leading and trailing SP, HTAB, CR and LF. */
struct dc_slice dc_slice_trim(struct dc_slice s);
/* Without leading and trailing SP and HTAB: the WSP of tag lists. */
struct dc_slice dc_slice_trim_wsp(struct dc_slice s);
/* Cuts at the first `sep`: returns what stands before it and leaves in *rest what stands after;
 * the last part leaves *rest empty with ptr NULL. */
struct dc_slice dc_slice_cut(struct dc_slice *rest, char sep);
/* Strict unsigned decimal, no sign, no blanks, no leading zero unless `zeros`; false on overflow past `max`. */
bool dc_slice_uint(struct dc_slice s, bool zeros, uint64_t max, uint64_t *ret_value);

static inline bool dc_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool dc_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool dc_is_alnum(char c)
{
	return dc_is_alpha(c) || dc_is_digit(c);
}
static inline bool dc_is_wsp(char c)
{
	return c == ' ' || c == '\t';
}
static inline char dc_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Of a hexadecimal digit; -1: it is none. */
static inline int dc_hex_value(char c)
{
	if (dc_is_digit(c))
		return c - '0';
	c = dc_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/* The same where only lower case is allowed. */
static inline int dc_hex_lower_value(char c)
{
	return c >= 'A' && c <= 'F' ? -1 : dc_hex_value(c);
}
enum { DC_PERCENT_LEN = 3 };
/* "%3B" into `out`, without an end. */
void dc_percent(char out[DC_PERCENT_LEN], char c);

#endif
