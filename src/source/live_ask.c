/* One question of the live source: whom to ask, when to ask again, which failure to believe.
 *
 * - A try waits 500 ms, the next twice as long; tries that were given up on are still heard when they come late.
 * - A server that answered nothing at all since the try was sent is doubted: others are asked first, and it is tried
 *   again now and then beside them. Silence about one name is no reason while it answers for others, and a doubted server
 *   is still asked when there is no better one: a run of dead names costs no live name its answer.
 * - SERVFAIL and the like are believed only when no other server that is well knows better; of several failures
 *   the one that says most is kept.
 * - Where a server leaves an alias unfollowed, the alias is asked for, and the records are put together. */
#include "source/live_parts.h"

#include <stdlib.h>

static uint64_t now_of(const struct ask *ask)
{
	return dc_loop_now_ms(ask->live->loop);
}

static unsigned tries_max(const struct ask *ask)
{
	return (unsigned)ask->live->options.retries + 1;
}

static void wait_for(struct ask *ask, uint64_t wait_ms, bool waiting)
{
	ask->waiting = waiting;
	dc_loop_arm(ask->live->loop, &ask->timer, wait_ms);
}

/* ---- the end ---- */

/* Fills in what is known of the asking, puts the aliases in front, and ends the question. */
static void finish(struct ask *ask, struct dc_answer *draft)
{
	const struct dc_answer *chain = ask->chain;
	struct dc_rr *rrs = NULL;
	draft->question = ask->fetch->question;
	draft->elapsed_ms = (uint32_t)(now_of(ask) - ask->first_ms);
	draft->tries = ask->total_tries;
	if (chain) {
		rrs = malloc((chain->rr_count + draft->rr_count) * sizeof *rrs);
		if (rrs) {
			memcpy(rrs, chain->rrs, chain->rr_count * sizeof *rrs);
			if (draft->rr_count)
				memcpy(rrs + chain->rr_count, draft->rrs, draft->rr_count * sizeof *rrs);
			draft->rrs = rrs;
			draft->rr_count += chain->rr_count;
			draft->authentic = draft->authentic && chain->authentic;
			if (chain->ttl_s < draft->ttl_s)
				draft->ttl_s = chain->ttl_s;
		}
	}
	live_finish(ask, chain && !rrs ? NULL : dc_answer_new(draft));
	free(rrs);
}

static void give_up(struct ask *ask)
{
	struct dc_answer draft = {.ede = -1, .outcome = DC_OUTCOME_TIMEOUT, .detail = DC_S("no answer")};
	if (ask->failure)
		draft = *ask->failure;
	else if (ask->mangled)
		draft.outcome = DC_OUTCOME_MALFORMED, draft.detail = DC_S("only answers to another question came");
	else if (ask->unreachable)
		draft.detail = dc_slice_of(live_error_words(ask->error));
	if (ask->last && !draft.via.len)
		draft.via = dc_slice_of(ask->last->text);
	finish(ask, &draft);
}

/* ---- whom ---- */

static bool has_failed(const struct ask *ask, const struct server *server)
{
	return ask->failed >> server->index & 1;
}

/* A server that has not had its chance, and is well. */
static bool has_fresh_server(const struct ask *ask)
{
	for (unsigned i = 0; i < ask->pool->server_count; i++) {
		const struct server *server = &ask->pool->servers[i];
		if (!server->doubted && !has_failed(ask, server) && ask->tried[i] == 0)
			return true;
	}
	return false;
}

static struct server *choose(struct ask *ask)
{
	struct pool *pool = ask->pool;
	unsigned start = ask->live->options.spread ? pool->turn++ : 0, best_cost = UINT32_MAX;
	struct server *best = ask->stick;
	ask->stick = NULL;
	if (best)
		return best;
	for (unsigned i = 0; i < pool->server_count; i++) {
		struct server *server = &pool->servers[(start + i) % pool->server_count];
		/* A doubted server comes after two tries at a healthy one, one that failed after all others. */
		unsigned cost = ask->tried[server->index] + (server->doubted ? 2u : 0u) + (has_failed(ask, server) ? 1000u : 0u);
		if (cost < best_cost) {
			best_cost = cost;
			best = server;
		}
	}
	return best;
}

/* ---- when ---- */

