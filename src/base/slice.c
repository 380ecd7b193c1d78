/* Byte strings: comparing, searching, cutting. ASCII only, no locale. */
#include "base/slice.h"

bool dc_slice_eq_nocase(struct dc_slice a, struct dc_slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (dc_lower(a.ptr[i]) != dc_lower(b.ptr[i]))
			return false;
	return true;
}

bool dc_slice_starts(struct dc_slice s, struct dc_slice prefix)
{
	return s.len >= prefix.len && dc_slice_eq(dc_slice_sub(s, 0, prefix.len), prefix);
}

bool dc_slice_starts_nocase(struct dc_slice s, struct dc_slice prefix)
{
	return s.len >= prefix.len && dc_slice_eq_nocase(dc_slice_sub(s, 0, prefix.len), prefix);
}

bool dc_slice_ends_nocase(struct dc_slice s, struct dc_slice suffix)
{
	return s.len >= suffix.len && dc_slice_eq_nocase(dc_slice_sub(s, s.len - suffix.len, suffix.len), suffix);
}

int dc_slice_cmp(struct dc_slice a, struct dc_slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

size_t dc_slice_find(struct dc_slice s, char c)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
	return at ? (size_t)(at - s.ptr) : SIZE_MAX;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct dc_slice dc_slice_trim(struct dc_slice s)
{
	while (s.len && is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct dc_slice dc_slice_trim_wsp(struct dc_slice s)
{
	while (s.len && dc_is_wsp(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len && dc_is_wsp(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct dc_slice dc_slice_cut(struct dc_slice *rest, char sep)
{
	size_t at = dc_slice_find(*rest, sep);
	struct dc_slice part = *rest;
	if (at == SIZE_MAX) {
		*rest = (struct dc_slice){NULL, 0};
		return part;
	}
	part.len = at;
	*rest = (struct dc_slice){rest->ptr + at + 1, rest->len - at - 1};
	return part;
}

bool dc_slice_uint(struct dc_slice s, bool zeros, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;
	if (s.len == 0 || (!zeros && s.len > 1 && s.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!dc_is_digit(s.ptr[i]))
			return false;
		uint64_t digit = (uint64_t)(s.ptr[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
		if (value > max)
			return false;
	}
	*ret_value = value;
	return true;
}

void dc_percent(char out[DC_PERCENT_LEN], char c)
{
	static const char digits[] = "0123456789ABCDEF";
	out[0] = '%';
	out[1] = digits[(uint8_t)c >> 4];
	out[2] = digits[c & 15];
}
