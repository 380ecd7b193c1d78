/* One report into one side: per domain its records (records.c), the facts that follow from them, findings and verdicts.
 * Facts are taken as they come, by their path in the JSON, so that a fact of a later version is compared too. */
#include "diff/diff.h"

#include <stdlib.h>

#include "base/escape.h"

struct reader {
	struct dc_diff_side *side;
	size_t capacity, objects;
};

static struct dc_slice copy(struct dc_arena *arena, const json_t *object, const char *key)
{
	return dc_arena_dup(arena, dc_scan_text(object, key));
}

static int by_octets(const void *a, const void *b)
{
	return dc_slice_cmp(*(const struct dc_slice *)a, *(const struct dc_slice *)b);
}

static void sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
	if (count)
		qsort(items, count, size, order);
}

/* ---- things ---- */

struct dc_diff_thing *dc_diff_new_thing(struct dc_diff_taker *taker)
{
	taker->full |= taker->thing_count >= DC_DIFF_THINGS_MAX;
	if (taker->full)
		return DC_NEW(taker->arena, struct dc_diff_thing);
	struct dc_diff_thing *thing = &DC_PUSH(taker->arena, taker->things, taker->thing_count, taker->thing_capacity);
	*thing = (struct dc_diff_thing){.type = ""};
	return thing;
}

void dc_diff_set_parts(struct dc_diff_taker *taker, struct dc_diff_thing *thing, struct dc_slice *parts, size_t count)
{
	struct dc_slice value = {0};
	sort(parts, count, sizeof *parts, by_octets);
	thing->parts = parts;
	thing->part_count = count;
	if (!thing->set)
		return;
	size_t len = 0, at = 0;
	for (size_t i = 0; i < count; i++)
		len += parts[i].len + 2;
	char *text = dc_arena_alloc(taker->arena, len + 1);
	for (size_t i = 0; i < count; i++) {
		if (i)
			text[at++] = ',', text[at++] = ' ';
		memcpy(text + at, parts[i].ptr, parts[i].len);
		at += parts[i].len;
	}
	value = (struct dc_slice){text, at};
	thing->value = value;
}

int dc_diff_thing_order(const void *a, const void *b)
{
	const struct dc_diff_thing *x = a, *y = b;
	if (x->record != y->record)
		return x->record ? -1 : 1;
	int order = dc_slice_cmp(x->protocol, y->protocol);
	order = order ? order : dc_slice_cmp(x->name, y->name);
	return order ? order : strcmp(x->type, y->type);
}

/* Of the same record found in several places the best known one is kept. */
static int by_order_then_state(const void *a, const void *b)
{
	const struct dc_diff_thing *x = a, *y = b;
	int order = dc_diff_thing_order(a, b);
	if (order || x->state != y->state)
		return order ? order : x->state > y->state ? -1 : 1;
	order = dc_slice_cmp(x->value, y->value);
	order = order ? order : (x->via.len > y->via.len) - (x->via.len < y->via.len);
	return order ? order : dc_slice_cmp(x->via, y->via);
}

static void keep_things(struct dc_diff_taker *taker)
{
	size_t kept = 0;
	sort(taker->things, taker->thing_count, sizeof *taker->things, by_order_then_state);
	for (size_t i = 0; i < taker->thing_count; i++)
		if (i == 0 || dc_diff_thing_order(&taker->things[kept - 1], &taker->things[i]) != 0)
			taker->things[kept++] = taker->things[i];
	taker->domain->things = taker->things;
	taker->domain->thing_count = kept;
}

/* ---- facts ---- */

struct place {
	struct dc_slice path, protocol;
	bool settled; /* null stands for "there is none" here, not for "not known" */
	unsigned depth;
};

