/* Validation and recursion against the world of the end-to-end tests: a signed root, secure, insecure and bogus zones, lame
 * and dead servers, resolvers that strip signatures, refuse or are silent. Exit status 77: no such world here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "live_lab.h"
#include "source/unbound.h"

enum { SKIPPED = 77 };

static struct lab_server lab;
static char places[8192];
static char hints[256], anchor[256], root[64];
static struct dc_loop *loop;

/* The word after `key` in the lab's words about itself. */
static void place(const char *key, char *text, size_t size)
{
	char line[64];
	(void)snprintf(line, sizeof line, "\n%s ", key);
	const char *at = strstr(places, line);
	if (!at)
		fail_msg("the lab has no %s", key);
	at += strlen(line);
	size_t len = strcspn(at, " \n");
	assert_true(len < size);
	memcpy(text, at, len);
	text[len] = 0;
}

static bool start_lab(void)
{
	const char *argv[] = {"/usr/bin/python3", DC_TEST_DIR "/../e2e/lab.py", NULL};
	places[0] = '\n';
	if (!lab_spawn_talker(&lab, argv, "root ", places + 1, sizeof places - 1))
		return false;
	const char *line = strstr(places, "\nroot ");
	/* Recursion needs servers on port 53; a lab without the right to open it takes another. */
	const char *resolver = strstr(places, "\nresolver "), *port53 = resolver ? strstr(resolver, ":53\n") : NULL;
	if (!port53 || port53 > strchr(resolver + 1, '\n'))
		return false;
	return line && sscanf(line, "\nroot %63s  hints %255s  anchor %255s", root, hints, anchor) == 3;
}

static struct dc_source *validator(const char *key, struct dc_unbound_options options)
{
	char text[64];
	struct dc_live_server server;
	struct dc_error err;
	place(key, text, sizeof text);
	assert_int_equal(dc_live_server_parse(dc_slice_of(text), &server, &err), DC_OK);
	options.servers = &server;
	options.server_count = 1;
	options.trust_anchor = anchor;
	struct dc_source *source = dc_unbound_new(loop, &options, &err);
	if (!source)
		fail_msg("%s", err.message);
	return source;
}

static struct dc_source *recursor(struct dc_unbound_options options)
{
	struct dc_error err;
	options.mode = DC_UNBOUND_RECURSE;
	if (!options.root_hints)
		options.root_hints = hints;
	options.trust_anchor = anchor;
	struct dc_source *source = dc_unbound_new(loop, &options, &err);
	if (!source)
		fail_msg("%s", err.message);
	return source;
}

struct row {
	const char *name;
	uint16_t type;
	enum dc_outcome outcome;
	enum dc_dnssec dnssec;
	const char *detail;
};

