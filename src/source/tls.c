/* OpenSSL: handshakes over memory, certificates written down. */
#include "source/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "source/tls_parts.h"

struct dc_tls_context *dc_tls_context_new(const char *ca_file, struct dc_error *err)
{
	/* Where Debian, Fedora, SUSE and Alpine keep them in one file. */
	static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
					      "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
	struct dc_tls_context *context = calloc(1, sizeof *context);
	if (context) {
		context->ctx = SSL_CTX_new(TLS_client_method());
		context->anchors = X509_STORE_new();
	}
	if (!context || !context->ctx || !context->anchors) {
		dc_tls_context_free(context);
		(void)dc_error_set(err, DC_ERR_NOMEM, "out of memory for TLS");
		return NULL;
	}
	/* What a server offers is to be seen, not refused: old versions and weak ciphers are findings. */
	(void)SSL_CTX_set_min_proto_version(context->ctx, TLS1_VERSION);
	(void)SSL_CTX_set_cipher_list(context->ctx, "DEFAULT@SECLEVEL=0");
	SSL_CTX_set_verify(context->ctx, SSL_VERIFY_NONE, NULL);
	(void)SSL_CTX_set_session_cache_mode(context->ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(context->ctx, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_max_cert_list(context->ctx, TLS_CHAIN_OCTETS_MAX);
	if (ca_file && *ca_file) {
		context->has_anchors = X509_STORE_load_file(context->anchors, ca_file) == 1;
		if (!context->has_anchors) {
			dc_tls_context_free(context);
			(void)dc_error_set(err, DC_ERR_INPUT, "--ca-file: \"%.200s\" cannot be read as PEM certificates", ca_file);
			context = NULL;
		}
	} else {
		for (size_t i = 0; i < sizeof bundles / sizeof *bundles && !context->has_anchors; i++)
			context->has_anchors = X509_STORE_load_file(context->anchors, bundles[i]) == 1;
	}
	ERR_clear_error();
	return context;
}

void dc_tls_context_free(struct dc_tls_context *context)
{
	if (!context)
		return;
	SSL_CTX_free(context->ctx);
	X509_STORE_free(context->anchors);
	free(context);
}

struct dc_tls *dc_tls_new(struct dc_tls_context *context, struct dc_slice host, bool old)
{
	struct dc_tls *tls = calloc(1, sizeof *tls);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	char name[DC_TLS_NAME_MAX + 1];
	if (tls)
		tls->ssl = SSL_new(context->ctx);
	if (!tls || !tls->ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		dc_tls_free(tls);
		return NULL;
	}
	tls->context = context;
	tls->in = in;
	tls->out = out;
	(void)BIO_set_mem_eof_return(in, -1);
	SSL_set_bio(tls->ssl, in, out); /* both are the SSL's now */
	SSL_set_connect_state(tls->ssl);
	if (old)
		(void)SSL_set_max_proto_version(tls->ssl, TLS1_1_VERSION);
	if (host.len && host.len <= DC_TLS_NAME_MAX && !memchr(host.ptr, 0, host.len)) {
		memcpy(name, host.ptr, host.len);
		name[host.len] = 0;
		(void)SSL_set_tlsext_host_name(tls->ssl, name);
	}
	return tls;
}

void dc_tls_free(struct dc_tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	free(tls);
}

bool dc_tls_feed(struct dc_tls *tls, const void *octets, size_t len)
{
	return len <= INT32_MAX && BIO_write(tls->in, octets, (int)len) == (int)len;
}

size_t dc_tls_drain(struct dc_tls *tls, void *octets, size_t size)
{
	int n = BIO_read(tls->out, octets, size > INT32_MAX ? INT32_MAX : (int)size);
	return n > 0 ? (size_t)n : 0;
}

static enum dc_tls_result result_of(struct dc_tls *tls, int returned)
{
	int error = SSL_get_error(tls->ssl, returned);
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return DC_TLS_WANTS_MORE;
	if (error == SSL_ERROR_SSL) {
		unsigned long code = ERR_peek_error();
		const char *reason = ERR_reason_error_string(code);
		/* Alerts of the other side have their number above this offset in the reason. */
		tls->was_alert = ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET;
		tls->failure = reason ? reason : "TLS failed";
	} else {
		tls->failure = "TLS failed";
	}
	ERR_clear_error();
	return DC_TLS_FAILED;
}

enum dc_tls_result dc_tls_handshake(struct dc_tls *tls)
{
	ERR_clear_error();
	int returned = SSL_do_handshake(tls->ssl);
	return returned == 1 ? DC_TLS_DONE : result_of(tls, returned);
}

enum dc_tls_result dc_tls_read(struct dc_tls *tls, void *octets, size_t size, size_t *ret_len)
{
	*ret_len = 0;
	ERR_clear_error();
	int returned = SSL_read(tls->ssl, octets, size > INT32_MAX ? INT32_MAX : (int)size);
	if (returned > 0) {
		*ret_len = (size_t)returned;
		return DC_TLS_DONE;
	}
	if (SSL_get_error(tls->ssl, returned) == SSL_ERROR_ZERO_RETURN)
		return DC_TLS_DONE;
	return result_of(tls, returned);
}

bool dc_tls_write(struct dc_tls *tls, struct dc_slice text)
{
	ERR_clear_error();
	bool done = SSL_write(tls->ssl, text.ptr, (int)text.len) == (int)text.len;
	ERR_clear_error();
	return done;
}

void dc_tls_shutdown(struct dc_tls *tls)
{
	ERR_clear_error();
	(void)SSL_shutdown(tls->ssl);
	ERR_clear_error();
}

struct dc_slice dc_tls_failure(const struct dc_tls *tls)
{
	return dc_slice_of(tls->failure);
}

bool dc_tls_was_alert(const struct dc_tls *tls)
{
	return tls->was_alert;
}

struct dc_slice dc_tls_version(const struct dc_tls *tls)
{
	return dc_slice_of(SSL_get_version(tls->ssl));
}

bool dc_tls_is_modern(const struct dc_tls *tls)
{
	return SSL_version(tls->ssl) >= TLS1_2_VERSION;
}

void dc_tls_describe(struct dc_tls *tls, struct dc_buf *out)
{
	const char *cipher = SSL_get_cipher_name(tls->ssl);
	dc_buf_printf(out, "tls %s %s\n", SSL_get_version(tls->ssl), cipher ? cipher : "-");
	tls_describe_chain(out, tls->context, SSL_get_peer_cert_chain(tls->ssl)); /* the SSL's */
}
