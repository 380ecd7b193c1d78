/* Patterns of waivers and severities: '*' stands for any octets, '?' for one. ASCII case does not count. */
#ifndef DC_POLICY_GLOB_H
#define DC_POLICY_GLOB_H

#include "base/slice.h"

bool dc_glob_matches(struct dc_slice pattern, struct dc_slice text);
bool dc_glob_is_pattern(struct dc_slice text);
/* How many octets to put in, take out or change to make `b` of `a`; at most `most`, else `most` + 1. For "did you mean". */
size_t dc_edit_distance(struct dc_slice a, struct dc_slice b, size_t most);

#endif
