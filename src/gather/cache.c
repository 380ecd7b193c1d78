/* The cache: chained hash of entries, a list in order of last use, eviction from its old end. */
#include "gather/cache.h"

#include <stdlib.h>

enum {
	BUCKETS_FIRST = 1024,
	CACHE_LINE = 64, /* of the processor */
	FAILURES_KEPT = 2, /* the same question failing this often in one run is not asked again: a dead vendor must not
			      cost every domain its time-out */
};

struct dc_cache_entry {
	struct dc_cache *cache;
	struct dc_fetch fetch;
	struct dc_answer *answer; /* NULL while in flight */
	struct dc_waiter *waiters;
	struct dc_cache_entry *chain;        /* same bucket */
	struct dc_cache_entry *newer, *older;
	size_t size;
	uint64_t hash;
	unsigned failures;
	char bytes[]; /* name and server of the question */
};

struct dc_cache {
	struct dc_source *const *sources;
	size_t source_count, ceiling, held, count, bucket_count;
	struct dc_cache_entry **buckets;
	struct dc_cache_entry *newest, *oldest;
	struct dc_cache_figures figures;
};

struct dc_cache *dc_cache_new(struct dc_source *const *sources, size_t source_count, size_t ceiling)
{
	struct dc_cache *cache = calloc(1, sizeof *cache);
	if (!cache)
		return NULL;
	*cache = (struct dc_cache){.sources = sources, .source_count = source_count, .ceiling = ceiling};
	cache->bucket_count = BUCKETS_FIRST;
	cache->buckets = calloc(cache->bucket_count, sizeof *cache->buckets);
	if (!cache->buckets) {
		free(cache);
		return NULL;
	}
	return cache;
}

