/* Everything known of one domain, put together in the order in which each room needs the others. Every room asks what it
 * can at once, so the first build opens all first questions. A part that is complete is not built again. */
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

static const struct dc_dkim_facts *dkim(struct dc_asker *asker, const struct dc_facts *facts,
					const struct dc_provider_facts *providers)
{
	const struct dc_inputs *inputs = facts->inputs;
	struct dc_dkim_input input = {
		.domain = inputs->sending.dkim_domain.len ? inputs->sending.dkim_domain : inputs->domain,
		.selectors = inputs->sending.selectors,
		.selector_count = inputs->sending.selector_count,
		.search = (enum dc_dkim_search_mode)inputs->search,
		.providers = providers,
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

/* ---- the parts, in the order in which each needs the others ---- */

struct dc_kept {
	struct dc_facts facts;
	const struct dc_provider_facts *plain_providers; /* before the CNAMEs of DKIM are known */
	const struct dc_sender_facts *senders;
	uint32_t complete;                               /* by part */
};

static void build_ground(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.soa = dc_ask_name(asker, kept->facts.inputs->domain, DC_TYPE_SOA);
	kept->facts.ns = dc_ask_name(asker, kept->facts.inputs->domain, DC_TYPE_NS);
}

static void build_mx(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.mx = dc_mx_build(asker, kept->facts.inputs->domain);
}

static void build_spf(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.spf = dc_spf_build(asker, kept->facts.inputs->domain);
}

static void build_plain_providers(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->plain_providers = providers(asker, &kept->facts);
}

static void build_dkim(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.dkim = dkim(asker, &kept->facts, kept->plain_providers);
}

static void hear_keys(struct dc_asker *asker, struct dc_kept *kept)
{
	dc_dkim_hear_receivers(asker, kept->facts.dkim);
}

static void build_providers(struct dc_asker *asker, struct dc_kept *kept)
{
	struct dc_slice *targets;
	size_t count = dc_dkim_cname_targets(asker->arena, kept->facts.dkim, &targets);
	kept->facts.providers = dc_provider_with_cnames(asker, kept->plain_providers, targets, count);
}

static void build_dmarc(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.dmarc = dc_dmarc_build(asker, kept->facts.inputs->domain, kept->facts.inputs->what_if);
}

static void build_mta_sts(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.mta_sts = dc_mta_sts_build(asker, kept->facts.inputs->domain, kept->facts.inputs->now_s);
}

static void build_tls_rpt(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.tls_rpt = dc_tls_rpt_build(asker, kept->facts.inputs->domain);
}

static void build_bimi(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.bimi = dc_bimi_build(asker, kept->facts.inputs->domain, kept->facts.dmarc->now.org_domain);
}

static void build_caa(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.caa = dc_caa_build(asker, kept->facts.inputs->domain, CAA_LABELS);
	kept->facts.mta_sts_caa = kept->facts.mta_sts->wanted ? dc_caa_build(asker, kept->facts.mta_sts->host, 1) : NULL;
}

static void build_dane(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.dane = dc_dane_build(asker, kept->facts.mx, kept->facts.inputs->lone);
}

static void build_smtp(struct dc_asker *asker, struct dc_kept *kept)
{
	const struct dc_inputs *inputs = kept->facts.inputs;
	const struct dc_smtp_wish wish = {
		.domain = inputs->domain, .mx = inputs->probe_smtp, .submission = inputs->probe_submission,
		.submission_host = inputs->submission_host, .submission_port = inputs->submission_port};
	kept->facts.smtp = dc_smtp_build(asker, &wish, kept->facts.mx, kept->facts.dane, inputs->now_s);
}

static void build_authority(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.authority = authority(asker, &kept->facts);
}

static void build_dnssec(struct dc_asker *asker, struct dc_kept *kept)
{
	const struct dc_inputs *inputs = kept->facts.inputs;
	kept->facts.dnssec = dc_dnssec_build(asker, inputs->domain, zone_of(&kept->facts), inputs->now_s, inputs->lone);
}

static void build_wildcard(struct dc_asker *asker, struct dc_kept *kept)
{
	const struct dc_inputs *inputs = kept->facts.inputs;
	kept->facts.wildcard = dc_wildcard_build(asker, inputs->domain, inputs->authority != DC_WISH_NO);
}

static void build_senders(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->senders = dc_senders_build(asker, kept->facts.inputs, kept->facts.mx, kept->facts.spf);
}

static void build_streams(struct dc_asker *asker, struct dc_kept *kept)
{
	struct dc_facts *facts = &kept->facts;
	facts->streams = dc_streams_build(asker, facts->inputs, kept->senders, facts->dkim, facts->dmarc);
	facts->ptr = facts->streams->ptr;
}

static void build_identities(struct dc_asker *asker, struct dc_kept *kept)
{
	struct dc_facts *facts = &kept->facts;
	facts->identities = dc_identity_build(asker, facts->inputs, kept->senders, facts->streams, facts->spf, facts->dkim,
					      facts->dmarc);
}

static void hear_identities(struct dc_asker *asker, struct dc_kept *kept)
{
	dc_identity_hear_receivers(asker, kept->facts.identities, kept->facts.spf);
}

static void build_lists(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.blocklists = dc_lists_build(asker, &kept->facts);
}

static void build_hosts(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.hosts = dc_hosts_build(asker, kept->facts.inputs->domain, kept->facts.inputs->declared);
}

static void build_message(struct dc_asker *asker, struct dc_kept *kept)
{
	kept->facts.message = dc_message_build(asker, kept->facts.inputs, kept->facts.dmarc);
}

enum part {
	GROUND, MX, SPF, PLAIN_PROVIDERS, DKIM, DKIM_HEARD, PROVIDERS, DMARC, MTA_STS, TLS_RPT, BIMI, CAA, DANE, SMTP, AUTHORITY,
	DNSSEC, WILDCARD, SENDERS, STREAMS, IDENTITIES, IDENTITIES_HEARD, LISTS, HOSTS, MESSAGE, PART_COUNT,
	ALL_EVIDENCE = PART_COUNT, /* looked at by itself, question or not: never complete */
};

#define A(part) (UINT32_C(1) << (part))
_Static_assert(ALL_EVIDENCE < 32, "dc_kept.complete has a bit for each part");

/* What each is made of beside answers: the facts that it reads. */
static const struct {
	void (*build)(struct dc_asker *asker, struct dc_kept *kept);
	uint32_t needs;
} parts[PART_COUNT] = {
	[GROUND] = {build_ground, 0},
	[MX] = {build_mx, 0},
	[SPF] = {build_spf, 0},
	[PLAIN_PROVIDERS] = {build_plain_providers, A(MX) | A(SPF)},
	[DKIM] = {build_dkim, A(PLAIN_PROVIDERS)},
	[DKIM_HEARD] = {hear_keys, A(DKIM)},
	[PROVIDERS] = {build_providers, A(PLAIN_PROVIDERS) | A(DKIM)},
	[DMARC] = {build_dmarc, 0},
	[MTA_STS] = {build_mta_sts, 0},
	[TLS_RPT] = {build_tls_rpt, 0},
	[BIMI] = {build_bimi, A(DMARC)},
	[CAA] = {build_caa, A(MTA_STS)},
	[DANE] = {build_dane, A(MX) | A(ALL_EVIDENCE)},
	[SMTP] = {build_smtp, A(MX) | A(DANE)},
	[AUTHORITY] = {build_authority, A(DKIM)},
	[DNSSEC] = {build_dnssec, A(GROUND) | A(AUTHORITY)},
	[WILDCARD] = {build_wildcard, 0},
	[SENDERS] = {build_senders, A(MX) | A(SPF)},
	[STREAMS] = {build_streams, A(SENDERS) | A(DKIM) | A(DMARC)},
	[IDENTITIES] = {build_identities, A(SENDERS) | A(STREAMS) | A(SPF) | A(DKIM) | A(DMARC)},
	[IDENTITIES_HEARD] = {hear_identities, A(IDENTITIES) | A(SENDERS) | A(SPF)},
	[LISTS] = {build_lists, A(IDENTITIES) | A(ALL_EVIDENCE)},
	[HOSTS] = {build_hosts, 0},
	[MESSAGE] = {build_message, A(DMARC)},
};

const struct dc_facts *dc_facts_build(struct dc_asker *asker, const struct dc_inputs *inputs)
{
	struct dc_kept *kept = DC_NEW(asker->arena, struct dc_kept);
	bool lasting = asker->memo && asker->lasting;
	asker->psl = inputs->psl;
	if (lasting && asker->memo->kept)
		*kept = *asker->memo->kept;
	else
		kept->facts = (struct dc_facts){.inputs = inputs, .evidence = asker->evidence};
	for (size_t i = 0; i < PART_COUNT; i++) {
		size_t before = asker->unanswered;
		if (kept->complete & A(i))
			continue;
		parts[i].build(asker, kept);
		if (lasting && asker->unanswered == before && !(parts[i].needs & ~kept->complete))
			kept->complete |= A(i);
	}
	if (lasting)
		asker->memo->kept = kept;
	return &kept->facts;
}
