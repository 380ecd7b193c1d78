/* The event loop: timers of every length against the clock, descriptors that vanish while events are handed out.
 *
 * On a busy machine any wait may last longer than it should. So nothing that lasts too long is a fault by itself: it is when it
 * does each time that it is tried. What comes too early, twice, or a turn later than it could is one at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/clock.h"
#include "source/loop.h"

enum { TRIES = 40, LATE_MS = 20 };

static struct dc_loop *loop;
static uint64_t turn_before_ms; /* the loop's time in the turn before this one */

static bool run(int max_ms)
{
	turn_before_ms = dc_loop_now_ms(loop);
	return dc_loop_run(loop, max_ms);
}

static int start(void **state)
{
	loop = dc_loop_new();
	return loop ? 0 : -1;
}

static int stop(void **state)
{
	dc_loop_free(loop);
	return 0;
}

/* ---- timers ---- */

struct beat {
	struct dc_timer timer;
	uint64_t fired_ms;
	unsigned fired;
	bool at_once;        /* due already when it was armed */
	struct beat *victim; /* disarmed when this one fires */
	uint64_t again_ms;   /* armed again so often: `left` */
	unsigned left;
};

static void on_beat(struct dc_timer *timer)
{
	struct beat *beat = timer->user;
	assert_false(timer->armed);
	assert_true(dc_loop_now_ms(loop) >= timer->due_ms);
	assert_true(beat->at_once ? timer->due_ms >= turn_before_ms : timer->due_ms > turn_before_ms); /* else a turn ago */
	beat->fired++;
	beat->fired_ms = dc_loop_now_ms(loop);
	if (beat->victim)
		dc_loop_disarm(loop, &beat->victim->timer);
	if (beat->left) {
		beat->left--;
		beat->at_once = !beat->again_ms;
		dc_loop_arm(loop, timer, beat->again_ms);
	}
}

static void arm(struct beat *beat, uint64_t in_ms)
{
	beat->timer.fire = on_beat;
	beat->timer.user = beat;
	beat->at_once = !in_ms;
	dc_loop_arm(loop, &beat->timer, in_ms);
}

static void timers_fire_once_and_not_early(void **state)
{
	enum { COUNT = 20000 };
	struct beat *beats = calloc(COUNT, sizeof *beats);
	unsigned seed = 1, fired = 0;
	assert_non_null(beats);
	assert_true(run(0));
	for (size_t i = 0; i < COUNT; i++)
		arm(&beats[i], i % 3 ? (uint64_t)(rand_r(&seed) % 700) : i % 300);
	/* Half of them go, some are armed anew. */
	for (size_t i = 0; i < COUNT; i += 2)
		dc_loop_disarm(loop, &beats[i].timer);
	for (size_t i = 0; i < COUNT; i += 4)
		arm(&beats[i], 600);
	uint64_t end = dc_loop_now_ms(loop) + 720;
	while (dc_loop_now_ms(loop) < end)
		assert_true(run((int)(end - dc_loop_now_ms(loop))));
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(beats[i].fired, i % 2 == 0 && i % 4 ? 0 : 1);
		assert_false(beats[i].timer.armed);
		fired += beats[i].fired;
	}
	assert_int_equal(fired, COUNT * 3 / 4);
	free(beats);
}

static void long_timers_wait(void **state)
{
	static const uint64_t waits[] = {255, 256, 257, 65535, 65536, 65537, 16777216, 4294967295u, 4294967296u, 1u << 31,
					 UINT64_C(1) << 40};
	struct beat beats[sizeof waits / sizeof *waits] = {0};
	struct beat tick = {.again_ms = 7, .left = 60};
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
		arm(&beats[i], waits[i]);
	arm(&tick, 7);
	while (tick.fired < 61)
		assert_true(run(-1));
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		assert_int_equal(beats[i].fired, i < 3);
		dc_loop_disarm(loop, &beats[i].timer);
	}
}

