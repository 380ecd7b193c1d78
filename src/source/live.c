/* The live source: what waits, how much may be under way, what is handed back. See live.h and live_parts.h.
 *
 * Questions are handed back only when nothing of c-ares is on the stack, so that the receiver of an answer may ask more, or
 * free the source. */
#include "source/live_parts.h"

#include <stdlib.h>

enum {
	MILLION = 1000000,
};

/* ---- asks ---- */

static struct ask *ask_new(struct dc_live *live, struct dc_fetch *fetch, struct pool *pool)
{
	struct ask *ask = live->free_asks;
	if (ask)
		live->free_asks = ask->next;
	else if (!(ask = malloc(sizeof *ask)))
		return NULL;
	memset(ask, 0, sizeof *ask);
	ask->live = live;
	ask->fetch = fetch;
	ask->pool = pool;
	ask->question = fetch->question;
	return ask;
}

static void ask_recycle(struct ask *ask)
{
	struct dc_live *live = ask->live;
	dc_answer_unref(ask->chain);
	dc_answer_unref(ask->failure);
	ask->next = live->free_asks;
	live->free_asks = ask;
}

static void push_done(struct dc_live *live, struct ask *ask)
{
	ask->next = NULL;
	if (live->done_tail)
		live->done_tail->next = ask;
	else
		live->done_head = ask;
	live->done_tail = ask;
}

void live_shrink_window(struct pool *pool, unsigned least)
{
	uint64_t now = dc_loop_now_ms(pool->live->loop);
	if (now - pool->shrunk_ms < LIVE_FIRST_WAIT_MS || pool->window <= least)
		return; /* what was sent before the last time says nothing new */
	pool->shrunk_ms = now;
	pool->window = pool->window_soft = pool->window / 2 > least ? pool->window / 2 : least;
}

/* Dead names are no sign of haste: they never answer. Names that answer the second time are. */
static void adapt_window(struct pool *pool, bool late)
{
	pool->epoch_late += late;
	if (++pool->epoch_answers >= LIVE_EPOCH) {
		if (pool->epoch_late > LIVE_LOSS_MAX)
			live_shrink_window(pool, LIVE_WINDOW_LEAST);
		pool->epoch_answers = pool->epoch_late = 0;
	}
	if (pool->window >= pool->live->options.window)
		return;
	if (pool->window < pool->window_soft || ++pool->growth >= pool->window / LIVE_WINDOW_STEP) {
		pool->growth = 0;
		pool->window++;
	}
}

void live_finish(struct ask *ask, struct dc_answer *answer)
{
	struct dc_live *live = ask->live;
	struct pool *pool = ask->pool;
	ask->answer = answer;
	dc_loop_disarm(live->loop, &ask->timer);
	live_forget_flights(ask);
	if (ask->prev)
		ask->prev->next = ask->next;
	else
		live->under_way = ask->next;
	if (ask->next)
		ask->next->prev = ask->prev;
	if (ask->slow)
		pool->slow--;
	else
		pool->fresh--;
	if (answer && answer->outcome != DC_OUTCOME_TIMEOUT)
		adapt_window(pool, ask->late);
	push_done(live, ask);
}

/* The answer when there is nothing to say but the outcome. */
static struct dc_answer *bare_answer(const struct dc_question *question, enum dc_outcome outcome, const char *detail)
{
	struct dc_answer draft = {.question = *question, .outcome = outcome, .ede = -1, .detail = dc_slice_of(detail)};
	return dc_answer_new(&draft);
}

static void hand_back(struct dc_live *live)
{
	while (live->done_head && !live->dead) {
		struct ask *ask = live->done_head;
		struct dc_fetch *fetch = ask->fetch;
		struct dc_answer *answer = ask->answer;
		if (!answer)
			answer = bare_answer(&fetch->question, DC_OUTCOME_NOT_ASKED, "no memory");
		if (!answer) {
			dc_loop_arm(live->loop, &live->pump_timer, 100); /* perhaps others give some back */
			return;
		}
		live->done_head = ask->next;
		if (!live->done_head)
			live->done_tail = NULL;
		ask_recycle(ask);
		fetch->done(fetch, answer);
	}
}

/* ---- the rate ---- */

void live_spend(struct dc_live *live)
{
	if (live->options.max_qps)
		live->tokens_micro -= MILLION;
}

/* Milliseconds until a message may be sent, 0 = now. Tries beyond the first may run into debt; new questions wait. */
static uint64_t tokens_wait_ms(struct dc_live *live)
{
	uint64_t now = dc_loop_now_ms(live->loop);
	int64_t rate = live->options.max_qps, most = rate * MILLION / 50; /* at most what 20 ms bring at once */
	if (!rate)
		return 0;
	if (most < MILLION)
		most = MILLION;
	uint64_t passed = now - live->tokens_ms;
	live->tokens_ms = now;
	live->tokens_micro += (int64_t)(passed < 60000 ? passed : 60000) * rate * (MILLION / 1000);
	if (live->tokens_micro > most)
		live->tokens_micro = most;
	if (live->tokens_micro >= MILLION)
		return 0;
	return (uint64_t)((MILLION - live->tokens_micro) / (rate * (MILLION / 1000))) + 1;
}

