/* DKIM key records: RFC 6376 sections 3.2 (tag lists) and 3.6.1 (tags), RFC 8301 (SHA-1), RFC 8463 (Ed25519).
 *
 * The reader is stricter than any verifier and goes on after every mistake, so that one look finds them all. What makes a
 * record unusable is told apart from what is merely wrong. Not here: what libopendkim makes of it (receiver room). */
#include "dkim/record.h"

#include "dkim/key.h"
#include "dkim/weak.h"

struct parse {
	struct dc_arena *arena;
	struct dc_dkim_record *record;
	struct dc_dkim_tag *tags;
	size_t tag_capacity;
	struct dc_dkim_problem *problems;
	size_t problem_capacity;
};

enum { PROBLEMS_MAX = 64 }; /* of one record; what comes after them helps nobody */

static void note(struct parse *parse, enum dc_dkim_problem_kind kind, struct dc_slice part)
{
	struct dc_dkim_record *record = parse->record;

	if (record->problem_count < PROBLEMS_MAX)
		DC_PUSH(parse->arena, parse->problems, record->problem_count, parse->problem_capacity) =
			(struct dc_dkim_problem){kind, part};
	record->problems = parse->problems;
}

static bool tag_name_is_valid(struct dc_slice name)
{
	if (!name.len || !dc_is_alpha(name.ptr[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!dc_is_alnum(name.ptr[i]) && name.ptr[i] != '_')
			return false;
	return true;
}

/* The first octet that no tag list may hold; empty when all is well. White space is SP, HTAB, CR, LF. */
static struct dc_slice bad_octet(struct dc_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c > 0x7e || (c < 0x20 && c != '\t' && c != '\r' && c != '\n'))
			return dc_slice_sub(text, i, 1);
	}
	return (struct dc_slice){0};
}

static const struct dc_dkim_tag *find_tag(const struct parse *parse, char name)
{
	for (size_t i = 0; i < parse->record->tag_count; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): tags is there once tag_count is */
		if (parse->tags[i].name.len == 1 && parse->tags[i].name.ptr[0] == name)
			return &parse->tags[i];
	return NULL;
}

static void read_tag(struct parse *parse, struct dc_slice part)
{
	struct dc_dkim_record *record = parse->record;
	struct dc_slice value = part;
	struct dc_dkim_tag tag = {.name = dc_slice_trim(dc_slice_cut(&value, '='))};

	if (!value.ptr || !tag_name_is_valid(tag.name)) {
		note(parse, DC_DKIM_SYNTAX, part);
		return;
	}
	tag.value = dc_slice_trim(value);
	for (size_t i = 0; i < record->tag_count; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference,analyzer-null-dereference): tags is there once tag_count is */
		if (!dc_slice_eq(parse->tags[i].name, tag.name))
			continue;
		note(parse, DC_DKIM_TAG_DUPLICATE, tag.name);
		break;
	}
	DC_PUSH(parse->arena, parse->tags, record->tag_count, parse->tag_capacity) = tag;
	record->tags = parse->tags;
}

static void read_tags(struct parse *parse, struct dc_slice text)
{
	struct dc_slice rest = text;

	while (rest.ptr && parse->record->tag_count < DC_DKIM_TAGS_MAX) {
		struct dc_slice raw = dc_slice_cut(&rest, ';'), part = dc_slice_trim(raw);

		if (part.len)
			read_tag(parse, part);
		else if (rest.ptr) /* nothing between two semicolons; after the last one nothing is needed */
			note(parse, DC_DKIM_SYNTAX, dc_slice_sub(text, (size_t)(raw.ptr - text.ptr), raw.len + 1));
	}
	if (rest.ptr)
		note(parse, DC_DKIM_SYNTAX, rest);
}

/* Is this meant to be a DKIM record at all? */
static bool looks_like_dkim(const struct parse *parse, struct dc_slice text)
{
	const struct dc_dkim_tag *p = find_tag(parse, 'p');
	struct dc_slice start = dc_slice_trim(text);

	while (start.len && (start.ptr[0] == '"' || start.ptr[0] == '\\'))
		start = dc_slice_sub(start, 1, start.len);
	if (dc_slice_starts_nocase(start, DC_S("v=DMARC")) || dc_slice_starts_nocase(start, DC_S("v=spf")))
		return false;
	return dc_slice_starts_nocase(start, DC_S("v=DKIM")) || dc_slice_starts_nocase(start, DC_S("v = DKIM")) ||
	       find_tag(parse, 'k') || (p && (!p->value.len || p->value.len > 20));
}

