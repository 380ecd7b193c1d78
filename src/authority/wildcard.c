/* Wildcards where policies are looked for: one name more is asked for, and only when something answers at one of them. */
#include "authority/wildcard.h"

#include "authority/authority.h"

static const struct {
	const char *prefix, *version;
} places[DC_WILDCARD_COUNT] = {
	[DC_WILDCARD_DMARC] = {"_dmarc", "v=DMARC1"},
	[DC_WILDCARD_MTA_STS] = {"_mta-sts", "v=STSv1"},
	[DC_WILDCARD_TLS_RPT] = {"_smtp._tls", "v=TLSRPTv1"},
	[DC_WILDCARD_BIMI] = {"default._bimi", "v=BIMI1"},
};

static bool answers(const struct dc_answer *answer)
{
	return answer && answer->outcome == DC_OUTCOME_ANSWER && dc_answer_count(answer) > 0;
}

static bool has_policy(struct dc_arena *arena, const struct dc_answer *answer, const char *version)
{
	struct dc_txt txt;

	for (size_t i = 0; dc_answer_rr(answer, i); i++)
		if (dc_rr_txt(arena, dc_answer_rr(answer, i), &txt) && dc_slice_starts_nocase(txt.text, dc_slice_of(version)))
			return true;
	return false;
}

/* Nobody's name: the domain's own, mixed, so that a zone is always asked for the same one. */
static struct dc_slice probe_name(struct dc_arena *arena, struct dc_slice domain)
{
	uint64_t hash = 0xcbf29ce484222325u;
	struct dc_slice label, name;

	for (size_t i = 0; i < domain.len; i++)
		hash = (hash ^ (uint8_t)domain.ptr[i]) * 0x100000001b3u;
	label = dc_arena_printf(arena, "dc-no-such-name-%08x", (unsigned)(hash ^ hash >> 32));
	return dc_name_join(arena, label, domain, &name) ? name : (struct dc_slice){0};
}

static void compare(struct dc_arena *arena, struct dc_wildcard_facts *facts)
{
	struct dc_slice made = dc_authority_value(arena, facts->probe);
	struct dc_txt txt;

	facts->found = answers(facts->probe);
	if (facts->found && dc_rr_txt(arena, dc_answer_rr(facts->probe, 0), &txt))
		facts->text = txt.text;
	for (size_t i = 0; i < DC_WILDCARD_COUNT; i++) {
		struct dc_wildcard_name *name = &facts->names[i];

		if (!name->answer || !dc_outcome_is_known(name->answer->outcome) || !dc_outcome_is_known(facts->probe->outcome))
			continue;
		name->covered = dc_tri_of(facts->found && answers(name->answer) &&
					  dc_slice_eq(made, dc_authority_value(arena, name->answer)));
	}
}

const struct dc_wildcard_facts *dc_wildcard_build(struct dc_asker *asker, struct dc_slice domain, bool thorough)
{
	struct dc_wildcard_facts *facts = DC_NEW(asker->arena, struct dc_wildcard_facts);
	struct dc_slice probe;
	bool reason = false;

	for (size_t i = 0; i < DC_WILDCARD_COUNT; i++) {
		struct dc_wildcard_name *name = &facts->names[i];

		if (!dc_name_join(asker->arena, dc_slice_of(places[i].prefix), domain, &name->name))
			continue;
		name->answer = dc_ask_known(asker, name->name, DC_TYPE_TXT);
		if (!answers(name->answer))
			continue;
		name->policy = has_policy(asker->arena, name->answer, places[i].version);
		reason |= thorough || !name->policy;
	}
	probe = reason ? probe_name(asker->arena, domain) : (struct dc_slice){0};
	if (probe.len)
		facts->probe = dc_ask(asker, probe, DC_TYPE_TXT);
	if (facts->probe)
		compare(asker->arena, facts);
	return facts;
}
