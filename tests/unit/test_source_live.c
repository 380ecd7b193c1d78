/* The live source against servers that behave and servers that do not.
 *
 * On a busy machine any answer may come later than it should, and a try is left out when its time has passed. What is measured is
 * therefore tried several times, under other names, and is a fault when it lasts too long each time; what comes too early is one
 * at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "live_lab.h"
#include "source/resolvconf.h"

static struct lab_server hostile;
static struct dc_loop *loop;

static struct dc_source *live_to(const char *const *servers, size_t count, struct dc_live_options options)
{
	struct dc_live_server parsed[DC_LIVE_SERVERS_MAX];
	struct dc_error err = {0};
	for (size_t i = 0; i < count; i++)
		assert_int_equal(dc_live_server_parse(dc_slice_of(servers[i]), &parsed[i], &err), DC_OK);
	options.servers = parsed;
	options.server_count = count;
	struct dc_source *source = dc_live_new(loop, &options, &err);
	if (!source)
		fail_msg("%s", err.message);
	return source;
}

static int start(void **state)
{
	lab_start(&hostile, "127.0.0.1", NULL);
	loop = dc_loop_new();
	return loop ? 0 : -1;
}

static int stop(void **state)
{
	dc_loop_free(loop);
	lab_stop(&hostile);
	return 0;
}

/* ---- time ---- */

enum { ATTEMPTS = 12 };

static bool late; /* in this attempt something lasted longer than it should */

static void lasts(uint64_t ms, uint64_t least, uint64_t most)
{
	assert_true(ms >= least);
	late |= ms > most;
}

static void patiently(void (*attempt)(unsigned number))
{
	for (unsigned number = 0; number < ATTEMPTS; number++) {
		late = false;
		attempt(number);
		if (!late)
			return;
	}
	fail_msg("took too long, %d times", ATTEMPTS);
}

static struct dc_answer *ask_numbered(struct dc_source *live, const char *label, unsigned number, uint16_t type)
{
	char name[64];
	(void)snprintf(name, sizeof name, "%s.n%u.test", label, number);
	return lab_ask_one(loop, live, name, type);
}

/* ---- what comes of what ---- */