static void judge_version(struct parse *parse)
{
	const struct dc_dkim_tag *v = find_tag(parse, 'v');

	if (!v) {
		note(parse, DC_DKIM_VERSION_ABSENT, (struct dc_slice){0});
		return;
	}
	if (!dc_slice_eq(v->value, DC_S("DKIM1"))) {
		note(parse, DC_DKIM_VERSION_WRONG, v->value);
		parse->record->well_formed = false;
	}
	if (v != parse->tags)
		note(parse, DC_DKIM_VERSION_NOT_FIRST, v->value);
}

/* Colon-separated words: calls `word` for each, trimmed. */
static void each_word(struct parse *parse, struct dc_slice list, void (*word)(struct parse *, struct dc_slice, void *),
		      void *user)
{
	for (struct dc_slice rest = list; rest.ptr;)
		word(parse, dc_slice_trim(dc_slice_cut(&rest, ':')), user);
}

struct hashes {
	bool sha1, sha256;
	struct dc_slice unknown;
};

static void hash_word(struct parse *parse, struct dc_slice word, void *user)
{
	struct hashes *hashes = user;

	(void)parse;
	if (dc_slice_eq_nocase(word, DC_S("sha256")))
		hashes->sha256 = true;
	else if (dc_slice_eq_nocase(word, DC_S("sha1")))
		hashes->sha1 = true;
	else
		hashes->unknown = word;
}

static void judge_hashes(struct parse *parse)
{
	const struct dc_dkim_tag *h = find_tag(parse, 'h');
	struct hashes hashes = {0};

	if (!h)
		return;
	each_word(parse, h->value, hash_word, &hashes);
	if (!hashes.sha256)
		parse->record->well_formed = false;
	if (hashes.sha256 && hashes.sha1)
		note(parse, DC_DKIM_HASH_SHA1, h->value);
	else if (hashes.sha1)
		note(parse, DC_DKIM_HASH_SHA1_ONLY, h->value);
	else if (!hashes.sha256)
		note(parse, DC_DKIM_HASH_NONE, h->value);
	if (hashes.unknown.ptr && (hashes.sha1 || hashes.sha256))
		note(parse, DC_DKIM_HASH_UNKNOWN, hashes.unknown.len ? hashes.unknown : h->value);
}

static void service_word(struct parse *parse, struct dc_slice word, void *user)
{
	(void)parse;
	if (dc_slice_eq(word, DC_S("*")) || dc_slice_eq_nocase(word, DC_S("email")))
		*(bool *)user = true;
}

static void judge_services(struct parse *parse)
{
	const struct dc_dkim_tag *s = find_tag(parse, 's');
	bool email = false;

	if (!s)
		return;
	each_word(parse, s->value, service_word, &email);
	if (email)
		return;
	note(parse, DC_DKIM_SERVICE_NOT_EMAIL, s->value);
	parse->record->well_formed = false;
}

static void flag_word(struct parse *parse, struct dc_slice word, void *user)
{
	(void)user;
	if (dc_slice_eq_nocase(word, DC_S("y")))
		parse->record->testing = true;
	else if (dc_slice_eq_nocase(word, DC_S("s")))
		parse->record->strict = true;
	else if (word.len)
		note(parse, DC_DKIM_FLAG_UNKNOWN, word);
}

static void judge_type(struct parse *parse)
{
	struct dc_dkim_record *record = parse->record;
	const struct dc_dkim_tag *k = find_tag(parse, 'k');

	record->type = k ? k->value : DC_S("rsa");
	if (dc_slice_eq(record->type, DC_S("rsa")) || dc_slice_eq(record->type, DC_S("ed25519")))
		return;
	if (dc_slice_eq_nocase(record->type, DC_S("rsa")) || dc_slice_eq_nocase(record->type, DC_S("ed25519"))) {
		note(parse, DC_DKIM_TYPE_CASE, record->type);
		return;
	}
	note(parse, DC_DKIM_TYPE_UNKNOWN, record->type);
	record->well_formed = false;
}

