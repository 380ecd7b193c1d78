/* What the checks on DKIM records share. */
#ifndef DC_CHECKS_DKIM_RECORDS_H
#define DC_CHECKS_DKIM_RECORDS_H

#include "checks/check.h"
#include "dkim/dkim.h"

/* A problem of a record and the finding that names it. */
struct dc_dkim_rule {
	enum dc_dkim_problem_kind kind;
	enum dc_finding_id id;
	const char *part; /* name of the argument that takes the text in question; NULL = none */
	bool name;        /* the finding also takes "name", the record's name */
};

enum { DC_DKIM_PART_MAX = 60 }; /* octets of a record shown in a message */

/* Is there any record to judge? If not, says so to the emitter: not applicable, or inconclusive when a lookup failed. */
bool dc_dkim_has_records(const struct dc_facts *facts, struct dc_emitter *emitter);
/* Where a finding on this selector points; `span` may be NULL. */
struct dc_where dc_dkim_where(const struct dc_dkim_selector *selector, const struct dc_span *span);
/* The name of the record as an argument. */
struct dc_arg dc_dkim_name_arg(const struct dc_dkim_selector *selector);
/* `text`, shortened to DC_DKIM_PART_MAX octets. */
struct dc_slice dc_dkim_shorten(struct dc_emitter *emitter, struct dc_slice text);
/* Emits a finding for every problem in the records that a rule names. */
void dc_dkim_emit_problems(const struct dc_facts *facts, struct dc_emitter *emitter, const struct dc_dkim_rule *rules,
			   size_t rule_count);

#endif
