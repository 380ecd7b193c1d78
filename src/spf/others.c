/* What everybody else gets: an address that no term of the tree names (RFC 7208 sections 4.6, 4.7, 5.1, 5.2, 6.1), as a
 * receiver comes to it, limits and errors included.
 *
 * A walk like that of check_host() (eval.c) without a client: terms with addresses do not match, an all does, and so do an
 * exists: that finds something and an include whose record passes such an address. Terms that depend on the sender are
 * taken as not matching, and `sender` says so. A lookup that failed counts where it could change the result. */
#include "spf/tree.h"

#include "spf/answers.h"

struct stranger {
	bool ipv6;
	uint32_t lookups, voids;
	uint32_t voids_sender, voids_unanswered; /* that may be */
	const struct dc_spf_use *by;
	bool sender;
};

enum step { PASSED_BY, MATCHED, BROKEN, UNKNOWN };

static enum dc_spf_code code_of(char qualifier)
{
	return qualifier == '-' ? DC_SPF_FAIL : qualifier == '~' ? DC_SPF_SOFTFAIL : qualifier == '?' ? DC_SPF_NEUTRAL : DC_SPF_PASS;
}

static enum step find_nothing(struct stranger *s)
{
	return ++s->voids > DC_SPF_VOID_LIMIT ? BROKEN : PASSED_BY;
}

/* Any address of the family: with a prefix of no bits it matches all. */
static bool has_address(const struct dc_answer *answer, bool ipv6)
{
	struct dc_slice target = dc_answer_target(answer, NULL);
	struct dc_ip ip;

	for (const struct dc_rr *rr = NULL; (rr = dc_spf_next_rr(answer, target, rr)) != NULL;)
		if (dc_rr_ip(rr, &ip) && (ip.family == 6) == ipv6)
			return true;
	return false;
}

static enum step step_hosts(const struct stranger *s, const struct dc_spf_use *use)
{
	bool failed = false;

	if (use->too_many_hosts)
		return BROKEN;
	if ((s->ipv6 ? use->term->bits6 : use->term->bits4) > 0)
		return PASSED_BY;
	for (size_t i = 0; i < use->host_count; i++) {
		const struct dc_answer *answer = s->ipv6 ? use->hosts[i].aaaa : use->hosts[i].a;

		if (!answer)
			continue;
		if (!dc_spf_is_answered(answer))
			failed = true;
		else if (has_address(answer, s->ipv6))
			return MATCHED;
	}
	return failed ? UNKNOWN : PASSED_BY;
}

/* a, mx, exists, ptr */
static enum step step_lookup(struct stranger *s, const struct dc_spf_use *use)
{
	enum dc_spf_kind kind = use->term->kind;
	bool all = (s->ipv6 ? use->term->bits6 : use->term->bits4) == 0 && kind != DC_SPF_EXISTS;

	switch (s->ipv6 ? use->found6 : use->found4) {
	case DC_SPF_FOUND_SOME:
		return kind == DC_SPF_EXISTS || (kind == DC_SPF_A && all) ? MATCHED
		       : kind == DC_SPF_MX				 ? step_hosts(s, use)
									 : PASSED_BY;
	case DC_SPF_FOUND_NOTHING:
		return find_nothing(s);
	case DC_SPF_FOUND_SENDER:
		s->sender = true;
		if (kind == DC_SPF_EXISTS) /* what it does not match it has not found */
			return find_nothing(s);
		s->voids_sender++;
		return PASSED_BY;
	case DC_SPF_FOUND_UNUSED:
		return PASSED_BY;
	default:
		s->voids_unanswered++;
		return kind == DC_SPF_EXISTS || all ? UNKNOWN : PASSED_BY;
	}
}

static enum dc_spf_code walk(struct stranger *s, const struct dc_spf_node *node);

/* NOLINTBEGIN(misc-no-recursion): no deeper than the tree: DC_SPF_DEPTH_MAX */
static enum step step_include(struct stranger *s, const struct dc_spf_use *use)
{
	if (!use->child)
		return UNKNOWN;
	switch (walk(s, use->child)) {
	case DC_SPF_PASS:
		s->by = s->by ? s->by : use;
		return MATCHED;
	case DC_SPF_NONE:
		s->by = use;
		return BROKEN;
	case DC_SPF_PERMERROR:
		return BROKEN;
	case DC_SPF_TEMPERROR:
	case DC_SPF_OPEN:
		return UNKNOWN;
	default:
		return PASSED_BY;
	}
}

static enum step step(struct stranger *s, const struct dc_spf_use *use)
{
	const struct dc_spf_term *term = use->term;

