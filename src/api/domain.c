/* A domain as it is typed, for the public header. */
#include "api/config.h"

enum dc_status dc_domain_parse(const char *typed, char ret_domain[DC_DOMAIN_TEXT_MAX], struct dc_error *err)
{
	struct dc_arena *arena = dc_arena_new(64u << 10);
	struct dc_slice name;
	if (!arena || DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for a name");
	}
	enum dc_status status = dc_name_from_input(arena, dc_slice_of(typed), &name, err);
	if (status == DC_OK) {
		memcpy(ret_domain, name.ptr, name.len);
		ret_domain[name.len] = 0;
	}
	dc_arena_free(arena);
	return status;
}
