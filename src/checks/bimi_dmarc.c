/* Is DMARC strict enough for a logo? draft-brand-indicators-for-message-identification section 7.1: quarantine or reject for
 * the author domain and the organizational domain, nothing let off. */
#include "bimi/bimi.h"
#include "checks/check.h"
#include "dmarc/dmarc.h"

static bool is_strict(enum dc_dmarc_policy policy)
{
	return policy == DC_DMARC_POLICY_QUARANTINE || policy == DC_DMARC_POLICY_REJECT;
}

/* The record of the organizational domain, when it is not the one that applies to the domain. */
static const struct dc_dmarc_record *org_record(const struct dc_dmarc_facts *dmarc)
{
	for (size_t i = 0; i < dmarc->walk.count; i++) {
		const struct dc_dmarc_node *node = &dmarc->walk.nodes[i];

		if (node->record && dmarc->now.org_domain.len && dc_name_eq(node->domain, dmarc->now.org_domain) &&
		    node->record != dmarc->now.name.record)
			return node->record;
	}
	return NULL;
}

/* What stands in the way, in words; NULL: nothing. */
static const char *obstacle(const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_verdict *verdict = &dmarc->now.name;
	const struct dc_dmarc_record *record = verdict->record, *org = org_record(dmarc);

	if (!record || verdict->class == DC_DMARC_CLASS_NONE)
		return "there is no DMARC record";
	if (!is_strict(verdict->policy))
		return "its policy asks for nothing (p=none)";
	if (record->testing)
		return "it is in test mode (t=y)";
	if (record->pct < 100 && (record->pct == 0 || verdict->policy == DC_DMARC_POLICY_QUARANTINE))
		return "it applies to a part of the mail only (pct)";
	if (record->sp == DC_DMARC_POLICY_NONE)
		return "subdomains are let off (sp=none)";
	if (org && (!is_strict(org->p) || org->testing))
		return "the policy of the organizational domain asks for nothing";
	return NULL;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_facts *dmarc = facts->dmarc;
	const char *problem;

	if (facts->bimi->state == DC_BIMI_UNKNOWN && !dc_bimi_is_untried(facts->bimi)) {
		dc_inconclusive(emitter);
		return;
	}
	if (facts->bimi->state != DC_BIMI_VALID) {
		dc_not_applicable(emitter);
		return;
	}
	if (dmarc->now.name.class == DC_DMARC_CLASS_UNKNOWN || !dmarc->now.org_domain.len) {
		dc_inconclusive(emitter); /* told by dmarc-record */
		return;
	}
	problem = obstacle(dmarc);
	if (problem)
		dc_emit(emitter, DC_F_BIMI_DMARC, (struct dc_where){0},
			DC_ARGS(dc_text("problem", dc_slice_of(problem)), dc_text("domain", dmarc->now.org_domain)));
}

const struct dc_check dc_check_bimi_dmarc = {
	.id = "bimi-dmarc",
	.title = "DMARC is strict enough for a logo to be shown",
	.standard = "BIMI draft section 7.1",
	.run = run,
};
