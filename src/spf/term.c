/* One term of a record: the grammar of RFC 7208 section 12, with the part at fault named. */
#include "spf/macro.h"
#include "spf/parse.h"

static const char *const kind_names[] = {
	[DC_SPF_ALL] = "all",       [DC_SPF_INCLUDE] = "include",   [DC_SPF_A] = "a",
	[DC_SPF_MX] = "mx",         [DC_SPF_PTR] = "ptr",           [DC_SPF_IP4] = "ip4",
	[DC_SPF_IP6] = "ip6",       [DC_SPF_EXISTS] = "exists",     [DC_SPF_REDIRECT] = "redirect",
	[DC_SPF_EXP] = "exp",       [DC_SPF_MODIFIER] = "modifier", [DC_SPF_BAD] = "bad",
};

const char *dc_spf_kind_name(enum dc_spf_kind kind)
{
	return kind_names[kind];
}

enum dc_spf_kind dc_spf_kind_of(struct dc_slice name)
{
	for (enum dc_spf_kind kind = DC_SPF_ALL; kind <= DC_SPF_EXP; kind++)
		if (dc_slice_eq_nocase(name, dc_slice_of(kind_names[kind])))
			return kind;
	return DC_SPF_BAD;
}

static bool flaw(struct dc_spf_flaw *ret, enum dc_spf_fault_kind kind, struct dc_slice part)
{
	*ret = (struct dc_spf_flaw){kind, part};
	return false;
}

/* ---- <domain-spec> ---- */

/* toplabel: letters, digits, hyphens inside, not digits only */
static bool is_top_label(struct dc_slice label)
{
	bool other = false;

	if (!label.len || !dc_is_alnum(label.ptr[0]) || !dc_is_alnum(label.ptr[label.len - 1]))
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (!dc_is_alnum(label.ptr[i]) && label.ptr[i] != '-')
			return false;
		other |= !dc_is_digit(label.ptr[i]);
	}
	return other;
}

/* True when the last thing in `s` (a legal macro string) is a macro. */
static bool ends_in_macro(struct dc_slice s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t len = 1;
		if (s.ptr[i] == '%') {
			len = 2;
			if (i + 1 < s.len && s.ptr[i + 1] == '{')
				len = dc_slice_find(dc_slice_sub(s, i, s.len), '}') + 1;
			if (i + len >= s.len)
				return true;
		}
		i += len;
	}
	return false;
}

/* domain-spec = macro-string domain-end */
static bool check_domain(struct dc_slice s, bool lax, bool *ret_macros, struct dc_spf_flaw *ret)
{
	struct dc_slice bad, name = s;
	size_t dot;

	if (!s.len)
		return flaw(ret, DC_SPF_FAULT_NO_ARGUMENT, s);
	if (!dc_spf_macro_check(s, false, &bad, ret_macros))
		return flaw(ret, DC_SPF_FAULT_MACRO, bad);
	if (lax || ends_in_macro(s))
		return true;
	if (name.ptr[name.len - 1] == '.')
		name.len--;
	for (dot = name.len; dot > 0 && name.ptr[dot - 1] != '.'; dot--)
		;
	if (dot == 0 || !is_top_label(dc_slice_sub(name, dot, name.len)))
		return flaw(ret, DC_SPF_FAULT_DOMAIN, s);
	return true;
}

/* ---- prefix lengths ---- */

/* "0" or up to `digits` digits without a leading zero, at most `max` */
static bool read_bits(struct dc_slice s, uint8_t max, uint8_t *ret_bits)
{
	uint64_t value;

	if (!dc_slice_uint(s, false, max, &value))
		return false;
	*ret_bits = (uint8_t)value;
	return true;
}

/* Cuts "[/n][//n]" off the end of an a or mx. What looks like a length and is none is a flaw; a "/" that belongs to
 * the name stays (the top label rule finds it). */
