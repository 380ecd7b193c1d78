/* Checks, and requirements of profiles, as test cases: for junit and tap. */
#ifndef DC_RENDER_CASE_H
#define DC_RENDER_CASE_H

#include "render/report.h"

enum dc_case_state {
	DC_CASE_PASS,
	DC_CASE_FAIL,    /* by what fails the domain: --fail-on */
	DC_CASE_UNKNOWN, /* could not be decided */
	DC_CASE_SKIP,    /* does not apply, or is accepted */
};

struct dc_case {
	const char *profile; /* NULL: a check */
	const char *id, *title;
	enum dc_case_state state;
	const struct dc_finding *const *reasons; /* why it fails, or could not be decided */
	size_t reason_count;
	const struct dc_finding *const *remarks; /* what else was found: warnings, notices, what is accepted */
	size_t remark_count;
	struct dc_slice accepted; /* it is left out because what would fail it is accepted, for this reason; else empty */
};

/* All of a domain: its checks, then the requirements of its profiles but for those that are checks again. In the report's
 * scratch. */
const struct dc_case *dc_report_cases(struct dc_report *report, const struct dc_audit_result *result, size_t *ret_count);

#endif
