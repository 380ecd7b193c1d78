/* The table of profiles, and looking into it. */
#include "policy/profile.h"

#include "policy/glob.h"
#include "policy/profile.gen.h"

enum { PROFILE_COUNT = sizeof profiles / sizeof *profiles };

const struct dc_profile *dc_profile_at(size_t i)
{
	return i < PROFILE_COUNT ? &profiles[i] : NULL;
}

const struct dc_profile *dc_profile_find(struct dc_slice id)
{
	for (size_t i = 0; i < PROFILE_COUNT; i++)
		if (dc_slice_eq(id, dc_slice_of(profiles[i].id)))
			return &profiles[i];
	return NULL;
}

const struct dc_profile *dc_profile_near(struct dc_slice id)
{
	const struct dc_profile *best = NULL;
	size_t least = id.len / 3 + 2;

	for (size_t i = 0; i < PROFILE_COUNT; i++) {
		size_t distance = dc_edit_distance(id, dc_slice_of(profiles[i].id), least);

		if (distance < least) {
			best = &profiles[i];
			least = distance;
		}
	}
	return best;
}
