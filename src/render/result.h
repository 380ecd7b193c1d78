/* What a renderer is given: one result a domain, what is known of the run, and its sum. Values only. */
#ifndef DC_RENDER_RESULT_H
#define DC_RENDER_RESULT_H

#include "policy/verdict.h"

struct dc_dns_figures {
	uint64_t questions;  /* answers the verdict rests on, whoever asked first */
	uint64_t unanswered; /* of these, without knowledge: SERVFAIL, TIMEOUT … */
	uint64_t rounds;
	uint64_t elapsed_ms;
};

/* Everything is borrowed and stays until the renderer returns. */
struct dc_audit_result {
	const struct dc_inputs *inputs;
	const struct dc_facts *facts; /* NULL, or with NULL parts, when a ceiling ended the audit: shown as unknown */
	const struct dc_check_result *checks;
	size_t check_count;
	const struct dc_finding *findings; /* sorted by the policy; renderers keep the order; those "off" are left out */
	size_t finding_count;
	const struct dc_profile_result *profiles;
	size_t profile_count;
	enum dc_severity threshold; /* what fails the domain; DC_SEVERITY_OFF stands for errors */
	enum dc_domain_verdict verdict;
	struct dc_dns_figures dns;
};

/* One option as it was in force, for the report: a flag, a number, or one or more texts. */
struct dc_run_option {
	const char *name; /* as on the command line, without hyphens: "timeout" */
	enum { DC_OPTION_FLAG, DC_OPTION_NUMBER, DC_OPTION_TEXT, DC_OPTION_LIST } type;
	int64_t number; /* a flag: 0 or 1 */
	const struct dc_slice *values; /* text: one; list: any number */
	size_t value_count;
};

/* Where records and domains are written down: zone files, a manifest. False: nowhere that is known. The path lives as long
 * as the run; lines count from 1. */
struct dc_places {
	bool (*find)(const struct dc_places *places, struct dc_slice domain, const struct dc_finding *finding,
		     struct dc_slice *ret_path, uint32_t *ret_line);
};

struct dc_history_run;
struct dc_run_info {
	const struct dc_places *places; /* NULL: none */
	const char *tool_version;
	int64_t started_s, finished_s; /* UTC, by the clock of the audit; `finished_s` counts at the end only */
	const struct dc_run_option *options;
	size_t option_count;
	const struct dc_history_run *past; /* earlier runs by time, when a store was given */
	size_t past_count;
	const struct dc_waiver *const *waivers; /* all that were given */
	const enum dc_tri *waivers_matched;     /* whether they matched a finding; counts at the end only */
	size_t waiver_count;
};

/* The run in figures. Start with zeroes; dc_summary_add takes what it needs from a result and keeps no pointer. */
struct dc_summary {
	uint64_t domains, pass, incomplete, fail;
	uint64_t errors, warnings, notices, waived, undetermined; /* findings; the last: inconclusive ones, whatever their severity */
	uint64_t questions, unanswered, elapsed_ms;               /* sums over the domains */
	uint64_t findings_of[DC_F_COUNT], domains_of[DC_F_COUNT]; /* by finding: how often, in how many domains */
};
void dc_summary_add(struct dc_summary *summary, const struct dc_audit_result *result);

#endif
