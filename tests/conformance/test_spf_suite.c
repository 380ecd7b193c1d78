/* The public SPF test suites, read from Debian's golang-blitiri-go-spf-dev, run through our evaluator.
 *
 *   test_spf_suite FILE STRICT-OR-LAX [CASE=KNOWN DIFFERENCE...]
 *
 * A case named on the command line must differ: when it stops differing the test fails as well. Fails when the file is
 * not there. Rules of the suites: SPF records stand for TXT unless the name has a TXT (or "TXT: NONE"); a TIMEOUT,
 * SERVFAIL or CNAMELOOP at a name fails every type that has no data there; \xNN means an octet; explanations count for
 * fail only, DEFAULT stands for none. */
#include <yaml.h>

#include "../support/world.h"
#include "spf/spf.h"

static int run_count, pass_count, bad_count;

/* ---- YAML ---- */

static yaml_node_t *child(yaml_document_t *doc, yaml_node_t *map, const char *key)
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
static struct dc_slice octets(struct dc_arena *arena, yaml_node_t *node)
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

static const char *text(struct dc_arena *arena, yaml_node_t *node)
{
	return octets(arena, node).ptr ? octets(arena, node).ptr : "";
}

/* ---- zone data ---- */

static void add_strings(struct world *w, struct dc_arena *arena, yaml_document_t *doc, const char *name, yaml_node_t *value)
{
	struct dc_slice strings[64];
	size_t n = 0;
	if (value->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *i = value->data.sequence.items.start; i < value->data.sequence.items.top && n < 64; i++)
			strings[n++] = octets(arena, yaml_document_get_node(doc, *i));
	} else {
		strings[n++] = octets(arena, value);
	}
	world_txt_strings(w, name, DC_TYPE_TXT, strings, n);
}

static void add_record(struct world *w, struct dc_arena *arena, yaml_document_t *doc, const char *name, const char *type,
		       yaml_node_t *value, bool has_txt)
{
	if (!strcmp(type, "TXT")) {
		if (strcmp(text(arena, value), "NONE"))
			add_strings(w, arena, doc, name, value);
	} else if (!strcmp(type, "SPF")) {
		if (!has_txt)
			add_strings(w, arena, doc, name, value);
	} else if (!strcmp(type, "A") || !strcmp(type, "AAAA")) {
		world_ip(w, name, text(arena, value));
	} else if (!strcmp(type, "MX")) {
		yaml_node_item_t *items = value->data.sequence.items.start;
		world_host(w, name, DC_TYPE_MX, (unsigned)atoi(text(arena, yaml_document_get_node(doc, items[0]))),
			   text(arena, yaml_document_get_node(doc, items[1])));
	} else if (!strcmp(type, "PTR")) {
		world_host(w, name, DC_TYPE_PTR, 0, text(arena, value));
	} else if (!strcmp(type, "CNAME")) {
		if (*text(arena, value))
			world_host(w, name, DC_TYPE_CNAME, 0, text(arena, value));
	} else if (!strcmp(type, "TIMEOUT")) {
		world_fail(w, name, 0, DC_OUTCOME_TIMEOUT);
	} else if (!strcmp(type, "SERVFAIL") || !strcmp(type, "CNAMELOOP")) {
		world_fail(w, name, 0, DC_OUTCOME_SERVFAIL);
	} else {
		printf("not ok: unknown record type %s at %s\n", type, name);
		bad_count++;
	}
}

static void add_name(struct world *w, struct dc_arena *arena, yaml_document_t *doc, yaml_node_t *key, yaml_node_t *list)
{
	const char *name = text(arena, key);
	bool has_txt = false;
	yaml_node_item_t *items = list->data.sequence.items.start, *end = list->data.sequence.items.top;
	for (int pass = 0; pass < 2; pass++)
		for (yaml_node_item_t *i = items; i < end; i++) {
			yaml_node_t *record = yaml_document_get_node(doc, *i);
			if (record->type == YAML_SCALAR_NODE) { /* "- TIMEOUT" */
				if (pass)
					add_record(w, arena, doc, name, text(arena, record), record, has_txt);
				continue;
			}
			yaml_node_pair_t *p = record->data.mapping.pairs.start;
			const char *type = text(arena, yaml_document_get_node(doc, p->key));
			yaml_node_t *value = yaml_document_get_node(doc, p->value);
			has_txt |= !strcmp(type, "TXT");
			if (!pass)
				continue;
			if (value->type == YAML_SCALAR_NODE && !strcmp(text(arena, value), "TIMEOUT")) {
				uint16_t number = 0;
				if (dc_type_parse(dc_slice_of(type), &number))
					world_fail(w, name, number, DC_OUTCOME_TIMEOUT);
			} else {
				add_record(w, arena, doc, name, type, value, has_txt);
			}
		}
}

/* ---- cases ---- */

struct run {
	struct dc_spf_query query;
	struct dc_spf_result result;
};

static void build(struct dc_asker *asker, void *data)
{
	struct run *run = data;
	dc_spf_check_host(asker, &run->query, &run->result);
}

