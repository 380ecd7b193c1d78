/* Concluding from the fleet: worst first, out of line, shared, keys with a common prime. */
#include <stdlib.h>

#include "dkim/batch_gcd.h"
#include "render/fleet_parts.h"

enum {
	OUTLIERS_LEAST = 5, /* domains: of fewer nobody can say what is usual */
	OUTLIER_SHARE = 10, /* at most a tenth (or one) is out of line; more is another habit */
	WORDS_MAX = 8,      /* different values of a property */
};

static int compare_domains(const void *a, const void *b)
{
	const struct dc_fleet_domain *x = *(const struct dc_fleet_domain *const *)a, *y = *(const struct dc_fleet_domain *const *)b;
	const uint64_t keys[][2] = {{y->verdict, x->verdict}, {y->errors, x->errors}, {y->warnings, x->warnings},
				    {y->undetermined, x->undetermined}, {x->number, y->number}};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

/* By kind, the most used first, then by value: the same order whatever order the domains had. */
static int compare_things(const void *a, const void *b)
{
	const struct dc_fleet_thing *x = *(const struct dc_fleet_thing *const *)a, *y = *(const struct dc_fleet_thing *const *)b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->use_count != y->use_count)
		return x->use_count > y->use_count ? -1 : 1;
	return dc_slice_cmp(x->value, y->value);
}

/* The value that most have, first seen first on a tie. */
static const char *usual(const struct dc_fleet *fleet, enum dc_fleet_property property, size_t *ret_have, size_t *ret_of)
{
	const char *words[WORDS_MAX];
	size_t counts[WORDS_MAX] = {0}, word_count = 0, best = 0;
	*ret_of = 0;
	for (const struct row *row = fleet->first; row; row = row->next) {
		const char *value = row->domain.values[property];
		size_t i = 0;
		if (!value)
			continue;
		while (i < word_count && strcmp(words[i], value) != 0)
			i++;
		if (i == WORDS_MAX)
			continue;
		if (i == word_count)
			words[word_count++] = value;
		counts[i]++;
		++*ret_of;
	}
	for (size_t i = 1; i < word_count; i++)
		if (counts[i] > counts[best])
			best = i;
	*ret_have = word_count ? counts[best] : 0;
	return word_count ? words[best] : NULL;
}

static void find_outliers(const struct dc_fleet *fleet, struct dc_arena *arena, struct dc_fleet_view *view)
{
	for (int p = 0; p < DC_FLEET_PROPERTY_COUNT; p++) {
		struct dc_fleet_outlier outlier = {.property = (enum dc_fleet_property)p};
		outlier.value = usual(fleet, outlier.property, &outlier.have, &outlier.of);
		size_t others = outlier.of - outlier.have;
		if (outlier.of < OUTLIERS_LEAST || others == 0 || (others > 1 && others > outlier.of / OUTLIER_SHARE))
			continue;
		outlier.others = DC_NEW_ARRAY(arena, const struct dc_fleet_domain *, others);
		for (const struct row *row = fleet->first; row; row = row->next)
			if (row->domain.values[p] && strcmp(row->domain.values[p], outlier.value) != 0)
				outlier.others[outlier.other_count++] = &row->domain;
		view->outliers[view->outlier_count++] = outlier;
	}
}

static void find_primes(const struct dc_fleet *fleet, struct dc_arena *arena, struct dc_fleet_view *view)
{
	const struct dc_fleet_thing **keys = DC_NEW_ARRAY(arena, const struct dc_fleet_thing *, fleet->thing_count + 1);
	struct dc_slice *moduli = DC_NEW_ARRAY(arena, struct dc_slice, fleet->thing_count + 1);
	size_t *partners = DC_NEW_ARRAY(arena, size_t, fleet->thing_count + 1), count = 0, capacity = 0;
	struct dc_fleet_primes *primes = NULL;
	for (size_t i = 0; i < fleet->thing_count; i++)
		if (fleet->things[i]->modulus.len) {
			keys[count] = fleet->things[i];
			moduli[count++] = fleet->things[i]->modulus;
		}
	view->keys_tested = count < 2 || dc_dkim_batch_gcd(moduli, count, partners);
	for (size_t i = 0; count > 1 && view->keys_tested && i < count; i++) {
		size_t other = partners[i];
		if (other == SIZE_MAX || (other < i && partners[other] == i)) /* that pair is told already */
			continue;
		DC_PUSH(arena, primes, view->prime_count, capacity) =
			(struct dc_fleet_primes){.a = keys[i], .b = other == i ? NULL : keys[other]};
	}
	view->primes = primes;
}

const struct dc_fleet_view *dc_fleet_view(const struct dc_fleet *fleet, struct dc_arena *arena)
{
	struct dc_fleet_view *view = DC_NEW(arena, struct dc_fleet_view);
	view->domains = DC_NEW_ARRAY(arena, const struct dc_fleet_domain *, fleet->domain_count + 1);
	for (const struct row *row = fleet->first; row; row = row->next)
		view->domains[view->domain_count++] = &row->domain;
	qsort(view->domains, view->domain_count, sizeof *view->domains, compare_domains);
	view->shared = DC_NEW_ARRAY(arena, const struct dc_fleet_thing *, fleet->thing_count + 1);
	view->providers = DC_NEW_ARRAY(arena, const struct dc_fleet_thing *, fleet->thing_count + 1);
	for (size_t i = 0; i < fleet->thing_count; i++) {
		const struct dc_fleet_thing *thing = fleet->things[i];
		if (thing->kind == DC_FLEET_PROVIDER)
			view->providers[view->provider_count++] = thing;
		else if (thing->use_count > 1)
			view->shared[view->shared_count++] = thing;
	}
	qsort(view->shared, view->shared_count, sizeof *view->shared, compare_things);
	qsort(view->providers, view->provider_count, sizeof *view->providers, compare_things);
	find_outliers(fleet, arena, view);
	find_primes(fleet, arena, view);
	return view;
}
