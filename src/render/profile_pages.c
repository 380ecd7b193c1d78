/* `domaincheck profiles [NAME]`: which requirement sets there are; what one of them requires, how that is proven, and what
 * nobody can see in DNS. */
#include "render/json/value.h"
#include "render/text/layout.h"

#include "policy/profile.h"

enum { SCRATCH_MAX = 16 << 20 };

/* ---- text ---- */

static void list_all(const struct dc_text *text)
{
	static const char *const titles[] = {"profile", "read", "must", "should", "what it is"};
	const struct dc_profile *profile;
	struct dc_table table;

	dc_table_init(&table, text, 5, titles);
	table.rigid = 1u << 0 | 1u << 1;
	table.right = 1u << 2 | 1u << 3;
	for (size_t i = 0; (profile = dc_profile_at(i)); i++) {
		size_t musts = 0;

		for (size_t k = 0; k < profile->requirement_count; k++)
			musts += profile->requirements[k].must;
		dc_table_add(&table, DC_INK_BOLD, dc_slice_of(profile->id));
		dc_table_add(&table, DC_INK_DIM, dc_slice_of(profile->date));
		dc_table_add(&table, DC_INK_PLAIN, profile->each_check ? DC_S("all") : dc_text_format(text, "%zu", musts));
		dc_table_add(&table, DC_INK_PLAIN, profile->each_check ? DC_S("all")
								       : dc_text_format(text, "%zu", profile->requirement_count - musts));
		dc_table_add(&table, DC_INK_PLAIN, dc_slice_of(profile->title));
	}
	dc_table_print(&table, 0);
	dc_text_newline(text);
	dc_text_wrap(text, DC_INK_DIM, DC_S("\"domaincheck profiles NAME\" shows what one of them requires and where it says so."), 0, 0);
}

static struct dc_slice joined(const struct dc_text *text, const char *const *items, const char *between)
{
	struct dc_slice line = {0};

	for (size_t i = 0; items[i]; i++)
		line = dc_text_format(text, "%.*s%s%s", DC_FMT(line), i ? between : "", items[i]);
	return line;
}

static void show_proof(const struct dc_text *text, const struct dc_proof *proof, const char *label)
{
	struct dc_slice checks = joined(text, proof->checks, ", "), told = joined(text, proof->told_by, ", ");
	struct dc_slice present = joined(text, proof->present, ", "), breaks = {0};

	if (told.len)
		checks = dc_text_format(text, "%.*s%s%.*s", DC_FMT(checks), checks.len ? ", " : "", DC_FMT(told));
	if (present.len)
		checks = dc_text_format(text, "%.*s%spublished: %.*s", DC_FMT(checks), checks.len ? "; " : "", DC_FMT(present));
	dc_text_field(text, label, DC_INK_PLAIN, checks);
	for (size_t i = 0; i < proof->break_count; i++)
		breaks = dc_text_format(text, "%.*s%s%s", DC_FMT(breaks), i ? ", " : "", dc_catalogue_row(proof->breaks[i])->slug);
	if (breaks.len && text->style->verbose)
		dc_text_field(text, "broken by", DC_INK_DIM, breaks);
}

static void show_one(const struct dc_text *text, const struct dc_profile *profile)
{
	dc_text_puts(text, DC_INK_BOLD, profile->id);
	dc_text_newline(text);
	dc_text_field(text, "is", DC_INK_PLAIN, dc_slice_of(profile->title));
	dc_text_field(text, "concerns", DC_INK_PLAIN, dc_slice_of(profile->about));
	dc_text_field(text, "version", DC_INK_PLAIN, dc_text_format(text, "%s, sources read %s", profile->version, profile->date));
	dc_text_field(text, "sources", DC_INK_PLAIN, joined(text, profile->sources, ", "));
	if (profile->each_check)
		dc_text_field(text, "requires", DC_INK_PLAIN, DC_S("that no check fails: see domaincheck checks"));
	for (size_t i = 0; i < profile->requirement_count; i++) {
		const struct dc_requirement *requirement = &profile->requirements[i];

		dc_text_newline(text);
		dc_text_put(text, requirement->must ? DC_INK_RED : DC_INK_YELLOW, requirement->must ? DC_S("must    ") : DC_S("should  "));
		dc_text_puts(text, DC_INK_BOLD, requirement->id);
		dc_text_newline(text);
		dc_text_field(text, "requires", DC_INK_PLAIN, dc_slice_of(requirement->text));
		for (size_t k = 0; k < requirement->proof_count; k++)
			show_proof(text, &requirement->proofs[k], k ? "or by" : "proven by");
		dc_text_field(text, "source", DC_INK_DIM, dc_slice_of(requirement->source));
	}
	for (size_t i = 0; profile->not_checkable[i]; i++) {
		if (i == 0) {
			dc_text_newline(text);
			dc_text_puts(text, DC_INK_BOLD, "cannot be seen");
			dc_text_newline(text);
		}
		dc_text_spaces(text, DC_TEXT_INDENT);
		dc_text_put(text, DC_INK_DIM, dc_text_pick(text, "• ", "* "));
		dc_text_wrap(text, DC_INK_PLAIN, dc_slice_of(profile->not_checkable[i]), DC_TEXT_INDENT + 2, DC_TEXT_INDENT + 2);
	}
}

