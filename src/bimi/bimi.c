/* BIMI facts: draft-brand-indicators-for-message-identification sections 4.2 (record), 7.2 (discovery). */
#include "bimi/bimi.h"

const char *dc_bimi_state_name(enum dc_bimi_state state)
{
	static const char *const names[] = {NULL, "none", "valid", "invalid", "multiple", "declined"};

	return names[state];
}

static enum dc_bimi_state state_of(const struct dc_bimi_facts *facts)
{
	if (facts->count == 0)
		return DC_BIMI_NONE;
	if (facts->count > 1)
		return DC_BIMI_MULTIPLE;
	if (facts->record.problem)
		return DC_BIMI_INVALID;
	return facts->record.declined ? DC_BIMI_DECLINED : DC_BIMI_VALID;
}

static void read_records(struct dc_asker *asker, struct dc_slice location, struct dc_bimi_facts *facts)
{
	struct dc_txt_choice choice;

	facts->location = location;
	facts->name = dc_arena_concat(asker->arena, DC_S("default._bimi."), location);
	facts->answer = dc_ask(asker, facts->name, DC_TYPE_TXT);
	facts->state = DC_BIMI_UNKNOWN;
	facts->present = DC_TRI_UNKNOWN;
	if (!facts->answer || !dc_outcome_is_known(facts->answer->outcome))
		return;
	choice = dc_answer_choose_txt(asker->arena, facts->answer, dc_bimi_is_record, dc_bimi_is_near);
	facts->count = choice.count;
	facts->near = choice.near;
	if (choice.count)
		facts->record = dc_bimi_record_parse(asker->arena, &choice.txt);
	else if (choice.near)
		facts->record.txt = choice.txt;
	facts->state = state_of(facts);
	facts->present = dc_tri_of(facts->count || facts->near);
}

static bool is_document(const struct dc_https_fetch *fetch)
{
	return fetch->state == DC_HTTPS_REPLY && fetch->reply.status == 200 && !fetch->cut;
}

static void look_behind(struct dc_asker *asker, struct dc_bimi_facts *facts)
{
	struct dc_bimi_svg *svg;
	struct dc_bimi_mark *mark;

	if (facts->record.logo.url.text.len)
		dc_https_fetch(asker, &facts->record.logo.url, DC_BIMI_OCTETS, &facts->logo);
	if (facts->record.evidence.url.text.len)
		dc_https_fetch(asker, &facts->record.evidence.url, DC_BIMI_OCTETS, &facts->evidence);
	if (is_document(&facts->logo)) {
		facts->svg = svg = DC_NEW(asker->arena, struct dc_bimi_svg);
		*svg = dc_bimi_svg_read(asker->arena, facts->logo.reply.body);
	}
	if (is_document(&facts->evidence)) {
		facts->mark = mark = DC_NEW(asker->arena, struct dc_bimi_mark);
		*mark = dc_bimi_mark_read(asker->arena, facts->evidence.reply.body);
	}
}

const struct dc_bimi_facts *dc_bimi_build(struct dc_asker *asker, struct dc_slice domain, struct dc_slice org)
{
	struct dc_bimi_facts *facts = DC_NEW(asker->arena, struct dc_bimi_facts);

	facts->domain = domain;
	read_records(asker, domain, facts);
	if (facts->state == DC_BIMI_NONE && !facts->near && org.len && !dc_name_eq(org, domain))
		read_records(asker, org, facts);
	if (facts->state == DC_BIMI_VALID)
		look_behind(asker, facts);
	return facts;
}

bool dc_bimi_is_untried(const struct dc_bimi_facts *facts)
{
	return facts->answer->outcome == DC_OUTCOME_NOT_ASKED && !dc_name_eq(facts->location, facts->domain);
}

bool dc_bimi_covers(const struct dc_bimi_facts *facts)
{
	for (size_t i = 0; facts->mark && i < facts->mark->name_count; i++) {
		struct dc_slice name = facts->mark->names[i];

		if (dc_slice_eq_nocase(name, facts->domain) || dc_slice_eq_nocase(name, facts->location) ||
		    dc_slice_eq_nocase(name, facts->name))
			return true;
	}
	return false;
}