static const struct row rows[] = {
	{"secure.example", DC_TYPE_TXT, DC_OUTCOME_ANSWER, DC_DNSSEC_SECURE, NULL},
	{"secure.example", DC_TYPE_MX, DC_OUTCOME_ANSWER, DC_DNSSEC_SECURE, NULL},
	{"secure.example", DC_TYPE_CAA, DC_OUTCOME_NODATA, DC_DNSSEC_SECURE, NULL},
	{"no-such-name.secure.example", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, DC_DNSSEC_SECURE, NULL},
	{"no-such-domain.example", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, DC_DNSSEC_SECURE, NULL},
	{"plain.example", DC_TYPE_TXT, DC_OUTCOME_ANSWER, DC_DNSSEC_INSECURE, NULL},
	{"no-such-name.plain.example", DC_TYPE_A, DC_OUTCOME_NXDOMAIN, DC_DNSSEC_INSECURE, NULL},
	{"island.example", DC_TYPE_TXT, DC_OUTCOME_ANSWER, DC_DNSSEC_INSECURE, NULL},
	{"bogus.example", DC_TYPE_TXT, DC_OUTCOME_BOGUS, DC_DNSSEC_BOGUS, "verification failed"},
	{"expired.example", DC_TYPE_TXT, DC_OUTCOME_BOGUS, DC_DNSSEC_BOGUS, "signature expired"},
	{"unsigned.example", DC_TYPE_TXT, DC_OUTCOME_BOGUS, DC_DNSSEC_BOGUS, "No DNSKEY"},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void judge(const struct lab_ask *ask, const struct row *row, enum dc_dnssec dnssec)
{
	const struct dc_answer *answer = ask->answer;
	if (answer->outcome != row->outcome || answer->dnssec != dnssec)
		fail_msg("%s %u: %s %s \"%.*s\"", row->name, row->type, dc_outcome_name(answer->outcome),
			 dc_dnssec_name(answer->dnssec), DC_FMT(answer->detail));
	if (row->detail && !memmem(answer->detail.ptr, answer->detail.len, row->detail, strlen(row->detail)))
		fail_msg("%s: \"%.*s\"", row->name, DC_FMT(answer->detail));
	assert_true((answer->outcome == DC_OUTCOME_ANSWER) == (answer->rr_count > 0));
	for (size_t i = 0; i < answer->rr_count; i++)
		/* Signatures among them are for those who ask for validation. */
		assert_true(answer->rrs[i].type == row->type ||
			    (answer->rrs[i].type == DC_TYPE_RRSIG && answer->question.kind == DC_ASK_VALIDATE));
}

static void validates(void **state)
{
	struct dc_source *source = validator("resolver", (struct dc_unbound_options){0});
	struct lab_ask asks[ROWS];
	for (size_t i = 0; i < ROWS; i++)
		lab_submit(source, &asks[i], DC_ASK_VALIDATE, rows[i].name, rows[i].type, NULL);
	lab_wait(loop, asks, ROWS, 20);
	for (size_t i = 0; i < ROWS; i++) {
		judge(&asks[i], &rows[i], rows[i].dnssec);
		assert_true(dc_slice_eq(asks[i].answer->via, DC_S("validation")));
		dc_answer_unref(asks[i].answer);
	}
	const struct dc_question plain = {DC_ASK_DNS, DC_TYPE_A, DC_S("secure.example"), {0}};
	assert_false(source->ops->claims(source, &plain));
	source->ops->free(source);
}

/* Nothing is claimed of names when the resolver is to blame. */
static void blind_resolvers(void **state)
{
	static const struct {
		const char *key, *why;
	} cases[] = {
		{"strip", "passes no DNSSEC signatures"}, {"dead", "no DNSSEC keys"}, {"servfail", "no DNSSEC keys"},
		{"refused", "no DNSSEC keys"},
	};
	struct lab_ask asks[ROWS];
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct dc_source *source = validator(cases[k].key, (struct dc_unbound_options){.timeout_ms = 2000});
		for (size_t i = 0; i < ROWS; i++)
			lab_submit(source, &asks[i], DC_ASK_VALIDATE, rows[i].name, rows[i].type, NULL);
		lab_wait(loop, asks, ROWS, 5);
		for (size_t i = 0; i < ROWS; i++) {
			const struct dc_answer *answer = asks[i].answer;
			assert_int_equal(answer->dnssec, DC_DNSSEC_UNKNOWN);
			assert_false(dc_outcome_is_known(answer->outcome));
			assert_int_not_equal(answer->outcome, DC_OUTCOME_BOGUS);
			if (!memmem(answer->detail.ptr, answer->detail.len, cases[k].why, strlen(cases[k].why)))
				fail_msg("%s: %.*s", cases[k].key, DC_FMT(answer->detail));
			dc_answer_unref(asks[i].answer);
		}
		source->ops->free(source);
	}
}

