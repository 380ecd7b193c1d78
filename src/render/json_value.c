/* Values of the JSON renderers. */
#include "render/json_value.h"

#include "base/escape.h"

void dc_json_init(struct dc_json *json)
{
	*json = (struct dc_json){0};
	dc_buf_init(&json->text, DC_REPORT_MAX);
}

void dc_json_clear(struct dc_json *json)
{
	dc_buf_free(&json->text);
}

void dc_json_set(struct dc_json *json, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) != 0)
		json->failed = true;
}

void dc_json_add(struct dc_json *json, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		json->failed = true;
}

json_t *dc_json_text(struct dc_json *json, struct dc_slice s)
{
	json_t *value = json_stringn(s.ptr ? s.ptr : "", s.len);

	if (value)
		return value;
	dc_buf_reset(&json->text);
	dc_escape_text(&json->text, s, DC_ESCAPE_UTF8);
	if (json->text.status != DC_OK)
		return NULL;
	return json_stringn(json->text.len > 0 ? json->text.ptr : "", json->text.len);
}

json_t *dc_json_text_or_null(struct dc_json *json, struct dc_slice s)
{
	return s.len > 0 ? dc_json_text(json, s) : json_null();
}

json_t *dc_json_name_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

json_t *dc_json_uint(uint64_t number)
{
	return json_integer(number > INT64_MAX ? INT64_MAX : (json_int_t)number);
}

json_t *dc_json_ip(struct dc_ip ip)
{
	char text[DC_IP_TEXT_MAX];
	struct dc_slice s;

	if (ip.family == 0)
		return json_null();
	s = dc_ip_format(ip, text);
	return json_stringn(s.ptr, s.len);
}

json_t *dc_json_prefix(struct dc_prefix prefix)
{
	char text[DC_PREFIX_TEXT_MAX];
	struct dc_slice s = dc_prefix_format(prefix, text);

	return json_stringn(s.ptr, s.len);
}

json_t *dc_json_bool(bool known, bool value)
{
	return known ? json_boolean(value) : json_null();
}

json_t *dc_json_tri(enum dc_tri value)
{
	return dc_json_bool(value != DC_TRI_UNKNOWN, value == DC_TRI_YES);
}

struct dc_slice dc_json_member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? (struct dc_slice){json_string_value(value), json_string_length(value)} : (struct dc_slice){0};
}

json_t *dc_json_texts(struct dc_json *json, const struct dc_slice *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		dc_json_add(json, array, dc_json_text(json, items[i]));
	return array;
}

json_t *dc_json_answer(struct dc_json *json, const struct dc_answer *answer)
{
	char buffer[16];
	json_t *object;
	bool dns, known;

	if (!answer)
		return json_null();
	known = dc_outcome_is_known(answer->outcome);
	dns = answer->question.kind <= DC_ASK_SERVER;
	object = json_object();
	dc_json_set(json, object, "kind", json_string(dc_question_kind_name(answer->question.kind)));
	dc_json_set(json, object, "name", dc_json_text_or_null(json, answer->question.name));
	dc_json_set(json, object, "type", dns ? json_string(dc_type_name(answer->question.type, buffer)) : json_null());
	dc_json_set(json, object, "server", dc_json_text_or_null(json, answer->via));
	dc_json_set(json, object, "outcome", json_string(dc_outcome_name(answer->outcome)));
	dc_json_set(json, object, "records", dns && known ? dc_json_uint(dc_answer_count(answer)) : json_null());
	dc_json_set(json, object, "ttl_s", dns && known ? dc_json_uint(answer->ttl_s) : json_null());
	if (answer->ede >= 0)
		dc_json_set(json, object, "ede", json_integer(answer->ede));
	if (answer->detail.len > 0)
		dc_json_set(json, object, "detail", dc_json_text(json, answer->detail));
	return object;
}

/* ---- writing ---- */

struct sink {
	struct dc_buf *out;
	unsigned margin;
};

