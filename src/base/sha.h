/* Digests of the SHA family (FIPS 180-4), as DNS and keys use them. */
#ifndef DC_BASE_SHA_H
#define DC_BASE_SHA_H

#include "base/slice.h"

enum dc_sha { DC_SHA1, DC_SHA256, DC_SHA384 };
enum { DC_SHA_MAX = 48 }; /* octets of the longest */

/* Of `parts`, one after the other. Returns the octets written. Needs no memory and cannot fail. */
size_t dc_sha(enum dc_sha kind, const struct dc_slice *parts, size_t count, uint8_t digest[DC_SHA_MAX]);

#endif
