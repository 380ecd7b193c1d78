/* One event loop a thread: epoll and timers. Sources and the receiver register what they wait for. */
#ifndef DC_SOURCE_LOOP_H
#define DC_SOURCE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct dc_loop;

struct dc_loop *dc_loop_new(void);
void dc_loop_free(struct dc_loop *loop);

/* A file descriptor to watch. Owned by the caller; `watching` is kept by the loop. */
struct dc_watch {
	int fd;
	void (*ready)(struct dc_watch *watch, bool readable, bool writable);
	void *user;
	bool watching;
};
/* Both false: stop watching (must be done before fd is closed). False when the kernel refuses. */
bool dc_loop_watch(struct dc_loop *loop, struct dc_watch *watch, bool readable, bool writable);

/* A one-shot timer. Owned by the caller. */
struct dc_timer {
	uint64_t due_ms; /* dc_loop_now_ms clock; kept by the loop */
	void (*fire)(struct dc_timer *timer);
	void *user;
	struct dc_timer *next, *prev;
	bool armed;
};
void dc_loop_arm(struct dc_loop *loop, struct dc_timer *timer, uint64_t in_ms);
void dc_loop_disarm(struct dc_loop *loop, struct dc_timer *timer);

/* Something to be done before the loop waits again, once for each time it is asked for. Owned by the caller. */
struct dc_turn {
	void (*fire)(struct dc_turn *turn); /* may arm timers and turns, nothing else of the loop */
	void *user;
	struct dc_turn *next;
	bool armed;
};
void dc_loop_at_turn(struct dc_loop *loop, struct dc_turn *turn);
void dc_loop_cancel_turn(struct dc_loop *loop, struct dc_turn *turn);

/* Monotonic milliseconds, read once per turn of the loop. */
uint64_t dc_loop_now_ms(const struct dc_loop *loop);
/* Waits for events at most `max_ms` (-1 = until something happens) and calls what is due. False on a system failure. */
bool dc_loop_run(struct dc_loop *loop, int max_ms);

#endif
