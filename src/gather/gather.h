/* The loop: build facts, fetch every open question at once, build again, until none is open or a budget is spent.
 * Many audits are in flight in one thread; they share the cache and the sources. */
#ifndef DC_GATHER_GATHER_H
#define DC_GATHER_GATHER_H

#include "facts/facts.h"
#include "gather/cache.h"
#include "receiver/receiver.h"
#include "source/loop.h"

/* What one domain may cost; each ceiling that is reached is a finding. An SPF tree at its limit of ten lookups, a walk of
 * eight names, 360 selectors and 64 sending addresses stay below. */
enum {
	DC_ROUNDS_MAX = 48,
	DC_QUESTIONS_MAX = 2000,
	DC_AUDIT_OCTETS_MAX = 8 << 20,   /* of answers */
	DC_AUDIT_TIME_MAX_MS = 120000,
	DC_AUDIT_MEMORY_MAX = 64 << 20,  /* facts and findings */
	DC_AUDIT_WORK_MAX_MS = 10000,    /* building facts, live: the worst that was found needs half a second */
	DC_CACHE_OCTETS_MAX = 24 << 20,  /* answers kept for the whole run */
};

struct dc_gather;

/* One domain: from its inputs to its facts. */
struct dc_audit_run {
	struct dc_inputs inputs;       /* what it points at belongs to the caller */
	const struct dc_facts *facts;  /* complete once finished; lives in `arena` */
	struct dc_arena *arena;        /* facts and whatever is made of them; NULL before, or when there is no memory */
	struct dc_evidence *evidence;
	unsigned rounds;
	uint64_t elapsed_ms;           /* 0 when every source is a file */
	void (*finished)(struct dc_audit_run *audit); /* called from dc_gather_run */
	void *user;
	struct dc_gather_job *job;     /* while it runs */
};

struct dc_gather_options {
	struct dc_source *const *sources; /* in the order of asking, borrowed */
	size_t source_count;
	bool timed;                       /* a live source: time passes and counts */
	size_t cache_octets;              /* 0: DC_CACHE_OCTETS_MAX */
	uint32_t time_ms;                 /* of one audit; 0: DC_AUDIT_TIME_MAX_MS */
	uint32_t work_ms;                 /* of one audit; 0: DC_AUDIT_WORK_MAX_MS; counts where time does */
	struct dc_receiver *receiver;     /* borrowed; NULL: receiver jobs are answered "absent" */
};

/* NULL: no memory. */
struct dc_gather *dc_gather_new(struct dc_loop *loop, const struct dc_gather_options *options);
/* Audits still running are dropped without a word. Call before freeing loop, sources and receiver … */
void dc_gather_stop(struct dc_gather *gather);
/* … and this after them: answers may sit in the cache that sources still refer to. */
void dc_gather_free(struct dc_gather *gather);

/* `audit` is zeroed but for inputs, finished and user. False: no memory. */
bool dc_gather_start(struct dc_gather *gather, struct dc_audit_run *audit);
/* Octets of heap that a finished audit keeps, answers left out: those are shared. */
size_t dc_audit_run_held(const struct dc_audit_run *audit);
/* Frees what a finished (or never finished) audit holds. */
void dc_audit_run_clear(struct dc_audit_run *audit);
/* Moves every audit that can move; waits at most `max_ms` for the world when none can. False: the loop failed. */
bool dc_gather_run(struct dc_gather *gather, int max_ms);
size_t dc_gather_running(const struct dc_gather *gather);
struct dc_cache_figures dc_gather_figures(const struct dc_gather *gather);

#endif
