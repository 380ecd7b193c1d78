/* Streams: see streams.h. An address that several streams send from counts for each; what is known of it by itself stands
 * once in the list of all. */
#include "facts/streams.h"

#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "mx/mx.h"
#include "spf/spf.h"

struct builder {
	struct dc_asker *asker;
	const struct dc_inputs *inputs;
	const struct dc_sender_facts *senders;
	const struct dc_dkim_facts *dkim;
	const struct dc_dmarc_facts *dmarc;
	struct dc_streams *streams;
	struct dc_return_path *returns;
	const struct dc_dkim_facts **other;
};

/* ---- addresses ---- */

static bool is_of(const struct dc_stream *stream, const struct dc_ptr_sender *sender)
{
	for (size_t i = 0; i < stream->ip_count; i++)
		if (dc_prefix_contains(stream->ips[i], sender->ip) || dc_ip_eq(dc_ip_unmap(stream->ips[i].ip), sender->ip))
			return true;
	return false;
}

/* Addresses that DNS alone tells are those of the domain's own servers, not of a provider. */
static void pick_senders(const struct builder *b, struct dc_stream_facts *facts)
{
	const struct dc_stream *stream = facts->declared;
	struct dc_ptr_sender *items;

	if (!stream || (!stream->ip_count && !stream->provider && !b->inputs->sender_count)) {
		facts->senders = b->senders->items;
		facts->sender_count = b->senders->count;
		return;
	}
	items = DC_NEW_ARRAY(b->asker->arena, struct dc_ptr_sender, b->senders->count + 1);
	for (size_t i = 0; i < b->senders->count; i++) {
		if (is_of(stream, &b->senders->items[i]))
			items[facts->sender_count++] = b->senders->items[i];
	}
	facts->senders = items;
}

static const struct dc_ptr_address *address_in(const struct dc_streams *streams, struct dc_ip ip)
{
	for (size_t i = 0; i < streams->count; i++) {
		const struct dc_ptr_facts *ptr = streams->items[i].ptr;

		for (size_t k = 0; k < ptr->count; k++)
			if (dc_ip_eq(ptr->addresses[k].sender.ip, ip))
				return &ptr->addresses[k];
	}
	return NULL;
}

/* Each address as its first stream sees it, for that is whose HELO name it says; those of no stream without one. */
static const struct dc_ptr_facts *all_addresses(const struct builder *b)
{
	const struct dc_streams *streams = b->streams;
	const struct dc_ptr_facts *plain = dc_ptr_build(b->asker, b->senders->items, b->senders->count, streams->items[0].sending.helo);
	struct dc_ptr_facts *all;
	struct dc_ptr_address *addresses;

	if (streams->count == 1 && streams->items[0].sender_count == b->senders->count)
		return plain;
	all = DC_NEW(b->asker->arena, struct dc_ptr_facts);
	addresses = DC_NEW_ARRAY(b->asker->arena, struct dc_ptr_address, plain->count + 1);
	for (size_t i = 0; i < plain->count; i++) {
		const struct dc_ptr_address *own = address_in(streams, plain->addresses[i].sender.ip);

		addresses[i] = own ? *own : plain->addresses[i];
	}
	*all = *plain;
	all->addresses = addresses;
	return all;
}

/* ---- keys ---- */

static const struct dc_dkim_facts *keys_of(struct builder *b, struct dc_slice domain)
{
	const struct dc_inputs *inputs = b->inputs;
	struct dc_slice *names;
	size_t room = 0, count = 0;

	if (dc_name_eq(domain, b->dkim->domain))
		return b->dkim;
	for (size_t i = 0; i < b->streams->other_dkim_count; i++)
		if (dc_name_eq(b->other[i]->domain, domain))
			return b->other[i];
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): only a declared stream has another domain than b->dkim */
	for (size_t i = 0; i < inputs->declared->stream_count; i++)
		room += inputs->declared->streams[i].sending.selector_count;
	names = DC_NEW_ARRAY(b->asker->arena, struct dc_slice, room + 1);
	for (size_t i = 0; i < inputs->declared->stream_count; i++) {
		const struct dc_stream *stream = &inputs->declared->streams[i];

		for (size_t k = 0; dc_name_eq(stream->sending.dkim_domain, domain) && k < stream->sending.selector_count; k++)
			if (count < DC_DKIM_GIVEN_MAX)
				names[count++] = stream->sending.selectors[k];
	}
	struct dc_dkim_input input = {.domain = domain, .selectors = names, .selector_count = count, .search = DC_DKIM_SEARCH_NONE,
				      .now_s = inputs->now_s, .lone = inputs->lone};
	const struct dc_dkim_facts *other = dc_dkim_build(b->asker, &input);

	dc_dkim_hear_receivers(b->asker, other);
	return b->other[b->streams->other_dkim_count++] = other;
}

