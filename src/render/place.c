/* Findings in files, and keys of them that are unique in a run. */
#include "render/place.h"

/* "dns/NAME". */
static struct dc_slice pseudo(struct dc_arena *arena, struct dc_slice name)
{
	char *out = dc_arena_alloc(arena, 4 + 3 * name.len);
	size_t n = 4;

	memcpy(out, "dns/", 4);
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		/* "." and ".." would be folders. */
		if (dc_is_alnum(name.ptr[i]) || c == '-' || c == '_' || (c == '.' && i > 0 && name.ptr[i - 1] != '.')) {
			out[n++] = (char)c;
		} else {
			dc_percent(out + n, (char)c);
			n += DC_PERCENT_LEN;
		}
	}
	return (struct dc_slice){out, n};
}

struct dc_place_found dc_report_place(struct dc_report *report, const struct dc_audit_result *result,
				      const struct dc_finding *finding)
{
	const struct dc_places *places = report->run->places;
	struct dc_slice path;
	uint32_t line;

	if (places && places->find(places, result->inputs->domain, finding, &path, &line))
		return (struct dc_place_found){path, line, true};
	return (struct dc_place_found){pseudo(report->scratch, finding->subject), 1, false};
}

static uint64_t hash(uint64_t h, struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.ptr[i]) * 0x100000001b3;
	return (h ^ 0xff) * 0x100000001b3;
}

struct dc_slice dc_report_key(struct dc_report *report, const struct dc_audit_result *result, size_t at)
{
	const struct dc_finding *finding = &result->findings[at];
	struct dc_slice fingerprint = dc_finding_fingerprint(report->scratch, finding);
	uint64_t h = hash(hash(0xcbf29ce484222325, result->inputs->domain), fingerprint);
	size_t before = 0;

	for (size_t i = 0; i < at; i++) {
		const struct dc_finding *other = &result->findings[i];

		if (other->id == finding->id && dc_slice_eq(other->subject, finding->subject))
			before += dc_slice_eq(dc_finding_fingerprint(report->scratch, other), fingerprint);
	}
	h = (h ^ before) * 0x100000001b3;
	return dc_arena_printf(report->scratch, "%016llx", (unsigned long long)h);
}
