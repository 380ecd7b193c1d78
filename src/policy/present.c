/* What a requirement wants published, told from the facts where no finding says it: that something is absent is no fault
 * by itself, and only a fault is a finding. */
#include "policy/decide.h"

#include "checks/sending.h"
#include "dane/dane.h"
#include "dkim/dkim.h"
#include "mta_sts/mta_sts.h"

/* A selector that is in use must have a key that receivers take. */
static enum dc_tri serves(const struct dc_dkim_selector *selector)
{
	switch (selector->status) {
	case DC_DKIM_OK:
	case DC_DKIM_TESTING:
		return DC_TRI_YES;
	case DC_DKIM_WEAK_KEY: /* too short, or one that can be broken: that is still taken */
		return selector->record && selector->record->key.bits >= DC_DKIM_RSA_BITS_MIN ? DC_TRI_YES : DC_TRI_NO;
	case DC_DKIM_UNKNOWN:
		return DC_TRI_UNKNOWN;
	default:
		return DC_TRI_NO;
	}
}

/* "dkim": every selector that was named serves; when none was, one that was found does. */
static enum dc_tri dkim(const struct dc_dkim_facts *facts)
{
	enum dc_tri all = DC_TRI_YES;
	size_t given = 0;

	for (size_t i = 0; i < facts->selector_count; i++) {
		if (facts->selectors[i].origin != DC_DKIM_GIVEN)
			continue;
		given++;
		all = dc_tri_and(all, serves(&facts->selectors[i]));
	}
	if (given > 0)
		return all;
	return facts->conclusion == DC_DKIM_FOUND					    ? DC_TRI_YES
	       : facts->conclusion == DC_DKIM_UNUSABLE || facts->conclusion == DC_DKIM_NONE ? DC_TRI_NO
											    : DC_TRI_UNKNOWN;
}

/* "domainkey": _domainkey exists, so there is something below it. */
static enum dc_tri domainkey(const struct dc_dkim_facts *facts)
{
	const struct dc_answer *node = facts->searched.node;

	if (!node || !dc_outcome_is_known(node->outcome))
		return DC_TRI_UNKNOWN;
	return facts->searched.node_nxdomain ? DC_TRI_NO : DC_TRI_YES;
}

enum dc_tri dc_policy_present(const struct dc_facts *facts, const char *what, bool *ret_applies)
{
	*ret_applies = true;
	if (!facts->mx) /* an audit that ran out of memory */
		return DC_TRI_UNKNOWN;
	if (strcmp(what, "dane") == 0) {
		*ret_applies = facts->dane->count > 0 || facts->mx->class == DC_MX_UNKNOWN;
		return facts->dane->present;
	}
	if (strcmp(what, "mta-sts") == 0)
		return facts->mta_sts->present;
	if (strcmp(what, "dkim") == 0 || strcmp(what, "domainkey") == 0)
		*ret_applies = !dc_sends_never(facts) || facts->inputs->sending.selector_count;
	if (strcmp(what, "dkim") == 0)
		return dkim(facts->dkim);
	if (strcmp(what, "domainkey") == 0)
		return domainkey(facts->dkim);
	return DC_TRI_UNKNOWN;
}
