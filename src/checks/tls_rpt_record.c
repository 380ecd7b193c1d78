/* Do senders know where to report TLS failures? RFC 8460 section 3. */
#include "checks/check.h"
#include "mta_sts/mta_sts.h"
#include "tls_rpt/tls_rpt.h"

static void judge_uris(struct dc_emitter *emitter, const struct dc_tls_rpt_facts *rpt)
{
	for (size_t i = 0; i < rpt->record.uri_count; i++) {
		const struct dc_tls_rpt_uri *uri = &rpt->record.uris[i];
		struct dc_span span = dc_span_of(&rpt->record.txt, uri->text.len ? uri->text : rpt->record.txt.text);

		if (uri->problem)
			dc_emit(emitter, DC_F_TLS_RPT_URI, (struct dc_where){.subject = rpt->name, .span = &span, .answer = rpt->answer},
				DC_ARGS(dc_text("uri", uri->text), dc_text("problem", dc_slice_of(uri->problem))));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_tls_rpt_facts *rpt = facts->tls_rpt;
	const struct dc_tls_rpt_record *record = &rpt->record;
	struct dc_span span = dc_span_of(&record->txt, record->part.len ? record->part : record->txt.text);
	struct dc_where where = {.subject = rpt->name, .span = &span, .answer = rpt->answer}, plain = where;
	const struct dc_arg name = dc_text("name", rpt->name);

	plain.span = NULL;
	switch (rpt->state) {
	case DC_TLS_RPT_UNKNOWN:
		dc_emit_unanswered(emitter, DC_F_TLS_RPT_UNANSWERED, plain, NULL);
		break;
	case DC_TLS_RPT_NONE:
		if (rpt->near)
			dc_emit(emitter, DC_F_TLS_RPT_NEAR_MISS, where, DC_ARGS(dc_text("record", record->txt.text), name));
		else if (facts->mta_sts->state == DC_MTA_STS_VALID)
			dc_emit(emitter, DC_F_TLS_RPT_MISSING, plain, DC_ARGS(name, dc_text("domain", rpt->domain)));
		else
			dc_not_applicable(emitter);
		break;
	case DC_TLS_RPT_MULTIPLE:
		dc_emit(emitter, DC_F_TLS_RPT_MULTIPLE, plain, DC_ARGS(dc_int("count", (int64_t)rpt->count), name));
		break;
	case DC_TLS_RPT_INVALID:
		dc_emit(emitter, DC_F_TLS_RPT_SYNTAX, where, DC_ARGS(dc_text("problem", dc_slice_of(record->problem)), name,
								  dc_text("domain", rpt->domain)));
		judge_uris(emitter, rpt);
		break;
	case DC_TLS_RPT_VALID:
		judge_uris(emitter, rpt);
		break;
	}
}

const struct dc_check dc_check_tls_rpt_record = {
	.id = "tls-rpt-record",
	.title = "TLS failures are reported to somebody",
	.standard = "RFC 8460 section 3",
	.run = run,
};
