/* Are the sending addresses on blocklists? RFC 5782 section 2.1, RFC 6471. */
#include "checks/blocklist_subjects.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	blocklist_judge(facts, emitter, false, DC_F_BLOCKLIST_IP_LISTED, DC_F_BLOCKLIST_IP_LISTED_MINOR,
			DC_F_BLOCKLIST_IP_UNANSWERED);
}

const struct dc_check dc_check_blocklist_addresses = {
	.id = "blocklist-addresses",
	.title = "The sending addresses are on no blocklist",
	.standard = "RFC 5782 section 2.1",
	.run = run,
};
