/* Where the zone of a domain begins and who serves it, by the resolver and by the parent's servers.
 *
 * A zone begins at the nearest name above (or at) the domain that has an SOA record of its own (RFC 1034 section 4.2). Where
 * no SOA can be had since the zone's servers fail, the parent's referral tells the same. */
#include "authority/build.h"

/* The SOA record that stands at the name itself, not behind an alias. */
static bool begins_zone(const struct dc_answer *answer)
{
	for (size_t i = 0; dc_answer_is_known(answer) && i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_SOA && dc_name_eq(answer->rrs[i].owner, answer->question.name))
			return true;
	return false;
}

/* ---- the names of servers ---- */

static struct dc_authority_name *add_name(struct authority_build *build, struct dc_slice host)
{
	struct dc_authority_facts *facts = build->facts;
	size_t at = 0;

	while (at < facts->name_count && dc_slice_cmp(facts->names[at].host, host) < 0)
		at++;
	if (at < facts->name_count && dc_name_eq(facts->names[at].host, host))
		return &facts->names[at];
	if (facts->name_count == DC_AUTHORITY_NAME_MAX) {
		facts->cut = true;
		return NULL;
	}
	memmove(facts->names + at + 1, facts->names + at, (facts->name_count - at) * sizeof(*facts->names));
	facts->names[at] = (struct dc_authority_name){.host = host};
	facts->name_count++;
	return &facts->names[at];
}

static bool ns_host(struct authority_build *build, const struct dc_answer *answer, size_t i, struct dc_slice *ret_host)
{
	return answer->rrs[i].type == DC_TYPE_NS && dc_name_eq(answer->rrs[i].owner, build->facts->zone) &&
	       dc_rr_name(build->asker->arena, &answer->rrs[i], ret_host);
}

/* Adds the names of an answer's NS records for the zone. */
static void add_names(struct authority_build *build, const struct dc_answer *answer)
{
	struct dc_slice host;

	for (size_t i = 0; answer && i < answer->rr_count; i++)
		if (ns_host(build, answer, i, &host))
			(void)add_name(build, host);
}

/* ---- the parent ---- */

/* One address of each of the parent's first servers by name: all of them serve the same zone. */
static void find_parents(struct authority_build *build)
{
	struct dc_slice hosts[DC_AUTHORITY_PARENT_MAX + 1], host;
	const struct dc_answer *ns = build->parent_ns;
	size_t count = 0;

	for (size_t i = 0; dc_answer_is_known(ns) && i < ns->rr_count; i++) {
		size_t at = count;

		if (ns->rrs[i].type != DC_TYPE_NS || !dc_rr_name(build->asker->arena, &ns->rrs[i], &host))
			continue;
		for (; at > 0 && dc_slice_cmp(host, hosts[at - 1]) < 0; at--)
			hosts[at] = hosts[at - 1];
		hosts[at] = host;
		count += count < DC_AUTHORITY_PARENT_MAX;
	}
	for (size_t i = 0; i < count; i++) {
		const struct dc_answer *a = dc_ask(build->asker, hosts[i], DC_TYPE_A);
		const struct dc_answer *aaaa = dc_ask(build->asker, hosts[i], DC_TYPE_AAAA);
		const struct dc_rr *rr = a ? dc_answer_rr(a, 0) : NULL;
		char text[DC_IP_TEXT_MAX];
		struct dc_ip ip;

		if (!a || !aaaa)
			continue;
		rr = rr ? rr : dc_answer_rr(aaaa, 0);
		if (rr && dc_rr_ip(rr, &ip) && (build->input->allow_private || !dc_ip_special(ip) ||
						 strcmp(dc_ip_special(ip), "documentation") == 0))
			build->parents[build->parent_count++] = dc_arena_dup(build->asker->arena, dc_ip_format(ip, text));
	}
}

static void ask_parents(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;

	for (size_t i = 0; i < build->parent_count; i++) {
		const struct dc_answer *answer = authority_ask(build, "", build->parents[i], facts->zone, DC_TYPE_NS);

		build->parent_answers[i] = answer;
		if (answer && answer->outcome == DC_OUTCOME_REFUSED && answer->rr_count && !facts->referral)
			facts->referral = answer;
	}
	if (build->parent_count)
		build->parent_tcp = authority_ask(build, "tcp:", build->parents[0], facts->zone, DC_TYPE_NS);
}

/* ---- the cut ---- */

