/* Preloaded into the program: the allocation number NOMEM_AT fails, once in all processes, and with NOMEM_ALL=1 every one after it
 * in each. Counted from the
 * first call of main's libraries on, in the process named by NOMEM_IN: "main" (default: what was started) or "child"
 * (every process forked from it, each counting on from where it was forked). What came of it is left in NOMEM_TOLD, a file of
 * sizeof(struct told) octets: mapped, for a worker closes every descriptor that it finds. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

struct told {
	atomic_ulong count;  /* allocations of the process that made most */
	atomic_ulong failed; /* how many of all were made to fail */
	char who[240];       /* the library that asked for the one that failed */
};

static struct {
	bool on, all, in_child;
	unsigned long at;
	atomic_ulong count;
	pid_t started;
	struct told *told;
} fault;

static bool fails(const void *caller)
{
	Dl_info info;
	if (!fault.on || (getpid() == fault.started) == fault.in_child)
		return false;
	unsigned long n = atomic_fetch_add(&fault.count, 1) + 1;
	if (n > atomic_load(&fault.told->count))
		atomic_store(&fault.told->count, n);
	if (atomic_load(&fault.told->failed) ? !fault.all : n != fault.at)
		return false;
	atomic_fetch_add(&fault.told->failed, 1);
	if (dladdr(caller, &info) && info.dli_fname)
		(void)snprintf(fault.told->who, sizeof fault.told->who, "%s", info.dli_fname);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return size && fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
	void *memory = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
	if (!memory)
		return ENOMEM;
	*ret_memory = memory;
	return 0;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

/* Runs before main: what the dynamic linker and the libraries' own constructors take is not counted. */
__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("NOMEM_AT"), *in = getenv("NOMEM_IN"), *all = getenv("NOMEM_ALL"), *path = getenv("NOMEM_TOLD");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
	if (fd < 0 || ftruncate(fd, sizeof *fault.told) != 0)
		_exit(99);
	fault.told = mmap(NULL, sizeof *fault.told, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (fault.told == MAP_FAILED)
		_exit(99);
	fault.started = getpid();
	fault.at = at ? strtoul(at, NULL, 10) : 0;
	fault.all = all != NULL;
	fault.in_child = in && strcmp(in, "child") == 0;
	fault.on = true;
}
