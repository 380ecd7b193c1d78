/* DKIM key records: every tag, every way to get one wrong, and where in the record it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/keys.h"
#include "dkim/record.h"

#define P1024 \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDcLnoswGO2E98bY99Va9+gLH6D1BvYQb4+j/GUfoQ0/xrQheTGwvsLwTbgTdC6oCCh2wK0aC" \
	"iFw5RNS4w9uY4TE6HhoW01RTNE1nZf3H5N3+C+XWyUAUJdxBKrYMKIijgkPOnv4Gin3ZUIb4qjcyen66Uc5LoEoFp61UdizOYGMwIDAQAB"
#define ED "sVLfwMOFZk3ayuCaPPBQRIaB6hzmQU15SGqVKVryZEQ="

static int set_up(void **state)
{
	*state = dc_arena_new(16u << 20);
	return 0;
}
static int tear_down(void **state)
{
	dc_arena_free(*state);
	return 0;
}

static struct dc_dkim_record parse(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_dkim_record record;
	struct dc_txt txt = {.text = text, .string_count = 1, .string_starts = dc_arena_alloc(arena, sizeof(uint32_t))};

	dc_dkim_record_parse(arena, &txt, &record);
	return record;
}

enum { END = DC_DKIM_PROBLEM_COUNT };

static void problems(void **state)
{
	static const struct {
		const char *text;
		bool well_formed;
		int kinds[5]; /* in the order of finding; END stops */
		const char *part; /* of the first problem; NULL: not looked at */
	} rows[] = {
		{"v=DKIM1; k=rsa; p=" P1024, true, {END}, NULL},
		{"v=DKIM1; p=" P1024, true, {END}, NULL},
		{"v=DKIM1; k=rsa; p=" P1024 ";", true, {END}, NULL},
		{"v=DKIM1;k=rsa;p=" P1024, true, {END}, NULL},
		{" v = DKIM1 ;\tk = rsa ; p = " P1024 " ; ", true, {END}, NULL},
		{"v=DKIM1; k=ed25519; p=" ED, true, {END}, NULL},
		{"v=DKIM1; p=", false, {END}, NULL},
		{"v=DKIM1; p=;", false, {END}, NULL},
		{"v=DKIM1; k=rsa; h=sha256; s=email; t=s; n=a note; p=" P1024, true, {END}, NULL},
		/* not a record */
		{"", false, {DC_DKIM_NOT_A_RECORD, END}, NULL},
		{"hello", false, {DC_DKIM_NOT_A_RECORD, END}, "hello"},
		{"v=spf1 include:spf.example.com -all", false, {DC_DKIM_NOT_A_RECORD, END}, NULL},
		{"v=DMARC1; p=reject", false, {DC_DKIM_NOT_A_RECORD, END}, NULL},
		{"google-site-verification=abc", false, {DC_DKIM_NOT_A_RECORD, END}, NULL},
		{"o=~; r=postmaster@example.com", false, {DC_DKIM_NOT_A_RECORD, END}, NULL},
		{";;;;", false, {DC_DKIM_NOT_A_RECORD, END}, NULL},
		/* grammar */
		{"v=DKIM1;; p=" P1024, false, {DC_DKIM_SYNTAX, END}, ";"},
		{"v=DKIM1; word; p=" P1024, false, {DC_DKIM_SYNTAX, END}, "word"},
		{"v=DKIM1; p=" P1024 "; trailing words", false, {DC_DKIM_SYNTAX, END}, "trailing words"},
		{"v=DKIM1; 1x=a; p=" P1024, false, {DC_DKIM_SYNTAX, END}, "1x=a"},
		{"v=DKIM1; a-b=c; p=" P1024, false, {DC_DKIM_SYNTAX, END}, "a-b=c"},
		{"v=DKIM1; =c; p=" P1024, false, {DC_DKIM_SYNTAX, END}, "=c"},
		{"\"v=DKIM1; k=rsa; p=" P1024 "\"", false,
		 {DC_DKIM_SYNTAX, DC_DKIM_VERSION_ABSENT, DC_DKIM_KEY_QUOTED, END}, "\"v=DKIM1"},
		{"v=DKIM1\\; k=rsa\\; p=" P1024, false, {DC_DKIM_VERSION_WRONG, DC_DKIM_TYPE_UNKNOWN, END}, "DKIM1\\"},
		{"v=DKIM1 k=rsa; p=" P1024, false, {DC_DKIM_VERSION_WRONG, END}, "DKIM1 k=rsa"},
		{"v=DKIM1; n=caf\xc3\xa9; p=" P1024, false, {DC_DKIM_BAD_OCTET, END}, "\xc3"},
		{"v=DKIM1; p=" P1024 "; p=" P1024, false, {DC_DKIM_TAG_DUPLICATE, END}, "p"},
		{"v=DKIM1; k=rsa; k=dsa; p=" P1024, false, {DC_DKIM_TAG_DUPLICATE, END}, "k"},
		{"v=DKIM1; x=1; x=2; p=" P1024, false, {DC_DKIM_TAG_DUPLICATE, DC_DKIM_TAG_UNKNOWN, DC_DKIM_TAG_UNKNOWN, END}, "x"},
		/* v= */
		{"k=rsa; p=" P1024, true, {DC_DKIM_VERSION_ABSENT, END}, ""},
		{"p=" P1024, true, {DC_DKIM_VERSION_ABSENT, END}, ""},
		{"v=DKIM2; p=" P1024, false, {DC_DKIM_VERSION_WRONG, END}, "DKIM2"},
		{"v=dkim1; p=" P1024, false, {DC_DKIM_VERSION_WRONG, END}, "dkim1"},
		{"v=; p=" P1024, false, {DC_DKIM_VERSION_WRONG, END}, ""},
		{"k=rsa; v=DKIM1; p=" P1024, true, {DC_DKIM_VERSION_NOT_FIRST, END}, "DKIM1"},
		{"V=DKIM1; p=" P1024, true, {DC_DKIM_VERSION_ABSENT, DC_DKIM_TAG_UNKNOWN, END}, NULL},
		/* p= */
		{"v=DKIM1; k=rsa", false, {DC_DKIM_KEY_ABSENT, END}, ""},
		{"v=DKIM1; P=" P1024, false, {DC_DKIM_TAG_UNKNOWN, DC_DKIM_KEY_ABSENT, END}, "P"},
		{"v=DKIM1; p=!!!", false, {DC_DKIM_KEY_NOT_BASE64, END}, "!!!"},
		{"v=DKIM1; p=MIGf\"" P1024, false, {DC_DKIM_KEY_QUOTED, END}, NULL},
		{"v=DKIM1; p=AAAA", false, {DC_DKIM_KEY_NOT_DER, END}, "AAAA"},
		{"v=DKIM1; p=A", false, {DC_DKIM_KEY_NOT_DER, END}, "A"},
		{"v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ==", false, {DC_DKIM_KEY_TRUNCATED, END}, NULL},
		{"v=DKIM1; p=MIGf\tMA0GCSqG SIb3DQEBAQUAA4GNADCBiQ==", false, {DC_DKIM_KEY_TRUNCATED, END}, NULL},
		{"v=DKIM1; p=-----BEGIN PUBLIC KEY-----" P1024 "-----END PUBLIC KEY-----", false, {DC_DKIM_KEY_PEM, END}, NULL},
		{"v=DKIM1; k=rsa; p=" ED, false, {DC_DKIM_KEY_ED25519_NO_K, END}, NULL},
		{"v=DKIM1; p=" ED, false, {DC_DKIM_KEY_ED25519_NO_K, END}, NULL},
		{"v=DKIM1; k=ed25519; p=" P1024, false, {DC_DKIM_KEY_OTHER_TYPE, END}, NULL},
		{"v=DKIM1; k=ed25519; p=AAAAAAAA", false, {DC_DKIM_KEY_ED25519_LENGTH, END}, NULL},
		{"v=DKIM1; k=ed25519; p=MCowBQYDK2VwAyEAsVLfwMOFZk3ayuCaPPBQRIaB6hzmQU15SGqVKVryZEQ=", false,
		 {DC_DKIM_KEY_ED25519_WRAPPED, END}, NULL},
		/* an EC key (P-256) */
		{"v=DKIM1; p=MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0Y5bM03HhNMYUb84wFaYLROI"
		 "ROjvhfawCfh2o7zr2XuP9MwEUpLRLnSkNZG4ZMr+EYpUjHVJeNb8bEN4pTsdMw==",
		 false, {DC_DKIM_KEY_OTHER_TYPE, END}, NULL},
		/* k= h= s= t= g= */
		{"v=DKIM1; k=dsa; p=" P1024, false, {DC_DKIM_TYPE_UNKNOWN, END}, "dsa"},
		{"v=DKIM1; k=; p=" P1024, false, {DC_DKIM_TYPE_UNKNOWN, END}, ""},
		{"v=DKIM1; k=RSA; p=" P1024, true, {DC_DKIM_TYPE_CASE, END}, "RSA"},
		{"v=DKIM1; k=Ed25519; p=" ED, true, {DC_DKIM_TYPE_CASE, END}, "Ed25519"},
		{"v=DKIM1; h=sha1; p=" P1024, false, {DC_DKIM_HASH_SHA1_ONLY, END}, "sha1"},
		{"v=DKIM1; h=sha1:sha256; p=" P1024, true, {DC_DKIM_HASH_SHA1, END}, "sha1:sha256"},
		{"v=DKIM1; h= sha256 : sha1 ; p=" P1024, true, {DC_DKIM_HASH_SHA1, END}, "sha256 : sha1"},
		{"v=DKIM1; h=sha512; p=" P1024, false, {DC_DKIM_HASH_NONE, END}, "sha512"},
		{"v=DKIM1; h=; p=" P1024, false, {DC_DKIM_HASH_NONE, END}, ""},
		{"v=DKIM1; h=sha512:sha256; p=" P1024, true, {DC_DKIM_HASH_UNKNOWN, END}, "sha512"},
		{"v=DKIM1; s=other; p=" P1024, false, {DC_DKIM_SERVICE_NOT_EMAIL, END}, "other"},
		{"v=DKIM1; s=tlsrpt; p=" P1024, false, {DC_DKIM_SERVICE_NOT_EMAIL, END}, "tlsrpt"},
		{"v=DKIM1; s=; p=" P1024, false, {DC_DKIM_SERVICE_NOT_EMAIL, END}, ""},
		{"v=DKIM1; s=*; p=" P1024, true, {END}, NULL},
		{"v=DKIM1; s=tlsrpt:email; p=" P1024, true, {END}, NULL},
		{"v=DKIM1; t=y:s; p=" P1024, true, {END}, NULL},
		{"v=DKIM1; t=; p=" P1024, true, {END}, NULL},
		{"v=DKIM1; t=y:z; p=" P1024, true, {DC_DKIM_FLAG_UNKNOWN, END}, "z"},
		{"v=DKIM1; g=*; p=" P1024, true, {DC_DKIM_GRANULARITY, END}, "*"},
		{"v=DKIM1; g=; p=" P1024, true, {DC_DKIM_GRANULARITY, END}, ""},
		{"v=DKIM1; a=rsa-sha256; p=" P1024, true, {DC_DKIM_TAG_UNKNOWN, END}, "a"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dc_dkim_record record = parse(*state, dc_slice_of(rows[i].text));
		size_t want = 0;

		while (rows[i].kinds[want] != END)
			want++;
		if (record.problem_count != want || record.well_formed != rows[i].well_formed)
			fail_msg("%s: %zu problems (first %d), well-formed %d", rows[i].text, record.problem_count,
				 record.problem_count ? (int)record.problems[0].kind : -1, record.well_formed);
		for (size_t j = 0; j < want; j++)
			if ((int)record.problems[j].kind != rows[i].kinds[j])
				fail_msg("%s: problem %zu is %d", rows[i].text, j, (int)record.problems[j].kind);
		if (rows[i].part && want && !dc_slice_eq(record.problems[0].part, dc_slice_of(rows[i].part)))
			fail_msg("%s: part \"%.*s\"", rows[i].text, DC_FMT(record.problems[0].part));
	}
}

