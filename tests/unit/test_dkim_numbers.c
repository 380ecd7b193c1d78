/* The tests of single RSA keys that take short cuts, held against the long way: small factors, primes
 * that Fermat's method meets at each step, repetitions of every period at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dkim/dkim.h"
#include "dkim/weak.h"
#include "../support/keys.h"

static gmp_randstate_t dice;

static int set_up(void **state)
{
	(void)state;
	gmp_randinit_mt(dice);
	gmp_randseed_ui(dice, 20261121);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gmp_randclear(dice);
	return 0;
}

/* Without small factors: primes of 64 bits. */
static void rough_number(unsigned words, mpz_t ret_n)
{
	mpz_t p;

	mpz_init(p);
	mpz_set_ui(ret_n, 1);
	for (unsigned i = 0; i < words; i++) {
		key_prime(dice, 64, p);
		mpz_mul(ret_n, ret_n, p);
	}
	mpz_clear(p);
}

static uint32_t weakness(const mpz_t n)
{
	uint8_t octets[DC_DKIM_TEST_BITS_MAX / 8];
	size_t len;
	struct dc_dkim_key key = {.type = DC_DKIM_KEY_RSA, .exponent_octets = DC_S("\1\0\1"), .exponent_bits = 17};

	(void)mpz_export(octets, &len, 1, 1, 0, 0, n);
	key.modulus = (struct dc_slice){(const char *)octets, len};
	key.bits = (uint32_t)mpz_sizeinbase(n, 2);
	dc_dkim_weak_test(&key);
	return key.weak;
}

static bool is_divided(const mpz_t n)
{
	return weakness(n) & DC_DKIM_WEAK(SMALL_FACTOR);
}

/* Every prime there is, by numbers of all lengths. */
static void small_factors(void **state)
{
	static const unsigned words[] = {1, 2, 13, 16, 31, 32, 33, 64, 127};
	enum { LENGTHS = sizeof(words) / sizeof(words[0]) };
	mpz_t rough[LENGTHS], n;
	uint32_t count = 0;

	(void)state;
	mpz_init(n);
	for (size_t i = 0; i < LENGTHS; i++) {
		mpz_init(rough[i]);
		rough_number(words[i], rough[i]);
		assert_false(is_divided(rough[i]));
		mpz_mul_ui(n, rough[i], 65539); /* the first prime that is not small */
		assert_false(is_divided(n));
	}
	for (uint32_t p = 3; p < 65538; p += 2) {
		bool prime = true;

		for (uint32_t q = 3; q * q <= p && prime; q += 2)
			prime = p % q != 0;
		if (!prime)
			continue;
		mpz_mul_ui(n, rough[count++ % LENGTHS], p);
		assert_true(is_divided(n));
		mpz_mul_ui(n, n, p);
		assert_true(is_divided(n));
	}
	assert_int_equal(count, 6542);
	mpz_set_ui(n, 3ul * 5 * 7 * 1009); /* nothing else is left of it */
	assert_true(is_divided(n));
	mpz_primorial_ui(n, 5600);
	mpz_tdiv_q_2exp(n, n, 1); /* 2 is not odd */
	assert_true(mpz_sizeinbase(n, 2) <= DC_DKIM_TEST_BITS_MAX);
	assert_true(is_divided(n));
	for (size_t i = 0; i < LENGTHS; i++)
		mpz_clear(rough[i]);
	mpz_clear(n);
}

/* Numbers of random octets, most of which some prime divides. */
static void random_numbers(void **state)
{
	mpz_t n;

	(void)state;
	mpz_init(n);
	for (int i = 0; i < 2000; i++) {
		bool divided = false;

		mpz_urandomb(n, dice, 40 + gmp_urandomm_ui(dice, 700));
		mpz_setbit(n, 0);
		mpz_setbit(n, 20);
		for (unsigned p = 3; p < 65538 && !divided; p += 2)
			divided = mpz_divisible_ui_p(n, p);
		assert_int_equal(is_divided(n), divided);
	}
	mpz_clear(n);
}

