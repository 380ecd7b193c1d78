/* A seccomp filter, step by step. It takes no memory: libseccomp, when memory ends while it makes a filter, never returns or
 * makes another than it was told. The caller lists calls; numbers of calls are those of <sys/syscall.h>. */
#ifndef DC_BASE_CALL_FILTER_H
#define DC_BASE_CALL_FILTER_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	DC_CALL_FILTER_STEPS_MAX = 256,
	DC_CALL_FILTER_PARTS_MAX = 2, /* of the arguments of one call that are looked at */
};

struct dc_call_filter {
	struct sock_filter steps[DC_CALL_FILTER_STEPS_MAX];
	unsigned short count;
	bool overflow; /* there were more steps than that: it is never installed */
};

/* Some bits of the lower half of an argument have a value. */
struct dc_call_part {
	unsigned argument, bits, value;
};

/* All bits of the lower half. */
#define DC_CALL_ALL_BITS 0xffffffffu

/* Actions are SECCOMP_RET_…. Begins a filter: calls of other machines kill the process, those of x32 get `foreign`.
 * False on a machine whose calls it does not know. */
bool dc_call_filter_begin(struct dc_call_filter *ret_filter, unsigned foreign);

/* Each of these calls gets `action`. One call takes two steps. */
void dc_call_filter_calls(struct dc_call_filter *filter, const unsigned *calls, size_t count, unsigned action);

/* This call gets `action` when all parts are so; the first part without bits, and those after it, mean nothing. */
void dc_call_filter_call(struct dc_call_filter *filter, unsigned call, const struct dc_call_part parts[DC_CALL_FILTER_PARTS_MAX],
			 unsigned action);

/* All others get `action`; nothing can be added after. */
void dc_call_filter_end(struct dc_call_filter *filter, unsigned action);

/* For this thread, or with SECCOMP_FILTER_FLAG_TSYNC for all; PR_SET_NO_NEW_PRIVS must be set. False: the kernel refused. */
bool dc_call_filter_install(const struct dc_call_filter *filter, unsigned flags);

#endif
