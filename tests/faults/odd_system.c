/* Preloaded into the program: a system that is allowed to behave so, and seldom does. By environment:
 *   ODD_FAMILY=4 or 6   there are no sockets of this family (EAFNOSUPPORT): a host with the other one only
 *   ODD_CLOCK=1         the time of day jumps by 400 days back and forth at each look; the monotonic clock is left
 *   ODD_SHORT=1         a write takes 7 octets at most, a read gives 7 at most (datagrams excepted)
 *   ODD_EINTR=1         each second call that may wait is interrupted before it begins */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FEW = 7, JUMP_S = 400 * 86400 };

static struct {
	int family;
	bool clock, few, eintr;
	atomic_uint looks, calls;
} odd;

__attribute__((constructor)) static void start(void)
{
	const char *family = getenv("ODD_FAMILY");
	odd.family = !family ? AF_UNSPEC : *family == '4' ? AF_INET : AF_INET6;
	odd.clock = getenv("ODD_CLOCK") != NULL;
	odd.few = getenv("ODD_SHORT") != NULL;
	odd.eintr = getenv("ODD_EINTR") != NULL;
}

static bool interrupted(void)
{
	if (!odd.eintr || atomic_fetch_add(&odd.calls, 1) % 2)
		return false;
	errno = EINTR;
	return true;
}

int socket(int domain, int type, int protocol)
{
	if (odd.family != AF_UNSPEC && domain == odd.family) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return (int)syscall(SYS_socket, domain, type, protocol);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	if (interrupted())
		return -1;
	return syscall(SYS_write, fd, bytes, odd.few && len > FEW ? FEW : len);
}

ssize_t read(int fd, void *bytes, size_t len)
{
	if (interrupted())
		return -1;
	/* an eventfd wants eight octets at once */
	return syscall(SYS_read, fd, bytes, odd.few && len > 8 ? FEW : len);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms)
{
	if (interrupted())
		return -1;
	return (int)syscall(SYS_epoll_pwait, fd, events, count, timeout_ms, NULL, 0);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, clock, now);
	if (odd.clock && clock == CLOCK_REALTIME)
		now->tv_sec += atomic_fetch_add(&odd.looks, 1) % 2 ? JUMP_S : -JUMP_S;
	return status;
}

time_t time(time_t *ret_now)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (ret_now)
		*ret_now = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict ret_now, void *restrict zone)
{
	struct timespec now;
	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	*ret_now = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return 0;
}