static void outcomes(void **state)
{
	static const struct {
		const char *label;
		uint16_t type;
		enum dc_outcome outcome;
		int rcode;
		size_t rrs;
		int ede;
		const char *detail; /* a part of it */
	} rows[] = {
		{"ok", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"ok", DC_TYPE_TXT, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"ok", DC_TYPE_MX, DC_OUTCOME_NODATA, 0, 0, -1, NULL},
		{"nx", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, 3, 0, -1, NULL},
		{"nodata", DC_TYPE_A, DC_OUTCOME_NODATA, 0, 0, -1, NULL},
		{"nosoa", DC_TYPE_A, DC_OUTCOME_NODATA, 0, 0, -1, NULL},
		{"lame", DC_TYPE_A, DC_OUTCOME_REFUSED, 0, 0, -1, "refers"},
		{"hollow", DC_TYPE_A, DC_OUTCOME_REFUSED, 0, 0, -1, "empty"},
		{"servfail", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 2, 0, -1, NULL},
		{"refused", DC_TYPE_A, DC_OUTCOME_REFUSED, 5, 0, -1, NULL},
		{"busy2", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"rcode9", DC_TYPE_A, DC_OUTCOME_REFUSED, 9, 0, -1, NULL},
		{"rcode23", DC_TYPE_A, DC_OUTCOME_REFUSED, 23, 0, -1, NULL},
		{"bogus", DC_TYPE_A, DC_OUTCOME_BOGUS, 2, 0, 7, "signature expired"},
		{"ede6", DC_TYPE_A, DC_OUTCOME_BOGUS, 2, 0, 6, "DNSSEC bogus"},
		{"ede12", DC_TYPE_A, DC_OUTCOME_BOGUS, 2, 0, 12, "NSEC"},
		{"ede22", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 2, 0, 22, "no reachable"},
		{"ede4999", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 2, 0, 4999, NULL},
		{"filter15", DC_TYPE_A, DC_OUTCOME_REFUSED, 3, 0, 15, "blocked"},
		{"filter17", DC_TYPE_A, DC_OUTCOME_REFUSED, 3, 0, 17, "filtered"},
		{"filter4", DC_TYPE_A, DC_OUTCOME_REFUSED, 3, 0, 4, "forged"},
		{"filter19", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, 3, 0, 19, "stale"},
		{"garbage", DC_TYPE_A, DC_OUTCOME_MALFORMED, 0, 0, -1, "cannot be read"},
		{"rdlen", DC_TYPE_A, DC_OUTCOME_MALFORMED, 0, 0, -1, "cannot be read"},
		{"pointer", DC_TYPE_A, DC_OUTCOME_MALFORMED, 0, 0, -1, "cannot be read"},
		{"echo", DC_TYPE_A, DC_OUTCOME_MALFORMED, 0, 0, -1, "no DNS answer"},
		{"many", DC_TYPE_A, DC_OUTCOME_MALFORMED, 0, 0, -1, "1024"},
		{"many1024", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1024, -1, NULL},
		{"forged", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"noedns", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"formerr", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"formerrbare", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"notimp", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"badvers", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"drop1", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"tc", DC_TYPE_TXT, DC_OUTCOME_ANSWER, 0, 10, -1, NULL},
		{"tctc", DC_TYPE_TXT, DC_OUTCOME_MALFORMED, 0, 0, -1, "over TCP"},
		{"tc200", DC_TYPE_TXT, DC_OUTCOME_ANSWER, 0, 200, -1, NULL},
		{"big", DC_TYPE_TXT, DC_OUTCOME_ANSWER, 0, 30, -1, NULL},
		{"huge", DC_TYPE_TXT, DC_OUTCOME_ANSWER, 0, 22, -1, NULL},
		{"cname", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 2, -1, NULL},
		{"cname12", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 13, -1, NULL},
		{"cname40", DC_TYPE_A, DC_OUTCOME_MALFORMED, 0, 0, -1, "32"},
		{"bare", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 2, -1, NULL},
		{"bare3", DC_TYPE_A, DC_OUTCOME_ANSWER, 0, 5, -1, NULL},
		{"bare30", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 0, 13, -1, "aliases"},
		{"barenx", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, 3, 1, -1, NULL},
		{"barenodata", DC_TYPE_A, DC_OUTCOME_NODATA, 0, 1, -1, NULL},
		{"barefail", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 2, 1, -1, NULL},
		{"bare", DC_TYPE_CNAME, DC_OUTCOME_ANSWER, 0, 1, -1, NULL},
		{"self", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 0, 1, -1, "circle"},
		{"loopa", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 0, 2, -1, "circle"},
		{"circle", DC_TYPE_A, DC_OUTCOME_SERVFAIL, 0, 2, -1, "circle"},
		{"cnamenodata", DC_TYPE_A, DC_OUTCOME_NODATA, 0, 1, -1, NULL},
		{"cnamenx", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, 3, 1, -1, NULL},
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct lab_ask *asks = calloc(ROWS, sizeof *asks);
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	char name[64];
	assert_non_null(asks);
	for (size_t i = 0; i < ROWS; i++) {
		(void)snprintf(name, sizeof name, "%s.o%zu.test", rows[i].label, i);
		lab_submit(live, &asks[i], DC_ASK_DNS, name, rows[i].type, NULL);
	}
	lab_wait(loop, asks, ROWS, 30);
	for (size_t i = 0; i < ROWS; i++) {
		const struct dc_answer *answer = asks[i].answer;
		if (answer->outcome != rows[i].outcome || answer->rcode != rows[i].rcode || answer->rr_count != rows[i].rrs ||
		    answer->ede != rows[i].ede)
			fail_msg("%s %u: %s rcode %u, %zu records, ede %d, \"%.*s\"", asks[i].name, rows[i].type,
				 dc_outcome_name(answer->outcome), answer->rcode, answer->rr_count, answer->ede,
				 DC_FMT(answer->detail));
		if (rows[i].detail && !memmem(answer->detail.ptr, answer->detail.len, rows[i].detail, strlen(rows[i].detail)))
			fail_msg("%s: \"%.*s\"", asks[i].name, DC_FMT(answer->detail));
		assert_true(dc_slice_eq(answer->via, dc_slice_of(hostile.text)));
		assert_true(answer->tries >= 1);
		dc_answer_unref(asks[i].answer);
	}
	live->ops->free(live);
	free(asks);
}

static void records_and_times(void **state)
{
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	size_t hops;
	struct dc_answer *answer = lab_ask_one(loop, live, "ok.r.test", DC_TYPE_TXT);
	assert_memory_equal(answer->rrs[0].rdata.ptr, "\x05hello\x00\x05world", 13);
	assert_int_equal(answer->rrs[0].rdata.len, 13);
	assert_int_equal(answer->ttl_s, 300);
	assert_true(dc_slice_eq(answer->rrs[0].owner, DC_S("ok.r.test")));
	assert_int_equal(answer->dnssec, DC_DNSSEC_UNKNOWN);
	assert_true(answer->size > 30);
	dc_answer_unref(answer);

	answer = lab_ask_one(loop, live, "bare2.r.test", DC_TYPE_A);
	assert_true(dc_slice_eq(dc_answer_target(answer, &hops), DC_S("ok.r.test")));
	assert_int_equal(hops, 3);
	assert_int_equal(dc_answer_count(answer), 1);
	assert_int_equal(answer->tries, 4);
	dc_answer_unref(answer);

	answer = lab_ask_one(loop, live, "cname3.r.test", DC_TYPE_A);
	assert_int_equal(answer->ttl_s, 50);
	dc_answer_unref(answer);

	answer = lab_ask_one(loop, live, "nodata.r.test", DC_TYPE_A);
	assert_int_equal(answer->ttl_s, 60); /* the SOA's minimum, not its TTL */
	dc_answer_unref(answer);

	answer = lab_ask_one(loop, live, "ad.r.test", DC_TYPE_A);
	assert_true(answer->authentic); /* we set AD, so the server may */
	dc_answer_unref(answer);

	live->ops->free(live);
}

static void measure_answers(unsigned number)
{
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	struct dc_answer *answer = ask_numbered(live, "delay120", number, DC_TYPE_A);
	lasts(answer->elapsed_ms, 110, 400);
	late |= answer->tries > 1;
	dc_answer_unref(answer);

	answer = ask_numbered(live, "drop2", number, DC_TYPE_A);
	assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
	assert_true(answer->tries >= 3);
	late |= answer->tries > 3;
	lasts(answer->elapsed_ms, 1350, 1900); /* 500 + 900 */
	dc_answer_unref(answer);
	live->ops->free(live);
}

static void answers_take_their_time(void **state)
{
	patiently(measure_answers);
}

static void be_silent(unsigned number)
{
	static const struct {
		const char *label;
		enum dc_outcome outcome;
	} rows[] = {
		{"drop", DC_OUTCOME_TIMEOUT}, {"wrongid", DC_OUTCOME_TIMEOUT}, {"wrongq", DC_OUTCOME_MALFORMED},
		{"empty", DC_OUTCOME_TIMEOUT}, {"tcpart", DC_OUTCOME_TIMEOUT}, {"delay5000", DC_OUTCOME_TIMEOUT},
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct lab_ask asks[ROWS];
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){.timeout_ms = 1000});
	char name[64];
	for (size_t i = 0; i < ROWS; i++) {
		(void)snprintf(name, sizeof name, "%s.s%u.test", rows[i].label, number);
		lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_TXT, NULL);
	}
	lab_wait(loop, asks, ROWS, 60);
	for (size_t i = 0; i < ROWS; i++) {
		if (asks[i].answer->outcome != rows[i].outcome) {
			late |= asks[i].answer->outcome == DC_OUTCOME_TIMEOUT; /* nothing was heard in time */
			if (!late)
				fail_msg("%s: %s", asks[i].name, dc_outcome_name(asks[i].answer->outcome));
		}
		lasts(asks[i].answer->elapsed_ms, 100, 1100);
		late |= asks[i].answer->truncated != (i == 4);
		assert_int_equal(dc_answer_count(asks[i].answer), 0); /* nothing is concluded from a part */
		dc_answer_unref(asks[i].answer);
	}
	/* Late answers to given-up questions do no harm. */
	struct dc_answer *answer = ask_numbered(live, "delay900", number, DC_TYPE_A);
	late |= answer->outcome != DC_OUTCOME_ANSWER;
	assert_true(answer->tries > 1);
	dc_answer_unref(answer);
	live->ops->free(live);
}

