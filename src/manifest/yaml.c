/* The adapter around libyaml's event parser: nothing else includes yaml.h.
 *
 * The parser owns memory of its own and the arena may jump: everything between its making and its end allocates with
 * dc_arena_try. What stands in the file is looked at before libyaml sees it (UTF-8, controls), so that its own messages
 * come for faults of structure only. */
#include "manifest/yaml.h"

#include <yaml.h>

#include "base/escape.h"

struct reader {
	yaml_parser_t parser;
	struct dc_faults *faults;
	struct dc_yaml_node *root;
	struct frame {
		struct dc_yaml_node *node, *last;
		const struct dc_yaml_node *key; /* of the entry that is under way */
	} frames[DC_YAML_DEPTH_MAX];
	size_t depth, nodes, documents;
	bool ended, spent, cut; /* cut: something ended the walk before its time */
};

/* A fault noted while the parser is open: the line first, then memory for it with dc_arena_try. */
static void note(struct reader *reader, struct dc_place place, const char *text)
{
	struct dc_faults *faults = reader->faults;
	size_t len = strlen(text);
	if (faults->count == DC_FAULTS_MAX) {
		faults->more++;
		return;
	}
	char *copy = dc_arena_try(faults->arena, len + 1);
	if (!copy) { /* not fuzzed: out of memory */
		reader->spent = reader->ended = true;
		return;
	}
	memcpy(copy, text, len + 1);
	faults->items[faults->count++] = (struct dc_fault){place, {copy, len}};
}

