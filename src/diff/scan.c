/* Finds the values of a report without parsing it as a whole: brackets and strings are enough for that. Each value that is
 * looked at is parsed by itself, by jansson, and what it refuses is no report. */
#include "diff/scan.h"

#include "render/json/value.h"

enum { MEMBERS_MAX = 256 }; /* of an object at the top: a report has ten */

struct member {
	struct dc_slice key, value; /* the key between its quotes, escapes as they are */
};

struct object {
	struct member members[MEMBERS_MAX];
	size_t count;
};

struct cursor {
	struct dc_slice text;
	size_t at;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char peek(struct cursor *cursor)
{
	while (cursor->at < cursor->text.len && is_blank(cursor->text.ptr[cursor->at]))
		cursor->at++;
	return cursor->at < cursor->text.len ? cursor->text.ptr[cursor->at] : 0;
}

/* ---- over values ---- */

/* From a quote to behind the next one. */
static bool skip_string(struct cursor *cursor)
{
	for (cursor->at++; cursor->at < cursor->text.len; cursor->at++) {
		char c = cursor->text.ptr[cursor->at];
		if (c == '\\')
			cursor->at++;
		if (c == '"') {
			cursor->at++;
			return true;
		}
	}
	cursor->at = cursor->text.len;
	return false;
}

static bool skip_nested(struct cursor *cursor)
{
	size_t depth = 0;
	while (cursor->at < cursor->text.len) {
		char c = cursor->text.ptr[cursor->at];
		if (c == '"') {
			if (!skip_string(cursor))
				return false;
			continue;
		}
		cursor->at++;
		depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && --depth == 0)
			return true;
	}
	return false;
}

/* Moves behind one value. False: the text ends first, or there is none. */
static bool skip_value(struct cursor *cursor)
{
	size_t start;
	char c = peek(cursor);
	if (c == '"')
		return skip_string(cursor);
	if (c == '{' || c == '[')
		return skip_nested(cursor);
	for (start = cursor->at; cursor->at < cursor->text.len; cursor->at++) {
		c = cursor->text.ptr[cursor->at];
		if (is_blank(c) || strchr(",:{}[]\"", c))
			break;
	}
	return cursor->at > start;
}

static bool take_value(struct cursor *cursor, struct dc_slice *ret_value)
{
	(void)peek(cursor);
	size_t start = cursor->at;
	if (!skip_value(cursor))
		return false;
	*ret_value = dc_slice_sub(cursor->text, start, cursor->at - start);
	return true;
}

static bool take_char(struct cursor *cursor, char c)
{
	if (peek(cursor) != c)
		return false;
	cursor->at++;
	return true;
}

/* The members of the object at the cursor; moves behind it. */
static bool take_object(struct cursor *cursor, struct object *object)
{
	object->count = 0;
	if (!take_char(cursor, '{'))
		return false;
	if (take_char(cursor, '}'))
		return true;
	do {
		struct member *member = &object->members[object->count];
		if (object->count == MEMBERS_MAX || peek(cursor) != '"' || !take_value(cursor, &member->key) ||
		    !take_char(cursor, ':') || !take_value(cursor, &member->value))
			return false;
		member->key = dc_slice_sub(member->key, 1, member->key.len - 2);
		object->count++;
	} while (take_char(cursor, ','));
	return take_char(cursor, '}');
}

/* NULL: none; *ret_twice: more than one. */
static const struct member *find(const struct object *object, struct dc_slice key, bool *ret_twice)
{
	const struct member *found = NULL;
	for (size_t i = 0; i < object->count; i++) {
		if (!dc_slice_eq(object->members[i].key, key))
			continue;
		*ret_twice |= found != NULL;
		found = &object->members[i];
	}
	return found;
}

/* ---- what was found ---- */

struct dc_slice dc_scan_text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? (struct dc_slice){json_string_value(value), json_string_length(value)} : (struct dc_slice){0};
}

static size_t line_of(struct dc_slice text, size_t at)
{
	size_t line = 1;
	for (size_t i = 0; i < at && i < text.len; i++)
		line += text.ptr[i] == '\n';
	return line;
}

/* `value`: the place in question, within `text`. */
static enum dc_status bad(const struct dc_scan *scan, struct dc_slice text, size_t at, struct dc_error *err, const char *what)
{
	return dc_error_set(err, DC_ERR_INPUT, "%s:%zu: %s", scan->shown, line_of(text, at), what);
}

static bool is_domain(const json_t *object)
{
	const json_t *findings = json_object_get(object, "findings"), *item;
	size_t i;
	if (dc_scan_text(object, "domain").len == 0 || !json_is_array(findings))
		return false;
	json_array_foreach((json_t *)findings, i, item)
		if (!json_is_object(item))
			return false;
	return true;
}

