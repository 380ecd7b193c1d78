/* The TLS side of the HTTPS source: what the host's certificate is worth. Nobody else includes this. */
#ifndef DC_SOURCE_HTTPS_TLS_H
#define DC_SOURCE_HTTPS_TLS_H

#include "evidence/https.h"

struct https_trust;

/* The certificates of `ca_file`; NULL: the system's. NULL: no memory, or nothing is trusted on this
 * machine: *ret_why says which. */
struct https_trust *https_trust_new(const char *ca_file, const char **ret_why);
void https_trust_free(struct https_trust *trust);
/* DC_OK when `ca_file` holds certificates. */
enum dc_status https_trust_check(const char *ca_file, struct dc_error *err);

/* One connection. Zeroed at the start; the certificate is kept until https_tls_clear. */
struct https_tls {
	struct https_trust *trust;
	void *leaf;   /* X509 */
	int error;    /* X509_V_… of the chain */
	const char *version; /* "TLSv1.3", static */
	bool seen;
};
/* Takes over verification for the SSL_CTX that curl made: every certificate is let through and remembered. */
void https_tls_prepare(struct https_tls *tls, void *ssl_ctx);
/* https_certificate.c: fills what `reply` says of the certificate for `host`; texts in `arena`. */
void https_tls_describe(struct dc_arena *arena, const struct https_tls *tls, struct dc_slice host, struct dc_https_reply *reply);
void https_tls_clear(struct https_tls *tls);

#endif
