/* A small made-up DNS for tests of pure code: records by name, failures by name and type, and the loop that answers
 * open questions round by round as the gather room does. Header only. */
#ifndef DC_TESTS_WORLD_H
#define DC_TESTS_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/ask.h"

enum { WORLD_RR_MAX = 65536 };

struct world_entry {
	char *name;
	uint16_t type;
	enum dc_outcome outcome; /* ANSWER: rdata holds; else a failure of this type; type 0: of every type without data */
	uint8_t *rdata;
	size_t len;
	uint32_t ttl_s;
};

struct world {
	struct dc_arena *names; /* scratch */
	struct dc_arena *kept;  /* the entries, until world_reset */
	struct world_entry *entries;
	size_t count, capacity;
	size_t asked, rounds;   /* of the last run */
};

static inline void world_init(struct world *w)
{
	*w = (struct world){.names = dc_arena_new(256u << 20), .kept = dc_arena_new(1u << 30)};
}

static inline void world_reset(struct world *w)
{
	dc_arena_reset(w->kept);
	w->entries = NULL;
	w->count = w->capacity = 0;
}

static inline void world_free(struct world *w)
{
	dc_arena_free(w->kept);
	dc_arena_free(w->names);
}

static inline char *world_name(struct world *w, const char *name)
{
	struct dc_slice canonical;
	dc_arena_reset(w->names);
	if (!dc_name_normalize(w->names, dc_slice_of(name), &canonical))
		canonical = dc_slice_of(name); /* never asked: it cannot be */
	char *copy = dc_arena_alloc(w->kept, canonical.len + 1);
	if (canonical.len)
		memcpy(copy, canonical.ptr, canonical.len);
	return copy;
}

static inline void world_add(struct world *w, const char *name, uint16_t type, enum dc_outcome outcome, const void *rdata,
			     size_t len)
{
	uint8_t *copy = dc_arena_alloc(w->kept, len + 1);
	if (len)
		memcpy(copy, rdata, len);
	DC_PUSH(w->kept, w->entries, w->count, w->capacity) =
		(struct world_entry){world_name(w, name), type, outcome, copy, len, 300};
}

/* Failure of one type; type 0: of everything that has no data at this name. */
static inline void world_fail(struct world *w, const char *name, uint16_t type, enum dc_outcome outcome)
{
	world_add(w, name, type, outcome, "", 0);
}

/* `strings` of any length each; more than 255 octets are cut. */
static inline void world_txt_strings(struct world *w, const char *name, uint16_t type, const struct dc_slice *strings, size_t n)
{
	static uint8_t rdata[WORLD_RR_MAX + 512];
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = 0;
		do {
			size_t part = strings[i].len - at > 255 ? 255 : strings[i].len - at;
			if (len + part + 1 > WORLD_RR_MAX)
				break;
			rdata[len++] = (uint8_t)part;
			if (part)
				memcpy(rdata + len, strings[i].ptr + at, part);
			len += part;
			at += part;
		} while (at < strings[i].len);
	}
	world_add(w, name, type, DC_OUTCOME_ANSWER, rdata, len);
}

static inline void world_txt(struct world *w, const char *name, const char *text)
{
	struct dc_slice s = dc_slice_of(text);
	world_txt_strings(w, name, DC_TYPE_TXT, &s, 1);
}

static inline void world_ip(struct world *w, const char *name, const char *address)
{
	struct dc_ip ip;
	if (!dc_ip_parse(dc_slice_of(address), &ip)) {
		fprintf(stderr, "world: %s is no address\n", address);
		abort();
	}
	world_add(w, name, ip.family == 4 ? DC_TYPE_A : DC_TYPE_AAAA, DC_OUTCOME_ANSWER, ip.octets, ip.family == 4 ? 4 : 16);
}

