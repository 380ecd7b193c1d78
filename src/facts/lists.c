/* The subjects of blocklists. Domain lists hold registrable domains, so that part of each name is asked for. */
#include "facts/lists.h"

#include "dmarc/dmarc.h"
#include "dmarc/psl.h"
#include "facts/identity.h"

static void add_domain(const struct dc_facts *facts, struct dc_slice name, struct dc_slice *domains, size_t *count)
{
	struct dc_slice org = name.len ? dc_psl_org_domain(facts->dmarc->psl, name) : name;
	if (!org.len)
		org = name;
	if (!org.len || *count == DC_BLOCKLIST_DOMAINS_MAX)
		return;
	for (size_t i = 0; i < *count; i++)
		if (dc_name_eq(domains[i], org))
			return;
	domains[(*count)++] = org;
}

static void add_ip(struct dc_ip ip, struct dc_ip *ips, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (dc_ip_eq(ips[i], ip))
			return;
	if (ip.family)
		ips[(*count)++] = ip;
}

const struct dc_blocklist_facts *dc_lists_build(struct dc_asker *asker, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts->identities;
	struct dc_blocklist_input input = {.wanted = facts->inputs->blocklists};
	if (!input.wanted)
		return dc_blocklist_build(asker, &input);
	struct dc_ip *ips = DC_NEW_ARRAY(asker->arena, struct dc_ip, identities->count + 1);
	struct dc_slice *domains = DC_NEW_ARRAY(asker->arena, struct dc_slice, DC_BLOCKLIST_DOMAINS_MAX);
	add_domain(facts, facts->inputs->domain, domains, &input.domain_count);
	for (size_t i = 0; i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		add_ip(identity->ip, ips, &input.ip_count);
		add_domain(facts, identity->mail_from, domains, &input.domain_count);
		add_domain(facts, identity->dkim_domain, domains, &input.domain_count);
	}
	input.ips = ips;
	input.domains = domains;
	return dc_blocklist_build(asker, &input);
}
