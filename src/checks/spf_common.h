/* What the SPF checks share. */
#ifndef DC_CHECKS_SPF_COMMON_H
#define DC_CHECKS_SPF_COMMON_H

#include "checks/check.h"
#include "mx/mx.h"
#include "spf/spf.h"

/* The domain's own record as far as it can be judged; NULL, after saying "not applicable" or "inconclusive", when there is
 * none or it is not known (spf-record speaks of that). */
static inline const struct dc_spf_node *dc_spf_own(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_node *root = facts->spf->root;
	if (root->state == DC_SPF_STATE_RECORD)
		return root;
	if (root->state == DC_SPF_STATE_UNANSWERED)
		dc_inconclusive(emitter);
	else
		dc_not_applicable(emitter);
	return NULL;
}

static inline bool dc_spf_answer_failed(const struct dc_answer *answer)
{
	return answer && (!dc_outcome_is_known(answer->outcome) || answer->truncated);
}

/* The domain says itself that it receives no mail: it should not send any either (RFC 7505 section 4.2). */
static inline bool dc_spf_is_silent(const struct dc_facts *facts)
{
	return facts->mx && facts->mx->class == DC_MX_NULL;
}

/* A record somewhere in the tree could not be looked up. */
static inline bool dc_spf_tree_failed(const struct dc_spf_facts *spf)
{
	for (size_t n = 1; n < spf->node_count; n++)
		if (spf->nodes[n]->state == DC_SPF_STATE_UNANSWERED)
			return true;
	return false;
}

enum { DC_SPF_TOLD_MAX = 32 }; /* findings of one kind: a record may hold thousands of equal faults */

/* Texts collected for one argument. */
struct dc_spf_texts {
	struct dc_slice *items;
	size_t count, capacity;
};

static inline void dc_spf_text_add(struct dc_emitter *emitter, struct dc_spf_texts *texts, struct dc_slice text)
{
	enum { LISTED_MAX = 12 }; /* a finding is one line */
	if (texts->count < LISTED_MAX)
		DC_PUSH(dc_emitter_arena(emitter), texts->items, texts->count, texts->capacity) = text;
	else if (texts->count == LISTED_MAX)
		DC_PUSH(dc_emitter_arena(emitter), texts->items, texts->count, texts->capacity) = DC_S("...");
}

#endif
