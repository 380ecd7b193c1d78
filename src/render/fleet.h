/* What is known of all domains of a run together: how each stands, who is out of line, what they share. For reports that
 * end with a view of the whole; formats that stream keep nothing. Some hundred octets a domain. */
#ifndef DC_RENDER_FLEET_H
#define DC_RENDER_FLEET_H

#include "render/report.h"

struct dc_provider_row;

/* What most domains of an owner have alike. */
enum dc_fleet_property {
	DC_FLEET_DMARC_POLICY, /* for mail from the domain itself, test mode counted */
	DC_FLEET_DMARC_BELOW,  /* for mail from names below it */
	DC_FLEET_SPF_ALL,
	DC_FLEET_MTA_STS,
	DC_FLEET_TLS_RPT,
	DC_FLEET_BIMI,
	DC_FLEET_CAA,
	DC_FLEET_PROPERTY_COUNT
};
const char *dc_fleet_property_name(enum dc_fleet_property property);  /* "dmarc.policy": for scripts */
const char *dc_fleet_property_title(enum dc_fleet_property property); /* "DMARC policy": for people */

enum dc_fleet_kind { DC_FLEET_DKIM_KEY, DC_FLEET_ADDRESS, DC_FLEET_RANGE, DC_FLEET_RUA, DC_FLEET_PROVIDER, DC_FLEET_KIND_COUNT };
const char *dc_fleet_kind_name(enum dc_fleet_kind kind); /* "dkim_key" "address" "range" "rua" "provider" */

struct dc_fleet_domain {
	struct dc_slice domain;
	enum dc_domain_verdict verdict;
	size_t number; /* in the order of the report */
	uint64_t errors, warnings, notices, undetermined;
	const char *values[DC_FLEET_PROPERTY_COUNT]; /* static words; NULL: not known */
};

/* One domain that has a thing; `name` is where, when that says more (SELECTOR._domainkey.DOMAIN), else empty. */
struct dc_fleet_use {
	const struct dc_fleet_domain *domain;
	struct dc_slice name;
};

/* A key (its fingerprint), an address, a range that the domain's own SPF record names, a report address, a provider (its id). */
struct dc_fleet_thing {
	enum dc_fleet_kind kind;
	struct dc_slice value, title; /* the title: of a provider */
	struct dc_slice modulus;      /* of an RSA key */
	struct dc_fleet_use *uses;    /* each domain once, in the order of the report */
	size_t use_count, use_capacity;
	uint64_t hash;
};

struct dc_fleet;

/* NULL: no memory. */
struct dc_fleet *dc_fleet_new(void);
void dc_fleet_free(struct dc_fleet *fleet);
/* Copies what it needs. False: memory, or its ceiling, is spent. */
bool dc_fleet_add(struct dc_fleet *fleet, const struct dc_audit_result *result);

/* One value that nearly all domains have, and those that have another. Unknown ones do not count. */
struct dc_fleet_outlier {
	enum dc_fleet_property property;
	const char *value;
	size_t have, of; /* domains */
	const struct dc_fleet_domain **others;
	size_t other_count;
};

/* Two different RSA keys with a common prime; `b` NULL: it could not be told which. Both can be computed by anybody. */
struct dc_fleet_primes {
	const struct dc_fleet_thing *a, *b;
};

struct dc_fleet_view {
	const struct dc_fleet_domain **domains; /* worst first; equals in the order of the report */
	size_t domain_count;
	struct dc_fleet_outlier outliers[DC_FLEET_PROPERTY_COUNT];
	size_t outlier_count;
	const struct dc_fleet_thing **shared; /* keys, addresses, report addresses that several domains have */
	size_t shared_count;
	const struct dc_fleet_thing **providers; /* the most used first */
	size_t provider_count;
	const struct dc_fleet_primes *primes;
	size_t prime_count;
	bool keys_tested; /* false: too many keys for the memory */
};
/* In `arena`; borrows from the fleet. */
const struct dc_fleet_view *dc_fleet_view(const struct dc_fleet *fleet, struct dc_arena *arena);

#endif
