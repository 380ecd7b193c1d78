/* Answers from loaded zones: RFC 1034 4.3.2 with RFC 2308, 4592, 6672. Deliberately not: signatures, denial of
 * existence, the authority and additional sections, ANY. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "dns/zone_index.h"

enum {
	LABELS_MAX = 128, /* of a name, the root counted: RFC 1035 2.3.4 leaves room for 127 and it */
	ANSWER_OCTETS_MAX = 65535 - 12, /* a DNS message beside its header */
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_SERVFAIL = 2,
	RCODE_YXDOMAIN = 6,
};

/* A target made by a DNAME: it stands in no file. */
struct made {
	struct made *next;
	struct dc_slice name, wire;
	char text[DC_NAME_TEXT_MAX + 1];
	uint8_t octets[DC_NAME_WIRE_MAX];
};

struct walk {
	const struct dc_zones *zones;
	struct dc_slice name; /* where the chain has come to */
	uint16_t type;
	const struct zone *zone; /* that holds the name */
	struct dc_rr *rrs;
	size_t count, capacity, octets, hops;
	struct made *made;
	struct dc_answer draft;
	char detail[3 * DC_NAME_TEXT_MAX];
	bool no_memory;
};

/* ---- outcomes ---- */

static void settle(struct walk *walk, enum dc_outcome outcome, uint16_t rcode, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void settle(struct walk *walk, enum dc_outcome outcome, uint16_t rcode, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(walk->detail, sizeof walk->detail, format, args);
	va_end(args);
	walk->draft.outcome = outcome;
	walk->draft.rcode = rcode;
	walk->draft.detail = dc_slice_sub(dc_slice_of(walk->detail), 0, len > 0 ? (size_t)len : 0);
}

static void negative(struct walk *walk, enum dc_outcome outcome)
{
	uint32_t ttl_s = walk->zone->negative_ttl_s;
	settle(walk, outcome, outcome == DC_OUTCOME_NXDOMAIN ? RCODE_NXDOMAIN : 0, "%s", "");
	if (ttl_s < walk->draft.ttl_s)
		walk->draft.ttl_s = ttl_s;
}

/* A server gives up: what it has found so far is not sent. */
static void fail(struct walk *walk, const char *why)
{
	walk->count = 0;
	walk->draft.ttl_s = 0;
	settle(walk, DC_OUTCOME_SERVFAIL, RCODE_SERVFAIL, "%s", why);
}

static void out_of_source(struct walk *walk, const char *why)
{
	if (walk->count)
		settle(walk, DC_OUTCOME_OUT_OF_SOURCE, 0, "%.*s is an alias that leads to %.*s: %s",
		       DC_FMT(walk->draft.question.name), DC_FMT(walk->name), why);
	else
		settle(walk, DC_OUTCOME_OUT_OF_SOURCE, 0, "%.*s: %s", DC_FMT(walk->name), why);
}

/* ---- records ---- */

static bool put(struct walk *walk, struct dc_slice owner, uint16_t type, uint32_t ttl_s, struct dc_slice rdata)
{
	if (walk->count == walk->capacity) {
		size_t capacity = walk->capacity ? walk->capacity * 2 : 8;
		struct dc_rr *moved = realloc(walk->rrs, capacity * sizeof *moved);
		if (!moved) {
			walk->no_memory = true;
			return false;
		}
		walk->rrs = moved;
		walk->capacity = capacity;
	}
	walk->octets += 12 + rdata.len; /* the owner as a pointer */
	walk->rrs[walk->count++] = (struct dc_rr){.owner = owner, .type = type, .ttl_s = ttl_s, .rdata = rdata};
	if (ttl_s < walk->draft.ttl_s)
		walk->draft.ttl_s = ttl_s;
	return true;
}

static void put_set(struct walk *walk, struct dc_slice owner, const struct zone_set *set)
{
	for (const struct zone_data *data = set->first; data; data = data->next)
		if (!put(walk, owner, set->type, set->ttl_s, data->rdata))
			return;
}

static bool was_here(const struct walk *walk, struct dc_slice name)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->rrs[i].type == DC_TYPE_CNAME && dc_name_eq(walk->rrs[i].owner, name))
			return true;
	return false;
}