static void recurses(void **state)
{
	static const struct row failures[] = {
		{"lame.example", DC_TYPE_TXT, DC_OUTCOME_REFUSED, DC_DNSSEC_UNKNOWN, "REFUSED"},
		{"dead.example", DC_TYPE_TXT, DC_OUTCOME_TIMEOUT, DC_DNSSEC_UNKNOWN, NULL},
	};
	struct dc_source *source = recursor((struct dc_unbound_options){.timeout_ms = 3000});
	struct lab_ask asks[2 * ROWS], failed[4];
	for (size_t i = 0; i < ROWS; i++) {
		lab_submit(source, &asks[2 * i], DC_ASK_DNS, rows[i].name, rows[i].type, NULL);
		lab_submit(source, &asks[2 * i + 1], DC_ASK_VALIDATE, rows[i].name, rows[i].type, NULL);
	}
	for (size_t i = 0; i < 4; i++)
		lab_submit(source, &failed[i], i % 2 ? DC_ASK_VALIDATE : DC_ASK_DNS, failures[i / 2].name, failures[i / 2].type, NULL);
	lab_wait(loop, asks, 2 * ROWS, 20);
	for (size_t i = 0; i < ROWS; i++) {
		judge(&asks[2 * i], &rows[i], DC_DNSSEC_UNKNOWN);
		judge(&asks[2 * i + 1], &rows[i], rows[i].dnssec);
		assert_true(dc_slice_eq(asks[2 * i].answer->via, DC_S("recursion")));
		dc_answer_unref(asks[2 * i].answer);
		dc_answer_unref(asks[2 * i + 1].answer);
	}
	lab_wait(loop, failed, 4, 20);
	for (size_t i = 0; i < 4; i++) {
		judge(&failed[i], &failures[i / 2], DC_DNSSEC_UNKNOWN);
		assert_true(failed[i].answer->elapsed_ms < 8000);
		dc_answer_unref(failed[i].answer);
	}
	source->ops->free(source);
}

static void recurses_without_validation(void **state)
{
	struct dc_source *source = recursor((struct dc_unbound_options){.no_validation = true});
	struct lab_ask ask;
	lab_submit(source, &ask, DC_ASK_DNS, "bogus.example", DC_TYPE_TXT, NULL);
	lab_wait(loop, &ask, 1, 5);
	assert_int_equal(ask.answer->outcome, DC_OUTCOME_ANSWER);
	dc_answer_unref(ask.answer);
	lab_submit(source, &ask, DC_ASK_VALIDATE, "bogus.example", DC_TYPE_TXT, NULL);
	lab_wait(loop, &ask, 1, 5);
	assert_int_equal(ask.answer->dnssec, DC_DNSSEC_UNKNOWN);
	assert_false(dc_outcome_is_known(ask.answer->outcome));
	dc_answer_unref(ask.answer);
	source->ops->free(source);
}

/* The same from libunbound and from the live source through a resolver. */
static void agrees_with_live(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
	} names[] = {
		{"secure.example", DC_TYPE_MX}, {"cname-chain.example", DC_TYPE_TXT}, {"_dmarc.cname-chain.example", DC_TYPE_TXT},
		{"dname.example", DC_TYPE_TXT}, {"huge-txt.example", DC_TYPE_TXT}, {"two-spf.example", DC_TYPE_TXT},
		{"no-such-name.example", DC_TYPE_MX}, {"plain.example", DC_TYPE_CAA},
	};
	enum { NAMES = sizeof names / sizeof *names };
	char text[64];
	struct dc_live_server server;
	place("resolver", text, sizeof text);
	assert_int_equal(dc_live_server_parse(dc_slice_of(text), &server, NULL), DC_OK);
	struct dc_live_options options = {.servers = &server, .server_count = 1};
	struct dc_source *live = dc_live_new(loop, &options, NULL), *own = recursor((struct dc_unbound_options){0});
	for (size_t i = 0; i < NAMES; i++) {
		struct dc_answer *a = lab_ask_one(loop, live, names[i].name, names[i].type);
		struct dc_answer *b = lab_ask_one(loop, own, names[i].name, names[i].type);
		if (a->outcome != b->outcome || a->rr_count != b->rr_count || a->rcode != b->rcode)
			fail_msg("%s: live %s %zu, recursion %s %zu", names[i].name, dc_outcome_name(a->outcome), a->rr_count,
				 dc_outcome_name(b->outcome), b->rr_count);
		assert_true(dc_slice_eq(dc_answer_target(a, NULL), dc_answer_target(b, NULL)));
		assert_int_equal(dc_answer_count(a), dc_answer_count(b));
		dc_answer_unref(a);
		dc_answer_unref(b);
	}
	live->ops->free(live);
	own->ops->free(own);
}

static struct dc_source *freed_inside;

