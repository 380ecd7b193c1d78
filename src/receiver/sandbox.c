/* The sandbox of the worker: rlimits, no_new_privs and a seccomp filter (libseccomp).
 *
 * Strict (what is shipped): a list of what is allowed: reading and writing one descriptor, memory that is never
 * executable, clocks, random octets, and dying. Everything else kills.
 * Relaxed: AddressSanitizer and its kin map shadow memory and read /proc, and valgrind writes and executes code of its own, all
 * inside this process. There the filter lists what is forbidden instead: whatever opens, connects, starts or looks
 * into another process. */
#include "receiver/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

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

static const int allowed[] = {
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(getrandom),
	/* the vDSO may fall back to these */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* abort(), so that a crash shows as what it is and not as SIGSYS */
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(restart_syscall),
};

static const int forbidden[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat), SCMP_SYS(socket), SCMP_SYS(socketpair),
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3),
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(mount),
	SCMP_SYS(io_uring_setup), SCMP_SYS(bpf), SCMP_SYS(setuid), SCMP_SYS(keyctl),
};

/* A call that this architecture does not have needs no rule. */
static bool added(int status)
{
	return status == 0 || status == -EDOM || status == -EEXIST;
}

static bool add_strict(scmp_filter_ctx filter)
{
	scmp_datum_t self = (scmp_datum_t)getpid();

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (!added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0)))
			return false;
	return added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0_32(SCMP_CMP_EQ, DC_SANDBOX_FD))) &&
	       added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0_32(SCMP_CMP_EQ, DC_SANDBOX_FD))) &&
	       /* /dev/null: what the C library says before it aborts */
	       added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0_32(SCMP_CMP_EQ, STDERR_FILENO))) &&
	       added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(writev), 1, SCMP_A0_32(SCMP_CMP_EQ, STDERR_FILENO))) &&
	       added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				      SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS))) &&
	       added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0))) &&
	       added(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2, SCMP_A0(SCMP_CMP_EQ, self),
				      SCMP_A2(SCMP_CMP_EQ, SIGABRT)));
}

static bool add_relaxed(scmp_filter_ctx filter, uint32_t deadly)
{
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (!added(seccomp_rule_add(filter, deadly, forbidden[i], 0)))
			return false;
	/* valgrind ends a process that aborts so */
	return added(seccomp_rule_add(filter, deadly, SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid())));
}

bool dc_sandbox_close(void)
{
	/* before Linux 4.14, and where seccomp(2) is not seen: the one thread that there is */
	uint32_t deadly = seccomp_api_get() >= 3 ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_KILL;
	bool relaxed = dc_sandbox_is_relaxed(), fine;
	scmp_filter_ctx filter;

	if (!set_limits() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return false;
	filter = seccomp_init(relaxed ? SCMP_ACT_ALLOW : deadly);
	if (!filter)
		return false;
	fine = (relaxed ? add_relaxed(filter, deadly) : add_strict(filter)) && seccomp_load(filter) == 0;
	/* the memory of the filter is kept: freeing it is one more thing that could need a call */
	return fine;
}
