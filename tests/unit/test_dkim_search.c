/* The search for selectors in a made-up DNS: what is asked, what counts as found, and what is never called missing. */
#include "../support/scene.h"

#include "../support/keys.h"
#include "checks/check.h"
#include "dkim/dkim.h"
#include "dkim/own.h"
#include "findings/emitter.h"

#define D "example.com"
#define KEY                                                                                                            \
	"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDcLnoswGO2E98bY99Va9+gLH6D1BvYQb4+j/GUfoQ0/xrQheTGwvsLwTbgTdC6" \
	"oCCh2wK0aCiFw5RNS4w9uY4TE6HhoW01RTNE1nZf3H5N3+C+XWyUAUJdxBKrYMKIijgkPOnv4Gin3ZUIb4qjcyen66Uc5LoEoFp61UdizOYGMwIDAQAB"
#define ED "v=DKIM1; k=ed25519; p=sVLfwMOFZk3ayuCaPPBQRIaB6hzmQU15SGqVKVryZEQ="

struct test {
	struct dc_dkim_input input;
	struct dc_slice given[4], mx[4];
	size_t mx_count;
	const struct dc_dkim_facts *facts;
};

static int set_up(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	test->input = (struct dc_dkim_input){
		.domain = DC_S(D), .selectors = test->given, .now_s = 1795176000}; /* 2026-11-20 */
	*state = test;
	return scene_open(state);
}

static int tear_down(void **state)
{
	free(*state);
	return scene_close(state);
}

static void build(struct dc_asker *asker, void *data)
{
	struct test *test = data;

	test->input.providers = dc_provider_build(asker, test->input.domain, test->mx, test->mx_count, NULL, 0);
	test->facts = dc_dkim_build(asker, &test->input);
	dc_dkim_hear_receivers(asker, test->facts);
}

static const struct dc_dkim_facts *run(struct test *test)
{
	world_run(&world, arena, evidence, 60, build, test);
	return test->facts;
}

static void give(struct test *test, const char *selector)
{
	test->given[test->input.selector_count++] = dc_slice_of(selector);
}

static const struct dc_dkim_selector *find(const struct test *test, const char *selector)
{
	for (size_t i = 0; i < test->facts->selector_count; i++)
		if (dc_slice_eq(test->facts->selectors[i].selector, dc_slice_of(selector)))
			return &test->facts->selectors[i];
	return NULL;
}

static size_t dns_asked(const struct test *test)
{
	size_t asked = 0;

	for (size_t i = 0; i < dc_evidence_count(evidence); i++)
		asked += dc_evidence_at(evidence, i)->question.kind == DC_ASK_DNS;
	return asked;
}

static void nothing_there(void **state)
{
	struct test *test = *state;
	const struct dc_dkim_facts *facts = run(test);

	assert_int_equal(facts->conclusion, DC_DKIM_NOT_FOUND);
	assert_int_equal(facts->selector_count, 0);
	assert_true(facts->searched.node_nxdomain);
	assert_int_equal(facts->searched.wildcard, DC_DKIM_KNOWN_NO);
	assert_true(facts->searched.names > 8 && facts->searched.names <= 16);
	assert_int_equal(world.rounds, 1);
	assert_true(dns_asked(test) <= 20);
}

static void spared(void **state)
{
	struct test *test = *state;
	size_t asked;

	test->input.search = DC_DKIM_SEARCH_ALL;
	test->mx[test->mx_count++] = DC_S("aspmx.l.google.com");
	run(test);
	assert_true(test->facts->searched.spared > 150);
	assert_true(dns_asked(test) <= 20);
	asked = dns_asked(test);
	world_txt(&world, "other._domainkey." D, KEY); /* now there is something below _domainkey */
	scene_forget();
	run(test);
	assert_int_equal(test->facts->searched.spared, 0);
	assert_true(dns_asked(test) > asked + 300);
	assert_int_equal(test->facts->conclusion, DC_DKIM_NOT_FOUND);
	assert_int_equal(world.rounds, 2);
}

