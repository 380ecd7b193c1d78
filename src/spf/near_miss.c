/* What was probably meant: typing slips in terms and in whole records, each with a repair. A repair is only offered
 * when it is legal SPF. Sources: RFC 7208 section 12 for what is legal; the slips are those that people publish. */
#include "spf/parse.h"

#include "dns/name.h"

enum { REPAIR_MAX = 1024 }; /* octets: a longer term is not retyped by hand either */

/* Text in the making. */
struct text {
	char bytes[REPAIR_MAX];
	size_t len;
	bool full;
};

static void add(struct text *t, struct dc_slice s)
{
	if (s.len > sizeof(t->bytes) - t->len) {
		t->full = true;
		return;
	}
	if (s.len)
		memcpy(t->bytes + t->len, s.ptr, s.len);
	t->len += s.len;
}

static void add_c(struct text *t, char c)
{
	add(t, (struct dc_slice){&c, 1});
}

static struct dc_slice of(const struct text *t)
{
	return (struct dc_slice){t->bytes, t->len};
}

/* ---- characters ---- */

/* Typographic characters, and what they stand for in a record; NULL text: nothing. */
static const struct {
	const char *bytes;
	const char *plain;
} typography[] = {
	{"\xe2\x80\x9c", ""},  {"\xe2\x80\x9d", ""},  {"\xe2\x80\x9e", ""},  {"\xe2\x80\x98", ""},  /* quotes */
	{"\xe2\x80\x99", ""},  {"\xc2\xab", ""},      {"\xc2\xbb", ""},
	{"\xe2\x80\x8b", ""},  {"\xe2\x80\x8c", ""},  {"\xe2\x80\x8d", ""},  {"\xef\xbb\xbf", ""},  /* no width */
	{"\xc2\xa0", " "},     {"\xe2\x80\xaf", " "}, {"\xe3\x80\x80", " "},                        /* odd spaces */
	{"\xe2\x80\x90", "-"}, {"\xe2\x80\x91", "-"}, {"\xe2\x80\x92", "-"}, {"\xe2\x80\x93", "-"}, /* dashes */
	{"\xe2\x80\x94", "-"}, {"\xe2\x88\x92", "-"}, {"\xcb\x9c", "~"},     {"\xef\xbd\x9e", "~"},
	{"\xef\xbc\x9a", ":"}, {"\x93", ""},          {"\x94", ""},          {"\x96", "-"},         /* Windows-1252 */
	{"\t", " "},           {"\r", " "},           {"\n", " "},
};

/* May one of them begin with it? Only octets that are no ASCII, and blanks, do. */
static bool may_be_typography(char c)
{
	return (uint8_t)c >= 0x80 || (uint8_t)c < ' ';
}

/* Plain characters that never stand in a term, at its ends. */
static bool is_litter(char c)
{
	return c == '"' || c == '\'' || c == ',' || c == ';' || c == '\\' || c == '`' || c == '<' || c == '>' ||
	       c == '(' || c == ')' || c == '[' || c == ']';
}

static void clean(struct text *out, struct dc_slice s)
{
	for (size_t i = 0; i < s.len;) {
		struct dc_slice rest = dc_slice_sub(s, i, s.len);
		size_t k = may_be_typography(s.ptr[i]) ? 0 : sizeof(typography) / sizeof(*typography);
		for (; k < sizeof(typography) / sizeof(*typography); k++)
			if (dc_slice_starts(rest, dc_slice_of(typography[k].bytes)))
				break;
		if (k < sizeof(typography) / sizeof(*typography)) {
			add(out, dc_slice_of(typography[k].plain));
			i += strlen(typography[k].bytes);
			continue;
		}
		/* lists written with commas or semicolons; brackets, quotes and backslashes go */
		if (s.ptr[i] == ',' || s.ptr[i] == ';')
			add_c(out, ' ');
		else if (!is_litter(s.ptr[i]))
			add_c(out, s.ptr[i]);
		i++;
	}
}