/* Datagrams only; each try has its own number on the wire, so it is known which one was answered. */
static void measure(struct server *server, uint64_t rtt_ms)
{
	uint32_t rtt = (uint32_t)rtt_ms, off = rtt > server->rtt_ms ? rtt - server->rtt_ms : server->rtt_ms - rtt;
	if (!server->rtt_ms && !server->deviation_ms) {
		server->rtt_ms = rtt;
		server->deviation_ms = rtt / 2 + 1;
		return;
	}
	server->deviation_ms = (3 * server->deviation_ms + off + 2) / 4;
	server->rtt_ms = (7 * server->rtt_ms + rtt + 4) / 8;
}

/* How long this try may wait: doubling, but so that the tries left fit in the time left; the last gets it all. A server
 * that is known to need longer gets longer. */
static uint32_t wait_of(const struct ask *ask)
{
	uint64_t now = now_of(ask), left = ask->deadline_ms > now ? ask->deadline_ms - now : 0;
	uint64_t first = ask->live->options.timeout_ms / 10;
	unsigned max = tries_max(ask), doublings = (unsigned)ask->tries - 1 - ask->hedged;
	if (ask->tries >= max)
		return (uint32_t)left;
	if (first > LIVE_FIRST_WAIT_MS)
		first = LIVE_FIRST_WAIT_MS;
	uint64_t wait = first << (doublings < 16 ? doublings : 16), share = left / (max - ask->tries + 1u);
	if (wait > share)
		wait = share;
	uint64_t spread = 4 * (uint64_t)ask->last->deviation_ms;
	uint64_t usual = ask->last->rtt_ms + (spread > LIVE_SPREAD_MS ? spread : LIVE_SPREAD_MS);
	if (usual > LIVE_SLOW_WAIT_MS)
		usual = LIVE_SLOW_WAIT_MS;
	if (usual > left / 2)
		usual = left / 2;
	return (uint32_t)(wait > usual ? wait : usual);
}

static void probe_doubted(struct ask *ask)
{
	for (unsigned i = 0; i < ask->pool->server_count; i++) {
		struct server *server = &ask->pool->servers[i];
		if (!server->doubted || server == ask->last || now_of(ask) - server->probed_ms < LIVE_PROBE_MS)
			continue;
		server->probed_ms = now_of(ask);
		live_spend(ask->live);
		(void)live_send(ask, server, false, true);
	}
}

static void after_unreachable(struct ask *ask)
{
	uint64_t wait = (uint64_t)LIVE_REFUSED_WAIT_MS << (ask->unreachable < 8 ? ask->unreachable : 8), now = now_of(ask);
	ask->unreachable++;
	if (has_fresh_server(ask))
		wait_for(ask, 0, false);
	else if (ask->tries < tries_max(ask) && ask->unreachable < LIVE_REFUSED_MAX && !ask->failed &&
		 now + wait < ask->deadline_ms)
		wait_for(ask, wait, false);
	else if (ask->flights)
		wait_for(ask, ask->deadline_ms > now ? ask->deadline_ms - now : 0, true);
	else
		wait_for(ask, 0, true), ask->deadline_ms = now;
}

static void try_next(struct ask *ask)
{
	struct server *server = choose(ask);
	ask->last = server;
	ask->tries++;
	ask->total_tries++;
	ask->sent_ms = now_of(ask);
	/* NOLINTNEXTLINE(analyzer-null-dereference): there is always a server */
	if (ask->tried[server->index] < UINT8_MAX)
		ask->tried[server->index]++;
	live_spend(ask->live);
	if (!live_send(ask, server, ask->stream, false)) {
		server->doubted = !ask->stream;
		after_unreachable(ask);
		return;
	}
	if (ask->tries == 1)
		probe_doubted(ask);
	ask->wait_ms = wait_of(ask);
	ask->hedging = ask->tries == 1 && ask->wait_ms > LIVE_HEDGE_MS && tries_max(ask) > 1 && has_fresh_server(ask);
	wait_for(ask, ask->hedging ? LIVE_HEDGE_MS : ask->wait_ms, true);
}

/* It makes room in the window: what waits long must not hold up what is answered at once. */
static void mark_slow(struct ask *ask)
{
	if (ask->slow)
		return;
	ask->slow = true;
	ask->pool->fresh--;
	ask->pool->slow++;
}

