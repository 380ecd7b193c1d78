/* The manifest as a whole: defaults, campaigns, domains. */
#include "manifest/manifest.h"

#include "base/escape.h"
#include "dns/name.h"
#include "manifest/parts.h"
#include "policy/glob.h"

struct builder {
	struct dc_faults *faults;
	const struct dc_yaml_node *defaults, *campaigns, *domains;
	struct dc_manifest *manifest;
	struct dc_manifest_domain *items;
	size_t capacity, campaign_count, level_capacity;
	size_t *first, *count; /* domains of each campaign */
	bool full;
};

static struct dc_level *new_level(struct builder *b, const struct dc_level *above)
{
	struct dc_manifest *manifest = b->manifest;
	struct dc_level *level = DC_NEW(b->faults->arena, struct dc_level);
	level->above = above;
	level->decision.number = manifest->level_count;
	DC_PUSH(b->faults->arena, manifest->levels, manifest->level_count, b->level_capacity) = &level->decision;
	return level;
}

static void add_domain(struct builder *b, const struct dc_yaml_node *entry, const struct dc_level *above, struct dc_slice campaign)
{
	struct dc_manifest *manifest = b->manifest;
	struct dc_level *level = new_level(b, above);
	struct dc_slice name;
	if (manifest->domain_count == DC_MANIFEST_DOMAINS_MAX) {
		if (!b->full) /* not fuzzed: takes 50,000 domains */
			dc_fault(b->faults, entry->key->place, /* not fuzzed: takes 50,000 domains */
				 "more than %d domains: give the others a manifest of their own",
				 DC_MANIFEST_DOMAINS_MAX);
		b->full = true; /* not fuzzed: takes 50,000 domains */
		return;
	}
	level->decision.own = true;
	if (!entry->bad && dc_yaml_type_of(entry) != DC_YAML_NOTHING)
		dc_level_read(b->faults, entry, "a domain", false, level);
	else
		level->decision.above = above ? &above->decision : NULL;
	if (entry->key->bad || !dc_read_name(b->faults, entry->key, "a domain", &name))
		return;
	struct dc_manifest_domain domain = {
		.name = dc_arena_dup(b->faults->arena, name),
		.typed = entry->key->text,
		.place = entry->key->place,
		.declared = {.campaign = campaign, .line = entry->key->place.line},
		.decision = &level->decision,
	};
	dc_level_resolve(b->faults, level, domain.name, &domain.declared);
	DC_PUSH(b->faults->arena, b->items, manifest->domain_count, b->capacity) = domain;
}

static void add_domains(struct builder *b, const struct dc_yaml_node *node, const struct dc_level *above, struct dc_slice campaign)
{
	if (node->bad)
		return;
	if (node->kind != DC_YAML_MAP) {
		dc_fault(b->faults, node->place, "domains must be a mapping (example.com: ...), and this is %s", dc_yaml_kind_name(node));
		return;
	}
	if (!node->first)
		dc_fault(b->faults, node->place, "no domain stands here: write one, or take \"domains\" out");
	for (const struct dc_yaml_node *entry = node->first; entry; entry = entry->next)
		add_domain(b, entry, above, campaign);
}

static void add_campaign(struct builder *b, const struct dc_yaml_node *entry, const struct dc_level *defaults)
{
	struct dc_manifest *manifest = b->manifest;
	const struct dc_yaml_node *key = entry->key;
	struct dc_level *level = new_level(b, defaults);
	if (key->bad)
		return;
	if (dc_slice_trim(key->text).len == 0) {
		dc_fault(b->faults, key->place, "a campaign needs a name");
		return;
	}
	for (size_t i = 0; i < b->campaign_count; i++)
		if (dc_slice_eq(dc_slice_of(manifest->campaigns[i]), key->text)) {
			dc_fault(b->faults, key->place, "the campaign \"%s\" is there already", dc_fault_show(b->faults, key->text));
			return;
		}
	b->first[b->campaign_count] = manifest->domain_count;
	manifest->campaigns[b->campaign_count++] = key->text.ptr;
	dc_level_read(b->faults, entry, "a campaign", true, level);
	if (level->domains)
		add_domains(b, level->domains, level, key->text);
	else if (entry->kind == DC_YAML_MAP)
		dc_fault(b->faults, key->place, "the campaign \"%s\" has no domains", dc_fault_show(b->faults, key->text));
	b->count[b->campaign_count - 1] = manifest->domain_count - b->first[b->campaign_count - 1];
}

static void add_campaigns(struct builder *b, const struct dc_level *defaults)
{
	const struct dc_yaml_node *node = b->campaigns;
	if (node->bad)
		return;
	if (node->kind != DC_YAML_MAP || node->count > DC_MANIFEST_CAMPAIGNS_MAX) {
		dc_fault(b->faults, node->place, "campaigns must be a mapping (name: ...) of at most %d, and this is %s",
			 DC_MANIFEST_CAMPAIGNS_MAX, node->kind == DC_YAML_MAP ? "a longer one" : dc_yaml_kind_name(node));
		return;
	}
	b->manifest->campaigns = DC_NEW_ARRAY(b->faults->arena, const char *, node->count + 1);
	if (!node->first)
		dc_fault(b->faults, node->place, "no campaign stands here: write one, or take \"campaigns\" out");
	b->manifest->campaign_first = b->first = DC_NEW_ARRAY(b->faults->arena, size_t, node->count + 1);
	b->manifest->campaign_count = b->count = DC_NEW_ARRAY(b->faults->arena, size_t, node->count + 1);
	for (const struct dc_yaml_node *entry = node->first; entry; entry = entry->next)
		add_campaign(b, entry, defaults);
}

