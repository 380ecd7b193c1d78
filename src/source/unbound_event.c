/* The event interface that libunbound asks for, on top of dc_loop: so that it runs inside the loop, without a thread or a
 * process of its own. Semantics are those of libevent 2 (what unbound-event.h is modelled on). */
#include "source/unbound_parts.h"

#include <stdlib.h>
#include <sys/time.h>

struct event {
	struct ub_event super;
	struct unbound_base *base;
	struct dc_watch watch;
	struct dc_timer timer;
	short bits;
	uint64_t wait_ms;
	void (*call)(int fd, short bits, void *arg);
	void *arg;
};

static uint64_t to_ms(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * 1000 + ((uint64_t)tv->tv_usec + 999) / 1000;
}

static int deactivate(struct ub_event *ub)
{
	struct event *event = (struct event *)ub;
	dc_loop_disarm(event->base->loop, &event->timer);
	if (event->watch.watching)
		(void)dc_loop_watch(event->base->loop, &event->watch, false, false);
	return 0;
}

static int activate(struct ub_event *ub, struct timeval *tv)
{
	struct event *event = (struct event *)ub;
	bool readable = event->bits & UB_EV_READ, writable = event->bits & UB_EV_WRITE;
	if (event->watch.fd >= 0 && (readable || writable) &&
	    !dc_loop_watch(event->base->loop, &event->watch, readable, writable))
		return -1;
	event->wait_ms = tv ? to_ms(tv) : 0;
	if (tv)
		dc_loop_arm(event->base->loop, &event->timer, event->wait_ms);
	return 0;
}

/* The event may be gone after its callback, and everything after `after`. */
static void fire(struct event *event, short bits)
{
	struct unbound_base *base = event->base;
	if (!(event->bits & UB_EV_PERSIST))
		(void)deactivate(&event->super);
	else if (event->wait_ms)
		dc_loop_arm(base->loop, &event->timer, event->wait_ms);
	event->call(event->watch.fd, bits, event->arg);
	base->after(base->user);
}

static void on_ready(struct dc_watch *watch, bool readable, bool writable)
{
	struct event *event = watch->user;
	short bits = (short)(((readable ? UB_EV_READ : 0) | (writable ? UB_EV_WRITE : 0)) & event->bits);
	if (bits)
		fire(event, bits);
}

static void on_timer(struct dc_timer *timer)
{
	fire(timer->user, UB_EV_TIMEOUT);
}

static void add_bits(struct ub_event *ub, short bits)
{
	((struct event *)ub)->bits |= bits;
}

static void del_bits(struct ub_event *ub, short bits)
{
	((struct event *)ub)->bits &= (short)~bits;
}

static void set_fd(struct ub_event *ub, int fd)
{
	((struct event *)ub)->watch.fd = fd;
}

static void free_event(struct ub_event *ub)
{
	(void)deactivate(ub);
	free(ub);
}

static int add_timer(struct ub_event *ub, struct ub_event_base *base, void (*call)(int, short, void *), void *arg,
		     struct timeval *tv)
{
	struct event *event = (struct event *)ub;
	event->base = (struct unbound_base *)base;
	event->call = call;
	event->arg = arg;
	event->wait_ms = 0;
	dc_loop_arm(event->base->loop, &event->timer, to_ms(tv));
	return 0;
}

static int no_signal_add(struct ub_event *ub, struct timeval *tv)
{
	return -1;
}

static int no_signal_del(struct ub_event *ub)
{
	return -1;
}

static void no_windows(struct ub_event *ub)
{
}

static void no_windows_block(struct ub_event *ub, int bits)
{
}

static struct ub_event_vmt event_calls = {add_bits, del_bits, set_fd, free_event, activate, deactivate, add_timer, deactivate,
					  no_signal_add, no_signal_del, no_windows, no_windows_block};

static struct ub_event *new_event(struct ub_event_base *base, int fd, short bits, void (*call)(int, short, void *), void *arg)
{
	struct event *event = calloc(1, sizeof *event);
	if (!event)
		return NULL;
	event->super.magic = UB_EVENT_MAGIC;
	event->super.vmt = &event_calls;
	event->base = (struct unbound_base *)base;
	event->watch = (struct dc_watch){.fd = fd, .ready = on_ready, .user = event};
	event->timer = (struct dc_timer){.fire = on_timer, .user = event};
	event->bits = bits;
	event->call = call;
	event->arg = arg;
	return &event->super;
}

static struct ub_event *no_event(struct ub_event_base *base, int fd, void (*call)(int, short, void *), void *arg)
{
	return NULL;
}

static struct ub_event *no_windows_event(struct ub_event_base *base, void *handle, void (*call)(int, short, void *), void *arg)
{
	return NULL;
}

static void keep_base(struct ub_event_base *base)
{
}

static int no_dispatch(struct ub_event_base *base)
{
	return -1;
}

static int no_exit(struct ub_event_base *base, struct timeval *tv)
{
	return 0;
}

static struct ub_event_base_vmt base_calls = {keep_base, no_dispatch, no_exit, new_event, no_event, no_windows_event};

void unbound_base_init(struct unbound_base *base, struct dc_loop *loop, void (*after)(void *user), void *user)
{
	*base = (struct unbound_base){.super = {UB_EVENT_MAGIC, &base_calls}, .loop = loop, .after = after, .user = user};
}
