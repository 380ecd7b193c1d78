/* Which answers of which audits the worker holds, so that each is sent once. */
#ifndef DC_RECEIVER_SLOTS_H
#define DC_RECEIVER_SLOTS_H

#include "receiver/wire.h"

struct dc_slot {
	const struct dc_evidence *evidence; /* compared, never followed */
	struct dc_answer **sent;            /* references are kept: an address is never used twice */
	size_t count, capacity;
	uint64_t used;
};

struct dc_slots {
	struct dc_slot slots[DC_WIRE_SLOTS];
	uint64_t turn;
};

/* Appends what the worker lacks of `evidence`; returns the slot. Look at out->status: when it failed, forget the slot. */
unsigned dc_slots_send(struct dc_slots *slots, struct dc_buf *out, const struct dc_evidence *evidence);
void dc_slots_forget_one(struct dc_slots *slots, unsigned slot);
/* The worker is new. */
void dc_slots_forget(struct dc_slots *slots);
void dc_slots_free(struct dc_slots *slots);

#endif
