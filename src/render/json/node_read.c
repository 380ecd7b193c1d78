/* Looking into nodes, and nodes of what jansson has read: see node.h. */
#include "render/json/node_parts.h"

const struct dc_node *dc_node_first(const struct dc_node *list)
{
	return list && (list->kind == DC_NODE_OBJECT || list->kind == DC_NODE_ARRAY) ? list->list.first : NULL;
}

const struct dc_node *dc_node_next(const struct dc_node *item)
{
	return item->next;
}

const struct dc_node *dc_node_get(const struct dc_node *object, const char *key)
{
	size_t len = strlen(key);
	const struct dc_node *member = dc_node_first(object);

	while (member && (member->key_len != len || memcmp(member->key, key, len) != 0))
		member = member->next;
	return member;
}

struct dc_slice dc_node_text_of(const struct dc_node *value)
{
	return value && (value->kind == DC_NODE_PLAIN || value->kind == DC_NODE_TEXT) ? value->text : (struct dc_slice){0};
}

struct dc_slice dc_node_get_text(const struct dc_node *object, const char *key)
{
	return dc_node_text_of(dc_node_get(object, key));
}

bool dc_node_get_integer(const struct dc_node *object, const char *key, int64_t *ret_number)
{
	const struct dc_node *value = dc_node_get(object, key);

	if (!value || value->kind != DC_NODE_INTEGER)
		return false;
	*ret_number = value->number;
	return true;
}

enum dc_tri dc_node_get_tri(const struct dc_node *object, const char *key)
{
	const struct dc_node *value = dc_node_get(object, key);

	return !value || (value->kind != DC_NODE_TRUE && value->kind != DC_NODE_FALSE) ? DC_TRI_UNKNOWN
	       : value->kind == DC_NODE_TRUE						? DC_TRI_YES
											: DC_TRI_NO;
}

/* ---- of jansson's values ---- */

/* Valid UTF-8; whether it is plain, nobody has asked yet. */
static struct dc_node *read_text(struct dc_json *json, const json_t *value)
{
	struct dc_node *node = dc_node_null(json);

	if (node) {
		node->kind = DC_NODE_TEXT;
		node->text = (struct dc_slice){json_string_value(value), json_string_length(value)};
	}
	return node;
}

/* NOLINTBEGIN(misc-no-recursion): as deep as jansson reads */
struct dc_node *dc_node_of(struct dc_json *json, const json_t *value)
{
	struct dc_node *node;
	const json_t *item;
	const char *key;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		node = dc_node_object(json);
		json_object_foreach((json_t *)value, key, item)
		{
			dc_node_set_key(json, node, dc_slice_of(key), dc_node_of(json, item));
		}
		return node;
	case JSON_ARRAY:
		node = dc_node_array(json);
		json_array_foreach(value, i, item)
		{
			dc_node_add(json, node, dc_node_of(json, item));
		}
		return node;
	case JSON_STRING:
		return read_text(json, value);
	case JSON_INTEGER:
		return dc_node_integer(json, json_integer_value(value));
	case JSON_REAL:
		return dc_node_real(json, json_real_value(value));
	case JSON_TRUE:
	case JSON_FALSE:
		return dc_node_flag(json, json_is_true(value));
	default:
		return dc_node_null(json);
	}
}
/* NOLINTEND(misc-no-recursion) */
