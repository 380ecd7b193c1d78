/* TLS over octets that somebody else carries: OpenSSL without sockets, so that every wait, limit and signal is the
 * caller's. One file holds the library. RFC 8446, 5246, 6066 section 3 (SNI), 5280. */
#ifndef DC_SOURCE_TLS_H
#define DC_SOURCE_TLS_H

#include "base/buf.h"

struct dc_tls_context;
struct dc_tls;

/* `ca_file`: PEM certificates to trust; empty: the system's. A file that cannot be read is an error; a system without any
 * is not: then nothing is said about trust. NULL with *err set. */
struct dc_tls_context *dc_tls_context_new(const char *ca_file, struct dc_error *err);
void dc_tls_context_free(struct dc_tls_context *context);

/* A client that offers TLS 1.0 to 1.3, or TLS 1.1 at most when `old`. Nothing is verified: what was seen is written down.
 * `host` for SNI; empty: none. NULL: no memory. */
struct dc_tls *dc_tls_new(struct dc_tls_context *context, struct dc_slice host, bool old);
void dc_tls_free(struct dc_tls *tls);

enum dc_tls_result { DC_TLS_DONE, DC_TLS_WANTS_MORE, DC_TLS_FAILED };

/* Octets from the network. False: no memory. */
bool dc_tls_feed(struct dc_tls *tls, const void *octets, size_t len);
/* Octets for the network; how many, 0 = none. */
size_t dc_tls_drain(struct dc_tls *tls, void *octets, size_t size);
enum dc_tls_result dc_tls_handshake(struct dc_tls *tls);
/* Plain text out of what was fed. DONE with *ret_len 0: the other side closed TLS. */
enum dc_tls_result dc_tls_read(struct dc_tls *tls, void *octets, size_t size, size_t *ret_len);
bool dc_tls_write(struct dc_tls *tls, struct dc_slice text);
/* A polite end; drain afterwards. */
void dc_tls_shutdown(struct dc_tls *tls);
/* Why the handshake failed, in the library's words. `text` is written to and returned. */
struct dc_slice dc_tls_failure(const struct dc_tls *tls);
/* The other side ended the handshake with an alert: a refusal, not an accident. */
bool dc_tls_was_alert(const struct dc_tls *tls);
struct dc_slice dc_tls_version(const struct dc_tls *tls); /* "TLSv1.3" */
/* At least TLS 1.2 was agreed on. */
bool dc_tls_is_modern(const struct dc_tls *tls);
/* Lines of a dialogue (evidence/dialogue.h): tls, trusted or untrusted, the certificates. */
void dc_tls_describe(struct dc_tls *tls, struct dc_buf *out);

#endif
