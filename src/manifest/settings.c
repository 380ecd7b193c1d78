/* Settings: what the defaults, a campaign and a domain may say, and what of it holds for a domain in the end. */
#include "manifest/senders.h"

static struct dc_level *level_of(void *target)
{
	return target;
}

/* ---- role, policy, thresholds ---- */

static void read_role(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	static const char *const words[] = {"sending", "parked", "inbound", "tracking", NULL};
	size_t i;
	if (!dc_read_word(faults, node, name, words, &i))
		return;
	level_of(target)->values.role = (enum dc_role)i;
	level_of(target)->said |= DC_SAID_ROLE;
}

static void read_policy(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	static const char *const words[] = {"none", "quarantine", "reject", NULL};
	static const enum dc_dmarc_policy policies[] = {DC_DMARC_POLICY_NONE, DC_DMARC_POLICY_QUARANTINE, DC_DMARC_POLICY_REJECT};
	size_t i;
	if (!dc_read_word(faults, node, name, words, &i))
		return;
	level_of(target)->values.policy = policies[i];
	level_of(target)->said |= DC_SAID_POLICY;
}

static void read_since(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct dc_declared *values = &level_of(target)->values;
	if (!dc_read_date(faults, node, name, &values->policy_since, &values->policy_since_s))
		return;
	level_of(target)->said |= DC_SAID_SINCE;
	level_of(target)->since = node->place;
}

static void read_dmarc(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	static const struct dc_manifest_key keys[] = {{"policy", read_policy, false}, {"since", read_since, false}, {NULL, NULL, false}};
	(void)dc_read_map(faults, node, name, keys, target);
}

static void read_fail_on(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	static const char *const words[] = {"never", "notice", "warning", "error", NULL};
	size_t i;
	if (!dc_read_word(faults, node, name, words, &i))
		return;
	level_of(target)->decision.fail_on = (enum dc_severity)i; /* OFF stands for "never" */
	level_of(target)->decision.fail_on_said = true;
}

static void read_lookups(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_number(faults, node, name, 0, 10, &level_of(target)->values.spf_lookups_max))
		level_of(target)->said |= DC_SAID_LOOKUPS;
}

static void read_key_bits(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_number(faults, node, name, 1024, 16384, &level_of(target)->values.key_bits_min))
		level_of(target)->said |= DC_SAID_KEY_BITS;
}

static void read_key_age(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_number(faults, node, name, 1, 36500, &level_of(target)->values.key_age_days))
		level_of(target)->said |= DC_SAID_KEY_AGE;
}

static void read_thresholds(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	static const struct dc_manifest_key keys[] = {
		{"fail-on", read_fail_on, false},   {"spf-lookups", read_lookups, false},
		{"key-bits", read_key_bits, false}, {"key-age", read_key_age, false},
		{NULL, NULL, false},
	};
	(void)dc_read_map(faults, node, name, keys, target);
}

/* ---- providers, hosts ---- */

static void read_providers(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct dc_level *level = target;
	size_t count, n = 0;
	const struct dc_yaml_node *entry = dc_list_first(faults, node, name, &count);
	const struct dc_provider_row **rows = DC_NEW_ARRAY(faults->arena, const struct dc_provider_row *, count + 1);
	for (; entry; entry = dc_list_next(node, entry))
		n += dc_read_provider(faults, entry, name, &rows[n]);
	level->values.providers = rows;
	level->values.provider_count = n;
	level->said |= DC_SAID_PROVIDERS;
}

struct host_target {
	struct dc_declared_host host;
};

static void read_host(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	(void)dc_read_host(faults, node, name, &((struct host_target *)target)->host.host);
}

static void read_target(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	(void)dc_read_host(faults, node, name, &((struct host_target *)target)->host.target);
}

