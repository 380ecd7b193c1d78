/* The event loop: epoll for descriptors, a timing wheel for timers.
 *
 * The wheel (four levels of 256 slots, 1 ms the finest) arms and disarms in constant time: a bulk run has a timer for each
 * question in flight and nearly all of them are disarmed before they are due. */
#include "source/loop.h"

#include "source/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	LEVELS = 4,
	SLOT_BITS = 8,
	SLOTS = 1 << SLOT_BITS,
	EVENTS_A_TURN = 64, /* few enough that timers and other descriptors get their turn */
};

/* 2^32 ms are 49 days; what lies further ahead waits in the last slot and is sorted in again. */
static const uint64_t horizon_ms = ((uint64_t)1 << (LEVELS * SLOT_BITS)) - 1;

struct dc_loop {
	int epoll_fd;
	uint64_t now_ms;
	uint64_t wheel_ms; /* everything due up to here was taken out of the wheel */
	size_t armed;
	struct dc_timer slots[LEVELS][SLOTS]; /* heads of rings; only next and prev are used */
	struct dc_timer soon;                 /* due already when armed: the next time that timers fire */
	uint64_t filled[LEVELS][SLOTS / 64];  /* a bit for each slot that may hold a timer */
	struct dc_turn *turns;
	struct epoll_event *batch; /* the events of this turn, while they are handed out */
	int batch_count;
	struct epoll_event events[EVENTS_A_TURN];
};

static void ring_init(struct dc_timer *head)
{
	head->next = head->prev = head;
}

static void ring_append(struct dc_timer *head, struct dc_timer *timer)
{
	timer->prev = head->prev;
	timer->next = head;
	head->prev->next = timer;
	head->prev = timer;
}

static void ring_remove(struct dc_timer *timer)
{
	timer->prev->next = timer->next;
	timer->next->prev = timer->prev;
	timer->next = timer->prev = NULL;
}

/* Moves all of `from` to the end of `to`. */
static void ring_splice(struct dc_timer *to, struct dc_timer *from)
{
	if (from->next == from)
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	ring_init(from);
}

struct dc_loop *dc_loop_new(void)
{
	struct dc_loop *loop = calloc(1, sizeof *loop);
	if (!loop)
		return NULL;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		free(loop);
		return NULL;
	}
	loop->now_ms = loop->wheel_ms = dc_clock_ms();
	ring_init(&loop->soon);
	for (int level = 0; level < LEVELS; level++)
		for (int slot = 0; slot < SLOTS; slot++)
			ring_init(&loop->slots[level][slot]);
	return loop;
}

void dc_loop_free(struct dc_loop *loop)
{
	if (!loop)
		return;
	(void)close(loop->epoll_fd);
	free(loop);
}

uint64_t dc_loop_now_ms(const struct dc_loop *loop)
{
	return loop->now_ms;
}

/* ---- descriptors ---- */

/* Events already fetched for a watch that goes away must not reach it: it may be freed. */
static void forget_events(struct dc_loop *loop, const struct dc_watch *watch)
{
	for (int i = 0; i < loop->batch_count; i++)
		if (loop->batch[i].data.ptr == watch)
			loop->batch[i].data.ptr = NULL;
}

bool dc_loop_watch(struct dc_loop *loop, struct dc_watch *watch, bool readable, bool writable)
{
	struct epoll_event event = {.events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u), .data.ptr = watch};
	if (!readable && !writable) {
		forget_events(loop, watch);
		if (watch->watching)
			(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
		watch->watching = false;
		return true;
	}
	if (watch->watching && epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) == 0)
		return true;
	watch->watching = epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == 0 ||
			  (errno == EEXIST && epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) == 0);
	return watch->watching;
}

static void dispatch(struct dc_loop *loop, int count)
{
	loop->batch = loop->events;
	loop->batch_count = count;
	for (int i = 0; i < count; i++) {
		struct dc_watch *watch = loop->events[i].data.ptr;
		uint32_t bits = loop->events[i].events;
		if (watch)
			watch->ready(watch, bits & (EPOLLIN | EPOLLERR | EPOLLHUP), bits & (EPOLLOUT | EPOLLERR | EPOLLHUP));
	}
	loop->batch_count = 0;
}

/* ---- timers ---- */

/* Into the finest level that reaches to its time. A timer stands in the slot of its due time at that level, and is
 * taken to a finer level when the wheel comes to that slot. */
static void sort_in(struct dc_loop *loop, struct dc_timer *timer)
{
	uint64_t due = timer->due_ms;
	if (due <= loop->wheel_ms) {
		ring_append(&loop->soon, timer);
		return;
	}
	if (due - loop->wheel_ms > horizon_ms)
		due = loop->wheel_ms + horizon_ms;
	int level = 0;
	while (level < LEVELS - 1 && (due >> (SLOT_BITS * (level + 1))) != (loop->wheel_ms >> (SLOT_BITS * (level + 1))))
		level++;
	size_t slot = (due >> (SLOT_BITS * level)) & (SLOTS - 1);
	ring_append(&loop->slots[level][slot], timer);
	loop->filled[level][slot / 64] |= (uint64_t)1 << (slot % 64);
}