static void silence(void **state)
{
	patiently(be_silent);
}

static void count_tries(unsigned number)
{
	static const int retries[] = {-1, 7}; /* none, seven */
	const char *servers[] = {hostile.text};
	for (size_t i = 0; i < 2; i++) {
		struct dc_source *live = live_to(servers, 1, (struct dc_live_options){.timeout_ms = 400, .retries = retries[i]});
		struct dc_answer *answer = ask_numbered(live, "drop", 2 * number + (unsigned)i, DC_TYPE_A);
		assert_int_equal(answer->outcome, DC_OUTCOME_TIMEOUT);
		assert_true(answer->tries <= (i ? 8 : 1));
		late |= answer->tries != (i ? 8 : 1);
		lasts(answer->elapsed_ms, 390, 600);
		dc_answer_unref(answer);
		live->ops->free(live);
	}
}

static void tries_are_counted(void **state)
{
	patiently(count_tries);
}

static void impossible_questions(void **state)
{
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	char name[1000];
	memset(name, 'x', sizeof name);
	name[64] = 0; /* a label of 64 */
	struct dc_answer *answer = lab_ask_one(loop, live, name, DC_TYPE_A);
	assert_int_equal(answer->outcome, DC_OUTCOME_MALFORMED);
	dc_answer_unref(answer);
	struct lab_ask ask;
	lab_submit(live, &ask, DC_ASK_SERVER, "x.test", DC_TYPE_A, "ns1.example.com");
	lab_wait(loop, &ask, 1, 1);
	assert_int_equal(ask.answer->outcome, DC_OUTCOME_MALFORMED);
	dc_answer_unref(ask.answer);
	/* Names that c-ares itself would refuse, and odd octets. */
	answer = lab_ask_one(loop, live, "ok.onion", DC_TYPE_A);
	assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
	dc_answer_unref(answer);
	answer = lab_ask_one(loop, live, "ok.a\\.b\\032c.test", DC_TYPE_A);
	assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
	assert_true(dc_slice_eq(answer->rrs[0].owner, answer->question.name));
	dc_answer_unref(answer);
	live->ops->free(live);
}

