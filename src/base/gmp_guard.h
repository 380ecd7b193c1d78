/* GMP aborts the process when memory ends. Between enter and leave it jumps back instead.. */
#ifndef DC_BASE_GMP_GUARD_H
#define DC_BASE_GMP_GUARD_H

#include <setjmp.h>

struct dc_gmp_guard {
	jmp_buf back;
	struct dc_gmp_guard *outer;
};

/* The guard of this thread from now on; the one before comes back with leave. */
jmp_buf *dc_gmp_enter(struct dc_gmp_guard *guard);
void dc_gmp_leave(struct dc_gmp_guard *guard);

/* if (DC_GMP_GUARD(&guard)) { … no memory: guard was left, what GMP held is lost (some kilobytes) … } */
#define DC_GMP_GUARD(guard) (setjmp(*dc_gmp_enter(guard)) != 0)

#endif
