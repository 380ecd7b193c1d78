/* The gather loop. An audit is a small state machine: build → fetch (DNS, all at once) → build … → receiver jobs → build
 * … → what was asked in the background (validation, single servers, HTTPS, SMTP: none may hold up the rounds) → build → finished.
 * Answers enter the evidence in the order of the questions, never of their arrival: a replay is the same. */
#include "gather/gather.h"

#include <stdlib.h>

#include "source/clock.h"

enum {
	MISSING_MAX = 256, /* per round; the rest is found in the next */
	CALLS_MAX = 4096,  /* receiver jobs and their repetitions in one audit: 64 addresses, 360 keys, 12 rounds */
	LASTING_OCTETS_MAX = 4 << 20, /* facts that complete parts are kept in: whoever needs more builds each time from nothing */
};

struct pending {
	union {
		struct dc_waiter waiter;      /* DNS and the like */
		struct dc_receiver_call call; /* receiver jobs */
	};
	struct dc_question question;   /* names in the keep arena */
	struct dc_answer *answer;
	struct dc_gather_job *job;
	struct pending *next;
	bool background, busy;
};

struct dc_gather_job {
	struct dc_gather *gather;
	struct dc_audit_run *audit;
	struct dc_arena *keep;           /* evidence, open questions: until the audit is cleared */
	struct dc_memo memo;
	struct pending *round, **round_end; /* the questions of this round, in order */
	struct pending *background, **background_end;
	size_t waiting, background_waiting;
	struct dc_question *missing;     /* what receiver jobs could not find: asked next; MISSING_MAX, made with the first */
	size_t missing_count, calls;
	uint64_t started_ms, octets, work_ns;
	size_t questions;
	bool spent[DC_BUDGET_COUNT];
	struct dc_timer timer;
	struct dc_gather_job *next, *prev; /* all jobs */
	struct dc_gather_job *ready_next;
	bool ready, built, collapsing;
};

struct dc_gather {
	struct dc_loop *loop;
	struct dc_gather_options options;
	struct dc_cache *cache;
	struct dc_gather_job *jobs;
	struct dc_gather_job *ready, **ready_end;
	struct dc_arena *desk; /* where all audits are built the first time, which finds out what to ask and little else */
	size_t running;
	uint64_t limits[DC_BUDGET_COUNT];
};

static const uint64_t budget_limits[DC_BUDGET_COUNT] = {
	[DC_BUDGET_ROUNDS] = DC_ROUNDS_MAX,      [DC_BUDGET_QUESTIONS] = DC_QUESTIONS_MAX,
	[DC_BUDGET_BYTES] = DC_AUDIT_OCTETS_MAX, [DC_BUDGET_TIME] = DC_AUDIT_TIME_MAX_MS,
	[DC_BUDGET_MEMORY] = DC_AUDIT_MEMORY_MAX, [DC_BUDGET_WORK] = DC_AUDIT_WORK_MAX_MS,
};

struct dc_gather *dc_gather_new(struct dc_loop *loop, const struct dc_gather_options *options)
{
	struct dc_gather *gather = calloc(1, sizeof *gather);
	if (!gather)
		return NULL;
	*gather = (struct dc_gather){.loop = loop, .options = *options};
	gather->ready_end = &gather->ready;
	memcpy(gather->limits, budget_limits, sizeof budget_limits);
	if (options->time_ms)
		gather->limits[DC_BUDGET_TIME] = options->time_ms;
	if (options->work_ms)
		gather->limits[DC_BUDGET_WORK] = options->work_ms;
	gather->cache = dc_cache_new(options->sources, options->source_count,
				     options->cache_octets ? options->cache_octets : DC_CACHE_OCTETS_MAX);
	if (!gather->cache) {
		free(gather);
		return NULL;
	}
	return gather;
}

static void make_ready(struct dc_gather_job *job)
{
	if (job->ready)
		return;
	job->ready = true;
	job->ready_next = NULL;
	*job->gather->ready_end = job;
	job->gather->ready_end = &job->ready_next;
}

/* ---- answers coming in ---- */

static void arrived(struct pending *pending, struct dc_answer *answer)
{
	struct dc_gather_job *job = pending->job;
	pending->busy = false;
	pending->answer = answer;
	if (pending->background)
		job->background_waiting--;
	else
		job->waiting--;
	if (job->waiting == 0)
		make_ready(job);
}

static void waiter_arrived(struct dc_waiter *waiter)
{
	arrived(waiter->user, waiter->answer);
}

