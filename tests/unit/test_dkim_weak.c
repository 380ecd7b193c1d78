/* Weak RSA keys made on purpose: each is found, for its own reason; sound keys give no finding. Batch GCD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dkim/batch_gcd.h"
#include "dkim/record.h"
#include "dkim/weak.h"
#include "../support/keys.h"

static gmp_randstate_t dice;

static int set_up(void **state)
{
	*state = dc_arena_new(64u << 20);
	gmp_randinit_mt(dice);
	gmp_randseed_ui(dice, 20261120);
	return 0;
}
static int tear_down(void **state)
{
	gmp_randclear(dice);
	dc_arena_free(*state);
	return 0;
}

static struct dc_dkim_record parse(struct dc_arena *arena, const char *text)
{
	struct dc_dkim_record record;
	struct dc_txt txt = {.text = dc_slice_of(text), .string_count = 1,
			     .string_starts = dc_arena_alloc(arena, sizeof(uint32_t))};

	dc_dkim_record_parse(arena, &txt, &record);
	dc_dkim_weak_test_prime(&record.key);
	return record;
}

static struct dc_dkim_record parse_key(struct dc_arena *arena, const mpz_t n, unsigned long e)
{
	struct dc_dkim_record record;
	mpz_t exponent;

	mpz_init_set_ui(exponent, e);
	record = parse(arena, dc_arena_dup(arena, dc_slice_of(key_record(n, exponent))).ptr);
	mpz_clear(exponent);
	return record;
}

#define HAS(n, e, bit) assert_int_equal(parse_key(*state, n, e).key.weak, DC_DKIM_WEAK(bit))

static void sizes(void **state)
{
	static const unsigned bits[] = {512, 768, 1000, 1023, 1024, 1025, 1536, 2047, 2048, 3072, 4096};
	mpz_t n;

	mpz_init(n);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		struct dc_dkim_record record;

		key_modulus(dice, bits[i], n);
		record = parse_key(*state, n, 65537);
		assert_int_equal(record.key.bits, bits[i]);
		assert_int_equal(record.key.exponent, 65537);
		assert_int_equal(record.key.weak, 0);
		assert_int_equal(record.problem_count, 0);
		assert_true(record.well_formed);
		assert_int_equal(record.usable, bits[i] >= 1024);
		assert_int_equal(record.key.fingerprint.len, 64);
	}
	mpz_clear(n);
}

static void close_primes(void **state)
{
	mpz_t p, q, n;

	mpz_inits(p, q, n, NULL);
	key_prime(dice, 1024, p);
	mpz_nextprime(q, p);
	mpz_mul(n, p, q);
	HAS(n, 65537, FERMAT);
	/* a difference of 2^510 is found in a few steps, one of 2^1000 is out of reach */
	mpz_set_ui(q, 1);
	mpz_mul_2exp(q, q, 510);
	mpz_add(q, q, p);
	mpz_nextprime(q, q);
	mpz_mul(n, p, q);
	HAS(n, 65537, FERMAT);
	mpz_set_ui(q, 1);
	mpz_mul_2exp(q, q, 1000);
	mpz_add(q, q, p);
	mpz_nextprime(q, q);
	mpz_mul(n, p, q);
	assert_int_equal(parse_key(*state, n, 65537).key.weak, 0);
	mpz_mul(n, p, p);
	HAS(n, 65537, SQUARE);
	mpz_clears(p, q, n, NULL);
}

/* The form of the primes of CVE-2017-15361: k * M + (65537^a mod M), M the product of the first 39 primes. */
static void roca_prime(unsigned bits, mpz_t ret_prime)
{
	mpz_t m, a, power, base;

	mpz_inits(m, a, power, base, NULL);
	mpz_primorial_ui(m, 167);
	mpz_set_ui(base, 65537);
	do {
		mpz_urandomb(a, dice, 60);
		mpz_powm(power, base, a, m);
		mpz_urandomb(ret_prime, dice, bits - (unsigned)mpz_sizeinbase(m, 2));
		mpz_setbit(ret_prime, bits - 1 - mpz_sizeinbase(m, 2));
		mpz_mul(ret_prime, ret_prime, m);
		mpz_add(ret_prime, ret_prime, power);
	} while (mpz_sizeinbase(ret_prime, 2) < bits - 1 || !mpz_probab_prime_p(ret_prime, 20));
	mpz_clears(m, a, power, base, NULL);
}

static void roca(void **state)
{
	mpz_t p, q, n;

	mpz_inits(p, q, n, NULL);
	roca_prime(512, p);
	roca_prime(512, q);
	mpz_mul(n, p, q);
	HAS(n, 65537, ROCA);
	mpz_clears(p, q, n, NULL);
}

