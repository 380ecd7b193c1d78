/* Does the domain say of itself that it never sends? Several checks judge such a domain by other rules. */
#ifndef DC_CHECKS_SENDING_H
#define DC_CHECKS_SENDING_H

#include "facts/declared.h"
#include "facts/facts.h"
#include "ptr/ptr.h"
#include "spf/spf.h"

/* True when the user says so (--parked, or a role of the manifest), or when the SPF record lets nobody send and fails
 * everybody: v=spf1 -all. */
static inline bool dc_sends_never(const struct dc_facts *facts)
{
	const struct dc_spf_facts *spf = facts->spf;

	if (facts->inputs->parked || (facts->inputs->declared && facts->inputs->declared->role != DC_ROLE_SENDING))
		return true;
	return spf->class == DC_SPF_CLASS_VALID && dc_spf_fails_all(spf) && spf->pass_exact && !spf->has_macros &&
	       spf->pass4.count == 0 && spf->pass6.count == 0;
}

/* Is there an address whose reverse name matters? Not when the domain never sends and the user names none. */
static inline bool dc_has_senders(const struct dc_facts *facts)
{
	return facts->ptr->count && (facts->inputs->sender_count || !dc_sends_never(facts));
}

#endif
