/* A wildcard that speaks where policies are looked for. RFC 4592 section 2.2. */
#include "authority/wildcard.h"
#include "checks/dns_common.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_wildcard_facts *wildcard = facts->wildcard;
	const struct dc_wildcard_name *dmarc = &wildcard->names[DC_WILDCARD_DMARC];
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain), text = dc_text("text", wildcard->text);
	struct dc_slice others = {0};

	if (!wildcard->probe || wildcard->probe->outcome == DC_OUTCOME_NOT_ASKED) {
		if (wildcard->probe || !dmarc->answer || !dc_outcome_is_known(dmarc->answer->outcome))
			dc_not_applicable(emitter);
		return;
	}
	if (!dc_outcome_is_known(wildcard->probe->outcome)) {
		dc_emit_unanswered(emitter, DC_F_DNS_WILDCARD_UNANSWERED, (struct dc_where){.answer = wildcard->probe}, NULL);
		return;
	}
	if (dmarc->covered == DC_TRI_YES)
		dc_emit(emitter, dmarc->policy ? DC_F_DNS_WILDCARD_DMARC : DC_F_DNS_WILDCARD_AT_DMARC,
			(struct dc_where){.subject = dmarc->name, .answer = dmarc->answer, .more = wildcard->probe},
			DC_ARGS(dc_text("name", dmarc->name), domain, text));
	for (size_t i = 0; i < DC_WILDCARD_COUNT; i++)
		if (i != DC_WILDCARD_DMARC && wildcard->names[i].covered == DC_TRI_YES)
			others = dc_dns_join(emitter, others, wildcard->names[i].name);
	if (others.len)
		dc_emit(emitter, DC_F_DNS_WILDCARD_POLICY, (struct dc_where){.answer = wildcard->probe},
			DC_ARGS(dc_text("names", others), text));
}

const struct dc_check dc_check_dns_wildcard = {
	.id = "dns-wildcard",
	.title = "No wildcard answers where mail policies are looked for",
	.standard = "RFC 4592 section 2.2",
	.run = run,
};
