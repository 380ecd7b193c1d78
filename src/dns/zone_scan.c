/* Zone files taken apart. Reading lines ourselves, and giving ldns one record's data at a time, keeps line numbers
 * right and has no limit on the length of a line (ldns: 10,230 octets).
 * Deliberately not: $INCLUDE (a zone file of somebody else could name any file of this machine) and $GENERATE (BIND
 * only): both are refused in words. Classes other than IN. */
#include "dns/zone_scan.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "dns/answer.h"

void dc_zone_scan_init(struct dc_zone_scan *scan, struct dc_arena *arena, struct dc_slice bytes)
{
	*scan = (struct dc_zone_scan){.rest = bytes, .line = 1, .arena = arena, .default_ttl_s = DC_ZONE_NO_TTL};
	if (dc_slice_starts(bytes, DC_S("\xef\xbb\xbf")))
		scan->rest = dc_slice_sub(bytes, 3, SIZE_MAX); /* a byte order mark, as Windows editors leave it */
	dc_buf_init(&scan->text, DC_ZONE_ENTRY_MAX);
}

void dc_zone_scan_free(struct dc_zone_scan *scan)
{
	dc_buf_free(&scan->text);
}

static enum dc_status wrong(struct dc_zone_scan *scan, const char *format, ...) __attribute__((format(printf, 2, 3)));
static enum dc_status wrong(struct dc_zone_scan *scan, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(scan->why, sizeof scan->why, format, args);
	va_end(args);
	return DC_ERR_INPUT;
}

/* ---- one entry a line ---- */

/* Copies up to the end of a quoted string; false when it has none. */
static bool copy_quoted(struct dc_buf *text, struct dc_slice *s)
{
	size_t i = 0;
	while (i < s->len && s->ptr[i] != '"' && s->ptr[i] != '\n') {
		if (s->ptr[i] == '\\' && i + 1 < s->len && s->ptr[i + 1] != '\n')
			i++;
		i++;
	}
	if (i >= s->len || s->ptr[i] != '"')
		return false;
	dc_buf_put(text, s->ptr, i + 1);
	*s = dc_slice_sub(*s, i + 1, SIZE_MAX);
	return true;
}

/* Fills scan->text with the next entry, which may be blank. */
static enum dc_status read_entry(struct dc_zone_scan *scan)
{
	struct dc_slice s = scan->rest;
	struct dc_buf *text = &scan->text;
	unsigned open = 0;
	dc_buf_reset(text);
	while (s.len) {
		char c = s.ptr[0];
		s = dc_slice_sub(s, 1, SIZE_MAX);
		if (c == '\n') {
			scan->line++;
			if (!open)
				break;
			dc_buf_putc(text, ' ');
		} else if (c == ';') {
			size_t end = dc_slice_find(s, '\n');
			s = dc_slice_sub(s, end, SIZE_MAX);
		} else if (c == '"') {
			dc_buf_putc(text, c);
			if (!copy_quoted(text, &s))
				return wrong(scan, "a quotation mark is not closed on its line");
		} else if (c == '\\') {
			if (!s.len || s.ptr[0] == '\n' || s.ptr[0] == '\r')
				return wrong(scan, "a line ends in a backslash");
			dc_buf_putc(text, c);
			dc_buf_putc(text, s.ptr[0]);
			s = dc_slice_sub(s, 1, SIZE_MAX);
		} else if (c == '(' || c == ')') {
			if (c == ')' && !open)
				return wrong(scan, "a bracket is closed that was never opened");
			open += c == '(' ? 1 : -1u;
			dc_buf_putc(text, ' ');
		} else if (c == 0) {
			return wrong(scan, "an octet 0: this is no text file");
		} else {
			dc_buf_putc(text, c == '\t' || c == '\r' || c == '\f' || c == '\v' ? ' ' : c);
		}
	}
	scan->rest = s;
	if (open)
		return wrong(scan, "a bracket is opened and never closed");
	if (text->starved) {
		(void)wrong(scan, "no memory");
		return DC_ERR_NOMEM;
	}
	if (text->status != DC_OK)
		return wrong(scan, "the entry is longer than %d octets", DC_ZONE_ENTRY_MAX);
	return DC_OK;
}

/* ---- words ---- */

/* The next word of *rest; quotation marks are part of it. */
static struct dc_slice next_word(struct dc_slice *rest)
{
	struct dc_slice s = *rest;
	size_t i = 0;
	while (s.len && s.ptr[0] == ' ')
		s = dc_slice_sub(s, 1, SIZE_MAX);
	while (i < s.len && s.ptr[i] != ' ')
		i += s.ptr[i] == '\\' && i + 1 < s.len ? 2 : 1;
	*rest = dc_slice_sub(s, i, SIZE_MAX);
	return dc_slice_sub(s, 0, i);
}