static void call_done(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing,
		      size_t missing_count)
{
	struct pending *pending = call->user;
	struct dc_gather_job *job = pending->job;
	/* No jump may leave the receiver's frame: without memory the question is just not asked. */
	if (missing_count && !job->missing)
		job->missing = dc_arena_try(job->keep, MISSING_MAX * sizeof *job->missing);
	for (size_t i = 0; !answer && job->missing && i < missing_count && job->missing_count < MISSING_MAX; i++) {
		char *name = dc_arena_try(job->keep, missing[i].name.len + 1);
		if (!name)
			break;
		job->missing[job->missing_count] = missing[i];
		memcpy(name, missing[i].name.ptr, missing[i].name.len);
		job->missing[job->missing_count++].name.ptr = name;
	}
	arrived(pending, answer);
}

/* ---- a round ---- */

static struct dc_answer *not_asked(const struct dc_question *question, const char *why)
{
	struct dc_answer draft = {.question = *question, .outcome = DC_OUTCOME_NOT_ASKED, .ede = -1};
	draft.detail = dc_slice_of(why);
	return dc_answer_new(&draft);
}

static void launch(struct dc_gather_job *job, const struct dc_question *question, bool background)
{
	struct dc_gather *gather = job->gather;
	struct pending *pending = DC_NEW(job->keep, struct pending);
	pending->question = *question;
	pending->job = job;
	pending->background = background;
	pending->busy = true;
	pending->question.name = dc_arena_dup(job->keep, question->name);
	if (question->server.len)
		pending->question.server = dc_arena_dup(job->keep, question->server);
	struct pending ***end = background ? &job->background_end : &job->round_end;
	**end = pending;
	*end = &pending->next;
	*(background ? &job->background_waiting : &job->waiting) += 1;
	if (question->kind == DC_ASK_RECEIVER) {
		if (!gather->options.receiver || ++job->calls > CALLS_MAX) {
			arrived(pending, not_asked(&pending->question, "no receiver"));
			return;
		}
		pending->call = (struct dc_receiver_call){.job = pending->question, .evidence = job->audit->evidence,
							  .done = call_done, .user = pending};
		dc_receiver_submit(gather->options.receiver, &pending->call);
		return;
	}
	job->questions++;
	pending->waiter.arrived = waiter_arrived;
	pending->waiter.user = pending;
	if (!dc_cache_get(gather->cache, &pending->question, &pending->waiter))
		arrived(pending, not_asked(&pending->question, "out of memory"));
	else if (pending->waiter.answer && pending->busy)
		arrived(pending, pending->waiter.answer);
}

/* The answers of a list enter the evidence in order; one that could not be had at all is dropped, and asked again. */
static void take_in(struct dc_gather_job *job, struct pending **list, struct pending ***end)
{
	for (struct pending *pending = *list; pending; pending = pending->next) {
		if (!pending->answer)
			continue;
		job->octets += dc_answer_octets(pending->answer);
		dc_evidence_add(job->audit->evidence, pending->answer);
		pending->answer = NULL;
	}
	*list = NULL;
	*end = list;
}

/* Asked at once, waited for last: slower than the rounds of DNS, and nothing in those depends on it. */
static bool is_background(const struct dc_question *question)
{
	switch (question->kind) {
	case DC_ASK_VALIDATE:
	case DC_ASK_SERVER:
	case DC_ASK_HTTPS:
	case DC_ASK_SMTP:
		return true;
	default:
		return false;
	}
}

static bool known_background(const struct dc_gather_job *job, const struct dc_question *question)
{
	for (const struct pending *pending = job->background; pending; pending = pending->next)
		if (dc_question_eq(&pending->question, question))
			return true;
	return false;
}

/* ---- the end ---- */

static void job_unlink(struct dc_gather_job *job)
{
	struct dc_gather *gather = job->gather;
	*(job->prev ? &job->prev->next : &gather->jobs) = job->next;
	if (job->next)
		job->next->prev = job->prev;
	gather->running--;
	dc_loop_disarm(gather->loop, &job->timer);
}

/* Waits no more, but for receiver jobs: those cannot be left, have a ceiling of their own and come back soon. */
static void leave_all(struct dc_gather_job *job)
{
	struct pending *lists[] = {job->round, job->background};
	for (int i = 0; i < 2; i++)
		for (struct pending *pending = lists[i]; pending; pending = pending->next) {
			dc_answer_unref(pending->answer);
			pending->answer = NULL;
			if (!pending->busy || pending->question.kind == DC_ASK_RECEIVER)
				continue;
			dc_cache_leave(&pending->waiter);
			pending->busy = false;
			*(pending->background ? &job->background_waiting : &job->waiting) -= 1;
		}
}

static void finish(struct dc_gather_job *job)
{
	struct dc_audit_run *audit = job->audit;
	if (audit->arena == job->gather->desk)
		job->gather->desk = NULL; /* it goes along */
	if (job->gather->options.timed)
		audit->elapsed_ms = dc_loop_now_ms(job->gather->loop) - job->started_ms;
	job_unlink(job);
	audit->finished(audit);
}

