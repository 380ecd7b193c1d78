/* The user's own private key: is the published key its other half, and what should be published? */
#ifndef DC_DKIM_OWN_H
#define DC_DKIM_OWN_H

#include "base/arena.h"
#include "base/status.h"

/* Public things only; const once made. */
struct dc_dkim_own {
	struct dc_slice selector;    /* as given */
	const char *type;            /* "rsa" or "ed25519"; static */
	uint32_t bits;               /* exact modulus bits; 256 for Ed25519 */
	struct dc_slice fingerprint; /* SHA-256 of the SubjectPublicKeyInfo, 64 hex digits */
	struct dc_slice record;      /* the whole record to publish: "v=DKIM1; k=rsa; p=…" */
};

enum {
	DC_DKIM_PEM_MAX = 65536,      /* octets of a key file */
	DC_DKIM_OWN_BITS_MAX = 16384, /* larger keys are not for mail */
};

/* Reads PEM (PKCS#1 or PKCS#8; RSA or Ed25519) and keeps the public half in `arena`. The `len` octets at `pem` are wiped
 * before this returns, whatever happens; no copy of them is left. DC_ERR_INPUT with a line that says what is wrong:
 * encrypted, a public key or certificate, another type, no key at all. */
enum dc_status dc_dkim_own_read(struct dc_arena *arena, char *pem, size_t len, struct dc_slice selector,
				struct dc_dkim_own *ret_own, struct dc_error *err);

/* `record` as the data of a TXT record in a zone file (RFC 1035 sections 3.3 and 5.1): special octets escaped, in quoted
 * strings so short that each fits on a line, and in brackets when there are several, so that it may be broken at every
 * blank between strings. In `arena`. */
struct dc_slice dc_dkim_zone_text(struct dc_arena *arena, struct dc_slice record);

#endif
