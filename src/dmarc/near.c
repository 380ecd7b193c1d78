/* Is a text a DMARC record, and if not, was it meant as one? RFC 9989 section 4.8 (grammar), 4.10 (what is dropped).
 *
 * A receiver keeps a record only when it begins with v=DMARC1 as the grammar has it: no blanks before it, the value exact,
 * a semicolon or the end behind it. Everything else is no record, however close it comes: hence the suggestions. */
#include "dmarc/record.h"

enum {
	SUGGEST_MAX = 4096, /* octets of a text that a suggestion is made for */
};

static const struct dc_slice quotes[] = {
	{"\xe2\x80\x9c", 3}, {"\xe2\x80\x9d", 3}, {"\xe2\x80\x9e", 3}, {"\xe2\x80\x98", 3}, {"\xe2\x80\x99", 3},
	{"\"", 1},           {"'", 1},            {"\\", 1},
};

static bool is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_wsp(struct dc_slice s, size_t at)
{
	while (at < s.len && is_wsp(s.ptr[at]))
		at++;
	return at;
}

/* "v" *WSP "=" *WSP; the octet behind it, or 0. */
static size_t after_v(struct dc_slice s)
{
	size_t at;

	if (!s.len || dc_lower(s.ptr[0]) != 'v')
		return 0;
	at = skip_wsp(s, 1);
	if (at == s.len || s.ptr[at] != '=')
		return 0;
	return skip_wsp(s, at + 1);
}

static bool is_record(struct dc_slice s)
{
	size_t at = after_v(s);

	if (!at || !dc_slice_starts(dc_slice_sub(s, at, s.len), DC_S("DMARC1")))
		return false;
	at = skip_wsp(s, at + 6);
	return at == s.len || s.ptr[at] == ';';
}

/* Length of the quotation mark or backslash at the start of `s`; 0: there is none. */
static size_t quote_length(struct dc_slice s)
{
	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		if (dc_slice_starts(s, quotes[i]))
			return quotes[i].len;
	}
	return 0;
}

static struct dc_slice without_quotes(struct dc_arena *arena, struct dc_slice s)
{
	char *out = dc_arena_alloc(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len;) {
		size_t quote = quote_length(dc_slice_sub(s, i, s.len));

		if (!quote)
			out[len++] = s.ptr[i];
		i += quote ? quote : 1;
	}
	return (struct dc_slice){out, len};
}

static bool has_quotes(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (quote_length(dc_slice_sub(s, i, s.len)))
			return true;
	}
	return false;
}

/* Where "v=DMARC" in any case stands, or SIZE_MAX. */
static size_t find_version(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		struct dc_slice rest = dc_slice_sub(s, i, s.len);
		size_t at = after_v(rest);

		if (at && (i == 0 || !dc_is_alnum(s.ptr[i - 1])) &&
		    dc_slice_starts_nocase(dc_slice_sub(rest, at, rest.len), DC_S("DMARC")))
			return i;
	}
	return SIZE_MAX;
}

static bool is_policy(struct dc_slice value)
{
	return dc_slice_starts_nocase(value, DC_S("none")) || dc_slice_starts_nocase(value, DC_S("reject")) ||
	       dc_slice_starts_nocase(value, DC_S("quarantine"));
}

/* "p" *WSP "=" *WSP policy at the start or behind a separator. */
static bool has_policy(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t at = i + 1;

		if (dc_lower(s.ptr[i]) != 'p' || (i && !is_wsp(s.ptr[i - 1]) && s.ptr[i - 1] != ';' && s.ptr[i - 1] != ','))
			continue;
		at = skip_wsp(s, at);
		if (at < s.len && s.ptr[at] == '=' && is_policy(dc_slice_sub(s, skip_wsp(s, at + 1), s.len)))
			return true;
	}
	return false;
}

enum dc_dmarc_kind dc_dmarc_kind_of(struct dc_slice text)
{
	struct dc_slice trimmed = dc_slice_trim(text);
	size_t at = find_version(trimmed), value;

