/* Everything known of one domain, put together in the order in which each room needs the others. Every room asks what it
 * can at once, so the first build opens all first questions. */
#include "facts/facts.h"

#include "bimi/bimi.h"
#include "caa/caa.h"
#include "dane/dane.h"
#include "authority/authority.h"
#include "authority/wildcard.h"
#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "dnssec/dnssec.h"
#include "facts/declared.h"
#include "facts/hosts.h"
#include "facts/identity.h"
#include "facts/lists.h"
#include "facts/message.h"
#include "facts/senders.h"
#include "facts/streams.h"
#include "mta_sts/mta_sts.h"
#include "mx/mx.h"
#include "provider/provider.h"
#include "ptr/ptr.h"
#include "smtp/smtp.h"
#include "spf/spf.h"
#include "tls_rpt/tls_rpt.h"

enum { CAA_LABELS = 2 }; /* what top-level domains publish matters only where a certificate is judged */

const char *dc_budget_name(enum dc_budget budget)
{
	static const char *const names[DC_BUDGET_COUNT] = {"rounds", "questions", "octets of answers", "milliseconds",
							   "octets of memory", "milliseconds of work"};
	return budget < DC_BUDGET_COUNT ? names[budget] : "?";
}

const char *dc_role_name(enum dc_role role)
{
	static const char *const names[DC_ROLE_COUNT] = {"sending", "parked", "inbound", "tracking"};
	return role < DC_ROLE_COUNT ? names[role] : "?";
}

enum dc_tri dc_facts_published(const struct dc_facts *facts, enum dc_published what)
{
	if (!facts)
		return DC_TRI_UNKNOWN;
	switch (what) {
	case DC_PUBLISHED_MTA_STS:
		return facts->mta_sts ? facts->mta_sts->present : DC_TRI_UNKNOWN;
	case DC_PUBLISHED_TLS_RPT:
		return facts->tls_rpt ? facts->tls_rpt->present : DC_TRI_UNKNOWN;
	case DC_PUBLISHED_BIMI:
		return facts->bimi ? facts->bimi->present : DC_TRI_UNKNOWN;
	default:
		return facts->caa ? facts->caa->present : DC_TRI_UNKNOWN;
	}
}

static const struct dc_provider_facts *providers(struct dc_asker *asker, const struct dc_facts *facts)
{
	struct dc_slice *hosts = DC_NEW_ARRAY(asker->arena, struct dc_slice, facts->mx->host_count + 1);
	struct dc_slice *names = DC_NEW_ARRAY(asker->arena, struct dc_slice, facts->spf->node_count + 1);
	size_t host_count = 0, name_count = 0;
	for (size_t i = 0; i < facts->mx->host_count; i++)
		hosts[host_count++] = facts->mx->hosts[i].host;
	for (size_t i = 0; i < facts->spf->node_count; i++)
		if (facts->spf->nodes[i]->depth > 0)
			names[name_count++] = facts->spf->nodes[i]->name;
	return dc_provider_build(asker, facts->inputs->domain, hosts, host_count, names, name_count);
}

static const struct dc_dkim_facts *dkim(struct dc_asker *asker, const struct dc_facts *facts)
{
	const struct dc_inputs *inputs = facts->inputs;
	struct dc_dkim_input input = {
		.domain = inputs->sending.dkim_domain.len ? inputs->sending.dkim_domain : inputs->domain,
		.selectors = inputs->sending.selectors,
		.selector_count = inputs->sending.selector_count,
		.search = (enum dc_dkim_search_mode)inputs->search,
		.providers = facts->providers,
		.own = inputs->own_keys,
		.own_count = inputs->own_key_count,
		.seen = inputs->seen_keys,
		.seen_count = inputs->seen_key_count,
		.now_s = inputs->now_s,
		.lone = inputs->lone,
	};
	return dc_dkim_build(asker, &input);
}

