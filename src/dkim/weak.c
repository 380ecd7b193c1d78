/* Weak RSA keys, by what is wrong with their numbers. The only file besides batch_gcd.c that knows GMP.
 *
 * Fermat's method for close primes (CVE-2022-26320), the fingerprint of the ROCA key generator (M. Nemec et al., "The
 * Return of Coppersmith's Attack", 2017; CVE-2017-15361), small private exponents (M. Wiener, 1990), small factors, and
 * moduli that no random generator makes. Not here: primes shared with other keys (batch_gcd.c), blocklists of leaked keys.
 * No test says "strong"; a key that passes has merely not been broken by these. */
#include "dkim/weak.h"

#include <gmp.h>

#include "base/gmp_guard.h"
#include "dkim/primes.gen.h"

enum {
	FERMAT_STEPS = 100,       /* finds primes whose difference is below about 20 * n^(1/4) */
	WIENER_EXPONENT_PART = 2, /* a small private exponent needs a public one of more than half the size */
	WIENER_STEPS = 8192,      /* more than a modulus of DC_DKIM_TEST_BITS_MAX bits can need */
	SAME_OCTETS = 16,         /* in a row; a random key of 4,096 bits has them with probability 2^-119 */
	PERIOD_MAX = 16,          /* octets of a repeated pattern … */
	PERIOD_SPAN = 64,         /* … that goes on this long */
	PROBE = 8,                /* octets that are looked at first */
	PRODUCT_LIMBS = sizeof(prime_product) / sizeof(prime_product[0]),
	LIMBS_MAX = DC_DKIM_TEST_BITS_MAX / 64, /* fewer than those */
};

/* The smallest prime of a product that divides n, given n mod product; 0 when none does. */
static uint32_t factor_of(uint64_t product, uint64_t rest)
{
	for (uint32_t p = 3; p <= 65537 && product > 1; p += 2) {
		if (product % p)
			continue;
		if (rest % p == 0)
			return p;
		product /= p;
	}
	return 0;
}

/* P. Montgomery's reduction: `number`, which has twice the limbs of n, divided by a power of two modulo n, limb by limb from the low
 * end. The result are its upper limbs; it may be too large by n. n is odd. */
static void reduce(mp_limb_t *number, const mp_limb_t *n, mp_size_t size)
{
	mp_limb_t inverse = n[0]; /* right for the lowest three bits */

	for (int bits = 3; bits < 64; bits *= 2)
		inverse *= 2 - n[0] * inverse;
	for (mp_size_t i = 0; i < size; i++) /* each limb becomes zero, and gives its place to the carry */
		number[i] = mpn_addmul_1(number + i, n, size, -(number[i] * inverse));
	if (mpn_add_n(number + size, number + size, number, size))
		mpn_sub_n(number + size, number + size, n, size);
}

/* Whether an odd prime below 65,538 divides n, which is odd and larger, by one greatest common divisor with their product: the
 * usual answer is no.
 *
 * Modulo n, the product is folded from its low end, as many limbs at a time as n has: the lowest times the inverse of the power
 * of two that they are to be divided by, added to those above. That is done by multiplications of equal numbers, which take two
 * thirds of the time of a division or of a reduction by limbs. */
static bool has_small_factor(const mpz_t n)
{
	_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "the table has limbs of 64 bits");
	_Static_assert(LIMBS_MAX < PRODUCT_LIMBS, "the product is the larger number");
	mp_limb_t rooms[2][2 * LIMBS_MAX] = {{0}}, inverse[2 * LIMBS_MAX] = {1};
	mp_limb_t *sum = rooms[0], *next = rooms[1], *other;
	mp_size_t size = (mp_size_t)mpz_size(n);
	mpz_t rest, divisor;
	bool found;

	reduce(inverse, mpz_limbs_read(n), size);
	mpn_copyi(sum, prime_product, size);
	for (mp_size_t at = size; at < PRODUCT_LIMBS; at += size) {
		mp_size_t piece = size < PRODUCT_LIMBS - at ? size : PRODUCT_LIMBS - at;

		/* (2^k - 1)^2 + 2 (2^k - 1) < 2^2k: there is no carry. */
		mpn_mul_n(next, sum, inverse + size, size);
		mpn_add(next, next, 2 * size, sum + size, size);
		mpn_add(next, next, 2 * size, prime_product + at, piece);
		other = sum;
		sum = next;
		next = other;
	}
	reduce(sum, mpz_limbs_read(n), size);
	mpz_roinit_n(rest, sum + size, size);
	mpz_init(divisor);
	mpz_gcd(divisor, rest, n);
	found = mpz_cmp_ui(divisor, 1) != 0;
	mpz_clear(divisor);
	return found;
}