/* ---- return paths ---- */

/* Unknown while the record is. */
static enum dc_tri aligned(const struct builder *b, struct dc_slice domain)
{
	const struct dc_dmarc_view *now = &b->dmarc->now;

	return now->name.class == DC_DMARC_CLASS_UNKNOWN ? DC_TRI_UNKNOWN
							 : dc_dmarc_aligned(b->asker, b->inputs->domain, domain, now->aspf_strict);
}

static void add_return(struct builder *b, struct dc_slice domain, bool used)
{
	if (dc_name_eq(domain, b->inputs->domain))
		return;
	for (size_t i = 0; i < b->streams->return_count; i++)
		if (dc_name_eq(b->returns[i].domain, domain)) {
			b->returns[i].used |= used;
			return;
		}
	b->returns[b->streams->return_count++] = (struct dc_return_path){
		.domain = domain,
		.spf = dc_spf_build_plain(b->asker, domain),
		.mx = dc_mx_build(b->asker, domain),
		.used = used,
		.aligned = used ? DC_TRI_UNKNOWN : aligned(b, domain),
	};
}

/* ---- streams ---- */

/* `stream` NULL: of the options. */
static void fill(struct builder *b, const struct dc_stream *stream, struct dc_stream_facts *facts)
{
	facts->declared = stream;
	facts->sending = stream ? stream->sending : b->inputs->sending;
	if (!facts->sending.mail_from.len)
		facts->sending.mail_from = b->inputs->domain;
	if (!facts->sending.mail_from_local.len)
		facts->sending.mail_from_local = DC_S("postmaster");
	if (!facts->sending.dkim_domain.len)
		facts->sending.dkim_domain = b->inputs->domain;
	pick_senders(b, facts);
	facts->dkim = keys_of(b, facts->sending.dkim_domain);
	facts->ptr = dc_ptr_build(b->asker, facts->senders, facts->sender_count, facts->sending.helo);
	add_return(b, facts->sending.mail_from, true);
}

const struct dc_streams *dc_streams_build(struct dc_asker *asker, const struct dc_inputs *inputs,
					  const struct dc_sender_facts *senders, const struct dc_dkim_facts *dkim,
					  const struct dc_dmarc_facts *dmarc)
{
	const struct dc_declared *declared = inputs->declared;
	size_t count = declared && declared->stream_count ? declared->stream_count : 1;
	size_t hosts = declared ? declared->return_path_count : 0;
	struct dc_streams *streams = DC_NEW(asker->arena, struct dc_streams);
	struct dc_stream_facts *items = DC_NEW_ARRAY(asker->arena, struct dc_stream_facts, count);
	struct builder b = {
		.asker = asker,
		.inputs = inputs,
		.senders = senders,
		.dkim = dkim,
		.dmarc = dmarc,
		.streams = streams,
		.returns = DC_NEW_ARRAY(asker->arena, struct dc_return_path, count + hosts),
		.other = DC_NEW_ARRAY(asker->arena, const struct dc_dkim_facts *, count),
	};

	streams->items = items;
	for (size_t i = 0; i < count; i++) {
		fill(&b, declared && declared->stream_count ? &declared->streams[i] : NULL, &items[i]);
		streams->count++;
	}
	for (size_t i = 0; i < hosts; i++)
		add_return(&b, declared->return_paths[i].host, false);
	streams->returns = b.returns;
	streams->other_dkim = b.other;
	streams->ptr = all_addresses(&b);
	return streams;
}
