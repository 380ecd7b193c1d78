/* Macro strings: grammar and expansion (RFC 7208 sections 7.1 to 7.3; RFC 8616 section 4 for non-ASCII local parts).
 * Not here: finding the validated name of %{p}, which asks DNS (ptr.c). */
#include "spf/macro.h"

#include "dns/name.h"

static bool is_delimiter(char c)
{
	return c == '.' || c == '-' || c == '+' || c == ',' || c == '/' || c == '_' || c == '=';
}

static bool is_letter(char c, bool explanation)
{
	static const char everywhere[] = "slodiphv", only_exp[] = "crt";

	c = dc_lower(c);
	if (c == '\0')
		return false;
	return memchr(everywhere, c, sizeof(everywhere) - 1) ||
	       (explanation && memchr(only_exp, c, sizeof(only_exp) - 1));
}

/* One "%{…}" taken apart. */
struct macro {
	char letter;            /* as written: upper case asks for URL escapes */
	uint32_t keep;          /* right-most parts; 0: all */
	bool reverse;
	struct dc_slice delimiters;
};

/* `s` begins with "%{". Returns its length with the brace, or 0. */
static size_t macro_read(struct dc_slice s, bool explanation, struct macro *ret)
{
	size_t i = 2;
	bool digits = false;

	*ret = (struct macro){0};
	if (i >= s.len || !is_letter(s.ptr[i], explanation))
		return 0;
	ret->letter = s.ptr[i++];
	for (; i < s.len && dc_is_digit(s.ptr[i]); i++) {
		digits = true;
		if (ret->keep < 1000)
			ret->keep = ret->keep * 10 + (uint32_t)(s.ptr[i] - '0');
	}
	if (digits && ret->keep == 0)
		return 0; /* 7.3: a number, if any, is not zero */
	if (i < s.len && dc_lower(s.ptr[i]) == 'r') {
		ret->reverse = true;
		i++;
	}
	ret->delimiters.ptr = s.ptr + i;
	while (i < s.len && is_delimiter(s.ptr[i]))
		i++;
	ret->delimiters.len = (size_t)(s.ptr + i - ret->delimiters.ptr);
	if (i >= s.len || s.ptr[i] != '}')
		return 0;
	return i + 1;
}

bool dc_spf_macro_check(struct dc_slice text, bool explanation, struct dc_slice *ret_bad, bool *ret_macros)
{
	struct dc_slice bad = {NULL, 0};
	bool macros = false;
	size_t i = 0;

	while (i < text.len && !bad.len) {
		unsigned char c = (unsigned char)text.ptr[i];
		struct macro macro;
		size_t len = 1;

		if (c == '%') {
			macros = true;
			char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
			if (next == '%' || next == '_' || next == '-')
				len = 2;
			else if (next == '{')
				len = macro_read(dc_slice_sub(text, i, text.len), explanation, &macro);
			else
				len = 0;
			if (len == 0) {
				size_t end = dc_slice_find(dc_slice_sub(text, i, text.len), '}');
				bad = dc_slice_sub(text, i, next == '{' && end != SIZE_MAX ? end + 1 : 2);
			}
		} else if (c < 0x21 || c > 0x7e) {
			if (!(explanation && c == ' '))
				bad = dc_slice_sub(text, i, 1);
		}
		i += len;
	}
	if (ret_bad)
		*ret_bad = bad;
	if (ret_macros)
		*ret_macros = macros;
	return bad.len == 0;
}

bool dc_spf_macro_uses(struct dc_slice text, char letter)
{
	for (size_t i = 0; i + 2 < text.len; i++) {
		if (text.ptr[i] != '%')
			continue;
		if (text.ptr[i + 1] == '{' && dc_lower(text.ptr[i + 2]) == letter)
			return true;
		i++; /* "%%{p}" is a percent sign and text */
	}
	return false;
}

/* ---- expansion ---- */

struct out {
	struct dc_arena *arena;
	char *ptr;
	size_t len, capacity;
	bool full;
};

static void put(struct out *out, char c)
{
	if (out->len == DC_SPF_EXPANSION_MAX) {
		out->full = true;
		return;
	}
	DC_PUSH(out->arena, out->ptr, out->len, out->capacity) = c;
}

static void put_escaped(struct out *out, char c, bool url)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char octet = (unsigned char)c;

	/* RFC 3986 2.3: unreserved characters stay */
	if (!url || dc_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
		put(out, c);
		return;
	}
	put(out, '%');
	put(out, hex[octet >> 4]);
	put(out, hex[octet & 15]);
}

/* The client address with a dot behind every octet (IPv4) or nibble (IPv6). */
static struct dc_slice ip_dotted(struct dc_ip ip, char text[64])
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	if (ip.family == 4)
		return dc_ip_format(ip, text);
	for (size_t i = 0; i < 16; i++) {
		text[n++] = hex[ip.octets[i] >> 4];
		text[n++] = '.';
		text[n++] = hex[ip.octets[i] & 15];
		text[n++] = '.';
	}
	return (struct dc_slice){text, n - 1};
}

