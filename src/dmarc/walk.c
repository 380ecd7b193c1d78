/* The DNS tree walk: RFC 9989 section 4.10, and the organizational domain of 4.10.2.
 *
 * The names depend on the starting name alone, so all of them are asked at once; where the walk stops is decided when the
 * answers are there. A step without an answer leaves the organizational domain unknown, with one exception: when a zone
 * file is all there is, a public suffix lies outside of it by nature. Whether it has no record or the psd=y of a registry
 * then makes no difference for the names below, and the step is taken for "no record" (node.assumed). */
#include "dmarc/walk.h"

#include "dmarc/psl.h"

enum {
	TEXT_MAX = 64, /* TXT records looked at in one answer */
};

/* Names of the walk from `start`, longest first, without _dmarc; their number, at most eight. */
static size_t names_from(struct dc_slice start, struct dc_slice names[DC_DMARC_WALK_MAX])
{
	size_t labels = dc_name_labels(start), count = 0;

	if (!labels)
		return 0;
	names[count++] = start;
	for (labels = labels > DC_DMARC_SHORT ? DC_DMARC_SHORT : labels - 1; labels > 0; labels--)
		names[count++] = dc_name_keep_right(start, labels);
	return count;
}

static void read_text(struct dc_asker *asker, struct dc_dmarc_node *node, const struct dc_rr *rr, struct dc_dmarc_stray *strays)
{
	struct dc_txt txt;
	enum dc_dmarc_kind kind;

	if (!dc_rr_txt(asker->arena, rr, &txt))
		return;
	kind = dc_dmarc_kind_of(txt.text);
	if (kind != DC_DMARC_KIND_RECORD) {
		strays[node->stray_count++] = (struct dc_dmarc_stray){txt.text, kind, dc_dmarc_suggest(asker->arena, txt.text)};
		return;
	}
	if (!node->record_count++)
		node->record = dc_dmarc_parse(asker->arena, node->domain, &txt, rr);
}

static void read_texts(struct dc_asker *asker, struct dc_dmarc_node *node)
{
	struct dc_dmarc_stray *strays = DC_NEW_ARRAY(asker->arena, struct dc_dmarc_stray, TEXT_MAX);
	const struct dc_rr *rr;

	node->strays = strays;
	for (size_t i = 0; i < TEXT_MAX && (rr = dc_answer_rr(node->answer, i)); i++)
		read_text(asker, node, rr, strays);
	if (node->record_count > 1) {
		node->state = DC_DMARC_NODE_MULTIPLE;
		node->record = NULL;
	} else if (node->record_count == 1) {
		node->state = DC_DMARC_NODE_RECORD;
	}
}

/* What the records of an answer say is worked out once an audit: its walks meet the same names again and again. */
static void take_texts(struct dc_asker *asker, struct dc_dmarc_node *node)
{
	const struct dc_dmarc_node *kept = dc_memo_find(asker, DC_MEMO_DMARC, node->answer);
	struct dc_asker lasting = *asker;
	struct dc_dmarc_node *fresh;

	if (!kept) {
		lasting.arena = dc_memo_arena(asker);
		fresh = DC_NEW(lasting.arena, struct dc_dmarc_node);
		*fresh = *node;
		fresh->domain = dc_arena_dup(lasting.arena, node->domain);
		read_texts(&lasting, fresh);
		dc_memo_keep(asker, DC_MEMO_DMARC, node->answer, fresh);
		kept = fresh;
	}
	node->state = kept->state;
	node->record = kept->record;
	node->record_count = kept->record_count;
	node->strays = kept->strays;
	node->stray_count = kept->stray_count;
}

void dc_dmarc_look_up(struct dc_asker *asker, struct dc_slice domain, struct dc_dmarc_node *node)
{
	*node = (struct dc_dmarc_node){.domain = domain};
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): as many names are written as dc_dmarc_walk_names says */
	if (!dc_name_join(asker->arena, DC_S("_dmarc"), domain, &node->name)) {
		node->state = DC_DMARC_NODE_NONE; /* no such name can exist */
		return;
	}
	node->answer = dc_ask_name(asker, node->name, DC_TYPE_TXT);
	if (!node->answer)
		return;
	if (node->answer->outcome == DC_OUTCOME_OUT_OF_SOURCE && dc_psl_is_suffix(asker->psl, domain)) {
		node->state = DC_DMARC_NODE_NONE;
		node->assumed = true;
		return;
	}
	if (!dc_outcome_is_known(node->answer->outcome) || node->answer->truncated)
		return;
	node->state = DC_DMARC_NODE_NONE;
	(void)dc_answer_alias(asker->arena, node->answer, &node->alias);
	if (node->answer->outcome == DC_OUTCOME_ANSWER)
		take_texts(asker, node);
}

