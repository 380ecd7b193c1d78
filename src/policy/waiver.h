/* What somebody decided about findings: waivers (accepted, for a reason, until a day) and severities by slug. */
#ifndef DC_POLICY_WAIVER_H
#define DC_POLICY_WAIVER_H

#include "checks/check.h"

/* One accepted kind of finding. Patterns: policy/glob.h. */
struct dc_waiver {
	struct dc_slice slug;    /* pattern */
	const enum dc_finding_id *ids; /* what it matches in the catalogue: one at least */
	size_t id_count;
	struct dc_slice subject; /* pattern; "*": any */
	struct dc_slice domain;  /* pattern over the audited domain; empty: any */
	struct dc_slice expires; /* as it was given: "2027-01-31" */
	int64_t ends_s;          /* the first second (since 1970, UTC) in which it does not hold any more: the end of that day */
	struct dc_slice reason;  /* never empty */
	struct dc_slice where;   /* for messages: "waivers.txt:3" */
	size_t number;           /* its place in dc_config.waivers */
	bool own;                /* given for one domain alone: when it matches nothing there, that is a finding there */
};

/* --set: the severity of what matches. The last one that matches counts. */
struct dc_severity_rule {
	struct dc_slice pattern;      /* over slugs */
	const struct dc_check *check; /* instead of the pattern: all findings of this check; NULL: none */
	enum dc_severity severity;
};

#endif