static void use_unlink(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	*(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
	entry->newer = entry->older = NULL;
}

static void use_push(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	entry->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
	cache->newest = entry;
}

static void drop(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	struct dc_cache_entry **at = &cache->buckets[entry->hash & (cache->bucket_count - 1)];
	while (*at != entry)
		at = &(*at)->chain;
	*at = entry->chain;
	use_unlink(cache, entry);
	cache->held -= entry->size;
	cache->count--;
	dc_answer_unref(entry->answer);
	free(entry);
}

void dc_cache_free(struct dc_cache *cache)
{
	if (!cache)
		return;
	while (cache->newest)
		drop(cache, cache->newest);
	free(cache->buckets);
	free(cache);
}

/* The oldest entries that nobody waits for go first. */
static void evict(struct dc_cache *cache)
{
	struct dc_cache_entry *entry = cache->oldest;
	while (entry && cache->held > cache->ceiling) {
		struct dc_cache_entry *newer = entry->newer;
		if (entry->answer)
			drop(cache, entry);
		entry = newer;
		/* The next to go was last used long ago: let it come while others are worked on. */
		if (entry) {
			__builtin_prefetch(entry->answer);
			__builtin_prefetch(entry->newer);
			__builtin_prefetch((const char *)entry->newer + CACHE_LINE);
			__builtin_prefetch((const char *)entry->newer + (size_t)2 * CACHE_LINE);
		}
	}
}

static size_t answer_size(const struct dc_answer *answer)
{
	size_t size = sizeof *answer + answer->rr_count * sizeof *answer->rrs + answer->data.len + 128;
	for (size_t i = 0; i < answer->rr_count; i++)
		size += answer->rrs[i].owner.len + answer->rrs[i].rdata.len;
	return size;
}

static void waiter_unlink(struct dc_waiter *waiter)
{
	*(waiter->prev ? &waiter->prev->next : &waiter->entry->waiters) = waiter->next;
	if (waiter->next)
		waiter->next->prev = waiter->prev;
	waiter->entry = NULL;
	waiter->next = waiter->prev = NULL;
}

void dc_cache_leave(struct dc_waiter *waiter)
{
	if (waiter->entry)
		waiter_unlink(waiter);
}

static void fetch_done(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct dc_cache_entry *entry = fetch->user;
	struct dc_cache *cache = entry->cache;
	size_t size = answer_size(answer);
	entry->answer = answer;
	entry->size += size;
	cache->held += size;
	entry->failures = dc_outcome_is_known(answer->outcome) ? 0 : entry->failures + 1;
	cache->figures.failed += entry->failures > 0;
	while (entry->waiters) {
		struct dc_waiter *waiter = entry->waiters;
		waiter_unlink(waiter);
		waiter->answer = dc_answer_ref(answer);
		waiter->arrived(waiter);
	}
	evict(cache);
}

static bool grow(struct dc_cache *cache)
{
	size_t larger = cache->bucket_count * 2;
	struct dc_cache_entry **buckets = calloc(larger, sizeof *buckets);
	if (!buckets)
		return false;
	for (struct dc_cache_entry *entry = cache->newest; entry; entry = entry->older) {
		entry->chain = buckets[entry->hash & (larger - 1)];
		buckets[entry->hash & (larger - 1)] = entry;
	}
	free(cache->buckets);
	cache->buckets = buckets;
	cache->bucket_count = larger;
	return true;
}

static struct dc_cache_entry *find(struct dc_cache *cache, const struct dc_question *question, uint64_t hash)
{
	struct dc_cache_entry *entry = cache->buckets[hash & (cache->bucket_count - 1)];
	while (entry && !(entry->hash == hash && dc_question_eq(&entry->fetch.question, question)))
		entry = entry->chain;
	return entry;
}

static struct dc_cache_entry *add(struct dc_cache *cache, const struct dc_question *question, uint64_t hash)
{
	size_t size = sizeof(struct dc_cache_entry) + question->name.len + question->server.len;
	struct dc_cache_entry *entry = malloc(size);
	if (!entry)
		return NULL;
	if (cache->count >= cache->bucket_count)
		(void)grow(cache); /* without memory the chains just get longer */
	*entry = (struct dc_cache_entry){.cache = cache, .hash = hash, .size = size};
	if (question->name.len)
		memcpy(entry->bytes, question->name.ptr, question->name.len);
	if (question->server.len)
		memcpy(entry->bytes + question->name.len, question->server.ptr, question->server.len);
	entry->fetch.question = *question;
	entry->fetch.question.name.ptr = entry->bytes;
	entry->fetch.question.server.ptr = entry->bytes + question->name.len;
	entry->fetch.done = fetch_done;
	entry->fetch.user = entry;
	entry->chain = cache->buckets[hash & (cache->bucket_count - 1)];
	cache->buckets[hash & (cache->bucket_count - 1)] = entry;
	use_push(cache, entry);
	cache->held += size;
	cache->count++;
	return entry;
}

static void submit(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	cache->figures.asked++;
	for (size_t i = 0; i < cache->source_count; i++)
		if (cache->sources[i]->ops->claims(cache->sources[i], &entry->fetch.question)) {
			cache->sources[i]->ops->submit(cache->sources[i], &entry->fetch);
			return;
		}
	struct dc_answer nobody = {.question = entry->fetch.question, .outcome = DC_OUTCOME_NOT_ASKED, .ede = -1,
				   .detail = DC_S("no source of this run answers such questions")};
	struct dc_answer *answer = dc_answer_new(&nobody);
	if (answer) {
		fetch_done(&entry->fetch, answer);
		return;
	}
	while (entry->waiters) {
		struct dc_waiter *waiter = entry->waiters;
		waiter_unlink(waiter);
		waiter->arrived(waiter); /* without an answer: the question stays open, and its rounds are counted */
	}
	drop(cache, entry);
}

bool dc_cache_get(struct dc_cache *cache, const struct dc_question *question, struct dc_waiter *waiter)
{
	uint64_t hash = dc_question_hash(question);
	struct dc_cache_entry *entry = find(cache, question, hash);
	waiter->answer = NULL;
	if (entry && entry->answer && entry->failures && entry->failures < FAILURES_KEPT) {
		size_t size = answer_size(entry->answer);
		entry->size -= size;
		cache->held -= size;
		dc_answer_unref(entry->answer);
		entry->answer = NULL;
	} else if (entry) {
		cache->figures.shared++;
		use_unlink(cache, entry);
		use_push(cache, entry);
		if (entry->answer) {
			waiter->answer = dc_answer_ref(entry->answer);
			return true;
		}
		waiter->entry = entry;
		waiter->next = entry->waiters;
		if (waiter->next)
			waiter->next->prev = waiter;
		waiter->prev = NULL;
		entry->waiters = waiter;
		return true;
	}
	if (!entry && !(entry = add(cache, question, hash)))
		return false;
	waiter->entry = entry;
	waiter->next = waiter->prev = NULL;
	entry->waiters = waiter;
	submit(cache, entry);
	return true;
}

struct dc_cache_figures dc_cache_figures(const struct dc_cache *cache)
{
	return cache->figures;
}
