/* The host's side: a queue of jobs, one worker, and what to do when it dies.
 *
 * Jobs are sent ahead, answered in order. When a worker dies, the first job without an answer is the suspect: it is sent
 * once more, alone, to a fresh worker, and only when that dies too has the job done it. A death that says nothing about
 * the job (SIGKILL from outside, no memory) is forgiven more often and ends as "absent", never as "crashed". Time is the
 * worker's CPU time, so that a busy machine makes no findings. Nothing that the worker says is believed: frames are
 * bounded, names canonical, results reread by the strict readers of text.c; what does not fit counts as a death. */
#include "receiver/host.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver/calls.h"
#include "receiver/sandbox.h"
#include "receiver/slots.h"

enum {
	FLIGHT_MAX = 64,            /* jobs sent ahead */
	PENDING_MAX = 1 << 20,      /* octets waiting to be written, above which no further job is encoded */
	OUT_MAX = 2 * DC_WIRE_TO_WORKER_MAX,
	SCRATCH_MAX = 4 << 20,      /* octets for checking one reply */
	CHECK_MS = 100,
	CPU_MS = 3000,              /* of one SPF or key job; ordinary ones take 0.02 to 0.2 */
	CPU_MESSAGE_MS = 30000,     /* 32 signatures over 25 MiB */
	WALL_MS = 120000,           /* of a job, when the machine gives the worker no time */
	START_MS = 20000,           /* until a worker is there */
	RELAXED_FACTOR = 20,        /* for the CPU ceilings in instrumented runs */
	DEATHS_MAX = 2,
	KILLS_MAX = 5,
	STARTS_MAX = 12,            /* workers asked for since the last answer: more than KILLS_MAX */
	SLOW_START = 4,             /* one that never came (glibc deadlocks without memory) counts so often: three take a minute */
};

enum state { IDLE, ASKED, RUNNING };
enum cause { DIED, LIED, HUNG, SLOW };

struct dc_receiver {
	struct dc_loop *loop;
	dc_worker_drill drill;
	struct dc_nursery nursery;
	struct dc_watch control, data;  /* fd -1 = none */
	struct dc_timer kick, check;
	enum state state;
	enum cause cause;               /* of the last worker's end */
	pid_t worker;
	struct dc_calls waiting, flight;
	size_t flight_count;
	struct dc_buf out;
	size_t written;                 /* octets of out */
	struct dc_wire_in in;
	struct dc_arena *scratch;
	struct dc_slots slots;
	unsigned deaths, kills;         /* of the job at the head */
	unsigned starts;                /* workers asked for since one answered */
	bool broken;                    /* no sandbox to be had: no job will be done */
	uint64_t answered, checked;     /* jobs; at the last check */
	uint64_t job_cpu_ms, job_wall_ms; /* when the job at the head was first seen there */
};

static void drive(struct dc_receiver *receiver);

/* What was in flight waits again, in front. */
static void land(struct dc_receiver *receiver)
{
	dc_calls_prepend(&receiver->waiting, receiver->flight);
	receiver->flight = (struct dc_calls){NULL, NULL};
	receiver->flight_count = 0;
}

/* ---- answers ---- */

static void progress(struct dc_receiver *receiver)
{
	receiver->answered++;
	receiver->deaths = receiver->kills = receiver->starts = 0;
}

static void deliver(struct dc_receiver *receiver, struct dc_receiver_call *call, struct dc_slice text)
{
	struct dc_answer draft = {.question = call->job, .outcome = DC_OUTCOME_ANSWER, .ede = -1, .via = DC_S("receiver"),
				  .data = text};

	progress(receiver);
	call->done(call, dc_answer_new(&draft), NULL, 0);
}

static void deliver_fate(struct dc_receiver *receiver, struct dc_receiver_call *call, enum dc_receiver_fate fate,
			 int signal, struct dc_slice reason)
{
	struct dc_buf text;

	dc_buf_init(&text, (size_t)4 * DC_RECEIVER_REASON_MAX);
	dc_receiver_fate_write(&text, fate, signal, reason);
	deliver(receiver, call, dc_buf_slice(&text));
	dc_buf_free(&text);
}

/* Every job there is. Jobs submitted meanwhile stay. */
static void give_up(struct dc_receiver *receiver, struct dc_slice reason)
{
	unsigned starts = receiver->starts;
	struct dc_calls all;

	land(receiver);
	all = receiver->waiting;
	receiver->waiting = (struct dc_calls){NULL, NULL};
	while (all.head)
		deliver_fate(receiver, dc_calls_pop(&all), DC_RECEIVER_ABSENT, 0, reason);
	receiver->starts = starts;
}

/* ---- the worker's life ---- */

