/* Batch GCD with GMP: two trees upwards, one downwards.
 *
 * P is the product of all moduli and S the sum of P / n_i, which both come out of the same tree. Modulo n_i all terms of S but
 * one vanish, so gcd(n_i, S mod n_i) = gcd(n_i, P / n_i): the part of n_i that others share. The remainders of S are had
 * from the top down, modulo the products of the tree (modulo their squares, which the product itself would need, they
 * cost twice as much). The sum of sizes is n log n instead of n^2: 10,000 keys take seconds. Deliberately not here: reading
 * keys, naming names. */
#include "dkim/batch_gcd.h"

#include <gmp.h>
#include <stdlib.h>

#include "base/gmp_guard.h"

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

/* The next level: of each two nodes the product, and in *sums, which belongs to the level below, a * sum(b) + b * sum(a). */
static bool climb(struct tree *tree, mpz_t *sums)
{
	size_t below = tree->height - 1, n = tree->counts[below];
	mpz_t *nodes = tree->levels[below];

	if (!add_level(tree, (n + 1) / 2))
		return false;
	for (size_t i = 0; i + 1 < n; i += 2) {
		mpz_mul(tree->levels[below + 1][i / 2], nodes[i], nodes[i + 1]);
		mpz_mul(sums[i], sums[i], nodes[i + 1]);
		mpz_addmul(sums[i], sums[i + 1], nodes[i]);
		mpz_swap(sums[i / 2], sums[i]);
	}
	if (n % 2) {
		mpz_set(tree->levels[below + 1][n / 2], nodes[n - 1]);
		mpz_swap(sums[n / 2], sums[n - 1]);
	}
	return true;
}

/* The tree of products. `sums` has one for each leaf; sums[0] becomes the sum of all products of all leaves but one. */
static bool tree_new(struct tree *tree, const struct dc_slice *moduli, const size_t *leaves, size_t count, mpz_t *sums)
{
	*tree = (struct tree){.levels = calloc(64, sizeof(mpz_t *)), .counts = calloc(64, sizeof(size_t))};
	if (!tree->levels || !tree->counts || !add_level(tree, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		mpz_import(tree->levels[0][i], moduli[leaves[i]].len, 1, 1, 0, 0, moduli[leaves[i]].ptr);
		mpz_set_ui(sums[i], 1);
	}
	while (tree->counts[tree->height - 1] > 1)
		if (!climb(tree, sums))
			return false;
	return true;
}

/* From the top down: each node becomes the sum modulo itself. `level` is not the highest. */
static void descend(struct tree *tree, size_t level)
{
	for (size_t i = 0; i < tree->counts[level]; i++)
		mpz_mod(tree->levels[level][i], tree->levels[level + 1][i / 2], tree->levels[level][i]);
}

/* Bits of the part of n that others share. */
static size_t shared_bits(const struct dc_slice *modulus, const mpz_t rest)
{
	mpz_t n;
	size_t bits;

	mpz_init(n);
	mpz_import(n, modulus->len, 1, 1, 0, 0, modulus->ptr);
	mpz_gcd(n, n, rest);
	bits = mpz_sizeinbase(n, 2);
	mpz_clear(n);
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

/* Which of the leaves share something: moves those to the front, returns how many. False in *ret_done: no memory. */
static size_t sharing(const struct dc_slice *moduli, size_t *leaves, size_t count, bool *ret_done)
{
	mpz_t *sums = calloc(count, sizeof(*sums));
	struct tree tree = {0};
	size_t shared = 0;

	*ret_done = false;
	if (!sums)
		return 0;
	for (size_t i = 0; i < count; i++)
		mpz_init(sums[i]);
	if (tree_new(&tree, moduli, leaves, count, sums)) {
		mpz_swap(tree.levels[tree.height - 1][0], sums[0]);
		for (size_t level = tree.height - 1; level-- > 0;)
			descend(&tree, level);
		for (size_t i = 0; i < count; i++)
			if (shared_bits(&moduli[leaves[i]], tree.levels[0][i]) >= SHARED_BITS_MIN)
				leaves[shared++] = leaves[i];
		*ret_done = true;
	}
	tree_free(&tree);
	for (size_t i = 0; i < count; i++)
		mpz_clear(sums[i]);
	free(sums);
	return shared;
}

static bool batch(const struct dc_slice *moduli, size_t count, size_t *ret_partner)
{
	size_t *leaves = NULL, *same, leaf_count, octets = 0, shared_count = 0;
	bool done = true;

	for (size_t i = 0; i < count; i++)
		octets += moduli[i].len;
	if (count > DC_BATCH_MODULI_MAX || octets > DC_BATCH_OCTETS_MAX)
		return false;
	leaves = calloc(count ? count : 1, 2 * sizeof(*leaves));
	if (!leaves)
		return false;
	same = leaves + count;
	leaf_count = distinct(moduli, count, leaves, same);
	if (leaf_count > 1)
		shared_count = sharing(moduli, leaves, leaf_count, &done);
	if (done) {
		for (size_t i = 0; i < count; i++)
			ret_partner[i] = SIZE_MAX;
		pair_up(moduli, leaves, shared_count, ret_partner);
		for (size_t i = 0; i < count; i++)
			if (same[i] != i)
				ret_partner[i] = ret_partner[same[i]];
	}
	free(leaves);
	return done;
}

bool dc_dkim_batch_gcd(const struct dc_slice *moduli, size_t count, size_t *ret_partner)
{
	struct dc_gmp_guard guard;

	if (DC_GMP_GUARD(&guard))
		return false;
	bool done = batch(moduli, count, ret_partner);
	dc_gmp_leave(&guard);
	return done;
}