/* Memory is spent: nothing that was found out can be trusted to be whole. Only the fact itself is reported. */
static void collapse(struct dc_gather_job *job)
{
	struct dc_audit_run *audit = job->audit;
	leave_all(job);
	job->collapsing = true;
	if (job->waiting) {
		audit->arena = audit->arena == job->gather->desk ? NULL : audit->arena;
		return;
	}
	if (audit->arena)
		dc_arena_reset(audit->arena);
	if (!audit->arena || DC_ARENA_GUARD(audit->arena)) {
		audit->facts = NULL;
	} else {
		struct dc_facts *facts = DC_NEW(audit->arena, struct dc_facts);
		*facts = (struct dc_facts){.inputs = &audit->inputs, .evidence = audit->evidence};
		facts->budget_spent[DC_BUDGET_MEMORY] = true;
		memcpy(facts->budget_limit, job->gather->limits, sizeof job->gather->limits);
		audit->facts = facts;
	}
	finish(job);
}

/* ---- one step ---- */

/* What others of the machine take in between counts too, so the ceiling is wide. */
static const struct dc_facts *build(struct dc_gather_job *job, struct dc_asker *asker, bool sealed)
{
	struct dc_audit_run *audit = job->audit;
	uint64_t began = job->gather->options.timed ? dc_clock_ns() : 0;
	*asker = (struct dc_asker){.evidence = audit->evidence, .arena = audit->arena, .sealed = sealed, .memo = &job->memo};
	asker->lasting = audit->arena != job->gather->desk;
	if (!asker->lasting || dc_arena_held(audit->arena) > LASTING_OCTETS_MAX) {
		dc_arena_reset(audit->arena);
		job->memo.kept = NULL;
	}
	const struct dc_facts *facts = dc_facts_build(asker, &audit->inputs);
	if (began)
		job->work_ns += dc_clock_ns() - began;
	return facts;
}

static void conclude(struct dc_gather_job *job, const struct dc_facts *built)
{
	struct dc_facts *facts = DC_NEW(job->audit->arena, struct dc_facts);
	*facts = *built;
	facts->evidence = job->audit->evidence;
	memcpy(facts->budget_spent, job->spent, sizeof job->spent);
	memcpy(facts->budget_limit, job->gather->limits, sizeof job->gather->limits);
	job->audit->facts = facts;
	finish(job);
}

static bool over_budget(struct dc_gather_job *job, size_t more)
{
	if (job->audit->rounds >= DC_ROUNDS_MAX)
		job->spent[DC_BUDGET_ROUNDS] = true;
	if (job->questions + more > DC_QUESTIONS_MAX)
		job->spent[DC_BUDGET_QUESTIONS] = true;
	if (job->octets > DC_AUDIT_OCTETS_MAX)
		job->spent[DC_BUDGET_BYTES] = true;
	if (job->work_ns > job->gather->limits[DC_BUDGET_WORK] * 1000000)
		job->spent[DC_BUDGET_WORK] = true;
	for (int i = 0; i < DC_BUDGET_COUNT; i++)
		if (job->spent[i])
			return true;
	return false;
}

/* Starts what can be started of the open questions. DNS first; receiver jobs only when no DNS question is open, for
 * they need its answers; the background is waited for last. */
static void fetch_open(struct dc_gather_job *job, const struct dc_asker *asker)
{
	size_t front = 0, jobs = 0;
	for (size_t i = 0; i < asker->open_count; i++) {
		const struct dc_question *question = &asker->open[i];
		if (is_background(question)) {
			if (!known_background(job, question))
				launch(job, question, true);
		} else if (question->kind == DC_ASK_RECEIVER) {
			jobs++;
		} else {
			launch(job, question, false);
			front++;
		}
	}
	for (size_t i = 0; i < job->missing_count; i++) {
		struct dc_question question = job->missing[i];
		if (!dc_evidence_find(job->audit->evidence, &question)) {
			launch(job, &question, false);
			front++;
		}
	}
	job->missing_count = 0;
	if (front) {
		job->audit->rounds++;
		return;
	}
	for (size_t i = 0; jobs && i < asker->open_count; i++)
		if (asker->open[i].kind == DC_ASK_RECEIVER)
			launch(job, &asker->open[i], false);
}

