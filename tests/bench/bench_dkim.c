/* What DKIM keys cost: reading and testing one, also of hostile sizes, and batch GCD over 10,000 moduli of 2,048 bits, of
 * which five pairs share a half. Fails when a key takes more than 50 ms or the batch more than 30 s, or finds other pairs. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../support/keys.h"
#include "dkim/batch_gcd.h"
#include "dkim/record.h"

enum { KEYS = 10000, PAIRS = 5, HALF = 1024, PART = 64, KEY_MS_MAX = 50, BATCH_S_MAX = 30 };

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Half a modulus: costs the batch as much as a prime of that size, and is made a thousand times faster. */
static void make_half(gmp_randstate_t dice, mpz_t ret_half)
{
	mpz_t p;

	mpz_init(p);
	mpz_set_ui(ret_half, 1);
	for (int i = 0; i < HALF / PART; i++) {
		key_prime(dice, PART, p);
		mpz_mul(ret_half, ret_half, p);
	}
	mpz_clear(p);
}

static bool batch(gmp_randstate_t dice)
{
	static uint8_t octets[KEYS][2 * HALF / 8];
	static struct dc_slice moduli[KEYS];
	static size_t partner[KEYS];
	mpz_t a, b, shared;
	double start, took;
	size_t found = 0;

	mpz_inits(a, b, shared, NULL);
	for (size_t i = 0; i < KEYS; i++) {
		size_t len;

		make_half(dice, a);
		make_half(dice, b);
		if (i < PAIRS)
			mpz_set(shared, b);
		mpz_mul(a, a, b);
		(void)mpz_export(octets[i], &len, 1, 1, 0, 0, a);
		moduli[i] = (struct dc_slice){(const char *)octets[i], len};
		if (i < PAIRS) { /* its partner stands at the other end */
			make_half(dice, a);
			mpz_mul(a, a, shared);
			(void)mpz_export(octets[KEYS - 1 - i], &len, 1, 1, 0, 0, a);
			moduli[KEYS - 1 - i] = (struct dc_slice){(const char *)octets[KEYS - 1 - i], len};
		}
		if (i == KEYS - 1 - PAIRS)
			break;
	}
	mpz_clears(a, b, shared, NULL);
	start = now_s();
	if (!dc_dkim_batch_gcd(moduli, KEYS, partner))
		return false;
	took = now_s() - start;
	for (size_t i = 0; i < KEYS; i++)
		if (partner[i] != SIZE_MAX) {
			if (partner[i] != KEYS - 1 - i)
				return false;
			found++;
		}
	(void)printf("batch gcd: %d moduli of %d bits in %.1f s\n", KEYS, 2 * HALF, took);
	return found == 2 * PAIRS && took < BATCH_S_MAX;
}

static bool one_key(struct dc_arena *arena, const char *what, const mpz_t n, const mpz_t e)
{
	enum { ROUNDS = 20 };
	const char *text = key_record(n, e);
	struct dc_txt txt = {.text = dc_slice_of(text), .string_count = 1};
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct dc_dkim_record record;
		double start;

		dc_arena_reset(arena);
		start = now_s();
		dc_dkim_record_parse(arena, &txt, &record);
		best = now_s() - start < best ? now_s() - start : best;
	}
	(void)printf("%s: %.0f us\n", what, best * 1e6);
	return best * 1e3 < KEY_MS_MAX;
}

int main(void)
{
	struct dc_arena *arena = dc_arena_new(64u << 20);
	gmp_randstate_t dice;
	bool fine = true;
	mpz_t n, e;

	gmp_randinit_mt(dice);
	gmp_randseed_ui(dice, 10000);
	mpz_init(n);
	mpz_init_set_ui(e, 65537);
	key_modulus(dice, 1024, n);
	fine &= one_key(arena, "a key of 1,024 bits", n, e);
	key_modulus(dice, 2048, n);
	fine &= one_key(arena, "a key of 2,048 bits", n, e);
	key_modulus(dice, 4096, n);
	fine &= one_key(arena, "a key of 4,096 bits", n, e);
	for (unsigned bits = 8192; bits <= 32768; bits *= 2) {
		char what[64];

		mpz_urandomb(n, dice, bits);
		mpz_setbit(n, bits - 1);
		mpz_setbit(n, 0);
		(void)snprintf(what, sizeof(what), "a number of %u bits", bits);
		fine &= one_key(arena, what, n, e);
	}
	/* A large exponent sets off the search for a small private one. */
	mpz_urandomb(n, dice, 8192);
	mpz_setbit(n, 8191);
	do
		mpz_add_ui(n, n, 1);
	while (mpz_gcd_ui(NULL, n, 2UL * 3 * 5 * 7 * 11 * 13 * 17 * 19 * 23 * 29 * 31 * 37 * 41 * 43) != 1);
	mpz_urandomb(e, dice, 8190);
	mpz_setbit(e, 8189);
	mpz_setbit(e, 0);
	fine &= one_key(arena, "8,192 bits with a large exponent", n, e);
	fine &= batch(dice);
	mpz_clears(n, e, NULL);
	gmp_randclear(dice);
	dc_arena_free(arena);
	return fine ? 0 : 1;
}