/* MX, PTR, CNAME, NS */
static inline void world_host(struct world *w, const char *name, uint16_t type, unsigned preference, const char *host)
{
	uint8_t rdata[2 + DC_NAME_WIRE_MAX];
	size_t skip = type == DC_TYPE_MX ? 2 : 0, len;
	struct dc_slice canonical;
	rdata[0] = (uint8_t)(preference >> 8);
	rdata[1] = (uint8_t)preference;
	dc_arena_reset(w->names);
	if (!dc_name_normalize(w->names, dc_slice_of(*host ? host : "."), &canonical) ||
	    (len = dc_name_to_wire(canonical, rdata + skip)) == 0) {
		fprintf(stderr, "world: %s is no name\n", host);
		abort();
	}
	world_add(w, name, type, DC_OUTCOME_ANSWER, rdata, skip + len);
}

static inline bool world_is(const struct world_entry *e, struct dc_slice name)
{
	return strlen(e->name) == name.len && memcmp(e->name, name.ptr, name.len) == 0;
}

static inline bool world_is_below(const struct world_entry *e, struct dc_slice name)
{
	size_t len = strlen(e->name);
	return len > name.len && e->name[len - name.len - 1] == '.' && memcmp(e->name + len - name.len, name.ptr, name.len) == 0;
}

/* New reference. */
static inline struct dc_answer *world_answer(struct world *w, const struct dc_question *question)
{
	struct dc_answer draft = {.question = *question, .outcome = DC_OUTCOME_NXDOMAIN, .ede = -1, .via = DC_S("world"), .ttl_s = 300};
	static struct dc_rr rrs[8192];
	struct dc_slice name = question->name;
	size_t n = 0, hops = 0;
	bool again = true;

	dc_arena_reset(w->names);
	if (question->kind != DC_ASK_DNS) {
		draft.outcome = DC_OUTCOME_NOT_ASKED;
		again = false;
	}
	while (again) {
		bool exists = false, found = false;
		enum dc_outcome failure = DC_OUTCOME_ANSWER;
		again = false;
		for (size_t i = 0; i < w->count; i++) {
			const struct world_entry *e = &w->entries[i];
			exists |= world_is_below(e, name);
			if (!world_is(e, name))
				continue;
			exists = true;
			if (e->outcome != DC_OUTCOME_ANSWER) {
				if (e->type == question->type || e->type == 0)
					failure = e->outcome;
				continue;
			}
			bool cname = e->type == DC_TYPE_CNAME && question->type != DC_TYPE_CNAME;
			if ((e->type != question->type && !cname) || n == 8192)
				continue;
			rrs[n++] = (struct dc_rr){{e->name, strlen(e->name)}, e->type, e->ttl_s, {(char *)e->rdata, e->len}};
			if (cname) {
				size_t used;
				if (++hops > 16) {
					failure = DC_OUTCOME_SERVFAIL;
				} else if (dc_name_from_wire(w->names, e->rdata, e->len, &name, &used)) {
					again = true;
					break;
				}
			} else {
				found = true;
			}
		}
		if (again)
			continue;
		draft.outcome = found ? DC_OUTCOME_ANSWER : failure != DC_OUTCOME_ANSWER ? failure
							    : exists			   ? DC_OUTCOME_NODATA
											   : DC_OUTCOME_NXDOMAIN;
	}
	draft.rrs = rrs;
	draft.rr_count = dc_outcome_is_known(draft.outcome) ? n : 0;
	draft.rcode = draft.outcome == DC_OUTCOME_NXDOMAIN ? 3 : 0;
	return dc_answer_new(&draft);
}

/* Runs build(asker, data) until no question is open, or for `rounds_max` rounds: then the asker is sealed for the last
 * one. `arena` holds what the last build made. */
static inline void world_run(struct world *w, struct dc_arena *arena, struct dc_evidence *evidence, size_t rounds_max,
			     void (*build)(struct dc_asker *asker, void *data), void *data)
{
	w->rounds = w->asked = 0;
	for (;;) {
		struct dc_asker asker = {.evidence = evidence, .arena = arena, .sealed = w->rounds >= rounds_max};
		dc_arena_reset(arena);
		build(&asker, data);
		if (!asker.open_count)
			return;
		w->rounds++;
		w->asked += asker.open_count;
		for (size_t i = 0; i < asker.open_count; i++)
			dc_evidence_add(evidence, world_answer(w, &asker.open[i]));
	}
}

#endif
