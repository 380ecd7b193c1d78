/* What the tree of an audit costs (RFC 7208 4.6.4) and whom it lets send, bottom up.
 *
 * Costs are those of an address that matches nothing; counting goes on past limits and errors. Authorised addresses are
 * exact: a term adds what no earlier term of its record has decided; an include adds what its record passes. */
#include "spf/answers.h"
#include "spf/tree.h"

/* ---- cost ---- */

struct running {
	struct dc_spf_tree *tree;
	uint32_t lookups, voids4, voids6;
};

static void count_node(struct running *run, struct dc_spf_grown *grown);

static bool is_broken(enum dc_spf_state state)
{
	return state == DC_SPF_STATE_NO_RECORD || state == DC_SPF_STATE_NXDOMAIN || state == DC_SPF_STATE_MULTIPLE ||
	       state == DC_SPF_STATE_BAD_NAME || state == DC_SPF_STATE_LOOP;
}

static bool host_failed(const struct dc_spf_host *host)
{
	return (host->a && !dc_spf_is_answered(host->a)) || (host->aaaa && !dc_spf_is_answered(host->aaaa));
}

/* NOLINTBEGIN(misc-no-recursion): no deeper than the tree: DC_SPF_DEPTH_MAX */
static void count_use(struct running *run, struct dc_spf_grown *grown, struct dc_spf_use *use)
{
	struct dc_spf_facts *facts = run->tree->facts;
	struct running before = *run;
	enum dc_spf_kind kind = use->term->kind;

	use->lookups_before = run->lookups;
	if (use->dead)
		return;
	if (use->counted && ++run->lookups > DC_SPF_LOOKUP_LIMIT && !facts->over)
		facts->over = use;
	run->voids4 += use->found4 == DC_SPF_FOUND_NOTHING;
	run->voids6 += use->found6 == DC_SPF_FOUND_NOTHING;
	if (use->counted && (use->found4 == DC_SPF_FOUND_SENDER || use->found6 == DC_SPF_FOUND_SENDER))
		facts->voids_sender++;
	facts->has_macros |= use->counted && use->term->macros && !use->target.len && use->found4 != DC_SPF_FOUND_UNUSED;
	facts->unanswered |= use->found4 == DC_SPF_FOUND_UNANSWERED || use->found6 == DC_SPF_FOUND_UNANSWERED;
	for (size_t i = 0; i < use->host_count; i++)
		facts->unanswered |= host_failed(&use->hosts[i]);
	if (use->child) {
		const struct dc_spf_node *child = use->child;
		count_node(run, dc_spf_grown_of(child));
		facts->has_macros |= child->state == DC_SPF_STATE_SENDER;
		grown->node.fails |= child->fails || is_broken(child->state);
		if (kind == DC_SPF_REDIRECT && !grown->node.record->all)
			grown->node.all = child->all;
	}
	grown->node.fails |= use->too_many_hosts;
	use->lookups = run->lookups - before.lookups;
	use->voids4 = run->voids4 - before.voids4;
	use->voids6 = run->voids6 - before.voids6;
}

static void count_node(struct running *run, struct dc_spf_grown *grown)
{
	struct dc_spf_node *node = &grown->node;
	struct running before = *run;

	run->tree->facts->unanswered |= node->state == DC_SPF_STATE_UNANSWERED;
	if (node->state != DC_SPF_STATE_RECORD)
		return;
	node->fails = node->record->fatal;
	node->all = node->record->all ? node->record->all->qualifier : '\0';
	for (size_t i = 0; i < node->use_count; i++)
		if (grown->uses[i].term->qualifier)
			count_use(run, grown, &grown->uses[i]);
	for (size_t i = 0; i < node->use_count; i++) /* a redirect comes last, wherever it stands */
		if (!grown->uses[i].term->qualifier)
			count_use(run, grown, &grown->uses[i]);
	node->lookups = run->lookups - before.lookups;
	node->voids4 = run->voids4 - before.voids4;
	node->voids6 = run->voids6 - before.voids6;
}
/* NOLINTEND(misc-no-recursion) */