static const char no_memory[] = "%s: out of memory for the report";
static const char no_report[] = "no report of domaincheck: write one with -f json or -f ndjson";

static enum dc_status give_domain(const struct dc_scan *scan, struct dc_slice text, struct dc_slice value, struct dc_error *err)
{
	size_t at = (size_t)(value.ptr - text.ptr);
	if (value.len > DC_SCAN_DOMAIN_MAX)
		return bad(scan, text, at, err, "a domain object larger than 32 MiB"); /* not fuzzed: 32 MiB */
	bool memory;
	json_t *domain = dc_json_load(value, &memory);
	if (memory)
		return dc_error_set(err, DC_ERR_NOMEM, no_memory, scan->shown); /* not fuzzed: out of memory */
	if (!domain || !is_domain(domain)) {
		json_decref(domain);
		return bad(scan, text, at, err, no_report);
	}
	bool good = scan->domain(scan->user, domain, err);
	json_decref(domain);
	return good ? DC_OK : err && err->status == DC_ERR_NOMEM ? DC_ERR_NOMEM : DC_ERR_INPUT;
}

static enum dc_status give_members(const struct dc_scan *scan, const struct object *object, struct dc_error *err)
{
	bool memory = false;
	for (size_t i = 0; scan->member && i < object->count; i++) {
		const struct member *member = &object->members[i];
		/* What is large is none of those that are asked for. */
		bool large = member->value.len > 1 << 20 || dc_slice_eq(member->key, DC_S("domains"));
		json_t *value = large ? NULL : dc_json_load(member->value, &memory);
		if (memory)
			return dc_error_set(err, DC_ERR_NOMEM, no_memory, scan->shown); /* not fuzzed: out of memory */
		if (value)
			scan->member(scan->user, member->key, value);
		json_decref(value);
	}
	return DC_OK;
}

static enum dc_status give_report(const struct dc_scan *scan, struct dc_slice text, const struct object *object,
				  const struct member *domains, struct dc_error *err)
{
	struct cursor cursor = {.text = domains->value};
	size_t base = (size_t)(domains->value.ptr - text.ptr);
	enum dc_status status = give_members(scan, object, err);
	if (status != DC_OK)
		return status; /* not fuzzed: out of memory */
	if (!take_char(&cursor, '['))
		return bad(scan, text, base, err, no_report);
	if (take_char(&cursor, ']'))
		return DC_OK;
	do {
		struct dc_slice value;
		if (!take_value(&cursor, &value))
			return bad(scan, text, base + cursor.at, err, no_report);
		status = give_domain(scan, text, value, err);
		if (status != DC_OK)
			return status;
	} while (take_char(&cursor, ','));
	return take_char(&cursor, ']') ? DC_OK : bad(scan, text, base + cursor.at, err, no_report);
}

static enum dc_status give_value(const struct dc_scan *scan, struct dc_slice text, struct cursor *cursor,
				 struct object *object, struct dc_error *err)
{
	size_t start = cursor->at;
	bool twice = false;
	if (!take_object(cursor, object))
		return bad(scan, text, cursor->at, err,
			   peek(cursor) == 0 && start < cursor->at ? "cut off: the report does not come to its end" : no_report);
	const struct member *domains = find(object, DC_S("domains"), &twice);
	if (twice)
		return bad(scan, text, start, err, no_report);
	if (domains)
		return give_report(scan, text, object, domains, err);
	return give_domain(scan, text, dc_slice_sub(text, start, cursor->at - start), err);
}

enum dc_status dc_scan_reports(const struct dc_scan *scan, struct dc_slice text, struct dc_error *err)
{
	struct cursor cursor = {.text = text};
	struct object object;
	if (text.len > DC_SCAN_REPORT_MAX) { /* not fuzzed: a report of 256 MiB */
		return dc_error_set(err, DC_ERR_INPUT, "%s: larger than %d MiB", scan->shown, DC_SCAN_REPORT_MAX >> 20);
	}
	/* A NUL would end what peek sees; JSON has none. */
	if (text.len && memchr(text.ptr, 0, text.len))
		return dc_error_set(err, DC_ERR_INPUT, "%s: %s", scan->shown, no_report);
	if (peek(&cursor) == 0)
		return dc_error_set(err, DC_ERR_INPUT, "%s is empty", scan->shown);
	while (peek(&cursor)) {
		enum dc_status status = give_value(scan, text, &cursor, &object, err);
		if (status != DC_OK)
			return status;
	}
	return DC_OK;
}
