/* The words for the enumerations of this room, as they stand in reports. */
#include "spf/spf.h"

const char *dc_spf_code_name(enum dc_spf_code code)
{
	static const char *const names[] = {"none", "neutral", "pass", "fail", "softfail", "temperror", "permerror", "open"};
	return names[code];
}

const char *dc_spf_problem_name(enum dc_spf_problem problem)
{
	static const char *const names[] = {
		[DC_SPF_PROBLEM_NOTHING] = "nothing",         [DC_SPF_PROBLEM_BAD_DOMAIN] = "bad-domain",
		[DC_SPF_PROBLEM_NO_RECORD] = "no-record",     [DC_SPF_PROBLEM_NXDOMAIN] = "nxdomain",
		[DC_SPF_PROBLEM_TWO_RECORDS] = "two-records", [DC_SPF_PROBLEM_SYNTAX] = "syntax",
		[DC_SPF_PROBLEM_LOOKUPS] = "lookups",         [DC_SPF_PROBLEM_VOIDS] = "voids",
		[DC_SPF_PROBLEM_MX_NAMES] = "mx-names",       [DC_SPF_PROBLEM_TARGET] = "target",
		[DC_SPF_PROBLEM_UNANSWERED] = "unanswered",
	};
	return names[problem];
}

const char *dc_spf_state_name(enum dc_spf_state state)
{
	static const char *const names[] = {
		[DC_SPF_STATE_OPEN] = "open",           [DC_SPF_STATE_RECORD] = "record",
		[DC_SPF_STATE_NO_RECORD] = "no-record", [DC_SPF_STATE_NXDOMAIN] = "nxdomain",
		[DC_SPF_STATE_MULTIPLE] = "multiple",   [DC_SPF_STATE_BAD_NAME] = "bad-name",
		[DC_SPF_STATE_UNANSWERED] = "unanswered", [DC_SPF_STATE_LOOP] = "loop",
		[DC_SPF_STATE_SENDER] = "depends-on-sender", [DC_SPF_STATE_CUT] = "cut",
	};
	return names[state];
}

const char *dc_spf_class_name(enum dc_spf_class klass)
{
	static const char *const names[] = {"none", "valid", "permerror", "temperror"};
	return names[klass];
}

const char *dc_spf_mark_name(enum dc_spf_mark mark)
{
	static const char *const names[] = {"plain", "error", "over", "void", "unanswered", "depends-on-sender", "dead", "cut"};
	return names[mark];
}