	if (use->dead)
		return PASSED_BY;
	s->by = use;
	if (use->counted && ++s->lookups > DC_SPF_LOOKUP_LIMIT)
		return BROKEN;
	switch (term->kind) {
	case DC_SPF_ALL:
		return MATCHED;
	case DC_SPF_IP4:
	case DC_SPF_IP6:
		return term->prefix.bits == 0 && (term->kind == DC_SPF_IP6) == s->ipv6 ? MATCHED : PASSED_BY;
	case DC_SPF_INCLUDE:
		return step_include(s, use);
	default:
		return step_lookup(s, use);
	}
}

static enum dc_spf_code walk_redirect(struct stranger *s, const struct dc_spf_use *use)
{
	enum dc_spf_code code;

	s->by = use;
	if (++s->lookups > DC_SPF_LOOKUP_LIMIT)
		return DC_SPF_PERMERROR;
	if (!use->child)
		return DC_SPF_OPEN;
	code = walk(s, use->child);
	if (code == DC_SPF_NONE)
		s->by = use;
	return code == DC_SPF_NONE ? DC_SPF_PERMERROR : code;
}

static enum dc_spf_code walk_record(struct stranger *s, const struct dc_spf_node *node)
{
	for (size_t i = 0; i < node->use_count; i++) {
		const struct dc_spf_use *use = &node->uses[i];

		if (node->record->fatal && use->term->faulty) {
			s->by = use;
			return DC_SPF_PERMERROR;
		}
		if (!use->term->qualifier || node->record->fatal)
			continue;
		switch (step(s, use)) {
		case PASSED_BY:
			break;
		case MATCHED:
			return code_of(use->term->qualifier);
		case BROKEN:
			return DC_SPF_PERMERROR;
		case UNKNOWN:
			return DC_SPF_OPEN;
		}
	}
	if (node->record->fatal)
		return DC_SPF_PERMERROR;
	for (size_t i = 0; i < node->use_count; i++)
		if (node->uses[i].term == node->record->redirect && !node->uses[i].dead)
			return walk_redirect(s, &node->uses[i]);
	s->by = NULL;
	return DC_SPF_NEUTRAL;
}

/* s->by: what decided, or where it is not known; NULL: the end of a record was reached. */
static enum dc_spf_code walk(struct stranger *s, const struct dc_spf_node *node)
{
	const struct dc_spf_ranges *pass = s->ipv6 ? &node->pass6 : &node->pass4;
	enum dc_spf_code code;

	switch (node->state) {
	case DC_SPF_STATE_NO_RECORD:
	case DC_SPF_STATE_NXDOMAIN:
	case DC_SPF_STATE_BAD_NAME:
		return DC_SPF_NONE;
	case DC_SPF_STATE_MULTIPLE:
	case DC_SPF_STATE_LOOP: /* round and round, to the eleventh lookup */
		return DC_SPF_PERMERROR;
	case DC_SPF_STATE_SENDER:
		s->sender = true;
		return DC_SPF_OPEN;
	case DC_SPF_STATE_RECORD:
		break;
	default:
		return DC_SPF_OPEN;
	}
	code = walk_record(s, node);
	/* Ranges that add up to all there is leave nobody else. */
	if ((code == DC_SPF_FAIL || code == DC_SPF_SOFTFAIL || code == DC_SPF_NEUTRAL) && node->pass_exact &&
	    dc_spf_count_reaches(pass->addresses, s->ipv6 ? 128 : 32)) {
		s->by = NULL;
		return DC_SPF_PASS;
	}
	return code;
}
/* NOLINTEND(misc-no-recursion) */

static struct dc_spf_others find(const struct dc_spf_node *root, bool ipv6)
{
	struct stranger s = {.ipv6 = ipv6};
	struct dc_spf_others others = {.code = walk(&s, root)};

	others.by = s.by;
	others.sender = s.sender;
	if (others.code == DC_SPF_PERMERROR)
		return others;
	if (s.voids + s.voids_unanswered > DC_SPF_VOID_LIMIT && s.voids_unanswered)
		others.code = DC_SPF_OPEN;
	return others;
}

void dc_spf_tree_others(struct dc_spf_tree *tree)
{
	tree->facts->others4 = find(&tree->nodes[0]->node, false);
	tree->facts->others6 = find(&tree->nodes[0]->node, true);
}

struct dc_slice dc_spf_others_name(const struct dc_spf_others *others)
{
	return others->code == DC_SPF_OPEN ? (struct dc_slice){0} : dc_slice_of(dc_spf_code_name(others->code));
}

const struct dc_spf_use *dc_spf_use_own(const struct dc_spf_use *use)
{
	const struct dc_spf_use *own = use;

	for (const struct dc_spf_use *at = use; at && at->node->by; at = at->node->by)
		if (at->node->by->term->kind == DC_SPF_INCLUDE)
			own = at->node->by;
	return own;
}

bool dc_spf_passes_on(const struct dc_spf_use *use)
{
	for (; use; use = use->node->by)
		if (use->term->qualifier && use->term->qualifier != '+')
			return false;
	return true;
}
