/* Certificates that servers show, through OpenSSL as the SMTP and the HTTPS sources describe them. The input: an octet (bit 0: the
 * last certificate is trusted), an octet with the error of the chain for HTTPS, then certificates as DER, the leaf first. */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/sha.h"
#include "der.h"
#include "evidence/dialogue.h"
#include "fuzz.h"
#include "smtp/smtp.h"
#include "source/https_tls.h"
#include "source/tls_parts.h"

enum { CHAIN_MAX = 10 };

static const char host[] = "mx1.example.com";

static STACK_OF(X509) *read_chain(const uint8_t *data, size_t size)
{
	STACK_OF(X509) *chain = sk_X509_new_null();

	while (size && sk_X509_num(chain) < CHAIN_MAX) {
		size_t len = der_length(data, size);
		const unsigned char *at = data;
		X509 *cert = d2i_X509(NULL, &at, (long)(len ? len : size));

		if (cert)
			FUZZ_CHECK(sk_X509_push(chain, cert) > 0);
		if (!len)
			break;
		data += len;
		size -= len;
	}
	return chain;
}

static void check_text(struct dc_slice text)
{
	for (size_t i = 0; i < text.len; i++)
		FUZZ_CHECK(text.ptr[i] == '\n' || (text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e));
}

static void check_digests(const struct dc_dialogue_cert *cert, X509 *from)
{
	unsigned char *der = NULL;
	uint8_t digest[DC_SHA_MAX], more[EVP_MAX_MD_SIZE];
	unsigned count = 0;
	int len = i2d_X509(from, &der);
	struct dc_slice whole = {(const char *)der, len > 0 ? (size_t)len : 0};

	if (whole.len) {
		FUZZ_CHECK(dc_slice_eq(cert->cert_sha256, (struct dc_slice){(const char *)digest, dc_sha(DC_SHA256, &whole, 1, digest)}));
		FUZZ_CHECK(X509_digest(from, EVP_sha512(), more, &count) == 1);
		FUZZ_CHECK(dc_slice_eq(cert->cert_sha512, (struct dc_slice){(const char *)more, count}));
	}
	OPENSSL_free(der);
}

/* What the SMTP source writes is what the smtp room reads. */
static void check_dialogue(struct dc_arena *arena, STACK_OF(X509) *chain, bool trust)
{
	struct dc_tls_context context = {.anchors = X509_STORE_new(), .has_anchors = trust};
	int count = sk_X509_num(chain);
	struct dc_dialogue said;
	struct dc_buf first, second;

	FUZZ_CHECK(context.anchors);
	if (trust && count)
		(void)X509_STORE_add_cert(context.anchors, sk_X509_value(chain, count - 1));
	dc_buf_init(&first, 1 << 20);
	dc_buf_init(&second, 1 << 20);
	dc_dialogue_begin(&first);
	dc_dialogue_begin(&second);
	tls_describe_chain(&first, &context, chain);
	tls_describe_chain(&second, &context, chain);
	X509_STORE_free(context.anchors);
	FUZZ_CHECK(first.status == DC_OK && dc_slice_eq(dc_buf_slice(&first), dc_buf_slice(&second)));
	check_text(dc_buf_slice(&first));
	FUZZ_CHECK(dc_dialogue_parse(arena, dc_buf_slice(&first), &said));
	count = count > DC_DIALOGUE_CERTS_MAX ? DC_DIALOGUE_CERTS_MAX : count;
	FUZZ_CHECK(said.cert_count == (size_t)count || first.len > DC_DIALOGUE_MAX);
	FUZZ_CHECK((said.trusted == DC_TRI_UNKNOWN) == (!trust || !count));
	for (size_t i = 0; i < said.cert_count && first.len <= DC_DIALOGUE_MAX; i++) {
		FUZZ_CHECK(said.certs[i].signed_by < count && said.certs[i].name_count <= DC_DIALOGUE_NAMES_MAX);
		check_digests(&said.certs[i], sk_X509_value(chain, (int)i));
	}
	/* Two judges of names: what OpenSSL lets pass, the smtp room does. */
	if (count && said.certs[0].name_count && said.certs[0].name_count < DC_DIALOGUE_NAMES_MAX && first.len <= DC_DIALOGUE_MAX &&
	    X509_check_host(sk_X509_value(chain, 0), host, sizeof host - 1,
			    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1)
		FUZZ_CHECK(dc_smtp_cert_names(&said.certs[0], DC_S("mx1.example.com")));
	dc_buf_free(&first);
	dc_buf_free(&second);
}

/* What the HTTPS source says of the leaf is written and read back. */
static void check_reply(struct dc_arena *arena, X509 *leaf, int error)
{
	struct https_tls tls = {.leaf = leaf, .error = error, .version = "TLSv1.3", .seen = leaf != NULL};
	struct dc_https_reply reply = {.status = 200, .body = DC_S("body")}, again;
	struct dc_buf text, second;

	https_tls_describe(arena, &tls, DC_S("mx1.example.com"), &reply);
	FUZZ_CHECK(reply.name_count <= DC_HTTPS_NAME_MAX && reply.verify < DC_HTTPS_VERIFY_COUNT);
	FUZZ_CHECK((reply.verify == DC_HTTPS_VERIFY_OK) == !reply.verify_text.len);
	FUZZ_CHECK(reply.subject.len <= DC_HTTPS_TEXT_MAX && reply.issuer.len <= DC_HTTPS_TEXT_MAX);
	dc_buf_init(&text, DC_HTTPS_DATA_MAX);
	dc_buf_init(&second, DC_HTTPS_DATA_MAX);
	dc_https_reply_write(&text, &reply);
	FUZZ_CHECK(text.status == DC_OK && dc_https_reply_read(arena, dc_buf_slice(&text), &again));
	FUZZ_CHECK(dc_slice_eq(again.subject, reply.subject) && again.name_count == reply.name_count);
	FUZZ_CHECK(again.not_before_s == reply.not_before_s && again.not_after_s == reply.not_after_s);
	dc_https_reply_write(&second, &again);
	FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&text), dc_buf_slice(&second)));
	dc_buf_free(&text);
	dc_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_arena *arena = dc_arena_new(64 << 20);
	STACK_OF(X509) *chain;

	if (!arena || size < 2) {
		dc_arena_free(arena);
		return 0;
	}
	chain = read_chain(data + 2, size - 2);
	ERR_clear_error();
	if (!DC_ARENA_GUARD(arena)) {
		check_dialogue(arena, chain, data[0] & 1);
		check_reply(arena, sk_X509_value(chain, 0), data[1]);
	}
	FUZZ_CHECK(ERR_peek_error() == 0);
	sk_X509_pop_free(chain, X509_free);
	dc_arena_free(arena);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	if (size < 3)
		return LLVMFuzzerMutate ? LLVMFuzzerMutate(data, size, max_size) : size;
	if (seed % 16 == 0)
		data[seed / 16 % 2] = (uint8_t)(seed >> 8);
	return 2 + der_mutate(data + 2, size - 2, max_size - 2, seed);
}