static bool read_one_host(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name,
			  struct dc_declared_host *ret_host)
{
	static const struct dc_manifest_key keys[] = {{"host", read_host, false}, {"target", read_target, false}, {NULL, NULL, false}};
	struct host_target one = {0};
	if (node->kind != DC_YAML_MAP)
		return dc_read_host(faults, node, name, &ret_host->host);
	if (!(dc_read_map(faults, node, name, keys, &one) & 1))
		dc_fault(faults, node->place, "%s: the key \"host\" is not there", name);
	*ret_host = one.host;
	return one.host.host.len != 0;
}

static struct dc_declared_host *read_hosts(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name,
					   size_t *ret_count)
{
	size_t count, n = 0;
	const struct dc_yaml_node *entry = dc_list_first(faults, node, name, &count);
	struct dc_declared_host *hosts = DC_NEW_ARRAY(faults->arena, struct dc_declared_host, count + 1);
	for (; entry; entry = dc_list_next(node, entry))
		n += read_one_host(faults, entry, name, &hosts[n]);
	*ret_count = n;
	return hosts;
}

static void read_tracking(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	level_of(target)->values.tracking = read_hosts(faults, node, name, &level_of(target)->values.tracking_count);
	level_of(target)->said |= DC_SAID_TRACKING;
}

static void read_return_paths(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	level_of(target)->values.return_paths = read_hosts(faults, node, name, &level_of(target)->values.return_path_count);
	level_of(target)->said |= DC_SAID_RETURN_PATHS;
}

/* ---- profiles, severities, waivers ---- */

static void read_profiles(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct dc_manifest_decision *decision = &level_of(target)->decision;
	size_t count, n = 0;
	const struct dc_yaml_node *entry = dc_list_first(faults, node, name, &count);
	struct dc_manifest_text *profiles = DC_NEW_ARRAY(faults->arena, struct dc_manifest_text, count + 1);
	for (; entry; entry = dc_list_next(node, entry)) {
		profiles[n].place = entry->place;
		n += dc_read_string(faults, entry, name, &profiles[n].text);
	}
	decision->profiles = profiles;
	decision->profile_count = n;
	decision->profiles_said = true;
}

static void read_severities(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	static const char *const words[] = {"off", "notice", "warning", "error", NULL};
	struct dc_manifest_decision *decision = &level_of(target)->decision;
	size_t n = 0, i;
	if (node->bad)
		return;
	if (node->kind != DC_YAML_MAP || node->count > DC_MANIFEST_LIST_MAX) {
		dc_fault(faults, node->place, "%s must be a mapping (finding: off, notice, warning or error) of at most %d", name,
			 DC_MANIFEST_LIST_MAX);
		return;
	}
	struct dc_manifest_rule *rules = DC_NEW_ARRAY(faults->arena, struct dc_manifest_rule, node->count + 1);
	for (const struct dc_yaml_node *entry = node->first; entry; entry = entry->next) {
		if (entry->key->bad || !dc_read_word(faults, entry, name, words, &i))
			continue;
		for (size_t k = 0; k < n; k++)
			if (dc_slice_eq(rules[k].name, entry->key->text))
				dc_fault(faults, entry->key->place, "the key \"%s\" stands in line %u already",
					 dc_fault_show(faults, entry->key->text), (unsigned)rules[k].place.line);
		rules[n++] = (struct dc_manifest_rule){entry->key->text, entry->text, entry->key->place};
	}
	decision->rules = rules;
	decision->rule_count = n;
}

static void read_waiver_text(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct dc_manifest_waiver *waiver = target;
	struct dc_slice *field = name[0] == 's' ? (name[1] == 'l' ? &waiver->slug : &waiver->subject)
			       : name[0] == 'r' ? &waiver->reason
						: &waiver->expires;
	int64_t ignored;
	if (field == &waiver->expires)
		(void)dc_read_date(faults, node, name, field, &ignored);
	else
		(void)dc_read_text(faults, node, name, field);
}

