/* Collecting the fleet: one row a domain, one entry for each thing that could be shared. */
#include "render/fleet.h"

#include <stdlib.h>

#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "provider/provider.h"
#include "ptr/ptr.h"
#include "render/fleet_parts.h"
#include "spf/spf.h"

enum {
	FLEET_MEMORY_MAX = 1 << 30, /* a million domains, each with some keys, addresses and providers */
	SLOTS_FIRST = 64,
};

const char *dc_fleet_property_name(enum dc_fleet_property property)
{
	static const char *const names[] = {"dmarc.policy", "dmarc.subdomain_policy", "spf.all", "mta_sts", "tls_rpt",
					    "bimi", "caa"};
	return names[property];
}

const char *dc_fleet_property_title(enum dc_fleet_property property)
{
	static const char *const titles[] = {"DMARC policy", "DMARC policy below it", "SPF ends in", "MTA-STS", "TLS-RPT",
					     "BIMI", "CAA"};
	return titles[property];
}

const char *dc_fleet_kind_name(enum dc_fleet_kind kind)
{
	static const char *const names[] = {"dkim_key", "address", "range", "rua", "provider"};
	return names[kind];
}

struct dc_fleet *dc_fleet_new(void)
{
	struct dc_fleet *fleet = calloc(1, sizeof *fleet);
	if (!fleet)
		return NULL;
	fleet->last = &fleet->first;
	fleet->slots = calloc(SLOTS_FIRST, sizeof *fleet->slots);
	fleet->slot_count = SLOTS_FIRST;
	fleet->arena = dc_arena_new(FLEET_MEMORY_MAX);
	if (!fleet->arena || !fleet->slots) {
		dc_fleet_free(fleet);
		return NULL;
	}
	return fleet;
}

void dc_fleet_free(struct dc_fleet *fleet)
{
	if (!fleet)
		return;
	dc_arena_free(fleet->arena);
	free(fleet->slots);
	free(fleet);
}

/* ---- things ---- */