static void mark_time(struct dc_receiver *receiver)
{
	receiver->checked = receiver->answered;
	receiver->job_cpu_ms = receiver->state == RUNNING ? dc_nursery_cpu_ms(receiver->worker) : 0;
	receiver->job_wall_ms = dc_loop_now_ms(receiver->loop);
}

static void drop_data(struct dc_receiver *receiver)
{
	if (receiver->data.fd >= 0) {
		dc_loop_watch(receiver->loop, &receiver->data, false, false);
		close(receiver->data.fd);
		receiver->data.fd = -1;
	}
	receiver->in.start = receiver->in.end = 0;
	dc_buf_reset(&receiver->out);
	receiver->written = 0;
	dc_slots_forget(&receiver->slots);
}

/* The next worker's report will say how it died; until then its jobs stay in flight. */
static void worker_ended(struct dc_receiver *receiver, enum cause cause)
{
	drop_data(receiver);
	receiver->cause = cause;
	receiver->state = IDLE;
}

static void drop_nursery(struct dc_receiver *receiver)
{
	if (receiver->control.fd >= 0)
		dc_loop_watch(receiver->loop, &receiver->control, false, false);
	receiver->control.fd = -1;
	dc_nursery_stop(&receiver->nursery);
}

/* Blames the first job without an answer, or not. `status` is the wait status, -1 when nobody knows. */
static void settle(struct dc_receiver *receiver, int status)
{
	int signal = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	int left = status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	/* by a signal from elsewhere, at the end of its stream, or by its own statuses for no memory and the like */
	bool outside = receiver->cause == DIED && (status < 0 || signal == SIGKILL || left == 0 ||
						   (left > 1 && left <= DC_NURSERY_NO_SANDBOX));

	if (!receiver->flight.head)
		return;
	land(receiver);
	receiver->broken |= left == DC_NURSERY_NO_SANDBOX;
	if (receiver->cause == HUNG)
		deliver_fate(receiver, dc_calls_pop(&receiver->waiting), DC_RECEIVER_HUNG, 0, DC_S("CPU time"));
	else if (receiver->cause == SLOW)
		deliver_fate(receiver, dc_calls_pop(&receiver->waiting), DC_RECEIVER_ABSENT, 0, DC_S("no time"));
	else if (outside && ++receiver->kills >= KILLS_MAX)
		deliver_fate(receiver, dc_calls_pop(&receiver->waiting), DC_RECEIVER_ABSENT, 0, DC_S("the worker was ended from outside"));
	else if (!outside && ++receiver->deaths >= DEATHS_MAX)
		deliver_fate(receiver, dc_calls_pop(&receiver->waiting), DC_RECEIVER_CRASHED,
			     receiver->cause == DIED ? signal : 0, DC_S(""));
}

static bool ask_worker(struct dc_receiver *receiver)
{
	int ends[2];
	bool asked;
	if (receiver->nursery.pid == 0 && !dc_nursery_start(&receiver->nursery, receiver->drill))
		return false;
	receiver->control.fd = receiver->nursery.fd;
	if (!receiver->control.watching && !dc_loop_watch(receiver->loop, &receiver->control, true, false))
		return false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	asked = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && dc_nursery_ask(&receiver->nursery, ends[1]);
	close(ends[1]);
	if (asked)
		receiver->data.fd = ends[0];
	else
		close(ends[0]);
	return asked;
}

/* A nursery that has died unnoticed is replaced. */
static void start_worker(struct dc_receiver *receiver)
{
	while (receiver->starts++ < STARTS_MAX) {
		if (ask_worker(receiver)) {
			receiver->state = ASKED;
			mark_time(receiver);
			return;
		}
		drop_nursery(receiver);
	}
	receiver->starts = STARTS_MAX - 1; /* later jobs may try again, once */
	give_up(receiver, DC_S("no worker could be started"));
}

static void on_control(struct dc_watch *watch, bool readable, bool writable)
{
	struct dc_receiver *receiver = watch->user;
	struct dc_nursery_report report;
	int status = dc_nursery_read(&receiver->nursery, &report);

	if (status == 0)
		return;
	if (status < 0) {
		drop_nursery(receiver);
		worker_ended(receiver, DIED);
		settle(receiver, -1);
	} else {
		if (receiver->state != ASKED)
			return;
		receiver->worker = report.pid;
		receiver->state = RUNNING;
		settle(receiver, report.last_status);
		if (report.pid == 0 || !dc_loop_watch(receiver->loop, &receiver->data, true, false)) {
			worker_ended(receiver, DIED);
			give_up(receiver, DC_S("no worker could be started"));
		}
	}
	drive(receiver);
}

/* ---- sending ---- */