/* ---- several servers ---- */

static void one_server_dead(void **state)
{
	struct lab_server mute;
	char refusing[64];
	lab_start(&mute, "127.0.0.1", "mute");
	(void)snprintf(refusing, sizeof refusing, "127.0.0.1:%u", lab_dead_port());
	const char *sets[2][2] = {{mute.text, hostile.text}, {refusing, hostile.text}};
	enum { ASKS = 200 };
	struct lab_ask *asks = calloc(ASKS, sizeof *asks);
	assert_non_null(asks);
	for (int set = 0; set < 2; set++) {
		struct dc_source *live = live_to(sets[set], 2, (struct dc_live_options){0});
		char name[64];
		uint64_t before = lab_clock_ms();
		for (size_t i = 0; i < ASKS; i++) {
			(void)snprintf(name, sizeof name, "ok.f%zu.test", i);
			lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_A, NULL);
		}
		lab_wait(loop, asks, ASKS, 20);
		assert_true(lab_clock_ms() - before < 4000);
		for (size_t i = 0; i < ASKS; i++) {
			assert_int_equal(asks[i].answer->outcome, DC_OUTCOME_ANSWER);
			dc_answer_unref(asks[i].answer);
		}
		/* Found once: what comes later pays nothing. */
		for (int i = 0; i < 5; i++) {
			(void)snprintf(name, sizeof name, "ok.g%d.test", i);
			struct dc_answer *answer = lab_ask_one(loop, live, name, DC_TYPE_A);
			assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
			assert_true(answer->elapsed_ms < 1000);
			assert_true(dc_slice_eq(answer->via, dc_slice_of(hostile.text)));
			dc_answer_unref(answer);
		}
		live->ops->free(live);
	}
	free(asks);
	lab_stop(&mute);
}

/* The first resolver dies in mid-run; the second takes over. A silent first resolver that wakes up is used again. */
static void servers_come_and_go(void **state)
{
	struct lab_server dying, waking;
	enum { ASKS = 300 };
	struct lab_ask *asks = calloc(ASKS, sizeof *asks);
	char name[64];
	assert_non_null(asks);
	lab_start(&dying, "127.0.0.1", NULL);
	const char *servers[] = {dying.text, hostile.text};
	struct dc_source *live = live_to(servers, 2, (struct dc_live_options){0});
	for (size_t i = 0; i < ASKS; i++) {
		if (i == ASKS / 2)
			lab_stop(&dying);
		(void)snprintf(name, sizeof name, "delay20.c%zu.test", i);
		lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_A, NULL);
		if (i % 10 == 0)
			assert_true(dc_loop_run(loop, 5));
	}
	lab_wait(loop, asks, ASKS, 20);
	for (size_t i = 0; i < ASKS; i++) {
		assert_int_equal(asks[i].answer->outcome, DC_OUTCOME_ANSWER);
		assert_true(asks[i].answer->elapsed_ms < 4000);
		dc_answer_unref(asks[i].answer);
	}
	live->ops->free(live);
	free(asks);

	lab_start(&waking, "127.0.0.1", "wake2");
	servers[0] = waking.text;
	live = live_to(servers, 2, (struct dc_live_options){0});
	bool back = false;
	uint64_t end = lab_clock_ms() + 10000;
	for (unsigned i = 0; !back && lab_clock_ms() < end; i++) {
		(void)snprintf(name, sizeof name, "ok.w%u.test", i);
		struct dc_answer *answer = lab_ask_one(loop, live, name, DC_TYPE_A);
		assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
		assert_true(answer->elapsed_ms < 2000);
		back = dc_slice_eq(answer->via, dc_slice_of(waking.text));
		dc_answer_unref(answer);
		(void)usleep(20000);
	}
	assert_true(back);
	live->ops->free(live);
	lab_stop(&waking);
}

