/* The number modulo products of three primes each, by Montgomery's reduction, 52 bits of the number a step, 64 products side by
 * side: eight vectors of eight, so that the multiplier need not wait for its results. */
#include "dkim/lanes.h"

#ifdef __x86_64__

#include <immintrin.h>

#include "dkim/dkim.h"
#include "dkim/lanes.gen.h"

enum {
	DIGIT = 52,      /* bits that the processor multiplies */
	WIDTH = 8,       /* lanes of a vector */
	VECTORS = 8,     /* at a time */
	TOGETHER = 3,    /* primes of a product: below 2^49 */
	DIGITS_MAX = DC_DKIM_TEST_BITS_MAX / DIGIT + 1,
};
_Static_assert(sizeof(prime_lanes) / sizeof(prime_lanes[0]) % ((size_t)TOGETHER * WIDTH * VECTORS) == 0, "no vector is cut");

#define LANES __attribute__((target("avx512f,avx512ifma"))) static inline

/* Of a and b the lowest 52 bits are multiplied. */
LANES __m512i low(__m512i sum, __m512i a, __m512i b)
{
	return _mm512_madd52lo_epu64(sum, a, b);
}

LANES __m512i high(__m512i sum, __m512i a, __m512i b)
{
	return _mm512_madd52hi_epu64(sum, a, b);
}

/* Twice as many of the lowest bits are right. An odd number is its own inverse in three. */
LANES __m512i refine(__m512i inverse, __m512i number)
{
	const __m512i zero = _mm512_setzero_si512(), two = _mm512_set1_epi64(2);

	return low(zero, inverse, _mm512_sub_epi64(two, low(zero, inverse, number)));
}

struct moduli {
	__m512i primes[TOGETHER], product, inverse; /* product * inverse = -1 modulo 2^52 */
};

LANES struct moduli read_moduli(const uint32_t *primes)
{
	const __m512i zero = _mm512_setzero_si512();
	struct moduli moduli;
	__m512i inverse;

	for (int i = 0; i < TOGETHER; i++)
		moduli.primes[i] = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)(const void *)(primes + i * WIDTH)));
	moduli.product = low(zero, low(zero, moduli.primes[0], moduli.primes[1]), moduli.primes[2]);
	inverse = refine(refine(moduli.product, moduli.product), moduli.product); /* 3, 6, 12 */
	inverse = refine(refine(refine(inverse, moduli.product), moduli.product), moduli.product);
	moduli.inverse = _mm512_sub_epi64(zero, inverse);
	return moduli;
}

/* (rest + digit) / 2^52 modulo the product, not above the product by more than a little. */
LANES __m512i reduce(__m512i rest, __m512i digit, __m512i product, __m512i inverse)
{
	__m512i sum = _mm512_add_epi64(rest, digit), quotient = low(_mm512_setzero_si512(), sum, inverse);

	return high(_mm512_srli_epi64(low(sum, quotient, product), DIGIT), quotient, product);
}

/* A multiple of p, divided by it modulo 2^52, is the true quotient: times p it stays below 2^52. Of no other number. */
LANES __mmask8 divides(const struct moduli *moduli, __m512i rest, int prime)
{
	const __m512i zero = _mm512_setzero_si512();
	__m512i inverse = _mm512_sub_epi64(zero, moduli->inverse);

	for (int i = 0; i < TOGETHER; i++)
		if (i != prime)
			inverse = low(zero, inverse, moduli->primes[i]);
	return _mm512_testn_epi64_mask(high(zero, low(zero, rest, inverse), moduli->primes[prime]), _mm512_set1_epi64(-1));
}

#define EACH(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)

/* Does one of the first TOGETHER * WIDTH * VECTORS primes divide the number? */
LANES bool block_divides(const uint64_t *digits, size_t count, const uint32_t *primes)
{
#define NAMES(i) __m512i rest##i = _mm512_setzero_si512(), product##i, inverse##i;
#define READ(i) moduli[i] = read_moduli(primes + (i) * TOGETHER * WIDTH); product##i = moduli[i].product; inverse##i = moduli[i].inverse;
#define REDUCE(i) rest##i = reduce(rest##i, digit, product##i, inverse##i);
#define TEST(i) for (int k = 0; k < TOGETHER; k++) found |= divides(&moduli[i], rest##i, k);
	struct moduli moduli[VECTORS];
	__mmask8 found = 0;
	EACH(NAMES)

	EACH(READ)
	for (size_t i = 0; i < count; i++) {
		__m512i digit = _mm512_set1_epi64((long long)digits[i]);

		EACH(REDUCE)
	}
	EACH(TEST)
	return found;
}

__attribute__((target("avx512f,avx512ifma"))) static bool any_divides(const uint64_t *digits, size_t count)
{
	bool found = false;

	for (size_t i = 0; i < sizeof(prime_lanes) / sizeof(prime_lanes[0]) && !found; i += (size_t)TOGETHER * WIDTH * VECTORS)
		found = block_divides(digits, count, prime_lanes + i);
	return found;
}

enum dc_tri dc_dkim_lanes_divide(const uint64_t *limbs, size_t count)
{
	uint64_t digits[DIGITS_MAX];
	size_t digit_count = (count * 64 + DIGIT - 1) / DIGIT;

	if (digit_count > DIGITS_MAX || !__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512ifma"))
		return DC_TRI_UNKNOWN;
	for (size_t i = 0; i < digit_count; i++) {
		size_t limb = i * DIGIT / 64, shift = i * DIGIT % 64;
		uint64_t digit = limbs[limb] >> shift;

		if (shift > 64 - DIGIT && limb + 1 < count)
			digit |= limbs[limb + 1] << (64 - shift);
		digits[i] = digit & ((UINT64_C(1) << DIGIT) - 1);
	}
	return any_divides(digits, digit_count) ? DC_TRI_YES : DC_TRI_NO;
}

#else

enum dc_tri dc_dkim_lanes_divide(const uint64_t *limbs, size_t count)
{
	(void)limbs;
	(void)count;
	return DC_TRI_UNKNOWN;
}

#endif
