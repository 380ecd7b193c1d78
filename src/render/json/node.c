/* Making of nodes: see node.h. */
#include "base/escape.h"
#include "render/json/node_parts.h"

enum { MADE_AHEAD = 64 };

static struct dc_node *node(struct dc_json *json, enum dc_node_kind kind)
{
	struct dc_node *new;

	if (json->next_node == json->nodes_end) {
		json->next_node = json->nodes ? dc_arena_try(json->nodes, MADE_AHEAD * sizeof(*new)) : NULL;
		json->nodes_end = json->next_node ? json->next_node + MADE_AHEAD : NULL;
	}
	if (!json->next_node) {
		json->failed = true;
		return NULL;
	}
	new = json->next_node++;
	new->kind = kind;
	return new;
}

struct dc_node *dc_node_object(struct dc_json *json)
{
	return node(json, DC_NODE_OBJECT);
}

struct dc_node *dc_node_array(struct dc_json *json)
{
	return node(json, DC_NODE_ARRAY);
}

struct dc_node *dc_node_null(struct dc_json *json)
{
	return node(json, DC_NODE_NULL);
}

struct dc_node *dc_node_flag(struct dc_json *json, bool value)
{
	return node(json, value ? DC_NODE_TRUE : DC_NODE_FALSE);
}

struct dc_node *dc_node_integer(struct dc_json *json, int64_t number)
{
	struct dc_node *new = node(json, DC_NODE_INTEGER);

	if (new)
		new->number = number;
	return new;
}

struct dc_node *dc_node_real(struct dc_json *json, double number)
{
	struct dc_node *new = node(json, DC_NODE_REAL);

	if (new)
		new->real = number;
	return new;
}

/* ---- text ---- */

/* Of eight octets: the highest bit of an octet is set where one is a control, not ASCII, DEL, a quote or a backslash. Octets
 * above such a one may be marked wrongly, which does no harm. */
static inline uint64_t odd_octets(const char *text)
{
	static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	uint64_t eight;

	memcpy(&eight, text, sizeof(eight));
	uint64_t quote = eight ^ ones * '"', backslash = eight ^ ones * '\\', delete = eight ^ ones * 0x7f;
	return (eight | (eight - ones * 0x20) | (quote - ones) | (backslash - ones) | (delete - ones)) & tops;
}

bool dc_node_is_plain(const char *text, size_t len)
{
	uint64_t found = 0;

	for (; len >= 32 && !found; text += 32, len -= 32)
		found = odd_octets(text) | odd_octets(text + 8) | odd_octets(text + 16) | odd_octets(text + 24);
	for (; len >= 8 && !found; text += 8, len -= 8)
		found = odd_octets(text);
	for (; len && !found; text++, len--)
		found = (unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f || *text == '"' || *text == '\\';
	return !found;
}

static bool is_utf8(struct dc_slice s)
{
	json_t *value = json_stringn(s.ptr, s.len);

	json_decref(value);
	return value != NULL;
}

static struct dc_slice copy(struct dc_json *json, struct dc_slice s)
{
	char *to = json->nodes ? dc_arena_try(json->nodes, s.len + 1) : NULL;

	if (!to) {
		json->failed = true;
		return (struct dc_slice){0};
	}
	if (s.len)
		memcpy(to, s.ptr, s.len);
	return (struct dc_slice){to, s.len};
}

struct dc_node *dc_node_text(struct dc_json *json, struct dc_slice s)
{
	struct dc_node *new = node(json, DC_NODE_PLAIN);

	if (!new)
		return NULL;
	new->text = s;
	if (dc_node_is_plain(s.ptr, s.len))
		return new;
	new->kind = DC_NODE_TEXT;
	if (is_utf8(s))
		return new;
	dc_buf_reset(&json->text);
	dc_escape_text(&json->text, s, DC_ESCAPE_UTF8);
	json->failed |= json->text.status != DC_OK;
	new->text = copy(json, dc_buf_slice(&json->text));
	return new;
}

struct dc_node *dc_node_copy(struct dc_json *json, struct dc_slice s)
{
	return dc_node_text(json, copy(json, s));
}

struct dc_node *dc_node_text_or_null(struct dc_json *json, struct dc_slice s)
{
	return s.len > 0 ? dc_node_text(json, s) : dc_node_null(json);
}

struct dc_node *dc_node_word(struct dc_json *json, const char *text)
{
	return dc_node_text(json, dc_slice_of(text));
}

struct dc_node *dc_node_name_or_null(struct dc_json *json, const char *text)
{
	return text ? dc_node_word(json, text) : dc_node_null(json);
}

struct dc_node *dc_node_texts(struct dc_json *json, const struct dc_slice *items, size_t count)
{
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; i < count; i++)
		dc_node_add(json, array, dc_node_text(json, items[i]));
	return array;
}