static void given_ones(void **state)
{
	struct test *test = *state;

	give(test, "There");
	give(test, "missing");
	give(test, "full._domainkey." D);
	give(test, "broken");
	test->input.search = DC_DKIM_SEARCH_NONE;
	world_txt(&world, "there._domainkey." D, KEY);
	world_txt(&world, "full._domainkey." D, KEY);
	world_fail(&world, "broken._domainkey." D, DC_TYPE_TXT, DC_OUTCOME_SERVFAIL);
	run(test);
	assert_int_equal(test->facts->selector_count, 4);
	assert_int_equal(find(test, "there")->status, DC_DKIM_OK);
	assert_int_equal(find(test, "missing")->status, DC_DKIM_MISSING);
	assert_int_equal(find(test, "full")->status, DC_DKIM_OK);
	assert_int_equal(find(test, "broken")->status, DC_DKIM_UNKNOWN);
	assert_ptr_equal(find(test, "full")->same_key, find(test, "there"));
	assert_int_equal(test->facts->conclusion, DC_DKIM_FOUND);
	assert_int_equal(test->facts->searched.guesses, 0);
	assert_int_equal(find(test, "there")->opendkim->fate, DC_RECEIVER_ABSENT);
}

static void failures_are_not_missing(void **state)
{
	static const enum dc_outcome outcomes[] = {DC_OUTCOME_SERVFAIL, DC_OUTCOME_REFUSED, DC_OUTCOME_TIMEOUT,
						   DC_OUTCOME_BOGUS,    DC_OUTCOME_MALFORMED, DC_OUTCOME_NOT_ASKED,
						   DC_OUTCOME_OUT_OF_SOURCE};

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		struct test *test;

		tear_down(state);
		set_up(state);
		test = *state;
		give(test, "mine");
		world_fail(&world, "mine._domainkey." D, 0, outcomes[i]);
		world_fail(&world, "google._domainkey." D, 0, outcomes[i]);
		world_fail(&world, "_domainkey." D, 0, outcomes[i]);
		run(test);
		assert_int_equal(find(test, "mine")->status, DC_DKIM_UNKNOWN);
		assert_null(find(test, "google"));
		assert_int_equal(test->facts->searched.unanswered, 2);
		assert_int_equal(test->facts->conclusion, DC_DKIM_UNANSWERED);
		assert_false(test->facts->searched.node_nxdomain);
	}
}

/* The made-up DNS has no wildcards: the probe's name is the one that facts ask for. */
static void make_wildcard(struct test *test, const char *text)
{
	char name[DC_NAME_TEXT_MAX];

	run(test);
	snprintf(name, sizeof(name), "%.*s", DC_FMT(test->facts->searched.probe->question.name));
	scene_forget();
	world_txt(&world, name, text);
	for (const char *const *selector = (const char *const[]){"google", "s1", "k1", "default", "given", NULL}; *selector;
	     selector++) {
		snprintf(name, sizeof(name), "%s._domainkey." D, *selector);
		world_txt(&world, name, text);
	}
}

static void wildcard(void **state)
{
	struct test *test = *state;

	make_wildcard(test, KEY);
	world_txt(&world, "s2._domainkey." D, ED);
	give(test, "given");
	run(test);
	assert_int_equal(test->facts->searched.wildcard, DC_DKIM_KNOWN_YES);
	assert_non_null(test->facts->searched.wildcard_record);
	assert_int_equal(test->facts->selector_count, 2); /* given, and the one that differs */
	assert_true(find(test, "given")->wildcard);
	assert_false(find(test, "s2")->wildcard);
	assert_null(find(test, "google"));
}

static void wildcard_of_no_key(void **state)
{
	struct test *test = *state;

	make_wildcard(test, "v=spf1 -all");
	run(test);
	assert_int_equal(test->facts->searched.wildcard, DC_DKIM_KNOWN_YES);
	assert_null(test->facts->searched.wildcard_record);
	assert_int_equal(test->facts->selector_count, 0);
	assert_int_equal(test->facts->conclusion, DC_DKIM_NOT_FOUND);
}

static void providers_lead_to_selectors(void **state)
{
	struct test *test = *state;

	test->mx[test->mx_count++] = DC_S("mx.zoho.eu");
	world_txt(&world, "zmail._domainkey." D, KEY);
	world_host(&world, "k2._domainkey." D, DC_TYPE_CNAME, 0, "dkim2.mcsv.net");
	world_txt(&world, "dkim2.mcsv.net", ED);
	world_host(&world, "k3._domainkey." D, DC_TYPE_CNAME, 0, "dkim3.mcsv.net");
	world_txt(&world, "dkim3.mcsv.net", ED);
	run(test);
	assert_int_equal(find(test, "zmail")->origin, DC_DKIM_PROVIDER);
	assert_string_equal(find(test, "zmail")->provider->id, "zoho");
	assert_string_equal(find(test, "k2")->provider->id, "mailchimp");
	assert_int_equal(find(test, "k3")->origin, DC_DKIM_PROVIDER);
	assert_true(dc_slice_eq(find(test, "k3")->cname, DC_S("dkim3.mcsv.net")));
	assert_true(world.rounds <= 3);
}

