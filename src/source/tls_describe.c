/* A served chain as lines of a dialogue: trust, certificates with their digests (RFC 6698 section 2.1).
 *
 * Trust is checked against the store without names and without times: who asks for what name and when is the reader's
 * business. Objects of the library never wait for our memory: a buffer that is full says so at the end. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/civil.h"
#include "evidence/dialogue.h"
#include "source/tls_parts.h"

static struct dc_slice cut(struct dc_slice text)
{
	return dc_slice_sub(text, 0, DC_DIALOGUE_NAME_MAX);
}

static void put_hex(struct dc_buf *out, const char *key, const unsigned char *octets, unsigned count)
{
	dc_buf_printf(out, "%s ", key);
	dc_buf_put_hex(out, octets, count);
	dc_buf_putc(out, '\n');
}

static void put_digest(struct dc_buf *out, const char *key, const EVP_MD *kind, const unsigned char *der, int len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned count = 0;
	if (len > 0 && EVP_Digest(der, (size_t)len, digest, &count, kind, NULL) == 1)
		put_hex(out, key, digest, count);
}

static void put_digests(struct dc_buf *out, X509 *cert)
{
	unsigned char *der = NULL, *key = NULL;
	int len = i2d_X509(cert, &der), key_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &key);
	put_digest(out, "cert-sha256", EVP_sha256(), der, len);
	put_digest(out, "cert-sha512", EVP_sha512(), der, len);
	put_digest(out, "key-sha256", EVP_sha256(), key, key_len);
	put_digest(out, "key-sha512", EVP_sha512(), key, key_len);
	OPENSSL_free(der);
	OPENSSL_free(key);
}

/* One line, as RFC 2253 writes it; every octet beyond ASCII is escaped once more by the dialogue. */
static void put_name(struct dc_buf *out, const char *key, const X509_NAME *name)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *start = NULL;
	if (text && X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		long len = BIO_get_mem_data(text, &start);
		if (len > 0)
			dc_dialogue_put(out, key, cut((struct dc_slice){start, (size_t)len}));
	}
	BIO_free(text);
}

static void put_common_name(struct dc_buf *out, const X509_NAME *subject)
{
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const ASN1_STRING *value = at >= 0 ? X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)) : NULL;
	if (value && ASN1_STRING_length(value) > 0)
		dc_dialogue_put(out, "common-name", cut((struct dc_slice){(const char *)ASN1_STRING_get0_data(value),
									  (size_t)ASN1_STRING_length(value)}));
}

static void put_names(struct dc_buf *out, X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	int count = names ? sk_GENERAL_NAME_num(names) : 0, told = 0;
	for (int i = 0; i < count && told < DC_DIALOGUE_NAMES_MAX; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_DNS || ASN1_STRING_length(name->d.dNSName) <= 0)
			continue;
		dc_dialogue_put(out, "name", cut((struct dc_slice){(const char *)ASN1_STRING_get0_data(name->d.dNSName),
								   (size_t)ASN1_STRING_length(name->d.dNSName)}));
		told++;
	}
	GENERAL_NAMES_free(names);
}

static void put_time(struct dc_buf *out, const char *key, const ASN1_TIME *time)
{
	struct tm tm;
	char text[DC_CIVIL_STAMP_LEN + 1];
	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		return;
	struct dc_civil date = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
	int64_t seconds = dc_civil_to_seconds(date, tm.tm_hour, tm.tm_min, tm.tm_sec);
	dc_dialogue_put(out, key, dc_slice_of(dc_civil_stamp(seconds, text)));
}

static void put_key(struct dc_buf *out, X509 *cert)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	const char *kind = key ? EVP_PKEY_get0_type_name(key) : NULL;
	if (kind)
		dc_buf_printf(out, "key %.40s %d\n", kind, EVP_PKEY_get_bits(key));
	const char *signature = OBJ_nid2ln(X509_get_signature_nid(cert));
	dc_dialogue_put(out, "signature", cut(dc_slice_of(signature)));
}

/* Which served certificate's key made the signature: chains are bounded, so all pairs may be tried. */
static void put_signer(struct dc_buf *out, X509 *cert, STACK_OF(X509) *chain, int count)
{
	for (int i = 0; i < count; i++) {
		X509 *issuer = sk_X509_value(chain, i);
		EVP_PKEY *key = X509_get0_pubkey(issuer);
		if (key && X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(issuer)) == 0 &&
		    X509_verify(cert, key) == 1) {
			dc_buf_printf(out, "signed-by %d\n", i);
			return;
		}
	}
}

static void put_trust(struct dc_buf *out, const struct dc_tls_context *context, STACK_OF(X509) *chain)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	if (context->has_anchors && ctx &&
	    X509_STORE_CTX_init(ctx, context->anchors, sk_X509_value(chain, 0), chain) == 1) {
		X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
		(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_TRUSTED_FIRST);
		(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
		if (X509_verify_cert(ctx) == 1)
			dc_buf_puts(out, "trusted yes\n");
		else
			dc_dialogue_put(out, "untrusted",
					dc_slice_of(X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx))));
	}
	X509_STORE_CTX_free(ctx);
}

void tls_describe_chain(struct dc_buf *out, const struct dc_tls_context *context, STACK_OF(X509) *chain)
{
	int count = chain ? sk_X509_num(chain) : 0;
	if (count > DC_DIALOGUE_CERTS_MAX)
		count = DC_DIALOGUE_CERTS_MAX;
	if (count)
		put_trust(out, context, chain);
	for (int i = 0; i < count; i++) {
		X509 *cert = sk_X509_value(chain, i);
		dc_buf_printf(out, "cert %d\n", i);
		put_name(out, "subject", X509_get_subject_name(cert));
		put_name(out, "issuer", X509_get_issuer_name(cert));
		put_common_name(out, X509_get_subject_name(cert));
		put_names(out, cert);
		put_time(out, "from", X509_get0_notBefore(cert));
		put_time(out, "until", X509_get0_notAfter(cert));
		put_key(out, cert);
		put_digests(out, cert);
		put_signer(out, cert, chain, count);
	}
	ERR_clear_error();
}