/* ---- other values ---- */

struct dc_node *dc_node_uint(struct dc_json *json, uint64_t number)
{
	return dc_node_integer(json, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

struct dc_node *dc_node_ip(struct dc_json *json, struct dc_ip ip)
{
	char text[DC_IP_TEXT_MAX];

	return ip.family == 0 ? dc_node_null(json) : dc_node_copy(json, dc_ip_format(ip, text));
}

struct dc_node *dc_node_bool(struct dc_json *json, bool known, bool value)
{
	return known ? dc_node_flag(json, value) : dc_node_null(json);
}

struct dc_node *dc_node_tri(struct dc_json *json, enum dc_tri value)
{
	return dc_node_bool(json, value != DC_TRI_UNKNOWN, value == DC_TRI_YES);
}

struct dc_node *dc_node_answer(struct dc_json *json, const struct dc_answer *answer)
{
	char buffer[16];
	struct dc_node *object;
	bool dns, known;

	if (!answer)
		return dc_node_null(json);
	known = dc_outcome_is_known(answer->outcome);
	dns = answer->question.kind <= DC_ASK_SERVER;
	object = dc_node_object(json);
	dc_node_set(json, object, "kind", dc_node_word(json, dc_question_kind_name(answer->question.kind)));
	dc_node_set(json, object, "name", dc_node_text_or_null(json, answer->question.name));
	dc_node_set(json, object, "type",
		    dns ? dc_node_copy(json, dc_slice_of(dc_type_name(answer->question.type, buffer))) : dc_node_null(json));
	dc_node_set(json, object, "server", dc_node_text_or_null(json, answer->via));
	dc_node_set(json, object, "outcome", dc_node_word(json, dc_outcome_name(answer->outcome)));
	dc_node_set(json, object, "records", dns && known ? dc_node_uint(json, dc_answer_count(answer)) : dc_node_null(json));
	dc_node_set(json, object, "ttl_s", dns && known ? dc_node_uint(json, answer->ttl_s) : dc_node_null(json));
	if (answer->ede >= 0)
		dc_node_set(json, object, "ede", dc_node_integer(json, answer->ede));
	if (answer->detail.len > 0)
		dc_node_set(json, object, "detail", dc_node_text(json, answer->detail));
	return object;
}

/* ---- objects and arrays ---- */

static void append(struct dc_json *json, struct dc_node *list, struct dc_node *value)
{
	if (!list || !value) {
		json->failed = true;
		return;
	}
	*(list->list.last ? &list->list.last->next : &list->list.first) = value;
	list->list.last = value;
}

void dc_node_set_key(struct dc_json *json, struct dc_node *object, struct dc_slice key, struct dc_node *value)
{
	if (value) {
		value->key = key.ptr;
		value->key_len = (uint32_t)key.len;
	}
	append(json, object, value);
}

void dc_node_add(struct dc_json *json, struct dc_node *array, struct dc_node *value)
{
	append(json, array, value);
}

void dc_node_forget(struct dc_json *json)
{
	json->next_node = json->nodes_end = NULL;
	if (json->nodes)
		dc_arena_reset(json->nodes);
}
