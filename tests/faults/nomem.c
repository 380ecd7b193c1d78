/* Preloaded into the program: the allocation number NOMEM_AT fails, and with NOMEM_ALL=1 every one after it. Counted from the
 * first call of main's libraries on, in the process named by NOMEM_IN: "main" (default: what was started) or "child"
 * (every process forked from it, each counting for itself). With NOMEM_COUNT=FILE the count is written there at the end, with
 * NOMEM_WHO=FILE the library that asked for the allocation that failed. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static struct {
	bool on, all, in_child;
	unsigned long at;
	atomic_ulong count;
	pid_t started;
	int count_fd, who_fd; /* opened before the program gives up what it does not need */
} fault;

static void tell_who(const void *caller)
{
	Dl_info info;
	if (fault.who_fd < 0 || !dladdr(caller, &info) || !info.dli_fname)
		return;
	if (write(fault.who_fd, info.dli_fname, strlen(info.dli_fname)) < 0)
		_exit(99);
}

static bool fails(const void *caller)
{
	if (!fault.on || (getpid() == fault.started) == fault.in_child)
		return false;
	unsigned long n = atomic_fetch_add(&fault.count, 1) + 1;
	if (n != fault.at && !(fault.all && fault.at && n > fault.at))
		return false;
	tell_who(caller);
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
	const char *at = getenv("NOMEM_AT"), *in = getenv("NOMEM_IN"), *all = getenv("NOMEM_ALL");
	fault.started = getpid();
	fault.at = at ? strtoul(at, NULL, 10) : 0;
	fault.all = all != NULL;
	fault.in_child = in && strcmp(in, "child") == 0;
	const char *path = getenv("NOMEM_COUNT");
	fault.count_fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
	path = getenv("NOMEM_WHO");
	fault.who_fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
	fault.on = true;
}

__attribute__((destructor)) static void report(void)
{
	char text[32];
	fault.on = false;
	if (fault.count_fd < 0 || getpid() != fault.started)
		return;
	int len = snprintf(text, sizeof text, "%lu\n", atomic_load(&fault.count));
	if (len > 0 && write(fault.count_fd, text, (size_t)len) != len)
		_exit(99);
}
