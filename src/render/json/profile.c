/* What was decided, as JSON: profiles with their requirements, and waivers. */
#include "policy/waiver.h"
#include "render/json/node.h"

/* "must" or "should"; NULL where the checks are the requirements, and what they found has the severity. */
static const char *grade_of(const struct dc_profile_result *profile, const struct dc_requirement_result *requirement)
{
	return !profile->profile || profile->profile->each_check ? NULL : requirement->must ? "must" : "should";
}

static struct dc_node *requirement_object(struct dc_json *json, const struct dc_profile_result *profile,
					  const struct dc_requirement_result *requirement)
{
	struct dc_node *object = dc_node_object(json), *findings = dc_node_array(json);

	for (size_t j = 0; j < requirement->finding_count; j++)
		dc_node_add(json, findings, dc_node_word(json, dc_catalogue_row(requirement->findings[j]->id)->slug));
	dc_node_set(json, object, "id", dc_node_word(json, requirement->id));
	dc_node_set(json, object, "verdict", dc_node_word(json, dc_verdict_name(requirement->verdict)));
	if (grade_of(profile, requirement)) {
		dc_node_set(json, object, "grade", dc_node_word(json, grade_of(profile, requirement)));
		dc_node_set(json, object, "title", dc_node_word(json, requirement->text));
	}
	dc_node_set(json, object, "findings", findings);
	if (requirement->waived_count > 0) {
		struct dc_node *waived = dc_node_array(json);

		for (size_t j = 0; j < requirement->waived_count; j++)
			dc_node_add(json, waived, dc_node_word(json, dc_catalogue_row(requirement->waived[j]->id)->slug));
		dc_node_set(json, object, "waived", waived);
	}
	return object;
}

struct dc_node *dc_node_profile(struct dc_json *json, const struct dc_profile_result *profile, enum dc_node_extent extent)
{
	struct dc_node *object = dc_node_object(json), *requirements, *not_checkable;

	dc_node_set(json, object, "id", dc_node_word(json, profile->id));
	dc_node_set(json, object, "verdict", dc_node_word(json, dc_verdict_name(profile->verdict)));
	if (extent == DC_NODE_VERDICTS)
		return object;
	requirements = dc_node_array(json);
	not_checkable = dc_node_array(json);
	for (size_t i = 0; i < profile->requirement_count; i++)
		dc_node_add(json, requirements, requirement_object(json, profile, &profile->requirements[i]));
	for (size_t i = 0; profile->not_checkable && profile->not_checkable[i]; i++)
		dc_node_add(json, not_checkable, dc_node_word(json, profile->not_checkable[i]));
	if (profile->profile && !profile->profile->each_check) {
		dc_node_set(json, object, "title", dc_node_word(json, profile->profile->title));
		dc_node_set(json, object, "version", dc_node_word(json, profile->profile->version));
		dc_node_set(json, object, "date", dc_node_word(json, profile->profile->date));
	}
	dc_node_set(json, object, "requirements", requirements);
	dc_node_set(json, object, "not_checkable", not_checkable);
	return object;
}

/* ---- the same on one line, as it is written ---- */

static inline void put_member(struct dc_json *json, struct dc_buf *out, const char *lead, const char *word)
{
	dc_buf_puts(out, lead);
	dc_json_put_word(json, out, word);
}

void dc_json_put_profile(struct dc_json *json, struct dc_buf *out, const struct dc_profile_result *profile)
{
	if (profile->profile && !profile->profile->each_check) {
		put_member(json, out, ",\"title\":", profile->profile->title);
		put_member(json, out, ",\"version\":", profile->profile->version);
		put_member(json, out, ",\"date\":", profile->profile->date);
	}
	dc_buf_puts(out, ",\"requirements\":[");
	for (size_t i = 0; i < profile->requirement_count; i++) {
		const struct dc_requirement_result *requirement = &profile->requirements[i];

		put_member(json, out, i ? ",{\"id\":" : "{\"id\":", requirement->id);
		put_member(json, out, ",\"verdict\":", dc_verdict_name(requirement->verdict));
		if (grade_of(profile, requirement)) {
			put_member(json, out, ",\"grade\":", grade_of(profile, requirement));
			put_member(json, out, ",\"title\":", requirement->text);
		}
		dc_buf_puts(out, ",\"findings\":[");
		for (size_t j = 0; j < requirement->finding_count; j++)
			put_member(json, out, j ? "," : "", dc_catalogue_row(requirement->findings[j]->id)->slug);
		for (size_t j = 0; j < requirement->waived_count; j++)
			put_member(json, out, j ? "," : "],\"waived\":[",
					 dc_catalogue_row(requirement->waived[j]->id)->slug);
		dc_buf_puts(out, "]}");
	}
	dc_buf_puts(out, "],\"not_checkable\":[");
	for (size_t i = 0; profile->not_checkable && profile->not_checkable[i]; i++)
		put_member(json, out, i ? "," : "", profile->not_checkable[i]);
	dc_buf_puts(out, "]}");
}

/* Every waiver that was given, and whether it was of use: what matches nothing belongs to no domain. */
json_t *dc_json_waivers(struct dc_json *json, const struct dc_run_info *run)
{
	static const char *const states[] = {[DC_TRI_NO] = "unused", [DC_TRI_UNKNOWN] = "unknown", [DC_TRI_YES] = "used"};
	json_t *array = json_array();

	for (size_t i = 0; i < run->waiver_count; i++) {
		const struct dc_waiver *waiver = run->waivers[i];
		json_t *entry = json_object();

		dc_json_set(json, entry, "slug", dc_json_text(json, waiver->slug));
		dc_json_set(json, entry, "subject", dc_json_text(json, waiver->subject));
		if (waiver->domain.len > 0)
			dc_json_set(json, entry, "domain", dc_json_text(json, waiver->domain));
		dc_json_set(json, entry, "expires", dc_json_text(json, waiver->expires));
		dc_json_set(json, entry, "reason", dc_json_text(json, waiver->reason));
		dc_json_set(json, entry, "given_at", dc_json_text(json, waiver->where));
		dc_json_set(json, entry, "state",
			    json_string(waiver->ends_s <= run->started_s ? "expired" : states[run->waivers_matched[i]]));
		dc_json_add(json, array, entry);
	}
	return array;
}
