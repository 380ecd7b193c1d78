/* The cache: chained hash of entries, a list of the answered ones in order of last use, eviction from its old end. What is still
 * asked stands in a list of its own: it cannot be evicted, and a full cache does not walk over it. */
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
	struct dc_cache_entry *newer, *older; /* same list */
	size_t size;
	uint64_t hash;
	unsigned failures;
	char bytes[]; /* name and server of the question */
};

struct list {
	struct dc_cache_entry *newest, *oldest;
};

struct dc_cache {
	struct dc_source *const *sources;
	size_t source_count, ceiling, count, bucket_count;
	size_t held; /* octets of those answered */
	struct dc_cache_entry **buckets;
	struct list answered, asked;
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

static struct list *list_of(struct dc_cache *cache, const struct dc_cache_entry *entry)
{
	return entry->answer ? &cache->answered : &cache->asked;
}

static void list_remove(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	struct list *list = list_of(cache, entry);
	*(entry->newer ? &entry->newer->older : &list->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &list->oldest) = entry->newer;
	entry->newer = entry->older = NULL;
}

static void list_push(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	struct list *list = list_of(cache, entry);
	entry->older = list->newest;
	*(list->newest ? &list->newest->newer : &list->oldest) = entry;
	list->newest = entry;
}

static void drop(struct dc_cache *cache, struct dc_cache_entry *entry)
{
	struct dc_cache_entry **at = &cache->buckets[entry->hash & (cache->bucket_count - 1)];
	while (*at != entry)
		at = &(*at)->chain;
	*at = entry->chain;
	list_remove(cache, entry);
	cache->held -= entry->answer ? entry->size : 0;
	cache->count--;
	dc_answer_unref(entry->answer);
	free(entry);
}

void dc_cache_free(struct dc_cache *cache)
{
	if (!cache)
		return;
	while (cache->answered.newest)
		drop(cache, cache->answered.newest);
	while (cache->asked.newest)
		drop(cache, cache->asked.newest);
	free(cache->buckets);
	free(cache);
}

static size_t answer_size(const struct dc_answer *answer)
{
	size_t size = sizeof *answer + answer->rr_count * sizeof *answer->rrs + answer->data.len + 128;
	for (size_t i = 0; i < answer->rr_count; i++)
		size += answer->rrs[i].owner.len + answer->rrs[i].rdata.len;
	return size;
}

/* The oldest go first. */
static void evict(struct dc_cache *cache)
{
	while (cache->answered.oldest && cache->held > cache->ceiling) {
		drop(cache, cache->answered.oldest);
		/* The next to go was last used long ago: let it come while others are worked on. */
		struct dc_cache_entry *next = cache->answered.oldest;
		if (next) {
			__builtin_prefetch(next->answer);
			__builtin_prefetch(next->newer);
			__builtin_prefetch((const char *)next->newer + CACHE_LINE);
			__builtin_prefetch((const char *)next->newer + (size_t)2 * CACHE_LINE);
		}
	}
}

/* An answer came, or with NULL is asked for again. */
static void set_answer(struct dc_cache *cache, struct dc_cache_entry *entry, struct dc_answer *answer)
{
	list_remove(cache, entry);
	if (entry->answer) {
		cache->held -= entry->size;
		entry->size -= answer_size(entry->answer);
		dc_answer_unref(entry->answer);
	}
	entry->answer = answer;
	if (answer) {
		entry->size += answer_size(answer);
		cache->held += entry->size;
	}
	list_push(cache, entry);
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
	set_answer(cache, entry, answer);
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

static void chain_all(const struct list *list, struct dc_cache_entry **buckets, size_t bucket_count)
{
	for (struct dc_cache_entry *entry = list->newest; entry; entry = entry->older) {
		entry->chain = buckets[entry->hash & (bucket_count - 1)];
		buckets[entry->hash & (bucket_count - 1)] = entry;
	}
}

static bool grow(struct dc_cache *cache)
{
	size_t larger = cache->bucket_count * 2;
	struct dc_cache_entry **buckets = calloc(larger, sizeof *buckets);
	if (!buckets)
		return false;
	chain_all(&cache->answered, buckets, larger);
	chain_all(&cache->asked, buckets, larger);
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
	list_push(cache, entry);
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
		set_answer(cache, entry, NULL);
	} else if (entry) {
		cache->figures.shared++;
		if (entry->answer) {
			list_remove(cache, entry);
			list_push(cache, entry);
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
