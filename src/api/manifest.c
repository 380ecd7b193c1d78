/* Manifests: the file is read, what it says is made into inputs of single domains. */
#include "api/manifest.h"

#include <stdlib.h>

#include "base/escape.h"
#include "dns/name.h"
#include "source/file.h"

/* ---- inputs of a domain ---- */

static bool has(const struct dc_slice *names, size_t count, struct dc_slice name)
{
	for (size_t i = 0; i < count; i++)
		if (dc_slice_eq(names[i], name))
			return true;
	return false;
}

/* The d= that most of the audit is about: the domain itself when anybody signs with it, else the first sender's. */
static struct dc_slice main_dkim_domain(const struct dc_declared *declared)
{
	for (size_t i = 0; i < declared->stream_count; i++)
		if (!declared->streams[i].sending.dkim_domain.len)
			return (struct dc_slice){0};
	return declared->stream_count ? declared->streams[0].sending.dkim_domain : (struct dc_slice){0};
}

/* What single senders say, as far as it holds for the domain as a whole. */
static void add_streams(struct dc_arena *arena, struct dc_inputs *inputs, const struct dc_declared *declared)
{
	size_t selectors = 0, senders = 0;
	for (size_t i = 0; i < declared->stream_count; i++) {
		selectors += declared->streams[i].sending.selector_count;
		senders += declared->streams[i].ip_count;
	}
	struct dc_slice *names = DC_NEW_ARRAY(arena, struct dc_slice, selectors + 1);
	struct dc_prefix *ips = DC_NEW_ARRAY(arena, struct dc_prefix, senders + 1);
	struct dc_sending *sending = &inputs->sending;
	if (declared->stream_count)
		*sending = declared->streams[0].sending;
	sending->dkim_domain = main_dkim_domain(declared);
	sending->selectors = names;
	sending->selector_count = 0;
	inputs->senders = ips;
	for (size_t i = 0; i < declared->stream_count; i++) {
		const struct dc_stream *stream = &declared->streams[i];
		for (size_t k = 0; k < stream->ip_count; k++)
			ips[inputs->sender_count++] = stream->ips[k];
		if (!dc_slice_eq(stream->sending.dkim_domain, sending->dkim_domain))
			continue;
		for (size_t k = 0; k < stream->sending.selector_count; k++)
			if (!has(names, sending->selector_count, stream->sending.selectors[k]))
				names[sending->selector_count++] = stream->sending.selectors[k];
	}
}

static void make_inputs(struct dc_config_manifest *manifest)
{
	size_t count = manifest->parsed->domain_count;
	manifest->inputs = DC_NEW_ARRAY(manifest->arena, struct dc_inputs, count + 1);
	for (size_t i = 0; i < count; i++) {
		const struct dc_declared *declared = &manifest->parsed->domains[i].declared;
		struct dc_inputs *inputs = &manifest->inputs[i];
		inputs->declared = declared;
		inputs->parked = declared->role == DC_ROLE_PARKED;
		inputs->key_age_days = declared->key_age_days;
		add_streams(manifest->arena, inputs, declared);
	}
}

void dc_config_manifest_inputs(const struct dc_config *config, struct dc_inputs *inputs)
{
	const struct dc_config_manifest *manifest = config->manifest;
	const struct dc_manifest_domain *domain = manifest ? dc_manifest_find(manifest->parsed, inputs->domain) : NULL;
	if (!domain)
		return;
	const struct dc_inputs *own = &manifest->inputs[domain - manifest->parsed->domains];
	inputs->declared = own->declared;
	inputs->parked = own->parked;
	inputs->sending = own->sending;
	inputs->senders = own->senders;
	inputs->sender_count = own->sender_count;
	if (!inputs->key_age_days)
		inputs->key_age_days = own->key_age_days;
}

/* ---- faults ---- */

