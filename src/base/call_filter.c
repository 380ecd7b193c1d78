/* Seccomp filters (seccomp(2)) as programs of classic BPF. Not here: which calls a process needs. */
#include "base/call_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Whose calls the process makes; AUDIT_ARCH_… holds the order of octets too. */
#if defined __x86_64__ && !defined __ILP32__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__ && !defined __ILP32__ && defined __AARCH64EL__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined __riscv && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined __s390x__
#define ARCHITECTURE AUDIT_ARCH_S390X
#else
#define ARCHITECTURE 0 /* none */
#endif

enum {
	FIRST_OF_X32 = 0x40000000, /* the same calls by other numbers; no other machine has such numbers */
	LOWER_HALF = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? sizeof(uint32_t) : 0,
	STEPS_OF_A_PART = 3,
};

static void add(struct dc_call_filter *filter, struct sock_filter step)
{
	if (filter->count < DC_CALL_FILTER_STEPS_MAX)
		filter->steps[filter->count++] = step;
	else
		filter->overflow = true;
}

static void load(struct dc_call_filter *filter, size_t offset)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

/* Goes on when what was loaded is `value`, else goes past `skipped` steps. */
static void want(struct dc_call_filter *filter, unsigned value, size_t skipped)
{
	add(filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, (unsigned char)skipped));
}

void dc_call_filter_end(struct dc_call_filter *filter, unsigned action)
{
	add(filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

bool dc_call_filter_begin(struct dc_call_filter *ret_filter, unsigned foreign)
{
	*ret_filter = (struct dc_call_filter){.count = 0};
	load(ret_filter, offsetof(struct seccomp_data, arch));
	add(ret_filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
	dc_call_filter_end(ret_filter, SECCOMP_RET_KILL_PROCESS);
	load(ret_filter, offsetof(struct seccomp_data, nr));
	add(ret_filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_OF_X32, 0, 1));
	dc_call_filter_end(ret_filter, foreign);
	return ARCHITECTURE != 0;
}

void dc_call_filter_calls(struct dc_call_filter *filter, const unsigned *calls, size_t count, unsigned action)
{
	load(filter, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < count; i++) {
		want(filter, calls[i], 1);
		dc_call_filter_end(filter, action);
	}
}

void dc_call_filter_call(struct dc_call_filter *filter, unsigned call, const struct dc_call_part parts[DC_CALL_FILTER_PARTS_MAX],
			 unsigned action)
{
	size_t count = 0;
	while (count < DC_CALL_FILTER_PARTS_MAX && parts[count].bits)
		count++;
	load(filter, offsetof(struct seccomp_data, nr));
	want(filter, call, STEPS_OF_A_PART * count + 1);
	for (size_t i = 0; i < count; i++) {
		load(filter, offsetof(struct seccomp_data, args) + sizeof(uint64_t) * parts[i].argument + LOWER_HALF);
		add(filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, parts[i].bits));
		want(filter, parts[i].value, STEPS_OF_A_PART * (count - i - 1) + 1);
	}
	dc_call_filter_end(filter, action);
}

bool dc_call_filter_install(const struct dc_call_filter *filter, unsigned flags)
{
	struct sock_fprog program = {.len = filter->count, .filter = (struct sock_filter *)filter->steps};
	if (filter->overflow || !ARCHITECTURE)
		return false;
	/* Linux before 4.14 knows no death of a whole process and takes it for that of a thread; valgrind does not know the
	 * newer call. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0 ||
	       (errno == ENOSYS && !flags && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}
