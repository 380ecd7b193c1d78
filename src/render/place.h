/* Where a reviewer should look: the line of a zone file or of a manifest that a finding comes from. */
#ifndef DC_RENDER_PLACE_H
#define DC_RENDER_PLACE_H

#include "render/report.h"

struct dc_place_found {
	struct dc_slice path; /* as the user gave it; or "dns/NAME", which is no file but the same in each run */
	uint32_t line;        /* from 1 on */
	bool in_file;
};

/* The record the finding is about, where the run's zone files have it; else the domain's entry in the manifest; else the
 * start of the domain's zone; else "dns/" and the subject, with all but letters, digits, '.', '-' and '_' percent-encoded.
 * In the report's scratch. */
struct dc_place_found dc_report_place(struct dc_report *report, const struct dc_audit_result *result,
				      const struct dc_finding *finding);

/* 16 hex digits that no other finding of the run has: of the domain, the fingerprint, and how many of the domain's findings
 * before the `at`-th have the same one. */
struct dc_slice dc_report_key(struct dc_report *report, const struct dc_audit_result *result, size_t at);

#endif
