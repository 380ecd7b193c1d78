/* Records in the advice of a finding, to be copied: "NAME. TYPE VALUE" as in a zone file, and values that begin with the
 * version of a policy, in quotation marks or after a colon. What is not surely a record is left alone. */
#include "render/paste.h"

/* How many words the data of a type has. TXT is apart. */
static const struct {
	const char *type;
	int words;
} types[] = {{"TXT", 0}, {"MX", 2}, {"PTR", 1}, {"A", 1}, {"AAAA", 1}, {"CNAME", 1}, {"TLSA", 4}, {"CAA", 3}};

static const char *const versions[] = {"v=spf1", "v=DMARC1", "v=DKIM1", "v=STSv1", "v=TLSRPTv1", "v=BIMI1"};

static bool starts(struct dc_slice s, size_t at, const char *text)
{
	return at < s.len && dc_slice_eq(dc_slice_sub(s, at, strlen(text)), dc_slice_of(text));
}

static bool begins_policy(struct dc_slice s, size_t at)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (starts(s, at, versions[i]))
			return true;
	return false;
}

static size_t word_end(struct dc_slice s, size_t at)
{
	while (at < s.len && s.ptr[at] != ' ')
		at++;
	return at;
}

/* A policy without quotation marks: to the end of its sentence. A comma says that it was prose. */
static size_t bare_end(struct dc_slice s, size_t at)
{
	while (at < s.len && !starts(s, at, " (") && !starts(s, at, ". ") && s.ptr[at] != '"')
		at++;
	while (at > 0 && s.ptr[at - 1] == '.' && (at < 4 || s.ptr[at - 2] != '.'))
		at--;
	return at;
}

static size_t quoted_end(struct dc_slice s, size_t at)
{
	while (at < s.len && s.ptr[at] != '"')
		at += s.ptr[at] == '\\' ? 2 : 1;
	return at < s.len ? at : s.len;
}

static bool finish(struct dc_paste *record, size_t *at, size_t end)
{
	struct dc_slice value = record->value;

	*at = end;
	for (size_t i = 0; i < value.len; i++) {
		if (starts(value, i, "YOUR-") || starts(value, i, "..."))
			record->draft = true;
		if (starts(value, i, ", ") && value.ptr[0] != '"')
			return false;
	}
	return value.len > 0;
}

/* Two labels at least, and a final dot: a sentence may end in one, too. */
static bool is_name(struct dc_slice s, size_t start, size_t end)
{
	size_t dots = 0;

	for (size_t i = start; i < end; i++) {
		if (s.ptr[i] == '.')
			dots++;
		else if (!dc_is_alnum(s.ptr[i]) && !strchr("-_*\\", s.ptr[i]))
			return false;
	}
	return dots >= 2 && s.ptr[end - 1] == '.' && s.ptr[start] != '.';
}

/* "NAME. TYPE VALUE" with the name from `start` to `end`. */
static bool zone_line(struct dc_slice s, size_t start, size_t end, size_t *at, struct dc_paste *record)
{
	size_t type_end = word_end(s, end + 1), last;

	if (end == start || !is_name(s, start, end) || type_end >= s.len)
		return false;
	*record = (struct dc_paste){.name = dc_slice_sub(s, start, end - start),
					  .type = dc_slice_sub(s, end + 1, type_end - end - 1)};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!dc_slice_eq(record->type, dc_slice_of(types[i].type)))
			continue;
		last = type_end + 1;
		if (types[i].words == 0 && s.ptr[last] == '"') {
			size_t close = quoted_end(s, last + 1);

			/* several strings of one value stay as they are */
			if (starts(s, close, "\" \"")) {
				while (starts(s, close, "\" \""))
					close = quoted_end(s, close + 3);
				record->value = dc_slice_sub(s, last, close + 1 - last);
			} else {
				record->value = dc_slice_sub(s, last + 1, close - last - 1);
			}
			return finish(record, at, close);
		}
		if (types[i].words == 0) {
			size_t close = bare_end(s, last);

			record->value = dc_slice_sub(s, last, close - last);
			return begins_policy(s, last) && finish(record, at, close);
		}
		for (int word = 0; word < types[i].words; word++)
			last = word_end(s, last + (word > 0));
		record->value = dc_slice_sub(s, type_end + 1, last - type_end - 1);
		return finish(record, at, last);
	}
	return false;
}

bool dc_paste_next(struct dc_slice fix, size_t *at, struct dc_paste *ret_record)
{
	for (size_t i = *at; i < fix.len; i++) {
		bool first = i == 0 || fix.ptr[i - 1] == ' ';
		struct dc_paste record = {.type = DC_S("TXT")};
		size_t end;

		if (first && zone_line(fix, i, word_end(fix, i), at, ret_record))
			return true;
		if (!begins_policy(fix, i))
			continue;
		if (i > 0 && fix.ptr[i - 1] == '"')
			end = quoted_end(fix, i);
		else if (i > 1 && fix.ptr[i - 1] == ' ' && fix.ptr[i - 2] == ':')
			end = bare_end(fix, i);
		else
			continue;
		record.value = dc_slice_sub(fix, i, end - i);
		if (finish(&record, at, end)) {
			*ret_record = record;
			return true;
		}
	}
	*at = fix.len;
	return false;
}
