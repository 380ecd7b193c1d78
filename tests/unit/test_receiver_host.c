/* The host under a worker that dies, hangs, lies or tries to break out: every job gets exactly one answer, the right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "receiver/sandbox.h"
#include "../support/rig.h"

#define A "198.51.100.7"

/* ---- drills: job texts of SPF jobs whose HELO name says what to do; run inside the worker ---- */

static void say(int fd, const void *octets, size_t len)
{
	if (write(fd, octets, len) != (ssize_t)len)
		_exit(1);
}

static void try_break_out(const char *how)
{
	char *none[] = {NULL};
	struct timespec second = {1, 0};

	if (!strcmp(how, "open"))
		open("/etc/passwd", O_RDONLY);
	else if (!strcmp(how, "socket"))
		socket(AF_INET, SOCK_STREAM, 0);
	else if (!strcmp(how, "fork"))
		fork();
	else if (!strcmp(how, "exec"))
		execve("/bin/true", none, none);
	else if (!strcmp(how, "kill"))
		kill(getppid(), SIGKILL);
	else if (!strcmp(how, "ptrace"))
		ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	else if (!strcmp(how, "unlink"))
		unlink("/tmp/domaincheck-never-there");
	else if (!strcmp(how, "exec-memory"))
		(void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	else if (!strcmp(how, "sleep"))
		nanosleep(&second, NULL);
	else if (!strcmp(how, "other-fd") && write(1, "x", 1) != 1)
		return;
}

static bool drill(struct dc_slice text, int fd)
{
	static const unsigned char long_frame[] = {0x7f, 0xff, 0xff, 0xff, 3, 0}, bad_kind[] = {0, 0, 0, 0, 9},
				   own_kind[] = {0, 0, 0, 0, 1}, bad_missing[] = {0, 0, 0, 8, 4, 1, 0, 16, 0, 3, 'A', '.', 'b'},
				   no_missing[] = {0, 0, 0, 1, 4, 0}, bad_type[] = {0, 0, 0, 6, 4, 1, 0, 6, 0, 1, 'a'};
	static const char empty[] = "\0\0\0\0\3", lie[] = "\0\0\0\4\3done", crash[] = "\0\0\0\014\3crashed reas";
	struct dc_slice helo;
	volatile unsigned long spin = 1;
	size_t at = 0;
	char how[32];

	while (at + 11 < text.len && memcmp(text.ptr + at, "helo=drill.", 11) != 0)
		at++;
	if (at + 11 >= text.len)
		return false;
	helo = dc_slice_sub(text, at + 11, SIZE_MAX);
	helo.len = dc_slice_find(helo, ' ');
	snprintf(how, sizeof(how), "%.*s", DC_FMT(helo));
	if (!strcmp(how, "abort"))
		abort();
	else if (!strcmp(how, "exit"))
		_exit(7);
	else if (!strcmp(how, "exit1"))
		_exit(1);
	else if (!strcmp(how, "spin"))
		while (spin)
			spin |= spin + 2;
	else if (!strcmp(how, "long"))
		say(fd, long_frame, sizeof(long_frame));
	else if (!strcmp(how, "kind"))
		say(fd, bad_kind, sizeof(bad_kind));
	else if (!strcmp(how, "own"))
		say(fd, own_kind, sizeof(own_kind));
	else if (!strcmp(how, "name"))
		say(fd, bad_missing, sizeof(bad_missing));
	else if (!strcmp(how, "none"))
		say(fd, no_missing, sizeof(no_missing));
	else if (!strcmp(how, "type"))
		say(fd, bad_type, sizeof(bad_type));
	else if (!strcmp(how, "empty"))
		say(fd, empty, sizeof(empty) - 1);
	else if (!strcmp(how, "lie"))
		say(fd, lie, sizeof(lie) - 1);
	else if (!strcmp(how, "fate"))
		say(fd, crash, sizeof(crash) - 1);
	else
		try_break_out(how);
	return true;
}

/* ---- ---- */

static struct rig rig;

static int open_rig(void **state)
{
	(void)state;
	rig_open(&rig, drill);
	return 0;
}

static int close_rig(void **state)
{
	(void)state;
	rig_close(&rig);
	return 0;
}

static struct dc_receiver_spf with_helo(const char *helo)
{
	struct rig_spf job = {.ip = A, .helo = helo, .mail_from = "user@example.com", .domain = "example.com"};

	rig_run(&rig, rig_build_spf, &job);
	return job.result;
}

static void fresh(void)
{
	rig_next(&rig);
	world_txt(&rig.world, "example.com", "v=spf1 include:a.example.com ~all");
	world_txt(&rig.world, "a.example.com", "v=spf1 ip4:192.0.2.0/24 -all");
}

static void check_good(void)
{
	struct dc_receiver_spf spf = with_helo("good.example.net");

	assert_int_equal(spf.fate, DC_RECEIVER_DONE);
	assert_true(rig_is(spf.result, "softfail"));
}

/* Each call kills the worker, by the filter and not by something else; nothing reaches outside. */
static void test_sandbox(void **state)
{
	static const char *const strict[] = {"open", "socket", "fork", "exec", "kill", "ptrace", "unlink"};
	static const char *const more[] = {"exec-memory", "sleep", "other-fd"};
	char helo[64];

	(void)state;
	fresh();
	for (size_t i = 0; i < sizeof(strict) / sizeof(strict[0]); i++) {
		struct dc_receiver_spf spf;

		snprintf(helo, sizeof(helo), "drill.%s", strict[i]);
		spf = with_helo(helo);
		if (spf.fate != DC_RECEIVER_CRASHED || !rig_is(spf.reason, "SIGSYS"))
			fail_msg("%s: fate %d, %.*s", strict[i], (int)spf.fate, DC_FMT(spf.reason));
	}
	for (size_t i = 0; !dc_sandbox_is_relaxed() && i < sizeof(more) / sizeof(more[0]); i++) {
		snprintf(helo, sizeof(helo), "drill.%s", more[i]);
		assert_true(rig_is(with_helo(helo).reason, "SIGSYS"));
	}
	check_good();
}

static void test_deaths(void **state)
{
	struct dc_receiver_spf spf;

	(void)state;
	fresh();
	spf = with_helo("drill.abort");
	assert_int_equal(spf.fate, DC_RECEIVER_CRASHED);
	assert_true(rig_is(spf.reason, "SIGABRT"));
	spf = with_helo("drill.exit");
	assert_int_equal(spf.fate, DC_RECEIVER_CRASHED);
	assert_true(rig_is(spf.reason, "died"));
	assert_int_equal(with_helo("drill.exit1").fate, DC_RECEIVER_CRASHED);
	check_good();
}

static void test_garbage(void **state)
{
	static const char *const kinds[] = {"long", "kind", "own", "name", "none", "type", "empty", "lie", "fate"};
	char helo[64];

	(void)state;
	fresh();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct dc_receiver_spf spf;

		snprintf(helo, sizeof(helo), "drill.%s", kinds[i]);
		spf = with_helo(helo);
		/* killed for it: never believed */
		if (spf.fate != DC_RECEIVER_CRASHED || !rig_is(spf.reason, "died"))
			fail_msg("%s: fate %d, %.*s", kinds[i], (int)spf.fate, DC_FMT(spf.reason));
	}
	check_good();
}