/* DEL is a control that JSON does not escape by itself. Raw newlines only stand between values. */
static int put(const char *bytes, size_t len, void *data)
{
	static const char blanks[] = "                ";
	struct sink *sink = data;
	size_t start = 0;

	if (!memchr(bytes, 0x7f, len) && (sink->margin == 0 || !memchr(bytes, '\n', len))) {
		dc_buf_put(sink->out, bytes, len);
		return 0;
	}
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != 0x7f && bytes[i] != '\n')
			continue;
		dc_buf_put(sink->out, bytes + start, i - start);
		start = i + 1;
		if (bytes[i] == 0x7f) {
			dc_buf_puts(sink->out, "\\u007f");
		} else {
			dc_buf_putc(sink->out, '\n');
			dc_buf_put(sink->out, blanks, sink->margin);
		}
	}
	dc_buf_put(sink->out, bytes + start, len - start);
	return 0;
}

static bool dump(struct sink *sink, const json_t *value, bool compact)
{
	size_t flags = JSON_ENSURE_ASCII | JSON_ENCODE_ANY | (compact ? JSON_COMPACT : JSON_INDENT(2));

	return value && json_dump_callback(value, put, sink, flags) == 0;
}

/* Nothing in it needs an escape. */
static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f || text[i] == '"' || text[i] == '\\')
			return false;
	return true;
}

static void put_quoted(struct dc_buf *out, const char *text, size_t len)
{
	dc_buf_putc(out, '"');
	dc_buf_put(out, text, len);
	dc_buf_putc(out, '"');
}

static void put_integer(struct dc_buf *out, json_int_t number)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		digits[--at] = '-';
	dc_buf_put(out, digits + at, sizeof(digits) - at);
}

/* The compact form without jansson's many small steps, which are most of the cost of a line; whatever needs escapes is left
 * to jansson. */
static bool put_compact(struct sink *sink, json_t *value)
{
	struct dc_buf *out = sink->out;
	char lead = '{';

	switch (value ? json_typeof(value) : JSON_REAL) {
	case JSON_OBJECT:
		for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at), lead = ',') {
			const char *key = json_object_iter_key(at);
			size_t len = strlen(key);

			dc_buf_putc(out, lead);
			if (!is_plain(key, len))
				return false;
			put_quoted(out, key, len);
			dc_buf_putc(out, ':');
			if (!put_compact(sink, json_object_iter_value(at)))
				return false;
		}
		dc_buf_puts(out, lead == '{' ? "{}" : "}");
		return true;
	case JSON_ARRAY:
		dc_buf_putc(out, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i)
				dc_buf_putc(out, ',');
			if (!put_compact(sink, json_array_get(value, i)))
				return false;
		}
		dc_buf_putc(out, ']');
		return true;
	case JSON_STRING:
		if (!is_plain(json_string_value(value), json_string_length(value)))
			return dump(sink, value, true);
		put_quoted(out, json_string_value(value), json_string_length(value));
		return true;
	case JSON_INTEGER:
		put_integer(out, json_integer_value(value));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		dc_buf_puts(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
		return true;
	default:
		return dump(sink, value, true);
	}
}

void dc_json_write(struct dc_json *json, struct dc_buf *out, const json_t *value, bool compact, unsigned margin)
{
	struct sink sink = {.out = out, .margin = compact || margin > 16 ? 0 : margin};

	/* jansson's iterators want an object that they may change, and do not change it */
	if (!(compact ? put_compact(&sink, (json_t *)value) : dump(&sink, value, false)))
		json->failed = true;
}

void dc_json_put_word(struct dc_json *json, struct dc_buf *out, const char *lead, const char *word)
{
	size_t len = strlen(word);
	json_t *value;

	dc_buf_puts(out, lead);
	if (is_plain(word, len)) {
		put_quoted(out, word, len);
		return;
	}
	value = json_string(word);
	dc_json_write(json, out, value, true, 0);
	json_decref(value);
}
