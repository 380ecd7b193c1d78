/* Can somebody forge the domain? The verdict is a fact (facts/spoof.h); here it becomes a finding. */
#include "checks/check.h"
#include "facts/identity.h"
#include "provider/provider.h"

/* The reasons but for shared senders, which are told one by one. */
static struct dc_slice describe(struct dc_arena *arena, const struct dc_spoof_facts *spoof)
{
	struct dc_slice all = {0};

	for (size_t i = 0; i < spoof->why_count; i++) {
		if (spoof->why[i].kind == DC_SPOOF_SHARED_SENDER)
			continue;
		if (all.len)
			all = dc_arena_concat(arena, all, DC_S("; "));
		all = dc_arena_concat(arena, all, dc_slice_of(dc_spoof_reason_text(spoof->why[i].kind)));
	}
	return all.len ? all : DC_S("SPF includes a provider whose other customers use the same addresses");
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spoof_facts *spoof = facts->identities->spoof;
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain);
	const struct dc_arg why = dc_text("why", describe(dc_emitter_arena(emitter), spoof));

	for (size_t i = 0; i < spoof->why_count; i++) {
		const struct dc_provider_row *row;

		if (spoof->why[i].kind != DC_SPOOF_SHARED_SENDER)
			continue;
		row = dc_provider_of(DC_PROVIDER_BY_SPF, spoof->why[i].subject);
		dc_emit(emitter, DC_F_SPOOF_SHARED_SENDER, (struct dc_where){.subject = spoof->why[i].subject},
			DC_ARGS(dc_text("name", spoof->why[i].subject), dc_text("provider", dc_slice_of(row ? row->name : NULL))));
	}
	switch (spoof->verdict) {
	case DC_SPOOF_YES:
		dc_emit(emitter, DC_F_SPOOF_POSSIBLE, (struct dc_where){0}, DC_ARGS(domain, why));
		break;
	case DC_SPOOF_PARTLY:
		dc_emit(emitter, DC_F_SPOOF_PARTLY, (struct dc_where){0}, DC_ARGS(domain, why));
		break;
	case DC_SPOOF_UNKNOWN:
		dc_inconclusive(emitter); /* what failed is told by the checks of SPF and DMARC */
		break;
	case DC_SPOOF_NO:
		break;
	}
}

const struct dc_check dc_check_spoofable = {
	.id = "spoofable",
	.title = "Receivers refuse mail that forges the domain",
	.standard = "RFC 9989 section 4.7",
	.run = run,
};