/* ---- the index ---- */

static bool is_before(const struct dc_manifest_domain *a, const struct dc_manifest_domain *b)
{
	return dc_slice_cmp(a->name, b->name) < 0;
}

/* Merges runs of doubling length; equals keep the order of the file. */
static void sort(struct dc_arena *arena, const struct dc_manifest_domain **items, size_t count)
{
	const struct dc_manifest_domain **other = DC_NEW_ARRAY(arena, const struct dc_manifest_domain *, count + 1);
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t start = 0; start < count; start += 2 * width) {
			size_t middle = start + width < count ? start + width : count;
			size_t end = middle + width < count ? middle + width : count, a = start, b = middle;
			for (size_t i = start; i < end; i++)
				other[i] = b < end && (a == middle || is_before(items[b], items[a])) ? items[b++] : items[a++];
		}
		memcpy(items, other, count * sizeof *items);
	}
}

static void make_index(struct builder *b)
{
	struct dc_manifest *manifest = b->manifest;
	size_t count = manifest->domain_count;
	manifest->domains = b->items;
	manifest->sorted = DC_NEW_ARRAY(b->faults->arena, const struct dc_manifest_domain *, count + 1);
	for (size_t i = 0; i < count; i++)
		manifest->sorted[i] = &b->items[i];
	sort(b->faults->arena, manifest->sorted, count);
	for (size_t i = 1; i < count; i++) {
		const struct dc_manifest_domain *first = manifest->sorted[i - 1], *second = manifest->sorted[i];
		if (dc_slice_eq(first->name, second->name))
			dc_fault(b->faults, second->place, "%s stands in line %u already: a domain has one entry",
				 dc_fault_show(b->faults, second->typed), (unsigned)first->place.line);
	}
}

const struct dc_manifest_domain *dc_manifest_find(const struct dc_manifest *manifest, struct dc_slice name)
{
	size_t low = 0, high = manifest->domain_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = dc_slice_cmp(manifest->sorted[middle]->name, name);
		if (order == 0)
			return manifest->sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct dc_manifest_domain *dc_manifest_near(const struct dc_manifest *manifest, struct dc_slice name)
{
	const struct dc_manifest_domain *best = NULL;
	size_t best_distance = name.len <= 8 ? 2 : 3;
	for (size_t i = 0; i < manifest->domain_count; i++) {
		size_t distance = dc_edit_distance(manifest->domains[i].name, name, best_distance);
		if (distance > best_distance || (best && distance == best_distance))
			continue;
		best = &manifest->domains[i];
		best_distance = distance;
	}
	return best;
}

/* ---- the root ---- */

static void read_version(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	uint32_t version;
	(void)target;
	(void)dc_read_number(faults, node, name, 1, 1, &version);
}

static void read_part(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct builder *b = target;
	(void)faults;
	*(name[0] == 'c' ? &b->campaigns : name[1] == 'o' ? &b->domains : &b->defaults) = node;
}

static void read_root(struct builder *b, const struct dc_yaml_node *root)
{
	static const struct dc_manifest_key keys[] = {
		{"version", read_version, false}, {"defaults", read_part, false}, {"campaigns", read_part, false},
		{"domains", read_part, false},	  {NULL, NULL, false},
	};
	struct dc_level *defaults = new_level(b, NULL);
	(void)dc_read_map(b->faults, root, "a manifest", keys, b);
	if (b->defaults)
		dc_level_read(b->faults, b->defaults, "defaults", false, defaults);
	if (b->campaigns)
		add_campaigns(b, defaults);
	if (b->domains)
		add_domains(b, b->domains, defaults, (struct dc_slice){0});
	make_index(b);
	if (b->faults->count == 0 && b->manifest->domain_count == 0)
		dc_fault(b->faults, root->place, "no domain is in it: write them under domains, or under a campaign's domains");
}

bool dc_manifest_parse(struct dc_slice bytes, struct dc_faults *faults, const struct dc_manifest **ret_manifest)
{
	const struct dc_yaml_node *root;
	struct builder b = {.faults = faults, .manifest = DC_NEW(faults->arena, struct dc_manifest)};
	if (!dc_yaml_read(bytes, faults, &root))
		return false; /* not fuzzed: out of memory */
	if (root)
		read_root(&b, root);
	else if (faults->count == 0)
		dc_fault(faults, DC_PLACE_START, "the file is empty: a manifest has at least \"domains:\" with one domain");
	if (!b.manifest->campaigns)
		b.manifest->campaigns = DC_NEW_ARRAY(faults->arena, const char *, 1);
	dc_faults_sort(faults);
	*ret_manifest = b.manifest;
	return true;
}