void dc_loop_arm(struct dc_loop *loop, struct dc_timer *timer, uint64_t in_ms)
{
	dc_loop_disarm(loop, timer);
	timer->due_ms = loop->now_ms + in_ms;
	timer->armed = true;
	loop->armed++;
	sort_in(loop, timer);
}

void dc_loop_disarm(struct dc_loop *loop, struct dc_timer *timer)
{
	if (!timer->armed)
		return;
	ring_remove(timer);
	timer->armed = false;
	loop->armed--;
}

/* Index of the first filled slot after `slot`, or SLOTS. Bits of slots that became empty are cleared on the way. */
static size_t next_filled(struct dc_loop *loop, int level, size_t slot)
{
	for (size_t i = slot + 1; i < SLOTS; i++) {
		uint64_t word = loop->filled[level][i / 64] >> (i % 64);
		if (word == 0) {
			i |= 63; /* the last of this word */
			continue;
		}
		i += (size_t)__builtin_ctzll(word);
		struct dc_timer *head = &loop->slots[level][i];
		if (head->next != head)
			return i;
		loop->filled[level][i / 64] &= ~((uint64_t)1 << (i % 64));
	}
	return SLOTS;
}

/* The next time at which the wheel has work: a timer is due, or a slot of a coarse level must be spread. */
static uint64_t next_work_ms(struct dc_loop *loop)
{
	for (int level = 0; level < LEVELS; level++) {
		int shift = SLOT_BITS * level;
		size_t slot = next_filled(loop, level, (loop->wheel_ms >> shift) & (SLOTS - 1));
		if (slot < SLOTS)
			return ((loop->wheel_ms >> (shift + SLOT_BITS)) << (shift + SLOT_BITS)) + ((uint64_t)slot << shift);
	}
	/* Only timers that wrapped around the coarsest level are left. */
	return ((loop->wheel_ms >> (LEVELS * SLOT_BITS)) + 1) << (LEVELS * SLOT_BITS);
}

static void spread(struct dc_loop *loop, int level, size_t slot)
{
	struct dc_timer list;
	ring_init(&list);
	ring_splice(&list, &loop->slots[level][slot]);
	while (list.next != &list) {
		struct dc_timer *timer = list.next;
		ring_remove(timer);
		sort_in(loop, timer);
	}
}

/* Collects all that is due up to now in `due`. */
static void turn_wheel(struct dc_loop *loop, struct dc_timer *due)
{
	while (loop->armed) {
		uint64_t next = next_work_ms(loop);
		if (next > loop->now_ms)
			break;
		loop->wheel_ms = next;
		for (int level = LEVELS - 1; level > 0; level--)
			if ((next & (((uint64_t)1 << (SLOT_BITS * level)) - 1)) == 0)
				spread(loop, level, (next >> (SLOT_BITS * level)) & (SLOTS - 1));
		ring_splice(due, &loop->slots[0][next & (SLOTS - 1)]);
		ring_splice(due, &loop->soon);
	}
	/* With nothing left before now the wheel may jump, but not past the start of a coarse slot. */
	if (loop->now_ms > loop->wheel_ms && (!loop->armed || next_work_ms(loop) > loop->now_ms))
		loop->wheel_ms = loop->now_ms;
}

static void fire_due(struct dc_loop *loop)
{
	struct dc_timer due;
	ring_init(&due);
	ring_splice(&due, &loop->soon);
	turn_wheel(loop, &due);
	while (due.next != &due) {
		struct dc_timer *timer = due.next;
		dc_loop_disarm(loop, timer);
		timer->fire(timer);
	}
}

/* ---- turns ---- */

void dc_loop_at_turn(struct dc_loop *loop, struct dc_turn *turn)
{
	if (turn->armed)
		return;
	turn->armed = true;
	turn->next = loop->turns;
	loop->turns = turn;
}

void dc_loop_cancel_turn(struct dc_loop *loop, struct dc_turn *turn)
{
	struct dc_turn **at = &loop->turns;
	if (!turn->armed)
		return;
	while (*at != turn)
		at = &(*at)->next;
	*at = turn->next;
	turn->armed = false;
}

static void take_turns(struct dc_loop *loop)
{
	while (loop->turns) {
		struct dc_turn *turn = loop->turns;
		dc_loop_cancel_turn(loop, turn);
		turn->fire(turn);
	}
}

static int wait_ms(struct dc_loop *loop, int max_ms)
{
	if (!loop->armed)
		return max_ms;
	if (loop->soon.next != &loop->soon)
		return 0;
	uint64_t next = next_work_ms(loop), now = dc_clock_ms();
	uint64_t wait = next > now ? next - now : 0;
	if (max_ms >= 0 && wait > (uint64_t)max_ms)
		return max_ms;
	return wait > 3600000 ? 3600000 : (int)wait;
}

bool dc_loop_run(struct dc_loop *loop, int max_ms)
{
	take_turns(loop);
	int count = epoll_wait(loop->epoll_fd, loop->events, EVENTS_A_TURN, wait_ms(loop, max_ms));
	if (count < 0 && errno != EINTR)
		return false;
	loop->now_ms = dc_clock_ms();
	if (count > 0)
		dispatch(loop, count);
	fire_due(loop);
	return true;
}
