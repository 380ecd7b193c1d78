/* An allocator for tests: blocks that one library asks for end at a page that nobody may touch, so that the first octet past them, read or
 * written, is SIGSEGV. Everybody else's blocks are the C library's. Header only, for one file of a program. */
#ifndef DC_TESTS_FENCE_H
#define DC_TESTS_FENCE_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);

enum { FENCE_PAGE = 4096 };
static const size_t FENCE_ROOM = (size_t)1 << 30; /* octets of addresses; none is given twice */

static struct {
	bool on;
	uintptr_t from, to; /* the library's code: who is fenced */
	char *room;
	size_t used;
} fence;

static int fence_look(struct dl_phdr_info *info, size_t size, void *name)
{
	(void)size;
	if (!strstr(info->dlpi_name, name))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
			fence.from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			fence.to = fence.from + info->dlpi_phdr[i].p_memsz;
		}
	return 1;
}

/* From now on, for the library whose file name holds `name`. False when it is not there. */
static bool fence_put_up(const char *name)
{
	char copy[64];

	strncpy(copy, name, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	fence.room = mmap(NULL, FENCE_ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	fence.on = fence.room != MAP_FAILED && dl_iterate_phdr(fence_look, copy) == 1;
	return fence.on;
}

static bool fence_is_fenced(const void *p)
{
	return fence.room && (const char *)p >= fence.room && (const char *)p < fence.room + FENCE_ROOM;
}

static bool fence_is_for(const void *caller)
{
	return fence.on && (uintptr_t)caller >= fence.from && (uintptr_t)caller < fence.to;
}

/* Its length stands in the page before it. */
static void *fence_make(size_t size)
{
	size_t pages = (size + FENCE_PAGE - 1) / FENCE_PAGE + 1;
	char *start = fence.room + fence.used, *end = start + pages * FENCE_PAGE;

	if (fence.used + (pages + 1) * FENCE_PAGE > FENCE_ROOM || mprotect(start, pages * FENCE_PAGE, PROT_READ | PROT_WRITE) != 0)
		abort();
	fence.used += (pages + 1) * FENCE_PAGE;
	*(size_t *)(void *)start = size;
	memset(start + sizeof(size_t), 0xa5, pages * FENCE_PAGE - sizeof(size_t));
	return end - size;
}

static size_t fence_size(const void *p)
{
	return *(const size_t *)((uintptr_t)p / FENCE_PAGE * FENCE_PAGE - FENCE_PAGE);
}

void *malloc(size_t size)
{
	return fence_is_for(__builtin_return_address(0)) ? fence_make(size) : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (!fence_is_for(__builtin_return_address(0)))
		return __libc_calloc(count, size);
	return memset(fence_make(count * size), 0, count * size);
}

void *realloc(void *old, size_t size)
{
	void *made;

	if (!fence_is_fenced(old) && !fence_is_for(__builtin_return_address(0)))
		return __libc_realloc(old, size);
	if (old && !fence_is_fenced(old))
		abort(); /* made before the fence was up */
	made = fence_make(size);
	if (old)
		memcpy(made, old, fence_size(old) < size ? fence_size(old) : size);
	return made;
}

void free(void *old)
{
	if (!fence_is_fenced(old))
		__libc_free(old);
}

#endif