static void handlers_may_arm_and_disarm(void **state)
{
	struct beat a = {0}, b = {0}, c = {0};
	a.victim = &b; /* due at the same time, after it */
	arm(&a, 5);
	arm(&b, 5);
	arm(&c, 5);
	while (!c.fired)
		assert_true(run(-1));
	assert_int_equal(a.fired, 1);
	assert_int_equal(b.fired, 0);
	/* Armed for "at once" from its own handler: once a turn, never for ever in one. */
	struct beat eager = {.again_ms = 0, .left = 1000};
	arm(&eager, 0);
	assert_true(run(0));
	assert_int_equal(eager.fired, 1);
	assert_true(run(-1));
	assert_int_equal(eager.fired, 2);
	dc_loop_disarm(loop, &eager.timer);
	dc_loop_disarm(loop, &eager.timer);
	assert_true(run(0));
	assert_int_equal(eager.fired, 2);
}

/* How long the loop took for `wait_ms` when it is to run for so long, once; with a timer that is due then, twice. */
static uint64_t wait_for_nothing(uint64_t wait_ms)
{
	uint64_t before = dc_loop_now_ms(loop);
	assert_true(run((int)wait_ms));
	return dc_loop_now_ms(loop) - before;
}

static uint64_t wait_in_small_steps(uint64_t wait_ms)
{
	struct beat far = {0};
	uint64_t before = dc_loop_now_ms(loop);
	arm(&far, 500000);
	while (dc_loop_now_ms(loop) - before < wait_ms)
		assert_true(run(10));
	dc_loop_disarm(loop, &far.timer);
	return dc_loop_now_ms(loop) - before;
}

static uint64_t wait_for_timers(uint64_t wait_ms)
{
	struct beat last = {0}, sooner = {0};
	uint64_t before = dc_loop_now_ms(loop);
	arm(&last, wait_ms);
	arm(&sooner, wait_ms / 2);
	while (!last.fired)
		assert_true(run(-1));
	assert_int_equal(sooner.fired, 1);
	assert_true(sooner.fired_ms >= before + wait_ms / 2);
	return last.fired_ms - before;
}

static void loop_waits_no_longer_than_told(void **state)
{
	uint64_t (*const ways[])(uint64_t) = {wait_for_nothing, wait_in_small_steps, wait_for_timers};
	static const uint64_t waits[] = {30, 270};
	for (size_t i = 0; i < sizeof ways / sizeof *ways * 2; i++) {
		uint64_t wait_ms = waits[i % 2], took_ms = UINT64_MAX;
		for (int tries = 0; took_ms > wait_ms + LATE_MS; tries++) {
			assert_true(tries < TRIES);
			assert_true(run(0)); /* the loop's clock is right */
			took_ms = ways[i / 2](wait_ms);
			assert_true(took_ms >= wait_ms - (i / 2 == 0)); /* the kernel counts from within a millisecond */
		}
	}
}

/* ---- descriptors ---- */

struct end {
	struct dc_watch watch;
	int other;
	unsigned readable, writable;
	struct end **others; /* unwatched and freed by the first that is ready */
	size_t count;
};

static void on_ready(struct dc_watch *watch, bool readable, bool writable)
{
	struct end *end = watch->user;
	end->readable += readable;
	end->writable += writable;
	for (size_t i = 0; i < end->count; i++) {
		struct end *other = end->others[i];
		if (!other || other == end)
			continue;
		assert_true(dc_loop_watch(loop, &other->watch, false, false));
		(void)close(other->watch.fd);
		(void)close(other->other);
		free(other);
		end->others[i] = NULL;
	}
}

static struct end *end_new(void)
{
	int pair[2];
	struct end *end = calloc(1, sizeof *end);
	assert_non_null(end);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	end->watch = (struct dc_watch){.fd = pair[0], .ready = on_ready, .user = end};
	end->other = pair[1];
	return end;
}

static void end_free(struct end *end)
{
	assert_true(dc_loop_watch(loop, &end->watch, false, false));
	(void)close(end->watch.fd);
	(void)close(end->other);
	free(end);
}

