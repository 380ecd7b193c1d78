/* Reverse names that look generic: any name against any address; the part that says so lies in the name. */
#include "base/arena.h"
#include "fuzz.h"
#include "ptr/ptr.h"

/* 17 octets of address (the first: 4 or 6 by its lowest bit), then the name in any spelling. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_arena *arena = dc_arena_new(1 << 20);
	struct dc_slice name, part = {0};
	struct dc_ip ip;
	const char *why;

	if (arena && size > 17 && !DC_ARENA_GUARD(arena)) {
		ip = data[0] & 2 ? ip : data[0] & 1 ? dc_ip_v6(data + 1) : dc_ip_v4(data + 1);
		if (dc_name_normalize(arena, (struct dc_slice){(const char *)data + 17, size - 17}, &name)) {
			why = dc_ptr_generic(name, ip, &part);
			FUZZ_CHECK(!why || (part.len && part.ptr >= name.ptr && part.ptr + part.len <= name.ptr + name.len));
			FUZZ_CHECK(why || !part.len);
			FUZZ_CHECK(why == dc_ptr_generic(name, ip, NULL));
		}
	}
	dc_arena_free(arena);
	return 0;
}
