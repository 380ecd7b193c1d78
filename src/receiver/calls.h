/* A queue of calls, linked through `next`. */
#ifndef DC_RECEIVER_CALLS_H
#define DC_RECEIVER_CALLS_H

#include "receiver/receiver.h"

struct dc_calls {
	struct dc_receiver_call *head, *tail;
};

static inline void dc_calls_push(struct dc_calls *calls, struct dc_receiver_call *call)
{
	call->next = NULL;
	if (calls->tail)
		calls->tail->next = call;
	else
		calls->head = call;
	calls->tail = call;
}

/* `calls` must not be empty. */
static inline struct dc_receiver_call *dc_calls_pop(struct dc_calls *calls)
{
	struct dc_receiver_call *call = calls->head;

	calls->head = call->next;
	if (!calls->head)
		calls->tail = NULL;
	call->next = NULL;
	return call;
}

/* Puts `first` before everything in `calls`. */
static inline void dc_calls_prepend(struct dc_calls *calls, struct dc_calls first)
{
	if (!first.head)
		return;
	first.tail->next = calls->head;
	if (!calls->tail)
		calls->tail = first.tail;
	calls->head = first.head;
}

#endif
