/* The header of an answer, line by line as curl hands it over: RFC 9110 sections 8.3, 8.4 and 10.2.2. */
#include "source/https_parts.h"

static bool is_field(struct dc_slice line, const char *name, struct dc_slice *ret_value)
{
	struct dc_slice value = line, have = dc_slice_cut(&value, ':');
	if (!value.ptr || !dc_slice_eq_nocase(have, dc_slice_of(name)))
		return false;
	*ret_value = dc_slice_sub(dc_slice_trim(value), 0, DC_HTTPS_TEXT_MAX);
	return true;
}

bool https_header_line(struct dc_arena *arena, struct dc_slice line, struct https_header *header, struct dc_https_reply *reply)
{
	struct dc_slice *field = NULL, value;
	header->octets += line.len;
	if (header->octets > HTTPS_HEADER_MAX)
		return false;
	if (dc_slice_starts(line, DC_S("HTTP/")))
		*reply = (struct dc_https_reply){0}; /* after an interim answer */
	if (is_field(line, "content-type", &value))
		field = &reply->type;
	else if (is_field(line, "content-encoding", &value))
		field = &reply->encoding;
	else if (is_field(line, "location", &value))
		field = &reply->location;
	if (field && !field->len && value.len) {
		char *copy = dc_arena_try(arena, value.len);
		header->spent |= !copy;
		if (!copy)
			return false;
		memcpy(copy, value.ptr, value.len);
		*field = (struct dc_slice){copy, value.len};
	}
	return true;
}
