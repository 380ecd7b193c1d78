/* An open-addressing index over the answers of one audit; everything in one arena. */
#include "receiver/store.h"

#include <stdlib.h>

enum { ANY = 0 }; /* the type under which a name that does not exist is filed, besides its own */

struct dc_store {
	struct dc_arena *arena;
	struct dc_known **index; /* NULL = free */
	size_t slots, count;     /* slots: a power of two, at least twice count */
	struct dc_slice message;
	bool spent;
};

struct dc_store *dc_store_new(void)
{
	struct dc_store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL; /* not fuzzed: out of memory */
	store->arena = dc_arena_new(DC_STORE_OCTETS_MAX);
	if (!store->arena) { /* not fuzzed: out of memory */
		free(store);
		return NULL;
	}
	return store;
}

void dc_store_free(struct dc_store *store)
{
	if (!store)
		return;
	dc_arena_free(store->arena);
	free(store);
}

void dc_store_reset(struct dc_store *store)
{
	dc_arena_reset(store->arena);
	*store = (struct dc_store){.arena = store->arena};
}

bool dc_store_is_spent(const struct dc_store *store)
{
	return store->spent;
}

struct dc_slice dc_store_message(const struct dc_store *store)
{
	return store->message;
}

static size_t place(const struct dc_store *store, struct dc_slice name, uint16_t type)
{
	uint32_t hash = 2166136261u ^ type; /* FNV-1a */
	size_t at;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619u;
	at = hash & (store->slots - 1);
	while (store->index[at] && !(store->index[at]->type == type && dc_slice_eq(store->index[at]->name, name)))
		at = (at + 1) & (store->slots - 1);
	return at;
}

static void insert(struct dc_store *store, struct dc_known *known)
{
	size_t at;

	if (2 * (store->count + 1) > store->slots) {
		struct dc_known **old = store->index;
		size_t old_slots = store->slots;

		store->index = DC_NEW_ARRAY(store->arena, struct dc_known *, old_slots ? 2 * old_slots : 128);
		store->slots = old_slots ? 2 * old_slots : 128;
		for (size_t i = 0; i < old_slots; i++)
			if (old[i])
				store->index[place(store, old[i]->name, old[i]->type)] = old[i];
	}
	at = place(store, known->name, known->type);
	if (!store->index[at]) {
		store->index[at] = known;
		store->count++;
	}
}

static bool add_dns(struct dc_store *store, struct dc_wire_reader *reader)
{
	struct dc_known *known = DC_NEW(store->arena, struct dc_known);
	struct dc_slice *rdata;
	uint32_t state = dc_wire_get(reader, 1);

	known->type = (uint16_t)dc_wire_get(reader, 2);
	known->name = dc_wire_get_b16(reader);
	known->count = dc_wire_get(reader, 2);
	if (reader->bad || state >= DC_WIRE_STATE_COUNT || known->type == ANY || known->count > DC_WIRE_RECORDS_MAX ||
	    (state == DC_WIRE_RECORDS) != (known->count > 0))
		return false;
	known->state = (enum dc_wire_state)state;
	rdata = DC_NEW_ARRAY(store->arena, struct dc_slice, known->count);
	for (size_t i = 0; i < known->count; i++)
		rdata[i] = dc_wire_get_b16(reader);
	known->rdata = rdata;
	if (reader->bad)
		return false;
	insert(store, known);
	if (known->state == DC_WIRE_NXDOMAIN) {
		struct dc_known *any = DC_NEW(store->arena, struct dc_known);

		*any = *known;
		any->type = ANY;
		insert(store, any);
	}
	return true;
}

static bool add_items(struct dc_store *store, struct dc_wire_reader *reader)
{
	uint32_t count = dc_wire_get(reader, 4);

	/* the frame's buffer will be used again */
	reader->rest = dc_arena_dup(store->arena, reader->rest);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t tag = dc_wire_get(reader, 1);

		if (reader->bad)
			return false;
		if (tag == DC_WIRE_ITEM_MESSAGE)
			store->message = dc_wire_get_bytes(reader, dc_wire_get(reader, 4));
		else if (tag != DC_WIRE_ITEM_DNS || !add_dns(store, reader))
			return false;
	}
	return !reader->bad && reader->rest.len == 0;
}

bool dc_store_add(struct dc_store *store, struct dc_wire_reader *reader)
{
	if (store->spent)
		return true;
	if (DC_ARENA_GUARD(store->arena)) {
		store->spent = true;
		return true;
	}
	return add_items(store, reader);
}

const struct dc_known *dc_store_find(const struct dc_store *store, struct dc_slice name, uint16_t type)
{
	const struct dc_known *known;

	if (store->slots == 0)
		return NULL;
	known = store->index[place(store, name, type)];
	return known ? known : store->index[place(store, name, ANY)];
}

/* ---- one run of one job ---- */

static bool is_noted(const struct dc_run *run, const struct dc_question *question)
{
	for (size_t i = 0; i < run->missing_count; i++)
		if (dc_question_eq(&run->missing[i], question))
			return true;
	return false;
}

static enum dc_wire_state note(struct dc_run *run, const struct dc_question *question)
{
	if (run->asked > DC_RECEIVER_ASKING_MAX) {
		run->limited = true;
		return DC_WIRE_FAILED;
	}
	if (is_noted(run, question))
		return DC_WIRE_NXDOMAIN;
	if (run->deaf || run->missing_count == DC_RECEIVER_MISSING_MAX)
		return DC_WIRE_FAILED;
	run->missing[run->missing_count] = *question;
	/* a name that is canonical already is not copied when it is normalised, and this one is the library's */
	run->missing[run->missing_count++].name = dc_arena_dup(run->arena, question->name);
	/* names made from a pointer's target (%{p}) would be made from nothing now */
	run->deaf = question->type == DC_TYPE_PTR;
	return DC_WIRE_NXDOMAIN;
}

bool dc_run_ask(struct dc_run *run, const char *name, uint16_t type, enum dc_wire_state *ret_state,
		const struct dc_known **ret_known)
{
	struct dc_question question = {.kind = DC_ASK_DNS, .type = type};
	const struct dc_known *known;

	if (run->limited || run->asked >= DC_RECEIVER_LOOKUPS_MAX) {
		run->limited = true;
		*ret_state = DC_WIRE_FAILED;
		return true;
	}
	run->asked++;
	if (!dc_name_normalize(run->arena, dc_slice_of(name), &question.name))
		return false;
	known = dc_store_find(run->store, question.name, type);
	if (!known) {
		*ret_state = note(run, &question);
		return true;
	}
	*ret_state = known->state;
	if (known->state == DC_WIRE_UNSEEN) {
		run->blind = true;
		*ret_state = run->unseen;
	}
	if (known->state == DC_WIRE_RECORDS)
		*ret_known = known;
	return true;
}
