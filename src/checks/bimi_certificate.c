/* Does the mark certificate prove the right to the logo? Mark certificate requirements of the BIMI group, RFC 5280, RFC 9399. */
#include "bimi/bimi.h"
#include "checks/bimi_fetched.h"
#include "checks/check.h"

enum { DAY_S = 86400, RENEW_DAYS = 30 /* issuing takes weeks: somebody looks at papers */ };

static struct dc_where at_mark(const struct dc_bimi_facts *bimi)
{
	return (struct dc_where){.subject = bimi->record.evidence.url.text, .answer = bimi->evidence.answer};
}

static struct dc_slice shown_names(struct dc_arena *arena, const struct dc_bimi_mark *mark)
{
	struct dc_https_reply names = {.names = mark->names, .name_count = mark->name_count};

	return dc_fetch_names(arena, &names);
}

static void judge_time(struct dc_emitter *emitter, const struct dc_bimi_facts *bimi, int64_t now_s)
{
	const struct dc_bimi_mark *mark = bimi->mark;
	struct dc_arena *arena = dc_emitter_arena(emitter);
	int64_t left = (mark->not_after_s - now_s) / DAY_S, days = (mark->not_after_s - mark->not_before_s) / DAY_S;
	const struct dc_arg until = dc_text("until", dc_fetch_day(arena, mark->not_after_s));

	if (mark->not_after_s < now_s)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_EXPIRED, at_mark(bimi), DC_ARGS(until));
	else if (mark->not_before_s > now_s)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_EARLY, at_mark(bimi),
			DC_ARGS(dc_text("from", dc_fetch_day(arena, mark->not_before_s))));
	else if (left < RENEW_DAYS)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_ENDS, at_mark(bimi), DC_ARGS(until, dc_int("days", left)));
	if (days > DC_BIMI_MARK_DAYS_MAX)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_LONG, at_mark(bimi),
			DC_ARGS(dc_int("days", days), dc_int("limit", DC_BIMI_MARK_DAYS_MAX)));
}

/* Blanks at either end do not matter to anybody. */
static bool is_same(struct dc_slice a, struct dc_slice b)
{
	return dc_slice_eq(dc_slice_trim(a), dc_slice_trim(b));
}

static void judge_mark(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_bimi_facts *bimi = facts->bimi;
	const struct dc_bimi_mark *mark = bimi->mark;

	if (mark->problem) {
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_UNREADABLE, at_mark(bimi),
			DC_ARGS(dc_text("problem", dc_slice_of(mark->problem))));
		return;
	}
	if (!mark->ordered || (mark->chain == 1 && !mark->rooted))
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_CHAIN, at_mark(bimi), DC_ARGS(dc_int("count", (int64_t)mark->chain)));
	if (!mark->ordered)
		return; /* who knows whether the first one is the mark certificate */
	judge_time(emitter, bimi, facts->inputs->now_s);
	if (!mark->for_marks)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_USAGE, at_mark(bimi), NULL);
	if (!dc_bimi_covers(bimi))
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_NAME, at_mark(bimi),
			DC_ARGS(dc_text("names", shown_names(dc_emitter_arena(emitter), mark)), dc_text("domain", bimi->domain)));
	if (mark->chain == 1 && mark->rooted)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_SELF_SIGNED, at_mark(bimi), NULL);
	if (mark->logo != DC_BIMI_MARK_LOGO_SVG)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_NO_LOGO, at_mark(bimi), NULL);
	else if (bimi->svg && bimi->svg->document.len && !is_same(mark->svg, bimi->svg->document))
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_OTHER_LOGO,
			(struct dc_where){.subject = bimi->record.evidence.url.text, .answer = bimi->evidence.answer,
					  .more = bimi->logo.answer},
			DC_ARGS(dc_text("url", bimi->record.logo.url.text)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_bimi_facts *bimi = facts->bimi;
	const struct dc_https_fetch *fetch = &bimi->evidence;
	const char *problem;

	if (bimi->state == DC_BIMI_UNKNOWN && !dc_bimi_is_untried(bimi)) {
		dc_inconclusive(emitter);
		return;
	}
	if (bimi->state != DC_BIMI_VALID || !bimi->record.evidence.url.text.len || dc_fetch_is_outside(fetch->failed)) {
		dc_not_applicable(emitter);
		return;
	}
	if (fetch->failed) {
		dc_emit_unanswered(emitter, DC_F_BIMI_CERTIFICATE_NOT_FETCHED,
				   (struct dc_where){.subject = bimi->record.evidence.url.text, .answer = fetch->failed},
				   DC_ARGS(dc_text("reason", dc_fetch_reason(fetch->failed))));
		return;
	}
	problem = dc_bimi_obstacle(fetch, facts->inputs->now_s);
	if (problem)
		dc_emit(emitter, DC_F_BIMI_CERTIFICATE_UNAVAILABLE,
			(struct dc_where){.subject = bimi->record.evidence.url.text, .answer = fetch->answer ? fetch->answer : fetch->a},
			DC_ARGS(dc_text("problem", dc_slice_of(problem))));
	if (bimi->mark)
		judge_mark(facts, emitter);
}

const struct dc_check dc_check_bimi_certificate = {
	.id = "bimi-certificate",
	.title = "The mark certificate proves the right to the logo",
	.standard = "Mark certificate requirements",
	.run = run,
};
