/* The addresses that send: given ones, else what the domain's own records say.
 *
 * A provider's addresses are the provider's business: of SPF only single addresses count that stand in records of the
 * same organization; of MX only hosts of the same organization, or addresses that the domain's own SPF terms name. Which
 * names belong together is told by the public suffix list here: a hint is enough, and no question waits for another. */
#include "facts/senders.h"

#include "dmarc/psl.h"
#include "mx/mx.h"
#include "spf/spf.h"

struct list {
	struct dc_asker *asker;
	struct dc_ptr_sender *items;
	struct dc_sender_facts *facts;
	struct dc_slice org;
};

static void add(struct list *list, struct dc_ip ip, enum dc_sender_origin origin, struct dc_slice source, bool sample)
{
	ip = dc_ip_unmap(ip);
	for (size_t i = 0; i < list->facts->count; i++) {
		if (dc_ip_eq(list->items[i].ip, ip)) {
			list->items[i].sample &= sample;
			return;
		}
	}
	if (list->facts->count == DC_SENDER_MAX)
		list->facts->cut = true;
	else
		list->items[list->facts->count++] = (struct dc_ptr_sender){ip, origin, source, sample};
}

/* ---- given ---- */

static unsigned width(struct dc_prefix prefix)
{
	return prefix.ip.family == 4 ? 32 : 128;
}

static void set_bits(struct dc_ip *ip, unsigned from, unsigned to, unsigned value)
{
	for (unsigned bit = to; bit-- > from; value >>= 1) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		ip->octets[bit / 8] = (uint8_t)((ip->octets[bit / 8] & ~mask) | (value & 1 ? mask : 0));
	}
}

static struct dc_ip network_of(struct dc_prefix prefix)
{
	set_bits(&prefix.ip, prefix.bits, width(prefix), 0);
	return prefix.ip;
}

/* All hosts of a small range: the first and the last address of an IPv4 network are none. Of a large one only the address
 * as it is written, or the first host of a network, as a sample. */
static void add_range(struct list *list, struct dc_prefix prefix)
{
	unsigned host_bits = width(prefix) - prefix.bits, edge = prefix.ip.family == 4 && host_bits >= 2;

	if (host_bits >= 7) {
		bool sample = dc_ip_eq(network_of(prefix), prefix.ip);

		list->facts->cut = true;
		prefix.ip.octets[width(prefix) / 8 - 1] |= sample;
		add(list, prefix.ip, DC_SENDER_OPTION, (struct dc_slice){0}, sample);
		return;
	}
	for (unsigned i = edge; i < (1u << host_bits) - edge; i++) {
		struct dc_ip ip = prefix.ip;

		set_bits(&ip, prefix.bits, width(prefix), i);
		add(list, ip, DC_SENDER_OPTION, (struct dc_slice){0}, false);
	}
}

/* ---- from the SPF record ---- */

static bool is_ours(const struct list *list, struct dc_slice name)
{
	return dc_name_is_below(name, list->org) && dc_name_eq(dc_psl_org_of(list->asker, name), list->org);
}

static void add_spf(struct list *list, const struct dc_spf_facts *spf)
{
	for (size_t i = 0; i < spf->node_count; i++) {
		const struct dc_spf_node *node = spf->nodes[i];

		if (node->state != DC_SPF_STATE_RECORD || !is_ours(list, node->name))
			continue;
		for (size_t k = 0; k < node->use_count; k++) {
			const struct dc_spf_term *term = node->uses[k].term;

			if ((term->kind == DC_SPF_IP4 || term->kind == DC_SPF_IP6) && term->qualifier == '+' && !term->faulty &&
			    !node->uses[k].dead && term->prefix.bits == width(term->prefix))
				add(list, term->prefix.ip, DC_SENDER_SPF, term->text, false);
		}
	}
}

/* ---- from the MX hosts ---- */

/* Named by the domain's own terms, not by what a provider's include holds. */
static bool is_authorised(const struct list *list, const struct dc_spf_facts *spf, struct dc_ip ip)
{
	const struct dc_spf_use *via = NULL;
	struct dc_prefix prefix = {ip, ip.family == 4 ? 32 : 128};

	if (!spf || !spf->root || dc_spf_covers(spf, prefix, &via) != DC_SPF_INSIDE || !via)
		return false;
	return !via->child || is_ours(list, via->child->name);
}

static void add_mx(struct list *list, const struct dc_mx_facts *mx, const struct dc_spf_facts *spf)
{
	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *host = &mx->hosts[i];
		bool ours = mx->class == DC_MX_HOSTS && is_ours(list, host->host);

		for (size_t k = 0; k < host->ip_count; k++) {
			if (ours || is_authorised(list, spf, host->ips[k]))
				add(list, host->ips[k], DC_SENDER_MX, host->host, false);
		}
		list->facts->complete &= host->is_null || host->is_address || host->resolves != DC_TRI_UNKNOWN;
	}
}

const struct dc_sender_facts *dc_senders_build(struct dc_asker *asker, const struct dc_inputs *inputs,
					       const struct dc_mx_facts *mx, const struct dc_spf_facts *spf)
{
	struct dc_sender_facts *facts = DC_NEW(asker->arena, struct dc_sender_facts);
	struct list list = {
		.asker = asker,
		.items = DC_NEW_ARRAY(asker->arena, struct dc_ptr_sender, DC_SENDER_MAX),
		.facts = facts,
		.org = dc_psl_org_of(asker, inputs->domain),
	};

	facts->items = list.items;
	facts->complete = true;
	for (size_t i = 0; i < inputs->sender_count; i++)
		add_range(&list, inputs->senders[i]);
	if (inputs->sender_count)
		return facts;
	facts->complete = mx->class != DC_MX_UNKNOWN && spf->answer && dc_outcome_is_known(spf->answer->outcome);
	if (spf->root)
		add_spf(&list, spf);
	add_mx(&list, mx, spf);
	return facts;
}
