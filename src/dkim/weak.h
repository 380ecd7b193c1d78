/* Can an RSA key be broken? The adapter to GMP. Private to the room.
 *
 * GMP ends the process when it finds no memory; operands here are bounded (DC_DKIM_TEST_BITS_MAX), so that it asks for
 * some kilobytes only. */
#ifndef DC_DKIM_WEAK_H
#define DC_DKIM_WEAK_H

#include "dkim/dkim.h"

/* Sets key->weak and key->small_factor. Costs 0.03 ms for 2,048 bits. Other keys are only held against the samples. */
void dc_dkim_weak_test(struct dc_dkim_key *key);
/* Is the modulus itself a prime? Costs a modular exponentiation (milliseconds), once: key->tested_prime. */
void dc_dkim_weak_test_prime(struct dc_dkim_key *key);

#endif
