/* Do the waivers still hold? The policy knows, which comes after the checks: it emits the findings of this one. */
#include "checks/check.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	(void)facts;
	dc_not_applicable(emitter);
}

const struct dc_check dc_check_policy_waivers = {
	.id = "policy-waivers",
	.title = "Waivers are in date and cover something",
	.standard = "docs/gate.md",
	.run = run,
};