static void on_timer(struct dc_timer *timer)
{
	struct ask *ask = timer->user;
	struct dc_live *live = ask->live;
	uint64_t now = now_of(ask);
	live_enter(live);
	if (ask->waiting && ask->last->heard_ms <= ask->sent_ms)
		ask->last->doubted = true;
	/* NOLINTNEXTLINE(bugprone-branch-clone): the ends of a question, in their order */
	if (now >= ask->deadline_ms || (ask->failed && !has_fresh_server(ask) && !ask->pushbacks)) {
		give_up(ask);
	} else if (ask->waiting && ask->hedging) {
		ask->hedging = false;
		ask->hedged = ask->last->doubted && has_fresh_server(ask);
		if (ask->hedged)
			try_next(ask);
		else
			wait_for(ask, ask->wait_ms - LIVE_HEDGE_MS, true);
	} else if (ask->tries < tries_max(ask)) {
		if (ask->waiting)
			mark_slow(ask);
		try_next(ask);
	} else if (ask->flights) {
		wait_for(ask, ask->deadline_ms - now, true);
	} else {
		give_up(ask);
	}
	live_leave(live);
}

void ask_begin(struct ask *ask)
{
	ask->timer.fire = on_timer;
	ask->timer.user = ask;
	ask->first_ms = now_of(ask);
	uint64_t patience = ask->live->options.timeout_ms;
	if (ask->fetch->question.kind == DC_ASK_SERVER && patience > LIVE_ONE_SERVER_MS)
		patience = LIVE_ONE_SERVER_MS;
	ask->deadline_ms = ask->first_ms + patience;
	try_next(ask);
}

/* ---- what came ---- */

void ask_unreachable(struct ask *ask, struct flight *flight)
{
	struct chan *chan = flight->chan;
	if (!chan->stream && chan->server)
		chan->server->doubted = true;
	if (flight->probe)
		return;
	ask->error = chan->error;
	/* A server that closes after each answer: those behind it in the line have lost nothing. The deadline bounds it. */
	if (chan->stream && chan->answered && ask->tries > 0) {
		ask->tries--;
		wait_for(ask, 0, false);
	} else {
		after_unreachable(ask);
	}
}

/* The same question again at once, in another form, to the same server; no fault of the question. */
static void again_at_once(struct ask *ask, struct server *server)
{
	live_forget_flights(ask);
	if (ask->tries > 0)
		ask->tries--;
	ask->stick = server;
	wait_for(ask, 0, false);
}

static unsigned rank(const struct dc_answer *failure)
{
	switch (failure->outcome) {
	case DC_OUTCOME_BOGUS:
		return 5;
	case DC_OUTCOME_SERVFAIL:
		return 4;
	case DC_OUTCOME_REFUSED:
		return 3;
	case DC_OUTCOME_MALFORMED:
		return 2;
	default:
		return 1;
	}
}

static void keep_failure(struct ask *ask, const struct dc_answer *draft)
{
	if (ask->failure && rank(ask->failure) >= rank(draft))
		return;
	dc_answer_unref(ask->failure);
	ask->failure = dc_answer_new(draft);
}

static void failed(struct ask *ask, struct server *server, const struct dc_answer *draft)
{
	keep_failure(ask, draft);
	if (draft->outcome == DC_OUTCOME_BOGUS || (!ask->pool->recursive && draft->outcome != DC_OUTCOME_MALFORMED)) {
		give_up(ask);
		return;
	}
	/* A mangled answer may be an accident (or a forgery) once. */
	if (draft->outcome != DC_OUTCOME_MALFORMED || ask->tried[server->index] > 1)
		ask->failed |= 1u << server->index;
	if (has_fresh_server(ask) || !ask->failed)
		wait_for(ask, 0, false);
	else if (draft->outcome == DC_OUTCOME_REFUSED && server->answers > 1 && ask->pushbacks < LIVE_PUSHBACK_MAX) {
		live_shrink_window(ask->pool, LIVE_BURST);
		wait_for(ask, (uint64_t)LIVE_REFUSED_WAIT_MS << ask->pushbacks++, false);
	} else if (!ask->flights) {
		give_up(ask);
	}
}