bool authority_find_zone(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;
	const struct dc_answer *soa[DC_AUTHORITY_CUT_MAX], *ns[DC_AUTHORITY_CUT_MAX];
	struct dc_slice names[DC_AUTHORITY_CUT_MAX], name = build->input->domain;
	size_t count = 0, zone = 0, parent;
	bool open = false;

	for (; count < DC_AUTHORITY_CUT_MAX && dc_name_labels(name) >= 1; count++, name = dc_name_parent(name)) {
		names[count] = name;
		soa[count] = dc_ask(build->asker, name, DC_TYPE_SOA);
		ns[count] = dc_ask(build->asker, name, DC_TYPE_NS);
		open |= !soa[count] || !ns[count];
	}
	if (open || !count || soa[0]->outcome == DC_OUTCOME_NXDOMAIN)
		return false;
	while (zone < count && dc_answer_is_known(soa[zone]) && !begins_zone(soa[zone]))
		zone++;
	/* Names that fail together fail because of the topmost of them. */
	while (zone + 1 < count && !dc_answer_is_known(soa[zone]) && !dc_answer_is_known(soa[zone + 1]))
		zone++;
	if (zone == count || dc_name_labels(names[zone]) < 2)
		return false; /* a top-level domain is nobody's to audit */
	for (parent = zone + 1; parent < count && !begins_zone(soa[parent]);)
		parent++;
	facts->zone = names[zone];
	facts->soa = soa[zone];
	facts->ns = ns[zone];
	facts->names = DC_NEW_ARRAY(build->asker->arena, struct dc_authority_name, DC_AUTHORITY_NAME_MAX);
	if (parent < count) {
		facts->parent = names[parent];
		build->parent_ns = ns[parent];
		find_parents(build);
		ask_parents(build);
	}
	if (!dc_answer_is_known(facts->soa) && !facts->referral) {
		facts->zone = (struct dc_slice){0}; /* it may begin anywhere */
		return false;
	}
	if (dc_answer_is_known(facts->ns))
		add_names(build, facts->ns);
	add_names(build, facts->referral);
	return true;
}

/* ---- addresses ---- */

/* The resolver's answer, or the parent's glue where the resolver has none. */
static const struct dc_answer *address(struct authority_build *build, struct dc_slice host, uint16_t type)
{
	const struct dc_answer *answer = dc_ask(build->asker, host, type), *glue;

	if (!answer || dc_answer_is_known(answer) || !build->parent_count || !dc_name_is_below(host, build->facts->zone))
		return answer;
	glue = authority_ask(build, "", build->parents[0], host, type);
	return glue && glue->rr_count ? glue : answer;
}

/* A server whose domain somebody else may register would answer for this zone as its new owner likes. */
static void look_up_gone(struct authority_build *build, struct dc_authority_name *name)
{
	struct dc_slice base = name->alias.len ? name->alias : name->host;

	name->gone = base;
	name->gone_answer = name->a->outcome == DC_OUTCOME_NXDOMAIN ? name->a : name->aaaa;
	for (size_t labels = dc_name_labels(base) - 1; labels >= 2 && labels < DC_AUTHORITY_CUT_MAX; labels--) {
		struct dc_slice above = dc_name_keep_right(base, labels);
		const struct dc_answer *answer = dc_ask(build->asker, above, DC_TYPE_NS);

		if (dc_answer_is_known(answer) && answer->outcome == DC_OUTCOME_NXDOMAIN && !answer->rr_count) {
			name->gone = above;
			name->gone_answer = answer;
		}
	}
}

void authority_find_addresses(struct authority_build *build)
{
	struct dc_authority_facts *facts = build->facts;

	for (size_t i = 0; i < facts->name_count; i++) {
		struct dc_authority_name *name = &facts->names[i];

		name->a = address(build, name->host, DC_TYPE_A);
		name->aaaa = address(build, name->host, DC_TYPE_AAAA);
		if (!name->a || !name->aaaa)
			continue;
		name->resolves = dc_tri_or(dc_answer_has_records(name->a), dc_answer_has_records(name->aaaa));
		if (name->a->rr_count && name->a->outcome == DC_OUTCOME_REFUSED)
			name->resolves = DC_TRI_YES; /* glue */
		if (!dc_answer_alias(build->asker->arena, name->a, &name->alias) &&
		    !dc_answer_alias(build->asker->arena, name->aaaa, &name->alias))
			name->alias = (struct dc_slice){0};
		if (name->resolves == DC_TRI_NO &&
		    (name->a->outcome == DC_OUTCOME_NXDOMAIN || name->aaaa->outcome == DC_OUTCOME_NXDOMAIN))
			look_up_gone(build, name);
	}
}
