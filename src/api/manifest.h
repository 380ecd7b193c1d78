/* --config: a campaign manifest as a source of settings for each of its domains. */
#ifndef DC_API_MANIFEST_H
#define DC_API_MANIFEST_H

#include "api/config.h"
#include "manifest/manifest.h"

struct dc_config_manifest {
	struct dc_arena *arena;
	const struct dc_manifest *parsed;
	struct dc_slice octets; /* of the file, NUL-terminated: a recording carries them */
	struct dc_slice label;  /* the file's name, for messages */
	struct dc_inputs *inputs; /* of each domain, in the order of the file: only what the manifest says */
	struct dc_policy *policies; /* of each level, by its number */
	bool overlaid;              /* with the decisions of the command line */
};

/* Takes a manifest's octets (copied). `tell` (may be NULL) gets a line a fault; err->message is the first of them.
 * DC_ERR_INPUT. */
enum dc_status dc_config_manifest_take(struct dc_config *config, const char *label, struct dc_slice octets, dc_tell tell,
				       void *user, struct dc_error *err);
void dc_config_manifest_free(struct dc_config *config);

/* A setting that says what a manifest says for each domain: the two do not go together. */
bool dc_config_manifest_rules_out(struct dc_slice name);
/* Are the settings, now that all were given, in tune with the manifest? DC_ERR_USAGE. */
enum dc_status dc_config_manifest_check(const struct dc_config *config, struct dc_error *err);
/* The i-th of the domains that are asked for; NULL past the end. */
const struct dc_manifest_domain *dc_config_manifest_at(const struct dc_config *config, size_t i);
/* Lays what the manifest says of inputs->domain over *inputs, which holds what all domains share. A domain that is not in
 * it stays as it is. */
void dc_config_manifest_inputs(const struct dc_config *config, struct dc_inputs *inputs);

/* manifest_policy.c: makes manifest->policies; what cannot be, such as an unknown slug, goes to `faults`. */
void dc_config_manifest_decide(struct dc_config *config, struct dc_config_manifest *manifest, struct dc_faults *faults);
/* Once all settings are known: lays the decisions of the command line over those of the manifest. */
enum dc_status dc_config_manifest_overlay(struct dc_config *config, struct dc_error *err);
/* What decides about `domain` (canonical): its own, else what holds for the run. */
const struct dc_policy *dc_config_policy_of(const struct dc_config *config, struct dc_slice domain);

#endif
