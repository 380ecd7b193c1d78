/* Forking: see nursery.h. The nursery and the host speak through a SOCK_SEQPACKET pair: one octet with the worker's end of a
 * stream as ancillary data one way, reports the other way. The end of the pair is the end of the nursery; that is
 * reliable where PR_SET_PDEATHSIG is not, since that signal follows the host's thread and not the host. */
#include "receiver/nursery.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "receiver/sandbox.h"

enum {
	CONTROL_FD = 3,
	FAR_FD = 16,        /* above all numbers that are given out */
	STOP_TRIES = 200,   /* milliseconds until a nursery that does not end by itself is killed */
	ROOM_MIN = 64 << 20, /* octets that a worker can have when it starts: more than any job of records needs */
	FALLBACK_FDS = 65536,
};

/* ---- both children ---- */

/* The host's handlers must not run here, and its terminal's signals must not look like crashes. */
static void reset_signals(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &plain, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL); /* NOLINT(concurrency-mt-unsafe): a child has one thread */
}

static void close_from(int first)
{
	if (close_range((unsigned)first, ~0U, 0) == 0)
		return;
	for (int fd = first; fd < FALLBACK_FDS; fd++)
		close(fd);
}

/* `fd` becomes CONTROL_FD (or the sandbox's, which is the same number); 0 to 2 are /dev/null; nothing else stays open. */
static bool keep_only(int fd, bool streams)
{
	int far = fcntl(fd, F_DUPFD_CLOEXEC, FAR_FD), null = -1;

	if (far < 0)
		return false;
	if (streams) {
		int near = open("/dev/null", O_RDWR | O_CLOEXEC);

		null = near < 0 ? -1 : fcntl(near, F_DUPFD_CLOEXEC, FAR_FD);
		if (null < 0)
			return false;
		for (int i = 0; i < 3; i++)
			if (dup2(null, i) < 0)
				return false;
	}
	if (dup2(far, CONTROL_FD) < 0)
		return false;
	close_from(CONTROL_FD + 1);
	return true;
}

/* ---- the worker ---- */

_Static_assert((int)CONTROL_FD == (int)DC_SANDBOX_FD, "keep_only serves both");

/* Without memory the libraries crash, and that would be taken for the work of a record. */
static bool has_room(void)
{
	void *volatile room = malloc(ROOM_MIN);

	free(room);
	return room != NULL;
}

static void __attribute__((noreturn)) work(struct dc_worker *worker, int fd, pid_t nursery)
{
	/* the nursery has one thread, so here the signal means what one thinks */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != nursery || !keep_only(fd, false) || !dc_sandbox_close())
		_exit(DC_NURSERY_NO_SANDBOX);
	if (!has_room())
		_exit(DC_WORKER_NO_MEMORY);
	_exit(dc_worker_serve(worker, DC_SANDBOX_FD));
}

/* ---- the nursery ---- */

/* The next request's descriptor, or -1 at the end. */
static int wait_for_request(void)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} ancillary;
	char octet;
	struct iovec iov = {&octet, 1};
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof(ancillary)};
	struct cmsghdr *head;
	ssize_t n;
	int fd;

	do
		n = recvmsg(CONTROL_FD, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	head = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

static int32_t bury(pid_t child)
{
	int status = -1;

	if (child <= 0)
		return -1;
	/* a worker that is dying by its own fault keeps its status */
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static void __attribute__((noreturn)) nurse(int fd, dc_worker_drill drill)
{
	struct dc_worker *worker;
	pid_t self, child = 0;

	reset_signals();
	setsid();
	if (chdir("/") != 0 || !keep_only(fd, true))
		_exit(1);
	self = getpid();
	worker = dc_worker_new(drill);
	if (!worker)
		_exit(1);
	while ((fd = wait_for_request()) >= 0) {
		struct dc_nursery_report report = {.last_status = bury(child)};

		child = fork();
		if (child == 0)
			work(worker, fd, self);
		close(fd);
		report.pid = child > 0 ? (int32_t)child : 0;
		if (send(CONTROL_FD, &report, sizeof(report), MSG_NOSIGNAL) != sizeof(report))
			break;
	}
	bury(child);
	dc_worker_free(worker);
	_exit(0);
}

/* ---- the host ---- */

bool dc_nursery_start(struct dc_nursery *nursery, dc_worker_drill drill)
{
	sigset_t all, before;
	int ends[2];
	pid_t pid;

	*nursery = (struct dc_nursery){.fd = -1};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
		close(ends[0]);
		close(ends[1]);
		return false;
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		nurse(ends[1], drill);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	nursery->pid = pid;
	nursery->fd = ends[0];
	return true;
}

bool dc_nursery_ask(struct dc_nursery *nursery, int worker_fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} ancillary = {.room = {0}};
	char octet = 'w';
	struct iovec iov = {&octet, 1};
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &ancillary, .msg_controllen = sizeof(ancillary)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &worker_fd, sizeof(worker_fd));
	return sendmsg(nursery->fd, &message, MSG_NOSIGNAL) == 1;
}

int dc_nursery_read(struct dc_nursery *nursery, struct dc_nursery_report *ret_report)
{
	struct dc_nursery_report report;
	ssize_t n = recv(nursery->fd, &report, sizeof(report), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != sizeof(report))
		return -1;
	*ret_report = report;
	return 1;
}

uint64_t dc_nursery_cpu_ms(pid_t worker)
{
	struct timespec used = {0, 0};
	clockid_t clock;

	if (clock_getcpuclockid(worker, &clock) != 0 || clock_gettime(clock, &used) != 0)
		return 0;
	return (uint64_t)used.tv_sec * 1000 + (uint64_t)used.tv_nsec / 1000000;
}

void dc_nursery_stop(struct dc_nursery *nursery)
{
	const struct timespec millisecond = {0, 1000000};
	int tries = 0;

	if (nursery->fd >= 0)
		close(nursery->fd);
	if (nursery->pid > 0) {
		/* it ends by itself, burying its worker, unless it hangs */
		while (waitpid(nursery->pid, NULL, WNOHANG) == 0) {
			if (++tries == STOP_TRIES)
				kill(nursery->pid, SIGKILL);
			nanosleep(&millisecond, NULL);
		}
	}
	*nursery = (struct dc_nursery){.fd = -1};
}
