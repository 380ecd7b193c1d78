/* What a domain and the names below it get: RFC 9989 sections 4.10.1 (policy discovery) and 4.7 (t, sp, np), and beside it
 * RFC 7489 section 6.6.3 with the public suffix list. Functions of the walk's answers; the one name that may still be
 * missing is the registrable domain of a name with very many labels. */
#include "dmarc/walk.h"

#include "dmarc/psl.h"

/* Of names below: they exist or not; of the domain itself: perhaps nobody knows. */
enum place { PLACE_SELF, PLACE_EXISTING, PLACE_MISSING };

static enum dc_dmarc_policy first_given(enum dc_dmarc_policy a, enum dc_dmarc_policy b)
{
	return a != DC_DMARC_POLICY_ABSENT ? a : b;
}

static enum dc_dmarc_policy published(const struct dc_dmarc_record *record, enum place place)
{
	enum dc_dmarc_policy policy = record->p;

	if (place != PLACE_SELF)
		policy = first_given(record->sp, policy);
	if (place == PLACE_MISSING)
		policy = first_given(record->np, policy);
	return policy;
}

static struct dc_dmarc_verdict judge(const struct dc_dmarc_record *record, enum dc_dmarc_standing standing, enum place place)
{
	struct dc_dmarc_verdict verdict = {.record = record, .location = record->domain};

	switch (standing) {
	case DC_DMARC_STANDING_IGNORED:
		verdict.class = DC_DMARC_CLASS_IGNORED;
		verdict.policy = verdict.effective = DC_DMARC_POLICY_ABSENT;
		break;
	case DC_DMARC_STANDING_DISARMED:
		verdict.class = DC_DMARC_CLASS_DISARMED;
		verdict.policy = verdict.effective = DC_DMARC_POLICY_NONE;
		break;
	case DC_DMARC_STANDING_VALID:
		verdict.class = DC_DMARC_CLASS_VALID;
		verdict.policy = published(record, place);
		verdict.effective = record->testing ? dc_dmarc_policy_lower(verdict.policy) : verdict.policy;
		break;
	}
	return verdict;
}

static struct dc_dmarc_verdict none(void)
{
	return (struct dc_dmarc_verdict){.class = DC_DMARC_CLASS_NONE, .policy = DC_DMARC_POLICY_ABSENT,
					 .effective = DC_DMARC_POLICY_ABSENT};
}

static struct dc_dmarc_verdict blocked_at(const struct dc_dmarc_node *node)
{
	return (struct dc_dmarc_verdict){.blocked = node};
}

/* ---- RFC 9989 ---- */

/* The record of the organizational domain, else of the public suffix domain. */
static struct dc_dmarc_verdict inherited(const struct dc_dmarc_node *nodes, size_t count, struct dc_slice start, enum place place)
{
	struct dc_dmarc_org org = dc_dmarc_select(nodes, count, start);
	const struct dc_dmarc_node *node = org.node ? org.node : org.psd;

	if (org.blocked)
		return blocked_at(org.blocked);
	return node ? judge(node->record, node->record->standing, place) : none();
}

static struct dc_dmarc_verdict of_itself(const struct dc_dmarc_walk *walk, enum dc_tri exists)
{
	const struct dc_dmarc_node *own = walk->nodes;
	struct dc_dmarc_verdict there, gone;

	if (!walk->count || own->state == DC_DMARC_NODE_UNKNOWN)
		return blocked_at(own);
	if (own->state == DC_DMARC_NODE_RECORD)
		return judge(own->record, own->record->standing, PLACE_SELF);
	there = inherited(walk->nodes, walk->count, walk->start, PLACE_EXISTING);
	gone = inherited(walk->nodes, walk->count, walk->start, PLACE_MISSING);
	if (exists != DC_TRI_UNKNOWN)
		return exists == DC_TRI_YES ? there : gone;
	if (there.policy != gone.policy)
		there.policy = there.effective = DC_DMARC_POLICY_UNKNOWN;
	return there;
}

void dc_dmarc_view_now(struct dc_arena *arena, const struct dc_dmarc_walk *walk, enum dc_tri exists, struct dc_dmarc_view *ret_view)
{
	/* A walk from one label deeper comes by the domain itself, unless that is cut off because it has too many labels. */
	size_t skip = dc_name_labels(walk->start) > DC_DMARC_SHORT && walk->count;
	struct dc_slice below = dc_arena_concat(arena, DC_S("x."), walk->start);

	*ret_view = (struct dc_dmarc_view){.org_domain = walk->org_domain};
	ret_view->name = of_itself(walk, exists);
	ret_view->existing = inherited(walk->nodes + skip, walk->count - skip, below, PLACE_EXISTING);
	ret_view->missing = inherited(walk->nodes + skip, walk->count - skip, below, PLACE_MISSING);
	if (ret_view->name.record) {
		ret_view->adkim_strict = ret_view->name.record->adkim_strict;
		ret_view->aspf_strict = ret_view->name.record->aspf_strict;
	}
}

/* ---- RFC 7489 ---- */

/* np, t and psd did not exist: a wrong np disarms nothing, test mode changes nothing. */
static struct dc_dmarc_verdict judge_legacy(const struct dc_dmarc_record *record, enum place place)
{
	enum dc_dmarc_standing standing = DC_DMARC_STANDING_VALID;
	struct dc_dmarc_verdict verdict;

	if (record->p < DC_DMARC_POLICY_NONE || record->sp == DC_DMARC_POLICY_INVALID)
		standing = record->rua_valid ? DC_DMARC_STANDING_DISARMED : DC_DMARC_STANDING_IGNORED;
	verdict = judge(record, standing, place);
	verdict.effective = verdict.policy;
	return verdict;
}

static const struct dc_dmarc_node *node_at(struct dc_asker *asker, const struct dc_dmarc_walk *walk, struct dc_slice domain)
{
	struct dc_dmarc_node *node;

	for (size_t i = 0; i < walk->count; i++) {
		if (dc_name_eq(walk->nodes[i].domain, domain))
			return &walk->nodes[i];
	}
	node = DC_NEW(asker->arena, struct dc_dmarc_node);
	dc_dmarc_look_up(asker, domain, node);
	return node;
}

static struct dc_dmarc_verdict from_node(const struct dc_dmarc_node *node, enum place place)
{
	if (node->state == DC_DMARC_NODE_UNKNOWN)
		return blocked_at(node);
	return node->state == DC_DMARC_NODE_RECORD ? judge_legacy(node->record, place) : none();
}

void dc_dmarc_view_legacy(struct dc_asker *asker, const struct dc_dmarc_walk *walk, struct dc_dmarc_view *ret_view)
{
	const struct dc_dmarc_node *own = walk->nodes, *org;
	bool suffix = dc_psl_is_suffix(asker->psl, walk->start);

	*ret_view = (struct dc_dmarc_view){.org_domain = dc_psl_org_of(asker, walk->start)};
	if (!walk->count)
		return;
	org = node_at(asker, walk, ret_view->org_domain);
	/* Several records at the first name end the search; only an empty set leads on to the organizational domain. */
	if (own->state != DC_DMARC_NODE_NONE || org == own)
		ret_view->name = from_node(own, PLACE_SELF);
	else
		ret_view->name = from_node(org, PLACE_EXISTING);
	ret_view->existing = suffix ? none() : from_node(org, PLACE_EXISTING);
	ret_view->missing = ret_view->existing;
	if (ret_view->name.record) {
		ret_view->adkim_strict = ret_view->name.record->adkim_strict;
		ret_view->aspf_strict = ret_view->name.record->aspf_strict;
	}
}