/* Seconds, or BIND's 1w2d3h4m5s. */
static bool parse_ttl(struct dc_slice s, uint32_t *ret_ttl_s)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = {{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
	uint64_t total = 0, value;
	if (!s.len)
		return false;
	while (s.len) {
		size_t digits = 0, unit = 0;
		while (digits < s.len && dc_is_digit(s.ptr[digits]))
			digits++;
		if (!dc_slice_uint(dc_slice_sub(s, 0, digits), true, INT32_MAX, &value))
			return false;
		s = dc_slice_sub(s, digits, SIZE_MAX);
		while (s.len && unit < 5 && units[unit].unit != dc_lower(s.ptr[0]))
			unit++;
		if (unit == 5)
			return false;
		total += value * (s.len ? units[unit].seconds : 1);
		if (total > INT32_MAX)
			return false; /* RFC 2181 8 */
		s = dc_slice_sub(s, 1, SIZE_MAX);
	}
	*ret_ttl_s = (uint32_t)total;
	return true;
}

static bool ends_in_dot(struct dc_slice name)
{
	size_t slashes = 0;
	if (!name.len || name.ptr[name.len - 1] != '.')
		return false;
	while (slashes + 1 < name.len && name.ptr[name.len - 2 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 0;
}

static enum dc_status parse_name(struct dc_zone_scan *scan, struct dc_slice word, struct dc_slice *ret_name)
{
	char shown[120];
	struct dc_slice name = word;
	dc_escape_line(shown, sizeof shown, word);
	if (dc_slice_eq(word, DC_S("@")) || !ends_in_dot(word)) {
		if (!scan->origin.len)
			return wrong(scan, "the name \"%s\" has no final dot, and no $ORIGIN says what it belongs to", shown);
		if (dc_slice_eq(word, DC_S("@"))) {
			*ret_name = scan->origin;
			return DC_OK;
		}
		if (!dc_slice_eq(scan->origin, DC_S(".")))
			name = dc_arena_concat(scan->arena, dc_arena_concat(scan->arena, word, DC_S(".")), scan->origin);
	}
	if (!dc_name_normalize(scan->arena, name, ret_name))
		return wrong(scan, "\"%s\" is no domain name", shown);
	*ret_name = dc_arena_dup(scan->arena, *ret_name); /* it may still point into the file or the entry */
	return DC_OK;
}

/* ---- entries ---- */

static enum dc_status directive(struct dc_zone_scan *scan, struct dc_slice word, struct dc_slice rest)
{
	char shown[80];
	struct dc_slice value = next_word(&rest);
	if (dc_slice_eq_nocase(word, DC_S("$INCLUDE")))
		return wrong(scan, "$INCLUDE is not followed: a zone file must stand alone (named-compilezone makes one file of it)");
	if (dc_slice_eq_nocase(word, DC_S("$GENERATE")))
		return wrong(scan, "$GENERATE is known to BIND only: write the records out (named-compilezone does it)");
	if (next_word(&rest).len || !value.len)
		return wrong(scan, "%s must be followed by one value", dc_escape_line(shown, sizeof shown, word));
	if (dc_slice_eq_nocase(word, DC_S("$ORIGIN")))
		return parse_name(scan, value, &scan->origin);
	if (dc_slice_eq_nocase(word, DC_S("$TTL")))
		return parse_ttl(value, &scan->default_ttl_s)
			       ? DC_OK
			       : wrong(scan, "\"%s\" is no time to live", dc_escape_line(shown, sizeof shown, value));
	return wrong(scan, "\"%s\" is no directive: there are $ORIGIN and $TTL", dc_escape_line(shown, sizeof shown, word));
}

static bool is_class(struct dc_slice word)
{
	return dc_slice_eq_nocase(word, DC_S("CH")) || dc_slice_eq_nocase(word, DC_S("HS")) ||
	       dc_slice_eq_nocase(word, DC_S("CS")) || dc_slice_eq_nocase(word, DC_S("NONE")) ||
	       dc_slice_starts_nocase(word, DC_S("CLASS"));
}

/* [TTL] [class] type, or [class] [TTL] type */
static enum dc_status parse_head(struct dc_zone_scan *scan, struct dc_slice *rest, struct dc_zone_entry *entry)
{
	char shown[80];
	bool ttl = false, class = false;
	for (;;) {
		struct dc_slice word = next_word(rest);
		dc_escape_line(shown, sizeof shown, word);
		if (!word.len)
			return wrong(scan, "the record ends before its type");
		if (dc_is_digit(word.ptr[0]) && !ttl) {
			if (!parse_ttl(word, &entry->ttl_s))
				return wrong(scan, "\"%s\" is no time to live", shown);
			ttl = true;
		} else if ((dc_slice_eq_nocase(word, DC_S("IN")) || dc_slice_eq_nocase(word, DC_S("CLASS1"))) && !class) {
			class = true;
		} else if (is_class(word)) {
			return wrong(scan, "class \"%s\": only IN is served", shown);
		} else if (!dc_type_parse(word, &entry->type) || entry->type == 0) {
			return wrong(scan, "\"%s\" is no record type", shown);
		} else if ((entry->type >= 128 && entry->type <= 255) || entry->type == 41) {
			return wrong(scan, "records of type \"%s\" cannot stand in a zone file", shown);
		} else {
			return DC_OK;
		}
	}
}

enum dc_status dc_zone_scan_next(struct dc_zone_scan *scan, struct dc_zone_entry *ret_entry, bool *ret_more)
{
	for (;;) {
		struct dc_zone_entry entry = {.line = scan->line, .ttl_s = scan->default_ttl_s};
		enum dc_status status = DC_OK;
		*ret_more = scan->rest.len > 0;
		ret_entry->line = scan->line;
		if (!*ret_more)
			return DC_OK;
		if ((status = read_entry(scan)) != DC_OK)
			return status;
		struct dc_slice rest = dc_buf_slice(&scan->text), word;
		bool same_owner = rest.len && rest.ptr[0] == ' ';
		if (!dc_slice_trim(rest).len)
			continue;
		if (same_owner) {
			if (!scan->owner.len)
				return wrong(scan, "the first record has no owner: the line begins with a blank");
		} else {
			word = next_word(&rest);
			if (word.ptr[0] == '$') {
				if ((status = directive(scan, word, rest)) != DC_OK)
					return status;
				continue;
			}
			if ((status = parse_name(scan, word, &scan->owner)) != DC_OK)
				return status;
		}
		entry.owner = scan->owner;
		if ((status = parse_head(scan, &rest, &entry)) != DC_OK)
			return status;
		entry.rdata = dc_slice_trim(rest);
		*ret_entry = entry;
		return DC_OK;
	}
}
