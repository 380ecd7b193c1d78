/* The libunbound source: questions in, outcomes out. See unbound.h. */
#include "source/unbound_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "dns/packet.h"

enum {
	FRESH_MS = 1000,     /* a question older than this does not hold up others */
	SLOW_FACTOR = 8,     /* so many windows of them */
	BLIND_RETRY_MS = 5000, /* before a resolver that failed the probe is probed again */
};

struct ask {
	struct unbound *unbound;
	struct dc_fetch *fetch;  /* NULL: the probe */
	struct dc_timer timer;
	uint64_t first_ms, deadline_ms;
	int id;                  /* libunbound's */
	bool asked, slow, over;
	struct ask *next, *prev;
	struct dc_answer *answer;
};

/* Whether signatures come through: asked once, for the keys at the trust anchor. */
enum sight { UNTRIED, TRYING, SEES, BLIND };

struct unbound {
	struct dc_source source;
	struct dc_loop *loop;
	struct dc_unbound_options options;
	struct dc_live_server servers[DC_LIVE_SERVERS_MAX];
	char *hints, *anchor, *point, **settings;
	struct unbound_base base;
	const char *broken;          /* why there is no context */
	struct dc_arena *scratch;
	enum sight sight;
	bool blind_for_good;         /* it strips; else it failed, and may be tried again */
	uint64_t blind_ms;
	char blind_why[256];
	struct ask probe;
	struct ask *head, *tail;     /* wait to be asked */
	struct ask *under_way;
	struct ask *held;            /* have answers that count only if signatures come through */
	struct ask *done_head, *done_tail;
	struct unbound_warmth warmth;
	unsigned fresh, slow;
	unsigned depth;
	bool dead;
};

static void destroy(struct unbound *unbound);

/* ---- ends ---- */

static void append(struct ask **head, struct ask **tail, struct ask *ask)
{
	ask->next = NULL;
	ask->prev = NULL;
	if (*tail)
		(*tail)->next = ask;
	else
		*head = ask;
	*tail = ask;
}

static void leave_under_way(struct ask *ask)
{
	struct unbound *unbound = ask->unbound;
	dc_loop_disarm(unbound->loop, &ask->timer);
	if (ask->slow)
		unbound->slow--;
	else
		unbound->fresh--;
	if (ask == &unbound->probe)
		return;
	if (ask->prev)
		ask->prev->next = ask->next;
	else
		unbound->under_way = ask->next;
	if (ask->next)
		ask->next->prev = ask->prev;
}

static void finish(struct ask *ask, struct dc_answer *draft)
{
	struct unbound *unbound = ask->unbound;
	draft->question = ask->fetch->question;
	draft->via = unbound->options.mode == DC_UNBOUND_RECURSE ? DC_S("recursion") : DC_S("validation");
	draft->tries = ask->asked;
	draft->elapsed_ms = ask->asked ? (uint32_t)(dc_loop_now_ms(unbound->loop) - ask->first_ms) : 0;
	ask->answer = dc_answer_new(draft);
	if (ask->asked)
		leave_under_way(ask);
	if (ask->asked && unbound->sight == TRYING) {
		ask->next = unbound->held;
		unbound->held = ask;
	} else {
		append(&unbound->done_head, &unbound->done_tail, ask);
	}
}

static void finish_unasked(struct ask *ask, enum dc_outcome outcome, const char *why)
{
	struct dc_answer draft = {.outcome = outcome, .ede = -1, .detail = dc_slice_of(why)};
	finish(ask, &draft);
}

static void hand_back(struct unbound *unbound)
{
	while (unbound->done_head && !unbound->dead) {
		struct ask *ask = unbound->done_head;
		struct dc_fetch *fetch = ask->fetch;
		struct dc_answer *answer = ask->answer;
		if (!answer) {
			struct dc_answer draft = {.question = fetch->question, .outcome = DC_OUTCOME_NOT_ASKED, .ede = -1,
						  .detail = DC_S("no memory")};
			answer = dc_answer_new(&draft);
		}
		unbound->done_head = ask->next;
		if (!unbound->done_head)
			unbound->done_tail = NULL;
		free(ask);
		if (answer)
			fetch->done(fetch, answer);
	}
}

/* ---- what came ---- */

