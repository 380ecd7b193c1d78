/* Sockets of the live source, made here and not by c-ares: errors keep their errno, link-local addresses their scope, and
 * datagrams that fit no question are seen. c-ares drops those in silence, and "somebody answered something else" is not
 * "nobody answered". */
#include "source/live_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	SOCKET_BUFFER = 4 << 20,  /* the kernel gives what net.core.rmem_max allows */
	EMPTY_DATAGRAMS_MAX = 64, /* skipped in one go */
};

const char *live_error_words(int error)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ECONNREFUSED, "connection refused"}, {ENETUNREACH, "network unreachable"}, {EHOSTUNREACH, "host unreachable"},
		{EACCES, "not permitted"}, {EPERM, "not permitted"}, {EMFILE, "too many open files"},
		{ENFILE, "too many open files"}, {ENETDOWN, "network is down"}, {EAFNOSUPPORT, "address family not supported"},
		{EADDRNOTAVAIL, "local address not available"}, {ECONNRESET, "connection reset"}, {ETIMEDOUT, "connection timed out"},
		{ENOMEM, "no memory"}, {ENOBUFS, "no buffer space"}, {EPIPE, "connection closed"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].error == error)
			return rows[i].words;
	return error ? "system error" : "connection closed";
}

static ares_socket_t open_socket(int family, int type, int protocol, void *user)
{
	struct chan *chan = user;
	struct dc_ip bind_to = chan->live->options.bind;
	int size = SOCKET_BUFFER, on = 1;
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (fd < 0) {
		chan->error = errno;
		return ARES_SOCKET_BAD;
	}
	if (type == SOCK_DGRAM) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	} else {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	}
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	memcpy(&v4.sin_addr, bind_to.octets, sizeof v4.sin_addr);
	memcpy(&v6.sin6_addr, bind_to.octets, sizeof v6.sin6_addr);
	if ((bind_to.family == 4 && family == AF_INET && bind(fd, (struct sockaddr *)&v4, sizeof v4) != 0) ||
	    (bind_to.family == 6 && family == AF_INET6 && bind(fd, (struct sockaddr *)&v6, sizeof v6) != 0)) {
		chan->error = errno;
		(void)close(fd);
		return ARES_SOCKET_BAD;
	}
	chan->answered = false;
	return fd;
}

static int close_socket(ares_socket_t fd, void *user)
{
	struct chan *chan = user;
	live_outbox_forget(chan);
	live_inbox_forget(chan);
	return close(fd);
}

/* c-ares knows no scope of an IPv6 address: the address is ours, not its. */
static int connect_socket(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t len, void *user)
{
	struct chan *chan = user;
	if (!chan->server) {
		errno = ECONNABORTED;
		return -1;
	}
	int result = connect(fd, (const struct sockaddr *)&chan->server->sa, chan->server->sa_len);
	if (result != 0 && errno != EINPROGRESS)
		chan->error = errno;
	return result;
}

static ares_ssize_t receive(ares_socket_t fd, void *bytes, size_t size, int flags, struct sockaddr *from,
			    ares_socklen_t *from_len, void *user)
{
	struct chan *chan = user;
	ssize_t n;
	if (chan->stream) {
		n = recvfrom(fd, bytes, size, flags, from, from_len);
	} else {
		live_claim(chan);
		if (chan->out_error) {
			errno = chan->out_error;
			chan->out_error = 0;
			return -1;
		}
		n = 0;
		/* c-ares takes an empty datagram for an error, and would read a flood to its end. */
		for (int i = 0; n == 0 && i < EMPTY_DATAGRAMS_MAX && (chan->received < LIVE_RECEIVE_MAX || live_inbox_holds(chan)); i++)
			n = live_inbox_take(chan, fd, bytes, size, from, from_len);
		chan->received++;
		if (n == 0) {
			errno = EAGAIN;
			return -1;
		}
	}
	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		chan->error = errno;
	if (n == 0)
		chan->error = 0;
	if (n > 0 && !chan->stream) {
		chan->unclaimed = true;
		chan->datagram_len = (size_t)n < sizeof chan->datagram ? (size_t)n : sizeof chan->datagram;
		memcpy(chan->datagram, bytes, chan->datagram_len);
	}
	return n;
}

static ares_ssize_t send_vector(ares_socket_t fd, const struct iovec *vector, int count, void *user)
{
	struct chan *chan = user;
	ssize_t whole = 0;
	for (int i = 0; i < count; i++)
		whole += (ssize_t)vector[i].iov_len;
	if (!chan->stream && live_outbox_put(chan, fd, vector, count))
		return whole;
	const struct msghdr message = {.msg_iov = (struct iovec *)vector, .msg_iovlen = (size_t)count};
	ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
	if (n < 0)
		chan->error = errno;
	return n;
}

const struct ares_socket_functions live_socket_functions = {open_socket, close_socket, connect_socket, receive,
							       send_vector};
