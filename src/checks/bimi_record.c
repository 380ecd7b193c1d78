/* Is the BIMI record one that receivers take? draft-brand-indicators-for-message-identification section 4.2. */
#include "bimi/bimi.h"
#include "checks/check.h"

static void judge_place(struct dc_emitter *emitter, const struct dc_bimi_facts *bimi, const char *tag, const struct dc_bimi_place *place)
{
	struct dc_span span = dc_span_of(&bimi->record.txt, place->text);

	if (place->problem)
		dc_emit(emitter, DC_F_BIMI_URL, (struct dc_where){.subject = bimi->name, .span = &span, .answer = bimi->answer},
			DC_ARGS(dc_text("tag", dc_slice_of(tag)), dc_text("url", place->text),
				dc_text("problem", dc_slice_of(place->problem))));
}

static void judge(struct dc_emitter *emitter, const struct dc_bimi_facts *bimi)
{
	const struct dc_bimi_record *record = &bimi->record;
	struct dc_where where = {.subject = bimi->name, .answer = bimi->answer};
	struct dc_slice avatar = record->avatar;

	judge_place(emitter, bimi, "l", &record->logo);
	judge_place(emitter, bimi, "a", &record->evidence);
	if (!record->logo.text.len)
		dc_emit(emitter, DC_F_BIMI_NO_LOGO, where, NULL);
	if (!record->evidence.text.len)
		dc_emit(emitter, DC_F_BIMI_NO_CERTIFICATE, where, NULL);
	if (avatar.len && !dc_slice_eq_nocase(avatar, DC_S("brand")) && !dc_slice_eq_nocase(avatar, DC_S("personal")))
		dc_emit(emitter, DC_F_BIMI_AVATAR, where, DC_ARGS(dc_text("value", avatar)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_bimi_facts *bimi = facts->bimi;
	const struct dc_bimi_record *record = &bimi->record;
	struct dc_span span = dc_span_of(&record->txt, record->part.len ? record->part : record->txt.text);
	struct dc_where plain = {.subject = bimi->name, .answer = bimi->answer}, where = plain;
	const struct dc_arg name = dc_text("name", bimi->name);

	where.span = &span;
	switch (bimi->state) {
	case DC_BIMI_UNKNOWN:
		if (dc_bimi_is_untried(bimi))
			dc_not_applicable(emitter);
		else
			dc_emit_unanswered(emitter, DC_F_BIMI_UNANSWERED, plain, NULL);
		break;
	case DC_BIMI_NONE:
		if (bimi->near)
			dc_emit(emitter, DC_F_BIMI_NEAR_MISS, where, DC_ARGS(dc_text("record", record->txt.text), name));
		else
			dc_not_applicable(emitter);
		break;
	case DC_BIMI_MULTIPLE:
		dc_emit(emitter, DC_F_BIMI_MULTIPLE, plain, DC_ARGS(dc_int("count", (int64_t)bimi->count), name));
		break;
	case DC_BIMI_INVALID:
		dc_emit(emitter, DC_F_BIMI_SYNTAX, where, DC_ARGS(dc_text("problem", dc_slice_of(record->problem)), name));
		break;
	case DC_BIMI_DECLINED:
		dc_emit(emitter, DC_F_BIMI_DECLINED, plain, NULL);
		break;
	case DC_BIMI_VALID:
		judge(emitter, bimi);
		break;
	}
}

const struct dc_check dc_check_bimi_record = {
	.id = "bimi-record",
	.title = "The BIMI record is one that receivers take",
	.standard = "BIMI draft section 4.2",
	.run = run,
};