static void go_blind(struct unbound *unbound, bool strips, struct dc_slice why)
{
	char shown[160];
	unbound->sight = BLIND;
	unbound->blind_ms = dc_loop_now_ms(unbound->loop);
	unbound->blind_for_good = strips;
	(void)snprintf(unbound->blind_why, sizeof unbound->blind_why, "%s%s%s",
		       strips ? "the resolver passes no DNSSEC signatures on" : "the resolver has no DNSSEC keys for us",
		       why.len ? ": " : "", dc_escape_line(shown, sizeof shown, why));
}

/* The resolver is no help: nothing that is under way can be any more. */
static void end_under_way(struct unbound *unbound)
{
	while (unbound->under_way) {
		struct ask *ask = unbound->under_way;
		struct dc_answer draft = {.outcome = DC_OUTCOME_NOT_ASKED, .ede = -1, .detail = dc_slice_of(unbound->blind_why)};
		ask->over = true;
		(void)ub_cancel(unbound->base.ctx, ask->id);
		finish(ask, &draft);
	}
}

/* What was asked beside the probe: it stands, or is as unknown as all else. */
static void release_held(struct unbound *unbound)
{
	struct ask *next;
	for (struct ask *ask = unbound->held; ask; ask = next) {
		next = ask->next;
		if (unbound->sight == BLIND) {
			struct dc_answer draft = {.question = ask->fetch->question, .outcome = DC_OUTCOME_NOT_ASKED, .ede = -1,
						  .via = DC_S("validation"), .detail = dc_slice_of(unbound->blind_why)};
			dc_answer_unref(ask->answer);
			ask->answer = dc_answer_new(&draft);
		}
		append(&unbound->done_head, &unbound->done_tail, ask);
	}
	unbound->held = NULL;
}

static void on_probe(struct unbound *unbound, const struct dc_answer *draft)
{
	leave_under_way(&unbound->probe);
	if (draft->dnssec == DC_DNSSEC_SECURE)
		unbound->sight = SEES;
	else
		go_blind(unbound, draft->outcome == DC_OUTCOME_BOGUS || dc_outcome_is_known(draft->outcome), draft->detail);
	release_held(unbound);
	if (unbound->sight == BLIND)
		end_under_way(unbound);
}

static void on_answer(void *user, int rcode, void *packet, int len, int sec, char *why_bogus, int limited)
{
	struct ask *ask = user;
	struct unbound *unbound = ask->unbound;
	struct dc_answer draft = {.ede = -1};
	if (ask->over)
		return;
	ask->over = true;
	if (ask == &unbound->probe)
		draft.question = (struct dc_question){.type = DC_TYPE_DNSKEY, .name = dc_slice_of(unbound->point)};
	else
		draft.question = ask->fetch->question;
	unbound_read(unbound->scratch, &unbound->options, &draft, rcode, packet, len, sec, why_bogus);
	if (ask == &unbound->probe) {
		on_probe(unbound, &draft);
		return;
	}
	if (draft.question.kind == DC_ASK_DNS)
		draft.dnssec = DC_DNSSEC_UNKNOWN; /* that is another question */
	finish(ask, &draft);
}

/* ---- asking ---- */

static void enter(struct unbound *unbound)
{
	unbound->depth++;
}

static void leave(void *user);

static void on_timer(struct dc_timer *timer)
{
	struct ask *ask = timer->user;
	struct unbound *unbound = ask->unbound;
	uint64_t now = dc_loop_now_ms(unbound->loop);
	enter(unbound);
	if (now >= ask->deadline_ms) {
		ask->over = true;
		(void)ub_cancel(unbound->base.ctx, ask->id);
		struct dc_answer draft = {.ede = -1, .outcome = DC_OUTCOME_TIMEOUT, .detail = DC_S("no answer in time")};
		if (ask == &unbound->probe)
			on_probe(unbound, &draft);
		else
			finish(ask, &draft);
	} else {
		if (!ask->slow) {
			ask->slow = true;
			unbound->fresh--;
			unbound->slow++;
		}
		dc_loop_arm(unbound->loop, timer, ask->deadline_ms - now);
	}
	leave(unbound);
}

