/* Do receivers on RFC 7489 and the public suffix list conclude the same? RFC 9989 appendix C. */
#include "checks/check.h"
#include "dmarc/dmarc.h"

static struct dc_slice shown(const struct dc_dmarc_verdict *verdict)
{
	const char *name = dc_dmarc_policy_name(verdict->policy);

	return name ? dc_slice_of(name) : DC_S("no DMARC");
}

/* The same organization has the same record, so a difference below the domain is all that is left. */
static struct dc_slice describe(struct dc_arena *arena, const struct dc_dmarc_facts *dmarc)
{
	const struct dc_dmarc_view *now = &dmarc->now, *old = &dmarc->legacy;
	struct dc_slice a, b;

	if (dmarc->differences & DC_DMARC_DIFF_POLICY) {
		a = shown(&old->name), b = shown(&now->name);
		return dc_arena_printf(arena, "policy %.*s instead of %.*s", DC_FMT(a), DC_FMT(b));
	}
	if (dmarc->differences & DC_DMARC_DIFF_ORG)
		return dc_arena_printf(arena, "the organization is %.*s instead of %.*s", DC_FMT(old->org_domain), DC_FMT(now->org_domain));
	a = shown(&old->existing), b = shown(&now->existing);
	return dc_arena_printf(arena, "policy %.*s for subdomains instead of %.*s", DC_FMT(a), DC_FMT(b));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_facts *dmarc = facts->dmarc;

	if (dmarc->differences) {
		dc_emit(emitter, DC_F_DMARC_VIEWS_DIFFER, (struct dc_where){0},
			DC_ARGS(dc_text("domain", dmarc->domain), dc_text("difference", describe(dc_emitter_arena(emitter), dmarc)),
				dc_text("top", dmarc->legacy.org_domain)));
		return;
	}
	if (dmarc->now.name.class == DC_DMARC_CLASS_UNKNOWN || dmarc->walk.org_blocked)
		dc_inconclusive(emitter);
	else if (dmarc->now.name.class == DC_DMARC_CLASS_NONE)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dmarc_psl = {
	.id = "dmarc-psl",
	.title = "Receivers on the older DMARC standard conclude the same",
	.standard = "RFC 9989 appendix C",
	.run = run,
};
