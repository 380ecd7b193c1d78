/* Whole messages through the real worker: the example of RFC 8463 A.3, messages signed here with libopendkim, tampering, the
 * clock of the audit, and every kind of message that crashes or misleads the library when it is called carelessly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <opendkim/dkim.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "../support/keys.h"
#include "../support/rig.h"

#define NOW 1528638000 /* the day RFC 8463's example was signed */

static const char rfc8463[] =
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	" d=football.example.com; i=@football.example.com;\r\n"
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	" subject : date : message-id : from : subject : date;\r\n"
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	" d=football.example.com; i=@football.example.com;\r\n"
	" q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
	" date : message-id : from : subject : date;\r\n"
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
	" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
	" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
	"From: Joe SixPack <joe@football.example.com>\r\n"
	"To: Suzie Q <suzie@shopping.example.net>\r\n"
	"Subject: Is dinner ready?\r\n"
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
	"\r\n"
	"Hi.\r\n"
	"\r\n"
	"We lost the game.  Are you hungry yet?\r\n"
	"\r\n"
	"Joe.\r\n";

static struct rig rig;

static int open_rig(void **state)
{
	(void)state;
	rig_open(&rig, NULL);
	return 0;
}

static int close_rig(void **state)
{
	(void)state;
	rig_close(&rig);
	return 0;
}

