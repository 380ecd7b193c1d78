/* The libraries as they are, called as their documentation has it, in a child each: what kills or misleads them. test_defects.py shows
 * that none of it gets through the adapters; this, that there is something to hold off. When a row here fails, Debian has mended
 * a library: then its rule in src/receiver/ may go.
 *
 * Not here: the stack over-read for an i= of more than 256 octets. It ends at the next NUL, a few octets on, and only
 * AddressSanitizer in the library itself sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <idn2.h>
#include <libpsl.h>
#include <opendkim/dkim.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fence.h"

enum { PACKET_HEAD = 12, ANSWER_FIXED = 12, NONE = -1 };

/* ---- a DNS of one answer ---- */

/* What the next query is answered with: rdata of a TXT, what lies behind the packet, and its status. */
static struct {
	const char *rdata, *behind;
	size_t len, behind_len;
	int rcode, status;
	size_t reply;
} dns;

/* NOLINTNEXTLINE(readability-non-const-parameter): the type of the library's callback */
static int query_start(void *service, int type, unsigned char *name, unsigned char *buf, size_t size, void **query)
{
	unsigned char *at = buf + PACKET_HEAD;
	const char *label = (const char *)name;

	(void)type;
	*query = service;
	memset(buf, 0, size);
	buf[2] = 0x81;
	buf[3] = (unsigned char)(0x80 | dns.rcode);
	buf[5] = 1;
	buf[7] = dns.rdata != NULL;
	while (*label) {
		size_t len = strcspn(label, ".");

		*at++ = (unsigned char)len;
		memcpy(at, label, len);
		at += len;
		label += len + (label[len] == '.');
	}
	memcpy(at, "\0\0\20\0\1", 5);
	at += 5;
	if (dns.rdata) {
		memcpy(at, "\xc0\x0c\0\20\0\1\0\0\0\0", 10);
		at[10] = (unsigned char)(dns.len >> 8);
		at[11] = (unsigned char)dns.len;
		memcpy(at + ANSWER_FIXED, dns.rdata, dns.len);
		at += ANSWER_FIXED + dns.len;
	}
	dns.reply = (size_t)(at - buf);
	if (dns.behind)
		memcpy(at, dns.behind, dns.behind_len);
	return DKIM_DNS_SUCCESS;
}

static int query_wait(void *service, void *query, struct timeval *timeout, size_t *bytes, int *error, int *dnssec)
{
	(void)service;
	(void)query;
	(void)timeout;
	*bytes = dns.reply;
	*error = 0;
	*dnssec = DKIM_DNSSEC_UNKNOWN;
	return dns.status;
}

static int query_cancel(void *service, void *query)
{
	(void)service;
	(void)query;
	return 0;
}

static int service_init(void **service)
{
	(void)service;
	return 0;
}

static void service_close(void *service)
{
	(void)service;
}

static DKIM_LIB *library(unsigned int flags)
{
	static int one;
	DKIM_LIB *lib = dkim_init(NULL, NULL);

	dkim_dns_set_query_service(lib, &one);
	dkim_dns_set_init(lib, service_init);
	dkim_dns_set_close(lib, service_close);
	dkim_dns_set_query_start(lib, query_start);
	dkim_dns_set_query_waitreply(lib, query_wait);
	dkim_dns_set_query_cancel(lib, query_cancel);
	dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof(flags));
	dns.status = DKIM_DNS_SUCCESS;
	return lib;
}

/* ---- messages ---- */

/* Each line a field. The status of the first call that is not content. */
static DKIM_STAT give(DKIM *dkim, const char *header)
{
	static char line[80000];
	DKIM_STAT status;

	while (*header) {
		size_t len = strcspn(header, "\n");

		memcpy(line, header, len);
		status = dkim_header(dkim, (u_char *)line, len);
		if (status != DKIM_STAT_OK)
			return status;
		header += len + 1;
	}
	status = dkim_eoh(dkim);
	if (status != DKIM_STAT_OK)
		return status;
	dkim_body(dkim, (u_char *)"x\r\n", 3);
	return dkim_eom(dkim, NULL);
}

static DKIM *verify(DKIM_LIB *lib)
{
	DKIM_STAT status;

	return dkim_verify(lib, (const unsigned char *)"raw", NULL, &status);
}

/* DKIM_SIGERROR_... of the first signature; NONE: there is none. */
static int first_error(DKIM *dkim)
{
	DKIM_SIGINFO **signatures = NULL;
	int count = 0;

	if (dkim_getsiglist(dkim, &signatures, &count) != DKIM_STAT_OK || count < 1)
		return NONE;
	return dkim_sig_geterror(signatures[0]);
}

