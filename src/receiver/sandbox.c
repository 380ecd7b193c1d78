/* The sandbox of the worker: rlimits, no_new_privs and a seccomp filter.
 *
 * Strict (what is shipped): a list of what is allowed: reading and writing one descriptor, memory that is never
 * executable, clocks, random octets, and dying. Everything else kills.
 * Relaxed: AddressSanitizer and its kin map shadow memory and read /proc, and valgrind writes and executes code of its own, all
 * inside this process. There the filter lists what is forbidden instead: whatever opens, connects, starts or looks
 * into another process.
 *
 * The filter is written by hand and takes no memory: libseccomp, when memory ends while it makes one, never returns or makes
 * another than it was told, in which the worker dies of each record. */
#include "receiver/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

enum {
	FIRST_OF_X32 = 0x40000000, /* the same calls by other numbers */
	ALLOWED = sizeof allowed / sizeof *allowed,
	FORBIDDEN = sizeof forbidden / sizeof *forbidden,
	PARTS_MAX = 2, /* of the arguments of one call that are looked at */
	STEPS_MAX = 128,
};
_Static_assert(2 * FORBIDDEN + 16 < STEPS_MAX && 2 * ALLOWED + 70 < STEPS_MAX, "a program has room");

struct program {
	struct sock_filter steps[STEPS_MAX];
	unsigned short count;
};

/* One argument, its upper half and some of its bits left aside, is `value`. */
struct part {
	unsigned argument, bits, value;
};

#ifdef ARCHITECTURE
static void load(struct program *program, size_t offset)
{
	program->steps[program->count++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset);
}

static void end(struct program *program, unsigned action)
{
	program->steps[program->count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

/* Goes on when what was loaded is `value`, else goes past `skipped` steps. */
static void want(struct program *program, unsigned value, size_t skipped)
{
	program->steps[program->count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (unsigned char)skipped);
}

static void begin(struct program *program)
{
	load(program, offsetof(struct seccomp_data, arch));
	program->steps[program->count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	end(program, SECCOMP_RET_KILL_PROCESS);
	load(program, offsetof(struct seccomp_data, nr));
	program->steps[program->count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_OF_X32, 0, 1);
	end(program, SECCOMP_RET_KILL_PROCESS);
}

static void each(struct program *program, const unsigned *calls, size_t count, unsigned action)
{
	load(program, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < count; i++) {
		want(program, calls[i], 1);
		end(program, action);
	}
}

/* A call is allowed when all parts (those after the last have no bits) are as they must be. */
static void allow_with(struct program *program, unsigned call, const struct part parts[PARTS_MAX])
{
	size_t left = 1;
	for (size_t i = 0; i < PARTS_MAX && parts[i].bits; i++)
		left += 3;
	load(program, offsetof(struct seccomp_data, nr));
	want(program, call, left);
	for (size_t i = 0; i < PARTS_MAX && parts[i].bits; i++) {
		/* the lower half: both machines are little-endian */
		load(program, offsetof(struct seccomp_data, args) + sizeof(uint64_t) * parts[i].argument);
		program->steps[program->count++] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, parts[i].bits);
		left -= 3;
		want(program, parts[i].value, left);
	}
	end(program, SECCOMP_RET_ALLOW);
}

#define ALL_BITS 0xffffffffu

static void make_strict(struct program *program, unsigned self)
{
	const struct {
		unsigned call;
		struct part parts[PARTS_MAX];
	} rows[] = {
		{SYS_read, {{0, ALL_BITS, DC_SANDBOX_FD}}},
		{SYS_write, {{0, ALL_BITS, DC_SANDBOX_FD}}},
		/* /dev/null: what the C library says before it aborts */
		{SYS_write, {{0, ALL_BITS, STDERR_FILENO}}},
		{SYS_writev, {{0, ALL_BITS, STDERR_FILENO}}},
		{SYS_mmap, {{2, PROT_EXEC, 0}, {3, MAP_ANONYMOUS, MAP_ANONYMOUS}}},
		{SYS_mprotect, {{2, PROT_EXEC, 0}}},
		{SYS_tgkill, {{0, ALL_BITS, self}, {2, ALL_BITS, SIGABRT}}},
	};
	begin(program);
	each(program, allowed, ALLOWED, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		allow_with(program, rows[i].call, rows[i].parts);
	end(program, SECCOMP_RET_KILL_PROCESS);
}

static void make_relaxed(struct program *program, unsigned self)
{
	const struct part ourselves[PARTS_MAX] = {{0, ALL_BITS, self}};
	begin(program);
	allow_with(program, SYS_kill, ourselves); /* valgrind ends a process that aborts so */
	each(program, forbidden, FORBIDDEN, SECCOMP_RET_KILL_PROCESS);
	end(program, SECCOMP_RET_ALLOW);
}

static bool close_calls(void)
{
	struct program program = {.count = 0};
	(dc_sandbox_is_relaxed() ? make_relaxed : make_strict)(&program, (unsigned)getpid());
	struct sock_fprog filter = {.len = program.count, .filter = program.steps};
	/* Linux before 4.14 knows no death of the whole process and takes it for that of the one thread that there is. valgrind
	 * does not know the newer call. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0 ||
	       (errno == ENOSYS && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}
#else
static bool close_calls(void)
{
	return false;
}
#endif

bool dc_sandbox_close(void)
{
	return set_limits() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && close_calls();
}
