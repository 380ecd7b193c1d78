/* Growing the tree of includes and redirects of an audit (no sender): what each term asks, level by level.
 *
 * Terms that are never reached ask nothing. Macros that need no sender (%{d}, %{o}) are expanded; other macros leave
 * the term open: it depends on the sender. Walking goes on behind errors and past the limit of ten. Ceilings: nodes,
 * depth and questions (spf.h). */
#include "spf/tree.h"

#include "spf/answers.h"
#include "spf/macro.h"

static const struct dc_answer *ask(struct dc_spf_tree *tree, struct dc_slice name, uint16_t type)
{
	tree->asks++;
	return dc_ask_name(tree->asker, name, type);
}

static bool may_ask(struct dc_spf_tree *tree)
{
	if (tree->asks < DC_SPF_ASKS_MAX)
		return true;
	tree->facts->cut = true;
	return false;
}

/* ---- names ---- */

static bool needs_sender(struct dc_slice text)
{
	static const char letters[] = "slpihcrtv";

	for (size_t i = 0; i < sizeof(letters) - 1; i++)
		if (dc_spf_macro_uses(text, letters[i]))
			return true;
	return false;
}

enum target { TARGET, TARGET_IMPOSSIBLE, TARGET_SENDER };

static enum target find_target(struct dc_spf_tree *tree, const struct dc_spf_node *node, const struct dc_spf_term *term,
			       struct dc_slice *ret_raw, struct dc_slice *ret_name)
{
	struct dc_spf_values values = {.domain = dc_spf_grown_of(node)->raw, .sender_domain = tree->domain};
	struct dc_slice raw = term->domain;

	*ret_raw = *ret_name = raw;
	if (!raw.len) {
		*ret_name = node->name;
		return TARGET;
	}
	if (term->macros) {
		if (needs_sender(raw))
			return TARGET_SENDER;
		if (dc_spf_macro_expand(tree->asker->arena, raw, &values, &raw) != DC_SPF_EXPANDED)
			return TARGET_IMPOSSIBLE;
	}
	*ret_raw = dc_spf_name_fit(raw);
	return dc_spf_name_canonical(tree->asker->arena, *ret_raw, ret_name) ? TARGET : TARGET_IMPOSSIBLE;
}

/* ---- nodes ---- */

static struct dc_spf_grown *add_node(struct dc_spf_tree *tree, struct dc_slice name, const struct dc_spf_use *by,
				     enum dc_spf_state state)
{
	struct dc_spf_grown *grown = DC_NEW(tree->asker->arena, struct dc_spf_grown);

	grown->node = (struct dc_spf_node){.name = name, .state = state, .by = by, .depth = by ? by->node->depth + 1 : 0};
	DC_PUSH(tree->asker->arena, tree->nodes, tree->count, tree->capacity) = grown;
	return grown;
}

static bool is_loop(const struct dc_spf_node *node)
{
	for (const struct dc_spf_use *by = node->by; by; by = by->node->by)
		if (dc_name_eq(by->node->name, node->name))
			return true;
	return false;
}

static const struct dc_spf_node *earlier(const struct dc_spf_tree *tree, const struct dc_spf_node *node)
{
	for (size_t i = 0; i < tree->count && &tree->nodes[i]->node != node; i++)
		if (tree->nodes[i]->node.answer && dc_name_eq(tree->nodes[i]->node.name, node->name))
			return &tree->nodes[i]->node;
	return NULL;
}

static void add_child(struct dc_spf_tree *tree, struct dc_spf_use *use)
{
	enum dc_spf_state state = DC_SPF_STATE_OPEN;
	struct dc_spf_grown *child;
	struct dc_slice raw, name;

	if (tree->count >= DC_SPF_NODES_MAX) {
		tree->facts->cut = true;
		return;
	}
	switch (find_target(tree, use->node, use->term, &raw, &name)) {
	case TARGET_IMPOSSIBLE:
		state = DC_SPF_STATE_BAD_NAME;
		break;
	case TARGET_SENDER:
		state = DC_SPF_STATE_SENDER;
		break;
	case TARGET:
		use->target = name;
		if (dc_name_labels(name) < 2)
			state = DC_SPF_STATE_BAD_NAME; /* 4.3 */
		break;
	}
	child = add_node(tree, name, use, state);
	child->raw = raw;
	use->child = &child->node;
}

/* ---- terms ---- */