static void test_hang(void **state)
{
	(void)state;
	if (dc_sandbox_is_relaxed())
		return; /* the ceiling is a minute there */
	fresh();
	assert_int_equal(with_helo("drill.spin").fate, DC_RECEIVER_HUNG);
	check_good();
}

/* ---- a stream of jobs under SIGKILL ---- */

enum { STREAM = 2000 };

struct stream {
	struct dc_receiver_call calls[STREAM];
	uint8_t answers[STREAM];
	size_t left, good, crashed, absent, next;
	struct dc_arena *arena;
	bool in_order;
};

static void streamed(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing, size_t count)
{
	struct stream *stream = call->user;
	size_t i = (size_t)(call - stream->calls);
	struct dc_receiver_spf spf;

	(void)missing;
	assert_int_equal(count, 0);
	assert_non_null(answer);
	stream->answers[i]++;
	stream->left--;
	stream->in_order &= i == stream->next;
	stream->next = i + 1;
	assert_true(dc_receiver_spf_read(stream->arena, answer->data, &spf));
	if (spf.fate == DC_RECEIVER_DONE) {
		assert_true(rig_is(spf.result, i % 2 ? "softfail" : "pass"));
		stream->good++;
	} else if (spf.fate == DC_RECEIVER_CRASHED) {
		stream->crashed++;
	} else {
		stream->absent++;
	}
	dc_answer_unref(answer);
}

static struct stream *new_stream(size_t crash_every)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	struct dc_receiver_job job = {.kind = DC_RECEIVER_JOB_SPF, .domain = DC_S("example.com"),
				      .mail_from = DC_S("user@example.com")};

	check_good(); /* evidence is complete now */
	stream->arena = dc_arena_new(64 << 20);
	stream->in_order = true;
	for (size_t i = 0; i < STREAM; i++) {
		dc_ip_parse(i % 2 ? DC_S(A) : DC_S("192.0.2.5"), &job.ip);
		job.helo = crash_every && i % crash_every == 5 ? DC_S("drill.abort") : DC_S("good.example.net");
		stream->calls[i] = (struct dc_receiver_call){
			.job = dc_receiver_job_question(stream->arena, &job), .evidence = rig.evidence, .done = streamed, .user = stream};
		dc_receiver_submit(rig.receiver, &stream->calls[i]);
	}
	stream->left = STREAM;
	return stream;
}

