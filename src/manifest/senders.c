/* Senders: the combinations of provider, From, return path, HELO, addresses, selectors and d= that send for a domain. */
#include "base/escape.h"
#include "manifest/senders.h"

#define STREAM(target) (&((struct dc_sender_said *)(target))->stream)

static void said(void *target, uint32_t bit, const struct dc_yaml_node *node)
{
	struct dc_sender_said *sender = target;
	if (!sender->place.line)
		sender->place = node->key->place;
	sender->said |= bit;
}

void dc_sender_provider(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_provider(faults, node, name, &STREAM(target)->provider))
		said(target, DC_SAID_PROVIDER, node);
}

void dc_sender_from(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	size_t count, n = 0;
	const struct dc_yaml_node *entry = dc_list_first(faults, node, name, &count);
	struct dc_slice *texts = DC_NEW_ARRAY(faults->arena, struct dc_slice, count + 1);
	struct dc_manifest_text *domains = DC_NEW_ARRAY(faults->arena, struct dc_manifest_text, count + 1);
	for (; entry; entry = dc_list_next(node, entry)) {
		struct dc_slice local, domain;
		if (!dc_read_address(faults, entry, name, &local, &domain))
			continue;
		texts[n] = entry->text;
		domains[n++] = (struct dc_manifest_text){domain, entry->place};
	}
	STREAM(target)->from = texts;
	STREAM(target)->from_count = n;
	((struct dc_sender_said *)target)->from_domains = domains;
	said(target, DC_SAID_FROM, node);
}

void dc_sender_mail_from(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_address(faults, node, name, &STREAM(target)->sending.mail_from_local, &STREAM(target)->sending.mail_from))
		said(target, DC_SAID_MAIL_FROM, node);
}

void dc_sender_helo(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_helo(faults, node, name, &STREAM(target)->sending.helo))
		said(target, DC_SAID_HELO, node);
}

void dc_sender_dkim_domain(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	if (dc_read_name(faults, node, name, &STREAM(target)->sending.dkim_domain))
		said(target, DC_SAID_DKIM_DOMAIN, node);
}

void dc_sender_selectors(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	size_t count, n = 0;
	const struct dc_yaml_node *entry = dc_list_first(faults, node, name, &count);
	struct dc_slice *names = DC_NEW_ARRAY(faults->arena, struct dc_slice, count + 1);
	for (; entry; entry = dc_list_next(node, entry))
		n += dc_read_selector(faults, entry, name, &names[n]);
	STREAM(target)->sending.selectors = names;
	STREAM(target)->sending.selector_count = n;
	said(target, DC_SAID_SELECTORS, node);
}

void dc_sender_ips(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target)
{
	size_t count, n = 0;
	const struct dc_yaml_node *entry = dc_list_first(faults, node, name, &count);
	struct dc_prefix *ips = DC_NEW_ARRAY(faults->arena, struct dc_prefix, count + 1);
	for (; entry; entry = dc_list_next(node, entry))
		n += dc_read_prefix(faults, entry, name, &ips[n]);
	STREAM(target)->ips = ips;
	STREAM(target)->ip_count = n;
	said(target, DC_SAID_IPS, node);
}

static const struct dc_manifest_key sender_keys[] = {
	DC_SENDER_KEYS,
	{NULL, NULL, false},
};

const struct dc_sender_said *dc_senders_read(struct dc_faults *faults, const struct dc_yaml_node *node, size_t *ret_count)
{
	size_t count = 0;
	*ret_count = 0;
	if (node->bad)
		return NULL;
	if (node->kind != DC_YAML_LIST || node->count == 0 || node->count > DC_MANIFEST_SENDERS_MAX) {
		dc_fault(faults, node->place, "senders must be a list of 1 to %d senders (- provider: ...), and this is %s",
			 DC_MANIFEST_SENDERS_MAX,
			 node->kind != DC_YAML_LIST ? dc_yaml_kind_name(node) : node->count ? "a longer one" : "an empty one");
		return NULL;
	}
	struct dc_sender_said *senders = DC_NEW_ARRAY(faults->arena, struct dc_sender_said, node->count);
	for (const struct dc_yaml_node *entry = node->first; entry; entry = entry->next) {
		struct dc_sender_said *sender = &senders[count++];
		(void)dc_read_map(faults, entry, "a sender", sender_keys, sender);
		sender->place = entry->place;
		if (entry->kind == DC_YAML_MAP && entry->count == 0)
			dc_fault(faults, entry->place, "a sender without anything: say at least its provider");
	}
	*ret_count = count;
	return senders;
}

/* ---- what holds in the end ---- */

/* `own` over `outer`. */
void dc_sender_inherit(struct dc_sender_said *own, const struct dc_sender_said *outer)
{
	uint32_t take = outer->said & ~own->said;
	struct dc_stream *to = &own->stream;
	const struct dc_stream *from = &outer->stream;
	if (take & DC_SAID_PROVIDER)
		to->provider = from->provider;
	if (take & DC_SAID_FROM) {
		to->from = from->from;
		to->from_count = from->from_count;
		own->from_domains = outer->from_domains;
	}
	if (take & DC_SAID_MAIL_FROM) {
		to->sending.mail_from = from->sending.mail_from;
		to->sending.mail_from_local = from->sending.mail_from_local;
	}
	if (take & DC_SAID_HELO)
		to->sending.helo = from->sending.helo;
	if (take & DC_SAID_DKIM_DOMAIN)
		to->sending.dkim_domain = from->sending.dkim_domain;
	if (take & DC_SAID_SELECTORS) {
		to->sending.selectors = from->sending.selectors;
		to->sending.selector_count = from->sending.selector_count;
	}
	if (take & DC_SAID_IPS) {
		to->ips = from->ips;
		to->ip_count = from->ip_count;
	}
	own->said |= take;
}

void dc_sender_check(struct dc_faults *faults, const struct dc_sender_said *sender, struct dc_slice domain)
{
	for (size_t i = 0; i < sender->stream.from_count; i++) {
		const struct dc_manifest_text *from = &sender->from_domains[i];
		if (!dc_slice_eq(from->text, domain))
			dc_fault(faults, from->place, "from: %s is not of %s: give %s an entry of its own, the policy at it is what counts",
				 dc_fault_show(faults, sender->stream.from[i]), dc_fault_show(faults, domain),
				 dc_fault_show(faults, from->text));
	}
}