/* One packet in five is lost, one of two resolvers is dead: every question has its answer. */
static void lossy(void **state)
{
	struct lab_server mute;
	enum { ASKS = 3000 };
	struct lab_ask *asks = calloc(ASKS, sizeof *asks);
	char name[64];
	unsigned wrong = 0;
	assert_non_null(asks);
	lab_start(&mute, "127.0.0.1", "mute");
	const char *servers[] = {mute.text, hostile.text};
	struct dc_source *live = live_to(servers, 2, (struct dc_live_options){0});
	for (size_t i = 0; i < ASKS; i++) {
		(void)snprintf(name, sizeof name, "%s.p%zu.test", i % 25 == 0 ? "drop2" : i % 5 == 0 ? "drop1" : "ok", i);
		lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_A, NULL);
	}
	lab_wait(loop, asks, ASKS, 20);
	for (size_t i = 0; i < ASKS; i++) {
		wrong += asks[i].answer->outcome != DC_OUTCOME_ANSWER;
		dc_answer_unref(asks[i].answer);
	}
	assert_int_equal(wrong, 0);
	live->ops->free(live);
	free(asks);
	lab_stop(&mute);
}

static void failures_of_several(void **state)
{
	struct lab_server mute, servfail, refused;
	lab_start(&mute, "127.0.0.1", "mute");
	lab_start(&servfail, "127.0.0.1", "servfail");
	lab_start(&refused, "127.0.0.1", "refused");
	const struct {
		const char *servers[3];
		size_t count;
		const char *name;
		enum dc_outcome outcome;
	} rows[] = {
		{{servfail.text, hostile.text}, 2, "ok.m.test", DC_OUTCOME_ANSWER},
		{{refused.text, hostile.text}, 2, "nx.m.test", DC_OUTCOME_NXDOMAIN},
		{{refused.text, servfail.text, hostile.text}, 3, "ok.m.test", DC_OUTCOME_ANSWER},
		{{servfail.text, refused.text}, 2, "x.m.test", DC_OUTCOME_SERVFAIL},
		{{refused.text, servfail.text}, 2, "x.m.test", DC_OUTCOME_SERVFAIL},
		{{mute.text, servfail.text}, 2, "x.m.test", DC_OUTCOME_SERVFAIL},
		{{servfail.text, mute.text}, 2, "x.m.test", DC_OUTCOME_SERVFAIL},
		{{hostile.text, servfail.text}, 2, "bogus.m.test", DC_OUTCOME_BOGUS},
		{{servfail.text, hostile.text}, 2, "bogus.m.test", DC_OUTCOME_BOGUS},
		{{hostile.text, servfail.text}, 2, "garbage.m.test", DC_OUTCOME_SERVFAIL},
		{{mute.text, refused.text}, 2, "x.m.test", DC_OUTCOME_REFUSED},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_source *live = live_to(rows[i].servers, rows[i].count, (struct dc_live_options){.timeout_ms = 3000});
		struct dc_answer *answer = lab_ask_one(loop, live, rows[i].name, DC_TYPE_A);
		if (answer->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, dc_outcome_name(answer->outcome));
		assert_true(answer->elapsed_ms < 2700);
		dc_answer_unref(answer);
		live->ops->free(live);
	}
	lab_stop(&mute);
	lab_stop(&servfail);
	lab_stop(&refused);
}

/* A thousand names without a server behind them, through resolvers that are well: live names still get their answers,
 * soon, and from the first resolver. */
static void dead_names(void **state)
{
	struct lab_server second;
	enum { DEAD = 1000, LIVE = 500, ASKS = DEAD + LIVE };
	struct lab_ask *asks = calloc(ASKS, sizeof *asks);
	assert_non_null(asks);
	lab_start(&second, "127.0.0.1", NULL);
	const char *servers[] = {hostile.text, second.text};
	for (size_t count = 1; count <= 2; count++) {
		struct dc_source *live = live_to(servers, count, (struct dc_live_options){.window = 300, .timeout_ms = 3000});
		uint64_t before = lab_clock_ms();
		char name[64];
		for (size_t i = 0; i < ASKS; i++) {
			(void)snprintf(name, sizeof name, "%s.n%zu.test", i < DEAD ? "drop" : "ok", i);
			lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_A, NULL);
		}
		lab_wait(loop, asks + DEAD, LIVE, 20);
		uint64_t live_ms = lab_clock_ms() - before;
		lab_wait(loop, asks, ASKS, 20);
		for (size_t i = 0; i < ASKS; i++) {
			assert_int_equal(asks[i].answer->outcome, i < DEAD ? DC_OUTCOME_TIMEOUT : DC_OUTCOME_ANSWER);
			dc_answer_unref(asks[i].answer);
		}
		assert_true(live_ms < 8000);
		live->ops->free(live);
	}
	free(asks);
	lab_stop(&second);
}

