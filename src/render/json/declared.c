/* "declared" of a domain object: what the manifest says of the domain, and what was found at the hosts it names. */
#include "facts/declared.h"
#include "facts/facts.h"
#include "facts/hosts.h"
#include "render/json/node.h"

static struct dc_node *prefixes(struct dc_json *json, const struct dc_prefix *items, size_t count)
{
	struct dc_node *array = dc_node_array(json);
	char text[DC_PREFIX_TEXT_MAX];

	for (size_t i = 0; i < count; i++) {
		bool one = items[i].bits == (items[i].ip.family == 4 ? 32 : 128);

		dc_node_add(json, array, one ? dc_node_ip(json, items[i].ip) : dc_node_copy(json, dc_prefix_format(items[i], text)));
	}
	return array;
}

static struct dc_node *sender(struct dc_json *json, const struct dc_stream *stream)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "provider", dc_node_name_or_null(json, stream->provider ? stream->provider->id : NULL));
	dc_node_set(json, object, "from", dc_node_texts(json, stream->from, stream->from_count));
	dc_node_set(json, object, "mail_from", dc_node_text_or_null(json, stream->sending.mail_from));
	dc_node_set(json, object, "helo", dc_node_text_or_null(json, stream->sending.helo));
	dc_node_set(json, object, "ips", prefixes(json, stream->ips, stream->ip_count));
	dc_node_set(json, object, "selectors", dc_node_texts(json, stream->sending.selectors, stream->sending.selector_count));
	dc_node_set(json, object, "dkim_domain", dc_node_text_or_null(json, stream->sending.dkim_domain));
	return object;
}

static struct dc_node *hosts(struct dc_json *json, const struct dc_host_facts *items, size_t count)
{
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; i < count; i++) {
		struct dc_node *object = dc_node_object(json);

		dc_node_set(json, object, "host", dc_node_text(json, items[i].declared->host));
		dc_node_set(json, object, "target", dc_node_text_or_null(json, items[i].declared->target));
		dc_node_set(json, object, "cname", dc_node_text_or_null(json, items[i].alias));
		dc_node_set(json, object, "resolves", dc_node_tri(json, items[i].resolves));
		dc_node_set(json, object, "leads_there", dc_node_tri(json, items[i].leads));
		dc_node_set(json, object, "certificate",
			    dc_node_name_or_null(json, items[i].fetched && items[i].fetch.state == DC_HTTPS_REPLY ?
							       dc_https_verify_name(items[i].fetch.reply.verify) : NULL));
		dc_node_add(json, array, object);
	}
	return array;
}

static struct dc_node *thresholds(struct dc_json *json, const struct dc_declared *declared)
{
	struct dc_node *object = dc_node_object(json);
	bool lookups = declared->spf_lookups_max != UINT32_MAX;

	dc_node_set(json, object, "spf_lookups", lookups ? dc_node_uint(json, declared->spf_lookups_max) : dc_node_null(json));
	dc_node_set(json, object, "key_bits",
		    declared->key_bits_min ? dc_node_uint(json, declared->key_bits_min) : dc_node_null(json));
	dc_node_set(json, object, "key_age_days",
		    declared->key_age_days ? dc_node_uint(json, declared->key_age_days) : dc_node_null(json));
	return object;
}

struct dc_node *dc_json_declared(struct dc_json *json, const struct dc_inputs *inputs, const struct dc_facts *facts)
{
	const struct dc_declared *declared = inputs->declared;
	const struct dc_declared_facts *found = facts ? facts->hosts : NULL;
	struct dc_node *object = dc_node_object(json), *senders = dc_node_array(json), *providers = dc_node_array(json);

	for (size_t i = 0; i < declared->stream_count; i++)
		dc_node_add(json, senders, sender(json, &declared->streams[i]));
	for (size_t i = 0; i < declared->provider_count; i++)
		dc_node_add(json, providers, dc_node_word(json, declared->providers[i]->id));
	dc_node_set(json, object, "line", dc_node_uint(json, declared->line));
	dc_node_set(json, object, "campaign", dc_node_text_or_null(json, declared->campaign));
	dc_node_set(json, object, "role", dc_node_word(json, dc_role_name(declared->role)));
	dc_node_set(json, object, "senders", senders);
	dc_node_set(json, object, "providers", declared->providers_said ? providers : dc_node_null(json));
	dc_node_set(json, object, "policy", dc_node_name_or_null(json, dc_dmarc_policy_name(declared->policy)));
	dc_node_set(json, object, "policy_since", dc_node_text_or_null(json, declared->policy_since));
	dc_node_set(json, object, "thresholds", thresholds(json, declared));
	dc_node_set(json, object, "tracking", hosts(json, found ? found->tracking : NULL, found ? found->tracking_count : 0));
	dc_node_set(json, object, "return_paths",
		    hosts(json, found ? found->return_paths : NULL, found ? found->return_path_count : 0));
	return object;
}
