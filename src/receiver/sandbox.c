/* The sandbox of the worker: rlimits, no_new_privs and a seccomp filter.
 *
 * Strict (what is shipped): a list of what is allowed: reading and writing one descriptor, memory that is never
 * executable, clocks, random octets, and dying. Everything else kills.
 * Relaxed: AddressSanitizer and its kin map shadow memory and read /proc, and valgrind writes and executes code of its own, all
 * inside this process. There the filter lists what is forbidden instead: whatever opens, connects, starts or looks
 * into another process.
 */
#include "receiver/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/call_filter.h"
#include "base/slice.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#ifndef __cppcheck__
#include "receiver/tools_here.h"
#if HAVE_VALGRIND_H
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

bool dc_sandbox_is_relaxed(void)
{
	return SANITIZED || RUNNING_ON_VALGRIND;
}

/* ---- rlimits ---- */

static bool limit(int resource, rlim_t value)
{
	struct rlimit now, want = {value, value};

	if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
		return false;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &want) == 0;
}

/* Octets of address space in use, or 0. */
static rlim_t mapped(void)
{
	char text[128]; /* seven numbers, of which the first is meant */
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct dc_slice rest = {text, len > 0 ? (size_t)len : 0};
	uint64_t pages = 0;

	if (fd >= 0)
		close(fd);
	return dc_slice_uint(dc_slice_cut(&rest, ' '), false, UINT32_MAX, &pages) ? (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) : 0;
}

static bool set_limits(void)
{
	/* address space is relative: the process is a copy of a host of any size */
	if (!dc_sandbox_is_relaxed() && !limit(RLIMIT_AS, mapped() + DC_SANDBOX_MEMORY_MAX))
		return false;
	if (!limit(RLIMIT_CORE, 0))
		return false;
	/* valgrind refuses the one and may log to a file */
	return RUNNING_ON_VALGRIND || (limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0));
}

/* ---- the filter ---- */

/* Under #ifdef: older calls, which newer machines do not have. */
static const unsigned allowed[] = {
	SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_getrandom,
	/* the vDSO may fall back to these */
	SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday,
#ifdef SYS_time
	SYS_time,
#endif
	SYS_exit, SYS_exit_group,
	/* abort(), so that a crash shows as what it is and not as SIGSYS */
	SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigreturn, SYS_getpid, SYS_gettid, SYS_restart_syscall,
};

static const unsigned forbidden[] = {
#ifdef SYS_open
	SYS_open, SYS_creat, SYS_fork, SYS_vfork, SYS_unlink, SYS_rename, SYS_mkdir,
#endif
	SYS_openat, SYS_openat2, SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg,
	SYS_execve, SYS_execveat, SYS_clone, SYS_clone3, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_unlinkat,
	SYS_renameat2, SYS_mkdirat, SYS_mount, SYS_io_uring_setup, SYS_bpf, SYS_setuid, SYS_keyctl, SYS_kill,
#ifdef SYS_renameat
	SYS_renameat,
#endif
};

enum { ALLOWED = sizeof allowed / sizeof *allowed, FORBIDDEN = sizeof forbidden / sizeof *forbidden };

static bool allow_little(struct dc_call_filter *filter, unsigned self)
{
	const struct {
		unsigned call;
		struct dc_call_part parts[DC_CALL_FILTER_PARTS_MAX];
	} rows[] = {
		{SYS_read, {{0, DC_CALL_ALL_BITS, DC_SANDBOX_FD}}},
		{SYS_write, {{0, DC_CALL_ALL_BITS, DC_SANDBOX_FD}}},
		/* /dev/null: what the C library says before it aborts */
		{SYS_write, {{0, DC_CALL_ALL_BITS, STDERR_FILENO}}},
		{SYS_writev, {{0, DC_CALL_ALL_BITS, STDERR_FILENO}}},
		{SYS_mmap, {{2, PROT_EXEC, 0}, {3, MAP_ANONYMOUS, MAP_ANONYMOUS}}},
		{SYS_mprotect, {{2, PROT_EXEC, 0}}},
		{SYS_tgkill, {{0, DC_CALL_ALL_BITS, self}, {2, DC_CALL_ALL_BITS, SIGABRT}}},
	};
	if (!dc_call_filter_begin(filter, SECCOMP_RET_KILL_PROCESS))
		return false;
	dc_call_filter_calls(filter, allowed, ALLOWED, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		dc_call_filter_call(filter, rows[i].call, rows[i].parts, SECCOMP_RET_ALLOW);
	dc_call_filter_end(filter, SECCOMP_RET_KILL_PROCESS);
	return true;
}

static bool forbid_much(struct dc_call_filter *filter, unsigned self)
{
	const struct dc_call_part ourselves[DC_CALL_FILTER_PARTS_MAX] = {{0, DC_CALL_ALL_BITS, self}};
	if (!dc_call_filter_begin(filter, SECCOMP_RET_KILL_PROCESS))
		return false;
	dc_call_filter_call(filter, SYS_kill, ourselves, SECCOMP_RET_ALLOW); /* valgrind ends a process that aborts so */
	dc_call_filter_calls(filter, forbidden, FORBIDDEN, SECCOMP_RET_KILL_PROCESS);
	dc_call_filter_end(filter, SECCOMP_RET_ALLOW);
	return true;
}

static bool close_calls(void)
{
	struct dc_call_filter filter;
	unsigned self = (unsigned)getpid();
	return (dc_sandbox_is_relaxed() ? forbid_much(&filter, self) : allow_little(&filter, self)) &&
	       dc_call_filter_install(&filter, 0);
}

bool dc_sandbox_close(void)
{
	return set_limits() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && close_calls();
}