void dc_profiles_text(struct dc_buf *out, const struct dc_profile *profile, const struct dc_style *style)
{
	struct dc_style own = style ? *style : (struct dc_style){0};
	struct dc_text text = {.out = out, .scratch = dc_arena_new(SCRATCH_MAX), .style = &own};

	if (own.width == 0)
		own.width = 80;
	if (!text.scratch || DC_ARENA_GUARD(text.scratch))
		out->status = DC_ERR_NOMEM;
	else if (profile)
		show_one(&text, profile);
	else
		list_all(&text);
	dc_arena_free(text.scratch);
}

/* ---- JSON ---- */

static json_t *proof_object(struct dc_json *json, const struct dc_proof *proof)
{
	json_t *object = json_object(), *checks = dc_json_words(json, proof->checks), *breaks = json_array();

	for (size_t i = 0; proof->told_by[i]; i++)
		dc_json_add(json, checks, json_string(proof->told_by[i]));
	for (size_t i = 0; i < proof->break_count; i++)
		dc_json_add(json, breaks, json_string(dc_catalogue_row(proof->breaks[i])->slug));
	dc_json_set(json, object, "checks", checks);
	dc_json_set(json, object, "breaks", breaks);
	dc_json_set(json, object, "present", dc_json_words(json, proof->present));
	return object;
}

static json_t *profile_object(struct dc_json *json, const struct dc_profile *profile)
{
	json_t *object = json_object(), *requirements = json_array();

	for (size_t i = 0; i < profile->requirement_count; i++) {
		const struct dc_requirement *requirement = &profile->requirements[i];
		json_t *entry = json_object(), *proofs = json_array();

		for (size_t k = 0; k < requirement->proof_count; k++)
			dc_json_add(json, proofs, proof_object(json, &requirement->proofs[k]));
		dc_json_set(json, entry, "id", json_string(requirement->id));
		dc_json_set(json, entry, "text", json_string(requirement->text));
		dc_json_set(json, entry, "source", json_string(requirement->source));
		dc_json_set(json, entry, "grade", json_string(requirement->must ? "must" : "should"));
		dc_json_set(json, entry, "any_of", proofs);
		dc_json_add(json, requirements, entry);
	}
	dc_json_set(json, object, "id", json_string(profile->id));
	dc_json_set(json, object, "title", json_string(profile->title));
	dc_json_set(json, object, "version", json_string(profile->version));
	dc_json_set(json, object, "date", json_string(profile->date));
	dc_json_set(json, object, "about", json_string(profile->about));
	dc_json_set(json, object, "sources", dc_json_words(json, profile->sources));
	dc_json_set(json, object, "every_check", json_boolean(profile->each_check));
	dc_json_set(json, object, "parked", json_boolean(profile->parked));
	dc_json_set(json, object, "requirements", requirements);
	dc_json_set(json, object, "not_checkable", dc_json_words(json, profile->not_checkable));
	return object;
}

void dc_profiles_json(struct dc_buf *out, const struct dc_profile *profile)
{
	struct dc_json json;
	json_t *page;

	dc_json_init(&json);
	page = profile ? profile_object(&json, profile) : json_array();
	for (size_t i = 0; !profile && dc_profile_at(i); i++)
		dc_json_add(&json, page, profile_object(&json, dc_profile_at(i)));
	dc_json_write(&json, out, page, false, 0);
	dc_buf_putc(out, '\n');
	json_decref(page);
	if (json.failed)
		out->status = DC_ERR_NOMEM;
	dc_json_clear(&json);
}
