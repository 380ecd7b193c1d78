/* What a manifest decides: profiles, waivers, severities and --fail-on of each of its levels, and of each domain. */
#include "api/decision.h"
#include "api/manifest.h"

/* The message begins with the place, which a fault has beside it. */
static void add_fault(struct dc_faults *faults, struct dc_place place, const struct dc_error *err)
{
	char mark[40];
	struct dc_slice text = dc_arena_printf(faults->arena, ":%u:%u: ", (unsigned)place.line, (unsigned)place.column);
	memcpy(mark, text.ptr, text.len + 1);
	const char *found = strstr(err->message, mark);
	dc_fault(faults, place, "%s", found ? found + text.len : err->message);
}

static struct dc_slice where(const struct dc_config_manifest *manifest, struct dc_place place)
{
	return dc_arena_printf(manifest->arena, "%.*s:%u:%u", DC_FMT(manifest->label), (unsigned)place.line, (unsigned)place.column);
}

/* False: a ceiling was reached. */
static bool decide(struct dc_config *config, struct dc_config_manifest *manifest, const struct dc_manifest_decision *decision,
		   struct dc_faults *faults, struct dc_policy *policy)
{
	struct dc_error err;
	if (decision->profiles_said) {
		policy->profiles = NULL;
		policy->profile_count = policy->profile_capacity = 0;
	}
	for (size_t i = 0; i < decision->profile_count; i++)
		if (dc_profile_add(config, policy, decision->profiles[i].text, where(manifest, decision->profiles[i].place), &err) != DC_OK)
			add_fault(faults, decision->profiles[i].place, &err);
	for (size_t i = 0; i < decision->rule_count; i++) {
		const struct dc_manifest_rule *rule = &decision->rules[i];
		if (dc_severity_rule_add(config, policy, rule->name, rule->severity, where(manifest, rule->place), &err) != DC_OK)
			add_fault(faults, rule->place, &err);
	}
	for (size_t i = 0; i < decision->waiver_count; i++) {
		const struct dc_manifest_waiver *waiver = &decision->waivers[i];
		struct dc_waiver_text text = {.slug = waiver->slug, .subject = waiver->subject, .expires = waiver->expires,
					      .reason = waiver->reason, .where = where(manifest, waiver->place), .own = decision->own};
		if (text.slug.len && text.reason.len && text.expires.len && dc_waiver_add(config, policy, &text, &err) != DC_OK) {
			add_fault(faults, waiver->place, &err);
			if (strstr(err.message, ": more than "))
				return false; /* the same for each that follows */
		}
	}
	if (decision->fail_on_said)
		policy->fail_on = decision->fail_on;
	return true;
}

void dc_config_manifest_decide(struct dc_config *config, struct dc_config_manifest *manifest, struct dc_faults *faults)
{
	const struct dc_manifest *parsed = manifest->parsed;
	manifest->policies = DC_NEW_ARRAY(manifest->arena, struct dc_policy, parsed->level_count + 1);
	for (size_t i = 0; i < parsed->level_count; i++) {
		const struct dc_manifest_decision *decision = parsed->levels[i];
		struct dc_policy *policy = &manifest->policies[i];
		*policy = (struct dc_policy){.fail_on = DC_SEVERITY_ERROR};
		if (decision->above)
			*policy = manifest->policies[decision->above->number];
		/* What is shared with the level above must not be written to: the next addition copies it. */
		policy->profile_capacity = policy->profile_count;
		policy->waiver_capacity = policy->waiver_count;
		policy->rule_capacity = policy->rule_count;
		if (!decide(config, manifest, decision, faults, policy))
			return;
	}
}

/* Lists of the command line come behind those of the manifest, so that its severities win. */
static void overlay(struct dc_arena *arena, struct dc_policy *policy, const struct dc_config *config)
{
	const struct dc_policy *given = &config->policy;
	if (dc_config_is_given(config, "fail-on"))
		policy->fail_on = given->fail_on;
	if (dc_config_is_given(config, "profile")) {
		policy->profiles = given->profiles;
		policy->profile_count = policy->profile_capacity = given->profile_count;
	}
	for (size_t i = 0; i < given->waiver_count; i++)
		DC_PUSH(arena, policy->waivers, policy->waiver_count, policy->waiver_capacity) = given->waivers[i];
	for (size_t i = 0; i < given->rule_count; i++)
		DC_PUSH(arena, policy->rules, policy->rule_count, policy->rule_capacity) = given->rules[i];
	policy->single = given->single;
}

enum dc_status dc_config_manifest_overlay(struct dc_config *config, struct dc_error *err)
{
	struct dc_config_manifest *manifest = config->manifest;
	if (!manifest || manifest->overlaid)
		return DC_OK;
	if (DC_ARENA_GUARD(manifest->arena))
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the manifest");
	for (size_t i = 0; i < manifest->parsed->level_count; i++) {
		struct dc_policy *policy = &manifest->policies[i];
		policy->waiver_capacity = policy->waiver_count;
		policy->rule_capacity = policy->rule_count;
		overlay(manifest->arena, policy, config);
	}
	manifest->overlaid = true;
	return DC_OK;
}

const struct dc_policy *dc_config_policy_of(const struct dc_config *config, struct dc_slice domain)
{
	const struct dc_config_manifest *manifest = config->manifest;
	const struct dc_manifest_domain *found = manifest ? dc_manifest_find(manifest->parsed, domain) : NULL;
	return found ? &manifest->policies[found->decision->number] : &config->policy;
}
