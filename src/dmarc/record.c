/* The DMARC record as a tag list: RFC 9989 sections 4.7 (tags), 4.8 (grammar), 4.10.1 (what becomes of wrong values).
 *
 * Tag names are ABNF literals and so without case; the value of v is exact. Unknown and removed tags are ignored, other
 * syntax errors too. Of a tag given twice the first counts: the standard leaves it open and most readers do so.
 * Not here: where records are looked for (walk.c), addresses of reports as such (uri.c). */
#include "dmarc/record.h"

#include "dmarc/uri.h"

static const char *const policy_names[] = {
	[DC_DMARC_POLICY_NONE] = "none",
	[DC_DMARC_POLICY_QUARANTINE] = "quarantine",
	[DC_DMARC_POLICY_REJECT] = "reject",
};

const char *dc_dmarc_policy_name(enum dc_dmarc_policy policy)
{
	return policy_names[policy];
}

enum dc_dmarc_policy dc_dmarc_policy_lower(enum dc_dmarc_policy policy)
{
	if (policy == DC_DMARC_POLICY_REJECT || policy == DC_DMARC_POLICY_QUARANTINE)
		return policy - 1;
	return policy;
}

/* ---- tags ---- */

static const struct {
	const char *name;
	enum dc_dmarc_tag_id id;
} tag_names[] = {
	{"v", DC_DMARC_TAG_V},         {"p", DC_DMARC_TAG_P},     {"sp", DC_DMARC_TAG_SP},   {"np", DC_DMARC_TAG_NP},
	{"adkim", DC_DMARC_TAG_ADKIM}, {"aspf", DC_DMARC_TAG_ASPF}, {"t", DC_DMARC_TAG_T},   {"psd", DC_DMARC_TAG_PSD},
	{"fo", DC_DMARC_TAG_FO},       {"rua", DC_DMARC_TAG_RUA}, {"ruf", DC_DMARC_TAG_RUF}, {"pct", DC_DMARC_TAG_PCT},
	{"rf", DC_DMARC_TAG_RF},       {"ri", DC_DMARC_TAG_RI},
};

static enum dc_dmarc_tag_id tag_id(struct dc_slice name)
{
	for (size_t i = 0; i < sizeof(tag_names) / sizeof(*tag_names); i++) {
		if (dc_slice_eq_nocase(name, dc_slice_of(tag_names[i].name)))
			return tag_names[i].id;
	}
	return DC_DMARC_TAG_UNKNOWN;
}

static bool is_name(struct dc_slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!dc_is_alpha(name.ptr[i]))
			return false;
	}
	return name.len > 0;
}

/* dmarc-value: visible characters and space, no semicolon. */
static bool is_value(struct dc_slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < 0x20 || value.ptr[i] > 0x7e || value.ptr[i] == ';')
			return false;
	}
	return value.len > 0;
}

static void split_term(struct dc_slice term, struct dc_dmarc_tag *tag)
{
	size_t eq = dc_slice_find(term, '=');

	tag->term = term;
	if (eq == SIZE_MAX) {
		tag->name = term;
		tag->fault = DC_DMARC_FAULT_SYNTAX;
		return;
	}
	tag->name = dc_slice_trim_wsp(dc_slice_sub(term, 0, eq));
	tag->value = dc_slice_trim_wsp(dc_slice_sub(term, eq + 1, term.len));
	tag->id = is_name(tag->name) ? tag_id(tag->name) : DC_DMARC_TAG_UNKNOWN;
	if (!is_name(tag->name))
		tag->fault = DC_DMARC_FAULT_SYNTAX;
	else if (tag->id == DC_DMARC_TAG_UNKNOWN)
		tag->fault = DC_DMARC_FAULT_UNKNOWN;
	else if (!is_value(tag->value))
		tag->fault = DC_DMARC_FAULT_VALUE;
}

/* ---- values; each says whether the value is one of those allowed ---- */

static bool read_policy(struct dc_slice value, enum dc_dmarc_policy *policy)
{
	*policy = DC_DMARC_POLICY_INVALID;
	for (enum dc_dmarc_policy i = DC_DMARC_POLICY_NONE; i <= DC_DMARC_POLICY_REJECT; i++) {
		if (dc_slice_eq_nocase(value, dc_slice_of(policy_names[i])))
			*policy = i;
	}
	return *policy != DC_DMARC_POLICY_INVALID;
}

