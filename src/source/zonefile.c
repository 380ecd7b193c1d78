/* Zone files as a source, alone or laid over another one. */
#include "source/zonefile.h"

#include <stdlib.h>

#include "dns/zone.h"
#include "source/file.h"

enum { SCRATCH_MAX = 1024 * 1024 }; /* names of one question's chain */

struct zonefile {
	struct dc_source base;
	struct dc_zones *zones;
	struct dc_source *below;
	struct dc_answer *spare; /* given when there is no memory for an answer: one is owed always */
	struct job *jobs;        /* at `below` */
};

/* A question that is answered partly here, partly below. */
struct job {
	struct dc_fetch inner; /* to `below` */
	struct dc_fetch *outer;
	struct zonefile *source;
	struct job *next, *prev;
	struct dc_arena *arena; /* names, records and texts of the answer as it grows */
	struct dc_rr *rrs;
	size_t count, capacity, turns;
	struct dc_answer draft; /* sums and joins of the answers so far */
};

static void settle(struct zonefile *source, struct dc_fetch *fetch, struct dc_answer *answer)
{
	fetch->done(fetch, answer ? answer : dc_answer_ref(source->spare));
}

/* ---- chains that lead in and out of the zones ---- */

static void job_free(struct job *job)
{
	*(job->prev ? &job->prev->next : &job->source->jobs) = job->next;
	if (job->next)
		job->next->prev = job->prev;
	dc_arena_free(job->arena);
	free(job);
}

static void finish(struct job *job, bool spent)
{
	struct zonefile *source = job->source;
	struct dc_fetch *outer = job->outer;
	struct dc_answer *answer = NULL;
	job->draft.question = outer->question;
	job->draft.rrs = job->rrs;
	job->draft.rr_count = job->count;
	if (!spent)
		answer = dc_answer_new(&job->draft);
	job_free(job);
	settle(source, outer, answer);
}

static void absorb_rr(struct job *job, const struct dc_rr *rr)
{
	struct dc_rr copy = *rr;
	copy.owner = dc_arena_dup(job->arena, rr->owner);
	copy.rdata = dc_arena_dup(job->arena, rr->rdata);
	DC_PUSH(job->arena, job->rrs, job->count, job->capacity) = copy;
}

/* Everything of `part` but its records joins the answer. */
static void absorb(struct job *job, const struct dc_answer *part)
{
	struct dc_answer *draft = &job->draft, sum = *part;
	bool first = draft->via.len == 0;
	sum.via = first ? dc_arena_dup(job->arena, part->via)
			: dc_arena_printf(job->arena, "%.*s, %.*s", DC_FMT(draft->via), DC_FMT(part->via));
	sum.detail = dc_arena_dup(job->arena, part->detail);
	sum.data = (struct dc_slice){0};
	sum.authentic = false; /* nobody vouches for the whole */
	sum.elapsed_ms += draft->elapsed_ms;
	sum.tries = (uint16_t)(sum.tries + draft->tries);
	sum.truncated |= draft->truncated;
	if (!first && draft->ttl_s < sum.ttl_s)
		sum.ttl_s = draft->ttl_s;
	*draft = sum;
}

/* Takes what `below` said of `name`, up to the first alias that leads into the zones: its target, or the empty slice. */
static struct dc_slice absorb_below(struct job *job, struct dc_slice name, const struct dc_answer *part)
{
	const struct dc_rr *cname;
	size_t before = job->count;
	for (size_t hops = 0; job->outer->question.type != DC_TYPE_CNAME && hops <= part->rr_count; hops++) {
		if (!(cname = dc_answer_cname(part, name)) || !dc_rr_name(job->arena, cname, &name))
			break;
		absorb_rr(job, cname);
		if (dc_zones_hold(job->source->zones, name, job->outer->question.type)) {
			absorb(job, part);
			return name;
		}
	}
	job->count = before;
	for (size_t i = 0; i < part->rr_count; i++)
		absorb_rr(job, &part->rrs[i]);
	absorb(job, part);
	return (struct dc_slice){0};
}

static void ask_below(struct job *job, struct dc_slice name)
{
	struct dc_source *below = job->source->below;
	job->inner.question = job->outer->question;
	job->inner.question.name = name;
	if (++job->turns > DC_ZONE_HOPS_MAX) {
		job->count = 0;
		job->draft.outcome = DC_OUTCOME_SERVFAIL;
		job->draft.rcode = 2;
		job->draft.detail = DC_S("the chain of aliases (CNAME) is longer than resolvers follow");
		finish(job, false);
	} else if (below->ops->claims(below, &job->inner.question)) {
		below->ops->submit(below, &job->inner);
	} else {
		finish(job, false);
	}
}

/* What the zones say of `name`; then perhaps the next turn below. */
static void go_on(struct job *job, struct dc_slice name)
{
	struct dc_question question = job->outer->question;
	question.name = name;
	struct dc_answer *here = dc_zones_answer(job->source->zones, &question);
	if (!here) {
		finish(job, true);
		return;
	}
	if (DC_ARENA_GUARD(job->arena)) {
		dc_answer_unref(here);
		finish(job, true);
		return;
	}
	for (size_t i = 0; i < here->rr_count; i++)
		absorb_rr(job, &here->rrs[i]);
	bool whole = here->outcome != DC_OUTCOME_OUT_OF_SOURCE;
	if (whole || here->rr_count || job->turns)
		absorb(job, here);
	struct dc_slice target = dc_zone_chase_target(job->arena, here);
	dc_answer_unref(here);
	if (whole)
		finish(job, false);
	else
		ask_below(job, target.len ? target : name);
}

