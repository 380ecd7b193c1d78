/* YAML as a tree of positions and texts: the part of it that a manifest needs. One document; block and flow style, plain and
 * quoted scalars. Anchors, aliases, merge keys and tags are refused: with them a small file can unfold into a huge one, and
 * what a manifest shares between domains stands under `defaults`. */
#ifndef DC_MANIFEST_YAML_H
#define DC_MANIFEST_YAML_H

#include "manifest/fault.h"

enum {
	DC_YAML_DEPTH_MAX = 16,        /* twice what the deepest key of a manifest needs */
	DC_YAML_NODES_MAX = 1000 * 1000, /* twenty for each of 50,000 domains; some 110 octets of memory each */
	DC_YAML_TEXT_MAX = 1024,       /* octets of one scalar: a name has 253 at most, a reason is a sentence */
};

enum dc_yaml_kind { DC_YAML_SCALAR, DC_YAML_LIST, DC_YAML_MAP };

struct dc_yaml_node {
	enum dc_yaml_kind kind;
	bool plain;                  /* a scalar without quotes: may stand for a number, true or nothing */
	bool bad;                    /* a fault was noted for it: nothing more is to be said */
	struct dc_place place;
	struct dc_slice text;        /* of a scalar; NUL-terminated (not counted), holds no NUL */
	const struct dc_yaml_node *key; /* of an entry of a map: a scalar */
	const struct dc_yaml_node *first, *next; /* children; siblings */
	size_t count;                /* children */
};

/* What a scalar without quotes stands for (YAML 1.2 core schema). */
enum dc_yaml_type { DC_YAML_TEXT, DC_YAML_NOTHING, DC_YAML_BOOLEAN, DC_YAML_INTEGER, DC_YAML_REAL };
enum dc_yaml_type dc_yaml_type_of(const struct dc_yaml_node *node);
/* "a list", "a mapping", "nothing", "a number" …: for error lines; static. */
const char *dc_yaml_kind_name(const struct dc_yaml_node *node);

/* The tree, in `faults->arena`. NULL: it could not be read at all and *faults says why; or nothing was in it (no fault is
 * noted then). Other faults (an alias) are noted and the walk goes on. Returns false only when memory is spent. */
bool dc_yaml_read(struct dc_slice bytes, struct dc_faults *faults, const struct dc_yaml_node **ret_root);

#endif
