/* libopendkim's verdict on key records, through the real worker: every kind of record that was measured, and what DNS can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../support/keys.h"
#include "../support/rig.h"

static struct rig rig;
static char good[KEY_TEXT_MAX]; /* p= of a sound 2,048-bit key */

static const char *rsa_p(unsigned bits, unsigned long e)
{
	static char p[KEY_TEXT_MAX];
	static struct der der;
	gmp_randstate_t random;
	mpz_t n, exponent;

	gmp_randinit_default(random);
	gmp_randseed_ui(random, bits);
	mpz_init(n);
	mpz_init_set_ui(exponent, e);
	/* any odd number of that size: nobody divides it here */
	mpz_urandomb(n, random, bits);
	mpz_setbit(n, bits - 1);
	mpz_setbit(n, 0);
	key_spki(n, exponent, &der);
	mpz_clears(n, exponent, NULL);
	gmp_randclear(random);
	return key_base64(der.octets, der.len, p);
}

static int open_rig(void **state)
{
	(void)state;
	rig_open(&rig, NULL);
	strcpy(good, rsa_p(2048, 65537));
	return 0;
}

static int close_rig(void **state)
{
	(void)state;
	rig_close(&rig);
	return 0;
}

static struct dc_receiver_key judge(const char *record, const char *algorithm)
{
	rig_next(&rig);
	if (record)
		world_txt(&rig.world, "s._domainkey.example.com", record);
	return rig_key(&rig, "s", "example.com", algorithm);
}

static void check(const char *what, struct dc_receiver_key key, int error, const char *name)
{
	if (key.fate != DC_RECEIVER_DONE || key.sig_error != error || !rig_is(key.name, name)) {
		print_error("%s: fate %d, error %d, %.*s (%.*s), expected %d %s\n", what, (int)key.fate, key.sig_error,
			    DC_FMT(key.name), DC_FMT(key.reason), error, name);
		fail();
	}
}

/* ---- sizes and kinds ---- */

static void test_sizes(void **state)
{
	static const struct {
		unsigned bits, counted;
		int error;
		const char *name;
	} rows[] = {
		{512, 512, 46, "too-small"}, {768, 768, 46, "too-small"}, {1023, 1024, 28, "ok"}, {1024, 1024, 28, "ok"},
		{2048, 2048, 28, "ok"}, {4096, 4096, 28, "ok"}, {8192, 0, 43, "key-decode"}, {16384, 0, 43, "key-decode"},
	};
	char record[2 * KEY_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dc_receiver_key key;

		snprintf(record, sizeof(record), "v=DKIM1; k=rsa; p=%s", rsa_p(rows[i].bits, 65537));
		key = judge(record, "rsa-sha256");
		check(record, key, rows[i].error, rows[i].name);
		assert_int_equal(key.key_bits, rows[i].counted);
	}
}

static void test_exponents(void **state)
{
	static const unsigned long exponents[] = {1, 3, 4};
	char record[2 * KEY_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(record, sizeof(record), "v=DKIM1; p=%s", rsa_p(1024, exponents[i]));
		check(record, judge(record, "rsa-sha256"), 28, "ok");
	}
}