static void factors(void **state)
{
	static const unsigned long small[] = {3, 5, 17, 257, 251, 65521, 65537};
	mpz_t n, p;

	mpz_inits(n, p, NULL);
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		struct dc_dkim_record record;

		key_modulus(dice, 1030, n);
		mpz_mul_ui(n, n, small[i]);
		record = parse_key(*state, n, 65537);
		assert_int_equal(record.key.weak, DC_DKIM_WEAK(SMALL_FACTOR));
		assert_int_equal(record.key.small_factor, small[i]);
	}
	mpz_mul_ui(n, n, 2);
	HAS(n, 65537, EVEN_MODULUS);
	key_prime(dice, 1024, p);
	HAS(p, 65537, PRIME_MODULUS);
	mpz_clears(n, p, NULL);
}

static void exponents(void **state)
{
	mpz_t n;

	mpz_init(n);
	key_modulus(dice, 1024, n);
	HAS(n, 1, EXPONENT_INVALID);
	HAS(n, 2, EXPONENT_INVALID);
	HAS(n, 4, EXPONENT_INVALID);
	assert_int_equal(parse_key(*state, n, 3).key.weak, 0);
	assert_int_equal(parse_key(*state, n, 3).key.exponent, 3);
	assert_int_equal(parse_key(*state, n, 17).key.weak, 0);
	mpz_set_ui(n, 0);
	assert_int_equal(parse_key(*state, n, 65537).key.bits, 0);
	assert_true(parse_key(*state, n, 65537).key.weak & DC_DKIM_WEAK(EVEN_MODULUS));
	mpz_set_ui(n, 15);
	assert_true(parse_key(*state, n, 65537).key.weak & DC_DKIM_WEAK(EXPONENT_INVALID));
	mpz_clear(n);
}

static void wiener(void **state)
{
	mpz_t p, q, n, phi, d, e;
	struct dc_dkim_record record;

	mpz_inits(p, q, n, phi, d, e, NULL);
	for (int i = 0; i < 20; i++) {
		key_prime(dice, 512, p);
		key_prime(dice, 512, q);
		mpz_mul(n, p, q);
		mpz_sub_ui(p, p, 1);
		mpz_sub_ui(q, q, 1);
		mpz_mul(phi, p, q);
		do {
			mpz_urandomb(d, dice, i < 10 ? 250 : 40);
			mpz_setbit(d, 0);
		} while (!mpz_invert(e, d, phi));
		record = parse(*state, key_record(n, e));
		assert_int_equal(record.key.weak, DC_DKIM_WEAK(WIENER));
		do { /* a large random exponent is odd, but no weakness */
			mpz_urandomm(e, dice, phi);
			mpz_setbit(e, 0);
		} while (!mpz_invert(d, e, phi));
		record = parse(*state, key_record(n, e));
		assert_int_equal(record.key.weak, 0);
	}
	mpz_clears(p, q, n, phi, d, e, NULL);
}

static void shapes(void **state)
{
	uint8_t octets[128];
	mpz_t n;

	mpz_init(n);
	memset(octets, 0xa5, sizeof(octets));
	mpz_import(n, sizeof(octets), 1, 1, 0, 0, octets);
	assert_true(parse_key(*state, n, 65537).key.weak & DC_DKIM_WEAK(PATTERN));
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)("d2f1c9b7"[i % 8] ^ 0x81);
	mpz_import(n, sizeof(octets), 1, 1, 0, 0, octets);
	assert_true(parse_key(*state, n, 65537).key.weak & DC_DKIM_WEAK(PATTERN));
	mpz_set_ui(n, 1);
	mpz_mul_2exp(n, n, 1023);
	for (unsigned i = 0; i < 128; i++)
		mpz_setbit(n, i * 8 + 1);
	mpz_setbit(n, 0);
	assert_true(parse_key(*state, n, 65537).key.weak & DC_DKIM_WEAK(BIAS));
	/* What is too large is measured, not tested, and costs nothing. */
	mpz_set_ui(n, 1);
	for (int i = 0; i < 511; i++) {
		mpz_mul_2exp(n, n, 32);
		mpz_add_ui(n, n, gmp_urandomb_ui(dice, 32));
	}
	mpz_setbit(n, 16383);
	mpz_setbit(n, 0);
	assert_int_equal(parse_key(*state, n, 65537).key.bits, 16384);
	HAS(n, 65537, NOT_TESTED);
	mpz_clear(n);
}

