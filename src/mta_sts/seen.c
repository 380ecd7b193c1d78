/* Policies of an earlier report: senders fetch a changed policy only when the id in the record has changed too (RFC 8461
 * section 3.1). */
#include "mta_sts/mta_sts.h"

int dc_mta_sts_seen_compare(const void *a, const void *b)
{
	const struct dc_mta_sts_seen *x = a, *y = b;
	int order = dc_slice_cmp(x->domain, y->domain);

	return order ? order : (x->number < y->number) - (x->number > y->number);
}

const struct dc_mta_sts_seen *dc_mta_sts_seen_find(const struct dc_mta_sts_seen *list, size_t count, struct dc_slice domain)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (dc_slice_cmp(list[middle].domain, domain) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && dc_slice_eq(list[low].domain, domain) ? &list[low] : NULL;
}

static bool holds(const struct dc_slice *patterns, size_t count, struct dc_slice pattern)
{
	for (size_t i = 0; i < count; i++)
		if (dc_slice_eq(patterns[i], pattern))
			return true;
	return false;
}

bool dc_mta_sts_seen_differs(const struct dc_mta_sts_seen *seen, const struct dc_mta_sts_policy *policy)
{
	if (!dc_slice_eq(seen->mode, dc_slice_of(dc_mta_sts_mode_name(policy->mode))) || seen->max_age_s != policy->max_age_s)
		return true;
	for (size_t i = 0; i < seen->pattern_count; i++)
		if (!holds(policy->patterns, policy->pattern_count, seen->patterns[i]))
			return true;
	for (size_t i = 0; i < policy->pattern_count; i++)
		if (!holds(seen->patterns, seen->pattern_count, policy->patterns[i]))
			return true;
	return false;
}