/* Numbers of all sizes, random or next to a power of two, against the greatest common divisor with the product of all primes. */
static void sizes(void **state)
{
	unsigned sound = 0;
	mpz_t n, all, divisor;

	(void)state;
	mpz_inits(n, all, divisor, NULL);
	mpz_primorial_ui(all, 65537);
	for (unsigned bits = 64; bits <= DC_DKIM_TEST_BITS_MAX; bits += 32)
		for (unsigned i = 0; i < 8; i++) {
			mpz_urandomb(n, dice, bits);
			if (i >= 4) { /* ones in all limbs but the lowest: a carry wherever there can be one */
				mpz_set_ui(n, 1);
				mpz_mul_2exp(n, n, bits);
				mpz_sub_ui(n, n, gmp_urandomb_ui(dice, 12) | 1);
			}
			mpz_setbit(n, bits - 1);
			mpz_setbit(n, 0);
			mpz_gcd(divisor, n, all);
			sound += mpz_cmp_ui(divisor, 1) == 0;
			assert_int_equal(is_divided(n), mpz_cmp_ui(divisor, 1) != 0);
		}
	assert_true(sound > 100);
	mpz_clears(n, all, divisor, NULL);
}

/* n = (x - y)(x + y), where x stands `step` above the root of n: found up to the hundredth, and no further. */
static void close_primes(void **state)
{
	mpz_t x, y, n, root;

	(void)state;
	mpz_inits(x, y, n, root, NULL);
	for (unsigned long step = 0; step < 104; step++) {
		do {
			mpz_urandomb(x, dice, 512);
			mpz_setbit(x, 511);
			mpz_mul_ui(y, x, 2 * step + 1); /* y^2 / 2x = step + 1/2 */
			mpz_sqrt(y, y);
			if (mpz_even_p(x) == mpz_even_p(y))
				mpz_add_ui(y, y, 1);
			mpz_mul(n, x, x);
			mpz_submul(n, y, y);
		} while (is_divided(n));
		mpz_sqrt(root, n);
		mpz_add_ui(root, root, 1);
		mpz_sub(root, x, root);
		assert_true(mpz_cmp_ui(root, step) == 0);
		assert_int_equal(weakness(n), step < 100 ? DC_DKIM_WEAK(FERMAT) : 0);
	}
	mpz_clears(x, y, n, root, NULL);
}

static bool repeats(const uint8_t *octets, size_t len)
{
	for (size_t period = 1; period <= 16; period++) {
		size_t need = period == 1 ? 16 : 64, run = period;

		for (size_t i = period; i < len; i++) {
			run = octets[i] == octets[i - period] ? run + 1 : period;
			if (run >= need)
				return true;
		}
	}
	return false;
}

static void patterns(void **state)
{
	static const size_t lengths[] = {15, 16, 17, 63, 64, 65, 66};
	uint8_t octets[100];
	unsigned found = 0, sound = 0;

	(void)state;
	for (size_t period = 1; period <= 17; period++)
		for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++)
			for (size_t at = 0; at + lengths[l] <= sizeof(octets); at++) {
				struct dc_dkim_key key = {.type = DC_DKIM_KEY_RSA, .bits = UINT32_MAX};
				bool want;

				for (size_t i = 0; i < sizeof(octets); i++)
					octets[i] = (uint8_t)gmp_urandomb_ui(dice, 8);
				for (size_t i = at + period; i < at + lengths[l]; i++)
					octets[i] = octets[i - period];
				key.modulus = (struct dc_slice){(const char *)octets, sizeof(octets)};
				dc_dkim_weak_test(&key);
				want = repeats(octets, sizeof(octets));
				*(want ? &found : &sound) += 1;
				if (want != !!(key.weak & DC_DKIM_WEAK(PATTERN)))
					fail_msg("period %zu, %zu octets at %zu", period, lengths[l], at);
			}
	assert_true(found > 1000 && sound > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(small_factors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(random_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(close_primes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(patterns, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
