/* Datagrams that c-ares has sent and the kernel has not seen yet: they leave together when the loop is about to wait, those of one
 * socket in one system call. Which socket each takes, and so its source port, was decided before; nothing about that changes.
 *
 * c-ares was told that they are sent. What the kernel says against a socket is told to it in the next turn of the loop, as if its
 * next receiving had failed: it then ends all that was under way there, as it does when sending fails at once. */
#include "source/live_parts.h"

#include <errno.h>
#include <stdlib.h>

enum {
	PARCELS = 128,  /* two bursts */
	RETRY_MS = 1,   /* when the kernel has no room */
	NOBODY = UINT16_MAX,
};

struct parcel {
	uint16_t next; /* of the same channel */
	uint8_t wire[DC_PACKET_QUERY_MAX];
};

struct live_outbox {
	struct dc_live *live;
	struct dc_turn turn;
	struct dc_timer fault_timer, retry_timer;
	struct chan *first; /* of the channels that have something here */
	size_t count;
	struct mmsghdr heads[PARCELS];
	struct iovec pieces[PARCELS];
	struct parcel parcels[PARCELS];
};

static void remove_chan(struct live_outbox *box, struct chan *chan)
{
	struct chan **at = &box->first;
	while (*at && *at != chan)
		at = &(*at)->out_next;
	if (*at)
		*at = chan->out_next;
	chan->out_next = NULL;
	chan->out_count = 0;
}

/* All that one channel has. False: the kernel has no room, and everything stays; parcels that left are gone. */
static bool send_all(struct live_outbox *box, struct chan *chan)
{
	unsigned count = 0;
	for (uint16_t i = chan->out_first; i != NOBODY; i = box->parcels[i].next)
		box->heads[count++].msg_hdr.msg_iov = &box->pieces[i];
	for (unsigned sent = 0; sent < count;) {
		int n = sendmmsg(chan->out_fd, box->heads + sent, count - sent, MSG_NOSIGNAL);
		if (n > 0) {
			sent += (unsigned)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			for (; sent > 0; sent--)
				chan->out_first = box->parcels[chan->out_first].next;
			return false;
		}
		chan->out_error = n < 0 ? errno : EIO;
		chan->error = chan->out_error;
		dc_loop_arm(box->live->loop, &box->fault_timer, 0);
		break;
	}
	return true;
}

static void flush(struct live_outbox *box)
{
	struct chan *chan = box->first, *next, **left = &box->first;
	for (; chan; chan = next) {
		next = chan->out_next;
		if (send_all(box, chan)) {
			chan->out_next = NULL;
			chan->out_count = 0;
			continue;
		}
		*left = chan;
		left = &chan->out_next;
	}
	*left = NULL;
	if (!box->first)
		box->count = 0; /* else the parcels in between stay taken for a millisecond */
	else
		dc_loop_arm(box->live->loop, &box->retry_timer, RETRY_MS);
}

static void on_turn(struct dc_turn *turn)
{
	flush(turn->user);
}

static void on_retry(struct dc_timer *timer)
{
	flush(timer->user);
}

/* Nothing of c-ares is on the stack. */
static void on_fault(struct dc_timer *timer)
{
	struct live_outbox *box = timer->user;
	struct dc_live *live = box->live;
	live_enter(live);
	for (struct chan *chan = live->chans; chan; chan = chan->next)
		if (chan->out_error) {
			ares_process_fd(chan->ares, chan->out_fd, ARES_SOCKET_BAD);
			chan->out_error = 0;
		}
	live_leave(live);
}

bool live_outbox_open(struct dc_live *live)
{
	struct live_outbox *box = calloc(1, sizeof *box);
	if (!box)
		return false;
	box->live = live;
	box->turn = (struct dc_turn){.fire = on_turn, .user = box};
	box->fault_timer = (struct dc_timer){.fire = on_fault, .user = box};
	box->retry_timer = (struct dc_timer){.fire = on_retry, .user = box};
	for (size_t i = 0; i < PARCELS; i++)
		box->heads[i].msg_hdr.msg_iovlen = 1;
	live->outbox = box;
	return true;
}

void live_outbox_close(struct dc_live *live)
{
	if (!live->outbox)
		return;
	dc_loop_cancel_turn(live->loop, &live->outbox->turn);
	dc_loop_disarm(live->loop, &live->outbox->fault_timer);
	dc_loop_disarm(live->loop, &live->outbox->retry_timer);
	free(live->outbox);
	live->outbox = NULL;
}

bool live_outbox_put(struct chan *chan, int fd, const struct iovec *vector, int count)
{
	struct live_outbox *box = chan->live->outbox;
	size_t len = 0;
	if (box->count == PARCELS && box->turn.armed)
		flush(box);
	if (box->count == PARCELS || chan->out_error)
		return false;
	struct parcel *parcel = &box->parcels[box->count];
	for (int i = 0; i < count; i++) {
		if (vector[i].iov_len > sizeof parcel->wire - len)
			return false;
		memcpy(parcel->wire + len, vector[i].iov_base, vector[i].iov_len);
		len += vector[i].iov_len;
	}
	parcel->next = NOBODY;
	box->pieces[box->count] = (struct iovec){parcel->wire, len};
	if (chan->out_count == 0) {
		chan->out_first = (uint16_t)box->count;
		chan->out_fd = fd;
		chan->out_next = box->first;
		box->first = chan;
	} else {
		box->parcels[chan->out_last].next = (uint16_t)box->count;
	}
	chan->out_last = (uint16_t)box->count++;
	chan->out_count++;
	dc_loop_at_turn(chan->live->loop, &box->turn);
	return true;
}

void live_outbox_forget(struct chan *chan)
{
	struct live_outbox *box = chan->live->outbox;
	if (box && chan->out_count)
		remove_chan(box, chan);
	if (box && !box->first)
		box->count = 0;
	chan->out_error = 0;
}