static void flags(void **state)
{
	struct dc_dkim_record record = parse(*state, DC_S("v=DKIM1; t=y:s; p=" P1024));

	assert_true(record.testing && record.strict && record.usable && !record.revoked);
	record = parse(*state, DC_S("v=DKIM1; p="));
	assert_true(record.revoked && !record.usable);
	record = parse(*state, DC_S("v=DKIM1; k=ed25519; p=" ED));
	assert_int_equal(record.key.type, DC_DKIM_KEY_ED25519);
	assert_int_equal(record.key.bits, 256);
	assert_true(record.usable);
	record = parse(*state, (struct dc_slice){"v=DKIM1;\0 p=x", 13});
	assert_int_equal(record.problems[0].kind, DC_DKIM_SYNTAX);
	assert_int_equal(record.problems[1].kind, DC_DKIM_BAD_OCTET);
}

/* PKCS#1, a private key, trailing octets: made here from one modulus. */
static void forms(void **state)
{
	static const uint8_t version[] = {0x02, 0x01, 0x00};
	static char text[KEY_TEXT_MAX];
	struct dc_slice fingerprint;
	struct dc_dkim_record record;
	static struct der der, key;
	gmp_randstate_t dice;
	mpz_t p, q, n, e, d, m;
	char *at;

	gmp_randinit_mt(dice);
	gmp_randseed_ui(dice, 7);
	mpz_inits(p, q, n, d, m, NULL);
	mpz_init_set_ui(e, 65537);
	do {
		key_prime(dice, 512, p);
		key_prime(dice, 512, q);
		mpz_mul(n, p, q);
		mpz_sub_ui(d, p, 1);
		mpz_sub_ui(m, q, 1);
		mpz_mul(m, m, d);
	} while (!mpz_invert(d, e, m));
	record = parse(*state, dc_arena_dup(*state, dc_slice_of(key_record(n, e))));
	assert_int_equal(record.problem_count, 0);
	fingerprint = record.key.fingerprint;

	at = text + sprintf(text, "v=DKIM1; p=");
	key_pkcs1(n, e, &der);
	key_base64(der.octets, der.len, at);
	record = parse(*state, dc_slice_of(text));
	assert_int_equal(record.problem_count, 1);
	assert_int_equal(record.problems[0].kind, DC_DKIM_KEY_PKCS1);
	assert_true(record.usable);
	assert_true(dc_slice_eq(record.key.fingerprint, fingerprint)); /* the same key, whatever its form */

	key_spki(n, e, &der);
	der_append(&der, "junk", 4);
	key_base64(der.octets, der.len, at);
	record = parse(*state, dc_slice_of(text));
	assert_int_equal(record.problems[0].kind, DC_DKIM_KEY_TRAILING);
	assert_int_equal(record.key.trailing, 4);
	assert_true(record.usable);

	for (size_t len = 1; len < der.len - 4; len++) { /* cut anywhere, it is no key */
		key_base64(der.octets, len, at);
		/* NOLINTNEXTLINE(analyzer-use-of-uninitialized-value): dc_dkim_record_parse fills it whole */
		record = parse(*state, dc_slice_of(text));
		assert_false(record.usable);
		if (len == 32)
			continue;
		assert_int_equal(record.problems[0].kind, len < 2 ? DC_DKIM_KEY_NOT_DER : DC_DKIM_KEY_TRUNCATED);
	}

	key.len = 0; /* RSAPrivateKey, RFC 8017 A.1.2 */
	der_append(&key, version, sizeof(version));
	der_integer(&key, n);
	der_integer(&key, e);
	der_integer(&key, d);
	der_integer(&key, p);
	der_integer(&key, q);
	mpz_sub_ui(m, p, 1);
	mpz_mod(m, d, m);
	der_integer(&key, m);
	mpz_sub_ui(m, q, 1);
	mpz_mod(m, d, m);
	der_integer(&key, m);
	mpz_invert(m, q, p);
	der_integer(&key, m);
	der_wrap(&key, 0x30);
	key_base64(key.octets, key.len, at);
	record = parse(*state, dc_slice_of(text));
	assert_int_equal(record.problem_count, 1);
	assert_int_equal(record.problems[0].kind, DC_DKIM_KEY_PRIVATE);
	assert_false(record.usable);
	memmove(at + 1, at, strlen(at) + 1); /* also behind a quote */
	*at = '"';
	record = parse(*state, dc_slice_of(text));
	assert_int_equal(record.problem_count, 2);
	assert_int_equal(record.problems[1].kind, DC_DKIM_KEY_PRIVATE);
	mpz_clears(p, q, n, e, d, m, NULL);
	gmp_randclear(dice);
}

