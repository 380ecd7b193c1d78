/* Preloaded into the program: code of an attacker's that runs in it. At the first write to standard output or to a datagram
 * socket (INTRUDER_WHEN=stdout or send) it tries what an attacker would, and says on standard error what came of it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_flag done = ATOMIC_FLAG_INIT;

static void tell(const char *what, long result)
{
	char line[200];
	int len = snprintf(line, sizeof line, "intruder: %s: %s\n", what, result >= 0 ? "done" : strerror(errno));
	(void)syscall(SYS_write, 2, line, len);
}

static void intrude(void)
{
	const char *secret = getenv("INTRUDER_SECRET"), *target = getenv("INTRUDER_TARGET"), *input = getenv("INTRUDER_INPUT");
	char *const words[] = {"true", NULL};
	char path[4096];
	tell("read a file of the user's", open(secret, O_RDONLY));
	tell("write a file of the user's", open(secret, O_WRONLY));
	(void)snprintf(path, sizeof path, "%s/new", target);
	tell("make a file", open(path, O_WRONLY | O_CREAT, 0666));
	(void)snprintf(path, sizeof path, "%s/folder", target);
	tell("make a folder", mkdir(path, 0777));
	(void)snprintf(path, sizeof path, "%s/link", target);
	tell("make a symbolic link", symlink("/etc/passwd", path));
	tell("remove a file", unlink(secret));
	tell("list a folder of the user's", open(target, O_RDONLY | O_DIRECTORY));
	tell("write an input", open(input, O_WRONLY));
	tell("write below /etc", open("/etc/domaincheck-intruder", O_WRONLY | O_CREAT, 0666));
	tell("look into a process", ptrace(PTRACE_ATTACH, getppid(), 0, 0));
	tell("mount", mount("none", "/mnt", "tmpfs", 0, NULL));
	tell("a socket for raw packets", socket(AF_PACKET, SOCK_RAW, 0));
	tell("become another user", setuid(65534));
	int s = socket(AF_INET, SOCK_STREAM, 0);
	tell("listen", listen(s, 1));
	(void)close(s);
	tell("read an input", open(input, O_RDONLY));
	tell("read below /etc", open("/etc/hosts", O_RDONLY));
	(void)execv("/bin/true", words);
	tell("start a program", -1);
}

/* Not in the children: they have walls of their own. */
static pid_t self;
__attribute__((constructor)) static void start(void)
{
	self = getpid();
}

static void maybe(const char *when)
{
	const char *wanted = getenv("INTRUDER_WHEN");
	if (wanted && strcmp(wanted, when) == 0 && getpid() == self && !atomic_flag_test_and_set(&done))
		intrude();
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file)
{
	static size_t (*real)(const void *, size_t, size_t, FILE *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "fwrite");
	if (file == stdout)
		maybe("stdout");
	return real(bytes, size, count, file);
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
	maybe("send");
	return syscall(SYS_sendto, fd, bytes, len, flags, to, to_len);
}
