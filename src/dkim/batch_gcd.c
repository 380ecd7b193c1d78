/* Batch GCD with GMP: the product of all moduli and its remainders modulo their squares, each in one tree.
 *
 * The sum of sizes is n log n instead of n^2: 10,000 keys take seconds. Deliberately not here: reading keys, naming names. */
#include "dkim/batch_gcd.h"

#include <gmp.h>
#include <stdlib.h>

enum {
	SHARED_BITS_MIN = 65,    /* smaller common factors are the business of dkim/weak.c */
	PAIR_TESTS_MAX = 200000, /* single GCDs spent to find out who shares with whom */
};

struct tree {
	mpz_t **levels; /* level 0 has the leaves, each higher one the products of pairs */
	size_t *counts;
	size_t height;
};

static void tree_free(struct tree *tree)
{
	for (size_t i = 0; i < tree->height; i++) {
		for (size_t j = 0; j < tree->counts[i]; j++)
			mpz_clear(tree->levels[i][j]);
		free(tree->levels[i]);
	}
	free(tree->levels);
	free(tree->counts);
}

static bool add_level(struct tree *tree, size_t count)
{
	mpz_t *level = calloc(count, sizeof(*level));

	if (!level)
		return false;
	for (size_t i = 0; i < count; i++)
		mpz_init(level[i]);
	tree->levels[tree->height] = level;
	tree->counts[tree->height++] = count;
	return true;
}

static bool tree_new(struct tree *tree, const struct dc_slice *moduli, const size_t *leaves, size_t count)
{
	*tree = (struct tree){.levels = calloc(64, sizeof(mpz_t *)), .counts = calloc(64, sizeof(size_t))};
	if (!tree->levels || !tree->counts || !add_level(tree, count))
		return false;
	for (size_t i = 0; i < count; i++)
		mpz_import(tree->levels[0][i], moduli[leaves[i]].len, 1, 1, 0, 0, moduli[leaves[i]].ptr);
	while (tree->counts[tree->height - 1] > 1) {
		size_t below = tree->height - 1, n = tree->counts[below];

		if (!add_level(tree, (n + 1) / 2))
			return false;
		for (size_t i = 0; i < n; i += 2)
			if (i + 1 < n)
				mpz_mul(tree->levels[below + 1][i / 2], tree->levels[below][i],
					tree->levels[below][i + 1]);
			else
				mpz_set(tree->levels[below + 1][i / 2], tree->levels[below][i]);
	}
	return true;
}

/* From the top down: each node becomes the product of all modulo its own square. */
static void descend(struct tree *tree, size_t level)
{
	mpz_t square;

	mpz_init(square);
	for (size_t i = 0; i < tree->counts[level]; i++) {
		mpz_mul(square, tree->levels[level][i], tree->levels[level][i]);
		mpz_mod(tree->levels[level][i], tree->levels[level + 1][i / 2], square);
	}
	mpz_clear(square);
}

/* Bits of the part of n that others share: gcd(n, (product mod n^2) / n). */
static size_t shared_bits(const struct dc_slice *modulus, const mpz_t rest)
{
	mpz_t n, quotient;
	size_t bits;

	mpz_inits(n, quotient, NULL);
	mpz_import(n, modulus->len, 1, 1, 0, 0, modulus->ptr);
	mpz_tdiv_q(quotient, rest, n);
	mpz_gcd(quotient, quotient, n);
	bits = mpz_sizeinbase(quotient, 2);
	mpz_clears(n, quotient, NULL);
	return bits;
}

/* Who shares with whom among the few that share with somebody. */
static void pair_up(const struct dc_slice *moduli, const size_t *shared, size_t count, size_t *ret_partner)
{
	mpz_t a, b;
	size_t tests = 0;

	mpz_inits(a, b, NULL);
	for (size_t i = 0; i < count; i++) {
		bool found = false;

		mpz_import(a, moduli[shared[i]].len, 1, 1, 0, 0, moduli[shared[i]].ptr);
		for (size_t j = 0; j < count && !found && tests < PAIR_TESTS_MAX; j++) {
			if (i == j)
				continue;
			mpz_import(b, moduli[shared[j]].len, 1, 1, 0, 0, moduli[shared[j]].ptr);
			mpz_gcd(b, a, b);
			tests++;
			found = mpz_sizeinbase(b, 2) >= SHARED_BITS_MIN;
			if (found)
				ret_partner[shared[i]] = shared[j];
		}
		/* Only small factors in common, then: unless nobody could look. */
		if (!found && tests >= PAIR_TESTS_MAX)
			ret_partner[shared[i]] = shared[i];
	}
	mpz_clears(a, b, NULL);
}

static int by_octets(const void *a, const void *b, void *user)
{
	const struct dc_slice *moduli = user;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int order = dc_slice_cmp(moduli[i], moduli[j]);

	return order ? order : (i > j) - (i < j);
}

static bool is_zero(struct dc_slice modulus)
{
	for (size_t i = 0; i < modulus.len; i++)
		if (modulus.ptr[i])
			return false;
	return true;
}

/* Indexes of the different moduli, in order; same[i] is the one that is equal to the i-th (itself for zeros). */
static size_t distinct(const struct dc_slice *moduli, size_t count, size_t *leaves, size_t *same)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		leaves[i] = same[i] = i;
	qsort_r(leaves, count, sizeof(*leaves), by_octets, (void *)moduli);
	for (size_t i = 0; i < count; i++) {
		size_t at = leaves[i];

		if (is_zero(moduli[at]))
			continue;
		if (!kept || !dc_slice_eq(moduli[leaves[kept - 1]], moduli[at]))
			leaves[kept++] = at;
		same[at] = leaves[kept - 1];
	}
	return kept;
}

bool dc_dkim_batch_gcd(const struct dc_slice *moduli, size_t count, size_t *ret_partner)
{
	struct tree tree = {0};
	size_t *leaves = NULL, *same, leaf_count, octets = 0, shared_count = 0;
	bool done = false;

	for (size_t i = 0; i < count; i++)
		octets += moduli[i].len;
	if (count > DC_BATCH_MODULI_MAX || octets > DC_BATCH_OCTETS_MAX)
		return false;
	leaves = calloc(count ? count : 1, 2 * sizeof(*leaves));
	if (!leaves)
		return false;
	same = leaves + count;
	leaf_count = distinct(moduli, count, leaves, same);
	if (leaf_count && !tree_new(&tree, moduli, leaves, leaf_count))
		goto out;
	for (size_t i = 0; i < count; i++)
		ret_partner[i] = SIZE_MAX;
	for (size_t level = tree.height; leaf_count > 1 && level-- > 1;)
		descend(&tree, level - 1);
	for (size_t i = 0; leaf_count > 1 && i < leaf_count; i++)
		if (shared_bits(&moduli[leaves[i]], tree.levels[0][i]) >= SHARED_BITS_MIN)
			leaves[shared_count++] = leaves[i];
	pair_up(moduli, leaves, shared_count, ret_partner);
	for (size_t i = 0; i < count; i++)
		if (same[i] != i)
			ret_partner[i] = ret_partner[same[i]];
	done = true;
out:
	tree_free(&tree);
	free(leaves);
	return done;
}