static struct dc_slice value_of(struct dc_arena *arena, char letter, const struct dc_spf_values *v, char text[64])
{
	switch (dc_lower(letter)) {
	case 's':
		return dc_arena_concat(arena, dc_arena_concat(arena, v->local, DC_S("@")), v->sender_domain);
	case 'l':
		return v->local;
	case 'o':
		return v->sender_domain;
	case 'd':
		return v->domain;
	case 'i':
		return ip_dotted(v->ip, text);
	case 'p':
		return v->validated;
	case 'h':
		return v->helo;
	case 'v':
		return v->ip.family == 6 ? DC_S("ip6") : DC_S("in-addr");
	case 'c':
		return dc_ip_format(v->ip, text);
	case 'r':
		return v->receiver.len ? v->receiver : DC_S("unknown");
	default: /* 't' */
		return dc_arena_printf(arena, "%lld", (long long)v->now_s);
	}
}

static bool is_in(struct dc_slice set, char c)
{
	return dc_slice_find(set, c) != SIZE_MAX;
}

/* Splits at the delimiters, reverses, keeps the right-most, joins with dots (7.3). */
static void put_value(struct out *out, const struct macro *macro, struct dc_slice value)
{
	struct dc_slice delimiters = macro->delimiters.len ? macro->delimiters : DC_S(".");
	bool url = macro->letter != dc_lower(macro->letter);
	size_t parts = 1, skip, start;

	if (!macro->keep && !macro->reverse && !macro->delimiters.len) {
		for (size_t i = 0; i < value.len; i++)
			put_escaped(out, value.ptr[i], url);
		return;
	}
	for (size_t i = 0; i < value.len; i++)
		parts += is_in(delimiters, value.ptr[i]);
	skip = macro->keep && macro->keep < parts ? parts - macro->keep : 0;
	if (!macro->reverse) {
		size_t part = 0;
		for (size_t i = 0; i < value.len; i++) {
			bool cut = is_in(delimiters, value.ptr[i]);
			if (part >= skip)
				put_escaped(out, cut ? '.' : value.ptr[i], url);
			part += cut;
		}
		return;
	}
	start = value.len;
	for (size_t part = 0; part < parts; part++) { /* from the right */
		size_t end = start;
		while (start > 0 && !is_in(delimiters, value.ptr[start - 1]))
			start--;
		if (part >= skip) {
			if (part > skip)
				put(out, '.');
			for (size_t i = start; i < end; i++)
				put_escaped(out, value.ptr[i], url);
		}
		if (start > 0)
			start--; /* the delimiter */
	}
}

static bool is_ascii(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] > 0x7f)
			return false;
	return true;
}

enum dc_spf_expanded dc_spf_macro_expand(struct dc_arena *arena, struct dc_slice text,
					 const struct dc_spf_values *values, struct dc_slice *ret_text)
{
	struct out out = {.arena = arena};
	bool ascii = is_ascii(values->local);

	for (size_t i = 0; i < text.len && !out.full;) {
		char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : '\0';
		struct macro macro;
		char buffer[64];
		size_t len;

		if (c != '%') {
			put(&out, c);
			i++;
		} else if (next != '{') {
			if (next == '-') {
				put(&out, '%');
				put(&out, '2');
				put(&out, '0');
			} else {
				put(&out, next == '_' ? ' ' : '%');
			}
			i += 2;
		} else {
			len = macro_read(dc_slice_sub(text, i, text.len), true, &macro);
			if (len == 0)
				return DC_SPF_TOO_LONG; /* not checked before: cannot be */
			if (!ascii && (dc_lower(macro.letter) == 's' || dc_lower(macro.letter) == 'l'))
				return DC_SPF_NEVER_MATCHES;
			put_value(&out, &macro, value_of(arena, macro.letter, values, buffer));
			i += len;
		}
	}
	if (out.full)
		return DC_SPF_TOO_LONG;
	*ret_text = (struct dc_slice){out.ptr, out.len};
	return DC_SPF_EXPANDED;
}

/* ---- names ---- */

struct dc_slice dc_spf_name_fit(struct dc_slice name)
{
	if (name.len > 1 && name.ptr[name.len - 1] == '.')
		name.len--;
	while (name.len > DC_SPF_NAME_MAX) {
		size_t dot = dc_slice_find(name, '.');
		if (dot == SIZE_MAX)
			break; /* one endless label: not a name, the caller finds out */
		name = dc_slice_sub(name, dot + 1, name.len);
	}
	return name;
}

bool dc_spf_name_canonical(struct dc_arena *arena, struct dc_slice raw, struct dc_slice *ret_name)
{
	static const char digits[] = "0123456789";
	size_t escapes = 0, n = 0;
	char *text;

	if (raw.len == 0 || raw.len > DC_NAME_TEXT_MAX)
		return false;
	for (size_t i = 0; i < raw.len; i++)
		escapes += raw.ptr[i] == '\\' || (unsigned char)raw.ptr[i] <= ' ' || (unsigned char)raw.ptr[i] > '~';
	if (escapes == 0)
		return dc_name_normalize(arena, raw, ret_name);
	text = dc_arena_alloc(arena, raw.len + 3 * escapes);
	for (size_t i = 0; i < raw.len; i++) {
		unsigned char c = (unsigned char)raw.ptr[i];
		if (c != '\\' && c > ' ' && c <= '~') {
			text[n++] = (char)c;
			continue;
		}
		text[n++] = '\\';
		text[n++] = digits[c / 100];
		text[n++] = digits[c / 10 % 10];
		text[n++] = digits[c % 10];
	}
	return dc_name_normalize(arena, (struct dc_slice){text, n}, ret_name);
}