static void follow(struct ask *ask, struct dc_answer *draft, struct dc_slice target)
{
	static const char *const loop = "the CNAME records lead in a circle", *const endless = "more than 12 aliases in a row";
	bool seen = dc_name_eq(target, ask->fetch->question.name);
	struct dc_answer merged = *draft;
	struct dc_rr *rrs = NULL;
	size_t before = ask->chain ? ask->chain->rr_count : 0;
	for (size_t i = 0; i < before && !seen; i++)
		seen = dc_name_eq(ask->chain->rrs[i].owner, target);
	if (seen || ask->hops >= LIVE_HOPS_MAX) {
		draft->outcome = DC_OUTCOME_SERVFAIL;
		draft->detail = dc_slice_of(seen ? loop : endless);
		finish(ask, draft);
		return;
	}
	if (ask->chain) {
		rrs = malloc((before + draft->rr_count) * sizeof *rrs);
		if (!rrs) {
			live_finish(ask, NULL);
			return;
		}
		memcpy(rrs, ask->chain->rrs, before * sizeof *rrs);
		memcpy(rrs + before, draft->rrs, draft->rr_count * sizeof *rrs);
		merged.rrs = rrs;
		merged.rr_count += before;
		merged.authentic = merged.authentic && ask->chain->authentic;
		if (ask->chain->ttl_s < merged.ttl_s)
			merged.ttl_s = ask->chain->ttl_s;
	}
	merged.data = target; /* a copy of the name, for as long as it is asked for */
	struct dc_answer *chain = dc_answer_new(&merged);
	free(rrs);
	if (!chain) {
		live_finish(ask, NULL);
		return;
	}
	live_forget_flights(ask);
	dc_answer_unref(ask->chain);
	dc_answer_unref(ask->failure);
	ask->chain = chain;
	ask->failure = NULL;
	ask->question.name = chain->data;
	ask->hops++;
	ask->tries = 0;
	ask->failed = 0;
	ask->stream = ask->plain = ask->mangled = ask->hedged = ask->late = false;
	memset(ask->tried, 0, sizeof ask->tried);
	wait_for(ask, 0, false);
}

void ask_heard(struct ask *ask, struct flight *flight, const uint8_t *wire, size_t len)
{
	struct server *server = flight->chan->server;
	struct dc_packet packet;
	struct dc_answer draft = {.question = ask->question, .via = dc_slice_of(server->text)};
	dc_arena_reset(ask->live->scratch);
	dc_packet_read(ask->live->scratch, wire, len, &draft, &packet);
	if (!flight->chan->stream)
		measure(server, now_of(ask) - flight->sent_ms);
	ask->late = flight->number > 1 && !flight->probe;
	if (!ask->pool->recursive) {
		draft.authoritative = packet.authoritative;
		draft.recursion = packet.recursion;
		draft.edns = packet.edns;
	}
	if (flight->probe && !dc_outcome_is_known(draft.outcome))
		return; /* the doubted server is not well yet */
	if (packet.edns) {
		server->edns_seen = true;
		server->edns_off = false;
	}
	/* FORMERR, NOTIMP without OPT, BADVERS: the server does not know EDNS, or not this version. */
	if (flight->edns && !ask->plain &&
	    (draft.rcode == 16 || (!packet.edns && (draft.rcode == 1 || draft.rcode == 4)))) {
		ask->plain = true;
		live_doubt_edns(server);
		again_at_once(ask, server);
		return;
	}
	/* A datagram as large as the largest allowed may have been cut by c-ares. */
	bool cut = draft.outcome == DC_OUTCOME_MALFORMED && len >= (flight->edns ? LIVE_EDNS_SIZE : 512u);
	if (!flight->chan->stream && (packet.truncated || cut) &&
	    (dc_outcome_is_known(draft.outcome) || draft.outcome == DC_OUTCOME_MALFORMED)) {
		draft.outcome = DC_OUTCOME_TIMEOUT; /* until TCP says more: part of the records tells nothing */
		draft.truncated = true;
		draft.detail = DC_S("the answer was cut short and TCP brought no whole one");
		keep_failure(ask, &draft);
		ask->stream = true;
		again_at_once(ask, server);
		return;
	}
	if (flight->chan->stream && packet.truncated && dc_outcome_is_known(draft.outcome)) {
		draft.outcome = DC_OUTCOME_MALFORMED; /* what is missing may be the very record */
		draft.truncated = true;
		draft.detail = DC_S("the answer was cut short even over TCP");
	}
	if (!dc_outcome_is_known(draft.outcome))
		failed(ask, server, &draft);
	else if (packet.follow.len && ask->pool->recursive)
		follow(ask, &draft, packet.follow);
	else
		finish(ask, &draft);
}
