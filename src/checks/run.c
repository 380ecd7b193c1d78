/* The registry as a table, and the loop over it. */
#include "checks/run.h"

#include "checks/registry.h"

#define DECLARE(symbol) extern const struct dc_check symbol;
DC_CHECKS(DECLARE)

static const struct dc_check *const checks[] = {
#define ROW(symbol) &(symbol),
	DC_CHECKS(ROW)
};

const struct dc_check *dc_check_at(size_t i)
{
	return i < sizeof checks / sizeof *checks ? checks[i] : NULL;
}

size_t dc_checks_run(struct dc_arena *arena, const struct dc_facts *facts, struct dc_check_run **ret_runs,
		     struct dc_finding_list *list)
{
	size_t count = sizeof checks / sizeof *checks;
	struct dc_check_run *runs = DC_NEW_ARRAY(arena, struct dc_check_run, count);
	for (size_t i = 0; i < count; i++) {
		struct dc_emitter emitter;
		runs[i].check = checks[i];
		runs[i].skipped = !facts->mx && checks[i] != &dc_check_audit_complete;
		if (runs[i].skipped)
			continue;
		size_t before = list->count;
		dc_emitter_init(&emitter, arena, checks[i]->id, facts->inputs->domain, list);
		checks[i]->run(facts, &emitter);
		runs[i].silent = list->count == before;
		runs[i].not_applicable = emitter.not_applicable;
		runs[i].skipped = emitter.inconclusive;
	}
	*ret_runs = runs;
	return count;
}
