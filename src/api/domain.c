/* A domain as it is typed, for the public header. */
#include "api/config.h"

/* Copied from a zone: mail never comes from such a name. */
static enum dc_status refuse_record_name(struct dc_slice name, struct dc_error *err)
{
	static const char *const kinds[] = {"_dmarc", "_domainkey", "_mta-sts", "_tls", "_bimi"};
	struct dc_slice rest = name;

	/* A selector before it may have several labels. */
	for (size_t labels = dc_name_labels(name); labels > 2; labels--) {
		struct dc_slice label = dc_name_first_label(rest);

		rest = dc_name_keep_right(name, labels - 1);
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (dc_slice_eq(label, dc_slice_of(kinds[i])))
				return dc_error_set(err, DC_ERR_INPUT, "\"%.*s\" is the name of a record: give the domain, %.*s",
						    DC_FMT(name), DC_FMT(rest));
	}
	return DC_OK;
}

enum dc_status dc_domain_parse(const char *typed, char ret_domain[DC_DOMAIN_TEXT_MAX], struct dc_error *err)
{
	struct dc_arena *arena = dc_arena_new(64u << 10);
	struct dc_slice name;
	if (!arena || DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for a name");
	}
	enum dc_status status = dc_name_from_input(arena, dc_slice_of(typed), &name, err);
	if (status == DC_OK)
		status = refuse_record_name(name, err);
	if (status == DC_OK) {
		memcpy(ret_domain, name.ptr, name.len);
		ret_domain[name.len] = 0;
	}
	dc_arena_free(arena);
	return status;
}