static void flush(struct dc_receiver *receiver)
{
	bool full = false;

	while (receiver->written < receiver->out.len && !full) {
		ssize_t n = send(receiver->data.fd, receiver->out.ptr + receiver->written,
				 receiver->out.len - receiver->written, MSG_NOSIGNAL);

		if (n >= 0)
			receiver->written += (size_t)n;
		else if (errno == EAGAIN)
			full = true;
		else if (errno != EINTR && shutdown(receiver->data.fd, SHUT_WR) <= 0)
			break; /* dead, or cut off for lack of room to hear more: what it still has said is read first, then the end */
	}
	if (!full) {
		dc_buf_reset(&receiver->out);
		receiver->written = 0;
	}
	dc_loop_watch(receiver->loop, &receiver->data, true, full);
}

static bool is_job(struct dc_arena *scratch, const struct dc_question *question)
{
	struct dc_receiver_job job;
	dc_arena_reset(scratch);
	if (DC_ARENA_GUARD(scratch))
		return false;
	return question->kind == DC_ASK_RECEIVER && question->server.len <= UINT16_MAX &&
	       question->name.len <= DC_NAME_TEXT_MAX && dc_receiver_job_parse(scratch, question, &job);
}

/* False when it can never be sent. */
static bool encode(struct dc_receiver *receiver, const struct dc_receiver_call *call)
{
	size_t before = receiver->out.len;
	unsigned slot;

	if (!is_job(receiver->scratch, &call->job))
		return false;
	slot = dc_slots_send(&receiver->slots, &receiver->out, call->evidence);
	dc_wire_put_job(&receiver->out, slot, &call->job);
	if (receiver->out.status == DC_OK)
		return true;
	dc_slots_forget_one(&receiver->slots, slot);
	receiver->out.len = before;
	receiver->out.status = DC_OK;
	return false;
}

static void send_jobs(struct dc_receiver *receiver)
{
	bool alone = receiver->deaths || receiver->kills, idle = receiver->flight_count == 0;

	while (receiver->waiting.head && receiver->flight_count < (alone ? 1 : FLIGHT_MAX) &&
	       receiver->out.len - receiver->written < PENDING_MAX) {
		struct dc_receiver_call *call = dc_calls_pop(&receiver->waiting);

		if (!encode(receiver, call)) {
			/* in its turn: behind those that are under way */
			if (receiver->flight_count == 0) {
				deliver_fate(receiver, call, DC_RECEIVER_ABSENT, 0, DC_S("no job, or too long"));
				continue;
			}
			dc_calls_prepend(&receiver->waiting, (struct dc_calls){call, call});
			break;
		}
		dc_calls_push(&receiver->flight, call);
		receiver->flight_count++;
	}
	if (idle)
		mark_time(receiver);
	if (receiver->out.len)
		flush(receiver);
}

/* ---- receiving ---- */

/* One frame; false when no worker of ours would send it. */
static bool take(struct dc_receiver *receiver, enum dc_wire_kind kind, struct dc_slice body)
{
	struct dc_question missing[DC_RECEIVER_MISSING_MAX];
	struct dc_receiver_call *call = receiver->flight.head;
	size_t count = 0;

	if (!call || (kind != DC_WIRE_RESULT && kind != DC_WIRE_MISSING))
		return false;
	dc_arena_reset(receiver->scratch);
	if (DC_ARENA_GUARD(receiver->scratch))
		return false;
	if (kind == DC_WIRE_RESULT ? !dc_wire_check_result(receiver->scratch, &call->job, body) :
				     !dc_wire_read_missing(receiver->scratch, body, missing, &count))
		return false;
	dc_calls_pop(&receiver->flight);
	receiver->flight_count--;
	if (kind == DC_WIRE_RESULT) {
		deliver(receiver, call, body);
	} else {
		progress(receiver);
		call->done(call, NULL, missing, count);
	}
	return true;
}

/* All frames that are there; false when something is wrong with them. */
static bool take_all(struct dc_receiver *receiver)
{
	enum dc_wire_kind kind;
	enum dc_wire_step step;
	struct dc_slice body;
	size_t used;

	while ((step = dc_wire_next(dc_wire_pending(&receiver->in), DC_WIRE_TO_HOST_MAX, &kind, &body, &used)) == DC_WIRE_FRAME) {
		if (!take(receiver, kind, body))
			return false;
		receiver->in.start += used;
	}
	return step == DC_WIRE_MORE;
}

static void receive(struct dc_receiver *receiver)
{
	ssize_t n;

	do {
		n = dc_wire_fill(&receiver->in, receiver->data.fd);
		if (n > 0 && !take_all(receiver)) {
			worker_ended(receiver, LIED);
			return;
		}
	} while (n > 0);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		worker_ended(receiver, DIED);
}

