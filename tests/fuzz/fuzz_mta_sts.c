/* MTA-STS: the first line as a record, the rest as a policy. */
#include "arena.h"
#include "mta_sts/mta_sts.h"

static bool inside(struct dc_slice part, struct dc_slice whole)
{
	return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_record(struct dc_slice text)
{
	struct dc_txt txt = {.text = text};
	struct dc_mta_sts_record record;

	FUZZ_CHECK(!(dc_mta_sts_is_record(text) && dc_mta_sts_is_near(text)));
	if (!dc_mta_sts_is_record(text))
		return;
	record = dc_mta_sts_record_parse(&txt);
	FUZZ_CHECK(inside(record.id, text) && inside(record.part, text) && record.id.len <= DC_MTA_STS_ID_MAX);
	FUZZ_CHECK(record.problem || record.id.len);
}

static void check_policy(struct dc_arena *arena, struct dc_slice text)
{
	const struct dc_mta_sts_policy *policy = dc_mta_sts_policy_parse(arena, text);

	FUZZ_CHECK(policy->pattern_count <= DC_MTA_STS_PATTERN_MAX && policy->fault_count <= DC_MTA_STS_FAULT_MAX);
	FUZZ_CHECK(policy->unknown_count <= DC_MTA_STS_FAULT_MAX);
	FUZZ_CHECK(policy->problem || (policy->version && policy->has_age && policy->mode != DC_MTA_STS_MODE_UNKNOWN));
	for (size_t i = 0; i < policy->fault_count; i++)
		FUZZ_CHECK(inside(policy->faults[i].text, text) && policy->faults[i].problem && policy->faults[i].line);
	FUZZ_CHECK(dc_mta_sts_match(policy, DC_S("a.host.of.nobody.invalid")) == SIZE_MAX ||
		   dc_mta_sts_match(policy, DC_S("a.host.of.nobody.invalid")) < policy->pattern_count);
	for (size_t i = 0; i < policy->pattern_count; i++) {
		struct dc_slice pattern = policy->patterns[i], host;
		bool wild = dc_slice_starts(pattern, DC_S("*."));

		if (!wild) {
			FUZZ_CHECK(dc_mta_sts_match(policy, pattern) <= i);
		} else if (dc_name_join(arena, DC_S("mx"), dc_slice_sub(pattern, 2, SIZE_MAX), &host)) {
			FUZZ_CHECK(dc_mta_sts_covers(pattern, host) && !dc_mta_sts_covers(pattern, dc_name_parent(host)));
		}
	}
}

/* As an earlier report would hold it. */
static void check_seen(struct dc_arena *arena, struct dc_slice text)
{
	const struct dc_mta_sts_policy *policy = dc_mta_sts_policy_parse(arena, text);
	struct dc_mta_sts_seen seen[3] = {{.domain = DC_S("b.example"), .number = 1}, {.domain = DC_S("a.example"), .number = 2},
					  {.domain = DC_S("b.example"), .number = 3}};

	if (policy->problem)
		return;
	for (size_t i = 0; i < 3; i++) {
		seen[i].mode = dc_slice_of(dc_mta_sts_mode_name(policy->mode));
		seen[i].max_age_s = policy->max_age_s;
		seen[i].patterns = policy->patterns;
		seen[i].pattern_count = policy->pattern_count;
	}
	FUZZ_CHECK(!dc_mta_sts_seen_differs(&seen[0], policy));
	seen[0].max_age_s++;
	FUZZ_CHECK(dc_mta_sts_seen_differs(&seen[0], policy));
	if (policy->pattern_count) {
		seen[1].patterns = &(struct dc_slice){"other.example", 13};
		seen[1].pattern_count = 1;
		FUZZ_CHECK(dc_mta_sts_seen_differs(&seen[1], policy) ||
			   dc_mta_sts_match(policy, DC_S("other.example")) != SIZE_MAX);
		seen[2].pattern_count = 0;
		FUZZ_CHECK(dc_mta_sts_seen_differs(&seen[2], policy));
	}
	qsort(seen, 3, sizeof *seen, dc_mta_sts_seen_compare);
	FUZZ_CHECK(dc_mta_sts_seen_find(seen, 3, DC_S("b.example"))->number == 3);
	FUZZ_CHECK(dc_mta_sts_seen_find(seen, 3, DC_S("a.example"))->number == 2);
	FUZZ_CHECK(!dc_mta_sts_seen_find(seen, 3, DC_S("c.example")));
}

static void check(struct dc_arena *arena, struct dc_slice input)
{
	check_record(dc_slice_cut(&input, '\n'));
	check_policy(arena, input);
	check_seen(arena, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size ? fuzz_in_arena(4 << 20, check, data, size) : 0;
}
