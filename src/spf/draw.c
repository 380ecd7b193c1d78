/* The tree of an audit as rows of text, in the order of evaluation, with the failing places marked. */
#include "spf/tree.h"

enum { ROWS_MAX = 2048 }; /* nobody reads further */

struct draw {
	struct dc_arena *arena;
	bool utf8, every;
	struct dc_spf_row *rows;
	size_t count, capacity;
};

static const char *state_note(enum dc_spf_state state)
{
	switch (state) {
	case DC_SPF_STATE_NO_RECORD:
		return "no SPF record there";
	case DC_SPF_STATE_NXDOMAIN:
		return "does not exist";
	case DC_SPF_STATE_MULTIPLE:
		return "more than one SPF record there";
	case DC_SPF_STATE_BAD_NAME:
		return "cannot be a domain name";
	case DC_SPF_STATE_UNANSWERED:
		return "no answer";
	case DC_SPF_STATE_LOOP:
		return "leads back to itself";
	case DC_SPF_STATE_SENDER:
		return "depends on the sender";
	case DC_SPF_STATE_CUT:
		return "not followed any further";
	case DC_SPF_STATE_OPEN:
	case DC_SPF_STATE_RECORD:
		break;
	}
	return NULL;
}

static enum dc_spf_mark state_mark(enum dc_spf_state state)
{
	switch (state) {
	case DC_SPF_STATE_NO_RECORD:
	case DC_SPF_STATE_NXDOMAIN:
	case DC_SPF_STATE_MULTIPLE:
	case DC_SPF_STATE_BAD_NAME:
	case DC_SPF_STATE_LOOP:
		return DC_SPF_MARK_ERROR;
	case DC_SPF_STATE_UNANSWERED:
		return DC_SPF_MARK_UNANSWERED;
	case DC_SPF_STATE_SENDER:
		return DC_SPF_MARK_SENDER;
	case DC_SPF_STATE_CUT:
		return DC_SPF_MARK_CUT;
	case DC_SPF_STATE_OPEN:
	case DC_SPF_STATE_RECORD:
		break;
	}
	return DC_SPF_MARK_PLAIN;
}

static bool is_found(const struct dc_spf_use *use, enum dc_spf_found found)
{
	return use->found4 == found || use->found6 == found;
}

/* The gravest thing to say of a term. */
static enum dc_spf_mark judge(const struct dc_spf_use *use, const char **ret_note)
{
	enum dc_spf_mark mark = use->child ? state_mark(use->child->state) : DC_SPF_MARK_PLAIN;

	*ret_note = use->child ? state_note(use->child->state) : NULL;
	if (use->term->faulty) {
		*ret_note = "not valid SPF";
		return DC_SPF_MARK_ERROR;
	}
	if (use->dead) {
		*ret_note = use->term->qualifier ? "never reached: stands behind all" : "ignored: the record has all";
		return DC_SPF_MARK_DEAD;
	}
	if (use->child && use->child->record && use->child->record->fatal) {
		*ret_note = "its record is not valid SPF";
		return DC_SPF_MARK_ERROR;
	}
	if (use->too_many_hosts) {
		*ret_note = "more than ten MX hosts";
		return DC_SPF_MARK_ERROR;
	}
	if (mark == DC_SPF_MARK_ERROR)
		return mark;
	if (use->counted && use->lookups_before + 1 > DC_SPF_LOOKUP_LIMIT) {
		if (!*ret_note)
			*ret_note = use->lookups_before == DC_SPF_LOOKUP_LIMIT ? "the eleventh lookup: receivers stop here"
									       : "receivers do not get here";
		return DC_SPF_MARK_OVER;
	}
	if (mark != DC_SPF_MARK_PLAIN)
		return mark;
	if (is_found(use, DC_SPF_FOUND_UNANSWERED)) {
		*ret_note = "no answer";
		return DC_SPF_MARK_UNANSWERED;
	}
	if (use->found4 == DC_SPF_FOUND_NOTHING && use->found6 == DC_SPF_FOUND_NOTHING) {
		*ret_note = "finds nothing";
		return DC_SPF_MARK_VOID;
	}
	if (dc_spf_mx_is_empty(use)) {
		*ret_note = "finds no address";
		return DC_SPF_MARK_VOID;
	}
	if (is_found(use, DC_SPF_FOUND_SENDER)) {
		*ret_note = "depends on the sender";
		return DC_SPF_MARK_SENDER;
	}
	return DC_SPF_MARK_PLAIN;
}

static bool is_shown(const struct draw *draw, const struct dc_spf_use *use)
{
	const char *note;

	return draw->every || use->counted || judge(use, &note) != DC_SPF_MARK_PLAIN;
}

static void draw_node(struct draw *draw, const struct dc_spf_node *node, struct dc_slice stem);

/* NOLINTBEGIN(misc-no-recursion): no deeper than the tree: DC_SPF_DEPTH_MAX */
static void draw_use(struct draw *draw, const struct dc_spf_use *use, struct dc_slice stem, bool last)
{
	struct dc_slice fork = draw->utf8 ? last ? DC_S("└─ ") : DC_S("├─ ") : last ? DC_S("`- ") : DC_S("|- ");
	struct dc_slice bar = last ? DC_S("   ") : draw->utf8 ? DC_S("│  ") : DC_S("|  ");
	const char *note;
	struct dc_spf_row *row;

	if (draw->count >= ROWS_MAX)
		return;
	row = &DC_PUSH(draw->arena, draw->rows, draw->count, draw->capacity);
	*row = (struct dc_spf_row){
		.branch = dc_arena_concat(draw->arena, stem, fork),
		.text = use->term->text,
		.depth = use->node->depth + 1,
		.counted = use->counted,
		.lookups = use->lookups,
		.mark = judge(use, &note),
		.use = use,
	};
	row->note = dc_slice_of(note);
	if (use->child)
		draw_node(draw, use->child, dc_arena_concat(draw->arena, stem, bar));
}

/* The i-th shown term in the order of evaluation: mechanisms, then the redirect and other modifiers. */
static void draw_node(struct draw *draw, const struct dc_spf_node *node, struct dc_slice stem)
{
	size_t left = 0;

	for (size_t i = 0; i < node->use_count; i++)
		left += is_shown(draw, &node->uses[i]);
	for (int modifiers = 0; modifiers < 2; modifiers++)
		for (size_t i = 0; i < node->use_count; i++)
			if ((node->uses[i].term->qualifier == 0) == modifiers && is_shown(draw, &node->uses[i]))
				draw_use(draw, &node->uses[i], stem, --left == 0);
}
/* NOLINTEND(misc-no-recursion) */

struct dc_spf_drawing dc_spf_tree_draw(struct dc_arena *arena, const struct dc_spf_facts *facts, bool utf8, bool every)
{
	struct draw draw = {.arena = arena, .utf8 = utf8, .every = every};
	const struct dc_spf_node *root = facts->root;

	DC_PUSH(arena, draw.rows, draw.count, draw.capacity) = (struct dc_spf_row){
		.text = facts->domain,
		.note = dc_slice_of(state_note(root->state)),
		.counted = root->state == DC_SPF_STATE_RECORD,
		.lookups = facts->lookups,
		.mark = root->record && root->record->fatal ? DC_SPF_MARK_ERROR : state_mark(root->state),
	};
	if (root->record && root->record->fatal)
		draw.rows[0].note = DC_S("not valid SPF");
	draw_node(&draw, root, (struct dc_slice){NULL, 0});
	return (struct dc_spf_drawing){draw.rows, draw.count};
}