static void below_done(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct job *job = fetch->user;
	struct dc_slice target;
	if (DC_ARENA_GUARD(job->arena)) {
		dc_answer_unref(answer);
		finish(job, true);
		return;
	}
	bool untouched = job->count == 0;
	target = absorb_below(job, fetch->question.name, answer);
	if (target.len) {
		dc_answer_unref(answer);
		go_on(job, target);
	} else if (untouched) {
		struct zonefile *source = job->source;
		struct dc_fetch *outer = job->outer;
		job_free(job);
		settle(source, outer, answer);
	} else {
		dc_answer_unref(answer);
		finish(job, false);
	}
}

static void submit_job(struct zonefile *source, struct dc_fetch *fetch)
{
	struct job *job = calloc(1, sizeof *job);
	if (!job || !(job->arena = dc_arena_new(SCRATCH_MAX))) {
		free(job);
		settle(source, fetch, NULL);
		return;
	}
	job->source = source;
	job->outer = fetch;
	job->inner.done = below_done;
	job->inner.user = job;
	job->draft = (struct dc_answer){.question = fetch->question, .outcome = DC_OUTCOME_OUT_OF_SOURCE, .ede = -1};
	job->next = source->jobs;
	if (job->next)
		job->next->prev = job;
	source->jobs = job;
	go_on(job, fetch->question.name);
}

/* ---- the source ---- */

/* Questions of other kinds go through an overlay, unless they are about names that the zones hold: what a server or a host
 * says today of these is not what the files say. */
static bool passes(const struct zonefile *source, const struct dc_question *question)
{
	return question->kind != DC_ASK_DNS && question->kind != DC_ASK_VALIDATE && source->below &&
	       source->below->ops->claims(source->below, question) &&
	       !dc_zones_hold(source->zones, question->name, question->type);
}

static bool zonefile_claims(const struct dc_source *base, const struct dc_question *question)
{
	const struct zonefile *source = (const struct zonefile *)base;
	if (question->kind == DC_ASK_HTTPS)
		return !source->below;
	if (question->kind == DC_ASK_VALIDATE)
		return !source->below || dc_zones_hold(source->zones, question->name, question->type);
	return question->kind == DC_ASK_DNS || passes(source, question);
}

static void zonefile_submit(struct dc_source *base, struct dc_fetch *fetch)
{
	struct zonefile *source = (struct zonefile *)base;
	if (passes(source, &fetch->question)) {
		source->below->ops->submit(source->below, fetch);
		return;
	}
	if (fetch->question.kind == DC_ASK_HTTPS) {
		struct dc_answer outside = {.question = fetch->question, .outcome = DC_OUTCOME_OUT_OF_SOURCE, .ede = -1,
					    .via = DC_S("zone"),
					    .detail = DC_S("a zone file serves no documents")};
		settle(source, fetch, dc_answer_new(&outside));
		return;
	}
	struct dc_answer *answer = dc_zones_answer(source->zones, &fetch->question);
	if (answer && fetch->question.kind == DC_ASK_VALIDATE) {
		struct dc_answer unproved = {.question = fetch->question, .outcome = DC_OUTCOME_ANSWER, .ede = -1, .via = answer->via,
					     .detail = DC_S("a zone file proves no signature")};
		struct dc_answer *state = dc_answer_new(&unproved);
		dc_answer_unref(answer);
		settle(source, fetch, state);
	} else if (answer && answer->outcome == DC_OUTCOME_OUT_OF_SOURCE && source->below) {
		dc_answer_unref(answer);
		submit_job(source, fetch);
	} else {
		settle(source, fetch, answer);
	}
}

static void zonefile_free(struct dc_source *base)
{
	struct zonefile *source = (struct zonefile *)base;
	while (source->jobs)
		job_free(source->jobs);
	dc_zones_free(source->zones);
	dc_answer_unref(source->spare);
	free(source);
	/* NOLINTNEXTLINE(analyzer-malloc-leak): `source` is freed, or returned as its first member */
}

static const struct dc_source_ops zonefile_ops = {
	.name = "zone",
	.claims = zonefile_claims,
	.submit = zonefile_submit,
	.free = zonefile_free,
};

static enum dc_status load(struct zonefile *source, const char *path, struct dc_error *err)
{
	struct dc_buf bytes;
	dc_buf_init(&bytes, DC_ZONE_FILE_MAX);
	enum dc_status status = dc_file_read(path, &bytes, err);
	if (status == DC_OK)
		status = dc_zones_parse(source->zones, path, dc_buf_slice(&bytes), err);
	dc_buf_free(&bytes);
	return status;
}

struct dc_source *dc_zonefile_new(const char *const *paths, size_t count, struct dc_source *below, struct dc_error *err)
{
	const struct dc_answer no_memory = {.outcome = DC_OUTCOME_SERVFAIL, .rcode = 2, .ede = -1, .via = DC_S("zone"),
						   .detail = DC_S("no memory for an answer")};
	struct zonefile *source = calloc(1, sizeof *source);
	enum dc_status status = DC_OK;
	if (!source)
		goto out;
	source->base.ops = &zonefile_ops;
	source->below = below;
	source->zones = dc_zones_new();
	source->spare = dc_answer_new(&no_memory);
	if (!source->zones || !source->spare)
		goto out;
	for (size_t i = 0; status == DC_OK && i < count; i++)
		status = load(source, paths[i], err);
	if (status == DC_OK)
		/* NOLINTNEXTLINE(analyzer-malloc-leak): returned as its first member */
		return &source->base;
	zonefile_free(&source->base);
	return NULL;
out:
	(void)dc_error_set(err, DC_ERR_NOMEM, "no memory for zone files");
	if (source)
		zonefile_free(&source->base);
	return NULL;
}
