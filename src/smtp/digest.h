/* The one digest that the SMTP room computes itself. */
#ifndef DC_SMTP_DIGEST_H
#define DC_SMTP_DIGEST_H

#include "base/arena.h"

/* SHA-256 of `octets`, 32 octets in `arena`. */
struct dc_slice dc_smtp_sha256(struct dc_arena *arena, struct dc_slice octets);

#endif
