/* RFC 1952 by zlib: the only file that knows it. */
#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

#include "bimi/svg.h"

bool dc_bimi_is_gzip(struct dc_slice octets)
{
	return dc_slice_starts(octets, DC_S("\x1f\x8b"));
}

bool dc_bimi_gunzip(struct dc_arena *arena, struct dc_slice octets, struct dc_slice *ret_octets)
{
	enum { GZIP_ONLY = 16, TIMES = 1040 }; /* deflate makes at most 1032 octets of one */
	z_stream stream = {0};
	size_t room = octets.len < DC_BIMI_SVG_MAX / TIMES ? octets.len * TIMES : DC_BIMI_SVG_MAX;
	char *out = dc_arena_alloc(arena, room + 1); /* before zlib holds memory of its own */
	int result;

	if (octets.len > UINT32_MAX || inflateInit2(&stream, GZIP_ONLY + MAX_WBITS) != Z_OK)
		return false; /* not fuzzed: out of memory */
	stream.next_in = (z_const Bytef *)octets.ptr;
	stream.avail_in = (uInt)octets.len;
	stream.next_out = (Bytef *)out;
	stream.avail_out = (uInt)(room + 1);
	result = inflate(&stream, Z_FINISH);
	*ret_octets = (struct dc_slice){out, stream.total_out};
	(void)inflateEnd(&stream);
	return result == Z_STREAM_END && ret_octets->len <= room;
}
