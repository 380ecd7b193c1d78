/* SPF over a made-up DNS: grammar, macros, evaluation, audit, drawing, flattening. The evaluator and the audit, written
 * apart, must agree on who may send.
 *
 * First line: address, blank, HELO, blank, local part. Other lines: NAME, type letter, data:
 *   "a.example T v=spf1 -all"  T TXT  A address  M MX  P PTR  C CNAME  F failure  |: a seam between strings of a TXT */
#include "../support/world.h"
#include "fuzz.h"
#include "spf/parse.h"
#include "spf/spf.h"

#define DOMAIN "example.com"

enum { LINES_MAX = 64, ROUNDS_MAX = 64 };

struct job {
	struct dc_spf_query query;
	struct dc_spf_result result;
	const struct dc_spf_facts *facts;
};

static void evaluate(struct dc_asker *asker, void *data)
{
	struct job *job = data;
	dc_spf_check_host(asker, &job->query, &job->result);
}

static void audit(struct dc_asker *asker, void *data)
{
	struct job *job = data;
	job->facts = dc_spf_build(asker, DC_S(DOMAIN));
}

static void add_line(struct world *w, struct dc_slice line)
{
	struct dc_slice name = dc_slice_cut(&line, ' '), type = dc_slice_cut(&line, ' '), data = line, strings[16];
	char text[1024], owner[300];
	struct dc_ip ip;
	size_t n = 0;

	if (!name.len || name.len >= sizeof owner || memchr(name.ptr, '\0', name.len) || type.len != 1)
		return;
	snprintf(owner, sizeof owner, "%.*s", DC_FMT(name));
	if (type.ptr[0] == 'T') {
		while (data.ptr && n < 16)
			strings[n++] = dc_slice_cut(&data, '|');
		if (n)
			world_txt_strings(w, owner, DC_TYPE_TXT, strings, n);
		return;
	}
	snprintf(text, sizeof text, "%.*s", (int)(data.len < sizeof text ? data.len : sizeof text - 1), data.ptr ? data.ptr : "");
	if (type.ptr[0] == 'F')
		world_fail(w, owner, 0, DC_OUTCOME_SERVFAIL);
	else if (type.ptr[0] == 'A' && dc_ip_parse(dc_slice_of(text), &ip))
		world_ip(w, owner, text);
	else if (type.ptr[0] == 'M' || type.ptr[0] == 'P' || type.ptr[0] == 'C') {
		struct dc_slice canonical;
		uint8_t wire[DC_NAME_WIRE_MAX];
		dc_arena_reset(w->names);
		if (dc_name_normalize(w->names, dc_slice_of(text), &canonical) && dc_name_to_wire(canonical, wire))
			world_host(w, owner, type.ptr[0] == 'M' ? DC_TYPE_MX : type.ptr[0] == 'P' ? DC_TYPE_PTR : DC_TYPE_CNAME, 10,
				   text);
	}
}

static bool is_inside(const struct dc_spf_ranges *ranges, struct dc_ip ip)
{
	for (size_t i = 0; i < ranges->count; i++)
		if (dc_ip_cmp(ranges->items[i].first, ip) <= 0 && dc_ip_cmp(ip, ranges->items[i].last) <= 0)
			return true;
	return false;
}

/* What the audit says of this address must be what the evaluator says. */
static void compare(const struct job *job)
{
	const struct dc_spf_facts *facts = job->facts;
	struct dc_ip ip = dc_ip_unmap(job->query.ip);
	bool inside = is_inside(ip.family == 4 ? &facts->pass4 : &facts->pass6, ip);
	enum dc_spf_code code = job->result.code;

	if (!facts->pass_exact || facts->cut)
		return;
	if (code == DC_SPF_PASS)
		FUZZ_CHECK(inside);
	if (inside)
		FUZZ_CHECK(code == DC_SPF_PASS || code == DC_SPF_PERMERROR || code == DC_SPF_TEMPERROR);
	if (facts->class == DC_SPF_CLASS_VALID && facts->voids6 <= DC_SPF_VOID_LIMIT)
		FUZZ_CHECK(code != DC_SPF_PERMERROR && code != DC_SPF_NONE);
	if (facts->class == DC_SPF_CLASS_NONE)
		FUZZ_CHECK(code == DC_SPF_NONE);
}

/* Some term names the address, or may: nothing is promised about it. */
static bool is_named(const struct dc_spf_facts *facts, struct dc_ip ip)
{
	for (size_t n = 0; n < facts->node_count; n++)
		for (size_t i = 0; i < facts->nodes[n]->use_count; i++) {
			const struct dc_spf_use *use = &facts->nodes[n]->uses[i];
			bool address = use->term->kind == DC_SPF_IP4 || use->term->kind == DC_SPF_IP6;

			if (address && use->term->prefix.bits > 0 && dc_prefix_contains(use->term->prefix, ip))
				return true;
			if (use->found4 == DC_SPF_FOUND_SENDER || use->found6 == DC_SPF_FOUND_SENDER)
				return true;
			unsigned bits = ip.family == 4 ? use->term->bits4 : use->term->bits6, whole = ip.family == 4 ? 32 : 128;
			if ((use->term->kind == DC_SPF_A || use->term->kind == DC_SPF_MX) && bits > 0 && bits < whole)
				return true;
		}
	return false;
}

