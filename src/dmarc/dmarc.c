/* DMARC facts of one domain, put together: the walk, both views, what-if, reports, and records that stand where no receiver
 * looks. The rules are in walk.c, view.c, reports.c and record.c. */
#include "dmarc/dmarc.h"

#include "dmarc/psl.h"
#include "dmarc/walk.h"

const char *dc_dmarc_class_name(enum dc_dmarc_class class)
{
	static const char *const names[] = {
		[DC_DMARC_CLASS_UNKNOWN] = NULL,    [DC_DMARC_CLASS_NONE] = "none",       [DC_DMARC_CLASS_VALID] = "valid",
		[DC_DMARC_CLASS_DISARMED] = "disarmed", [DC_DMARC_CLASS_IGNORED] = "ignored",
	};

	return names[class];
}

/* RFC 8020: NXDOMAIN says that the name is not there. An alias is there, wherever it leads. */
static enum dc_tri existence(const struct dc_answer *answer)
{
	if (!answer || !dc_outcome_is_known(answer->outcome))
		return DC_TRI_UNKNOWN;
	return dc_tri_of(answer->outcome != DC_OUTCOME_NXDOMAIN || answer->rr_count > 0);
}

static bool decided(const struct dc_dmarc_verdict *verdict)
{
	return verdict->class != DC_DMARC_CLASS_UNKNOWN && verdict->policy != DC_DMARC_POLICY_UNKNOWN;
}

/* Test mode and pct are left out: they are matters of their own. */
static unsigned compare(const struct dc_dmarc_view *now, const struct dc_dmarc_view *legacy)
{
	unsigned differences = 0;

	if (now->org_domain.len && legacy->org_domain.len && !dc_name_eq(now->org_domain, legacy->org_domain))
		differences |= DC_DMARC_DIFF_ORG;
	if (decided(&now->name) && decided(&legacy->name)) {
		if (!dc_slice_eq(now->name.location, legacy->name.location))
			differences |= DC_DMARC_DIFF_LOCATION;
		if (now->name.policy != legacy->name.policy)
			differences |= DC_DMARC_DIFF_POLICY;
	}
	if (decided(&now->existing) && decided(&legacy->existing) && now->existing.policy != legacy->existing.policy)
		differences |= DC_DMARC_DIFF_BELOW;
	return differences;
}

/* The walk with the changed record in place of the one that applies, or at the domain when none does. */
static void change(struct dc_asker *asker, struct dc_dmarc_facts *facts)
{
	struct dc_dmarc_walk *walk = DC_NEW(asker->arena, struct dc_dmarc_walk);
	const struct dc_dmarc_record *record = facts->now.name.record;
	struct dc_dmarc_node *node = walk->nodes;

	facts->changed = facts->now;
	if (!facts->what_if.len || facts->now.name.class == DC_DMARC_CLASS_UNKNOWN)
		return;
	*walk = facts->walk;
	for (size_t i = 0; record && i < walk->count; i++) {
		if (walk->nodes[i].record == record)
			node = &walk->nodes[i];
	}
	node->record = dc_dmarc_overlay(asker->arena, record, node->domain, facts->what_if);
	node->state = DC_DMARC_NODE_RECORD;
	walk->org_domain = dc_dmarc_select(walk->nodes, walk->count, walk->start).domain;
	dc_dmarc_view_now(asker->arena, walk, facts->exists, &facts->changed);
}

/* ---- records in the wrong place ---- */

static struct dc_slice record_in(struct dc_asker *asker, const struct dc_answer *answer)
{
	struct dc_txt txt;
	const struct dc_rr *rr;

	for (size_t i = 0; answer && (rr = dc_answer_rr(answer, i)); i++) {
		if (dc_rr_txt(asker->arena, rr, &txt) && dc_dmarc_kind_of(txt.text) == DC_DMARC_KIND_RECORD)
			return txt.text;
	}
	return (struct dc_slice){0};
}

static void look_elsewhere(struct dc_asker *asker, struct dc_dmarc_facts *facts)
{
	const struct dc_dmarc_node *own = facts->walk.nodes;
	struct dc_slice name;

	/* The texts of the domain are asked for SPF anyway. */
	facts->apex_answer = dc_ask_name(asker, facts->domain, DC_TYPE_TXT);
	if (own->state != DC_DMARC_NODE_NONE || own->assumed)
		return;
	facts->at_apex = record_in(asker, facts->apex_answer);
	if (!own->name.len || !dc_name_join(asker->arena, own->name, facts->domain, &name))
		return;
	facts->doubled_answer = dc_ask_name(asker, name, DC_TYPE_TXT);
	facts->at_doubled = record_in(asker, facts->doubled_answer);
}

const struct dc_dmarc_facts *dc_dmarc_build(struct dc_asker *asker, struct dc_slice domain, struct dc_slice what_if)
{
	struct dc_dmarc_facts *facts = DC_NEW(asker->arena, struct dc_dmarc_facts);

	facts->domain = domain;
	facts->what_if = what_if;
	facts->psl = asker->psl;
	facts->psl_version = dc_psl_version(asker->psl, asker->arena);
	dc_dmarc_walk_from(asker, domain, &facts->walk);
	facts->existence = dc_ask_name(asker, domain, DC_TYPE_MX);
	facts->exists = existence(facts->existence);
	dc_dmarc_view_now(asker->arena, &facts->walk, facts->exists, &facts->now);
	dc_dmarc_view_legacy(asker, &facts->walk, &facts->legacy);
	facts->differences = compare(&facts->now, &facts->legacy);
	change(asker, facts);
	if (facts->walk.count)
		look_elsewhere(asker, facts);
	if (facts->now.name.record)
		dc_dmarc_reports(asker, facts->now.name.record, facts);
	return facts;
}
