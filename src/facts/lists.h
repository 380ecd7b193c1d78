/* Who is looked for on blocklists: the addresses that send, and the domains that mail bears. */
#ifndef DC_FACTS_LISTS_H
#define DC_FACTS_LISTS_H

#include "blocklist/blocklist.h"
#include "facts/facts.h"

/* From the identities as far as they are built; nothing unless it is wished for. Never NULL. */
const struct dc_blocklist_facts *dc_lists_build(struct dc_asker *asker, const struct dc_facts *facts);

#endif