static void ceilings(void **state)
{
	enum { LEN = 65000 };
	char *text = dc_arena_alloc(*state, LEN + 1);
	struct dc_dkim_record record;

	memset(text, 'A', LEN);
	memcpy(text, "v=DKIM1; p=", 11);
	record = parse(*state, (struct dc_slice){text, LEN});
	assert_false(record.usable);
	assert_int_equal(record.problems[record.problem_count - 1].kind, DC_DKIM_TOO_LONG);
	for (size_t i = 0; i < LEN; i += 4)
		memcpy(text + i, "x=1;", 4);
	memcpy(text, "k=a;", 4);
	record = parse(*state, (struct dc_slice){text, LEN});
	assert_true(record.tag_count <= DC_DKIM_TAGS_MAX && record.problem_count <= 64);
	memset(text, ';', LEN);
	memcpy(text, "v=DKIM1", 7);
	record = parse(*state, (struct dc_slice){text, LEN});
	assert_true(record.problem_count <= 64 && !record.usable);
}

static void base64(void **state)
{
	static const struct {
		const char *text, *octets;
		bool junk, padding;
	} rows[] = {
		{"", "", false, false},       {"Zg==", "f", false, false},     {"Zm8=", "fo", false, false},
		{"Zm9v", "foo", false, false}, {"Z g\t=\r\n =", "f", false, false}, {"Zg", "f", false, true},
		{"Zg=", "f", false, true},    {"Z", "", false, true},          {"Zm9v=", "foo", false, true},
		{"Zm9v====", "foo", false, true}, {"Zm-9v", "foo", true, false}, {"Zg==Zg==", "f", true, true},
		{"=", "", false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t out[16];
		bool junk, padding;
		size_t len = dc_dkim_base64(dc_slice_of(rows[i].text), out, sizeof(out), &junk, &padding);

		if (len != strlen(rows[i].octets) || memcmp(out, rows[i].octets, len) != 0 || junk != rows[i].junk ||
		    padding != rows[i].padding)
			fail_msg("%s: %zu octets, junk %d, padding %d", rows[i].text, len, junk, padding);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(problems, set_up, tear_down),
		cmocka_unit_test_setup_teardown(flags, set_up, tear_down),
		cmocka_unit_test_setup_teardown(forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ceilings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(base64, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