static void nobody_listens(void **state)
{
	char refusing[64];
	(void)snprintf(refusing, sizeof refusing, "127.0.0.1:%u", lab_dead_port());
	const char *servers[] = {refusing};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	struct lab_ask asks[20];
	for (size_t i = 0; i < 20; i++)
		lab_submit(live, &asks[i], DC_ASK_DNS, i ? "b.test" : "a.test", DC_TYPE_A, NULL);
	lab_wait(loop, asks, 20, 30);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(asks[i].answer->outcome, DC_OUTCOME_TIMEOUT);
		assert_true(dc_slice_eq(asks[i].answer->detail, DC_S("connection refused")));
		assert_int_equal(asks[i].answer->tries, 4);
		assert_true(asks[i].answer->elapsed_ms < 4900);
		dc_answer_unref(asks[i].answer);
	}
	live->ops->free(live);
}

/* The server was away when the question was put, and came back. */
static void answers_after_refusal(void **state)
{
	const char *servers[] = {hostile.text};
	struct lab_server notcp;
	lab_start(&notcp, "127.0.0.1", "notcp");
	servers[0] = notcp.text;
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){.timeout_ms = 1500});
	struct dc_answer *answer = lab_ask_one(loop, live, "tc.t.test", DC_TYPE_TXT);
	assert_int_equal(answer->outcome, DC_OUTCOME_TIMEOUT);
	assert_true(answer->truncated);
	dc_answer_unref(answer);
	answer = lab_ask_one(loop, live, "ok.t.test", DC_TYPE_TXT);
	assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
	dc_answer_unref(answer);
	live->ops->free(live);
	lab_stop(&notcp);
}

static void streams_that_close(void **state)
{
	enum { ASKS = 40 };
	static struct lab_ask asks[ASKS];
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	char name[64];
	for (size_t i = 0; i < ASKS; i++) {
		(void)snprintf(name, sizeof name, "tclast.z%zu.test", i);
		lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_TXT, NULL);
	}
	lab_wait(loop, asks, ASKS, 20);
	for (size_t i = 0; i < ASKS; i++) {
		if (asks[i].answer->outcome != DC_OUTCOME_ANSWER)
			fail_msg("%zu: %s %.*s", i, dc_outcome_name(asks[i].answer->outcome), DC_FMT(asks[i].answer->detail));
		dc_answer_unref(asks[i].answer);
	}
	live->ops->free(live);
}

/* ---- one server by name ---- */

static void asks_a_server(void **state)
{
	static const struct {
		const char *label;
		enum dc_outcome outcome;
		size_t rrs;
	} rows[] = {
		{"ok", DC_OUTCOME_ANSWER, 1},       {"nx", DC_OUTCOME_NXDOMAIN, 0}, {"lame", DC_OUTCOME_REFUSED, 0},
		{"refused", DC_OUTCOME_REFUSED, 0}, {"servfail", DC_OUTCOME_SERVFAIL, 0}, {"bare", DC_OUTCOME_ANSWER, 1},
		{"tc", DC_OUTCOME_ANSWER, 10},
	};
	enum { ROWS = sizeof rows / sizeof *rows };
	struct lab_ask asks[ROWS], v6;
	struct lab_server six;
	struct dc_source *live = live_to(NULL, 0, (struct dc_live_options){.timeout_ms = 1000});
	const struct dc_question to_resolver = {DC_ASK_DNS, DC_TYPE_A, DC_S("x.test"), {0}};
	char name[64];
	assert_false(live->ops->claims(live, &to_resolver));
	lab_start(&six, "::1", NULL);
	for (size_t i = 0; i < ROWS; i++) {
		(void)snprintf(name, sizeof name, "%s.a.test", rows[i].label);
		lab_submit(live, &asks[i], DC_ASK_SERVER, name, DC_TYPE_TXT, hostile.text);
	}
	lab_submit(live, &v6, DC_ASK_SERVER, "ok.a.test", DC_TYPE_A, six.text);
	lab_wait(loop, asks, ROWS, 5);
	lab_wait(loop, &v6, 1, 5);
	for (size_t i = 0; i < ROWS; i++) {
		if (asks[i].answer->outcome != rows[i].outcome || asks[i].answer->rr_count != rows[i].rrs)
			fail_msg("%s: %s", asks[i].name, dc_outcome_name(asks[i].answer->outcome));
		dc_answer_unref(asks[i].answer);
	}
	assert_int_equal(v6.answer->outcome, DC_OUTCOME_ANSWER);
	assert_true(dc_slice_eq(v6.answer->via, dc_slice_of(six.text)));
	dc_answer_unref(v6.answer);
	/* More servers than sockets are kept for. */
	static struct lab_ask many[300];
	for (size_t i = 0; i < 300; i++) {
		char server[64];
		(void)snprintf(server, sizeof server, "127.0.%zu.%zu:%u", 1 + i / 200, 1 + i % 200, lab_dead_port());
		lab_submit(live, &many[i], DC_ASK_SERVER, "x.test", DC_TYPE_A, server);
		if (i % 100 == 99)
			lab_wait(loop, many + i - 99, 100, 10);
	}
	for (size_t i = 0; i < 300; i++) {
		assert_int_equal(many[i].answer->outcome, DC_OUTCOME_TIMEOUT);
		dc_answer_unref(many[i].answer);
	}
	live->ops->free(live);
	lab_stop(&six);
}