static void descriptors_are_watched(void **state)
{
	struct end *end = end_new();
	assert_true(dc_loop_watch(loop, &end->watch, true, false));
	assert_true(run(0));
	assert_int_equal(end->readable, 0);
	assert_int_equal(write(end->other, "x", 1), 1);
	assert_true(run(1000));
	assert_int_equal(end->readable, 1);
	assert_int_equal(end->writable, 0);
	assert_true(dc_loop_watch(loop, &end->watch, false, true));
	assert_true(run(1000));
	assert_int_equal(end->readable, 1);
	assert_int_equal(end->writable, 1);
	assert_true(dc_loop_watch(loop, &end->watch, false, false));
	assert_true(run(0));
	assert_int_equal(end->writable, 1);
	/* Closed behind our back, and the number used again. */
	assert_true(dc_loop_watch(loop, &end->watch, true, false));
	(void)close(end->watch.fd);
	int again = fcntl(end->other, F_DUPFD_CLOEXEC, end->watch.fd);
	assert_int_equal(again, end->watch.fd);
	assert_true(dc_loop_watch(loop, &end->watch, false, true));
	assert_true(run(1000));
	assert_int_equal(end->writable, 2);
	end_free(end);
	struct dc_watch bad = {.fd = -1, .ready = on_ready};
	assert_false(dc_loop_watch(loop, &bad, true, false));
	assert_false(bad.watching);
	assert_true(dc_loop_watch(loop, &bad, false, false));
}

static void watches_may_vanish_in_a_handler(void **state)
{
	enum { ENDS = 40 };
	struct end *ends[ENDS], *left = NULL;
	for (size_t i = 0; i < ENDS; i++) {
		ends[i] = end_new();
		ends[i]->others = ends;
		ends[i]->count = ENDS;
		assert_int_equal(write(ends[i]->other, "x", 1), 1);
		assert_true(dc_loop_watch(loop, &ends[i]->watch, true, false));
	}
	assert_true(run(1000)); /* all are ready; the first frees the others */
	for (size_t i = 0; i < ENDS; i++)
		if (ends[i]) {
			assert_null(left);
			left = ends[i];
		}
	assert_non_null(left);
	if (left) {
		assert_int_equal(left->readable, 1);
		end_free(left);
	}
}

/* ---- turns ---- */

struct round {
	struct dc_turn turn;
	struct beat *beat; /* armed when it fires */
	unsigned fired;
};

static void go_round(struct dc_turn *turn)
{
	struct round *round = turn->user;
	assert_false(turn->armed);
	round->fired++;
	if (round->beat)
		arm(round->beat, 0);
}

static void turns_come_before_waiting(void **state)
{
	struct beat beat = {0};
	struct round rounds[3] = {{.beat = &beat}};
	for (int i = 0; i < 3; i++) {
		rounds[i].turn = (struct dc_turn){.fire = go_round, .user = &rounds[i]};
		dc_loop_at_turn(loop, &rounds[i].turn);
		dc_loop_at_turn(loop, &rounds[i].turn); /* once is enough */
	}
	dc_loop_cancel_turn(loop, &rounds[1].turn);
	dc_loop_cancel_turn(loop, &rounds[1].turn);
	uint64_t began_ms = dc_clock_ms();
	assert_true(run(60000)); /* the timer that the first turn armed ends the waiting */
	assert_true(dc_clock_ms() - began_ms < 30000);
	assert_int_equal(beat.fired, 1);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(rounds[0].fired, 1);
		assert_int_equal(rounds[1].fired, 0);
		assert_int_equal(rounds[2].fired, 1);
		assert_true(run(0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_come_before_waiting),
		cmocka_unit_test(timers_fire_once_and_not_early), cmocka_unit_test(long_timers_wait),
		cmocka_unit_test(handlers_may_arm_and_disarm), cmocka_unit_test(loop_waits_no_longer_than_told),
		cmocka_unit_test(descriptors_are_watched), cmocka_unit_test(watches_may_vanish_in_a_handler),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
