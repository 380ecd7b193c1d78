/* The public SPF test suites (Debian's golang-blitiri-go-spf-dev): YAML to a made-up DNS and to cases. Header only.
 *
 * Rules of the suites: SPF records stand for TXT unless the name has a TXT (or "TXT: NONE"); a TIMEOUT, SERVFAIL or CNAMELOOP
 * at a name fails every type that has no data there; \xNN means an octet; explanations count for fail only, DEFAULT stands for
 * none. */
#ifndef DC_TESTS_SPF_SUITE_H
#define DC_TESTS_SPF_SUITE_H

#include <yaml.h>

#include "world.h"

struct suite_case {
	const char *name;
	struct dc_slice helo, from, domain; /* domain: where evaluation starts */
	struct dc_slice local;
	struct dc_ip ip;
	yaml_node_t *result, *explanation;
};

struct suite {
	void (*run)(struct suite *suite, struct world *w, yaml_document_t *doc, const struct suite_case *test);
	int bad; /* what cannot be read */
	void *data;
};

/* ---- YAML ---- */

static inline yaml_node_t *suite_child(yaml_document_t *doc, yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *k = yaml_document_get_node(doc, p->key);
		if (k->type == YAML_SCALAR_NODE && !strcmp((char *)k->data.scalar.value, key))
			return yaml_document_get_node(doc, p->value);
	}
	return NULL;
}

/* Code points below 256 as octets: "\x96" is an octet in these files. */
static inline struct dc_slice suite_octets(struct dc_arena *arena, yaml_node_t *node)
{
	struct dc_slice in, out;
	char *bytes;
	if (!node || node->type != YAML_SCALAR_NODE)
		return (struct dc_slice){NULL, 0};
	in = (struct dc_slice){(char *)node->data.scalar.value, node->data.scalar.length};
	bytes = dc_arena_alloc(arena, in.len + 1);
	out = (struct dc_slice){bytes, 0};
	for (size_t i = 0; i < in.len; i++) {
		unsigned char c = (unsigned char)in.ptr[i];
		if (c >= 0xc2 && c <= 0xc3 && i + 1 < in.len)
			c = (unsigned char)((c & 3) << 6 | (in.ptr[++i] & 0x3f));
		bytes[out.len++] = (char)c;
	}
	return out;
}

static inline const char *suite_text(struct dc_arena *arena, yaml_node_t *node)
{
	const char *text = suite_octets(arena, node).ptr;

	return text ? text : "";
}

/* ---- zone data ---- */

static inline void suite_add_strings(struct world *w, struct dc_arena *arena, yaml_document_t *doc, const char *name, yaml_node_t *value)
{
	struct dc_slice strings[64];
	size_t n = 0;
	if (value->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *i = value->data.sequence.items.start; i < value->data.sequence.items.top && n < 64; i++)
			strings[n++] = suite_octets(arena, yaml_document_get_node(doc, *i));
	} else {
		strings[n++] = suite_octets(arena, value);
	}
	world_txt_strings(w, name, DC_TYPE_TXT, strings, n);
}

static inline void suite_add_record(struct suite *suite, struct world *w, struct dc_arena *arena, yaml_document_t *doc,
				    const char *name, const char *type, yaml_node_t *value, bool has_txt)
{
	if (!strcmp(type, "TXT")) {
		if (strcmp(suite_text(arena, value), "NONE") != 0)
			suite_add_strings(w, arena, doc, name, value);
	} else if (!strcmp(type, "SPF")) {
		if (!has_txt)
			suite_add_strings(w, arena, doc, name, value);
	} else if (!strcmp(type, "A") || !strcmp(type, "AAAA")) {
		world_ip(w, name, suite_text(arena, value));
	} else if (!strcmp(type, "MX")) {
		yaml_node_item_t *items = value->data.sequence.items.start;
		world_host(w, name, DC_TYPE_MX, (unsigned)atoi(suite_text(arena, yaml_document_get_node(doc, items[0]))),
			   suite_text(arena, yaml_document_get_node(doc, items[1])));
	} else if (!strcmp(type, "PTR")) {
		world_host(w, name, DC_TYPE_PTR, 0, suite_text(arena, value));
	} else if (!strcmp(type, "CNAME")) {
		if (*suite_text(arena, value))
			world_host(w, name, DC_TYPE_CNAME, 0, suite_text(arena, value));
	} else if (!strcmp(type, "TIMEOUT")) {
		world_fail(w, name, 0, DC_OUTCOME_TIMEOUT);
	} else if (!strcmp(type, "SERVFAIL") || !strcmp(type, "CNAMELOOP")) {
		world_fail(w, name, 0, DC_OUTCOME_SERVFAIL);
	} else {
		printf("not ok: unknown record type %s at %s\n", type, name);
		suite->bad++;
	}
}

