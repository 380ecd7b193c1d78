/* Domain names: canonical text, wire form (RFC 1035 3.1, 5.1), what people type (IDNA2008 through libidn2).
 * Plain names, nearly all there are, take a short way; anything with an escape or an odd octet goes through ldns. */
#include "dns/name.h"

#include <idn2.h>
#include <ldns/ldns.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/ip.h"

/* Index of the dot that ends the label at `start`, or name.len. Skips escapes. */
static size_t label_end(struct dc_slice name, size_t start)
{
	size_t i = start;
	while (i < name.len && name.ptr[i] != '.') {
		if (name.ptr[i] == '\\')
			i += i + 1 < name.len && dc_is_digit(name.ptr[i + 1]) ? 4 : 2;
		else
			i++;
	}
	return i < name.len ? i : name.len;
}

enum { PLAIN = 1, UPPER = 2, DOT = 4, LITTLE_ENDIAN_WORDS = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ };

/* Asked of every octet of every name. */
static const uint8_t classes[256] = {
	['a' ... 'z'] = PLAIN, ['A' ... 'Z'] = PLAIN | UPPER, ['0' ... '9'] = PLAIN,
	['-'] = PLAIN,	       ['_'] = PLAIN,		      ['.'] = DOT,
};

static bool is_plain(char c)
{
	return classes[(uint8_t)c] & PLAIN;
}

/* The same of eight octets at once, for text in which no label can be too long; the highest bit of an octet says yes. Right for
 * octets below 0x80, and only then. */
#define EACH(octet) (UINT64_C(0x0101010101010101) * (octet))
#define FROM(word, first) ((word) + EACH(0x80 - (first)))
#define BETWEEN(word, first, last) (FROM(word, first) & ~FROM(word, (last) + 1))

/* One after the other, because a dot may not follow a dot: `state` begins as 1 (as if a dot came before) and has its lowest bit
 * set when the last octet was one; UPPER << 8 is added for capitals. False: not plain. */
static inline __attribute__((always_inline)) bool plain_word(uint64_t word, uint64_t *state)
{
	uint64_t tops = EACH(0x80), folded = word | EACH(0x20), letters = BETWEEN(folded, 'a', 'z');
	uint64_t dots = BETWEEN(word, '.', '.') & tops;
	uint64_t fine = letters | BETWEEN(word, '0', '9') | BETWEEN(word, '-', '.') | BETWEEN(word, '_', '_');
	bool is_plain = !(word & tops) && (fine & tops) == tops && !(dots & (dots << 8 | (*state & 1) << 7));
	*state = (*state & ~(uint64_t)1) | dots >> 63 | ((letters & ~(word << 2) & tops) ? UPPER << 8 : 0);
	return is_plain;
}

static bool plain_short(struct dc_slice name, bool *ret_upper)
{
	uint64_t word = 0, state = 1;
	const char *at = name.ptr;
	size_t left = name.len;
	for (; left >= sizeof word; at += sizeof word, left -= sizeof word) {
		memcpy(&word, at, sizeof word);
		if (!plain_word(word, &state))
			return false;
	}
	if (left) {
		/* the last octets, filled up with a letter; of a longer name `word` is overwritten, of a short one it is 0 */
		if (name.len >= sizeof word)
			memcpy(&word, at + left - sizeof word, sizeof word), word >>= 8 * (sizeof word - left);
		else
			memcpy(&word, at, left);
		if (!plain_word(word | EACH('a') << 8 * left, &state))
			return false;
	}
	*ret_upper = state & UPPER << 8;
	return name.ptr[name.len - 1] != '.';
}

/* Only letters, digits, "-", "_" in labels of legal length: the wire form needs no thought. *ret_upper is set when a letter
 * is a capital. */
static bool plain_or_upper(struct dc_slice name, bool *ret_upper)
{
	const char *at = name.ptr, *end = at + name.len, *start = at;
	unsigned seen = 0;
	if (name.len == 0 || name.len > DC_NAME_WIRE_MAX - 2)
		return false;
	if (LITTLE_ENDIAN_WORDS && name.len <= DC_LABEL_MAX)
		return plain_short(name, ret_upper);
	for (; at < end; at++) {
		unsigned class = classes[(uint8_t)*at];
		seen |= class;
		if (class & PLAIN)
			continue;
		if (class != DOT || at == start || at - start > DC_LABEL_MAX)
			return false;
		start = at + 1;
	}
	*ret_upper = seen & UPPER;
	return at != start && at - start <= DC_LABEL_MAX;
}

