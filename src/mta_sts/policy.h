/* The two texts of MTA-STS: the TXT record (RFC 8461 section 3.1) and the policy (section 3.2). */
#ifndef DC_MTA_STS_POLICY_H
#define DC_MTA_STS_POLICY_H

#include "dns/span.h"

enum {
	DC_MTA_STS_ID_MAX = 32,            /* RFC 8461 3.1 */
	DC_MTA_STS_PATTERN_MAX = 128,      /* mx lines kept; a domain has a handful of hosts */
	DC_MTA_STS_FAULT_MAX = 16,         /* faulty lines that are told */
	DC_MTA_STS_AGE_MAX_S = 31557600,   /* RFC 8461 3.2: a year */
	DC_MTA_STS_AGE_SHORT_S = 86400,    /* below: the policy is forgotten between two mails */
	DC_MTA_STS_AGE_WEEK_S = 604800,    /* "weeks or greater" is what section 10.2 wants */
};

struct dc_mta_sts_record {
	struct dc_txt txt;
	struct dc_slice id;      /* empty: none that is valid */
	const char *problem;     /* what makes it void, in words; NULL: nothing. Static */
	struct dc_slice part;    /* the part of the text that is wrong; empty: as a whole */
};
/* True when receivers of the record take it for one: it begins with "v=STSv1;". */
bool dc_mta_sts_is_record(struct dc_slice text);
/* Meant as one, but no sender takes it for one: other case, blanks, no semicolon. */
bool dc_mta_sts_is_near(struct dc_slice text);
/* `txt` holds a record. */
struct dc_mta_sts_record dc_mta_sts_record_parse(const struct dc_txt *txt);

enum dc_mta_sts_mode { DC_MTA_STS_MODE_UNKNOWN, DC_MTA_STS_MODE_ENFORCE, DC_MTA_STS_MODE_TESTING, DC_MTA_STS_MODE_NONE };
/* "enforce" "testing" "none"; NULL for unknown */
const char *dc_mta_sts_mode_name(enum dc_mta_sts_mode mode);

/* A line that senders pass over or that spoils the policy. */
struct dc_mta_sts_fault {
	uint32_t line;           /* from 1 */
	struct dc_slice text;
	const char *problem;     /* static */
};

struct dc_mta_sts_policy {
	const char *problem;     /* what makes it void as a whole; NULL: nothing. Static */
	bool version;
	enum dc_mta_sts_mode mode;
	struct dc_slice mode_text;
	bool has_age;
	uint64_t max_age_s;      /* as published */
	const struct dc_slice *patterns; /* host names or *.SUFFIX, in lower case */
	size_t pattern_count;
	const struct dc_mta_sts_fault *faults;
	size_t fault_count;
	const struct dc_mta_sts_fault *unknown; /* keys that are not defined: allowed, and ignored */
	size_t unknown_count;
};
/* Never NULL; slices into `text` or `arena`. */
const struct dc_mta_sts_policy *dc_mta_sts_policy_parse(struct dc_arena *arena, struct dc_slice text);

/* RFC 8461 section 4.1: "*.example.com" covers exactly one label more. `host` is canonical. */
bool dc_mta_sts_covers(struct dc_slice pattern, struct dc_slice host);
/* The first pattern that covers `host`, or SIZE_MAX. */
size_t dc_mta_sts_match(const struct dc_mta_sts_policy *policy, struct dc_slice host);

#endif