static struct dc_place place_of(yaml_mark_t mark)
{
	return (struct dc_place){(uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* ---- before the parser ---- */

static bool check_octets(struct dc_slice bytes, struct dc_faults *faults)
{
	struct dc_place place = {1, 1};
	for (size_t at = 0; at < bytes.len;) {
		unsigned char c = (unsigned char)bytes.ptr[at];
		uint32_t code = c;
		size_t len = c < 0x80 ? 1 : dc_utf8_next(dc_slice_sub(bytes, at, SIZE_MAX), &code);
		if (len == 0) {
			dc_fault(faults, place, "octet 0x%02x is not UTF-8: save the file as UTF-8", c);
			return false;
		}
		if ((code < 0x20 && c != '\t' && c != '\n' && c != '\r') || (code >= 0x7f && code < 0xa0 && code != 0x85) ||
		    code == 0xfeff || code == 0xfffe || code == 0xffff) {
			dc_fault(faults, place, "the character U+%04X may not stand in a manifest", (unsigned)code);
			return false;
		}
		at += len;
		place.column++;
		if (c == '\n' || (c == '\r' && !(at < bytes.len && bytes.ptr[at] == '\n'))) {
			place.line++;
			place.column = 1;
		}
	}
	return true;
}

/* A tab in the indentation of line `number`, which libyaml tells in words of its own. */
static bool tab_in_line(struct dc_slice bytes, uint32_t number, uint32_t *ret_column)
{
	struct dc_slice rest = bytes, line = dc_slice_cut(&rest, '\n');
	for (uint32_t i = 1; i < number && rest.ptr; i++)
		line = dc_slice_cut(&rest, '\n');
	for (size_t i = 0; i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'); i++)
		if (line.ptr[i] == '\t') {
			*ret_column = (uint32_t)i + 1;
			return true;
		}
	return false;
}

/* What libyaml says of where it stopped; its texts are static and outlive the parser. */
struct stop {
	const char *problem, *context;
	struct dc_place place;
	uint32_t context_line;
};

static void tell_syntax(struct dc_faults *faults, struct dc_slice bytes, const struct stop *stop)
{
	const char *problem = stop->problem ? stop->problem : "it cannot be read";
	struct dc_place place = stop->place;
	if (tab_in_line(bytes, place.line, &place.column))
		dc_fault(faults, place, "a tab in the indentation: YAML takes blanks only");
	else if (stop->context && stop->context_line < place.line)
		dc_fault(faults, place, "this is no YAML: %s (%s that begins in line %u)", problem, stop->context,
			 stop->context_line);
	else
		dc_fault(faults, place, "this is no YAML: %s%s%s", problem, stop->context ? " " : "",
			 stop->context ? stop->context : "");
}

/* ---- the tree ---- */

/* Hangs `node` below the collection that is open. */
static void attach(struct reader *reader, struct dc_yaml_node *node)
{
	struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;
	if (!frame) {
		reader->root = node;
		return;
	}
	if (frame->node->kind == DC_YAML_MAP) {
		if (!frame->key) {
			frame->key = node;
			return;
		}
		node->key = frame->key;
		frame->key = NULL;
	}
	if (frame->last)
		frame->last->next = node;
	else
		frame->node->first = node;
	frame->last = node;
	frame->node->count++;
}

static struct dc_yaml_node *add(struct reader *reader, const yaml_event_t *event, enum dc_yaml_kind kind)
{
	struct dc_place place = place_of(event->start_mark);
	if (++reader->nodes > DC_YAML_NODES_MAX) { /* not fuzzed: a million values */
		note(reader, place, "the file holds more than a million values: too many for a manifest");
		reader->ended = reader->cut = true;
		return NULL;
	}
	struct dc_yaml_node *node = dc_arena_try(reader->faults->arena, sizeof *node);
	if (!node) { /* not fuzzed: out of memory */
		reader->spent = reader->ended = true;
		return NULL;
	}
	*node = (struct dc_yaml_node){.kind = kind, .place = place};
	attach(reader, node);
	return node;
}

static void open_collection(struct reader *reader, const yaml_event_t *event, enum dc_yaml_kind kind)
{
	struct frame *frame = reader->depth ? &reader->frames[reader->depth - 1] : NULL;
	bool as_key = frame && frame->node->kind == DC_YAML_MAP && !frame->key;
	if (as_key || reader->depth == DC_YAML_DEPTH_MAX) {
		note(reader, place_of(event->start_mark),
		     as_key ? "a key must be a word, not a list or a mapping" : "nested deeper than 16 levels: no manifest is");
		reader->ended = reader->cut = true;
		return;
	}
	struct dc_yaml_node *node = add(reader, event, kind);
	if (node)
		reader->frames[reader->depth++] = (struct frame){.node = node};
}

static void add_scalar(struct reader *reader, const yaml_event_t *event)
{
	size_t len = event->data.scalar.length;
	struct dc_yaml_node *node = add(reader, event, DC_YAML_SCALAR);
	if (!node)
		return; /* not fuzzed: out of memory */
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (len > DC_YAML_TEXT_MAX || memchr(event->data.scalar.value, 0, len)) {
		note(reader, node->place, len > DC_YAML_TEXT_MAX ? "a text of more than 1,024 octets: nothing in a manifest is that long"
								 : "a text may not hold NUL");
		node->bad = true;
		len = 0;
	}
	char *copy = dc_arena_try(reader->faults->arena, len + 1);
	if (!copy) { /* not fuzzed: out of memory */
		reader->spent = reader->ended = true;
		return;
	}
	memcpy(copy, event->data.scalar.value, len);
	copy[len] = 0;
	node->text = (struct dc_slice){copy, len};
}

static const char anchors[] = "anchors and aliases (&name, *name, <<) are not taken: what domains share stands under defaults",
		  tags[] = "tags (!name) are not taken: write the value alone";

static void take(struct reader *reader, const yaml_event_t *event)
{
	struct dc_place place = place_of(event->start_mark);
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++reader->documents > 1) {
			note(reader, place, "a second document begins here: a manifest is one");
			reader->ended = reader->cut = true;
		}
		break;
	case YAML_ALIAS_EVENT:; /* stands for something, so that keys and values stay in step */
		note(reader, place, anchors);
		struct dc_yaml_node *alias = add(reader, event, DC_YAML_SCALAR);
		if (alias)
			alias->bad = true;
		break;
	case YAML_SCALAR_EVENT:
		if (event->data.scalar.anchor || event->data.scalar.tag)
			note(reader, place, event->data.scalar.anchor ? anchors : tags);
		add_scalar(reader, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		if (event->data.sequence_start.anchor || event->data.sequence_start.tag)
			note(reader, place, event->data.sequence_start.anchor ? anchors : tags);
		open_collection(reader, event, DC_YAML_LIST);
		break;
	case YAML_MAPPING_START_EVENT:
		if (event->data.mapping_start.anchor || event->data.mapping_start.tag)
			note(reader, place, event->data.mapping_start.anchor ? anchors : tags);
		open_collection(reader, event, DC_YAML_MAP);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		reader->depth--;
		break;
	case YAML_STREAM_END_EVENT:
		reader->ended = true;
		break;
	default:
		break;
	}
}

bool dc_yaml_read(struct dc_slice bytes, struct dc_faults *faults, const struct dc_yaml_node **ret_root)
{
	struct reader reader = {.faults = faults};
	yaml_event_t event;
	*ret_root = NULL;
	if (bytes.len >= 2 && (memcmp(bytes.ptr, "\xff\xfe", 2) == 0 || memcmp(bytes.ptr, "\xfe\xff", 2) == 0)) {
		dc_fault(faults, DC_PLACE_START, "the file is UTF-16: save it as UTF-8");
		return true;
	}
	if (dc_slice_starts(bytes, DC_S("\xef\xbb\xbf")))
		bytes = dc_slice_sub(bytes, 3, SIZE_MAX);
	if (!check_octets(bytes, faults))
		return true;
	if (!yaml_parser_initialize(&reader.parser))
		return false; /* not fuzzed: out of memory */
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes.ptr, bytes.len);
	while (!reader.ended && yaml_parser_parse(&reader.parser, &event)) {
		take(&reader, &event);
		yaml_event_delete(&event);
	}
	struct stop stop = {reader.parser.problem, reader.parser.context, place_of(reader.parser.problem_mark),
			    (uint32_t)reader.parser.context_mark.line + 1};
	bool broken = reader.parser.error != YAML_NO_ERROR;
	reader.spent |= reader.parser.error == YAML_MEMORY_ERROR;
	yaml_parser_delete(&reader.parser);
	if (reader.spent)
		return false; /* not fuzzed: out of memory */
	if (broken)
		tell_syntax(faults, bytes, &stop);
	/* A tree that was cut off would bring faults that are none. */
	*ret_root = broken || reader.cut ? NULL : reader.root;
	return true;
}

/* ---- what scalars stand for ---- */

static bool is_one_of(struct dc_slice text, const char *const *words)
{
	for (; *words; words++)
		if (dc_slice_eq(text, dc_slice_of(*words)))
			return true;
	return false;
}

static size_t digits(struct dc_slice *rest)
{
	size_t n = 0;
	while (n < rest->len && dc_is_digit(rest->ptr[n]))
		n++;
	*rest = dc_slice_sub(*rest, n, SIZE_MAX);
	return n;
}

static bool skip(struct dc_slice *rest, const char *set)
{
	if (!rest->len || !strchr(set, rest->ptr[0]) || !rest->ptr[0])
		return false;
	*rest = dc_slice_sub(*rest, 1, SIZE_MAX);
	return true;
}

static enum dc_yaml_type number_type(struct dc_slice text)
{
	struct dc_slice rest = text;
	size_t whole, part = 0;
	bool real = false;
	(void)skip(&rest, "+-");
	whole = digits(&rest);
	if (skip(&rest, ".")) {
		real = true;
		part = digits(&rest);
	}
	if (whole + part == 0)
		return DC_YAML_TEXT;
	if (skip(&rest, "eE")) {
		real = true;
		(void)skip(&rest, "+-");
		if (digits(&rest) == 0)
			return DC_YAML_TEXT;
	}
	return rest.len ? DC_YAML_TEXT : real ? DC_YAML_REAL : DC_YAML_INTEGER;
}

enum dc_yaml_type dc_yaml_type_of(const struct dc_yaml_node *node)
{
	static const char *const nothing[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const booleans[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
	if (node->kind != DC_YAML_SCALAR || !node->plain)
		return DC_YAML_TEXT;
	if (is_one_of(node->text, nothing))
		return DC_YAML_NOTHING;
	if (is_one_of(node->text, booleans))
		return DC_YAML_BOOLEAN;
	return number_type(node->text);
}

const char *dc_yaml_kind_name(const struct dc_yaml_node *node)
{
	static const char *const types[] = {"a text", "nothing", "true or false", "a number", "a number"};
	return node->kind == DC_YAML_LIST ? "a list" : node->kind == DC_YAML_MAP ? "a mapping" : types[dc_yaml_type_of(node)];
}