static bool plain_name(struct dc_slice name)
{
	bool upper;
	return plain_or_upper(name, &upper);
}

static bool is_root(struct dc_slice name)
{
	return name.len == 1 && name.ptr[0] == '.';
}

/* Turns the dots of the plain name at wire + 1 into the lengths of the labels behind them, and writes that of the first. */
static void put_lengths(uint8_t *wire, size_t len)
{
	size_t last = 0, i = 0;
	for (uint64_t word; LITTLE_ENDIAN_WORDS && i + sizeof word <= len; i += sizeof word) {
		memcpy(&word, wire + 1 + i, sizeof word);
		for (uint64_t dots = BETWEEN(word, '.', '.') & EACH(0x80); dots; dots &= dots - 1) {
			size_t at = 1 + i + (size_t)__builtin_ctzll(dots) / 8;
			wire[last] = (uint8_t)(at - last - 1);
			last = at;
		}
	}
	for (; i < len; i++)
		if (wire[1 + i] == '.') {
			wire[last] = (uint8_t)(i - last);
			last = 1 + i;
		}
	wire[last] = (uint8_t)(len - last);
}

size_t dc_name_to_wire(struct dc_slice name, uint8_t wire[DC_NAME_WIRE_MAX])
{
	if (is_root(name)) {
		wire[0] = 0;
		return 1;
	}
	if (plain_name(name)) {
		memcpy(wire + 1, name.ptr, name.len);
		wire[name.len + 1] = 0;
		put_lengths(wire, name.len);
		return name.len + 2;
	}
	/* ldns reads a C string: octets that it cannot hold or would misread are escaped first. */
	char text[4 * DC_NAME_TEXT_MAX + 1];
	size_t n = 0;
	if (name.len == 0 || name.len > DC_NAME_TEXT_MAX)
		return 0;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = (uint8_t)name.ptr[i];
		if (c > 0x20 && c < 0x7f)
			text[n++] = (char)c;
		else
			n += (size_t)snprintf(text + n, sizeof text - n, "\\%03u", c);
	}
	text[n] = 0;
	ldns_rdf *rdf = NULL;
	size_t len = 0;
	if (ldns_str2rdf_dname(&rdf, text) == LDNS_STATUS_OK && ldns_rdf_size(rdf) <= DC_NAME_WIRE_MAX) {
		len = ldns_rdf_size(rdf);
		memcpy(wire, ldns_rdf_data(rdf), len);
	}
	ldns_rdf_deep_free(rdf);
	return len;
}

bool dc_name_fits_wire(struct dc_slice name)
{
	uint8_t wire[DC_NAME_WIRE_MAX];
	return is_root(name) || plain_name(name) || dc_name_to_wire(name, wire) != 0;
}

/* Octets of one label and of the text that should be the same but for case. */
static bool same_label(const char *text, const uint8_t *label, size_t len)
{
	if (memcmp(text, label, len) == 0)
		return true;
	for (size_t i = 0; i < len; i++)
		if (dc_lower(text[i]) != dc_lower((char)label[i]))
			return false;
	return true;
}

size_t dc_name_at_wire(struct dc_slice name, const uint8_t *wire, size_t len)
{
	uint8_t own[DC_NAME_WIRE_MAX];
	size_t at = 0, text = 0;
	if (is_root(name))
		return len > 0 && wire[0] == 0;
	if (name.len && memchr(name.ptr, '\\', name.len)) {
		size_t n = dc_name_to_wire(name, own);
		return n && n <= len && same_label((const char *)own, wire, n) ? n : 0;
	}
	if (len < name.len + 2)
		return 0;
	/* a label on the wire takes as many octets as it does here with its dot */
	for (;; text++) {
		size_t label = wire[at++];
		if (label == 0 || label > name.len - text || !same_label(name.ptr + text, wire + at, label))
			return 0;
		at += label;
		text += label;
		if (text == name.len)
			return wire[at] == 0 ? at + 1 : 0;
		if (name.ptr[text] != '.')
			return 0;
	}
}