/* Where the record itself, or how and where it was found, stands: told as records, or not told at all. */
static bool is_left_out(struct dc_slice path)
{
	static const char *const paths[] = {
		"spf.tree",		"spf.record",		"spf.records",
		"spf.others",		"spf.lookup_limit",	"spf.authorised.ipv4",
		"spf.authorised.ipv6",	"spf.authorised.ipv6_exact", "dmarc.walk",
		"dmarc.record",		"mx.hosts",		"ptr",
		"message",		"dkim.searched",	"mta_sts.record",
		"tls_rpt.record",	"bimi.record",		"spoofable.why",
	};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (dc_slice_eq(path, dc_slice_of(paths[i])))
			return true;
	return false;
}

static bool is_left_out_anywhere(struct dc_slice key)
{
	static const char *const keys[] = {"opendkim", "opendkim_reason", "libspf2", "by", "evidence", "record", "key_since", "origin",
					   "cname"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (dc_slice_eq(key, dc_slice_of(keys[i])))
			return true;
	return false;
}

static void take_fact(struct dc_diff_taker *taker, struct place place, const json_t *value);

static struct dc_slice below(struct dc_diff_taker *taker, struct dc_slice path, struct dc_slice key)
{
	return path.len ? dc_arena_concat(taker->arena, dc_arena_concat(taker->arena, path, DC_S(".")), key)
			: dc_arena_dup(taker->arena, key);
}

/* What tells an object in a list from its neighbours. */
static struct dc_slice identity(struct dc_diff_taker *taker, const json_t *object)
{
	static const char *const keys[] = {"id", "selector", "name", "host", "domain", "type", "uri", "tag", "from", "mail_from",
					   "dkim_domain", "dkim_selector", "helo", "ip"};
	struct dc_slice text = {0};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct dc_slice one = dc_scan_text(object, keys[i]);
		if (one.len)
			text = text.len ? dc_arena_concat(taker->arena, dc_arena_concat(taker->arena, text, DC_S(" ")), one)
					: dc_arena_dup(taker->arena, one);
	}
	return text;
}

/* NOLINTBEGIN(misc-no-recursion): DC_DIFF_DEPTH_MAX */
static void take_members(struct dc_diff_taker *taker, struct place place, const json_t *object)
{
	const char *key;
	json_t *value;
	size_t len;
	for (void *at = json_object_iter((json_t *)object); at && !taker->full; at = json_object_iter_next((json_t *)object, at)) {
		struct place inside = place;
		key = json_object_iter_key(at);
		len = json_object_iter_key_len(at);
		value = json_object_iter_value(at);
		inside.path = below(taker, place.path, (struct dc_slice){key, len});
		inside.depth++;
		if (!is_left_out(inside.path) && !is_left_out_anywhere((struct dc_slice){key, len}))
			take_fact(taker, inside, value);
	}
}

static void take_list(struct dc_diff_taker *taker, struct place place, const json_t *list)
{
	struct dc_slice *parts = NULL;
	size_t count = 0, capacity = 0;
	bool names = dc_slice_eq(place.path, DC_S("providers"));
	for (size_t i = 0; i < json_array_size(list) && !taker->full; i++) {
		const json_t *item = json_array_get(list, i);
		if (json_is_string(item) || names) {
			DC_PUSH(taker->arena, parts, count, capacity) =
				names ? copy(taker->arena, item, "id")
				      : dc_arena_dup(taker->arena, (struct dc_slice){json_string_value(item), json_string_length(item)});
			continue;
		}
		if (!json_is_object(item))
			continue;
		struct place inside = place;
		struct dc_slice id = identity(taker, item);
		inside.path = id.len ? dc_arena_concat(taker->arena, dc_arena_concat(taker->arena, below(taker, place.path, DC_S("[")), id),
						       DC_S("]"))
				     : below(taker, place.path, dc_arena_printf(taker->arena, "[%zu]", i));
		inside.depth++;
		inside.settled |= dc_slice_eq(place.path, DC_S("dkim.selectors")) &&
				  !dc_slice_eq(dc_scan_text(item, "status"), DC_S("unknown"));
		take_members(taker, inside, item);
	}
	if (!count && json_array_size(list))
		return; /* objects */
	struct dc_diff_thing *thing = dc_diff_new_thing(taker);
	thing->protocol = place.protocol;
	thing->name = place.path;
	thing->set = true;
	thing->state = count ? DC_DIFF_PRESENT : DC_DIFF_ABSENT;
	dc_diff_set_parts(taker, thing, parts, count);
}