/* ---- the queue ---- */

static bool pool_has_room(const struct pool *pool)
{
	unsigned all = pool->recursive ? 4 * pool->live->options.window : LIVE_SERVER_WINDOW;
	return pool->fresh < pool->window && pool->fresh + pool->slow < all;
}

static void start_one(struct dc_live *live, struct pool *pool)
{
	struct ask *ask = pool->head;
	pool->head = ask->next;
	if (!pool->head)
		pool->tail = NULL;
	ask->prev = NULL;
	ask->next = live->under_way;
	if (ask->next)
		ask->next->prev = ask;
	live->under_way = ask;
	pool->fresh++;
	pool->used_ms = dc_loop_now_ms(live->loop);
	live->burst++;
	ask_begin(ask);
}

/* A turn for one pool: how many questions were started. *ret_wait_ms: the burst or the rate is spent for so long. */
static unsigned pump_pool(struct dc_live *live, struct pool *pool, uint64_t *ret_wait_ms)
{
	unsigned started = 0;
	while (started < LIVE_TURN && pool->head && pool_has_room(pool)) {
		*ret_wait_ms = live->burst >= LIVE_BURST ? 1 : tokens_wait_ms(live);
		if (*ret_wait_ms)
			break;
		start_one(live, pool);
		started++;
	}
	return started;
}

static void pump(struct dc_live *live)
{
	uint64_t wait_ms = 0;
	unsigned started;
	do {
		started = 0;
		for (struct pool *pool = live->pools; pool && !wait_ms; pool = pool->next)
			started += pump_pool(live, pool, &wait_ms);
		if (live->resolvers && !wait_ms)
			started += pump_pool(live, live->resolvers, &wait_ms);
	} while (started && !wait_ms);
	if (wait_ms && !live->pump_timer.armed)
		dc_loop_arm(live->loop, &live->pump_timer, wait_ms);
	if (live->flights && !live->tick_timer.armed)
		dc_loop_arm(live->loop, &live->tick_timer, LIVE_TICK_MS);
}

static void destroy(struct dc_live *live);

void live_enter(struct dc_live *live)
{
	live->depth++;
}

void live_leave(struct dc_live *live)
{
	if (live->depth == 1) {
		hand_back(live);
		if (!live->dead) {
			pump(live);
			live_bury(live);
		}
	}
	if (--live->depth == 0 && live->dead)
		destroy(live);
}

static void on_pump(struct dc_timer *timer)
{
	struct dc_live *live = timer->user;
	live_enter(live);
	live->burst = 0;
	live_leave(live);
}

static void on_tick(struct dc_timer *timer)
{
	struct dc_live *live = timer->user;
	live_enter(live);
	live_tick(live);
	live_leave(live);
}

/* ---- authoritative servers ---- */

static bool same_server(const struct dc_live_server *a, const struct dc_live_server *b)
{
	return a->port == b->port && a->scope == b->scope && dc_ip_eq(a->ip, b->ip);
}

/* The one that was idle the longest makes room. */
static void drop_idle_pool(struct dc_live *live)
{
	struct pool **oldest = NULL;
	for (struct pool **at = &live->pools; *at; at = &(*at)->next)
		if (!(*at)->head && !(*at)->fresh && !(*at)->slow && (!oldest || (*at)->used_ms < (*oldest)->used_ms))
			oldest = at;
	if (!oldest)
		return;
	struct pool *pool = *oldest;
	*oldest = pool->next;
	live->pool_count--;
	live_pool_free(pool);
}

static struct pool *pool_of_server(struct dc_live *live, const struct dc_live_server *address)
{
	for (struct pool *pool = live->pools; pool; pool = pool->next)
		if (same_server(&pool->servers[0].address, address))
			return pool;
	if (live->pool_count >= LIVE_POOLS_MAX)
		drop_idle_pool(live);
	struct pool *pool = live_pool_new(live, address, 1, false);
	if (pool) {
		pool->next = live->pools;
		live->pools = pool;
		live->pool_count++;
	}
	return pool;
}

/* ---- the source ---- */

static bool claims(const struct dc_source *source, const struct dc_question *question)
{
	const struct dc_live *live = (const struct dc_live *)source;
	return (question->kind == DC_ASK_DNS && live->resolvers) || question->kind == DC_ASK_SERVER;
}

