/* JSON form of `domaincheck explain` and `domaincheck checks`. */
#include "render/json/value.h"

static json_t *row_object(struct dc_json *json, const struct dc_catalogue_row *row)
{
	json_t *object = json_object();

	dc_json_set(json, object, "id", json_string(row->slug));
	dc_json_set(json, object, "check", json_string(row->check));
	dc_json_set(json, object, "severity", json_string(dc_severity_name(row->severity)));
	dc_json_set(json, object, "inconclusive", json_boolean(row->inconclusive));
	dc_json_set(json, object, "message", json_string(row->message));
	dc_json_set(json, object, "why", json_string(row->why));
	dc_json_set(json, object, "fix", json_string(row->fix));
	dc_json_set(json, object, "references", dc_json_words(json, row->references));
	dc_json_set(json, object, "args", dc_json_words(json, row->args));
	return object;
}

/* Takes over `value`. */
static void write_page(struct dc_json *json, struct dc_buf *out, json_t *value)
{
	dc_json_write(json, out, value, false, 0);
	dc_buf_putc(out, '\n');
	json_decref(value);
	if (json->failed)
		out->status = DC_ERR_NOMEM;
	dc_json_clear(json);
}

bool dc_explain_json(struct dc_buf *out, struct dc_slice name)
{
	enum dc_finding_id id;
	struct dc_json json;
	json_t *all;

	dc_json_init(&json);
	if (name.len > 0 && dc_catalogue_find(name, &id)) {
		write_page(&json, out, row_object(&json, dc_catalogue_row(id)));
		return true;
	}
	all = json_array();
	for (size_t i = 0; i < DC_F_COUNT; i++) {
		if (dc_explain_has(name, i))
			dc_json_add(&json, all, row_object(&json, dc_catalogue_row((enum dc_finding_id)i)));
	}
	if (json_array_size(all) == 0) {
		json_decref(all);
		dc_json_clear(&json);
		return false;
	}
	write_page(&json, out, all);
	return true;
}

void dc_checks_json(struct dc_buf *out)
{
	const struct dc_check *check;
	struct dc_json json;
	json_t *all = json_array();

	dc_json_init(&json);
	for (size_t i = 0; (check = dc_check_at(i)); i++) {
		json_t *object = json_object(), *findings = json_array();

		for (size_t j = 0; j < DC_F_COUNT; j++) {
			const struct dc_catalogue_row *row = dc_catalogue_row((enum dc_finding_id)j);

			if (strcmp(row->check, check->id) == 0)
				dc_json_add(&json, findings, json_string(row->slug));
		}
		dc_json_set(&json, object, "id", json_string(check->id));
		dc_json_set(&json, object, "title", json_string(check->title));
		dc_json_set(&json, object, "standard", json_string(check->standard));
		dc_json_set(&json, object, "findings", findings);
		dc_json_add(&json, all, object);
	}
	write_page(&json, out, all);
}