	if (is_record(text))
		return DC_DMARC_KIND_RECORD;
	if (is_record(trimmed))
		return DC_DMARC_KIND_BLANK;
	if (at != SIZE_MAX && has_quotes(dc_slice_sub(trimmed, 0, at + 16)))
		return DC_DMARC_KIND_QUOTES;
	if (at != SIZE_MAX && at > 0)
		return DC_DMARC_KIND_ORDER;
	if (at == 0) {
		struct dc_slice rest = dc_slice_sub(trimmed, after_v(trimmed), trimmed.len);

		value = skip_wsp(rest, 6);
		if (dc_slice_starts(rest, DC_S("DMARC1")) && (value == rest.len || !dc_is_digit(rest.ptr[6])))
			return DC_DMARC_KIND_SEPARATOR;
		if (dc_slice_starts_nocase(rest, DC_S("DMARC1")) && (rest.len == 6 || !dc_is_alnum(rest.ptr[6])))
			return DC_DMARC_KIND_CASE;
		return DC_DMARC_KIND_VERSION;
	}
	if (!has_policy(trimmed))
		return DC_DMARC_KIND_OTHER;
	return after_v(trimmed) ? DC_DMARC_KIND_VERSION : DC_DMARC_KIND_NO_V;
}

/* ---- suggestions ---- */

/* Everything behind v=DMARC…: the digits that may follow, and separators. */
static struct dc_slice after_version(struct dc_slice s)
{
	size_t at = after_v(s);

	while (at < s.len && dc_is_alnum(s.ptr[at]))
		at++;
	while (at < s.len && (is_wsp(s.ptr[at]) || memchr(";,:.|", s.ptr[at], 5)))
		at++;
	return dc_slice_sub(s, at, s.len);
}

/* Does a tag (name=) begin here? Then a comma or a blank before it stood for a semicolon. */
static bool tag_begins(struct dc_slice s)
{
	static const char *const names[] = {"p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf", "pct", "rf", "ri"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct dc_slice name = dc_slice_of(names[i]);
		size_t at = skip_wsp(s, name.len);

		if (dc_slice_starts_nocase(s, name) && at < s.len && s.ptr[at] == '=')
			return true;
	}
	return false;
}

/* "p=reject, rua=…" and "p=reject rua=…" get their semicolons. */
static struct dc_slice separate(struct dc_arena *arena, struct dc_slice s)
{
	char *out = dc_arena_alloc(arena, 2 * s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len;) {
		size_t next = i;

		while (next < s.len && (is_wsp(s.ptr[next]) || s.ptr[next] == ',' || s.ptr[next] == ';'))
			next++;
		if (next > i && next < s.len && tag_begins(dc_slice_sub(s, next, s.len))) {
			out[len++] = ';';
			out[len++] = ' ';
			i = next;
			continue;
		}
		out[len++] = s.ptr[i++];
	}
	return (struct dc_slice){out, len};
}

static struct dc_slice trim_separators(struct dc_slice s)
{
	while (s.len && (is_wsp(s.ptr[s.len - 1]) || s.ptr[s.len - 1] == ';' || s.ptr[s.len - 1] == ','))
		s.len--;
	while (s.len && (is_wsp(s.ptr[0]) || s.ptr[0] == ';' || s.ptr[0] == ','))
		s.ptr++, s.len--;
	return s;
}

struct dc_slice dc_dmarc_suggest(struct dc_arena *arena, struct dc_slice text)
{
	enum dc_dmarc_kind kind = dc_dmarc_kind_of(text);
	struct dc_slice s, front = {0}, rest;
	size_t at;

	if (kind == DC_DMARC_KIND_OTHER || kind == DC_DMARC_KIND_RECORD || text.len > SUGGEST_MAX)
		return (struct dc_slice){0};
	s = dc_slice_trim(without_quotes(arena, text));
	at = find_version(s);
	if (at == SIZE_MAX && after_v(s))
		at = 0;
	if (at != SIZE_MAX) {
		front = trim_separators(dc_slice_sub(s, 0, at));
		rest = after_version(dc_slice_sub(s, at, s.len));
	} else {
		rest = s;
	}
	front = trim_separators(separate(arena, front));
	rest = trim_separators(separate(arena, rest));
	if (!front.len && !rest.len)
		return (struct dc_slice){0};
	return dc_arena_printf(arena, "v=DMARC1; %.*s%s%.*s", DC_FMT(front), front.len && rest.len ? "; " : "", DC_FMT(rest));
}