static void take_fact(struct dc_diff_taker *taker, struct place place, const json_t *value)
{
	if (place.depth > DC_DIFF_DEPTH_MAX || taker->full)
		return;
	if (json_is_object(value)) {
		take_members(taker, place, value);
		return;
	}
	if (json_is_array(value)) {
		take_list(taker, place, value);
		return;
	}
	struct dc_diff_thing *thing = dc_diff_new_thing(taker);
	thing->protocol = place.protocol;
	thing->name = place.path;
	thing->state = !json_is_null(value) ? DC_DIFF_PRESENT : place.settled ? DC_DIFF_ABSENT : DC_DIFF_NOT_KNOWN;
	if (json_is_string(value))
		thing->value = dc_arena_dup(taker->arena, (struct dc_slice){json_string_value(value), json_string_length(value)});
	else if (json_is_boolean(value))
		thing->value = json_is_true(value) ? DC_S("yes") : DC_S("no");
	else if (json_is_integer(value))
		thing->value = dc_arena_printf(taker->arena, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		thing->value = DC_S("more than 2^63");
}
/* NOLINTEND(misc-no-recursion) */

static void take_facts(struct dc_diff_taker *taker, const json_t *facts)
{
	for (void *at = json_object_iter((json_t *)facts); at; at = json_object_iter_next((json_t *)facts, at)) {
		const json_t *value = json_object_iter_value(at);
		struct dc_slice key = {json_object_iter_key(at), json_object_iter_key_len(at)}, class = dc_scan_text(value, "class");
		struct place place = {.path = dc_arena_dup(taker->arena, key)};
		place.protocol = place.path;
		/* Where the class is known, the rest is: what is null then is not there. */
		place.settled = class.len && !dc_slice_eq(class, DC_S("temperror"));
		if (!is_left_out(place.path))
			take_fact(taker, place, value);
	}
}

/* ---- findings, verdicts ---- */

static int by_fingerprint(const void *a, const void *b)
{
	const struct dc_diff_finding *x = a, *y = b;
	int order = dc_slice_cmp(x->fingerprint, y->fingerprint);
	return order ? order : dc_slice_cmp(x->message, y->message);
}

/* The names a finding may be about: texts of its arguments, questions of its evidence. */
static void take_texts(struct dc_arena *arena, struct dc_diff_finding *finding, const json_t *object)
{
	const json_t *args = json_object_get(object, "args"), *evidence = json_object_get(object, "evidence");
	struct dc_slice *texts = NULL;
	size_t count = 0, capacity = 0;
	for (void *at = json_object_iter((json_t *)args); at; at = json_object_iter_next((json_t *)args, at)) {
		const json_t *value = json_object_iter_value(at);
		if (json_is_string(value))
			DC_PUSH(arena, texts, count, capacity) =
				dc_arena_dup(arena, (struct dc_slice){json_string_value(value), json_string_length(value)});
	}
	for (size_t i = 0; i < json_array_size(evidence); i++)
		DC_PUSH(arena, texts, count, capacity) = copy(arena, json_array_get(evidence, i), "name");
	finding->texts = texts;
	finding->text_count = count;
}

static void take_findings(struct dc_arena *arena, struct dc_diff_domain *domain, const json_t *list)
{
	size_t count = json_array_size(list), kept = 0;
	struct dc_diff_finding *findings = DC_NEW_ARRAY(arena, struct dc_diff_finding, count + 1);
	for (size_t i = 0; i < count; i++) {
		const json_t *object = json_array_get(list, i);
		struct dc_diff_finding *finding = &findings[kept];
		*finding = (struct dc_diff_finding){.fingerprint = copy(arena, object, "fingerprint"), .id = copy(arena, object, "id"),
						    .check = copy(arena, object, "check"), .subject = copy(arena, object, "subject"),
						    .message = copy(arena, object, "message"), .fix = copy(arena, object, "fix"),
						    .inconclusive = json_is_true(json_object_get(object, "inconclusive")),
						    .waived = copy(arena, object, "waived")};
		/* What is no finding of ours fails nothing, and cannot be told from others. */
		if (!finding->fingerprint.len || !finding->id.len ||
		    !dc_severity_parse(dc_scan_text(object, "severity"), &finding->severity))
			continue;
		take_texts(arena, finding, object);
		kept++;
	}
	sort(findings, kept, sizeof *findings, by_fingerprint);
	domain->findings = findings;
	domain->finding_count = kept;
}

int dc_diff_verdict_order(const void *a, const void *b)
{
	return dc_slice_cmp(((const struct dc_diff_verdict *)a)->id, ((const struct dc_diff_verdict *)b)->id);
}

/* `list`: of {id, verdict}; with `below`, also of their requirements. */
static const struct dc_diff_verdict *take_verdicts(struct dc_arena *arena, const json_t *list, size_t *ret_count)
{
	struct dc_diff_verdict *verdicts = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i), *requirements = json_object_get(item, "requirements");
		struct dc_slice id = copy(arena, item, "id");
		DC_PUSH(arena, verdicts, count, capacity) = (struct dc_diff_verdict){id, copy(arena, item, "verdict")};
		for (size_t j = 0; j < json_array_size(requirements); j++) {
			const json_t *requirement = json_array_get(requirements, j);
			struct dc_slice both = dc_arena_concat(arena, id, DC_S("/"));
			both = dc_arena_concat(arena, both, dc_scan_text(requirement, "id"));
			DC_PUSH(arena, verdicts, count, capacity) = (struct dc_diff_verdict){both, copy(arena, requirement, "verdict")};
		}
	}
	sort(verdicts, count, sizeof *verdicts, dc_diff_verdict_order);
	*ret_count = count;
	return verdicts;
}