static void publish_rfc8463(void)
{
	rig_next(&rig);
	world_txt(&rig.world, "brisbane._domainkey.football.example.com",
		  "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	world_txt(&rig.world, "test._domainkey.football.example.com",
		  "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Q"
		  "vx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
}

static struct dc_receiver_message verify(const char *text, size_t len)
{
	return rig_message(&rig, (struct dc_slice){text, len}, NOW);
}

static char edited[1 << 16];

/* A copy with the first `from` replaced by `to`. */
static const char *edit(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	snprintf(edited, sizeof(edited), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return edited;
}

static void check(const struct dc_receiver_message *message, size_t i, const char *name, bool passed)
{
	const struct dc_receiver_signature *signature = &message->signatures[i];

	assert_int_equal(message->fate, DC_RECEIVER_DONE);
	assert_true(i < message->count);
	if (!rig_is(signature->name, name) || signature->passed != passed)
		fail_msg("signature %zu: %.*s (%d, %.*s), passed %d; expected %s", i, DC_FMT(signature->name), signature->sig_error,
			 DC_FMT(signature->reason), signature->passed, name);
}

static void test_example(void **state)
{
	struct dc_receiver_message message;
	static char lf[sizeof(rfc8463)];
	size_t len = 0;

	(void)state;
	publish_rfc8463();
	message = verify(rfc8463, sizeof(rfc8463) - 1);
	assert_int_equal(message.count, 2);
	check(&message, 0, "ok", true);
	check(&message, 1, "ok", true);
	assert_true(rig_is(message.signatures[0].domain, "football.example.com"));
	assert_true(rig_is(message.signatures[0].selector, "brisbane"));
	assert_true(rig_is(message.signatures[0].algorithm, "ed25519-sha256"));
	assert_true(rig_is(message.signatures[1].selector, "test"));
	assert_int_equal(message.signatures[1].key_bits, 1024);
	assert_true(message.signatures[1].body_tested && message.signatures[1].body_matches);
	/* both keys are asked for before the body is looked at */
	assert_int_equal(rig.missing, 2);
	assert_int_equal(rig.rounds, 2);

	/* a file with bare line feeds, after a line that some mailboxes have */
	for (size_t i = 0; i < sizeof(rfc8463) - 1; i++)
		if (rfc8463[i] != '\r')
			lf[len++] = rfc8463[i];
	publish_rfc8463();
	snprintf(edited, sizeof(edited), "From joe Fri Jul 11 21:00:37 2003\n%.*s", (int)len, lf);
	message = verify(edited, strlen(edited));
	check(&message, 0, "ok", true);
	check(&message, 1, "ok", true);
}

static void test_tampering(void **state)
{
	static const struct {
		const char *from, *to, *name;
		bool body_tested; /* only when the header holds */
	} rows[] = {
		{"We lost", "We won", "bad-signature", true},
		{"dinner", "supper", "bad-signature", false},
		{"t=1528637909; h=from : to :", "t=1528637908; h=from : to :", "bad-signature", false},
		{"v=1; a=ed", "v=2; a=ed", "version", false},
		{"s=brisbane", "s=nowhere", "no-key", false},
		{"d=football.example.com; i=@football.example.com;\r\n q=dns/txt; s=brisbane",
		 "d=football.example.com; i=@elsewhere.example.com;\r\n q=dns/txt; s=brisbane", "domain", false},
		{"a=ed25519-sha256", "a=rsa-md5", "invalid-a", false},
		{" h=from : to :\r\n subject : date : message-id : from : subject : date;", " h=to;", "invalid-h", false},
		{"a=ed25519-sha256; c=relaxed/relaxed;", "a=ed25519-sha256; c=odd/relaxed;", "header-canonicalization", false},
		{"q=dns/txt; s=brisbane", "q=dns/txt; l=99999; s=brisbane", "too-large-l", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dc_receiver_message message;

		publish_rfc8463();
		edit(rfc8463, rows[i].from, rows[i].to);
		message = verify(edited, strlen(edited));
		assert_int_equal(message.count, 2);
		check(&message, 0, rows[i].name, false);
		if (message.signatures[0].body_tested != rows[i].body_tested)
			fail_msg("%s: body tested %d", rows[i].to, message.signatures[0].body_tested);
		assert_false(message.signatures[0].body_matches);
	}
}

/* The clock is the audit's, not the machine's. */
static void test_clock(void **state)
{
	struct dc_receiver_message message;
	static const struct {
		int64_t now_s;
		const char *name;
	} rows[] = {
		{1528637909, "bad-signature"}, {1528640000 + 299, "bad-signature"}, {1528640000 + 300, "expired"},
		{1528637909 - 300, "bad-signature"}, {1528637909 - 301, "future"}, {4000000000, "expired"},
	};

	(void)state;
	edit(rfc8463, "t=1528637909;", "t=1528637909; x=1528640000;");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		publish_rfc8463();
		message = rig_message(&rig, dc_slice_of(edited), rows[i].now_s);
		check(&message, 0, rows[i].name, false);
	}
	publish_rfc8463();
	message = rig_message(&rig, dc_slice_of(rfc8463), 4000000000);
	check(&message, 0, "ok", true);
}

static void test_keys(void **state)
{
	struct dc_receiver_message message;

	(void)state;
	rig_next(&rig);
	world_fail(&rig.world, "brisbane._domainkey.football.example.com", 0, DC_OUTCOME_SERVFAIL);
	world_fail(&rig.world, "test._domainkey.football.example.com", 0, DC_OUTCOME_OUT_OF_SOURCE);
	message = verify(rfc8463, sizeof(rfc8463) - 1);
	check(&message, 0, "key-fail", false);
	check(&message, 1, "unknown", false);
	assert_true(message.signatures[1].reason.len > 0);
	rig_next(&rig);
	world_txt(&rig.world, "brisbane._domainkey.football.example.com", "v=DKIM1; p=");
	message = verify(rfc8463, sizeof(rfc8463) - 1);
	check(&message, 0, "revoked", false);
	check(&message, 1, "no-key", false);
}

/* ---- signing ---- */

/* The message with a signature by a new RSA key of `bits` in front; the key is published at s._domainkey.example.com. */
static const char *sign(const char *text, unsigned bits, dkim_canon_t canon, ssize_t length)
{
	static char out[1 << 16], p[KEY_TEXT_MAX], record[KEY_TEXT_MAX + 32];
	static unsigned char pem[16384], der[8192];
	unsigned char *to = der, *header = NULL;
	EVP_PKEY *key = EVP_RSA_gen(bits);
	BIO *bio = BIO_new(BIO_s_mem());
	const char *body = strstr(text, "\r\n\r\n") + 4, *line = text;
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	unsigned int small = 512;
	DKIM_STAT status;
	size_t len = 0;
	DKIM *dkim;
	int n;

	assert_true(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	pem[BIO_read(bio, pem, sizeof(pem) - 1)] = '\0';
	n = i2d_PUBKEY(key, &to);
	snprintf(record, sizeof(record), "v=DKIM1; p=%s", key_base64(der, (size_t)n, p));
	rig_next(&rig);
	world_txt(&rig.world, "s._domainkey.example.com", record);
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &small, sizeof(small));
	dkim = dkim_sign(lib, (const unsigned char *)"t", NULL, pem, (const unsigned char *)"s", (const unsigned char *)"example.com",
			 canon, canon, DKIM_SIGN_RSASHA256, length, &status);
	assert_non_null(dkim);
	while (line < body - 2) {
		const char *end = strstr(line, "\r\n");

		while (end[2] == ' ' || end[2] == '\t')
			end = strstr(end + 2, "\r\n");
		assert_int_equal(dkim_header(dkim, (u_char *)line, (size_t)(end - line)), DKIM_STAT_OK);
		line = end + 2;
	}
	assert_int_equal(dkim_eoh(dkim), DKIM_STAT_OK);
	if (*body)
		assert_int_equal(dkim_body(dkim, (u_char *)body, strlen(body)), DKIM_STAT_OK);
	assert_int_equal(dkim_eom(dkim, NULL), DKIM_STAT_OK);
	assert_int_equal(dkim_getsighdr_d(dkim, 16, &header, &len), DKIM_STAT_OK);
	snprintf(out, sizeof(out), "DKIM-Signature: %s\r\n%s", (char *)header, text);
	dkim_free(dkim);
	dkim_close(lib);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return out;
}

static const char plain[] = "From: a@example.com\r\nTo: b@example.net\r\nSubject: one\r\n two\r\n\r\nHello.\r\n.\r\nBye.\r\n";

static void test_signed(void **state)
{
	static const struct {
		unsigned bits;
		dkim_canon_t canon;
		const char *name;
	} rows[] = {
		{512, DKIM_CANON_RELAXED, "too-small"}, {1024, DKIM_CANON_SIMPLE, "ok"}, {2048, DKIM_CANON_RELAXED, "ok"},
		{2048, DKIM_CANON_SIMPLE, "ok"},
	};
	struct dc_receiver_message message;
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		text = sign(plain, rows[i].bits, rows[i].canon, -1);
		message = rig_message(&rig, dc_slice_of(text), time(NULL));
		assert_int_equal(message.count, 1);
		check(&message, 0, rows[i].name, rows[i].bits > 512);
		assert_int_equal(message.signatures[0].key_bits, rows[i].bits);
	}
	/* l= covers the beginning only: what is added passes */
	text = sign(plain, 1024, DKIM_CANON_RELAXED, 8);
	snprintf(edited, sizeof(edited), "%s%s", text, "Buy more.\r\n");
	message = rig_message(&rig, dc_slice_of(edited), time(NULL));
	check(&message, 0, "ok", true);
	/* unsigned, empty, without an end, without a header */
	rig_next(&rig);
	assert_int_equal(verify(plain, sizeof(plain) - 1).count, 0);
	rig_next(&rig);
	message = verify("", 0);
	assert_int_equal(message.count, 0);
}

/* ---- what kills the library ---- */

static void test_defects(void **state)
{
	static const char *const messages[] = {
		/* asserts in its own splitter */
		"\nFrom: a@example.com\n\nx\n", "\r\nFrom: a@example.com\r\n\r\nx\r\n", ":\n: x\n\n", " folded first\n\n",
		/* writes past an array: every field named, and one more */
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from:dkim-signature:from; bh=AA==; b=AAAA\r\nFrom: a\r\n\r\nx\r\n",
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from:dkim-signature:from:x:y:z; bh=AA==; b=AAAA\nFrom: a@e.com\n\nx\n",
		/* reads past i= */
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; i=@e.com=; bh=AA==; b=AAAA\r\nFrom: a@e.com\r\n\r\nx\r\n",
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; i=@e.com=4; bh=AA==; b=AAAA\r\nFrom: a@e.com\r\n\r\nx\r\n",
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; i = @e.com = ; bh=AA==; b=AAAA\r\nFrom: a@e.com\r\n\r\nx\r\n",
		/* malformed in every way */
		"DKIM-Signature: \r\nFrom: a@e.com\r\n\r\n", "DKIM-Signature: ;;;\nFrom: a\n\n", "DKIM-Signature: v\nFrom: a\n\n",
		"DKIM-Signature: v=1\r\nFrom: a\r\n\r\n", "DKIM-Signature: a=\xff\r\nFrom: a\r\n\r\n", "DKIM-Signature : v=1; d=;s=;h=\n\n",
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; t=99999999999999999999; x=1; bh=AA==; b=AAAA\nFrom: a\n\n",
		"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; l=-1; t=0; bh=AA==; b=AAAA\nFrom: a\n\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct dc_receiver_message message;

		rig_next(&rig);
		message = verify(messages[i], strlen(messages[i]));
		if (message.fate != DC_RECEIVER_DONE)
			fail_msg("%s: fate %d", messages[i], (int)message.fate);
		for (size_t k = 0; k < message.count; k++)
			assert_false(message.signatures[k].passed);
		if (strstr(messages[i], "i=@") || strstr(messages[i], "i = @"))
			check(&message, 0, "domain", false);
	}
}

/* NUL octets, overlong fields, more signatures and fields than anybody looks at. */
static void test_ceilings(void **state)
{
	static const char one[] = "DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; bh=AA==; b=AAAA\r\n";
	static char big[4 << 20];
	struct dc_receiver_message message;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		len += (size_t)snprintf(big + len, sizeof(big) - len, "%s", one);
	len += (size_t)snprintf(big + len, sizeof(big) - len, "From: a@e.com\r\n\r\nx\r\n");
	rig_next(&rig);
	message = verify(big, len);
	assert_int_equal(message.count, 32);
	assert_true(message.limited);
	assert_int_equal(rig.missing, 1);

	len = 0;
	for (int i = 0; i < 6000; i++)
		len += (size_t)snprintf(big + len, sizeof(big) - len, "X: y\r\n");
	rig_next(&rig);
	assert_int_equal(verify(big, len).fate, DC_RECEIVER_ABSENT);
	memset(big, 'a', sizeof(big));
	memcpy(big, "X: ", 3);
	rig_next(&rig);
	assert_int_equal(verify(big, sizeof(big)).fate, DC_RECEIVER_DONE);
	memcpy(big + (3 << 20), "\nY: ", 4);
	rig_next(&rig);
	assert_int_equal(verify(big, sizeof(big)).fate, DC_RECEIVER_ABSENT);

	publish_rfc8463();
	len = (size_t)snprintf(big, sizeof(big), "X-Nul: a") + 1;
	memcpy(big + len, "b\r\nSubject:\0\r\n", 14);
	len += 14;
	memcpy(big + len, rfc8463, sizeof(rfc8463) - 1);
	message = verify(big, len + sizeof(rfc8463) - 1);
	check(&message, 0, "bad-signature", false); /* a second Subject; h= names it twice */
	/* an i= that is too long by far */
	rig_next(&rig);
	len = (size_t)snprintf(big, sizeof(big), "DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; bh=AA==; b=AAAA; i=");
	memset(big + len, 'i', 70000);
	memcpy(big + len + 70000, "\r\nFrom: a@e.com\r\n\r\n", 20);
	message = verify(big, len + 70000 + 19);
	check(&message, 0, "domain", false);
}

static void test_large(void **state)
{
	static char big[25 << 20];
	struct dc_receiver_message message;

	(void)state;
	memset(big, 'b', sizeof(big));
	memcpy(big, rfc8463, sizeof(rfc8463) - 1);
	publish_rfc8463();
	message = verify(big, sizeof(big));
	check(&message, 0, "bad-signature", false);
	assert_int_equal(message.reason.len, 0);
	assert_true(message.signatures[0].body_tested && !message.signatures[0].body_matches);
}

static void test_no_message(void **state)
{
	struct rig_message job = {.now_s = NOW};

	(void)state;
	rig_next(&rig);
	rig_run(&rig, rig_build_message, &job);
	assert_int_equal(job.result.fate, DC_RECEIVER_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example), cmocka_unit_test(test_tampering), cmocka_unit_test(test_clock),
		cmocka_unit_test(test_keys), cmocka_unit_test(test_signed), cmocka_unit_test(test_defects),
		cmocka_unit_test(test_ceilings), cmocka_unit_test(test_large), cmocka_unit_test(test_no_message),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