static void end_stream(struct stream *stream)
{
	for (size_t i = 0; i < STREAM; i++)
		assert_int_equal(stream->answers[i], 1);
	assert_true(stream->in_order);
	dc_arena_free(stream->arena);
	free(stream);
}

static void test_kills(void **state)
{
	struct stream *stream;
	unsigned seed = 7, kills = 0;

	(void)state;
	fresh();
	stream = new_stream(0);
	while (stream->left) {
		pid_t nursery, worker = dc_receiver_pids(rig.receiver, &nursery);

		assert_true(dc_loop_run(rig.loop, -1));
		if (worker && rand_r(&seed) % 4 == 0 && kills < 60 && kill(worker, SIGKILL) == 0)
			kills++;
	}
	assert_true(kills > 5);
	assert_int_equal(stream->crashed, 0);
	assert_true(stream->good > STREAM - 20);
	end_stream(stream);
	check_good();
}

static void test_stream_of_crashes(void **state)
{
	struct stream *stream;

	(void)state;
	fresh();
	stream = new_stream(200);
	while (stream->left)
		assert_true(dc_loop_run(rig.loop, -1));
	assert_int_equal(stream->crashed, STREAM / 200);
	assert_int_equal(stream->good, STREAM - STREAM / 200);
	end_stream(stream);
}

/* The nursery itself dies: another is forked. */
static void test_nursery_dies(void **state)
{
	struct stream *stream;
	unsigned kills = 0;
	pid_t nursery, last = 0;

	(void)state;
	fresh();
	stream = new_stream(0);
	while (stream->left) {
		assert_true(dc_loop_run(rig.loop, -1));
		dc_receiver_pids(rig.receiver, &nursery);
		if (kills < 3 && nursery != last && stream->good > 300 * (kills + 1) && kill(nursery, SIGKILL) == 0) {
			last = nursery;
			kills++;
		}
	}
	assert_int_equal(kills, 3);
	assert_int_equal(stream->good, STREAM);
	end_stream(stream);
	check_good();
}

/* ---- many audits, one worker ---- */

static void test_many_audits(void **state)
{
	enum { AUDITS = 40 };
	static struct rig rigs[AUDITS];
	char domain[64], record[128];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < AUDITS; i++) {
			struct rig_spf job = {.ip = A, .helo = "h.example.net", .mail_from = "user@example.com", .domain = "example.com"};

			if (round == 0) {
				rigs[i] = rig;
				world_init(&rigs[i].world);
				rigs[i].arena = dc_arena_new(8 << 20);
				rigs[i].keep = dc_arena_new(8 << 20);
				rigs[i].evidence = dc_evidence_new(rigs[i].keep);
				snprintf(record, sizeof(record), "v=spf1 %call", "+-~?"[i % 4]);
				world_txt(&rigs[i].world, "example.com", record);
			} else {
				/* an audit that comes back with more: only that is sent, to a slot that may be gone */
				snprintf(domain, sizeof(domain), "d%d.example.com", i);
				world_txt(&rigs[i].world, domain, "v=spf1 redirect=example.com");
				job.mail_from = domain;
				job.domain = domain;
			}
			rig_run(&rigs[i], rig_build_spf, &job);
			assert_true(rig_is(job.result.result, (const char *[]){"pass", "fail", "softfail", "neutral"}[i % 4]));
		}
	}
	for (int i = 0; i < AUDITS; i++) {
		dc_evidence_clear(rigs[i].evidence);
		dc_arena_free(rigs[i].keep);
		dc_arena_free(rigs[i].arena);
		world_free(&rigs[i].world);
	}
}

/* ---- starting and ending ---- */

static void never(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing, size_t count)
{
	(void)call;
	(void)answer;
	(void)missing;
	(void)count;
	fail();
}

