/* The heap of a run over many domains: some ten MiB of small pieces, visited in no order. In pages of 4 KiB the processor
 * forgets where they are; in pages of 2 MiB it does not, which saves a twentieth of its time, more in a virtual machine.
 * Only addresses are set aside here: memory is taken 2 MiB at a time, as it is used. Where the system gives no such pages,
 * or the allocator is another, nothing is lost. */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"

enum {
	HUGE_PAGE = 2 << 20,
	HEAP = 128 << 20,          /* twice what a run of 50,000 domains holds */
	OWN_MAPPING_MIN = 32 << 20, /* pieces as large get a mapping of their own: the limit of malloc(3) */
	MORE_THAN_IS_FREE = 1 << 20, /* glibc begins with 132 KiB */
};

void memory_for_many(void)
{
	uintptr_t before = (uintptr_t)sbrk(0);
	if (!mallopt(M_MMAP_THRESHOLD, OWN_MAPPING_MIN) || !mallopt(M_TRIM_THRESHOLD, 2 * HEAP) || !mallopt(M_TOP_PAD, HEAP))
		return;
	void *volatile piece = malloc(MORE_THAN_IS_FREE); /* else the compiler leaves out both */
	free(piece);
	uintptr_t end = (uintptr_t)sbrk(0), start = (before + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	(void)mallopt(M_TOP_PAD, HUGE_PAGE);
	if (end > start && end - before >= HEAP)
		/* NOLINTNEXTLINE(performance-no-int-to-ptr): an address that was reckoned with as a number */
		(void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}