static void free_source(struct dc_fetch *fetch, struct dc_answer *answer)
{
	dc_answer_unref(answer);
	if (freed_inside)
		freed_inside->ops->free(freed_inside);
	freed_inside = NULL;
}

static void freed_at_bad_moments(void **state)
{
	struct lab_ask asks[5];
	struct dc_fetch fetch = {.question = {DC_ASK_DNS, DC_TYPE_TXT, DC_S("plain.example"), {0}}, .done = free_source};
	/* Never asked. */
	struct dc_source *source = recursor((struct dc_unbound_options){0});
	source->ops->free(source);
	/* With questions under way. */
	source = recursor((struct dc_unbound_options){0});
	for (size_t i = 0; i < 5; i++)
		lab_submit(source, &asks[i], DC_ASK_DNS, rows[i].name, DC_TYPE_TXT, NULL);
	source->ops->free(source);
	/* With the probe under way, and more waiting. */
	source = validator("dead", (struct dc_unbound_options){0});
	for (size_t i = 0; i < 5; i++)
		lab_submit(source, &asks[i], DC_ASK_VALIDATE, rows[i].name, DC_TYPE_TXT, NULL);
	assert_true(dc_loop_run(loop, 10));
	source->ops->free(source);
	/* From inside an answer. */
	freed_inside = recursor((struct dc_unbound_options){0});
	lab_submit(freed_inside, &asks[0], DC_ASK_DNS, "dead.example", DC_TYPE_TXT, NULL);
	freed_inside->ops->submit(freed_inside, &fetch);
	for (int i = 0; i < 200 && freed_inside; i++)
		assert_true(dc_loop_run(loop, 100));
	assert_null(freed_inside);
	for (int i = 0; i < 3; i++)
		assert_true(dc_loop_run(loop, 10));
}

static void several_at_once(void **state)
{
	struct dc_source *a = recursor((struct dc_unbound_options){.window = 2});
	struct dc_source *b = validator("resolver", (struct dc_unbound_options){0});
	enum { ASKS = 60 };
	static struct lab_ask asks[ASKS];
	char name[64];
	for (size_t i = 0; i < ASKS; i++) {
		(void)snprintf(name, sizeof name, i % 3 ? "n%zu.plain.example" : "n%zu.secure.example", i);
		lab_submit(i % 2 ? a : b, &asks[i], DC_ASK_VALIDATE, name, DC_TYPE_A, NULL);
	}
	lab_wait(loop, asks, ASKS, 20);
	for (size_t i = 0; i < ASKS; i++) {
		assert_int_equal(asks[i].answer->dnssec, i % 3 ? DC_DNSSEC_INSECURE : DC_DNSSEC_SECURE);
		dc_answer_unref(asks[i].answer);
	}
	a->ops->free(a);
	b->ops->free(b);
}

/* Two threads, each with its own loop and context: what one is told in the log does not reach the other. */
struct worker {
	pthread_t thread;
	unsigned refused, answered, wrong, open;
};

static void count_answer(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct worker *worker = fetch->user;
	bool lame = dc_name_is_below(answer->question.name, DC_S("lame.example"));
	worker->refused += lame && answer->outcome == DC_OUTCOME_REFUSED;
	worker->answered += !lame && answer->outcome == DC_OUTCOME_NXDOMAIN;
	worker->wrong += answer->outcome != (lame ? DC_OUTCOME_REFUSED : DC_OUTCOME_NXDOMAIN);
	worker->open--;
	free(fetch);
	dc_answer_unref(answer);
}

static void *work(void *user)
{
	static const char *const names[] = {"a.lame.example", "b.lame.example", "x.plain.example", "y.secure.example",
					    "c.lame.example", "z.plain.example"};
	struct worker *worker = user;
	struct dc_loop *own = dc_loop_new();
	struct dc_unbound_options options = {.mode = DC_UNBOUND_RECURSE, .root_hints = hints, .trust_anchor = anchor};
	struct dc_source *source = dc_unbound_new(own, &options, NULL);
	for (size_t i = 0; own && source && i < sizeof names / sizeof *names; i++) {
		struct dc_fetch *fetch = calloc(1, sizeof *fetch);
		if (!fetch)
			break;
		fetch->question = (struct dc_question){DC_ASK_DNS, DC_TYPE_A, dc_slice_of(names[i]), {0}};
		fetch->done = count_answer;
		fetch->user = worker;
		worker->open++;
		source->ops->submit(source, fetch);
	}
	for (uint64_t end = lab_clock_ms() + 10000; own && worker->open && lab_clock_ms() < end;)
		(void)dc_loop_run(own, 100);
	if (source)
		source->ops->free(source);
	dc_loop_free(own);
	return NULL;
}

