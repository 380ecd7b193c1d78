/* RSA keys in exactly the octets that nearly everybody publishes. Private to the room. */
#ifndef DC_DKIM_DER_H
#define DC_DKIM_DER_H

#include "base/slice.h"

/* Reads a SubjectPublicKeyInfo with rsaEncryption in DER (RFC 5280 4.1.2.7, RFC 8017 A.1.1) from the front of `octets`.
 * *ret_modulus and *ret_exponent are big-endian without leading zeros, inside `octets`; *ret_used octets are the key. False
 * for everything else, also for what a more lenient reader would take: it decides then (key.c). */
bool dc_dkim_der_rsa(const uint8_t *octets, size_t len, struct dc_slice *ret_modulus, struct dc_slice *ret_exponent,
		     size_t *ret_used);

#endif