/* ---- rate, order, ends ---- */

static void keep_rate(unsigned number)
{
	enum { ASKS = 150 };
	static struct lab_ask asks[ASKS];
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){.max_qps = 300});
	uint64_t before = lab_clock_ms();
	for (size_t i = 0; i < ASKS; i++)
		lab_submit(live, &asks[i], DC_ASK_DNS, "ok.q.test", DC_TYPE_A, NULL);
	lab_wait(loop, asks, ASKS, 60);
	lasts(lab_clock_ms() - before, 440, 900);
	for (size_t i = 0; i < ASKS; i++)
		dc_answer_unref(asks[i].answer);
	live->ops->free(live);
}

static void rate_is_kept(void **state)
{
	patiently(keep_rate);
}

struct chain_of_asks {
	struct dc_source *live;
	struct dc_fetch fetch[3];
	unsigned done;
	bool free_inside;
};

static void ask_on(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct chain_of_asks *chain = fetch->user;
	dc_answer_unref(answer);
	if (++chain->done == 3) {
		if (chain->free_inside) {
			/* With questions under way, and from inside an answer. */
			static struct lab_ask lost[50];
			for (size_t i = 0; i < 50; i++)
				lab_submit(chain->live, &lost[i], DC_ASK_DNS, "drop.l.test", DC_TYPE_A, NULL);
			chain->live->ops->free(chain->live);
		}
		return;
	}
	struct dc_fetch *next = &chain->fetch[chain->done];
	*next = (struct dc_fetch){.question = fetch->question, .done = ask_on, .user = chain};
	chain->live->ops->submit(chain->live, next);
}

static void ask_and_free_from_inside(void **state)
{
	const char *servers[] = {hostile.text};
	for (int free_inside = 0; free_inside < 2; free_inside++) {
		struct chain_of_asks chain = {.live = live_to(servers, 1, (struct dc_live_options){0}), .free_inside = free_inside};
		chain.fetch[0] = (struct dc_fetch){.question = {DC_ASK_DNS, DC_TYPE_A, DC_S("ok.i.test"), {0}}, .done = ask_on,
						   .user = &chain};
		chain.live->ops->submit(chain.live, &chain.fetch[0]);
		while (chain.done < 3)
			assert_true(dc_loop_run(loop, 1000));
		if (!free_inside)
			chain.live->ops->free(chain.live);
	}
	for (int i = 0; i < 5; i++)
		assert_true(dc_loop_run(loop, 20));
}

static void many_at_once(void **state)
{
	enum { ASKS = 20000 };
	struct lab_ask *asks = calloc(ASKS, sizeof *asks);
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){0});
	char name[64];
	assert_non_null(asks);
	for (size_t i = 0; i < ASKS; i++) {
		(void)snprintf(name, sizeof name, "%s.x%zu.test", i % 10 ? "ok" : "nx", i);
		lab_submit(live, &asks[i], DC_ASK_DNS, name, DC_TYPE_A, NULL);
	}
	lab_wait(loop, asks, ASKS, 60);
	for (size_t i = 0; i < ASKS; i++) {
		assert_int_equal(asks[i].answer->outcome, i % 10 ? DC_OUTCOME_ANSWER : DC_OUTCOME_NXDOMAIN);
		dc_answer_unref(asks[i].answer);
	}
	live->ops->free(live);
	free(asks);
}