/* One letter out of `letters`; its index. */
static bool read_letter(struct dc_slice value, const char *letters, unsigned *ret_index)
{
	const char *at = value.len == 1 ? strchr(letters, dc_lower(value.ptr[0])) : NULL;

	if (!at || !*at)
		return false;
	*ret_index = (unsigned)(at - letters);
	return true;
}

/* 0 or 1, and d and s, each at most once, separated by colons (4.7). */
static bool read_fo(struct dc_slice value, unsigned *ret_fo)
{
	unsigned fo = 0;

	do {
		struct dc_slice option = dc_slice_trim_wsp(dc_slice_cut(&value, ':'));
		unsigned index;

		if (!read_letter(option, "01ds", &index) || fo & 1u << index)
			return false;
		fo |= 1u << index;
	} while (value.ptr);
	if ((fo & DC_DMARC_FO_0) && (fo & DC_DMARC_FO_1))
		return false;
	*ret_fo = fo;
	return true;
}

static bool read_uris(struct dc_arena *arena, const struct dc_txt *txt, struct dc_slice value,
		      const struct dc_dmarc_uri **ret_uris, size_t *ret_count)
{
	struct dc_dmarc_uri *uris = DC_NEW_ARRAY(arena, struct dc_dmarc_uri, DC_DMARC_URI_MAX);
	size_t count = 0;
	bool good = false;

	do {
		struct dc_slice part = dc_slice_trim_wsp(dc_slice_cut(&value, ','));

		dc_dmarc_uri_parse(arena, part, &uris[count]);
		uris[count].span = dc_span_of(txt, part);
		good |= uris[count].scheme != DC_DMARC_URI_INVALID;
		count++;
	} while (value.ptr && count < DC_DMARC_URI_MAX);
	*ret_uris = uris;
	*ret_count = count;
	return good;
}

static bool apply(struct dc_arena *arena, struct dc_dmarc_record *record, const struct dc_dmarc_tag *tag)
{
	unsigned index = 0;
	uint64_t number = 0;
	bool ok = true;

	switch (tag->id) {
	case DC_DMARC_TAG_P:
		return read_policy(tag->value, &record->p);
	case DC_DMARC_TAG_SP:
		return read_policy(tag->value, &record->sp);
	case DC_DMARC_TAG_NP:
		return read_policy(tag->value, &record->np);
	case DC_DMARC_TAG_ADKIM:
		ok = read_letter(tag->value, "rs", &index);
		record->adkim_strict = ok && index;
		return ok;
	case DC_DMARC_TAG_ASPF:
		ok = read_letter(tag->value, "rs", &index);
		record->aspf_strict = ok && index;
		return ok;
	case DC_DMARC_TAG_T:
		ok = read_letter(tag->value, "ny", &index);
		record->testing = ok && index;
		return ok;
	case DC_DMARC_TAG_PSD:
		ok = read_letter(tag->value, "uny", &index);
		record->psd = ok ? (enum dc_dmarc_psd)index : DC_DMARC_PSD_U;
		return ok;
	case DC_DMARC_TAG_FO:
		return read_fo(tag->value, &record->fo);
	case DC_DMARC_TAG_RUA:
		record->rua_valid = read_uris(arena, &record->txt, tag->value, &record->rua, &record->rua_count);
		return record->rua_valid;
	case DC_DMARC_TAG_RUF:
		return read_uris(arena, &record->txt, tag->value, &record->ruf, &record->ruf_count);
	case DC_DMARC_TAG_PCT:
		if (dc_slice_uint(tag->value, true, 100, &number))
			record->pct = (int)number;
		return true;
	default:
		return true;
	}
}

static void read_tag(struct dc_arena *arena, struct dc_dmarc_record *record, struct dc_dmarc_tag *tag, uint32_t *seen)
{
	if (tag->id == DC_DMARC_TAG_UNKNOWN)
		return;
	if (*seen & 1u << tag->id) {
		tag->fault = DC_DMARC_FAULT_DUPLICATE;
		return;
	}
	*seen |= 1u << tag->id;
	if (!apply(arena, record, tag))
		tag->fault = DC_DMARC_FAULT_VALUE;
	else if (tag->id >= DC_DMARC_TAG_PCT)
		tag->fault = DC_DMARC_FAULT_REMOVED;
}

