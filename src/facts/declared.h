/* What a manifest declares about one domain: what its DNS is held against. Values only; all borrowed from the run's
 * configuration. */
#ifndef DC_FACTS_DECLARED_H
#define DC_FACTS_DECLARED_H

#include "dmarc/record.h"
#include "facts/facts.h"
#include "provider/provider.h"

enum dc_role {
	DC_ROLE_SENDING,  /* sends mail */
	DC_ROLE_PARKED,   /* neither sends nor receives */
	DC_ROLE_INBOUND,  /* receives mail and never sends */
	DC_ROLE_TRACKING, /* a host of links and pictures: neither sends nor receives, but must be reached */
	DC_ROLE_COUNT
};
const char *dc_role_name(enum dc_role role); /* "sending" …; static */

/* One combination of identities that sends for the domain: one provider's, or the domain's own servers. */
struct dc_stream {
	const struct dc_provider_row *provider; /* NULL: not said */
	const struct dc_slice *from;            /* addresses of From as they were written */
	size_t from_count;
	struct dc_sending sending;
	const struct dc_prefix *ips;
	size_t ip_count;
};

/* A host that must be there, and where it must lead. */
struct dc_declared_host {
	struct dc_slice host, target; /* canonical; target empty: anywhere */
};

struct dc_declared {
	struct dc_slice campaign; /* empty: none */
	uint32_t line;            /* of the domain, in the manifest */
	enum dc_role role;
	const struct dc_stream *streams;
	size_t stream_count;
	bool providers_said;      /* the list is all there may be: of `providers` and of the streams */
	const struct dc_provider_row *const *providers;
	size_t provider_count;
	enum dc_dmarc_policy policy; /* intended; UNKNOWN: not said */
	int64_t policy_since_s;      /* from then on; 0: from ever */
	struct dc_slice policy_since; /* as it was written; empty: from ever */
	const struct dc_declared_host *tracking, *return_paths;
	size_t tracking_count, return_path_count;
	uint32_t spf_lookups_max;    /* UINT32_MAX: not said */
	uint32_t key_bits_min;       /* of RSA keys; 0: not said */
	uint32_t key_age_days;       /* 0: not said */
};

#endif