static bool cut_cidr(struct dc_slice *s, struct dc_spf_term *term, struct dc_spf_flaw *ret)
{
	size_t n = s->len;

	while (n > 0 && dc_is_digit(s->ptr[n - 1]))
		n--;
	if (n == 0 || s->ptr[n - 1] != '/')
		return true;
	struct dc_slice digits = dc_slice_sub(*s, n, s->len), whole = dc_slice_sub(*s, n - 1, s->len);
	if (n >= 2 && s->ptr[n - 2] == '/') {
		whole = dc_slice_sub(*s, n - 2, s->len);
		if (!read_bits(digits, 128, &term->bits6))
			return flaw(ret, DC_SPF_FAULT_PREFIX_LENGTH, whole);
		s->len = n - 2;
		for (n = s->len; n > 0 && dc_is_digit(s->ptr[n - 1]); n--)
			;
		if (n == 0 || n == s->len || s->ptr[n - 1] != '/')
			return true;
		digits = dc_slice_sub(*s, n, s->len);
		whole = dc_slice_sub(*s, n - 1, s->len);
	}
	if (!read_bits(digits, 32, &term->bits4))
		return flaw(ret, DC_SPF_FAULT_PREFIX_LENGTH, whole);
	s->len = n - 1;
	return true;
}

static bool read_address(struct dc_slice s, uint8_t family, struct dc_spf_term *term, struct dc_spf_flaw *ret)
{
	uint8_t most = family == 4 ? 32 : 128;
	size_t slash = dc_slice_find(s, '/');
	struct dc_slice address = dc_slice_sub(s, 0, slash);

	if (!s.len)
		return flaw(ret, DC_SPF_FAULT_NO_ARGUMENT, s);
	if (!dc_ip_parse(address, &term->prefix.ip) || term->prefix.ip.family != family) {
		term->prefix.ip.family = 0;
		return flaw(ret, DC_SPF_FAULT_ADDRESS, address);
	}
	term->prefix.bits = most;
	if (slash != SIZE_MAX && !read_bits(dc_slice_sub(s, slash + 1, s.len), most, &term->prefix.bits)) {
		term->prefix.ip.family = 0;
		return flaw(ret, DC_SPF_FAULT_PREFIX_LENGTH, dc_slice_sub(s, slash, s.len));
	}
	return true;
}

/* ---- terms ---- */

static bool is_name_char(char c)
{
	return dc_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static bool read_modifier(struct dc_spf_term *term, bool lax, struct dc_spf_flaw *ret)
{
	struct dc_slice bad;

	term->kind = dc_spf_kind_of(term->name);
	if (term->kind == DC_SPF_REDIRECT || term->kind == DC_SPF_EXP) {
		term->domain = term->value;
		if (check_domain(term->value, lax, &term->macros, ret))
			return true;
		if (ret->kind == DC_SPF_FAULT_NO_ARGUMENT)
			ret->part = term->text;
		return false;
	}
	term->kind = DC_SPF_MODIFIER;
	if (!dc_spf_macro_check(term->value, false, &bad, &term->macros))
		return flaw(ret, DC_SPF_FAULT_MACRO, bad);
	return true;
}

static bool read_mechanism(struct dc_spf_term *term, char separator, bool lax, struct dc_spf_flaw *ret)
{
	struct dc_slice rest = term->value;

	switch (term->kind) {
	case DC_SPF_ALL:
		if (separator)
			return flaw(ret, DC_SPF_FAULT_ARGUMENT, (struct dc_slice){rest.ptr - 1, rest.len + 1});
		return true;
	case DC_SPF_IP4:
	case DC_SPF_IP6:
		if (separator != ':')
			return flaw(ret, DC_SPF_FAULT_NO_ARGUMENT, term->text);
		if (read_address(rest, term->kind == DC_SPF_IP4 ? 4 : 6, term, ret))
			return true;
		break;
	case DC_SPF_A:
	case DC_SPF_MX:
		term->bits4 = 32;
		term->bits6 = 128;
		if (separator == '/') /* the slash belongs to the length */
			rest = (struct dc_slice){rest.ptr - 1, rest.len + 1};
		if (!separator)
			return true;
		if (!cut_cidr(&rest, term, ret))
			break;
		if (separator == '/') {
			if (rest.len)
				return flaw(ret, DC_SPF_FAULT_PREFIX_LENGTH, rest);
			return true;
		}
		term->domain = rest;
		if (check_domain(rest, lax, &term->macros, ret))
			return true;
		break;
	case DC_SPF_PTR:
		if (!separator)
			return true;
		if (separator == '/')
			return flaw(ret, DC_SPF_FAULT_ARGUMENT, (struct dc_slice){rest.ptr - 1, rest.len + 1});
		term->domain = rest;
		if (check_domain(rest, lax, &term->macros, ret))
			return true;
		break;
	default: /* include, exists */
		if (separator != ':')
			return flaw(ret, DC_SPF_FAULT_NO_ARGUMENT, term->text);
		term->domain = rest;
		if (check_domain(rest, lax, &term->macros, ret))
			return true;
		break;
	}
	if (ret->kind == DC_SPF_FAULT_NO_ARGUMENT || ret->part.len == 0)
		ret->part = term->text;
	return false;
}

static bool has_bad_octet(struct dc_slice text, struct dc_slice *ret_part)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		size_t end = i;
		if (c >= 0x21 && c <= 0x7e)
			continue;
		while (end < text.len && ((unsigned char)text.ptr[end] < 0x21 || (unsigned char)text.ptr[end] > 0x7e))
			end++;
		*ret_part = dc_slice_sub(text, i, end - i);
		return true;
	}
	return false;
}

