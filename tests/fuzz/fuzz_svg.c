/* Logos, packed or not. */
#include "base/arena.h"
#include "bimi/svg.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_arena *arena = dc_arena_new(8 << 20);
	struct dc_bimi_svg svg;

	if (!arena || DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return 0;
	}
	svg = dc_bimi_svg_read(arena, (struct dc_slice){(const char *)data, size});
	for (unsigned bit = 0; bit <= DC_BIMI_SVG_FAULTS; bit++)
		FUZZ_CHECK(dc_bimi_svg_fault_text(bit)[0]);
	FUZZ_CHECK(svg.faults < 1u << DC_BIMI_SVG_FAULTS && svg.element_count <= DC_BIMI_ELEMENT_MAX);
	FUZZ_CHECK(svg.title.len <= DC_BIMI_TITLE_MAX && svg.octets <= (svg.compressed ? (size_t)DC_BIMI_SVG_MAX : size));
	FUZZ_CHECK(!(svg.faults & DC_BIMI_SVG_XML) == !svg.xml_error);
	FUZZ_CHECK(svg.faults || (svg.title.len && svg.width > 0 && svg.height > 0));
	FUZZ_CHECK(!svg.square || svg.width == svg.height);
	dc_arena_free(arena);
	return 0;
}