#define ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void test_ed25519(void **state)
{
	struct dc_receiver_key key = judge("v=DKIM1; k=ed25519; p=" ED25519, "ed25519-sha256");

	(void)state;
	check("ed25519", key, 28, "ok");
	assert_int_equal(key.key_bits, 0);
	check("rsa signature", judge("v=DKIM1; k=ed25519; p=" ED25519, "rsa-sha256"), 43, "key-decode");
	check("SPKI", judge("v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEA" "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "ed25519-sha256"),
	      43, "key-decode");
}

/* ---- records: %s stands for a sound p= ---- */

static void test_records(void **state)
{
	static const struct {
		const char *record, *algorithm;
		int error;
		const char *name;
	} rows[] = {
		{"v=DKIM1; p=%s", "rsa-sha256", 28, "ok"},
		{"p=%s", "rsa-sha256", 28, "ok"},
		{"k=rsa; p=%s; v=DKIM1", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; k=rsa; p=%s;", "rsa-sha256", 28, "ok"},
		{" v=DKIM1 ; k = rsa ; x=unknown ; p= %s ", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; k=RSA; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; h=sha256; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; h=sha1:sha256; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; h=sha1; p=%s", "rsa-sha1", 28, "ok"},
		{"v=DKIM1; h=sha1; p=%s", "rsa-sha256", 37, "key-hash"},
		{"v=DKIM1; h=sha512; p=%s", "rsa-sha256", 36, "key-unknown-hash"},
		{"v=DKIM1; s=email; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; s=*; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; s=other; p=%s", "rsa-sha256", 38, "not-email"},
		{"v=DKIM1; g=; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; g=user; p=%s", "rsa-sha256", 28, "ok"},
		{"v=DKIM1; k=rsa; k=dsa; p=%s", "rsa-sha256", 41, "key-type"},
		{"v=DKIM1; k=dsa; p=%s", "rsa-sha256", 41, "key-type"},
		{"v=DKIM2; p=%s", "rsa-sha256", 35, "key-version"},
		{"v=dkim1; p=%s", "rsa-sha256", 35, "key-version"},
		{"v=DKIM1 p=%s", "rsa-sha256", 35, "key-version"},
		{"v=DKIM1\\; k=rsa\\; p=%s", "rsa-sha256", 35, "key-version"},
		{"v=spf1 include:example.com -all", "rsa-sha256", 35, "key-version"},
		{"v=DKIM1; k=rsa; p=", "rsa-sha256", 42, "revoked"},
		{"v=DKIM1; p=%s; p=", "rsa-sha256", 42, "revoked"},
		{"v=DKIM1; k=rsa", "rsa-sha256", 23, "syntax"},
		{"v=DKIM1; p=!!!", "rsa-sha256", 43, "key-decode"}, /* nothing is left of it */
		{"v=DKIM1; p=A", "rsa-sha256", 23, "syntax"},
		{"v=DKIM1;; p=%s", "rsa-sha256", 23, "syntax"},
		{"\"v=DKIM1; p=%s\"", "rsa-sha256", 23, "syntax"},
		{"v=DKIM1; p=%s; word", "rsa-sha256", 23, "syntax"},
		{"v=DKIM1; n=\303\244; p=%s", "rsa-sha256", 23, "syntax"},
		{"", "rsa-sha256", 23, "syntax"},
		{"google-site-verification: abc", "rsa-sha256", 23, "syntax"},
		{"v=DKIM1; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC", "rsa-sha256", 43, "key-decode"},
		/* an elliptic curve's SPKI (P-256) under k=rsa */
		{"v=DKIM1; k=rsa; p=MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/"
		 "m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==", "rsa-sha256", 43, "key-decode"},
	};
	static char record[2 * KEY_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(rows[i].record, "%s");

		if (at)
			snprintf(record, sizeof(record), "%.*s%s%s", (int)(at - rows[i].record), rows[i].record, good, at + 2);
		else
			strcpy(record, rows[i].record);
		check(rows[i].record, judge(record, rows[i].algorithm), rows[i].error, rows[i].name);
	}
}

static void test_flags(void **state)
{
	static const struct {
		const char *t;
		bool testing, no_subdomains;
	} rows[] = {{"", false, false}, {"t=y; ", true, false}, {"t=s; ", false, true}, {"t=y:s; ", true, true}};
	static char record[2 * KEY_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct dc_receiver_key key;

		snprintf(record, sizeof(record), "v=DKIM1; %sp=%s", rows[i].t, good);
		key = judge(record, "rsa-sha256");
		check(record, key, 28, "ok");
		assert_int_equal(key.testing, rows[i].testing);
		assert_int_equal(key.no_subdomains, rows[i].no_subdomains);
	}
}

/* Stray octets, blanks and missing padding inside p=; trailing DER; PKCS#1. */
static void test_p(void **state)
{
	static char record[2 * KEY_TEXT_MAX], p[KEY_TEXT_MAX];
	static struct der der;
	size_t len = strlen(good);
	mpz_t n, e;

	(void)state;
	snprintf(record, sizeof(record), "v=DKIM1; p=%.100s %s", good, good + 100);
	check("blank", judge(record, "rsa-sha256"), 28, "ok");
	snprintf(record, sizeof(record), "v=DKIM1; p=%.100s!*%s", good, good + 100);
	check("stray", judge(record, "rsa-sha256"), 28, "ok");
	while (len && good[len - 1] == '=')
		len--;
	snprintf(record, sizeof(record), "v=DKIM1; p=%.*s", (int)len, good);
	check("no padding", judge(record, "rsa-sha256"), 28, "ok");
	mpz_init(n);
	mpz_init_set_ui(e, 65537);
	mpz_setbit(n, 1023);
	mpz_setbit(n, 0);
	key_pkcs1(n, e, &der);
	snprintf(record, sizeof(record), "v=DKIM1; p=%s", key_base64(der.octets, der.len, p));
	check("PKCS#1", judge(record, "rsa-sha256"), 43, "key-decode");
	key_spki(n, e, &der);
	der_append(&der, "more", 4);
	snprintf(record, sizeof(record), "v=DKIM1; p=%s", key_base64(der.octets, der.len, p));
	check("trailing DER", judge(record, "rsa-sha256"), 28, "ok");
	mpz_setbit(n, 1023);
	mpz_clrbit(n, 0);
	key_spki(n, e, &der);
	snprintf(record, sizeof(record), "v=DKIM1; p=%s", key_base64(der.octets, der.len, p));
	check("even modulus", judge(record, "rsa-sha256"), 28, "ok");
	mpz_clears(n, e, NULL);
}

/* ---- DNS ---- */

static void test_dns(void **state)
{
	static const struct {
		enum dc_outcome outcome;
		int error;
		const char *name;
	} failures[] = {
		{DC_OUTCOME_SERVFAIL, 24, "key-fail"}, {DC_OUTCOME_TIMEOUT, 24, "key-fail"}, {DC_OUTCOME_REFUSED, 24, "key-fail"},
		{DC_OUTCOME_NODATA, 22, "no-key"}, {DC_OUTCOME_NXDOMAIN, 22, "no-key"},
	};
	static char record[2 * KEY_TEXT_MAX];
	struct dc_slice strings[40];
	struct dc_receiver_key key;

	(void)state;
	check("nothing", judge(NULL, "rsa-sha256"), 22, "no-key");
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		rig_next(&rig);
		world_fail(&rig.world, "s._domainkey.example.com", 0, failures[i].outcome);
		check(dc_outcome_name(failures[i].outcome), rig_key(&rig, "s", "example.com", "rsa-sha256"), failures[i].error,
		      failures[i].name);
	}
	rig_next(&rig);
	world_fail(&rig.world, "s._domainkey.example.com", 0, DC_OUTCOME_OUT_OF_SOURCE);
	key = rig_key(&rig, "s", "example.com", "rsa-sha256");
	assert_int_equal(key.fate, DC_RECEIVER_ABSENT);

	snprintf(record, sizeof(record), "v=DKIM1; p=%s", good);
	rig_next(&rig);
	world_txt(&rig.world, "s._domainkey.example.com", record);
	world_txt(&rig.world, "s._domainkey.example.com", "unrelated");
	check("two records", rig_key(&rig, "s", "example.com", "rsa-sha256"), 30, "multiple");
	rig_next(&rig);
	world_host(&rig.world, "s._domainkey.example.com", DC_TYPE_CNAME, 0, "s.vendor.example.net");
	world_txt(&rig.world, "s.vendor.example.net", record);
	check("CNAME", rig_key(&rig, "s", "example.com", "rsa-sha256"), 28, "ok");
	rig_next(&rig);
	world_host(&rig.world, "s._domainkey.example.com", DC_TYPE_CNAME, 0, "s.vendor.example.net");
	check("dangling", rig_key(&rig, "s", "example.com", "rsa-sha256"), 22, "no-key");
	rig_next(&rig);
	for (size_t i = 0; i < 40; i++)
		strings[i] = dc_slice_sub(dc_slice_of(record), i * 11, i == 39 ? SIZE_MAX : 11);
	world_txt_strings(&rig.world, "s._domainkey.example.com", DC_TYPE_TXT, strings, 40);
	check("40 strings", rig_key(&rig, "s", "example.com", "rsa-sha256"), 28, "ok");
}

/* Records and replies past the library's buffers: 1,024 octets of text, 8,192 of packet. */
static void test_long(void **state)
{
	static char record[2 * KEY_TEXT_MAX];
	int len = snprintf(record, sizeof(record), "v=DKIM1; p=%s; n=", good);

	(void)state;
	memset(record + len, 'n', 9000);
	record[len + 9000] = '\0';
	check("9 KB", judge(record, "rsa-sha256"), 24, "key-fail");
	record[1500] = '\0';
	check("1.5 KB", judge(record, "rsa-sha256"), 28, "ok");
	snprintf(record, sizeof(record), "v=DKIM1; n=%0801d; p=%s", 0, good);
	check("cut inside p=", judge(record, "rsa-sha256"), 43, "key-decode");
}

/* NUL in front of p=; rdata whose strings run past its end reaches no library. */
static void test_octets(void **state)
{
	static const char nul[] = "\026v=DKIM1; k=rsa\0; p=MIGf", cut[] = "\377v=DKIM1; p=";

	(void)state;
	rig_next(&rig);
	world_add(&rig.world, "s._domainkey.example.com", DC_TYPE_TXT, DC_OUTCOME_ANSWER, nul, 23);
	check("NUL", rig_key(&rig, "s", "example.com", "rsa-sha256"), 23, "syntax");
	rig_next(&rig);
	world_add(&rig.world, "s._domainkey.example.com", DC_TYPE_TXT, DC_OUTCOME_ANSWER, cut, sizeof(cut) - 1);
	check("cut", rig_key(&rig, "s", "example.com", "rsa-sha256"), 22, "no-key");
}

static void test_names(void **state)
{
	static const char *const odd[] = {"a;b", "a b", "a=b", "", "s\\059"};

	(void)state;
	rig_next(&rig);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_int_equal(rig_key(&rig, odd[i], "example.com", "rsa-sha256").fate, DC_RECEIVER_ABSENT);
	world_txt(&rig.world, "a._x._domainkey.example.com", "v=DKIM1; p=");
	check("underscore", rig_key(&rig, "a._x", "example.com", "rsa-sha256"), 42, "revoked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_exponents), cmocka_unit_test(test_ed25519),
		cmocka_unit_test(test_records), cmocka_unit_test(test_flags), cmocka_unit_test(test_p),
		cmocka_unit_test(test_dns), cmocka_unit_test(test_long), cmocka_unit_test(test_octets),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
