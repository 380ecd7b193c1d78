/* What the checks of TLSA records share. */
#ifndef DC_CHECKS_DANE_COMMON_H
#define DC_CHECKS_DANE_COMMON_H

#include "checks/check.h"
#include "dane/dane.h"

/* Where the records of a host stand, and the answer they came in. */
static inline struct dc_where dane_where(const struct dc_dane_host *host)
{
	return (struct dc_where){.subject = host->mx->host, .answer = host->answer};
}

/* _25._tcp.BASE */
static inline struct dc_slice dane_owner(struct dc_emitter *emitter, const struct dc_dane_host *host)
{
	return dc_arena_concat(dc_emitter_arena(emitter), DC_S("_25._tcp."), host->base);
}

/* The lookup failed where somebody might look: nobody does below an unsigned host. A recording older than the question and
 * a zone file without the host say nothing, and are no failure. */
static inline bool dane_lookup_failed(const struct dc_dane_host *host)
{
	const struct dc_answer *answer = host->answer;

	return host->asked && answer && !dc_outcome_is_known(answer->outcome) && answer->outcome != DC_OUTCOME_NOT_ASKED &&
	       answer->outcome != DC_OUTCOME_OUT_OF_SOURCE && host->looked_up != DC_TRI_NO;
}

/* Signatures are broken where senders look. */
static inline bool dane_is_bogus(const struct dc_dane_host *host)
{
	return host->tlsa.state == DC_DNSSEC_BOGUS && host->looked_up == DC_TRI_YES;
}

#endif
