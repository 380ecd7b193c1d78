/* Patterns and near misses. */
#include "policy/glob.h"

enum { DISTANCE_MAX = 96 }; /* octets of a text compared: slugs and ids are shorter */

bool dc_glob_is_pattern(struct dc_slice text)
{
	return dc_slice_find(text, '*') != SIZE_MAX || dc_slice_find(text, '?') != SIZE_MAX;
}

/* Goes back to the last star only: linear in practice, never more than the product of the two lengths. */
bool dc_glob_matches(struct dc_slice pattern, struct dc_slice text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.len && (pattern.ptr[p] == '?' || dc_lower(pattern.ptr[p]) == dc_lower(text.ptr[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

size_t dc_edit_distance(struct dc_slice a, struct dc_slice b, size_t most)
{
	size_t row[DISTANCE_MAX + 1];

	if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX)
		return most + 1;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t least = corner + (dc_lower(a.ptr[i - 1]) != dc_lower(b.ptr[j - 1]));

			corner = row[j];
			least = corner + 1 < least ? corner + 1 : least;
			row[j] = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
		}
	}
	return row[b.len] < most ? row[b.len] : row[b.len] == most ? most : most + 1;
}
