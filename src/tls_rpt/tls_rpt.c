/* TLS-RPT: RFC 8460 section 3. Reports need no consent of the host they go to. */
#include "tls_rpt/tls_rpt.h"

#include "dmarc/uri.h"
#include "evidence/https.h"

const char *dc_tls_rpt_state_name(enum dc_tls_rpt_state state)
{
	static const char *const names[] = {NULL, "none", "valid", "invalid", "multiple"};

	return names[state];
}

bool dc_tls_rpt_is_record(struct dc_slice text)
{
	return dc_slice_starts(text, DC_S("v=TLSRPTv1;"));
}

bool dc_tls_rpt_is_near(struct dc_slice text)
{
	struct dc_slice version = dc_txt_loose_version(text);

	return !dc_tls_rpt_is_record(text) &&
	       (dc_slice_starts_nocase(version, DC_S("tlsrpt")) || dc_slice_starts_nocase(version, DC_S("tls-rpt")));
}

/* Senders report by mail or by HTTPS; of other schemes they know nothing. */
static const char *uri_problem(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_https_url url;
	struct dc_dmarc_uri uri;

	if (dc_slice_starts_nocase(text, DC_S("https:")))
		return dc_https_url_parse(arena, text, &url);
	dc_dmarc_uri_parse(arena, text, &uri);
	if (uri.size.len)
		return "ends in a size limit, which TLS reports do not have: write ! as %21";
	if (uri.scheme == DC_DMARC_URI_OTHER)
		return "is neither a mailto: nor an https: address";
	return uri.why ? uri.why : NULL;
}

static const char *read_rua(struct dc_arena *arena, struct dc_slice value, struct dc_tls_rpt_record *record)
{
	do {
		struct dc_slice text = dc_slice_trim_wsp(dc_slice_cut(&value, ','));

		if (record->uri_count < DC_TLS_RPT_URI_MAX)
			record->uris[record->uri_count++] = (struct dc_tls_rpt_uri){text, uri_problem(arena, text)};
	} while (value.ptr);
	for (size_t i = 0; i < record->uri_count; i++)
		if (!record->uris[i].problem)
			return NULL;
	return "no address in rua that a report can be sent to";
}

static const char *read_field(struct dc_arena *arena, struct dc_slice field, struct dc_tls_rpt_record *record)
{
	struct dc_slice value = field, name = dc_slice_trim_wsp(dc_slice_cut(&value, '='));

	if (!field.len)
		return "an empty field between two semicolons";
	if (!value.ptr)
		return "a field without =";
	if (!dc_slice_eq(name, DC_S("rua")))
		return dc_slice_eq_nocase(name, DC_S("rua")) ? "rua written in other letters: it must be lower case" : NULL;
	if (record->uri_count)
		return "a second rua";
	return read_rua(arena, dc_slice_trim_wsp(value), record);
}

struct dc_tls_rpt_record dc_tls_rpt_parse(struct dc_arena *arena, const struct dc_txt *txt)
{
	struct dc_tls_rpt_record record = {.txt = *txt};
	struct dc_slice rest = dc_slice_sub(txt->text, sizeof("v=TLSRPTv1;") - 1, SIZE_MAX);

	while (rest.ptr && !record.problem) {
		struct dc_slice field = dc_slice_trim_wsp(dc_slice_cut(&rest, ';'));

		if (!field.len && !rest.ptr)
			break; /* the last semicolon may end the record */
		record.problem = read_field(arena, field, &record);
		record.part = record.problem ? field : (struct dc_slice){0};
	}
	if (!record.problem && !record.uri_count)
		record.problem = "no rua: it names nobody to report to";
	return record;
}

const struct dc_tls_rpt_facts *dc_tls_rpt_build(struct dc_asker *asker, struct dc_slice domain)
{
	struct dc_tls_rpt_facts *facts = DC_NEW(asker->arena, struct dc_tls_rpt_facts);
	struct dc_txt_choice choice;

	facts->domain = domain;
	facts->name = dc_arena_concat(asker->arena, DC_S("_smtp._tls."), domain);
	facts->answer = dc_ask(asker, facts->name, DC_TYPE_TXT);
	if (!facts->answer || !dc_outcome_is_known(facts->answer->outcome))
		return facts;
	choice = dc_answer_choose_txt(asker->arena, facts->answer, dc_tls_rpt_is_record, dc_tls_rpt_is_near);
	facts->count = choice.count;
	facts->near = choice.near;
	if (choice.count)
		facts->record = dc_tls_rpt_parse(asker->arena, &choice.txt);
	else if (choice.near)
		facts->record.txt = choice.txt;
	facts->state = facts->count == 0 ? DC_TLS_RPT_NONE : facts->count > 1 ? DC_TLS_RPT_MULTIPLE
						     : facts->record.problem ? DC_TLS_RPT_INVALID
									      : DC_TLS_RPT_VALID;
	facts->present = dc_tri_of(facts->count || facts->near);
	return facts;
}
