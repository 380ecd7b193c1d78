/* GMP's memory: malloc and free as ever, but a failure inside a guard jumps to it. One pointer a thread: GMP passes its
 * memory functions nothing that tells the caller. They are set when the library is loaded, before a program that has
 * functions of its own for GMP can have set them: those then stay, and nothing is guarded. */
#include "base/gmp_guard.h"

#include <gmp.h>
#include <stdlib.h>

static _Thread_local struct dc_gmp_guard *innermost;

jmp_buf *dc_gmp_enter(struct dc_gmp_guard *guard)
{
	guard->outer = innermost;
	innermost = guard;
	return &guard->back;
}

void dc_gmp_leave(struct dc_gmp_guard *guard)
{
	innermost = guard->outer;
}

static void *given(void *memory)
{
	struct dc_gmp_guard *guard = innermost;
	if (memory)
		return memory;
	if (!guard)
		abort(); /* as GMP itself */
	dc_gmp_leave(guard);
	longjmp(guard->back, 1);
}

static void *allocate(size_t size)
{
	return given(malloc(size));
}

static void *reallocate(void *old, size_t old_size, size_t size)
{
	(void)old_size;
	return given(realloc(old, size));
}

static void release(void *memory, size_t size)
{
	(void)size;
	free(memory);
}

__attribute__((constructor)) static void set_functions(void)
{
	mp_set_memory_functions(allocate, reallocate, release);
}