void dc_spf_tree_count(struct dc_spf_tree *tree)
{
	struct running run = {.tree = tree};
	struct dc_spf_facts *facts = tree->facts;

	count_node(&run, tree->nodes[0]);
	facts->lookups = run.lookups;
	facts->voids4 = run.voids4;
	facts->voids6 = run.voids6;
	facts->all = tree->nodes[0]->node.all;
}

bool dc_spf_mx_is_empty(const struct dc_spf_use *use)
{
	if (use->term->kind != DC_SPF_MX || use->found4 != DC_SPF_FOUND_SOME || use->too_many_hosts || !use->host_count)
		return false;
	for (size_t i = 0; i < use->host_count; i++) {
		const struct dc_spf_host *host = &use->hosts[i];

		if (dc_name_labels(host->name) == 0)
			continue;
		if (!host->a || !host->aaaa || host_failed(host) || !dc_spf_is_void(host->a) || !dc_spf_is_void(host->aaaa))
			return false;
	}
	return true;
}

/* ---- authorised addresses ---- */

/* One record while its terms are gone through in order. */
struct deciding {
	struct dc_spf_tree *tree;
	struct dc_spf_grown *grown;
	struct dc_spf_set seen4, seen6;   /* decided by earlier terms */
	struct dc_spf_set fresh4, fresh6; /* what the term at hand decides */
};

static struct dc_spf_set new_set(struct dc_spf_tree *tree)
{
	return (struct dc_spf_set){.arena = tree->asker->arena, .budget = &tree->budget};
}

static void take(struct deciding *d, uint8_t family, struct dc_spf_interval interval)
{
	if (family == 4)
		dc_spf_set_add(&d->seen4, interval, &d->fresh4);
	else
		dc_spf_set_add(&d->seen6, interval, &d->fresh6);
}

static void take_all(struct deciding *d)
{
	take(d, 4, (struct dc_spf_interval){0, dc_spf_last(4)});
	take(d, 6, (struct dc_spf_interval){0, dc_spf_last(6)});
}

static void take_set(struct deciding *d, uint8_t family, const struct dc_spf_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		take(d, family, set->items[i]);
}

/* False when nothing is known about these addresses. */
static bool take_addresses(struct deciding *d, const struct dc_answer *answer, const struct dc_spf_term *term)
{
	struct dc_prefix prefix;
	struct dc_slice target;

	if (!answer || !dc_spf_is_answered(answer))
		return false;
	target = dc_answer_target(answer, NULL);
	for (const struct dc_rr *rr = NULL; (rr = dc_spf_next_rr(answer, target, rr)) != NULL;) {
		if (!dc_rr_ip(rr, &prefix.ip))
			continue;
		prefix.bits = prefix.ip.family == 4 ? term->bits4 : term->bits6;
		take(d, prefix.ip.family, dc_spf_interval_of(prefix));
	}
	return true;
}

static bool take_hosts(struct deciding *d, const struct dc_spf_use *use)
{
	bool exact = use->found4 == DC_SPF_FOUND_SOME || use->found4 == DC_SPF_FOUND_NOTHING;

	for (size_t i = 0; i < use->host_count; i++) {
		if (dc_name_labels(use->hosts[i].name) == 0)
			continue;
		exact &= take_addresses(d, use->hosts[i].a, use->term);
		exact &= take_addresses(d, use->hosts[i].aaaa, use->term);
	}
	return exact;
}

static bool take_child(struct deciding *d, const struct dc_spf_use *use)
{
	const struct dc_spf_grown *child;

	if (!use->child)
		return false;
	child = dc_spf_grown_of(use->child);
	take_set(d, 4, &child->pass4);
	take_set(d, 6, &child->pass6);
	return use->child->pass_exact;
}