/* RFC 9989 4.10.1: a wrong p, sp or np leaves p=none when reports are wanted, and nothing at all otherwise. */
static enum dc_dmarc_standing standing_of(const struct dc_dmarc_record *record)
{
	bool fine = record->p >= DC_DMARC_POLICY_NONE && record->sp != DC_DMARC_POLICY_INVALID &&
		    record->np != DC_DMARC_POLICY_INVALID;

	if (fine)
		return DC_DMARC_STANDING_VALID;
	return record->rua_valid ? DC_DMARC_STANDING_DISARMED : DC_DMARC_STANDING_IGNORED;
}

const struct dc_dmarc_record *dc_dmarc_parse(struct dc_arena *arena, struct dc_slice domain, const struct dc_txt *txt,
					     const struct dc_rr *rr)
{
	struct dc_dmarc_record *record = DC_NEW(arena, struct dc_dmarc_record);
	struct dc_dmarc_tag *tags = NULL;
	struct dc_slice rest = txt->text;
	size_t capacity = 0;
	uint32_t seen = 0;

	*record = (struct dc_dmarc_record){
		.domain = domain, .txt = *txt, .rr = rr, .p = DC_DMARC_POLICY_ABSENT, .sp = DC_DMARC_POLICY_ABSENT,
		.np = DC_DMARC_POLICY_ABSENT, .fo = DC_DMARC_FO_0, .pct = 100,
	};
	while (rest.ptr) {
		struct dc_slice term = dc_slice_trim_wsp(dc_slice_cut(&rest, ';'));
		struct dc_dmarc_tag tag = {0};

		if (!term.len)
			continue; /* a trailing or doubled semicolon harms nobody */
		split_term(term, &tag);
		tag.span = dc_span_of(txt, term);
		read_tag(arena, record, &tag, &seen);
		/* However much noise there is: what counts is kept. */
		if (record->tag_count < DC_DMARC_TAG_MAX || (tag.id != DC_DMARC_TAG_UNKNOWN && tag.fault != DC_DMARC_FAULT_DUPLICATE))
			DC_PUSH(arena, tags, record->tag_count, capacity) = tag;
	}
	record->tags = tags;
	record->standing = standing_of(record);
	return record;
}

/* ---- what-if ---- */

static bool names_same(const struct dc_dmarc_tag *a, const struct dc_dmarc_tag *b)
{
	return dc_slice_eq_nocase(a->name, b->name);
}

static const struct dc_dmarc_tag *find(const struct dc_dmarc_record *record, const struct dc_dmarc_tag *like)
{
	for (size_t i = 0; record && i < record->tag_count; i++) {
		if (names_same(&record->tags[i], like))
			return &record->tags[i];
	}
	return NULL;
}

static struct dc_slice append(struct dc_arena *arena, struct dc_slice text, struct dc_slice name, struct dc_slice value)
{
	if (!value.len)
		return text;
	return dc_arena_printf(arena, "%.*s; %.*s=%.*s", DC_FMT(text), DC_FMT(name), DC_FMT(value));
}

const struct dc_dmarc_record *dc_dmarc_overlay(struct dc_arena *arena, const struct dc_dmarc_record *record,
					       struct dc_slice domain, struct dc_slice tags)
{
	struct dc_txt over_txt = {.text = tags}, txt = {.text = DC_S("v=DMARC1")};
	const struct dc_dmarc_record *over = dc_dmarc_parse(arena, domain, &over_txt, NULL);
	static const uint32_t first = 0;

	for (size_t i = 0; record && i < record->tag_count; i++) {
		const struct dc_dmarc_tag *tag = &record->tags[i], *instead = find(over, tag);

		if (tag->id == DC_DMARC_TAG_V || !tag->value.len || tag->fault == DC_DMARC_FAULT_DUPLICATE)
			continue;
		txt.text = append(arena, txt.text, tag->name, instead ? instead->value : tag->value);
	}
	for (size_t i = 0; i < over->tag_count; i++) {
		const struct dc_dmarc_tag *tag = &over->tags[i];

		if (tag->id != DC_DMARC_TAG_V && tag->fault != DC_DMARC_FAULT_DUPLICATE && !find(record, tag))
			txt.text = append(arena, txt.text, tag->name, tag->value);
	}
	txt.string_count = 1;
	txt.string_starts = &first;
	return dc_dmarc_parse(arena, domain, &txt, NULL);
}
