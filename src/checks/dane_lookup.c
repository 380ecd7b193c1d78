/* A sender that uses DANE does not deliver to a host whose TLSA lookup fails. RFC 7672 sections 2.1.2 and 2.2. */
#include "checks/dane_common.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dane_facts *dane = facts->dane;
	bool any = false;

	for (size_t i = 0; i < dane->count; i++) {
		const struct dc_dane_host *host = &dane->hosts[i];

		any |= host->present != DC_TRI_UNKNOWN;
		/* Broken signatures are told by dane-dnssec. */
		if (!dane_lookup_failed(host) || dane_is_bogus(host))
			continue;
		any = true;
		dc_emit_unanswered(emitter,
				   host->looked_up == DC_TRI_YES ? DC_F_DANE_LOOKUP_FAILED : DC_F_DANE_UNANSWERED,
				   dane_where(host), DC_ARGS(dc_text("host", host->mx->host)));
	}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dane_lookup = {
	.id = "dane-lookup",
	.title = "Whether the MX hosts have TLSA records can be looked up",
	.standard = "RFC 7672 section 2.1.2",
	.run = run,
};