/* What the audit says of everybody else is what the evaluator says of an address that nobody has heard of. */
static void check_others(struct dc_asker *asker, const struct job *job, const char *stranger)
{
	const struct dc_spf_facts *facts = job->facts;
	struct dc_spf_query query = job->query;
	struct dc_spf_result result;

	if (!dc_ip_parse(dc_slice_of(stranger), &query.ip) || facts->cut || facts->unanswered || is_named(facts, query.ip))
		return;
	const struct dc_spf_others *others = query.ip.family == 4 ? &facts->others4 : &facts->others6;
	dc_spf_check_host(asker, &query, &result);
	if (!asker->open_count && !others->sender)
		FUZZ_CHECK(result.code == others->code);
}

static void check_result(const struct dc_spf_result *result)
{
	FUZZ_CHECK(result->code < DC_SPF_OPEN);
	FUZZ_CHECK(result->lookups <= DC_SPF_LOOKUP_LIMIT + 1 && result->voids <= DC_SPF_VOID_LIMIT + 1);
	FUZZ_CHECK(result->code == DC_SPF_FAIL || !result->explanation.len);
	FUZZ_CHECK(result->step_count || !result->mechanism.len);
	for (size_t i = 0; i < result->explanation.len; i++)
		FUZZ_CHECK(result->explanation.ptr[i] >= 0x20 && result->explanation.ptr[i] <= 0x7e);
}

static void check_facts(struct dc_arena *arena, const struct dc_spf_facts *facts)
{
	struct dc_spf_drawing drawing = dc_spf_tree_draw(arena, facts, true, true);
	const struct dc_spf_flat *flat = dc_spf_flatten(arena, facts);
	uint32_t lookups = 0;

	FUZZ_CHECK(drawing.count >= 1 && facts->node_count >= 1 && facts->node_count <= DC_SPF_NODES_MAX);
	FUZZ_CHECK((facts->lookups > DC_SPF_LOOKUP_LIMIT) == (facts->over != NULL));
	for (size_t n = 0; n < facts->node_count; n++) {
		const struct dc_spf_node *node = facts->nodes[n];
		FUZZ_CHECK(node->state != DC_SPF_STATE_OPEN);
		for (size_t i = 0; node->record && i < node->record->fault_count; i++) {
			const struct dc_spf_fault *fault = &node->record->faults[i];
			FUZZ_CHECK(!fault->suggestion.len || dc_spf_terms_valid(fault->suggestion));
			FUZZ_CHECK(fault->span.start + fault->span.length <= node->record->txt.text.len);
		}
		for (size_t i = 0; i < node->use_count && n == 0; i++)
			lookups += node->uses[i].lookups;
	}
	FUZZ_CHECK(lookups == facts->lookups);
	for (size_t i = 0; i < flat->count; i++) {
		FUZZ_CHECK(dc_spf_is_record(flat->records[i].text));
		for (size_t k = 0; k < flat->records[i].string_count; k++)
			FUZZ_CHECK(flat->records[i].strings[k].len <= 255);
	}
}

static void run(struct world *w, struct dc_arena *arena, struct dc_evidence *evidence, struct job *job)
{
	enum dc_spf_code code;

	world_run(w, arena, evidence, ROUNDS_MAX, audit, job);
	FUZZ_CHECK(w->asked < 1500);
	check_facts(arena, job->facts);
	/* both over the same evidence in one arena: the second must not ask for more than macros and the client need */
	struct dc_asker asker = {.evidence = evidence, .arena = arena};
	dc_spf_check_host(&asker, &job->query, &job->result);
	if (!asker.open_count) {
		check_result(&job->result);
		compare(job);
	}
	asker = (struct dc_asker){.evidence = evidence, .arena = arena};
	check_others(&asker, job, "100.66.77.88");
	asker = (struct dc_asker){.evidence = evidence, .arena = arena};
	check_others(&asker, job, "2001:db8:77:88:99:aa:bb:cc");
	world_run(w, arena, evidence, ROUNDS_MAX, evaluate, job);
	FUZZ_CHECK(w->asked < 300 && w->rounds <= 25);
	check_result(&job->result);
	code = job->result.code;
	evaluate(&asker, job);
	FUZZ_CHECK(job->result.code == code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_slice rest = {(const char *)data, size}, first;
	struct job job = {.query = {.domain = DC_S(DOMAIN)}};
	static struct dc_arena *arena, *hold; /* kept from case to case: making them costs more than a case */
	static struct world w;
	struct dc_evidence *evidence;

	if (size > 16384)
		return 0;
	if (!arena) {
		arena = dc_arena_new(256u << 20);
		hold = dc_arena_new(64u << 20);
		world_init(&w);
	}
	dc_arena_reset(hold);
	evidence = dc_evidence_new(hold);
	first = dc_slice_cut(&rest, '\n');
	if (!dc_ip_parse(dc_slice_cut(&first, ' '), &job.query.ip))
		job.query.ip = (struct dc_ip){4, {192, 0, 2, 1}};
	job.query.helo = dc_slice_cut(&first, ' ');
	job.query.local = first;
	for (int i = 0; rest.ptr && i < LINES_MAX; i++)
		add_line(&w, dc_slice_cut(&rest, '\n'));
	if (DC_ARENA_GUARD(arena))
		FUZZ_CHECK(!"an audit may not spend 256 MiB");
	if (!DC_ARENA_GUARD(hold))
		run(&w, arena, evidence, &job);
	dc_evidence_clear(evidence);
	world_reset(&w);
	return 0;
}
