/* The names of a run: where they come from, and which of them are audited. */
#include "api/manifest.h"
#include "api/run.h"
#include "evidence/recording.h"

enum { LOOKED_AT_ONCE = 4096 }; /* names that had come before, between two looks at what is in flight */

static bool next_declared(struct dc_run *run, char domain[DC_DOMAIN_TEXT_MAX], const char **typed)
{
	const struct dc_manifest_domain *declared = dc_config_manifest_at(run->config, run->replayed++);
	if (!declared)
		return false;
	memcpy(domain, declared->name.ptr, declared->name.len + 1);
	*typed = declared->typed.ptr;
	return true;
}

static bool next_name(struct dc_run *run, char domain[DC_DOMAIN_TEXT_MAX], const char **typed)
{
	*typed = NULL;
	if (run->next)
		return run->next(run->user, domain, typed);
	if (!run->sources.recording && run->config->manifest)
		return next_declared(run, domain, typed);
	if (!run->sources.recording || run->replayed >= dc_recording_audit_count(run->sources.recording))
		return false;
	struct dc_slice name = dc_recording_audit_at(run->sources.recording, run->replayed++)->domain;
	size_t len = name.len < DC_DOMAIN_TEXT_MAX ? name.len : DC_DOMAIN_TEXT_MAX - 1;
	memcpy(domain, name.ptr, len);
	domain[len] = 0;
	return true;
}

static enum dc_nameset_added come(struct dc_run *run, const char *domain)
{
	const struct dc_config *config = run->config;
	struct dc_slice name = dc_slice_of(domain);
	if (config->shards && dc_nameset_hash(name) % config->shards != config->shard - 1)
		return DC_NAMESET_KNOWN;
	return dc_nameset_add(run->seen, name);
}

bool dc_run_would_audit(struct dc_run *run, const char *domain)
{
	size_t len = strlen(domain);
	return len > 0 && len < DC_DOMAIN_TEXT_MAX && come(run, domain) == DC_NAMESET_NEW;
}

/* A list may repeat itself without end: after some names others get their turn. */
bool dc_run_new_name(struct dc_run *run, char domain[DC_DOMAIN_TEXT_MAX], const char **typed)
{
	for (size_t i = 0; i < LOOKED_AT_ONCE; i++) {
		if (!next_name(run, domain, typed)) {
			run->exhausted = true;
			return false;
		}
		run->pausing = domain[0] == 0;
		if (run->pausing)
			return false;
		switch (come(run, domain)) {
		case DC_NAMESET_NEW:
			return true;
		case DC_NAMESET_KNOWN:
			run->left_out++;
			break;
		default:
			run->status = dc_error_set(&run->error, DC_ERR_NOMEM, "out of memory for the names of the run");
			return false;
		}
	}
	run->sifting = true;
	return false;
}

enum dc_status dc_run_skip(struct dc_run *run, const char *domain, struct dc_error *err)
{
	struct dc_slice name = dc_slice_of(domain);
	if (name.len == 0 || name.len >= DC_DOMAIN_TEXT_MAX)
		return dc_error_set(err, DC_ERR_USAGE, "no name to skip");
	run->partial = true;
	return dc_nameset_add(run->seen, name) == DC_NAMESET_NO_MEMORY
		       ? dc_error_set(err, DC_ERR_NOMEM, "out of memory for the names of the run")
		       : DC_OK;
}