static void on_data(struct dc_watch *watch, bool readable, bool writable)
{
	struct dc_receiver *receiver = watch->user;

	if (readable && receiver->state == RUNNING)
		receive(receiver);
	if (writable && receiver->state == RUNNING)
		flush(receiver);
	drive(receiver);
}

/* ---- the clock ---- */

/* The job at the head has had its time: why, in *ret_cause. */
static bool overdue(const struct dc_receiver *receiver, enum cause *ret_cause)
{
	uint64_t waited = dc_loop_now_ms(receiver->loop) - receiver->job_wall_ms;
	uint64_t used = dc_nursery_cpu_ms(receiver->worker);
	uint64_t ceiling = dc_slice_starts(receiver->flight.head->job.server, DC_S("message")) ? CPU_MESSAGE_MS : CPU_MS;

	if (dc_sandbox_is_relaxed())
		ceiling *= RELAXED_FACTOR;
	*ret_cause = waited > WALL_MS ? SLOW : HUNG;
	return waited > WALL_MS || (used > receiver->job_cpu_ms && used - receiver->job_cpu_ms > ceiling);
}

static void on_check(struct dc_timer *timer)
{
	struct dc_receiver *receiver = timer->user;
	enum cause cause;

	if (receiver->state == RUNNING)
		receive(receiver); /* this process may have slept longer than the worker needed */
	if (receiver->answered != receiver->checked) {
		mark_time(receiver);
	} else if (receiver->state == ASKED && dc_loop_now_ms(receiver->loop) - receiver->job_wall_ms > START_MS) {
		receiver->starts += SLOW_START - 1;
		drop_nursery(receiver);
		worker_ended(receiver, DIED);
	} else if (receiver->state == RUNNING && receiver->flight.head && overdue(receiver, &cause)) {
		worker_ended(receiver, cause);
	}
	drive(receiver);
}

static void on_kick(struct dc_timer *timer)
{
	drive(timer->user);
}

/* Does what can be done now; called from the loop only. */
static void drive(struct dc_receiver *receiver)
{
	if (receiver->broken)
		give_up(receiver, DC_S("no sandbox for the worker"));
	if (receiver->state == IDLE && (receiver->waiting.head || receiver->flight.head))
		start_worker(receiver);
	if (receiver->state == RUNNING && receiver->waiting.head)
		send_jobs(receiver);
	if (!receiver->waiting.head && !receiver->flight.head)
		dc_loop_disarm(receiver->loop, &receiver->check);
	else if (!receiver->check.armed)
		dc_loop_arm(receiver->loop, &receiver->check, CHECK_MS);
}

/* ---- the interface ---- */

struct dc_receiver *dc_receiver_new_drilled(struct dc_loop *loop, dc_worker_drill drill)
{
	struct dc_receiver *receiver = calloc(1, sizeof(*receiver));

	if (!receiver)
		return NULL;
	*receiver = (struct dc_receiver){
		.loop = loop, .drill = drill,
		.control = {.fd = -1, .ready = on_control, .user = receiver},
		.data = {.fd = -1, .ready = on_data, .user = receiver},
		.kick = {.fire = on_kick, .user = receiver}, .check = {.fire = on_check, .user = receiver},
		.scratch = dc_arena_new(SCRATCH_MAX),
	};
	if (!receiver->scratch) {
		free(receiver);
		return NULL;
	}
	receiver->in.ceiling = DC_WIRE_HEAD + DC_WIRE_TO_HOST_MAX + 1;
	dc_buf_init(&receiver->out, OUT_MAX);
	if (dc_nursery_start(&receiver->nursery, drill))
		receiver->control.fd = receiver->nursery.fd;
	return receiver;
}

struct dc_receiver *dc_receiver_new(struct dc_loop *loop)
{
	return dc_receiver_new_drilled(loop, NULL);
}

void dc_receiver_submit(struct dc_receiver *receiver, struct dc_receiver_call *call)
{
	dc_calls_push(&receiver->waiting, call);
	/* in the next turn of the loop, together with all that are submitted meanwhile */
	if (!receiver->kick.armed)
		dc_loop_arm(receiver->loop, &receiver->kick, 0);
}

pid_t dc_receiver_pids(const struct dc_receiver *receiver, pid_t *ret_nursery)
{
	*ret_nursery = receiver->nursery.pid;
	return receiver->state == RUNNING ? receiver->worker : 0;
}

void dc_receiver_free(struct dc_receiver *receiver)
{
	if (!receiver)
		return;
	dc_loop_disarm(receiver->loop, &receiver->kick);
	dc_loop_disarm(receiver->loop, &receiver->check);
	drop_data(receiver);
	drop_nursery(receiver);
	dc_buf_free(&receiver->out);
	free(receiver->in.ptr);
	dc_arena_free(receiver->scratch);
	dc_slots_free(&receiver->slots);
	free(receiver);
}
