/* Does a small prime divide a large number? On processors that multiply eight pairs of 52 bits at a time (x86 with AVX-512
 * IFMA) in a fifth of the time that a greatest common divisor needs. Private to the room. */
#ifndef DC_DKIM_LANES_H
#define DC_DKIM_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/tri.h"

/* Whether an odd prime below 65,538 divides the number, whose limbs stand lowest first. UNKNOWN: this processor cannot, or the
 * number has more than DC_DKIM_TEST_BITS_MAX bits. */
enum dc_tri dc_dkim_lanes_divide(const uint64_t *limbs, size_t count);

#endif