static void test_free_in_flight(void **state)
{
	struct dc_arena *arena = dc_arena_new(1 << 20);
	struct dc_receiver_job job = {.kind = DC_RECEIVER_JOB_SPF, .domain = DC_S("example.com"), .helo = DC_S("drill.spin")};
	struct dc_loop *loop = dc_loop_new();
	struct dc_receiver *receiver;
	struct dc_receiver_call call = {.evidence = rig.evidence, .done = never};
	pid_t worker = 0, nursery;

	(void)state;
	dc_ip_parse(DC_S(A), &job.ip);
	call.job = dc_receiver_job_question(arena, &job);
	/* at once, and when the job is running */
	for (int wait = 0; wait < 2; wait++) {
		receiver = dc_receiver_new_drilled(loop, drill);
		dc_receiver_submit(receiver, &call);
		while (wait && !worker) {
			dc_loop_run(loop, 50);
			worker = dc_receiver_pids(receiver, &nursery);
		}
		dc_receiver_free(receiver);
	}
	/* nobody is left behind */
	for (int i = 0; i < 100 && kill(worker, 0) == 0; i++)
		nanosleep(&(struct timespec){0, 10000000}, NULL);
	assert_int_equal(kill(worker, 0), -1);
	assert_int_equal(errno, ESRCH);
	dc_receiver_free(dc_receiver_new(loop));
	dc_receiver_free(NULL);
	dc_loop_free(loop);
	dc_arena_free(arena);
}

/* No descriptors left: jobs are answered, and work again when there are some. */
static void test_no_descriptors(void **state)
{
	struct rlimit before, none;
	struct rig_spf job = {.ip = A, .helo = "drill.abort", .mail_from = "user@example.com", .domain = "example.com"};

	(void)state;
	fresh();
	check_good();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){0, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	rig_run(&rig, rig_build_spf, &job);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(job.result.fate, DC_RECEIVER_ABSENT);
	assert_int_equal(with_helo("again.example.net").fate, DC_RECEIVER_DONE);
}

/* A host that is killed in the middle of a job leaves nobody behind. */
static void test_host_dies(void **state)
{
	struct rig_spf job = {.ip = A, .helo = "drill.spin", .mail_from = "user@example.com", .domain = "example.com"};
	pid_t host, pids[2] = {0, 0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	/* orphans come to this process */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	host = fork();
	if (host == 0) {
		static struct rig other;

		rig_open(&other, drill);
		rig_run(&other, rig_build_spf, &(struct rig_spf){A, "h", "user@example.com", "example.com", {0}});
		pids[0] = dc_receiver_pids(other.receiver, &pids[1]);
		say(ends[1], pids, sizeof(pids));
		rig_run(&other, rig_build_spf, &job);
		_exit(0);
	}
	assert_int_equal(read(ends[0], pids, sizeof(pids)), sizeof(pids));
	nanosleep(&(struct timespec){0, 50000000}, NULL);
	kill(host, SIGKILL);
	assert_int_equal(waitpid(host, NULL, 0), host);
	/* the nursery buries its worker; when it does not, the worker ends by its parent's death and comes here */
	assert_int_equal(waitpid(pids[1], NULL, 0), pids[1]);
	for (int i = 0; i < 300 && kill(pids[0], 0) == 0 && waitpid(pids[0], NULL, WNOHANG) == 0; i++)
		nanosleep(&(struct timespec){0, 10000000}, NULL);
	assert_int_equal(kill(pids[0], 0), -1);
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	close(ends[0]);
	close(ends[1]);
}

/* A job that is none, a job that is too long: answered, in their turn. */
static size_t absent_count;

static void expect_absent(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing,
			  size_t count)
{
	(void)call;
	(void)missing;
	(void)count;
	assert_non_null(answer);
	assert_true(dc_slice_starts(answer->data, DC_S("absent ")));
	absent_count++;
	dc_answer_unref(answer);
}

static void test_odd_jobs(void **state)
{
	static char text[200000];
	struct dc_receiver_call calls[3] = {
		{.job = {.kind = DC_ASK_RECEIVER, .name = DC_S("example.com"), .server = DC_S("nothing of the kind")}},
		{.job = {.kind = DC_ASK_RECEIVER, .name = DC_S("example.com"), .server = {text, sizeof(text)}}},
		{.job = {.kind = DC_ASK_DNS, .name = DC_S("example.com")}},
	};

	(void)state;
	fresh();
	absent_count = 0;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < 3; i++) {
		calls[i].evidence = rig.evidence;
		calls[i].done = expect_absent;
		dc_receiver_submit(rig.receiver, &calls[i]);
	}
	while (absent_count < 3)
		assert_true(dc_loop_run(rig.loop, -1));
	check_good();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sandbox), cmocka_unit_test(test_deaths), cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_hang), cmocka_unit_test(test_kills), cmocka_unit_test(test_stream_of_crashes),
		cmocka_unit_test(test_nursery_dies), cmocka_unit_test(test_many_audits), cmocka_unit_test(test_free_in_flight),
		cmocka_unit_test(test_odd_jobs), cmocka_unit_test(test_no_descriptors), cmocka_unit_test(test_host_dies),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