bool dc_name_from_wire(struct dc_arena *arena, const uint8_t *wire, size_t len, struct dc_slice *ret_name,
		       size_t *ret_used)
{
	char text[DC_NAME_TEXT_MAX + 8];
	size_t at = 0, n = 0;
	for (;;) {
		if (at >= len || at >= DC_NAME_WIRE_MAX)
			return false;
		size_t label = wire[at++];
		if (label == 0)
			break;
		if (label > DC_LABEL_MAX || label > len - at || at + label >= DC_NAME_WIRE_MAX)
			return false;
		if (n)
			text[n++] = '.';
		for (size_t i = 0; i < label; i++) {
			char c = dc_lower((char)wire[at + i]);
			if (is_plain(c) || (c > 0x20 && c < 0x7f && !strchr(".\\\"();@$", c)))
				text[n++] = c;
			else if (c > 0x20 && c < 0x7f)
				n += (size_t)snprintf(text + n, sizeof text - n, "\\%c", c);
			else
				n += (size_t)snprintf(text + n, sizeof text - n, "\\%03u", (uint8_t)c);
		}
		at += label;
	}
	if (n == 0)
		text[n++] = '.';
	*ret_name = dc_arena_dup(arena, (struct dc_slice){text, n});
	if (ret_used)
		*ret_used = at;
	return true;
}

bool dc_name_normalize(struct dc_arena *arena, struct dc_slice text, struct dc_slice *ret_name)
{
	if (is_root(text)) {
		*ret_name = DC_S(".");
		return true;
	}
	struct dc_slice bare = text;
	if (bare.len > 1 && bare.ptr[bare.len - 1] == '.' && bare.ptr[bare.len - 2] != '\\')
		bare.len--;
	bool upper = false;
	if (plain_or_upper(bare, &upper)) {
		*ret_name = upper ? dc_arena_lower(arena, bare) : bare;
		return true;
	}
	uint8_t wire[DC_NAME_WIRE_MAX];
	size_t len = dc_name_to_wire(bare, wire);
	return len != 0 && dc_name_from_wire(arena, wire, len, ret_name, NULL);
}

bool dc_name_is_host(struct dc_slice name, bool underscore)
{
	size_t start = 0;
	if (!plain_name(name))
		return false;
	while (start < name.len) {
		size_t end = label_end(name, start);
		if (name.ptr[start] == '-' || name.ptr[end - 1] == '-')
			return false;
		for (size_t i = start; i < end; i++)
			if (name.ptr[i] == '_' && !underscore)
				return false;
		start = end + 1;
	}
	return true;
}

size_t dc_name_labels(struct dc_slice name)
{
	size_t n = 0;
	if (is_root(name))
		return 0;
	for (size_t start = 0; start < name.len; start = label_end(name, start) + 1)
		n++;
	return n;
}

struct dc_slice dc_name_parent(struct dc_slice name)
{
	size_t end = label_end(name, 0);
	if (end >= name.len || is_root(name))
		return DC_S(".");
	return dc_slice_sub(name, end + 1, SIZE_MAX);
}

struct dc_slice dc_name_keep_right(struct dc_slice name, size_t labels)
{
	size_t have = dc_name_labels(name);
	if (labels == 0)
		return DC_S(".");
	for (; have > labels; have--)
		name = dc_name_parent(name);
	return name;
}

struct dc_slice dc_name_first_label(struct dc_slice name)
{
	return is_root(name) ? (struct dc_slice){0} : dc_slice_sub(name, 0, label_end(name, 0));
}

bool dc_name_eq(struct dc_slice a, struct dc_slice b)
{
	return dc_slice_eq(a, b);
}

bool dc_name_is_below(struct dc_slice name, struct dc_slice ancestor)
{
	if (is_root(ancestor) || dc_name_eq(name, ancestor))
		return true;
	/* mostly the last octets say no */
	if (name.len <= ancestor.len || !dc_slice_eq(dc_slice_sub(name, name.len - ancestor.len, ancestor.len), ancestor))
		return false;
	size_t have = dc_name_labels(name), want = dc_name_labels(ancestor);
	return have > want && dc_name_eq(dc_name_keep_right(name, want), ancestor);
}

bool dc_name_join(struct dc_arena *arena, struct dc_slice prefix, struct dc_slice name, struct dc_slice *ret_name)
{
	if (is_root(name))
		return dc_name_normalize(arena, prefix, ret_name);
	/* `name` has its form already; escapes only make a text longer than the wire */
	bool upper, is_canonical = name.len && prefix.len + 1 + name.len <= DC_NAME_WIRE_MAX - 2 &&
				   plain_or_upper(prefix, &upper) && !upper;
	char *whole = dc_arena_alloc(arena, prefix.len + 1 + name.len);
	if (prefix.len)
		memcpy(whole, prefix.ptr, prefix.len);
	whole[prefix.len] = '.';
	if (name.len)
		memcpy(whole + prefix.len + 1, name.ptr, name.len);
	*ret_name = (struct dc_slice){whole, prefix.len + 1 + name.len};
	return is_canonical || dc_name_normalize(arena, *ret_name, ret_name);
}

