/* What the servers say, side by side. Records are compared as sets: order and time to live do not count. */
#include "authority/build.h"

/* ---- one answer as text ---- */

static int compare_rr(const struct dc_rr *a, const struct dc_rr *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	return dc_slice_cmp(a->rdata, b->rdata);
}

/* The records at the name asked for: its own, or the alias that stands there. Where an alias leads is another matter. */
static size_t own_records(const struct dc_answer *answer, const struct dc_rr *ret_rrs[DC_AUTHORITY_VALUE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		size_t at = n;

		if ((rr->type != answer->question.type && rr->type != DC_TYPE_CNAME) ||
		    !dc_name_eq(rr->owner, answer->question.name) || n == DC_AUTHORITY_VALUE_MAX)
			continue;
		for (; at > 0 && compare_rr(rr, ret_rrs[at - 1]) < 0; at--)
			ret_rrs[at] = ret_rrs[at - 1];
		ret_rrs[at] = rr;
		n++;
	}
	return n;
}

struct dc_slice dc_authority_value(struct dc_arena *arena, const struct dc_answer *answer)
{
	const struct dc_rr *rrs[DC_AUTHORITY_VALUE_MAX];
	struct dc_slice value;
	size_t count;

	if (!dc_answer_is_known(answer))
		return (struct dc_slice){0};
	count = own_records(answer, rrs);
	if (!count) /* no record and no name are the same to mail */
		return DC_S("-");
	value = DC_S("");
	for (size_t i = 0; i < count; i++) {
		char head[8] = {(char)(rrs[i]->type >> 8), (char)rrs[i]->type, (char)(rrs[i]->rdata.len >> 8),
				(char)rrs[i]->rdata.len};

		value = dc_arena_concat(arena, value, (struct dc_slice){head, 4});
		value = dc_arena_concat(arena, value, rrs[i]->rdata);
	}
	return value;
}

/* ---- serials ---- */

/* RFC 1982 section 3.2 */
static bool is_older(uint32_t a, uint32_t b)
{
	return a != b && (uint32_t)(b - a) < 0x80000000u;
}

static void find_newest(struct dc_authority_facts *facts)
{
	for (size_t i = 0; i < facts->server_count; i++) {
		const struct dc_authority_server *server = &facts->servers[i];

		if (!server->has_serial)
			continue;
		facts->serials_differ |= facts->has_serial && server->serial != facts->newest_serial;
		if (!facts->has_serial || is_older(facts->newest_serial, server->serial))
			facts->newest_serial = server->serial;
		facts->has_serial = true;
	}
}

/* ---- one set of records ---- */

static bool is_newest(const struct dc_authority_facts *facts, const struct dc_authority_server *server)
{
	return server->has_serial && server->serial == facts->newest_serial;
}

static void note_ttl(struct dc_authority_record *record, const struct dc_answer *answer)
{
	if (!dc_answer_is_known(answer))
		return;
	if (!record->has_ttl || answer->ttl_s > record->ttl_s)
		record->ttl_s = answer->ttl_s;
	record->has_ttl = true;
}

static void compare(struct authority_build *build, size_t index)
{
	struct dc_authority_facts *facts = build->facts;
	struct dc_authority_record *record = &facts->records[index];
	struct dc_slice values[DC_AUTHORITY_SERVER_MAX], newest = {0};
	bool same = true, split = false;
	size_t known = 0;

	for (size_t i = 0; i < facts->server_count; i++) {
		const struct dc_authority_server *server = &facts->servers[i];
		const struct dc_answer *answer = server->records[index];

		values[i] = answer && answer->authoritative ? dc_authority_value(build->asker->arena, answer)
							    : (struct dc_slice){0};
		if (!values[i].len)
			continue;
		known++;
		note_ttl(record, answer);
		if (is_newest(facts, server)) {
			split |= newest.len && !dc_slice_eq(newest, values[i]);
			if (!newest.len) {
				newest = values[i];
				record->newest = answer;
			}
		}
	}
	for (size_t i = 0; i < facts->server_count; i++)
		same &= !values[i].len || !newest.len || dc_slice_eq(values[i], newest);
	if (!known || !newest.len)
		return;
	record->agree = dc_tri_of(same && !split);
	record->lagging = !same && !split;
	for (size_t i = 0; record->lagging && i < facts->server_count; i++)
		facts->servers[i].lags |= values[i].len && !dc_slice_eq(values[i], newest);
}

/* The resolver may still remember what the servers have changed since. */
static void look_at_cache(struct authority_build *build, struct dc_authority_record *record)
{
	struct dc_arena *arena = build->asker->arena;
	const struct dc_answer *cached = dc_ask_known(build->asker, record->name, record->type);

	if (record->agree == DC_TRI_YES && record->type != DC_TYPE_NS && dc_answer_is_known(cached) && !cached->truncated &&
	    !dc_slice_eq(dc_authority_value(arena, cached), dc_authority_value(arena, record->newest)))
		record->cached = cached;
}

static void compare_servers(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;

	find_newest(facts);
	for (size_t i = 0; i < facts->record_count; i++) {
		compare(build, i);
		look_at_cache(build, &facts->records[i]);
	}
}

/* ---- delegation: who names which server ---- */

static bool names(struct dc_arena *arena, const struct dc_answer *answer, struct dc_slice host)
{
	struct dc_slice named;

	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_NS && dc_rr_name(arena, &answer->rrs[i], &named) && dc_name_eq(named, host))
			return true;
	return false;
}

/* The zone's own word is that of its newest server; failing that, the resolver's. */
static void set_sides(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;

	if (facts->record_count && facts->records[0].newest && facts->records[0].newest->rr_count)
		facts->ns = facts->records[0].newest;
	for (size_t i = 0; i < facts->name_count; i++) {
		struct dc_authority_name *name = &facts->names[i];

		if (facts->referral)
			name->in_parent = dc_tri_of(names(build->asker->arena, facts->referral, name->host));
		if (dc_answer_is_known(facts->ns) && facts->ns->rr_count)
			name->in_child = dc_tri_of(names(build->asker->arena, facts->ns, name->host));
	}
}

const struct dc_authority_facts *dc_authority_build(struct dc_asker *asker, const struct dc_authority_input *input)
{
	struct dc_authority_facts *facts = DC_NEW(asker->arena, struct dc_authority_facts);
	struct authority_build build = {.asker = asker, .input = input, .facts = facts};

	facts->wanted = input->wanted;
	if (!input->wanted || !authority_find_zone(&build))
		return facts;
	authority_find_addresses(&build);
	authority_ask_servers(&build);
	compare_servers(&build);
	set_sides(&build);
	return facts;
}