static int key_error(const char *record, size_t len, const char *behind, int rcode, int status)
{
	DKIM_LIB *lib = library(0);
	DKIM *dkim = verify(lib);
	int error;

	dns.rdata = record;
	dns.len = len;
	dns.behind = behind;
	dns.behind_len = behind ? strlen(behind) : 0;
	dns.rcode = rcode;
	dns.status = status;
	give(dkim, "DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\n"
		   "From: a@e.com\n");
	error = first_error(dkim);
	dkim_free(dkim);
	dkim_close(lib);
	return error;
}

/* Runs in a child: the signal that ends it, or 0 and what `what` returned. */
static int in_child(int (*what)(const void *data), const void *data, bool fenced, int *ret_status)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		signal(SIGABRT, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		close(STDERR_FILENO);
		if (fenced && !fence_put_up("libopendkim"))
			_exit(125);
		_exit(what(data));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (ret_status)
		*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : NONE;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int chunks(const void *message)
{
	DKIM *dkim = verify(library(DKIM_LIBFLAGS_FIXCRLF));

	dkim_chunk(dkim, (u_char *)message, strlen(message));
	return 0;
}

static int headers(const void *message)
{
	DKIM *dkim = verify(library(DKIM_LIBFLAGS_FIXCRLF | DKIM_LIBFLAGS_BADSIGHANDLES));

	give(dkim, message);
	return 0;
}

#define SIGNATURE \
	"DKIM-Signature: v=1; a=rsa-sha256; d=e.com; s=s; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA; "
#define FROM "\nFrom: a@e.com\n"

/* A signed field with a NUL in it; its first octet is its length. */
static int nul(const void *field)
{
	DKIM *dkim = verify(library(DKIM_LIBFLAGS_FIXCRLF));
	unsigned char copy[64];

	memcpy(copy, field, *(const unsigned char *)field + (size_t)1);
	dkim_header(dkim, copy + 1, copy[0]);
	give(dkim, SIGNATURE "h=from:x" FROM);
	return 0;
}

static void test_messages(void **state)
{
	static const struct {
		const char *name, *message;
		int (*what)(const void *message);
		int signal;
	} rows[] = {
		{"an ordinary message", SIGNATURE "h=from" FROM, headers, 0},
		{"kills-chunk", "\nFrom: a@e.com\n\nx\n", chunks, SIGABRT},
		{"kills-h-overrun", SIGNATURE "h=from:dkim-signature:from" FROM, headers, SIGSEGV},
		{"... with one more field that h= does not name", "X-Pad-1: 1\n" SIGNATURE "h=from:dkim-signature:from" FROM, headers, 0},
		{"an ordinary i=", SIGNATURE "h=from; i=a@e.com" FROM, headers, 0},
		{"kills-i-equals", SIGNATURE "h=from; i=a@e.com=" FROM, headers, SIGSEGV},
		{"kills-nul", "\6X: a\0b", nul, SIGSEGV}, /* shortened by strlen, then walked through by its old length */
		{"kills-i-equals-digit", SIGNATURE "h=from; i=a@e.com=4" FROM, headers, SIGSEGV},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int signal = in_child(rows[i].what, rows[i].message, true, NULL);

		if (signal != rows[i].signal)
			fail_msg("%s: signal %d, expected %d", rows[i].name, signal, rows[i].signal);
	}
}

/* ---- one bad signature, and the whole message is refused ---- */

static void test_refusals(void **state)
{
	static char big[70000];
	DKIM_LIB *plain = library(0), *lenient = library(DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC);
	DKIM *dkim;
	int len;

	(void)state;
	dkim = verify(plain);
	assert_int_equal(give(dkim, "DKIM-Signature: nonsense\n" SIGNATURE "h=from" FROM), DKIM_STAT_SYNTAX);
	dkim_free(dkim);
	/* signature-65536: the flag does not help */
	dkim = verify(lenient);
	len = snprintf(big, sizeof(big), "%sh=from; x-pad=", SIGNATURE);
	memset(big + len, 'y', 66000 - (size_t)len);
	memcpy(big + 66000, FROM, sizeof(FROM));
	assert_int_equal(give(dkim, big), DKIM_STAT_NORESOURCE);
	dkim_free(dkim);
	dkim_close(plain);
	dkim_close(lenient);
}

/* ---- keys ---- */

#define GOOD_KEY \
	"v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3" \
	"FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

static void test_keys(void **state)
{
	static const char one[] = "\xe3" GOOD_KEY, cut[] = "\xe3v=DK";

	(void)state;
	assert_int_equal(sizeof(one) - 2, 0xe3);
	assert_int_equal(key_error(one, sizeof(one) - 1, NULL, 0, DKIM_DNS_SUCCESS), DKIM_SIGERROR_BADSIG);
	/* the length of a string is believed: this key lies behind the end of the packet */
	assert_int_equal(key_error(cut, sizeof(cut) - 1, GOOD_KEY + 4, 0, DKIM_DNS_SUCCESS), DKIM_SIGERROR_BADSIG);
	/* SERVFAIL as a packet is "no such key": for good, not for now */
	assert_int_equal(key_error(NULL, 0, NULL, 2, DKIM_DNS_SUCCESS), DKIM_SIGERROR_NOKEY);
	assert_int_equal(key_error(NULL, 0, NULL, 2, DKIM_DNS_ERROR), DKIM_SIGERROR_KEYFAIL);
	/* 512 bits: no word of it, as long as no signature is valid */
	static const char small[] = "\x8b" "v=DKIM1; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAOgMOYAzMSnPwfoBvrKVTvEcYLEy7MN5"
				    "JfwZ8lcLcb7SXLP5J6F7MxxxTsC9DPkxWkWbZmYSi9PXjcTZM5WFgpsCAwEAAQ==";
	assert_int_equal(key_error(small, sizeof(small) - 1, NULL, 0, DKIM_DNS_SUCCESS), DKIM_SIGERROR_BADSIG);
}

static int key_syntax(const void *text)
{
	DKIM *dkim = verify(library(0));
	/* as long as it says, and no NUL behind */
	char *room = fence_make(strlen(text));

	memcpy(room, text, strlen(text));
	dkim_key_syntax(dkim, (u_char *)room, strlen(text));
	return 0;
}

/* dkim_test_key: 0 the keys match, 1 they do not, NONE it cannot tell. */
static int test_key(EVP_PKEY *key)
{
	char selector[] = "s", domain[] = "e.com", why[256] = "";
	unsigned char pem[8192], der[4096], *to = der, text[8192], rdata[8192];
	BIO *bio = BIO_new(BIO_s_mem());
	DKIM_LIB *lib = library(0);
	int len = i2d_PUBKEY(key, &to), n, status;

	assert_true(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	n = BIO_read(bio, pem, sizeof(pem) - 1);
	pem[n++] = '\0';
	if (EVP_PKEY_get_id(key) == EVP_PKEY_ED25519)
		len = EVP_EncodeBlock(text, der + len - 32, 32);
	else
		len = EVP_EncodeBlock(text, der, len);
	rdata[0] = (unsigned char)snprintf((char *)rdata + 1, 255, "v=DKIM1; k=%s; p=%.*s",
					   EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? "ed25519" : "rsa", len, text);
	dns.rdata = (char *)rdata;
	dns.len = rdata[0] + (size_t)1;
	dns.behind = NULL;
	dns.rcode = 0;
	status = dkim_test_key(lib, selector, domain, (char *)pem, (size_t)n, NULL, why, sizeof(why));
	dns.rdata = NULL;
	dkim_close(lib);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return status;
}

static void test_calls_that_are_not_used(void **state)
{
	(void)state;
	assert_int_equal(in_child(key_syntax, "v=DKIM1; p=AAAA", true, NULL), SIGSEGV);
	assert_int_equal(test_key(EVP_RSA_gen(1024)), 0);
	/* an Ed25519 key that does match */
	assert_int_equal(test_key(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")), NONE);
}

/* ---- names ---- */

static void test_names(void **state)
{
	const psl_ctx_t *list = psl_builtin();
	char *ascii = NULL;

	(void)state;
	/* capitals are another name to libpsl: everything below example.co.uk would be one organisation's otherwise */
	assert_string_equal(psl_registrable_domain(list, "www.example.co.uk"), "example.co.uk");
	assert_string_equal(psl_registrable_domain(list, "www.Example.Co.UK"), "Co.UK");
	assert_non_null(psl_registrable_domain(list, "1.2.3.4"));
	assert_non_null(psl_registrable_domain(list, "a..com"));
	/* libidn2 lets an empty label through */
	assert_int_equal(idn2_to_ascii_8z("a..b", &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT), IDN2_OK);
	idn2_free(ascii);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages), cmocka_unit_test(test_refusals), cmocka_unit_test(test_keys),
		cmocka_unit_test(test_calls_that_are_not_used), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
