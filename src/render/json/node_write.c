/* Nodes to text, and to jansson's values: see node.h. The text is what jansson writes with JSON_ENSURE_ASCII
 * and JSON_COMPACT or JSON_INDENT(2), without its many small steps. */
#include "render/json/node_parts.h"

enum {
	STEP = 2,        /* blanks a level */
	DEPTH_MAX = 2048, /* as jansson's; an SPF tree has two levels an include */
};

struct writer {
	struct dc_json *json;
	struct dc_buf *out;
	bool compact;
	unsigned margin, depth;
};

static void put_quoted(struct dc_buf *out, const char *text, size_t len)
{
	char *to = dc_buf_room(out, len + 2);

	if (to) {
		to[0] = '"';
		if (len)
			memcpy(to + 1, text, len);
		to[len + 1] = '"';
		out->len += len + 2;
	}
}

static void put_integer(struct dc_buf *out, int64_t number)
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

static void new_line(struct writer *writer)
{
	static const char blanks[] = "                                ";
	size_t left = writer->margin + (size_t)STEP * writer->depth;

	if (writer->compact)
		return;
	dc_buf_putc(writer->out, '\n');
	for (size_t n; left; left -= n) {
		n = left < sizeof(blanks) - 1 ? left : sizeof(blanks) - 1;
		dc_buf_put(writer->out, blanks, n);
	}
}

/* The comma before a member or item and the member's key. */
static void put_lead(struct writer *writer, const struct dc_node *node, bool first)
{
	struct dc_buf *out = writer->out;
	char *to;

	if (!writer->compact) {
		if (!first)
			dc_buf_putc(out, ',');
		new_line(writer);
		if (node->key)
			put_quoted(out, node->key, node->key_len);
		if (node->key)
			dc_buf_put(out, ": ", 2);
		return;
	}
	to = dc_buf_room(out, node->key_len + 4);
	if (!to)
		return;
	if (!first)
		*to++ = ',';
	if (node->key) {
		*to++ = '"';
		memcpy(to, node->key, node->key_len);
		to += node->key_len;
		*to++ = '"';
		*to++ = ':';
	}
	out->len = (size_t)(to - out->ptr);
}

/* What only jansson knows how to write: escapes and doubles. */
static void put_value(struct writer *writer, json_t *value)
{
	dc_json_write(writer->json, writer->out, value, true, 0);
	json_decref(value);
}

static void put(struct writer *writer, const struct dc_node *node);

/* NOLINTBEGIN(misc-no-recursion): DEPTH_MAX */
static void put_list(struct writer *writer, const struct dc_node *list, char open, char close)
{
	struct dc_buf *out = writer->out;

	dc_buf_putc(out, open);
	writer->depth++;
	for (const struct dc_node *node = list->list.first; node; node = node->next) {
		put_lead(writer, node, node == list->list.first);
		put(writer, node);
	}
	writer->depth--;
	if (list->list.first)
		new_line(writer);
	dc_buf_putc(out, close);
}

static void put(struct writer *writer, const struct dc_node *node)
{
	struct dc_buf *out = writer->out;

	if (writer->depth > DEPTH_MAX) {
		writer->json->failed = true;
		return;
	}
	switch (node->kind) {
	case DC_NODE_OBJECT:
		put_list(writer, node, '{', '}');
		break;
	case DC_NODE_ARRAY:
		put_list(writer, node, '[', ']');
		break;
	case DC_NODE_PLAIN:
		put_quoted(out, node->text.ptr, node->text.len);
		break;
	case DC_NODE_TEXT:
		put_value(writer, json_stringn(node->text.ptr ? node->text.ptr : "", node->text.len));
		break;
	case DC_NODE_INTEGER:
		put_integer(out, node->number);
		break;
	case DC_NODE_REAL:
		put_value(writer, json_real(node->real));
		break;
	case DC_NODE_TRUE:
		dc_buf_put(out, "true", 4);
		break;
	case DC_NODE_FALSE:
		dc_buf_put(out, "false", 5);
		break;
	default:
		dc_buf_put(out, "null", 4);
		break;
	}
}
/* NOLINTEND(misc-no-recursion) */

void dc_node_write(struct dc_json *json, struct dc_buf *out, const struct dc_node *value, bool compact, unsigned margin)
{
	struct writer writer = {.json = json, .out = out, .compact = compact, .margin = margin};

	if (value)
		put(&writer, value);
	else
		json->failed = true;
}

/* ---- jansson's values ---- */

/* NOLINTBEGIN(misc-no-recursion): a value of ours, as deep as what makes it */
json_t *dc_node_value(struct dc_json *json, const struct dc_node *node)
{
	json_t *value;

	switch (node ? node->kind : DC_NODE_NULL) {
	case DC_NODE_OBJECT:
		value = json_object();
		for (const struct dc_node *member = node->list.first; member; member = member->next)
			dc_json_set(json, value, member->key, dc_node_value(json, member));
		return value;
	case DC_NODE_ARRAY:
		value = json_array();
		for (const struct dc_node *item = node->list.first; item; item = item->next)
			dc_json_add(json, value, dc_node_value(json, item));
		return value;
	case DC_NODE_PLAIN:
	case DC_NODE_TEXT:
		return json_stringn(node->text.ptr ? node->text.ptr : "", node->text.len);
	case DC_NODE_INTEGER:
		return json_integer(node->number);
	case DC_NODE_REAL:
		return json_real(node->real);
	case DC_NODE_TRUE:
	case DC_NODE_FALSE:
		return json_boolean(node->kind == DC_NODE_TRUE);
	default:
		return node ? json_null() : NULL;
	}
}
/* NOLINTEND(misc-no-recursion) */