/* What the term matches; false: it may match more, or other, addresses than those taken. */
static bool take_term(struct deciding *d, const struct dc_spf_use *use)
{
	const struct dc_spf_term *term = use->term;
	bool exact;

	switch (term->kind) {
	case DC_SPF_ALL:
		take_all(d);
		return true;
	case DC_SPF_IP4:
	case DC_SPF_IP6:
		take(d, term->prefix.ip.family, dc_spf_interval_of(term->prefix));
		return true;
	case DC_SPF_A:
		if (use->found4 == DC_SPF_FOUND_SENDER)
			return false;
		if (!use->target.len)
			return true; /* a name that cannot exist matches nothing */
		exact = take_addresses(d, use->answer, term);
		return take_addresses(d, use->answer6, term) && exact;
	case DC_SPF_MX:
		if (use->found4 == DC_SPF_FOUND_UNUSED)
			return true;
		return take_hosts(d, use);
	case DC_SPF_EXISTS:
		if (use->found4 == DC_SPF_FOUND_SOME)
			take_all(d);
		return use->found4 == DC_SPF_FOUND_SOME || use->found4 == DC_SPF_FOUND_NOTHING ||
		       use->found4 == DC_SPF_FOUND_UNUSED;
	case DC_SPF_INCLUDE:
	case DC_SPF_REDIRECT:
		return take_child(d, use);
	case DC_SPF_PTR:
		return false;
	default:
		return true;
	}
}

static void decide(struct deciding *d, struct dc_spf_use *use)
{
	struct dc_spf_node *node = &d->grown->node;
	bool passes = use->term->qualifier == '+' || use->term->kind == DC_SPF_REDIRECT;

	if (use->dead || use->term->faulty)
		return;
	d->fresh4 = new_set(d->tree);
	d->fresh6 = new_set(d->tree);
	use->adds_exact = take_term(d, use) && !d->fresh4.incomplete && !d->fresh6.incomplete &&
			  !d->seen4.incomplete && !d->seen6.incomplete;
	node->pass_exact &= use->adds_exact;
	use->covered = (use->term->kind == DC_SPF_IP4 && !d->fresh4.count && use->adds_exact) ||
		       (use->term->kind == DC_SPF_IP6 && !d->fresh6.count && use->adds_exact);
	if (!passes)
		return;
	use->adds4 = dc_spf_set_size(&d->fresh4);
	use->adds6 = dc_spf_set_size(&d->fresh6);
	for (size_t i = 0; i < d->fresh4.count; i++)
		dc_spf_set_add(&d->grown->pass4, d->fresh4.items[i], NULL);
	for (size_t i = 0; i < d->fresh6.count; i++)
		dc_spf_set_add(&d->grown->pass6, d->fresh6.items[i], NULL);
}

static void authorise_node(struct dc_spf_tree *tree, struct dc_spf_grown *grown)
{
	struct dc_spf_node *node = &grown->node;
	struct deciding d = {.tree = tree, .grown = grown, .seen4 = new_set(tree), .seen6 = new_set(tree)};

	grown->pass4 = new_set(tree);
	grown->pass6 = new_set(tree);
	node->pass_exact = node->state == DC_SPF_STATE_RECORD || is_broken(node->state);
	for (size_t i = 0; i < node->use_count; i++)
		if (node->uses[i].term->qualifier)
			decide(&d, &grown->uses[i]);
	for (size_t i = 0; i < node->use_count; i++)
		if (node->uses[i].term->kind == DC_SPF_REDIRECT)
			decide(&d, &grown->uses[i]);
	node->pass_exact &= !grown->pass4.incomplete && !grown->pass6.incomplete;
	tree->facts->cut |= grown->pass4.incomplete || grown->pass6.incomplete;
	node->pass4 = dc_spf_set_ranges(&grown->pass4, 4);
	node->pass6 = dc_spf_set_ranges(&grown->pass6, 6);
}

void dc_spf_tree_authorise(struct dc_spf_tree *tree)
{
	for (size_t i = tree->count; i-- > 0;) /* children come behind their parents */
		authorise_node(tree, tree->nodes[i]);
	tree->facts->pass4 = tree->nodes[0]->node.pass4;
	tree->facts->pass6 = tree->nodes[0]->node.pass6;
	tree->facts->pass_exact = tree->nodes[0]->node.pass_exact;
}
