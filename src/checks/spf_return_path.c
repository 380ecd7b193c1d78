/* SPF where receivers look it up: at the domain of MAIL FROM, when that is another than the audited one (RFC 7208 2.4). */
#include "checks/spf_common.h"
#include "facts/streams.h"

enum { ALL4_BITS = 31 }; /* half of IPv4 is as good as all of it, as in spf-ranges */

static const char *reason(const struct dc_spf_facts *spf)
{
	if (spf->root->state == DC_SPF_STATE_MULTIPLE)
		return "there is more than one record";
	if (spf->root->record && spf->root->record->fatal)
		return "a term is not valid SPF";
	if (spf->root->fails)
		return "an include or redirect leads to no valid record, or an mx to too many hosts";
	if (spf->lookups > DC_SPF_LOOKUP_LIMIT)
		return "it needs more than ten DNS lookups";
	return "more than two of its lookups find nothing";
}

static void judge(const struct dc_spf_facts *spf, struct dc_emitter *emitter)
{
	struct dc_where where = {.subject = spf->domain, .answer = spf->answer};
	const struct dc_arg name = dc_text("name", spf->domain);

	switch (spf->class) {
	case DC_SPF_CLASS_NONE:
		dc_emit(emitter, DC_F_SPF_RETURN_PATH_MISSING, where, DC_ARGS(name));
		break;
	case DC_SPF_CLASS_PERMERROR:
		dc_emit(emitter, DC_F_SPF_RETURN_PATH_BROKEN, where,
			DC_ARGS(name, dc_text("reason", dc_slice_of(reason(spf)))));
		break;
	case DC_SPF_CLASS_TEMPERROR:
		if (spf->root->state == DC_SPF_STATE_UNANSWERED)
			dc_emit_unanswered(emitter, DC_F_SPF_RETURN_PATH_UNANSWERED, where, DC_ARGS(name));
		else
			dc_inconclusive(emitter);
		break;
	case DC_SPF_CLASS_VALID:
		break;
	}
	if (spf->others4.code == DC_SPF_PASS || spf->others6.code == DC_SPF_PASS ||
	    (spf->others4.code != DC_SPF_PERMERROR && dc_spf_count_reaches(spf->pass4.addresses, ALL4_BITS)))
		dc_emit(emitter, DC_F_SPF_RETURN_PATH_ALLOWS_ALL, where, DC_ARGS(name));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!facts->streams->return_count)
		dc_not_applicable(emitter);
	for (size_t i = 0; i < facts->streams->return_count; i++)
		judge(facts->streams->returns[i].spf, emitter);
}

const struct dc_check dc_check_spf_return_path = {
	.id = "spf-return-path",
	.title = "SPF at the return path can be used",
	.standard = "RFC 7208 section 2.4",
	.run = run,
};