static void out_of_descriptors(void **state)
{
	struct rlimit old, tight;
	const char *servers[] = {hostile.text};
	struct dc_source *live = live_to(servers, 1, (struct dc_live_options){.timeout_ms = 500});
	int fd = dup(0);
	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	tight = old;
	tight.rlim_cur = (rlim_t)fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
	struct dc_answer *answer = lab_ask_one(loop, live, "ok.e.test", DC_TYPE_A);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(answer->outcome, DC_OUTCOME_TIMEOUT);
	assert_true(dc_slice_eq(answer->detail, DC_S("too many open files")));
	dc_answer_unref(answer);
	answer = lab_ask_one(loop, live, "ok.e.test", DC_TYPE_A);
	assert_int_equal(answer->outcome, DC_OUTCOME_ANSWER);
	dc_answer_unref(answer);
	live->ops->free(live);
}

/* ---- texts ---- */

static void server_texts(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1:53"}, {" 192.0.2.1:5353 ", "192.0.2.1:5353"}, {"2001:db8::1", "[2001:db8::1]:53"},
		{"[2001:db8::1]", "[2001:db8::1]:53"}, {"[2001:db8::1]:5353", "[2001:db8::1]:5353"}, {"::1", "[::1]:53"},
		{"fe80::1%lo", "[fe80::1%1]:53"}, {"[fe80::1%1]:54", "[fe80::1%1]:54"},
		{"", NULL}, {"dns.example", NULL}, {"192.0.2.1:", NULL}, {"192.0.2.1:0", NULL}, {"192.0.2.1:65536", NULL},
		{"192.0.2.1:dns", NULL}, {"192.0.2", NULL}, {"[192.0.2.1]:53", NULL}, {"[::1", NULL}, {"[::1]53", NULL},
		{"fe80::1%nosuchif", NULL}, {"192.0.2.1%lo", NULL}, {"192.0.2.1#53", NULL}, {"\033[31m", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_live_server server;
		struct dc_error err = {0};
		char shown[DC_LIVE_SERVER_TEXT_MAX];
		enum dc_status status = dc_live_server_parse(dc_slice_of(rows[i].text), &server, &err);
		if ((status == DC_OK) != (rows[i].shown != NULL))
			fail_msg("%s: %s", rows[i].text, err.message);
		if (status == DC_OK) {
			(void)dc_live_server_format(&server, shown);
			assert_string_equal(shown, rows[i].shown);
		} else {
			assert_true(err.message[0] != 0 && !strchr(err.message, '\033') && !strchr(err.message, '\n'));
		}
	}
}

static void resolv_conf(void **state)
{
	char path[] = "/tmp/test_resolvconf.XXXXXX";
	struct dc_live_server servers[DC_LIVE_SERVERS_MAX];
	struct dc_error err;
	size_t count = 99;
	int fd = mkstemp(path);
	static const char text[] = "# nameserver 192.0.2.9\n nameserver\t192.0.2.1  # first\nsearch example.com\nnameserver 2001:db8::1\r\n"
				   "nameserver fe80::1%lo\nnameserver 192.0.2.1\nnameserverx 192.0.2.3\nnameserver nonsense\n"
				   "options rotate\nnameserver 192.0.2.2";
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	assert_int_equal(dc_resolvconf_read(path, servers, &count, &err), DC_OK);
	assert_int_equal(count, 4);
	assert_int_equal(servers[0].ip.octets[3], 1);
	assert_int_equal(servers[1].ip.family, 6);
	assert_int_equal(servers[2].scope, 1);
	assert_int_equal(servers[3].port, 53);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(dc_resolvconf_read(path, servers, &count, &err), DC_ERR_INPUT);
	assert_non_null(strstr(err.message, "--nameserver"));
	(void)close(fd);
	(void)unlink(path);
	assert_int_equal(dc_resolvconf_read(path, servers, &count, &err), DC_ERR_IO);
	assert_non_null(strstr(err.message, "no such file"));
	assert_int_equal(count, 4); /* untouched by failures */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes), cmocka_unit_test(records_and_times), cmocka_unit_test(answers_take_their_time),
		cmocka_unit_test(silence),
		cmocka_unit_test(tries_are_counted), cmocka_unit_test(impossible_questions), cmocka_unit_test(one_server_dead),
		cmocka_unit_test(servers_come_and_go), cmocka_unit_test(lossy),
		cmocka_unit_test(failures_of_several), cmocka_unit_test(dead_names), cmocka_unit_test(nobody_listens),
		cmocka_unit_test(answers_after_refusal), cmocka_unit_test(streams_that_close), cmocka_unit_test(asks_a_server),
		cmocka_unit_test(rate_is_kept), cmocka_unit_test(ask_and_free_from_inside), cmocka_unit_test(many_at_once),
		cmocka_unit_test(out_of_descriptors), cmocka_unit_test(server_texts), cmocka_unit_test(resolv_conf),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
