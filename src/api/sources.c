/* Which sources a configuration means, in the order of asking:
 *   --replay FILE      the recording, nothing else
 *   -z FILE            the zone files, nothing else
 *   -z FILE --live     the zone files over live DNS
 *   --recurse          our own recursion from the root
 *   otherwise          the resolvers given, or the system's; DNSSEC validation through the same
 * and over live DNS, unless --no-fetch, documents over HTTPS. */
#include "api/run.h"

#include "source/https.h"
#include "blocklist/blocklist.h"
#include "source/live.h"
#include "source/recording.h"
#include "source/resolvconf.h"
#include "source/smtp.h"
#include "source/unbound.h"
#include "source/zonefile.h"

static enum dc_status add(struct dc_run_sources *sources, struct dc_source *source, bool asked, const struct dc_error *err)
{
	if (!source)
		return err->status;
	if (asked)
		sources->items[sources->count++] = source;
	sources->owned[sources->owned_count++] = source;
	return DC_OK;
}

static enum dc_status servers(const struct dc_config *config, struct dc_live_server *list, size_t *count,
			      struct dc_error *err)
{
	enum dc_status status = DC_OK;
	*count = 0;
	if (config->nameservers.count > DC_LIVE_SERVERS_MAX)
		return dc_error_set(err, DC_ERR_USAGE, "--nameserver: more than %d resolvers", DC_LIVE_SERVERS_MAX);
	for (size_t i = 0; status == DC_OK && i < config->nameservers.count; i++)
		status = dc_live_server_parse(config->nameservers.items[i], &list[(*count)++], err);
	if (config->nameservers.count == 0)
		status = dc_resolvconf_read(config->resolv_conf.ptr, list, count, err);
	return status;
}

/* Recursion and validation; `list` empty: from the root. */
static struct dc_source *unbound(const struct dc_config *config, struct dc_loop *loop, const struct dc_live_server *list,
				 size_t count, struct dc_error *err)
{
	struct dc_unbound_options options = {
		.mode = config->recurse ? DC_UNBOUND_RECURSE : DC_UNBOUND_VALIDATE,
		.servers = list,
		.server_count = count,
		/* Unless the user says otherwise, a walk from the root may take longer than one question. */
		.timeout_ms = config->timeout_ms == DC_TIMEOUT_DEFAULT_MS ? 0 : (uint32_t)config->timeout_ms,
		.root_hints = config->root_hints.ptr,
		.trust_anchor = config->trust_anchor.ptr,
	};
	return dc_unbound_new(loop, &options, err);
}

/* Mail servers are spoken to only when that is wished for. */
static enum dc_status open_smtp(struct dc_run_sources *sources, const struct dc_config *config, struct dc_loop *loop,
				struct dc_error *err)
{
	if (!config->probe_smtp && !config->probe_submission)
		return DC_OK;
	struct dc_smtp_options options = {
		.ca_file = config->ca_file.ptr,
		.timeout_ms = (uint32_t)config->probe_timeout_ms,
		.allow_private = config->allow_private,
		.helo = config->probe_helo,
	};
	memcpy(options.ports, config->probe_ports, sizeof options.ports);
	return add(sources, dc_smtp_new(loop, &options, err), true, err);
}

/* Blocklists must not be asked through public resolvers. When there is no other, the facts see it in the answers; when
 * only some questions would go there, nobody could tell which. */
static enum dc_status check_resolvers(const struct dc_config *config, const struct dc_live_server *list, size_t count,
				      struct dc_error *err)
{
	char text[DC_LIVE_SERVER_TEXT_MAX];
	size_t public_count = 0, last = 0;
	for (size_t i = 0; config->blocklists && i < count; i++)
		if (dc_blocklist_public_resolver(list[i].ip)) {
			public_count++;
			last = i;
		}
	if (!public_count || (public_count == count && !config->zones.count))
		return DC_OK;
	dc_live_server_format(&list[last], text);
	return dc_error_set(err, DC_ERR_USAGE, "--blocklists: %s is a public resolver, which lists do not answer: name only "
			    "resolvers of your own with --nameserver", text);
}

