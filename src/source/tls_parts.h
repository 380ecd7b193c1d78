/* Inside of the TLS adapter: tls.c (handshakes) and tls_describe.c (certificates); nobody else includes this. */
#ifndef DC_SOURCE_TLS_PARTS_H
#define DC_SOURCE_TLS_PARTS_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "source/tls.h"

enum {
	DC_TLS_NAME_MAX = 253,
	TLS_CHAIN_OCTETS_MAX = 100 << 10, /* of the served chain; OpenSSL's own limit */
};

struct dc_tls_context {
	SSL_CTX *ctx;
	X509_STORE *anchors;
	bool has_anchors;
};

struct dc_tls {
	struct dc_tls_context *context;
	SSL *ssl;
	BIO *in, *out; /* of the SSL */
	const char *failure; /* static */
	bool was_alert;
};

/* tls_describe.c: the lines "trusted" or "untrusted" and "cert" of a served chain, NULL: none. */
void tls_describe_chain(struct dc_buf *out, const struct dc_tls_context *context, STACK_OF(X509) *chain);

#endif
