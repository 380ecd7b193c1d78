/* Datagrams that one system call brings, until c-ares asks for them. They are of one socket, and c-ares takes them all before any
 * other socket has its turn. */
#include "source/live_parts.h"

#include <errno.h>
#include <stdlib.h>

enum { OCTETS = LIVE_EDNS_LOOPBACK + 1 }; /* as many as c-ares takes */

struct live_inbox {
	const struct chan *chan; /* whose these are; NULL: nobody's */
	unsigned at, count;
	bool last; /* there were no more behind them */
	struct mmsghdr heads[LIVE_INBOX];
	struct iovec pieces[LIVE_INBOX];
	struct sockaddr_storage from[LIVE_INBOX];
	uint8_t octets[LIVE_INBOX][OCTETS];
};

bool live_inbox_open(struct dc_live *live)
{
	struct live_inbox *box = calloc(1, sizeof *box);
	if (!box)
		return false;
	for (size_t i = 0; i < LIVE_INBOX; i++) {
		box->pieces[i] = (struct iovec){box->octets[i], OCTETS};
		box->heads[i].msg_hdr = (struct msghdr){.msg_name = &box->from[i], .msg_iov = &box->pieces[i], .msg_iovlen = 1};
	}
	live->inbox = box;
	return true;
}

void live_inbox_close(struct dc_live *live)
{
	free(live->inbox);
	live->inbox = NULL;
}

bool live_inbox_holds(const struct chan *chan)
{
	const struct live_inbox *box = chan->live->inbox;
	return box->chan == chan && box->at < box->count;
}

void live_inbox_forget(struct chan *chan)
{
	struct live_inbox *box = chan->live->inbox;
	if (box && box->chan == chan)
		box->chan = NULL;
}

static bool fill(struct live_inbox *box, const struct chan *chan, int fd)
{
	for (size_t i = 0; i < LIVE_INBOX; i++)
		box->heads[i].msg_hdr.msg_namelen = sizeof box->from[i];
	int n = recvmmsg(fd, box->heads, LIVE_INBOX, MSG_DONTWAIT, NULL);
	box->chan = n > 0 ? chan : NULL;
	box->at = 0;
	box->count = n > 0 ? (unsigned)n : 0;
	box->last = n < LIVE_INBOX;
	return n > 0;
}

ssize_t live_inbox_take(struct chan *chan, int fd, void *bytes, size_t size, struct sockaddr *from, socklen_t *from_len)
{
	struct live_inbox *box = chan->live->inbox;
	if (!live_inbox_holds(chan)) {
		if (box->chan == chan && box->last) {
			box->chan = NULL;
			errno = EAGAIN;
			return -1;
		}
		if (!fill(box, chan, fd))
			return -1;
	}
	const struct mmsghdr *head = &box->heads[box->at];
	size_t len = head->msg_len < size ? head->msg_len : size;
	memcpy(bytes, box->octets[box->at], len);
	if (from && from_len && head->msg_hdr.msg_namelen <= *from_len) {
		memcpy(from, &box->from[box->at], head->msg_hdr.msg_namelen);
		*from_len = head->msg_hdr.msg_namelen;
	}
	box->at++;
	return (ssize_t)len;
}
