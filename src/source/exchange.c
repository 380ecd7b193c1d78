/* One table under one lock. An entry is a question on its way, with the fetches that wait for it, or an answer. Only
 * knowledge is kept, the oldest goes first; failures are handed out and forgotten, the caches count them. */
#include "source/exchange.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { BUCKETS = 1 << 14 };

struct party {
	struct dc_source source; /* first */
	struct dc_exchange *exchange;
	struct dc_loop *loop;
	struct dc_source *const *sources;
	size_t source_count;
	int wake_fd;
	struct dc_watch wake;
	struct delivery *mail; /* under the lock */
};

/* A fetch that waits for an entry, and later its answer. */
struct delivery {
	struct party *party;
	struct dc_fetch *fetch;
	struct dc_answer *answer;
	struct delivery *next;
};

struct entry {
	struct dc_fetch fetch; /* ours, to the real source */
	struct party *asker;
	struct delivery *waiting;
	struct dc_answer *answer; /* NULL: on its way */
	struct entry *chain, *newer;
	uint64_t hash;
	size_t size;
	char bytes[]; /* name and server of the question */
};

struct dc_exchange {
	pthread_mutex_t lock;
	struct entry *buckets[BUCKETS];
	struct entry *oldest, *newest; /* with an answer */
	size_t held, ceiling;
	uint64_t shared;
};

struct dc_exchange *dc_exchange_new(size_t ceiling)
{
	struct dc_exchange *exchange = calloc(1, sizeof *exchange);
	if (!exchange || pthread_mutex_init(&exchange->lock, NULL) != 0) {
		free(exchange);
		return NULL;
	}
	exchange->ceiling = ceiling;
	return exchange;
}

static void entry_free(struct entry *entry)
{
	while (entry->waiting) {
		struct delivery *next = entry->waiting->next;
		free(entry->waiting);
		entry->waiting = next;
	}
	dc_answer_unref(entry->answer);
	free(entry);
}

void dc_exchange_free(struct dc_exchange *exchange)
{
	if (!exchange)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while (exchange->buckets[i]) {
			struct entry *next = exchange->buckets[i]->chain;
			entry_free(exchange->buckets[i]);
			exchange->buckets[i] = next;
		}
	(void)pthread_mutex_destroy(&exchange->lock);
	free(exchange);
}

uint64_t dc_exchange_shared(struct dc_exchange *exchange)
{
	(void)pthread_mutex_lock(&exchange->lock);
	uint64_t shared = exchange->shared;
	(void)pthread_mutex_unlock(&exchange->lock);
	return shared;
}

/* ---- the table; all under the lock ---- */

static struct entry *find(struct dc_exchange *exchange, const struct dc_question *question, uint64_t hash)
{
	struct entry *entry = exchange->buckets[hash % BUCKETS];
	while (entry && !(entry->hash == hash && dc_question_eq(&entry->fetch.question, question)))
		entry = entry->chain;
	return entry;
}

static void take_out(struct dc_exchange *exchange, struct entry *entry)
{
	struct entry **at = &exchange->buckets[entry->hash % BUCKETS];
	while (*at != entry)
		at = &(*at)->chain;
	*at = entry->chain;
}

static void evict(struct dc_exchange *exchange)
{
	while (exchange->held > exchange->ceiling && exchange->oldest) {
		struct entry *entry = exchange->oldest;
		exchange->oldest = entry->newer;
		if (!exchange->oldest)
			exchange->newest = NULL;
		take_out(exchange, entry);
		exchange->held -= entry->size;
		entry_free(entry);
	}
}

static void keep(struct dc_exchange *exchange, struct entry *entry)
{
	const struct dc_answer *answer = entry->answer;
	entry->size = sizeof *entry + sizeof *answer + answer->rr_count * sizeof *answer->rrs + answer->data.len + 256;
	for (size_t i = 0; i < answer->rr_count; i++)
		entry->size += answer->rrs[i].owner.len + answer->rrs[i].rdata.len;
	*(exchange->newest ? &exchange->newest->newer : &exchange->oldest) = entry;
	exchange->newest = entry;
	exchange->held += entry->size;
	evict(exchange);
}

/* ---- answers ---- */

static void fetch_done(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct entry *entry = fetch->user;
	struct party *own = entry->asker;
	struct dc_exchange *exchange = own->exchange;
	struct delivery *mine = NULL;
	(void)pthread_mutex_lock(&exchange->lock);
	struct delivery *waiting = entry->waiting;
	entry->waiting = NULL;
	while (waiting) {
		struct delivery *delivery = waiting;
		waiting = delivery->next;
		delivery->answer = dc_answer_ref(answer);
		struct delivery **box = delivery->party == own ? &mine : &delivery->party->mail;
		bool was_empty = !*box;
		delivery->next = *box;
		*box = delivery;
		uint64_t one = 1;
		if (box != &mine && was_empty && write(delivery->party->wake_fd, &one, sizeof one) < 0)
			continue; /* it is awake */
	}
	if (dc_outcome_is_known(answer->outcome)) {
		entry->answer = answer;
		keep(exchange, entry);
	} else {
		take_out(exchange, entry);
		dc_answer_unref(answer);
		entry_free(entry);
	}
	(void)pthread_mutex_unlock(&exchange->lock);
	while (mine) {
		struct delivery *delivery = mine;
		mine = delivery->next;
		delivery->fetch->done(delivery->fetch, delivery->answer);
		free(delivery);
	}
}

