/* The audit of a domain's SPF without a sender: the tree, its cost, its ranges, and what stands beside the record.
 * Sections of RFC 7208: 3.1 (type 99), 3.4 (size), 4.5 (selection), 4.6.4 (limits). */
#include "spf/answers.h"
#include "spf/parse.h"
#include "spf/tree.h"

enum {
	DNS_HEADER = 12,
	DNS_QUESTION = 4,       /* type and class, behind the name */
	DNS_RECORD = 2 + 10,    /* a pointer for the owner, type, class, TTL, length */
	DNS_OPT = 11,           /* EDNS */
	SETS_PER_ADDRESS = 4,   /* a range lives in the sets of its term, its record and those above */
};

static size_t wire_length(struct dc_slice name)
{
	uint8_t wire[DC_NAME_WIRE_MAX];

	return dc_name_to_wire(name, wire);
}

static void weigh(struct dc_spf_facts *facts)
{
	const struct dc_answer *answer = facts->answer;

	facts->text_octets = (uint32_t)facts->domain.len;
	facts->answer_octets = (uint32_t)(DNS_HEADER + wire_length(facts->domain) + DNS_QUESTION + DNS_OPT);
	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		facts->answer_octets += (uint32_t)(DNS_RECORD + rr->rdata.len);
	}
}

/* NOLINTNEXTLINE(readability-non-const-parameter): DC_PUSH writes it */
static void add_lookalike(struct dc_spf_facts *facts, struct dc_arena *arena, const struct dc_txt *txt, size_t *capacity,
			  struct dc_spf_lookalike **items)
{
	bool similar;
	struct dc_slice suggestion = dc_spf_suggest_record(arena, txt->text, &similar);

	if (!similar)
		return;
	DC_PUSH(arena, *items, facts->lookalike_count, *capacity) = (struct dc_spf_lookalike){*txt, suggestion};
	facts->lookalikes = *items;
}

/* Every TXT record at the name. */
static void read_texts(struct dc_spf_facts *facts, struct dc_arena *arena)
{
	struct dc_slice target = dc_answer_target(facts->answer, NULL);
	struct dc_spf_lookalike *lookalikes = NULL;
	struct dc_txt *sender_id = NULL, txt;
	size_t lookalike_capacity = 0, sender_id_capacity = 0;

	for (const struct dc_rr *rr = NULL; (rr = dc_spf_next_rr(facts->answer, target, rr)) != NULL;) {
		if (!dc_rr_txt(arena, rr, &txt))
			continue;
		facts->txt_count++;
		facts->text_octets += (uint32_t)txt.text.len;
		if (dc_spf_is_record(txt.text))
			continue;
		if (dc_slice_starts_nocase(txt.text, DC_S("spf2.0/")))
			DC_PUSH(arena, sender_id, facts->sender_id_count, sender_id_capacity) = txt;
		else
			add_lookalike(facts, arena, &txt, &lookalike_capacity, &lookalikes);
	}
	facts->sender_id = sender_id;
}

static enum dc_spf_class classify(const struct dc_spf_facts *facts)
{
	const struct dc_spf_node *root = facts->root;

	switch (root->state) {
	case DC_SPF_STATE_NO_RECORD:
	case DC_SPF_STATE_NXDOMAIN:
	case DC_SPF_STATE_BAD_NAME:
		return DC_SPF_CLASS_NONE;
	case DC_SPF_STATE_MULTIPLE:
		return DC_SPF_CLASS_PERMERROR;
	case DC_SPF_STATE_RECORD:
		break;
	default:
		return DC_SPF_CLASS_TEMPERROR;
	}
	if (root->fails || facts->lookups > DC_SPF_LOOKUP_LIMIT || facts->voids4 > DC_SPF_VOID_LIMIT)
		return DC_SPF_CLASS_PERMERROR;
	return facts->unanswered ? DC_SPF_CLASS_TEMPERROR : DC_SPF_CLASS_VALID;
}

