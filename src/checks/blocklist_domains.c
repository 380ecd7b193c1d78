/* Are the domains that mail bears on blocklists? RFC 5782 section 2.2. */
#include "checks/blocklist_subjects.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	blocklist_judge(facts, emitter, true, DC_F_BLOCKLIST_DOMAIN_LISTED, DC_F_BLOCKLIST_DOMAIN_LISTED_MINOR,
			DC_F_BLOCKLIST_DOMAIN_UNANSWERED);
}

const struct dc_check dc_check_blocklist_domains = {
	.id = "blocklist-domains",
	.title = "The domains that mail bears are on no blocklist",
	.standard = "RFC 5782 section 2.2",
	.run = run,
};