/* ---- names of mechanisms ---- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits (insert, delete, change, swap neighbours) between two short words, letters folded. */
static size_t distance(struct dc_slice a, struct dc_slice b)
{
	enum { MOST = 12 };
	size_t d[MOST + 1][MOST + 1];

	if (a.len > MOST || b.len > MOST)
		return MOST;
	for (size_t i = 0; i <= a.len; i++) {
		for (size_t j = 0; j <= b.len; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			size_t change = dc_lower(a.ptr[i - 1]) != dc_lower(b.ptr[j - 1]);
			d[i][j] = least(d[i - 1][j - 1] + change, least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && dc_lower(a.ptr[i - 1]) == dc_lower(b.ptr[j - 2]) &&
			    dc_lower(a.ptr[i - 2]) == dc_lower(b.ptr[j - 1]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a.len][b.len];
}

static enum dc_spf_kind near_kind(struct dc_slice name)
{
	static const struct {
		const char *name;
		enum dc_spf_kind kind;
	} aliases[] = {
		{"ip", DC_SPF_IP4},       {"ipv4", DC_SPF_IP4},      {"ipv6", DC_SPF_IP6},       {"i4", DC_SPF_IP4},
		{"ip-4", DC_SPF_IP4},     {"ip-6", DC_SPF_IP6},      {"addr", DC_SPF_IP4},       {"inc", DC_SPF_INCLUDE},
		{"including", DC_SPF_INCLUDE}, {"spf", DC_SPF_INCLUDE}, {"aaaa", DC_SPF_A},      {"host", DC_SPF_A},
		{"exist", DC_SPF_EXISTS}, {"redir", DC_SPF_REDIRECT}, {"explanation", DC_SPF_EXP}, {"any", DC_SPF_ALL},
	};
	enum dc_spf_kind kind = dc_spf_kind_of(name);
	static const enum dc_spf_kind long_ones[] = {DC_SPF_INCLUDE, DC_SPF_EXISTS, DC_SPF_REDIRECT};

	if (kind != DC_SPF_BAD)
		return kind;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (dc_slice_eq_nocase(name, dc_slice_of(aliases[i].name)))
			return aliases[i].kind;
	for (size_t i = 0; i < sizeof(long_ones) / sizeof(*long_ones); i++)
		if (name.len >= 4 && distance(name, dc_slice_of(dc_spf_kind_name(long_ones[i]))) <= 2)
			return long_ones[i];
	if (name.len >= 2 && distance(name, DC_S("all")) <= 1)
		return DC_SPF_ALL;
	if (name.len >= 2 && distance(name, DC_S("ip4")) <= 1)
		return DC_SPF_IP4;
	return DC_SPF_BAD;
}

/* ---- values ---- */

/* "255.255.255.0" as a length; false when it is no netmask. */
static bool mask_bits(struct dc_slice s, unsigned *ret_bits)
{
	struct dc_ip ip;
	uint32_t mask;

	if (!dc_ip_parse(s, &ip) || ip.family != 4)
		return false;
	mask = (uint32_t)ip.octets[0] << 24 | (uint32_t)ip.octets[1] << 16 | (uint32_t)ip.octets[2] << 8 | ip.octets[3];
	for (*ret_bits = 0; *ret_bits < 32 && mask & 0x80000000u; mask <<= 1)
		++*ret_bits;
	return mask == 0;
}

/* "010.0.0.1", "10.0.0" (only with a length): the dotted form that was meant. */
static bool mend_dotted(struct dc_slice s, bool prefix, struct text *out)
{
	size_t parts = 0;

	while (s.ptr) {
		struct dc_slice part = dc_slice_cut(&s, '.');
		uint64_t value;
		if (!part.len && !s.ptr && prefix && parts > 0)
			break; /* "10.0.0./24" */
		if (!dc_slice_uint(part, true, 255, &value) || parts == 4)
			return false;
		if (parts++)
			add_c(out, '.');
		if (value >= 100)
			add_c(out, (char)('0' + value / 100));
		if (value >= 10)
			add_c(out, (char)('0' + value / 10 % 10));
		add_c(out, (char)('0' + value % 10));
	}
	if (parts < 4 && !prefix)
		return false;
	for (; parts < 4; parts++)
		add(out, DC_S(".0"));
	return true;
}

/* An address, perhaps with a length, a netmask or a port, written as "ip4:…" or "ip6:…". */
static bool mend_address(struct dc_slice value, struct text *out)
{
	size_t slash = dc_slice_find(value, '/');
	struct dc_slice address = dc_slice_sub(value, 0, slash), tail = {NULL, 0};
	struct dc_ip ip;
	unsigned bits;
	uint64_t length;

	if (slash != SIZE_MAX)
		tail = dc_slice_sub(value, slash + 1, value.len);
	while (tail.len && tail.ptr[0] == '/')
		tail = dc_slice_sub(tail, 1, tail.len);
	if (dc_ip_parse(address, &ip)) {
		add(out, ip.family == 4 ? DC_S("ip4:") : DC_S("ip6:"));
		add(out, address);
	} else {
		size_t port = dc_slice_find(address, ':');
		if (port != SIZE_MAX)
			address = dc_slice_sub(address, 0, port);
		if (!address.len || !dc_is_digit(address.ptr[0]))
			return false;
		add(out, DC_S("ip4:"));
		if (!mend_dotted(address, tail.len > 0, out))
			return false;
	}
	if (!tail.len)
		return true;
	add_c(out, '/');
	if (mask_bits(tail, &bits) && tail.len > 3) {
		length = bits;
	} else if (!dc_slice_uint(tail, true, 128, &length)) {
		return false;
	}
	if (length >= 100)
		add_c(out, (char)('0' + length / 100));
	if (length >= 10)
		add_c(out, (char)('0' + length / 10 % 10));
	add_c(out, (char)('0' + length % 10));
	return true;
}

/* A name out of "https://name/path", "user@name", "name:25", "name.": what stands behind may be dropped. */
static struct dc_slice bare_name(struct dc_slice value)
{
	size_t at;

	for (size_t i = 0; i + 2 < value.len; i++)
		if (value.ptr[i] == ':' && value.ptr[i + 1] == '/' && value.ptr[i + 2] == '/') {
			value = dc_slice_sub(value, i + 3, value.len);
			value = dc_slice_sub(value, 0, dc_slice_find(value, '/'));
			break;
		}
	at = dc_slice_find(value, '@');
	if (at != SIZE_MAX)
		value = dc_slice_sub(value, at + 1, value.len);
	return value;
}

static bool is_name(struct dc_slice s)
{
	return s.len && dc_slice_find(s, '.') != SIZE_MAX && dc_name_is_host(s, true);
}

/* "example.com/24//64" */
static struct dc_slice without_length(struct dc_slice s)
{
	return dc_slice_sub(s, 0, dc_slice_find(s, '/'));
}

static bool mend_named(enum dc_spf_kind kind, struct dc_slice value, struct text *out)
{
	struct dc_slice name = bare_name(value);
	size_t colon;

	while (name.len && (name.ptr[0] == ':' || name.ptr[0] == '='))
		name = dc_slice_sub(name, 1, name.len);
	if (kind != DC_SPF_A && kind != DC_SPF_MX)
		name = without_length(name);
	if (mend_address(name, out))
		return true;
	out->len = 0;
	colon = dc_slice_find(name, ':');
	if (colon != SIZE_MAX && is_name(dc_slice_sub(name, 0, colon)))
		name = dc_slice_sub(name, 0, colon); /* a port */
	add(out, dc_slice_of(dc_spf_kind_name(kind)));
	if (!name.len)
		return kind == DC_SPF_A || kind == DC_SPF_MX;
	add_c(out, kind == DC_SPF_REDIRECT || kind == DC_SPF_EXP ? '=' : ':');
	add(out, name);
	return true;
}

/* One word without a qualifier. */
static bool mend_word(struct dc_slice word, struct text *out)
{
	size_t n;
	enum dc_spf_kind kind;
	struct dc_slice value;

	if (mend_address(word, out))
		return true;
	out->len = 0;
	for (n = 0; n < word.len && word.ptr[n] != ':' && word.ptr[n] != '=' && word.ptr[n] != '/'; n++)
		;
	value = dc_slice_sub(word, n < word.len && word.ptr[n] != '/' ? n + 1 : n, word.len);
	if (n == word.len && is_name(bare_name(word))) {
		add(out, DC_S("include:"));
		add(out, word);
		return true;
	}
	kind = near_kind(dc_slice_sub(word, 0, n));
	while (n == word.len && n > 3 && kind == DC_SPF_BAD && word.ptr[n - 1] == '.') {
		kind = near_kind(dc_slice_sub(word, 0, --n)); /* "-all." */
		value.len = 0;
	}
	switch (kind) {
	case DC_SPF_ALL:
		add(out, DC_S("all"));
		return true;
	case DC_SPF_IP4:
	case DC_SPF_IP6:
		while (value.len && (value.ptr[0] == ':' || value.ptr[0] == '=') && !(value.len > 1 && value.ptr[1] == ':'))
			value = dc_slice_sub(value, 1, value.len);
		if (mend_address(value, out))
			return true;
		out->len = 0;
		return is_name(without_length(bare_name(value))) && mend_named(DC_SPF_A, value, out);
	case DC_SPF_PTR:
		add(out, DC_S("ptr"));
		return true;
	case DC_SPF_BAD:
		return false;
	default:
		return mend_named(kind, value, out);
	}
}

static bool mend_term(struct dc_slice word, struct text *out)
{
	struct text body = {.len = 0};
	char qualifier = '\0';
	struct dc_spf_term term;
	struct dc_spf_flaw ignored;

	while (word.len && memchr("+-~?", word.ptr[0], 4)) {
		qualifier = word.ptr[0];
		word = dc_slice_sub(word, 1, word.len);
	}
	if (!word.len)
		return false;
	if (!mend_word(word, &body) || body.full || !dc_spf_term_read(of(&body), false, &term, &ignored))
		return false;
	if (qualifier && term.qualifier)
		add_c(out, qualifier);
	add(out, of(&body));
	return true;
}

struct dc_slice dc_spf_suggest(struct dc_arena *arena, const struct dc_spf_term *term, const struct dc_spf_term *next)
{
	const struct dc_slice none = {NULL, 0};
	struct text plain = {.len = 0}, out = {.len = 0};
	struct dc_slice rest;

	clean(&plain, term->text);
	/* "include: example.com", "- all": the other half is the next word */
	bool half = plain.len && (plain.bytes[plain.len - 1] == ':' || plain.bytes[plain.len - 1] == '=' ||
				  (plain.len == 1 && memchr("+-~?", plain.bytes[0], 4)));
	if (half && next && next->faulty == (plain.len > 1))
		add(&plain, next->text);
	if (plain.full)
		return none;
	for (rest = of(&plain); rest.len;) {
		struct dc_slice word = dc_slice_cut(&rest, ' ');
		struct dc_spf_term whole;
		struct dc_spf_flaw ignored;

		if (!word.len)
			continue;
		if (out.len)
			add_c(&out, ' ');
		if (dc_spf_term_read(word, false, &whole, &ignored) && whole.kind != DC_SPF_MODIFIER &&
		    dc_slice_find(whole.domain, '@') == SIZE_MAX && dc_slice_find(whole.domain, '/') == SIZE_MAX &&
		    dc_slice_find(whole.domain, ':') == SIZE_MAX)
			add(&out, word);
		else if (!mend_term(word, &out))
			return none;
	}
	if (out.full || dc_slice_eq(of(&out), term->text) || !dc_spf_terms_valid(of(&out)))
		return none;
	return dc_arena_dup(arena, of(&out));
}

/* ---- the version ---- */

struct dc_slice dc_spf_suggest_record(struct dc_arena *arena, struct dc_slice text, bool *ret_similar)
{
	static const char *const starts[] = {"v=spf1", "v=spf2", "v=spf", "v:spf1", "spf1", "v spf1", "spf=",
					     "v=sfp1", "v=spd1", "v=psf1", "spf2.0", "spf v=spf1", "spf:", "spf ", "vspf1"};
	const struct dc_slice none = {NULL, 0};
	struct text plain = {.len = 0};
	struct dc_slice body;
	size_t skip = 0;

	*ret_similar = false;
	clean(&plain, dc_slice_sub(text, 0, REPAIR_MAX));
	for (body = of(&plain); body.len && body.ptr[0] == ' ';)
		body = dc_slice_sub(body, 1, body.len);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts) && !skip; i++)
		if (dc_slice_starts_nocase(body, dc_slice_of(starts[i])))
			skip = strlen(starts[i]);
	if (!skip) /* "v = spf1": blanks around the sign */
		for (size_t i = 0, k = 0; i < body.len && i < 12; i++) {
			static const char wanted[] = "v=spf1";
			if (body.ptr[i] == ' ')
				continue;
			if (dc_lower(body.ptr[i]) != wanted[k])
				break;
			if (++k == 6) {
				skip = i + 1;
				break;
			}
		}
	if (!skip || dc_slice_starts_nocase(body, DC_S("spf2.0")))
		return none;
	body = dc_slice_sub(body, skip, body.len);
	/* "v=spf10", "v=spf2", "v=spf1.0": a digit or a dot too many */
	while (body.len && (dc_is_digit(body.ptr[0]) || body.ptr[0] == '.'))
		body = dc_slice_sub(body, 1, body.len);
	body = dc_slice_trim(body);
	bool valid = dc_spf_terms_valid(body);
	*ret_similar = valid || dc_slice_starts_nocase(text, DC_S("v=spf1"));
	if (!valid || text.len > REPAIR_MAX)
		return none;
	struct text out = {.len = 0};
	add(&out, DC_S("v=spf1"));
	while (body.len) {
		struct dc_slice word = dc_slice_cut(&body, ' ');
		if (word.len) {
			add_c(&out, ' ');
			add(&out, word);
		}
	}
	return out.full ? none : dc_arena_dup(arena, of(&out));
}
