/* A node from inside: node.c makes them, node_write.c writes them, node_read.c reads them; nobody else includes this. */
#ifndef DC_RENDER_JSON_NODE_PARTS_H
#define DC_RENDER_JSON_NODE_PARTS_H

#include "render/json/node.h"

enum dc_node_kind {
	DC_NODE_OBJECT,
	DC_NODE_ARRAY,
	DC_NODE_PLAIN, /* text in which nothing needs an escape */
	DC_NODE_TEXT,  /* valid UTF-8 */
	DC_NODE_INTEGER,
	DC_NODE_REAL,
	DC_NODE_TRUE,
	DC_NODE_FALSE,
	DC_NODE_NULL,
};

struct dc_node {
	struct dc_node *next;     /* of the same object or array */
	const char *key;          /* of a member; nothing in it needs an escape */
	union {
		struct {
			struct dc_node *first, *last;
		} list;
		struct dc_slice text;
		int64_t number;
		double real;
	};
	uint32_t key_len;
	enum dc_node_kind kind;
};

#endif