static uint64_t hash_of(enum dc_fleet_kind kind, struct dc_slice value)
{
	uint64_t hash = 0xcbf29ce484222325u ^ (uint64_t)kind;
	for (size_t i = 0; i < value.len; i++)
		hash = (hash ^ (unsigned char)value.ptr[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

static bool grow(struct dc_fleet *fleet)
{
	size_t larger = fleet->slot_count * 2;
	struct dc_fleet_thing **slots = calloc(larger, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < fleet->thing_count; i++) {
		size_t at = fleet->things[i]->hash & (larger - 1);
		while (slots[at])
			at = (at + 1) & (larger - 1);
		slots[at] = fleet->things[i];
	}
	free(fleet->slots);
	fleet->slots = slots;
	fleet->slot_count = larger;
	return true;
}

/* NULL: no memory for a larger table; the fleet is then incomplete and says so. */
static struct dc_fleet_thing *thing_of(struct dc_fleet *fleet, enum dc_fleet_kind kind, struct dc_slice value)
{
	uint64_t hash = hash_of(kind, value);
	if (fleet->thing_count * 2 >= fleet->slot_count && !grow(fleet)) {
		fleet->failed = true;
		return NULL;
	}
	size_t at = hash & (fleet->slot_count - 1);
	for (; fleet->slots[at]; at = (at + 1) & (fleet->slot_count - 1)) {
		struct dc_fleet_thing *thing = fleet->slots[at];
		if (thing->hash == hash && thing->kind == kind && dc_slice_eq(thing->value, value))
			return thing;
	}
	struct dc_fleet_thing *thing = DC_NEW(fleet->arena, struct dc_fleet_thing);
	*thing = (struct dc_fleet_thing){.kind = kind, .hash = hash, .value = dc_arena_dup(fleet->arena, value)};
	DC_PUSH(fleet->arena, fleet->things, fleet->thing_count, fleet->thing_capacity) = thing;
	fleet->slots[at] = thing;
	return thing;
}

struct dc_fleet_thing *dc_fleet_use_thing(struct dc_fleet *fleet, const struct dc_fleet_domain *domain,
					  enum dc_fleet_kind kind, struct dc_slice value, struct dc_slice name)
{
	struct dc_fleet_thing *thing = thing_of(fleet, kind, value);
	if (!thing || (thing->use_count && thing->uses[thing->use_count - 1].domain == domain))
		return thing;
	DC_PUSH(fleet->arena, thing->uses, thing->use_count, thing->use_capacity) =
		(struct dc_fleet_use){.domain = domain, .name = dc_arena_dup(fleet->arena, name)};
	return thing;
}

void dc_fleet_use_range(struct dc_fleet *fleet, const struct dc_fleet_domain *domain, struct dc_slice argument)
{
	char text[DC_PREFIX_TEXT_MAX];
	struct dc_prefix range;
	/* Single addresses are things of their own. */
	if (!dc_prefix_parse(argument, &range) || range.bits >= (range.ip.family == 4 ? 32 : 128))
		return;
	for (size_t i = range.bits; i < 128; i++)
		range.ip.octets[i / 8] &= (uint8_t)~(0x80 >> i % 8);
	(void)dc_fleet_use_thing(fleet, domain, DC_FLEET_RANGE, dc_prefix_format(range, text), (struct dc_slice){0});
}

/* ---- one domain ---- */

static const char *dmarc_word(const struct dc_dmarc_verdict *verdict)
{
	if (verdict->class == DC_DMARC_CLASS_UNKNOWN)
		return NULL;
	return verdict->effective == DC_DMARC_POLICY_ABSENT ? "no record" : dc_dmarc_policy_name(verdict->effective);
}

static const char *all_word(const struct dc_spf_facts *spf)
{
	if (spf->class == DC_SPF_CLASS_NONE)
		return "no record";
	if (spf->class == DC_SPF_CLASS_TEMPERROR || spf->unanswered)
		return NULL;
	return spf->all == '-' ? "-all" : spf->all == '~' ? "~all" : spf->all == '?' ? "?all" : spf->all == '+' ? "+all" : "no all";
}

static const char *tri_word(enum dc_tri value)
{
	return value == DC_TRI_YES ? "yes" : value == DC_TRI_NO ? "no" : NULL;
}

static void properties(struct dc_fleet_domain *row, const struct dc_facts *facts)
{
	if (facts->dmarc) {
		row->values[DC_FLEET_DMARC_POLICY] = dmarc_word(&facts->dmarc->now.name);
		row->values[DC_FLEET_DMARC_BELOW] = dmarc_word(&facts->dmarc->now.existing);
	}
	if (facts->spf)
		row->values[DC_FLEET_SPF_ALL] = all_word(facts->spf);
	row->values[DC_FLEET_MTA_STS] = tri_word(dc_facts_published(facts, DC_PUBLISHED_MTA_STS));
	row->values[DC_FLEET_TLS_RPT] = tri_word(dc_facts_published(facts, DC_PUBLISHED_TLS_RPT));
	row->values[DC_FLEET_BIMI] = tri_word(dc_facts_published(facts, DC_PUBLISHED_BIMI));
	row->values[DC_FLEET_CAA] = tri_word(dc_facts_published(facts, DC_PUBLISHED_CAA));
}

static void things(struct dc_fleet *fleet, const struct dc_fleet_domain *row, const struct dc_facts *facts)
{
	const struct dc_dmarc_record *record = facts->dmarc ? facts->dmarc->now.name.record : NULL;
	for (size_t i = 0; facts->dkim && i < facts->dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &facts->dkim->selectors[i];
		const struct dc_dkim_key *key = selector->record ? &selector->record->key : NULL;
		if (!key || !key->fingerprint.len)
			continue;
		struct dc_fleet_thing *thing = dc_fleet_use_thing(fleet, row, DC_FLEET_DKIM_KEY, key->fingerprint, selector->name);
		if (thing && !thing->modulus.len && key->bits <= DC_DKIM_TEST_BITS_MAX)
			thing->modulus = dc_arena_dup(fleet->arena, key->modulus);
	}
	for (size_t i = 0; facts->ptr && i < facts->ptr->count; i++) {
		const struct dc_ptr_address *address = &facts->ptr->addresses[i];
		/* What was given on the command line is the same for all, and no discovery. */
		if (address->sender.origin != DC_SENDER_OPTION)
			(void)dc_fleet_use_thing(fleet, row, DC_FLEET_ADDRESS, address->text, (struct dc_slice){0});
	}
	for (size_t i = 0; facts->spf && facts->spf->root && i < facts->spf->root->use_count; i++) {
		const struct dc_spf_term *term = facts->spf->root->uses[i].term;
		if (term->qualifier == '+' && (term->kind == DC_SPF_IP4 || term->kind == DC_SPF_IP6))
			dc_fleet_use_range(fleet, row, term->value);
	}
	for (size_t i = 0; record && i < record->rua_count; i++)
		if (record->rua[i].address.len)
			(void)dc_fleet_use_thing(fleet, row, DC_FLEET_RUA, record->rua[i].address, (struct dc_slice){0});
	for (size_t i = 0; facts->providers && i < facts->providers->count; i++) {
		const struct dc_provider_row *provider = facts->providers->items[i].row;
		struct dc_fleet_thing *thing = dc_fleet_use_thing(fleet, row, DC_FLEET_PROVIDER, dc_slice_of(provider->id),
								  (struct dc_slice){0});
		if (thing)
			thing->title = dc_slice_of(provider->name);
	}
}

static void count_findings(struct dc_fleet_domain *row, const struct dc_audit_result *result)
{
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		if (finding->severity == DC_SEVERITY_OFF || finding->waived.len)
			continue;
		if (dc_catalogue_row(finding->id)->inconclusive)
			row->undetermined++;
		else if (finding->severity == DC_SEVERITY_ERROR)
			row->errors++;
		else if (finding->severity == DC_SEVERITY_WARNING)
			row->warnings++;
		else
			row->notices++;
	}
}

struct dc_fleet_domain *dc_fleet_new_domain(struct dc_fleet *fleet, struct dc_slice domain)
{
	struct row *row = DC_NEW(fleet->arena, struct row);
	*row = (struct row){.domain = {.domain = dc_arena_dup(fleet->arena, domain), .number = fleet->domain_count}};
	*fleet->last = row;
	fleet->last = &row->next;
	fleet->domain_count++;
	return &row->domain;
}

bool dc_fleet_add(struct dc_fleet *fleet, const struct dc_audit_result *result)
{
	if (fleet->failed || DC_ARENA_GUARD(fleet->arena)) {
		fleet->failed = true;
		return false;
	}
	struct dc_fleet_domain *row = dc_fleet_new_domain(fleet, result->inputs->domain);
	row->verdict = result->verdict;
	count_findings(row, result);
	if (result->facts) {
		properties(row, result->facts);
		things(fleet, row, result->facts);
	}
	return !fleet->failed;
}