/* Selectors that exist, the ones given first: what is signed with is what must be found everywhere. */
static const struct dc_authority_facts *authority(struct dc_asker *asker, const struct dc_facts *facts)
{
	struct dc_slice selectors[DC_AUTHORITY_SELECTOR_MAX];
	struct dc_authority_input input = {.domain = facts->inputs->domain, .wanted = facts->inputs->authority != DC_WISH_NO,
					   .selectors = selectors, .allow_private = facts->inputs->allow_private};
	for (size_t i = 0; i < facts->dkim->selector_count && input.selector_count < DC_AUTHORITY_SELECTOR_MAX; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		if (selector->answer && selector->answer->outcome == DC_OUTCOME_ANSWER &&
		    dc_name_is_below(selector->name, input.domain))
			selectors[input.selector_count++] = selector->name;
	}
	return dc_authority_build(asker, &input);
}

/* Where the zone begins: at the domain, mostly. */
static struct dc_slice zone_of(const struct dc_facts *facts)
{
	const struct dc_answer *soa = facts->soa;
	if (facts->authority->zone.len)
		return facts->authority->zone;
	for (size_t i = 0; soa && soa->outcome == DC_OUTCOME_ANSWER && i < soa->rr_count; i++)
		if (soa->rrs[i].type == DC_TYPE_SOA && dc_name_eq(soa->rrs[i].owner, facts->inputs->domain))
			return facts->inputs->domain;
	if (soa && !dc_outcome_is_known(soa->outcome))
		return facts->inputs->domain; /* likely: a zone that fails validation shows no SOA either */
	return (struct dc_slice){0};
}

const struct dc_facts *dc_facts_build(struct dc_asker *asker, const struct dc_inputs *inputs)
{
	struct dc_facts *facts = DC_NEW(asker->arena, struct dc_facts);
	struct dc_slice domain = inputs->domain, *targets;
	asker->psl = inputs->psl;
	*facts = (struct dc_facts){.inputs = inputs, .evidence = asker->evidence};
	facts->soa = dc_ask(asker, domain, DC_TYPE_SOA);
	facts->ns = dc_ask(asker, domain, DC_TYPE_NS);
	facts->mx = dc_mx_build(asker, domain);
	facts->spf = dc_spf_build(asker, domain);
	facts->providers = providers(asker, facts);
	facts->dkim = dkim(asker, facts);
	size_t target_count = dc_dkim_cname_targets(asker->arena, facts->dkim, &targets);
	facts->providers = dc_provider_with_cnames(asker, facts->providers, targets, target_count);
	facts->dmarc = dc_dmarc_build(asker, domain, inputs->what_if);
	facts->mta_sts = dc_mta_sts_build(asker, domain, inputs->now_s);
	facts->tls_rpt = dc_tls_rpt_build(asker, domain);
	facts->bimi = dc_bimi_build(asker, domain, facts->dmarc->now.org_domain);
	facts->caa = dc_caa_build(asker, domain, CAA_LABELS);
	if (facts->mta_sts->wanted)
		facts->mta_sts_caa = dc_caa_build(asker, facts->mta_sts->host, 1);
	facts->dane = dc_dane_build(asker, facts->mx, inputs->lone);
	const struct dc_smtp_wish wish = {
		.domain = domain, .mx = inputs->probe_smtp, .submission = inputs->probe_submission,
		.submission_host = inputs->submission_host, .submission_port = inputs->submission_port};
	facts->smtp = dc_smtp_build(asker, &wish, facts->mx, facts->dane, inputs->now_s);
	facts->authority = authority(asker, facts);
	facts->dnssec = dc_dnssec_build(asker, domain, zone_of(facts), inputs->now_s, inputs->lone);
	facts->wildcard = dc_wildcard_build(asker, domain, inputs->authority != DC_WISH_NO);
	const struct dc_sender_facts *senders = dc_senders_build(asker, inputs, facts->mx, facts->spf);
	facts->streams = dc_streams_build(asker, inputs, senders, facts->dkim, facts->dmarc);
	facts->ptr = facts->streams->ptr;
	facts->identities = dc_identity_build(asker, inputs, senders, facts->streams, facts->spf, facts->dkim, facts->dmarc);
	facts->blocklists = dc_lists_build(asker, facts);
	facts->hosts = dc_hosts_build(asker, domain, inputs->declared);
	facts->message = dc_message_build(asker, inputs, facts->dmarc);
	return facts;
}
