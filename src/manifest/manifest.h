/* Campaign manifests: domaincheck-manifest(5) is the format's definition. Octets in, values or faults out: reading the file,
 * and making waivers and severities of their texts, is done in the api room. */
#ifndef DC_MANIFEST_MANIFEST_H
#define DC_MANIFEST_MANIFEST_H

#include "facts/declared.h"
#include "findings/finding.h"
#include "manifest/fault.h"

enum {
	DC_MANIFEST_OCTETS_MAX = 4 << 20,   /* of a file: some ten thousand domains with all they can have */
	DC_MANIFEST_MEMORY_MAX = 256 << 20, /* a file of 4 MiB with the tree and the values made of it */
	DC_MANIFEST_DOMAINS_MAX = 50000,    /* what 4 MiB can hold with something to say about each */
	DC_MANIFEST_CAMPAIGNS_MAX = 1000,
	DC_MANIFEST_SENDERS_MAX = 32,       /* of one domain: each costs evaluations of its own */
	DC_MANIFEST_LIST_MAX = 300,         /* entries of any list: as many selectors as the program takes */
	DC_MANIFEST_WAIVERS_MAX = 1000,     /* at one place */
};

/* Texts that other rooms judge; `place` is where they stand. */
struct dc_manifest_text {
	struct dc_slice text;
	struct dc_place place;
};
struct dc_manifest_waiver {
	struct dc_slice slug, subject, reason, expires;
	struct dc_place place;
};
struct dc_manifest_rule {
	struct dc_slice name, severity;
	struct dc_place place;
};

/* What one level (the defaults, a campaign, a domain) decides. Lists may be empty. */
struct dc_manifest_decision {
	const struct dc_manifest_decision *above; /* NULL: the defaults, or nothing above */
	bool profiles_said, fail_on_said;         /* else what stands above holds */
	const struct dc_manifest_text *profiles;
	size_t profile_count;
	enum dc_severity fail_on;                 /* OFF: never */
	const struct dc_manifest_waiver *waivers; /* beside those above */
	size_t waiver_count;
	const struct dc_manifest_rule *rules;     /* after those above */
	size_t rule_count;
	size_t number;                            /* from 0 on, each level has its own: below dc_manifest.level_count */
	bool own;                                 /* of one domain alone */
};

struct dc_manifest_domain {
	struct dc_slice name;  /* canonical; NUL-terminated (not counted) */
	struct dc_slice typed; /* as it was written; NUL-terminated */
	struct dc_place place;
	struct dc_declared declared;
	const struct dc_manifest_decision *decision;
};

struct dc_manifest {
	const struct dc_manifest_domain *domains; /* in the order of the file */
	size_t domain_count;
	const struct dc_manifest_domain **sorted; /* by name */
	const char **campaigns;                   /* NULL-terminated */
	const size_t *campaign_first, *campaign_count; /* of domains, by campaign */
	const struct dc_manifest_decision **levels; /* every one, by number */
	size_t level_count;
};

/* Everything is made in faults->arena, which needs DC_MANIFEST_MEMORY_MAX and a guard. *ret_manifest is good only when no
 * fault was noted. False: the foreign parser had no memory. `bytes` are not kept. */
bool dc_manifest_parse(struct dc_slice bytes, struct dc_faults *faults, const struct dc_manifest **ret_manifest);

/* `name` canonical; NULL: it is not in the manifest. */
const struct dc_manifest_domain *dc_manifest_find(const struct dc_manifest *manifest, struct dc_slice name);
/* The domain that was meant; NULL: none is near. */
const struct dc_manifest_domain *dc_manifest_near(const struct dc_manifest *manifest, struct dc_slice name);

#endif