static void read_mail(struct dc_watch *watch, bool readable, bool writable)
{
	struct party *party = watch->user;
	struct dc_exchange *exchange = party->exchange;
	uint64_t count;
	(void)readable;
	(void)writable;
	if (read(party->wake_fd, &count, sizeof count) < 0)
		return;
	(void)pthread_mutex_lock(&exchange->lock);
	struct delivery *mail = party->mail;
	party->mail = NULL;
	(void)pthread_mutex_unlock(&exchange->lock);
	while (mail) {
		struct delivery *delivery = mail;
		mail = delivery->next;
		delivery->fetch->done(delivery->fetch, delivery->answer);
		free(delivery);
	}
}

/* ---- questions ---- */

static struct dc_source *claimer(const struct party *party, const struct dc_question *question)
{
	for (size_t i = 0; i < party->source_count; i++)
		if (party->sources[i]->ops->claims(party->sources[i], question))
			return party->sources[i];
	return NULL;
}

static bool claims(const struct dc_source *source, const struct dc_question *question)
{
	return claimer((const struct party *)source, question) != NULL;
}

static struct entry *new_entry(struct party *party, const struct dc_question *question, uint64_t hash)
{
	struct entry *entry = calloc(1, sizeof *entry + question->name.len + question->server.len);
	if (!entry)
		return NULL;
	entry->asker = party;
	entry->hash = hash;
	entry->fetch = (struct dc_fetch){.question = *question, .done = fetch_done, .user = entry};
	if (question->name.len)
		memcpy(entry->bytes, question->name.ptr, question->name.len);
	if (question->server.len)
		memcpy(entry->bytes + question->name.len, question->server.ptr, question->server.len);
	entry->fetch.question.name.ptr = entry->bytes;
	entry->fetch.question.server.ptr = entry->bytes + question->name.len;
	entry->chain = party->exchange->buckets[hash % BUCKETS];
	party->exchange->buckets[hash % BUCKETS] = entry;
	return entry;
}

static void submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct party *party = (struct party *)source;
	struct dc_exchange *exchange = party->exchange;
	struct dc_source *real = claimer(party, &fetch->question);
	uint64_t hash = dc_question_hash(&fetch->question);
	struct delivery *delivery = calloc(1, sizeof *delivery);
	struct dc_answer *answer = NULL;
	bool ask = false;
	(void)pthread_mutex_lock(&exchange->lock);
	struct entry *entry = delivery ? find(exchange, &fetch->question, hash) : NULL;
	if (entry && entry->answer) {
		answer = dc_answer_ref(entry->answer);
		exchange->shared++;
	} else if (delivery && (entry || (entry = new_entry(party, &fetch->question, hash)))) {
		ask = !entry->waiting;
		exchange->shared += !ask;
		*delivery = (struct delivery){.party = party, .fetch = fetch, .next = entry->waiting};
		entry->waiting = delivery;
		delivery = NULL;
	} else {
		entry = NULL;
	}
	(void)pthread_mutex_unlock(&exchange->lock);
	free(delivery);
	if (answer)
		fetch->done(fetch, answer);
	else if (ask)
		real->ops->submit(real, &entry->fetch);
	else if (!entry) /* without memory each asks for itself */
		/* NOLINTNEXTLINE(analyzer-null-dereference): one of the sources claims every question */
		real->ops->submit(real, fetch);
}

static void party_free(struct dc_source *source)
{
	struct party *party = (struct party *)source;
	(void)dc_loop_watch(party->loop, &party->wake, false, false);
	(void)close(party->wake_fd);
	while (party->mail) {
		struct delivery *next = party->mail->next;
		dc_answer_unref(party->mail->answer);
		free(party->mail);
		party->mail = next;
	}
	free(party);
}

static const struct dc_source_ops ops = {.name = "exchange", .claims = claims, .submit = submit, .free = party_free};

struct dc_source *dc_exchange_source_new(struct dc_exchange *exchange, struct dc_loop *loop, struct dc_source *const *sources,
					 size_t source_count)
{
	struct party *party = calloc(1, sizeof *party);
	if (!party)
		return NULL;
	*party = (struct party){.source = {.ops = &ops}, .exchange = exchange, .loop = loop, .sources = sources,
				.source_count = source_count};
	party->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	party->wake = (struct dc_watch){.fd = party->wake_fd, .ready = read_mail, .user = party};
	if (party->wake_fd < 0 || !dc_loop_watch(loop, &party->wake, true, false)) {
		if (party->wake_fd >= 0)
			(void)close(party->wake_fd);
		free(party);
		return NULL;
	}
	return &party->source;
}