const struct dc_spf_facts *dc_spf_build_plain(struct dc_asker *asker, struct dc_slice domain)
{
	struct dc_spf_facts *facts = DC_NEW(asker->arena, struct dc_spf_facts);
	struct dc_spf_tree tree = {.asker = asker, .facts = facts, .domain = domain,
				   .budget = (size_t)DC_SPF_RANGES_MAX * SETS_PER_ADDRESS};
	const struct dc_spf_node **nodes;

	facts->domain = domain;
	dc_spf_tree_grow(&tree);
	dc_spf_tree_count(&tree);
	dc_spf_tree_authorise(&tree);
	dc_spf_tree_others(&tree);
	nodes = DC_NEW_ARRAY(asker->arena, const struct dc_spf_node *, tree.count);
	for (size_t i = 0; i < tree.count; i++)
		nodes[i] = &tree.nodes[i]->node;
	facts->nodes = nodes;
	facts->node_count = tree.count;
	facts->root = nodes[0];
	facts->answer = facts->root->answer;
	if (facts->answer && dc_spf_is_answered(facts->answer)) {
		weigh(facts);
		read_texts(facts, asker->arena);
	}
	facts->class = classify(facts);
	return facts;
}

const struct dc_spf_facts *dc_spf_build(struct dc_asker *asker, struct dc_slice domain)
{
	struct dc_spf_facts *facts = (struct dc_spf_facts *)dc_spf_build_plain(asker, domain);

	facts->type99 = dc_ask_name(asker, domain, DC_TYPE_SPF);
	return facts;
}

/* ---- a prefix against the result ---- */

static bool use_holds(const struct dc_spf_use *use, struct dc_ip ip)
{
	if (use->dead || use->term->faulty)
		return false;
	switch (use->term->kind) {
	case DC_SPF_ALL:
		return true;
	case DC_SPF_IP4:
	case DC_SPF_IP6:
		return dc_prefix_contains(use->term->prefix, ip);
	case DC_SPF_A: {
		const struct dc_answer *answer = ip.family == 4 ? use->answer : use->answer6;
		return answer && dc_spf_is_answered(answer) &&
		       dc_spf_holds(answer, ip, use->term->bits4, use->term->bits6);
	}
	case DC_SPF_MX:
		for (size_t i = 0; i < use->host_count; i++) {
			const struct dc_answer *answer = ip.family == 4 ? use->hosts[i].a : use->hosts[i].aaaa;
			if (answer && dc_spf_is_answered(answer) &&
			    dc_spf_holds(answer, ip, use->term->bits4, use->term->bits6))
				return true;
		}
		return false;
	case DC_SPF_EXISTS:
		return use->found4 == DC_SPF_FOUND_SOME;
	case DC_SPF_INCLUDE:
	case DC_SPF_REDIRECT: {
		const struct dc_spf_grown *child = use->child ? dc_spf_grown_of(use->child) : NULL;
		return child && dc_spf_set_holds(ip.family == 4 ? &child->pass4 : &child->pass6, dc_spf_number(ip));
	}
	default:
		return false;
	}
}

static const struct dc_spf_use *find_via(const struct dc_spf_node *node, struct dc_ip ip)
{
	for (size_t i = 0; i < node->use_count; i++)
		if (node->uses[i].term->qualifier && use_holds(&node->uses[i], ip))
			return &node->uses[i];
	for (size_t i = 0; i < node->use_count; i++)
		if (!node->uses[i].term->qualifier && use_holds(&node->uses[i], ip))
			return &node->uses[i];
	return NULL;
}

enum dc_spf_cover dc_spf_covers(const struct dc_spf_facts *facts, struct dc_prefix prefix,
				const struct dc_spf_use **ret_via)
{
	const struct dc_spf_ranges *ranges = prefix.ip.family == 4 ? &facts->pass4 : &facts->pass6;
	struct dc_spf_interval wanted = dc_spf_interval_of(prefix);

	if (ret_via)
		*ret_via = NULL;
	for (size_t i = 0; i < ranges->count; i++) {
		dc_u128 first = dc_spf_number(ranges->items[i].first), last = dc_spf_number(ranges->items[i].last);
		if (last < wanted.first || first > wanted.last)
			continue;
		if (ret_via) {
			struct dc_ip ip = prefix.ip;
			dc_u128 at = first > wanted.first ? first : wanted.first;
			for (size_t k = ip.family == 4 ? 4 : 16; k-- > 0; at >>= 8)
				ip.octets[k] = (uint8_t)at;
			*ret_via = find_via(facts->root, ip);
		}
		return first <= wanted.first && last >= wanted.last ? DC_SPF_INSIDE : DC_SPF_PARTLY;
	}
	return DC_SPF_OUTSIDE;
}
