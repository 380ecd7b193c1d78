/* The least recently used audit gives way. An audit is known by its evidence: the same store whose first answers are the
 * very ones that were sent. */
#include "receiver/slots.h"

#include <stdlib.h>

static void forget(struct dc_slot *slot)
{
	for (size_t i = 0; i < slot->count; i++)
		dc_answer_unref(slot->sent[i]);
	slot->count = 0;
	slot->evidence = NULL;
	slot->used = 0;
}

void dc_slots_forget_one(struct dc_slots *slots, unsigned slot)
{
	forget(&slots->slots[slot]);
}

void dc_slots_forget(struct dc_slots *slots)
{
	for (unsigned i = 0; i < DC_WIRE_SLOTS; i++)
		forget(&slots->slots[i]);
}

void dc_slots_free(struct dc_slots *slots)
{
	dc_slots_forget(slots);
	for (unsigned i = 0; i < DC_WIRE_SLOTS; i++)
		free(slots->slots[i].sent);
}

static bool holds(const struct dc_slot *slot, const struct dc_evidence *evidence)
{
	if (slot->evidence != evidence || slot->count > dc_evidence_count(evidence))
		return false;
	for (size_t i = 0; i < slot->count; i++)
		if (slot->sent[i] != dc_evidence_at(evidence, i))
			return false;
	return true;
}

static struct dc_slot *choose(struct dc_slots *slots, const struct dc_evidence *evidence)
{
	struct dc_slot *oldest = &slots->slots[0];

	for (unsigned i = 0; i < DC_WIRE_SLOTS; i++) {
		if (holds(&slots->slots[i], evidence))
			return &slots->slots[i];
		if (slots->slots[i].used < oldest->used)
			oldest = &slots->slots[i];
	}
	forget(oldest);
	return oldest;
}

/* Keeps references to all answers of `evidence`; false without memory. */
static bool keep(struct dc_slot *slot, const struct dc_evidence *evidence)
{
	size_t count = dc_evidence_count(evidence);

	if (count > slot->capacity) {
		size_t capacity = count + count / 2;
		struct dc_answer **sent = realloc(slot->sent, capacity * sizeof(struct dc_answer *));

		if (!sent)
			return false;
		slot->sent = sent;
		slot->capacity = capacity;
	}
	while (slot->count < count) {
		slot->sent[slot->count] = dc_answer_ref((struct dc_answer *)dc_evidence_at(evidence, slot->count));
		slot->count++;
	}
	return true;
}

unsigned dc_slots_send(struct dc_slots *slots, struct dc_buf *out, const struct dc_evidence *evidence)
{
	struct dc_slot *slot = choose(slots, evidence);
	unsigned number = (unsigned)(slot - slots->slots);

	if (!slot->evidence || slot->count < dc_evidence_count(evidence)) {
		dc_wire_put_evidence(out, number, evidence, slot->count);
		slot->evidence = evidence;
		/* NOLINTNEXTLINE(analyzer-malloc-leak): kept in slot->sent */
		if (out->status != DC_OK || !keep(slot, evidence))
			out->status = DC_ERR_NOMEM;
	}
	slot->used = ++slots->turn;
	return number;
}
