/* Mark certificates: a PEM file, or the octets of a leaf (when they begin as DER does), which go into one. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "bimi/mark.h"
#include "bimi/svg.h"
#include "der.h"
#include "fuzz.h"

static void put_pem(struct dc_buf *out, const uint8_t *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	dc_buf_puts(out, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < size; i += 3) {
		uint32_t bits = (uint32_t)data[i] << 16;

		bits |= i + 1 < size ? (uint32_t)data[i + 1] << 8 : 0;
		bits |= i + 2 < size ? data[i + 2] : 0u;

		dc_buf_putc(out, digits[bits >> 18]);
		dc_buf_putc(out, digits[bits >> 12 & 63]);
		dc_buf_putc(out, i + 1 < size ? digits[bits >> 6 & 63] : '=');
		dc_buf_putc(out, i + 2 < size ? digits[bits & 63] : '=');
		if (i % 48 == 45)
			dc_buf_putc(out, '\n');
	}
	dc_buf_puts(out, "\n-----END CERTIFICATE-----\n");
}

static void check(struct dc_arena *arena, struct dc_slice pem)
{
	struct dc_bimi_mark mark = dc_bimi_mark_read(arena, pem);

	FUZZ_CHECK(mark.chain <= DC_BIMI_MARK_CHAIN_MAX && mark.name_count <= DC_BIMI_MARK_NAME_MAX);
	FUZZ_CHECK(!mark.problem == (mark.chain > 0));
	FUZZ_CHECK(mark.svg.len <= DC_BIMI_SVG_MAX && (mark.logo == DC_BIMI_MARK_LOGO_SVG || !mark.svg.len));
	for (size_t i = 0; i < mark.name_count; i++)
		FUZZ_CHECK(mark.names[i].len > 0 && mark.names[i].len <= 255);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_arena *arena = dc_arena_new(16 << 20);
	struct dc_buf pem;

	dc_buf_init(&pem, 4 << 20);
	if (!arena || DC_ARENA_GUARD(arena)) {
		dc_buf_free(&pem);
		dc_arena_free(arena);
		return 0;
	}
	if (size && data[0] == 0x30)
		put_pem(&pem, data, size);
	else
		dc_buf_put(&pem, data, size);
	if (pem.status == DC_OK)
		check(arena, dc_buf_slice(&pem));
	dc_buf_free(&pem);
	dc_arena_free(arena);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	if (size && data[0] == 0x30)
		return der_mutate(data, size, max_size, seed);
	return LLVMFuzzerMutate ? LLVMFuzzerMutate(data, size, max_size) : size;
}
