/* What comes out of an audit: verdicts of checks, requirements, profiles and the domain. */
#ifndef DC_POLICY_VERDICT_H
#define DC_POLICY_VERDICT_H

#include "checks/check.h"
#include "policy/profile.h"

enum dc_domain_verdict { DC_DOMAIN_PASS, DC_DOMAIN_INCOMPLETE, DC_DOMAIN_FAIL };
const char *dc_domain_verdict_name(enum dc_domain_verdict verdict); /* "pass" "incomplete" "fail" */

struct dc_check_result {
	const struct dc_check *check;
	enum dc_verdict verdict;
};

/* One requirement of a profile, and the checks that prove it. */
struct dc_requirement_result {
	const char *id;
	const char *text, *source; /* what is required, and by whom */
	bool must;                 /* else a "should": broken, it warns */
	enum dc_verdict verdict;
	const struct dc_finding *const *findings; /* those that stand in its way, in the order of the report */
	size_t finding_count;
	const struct dc_finding *const *waived; /* those that would, were they not accepted */
	size_t waived_count;
};

struct dc_profile_result {
	const char *id; /* "baseline" */
	const struct dc_profile *profile; /* NULL: not from the tables */
	enum dc_verdict verdict;
	const struct dc_requirement_result *requirements;
	size_t requirement_count;
	const char *const *not_checkable; /* what DNS cannot show, NULL-terminated; may be NULL */
};

#endif
