/* Is the TXT record of MTA-STS one that senders take? RFC 8461 section 3.1. */
#include "checks/check.h"
#include "mta_sts/mta_sts.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;
	const struct dc_mta_sts_record *record = &sts->record;
	struct dc_span span = dc_span_of(&record->txt, record->part.len ? record->part : record->txt.text);
	struct dc_where where = {.subject = sts->name, .span = &span, .answer = sts->answer};
	const struct dc_arg name = dc_text("name", sts->name);

	switch (sts->state) {
	case DC_MTA_STS_UNKNOWN:
		dc_emit_unanswered(emitter, DC_F_MTA_STS_UNANSWERED, (struct dc_where){.subject = sts->name, .answer = sts->answer}, NULL);
		break;
	case DC_MTA_STS_NONE:
		if (sts->near)
			dc_emit(emitter, DC_F_MTA_STS_NEAR_MISS, where, DC_ARGS(dc_text("record", record->txt.text), name));
		else
			dc_not_applicable(emitter);
		break;
	case DC_MTA_STS_MULTIPLE:
		dc_emit(emitter, DC_F_MTA_STS_MULTIPLE, (struct dc_where){.subject = sts->name, .answer = sts->answer},
			DC_ARGS(dc_int("count", (int64_t)sts->count), name));
		break;
	case DC_MTA_STS_INVALID:
		dc_emit(emitter, DC_F_MTA_STS_SYNTAX, where, DC_ARGS(dc_text("problem", dc_slice_of(record->problem)), name));
		break;
	case DC_MTA_STS_VALID:
		break;
	}
}

const struct dc_check dc_check_mta_sts_record = {
	.id = "mta-sts-record",
	.title = "The MTA-STS record is one that senders take",
	.standard = "RFC 8461 section 3.1",
	.run = run,
};