static void read_waivers(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	enum { SLUG = 1, REASON = 4, EXPIRES = 8 };
	static const struct dc_manifest_key keys[] = {
		{"slug", read_waiver_text, false},   {"subject", read_waiver_text, false},
		{"reason", read_waiver_text, false}, {"expires", read_waiver_text, false},
		{NULL, NULL, false},
	};
	struct dc_manifest_decision *decision = &level_of(target)->decision;
	size_t count = node->kind == DC_YAML_LIST ? node->count : 0, n = 0;
	if (node->bad)
		return;
	if (node->kind != DC_YAML_LIST || count > DC_MANIFEST_WAIVERS_MAX) {
		dc_fault(faults, node->place, "%s must be a list (- slug: ...) of at most %d", name, DC_MANIFEST_WAIVERS_MAX);
		return;
	}
	struct dc_manifest_waiver *waivers = DC_NEW_ARRAY(faults->arena, struct dc_manifest_waiver, count + 1);
	for (const struct dc_yaml_node *entry = node->first; entry; entry = entry->next) {
		size_t before = faults->count;
		uint32_t said = dc_read_map(faults, entry, "a waiver", keys, &waivers[n]);
		waivers[n].place = entry->place;
		/* What is not there may be what a misspelt key was meant to be. */
		if (entry->kind == DC_YAML_MAP && faults->count == before &&
		    (said & (SLUG | REASON | EXPIRES)) != (SLUG | REASON | EXPIRES))
			dc_fault(faults, entry->place, "a waiver needs %s", !(said & SLUG) ? "a slug: the finding it accepts"
					 : !(said & REASON) ? "a reason" : "a day on which it expires (expires: 2027-01-31)");
		n++;
	}
	decision->waivers = waivers;
	decision->waiver_count = n;
}

/* ---- a level ---- */

static void read_senders(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct dc_level *level = target;
	(void)name;
	level->senders = dc_senders_read(faults, node, &level->sender_count);
	level->said |= DC_SAID_SENDERS;
	if (!level->sends.line)
		level->sends = node->key->place;
}

#define BESIDE(key)                                                                                                    \
	static void beside_##key(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target) \
	{                                                                                                              \
		dc_sender_##key(faults, node, name, &level_of(target)->sender);                                        \
	}
BESIDE(provider)
BESIDE(from)
BESIDE(mail_from)
BESIDE(helo)
BESIDE(ips)
BESIDE(selectors)
BESIDE(dkim_domain)

static void read_node(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	struct dc_slice text;
	if (name[0] == 'd')
		level_of(target)->domains = node;
	else
		(void)dc_read_text(faults, node, name, &text);
}

#define SETTINGS                                                                                                       \
	{"role", read_role, false}, {"provider", beside_provider, false}, {"from", beside_from, false},                \
		{"mail-from", beside_mail_from, false}, {"helo", beside_helo, false}, {"ips", beside_ips, false},      \
		{"selectors", beside_selectors, false}, {"dkim-domain", beside_dkim_domain, false},                    \
		{"senders", read_senders, false}, {"providers", read_providers, false}, {"dmarc", read_dmarc, false},  \
		{"tracking", read_tracking, false}, {"return-paths", read_return_paths, false},                        \
		{"profiles", read_profiles, false}, {"thresholds", read_thresholds, false},                            \
		{"severities", read_severities, false}, {"waivers", read_waivers, false}, {"about", read_node, false}

void dc_level_read(struct dc_faults *faults, const struct dc_yaml_node *node, const char *where, bool campaign,
		   struct dc_level *level)
{
	static const struct dc_manifest_key keys[] = {SETTINGS, {NULL, NULL, false}};
	static const struct dc_manifest_key campaign_keys[] = {SETTINGS, {"domains", read_node, false}, {NULL, NULL, false}};
	level->values.spf_lookups_max = UINT32_MAX;
	(void)dc_read_map(faults, node, where, campaign ? campaign_keys : keys, level);
	if (level->sender.said && (!level->sends.line || level->sender.place.line < level->sends.line))
		level->sends = level->sender.place;
	level->decision.above = level->above ? &level->above->decision : NULL;
}