static void judge_other_tags(struct parse *parse)
{
	const struct dc_dkim_tag *t = find_tag(parse, 't');

	if (t)
		each_word(parse, t->value, flag_word, NULL);
	for (size_t i = 0; i < parse->record->tag_count; i++) {
		struct dc_slice name = parse->tags[i].name;

		if (dc_slice_eq(name, DC_S("g")))
			note(parse, DC_DKIM_GRANULARITY, parse->tags[i].value);
		else if (name.len != 1 || !memchr("vhknpst", name.ptr[0], 7))
			note(parse, DC_DKIM_TAG_UNKNOWN, name);
	}
}

/* One more than the value of a digit of base64 (RFC 4648 4); 0: it is none. */
static const uint8_t base64_digits[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['+'] = 63, ['/'] = 64,
};

size_t dc_dkim_base64(struct dc_slice text, uint8_t *out, size_t size, bool *ret_junk, bool *ret_padding)
{
	size_t len = 0, sextets = 0, pads = 0;
	uint32_t bits = 0;

	*ret_junk = *ret_padding = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		uint8_t digit = base64_digits[(uint8_t)c];

		if (c == '=') {
			pads++;
		} else if (!digit) {
			if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
				*ret_junk = true;
		} else if (pads) {
			*ret_junk = true; /* data after the end */
		} else {
			bits = (bits << 6) | (digit - 1u);
			if (++sextets % 4 != 1 && len < size)
				out[len++] = (uint8_t)(bits >> (sextets % 4 == 2 ? 4 : sextets % 4 == 3 ? 2 : 0));
		}
	}
	if ((sextets + pads) % 4 || sextets % 4 == 1 || pads > 2)
		*ret_padding = true;
	return len;
}

static bool contains(struct dc_slice text, const char *what)
{
	return text.len && memmem(text.ptr, text.len, what, strlen(what));
}

/* p= as text: is it what it should be? */
static bool value_is_clean(struct parse *parse, struct dc_slice p, bool junk)
{
	if (contains(p, "-----BEGIN"))
		note(parse, DC_DKIM_KEY_PEM, p);
	else if (dc_slice_find(p, '"') != SIZE_MAX || dc_slice_find(p, '\\') != SIZE_MAX)
		note(parse, DC_DKIM_KEY_QUOTED, p);
	else if (junk)
		note(parse, DC_DKIM_KEY_NOT_BASE64, p);
	return !junk;
}

/* The text between the first two lines of dashes, for PEM that was pasted whole. */
static struct dc_slice inside_pem(struct dc_slice p)
{
	struct dc_slice body = p;
	const char *end;

	if (!contains(p, "-----BEGIN"))
		return p;
	body = dc_slice_sub(body, (size_t)((const char *)memmem(p.ptr, p.len, "-----BEGIN", 10) - p.ptr) + 10, p.len);
	end = memmem(body.ptr, body.len, "-----", 5);
	if (!end)
		return p;
	body = dc_slice_sub(body, (size_t)(end - body.ptr) + 5, body.len);
	end = memmem(body.ptr, body.len, "-----", 5);
	return end ? dc_slice_sub(body, 0, (size_t)(end - body.ptr)) : body;
}

/* The key that came out, held against k=. */
static void judge_form(struct parse *parse, enum dc_dkim_form form, struct dc_slice p)
{
	struct dc_dkim_record *record = parse->record;
	bool ed25519 = dc_slice_eq_nocase(record->type, DC_S("ed25519"));
	bool known = ed25519 || dc_slice_eq_nocase(record->type, DC_S("rsa")), bad = true;

	if (form == DC_DKIM_FORM_PRIVATE)
		note(parse, DC_DKIM_KEY_PRIVATE, p);
	else if (!known)
		return;
	else if (ed25519 && form == DC_DKIM_FORM_SPKI && record->key.type == DC_DKIM_KEY_ED25519)
		note(parse, DC_DKIM_KEY_ED25519_WRAPPED, p);
	else if (ed25519 && form != DC_DKIM_FORM_RAW && record->key.type == DC_DKIM_KEY_NONE)
		note(parse, DC_DKIM_KEY_ED25519_LENGTH, p);
	else if (ed25519 && form != DC_DKIM_FORM_RAW)
		note(parse, DC_DKIM_KEY_OTHER_TYPE, p); /* NOLINT(bugprone-branch-clone): the order is the meaning */
	else if (!ed25519 && form == DC_DKIM_FORM_RAW)
		note(parse, DC_DKIM_KEY_ED25519_NO_K, p);
	else if (form == DC_DKIM_FORM_TRUNCATED)
		note(parse, DC_DKIM_KEY_TRUNCATED, p);
	else if (form == DC_DKIM_FORM_NOT_A_KEY)
		note(parse, DC_DKIM_KEY_NOT_DER, p);
	else if (!ed25519 && record->key.type != DC_DKIM_KEY_RSA)
		note(parse, DC_DKIM_KEY_OTHER_TYPE, p);
	else
		bad = false;
	if (form == DC_DKIM_FORM_PKCS1 && !bad)
		note(parse, DC_DKIM_KEY_PKCS1, p);
	if (record->key.trailing)
		note(parse, DC_DKIM_KEY_TRAILING, p);
	if (bad)
		record->well_formed = false;
}

