/* The gather loop in small, with a real worker: a made-up world, its evidence, a loop and a receiver. Header only. */
#ifndef DC_TESTS_RIG_H
#define DC_TESTS_RIG_H

#include "receiver/host.h"
#include "world.h"

enum { RIG_OPEN_MAX = 4096 };

struct rig {
	struct world world;
	struct dc_arena *arena, *keep; /* of a build; of the evidence */
	struct dc_evidence *evidence;
	struct dc_loop *loop;
	struct dc_receiver *receiver;
	size_t jobs, rounds, missing;  /* jobs done; of the last run */
};

struct rig_call {
	struct dc_receiver_call call;
	struct rig *rig;
	size_t *pending;
	bool done;
};

static inline void rig_open(struct rig *rig, dc_worker_drill drill)
{
	*rig = (struct rig){.jobs = 0};
	world_init(&rig->world);
	rig->arena = dc_arena_new(256u << 20);
	rig->keep = dc_arena_new(64u << 20);
	rig->evidence = dc_evidence_new(rig->keep);
	rig->loop = dc_loop_new();
	rig->receiver = dc_receiver_new_drilled(rig->loop, drill);
	if (!rig->receiver)
		abort();
}

/* Another audit, same worker, empty world. */
static inline void rig_next(struct rig *rig)
{
	dc_evidence_clear(rig->evidence);
	dc_arena_reset(rig->keep);
	rig->evidence = dc_evidence_new(rig->keep);
	world_reset(&rig->world);
}

static inline void rig_close(struct rig *rig)
{
	dc_receiver_free(rig->receiver);
	dc_loop_free(rig->loop);
	dc_evidence_clear(rig->evidence);
	dc_arena_free(rig->keep);
	dc_arena_free(rig->arena);
	world_free(&rig->world);
}

static inline void rig_done(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing,
			    size_t missing_count)
{
	struct rig_call *self = call->user;

	if (self->done)
		abort(); /* exactly one answer */
	self->done = true;
	--*self->pending;
	if (answer) {
		self->rig->jobs++;
		dc_evidence_add(self->rig->evidence, answer);
	}
	for (size_t i = 0; i < missing_count; i++) {
		struct dc_answer *found = world_answer(&self->rig->world, &missing[i]);

		dc_evidence_add(self->rig->evidence, found);
		self->rig->missing++;
	}
}

static inline void rig_run(struct rig *rig, void (*build)(struct dc_asker *asker, void *data), void *data)
{
	static struct rig_call calls[RIG_OPEN_MAX];

	rig->rounds = rig->missing = 0;
	for (;;) {
		struct dc_asker asker = {.evidence = rig->evidence, .arena = rig->arena};
		size_t pending = 0;

		dc_arena_reset(rig->arena);
		build(&asker, data);
		if (!asker.open_count)
			return;
		rig->rounds++;
		for (size_t i = 0; i < asker.open_count; i++)
			if (asker.open[i].kind == DC_ASK_DNS)
				dc_evidence_add(rig->evidence, world_answer(&rig->world, &asker.open[i]));
		for (size_t i = 0; i < asker.open_count && i < RIG_OPEN_MAX; i++) {
			if (asker.open[i].kind != DC_ASK_RECEIVER)
				continue;
			calls[i] = (struct rig_call){.rig = rig, .pending = &pending};
			calls[i].call = (struct dc_receiver_call){
				.job = asker.open[i], .evidence = rig->evidence, .done = rig_done, .user = &calls[i]};
			pending++;
			dc_receiver_submit(rig->receiver, &calls[i].call);
		}
		while (pending)
			if (!dc_loop_run(rig->loop, -1))
				abort();
	}
}

/* ---- one job at a time ---- */

struct rig_spf {
	const char *ip, *helo, *mail_from, *domain;
	struct dc_receiver_spf result;
};

static inline void rig_build_spf(struct dc_asker *asker, void *data)
{
	struct rig_spf *job = data;
	struct dc_ip ip = {0};

	dc_ip_parse(dc_slice_of(job->ip), &ip);
	dc_receiver_spf(asker, ip, dc_slice_of(job->helo), dc_slice_of(job->mail_from), dc_slice_of(job->domain), &job->result);
}

/* check_host() of user@DOMAIN; the result's texts live until the next run. */
static inline struct dc_receiver_spf rig_spf(struct rig *rig, const char *ip, const char *domain)
{
	char from[300];
	struct rig_spf job = {.ip = ip, .helo = "mail.example.net", .mail_from = from, .domain = domain};

	snprintf(from, sizeof(from), "user@%s", domain);
	rig_run(rig, rig_build_spf, &job);
	return job.result;
}

struct rig_key {
	const char *selector, *domain, *algorithm;
	struct dc_receiver_key result;
};

static inline void rig_build_key(struct dc_asker *asker, void *data)
{
	struct rig_key *job = data;

	dc_receiver_key(asker, dc_slice_of(job->selector), dc_slice_of(job->domain), dc_slice_of(job->algorithm), &job->result);
}

static inline struct dc_receiver_key rig_key(struct rig *rig, const char *selector, const char *domain, const char *algorithm)
{
	struct rig_key job = {.selector = selector, .domain = domain, .algorithm = algorithm};

	rig_run(rig, rig_build_key, &job);
	return job.result;
}

struct rig_message {
	int64_t now_s;
	struct dc_receiver_message result;
};

static inline void rig_build_message(struct dc_asker *asker, void *data)
{
	struct rig_message *job = data;

	dc_receiver_message(asker, job->now_s, &job->result);
}

/* All signatures of `message`; call rig_next before each. */
static inline struct dc_receiver_message rig_message(struct rig *rig, struct dc_slice message, int64_t now_s)
{
	struct rig_message job = {.now_s = now_s};

	dc_evidence_add(rig->evidence, dc_receiver_message_input(message));
	rig_run(rig, rig_build_message, &job);
	return job.result;
}

static inline bool rig_is(struct dc_slice s, const char *text)
{
	return dc_slice_eq(s, dc_slice_of(text));
}

#endif