struct dc_slice dc_name_to_unicode(struct dc_arena *arena, struct dc_slice name)
{
	char text[DC_NAME_TEXT_MAX + 1];
	char *out = NULL;
	if (name.len > DC_NAME_TEXT_MAX || !plain_name(name))
		return name;
	memcpy(text, name.ptr, name.len);
	text[name.len] = 0;
	dc_arena_reserve(arena, (size_t)4 * DC_NAME_WIRE_MAX);
	if (!strstr(text, "xn--") || idn2_to_unicode_8z8z(text, &out, 0) != IDN2_OK || strlen(out) > (size_t)3 * DC_NAME_WIRE_MAX) {
		idn2_free(out);
		return name;
	}
	struct dc_slice unicode = dc_arena_dup(arena, dc_slice_of(out));
	idn2_free(out);
	return unicode;
}

/* ---- what people type ---- */

static bool has(struct dc_slice s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr(set, s.ptr[i]) && s.ptr[i])
			return true;
	return false;
}

/* Two names with a blank between them, rather than one with a blank in it. */
static bool are_two(struct dc_slice s)
{
	size_t blank = 0;
	while (blank < s.len && s.ptr[blank] != ' ' && s.ptr[blank] != '\t')
		blank++;
	return blank < s.len && dc_slice_find(dc_slice_sub(s, 0, blank), '.') != SIZE_MAX &&
	       dc_slice_find(dc_slice_sub(s, blank, s.len - blank), '.') != SIZE_MAX;
}

/* Slips that deserve their own words, before any conversion. */
static enum dc_status check_slips(struct dc_slice s, const char *shown, struct dc_error *err)
{
	struct dc_prefix prefix;
	if (s.len == 0)
		return dc_error_set(err, DC_ERR_INPUT, "an empty name: give a domain such as example.com");
	if (has(s, ":/"))
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" looks like a URL: give only the domain, such as example.com",
				    shown);
	if (dc_slice_find(s, '@') != SIZE_MAX)
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is an address: give only the part after the @", shown);
	if (dc_prefix_parse(s, &prefix))
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is an IP address: give the sending domain, and the address with --ip",
				    shown);
	if ((has(s, ",;") || are_two(s)) && !has(s, "\"'\\*()<>"))
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" looks like more than a name: give each name for itself, one a line",
				    shown);
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.ptr[i] <= 0x20 || s.ptr[i] == 0x7f || strchr("\"'\\,;*()<>", s.ptr[i]))
			return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is no domain name: it holds a character that no name may hold",
					    shown);
	if (s.ptr[0] == '.' || memmem(s.ptr, s.len, "..", 2))
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is no domain name: it has an empty label", shown);
	return DC_OK;
}

enum dc_status dc_name_from_input(struct dc_arena *arena, struct dc_slice typed, struct dc_slice *ret_name,
				  struct dc_error *err)
{
	char shown[160], text[DC_NAME_TEXT_MAX + 1];
	struct dc_slice s = typed, name = {NULL, 0};
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = dc_slice_sub(s, 1, SIZE_MAX);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	dc_escape_line(shown, sizeof shown, s);
	if (s.len > 1 && s.ptr[s.len - 1] == '.')
		s.len--;
	enum dc_status status = check_slips(s, shown, err);
	if (status != DC_OK)
		return status;
	if (s.len > DC_NAME_TEXT_MAX)
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is too long for a domain name", shown);
	if (plain_name(s) && !memmem(s.ptr, s.len, "--", 2)) {
		(void)dc_name_normalize(arena, s, &name);
	} else {
		char *ascii = NULL;
		memcpy(text, s.ptr, s.len);
		text[s.len] = 0;
		dc_arena_reserve(arena, DC_NAME_TEXT_MAX + 1);
		int fault = idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
		if (fault != IDN2_OK)
			return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is no domain name: %s", shown, idn2_strerror(fault));
		bool fits = strlen(ascii) <= DC_NAME_TEXT_MAX;
		name = fits ? dc_arena_lower(arena, dc_slice_of(ascii)) : (struct dc_slice){0};
		idn2_free(ascii);
	}
	if (!plain_name(name))
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is no domain name: a label may have 63 octets, the name 253",
				    shown);
	if (dc_name_labels(name) < 2)
		return dc_error_set(err, DC_ERR_INPUT, "\"%s\" is a single label: give a whole domain such as example.com",
				    shown);
	*ret_name = name;
	return DC_OK;
}