static enum dc_status tell_faults(const struct dc_config_manifest *manifest, const struct dc_faults *faults, dc_tell tell,
				  void *user, struct dc_error *err)
{
	struct dc_error line = {0};
	char shown[120];
	(void)dc_escape_line(shown, sizeof shown, manifest->label);
	for (size_t i = 0; i < faults->count; i++) {
		const struct dc_fault *fault = &faults->items[i];
		(void)dc_error_set(&line, DC_ERR_INPUT, "%s:%u:%u: %.*s", shown, (unsigned)fault->place.line,
				   (unsigned)fault->place.column, DC_FMT(fault->text));
		if (i == 0 && err)
			*err = line;
		if (tell)
			tell(user, line.message);
	}
	if (faults->more && tell) {
		(void)dc_error_set(&line, DC_ERR_INPUT, "%s: and %zu more", shown, faults->more);
		tell(user, line.message);
	}
	return DC_ERR_INPUT;
}

/* ---- taking a manifest ---- */

static enum dc_status parse(struct dc_config *config, struct dc_config_manifest *manifest, struct dc_slice octets,
			    dc_tell tell, void *user, struct dc_error *err)
{
	struct dc_faults *faults;
	/* Waivers and severities go into the configuration's memory, all else into the manifest's. */
	if (DC_ARENA_GUARD(manifest->arena) || DC_ARENA_GUARD(config->arena))
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the manifest");
	manifest->octets = dc_arena_dup(manifest->arena, octets);
	manifest->label = dc_arena_dup(manifest->arena, manifest->label);
	faults = DC_NEW(manifest->arena, struct dc_faults);
	faults->arena = manifest->arena;
	if (!dc_manifest_parse(manifest->octets, faults, &manifest->parsed))
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the manifest");
	if (manifest->parsed->domain_count)
		dc_config_manifest_decide(config, manifest, faults);
	dc_faults_sort(faults);
	if (faults->count)
		return tell_faults(manifest, faults, tell, user, err);
	make_inputs(manifest);
	return DC_OK;
}

enum dc_status dc_config_manifest_take(struct dc_config *config, const char *label, struct dc_slice octets, dc_tell tell,
				       void *user, struct dc_error *err)
{
	struct dc_config_manifest *manifest = calloc(1, sizeof *manifest);
	if (manifest)
		manifest->arena = dc_arena_new(DC_MANIFEST_MEMORY_MAX);
	if (!manifest || !manifest->arena) {
		free(manifest);
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the manifest");
	}
	manifest->label = dc_slice_of(label);
	enum dc_status status = parse(config, manifest, octets, tell, user, err);
	if (status != DC_OK) {
		dc_arena_free(manifest->arena);
		free(manifest);
		return status;
	}
	config->manifest = manifest;
	return DC_OK;
}

void dc_config_manifest_free(struct dc_config *config)
{
	if (!config->manifest)
		return;
	dc_arena_free(config->manifest->arena);
	free(config->manifest);
	config->manifest = NULL;
}

enum dc_status dc_config_manifest(struct dc_config *config, const char *path, dc_tell tell, void *user, struct dc_error *err)
{
	struct dc_buf octets;
	if (config->manifest)
		return dc_error_set(err, DC_ERR_USAGE, "--config: a run has one manifest, and this is the second");
	if (!*path)
		return dc_error_set(err, DC_ERR_INPUT, "--config: \"\" is not a file name");
	dc_buf_init(&octets, DC_MANIFEST_OCTETS_MAX);
	enum dc_status status = dc_file_read(path, &octets, err);
	if (status == DC_OK)
		status = dc_config_manifest_take(config, path, dc_buf_slice(&octets), tell, user, err);
	dc_buf_free(&octets);
	return status;
}

/* ---- what it is asked for ---- */

/* Settings that say what the manifest says for each domain. */
static const char *const rivals[] = {"selector", "ip", "helo", "mail-from", "dkim-domain", "parked"};