/* ---- what holds ---- */

static void take(struct dc_declared *to, const struct dc_declared *from, uint32_t said)
{
	if (said & DC_SAID_ROLE)
		to->role = from->role;
	if (said & DC_SAID_PROVIDERS) {
		to->providers = from->providers;
		to->provider_count = from->provider_count;
		to->providers_said = true;
	}
	if (said & DC_SAID_POLICY)
		to->policy = from->policy;
	if (said & DC_SAID_SINCE) {
		to->policy_since = from->policy_since;
		to->policy_since_s = from->policy_since_s;
	}
	if (said & DC_SAID_TRACKING) {
		to->tracking = from->tracking;
		to->tracking_count = from->tracking_count;
	}
	if (said & DC_SAID_RETURN_PATHS) {
		to->return_paths = from->return_paths;
		to->return_path_count = from->return_path_count;
	}
	if (said & DC_SAID_LOOKUPS)
		to->spf_lookups_max = from->spf_lookups_max;
	if (said & DC_SAID_KEY_BITS)
		to->key_bits_min = from->key_bits_min;
	if (said & DC_SAID_KEY_AGE)
		to->key_age_days = from->key_age_days;
}

static void resolve_senders(struct dc_faults *faults, const struct dc_level *level, struct dc_slice domain,
			    struct dc_declared *declared)
{
	const struct dc_level *with = level;
	struct dc_sender_said beside = {0};
	for (const struct dc_level *at = level; at; at = at->above)
		dc_sender_inherit(&beside, &at->sender);
	while (with && !(with->said & DC_SAID_SENDERS))
		with = with->above;
	/* What stands beside a list, or further out, holds for each of its senders that does not say it itself. */
	size_t count = with && with->senders ? with->sender_count : beside.said ? 1 : 0;
	struct dc_stream *streams = DC_NEW_ARRAY(faults->arena, struct dc_stream, count + 1);
	size_t selectors = 0;
	for (size_t i = 0; i < count; i++) {
		struct dc_sender_said sender = with && with->senders ? with->senders[i] : (struct dc_sender_said){0};
		dc_sender_inherit(&sender, &beside);
		dc_sender_check(faults, &sender, domain);
		streams[i] = sender.stream;
		selectors += sender.stream.sending.selector_count;
		declared->providers_said |= sender.stream.provider != NULL;
	}
	const struct dc_place entry = {declared->line, 1};

	if (selectors > DC_MANIFEST_LIST_MAX)
		dc_fault(faults, level->sends.line ? level->sends : entry, "%s: more than %d selectors of all its senders",
			 dc_fault_show(faults, domain), DC_MANIFEST_LIST_MAX);
	declared->streams = streams;
	declared->stream_count = count;
}

void dc_level_resolve(struct dc_faults *faults, const struct dc_level *level, struct dc_slice domain,
		      struct dc_declared *ret_declared)
{
	uint32_t said = 0;
	ret_declared->spf_lookups_max = UINT32_MAX;
	const struct dc_level *at = level;
	do {
		/* A date belongs to the policy beside it: another policy nearer by does not take it over. */
		uint32_t hidden = said | (said & DC_SAID_POLICY ? DC_SAID_SINCE : 0);
		take(ret_declared, &at->values, at->said & ~hidden);
		said |= at->said;
	} while ((at = at->above));
	if (ret_declared->policy == DC_DMARC_POLICY_UNKNOWN && level->said & DC_SAID_SINCE)
		dc_fault(faults, level->since, "since: no policy is declared for %s that could hold from then on",
			 dc_fault_show(faults, domain));
	if (ret_declared->role == DC_ROLE_SENDING)
		resolve_senders(faults, level, domain, ret_declared);
	else if (level->sends.line)
		dc_fault(faults, level->sends, "%s is declared %s, so nothing may be said about how it sends",
			 dc_fault_show(faults, domain), dc_role_name(ret_declared->role));
}