static enum dc_spf_found found(const struct dc_answer *answer)
{
	if (!answer)
		return DC_SPF_FOUND_OPEN;
	if (!dc_spf_is_answered(answer))
		return DC_SPF_FOUND_UNANSWERED;
	return dc_spf_is_void(answer) ? DC_SPF_FOUND_NOTHING : DC_SPF_FOUND_SOME;
}

static void ask_hosts(struct dc_spf_tree *tree, struct dc_spf_use *use)
{
	struct dc_slice names[DC_SPF_HOST_LIMIT];
	struct dc_spf_host *hosts;
	size_t count;

	use->too_many_hosts = dc_spf_names(tree->asker->arena, use->answer, names, &count) > DC_SPF_HOST_LIMIT;
	hosts = DC_NEW_ARRAY(tree->asker->arena, struct dc_spf_host, count);
	for (size_t i = 0; i < count; i++) {
		hosts[i].name = names[i];
		if (dc_name_labels(names[i]) == 0 || !may_ask(tree))
			continue;
		hosts[i].a = ask(tree, names[i], DC_TYPE_A);
		hosts[i].aaaa = ask(tree, names[i], DC_TYPE_AAAA);
	}
	use->hosts = hosts;
	use->host_count = count;
}

static void ask_term(struct dc_spf_tree *tree, struct dc_spf_use *use)
{
	const struct dc_spf_term *term = use->term;
	struct dc_slice raw;

	use->found4 = use->found6 = DC_SPF_FOUND_UNUSED;
	if (term->kind == DC_SPF_INCLUDE || term->kind == DC_SPF_REDIRECT) {
		add_child(tree, use);
		return;
	}
	if (!use->counted)
		return;
	use->found4 = use->found6 = DC_SPF_FOUND_SENDER;
	if (term->kind == DC_SPF_PTR)
		return; /* asks about the client, not about the name in it */
	switch (find_target(tree, use->node, term, &raw, &use->target)) {
	case TARGET_SENDER:
		use->target = (struct dc_slice){NULL, 0};
		return;
	case TARGET_IMPOSSIBLE:
		use->target = (struct dc_slice){NULL, 0};
		use->found4 = use->found6 = DC_SPF_FOUND_UNUSED;
		return;
	case TARGET:
		break;
	}
	use->found4 = use->found6 = DC_SPF_FOUND_OPEN;
	if (!may_ask(tree))
		return;
	if (term->kind == DC_SPF_A) {
		use->answer = ask(tree, use->target, DC_TYPE_A);
		use->answer6 = ask(tree, use->target, DC_TYPE_AAAA);
		use->found4 = found(use->answer);
		use->found6 = found(use->answer6);
		return;
	}
	use->answer = ask(tree, use->target, term->kind == DC_SPF_MX ? DC_TYPE_MX : DC_TYPE_A);
	use->found4 = use->found6 = found(use->answer);
	if (term->kind == DC_SPF_MX && use->found4 == DC_SPF_FOUND_SOME)
		ask_hosts(tree, use);
}

/* The same term again, whatever its qualifier. */
static bool is_same(const struct dc_spf_term *a, const struct dc_spf_term *b)
{
	if (a->kind != b->kind || a->faulty || b->faulty)
		return false;
	if (a->kind == DC_SPF_IP4 || a->kind == DC_SPF_IP6)
		return a->prefix.bits == b->prefix.bits && dc_ip_eq(a->prefix.ip, b->prefix.ip);
	return dc_slice_eq_nocase(a->domain, b->domain) && a->bits4 == b->bits4 && a->bits6 == b->bits6;
}

static bool is_duplicate(const struct dc_spf_record *record, size_t i)
{
	enum { LOOK_BACK = 256 }; /* terms: keeps a record of 30,000 terms from costing its square */
	size_t first = i > LOOK_BACK ? i - LOOK_BACK : 0;

	if (record->terms[i].kind >= DC_SPF_EXP)
		return false;
	for (size_t k = first; k < i; k++)
		if (is_same(&record->terms[k], &record->terms[i]))
			return true;
	return false;
}

