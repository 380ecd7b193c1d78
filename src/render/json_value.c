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

void dc_json_write(struct dc_json *json, struct dc_buf *out, const json_t *value, bool compact, unsigned margin)
{
	struct sink sink = {.out = out, .margin = compact || margin > 16 ? 0 : margin};
	size_t flags = JSON_ENSURE_ASCII | JSON_ENCODE_ANY | (compact ? JSON_COMPACT : JSON_INDENT(2));

	if (!value || json_dump_callback(value, put, &sink, flags) != 0)
		json->failed = true;
}
