/* Is the logo there, and one that receivers show? draft-svg-tiny-ps-abrotman, draft-fetch-validation-vmc-wchuang section 3. */
#include "bimi/bimi.h"
#include "checks/bimi_fetched.h"
#include "checks/check.h"

static struct dc_where at_logo(const struct dc_bimi_facts *bimi)
{
	return (struct dc_where){.subject = bimi->record.logo.url.text, .answer = bimi->logo.answer};
}

static void judge_profile(struct dc_emitter *emitter, const struct dc_bimi_facts *bimi)
{
	const struct dc_bimi_svg *svg = bimi->svg;
	struct dc_slice problems[DC_BIMI_SVG_FAULTS];
	size_t count = 0;

	for (unsigned bit = 0; bit < DC_BIMI_SVG_FAULTS; bit++)
		if (svg->faults & 1u << bit)
			problems[count++] = dc_slice_of(dc_bimi_svg_fault_text(bit));
	if (svg->faults & DC_BIMI_SVG_XML)
		dc_emit(emitter, DC_F_BIMI_LOGO_XML, at_logo(bimi),
			DC_ARGS(dc_text("error", dc_slice_of(svg->xml_error)), dc_int("line", svg->line)));
	else if (count && svg->element_count)
		dc_emit(emitter, DC_F_BIMI_LOGO_ELEMENTS, at_logo(bimi),
			DC_ARGS(dc_list("problems", problems, count), dc_list("elements", svg->elements, svg->element_count)));
	else if (count)
		dc_emit(emitter, DC_F_BIMI_LOGO_PROFILE, at_logo(bimi), DC_ARGS(dc_list("problems", problems, count)));
	if (svg->octets > DC_BIMI_SVG_ADVISED)
		dc_emit(emitter, DC_F_BIMI_LOGO_LARGE, at_logo(bimi),
			DC_ARGS(dc_int("octets", (int64_t)svg->octets), dc_int("limit", DC_BIMI_SVG_ADVISED)));
	if (svg->width > 0 && !svg->square)
		dc_emit(emitter, DC_F_BIMI_LOGO_NOT_SQUARE, at_logo(bimi),
			DC_ARGS(dc_int("width", (int64_t)svg->width), dc_int("height", (int64_t)svg->height)));
}

static void judge(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_bimi_facts *bimi = facts->bimi;
	const char *problem = dc_bimi_obstacle(&bimi->logo, facts->inputs->now_s);
	struct dc_slice type = dc_https_media_type(dc_emitter_arena(emitter), bimi->logo.reply.type);
	struct dc_where where = at_logo(bimi);

	if (problem) {
		where.answer = bimi->logo.answer ? bimi->logo.answer : bimi->logo.a;
		dc_emit(emitter, DC_F_BIMI_LOGO_UNAVAILABLE, where, DC_ARGS(dc_text("problem", dc_slice_of(problem))));
	} else if (!dc_slice_eq(type, DC_S("image/svg+xml"))) {
		dc_emit(emitter, DC_F_BIMI_LOGO_TYPE, where, DC_ARGS(dc_text("type", type.len ? type : DC_S("none at all"))));
	}
	if (bimi->svg)
		judge_profile(emitter, bimi);
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_bimi_facts *bimi = facts->bimi;

	if (bimi->state == DC_BIMI_UNKNOWN && !dc_bimi_is_untried(bimi))
		dc_inconclusive(emitter);
	else if (bimi->state != DC_BIMI_VALID || !bimi->record.logo.url.text.len || dc_fetch_is_outside(bimi->logo.failed))
		dc_not_applicable(emitter);
	else if (bimi->logo.failed)
		dc_emit_unanswered(emitter, DC_F_BIMI_LOGO_NOT_FETCHED,
				   (struct dc_where){.subject = bimi->record.logo.url.text, .answer = bimi->logo.failed},
				   DC_ARGS(dc_text("reason", dc_fetch_reason(bimi->logo.failed))));
	else
		judge(facts, emitter);
}

const struct dc_check dc_check_bimi_logo = {
	.id = "bimi-logo",
	.title = "The BIMI logo can be fetched and shown",
	.standard = "SVG Tiny PS draft",
	.run = run,
};