static bool is_wanted(struct dc_arena *arena, yaml_document_t *doc, yaml_node_t *wanted, const char *got)
{
	if (wanted->type == YAML_SCALAR_NODE)
		return !strcmp(text(arena, wanted), got);
	for (yaml_node_item_t *i = wanted->data.sequence.items.start; i < wanted->data.sequence.items.top; i++)
		if (!strcmp(text(arena, yaml_document_get_node(doc, *i)), got))
			return true;
	return false;
}

static void run_case(struct world *w, struct dc_arena *arena, yaml_document_t *doc, const char *name, yaml_node_t *test, bool lax,
		     char **known)
{
	struct dc_arena *work = dc_arena_new(64u << 20), *hold = dc_arena_new(64u << 20);
	struct dc_evidence *evidence = dc_evidence_new(hold);
	struct run run = {.query = {.lax = lax}};
	struct dc_slice from = octets(arena, child(doc, test, "mailfrom"));
	struct dc_slice helo = octets(arena, child(doc, test, "helo"));
	yaml_node_t *explanation = child(doc, test, "explanation");
	size_t at = SIZE_MAX;
	bool good, listed = false;

	for (size_t i = 0; i < from.len; i++)
		if (from.ptr[i] == '@')
			at = i;
	run.query.helo = helo;
	run.query.domain = from.len ? dc_slice_sub(from, at == SIZE_MAX ? 0 : at + 1, from.len) : helo;
	if (from.len && at != SIZE_MAX)
		run.query.local = dc_slice_sub(from, 0, at);
	if (!dc_ip_parse(dc_slice_of(text(arena, child(doc, test, "host"))), &run.query.ip)) {
		printf("not ok %s: host\n", name);
		bad_count++;
	}
	world_run(w, work, evidence, 64, build, &run);
	good = is_wanted(arena, doc, child(doc, test, "result"), dc_spf_code_name(run.result.code));
	if (good && explanation && run.result.code == DC_SPF_FAIL) {
		struct dc_slice wanted = octets(arena, explanation);
		if (dc_slice_eq(wanted, DC_S("DEFAULT")))
			wanted.len = 0;
		good = dc_slice_eq(wanted, run.result.explanation);
	}
	for (; *known; known++)
		listed |= !strcmp(*known, name);
	run_count++;
	pass_count += good;
	if (good == listed) {
		bad_count++;
		printf("not ok %s: got %s (%s) \"%.*s\" after \"%.*s\"%s\n", name, dc_spf_code_name(run.result.code),
		       dc_spf_problem_name(run.result.problem), DC_FMT(run.result.explanation), DC_FMT(run.result.mechanism),
		       listed ? ", which was listed as a known difference" : "");
	}
	dc_evidence_clear(evidence);
	dc_arena_free(work);
	dc_arena_free(hold);
}

static void run_document(yaml_document_t *doc, bool lax, char **known)
{
	struct dc_arena *arena = dc_arena_new(64u << 20);
	yaml_node_t *root = yaml_document_get_root_node(doc);
	yaml_node_t *tests = child(doc, root, "tests"), *zone = child(doc, root, "zonedata");
	struct world w;

	world_init(&w);
	if (zone)
		for (yaml_node_pair_t *p = zone->data.mapping.pairs.start; p < zone->data.mapping.pairs.top; p++)
			add_name(&w, arena, doc, yaml_document_get_node(doc, p->key), yaml_document_get_node(doc, p->value));
	if (tests)
		for (yaml_node_pair_t *p = tests->data.mapping.pairs.start; p < tests->data.mapping.pairs.top; p++)
			run_case(&w, arena, doc, text(arena, yaml_document_get_node(doc, p->key)),
				 yaml_document_get_node(doc, p->value), lax, known);
	world_free(&w);
	dc_arena_free(arena);
}

int main(int argc, char **argv)
{
	yaml_parser_t parser;
	FILE *file;

	if (argc < 4) {
		fprintf(stderr, "usage: %s FILE strict|lax NUMBER-OF-CASES [KNOWN-DIFFERENCE...]\n", argv[0]);
		return 2;
	}
	file = fopen(argv[1], "rb");
	if (!file) {
		printf("not ok: %s cannot be read: install golang-blitiri-go-spf-dev\n", argv[1]);
		return 1;
	}
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_file(&parser, file);
	for (;;) {
		yaml_document_t doc;
		if (!yaml_parser_load(&parser, &doc)) {
			printf("not ok: %s line %zu: %s\n", argv[1], parser.problem_mark.line, parser.problem ? parser.problem : "");
			bad_count++;
			break;
		}
		if (!yaml_document_get_root_node(&doc)) {
			yaml_document_delete(&doc);
			break;
		}
		run_document(&doc, !strcmp(argv[2], "lax"), argv + 4);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	fclose(file);
	if (run_count != atoi(argv[3])) {
		printf("not ok: %d cases were run, %s are known\n", run_count, argv[3]);
		bad_count++;
	}
	printf("%d/%d agree, %d unexpected\n", pass_count, run_count, bad_count);
	return bad_count != 0;
}