/* False when libunbound does not take it. */
static bool resolve(struct ask *ask, struct dc_slice name, uint16_t type)
{
	struct unbound *unbound = ask->unbound;
	char text[UNBOUND_NAME_MAX];
	uint32_t wait = unbound->options.timeout_ms;
	ask->first_ms = dc_loop_now_ms(unbound->loop);
	ask->deadline_ms = ask->first_ms + wait;
	ask->timer = (struct dc_timer){.fire = on_timer, .user = ask};
	ask->asked = true;
	ask->over = ask->slow = false;
	unbound->fresh++;
	dc_loop_arm(unbound->loop, &ask->timer, wait < FRESH_MS ? wait : FRESH_MS);
	unbound_log_forget();
	return ub_resolve_event(unbound->base.ctx, unbound_name(name, text), type, 1, ask, on_answer, &ask->id) == 0;
}

static void start_probe(struct unbound *unbound)
{
	unbound->sight = TRYING;
	unbound->probe = (struct ask){.unbound = unbound};
	if (resolve(&unbound->probe, dc_slice_of(unbound->point), DC_TYPE_DNSKEY))
		return;
	leave_under_way(&unbound->probe);
	unbound->broken = "libunbound refuses to ask for the keys of the trust anchor";
}

static void get_ready(struct unbound *unbound)
{
	if (!unbound->base.ctx && !unbound->broken)
		unbound->broken = unbound_open(&unbound->base, &unbound->options);
	if (unbound->broken || unbound->options.mode != DC_UNBOUND_VALIDATE)
		return;
	if (unbound->sight == BLIND && !unbound->blind_for_good &&
	    dc_loop_now_ms(unbound->loop) - unbound->blind_ms > BLIND_RETRY_MS)
		unbound->sight = UNTRIED;
	if (unbound->sight == UNTRIED)
		start_probe(unbound);
}

static void start_one(struct unbound *unbound, struct ask *ask)
{
	const struct dc_question *question = &ask->fetch->question;
	if (unbound->broken) {
		finish_unasked(ask, DC_OUTCOME_NOT_ASKED, unbound->broken);
		return;
	}
	if (unbound->sight == BLIND) {
		finish_unasked(ask, DC_OUTCOME_NOT_ASKED, unbound->blind_why);
		return;
	}
	ask->prev = NULL;
	ask->next = unbound->under_way;
	if (ask->next)
		ask->next->prev = ask;
	unbound->under_way = ask;
	if (!unbound->options.no_validation)
		unbound_warm(&unbound->warmth, unbound->base.ctx, question, unbound->options.mode);
	if (!resolve(ask, question->name, question->type) && !ask->over) {
		struct dc_answer draft = {.ede = -1, .outcome = DC_OUTCOME_NOT_ASKED, .detail = DC_S("libunbound refuses the question")};
		finish(ask, &draft);
	}
}

static void pump(struct unbound *unbound)
{
	while (unbound->head && unbound->fresh < unbound->options.window &&
	       unbound->slow < SLOW_FACTOR * unbound->options.window) {
		struct ask *ask = unbound->head;
		get_ready(unbound);
		unbound->head = ask->next;
		if (!unbound->head)
			unbound->tail = NULL;
		start_one(unbound, ask);
	}
}

/* Answers are handed back when nothing of libunbound is on the stack. */
static void leave(void *user)
{
	struct unbound *unbound = user;
	if (unbound->depth == 1) {
		do {
			hand_back(unbound);
			if (!unbound->dead)
				pump(unbound);
		} while (unbound->done_head && !unbound->dead);
	}
	if (--unbound->depth == 0 && unbound->dead)
		destroy(unbound);
}

static void after_event(void *user)
{
	enter(user);
	leave(user);
}

/* ---- the source ---- */

static bool claims(const struct dc_source *source, const struct dc_question *question)
{
	const struct unbound *unbound = (const struct unbound *)source;
	return question->kind == DC_ASK_VALIDATE ||
	       (question->kind == DC_ASK_DNS && unbound->options.mode == DC_UNBOUND_RECURSE);
}

static void submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct unbound *unbound = (struct unbound *)source;
	uint8_t wire[DC_NAME_WIRE_MAX];
	struct ask *ask = calloc(1, sizeof *ask);
	if (!ask) {
		struct dc_answer draft = {.question = fetch->question, .outcome = DC_OUTCOME_NOT_ASKED, .ede = -1,
					  .detail = DC_S("no memory")};
		struct dc_answer *answer = dc_answer_new(&draft);
		if (answer)
			fetch->done(fetch, answer);
		return;
	}
	ask->unbound = unbound;
	ask->fetch = fetch;
	enter(unbound);
	if (dc_name_to_wire(fetch->question.name, wire) == 0)
		finish_unasked(ask, DC_OUTCOME_MALFORMED, "the name cannot be put into a question");
	else if (fetch->question.kind == DC_ASK_VALIDATE && unbound->options.no_validation)
		finish_unasked(ask, DC_OUTCOME_NOT_ASKED, "validation is off");
	else
		append(&unbound->head, &unbound->tail, ask);
	leave(unbound);
}

