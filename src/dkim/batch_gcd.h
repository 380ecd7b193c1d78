/* Primes shared between keys: one product tree over all moduli of a run (D. J. Bernstein, "How to find smooth parts of
 * integers", 2004; N. Heninger et al., "Mining your Ps and Qs", 2012). */
#ifndef DC_DKIM_BATCH_GCD_H
#define DC_DKIM_BATCH_GCD_H

#include "base/slice.h"

enum {
	DC_BATCH_MODULI_MAX = 200000,  /* 200,000 keys of 2,048 bits need about a gigabyte in the tree */
	DC_BATCH_OCTETS_MAX = 1 << 26, /* all moduli together: 64 MiB */
};

/* `moduli` are big-endian octets. ret_partner[i] becomes the index of another modulus that differs from the i-th and
 * shares a large prime with it, i itself when it shares one with a modulus that could not be told, or SIZE_MAX when it
 * shares none. Equal moduli share nothing in this sense. Small common factors (below 2^64) do not count. False: too many
 * moduli or no memory; what is in ret_partner then means nothing. */
bool dc_dkim_batch_gcd(const struct dc_slice *moduli, size_t count, size_t *ret_partner);

#endif