bool dc_spf_term_read(struct dc_slice text, bool lax, struct dc_spf_term *ret_term, struct dc_spf_flaw *ret_flaw)
{
	struct dc_spf_term *term = ret_term;
	struct dc_slice rest = text, bad;
	size_t n = 0;
	char separator;
	bool good;

	*term = (struct dc_spf_term){.kind = DC_SPF_BAD, .text = text, .faulty = true};
	while (n < text.len && is_name_char(text.ptr[n]))
		n++;
	if (n < text.len && text.ptr[n] == '=') {
		term->name = dc_slice_sub(text, 0, n);
		term->value = dc_slice_sub(text, n + 1, text.len);
		if (n == 0 || !dc_is_alpha(text.ptr[0]))
			return flaw(ret_flaw, DC_SPF_FAULT_MODIFIER, text);
		good = read_modifier(term, lax, ret_flaw);
	} else {
		term->qualifier = '+';
		if (text.len && memchr("+-~?", text.ptr[0], 4)) {
			term->qualifier = text.ptr[0];
			rest = dc_slice_sub(text, 1, text.len);
		}
		for (n = 0; n < rest.len && rest.ptr[n] != ':' && rest.ptr[n] != '/'; n++)
			;
		separator = n < rest.len ? rest.ptr[n] : '\0';
		term->name = dc_slice_sub(rest, 0, n);
		term->value = dc_slice_sub(rest, separator ? n + 1 : n, rest.len);
		term->kind = dc_spf_kind_of(term->name);
		if (term->kind > DC_SPF_EXISTS)
			term->kind = DC_SPF_BAD;
		good = term->kind != DC_SPF_BAD ? read_mechanism(term, separator, lax, ret_flaw)
						: flaw(ret_flaw, DC_SPF_FAULT_UNKNOWN_MECHANISM, text);
	}
	if (has_bad_octet(text, &bad))
		good = flaw(ret_flaw, DC_SPF_FAULT_OCTET, bad);
	term->faulty = !good;
	return good;
}

bool dc_spf_terms_valid(struct dc_slice text)
{
	bool any = false;

	while (text.len) {
		struct dc_slice word = dc_slice_cut(&text, ' ');
		struct dc_spf_term term;
		struct dc_spf_flaw ignored;

		if (!word.len)
			continue;
		if (!dc_spf_term_read(word, false, &term, &ignored) || term.kind == DC_SPF_MODIFIER)
			return false;
		any = true;
	}
	return any;
}
