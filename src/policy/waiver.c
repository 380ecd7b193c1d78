/* Severities and waivers over the findings of one domain. A waiver never covers what could not be determined (not knowing
 * is nothing that can be accepted unseen), nor what is said about waivers. */
#include "policy/decide.h"

#include "policy/glob.h"

extern const struct dc_check dc_check_policy_waivers;

void dc_policy_set_severities(const struct dc_policy *policy, struct dc_finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct dc_finding *finding = &list->items[i];
		const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

		for (size_t k = 0; k < policy->rule_count; k++) {
			const struct dc_severity_rule *rule = &policy->rules[k];
			bool matches = rule->check ? strcmp(rule->check->id, row->check) == 0
						   : dc_glob_matches(rule->pattern, dc_slice_of(row->slug));

			if (matches && !(row->inconclusive && rule->severity == DC_SEVERITY_OFF))
				finding->severity = rule->severity;
		}
	}
}

static bool covers(const struct dc_waiver *waiver, const struct dc_finding *finding)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);
	bool named = false;

	for (size_t i = 0; i < waiver->id_count && !named; i++)
		named = waiver->ids[i] == finding->id;
	return named && !row->inconclusive && strcmp(row->check, dc_check_policy_waivers.id) != 0 &&
	       dc_glob_matches(waiver->subject, finding->subject);
}

static void tell(struct dc_emitter *emitter, enum dc_finding_id id, const struct dc_waiver *waiver)
{
	dc_emit(emitter, id, (struct dc_where){0},
		DC_ARGS(dc_text("slug", waiver->slug), dc_text("subject", waiver->subject), dc_text("expires", waiver->expires),
			dc_text("reason", waiver->reason), dc_text("given_at", waiver->where)));
}

/* Findings that were not looked for to the end: their check was not decided. */
static void mark_undecided(bool undecided[DC_F_COUNT], const char *check)
{
	for (size_t f = 0; f < DC_F_COUNT; f++)
		undecided[f] |= strcmp(dc_catalogue_row((enum dc_finding_id)f)->check, check) == 0;
}

static bool may_match(const struct dc_waiver *waiver, const bool undecided[DC_F_COUNT])
{
	for (size_t i = 0; i < waiver->id_count; i++)
		if (undecided[waiver->ids[i]])
			return true;
	return false;
}

/* Accepts the first `count` findings that the waiver covers. */
static bool accept(const struct dc_waiver *waiver, bool expired, struct dc_finding_list *list, size_t count)
{
	bool matched = false;

	for (size_t i = 0; i < count; i++) {
		struct dc_finding *finding = &list->items[i];

		if (!covers(waiver, finding))
			continue;
		matched = true;
		if (expired || finding->waived_until.len)
			continue;
		finding->waived = waiver->reason;
		finding->waived_until = waiver->expires;
	}
	return matched;
}

const enum dc_tri *dc_policy_waive(struct dc_arena *arena, const struct dc_policy *policy, const struct dc_inputs *inputs,
				   const struct dc_check_run *runs, size_t run_count, struct dc_finding_list *list)
{
	enum dc_tri *matched = DC_NEW_ARRAY(arena, enum dc_tri, policy->waiver_count + 1);
	size_t count = list->count; /* of what may be waived */
	bool undecided[DC_F_COUNT] = {false};
	struct dc_emitter emitter;

	for (size_t i = 0; i < run_count && policy->waiver_count; i++)
		if (runs[i].skipped)
			mark_undecided(undecided, runs[i].check->id);
	for (size_t i = 0; i < count && policy->waiver_count; i++)
		if (dc_catalogue_row(list->items[i].id)->inconclusive)
			mark_undecided(undecided, dc_catalogue_row(list->items[i].id)->check);
	dc_emitter_init(&emitter, arena, dc_check_policy_waivers.id, inputs->domain, list);
	for (size_t k = 0; k < policy->waiver_count; k++) {
		const struct dc_waiver *waiver = policy->waivers[k];
		bool expired = waiver->ends_s <= inputs->now_s, here = waiver->own || policy->single;

		matched[k] = DC_TRI_NO;
		if (waiver->domain.len && !dc_glob_matches(waiver->domain, inputs->domain))
			continue;
		matched[k] = accept(waiver, expired, list, count) ? DC_TRI_YES
			     : may_match(waiver, undecided)	  ? DC_TRI_UNKNOWN
								  : DC_TRI_NO;
		/* What matches nothing here may match in another domain: see dc_run_idle_waiver. */
		if (expired && (matched[k] == DC_TRI_YES || here))
			tell(&emitter, DC_F_POLICY_WAIVER_EXPIRED, waiver);
		else if (matched[k] == DC_TRI_NO && here)
			tell(&emitter, DC_F_POLICY_WAIVER_UNUSED, waiver);
	}
	return matched;
}