static uint32_t small_factor(const mpz_t n)
{
	for (size_t i = 0; i < sizeof(prime_products) / sizeof(prime_products[0]); i++) {
		uint64_t rest = mpz_tdiv_ui(n, prime_products[i]);
		uint64_t a = prime_products[i], b = rest;

		while (b) {
			uint64_t c = a % b;

			a = b;
			b = c;
		}
		if (a != 1)
			return factor_of(prime_products[i], rest);
	}
	return 0;
}

/* `rest` is the number modulo SQUARE_MODULUS. */
static bool may_be_square(uint64_t rest)
{
	for (size_t i = 0; i < sizeof(square_tests) / sizeof(square_tests[0]); i++)
		if (!(square_tests[i].squares >> rest % square_tests[i].modulus & 1))
			return false;
	return true;
}

/* Is one of the first a^2 - n a square, for a from the square root of n on? Most are none for a reason that small numbers show. */
static bool has_close_primes(const mpz_t n)
{
	uint64_t small_a, small_n = mpz_fdiv_ui(n, SQUARE_MODULUS);
	mpz_t root, a, rest;
	bool found = false;

	mpz_inits(root, a, rest, NULL);
	mpz_sqrtrem(root, rest, n);
	if (mpz_sgn(rest))
		mpz_add_ui(root, root, 1);
	small_a = mpz_fdiv_ui(root, SQUARE_MODULUS);
	for (unsigned i = 0; i < FERMAT_STEPS && !found; i++) {
		if (!may_be_square(((small_a + i) * (small_a + i) + SQUARE_MODULUS - small_n) % SQUARE_MODULUS))
			continue;
		mpz_add_ui(a, root, i);
		mpz_mul(rest, a, a);
		mpz_sub(rest, rest, n);
		found = mpz_perfect_square_p(rest) != 0;
	}
	mpz_clears(root, a, rest, NULL);
	return found;
}

/* Is n, modulo each of these primes, a power of 65,537? A random modulus is so for all with probability 2^-27 at most;
 * every modulus of the ROCA generator is. */