/* ---- a side ---- */

static bool take_domain(void *user, const json_t *object, struct dc_error *err)
{
	struct reader *reader = user;
	struct dc_diff_side *side = reader->side;
	struct dc_arena *arena = side->arena;
	if (DC_ARENA_GUARD(arena)) { /* not fuzzed: 512 MiB of facts */
		if (dc_arena_is_starved(arena))
			(void)dc_error_set(err, DC_ERR_NOMEM, "%.*s: out of memory for the report", DC_FMT(side->shown));
		else
			(void)dc_error_set(err, DC_ERR_INPUT, "%.*s: more than can be compared in %d MiB of memory", DC_FMT(side->shown),
					   DC_DIFF_MEMORY_MAX >> 20);
		return false;
	}
	const json_t *facts = json_object_get(object, "facts");
	struct dc_diff_domain *domain = &DC_PUSH(arena, side->domains, side->domain_count, reader->capacity);
	*domain = (struct dc_diff_domain){.domain = copy(arena, object, "domain"), .verdict = copy(arena, object, "verdict"),
					  .object = reader->objects++};
	struct dc_diff_taker taker = {.arena = arena, .domain = domain};
	dc_diff_take_records(&taker, facts);
	take_facts(&taker, facts);
	keep_things(&taker);
	take_findings(arena, domain, json_object_get(object, "findings"));
	domain->checks = take_verdicts(arena, json_object_get(object, "checks"), &domain->check_count);
	domain->profiles = take_verdicts(arena, json_object_get(object, "profiles"), &domain->profile_count);
	if (taker.full) {
		char shown[80];
		(void)dc_error_set(err, DC_ERR_INPUT, "%.*s: %s has more than %d facts", DC_FMT(side->shown),
				   dc_escape_line(shown, sizeof shown, domain->domain), DC_DIFF_THINGS_MAX);
	}
	return !taker.full;
}