/* One character is left over: six bits are no octet. Padding is often forgiven, this never. */
static bool leaves_bits(struct dc_slice base64)
{
	size_t digits = 0;

	for (size_t i = 0; i < base64.len; i++)
		digits += !memchr(" \t\r\n=", base64.ptr[i], 5);
	return digits % 4 == 1;
}

static void judge_key(struct parse *parse)
{
	struct dc_dkim_record *record = parse->record;
	const struct dc_dkim_tag *p = find_tag(parse, 'p');
	enum dc_dkim_form form;
	bool junk, padding, clean;
	uint8_t *octets;
	size_t len, before;

	if (!p) {
		note(parse, DC_DKIM_KEY_ABSENT, (struct dc_slice){0});
		record->well_formed = false;
		return;
	}
	if (!p->value.len) {
		record->revoked = true;
		record->well_formed = false;
		return;
	}
	octets = dc_arena_alloc(parse->arena, DC_DKIM_KEY_OCTETS_MAX);
	len = dc_dkim_base64(p->value, octets, DC_DKIM_KEY_OCTETS_MAX, &junk, &padding);
	clean = value_is_clean(parse, p->value, junk);
	if (!clean) {
		record->well_formed = false;
		len = dc_dkim_base64(inside_pem(p->value), octets, DC_DKIM_KEY_OCTETS_MAX, &junk, &padding);
	}
	/* What cannot be decoded cleanly is still looked at: a private key is one also behind a stray quote. */
	before = record->problem_count;
	form = dc_dkim_key_read(parse->arena, octets, len, len == 32, &record->key);
	if (clean && padding && record->key.type != DC_DKIM_KEY_NONE) { /* else it is a part of what is wrong */
		bool leftover = leaves_bits(p->value);

		note(parse, leftover ? DC_DKIM_KEY_LEFTOVER : DC_DKIM_KEY_PADDING, p->value);
		record->well_formed &= !leftover;
	}
	judge_form(parse, form, p->value);
	if (!clean && form != DC_DKIM_FORM_PRIVATE)
		record->problem_count = before; /* one cause, one problem */
	dc_dkim_weak_test(&record->key);
}

void dc_dkim_record_parse(struct dc_arena *arena, const struct dc_txt *txt,
			  struct dc_dkim_record *ret_record)
{
	struct parse parse = {.arena = arena, .record = ret_record};
	struct dc_slice bad = bad_octet(txt->text);

	*ret_record = (struct dc_dkim_record){.txt = *txt, .well_formed = true, .type = DC_S("rsa")};
	read_tags(&parse, txt->text);
	if (!looks_like_dkim(&parse, txt->text)) {
		ret_record->problem_count = 0;
		note(&parse, DC_DKIM_NOT_A_RECORD, txt->text);
		ret_record->well_formed = false;
		return;
	}
	if (bad.len)
		note(&parse, DC_DKIM_BAD_OCTET, bad);
	if (ret_record->problem_count) /* RFC 6376 3.2: a list that breaks the grammar is no list */
		ret_record->well_formed = false;
	judge_version(&parse);
	judge_type(&parse);
	judge_hashes(&parse);
	judge_services(&parse);
	judge_other_tags(&parse);
	judge_key(&parse);
	ret_record->usable = ret_record->well_formed &&
			     (ret_record->key.type != DC_DKIM_KEY_RSA || ret_record->key.bits >= DC_DKIM_RSA_BITS_MIN);
	if (txt->text.len > DC_DKIM_LIBRARY_MAX)
		note(&parse, DC_DKIM_TOO_LONG, (struct dc_slice){0});
}

void dc_dkim_read_key(struct dc_arena *arena, const struct dc_txt *txt, struct dc_dkim_record *ret_record)
{
	dc_dkim_record_parse(arena, txt, ret_record);
}