static void sample_keys(void **state)
{
	struct dc_dkim_record record = parse(
		*state, "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOC"
			"KG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGj"
			"aNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB");

	assert_int_equal(record.key.weak, DC_DKIM_WEAK(SAMPLE));
	assert_string_equal(record.key.sample, "RFC 6376 appendix C");
	record = parse(*state, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	assert_int_equal(record.key.weak, DC_DKIM_WEAK(SAMPLE));
	assert_int_equal(record.key.type, DC_DKIM_KEY_ED25519);
}

/* Not one false alarm. DC_TEST_KEYS asks for another number: slow machines, long nights. */
static void sound_keys(void **state)
{
	const char *wish = getenv("DC_TEST_KEYS");
	int count = wish ? atoi(wish) : 1000;
	mpz_t n;

	mpz_init(n);
	for (int i = 0; i < count; i++) {
		struct dc_dkim_record record;

		key_modulus(dice, 1024, n);
		dc_arena_reset(*state);
		record = parse_key(*state, n, 65537);
		if (record.key.weak || record.problem_count)
			fail_msg("key %d: weak %x, %zu problems", i, record.key.weak, record.problem_count);
	}
	mpz_clear(n);
}

static struct dc_slice octets_of(struct dc_arena *arena, const mpz_t n)
{
	size_t len = (mpz_sizeinbase(n, 2) + 7) / 8;
	char *octets = dc_arena_alloc(arena, len + 1);

	mpz_export(octets, &len, 1, 1, 0, 0, n);
	return (struct dc_slice){octets, len};
}

static void shared_primes(void **state)
{
	enum { COUNT = 41 };
	struct dc_slice moduli[COUNT] = {{0}};
	size_t partner[COUNT];
	mpz_t p, q, n;

	mpz_inits(p, q, n, NULL);
	for (size_t i = 0; i < COUNT; i++) {
		key_modulus(dice, 512, n);
		if (i == 7 || i == 30) { /* 7 and 30 share p */
			if (i == 7)
				key_prime(dice, 256, p);
			key_prime(dice, 256, q);
			mpz_mul(n, p, q);
		}
		if (i == 12 || i == 13) /* only a small factor in common */
			mpz_mul_ui(n, n, 251);
		moduli[i] = octets_of(*state, n);
	}
	moduli[20] = moduli[3];         /* the same key twice */
	moduli[33] = moduli[7];         /* and one that shares */
	moduli[5] = (struct dc_slice){0};
	moduli[6] = DC_S("\0\0");
	assert_true(dc_dkim_batch_gcd(moduli, COUNT, partner));
	for (size_t i = 0; i < COUNT; i++)
		if (i == 7 || i == 33)
			assert_int_equal(partner[i], 30);
		else if (i == 30)
			assert_true(partner[i] == 7 || partner[i] == 33);
		else
			assert_int_equal(partner[i], SIZE_MAX);
	assert_true(dc_dkim_batch_gcd(moduli, 0, partner));
	assert_true(dc_dkim_batch_gcd(moduli, 1, partner));
	assert_int_equal(partner[0], SIZE_MAX);
	moduli[1] = (struct dc_slice){"x", SIZE_MAX / 4};
	assert_false(dc_dkim_batch_gcd(moduli, 2, partner));
	mpz_clears(p, q, n, NULL);
}

/* Sets of all sizes, in which some share one prime or two, against each pair's greatest common divisor. */
static void random_sets(void **state)
{
	enum { COUNT_MAX = 40, PRIMES = 60 };
	struct dc_slice moduli[COUNT_MAX];
	size_t partner[COUNT_MAX];
	mpz_t primes[PRIMES], n[COUNT_MAX], common;
	unsigned found = 0, alone = 0;

	mpz_init(common);
	for (size_t i = 0; i < PRIMES; i++) {
		mpz_init(primes[i]);
		key_prime(dice, i < PRIMES / 2 ? 65 : 100 + (unsigned)i, primes[i]);
	}
	for (size_t i = 0; i < COUNT_MAX; i++)
		mpz_init(n[i]);
	for (size_t count = 2; count <= COUNT_MAX; count++)
		for (int round = 0; round < 10; round++) {
			dc_arena_reset(*state);
			for (size_t i = 0; i < count; i++) {
				key_prime(dice, 200 + (unsigned)i, n[i]);
				for (int k = 0; k < 2; k++)
					if (gmp_urandomm_ui(dice, count) < (round ? 3u : count))
						mpz_mul(n[i], n[i], primes[gmp_urandomm_ui(dice, PRIMES)]);
				mpz_mul_ui(n[i], n[i], 251);
				moduli[i] = octets_of(*state, n[i]);
			}
			assert_true(dc_dkim_batch_gcd(moduli, count, partner));
			for (size_t i = 0; i < count; i++) {
				bool shares = false;

				for (size_t j = 0; j < count && !shares; j++) {
					mpz_gcd(common, n[i], n[j]);
					shares = mpz_cmp(n[i], n[j]) != 0 && mpz_sizeinbase(common, 2) >= 65;
				}
				assert_int_equal(partner[i] != SIZE_MAX, shares);
				*(shares ? &found : &alone) += 1;
				if (!shares)
					continue;
				assert_int_not_equal(partner[i], i);
				mpz_gcd(common, n[i], n[partner[i]]);
				assert_true(mpz_cmp(n[i], n[partner[i]]) != 0 && mpz_sizeinbase(common, 2) >= 65);
			}
		}
	assert_true(found > 500 && alone > 500);
	for (size_t i = 0; i < PRIMES; i++)
		mpz_clear(primes[i]);
	for (size_t i = 0; i < COUNT_MAX; i++)
		mpz_clear(n[i]);
	mpz_clear(common);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sizes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(close_primes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(roca, set_up, tear_down),
		cmocka_unit_test_setup_teardown(factors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(exponents, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wiener, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shapes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sample_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sound_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shared_primes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(random_sets, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
