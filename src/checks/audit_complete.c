/* Was everything asked that had to be asked? One finding a ceiling that was reached. */
#include "checks/check.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	for (int i = 0; i < DC_BUDGET_COUNT; i++)
		if (facts->budget_spent[i])
			dc_emit(emitter, DC_F_AUDIT_BUDGET_SPENT, (struct dc_where){0},
				DC_ARGS(dc_text("budget", dc_slice_of(dc_budget_name((enum dc_budget)i))),
					dc_int("limit", (int64_t)facts->budget_limit[i])));
}

const struct dc_check dc_check_audit_complete = {
	.id = "audit-complete",
	.title = "Everything that had to be asked was asked",
	.standard = "RFC 7208 section 4.6.4",
	.run = run,
};