static void cnames(void **state)
{
	struct test *test = *state;

	give(test, "one");
	give(test, "two");
	give(test, "three");
	give(test, "four");
	world_host(&world, "one._domainkey." D, DC_TYPE_CNAME, 0, "one.dkim.gone.example");
	world_host(&world, "two._domainkey." D, DC_TYPE_CNAME, 0, "two.alive.co.uk");
	world_txt(&world, "alive.co.uk", "here");
	world_host(&world, "three._domainkey." D, DC_TYPE_CNAME, 0, "three.lost.co.uk");
	world_txt(&world, "co.uk", "registry");
	world_host(&world, "four._domainkey." D, DC_TYPE_CNAME, 0, "a.hop.example");
	world_host(&world, "a.hop.example", DC_TYPE_CNAME, 0, "b.hop.example");
	world_ip(&world, "b.hop.example", "192.0.2.1");
	run(test);
	assert_int_equal(find(test, "one")->status, DC_DKIM_MISSING);
	assert_int_equal(find(test, "one")->target, DC_DKIM_TARGET_NO_DOMAIN);
	assert_true(dc_slice_eq(find(test, "one")->target_domain, DC_S("gone.example")));
	assert_int_equal(find(test, "two")->target, DC_DKIM_TARGET_EMPTY);
	assert_int_equal(find(test, "three")->target, DC_DKIM_TARGET_NO_DOMAIN);
	assert_true(dc_slice_eq(find(test, "three")->target_domain, DC_S("lost.co.uk")));
	assert_int_equal(find(test, "four")->target, DC_DKIM_TARGET_EMPTY);
	assert_int_equal(find(test, "four")->cname_count, 2);
	world_fail(&world, "lost2.example", 0, DC_OUTCOME_SERVFAIL);
}

static void several_records(void **state)
{
	struct test *test = *state;

	world_txt(&world, "s1._domainkey." D, "some other text");
	world_txt(&world, "s1._domainkey." D, KEY);
	run(test);
	assert_int_equal(find(test, "s1")->record_count, 2);
	assert_int_equal(find(test, "s1")->status, DC_DKIM_MALFORMED);
	assert_int_equal(find(test, "s1")->record->problem_count, 0);
	assert_int_equal(test->facts->conclusion, DC_DKIM_UNUSABLE);
}