bool dc_config_manifest_rules_out(struct dc_slice name)
{
	for (size_t i = 0; i < sizeof rivals / sizeof *rivals; i++)
		if (dc_slice_eq(name, dc_slice_of(rivals[i])))
			return true;
	return false;
}

static enum dc_status no_campaign(const struct dc_config *config, struct dc_error *err)
{
	const char *near = dc_fault_near(config->campaign, config->manifest->parsed->campaigns);
	char shown[100], file[120], meant[100];
	(void)dc_escape_line(shown, sizeof shown, config->campaign);
	(void)dc_escape_line(file, sizeof file, config->manifest->label);
	(void)dc_escape_line(meant, sizeof meant, dc_slice_of(near));
	return dc_error_set(err, DC_ERR_USAGE, "--campaign: there is no campaign \"%s\" in %s%s%s%s", shown, file,
			    near ? ": did you mean \"" : "", near ? meant : "", near ? "\"?" : "");
}

/* The domains that are asked for: from *ret_first on, *ret_count. */
static bool wanted(const struct dc_config *config, size_t *ret_first, size_t *ret_count)
{
	const struct dc_manifest *parsed = config->manifest->parsed;
	*ret_first = 0;
	*ret_count = parsed->domain_count;
	if (!config->campaign.len)
		return true;
	for (size_t i = 0; parsed->campaigns[i]; i++)
		if (dc_slice_eq(config->campaign, dc_slice_of(parsed->campaigns[i]))) {
			*ret_first = parsed->campaign_first[i];
			*ret_count = parsed->campaign_count[i];
			return true;
		}
	return false;
}

enum dc_status dc_config_manifest_check(const struct dc_config *config, struct dc_error *err)
{
	size_t first, count;
	if (!config->manifest)
		return config->campaign.len ? dc_error_set(err, DC_ERR_USAGE, "--campaign needs a manifest: give it with --config")
					    : DC_OK;
	for (size_t i = 0; i < config->given_count; i++)
		if (dc_config_manifest_rules_out(dc_slice_of(config->given[i].name)))
			return dc_error_set(err, DC_ERR_USAGE,
					    "--%s and --config: write it into the manifest, for the domains it holds for",
					    config->given[i].name);
	return wanted(config, &first, &count) ? DC_OK : no_campaign(config, err);
}

const struct dc_manifest_domain *dc_config_manifest_at(const struct dc_config *config, size_t i)
{
	size_t first, count;
	if (!config->manifest || !wanted(config, &first, &count) || i >= count)
		return NULL;
	return &config->manifest->parsed->domains[first + i];
}

enum dc_status dc_config_domain_at(const struct dc_config *config, size_t i, const char **ret_typed, struct dc_error *err)
{
	enum dc_status status = i ? DC_OK : dc_config_manifest_check(config, err);
	if (status != DC_OK)
		return status;
	const struct dc_manifest_domain *domain = dc_config_manifest_at(config, i);
	*ret_typed = domain ? domain->typed.ptr : NULL;
	return DC_OK;
}

enum dc_status dc_config_declares(const struct dc_config *config, const char *name, struct dc_error *err)
{
	const struct dc_config_manifest *manifest = config->manifest;
	const struct dc_manifest_domain *domain, *near;
	char file[120];
	if (!manifest)
		return DC_OK;
	domain = dc_manifest_find(manifest->parsed, dc_slice_of(name));
	(void)dc_escape_line(file, sizeof file, manifest->label);
	if (domain && (!config->campaign.len || dc_slice_eq(domain->declared.campaign, config->campaign)))
		return DC_OK;
	if (domain)
		return dc_error_set(err, DC_ERR_INPUT, "%s is in %s, but not in the campaign that --campaign names", name, file);
	near = dc_manifest_near(manifest->parsed, dc_slice_of(name));
	return dc_error_set(err, DC_ERR_INPUT, "%s is not in %s%s%s%s", name, file, near ? ": did you mean " : "",
			    near ? near->name.ptr : "", near ? "?" : ": give it an entry there, or leave --config out");
}