static void step(struct dc_gather_job *job)
{
	struct dc_audit_run *audit = job->audit;
	struct dc_asker asker;
	bool only_background = job->round == NULL && job->background;
	if (job->waiting ||
	    (!job->collapsing && only_background && job->background_waiting && !job->spent[DC_BUDGET_TIME]))
		return;
	if (!job->gather->desk)
		job->gather->desk = dc_arena_new(DC_AUDIT_MEMORY_MAX);
	if (!audit->arena)
		audit->arena = job->built ? dc_arena_new(DC_AUDIT_MEMORY_MAX) : job->gather->desk;
	job->built = true;
	if (job->collapsing || !audit->arena || DC_ARENA_GUARD(audit->arena) || DC_ARENA_GUARD(job->keep)) {
		collapse(job);
		return;
	}
	take_in(job, &job->round, &job->round_end);
	if (only_background)
		take_in(job, &job->background, &job->background_end);
	const struct dc_facts *facts = build(job, &asker, false);
	if (asker.open_count == 0) {
		job->spent[DC_BUDGET_TIME] = false; /* all was there in time */
		conclude(job, facts);
		return;
	}
	if (over_budget(job, asker.open_count)) {
		leave_all(job);
		conclude(job, build(job, &asker, true));
		return;
	}
	fetch_open(job, &asker);
	audit->arena = asker.lasting ? audit->arena : NULL;
	if (job->waiting == 0 && job->background_waiting == 0)
		make_ready(job);
}

static void time_up(struct dc_timer *timer)
{
	struct dc_gather_job *job = timer->user;
	struct pending *lists[] = {job->round, job->background};
	job->spent[DC_BUDGET_TIME] = true;
	for (int i = 0; i < 2; i++)
		for (struct pending *pending = lists[i]; pending; pending = pending->next)
			if (pending->busy && pending->question.kind != DC_ASK_RECEIVER) {
				dc_cache_leave(&pending->waiter);
				arrived(pending, NULL);
			}
}

/* ---- the public part ---- */

bool dc_gather_start(struct dc_gather *gather, struct dc_audit_run *audit)
{
	struct dc_arena *keep = dc_arena_new(DC_AUDIT_MEMORY_MAX);
	if (!keep || DC_ARENA_GUARD(keep)) {
		dc_arena_free(keep);
		return false;
	}
	struct dc_gather_job *job = DC_NEW(keep, struct dc_gather_job);
	*job = (struct dc_gather_job){.gather = gather, .audit = audit, .keep = keep};
	job->memo.arena = keep;
	job->round_end = &job->round;
	job->background_end = &job->background;
	job->started_ms = dc_loop_now_ms(gather->loop);
	job->timer = (struct dc_timer){.fire = time_up, .user = job};
	audit->evidence = dc_evidence_new(keep);
	if (audit->inputs.message) {
		struct dc_answer *input = dc_receiver_message_input(audit->inputs.message_bytes);
		if (input)
			dc_evidence_add(audit->evidence, input);
	}
	audit->job = job;
	job->next = gather->jobs;
	if (job->next)
		job->next->prev = job;
	gather->jobs = job;
	gather->running++;
	if (gather->options.timed)
		dc_loop_arm(gather->loop, &job->timer, gather->limits[DC_BUDGET_TIME]);
	make_ready(job);
	return true;
}

size_t dc_audit_run_held(const struct dc_audit_run *audit)
{
	return audit->job ? dc_arena_held(audit->job->keep) + (audit->arena ? dc_arena_held(audit->arena) : 0) : 0;
}

void dc_audit_run_clear(struct dc_audit_run *audit)
{
	if (!audit->job)
		return;
	leave_all(audit->job);
	dc_evidence_clear(audit->evidence);
	dc_arena_free(audit->job->keep);
	dc_arena_free(audit->arena);
	*audit = (struct dc_audit_run){0};
}

bool dc_gather_run(struct dc_gather *gather, int max_ms)
{
	bool moved = gather->ready != NULL;
	while (gather->ready) {
		struct dc_gather_job *job = gather->ready;
		gather->ready = job->ready_next;
		if (!gather->ready)
			gather->ready_end = &gather->ready;
		job->ready = false;
		step(job);
	}
	return dc_loop_run(gather->loop, moved ? 0 : max_ms);
}

size_t dc_gather_running(const struct dc_gather *gather)
{
	return gather->running;
}

struct dc_cache_figures dc_gather_figures(const struct dc_gather *gather)
{
	return dc_cache_figures(gather->cache);
}

void dc_gather_stop(struct dc_gather *gather)
{
	while (gather->jobs) {
		struct dc_gather_job *job = gather->jobs;
		leave_all(job);
		job_unlink(job);
	}
	gather->ready = NULL;
	gather->ready_end = &gather->ready;
}

void dc_gather_free(struct dc_gather *gather)
{
	if (!gather)
		return;
	dc_cache_free(gather->cache);
	dc_arena_free(gather->desk);
	free(gather);
}
