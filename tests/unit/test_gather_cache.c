/* The run's cache of answers: what is shared, what is asked again, what a ceiling drops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gather/cache.h"

enum { MANY = 3000, CEILING = 64 * 1024 };

struct fake {
	struct dc_source source;
	struct dc_fetch *held[MANY + 10];
	size_t count;
};

static bool claims(const struct dc_source *source, const struct dc_question *question)
{
	return question->kind == DC_ASK_DNS;
}

static void submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct fake *fake = (struct fake *)source;
	fake->held[fake->count++] = fetch;
}

static void no_free(struct dc_source *source)
{
}

static const struct dc_source_ops ops = {"fake", claims, submit, no_free};

struct rig {
	struct fake fake;
	struct dc_source *sources[1];
	struct dc_cache *cache;
	size_t arrived;
};

static void arrived(struct dc_waiter *waiter)
{
	((struct rig *)waiter->user)->arrived++;
	dc_answer_unref(waiter->answer);
}

static void rig_open(struct rig *rig)
{
	*rig = (struct rig){.fake = {.source = {&ops}}};
	rig->sources[0] = &rig->fake.source;
	rig->cache = dc_cache_new(rig->sources, 1, CEILING);
	assert_non_null(rig->cache);
}

/* True: the answer was there. */
static bool ask(struct rig *rig, unsigned number, struct dc_waiter *waiter)
{
	char name[32];
	(void)snprintf(name, sizeof name, "n%u.example", number);
	struct dc_question question = {.kind = DC_ASK_DNS, .name = dc_slice_of(name), .type = DC_TYPE_TXT};
	*waiter = (struct dc_waiter){.arrived = arrived, .user = rig};
	assert_true(dc_cache_get(rig->cache, &question, waiter));
	bool there = waiter->answer != NULL;
	dc_answer_unref(waiter->answer);
	return there;
}

static void answer(struct rig *rig, size_t i, enum dc_outcome outcome)
{
	struct dc_fetch *fetch = rig->fake.held[i];
	struct dc_answer draft = {.question = fetch->question, .outcome = outcome, .ede = -1, .via = DC_S("fake")};
	fetch->done(fetch, dc_answer_new(&draft));
}

/* However much is under way, what is known stays, and a hundred thousand octets of questions evict nothing. */
static void questions_under_way_evict_nothing(void **state)
{
	static struct dc_waiter waiters[MANY], first, again;
	static struct rig rig;
	rig_open(&rig);
	assert_false(ask(&rig, MANY, &first));
	answer(&rig, 0, DC_OUTCOME_NODATA);
	assert_int_equal(rig.arrived, 1);
	for (unsigned i = 0; i < MANY; i++)
		assert_false(ask(&rig, i, &waiters[i]));
	assert_true(ask(&rig, MANY, &again));
	answer(&rig, 1, DC_OUTCOME_NODATA);
	assert_true(ask(&rig, MANY, &again));
	assert_true(ask(&rig, 0, &again));
	assert_int_equal(rig.fake.count, MANY + 1);
	dc_cache_free(rig.cache);
}

static void the_longest_unused_goes_first(void **state)
{
	static struct dc_waiter waiters[MANY], again;
	static struct rig rig;
	rig_open(&rig);
	for (unsigned i = 0; i < MANY; i++) {
		assert_false(ask(&rig, i, &waiters[i]));
		answer(&rig, i, DC_OUTCOME_NODATA);
		assert_true(ask(&rig, 7 < i ? 7 : i, &again)); /* one that all share */
	}
	assert_int_equal(rig.arrived, MANY);
	assert_true(ask(&rig, MANY - 1, &again));
	assert_true(ask(&rig, 7, &again));
	assert_false(ask(&rig, 8, &again));
	dc_cache_free(rig.cache);
}

static void failures_are_asked_twice(void **state)
{
	struct dc_waiter waiter;
	static struct rig rig;
	rig_open(&rig);
	assert_false(ask(&rig, 1, &waiter));
	answer(&rig, 0, DC_OUTCOME_TIMEOUT);
	assert_false(ask(&rig, 1, &waiter));
	answer(&rig, 1, DC_OUTCOME_TIMEOUT);
	assert_true(ask(&rig, 1, &waiter));
	assert_int_equal(dc_cache_figures(rig.cache).failed, 2);
	assert_int_equal(dc_cache_figures(rig.cache).shared, 1);
	dc_cache_free(rig.cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_under_way_evict_nothing),
		cmocka_unit_test(the_longest_unused_goes_first),
		cmocka_unit_test(failures_are_asked_twice),
	};
	return cmocka_run_group_tests_name("gather_cache", tests, NULL, NULL);
}