static void read_record(struct dc_spf_tree *tree, struct dc_spf_grown *grown)
{
	const struct dc_spf_record *record = grown->node.record;
	struct dc_spf_use *uses;
	bool behind_all = false;

	tree->uses += record->term_count;
	if (tree->uses > DC_SPF_USES_MAX) { /* the same great record again and again */
		tree->facts->cut = true;
		grown->node.state = DC_SPF_STATE_CUT;
		return;
	}
	uses = DC_NEW_ARRAY(tree->asker->arena, struct dc_spf_use, record->term_count);
	grown->uses = uses;
	grown->node.uses = uses;
	grown->node.use_count = record->term_count;
	for (size_t i = 0; i < record->term_count; i++) {
		const struct dc_spf_term *term = &record->terms[i];
		struct dc_spf_use *use = &uses[i];

		*use = (struct dc_spf_use){.term = term, .node = &grown->node, .adds_exact = true};
		use->dead = (term->qualifier && behind_all) || (term->kind == DC_SPF_REDIRECT && record->all);
		behind_all |= term == record->all;
		use->duplicate = !use->dead && is_duplicate(record, i);
		use->counted = !use->dead && !term->faulty && dc_spf_kind_is_counted(term->kind);
		if (!use->dead && !term->faulty)
			ask_term(tree, use);
	}
}

/* ---- unregistered names ---- */

/* Asks at every ancestor at once: which of them is the highest that does not exist? */
static void find_unregistered(struct dc_spf_tree *tree, struct dc_spf_node *node)
{
	enum { PARENTS_MAX = 8 };
	struct dc_slice name = node->name;
	bool open = false;

	node->unregistered = node->name;
	node->unregistered_known = true;
	for (size_t i = 0; i < PARENTS_MAX && dc_name_labels(name) > 1; i++) {
		const struct dc_answer *answer;
		name = dc_name_parent(name);
		if (!may_ask(tree)) {
			open = true;
			break;
		}
		answer = ask(tree, name, DC_TYPE_SOA);
		if (!answer || !dc_spf_is_answered(answer))
			open = true;
		else if (answer->outcome != DC_OUTCOME_NXDOMAIN)
			break; /* so does all above it */
		else if (!open)
			node->unregistered = name;
	}
	/* an answer that is missing matters only when no ancestor above it was seen to exist */
	for (name = node->unregistered; open && dc_name_labels(name) > 1;) {
		const struct dc_answer *answer;
		name = dc_name_parent(name);
		answer = dc_ask_known(tree->asker, name, DC_TYPE_SOA);
		if (answer && dc_spf_is_answered(answer)) {
			if (answer->outcome == DC_OUTCOME_NXDOMAIN)
				node->unregistered = name;
			else
				return;
		} else {
			node->unregistered_known = false;
		}
	}
}

/* ---- walking ---- */

static void visit(struct dc_spf_tree *tree, struct dc_spf_grown *grown)
{
	struct dc_spf_node *node = &grown->node;
	const struct dc_txt *records;
	size_t count;

	if (node->state != DC_SPF_STATE_OPEN)
		return;
	if (is_loop(node)) {
		node->state = DC_SPF_STATE_LOOP;
		return;
	}
	if (node->depth > DC_SPF_DEPTH_MAX || !may_ask(tree)) {
		node->state = DC_SPF_STATE_CUT;
		tree->facts->cut = true;
		return;
	}
	node->same = earlier(tree, node);
	node->answer = ask(tree, node->name, DC_TYPE_TXT);
	if (node->by)
		dc_spf_grown_of(node->by->node)->uses[node->by - node->by->node->uses].answer = node->answer;
	if (!node->answer)
		return;
	if (!dc_spf_is_answered(node->answer)) {
		node->state = DC_SPF_STATE_UNANSWERED;
		return;
	}
	count = dc_spf_records(tree->asker->arena, node->answer, &records);
	if (!node->by) {
		tree->facts->records = records;
		tree->facts->record_count = count;
	}
	if (count == 1) {
		node->state = DC_SPF_STATE_RECORD;
		node->record = node->same && node->same->record ? node->same->record
								: dc_spf_record_of(tree->asker, node->answer, false);
		read_record(tree, grown);
	} else if (count > 1) {
		node->state = DC_SPF_STATE_MULTIPLE;
	} else if (node->answer->outcome == DC_OUTCOME_NXDOMAIN) {
		node->state = DC_SPF_STATE_NXDOMAIN;
		if (node->by)
			find_unregistered(tree, node);
	} else {
		node->state = DC_SPF_STATE_NO_RECORD;
	}
}

void dc_spf_tree_grow(struct dc_spf_tree *tree)
{
	add_node(tree, tree->domain, NULL, DC_SPF_STATE_OPEN)->raw = tree->domain;
	for (size_t i = 0; i < tree->count; i++)
		visit(tree, tree->nodes[i]);
}