struct dc_dmarc_org dc_dmarc_select(const struct dc_dmarc_node *nodes, size_t count, struct dc_slice start)
{
	struct dc_dmarc_org org = {.domain = start};

	for (size_t i = 0; i < count; i++) {
		const struct dc_dmarc_node *node = &nodes[i];
		bool at_start = dc_name_eq(node->domain, start);

		org.visited = i + 1;
		if (node->state == DC_DMARC_NODE_UNKNOWN)
			return (struct dc_dmarc_org){.blocked = node, .visited = i + 1};
		if (node->state != DC_DMARC_NODE_RECORD)
			continue;
		if (node->record->psd == DC_DMARC_PSD_Y && !at_start) {
			org.psd = node;
			org.domain = dc_name_keep_right(start, dc_name_labels(node->domain) + 1);
			org.node = i && dc_name_eq(nodes[i - 1].domain, org.domain) &&
				   nodes[i - 1].state == DC_DMARC_NODE_RECORD ? &nodes[i - 1] : NULL;
			return org;
		}
		org.node = node;
		org.domain = node->domain;
		if (node->record->psd != DC_DMARC_PSD_U)
			return org;
	}
	return org;
}

void dc_dmarc_walk_from(struct dc_asker *asker, struct dc_slice start, struct dc_dmarc_walk *walk)
{
	struct dc_slice names[DC_DMARC_WALK_MAX];
	struct dc_dmarc_org org;

	*walk = (struct dc_dmarc_walk){.start = start, .count = names_from(start, names)};
	for (size_t i = 0; i < walk->count; i++)
		dc_dmarc_look_up(asker, names[i], &walk->nodes[i]);
	org = dc_dmarc_select(walk->nodes, walk->count, start);
	walk->org_domain = org.domain;
	walk->org_blocked = org.blocked;
	for (size_t i = 0; i < org.visited; i++)
		walk->nodes[i].visited = true;
}

bool dc_dmarc_org_domain(struct dc_asker *asker, struct dc_slice name, struct dc_slice *ret_org)
{
	struct dc_dmarc_walk walk;

	dc_dmarc_walk_from(asker, name, &walk);
	if (walk.org_blocked && !walk.org_blocked->answer)
		return false;
	*ret_org = walk.org_domain;
	return true;
}

const struct dc_answer *dc_dmarc_org_failure(struct dc_asker *asker, struct dc_slice name)
{
	struct dc_dmarc_walk walk;

	dc_dmarc_walk_from(asker, name, &walk);
	return walk.org_blocked ? walk.org_blocked->answer : NULL;
}

/* An organizational domain is the name itself or one above it: often the domain of one side excludes the other. */
static bool excludes(struct dc_slice org, struct dc_slice name)
{
	return org.len && !dc_name_is_below(name, org);
}

enum dc_tri dc_dmarc_aligned(struct dc_asker *asker, struct dc_slice author, struct dc_slice other, bool strict)
{
	struct dc_slice a = {0}, b = {0};
	bool have_a, have_b;

	if (!author.len || !other.len)
		return DC_TRI_UNKNOWN;
	if (dc_name_eq(author, other))
		return DC_TRI_YES;
	if (strict || !dc_name_eq(dc_name_keep_right(author, 1), dc_name_keep_right(other, 1)))
		return DC_TRI_NO;
	have_a = dc_dmarc_org_domain(asker, author, &a);
	have_b = dc_dmarc_org_domain(asker, other, &b);
	if ((have_a && excludes(a, other)) || (have_b && excludes(b, author)))
		return DC_TRI_NO;
	if (!have_a || !have_b || !a.len || !b.len)
		return DC_TRI_UNKNOWN;
	return dc_tri_of(dc_name_eq(a, b));
}
