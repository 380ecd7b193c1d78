/* The tree of an audit while it grows. Internal to the SPF room. */
#ifndef DC_SPF_TREE_H
#define DC_SPF_TREE_H

#include "spf/ranges.h"
#include "spf/spf.h"

/* A node that can still be written. */
struct dc_spf_grown {
	struct dc_spf_node node; /* first */
	struct dc_slice raw;     /* the name as it came out of the term: %{d} of its record */
	struct dc_spf_use *uses;
	struct dc_spf_set pass4, pass6;
};

struct dc_spf_tree {
	struct dc_asker *asker;
	struct dc_spf_facts *facts;
	struct dc_slice domain;
	struct dc_spf_grown **nodes; /* breadth first */
	size_t count, capacity;
	size_t asks;                 /* questions put so far */
	size_t uses;                 /* terms walked so far */
	size_t budget;               /* address ranges, see ranges.h */
};

static inline struct dc_spf_grown *dc_spf_grown_of(const struct dc_spf_node *node)
{
	return (struct dc_spf_grown *)node;
}

/* Asks and parses, breadth first, from the domain down. */
void dc_spf_tree_grow(struct dc_spf_tree *tree);
/* Lookups and voids in the order of evaluation; facts->over, all, fails, unanswered, has_macros. */
void dc_spf_tree_count(struct dc_spf_tree *tree);
/* Who may send: pass sets bottom up, and what each term adds. */
void dc_spf_tree_authorise(struct dc_spf_tree *tree);
/* What everybody else gets; after the two above. */
void dc_spf_tree_others(struct dc_spf_tree *tree);

/* True for terms that cost one of the ten lookups. */
static inline bool dc_spf_kind_is_counted(enum dc_spf_kind kind)
{
	return kind == DC_SPF_INCLUDE || kind == DC_SPF_A || kind == DC_SPF_MX || kind == DC_SPF_PTR ||
	       kind == DC_SPF_EXISTS || kind == DC_SPF_REDIRECT;
}

#endif
