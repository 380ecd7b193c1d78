/* What do names below the domain get, existing ones and others? RFC 9989 sections 4.7 (sp, np) and 4.10. */
#include "checks/check.h"
#include "dmarc/dmarc.h"

static struct dc_slice policy_text(enum dc_dmarc_policy policy)
{
	const char *name = dc_dmarc_policy_name(policy);

	return name ? dc_slice_of(name) : DC_S("none");
}

/* sp and np in the domain's own record count only when it is the one that names below are led to. */
static void judge_unused(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_node *own = dmarc->walk.nodes;
	const struct dc_dmarc_verdict *below = &dmarc->now.existing;

	if (own->state != DC_DMARC_NODE_RECORD || !below->record || below->record == own->record)
		return;
	for (size_t i = 0; i < own->record->tag_count; i++) {
		const struct dc_dmarc_tag *tag = &own->record->tags[i];

		if (tag->fault != DC_DMARC_FAULT_NONE || (tag->id != DC_DMARC_TAG_SP && tag->id != DC_DMARC_TAG_NP))
			continue;
		dc_emit(emitter, DC_F_DMARC_SP_UNUSED,
			(struct dc_where){.subject = own->name, .span = &tag->span, .answer = own->answer},
			DC_ARGS(dc_text("tag", tag->term), dc_text("name", own->name), dc_text("location", below->location),
				dc_text("domain", dmarc->domain)));
	}
}

/* The policy of a registry above the organization is nothing that its owner can mend there: dmarc-psl tells what helps. */
static bool is_foreign(const struct dc_dmarc_facts *dmarc, struct dc_slice location)
{
	struct dc_slice org = dmarc->legacy.org_domain;

	return location.len && !dc_name_eq(location, org) && dc_name_is_below(org, location);
}

static void judge_weaker(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_verdict *name = &dmarc->now.name, *existing = &dmarc->now.existing, *missing = &dmarc->now.missing;
	const struct dc_arg domain = dc_text("domain", dmarc->domain);
	const struct dc_arg policy = dc_text("policy", policy_text(name->policy));

	if (existing->policy && existing->policy < name->policy && !is_foreign(dmarc, existing->location))
		dc_emit(emitter, DC_F_DMARC_SUBDOMAINS_WEAKER, (struct dc_where){0},
			DC_ARGS(domain, policy, dc_text("below", policy_text(existing->policy)),
				dc_text("location", existing->location.len ? existing->location : dmarc->domain)));
	/* np falls back to sp: the gap is told once. */
	if (missing->policy && missing->policy < name->policy && missing->policy < existing->policy &&
	    !is_foreign(dmarc, missing->location))
		dc_emit(emitter, DC_F_DMARC_NP_WEAKER, (struct dc_where){0},
			DC_ARGS(domain, policy, dc_text("below", policy_text(missing->policy)),
				dc_text("location", missing->location.len ? missing->location : dmarc->domain)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_facts *dmarc = facts->dmarc;
	const struct dc_dmarc_node *blocked = dmarc->walk.org_blocked;

	if (dmarc->now.name.class == DC_DMARC_CLASS_UNKNOWN) {
		dc_inconclusive(emitter); /* the failed step is told by dmarc-record */
		return;
	}
	if (blocked) {
		dc_emit_unanswered(emitter, DC_F_DMARC_ORG_UNANSWERED,
				   (struct dc_where){.subject = blocked->name, .answer = blocked->answer},
				   DC_ARGS(dc_text("domain", dmarc->domain)));
		return;
	}
	if (dmarc->now.name.class != DC_DMARC_CLASS_VALID) {
		dc_not_applicable(emitter);
		return;
	}
	judge_unused(emitter, dmarc);
	judge_weaker(emitter, dmarc);
}

const struct dc_check dc_check_dmarc_subdomains = {
	.id = "dmarc-subdomains",
	.title = "Names below the domain are protected like the domain",
	.standard = "RFC 9989 section 4.10.1",
	.run = run,
};
