/* "bimi" of the JSON report's facts: the record, the logo and the mark certificate behind it. */
#include "base/civil.h"
#include "bimi/bimi.h"
#include "render/json/node.h"

static struct dc_node *moment(struct dc_json *json, int64_t seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];

	return dc_node_copy(json, dc_slice_of(dc_civil_stamp(seconds, stamp)));
}

static struct dc_node *logo(struct dc_json *json, const struct dc_bimi_facts *bimi)
{
	const struct dc_bimi_place *place = &bimi->record.logo;
	const struct dc_bimi_svg *svg = bimi->svg;
	struct dc_node *object = dc_node_object(json), *faults = dc_node_array(json);

	for (unsigned bit = 0; svg && bit < DC_BIMI_SVG_FAULTS; bit++)
		if (svg->faults & 1u << bit)
			dc_node_add(json, faults, dc_node_word(json, dc_bimi_svg_fault_text(bit)));
	dc_node_set(json, object, "location", dc_node_text_or_null(json, place->text));
	dc_node_set(json, object, "problem", dc_node_name_or_null(json, place->problem));
	dc_node_set(json, object, "fetch", place->url.text.len ? dc_json_fetch(json, &place->url, &bimi->logo) : dc_node_null(json));
	dc_node_set(json, object, "conforms", dc_node_bool(json, svg != NULL, svg && !svg->faults));
	dc_node_set(json, object, "problems", faults);
	dc_node_set(json, object, "octets", svg ? dc_node_uint(json, svg->octets) : dc_node_null(json));
	dc_node_set(json, object, "square", dc_node_bool(json, svg && svg->width > 0, svg && svg->square));
	dc_node_set(json, object, "title", svg ? dc_node_text_or_null(json, svg->title) : dc_node_null(json));
	return object;
}

static struct dc_node *mark(struct dc_json *json, const struct dc_bimi_facts *bimi)
{
	const struct dc_bimi_mark *found = bimi->mark;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "owner", dc_node_text_or_null(json, found->subject));
	dc_node_set(json, object, "issuer", dc_node_text_or_null(json, found->issuer));
	dc_node_set(json, object, "mark_type", dc_node_text_or_null(json, found->mark_type));
	dc_node_set(json, object, "not_before", moment(json, found->not_before_s));
	dc_node_set(json, object, "not_after", moment(json, found->not_after_s));
	dc_node_set(json, object, "names", dc_node_texts(json, found->names, found->name_count));
	dc_node_set(json, object, "covers", dc_node_flag(json, dc_bimi_covers(bimi)));
	dc_node_set(json, object, "chain", dc_node_uint(json, found->chain));
	return object;
}

static struct dc_node *evidence(struct dc_json *json, const struct dc_bimi_facts *bimi)
{
	const struct dc_bimi_place *place = &bimi->record.evidence;
	bool readable = bimi->mark && !bimi->mark->problem;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "location", dc_node_text_or_null(json, place->text));
	dc_node_set(json, object, "problem", dc_node_name_or_null(json, place->problem));
	dc_node_set(json, object, "fetch", place->url.text.len ? dc_json_fetch(json, &place->url, &bimi->evidence) : dc_node_null(json));
	dc_node_set(json, object, "mark", readable ? mark(json, bimi) : dc_node_null(json));
	return object;
}

struct dc_node *dc_json_bimi(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_bimi_facts *bimi = facts ? facts->bimi : NULL;
	bool known = bimi && bimi->state != DC_BIMI_UNKNOWN, valid = bimi && bimi->state == DC_BIMI_VALID;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "present", dc_node_tri(json, dc_facts_published(facts, DC_PUBLISHED_BIMI)));
	dc_node_set(json, object, "record", known ? dc_node_text_or_null(json, bimi->record.txt.text) : dc_node_null(json));
	dc_node_set(json, object, "location",
		    known && bimi->present == DC_TRI_YES ? dc_node_text(json, bimi->location) : dc_node_null(json));
	dc_node_set(json, object, "state", known ? dc_node_name_or_null(json, dc_bimi_state_name(bimi->state)) : dc_node_null(json));
	dc_node_set(json, object, "logo", valid ? logo(json, bimi) : dc_node_null(json));
	dc_node_set(json, object, "certificate", valid ? evidence(json, bimi) : dc_node_null(json));
	return object;
}