static enum dc_status open_live(struct dc_run_sources *sources, const struct dc_config *config, struct dc_loop *loop,
				struct dc_error *err)
{
	struct dc_live_server list[DC_LIVE_SERVERS_MAX];
	size_t count = 0;
	bool overlay = config->zones.count > 0;
	struct dc_source *below;
	sources->timed = true;
	if (!config->recurse) {
		enum dc_status status = servers(config, list, &count, err);
		if (status == DC_OK)
			status = check_resolvers(config, list, count, err);
		if (status != DC_OK)
			return status;
		struct dc_live_options options = {
			.servers = list,
			.server_count = count,
			.timeout_ms = (uint32_t)config->timeout_ms,
			.retries = config->retries ? (int)config->retries : -1,
			.max_qps = (unsigned)config->max_qps,
		};
		below = dc_live_new(loop, &options, err);
	} else {
		below = unbound(config, loop, NULL, 0, err);
	}
	enum dc_status status = add(sources, below, !overlay, err);
	/* Recursion does not say which server answered: single servers are asked beside it. */
	if (status == DC_OK && config->recurse && config->authority) {
		struct dc_live_options options = {.timeout_ms = (uint32_t)config->timeout_ms,
						  .retries = config->retries ? (int)config->retries : -1};
		status = add(sources, dc_live_new(loop, &options, err), true, err);
	}
	if (status == DC_OK && overlay)
		status = add(sources, dc_zonefile_new(config->zones.texts, config->zones.count, below, err), true, err);
	if (status != DC_OK || config->recurse || !config->lone)
		return status;
	/* Without the root's key on this machine nothing can be validated: the state stays unknown. */
	struct dc_source *validator = unbound(config, loop, list, count, err);
	return validator || config->trust_anchor.len ? add(sources, validator, true, err) : DC_OK;
}

/* What names point at over HTTPS; its addresses come from the sources above. */
static enum dc_status open_https(struct dc_run_sources *sources, const struct dc_config *config, struct dc_loop *loop,
				 struct dc_error *err)
{
	struct dc_https_options options = {.timeout_ms = (uint32_t)config->timeout_ms, .allow_private = config->allow_private,
					   .ca_file = config->ca_file.len ? config->ca_file.ptr : NULL};
	return config->no_fetch ? DC_OK : add(sources, dc_https_new(loop, &options, err), true, err);
}

static enum dc_status check_choice(const struct dc_config *config, struct dc_error *err)
{
	if (config->replay.len && (config->zones.count || config->recurse || config->nameservers.count || config->record.len))
		return dc_error_set(err, DC_ERR_USAGE,
				    "--replay together with --zone, --record, --nameserver or --recurse: a recording answers alone");
	if (config->recurse && config->nameservers.count)
		return dc_error_set(err, DC_ERR_USAGE, "--recurse together with --nameserver: choose who does the asking");
	if (config->zones.count && !config->live && (config->nameservers.count || config->recurse))
		return dc_error_set(err, DC_ERR_USAGE,
				    "--zone alone asks no network: add --live, or leave --nameserver and --recurse out");
	if (config->live && !config->zones.count)
		return dc_error_set(err, DC_ERR_USAGE, "--live lays zone files over live DNS: give them with --zone");
	return DC_OK;
}

enum dc_status dc_run_sources_open(struct dc_run_sources *sources, const struct dc_config *config, struct dc_loop *loop,
				   struct dc_error *err)
{
	struct dc_error own;
	enum dc_status status = check_choice(config, err ? err : &own);
	if (!err)
		err = &own;
	if (status != DC_OK)
		return status;
	if (config->replay.len) {
		status = dc_recording_read(config->replay.ptr, &sources->recording, err);
		return status != DC_OK ? status : add(sources, dc_recording_source_new(sources->recording, err), true, err);
	}
	if (config->zones.count && !config->live)
		return add(sources, dc_zonefile_new(config->zones.texts, config->zones.count, NULL, err), true, err);
	status = open_smtp(sources, config, loop, err);
	if (status == DC_OK)
		status = open_live(sources, config, loop, err);
	return status != DC_OK ? status : open_https(sources, config, loop, err);
}

/* What asks another is freed before it. */
void dc_run_sources_close(struct dc_run_sources *sources)
{
	for (size_t i = 0; i < sources->owned_count; i++)
		sources->owned[i]->ops->free(sources->owned[i]);
	dc_recording_free(sources->recording);
	*sources = (struct dc_run_sources){0};
}