static struct dc_slice joined(struct dc_arena *arena, const json_t *value)
{
	struct dc_slice text = {0};
	if (json_is_string(value))
		return dc_arena_dup(arena, (struct dc_slice){json_string_value(value), json_string_length(value)});
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);
		struct dc_slice one = {json_string_value(item), json_string_length(item)};
		text = text.len ? dc_arena_concat(arena, dc_arena_concat(arena, text, DC_S(",")), one) : dc_arena_dup(arena, one);
	}
	return text;
}

static int by_name(const void *a, const void *b)
{
	return dc_slice_cmp(((const struct dc_diff_option *)a)->name, ((const struct dc_diff_option *)b)->name);
}

static void take_options(struct dc_diff_side *side, const json_t *value)
{
	struct dc_diff_option *options = NULL;
	size_t count = 0, capacity = 0;
	for (void *at = json_object_iter((json_t *)value); at; at = json_object_iter_next((json_t *)value, at))
		DC_PUSH(side->arena, options, count, capacity) = (struct dc_diff_option){
			dc_arena_dup(side->arena, (struct dc_slice){json_object_iter_key(at), json_object_iter_key_len(at)}),
			joined(side->arena, json_object_iter_value(at))};
	sort(options, count, sizeof *options, by_name);
	side->options = options;
	side->option_count = count;
	side->options_known = true;
}

static void take_member(void *user, struct dc_slice key, const json_t *value)
{
	struct dc_diff_side *side = ((struct reader *)user)->side;
	if (DC_ARENA_GUARD(side->arena))
		return; /* not fuzzed: takes 512 MiB */
	if (dc_slice_eq(key, DC_S("started")))
		side->started = joined(side->arena, value);
	if (dc_slice_eq(key, DC_S("tool")))
		side->version = copy(side->arena, value, "version");
	if (dc_slice_eq(key, DC_S("options")))
		take_options(side, value);
}

/* By name, the last object of a domain first. */
static int by_domain(const void *a, const void *b)
{
	const struct dc_diff_domain *x = a, *y = b;
	int order = dc_slice_cmp(x->domain, y->domain);
	return order ? order : (x->object < y->object) - (x->object > y->object);
}

static void keep_domains(struct dc_diff_side *side)
{
	size_t kept = 0;
	sort(side->domains, side->domain_count, sizeof *side->domains, by_domain);
	for (size_t i = 0; i < side->domain_count; i++)
		if (i == 0 || !dc_slice_eq(side->domains[kept - 1].domain, side->domains[i].domain))
			side->domains[kept++] = side->domains[i];
	side->domain_count = kept;
}

enum dc_status dc_diff_read(struct dc_slice text, const char *shown, struct dc_diff_side **ret_side, struct dc_error *err)
{
	struct dc_diff_side *side = calloc(1, sizeof *side);
	struct reader reader = {.side = side};
	struct dc_scan scan = {.shown = shown, .user = &reader, .member = take_member, .domain = take_domain};
	if (!side || !(side->arena = dc_arena_new(DC_DIFF_MEMORY_MAX)) || DC_ARENA_GUARD(side->arena)) { /* not fuzzed: out of memory */
		dc_diff_side_free(side);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the reports");
	}
	side->shown = dc_arena_dup(side->arena, dc_slice_of(shown));
	enum dc_status status = dc_scan_reports(&scan, text, err);
	if (status != DC_OK) {
		dc_diff_side_free(side);
		return status;
	}
	keep_domains(side);
	*ret_side = side;
	return DC_OK;
}

void dc_diff_side_free(struct dc_diff_side *side)
{
	if (!side)
		return;
	dc_arena_free(side->arena);
	free(side);
}
