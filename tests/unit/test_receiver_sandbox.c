/* Every system call that the kernel has, tried from inside the worker's sandbox, one process each: it dies by SIGSYS, unless the call is
 * one of those that reading, writing, memory, time and exit need. The list of these stands here once more: who adds one to the
 * filter must add it here. Whether the real worker is in this sandbox is test_receiver_host.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver/sandbox.h"

enum { CALLS_MAX = 512, X32 = 0x40000000, INSIDE = 7, NO_SANDBOX = 8 };

static const long allowed[] = {
	SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_getrandom, SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday,
#ifdef SYS_time
	SYS_time,
#endif
	SYS_exit, SYS_exit_group, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_getpid, SYS_gettid, SYS_restart_syscall,
};
/* With arguments that the filter looks at: the rest below. With zeros: */
static const long with_zeros[] = {SYS_mprotect};

/* The kernel's own, for probes that root has set: no filter is asked, and outside of its trampoline they do nothing. */
static const long beside_filters[] = {
#ifdef __x86_64__
	335 /* uretprobe */, 336 /* uprobe */,
#endif
	-1,
};

static bool is_in(const long *list, size_t count, long call)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == call)
			return true;
	return false;
}

struct call {
	long number, arguments[6];
};

/* The signal that ends a process that makes the call; 0: none does. */
static int try_call(const struct call *call)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		const long *a = call->arguments;

		if (!dc_sandbox_close())
			_exit(NO_SANDBOX);
		(void)syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
		_exit(INSIDE);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX)
		fail_msg("no sandbox");
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_every_call(void **state)
{
	size_t let_in = 0;

	(void)state;
	for (long number = 0; number < CALLS_MAX; number++) {
		struct call call = {number, {0}};
		bool good = is_in(allowed, sizeof(allowed) / sizeof(*allowed), number) ||
			    is_in(with_zeros, sizeof(with_zeros) / sizeof(*with_zeros), number);
		int signal;

		if (is_in(beside_filters, sizeof(beside_filters) / sizeof(*beside_filters), number))
			continue;
		signal = try_call(&call);
		/* back from no signal handler: what the kernel makes of that is its own business, but it came through the filter */
		if (number == SYS_rt_sigreturn && signal == SIGSEGV)
			signal = 0;
		if (signal != (good ? 0 : SIGSYS))
			fail_msg("system call %ld: signal %d, expected %d", number, signal, good ? 0 : SIGSYS);
		let_in += good;
	}
	assert_int_equal(let_in, sizeof(allowed) / sizeof(*allowed) + sizeof(with_zeros) / sizeof(*with_zeros));
}

/* The same calls by the numbers of another architecture's table. */
static void test_x32(void **state)
{
	static const long numbers[] = {SYS_read, SYS_openat, SYS_socket, SYS_getpid, SYS_execve};

	(void)state;
#ifdef __x86_64__
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		assert_int_equal(try_call(&(struct call){numbers[i] | X32, {0}}), SIGSYS);
#else
	(void)numbers;
#endif
}

static void test_arguments(void **state)
{
	static char octets[1];
	const long here = (long)octets, size = 4096, rw = PROT_READ | PROT_WRITE, anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
	const struct {
		struct call call;
		int signal;
	} rows[] = {
		{{SYS_read, {DC_SANDBOX_FD, here, 1}}, 0}, {{SYS_read, {0, here, 1}}, SIGSYS}, {{SYS_read, {4, here, 1}}, SIGSYS},
		{{SYS_write, {DC_SANDBOX_FD, here, 0}}, 0}, {{SYS_write, {1, here, 1}}, SIGSYS}, {{SYS_write, {4, here, 1}}, SIGSYS},
		/* what the C library says before it aborts: /dev/null in the worker */
		{{SYS_write, {2, here, 0}}, 0}, {{SYS_writev, {2, 0, 0}}, 0}, {{SYS_writev, {DC_SANDBOX_FD, 0, 0}}, SIGSYS},
		{{SYS_mmap, {0, size, rw, anonymous, -1, 0}}, 0}, {{SYS_mmap, {0, size, PROT_READ | PROT_EXEC, anonymous, -1, 0}}, SIGSYS},
		{{SYS_mmap, {0, size, PROT_READ, MAP_PRIVATE, DC_SANDBOX_FD, 0}}, SIGSYS}, {{SYS_mprotect, {0, 0, rw}}, 0},
		{{SYS_mprotect, {0, 0, PROT_READ | PROT_EXEC}}, SIGSYS}, {{SYS_tgkill, {1, 1, SIGKILL}}, SIGSYS},
		{{SYS_connect, {DC_SANDBOX_FD, here, 16}}, SIGSYS}, {{SYS_sendmsg, {DC_SANDBOX_FD, here, 0}}, SIGSYS},
		{{SYS_recvmsg, {DC_SANDBOX_FD, here, 0}}, SIGSYS}, {{SYS_ioctl, {DC_SANDBOX_FD, 0, 0}}, SIGSYS},
		{{SYS_prctl, {38, 1, 0}}, SIGSYS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int signal = try_call(&rows[i].call);

		if (signal != rows[i].signal)
			fail_msg("row %zu, system call %ld: signal %d, expected %d", i, rows[i].call.number, signal, rows[i].signal);
	}
}

/* Its own abort is what it is; nobody else is reached. */
static void test_abort(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		if (dc_sandbox_close())
			abort();
		_exit(NO_SANDBOX);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* Memory ends where it is said to. */
static void test_limits(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		if (!dc_sandbox_close())
			_exit(NO_SANDBOX);
		/* NOLINTNEXTLINE(analyzer-malloc-leak): the process ends with it */
		_exit(malloc((size_t)DC_SANDBOX_MEMORY_MAX + 1) ? 1 : INSIDE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == INSIDE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call), cmocka_unit_test(test_x32), cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_abort), cmocka_unit_test(test_limits),
	};

	if (dc_sandbox_is_relaxed()) {
		puts("sanitizers and valgrind need more: the sandbox that is shipped is not this one");
		return 0;
	}
	/* descriptor 3 is the socket of a worker */
	if (dup2(open("/dev/zero", O_RDONLY), DC_SANDBOX_FD) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
