/* BIMI records: a tag list as in DKIM (RFC 6376 section 3.2). Receivers do not mend errors: a record with one is none. */
#include "bimi/record.h"

/* "v=BIMI1" with blanks around the signs, as tag lists allow. */
static size_t version_length(struct dc_slice text, bool exact)
{
	struct dc_slice rest = text, tag = dc_slice_cut(&rest, ';'), name;

	if (!rest.ptr && exact)
		return 0;
	name = dc_slice_trim_wsp(dc_slice_cut(&tag, '='));
	tag = dc_slice_trim_wsp(tag);
	if (exact)
		return dc_slice_eq(name, DC_S("v")) && dc_slice_eq(tag, DC_S("BIMI1")) ? text.len - rest.len : 0;
	return dc_slice_eq_nocase(name, DC_S("v")) && dc_slice_starts_nocase(tag, DC_S("bimi")) ? text.len : 0;
}

bool dc_bimi_is_record(struct dc_slice text)
{
	return version_length(text, true) > 0;
}

bool dc_bimi_is_near(struct dc_slice text)
{
	struct dc_slice bare = dc_slice_trim(text);

	while (bare.len && (bare.ptr[0] == '"' || bare.ptr[0] == '\''))
		bare = dc_slice_sub(bare, 1, SIZE_MAX);
	return !dc_bimi_is_record(text) && version_length(bare, false) > 0;
}

static void read_place(struct dc_arena *arena, struct dc_slice value, struct dc_bimi_place *place)
{
	place->given = true;
	place->text = value;
	if (value.len)
		place->problem = dc_https_url_parse(arena, value, &place->url);
}

static const char *read_tag(struct dc_arena *arena, struct dc_slice tag, struct dc_bimi_record *record)
{
	struct dc_slice value = tag, name = dc_slice_trim_wsp(dc_slice_cut(&value, '='));

	if (!tag.len)
		return "an empty tag between two semicolons";
	if (!value.ptr)
		return "a tag without =";
	value = dc_slice_trim_wsp(value);
	for (size_t i = 0; i < name.len; i++)
		if (!dc_is_alnum(name.ptr[i]) && name.ptr[i] != '_')
			return "a tag whose name is not allowed";
	if (!name.len || !dc_is_alpha(name.ptr[0]))
		return "a tag whose name is not allowed";
	if (dc_slice_eq(name, DC_S("v")) || (dc_slice_eq(name, DC_S("l")) && record->logo.given) ||
	    (dc_slice_eq(name, DC_S("a")) && record->evidence.given))
		return "a tag that stands there twice";
	if (dc_slice_eq(name, DC_S("l")))
		read_place(arena, value, &record->logo);
	else if (dc_slice_eq(name, DC_S("a")))
		read_place(arena, value, &record->evidence);
	else if (dc_slice_eq(name, DC_S("avp")))
		record->avatar = value;
	else if (dc_slice_eq(name, DC_S("lps")))
		record->prefixes = value;
	return NULL;
}

struct dc_bimi_record dc_bimi_record_parse(struct dc_arena *arena, const struct dc_txt *txt)
{
	struct dc_bimi_record record = {.txt = *txt};
	struct dc_slice rest = dc_slice_sub(txt->text, version_length(txt->text, true), SIZE_MAX);

	while (rest.ptr && !record.problem) {
		struct dc_slice tag = dc_slice_trim_wsp(dc_slice_cut(&rest, ';'));

		if (!tag.len && !rest.ptr)
			break; /* the last semicolon may end the record */
		record.problem = read_tag(arena, tag, &record);
		record.part = record.problem ? tag : (struct dc_slice){0};
	}
	if (!record.problem && !record.logo.given)
		record.problem = "no l=: it does not say where the logo is";
	record.declined = !record.problem && !record.logo.text.len && !record.evidence.text.len;
	return record;
}
