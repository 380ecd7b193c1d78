/* MTA-STS of one domain (RFC 8461): does it promise TLS for incoming mail, and could senders find the promise? */
#ifndef DC_MTA_STS_MTA_STS_H
#define DC_MTA_STS_MTA_STS_H

#include "base/tri.h"
#include "evidence/https.h"
#include "mta_sts/policy.h"

enum { DC_MTA_STS_POLICY_OCTETS = 64 * 1024 }; /* RFC 8461 3.3 suggests this limit */

/* What senders make of the TXT records. */
enum dc_mta_sts_state {
	DC_MTA_STS_UNKNOWN,
	DC_MTA_STS_NONE,     /* no record: no MTA-STS */
	DC_MTA_STS_VALID,
	DC_MTA_STS_INVALID,  /* one record, not by the grammar: ignored */
	DC_MTA_STS_MULTIPLE, /* several: ignored */
};
/* "none" "valid" "invalid" "multiple"; NULL for unknown */
const char *dc_mta_sts_state_name(enum dc_mta_sts_state state);

/* What senders make of the policy; the first that holds. */
enum dc_mta_sts_served {
	DC_MTA_STS_SERVED_UNKNOWN,     /* not asked for, or not fetched: see fetch.failed */
	DC_MTA_STS_SERVED_NO_HOST,     /* its host has no address */
	DC_MTA_STS_SERVED_CERTIFICATE, /* its certificate is not valid */
	DC_MTA_STS_SERVED_REDIRECT,    /* a status 3xx: must not be followed */
	DC_MTA_STS_SERVED_STATUS,      /* a status that is not 200 */
	DC_MTA_STS_SERVED_LARGE,       /* longer than DC_MTA_STS_POLICY_OCTETS */
	DC_MTA_STS_SERVED_INVALID,     /* not by the grammar */
	DC_MTA_STS_SERVED_VALID,
};
/* "no-host" "certificate" "redirect" "status" "too-large" "invalid" "valid"; NULL for unknown */
const char *dc_mta_sts_served_name(enum dc_mta_sts_served served);

struct dc_mta_sts_facts {
	struct dc_slice domain, name;          /* name: _mta-sts.DOMAIN */
	const struct dc_answer *answer;        /* NULL while open */
	enum dc_mta_sts_state state;
	enum dc_tri present;                   /* a record, or something meant as one */
	size_t count;                          /* of records */
	struct dc_mta_sts_record record;       /* the first one; of the near miss only its text */
	bool near;                             /* no record, but something meant as one */
	struct dc_slice host;                  /* mta-sts.DOMAIN */
	struct dc_https_url url;
	bool wanted;                           /* the policy is asked for: state VALID */
	struct dc_https_fetch fetch;
	enum dc_mta_sts_served served;
	const struct dc_mta_sts_policy *policy; /* NULL: none came with status 200 */
};

/* A policy of an earlier report, as senders took it then. */
struct dc_mta_sts_seen {
	struct dc_slice domain, id, mode;
	uint64_t max_age_s;
	const struct dc_slice *patterns;
	size_t pattern_count;
	size_t number;                         /* in the earlier report: of one domain the last counts */
};
/* For qsort: by domain, the last of a domain first. */
int dc_mta_sts_seen_compare(const void *a, const void *b);
/* Of a sorted list; NULL: none. */
const struct dc_mta_sts_seen *dc_mta_sts_seen_find(const struct dc_mta_sts_seen *list, size_t count, struct dc_slice domain);
/* The policy has another meaning than `seen`; the order of mx lines does not matter. */
bool dc_mta_sts_seen_differs(const struct dc_mta_sts_seen *seen, const struct dc_mta_sts_policy *policy);

/* The TXT question in the first round; the rest only when there is a valid record. `now_s`: a certificate that was valid
 * when it was seen may have expired since. Never NULL. */
const struct dc_mta_sts_facts *dc_mta_sts_build(struct dc_asker *asker, struct dc_slice domain, int64_t now_s);

#endif