static void drop_list(struct ask *ask)
{
	struct ask *next;
	for (; ask; ask = next) {
		next = ask->next;
		dc_loop_disarm(ask->unbound->loop, &ask->timer);
		dc_answer_unref(ask->answer);
		free(ask);
	}
}

static void destroy(struct unbound *unbound)
{
	for (struct ask *ask = unbound->under_way; ask; ask = ask->next)
		ask->over = true;
	unbound->probe.over = true;
	dc_loop_disarm(unbound->loop, &unbound->probe.timer);
	unbound_close(&unbound->base);
	drop_list(unbound->under_way);
	drop_list(unbound->head);
	drop_list(unbound->held);
	drop_list(unbound->done_head);
	for (size_t i = 0; unbound->settings && unbound->settings[i]; i++)
		free(unbound->settings[i]);
	free(unbound->settings);
	free(unbound->hints);
	free(unbound->anchor);
	free(unbound->point);
	dc_arena_free(unbound->scratch);
	free(unbound);
}

static void free_unbound(struct dc_source *source)
{
	struct unbound *unbound = (struct unbound *)source;
	unbound->dead = true;
	if (unbound->depth == 0)
		destroy(unbound);
}

static const struct dc_source_ops unbound_ops = {"unbound", claims, submit, free_unbound};

/* ---- making it ---- */

static char *copy(const char *text, const char *otherwise)
{
	return strdup(text ? text : otherwise);
}

static bool copy_settings(struct unbound *unbound, const char *const *settings)
{
	size_t count = 0;
	while (settings && settings[count])
		count++;
	unbound->settings = calloc(count + 1, sizeof *unbound->settings);
	for (size_t i = 0; unbound->settings && i < count; i++)
		/* NOLINTNEXTLINE(analyzer-malloc-leak): the settings are freed with the source */
		if (!(unbound->settings[i] = strdup(settings[i])))
			return false;
	/* NOLINTNEXTLINE(analyzer-malloc-leak): the settings are freed with the source */
	return unbound->settings != NULL;
}

static bool set_options(struct unbound *unbound, const struct dc_unbound_options *options)
{
	struct dc_unbound_options *own = &unbound->options;
	bool recurse = options->mode == DC_UNBOUND_RECURSE;
	unbound->hints = copy(options->root_hints, DC_UNBOUND_ROOT_HINTS);
	unbound->anchor = copy(options->trust_anchor, DC_UNBOUND_ROOT_KEY);
	unbound->point = copy(options->trust_point, ".");
	if (!unbound->hints || !unbound->anchor || !unbound->point || !copy_settings(unbound, options->settings))
		return false;
	*own = *options;
	if (options->server_count)
		memcpy(unbound->servers, options->servers, options->server_count * sizeof *options->servers);
	own->servers = unbound->servers;
	own->root_hints = unbound->hints;
	own->trust_anchor = unbound->anchor;
	own->trust_point = unbound->point;
	own->settings = (const char *const *)unbound->settings;
	own->no_validation = recurse && options->no_validation;
	if (!own->timeout_ms)
		own->timeout_ms = recurse ? DC_UNBOUND_RECURSE_TIMEOUT_MS : DC_UNBOUND_TIMEOUT_MS;
	if (!own->window)
		own->window = DC_UNBOUND_WINDOW;
	return true;
}

struct dc_source *dc_unbound_new(struct dc_loop *loop, const struct dc_unbound_options *options, struct dc_error *err)
{
	if (unbound_check_options(options, err) != DC_OK)
		return NULL;
	struct unbound *unbound = calloc(1, sizeof *unbound);
	if (unbound) {
		unbound->source.ops = &unbound_ops;
		unbound->loop = loop;
		unbound_base_init(&unbound->base, loop, after_event, unbound);
		unbound->scratch = dc_arena_new(DC_PACKET_SCRATCH_MAX);
		if (unbound->scratch && set_options(unbound, options))
			return &unbound->source;
		destroy(unbound);
	}
	dc_error_set(err, DC_ERR_NOMEM, "no memory");
	return NULL;
}
