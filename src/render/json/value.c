/* Values of the JSON renderers. */
#include "base/escape.h"
#include "render/json/node.h"

#include <setjmp.h>
#include <stdlib.h>

void dc_json_init(struct dc_json *json)
{
	*json = (struct dc_json){0};
	dc_buf_init(&json->text, DC_REPORT_MAX);
	json->nodes = dc_arena_new(DC_REPORT_MAX);
	json->failed = !json->nodes;
}

void dc_json_clear(struct dc_json *json)
{
	dc_buf_free(&json->text);
	dc_arena_free(json->nodes);
	json->nodes = NULL;
	json->next_node = json->nodes_end = NULL;
	free(json->words);
	json->words = NULL;
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

json_t *dc_json_uint(uint64_t number)
{
	return json_integer(number > INT64_MAX ? INT64_MAX : (json_int_t)number);
}

/* ---- reading ---- */

/* Without memory for a longer word the library reads on without one of its octets, or crashes. So its memory comes from here,
 * and what does not come ends the reading; what had been read by then is lost. Like GMP's functions (base/gmp_guard.c) these
 * are set when the library is loaded; a program that has set functions of its own before keeps them, and nothing is guarded. */
static _Thread_local jmp_buf *reading;

static void *take_memory(size_t size)
{
	void *memory = malloc(size);
	jmp_buf *back = reading;

	if (memory || !back)
		return memory;
	reading = NULL;
	longjmp(*back, 1);
}

__attribute__((constructor)) static void set_functions(void)
{
	json_malloc_t takes;
	json_free_t gives;

	json_get_alloc_funcs(&takes, &gives);
	if (takes == malloc && gives == free)
		json_set_alloc_funcs(take_memory, free);
}

static json_t *load(struct dc_slice text, bool *ret_memory)
{
	jmp_buf back;
	json_error_t why = {0};
	json_t *value;

	*ret_memory = true;
	if (setjmp(back) != 0)
		return NULL;
	reading = &back;
	value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	reading = NULL;
	*ret_memory = !value && json_error_code(&why) == json_error_out_of_memory;
	return value;
}

/* What fails for want of memory seldom does so twice. */
json_t *dc_json_load(struct dc_slice text, bool *ret_memory)
{
	json_t *value = load(text, ret_memory);

	return *ret_memory ? load(text, ret_memory) : value;
}

struct dc_slice dc_json_member(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? (struct dc_slice){json_string_value(value), json_string_length(value)} : (struct dc_slice){0};
}

json_t *dc_json_words(struct dc_json *json, const char *const *words)
{
	json_t *array = json_array();

	for (size_t i = 0; words[i]; i++)
		dc_json_add(json, array, json_string(words[i]));
	return array;
}

json_t *dc_json_texts(struct dc_json *json, const struct dc_slice *items, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		dc_json_add(json, array, dc_json_text(json, items[i]));
	return array;
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

void dc_json_write(struct dc_json *json, struct dc_buf *out, const json_t *value, bool compact, unsigned margin)
{
	struct sink sink = {.out = out, .margin = compact || margin > 16 ? 0 : margin};

	if (!dump(&sink, value, compact))
		json->failed = true;
}

/* ---- our own words ---- */

enum { WORD_BITS = 10 }; /* room for a thousand: a report has a few hundred */

/* A word that was met before: its address tells it from all others. */
struct dc_json_word {
	const char *text;
	uint32_t len;
	bool plain;
};

static struct dc_json_word measure(struct dc_json *json, const char *text)
{
	const size_t slot = (uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> (64 - WORD_BITS);
	struct dc_json_word *known, word;

	if (!json->words)
		json->words = calloc((size_t)1 << WORD_BITS, sizeof(*json->words));
	known = json->words ? &json->words[slot] : NULL;
	if (known && known->text == text)
		return *known;
	word = (struct dc_json_word){.text = text, .len = (uint32_t)strlen(text)};
	word.plain = dc_node_is_plain(text, word.len);
	if (known)
		*known = word;
	return word;
}

void dc_json_put_word(struct dc_json *json, struct dc_buf *out, const char *text)
{
	struct dc_json_word word = measure(json, text);
	char *to = word.plain ? dc_buf_room(out, word.len + 2) : NULL;
	json_t *value;

	if (to) {
		to[0] = '"';
		memcpy(to + 1, text, word.len);
		to[word.len + 1] = '"';
		out->len += word.len + 2;
		return;
	}
	value = json_string(text);
	dc_json_write(json, out, value, true, 0);
	json_decref(value);
}