static void statuses(void **state)
{
	static const struct {
		const char *text;
		enum dc_dkim_status status;
	} rows[] = {
		{KEY, DC_DKIM_OK},
		{KEY "; t=y", DC_DKIM_TESTING},
		{KEY "; s=other", DC_DKIM_MALFORMED},
		{"v=DKIM1; p=", DC_DKIM_REVOKED},
		{"v=DKIM1; p=!!", DC_DKIM_MALFORMED},
		{"text", DC_DKIM_MALFORMED},
		{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", DC_DKIM_WEAK_KEY},
		{"v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKPF91Ib032CZfPVstAdbtqfoEmP"
		 "RBU/nT8Qi752/MJk87Z3B8UkZpjcUag12J7ONP9rkDjBheq0qVSoUG5gTF0CAwEAAQ==",
		 DC_DKIM_WEAK_KEY},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test *test;

		tear_down(state);
		set_up(state);
		test = *state;
		give(test, "x");
		test->input.search = DC_DKIM_SEARCH_NONE;
		world_txt(&world, "x._domainkey." D, rows[i].text);
		run(test);
		if (find(test, "x")->status != rows[i].status)
			fail_msg("%s: %s", rows[i].text, dc_dkim_status_name(find(test, "x")->status));
	}
}

static void shared_primes(void **state)
{
	struct test *test = *state;
	gmp_randstate_t dice;
	mpz_t p, q, n, e;

	gmp_randinit_mt(dice);
	gmp_randseed_ui(dice, 4);
	mpz_inits(p, q, n, NULL);
	mpz_init_set_ui(e, 65537);
	key_prime(dice, 512, p);
	for (const char *const *name = (const char *const[]){"s1._domainkey." D, "s2._domainkey." D, NULL}; *name; name++) {
		key_prime(dice, 512, q);
		mpz_mul(n, p, q);
		world_txt(&world, *name, key_record(n, e));
	}
	run(test);
	assert_ptr_equal(find(test, "s1")->shared_prime, find(test, "s2"));
	assert_ptr_equal(find(test, "s2")->shared_prime, find(test, "s1"));
	assert_int_equal(find(test, "s1")->status, DC_DKIM_WEAK_KEY);
	assert_true(find(test, "s1")->record->key.weak & DC_DKIM_WEAK(SHARED_PRIME));
	mpz_clears(p, q, n, e, NULL);
	gmp_randclear(dice);
}

static void dates(void **state)
{
	struct test *test = *state;

	test->mx[test->mx_count++] = DC_S("rx1.sparkpostmail.com");
	test->input.lone = true;
	world_txt(&world, "scph1026._domainkey." D, KEY);
	world_txt(&world, "scph0625._domainkey." D, KEY);
	run(test);
	assert_int_equal(find(test, "scph1026")->origin, DC_DKIM_DATE);
	assert_non_null(find(test, "scph0625"));
}

static void add_nsec(const char *owner, const char *next, const char *bits, size_t len)
{
	uint8_t rdata[DC_NAME_WIRE_MAX + 16];
	size_t used = dc_name_to_wire(dc_slice_of(next), rdata);

	rdata[used] = 0;
	rdata[used + 1] = (uint8_t)len;
	memcpy(rdata + used + 2, bits, len);
	world_add(&world, owner, DC_TYPE_NSEC, DC_OUTCOME_ANSWER, rdata, used + 2 + len);
}
#define NSEC(owner, next, bits) add_nsec(owner, next, bits, sizeof(bits) - 1)
#define TXT_BIT "\0\0\x80"
#define A_BIT "\x40"

static void walk(void **state)
{
	struct test *test = *state;

	test->input.lone = true;
	NSEC(D, "0." D, A_BIT);
	NSEC("0." D, "_dmarc." D, A_BIT);
	NSEC("_dmarc." D, "*._domainkey." D, TXT_BIT);
	NSEC("*._domainkey." D, "_adsp._domainkey." D, A_BIT);
	NSEC("_adsp._domainkey." D, "odd-name._domainkey." D, TXT_BIT);
	NSEC("odd-name._domainkey." D, "a.z._domainkey." D, TXT_BIT);
	NSEC("a.z._domainkey." D, "www." D, TXT_BIT);
	world_txt(&world, "odd-name._domainkey." D, KEY);
	world_txt(&world, "a.z._domainkey." D, ED);
	run(test);
	assert_int_equal(test->facts->searched.walk, DC_DKIM_WALK_COMPLETE);
	assert_int_equal(test->facts->selector_count, 2);
	assert_int_equal(find(test, "odd-name")->origin, DC_DKIM_NSEC);
	assert_int_equal(find(test, "a.z")->status, DC_DKIM_OK);
	assert_int_equal(test->facts->searched.walk_steps, 7);
}

static void walk_that_finds_none(void **state)
{
	struct test *test = *state;

	test->input.lone = true;
	NSEC(D, "www." D, A_BIT);
	run(test);
	assert_int_equal(test->facts->searched.walk, DC_DKIM_WALK_COMPLETE);
	assert_int_equal(test->facts->conclusion, DC_DKIM_NONE);
}

static void walk_that_cannot(void **state)
{
	struct test *test = *state;

	test->input.lone = true;
	NSEC(D, "\\000." D, A_BIT); /* made up for the question */
	run(test);
	assert_int_equal(test->facts->searched.walk, DC_DKIM_WALK_IMPOSSIBLE);
	assert_int_equal(test->facts->conclusion, DC_DKIM_NOT_FOUND);
	scene_clear();
	NSEC(D, "_domainkey." D, A_BIT);
	NSEC("_domainkey." D, "www." D, "\x20"); /* delegated */
	run(test);
	assert_int_equal(test->facts->searched.walk, DC_DKIM_WALK_CUT);
	assert_int_equal(test->facts->conclusion, DC_DKIM_NOT_FOUND);
}

static void walk_without_end(void **state)
{
	struct test *test = *state;
	char owner[64], next[64];

	test->input.lone = true;
	NSEC(D, "a0000." D, A_BIT);
	for (int i = 0; i < 200; i++) {
		snprintf(owner, sizeof(owner), "%04d." D, i);
		snprintf(next, sizeof(next), "%04d." D, i + 1);
		NSEC(owner, next, A_BIT);
	}
	world_reset(&world);
	NSEC(D, "0000." D, A_BIT);
	for (int i = 0; i < 200; i++) {
		snprintf(owner, sizeof(owner), "%04d." D, i);
		snprintf(next, sizeof(next), "%04d." D, i + 1);
		NSEC(owner, next, A_BIT);
	}
	run(test);
	assert_int_equal(test->facts->searched.walk, DC_DKIM_WALK_CUT);
	assert_int_equal(test->facts->searched.walk_steps, DC_DKIM_WALK_MAX);
	assert_true(world.rounds <= 48);
}

static void old_policies(void **state)
{
	struct test *test = *state;

	world_txt(&world, "_adsp._domainkey." D, "dkim=discardable");
	world_txt(&world, "_domainkey." D, "t=y; o=~; n=http://antispam.example/");
	run(test);
	assert_true(dc_slice_eq(test->facts->adsp_record.text, DC_S("dkim=discardable")));
	assert_true(test->facts->policy_record.text.len > 0);
	assert_int_equal(test->facts->selector_count, 0);
}

static void own_keys(void **state)
{
	struct test *test = *state;
	struct dc_dkim_own own[2] = {
		{.selector = DC_S("S1"), .type = "rsa", .fingerprint = DC_S("00")},
		{.selector = DC_S("gone"), .type = "rsa", .fingerprint = DC_S("00")},
	};

	test->input.own = own;
	test->input.own_count = 2;
	world_txt(&world, "s1._domainkey." D, KEY);
	run(test);
	assert_ptr_equal(find(test, "s1")->own, &own[0]);
	assert_false(find(test, "s1")->own_matches);
	own[0].fingerprint = find(test, "s1")->record->key.fingerprint;
	own[0].fingerprint = dc_arena_dup(keep, own[0].fingerprint);
	run(test);
	assert_true(find(test, "s1")->own_matches);
	assert_int_equal(find(test, "gone")->status, DC_DKIM_MISSING);
	assert_false(find(test, "gone")->own_matches);
}

extern const struct dc_check dc_check_dkim_key_age;

static size_t old_keys(struct test *test, uint32_t limit_days)
{
	struct dc_inputs inputs = {.domain = DC_S(D), .now_s = test->input.now_s, .key_age_days = limit_days};
	struct dc_facts facts = {.inputs = &inputs, .dkim = test->facts};
	struct dc_finding_list list = {0};
	struct dc_emitter emitter;

	dc_emitter_init(&emitter, arena, "dkim-key-age", inputs.domain, &list);
	dc_check_dkim_key_age.run(&facts, &emitter);
	return list.count;
}

static void key_age(void **state)
{
	struct test *test = *state;
	struct dc_dkim_seen seen[] = {
		{DC_S("s1._domainkey." D), DC_S("another key"), 1},
		{DC_S("s2._domainkey." D), {0}, 1},
		{DC_S("s1._domainkey." D), {0}, test->input.now_s - 184l * 86400},
	};

	world_txt(&world, "s1._domainkey." D, KEY);
	assert_int_equal(run(test)->selectors[0].seen_since_s, 0);
	assert_int_equal(old_keys(test, 0), 0);
	/* NOLINTNEXTLINE(analyzer-null-dereference): no selector, no test passed */
	seen[1].fingerprint = seen[2].fingerprint = dc_arena_dup(keep, find(test, "s1")->record->key.fingerprint);
	test->input.seen = seen;
	test->input.seen_count = 3;
	assert_int_equal(run(test)->selectors[0].seen_since_s, seen[2].since_s);
	assert_int_equal(old_keys(test, 0), 1);
	assert_int_equal(old_keys(test, 184), 0);
	assert_int_equal(old_keys(test, 183), 1);
	seen[2].since_s = test->input.now_s + 86400; /* a clock that went wrong */
	run(test);
	assert_int_equal(old_keys(test, 0), 0);
}

static void odd_names(void **state)
{
	struct test *test = *state;
	static char big[300];

	memset(big, 'x', sizeof(big) - 1);
	give(test, big);
	give(test, "a..b");
	give(test, "");
	give(test, "with blank");
	run(test);
	assert_int_equal(test->facts->selector_count, 3);
	assert_int_equal(test->facts->selectors[0].status, DC_DKIM_UNKNOWN);
	assert_int_equal(test->facts->selectors[1].status, DC_DKIM_UNKNOWN);
	assert_int_equal(test->facts->selectors[2].status, DC_DKIM_MISSING);
	assert_int_equal(test->facts->selectors[0].name.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_there), TEST(spared), TEST(given_ones), TEST(failures_are_not_missing), TEST(wildcard),
		TEST(wildcard_of_no_key), TEST(providers_lead_to_selectors), TEST(cnames), TEST(several_records),
		TEST(statuses), TEST(shared_primes), TEST(dates), TEST(walk), TEST(walk_that_finds_none),
		TEST(walk_that_cannot), TEST(walk_without_end), TEST(old_policies), TEST(own_keys), TEST(key_age), TEST(odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
