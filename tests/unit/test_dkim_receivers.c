/* Our judgement of key records beside that of libopendkim, asked through the receiver, and whether a difference is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/keys.h"
#include "../support/rig.h"
#include "checks/dkim_records.h"
#include "findings/emitter.h"

#define NAME "x._domainkey.example.com"

extern const struct dc_check dc_check_dkim_receivers;

struct test {
	struct rig rig;
	struct dc_arena *texts;
	gmp_randstate_t dice;
	char rsa[4][KEY_TEXT_MAX]; /* p= of 1024 bits: whole, PKCS#1, with trailing octets, cut */
};

static void build(struct dc_asker *asker, void *data)
{
	static const struct dc_slice selector = DC_S("x");
	struct dc_dkim_input input = {.domain = DC_S("example.com"), .selectors = &selector, .selector_count = 1,
				      .search = DC_DKIM_SEARCH_NONE};

	const struct dc_dkim_facts *facts = dc_dkim_build(asker, &input);
	dc_dkim_hear_receivers(asker, facts);
	*(const struct dc_dkim_facts **)data = facts;
}

static const struct dc_dkim_facts *judge(struct test *test)
{
	const struct dc_dkim_facts *facts;

	rig_run(&test->rig, build, &facts);
	return facts;
}

static size_t differences(struct test *test, const struct dc_dkim_facts *dkim)
{
	struct dc_inputs inputs = {.domain = DC_S("example.com")};
	struct dc_facts facts = {.inputs = &inputs, .dkim = dkim};
	struct dc_finding_list list = {0};
	struct dc_emitter emitter;
	size_t count = 0;

	dc_emitter_init(&emitter, test->rig.arena, "dkim-receivers", inputs.domain, &list);
	dc_check_dkim_receivers.run(&facts, &emitter);
	for (size_t i = 0; i < list.count; i++)
		count += list.items[i].id == DC_F_DKIM_RECEIVERS_DIFFER;
	assert_int_equal(count, list.count);
	return count;
}

static int set_up(void **state)
{
	static struct der der;
	struct test *test = calloc(1, sizeof(*test));
	mpz_t n, e;

	rig_open(&test->rig, NULL);
	test->texts = dc_arena_new(64u << 20);
	gmp_randinit_mt(test->dice);
	gmp_randseed_ui(test->dice, 63);
	mpz_init(n);
	mpz_init_set_ui(e, 65537);
	key_modulus(test->dice, 1024, n);
	key_spki(n, e, &der);
	key_base64(der.octets, der.len, test->rsa[0]);
	key_base64(der.octets, der.len - 30, test->rsa[3]);
	der_append(&der, "junk", 4);
	key_base64(der.octets, der.len, test->rsa[2]);
	key_pkcs1(n, e, &der);
	key_base64(der.octets, der.len, test->rsa[1]);
	mpz_clears(n, e, NULL);
	*state = test;
	return 0;
}

static int tear_down(void **state)
{
	struct test *test = *state;

	gmp_randclear(test->dice);
	rig_close(&test->rig);
	dc_arena_free(test->texts);
	free(test);
	return 0;
}

/* "{0}" stands for a p= value of test->rsa. */
static struct dc_slice fill(struct test *test, const char *text)
{
	struct dc_slice out = {0};

	for (; *text; text++)
		if (text[0] == '{' && text[2] == '}') {
			out = dc_arena_concat(test->texts, out, dc_slice_of(test->rsa[text[1] - '0']));
			text += 2;
		} else {
			out = dc_arena_concat(test->texts, out, (struct dc_slice){text, 1});
		}
	return out;
}

struct row {
	const char *text, *more; /* `more`: a second record */
	enum dc_dkim_status ours;
	const char *theirs;
	bool differ;
};

