/* GMP's memory: malloc and free as ever. When there is no more, a failure inside a guard jumps to it; outside of all, where
 * libraries of ours use GMP (nettle below libunbound), a reserve helps out, enough for some signatures.
 *
 * The only state of the library that is not in an object of the caller's: GMP passes its memory functions nothing that
 * tells who asks. They are set when the library is loaded, before a program that has functions of its own for GMP can have
 * set them: those then stay, and nothing is guarded. */
#include "base/gmp_guard.h"

#include <gmp.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { RESERVE = 64 * 1024 }; /* octets; a check of an ECDSA or RSA signature holds less than 16 KiB at a time */

static _Thread_local struct dc_gmp_guard *innermost;

static struct {
	pthread_mutex_t lock;
	size_t used, blocks; /* what was handed out is free again when all blocks came back */
	alignas(max_align_t) char bytes[RESERVE];
} reserve = {.lock = PTHREAD_MUTEX_INITIALIZER};

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

static bool is_reserve(const void *memory)
{
	const char *at = memory;
	return at >= reserve.bytes && at < reserve.bytes + RESERVE;
}

static void *from_reserve(size_t size)
{
	size_t whole = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
	void *memory = NULL;
	pthread_mutex_lock(&reserve.lock);
	if (whole >= size && whole <= RESERVE - reserve.used) {
		memory = reserve.bytes + reserve.used;
		reserve.used += whole;
		reserve.blocks++;
	}
	pthread_mutex_unlock(&reserve.lock);
	return memory;
}

static void give_back(void)
{
	pthread_mutex_lock(&reserve.lock);
	if (--reserve.blocks == 0)
		reserve.used = 0;
	pthread_mutex_unlock(&reserve.lock);
}

/* Instead of `size` octets that malloc does not have. */
static void *in_need(size_t size)
{
	struct dc_gmp_guard *guard = innermost;
	if (guard) {
		dc_gmp_leave(guard);
		longjmp(guard->back, 1);
	}
	void *memory = from_reserve(size);
	if (!memory)
		abort(); /* as GMP itself does */
	return memory;
}

static void *allocate(size_t size)
{
	void *memory = malloc(size);
	/* cppcheck-suppress memleak; it does not see that the caller frees it */
	return memory ? memory : in_need(size);
}

static void release(void *memory, size_t size)
{
	(void)size;
	if (is_reserve(memory))
		give_back();
	else
		free(memory);
}

static void *reallocate(void *old, size_t old_size, size_t size)
{
	void *memory = is_reserve(old) ? NULL : realloc(old, size);
	if (memory)
		return memory;
	memory = in_need(size);
	memcpy(memory, old, old_size < size ? old_size : size);
	release(old, old_size);
	return memory;
}

__attribute__((constructor)) static void set_functions(void)
{
	mp_set_memory_functions(allocate, reallocate, release);
}
