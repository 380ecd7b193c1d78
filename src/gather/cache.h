/* One cache of answers a run: an equal question in flight is asked once, a known answer is shared, memory stays below a
 * ceiling. Failures are not kept: the next audit that needs the name asks again, up to a limit. */
#ifndef DC_GATHER_CACHE_H
#define DC_GATHER_CACHE_H

#include "source/source.h"

struct dc_cache;
struct dc_cache_entry;

/* One audit waiting for one answer. Caller-owned; after dc_cache_get either `answer` is there or `arrived` will be called
 * once, unless dc_cache_leave comes first. */
struct dc_waiter {
	struct dc_answer *answer; /* one reference, the waiter's owner drops it; NULL in `arrived`: no memory */
	void (*arrived)(struct dc_waiter *waiter);
	void *user;
	struct dc_cache_entry *entry; /* while waiting */
	struct dc_waiter *next, *prev;
};

struct dc_cache_figures {
	uint64_t asked;  /* questions given to a source */
	uint64_t failed; /* of these, answered without knowledge */
	uint64_t shared; /* questions answered from the cache or by one in flight */
};

/* `sources` in the order of asking, borrowed. `ceiling` in octets of kept answers. NULL: no memory. */
struct dc_cache *dc_cache_new(struct dc_source *const *sources, size_t source_count, size_t ceiling);
/* Free the sources first: they may hold fetches. */
void dc_cache_free(struct dc_cache *cache);
/* The question is copied. False: no memory. */
bool dc_cache_get(struct dc_cache *cache, const struct dc_question *question, struct dc_waiter *waiter);
void dc_cache_leave(struct dc_waiter *waiter);
struct dc_cache_figures dc_cache_figures(const struct dc_cache *cache);

#endif
