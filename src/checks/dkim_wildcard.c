/* A wildcard below _domainkey. One that revokes every selector is good practice for domains that do not sign. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_searched *searched = &facts->dkim->searched;
	struct dc_where where = {.answer = searched->probe};

	if (!searched->probe)
		dc_not_applicable(emitter);
	else if (searched->wildcard == DC_DKIM_KNOWN_NOT)
		dc_emit_unanswered(emitter, DC_F_DKIM_WILDCARD_UNKNOWN, where, NULL);
	else if (searched->wildcard == DC_DKIM_KNOWN_YES && !searched->wildcard_record)
		dc_emit(emitter, DC_F_DKIM_WILDCARD_OTHER, where, NULL);
	else if (searched->wildcard == DC_DKIM_KNOWN_YES && !searched->wildcard_record->revoked)
		dc_emit(emitter, DC_F_DKIM_WILDCARD_KEY, where, NULL);
}

const struct dc_check dc_check_dkim_wildcard = {
	.id = "dkim-wildcard",
	.title = "No wildcard answers for DKIM selectors",
	.standard = "RFC 6376 section 3.1",
	.run = run,
};