static void threads(void **state)
{
	struct worker workers[3] = {0};
	for (int round = 0; round < 3; round++) {
		memset(workers, 0, sizeof workers);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
			assert_int_equal(workers[i].open, 0);
			assert_int_equal(workers[i].wrong, 0);
			assert_int_equal(workers[i].refused, 3);
			assert_int_equal(workers[i].answered, 3);
		}
	}
}

static void bad_options(void **state)
{
	struct dc_error err = {0};
	struct dc_live_server server = {.port = 53};
	char path[] = "/tmp/test_unbound.XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	struct dc_unbound_options options = {.mode = DC_UNBOUND_RECURSE, .root_hints = "/nonexistent", .trust_anchor = anchor};
	assert_null(dc_unbound_new(loop, &options, &err));
	assert_non_null(strstr(err.message, "/nonexistent"));
	options.root_hints = "/tmp";
	assert_null(dc_unbound_new(loop, &options, &err));
	assert_non_null(strstr(err.message, "not readable"));
	options.root_hints = path;
	assert_null(dc_unbound_new(loop, &options, &err));
	assert_int_equal(err.status, DC_ERR_INPUT);
	options = (struct dc_unbound_options){.servers = &server, .server_count = 1, .trust_anchor = path};
	assert_null(dc_unbound_new(loop, &options, &err));
	assert_int_equal(err.status, DC_ERR_INPUT);
	options = (struct dc_unbound_options){.trust_anchor = anchor};
	assert_null(dc_unbound_new(loop, &options, &err));
	assert_int_equal(err.status, DC_ERR_USAGE);
	/* What libunbound alone can tell is said with the first question. */
	static const char *const settings[] = {"no-such-setting:", "1", NULL};
	struct dc_source *source = recursor((struct dc_unbound_options){.settings = settings});
	struct dc_answer *answer = lab_ask_one(loop, source, "plain.example", DC_TYPE_A);
	assert_int_equal(answer->outcome, DC_OUTCOME_NOT_ASKED);
	dc_answer_unref(answer);
	source->ops->free(source);
	(void)unlink(path);
}

static void dead_root(void **state)
{
	char path[] = "/tmp/test_hints.XXXXXX", text[128];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	int n = snprintf(text, sizeof text, ". 3600000 NS a.root.\na.root. 3600000 A 127.255.255.254\n");
	assert_int_equal(write(fd, text, (size_t)n), n);
	(void)close(fd);
	struct dc_source *source = recursor((struct dc_unbound_options){.root_hints = path, .timeout_ms = 1500});
	struct dc_answer *answer = lab_ask_one(loop, source, "plain.example", DC_TYPE_A);
	if (answer->outcome != DC_OUTCOME_TIMEOUT && answer->outcome != DC_OUTCOME_SERVFAIL)
		fail_msg("%s", dc_outcome_name(answer->outcome));
	assert_true(answer->elapsed_ms < 9000);
	dc_answer_unref(answer);
	source->ops->free(source);
	(void)unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(validates), cmocka_unit_test(blind_resolvers), cmocka_unit_test(recurses),
		cmocka_unit_test(recurses_without_validation), cmocka_unit_test(agrees_with_live),
		cmocka_unit_test(freed_at_bad_moments), cmocka_unit_test(several_at_once), cmocka_unit_test(threads),
		cmocka_unit_test(bad_options), cmocka_unit_test(dead_root),
	};
	if (!start_lab()) {
		(void)fputs("skipped: the lab of the end-to-end tests does not start here\n", stderr);
		return SKIPPED;
	}
	loop = dc_loop_new();
	int failed = loop ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
	dc_loop_free(loop);
	lab_stop(&lab);
	return failed;
}
