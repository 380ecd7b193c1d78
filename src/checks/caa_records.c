/* Are the CAA records what they are meant to be? RFC 8659 section 4, RFC 9495 section 3. */
#include "caa/caa.h"
#include "checks/check.h"

static void judge(struct dc_emitter *emitter, const struct dc_caa_facts *caa, const struct dc_caa_property *property)
{
	struct dc_where where = {.subject = caa->location, .answer = caa->answer};
	const struct dc_arg tag = dc_text("tag", property->name), value = dc_text("value", property->value);

	if (property->problem)
		dc_emit(emitter, DC_F_CAA_VALUE, where, DC_ARGS(tag, value, dc_text("problem", dc_slice_of(property->problem))));
	if (property->tag == DC_CAA_OTHER && property->critical)
		dc_emit(emitter, DC_F_CAA_UNKNOWN_CRITICAL, where, DC_ARGS(tag));
	else if (property->tag == DC_CAA_OTHER)
		dc_emit(emitter, DC_F_CAA_UNKNOWN_TAG, where, DC_ARGS(tag));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_caa_facts *caa = facts->caa;

	/* What may be inherited from above matters only where a certificate is judged: caa-issuers. */
	if (caa->failed && dc_name_eq(caa->failed->question.name, caa->name)) {
		dc_emit_unanswered(emitter, DC_F_CAA_UNANSWERED, (struct dc_where){.answer = caa->failed}, NULL);
		return;
	}
	if (caa->present != DC_TRI_YES) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < caa->count; i++)
		judge(emitter, caa, &caa->properties[i]);
	if (caa->malformed)
		dc_emit(emitter, DC_F_CAA_MALFORMED, (struct dc_where){.subject = caa->location, .answer = caa->answer}, NULL);
}

const struct dc_check dc_check_caa_records = {
	.id = "caa-records",
	.title = "CAA records are by the grammar",
	.standard = "RFC 8659 section 4",
	.run = run,
};
