/* The worker's loop: one frame in, for a job one frame out and written at once, so that a job that kills the process is
 * always the first one without an answer. */
#include "receiver/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	ARENA_MAX = 64 << 20, /* octets a job may use for names and texts: 1,000 answers of 64 KiB */
	EXIT_PROTOCOL = 2,
};

struct dc_worker {
	struct dc_libspf2 *spf;
	struct dc_libopendkim *dkim;
	struct dc_store *slots[DC_WIRE_SLOTS]; /* made when first used */
	struct dc_arena *arena;                /* of the job at hand */
	struct dc_run run;
	dc_worker_drill drill;
	int fd;
};

struct dc_worker *dc_worker_new(dc_worker_drill drill)
{
	struct dc_worker *worker = calloc(1, sizeof(*worker));

	if (!worker)
		return NULL;
	worker->drill = drill;
	worker->arena = dc_arena_new(ARENA_MAX);
	worker->spf = dc_libspf2_new();
	worker->dkim = dc_libopendkim_new();
	if (worker->arena && worker->spf && worker->dkim)
		return worker;
	dc_worker_free(worker);
	return NULL;
}

void dc_worker_free(struct dc_worker *worker)
{
	for (size_t i = 0; i < DC_WIRE_SLOTS; i++)
		dc_store_free(worker->slots[i]);
	dc_libspf2_free(worker->spf);
	dc_libopendkim_free(worker->dkim);
	dc_arena_free(worker->arena);
	free(worker);
}

/* ---- frames ---- */

static struct dc_store *slot(struct dc_worker *worker, size_t i)
{
	if (i >= DC_WIRE_SLOTS)
		return NULL;
	if (!worker->slots[i])
		worker->slots[i] = dc_store_new();
	if (!worker->slots[i])
		_exit(DC_WORKER_NO_MEMORY);
	return worker->slots[i];
}

static bool take_evidence(struct dc_worker *worker, struct dc_slice body)
{
	struct dc_wire_reader reader = {body, false};
	struct dc_store *store = slot(worker, dc_wire_get(&reader, 1));
	bool fresh = dc_wire_get(&reader, 1);

	if (!store || reader.bad)
		return false;
	if (fresh)
		dc_store_reset(store);
	return dc_store_add(store, &reader);
}

static void run_job(struct dc_worker *worker, const struct dc_receiver_job *job, struct dc_buf *out)
{
	static const struct dc_slice spent = DC_S("more evidence than the worker keeps");
	struct dc_receiver_spf spf;
	struct dc_receiver_key key;
	struct dc_receiver_message message;

	if (dc_store_is_spent(worker->run.store)) {
		dc_receiver_fate_write(out, DC_RECEIVER_ABSENT, 0, spent);
		return;
	}
	switch (job->kind) {
	case DC_RECEIVER_JOB_SPF:
		dc_libspf2_run(worker->spf, job, &worker->run, &spf);
		if (spf.fate == DC_RECEIVER_DONE)
			dc_receiver_spf_write(out, &spf);
		else
			dc_receiver_fate_write(out, spf.fate, 0, spf.reason);
		break;
	case DC_RECEIVER_JOB_KEY:
		dc_libopendkim_key(worker->dkim, job, &worker->run, &key);
		if (key.fate == DC_RECEIVER_DONE)
			dc_receiver_key_write(out, &key);
		else
			dc_receiver_fate_write(out, key.fate, 0, key.reason);
		break;
	default:
		dc_libopendkim_message(worker->dkim, job, dc_store_message(worker->run.store), &worker->run, &message);
		if (message.fate == DC_RECEIVER_DONE)
			dc_receiver_message_write(out, &message);
		else
			dc_receiver_fate_write(out, message.fate, 0, message.reason);
		break;
	}
}

static bool take_job(struct dc_worker *worker, struct dc_slice body, struct dc_buf *out)
{
	struct dc_wire_reader reader = {body, false};
	struct dc_store *store = slot(worker, dc_wire_get(&reader, 1));
	struct dc_question question = {.kind = DC_ASK_RECEIVER};
	struct dc_receiver_job job;
	size_t begun = out->len;

	question.name = dc_wire_get_b16(&reader);
	question.server = dc_wire_get_b16(&reader);
	if (!store || reader.bad || reader.rest.len)
		return false;
	if (worker->drill && worker->drill(question.server, worker->fd))
		return true;
	dc_arena_reset(worker->arena);
	/* a library is in mid-flight then: no way back */
	if (DC_ARENA_GUARD(worker->arena))
		_exit(DC_WORKER_NO_MEMORY);
	if (!dc_receiver_job_parse(worker->arena, &question, &job))
		return false;
	worker->run = (struct dc_run){.store = store, .arena = worker->arena};
	dc_wire_begin(out, DC_WIRE_RESULT);
	run_job(worker, &job, out);
	if (worker->run.missing_count) {
		out->len = begun;
		dc_wire_put_missing(out, worker->run.missing, worker->run.missing_count);
		return true;
	}
	dc_wire_end(out, begun);
	return true;
}

bool dc_worker_take(struct dc_worker *worker, enum dc_wire_kind kind, struct dc_slice body, struct dc_buf *out)
{
	switch (kind) {
	case DC_WIRE_EVIDENCE:
		return take_evidence(worker, body);
	case DC_WIRE_JOB:
		return take_job(worker, body, out);
	default:
		return false;
	}
}

/* ---- the stream ---- */

static bool write_all(int fd, const struct dc_buf *out)
{
	for (size_t done = 0; done < out->len;) {
		ssize_t n = write(fd, out->ptr + done, out->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* Every frame that has come whole. Returns an exit status, or -1 to read on. */
static int take_all(struct dc_worker *worker, struct dc_wire_in *in, struct dc_buf *out)
{
	enum dc_wire_kind kind;
	struct dc_slice body;
	size_t used;

	for (;;) {
		switch (dc_wire_next(dc_wire_pending(in), DC_WIRE_TO_WORKER_MAX, &kind, &body, &used)) {
		case DC_WIRE_MORE:
			return -1;
		case DC_WIRE_BAD:
			return EXIT_PROTOCOL;
		default:
			break;
		}
		dc_buf_reset(out);
		if (!dc_worker_take(worker, kind, body, out))
			return EXIT_PROTOCOL;
		if (out->status != DC_OK)
			return DC_WORKER_NO_MEMORY;
		if (!write_all(worker->fd, out))
			return 0;
		in->start += used;
	}
}

int dc_worker_serve(struct dc_worker *worker, int fd)
{
	struct dc_wire_in in = {.ceiling = DC_WIRE_TO_WORKER_MAX + DC_WIRE_HEAD + 1};
	struct dc_buf out;
	int status = -1;

	worker->fd = fd;
	dc_buf_init(&out, DC_WIRE_HEAD + DC_WIRE_TO_HOST_MAX);
	while (status < 0) {
		ssize_t n = dc_wire_fill(&in, fd);

		if (n == 0)
			status = 0;
		else if (n < 0)
			status = errno == ENOMEM ? DC_WORKER_NO_MEMORY : 0;
		else
			status = take_all(worker, &in, &out);
	}
	free(in.ptr);
	dc_buf_free(&out);
	return status;
}