/* Goes on at the target of an alias; false when that is the end of it. */
static bool follow(struct walk *walk, struct dc_slice target)
{
	if (was_here(walk, target)) {
		fail(walk, "the aliases (CNAME) lead in a circle");
		return false;
	}
	if (++walk->hops > DC_ZONE_HOPS_MAX) {
		fail(walk, "the chain of aliases (CNAME) is longer than resolvers follow");
		return false;
	}
	walk->name = target;
	return true;
}

/* RFC 6672 2.2, 3.1: the part of the name above the DNAME's owner is kept, and a CNAME is made. */
static bool follow_dname(struct walk *walk, struct dc_slice owner, const struct zone_set *set)
{
	bool whole = dc_slice_eq(owner, DC_S(".")), to_root = dc_slice_eq(set->target, DC_S("."));
	struct dc_slice kept = dc_slice_sub(walk->name, 0, walk->name.len - (whole ? 0 : owner.len + 1));
	struct made *made = calloc(1, sizeof *made);
	if (!made) {
		walk->no_memory = true;
		return false;
	}
	made->next = walk->made;
	walk->made = made;
	int len = snprintf(made->text, sizeof made->text, to_root ? "%.*s" : "%.*s.%.*s", DC_FMT(kept), DC_FMT(set->target));
	made->name = (struct dc_slice){made->text, (size_t)len};
	size_t octets = (size_t)len < sizeof made->text ? dc_name_to_wire(made->name, made->octets) : 0;
	if (!octets) {
		settle(walk, DC_OUTCOME_REFUSED, RCODE_YXDOMAIN, "the name that the DNAME record of %.*s makes is too long",
		       DC_FMT(owner));
		return false;
	}
	made->wire = (struct dc_slice){(char *)made->octets, octets};
	put_set(walk, owner, set);
	if (!put(walk, walk->name, DC_TYPE_CNAME, set->ttl_s, made->wire))
		return false;
	if (walk->type != DC_TYPE_CNAME)
		return follow(walk, made->name);
	settle(walk, DC_OUTCOME_ANSWER, 0, "%s", "");
	return false;
}

/* ---- the walk ---- */

/* The node, or the wildcard that stands for it, is known. True when the walk goes on elsewhere. */
static bool take(struct walk *walk, const struct zone_node *node)
{
	const struct zone_set *set = dc_zone_set_find(node, walk->type), *alias = dc_zone_set_find(node, DC_TYPE_CNAME);
	if (set) {
		put_set(walk, walk->name, set);
		settle(walk, DC_OUTCOME_ANSWER, 0, "%s", "");
		return false;
	}
	if (alias && walk->type != DC_TYPE_RRSIG && walk->type != DC_TYPE_NSEC) {
		put_set(walk, walk->name, alias);
		return follow(walk, alias->target);
	}
	negative(walk, DC_OUTCOME_NODATA);
	return false;
}