static void check_row(struct test *test, const struct row *row)
{
	const struct dc_dkim_selector *selector;
	const struct dc_dkim_facts *facts;
	size_t differ;

	facts = judge(test);
	selector = &facts->selectors[0];
	if (selector->status != row->ours)
		fail_msg("%.80s: we say %s", row->text, dc_dkim_status_name(selector->status));
	if (row->theirs) {
		assert_non_null(selector->opendkim);
		if (selector->opendkim->fate != DC_RECEIVER_DONE ||
		    !dc_slice_eq(selector->opendkim->name, dc_slice_of(row->theirs)))
			fail_msg("%.80s: libopendkim says %.*s (%d, %.*s)", row->text, DC_FMT(selector->opendkim->name),
				 selector->opendkim->fate, DC_FMT(selector->opendkim->reason));
	}
	differ = differences(test, facts);
	if (differ != row->differ)
		fail_msg("%.80s: %zu findings, libopendkim says %s", row->text, differ, row->theirs);
}

static void records(void **state)
{
	static const struct row rows[] = {
		{"v=DKIM1; k=rsa; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; k=ed25519; p=@", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA@", NULL, DC_DKIM_MALFORMED, "key-decode", false},
		{"v=DKIM1; p=@", NULL, DC_DKIM_MALFORMED, "key-decode", false},
		{"v=DKIM1; p={1}", NULL, DC_DKIM_OK, "key-decode", true},
		{"v=DKIM1; p={3}", NULL, DC_DKIM_MALFORMED, "key-decode", false},
		{"v=DKIM1; p={2}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; p=", NULL, DC_DKIM_REVOKED, "revoked", false},
		{"v=DKIM1; k=rsa", NULL, DC_DKIM_MALFORMED, "syntax", false},
		{"v=DKIM1; p=!!!", NULL, DC_DKIM_MALFORMED, "key-decode", false},
		{"v=DKIM1; p=!{0}", NULL, DC_DKIM_MALFORMED, "ok", true},
		{"v=DKIM1; p= {0} ", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM2; p={0}", NULL, DC_DKIM_MALFORMED, "key-version", false},
		{"v=dkim1; p={0}", NULL, DC_DKIM_MALFORMED, "key-version", false},
		{"v=DKIM1 p={0}", NULL, DC_DKIM_MALFORMED, "key-version", false},
		{"v=DKIM1\\; k=rsa\\; p={0}", NULL, DC_DKIM_MALFORMED, "key-version", false},
		{"v=spf1 -all", NULL, DC_DKIM_MALFORMED, "key-version", false},
		{"p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"k=rsa; v=DKIM1; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; k=RSA; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; x=y; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; p={0};", NULL, DC_DKIM_OK, "ok", false},
		{"  v = DKIM1 ;  p =  {0}  ; ", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; k=dsa; p={0}", NULL, DC_DKIM_MALFORMED, "key-type", false},
		{"v=DKIM1; k=rsa; k=dsa; p={0}", NULL, DC_DKIM_MALFORMED, "key-type", false},
		{"v=DKIM1; k=dsa; k=rsa; p={0}", NULL, DC_DKIM_MALFORMED, "ok", true},
		{"v=DKIM1; p={0}; p=", NULL, DC_DKIM_MALFORMED, "revoked", false},
		{"v=DKIM1; h=sha1; p={0}", NULL, DC_DKIM_MALFORMED, "key-hash", false},
		{"v=DKIM1; h=sha256; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; h=sha1:sha256; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; h=sha512; p={0}", NULL, DC_DKIM_MALFORMED, "key-unknown-hash", false},
		{"v=DKIM1; s=other; p={0}", NULL, DC_DKIM_MALFORMED, "not-email", false},
		{"v=DKIM1; s=email; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; s=*; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; t=y; p={0}", NULL, DC_DKIM_TESTING, "ok", false},
		{"v=DKIM1; t=s; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; t=y:s; p={0}", NULL, DC_DKIM_TESTING, "ok", false},
		{"v=DKIM1; g=; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; g=user; p={0}", NULL, DC_DKIM_OK, "ok", false},
		{"v=DKIM1; p={0}", "v=DKIM1; p={0}", DC_DKIM_MALFORMED, "multiple", false},
		{"v=DKIM1; p={0}", "other text", DC_DKIM_MALFORMED, "multiple", false},
		{"v=DKIM1;; p={0}", NULL, DC_DKIM_MALFORMED, "syntax", false},
		{"\"v=DKIM1; p={0}\"", NULL, DC_DKIM_MALFORMED, "syntax", false},
		{"v=DKIM1; p={0}; word", NULL, DC_DKIM_MALFORMED, "syntax", false},
		{"v=DKIM1; n=caf\xc3\xa9; p={0}", NULL, DC_DKIM_MALFORMED, "syntax", false},
		{"", NULL, DC_DKIM_MALFORMED, "syntax", false},
		{"hello world", NULL, DC_DKIM_MALFORMED, "syntax", false},
	};
	struct test *test = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[KEY_TEXT_MAX], *at;

		rig_next(&test->rig);
		snprintf(text, sizeof(text), "%.*s", DC_FMT(fill(test, rows[i].text)));
		at = strchr(text, '@');
		if (at) /* an Ed25519 key */
			memcpy(at, "Xn3tJ0QzqWQbQ8m1yqJ0q1vL7N2l9bH0tq0o5m6Y3eE=", 45);
		world_txt(&test->rig.world, NAME, text);
		if (rows[i].more) {
			snprintf(text, sizeof(text), "%.*s", DC_FMT(fill(test, rows[i].more)));
			world_txt(&test->rig.world, NAME, text);
		}
		check_row(test, &rows[i]);
	}
}

static void keys(void **state)
{
	static const struct {
		unsigned bits;
		unsigned long exponent;
		enum dc_dkim_status ours;
		const char *theirs;
		bool differ;
	} rows[] = {
		{512, 65537, DC_DKIM_WEAK_KEY, "too-small", false}, {1024, 65537, DC_DKIM_OK, "ok", false},
		{2048, 65537, DC_DKIM_OK, "ok", false},             {4096, 65537, DC_DKIM_OK, "ok", false},
		{1023, 65537, DC_DKIM_WEAK_KEY, "ok", true}, /* counted in octets there */
		{1024, 1, DC_DKIM_WEAK_KEY, "ok", false},           {1024, 3, DC_DKIM_OK, "ok", false},
		{1024, 4, DC_DKIM_WEAK_KEY, "ok", false},
	};
	struct test *test = *state;
	mpz_t n, e;

	mpz_inits(n, e, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct row row = {"key", NULL, rows[i].ours, rows[i].theirs, rows[i].differ};

		rig_next(&test->rig);
		key_modulus(test->dice, rows[i].bits, n);
		mpz_set_ui(e, rows[i].exponent);
		world_txt(&test->rig.world, NAME, key_record(n, e));
		check_row(test, &row);
	}
	rig_next(&test->rig); /* even modulus */
	key_modulus(test->dice, 1023, n);
	mpz_mul_ui(n, n, 2);
	mpz_set_ui(e, 65537);
	world_txt(&test->rig.world, NAME, key_record(n, e));
	check_row(test, &(struct row){"even", NULL, DC_DKIM_WEAK_KEY, "ok", false});
	rig_next(&test->rig); /* no modulus at all */
	mpz_set_ui(n, 0);
	world_txt(&test->rig.world, NAME, key_record(n, e));
	check_row(test, &(struct row){"zero", NULL, DC_DKIM_WEAK_KEY, NULL, false});
	rig_next(&test->rig); /* a record that is cut at 1,024 octets */
	mpz_urandomb(n, test->dice, 8192);
	mpz_setbit(n, 8191);
	mpz_setbit(n, 0);
	while (mpz_gcd_ui(NULL, n, 3UL * 5 * 7 * 11 * 13 * 17 * 19 * 23) != 1)
		mpz_add_ui(n, n, 2);
	world_txt(&test->rig.world, NAME, key_record(n, e));
	{
		const struct dc_dkim_facts *facts = judge(test);

		assert_int_equal(facts->selectors[0].record->key.bits, 8192);
		assert_true(facts->selectors[0].record->usable);
		assert_true(dc_slice_eq(facts->selectors[0].opendkim->name, DC_S("key-decode")));
		assert_int_equal(differences(test, facts), 1);
	}
	mpz_clears(n, e, NULL);
}

/* Strings and CNAMEs are joined alike; nothing there is nothing to judge. */
static void shapes(void **state)
{
	struct test *test = *state;
	struct dc_slice strings[40], text = fill(test, "v=DKIM1; p={0}");
	size_t count = 0;

	for (size_t at = 0; at < text.len && count < 40; at += 6)
		strings[count++] = dc_slice_sub(text, at, 6);
	world_txt_strings(&test->rig.world, NAME, DC_TYPE_TXT, strings, count);
	check_row(test, &(struct row){"strings", NULL, DC_DKIM_OK, "ok", false});
	rig_next(&test->rig);
	world_host(&test->rig.world, NAME, DC_TYPE_CNAME, 0, "key.provider.example");
	world_txt_strings(&test->rig.world, "key.provider.example", DC_TYPE_TXT, &text, 1);
	check_row(test, &(struct row){"cname", NULL, DC_DKIM_OK, "ok", false});
	rig_next(&test->rig);
	world_host(&test->rig.world, NAME, DC_TYPE_CNAME, 0, "key.provider.example");
	check_row(test, &(struct row){"cname only", NULL, DC_DKIM_MISSING, NULL, false});
	rig_next(&test->rig);
	check_row(test, &(struct row){"nothing", NULL, DC_DKIM_MISSING, NULL, false});
	rig_next(&test->rig);
	world_fail(&test->rig.world, NAME, DC_TYPE_TXT, DC_OUTCOME_TIMEOUT);
	check_row(test, &(struct row){"timeout", NULL, DC_DKIM_UNKNOWN, NULL, false});
}

/* Where exactly libopendkim cuts a record. */
static void long_records(void **state)
{
	struct test *test = *state;
	struct dc_slice key = fill(test, "; p={0}");

	for (size_t len = 1020; len < 1030; len++) {
		char text[2048] = "v=DKIM1; n=";
		const struct dc_dkim_facts *facts;

		memset(text + 11, 'n', sizeof(text) - 11);
		memcpy(text + len - key.len, key.ptr, key.len);
		text[len] = 0;
		rig_next(&test->rig);
		world_txt(&test->rig.world, NAME, text);
		facts = judge(test);
		assert_int_equal(facts->selectors[0].status, DC_DKIM_OK);
		assert_int_equal(facts->selectors[0].record->problem_count, len > 1024);
		assert_int_equal(dc_slice_eq(facts->selectors[0].opendkim->name, DC_S("ok")), len <= 1024);
	}
}

/* No known record brings libopendkim down; what is said when one does is known all the same. */
static void fates(void **state)
{
	static const struct {
		enum dc_receiver_fate fate;
		enum dc_finding_id id;
	} rows[] = {
		{DC_RECEIVER_CRASHED, DC_F_DKIM_RECEIVERS_CRASH},
		{DC_RECEIVER_HUNG, DC_F_DKIM_RECEIVERS_CRASH},
		{DC_RECEIVER_ABSENT, DC_F_DKIM_RECEIVERS_UNKNOWN},
	};
	struct test *test = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dc_receiver_key verdict = {.fate = rows[i].fate, .name = DC_S("")};
		struct dc_dkim_selector selector = {.name = DC_S(NAME), .opendkim = &verdict};
		struct dc_dkim_facts dkim = {.selectors = &selector, .selector_count = 1};
		struct dc_inputs inputs = {.domain = DC_S("example.com")};
		struct dc_facts facts = {.inputs = &inputs, .dkim = &dkim};
		struct dc_finding_list list = {0};
		struct dc_emitter emitter;

		dc_emitter_init(&emitter, test->rig.arena, "dkim-receivers", inputs.domain, &list);
		dc_check_dkim_receivers.run(&facts, &emitter);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.items[0].id, rows[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shapes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(long_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fates, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