static void submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct dc_live *live = (struct dc_live *)source;
	struct pool *pool = live->resolvers;
	const char *why = NULL;
	bool stream = false, plain = false;
	live_enter(live);
	if (fetch->question.kind == DC_ASK_SERVER) {
		struct dc_live_server address;
		struct dc_slice text = fetch->question.server;
		pool = NULL;
		stream = dc_slice_starts(text, DC_S("tcp:"));
		plain = dc_slice_starts(text, DC_S("plain:"));
		text = dc_slice_sub(text, stream ? 4 : plain ? 6 : 0, SIZE_MAX);
		if (dc_live_server_parse(text, &address, NULL) == DC_OK)
			pool = pool_of_server(live, &address);
		else
			why = "the server is no address";
	}
	if (!why && !dc_name_fits_wire(fetch->question.name))
		why = "the name cannot be put into a question";
	struct ask *ask = ask_new(live, fetch, pool);
	if (!ask) { /* malloc(3) of some hundred octets failed */
		struct dc_answer *answer = bare_answer(&fetch->question, DC_OUTCOME_NOT_ASKED, "no memory");
		if (answer)
			fetch->done(fetch, answer);
	} else if (why || !pool) {
		ask->answer = bare_answer(&fetch->question, why ? DC_OUTCOME_MALFORMED : DC_OUTCOME_NOT_ASKED, why ? why : "no memory");
		push_done(live, ask);
	} else {
		ask->next = NULL;
		ask->stream = stream;
		ask->plain = plain;
		if (pool->tail)
			pool->tail->next = ask;
		else
			pool->head = ask;
		pool->tail = ask;
	}
	live_leave(live);
}

static void drop_list(struct ask *ask)
{
	struct ask *next;
	for (; ask; ask = next) {
		next = ask->next;
		dc_loop_disarm(ask->live->loop, &ask->timer);
		live_forget_flights(ask);
		dc_answer_unref(ask->answer);
		ask_recycle(ask);
	}
}

static void drop_pool(struct pool *pool)
{
	if (pool)
		drop_list(pool->head);
	live_pool_free(pool);
}

static void destroy(struct dc_live *live)
{
	dc_loop_disarm(live->loop, &live->pump_timer);
	dc_loop_disarm(live->loop, &live->tick_timer);
	drop_list(live->under_way);
	drop_list(live->done_head);
	for (struct pool *pool = live->pools, *next; pool; pool = next) {
		next = pool->next;
		drop_pool(pool);
	}
	drop_pool(live->resolvers);
	live_close_all(live);
	live_outbox_close(live);
	live_inbox_close(live);
	for (struct ask *ask = live->free_asks, *next; ask; ask = next) {
		next = ask->next;
		free(ask);
	}
	for (struct flight *flight = live->free_flights, *next; flight; flight = next) {
		next = flight->next;
		free(flight);
	}
	dc_arena_free(live->scratch);
	free(live);
}

static void free_live(struct dc_source *source)
{
	struct dc_live *live = (struct dc_live *)source;
	live->dead = true;
	if (live->depth == 0)
		destroy(live);
}

static const struct dc_source_ops live_ops = {"live", claims, submit, free_live};

static void set_options(struct dc_live *live, const struct dc_live_options *options)
{
	struct dc_live_options *own = &live->options;
	*own = *options;
	if (options->server_count)
		memcpy(live->addresses, options->servers, options->server_count * sizeof *options->servers);
	own->servers = live->addresses;
	own->timeout_ms = options->timeout_ms ? options->timeout_ms : DC_LIVE_TIMEOUT_MS;
	own->retries = options->retries == 0 ? DC_LIVE_RETRIES : options->retries < 0 ? 0 : options->retries;
	own->channels = options->channels ? options->channels : DC_LIVE_CHANNELS;
	own->window = options->window ? options->window : DC_LIVE_WINDOW;
}

struct dc_source *dc_live_new(struct dc_loop *loop, const struct dc_live_options *options, struct dc_error *err)
{
	if (options->server_count > DC_LIVE_SERVERS_MAX) {
		dc_error_set(err, DC_ERR_USAGE, "more than %d resolvers", DC_LIVE_SERVERS_MAX);
		return NULL;
	}
	if (options->channels > LIVE_CHANNELS_MAX || options->retries > 100 || options->timeout_ms > 3600000) {
		dc_error_set(err, DC_ERR_USAGE, "at most %d channels, 100 retries and an hour for a question", LIVE_CHANNELS_MAX);
		return NULL;
	}
	struct dc_live *live = calloc(1, sizeof *live);
	if (!live)
		goto no_memory;
	live->source.ops = &live_ops;
	live->loop = loop;
	live->pump_timer = (struct dc_timer){.fire = on_pump, .user = live};
	live->tick_timer = (struct dc_timer){.fire = on_tick, .user = live};
	live->tokens_ms = dc_loop_now_ms(loop);
	live->tokens_micro = MILLION;
	set_options(live, options);
	live->scratch = dc_arena_new(DC_PACKET_SCRATCH_MAX);
	if (!live->scratch || !live_outbox_open(live) || !live_inbox_open(live))
		goto no_memory;
	if (options->server_count)
		live->resolvers = live_pool_new(live, live->addresses, options->server_count, true);
	if (live->resolvers || !options->server_count)
		return &live->source;
no_memory:
	if (live)
		destroy(live);
	dc_error_set(err, DC_ERR_NOMEM, "no memory");
	return NULL;
}