/* One name in one zone. True when an alias leads on. */
static bool step(struct walk *walk)
{
	struct dc_slice at[LABELS_MAX + 1]; /* at[n]: the right-most n labels */
	size_t labels = dc_name_labels(walk->name);
	const struct zone_node *node = NULL, *closest;
	struct dc_slice rest = walk->name;
	walk->zone = dc_zone_enclosing(walk->zones, walk->name, walk->type == DC_TYPE_DS && walk->name.len > 1);
	if (!walk->zone) {
		bool apex = dc_zone_enclosing(walk->zones, walk->name, false) != NULL;
		out_of_source(walk, apex ? "its parent zone, which holds DS records, is not loaded" : "no loaded zone holds it");
		return false;
	}
	for (size_t n = labels; n > walk->zone->apex_labels && n <= LABELS_MAX; n--, rest = dc_name_parent(rest))
		at[n] = rest;
	closest = dc_zone_node_find(walk->zones, walk->zone->id, walk->zone->apex);
	for (size_t n = walk->zone->apex_labels; n <= labels; n++) {
		node = n == walk->zone->apex_labels ? closest : dc_zone_node_find(walk->zones, walk->zone->id, at[n]);
		if (!node)
			break;
		closest = node;
		const struct zone_set *dname = n < labels ? dc_zone_set_find(node, DC_TYPE_DNAME) : NULL;
		if (n > walk->zone->apex_labels && !(n == labels && walk->type == DC_TYPE_DS) &&
		    dc_zone_set_find(node, DC_TYPE_NS)) {
			out_of_source(walk, "it is delegated to servers whose zone is not loaded");
			return false;
		}
		if (dname)
			return follow_dname(walk, node->name, dname);
	}
	if (node)
		return take(walk, node);
	/* RFC 4592 3.3.1: the wildcard stands right below the closest encloser, or nowhere. */
	char wildcard[DC_NAME_TEXT_MAX + 3];
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference,analyzer-null-dereference): a zone that is loaded has its apex */
	bool root = dc_slice_eq(closest->name, DC_S("."));
	int len = snprintf(wildcard, sizeof wildcard, root ? "*" : "*.%.*s", DC_FMT(closest->name));
	node = dc_zone_node_find(walk->zones, walk->zone->id, (struct dc_slice){wildcard, (size_t)len});
	if (!node) {
		negative(walk, DC_OUTCOME_NXDOMAIN);
		return false;
	}
	if (dc_zone_set_find(node, DC_TYPE_NS)) {
		out_of_source(walk, "it is delegated to servers whose zone is not loaded"); /* RFC 4592 4.2: undefined */
		return false;
	}
	return take(walk, node);
}

struct dc_answer *dc_zones_answer(const struct dc_zones *zones, const struct dc_question *question)
{
	struct walk walk = {.zones = zones, .name = question->name, .type = question->type};
	struct dc_answer *answer = NULL;
	walk.draft = (struct dc_answer){.question = *question, .ede = -1, .ttl_s = UINT32_MAX, .via = zones->via};
	const struct zone *first = dc_zone_enclosing(zones, question->name, false);
	if (first)
		walk.draft.via = first->via;
	else if (zones->file_count > 1)
		walk.draft.via = DC_S("zone files");
	if (dc_name_labels(question->name) >= LABELS_MAX)
		settle(&walk, DC_OUTCOME_MALFORMED, 0, "%s", "this name cannot be put into a DNS question");
	else if (question->type == 0 || (question->type >= 128 && question->type <= 255))
		settle(&walk, DC_OUTCOME_REFUSED, RCODE_NOTIMP, "%s", "a question for no type of data");
	else
		while (step(&walk))
			;
	if (walk.octets > ANSWER_OCTETS_MAX)
		fail(&walk, "the answer does not fit into a DNS message");
	if (walk.draft.ttl_s == UINT32_MAX)
		walk.draft.ttl_s = 0;
	walk.draft.rrs = walk.rrs;
	walk.draft.rr_count = walk.count;
	if (!walk.no_memory)
		answer = dc_answer_new(&walk.draft);
	while (walk.made) {
		struct made *next = walk.made->next;
		free(walk.made);
		walk.made = next;
	}
	free(walk.rrs);
	return answer;
}

bool dc_zones_hold(const struct dc_zones *zones, struct dc_slice name, uint16_t type)
{
	struct walk walk = {.zones = zones, .name = name, .type = type};
	if (dc_name_labels(name) >= LABELS_MAX)
		return false;
	(void)step(&walk);
	bool held = walk.draft.outcome != DC_OUTCOME_OUT_OF_SOURCE || walk.hops > 0;
	free(walk.made);
	free(walk.rrs);
	return held;
}

struct dc_slice dc_zone_chase_target(struct dc_arena *arena, const struct dc_answer *answer)
{
	const struct dc_rr *last = answer->rr_count ? &answer->rrs[answer->rr_count - 1] : NULL;
	struct dc_slice target;
	if (answer->outcome == DC_OUTCOME_OUT_OF_SOURCE && last && last->type == DC_TYPE_CNAME && dc_rr_name(arena, last, &target))
		return target;
	return (struct dc_slice){0};
}
