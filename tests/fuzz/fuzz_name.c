/* Names: what people type, what records and macros hold, and the wire. */
#include "arena.h"
#include "dns/name.h"

static void judge(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_slice name, again, typed;
	struct dc_error err = {0};
	uint8_t wire[DC_NAME_WIRE_MAX];
	size_t used;
	if (dc_name_normalize(arena, text, &name)) {
		size_t len = dc_name_to_wire(name, wire);
		FUZZ_CHECK(name.len > 0 && name.len <= DC_NAME_TEXT_MAX && len > 0 && len <= DC_NAME_WIRE_MAX);
		FUZZ_CHECK(dc_name_normalize(arena, name, &again) && dc_slice_eq(name, again));
		FUZZ_CHECK(dc_name_from_wire(arena, wire, len, &again, &used) && used == len && dc_slice_eq(name, again));
		FUZZ_CHECK(dc_name_fits_wire(name) && dc_name_at_wire(name, wire, len) == len && !dc_name_at_wire(name, wire, len - 1));
		wire[(uint8_t)text.ptr[0] % len] ^= 1;
		FUZZ_CHECK(!dc_name_at_wire(name, wire, len));
		FUZZ_CHECK(dc_name_labels(name) <= 127);
		FUZZ_CHECK(dc_name_is_below(name, dc_name_parent(name)));
		FUZZ_CHECK(dc_slice_eq(dc_name_keep_right(name, dc_name_labels(name)), name));
		(void)dc_name_is_host(name, true);
		(void)dc_name_to_unicode(arena, name);
	}
	if (dc_name_from_input(arena, text, &typed, &err) == DC_OK) {
		FUZZ_CHECK(dc_name_normalize(arena, typed, &again) && dc_slice_eq(typed, again));
		FUZZ_CHECK(dc_name_labels(typed) >= 2);
	} else {
		FUZZ_CHECK(err.message[0] && !memchr(err.message, '\n', sizeof err.message));
	}
	if (dc_name_from_wire(arena, (const uint8_t *)text.ptr, text.len, &name, &used)) {
		FUZZ_CHECK(used <= text.len && used <= DC_NAME_WIRE_MAX);
		FUZZ_CHECK(dc_name_to_wire(name, wire) == used);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_in_arena(1 << 20, judge, data, size);
}
