/* Batch GCD with GMP: a tree of products upwards, remainders downwards.
 *
 * A node has the product N of its leaves and the sum S of N / n_i. Of two nodes side by side, A and B, S_A N_B modulo n_i is the
 * product of all other leaves of both, as all other terms vanish; its greatest common divisor with n_i is what n_i shares. So
 * remainders of it are taken from A down to its leaves. Whoever in A shares with somebody in A or B is found by that, and what is
 * left are pairs within B: of each pair the one that stands first is found, and half of the large numbers are never needed. Only
 * if anybody is found, the others are looked for: by remainders of the product of those found. The sum of sizes is n log n
 * instead of n^2: 10,000 keys take seconds. Deliberately not here: reading keys, naming names. */
#include "dkim/batch_gcd.h"

#include <gmp.h>
#include <stdlib.h>

#include "base/gmp_guard.h"

enum {
	SHARED_BITS_MIN = 65,    /* smaller common factors are the business of dkim/weak.c */
	PAIR_TESTS_MAX = 200000, /* single GCDs spent to find out who shares with whom */
};

/* Nodes are counted from the root, 1; those below the i-th are 2i and 2i + 1. Their leaves are the first and the other half of its
 * own. */
struct tree {
	const struct dc_slice *moduli;
	const size_t *leaves;
	mpz_t *products, *sums;
	size_t size;
	bool *shares; /* of each leaf: it shares something with others … */
	bool found;   /* … at least one does */
};

static bool tree_new(struct tree *tree, size_t count)
{
	tree->size = 2;
	while (tree->size < 2 * count)
		tree->size *= 2;
	tree->products = calloc(tree->size, 2 * sizeof(*tree->products));
	tree->shares = calloc(count, sizeof(*tree->shares));
	if (!tree->products || !tree->shares) {
		free(tree->products);
		free(tree->shares);
		return false;
	}
	tree->sums = tree->products + tree->size;
	for (size_t i = 0; i < 2 * tree->size; i++)
		mpz_init(tree->products[i]);
	return true;
}

static void tree_free(struct tree *tree)
{
	for (size_t i = 0; i < 2 * tree->size; i++)
		mpz_clear(tree->products[i]);
	free(tree->products);
	free(tree->shares);
}

static void import(const struct dc_slice *modulus, mpz_t ret_n)
{
	mpz_import(ret_n, modulus->len, 1, 1, 0, 0, modulus->ptr);
}

/* The product of the leaves from `first` on, and the sum if it is wanted. */
static void climb(struct tree *tree, size_t node, size_t first, size_t count, bool sum)
{
	size_t a = 2 * node, b = a + 1;

	if (count == 1) {
		import(&tree->moduli[tree->leaves[first]], tree->products[node]);
		mpz_set_ui(tree->sums[node], 1);
		return;
	}
	climb(tree, a, first, count / 2, true);
	climb(tree, b, first + count / 2, count - count / 2, sum);
	if (node > 1)
		mpz_mul(tree->products[node], tree->products[a], tree->products[b]);
	if (!sum)
		return;
	mpz_mul(tree->sums[node], tree->sums[a], tree->products[b]);
	mpz_addmul(tree->sums[node], tree->sums[b], tree->products[a]);
	mpz_realloc2(tree->sums[a], 0);
	mpz_realloc2(tree->sums[b], 0);
}

/* sums[node] becomes `rest` modulo the node, and so on down to the leaves. */
static void descend(struct tree *tree, size_t node, size_t first, size_t count, const mpz_t rest)
{
	mpz_t *remainder = &tree->sums[node];

	mpz_mod(*remainder, rest, tree->products[node]);
	if (count > 1) {
		descend(tree, 2 * node, first, count / 2, *remainder);
		descend(tree, 2 * node + 1, first + count / 2, count - count / 2, *remainder);
		mpz_realloc2(*remainder, 0);
	} else {
		mpz_gcd(*remainder, *remainder, tree->products[node]);
		tree->shares[first] |= mpz_sizeinbase(*remainder, 2) >= SHARED_BITS_MIN;
		tree->found |= tree->shares[first];
	}
}

/* Marks at least the first of each two leaves that share something. */
static void search(struct tree *tree, size_t count)
{
	size_t first = 0;

	climb(tree, 1, 0, count, false);
	for (size_t node = 1; count > 1; node = 2 * node + 1) {
		mpz_t *sum = &tree->sums[2 * node];

		mpz_mul(*sum, *sum, tree->products[2 * node + 1]);
		descend(tree, 2 * node, first, count / 2, *sum);
		first += count / 2;
		count -= count / 2;
	}
}

/* sums[node] becomes the product of its leaves that are marked. */
static void gather(struct tree *tree, size_t node, size_t first, size_t count)
{
	size_t a = 2 * node, b = a + 1;

	if (count == 1 && tree->shares[first]) {
		mpz_set(tree->sums[node], tree->products[node]);
	} else if (count == 1) {
		mpz_set_ui(tree->sums[node], 1);
	} else {
		gather(tree, a, first, count / 2);
		gather(tree, b, first + count / 2, count - count / 2);
		mpz_mul(tree->sums[node], tree->sums[a], tree->sums[b]);
	}
}

/* Marks those that share something with the marked ones. */
static void search_others(struct tree *tree, size_t count)
{
	mpz_t marked;

	gather(tree, 1, 0, count);
	mpz_init(marked);
	mpz_swap(marked, tree->sums[1]);
	descend(tree, 2, 0, count / 2, marked);
	descend(tree, 3, count / 2, count - count / 2, marked);
	mpz_clear(marked);
}

/* Which of the leaves, two at least, share something: moves those to the front, returns how many. False in *ret_done: no memory. */
static size_t sharing(const struct dc_slice *moduli, size_t *leaves, size_t count, bool *ret_done)
{
	struct tree tree = {.moduli = moduli, .leaves = leaves};
	size_t shared = 0;

	*ret_done = tree_new(&tree, count);
	if (!*ret_done)
		return 0;
	search(&tree, count);
	if (tree.found)
		search_others(&tree, count);
	for (size_t i = 0; i < count; i++)
		if (tree.shares[i])
			leaves[shared++] = leaves[i];
	tree_free(&tree);
	return shared;
}

/* Who shares with whom among the few that share with somebody. */
static void pair_up(const struct dc_slice *moduli, const size_t *shared, size_t count, size_t *ret_partner)
{
	mpz_t a, b;
	size_t tests = 0;

	mpz_inits(a, b, NULL);
	for (size_t i = 0; i < count; i++) {
		bool found = false;

		import(&moduli[shared[i]], a);
		for (size_t j = 0; j < count && !found && tests < PAIR_TESTS_MAX; j++) {
			if (i == j)
				continue;
			import(&moduli[shared[j]], b);
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
