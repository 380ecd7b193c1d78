/* What is inside p=: the adapter to OpenSSL. Private to the room; no OpenSSL type leaves it. */
#ifndef DC_DKIM_KEY_H
#define DC_DKIM_KEY_H

#include "dkim/dkim.h"

enum dc_dkim_form {
	DC_DKIM_FORM_SPKI,      /* SubjectPublicKeyInfo: what everybody publishes */
	DC_DKIM_FORM_PKCS1,     /* RSAPublicKey */
	DC_DKIM_FORM_RAW,       /* the 32 octets of Ed25519 */
	DC_DKIM_FORM_PRIVATE,   /* a private key */
	DC_DKIM_FORM_TRUNCATED,
	DC_DKIM_FORM_NOT_A_KEY,
};

/* Looks at the octets of a key. `raw` says that 32 octets may be an Ed25519 key. Fills *ret_key (type, bits, modulus,
 * exponent, trailing, fingerprint, sample) for all forms but the last two; strength is for weak.c. In `arena`. */
enum dc_dkim_form dc_dkim_key_read(struct dc_arena *arena, const uint8_t *octets, size_t len, bool raw,
				   struct dc_dkim_key *ret_key);

#endif