static bool is_roca(const mpz_t n)
{
	static const uint8_t primes[] = {3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
					 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

	uint64_t product = 1, rest = 0;
	size_t products = 0;

	for (size_t i = 0; i < sizeof(primes); i++) {
		unsigned long p = primes[i], power = 1, want;
		bool found = false;

		if (product % p) { /* then the next one has it */
			product = prime_products[products++];
			rest = mpz_fdiv_ui(n, product);
		}
		want = rest % p;
		do {
			found |= power == want;
			power = power * 65537 % p;
		} while (power != 1);
		if (!found)
			return false;
	}
	return true;
}

/* Does k/d, a convergent of e/n, give away the factors? */
static bool convergent_breaks(const mpz_t e, const mpz_t n, const mpz_t k, const mpz_t d, mpz_t phi, mpz_t rest)
{
	mpz_mul(phi, e, d);
	mpz_sub_ui(phi, phi, 1);
	mpz_tdiv_qr(phi, rest, phi, k);
	if (mpz_sgn(rest))
		return false;
	mpz_sub(rest, n, phi);
	mpz_add_ui(rest, rest, 1); /* p + q */
	mpz_mul(rest, rest, rest);
	mpz_submul_ui(rest, n, 4); /* (p - q)^2 */
	return mpz_sgn(rest) >= 0 && mpz_perfect_square_p(rest);
}

static bool has_small_private_exponent(const mpz_t e, const mpz_t n)
{
	mpz_t a, b, q, r, k0, k1, d0, d1, phi, rest;
	size_t limit = mpz_sizeinbase(n, 2) / 4 + 2; /* bits of d that Wiener's theorem reaches */
	bool found = false;

	mpz_inits(a, b, q, r, k0, k1, d0, d1, phi, rest, NULL);
	mpz_set(a, e);
	mpz_set(b, n);
	mpz_set_ui(k0, 0);
	mpz_set_ui(k1, 1);
	mpz_set_ui(d0, 1);
	mpz_set_ui(d1, 0);
	for (int i = 0; i < WIENER_STEPS && mpz_sgn(b) && !found; i++) {
		mpz_tdiv_qr(q, r, a, b);
		mpz_swap(a, b);
		mpz_swap(b, r);
		mpz_addmul(k0, q, k1); /* the next convergent: k0 and d0 become the new ones */
		mpz_swap(k0, k1);
		mpz_addmul(d0, q, d1);
		mpz_swap(d0, d1);
		if (mpz_sizeinbase(d1, 2) > limit)
			break;
		found = mpz_sgn(k1) && mpz_sgn(d1) && convergent_breaks(e, n, k1, d1, phi, rest);
	}
	mpz_clears(a, b, q, r, k0, k1, d0, d1, phi, rest, NULL);
	return found;
}

/* Does `n` repeat itself with this period, for `need` octets? */
static bool has_period(struct dc_slice n, size_t period, size_t need)
{
	size_t run = period;

	for (size_t i = period; i < n.len; i++) {
		run = n.ptr[i] == n.ptr[i - period] ? run + 1 : period;
		if (run >= need)
			return true;
	}
	return false;
}

static bool has_pattern(struct dc_slice n)
{
	for (size_t period = 1; period <= PERIOD_MAX; period++) {
		size_t need = period == 1 ? SAME_OCTETS : PERIOD_SPAN, step = need - period - (PROBE - 1);

		/* Steps are so long that a repetition which is long enough holds all octets of one probe. */
		for (size_t i = period; i + PROBE <= n.len; i += step)
			if (memcmp(n.ptr + i, n.ptr + i - period, PROBE) == 0 && has_period(n, period, need))
				return true;
	}
	return false;
}

/* The share of ones of a random modulus stays within these bounds with probability 1 - 2^-40 or better. */
static bool has_bias(struct dc_slice n, uint32_t bits)
{
	uint64_t ones = 0, margin = bits > 2000 ? 10 : bits > 1000 ? 12 : 17; /* per cent */

	if (bits < 512)
		return false;
	for (size_t i = 0; i < n.len; i++)
		ones += (uint64_t)__builtin_popcount((unsigned char)n.ptr[i]);
	return ones * 100 < bits * (50 - margin) || ones * 100 > bits * (50 + margin);
}

static uint32_t test_numbers(const mpz_t n, const mpz_t e, uint32_t *ret_factor)
{
	uint32_t weak = 0;
	bool exponent_is_fine = mpz_cmp_ui(e, 3) >= 0 && mpz_odd_p(e) && mpz_cmp(e, n) < 0;

	if (!exponent_is_fine)
		weak |= DC_DKIM_WEAK(EXPONENT_INVALID);
	if (mpz_even_p(n))
		return weak | DC_DKIM_WEAK(EVEN_MODULUS);
	*ret_factor = mpz_cmp_ui(n, 65537) > 0 && has_small_factor(n) ? small_factor(n) : 0;
	if (*ret_factor)
		return weak | DC_DKIM_WEAK(SMALL_FACTOR);
	if (mpz_perfect_square_p(n))
		return weak | DC_DKIM_WEAK(SQUARE);
	if (has_close_primes(n))
		weak |= DC_DKIM_WEAK(FERMAT);
	if (is_roca(n))
		weak |= DC_DKIM_WEAK(ROCA);
	if (exponent_is_fine && mpz_sizeinbase(e, 2) > mpz_sizeinbase(n, 2) / WIENER_EXPONENT_PART &&
	    has_small_private_exponent(e, n))
		weak |= DC_DKIM_WEAK(WIENER);
	return weak;
}

static void test_rsa(struct dc_dkim_key *key)
{
	struct dc_gmp_guard guard;
	mpz_t n, e;

	if (DC_GMP_GUARD(&guard)) {
		key->weak |= DC_DKIM_WEAK(NOT_TESTED);
		return;
	}
	mpz_inits(n, e, NULL);
	mpz_import(n, key->modulus.len, 1, 1, 0, 0, key->modulus.ptr);
	mpz_import(e, key->exponent_octets.len, 1, 1, 0, 0, key->exponent_octets.ptr);
	key->weak |= test_numbers(n, e, &key->small_factor);
	mpz_clears(n, e, NULL);
	dc_gmp_leave(&guard);
}

void dc_dkim_weak_test(struct dc_dkim_key *key)
{

	if (key->sample)
		key->weak |= DC_DKIM_WEAK(SAMPLE);
	if (key->type != DC_DKIM_KEY_RSA)
		return;
	if (has_pattern(key->modulus))
		key->weak |= DC_DKIM_WEAK(PATTERN);
	if (has_bias(key->modulus, key->bits))
		key->weak |= DC_DKIM_WEAK(BIAS);
	if (key->bits > DC_DKIM_TEST_BITS_MAX || key->exponent_bits > DC_DKIM_TEST_BITS_MAX) {
		key->weak |= DC_DKIM_WEAK(NOT_TESTED);
		return;
	}
	test_rsa(key);
}

void dc_dkim_weak_test_prime(struct dc_dkim_key *key)
{
	struct dc_gmp_guard guard;
	mpz_t n;

	/* A number with a small factor, an even one or a square is no prime. */
	if (key->type != DC_DKIM_KEY_RSA || key->tested_prime || !key->bits || key->bits > DC_DKIM_PRIME_BITS_MAX ||
	    (key->weak & (DC_DKIM_WEAK(EVEN_MODULUS) | DC_DKIM_WEAK(SMALL_FACTOR) | DC_DKIM_WEAK(SQUARE))))
		return;
	if (DC_GMP_GUARD(&guard))
		return;
	mpz_init(n);
	mpz_import(n, key->modulus.len, 1, 1, 0, 0, key->modulus.ptr);
	if (mpz_probab_prime_p(n, 1))
		key->weak |= DC_DKIM_WEAK(PRIME_MODULUS);
	mpz_clear(n);
	dc_gmp_leave(&guard);
	key->tested_prime = true;
}
