/* The store: a list in order of adding and an open-addressing index over it. */
#include "evidence/evidence.h"

enum { SLOTS_FIRST = 128 }; /* most audits of one domain need no more */

struct dc_evidence {
	struct dc_arena *arena;
	struct dc_answer **answers;
	size_t count, capacity;
	uint32_t *index; /* position + 1 in answers; 0 = free */
	size_t slots;    /* a power of two, at least twice count */
};

struct dc_evidence *dc_evidence_new(struct dc_arena *arena)
{
	struct dc_evidence *evidence = DC_NEW(arena, struct dc_evidence);
	evidence->arena = arena;
	return evidence;
}

void dc_evidence_clear(struct dc_evidence *evidence)
{
	for (size_t i = 0; i < evidence->count; i++)
		dc_answer_unref(evidence->answers[i]);
	*evidence = (struct dc_evidence){.arena = evidence->arena};
}

static size_t slot_of(const struct dc_evidence *evidence, const struct dc_question *question)
{
	size_t mask = evidence->slots - 1;
	size_t slot = (size_t)dc_question_hash(question) & mask;
	while (evidence->index[slot] &&
	       !dc_question_eq(&evidence->answers[evidence->index[slot] - 1]->question, question))
		slot = (slot + 1) & mask;
	return slot;
}

const struct dc_answer *dc_evidence_find(const struct dc_evidence *evidence, const struct dc_question *question)
{
	if (evidence->slots == 0)
		return NULL;
	uint32_t position = evidence->index[slot_of(evidence, question)];
	return position ? evidence->answers[position - 1] : NULL;
}

static void widen(struct dc_evidence *evidence)
{
	size_t slots = evidence->slots ? evidence->slots * 2 : SLOTS_FIRST;
	evidence->index = DC_NEW_ARRAY(evidence->arena, uint32_t, slots);
	evidence->slots = slots;
	for (size_t i = 0; i < evidence->count; i++)
		evidence->index[slot_of(evidence, &evidence->answers[i]->question)] = (uint32_t)(i + 1);
}

void dc_evidence_add(struct dc_evidence *evidence, struct dc_answer *answer)
{
	if (2 * (evidence->count + 1) > evidence->slots)
		widen(evidence);
	uint32_t *position = &evidence->index[slot_of(evidence, &answer->question)];
	if (*position) {
		dc_answer_unref(answer);
		return;
	}
	DC_PUSH(evidence->arena, evidence->answers, evidence->count, evidence->capacity) = answer;
	*position = (uint32_t)evidence->count;
}

size_t dc_evidence_count(const struct dc_evidence *evidence)
{
	return evidence->count;
}

const struct dc_answer *dc_evidence_at(const struct dc_evidence *evidence, size_t i)
{
	return evidence->answers[i];
}
