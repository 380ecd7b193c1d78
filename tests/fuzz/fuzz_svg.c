/* Logos, packed or not. */
#include "arena.h"
#include "bimi/svg.h"

static void check(struct dc_arena *arena, struct dc_slice input)
{
	struct dc_bimi_svg svg = dc_bimi_svg_read(arena, input);

	for (unsigned bit = 0; bit <= DC_BIMI_SVG_FAULTS; bit++)
		FUZZ_CHECK(dc_bimi_svg_fault_text(bit)[0]);
	FUZZ_CHECK(svg.faults < 1u << DC_BIMI_SVG_FAULTS && svg.element_count <= DC_BIMI_ELEMENT_MAX);
	FUZZ_CHECK(svg.title.len <= DC_BIMI_TITLE_MAX && svg.octets <= (svg.compressed ? (size_t)DC_BIMI_SVG_MAX : input.len));
	FUZZ_CHECK(!(svg.faults & DC_BIMI_SVG_XML) == !svg.xml_error);
	FUZZ_CHECK(svg.faults || (svg.title.len && svg.width > 0 && svg.height > 0));
	FUZZ_CHECK(!svg.square || svg.width == svg.height);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_in_arena(8 << 20, check, data, size);
}