static inline void suite_add_name(struct suite *suite, struct world *w, struct dc_arena *arena, yaml_document_t *doc, yaml_node_t *key,
				  yaml_node_t *list)
{
	const char *name = suite_text(arena, key);
	bool has_txt = false;
	yaml_node_item_t *items = list->data.sequence.items.start, *end = list->data.sequence.items.top;
	for (int pass = 0; pass < 2; pass++)
		for (yaml_node_item_t *i = items; i < end; i++) {
			yaml_node_t *record = yaml_document_get_node(doc, *i);
			if (record->type == YAML_SCALAR_NODE) { /* "- TIMEOUT" */
				if (pass)
					suite_add_record(suite, w, arena, doc, name, suite_text(arena, record), record, has_txt);
				continue;
			}
			yaml_node_pair_t *p = record->data.mapping.pairs.start;
			const char *type = suite_text(arena, yaml_document_get_node(doc, p->key));
			yaml_node_t *value = yaml_document_get_node(doc, p->value);
			has_txt |= !strcmp(type, "TXT");
			if (!pass)
				continue;
			if (value->type == YAML_SCALAR_NODE && !strcmp(suite_text(arena, value), "TIMEOUT")) {
				uint16_t number = 0;
				if (dc_type_parse(dc_slice_of(type), &number))
					world_fail(w, name, number, DC_OUTCOME_TIMEOUT);
			} else {
				suite_add_record(suite, w, arena, doc, name, type, value, has_txt);
			}
		}
}

/* ---- cases ---- */

/* A scalar, or any of a list. */
static inline bool suite_is_wanted(struct dc_arena *arena, yaml_document_t *doc, yaml_node_t *wanted, const char *got)
{
	if (wanted->type == YAML_SCALAR_NODE)
		return !strcmp(suite_text(arena, wanted), got);
	for (yaml_node_item_t *i = wanted->data.sequence.items.start; i < wanted->data.sequence.items.top; i++)
		if (!strcmp(suite_text(arena, yaml_document_get_node(doc, *i)), got))
			return true;
	return false;
}

static inline void suite_run_case(struct suite *suite, struct world *w, struct dc_arena *arena, yaml_document_t *doc, const char *name,
				  yaml_node_t *node)
{
	struct suite_case test = {.name = name, .result = suite_child(doc, node, "result")};
	size_t at = SIZE_MAX;

	test.explanation = suite_child(doc, node, "explanation");
	test.helo = suite_octets(arena, suite_child(doc, node, "helo"));
	test.from = suite_octets(arena, suite_child(doc, node, "mailfrom"));
	for (size_t i = 0; i < test.from.len; i++)
		if (test.from.ptr[i] == '@')
			at = i;
	test.domain = test.from.len ? dc_slice_sub(test.from, at == SIZE_MAX ? 0 : at + 1, test.from.len) : test.helo;
	if (test.from.len && at != SIZE_MAX)
		test.local = dc_slice_sub(test.from, 0, at);
	if (!dc_ip_parse(dc_slice_of(suite_text(arena, suite_child(doc, node, "host"))), &test.ip)) {
		printf("not ok %s: host\n", name);
		suite->bad++;
		return;
	}
	suite->run(suite, w, doc, &test);
}

static inline void suite_run_document(struct suite *suite, yaml_document_t *doc)
{
	struct dc_arena *arena = dc_arena_new(64u << 20);
	yaml_node_t *root = yaml_document_get_root_node(doc);
	yaml_node_t *tests = suite_child(doc, root, "tests"), *zone = suite_child(doc, root, "zonedata");
	struct world w;

	world_init(&w);
	if (zone)
		for (yaml_node_pair_t *p = zone->data.mapping.pairs.start; p < zone->data.mapping.pairs.top; p++)
			suite_add_name(suite, &w, arena, doc, yaml_document_get_node(doc, p->key), yaml_document_get_node(doc, p->value));
	if (tests)
		for (yaml_node_pair_t *p = tests->data.mapping.pairs.start; p < tests->data.mapping.pairs.top; p++)
			suite_run_case(suite, &w, arena, doc, suite_text(arena, yaml_document_get_node(doc, p->key)),
				       yaml_document_get_node(doc, p->value));
	world_free(&w);
	dc_arena_free(arena);
}

/* Every case of the file; what cannot be read counts in suite->bad. */
static inline void suite_run_file(struct suite *suite, const char *path)
{
	FILE *file = fopen(path, "rb");
	yaml_parser_t parser;

	if (!file) {
		printf("not ok: %s cannot be read: install golang-blitiri-go-spf-dev\n", path);
		suite->bad++;
		return;
	}
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_file(&parser, file);
	for (;;) {
		yaml_document_t doc;

		if (!yaml_parser_load(&parser, &doc)) {
			printf("not ok: %s line %zu: %s\n", path, parser.problem_mark.line, parser.problem ? parser.problem : "");
			suite->bad++;
			break;
		}
		if (!yaml_document_get_root_node(&doc)) {
			yaml_document_delete(&doc);
			break;
		}
		suite_run_document(suite, &doc);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	fclose(file);
}

#endif
