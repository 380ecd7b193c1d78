/* The foot of a domain: what else is published, and every check with its verdict. */
#include "dnssec/dnssec.h"

#include "render/text/text.h"

void dc_text_besides(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const published[] = {"MTA-STS", "TLS-RPT", "BIMI", "CAA"};
	const struct dc_facts *facts = result->facts;
	enum dc_dnssec dnssec;
	struct dc_slice line;

	if (!facts)
		return;
	dnssec = facts->dnssec ? facts->dnssec->state : DC_DNSSEC_UNKNOWN;
	line = dc_text_format(text, "DNSSEC %s%s", dnssec == DC_DNSSEC_UNKNOWN ? "?" : dc_dnssec_name(dnssec),
			      facts->dnssec && facts->dnssec->blind && dnssec == DC_DNSSEC_UNKNOWN
				      ? " (the resolver passes no signatures on)"
			      : facts->dnssec && facts->dnssec->island == DC_TRI_YES ? " (signed, but the parent has no DS)"
										     : "");
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++)
		line = dc_text_format(text, "%.*s, %s %s", DC_FMT(line), published[i],
				      dc_text_tri(dc_facts_published(facts, (enum dc_published)i)).ptr);
	dc_text_newline(text);
	dc_text_field(text, "besides", DC_INK_PLAIN, line);
	dc_text_policies(text, facts);
}

/* The part of a check's id before the hyphen: its protocol. */
static struct dc_slice check_group(const struct dc_check *check)
{
	static const char *const hyphened[] = {"mta-sts", "tls-rpt"};
	struct dc_slice id = dc_slice_of(check->id);
	size_t hyphen = dc_slice_find(id, '-');

	for (size_t i = 0; i < sizeof(hyphened) / sizeof(hyphened[0]); i++) {
		if (dc_slice_starts(id, dc_slice_of(hyphened[i])))
			hyphen = strlen(hyphened[i]);
	}

	return dc_slice_sub(id, 0, hyphen == SIZE_MAX ? 0 : hyphen);
}

/* "SPF           + record  + syntax  x lookups": every check of one protocol, wrapped between checks. */
static void check_line(const struct dc_text *text, const struct dc_audit_result *result, struct dc_slice group)
{
	enum { AT = DC_TEXT_INDENT + DC_TEXT_LABEL };
	static const char *const titles[] = {"MX", "SPF", "DKIM", "DMARC", "PTR", "DNS", "DNSSEC", "DANE", "SMTP",
					    "MTA-STS", "TLS-RPT", "BIMI", "CAA"};
	struct dc_slice label = group.len > 0 ? group : DC_S("overall");
	size_t at = AT;

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		if (dc_slice_eq_nocase(group, dc_slice_of(titles[i])))
			label = dc_slice_of(titles[i]);
	}
	dc_text_spaces(text, DC_TEXT_INDENT);
	dc_text_put(text, DC_INK_DIM, label);
	dc_text_spaces(text, label.len < DC_TEXT_LABEL ? DC_TEXT_LABEL - label.len : 1);
	for (size_t i = 0; i < result->check_count; i++) {
		const struct dc_check *check = result->checks[i].check;
		enum dc_verdict verdict = result->checks[i].verdict;
		struct dc_slice mark = dc_text_mark(text, verdict);
		const char *name;
		size_t width;

		if (!dc_slice_eq(check_group(check), group))
			continue;
		name = check->id + (group.len > 0 ? group.len + 1 : 0);
		width = dc_columns(mark) + 1 + strlen(name);
		if (at > AT && at + 2 + width > text->style->width) {
			dc_text_newline(text);
			dc_text_spaces(text, AT);
			at = AT;
		}
		dc_text_spaces(text, at > AT ? 2 : 0);
		at += width + (at > AT ? 2 : 0);
		dc_text_put(text, dc_text_verdict_ink(verdict), mark);
		dc_text_spaces(text, 1);
		dc_text_puts(text, verdict == DC_VERDICT_NOT_APPLICABLE ? DC_INK_DIM : DC_INK_PLAIN, name);
	}
	dc_text_newline(text);
}

/* With -v: a line a check, with its title. */
static void check_titles(const struct dc_text *text, const struct dc_audit_result *result)
{
	struct dc_table table;

	dc_table_init(&table, text, 3, NULL);
	table.rigid = 1u << 0 | 1u << 1;
	for (size_t i = 0; i < result->check_count; i++) {
		enum dc_verdict verdict = result->checks[i].verdict;

		dc_table_add(&table, dc_text_verdict_ink(verdict), dc_text_mark(text, verdict));
		dc_table_add(&table, DC_INK_BOLD, dc_slice_of(result->checks[i].check->id));
		dc_table_add(&table, DC_INK_PLAIN, dc_slice_of(result->checks[i].check->title));
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}

void dc_text_checks(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const struct {
		enum dc_verdict verdict;
		const char *word;
	} rows[] = {{DC_VERDICT_FAIL, "failed"},	  {DC_VERDICT_WARN, "warned"},
		    {DC_VERDICT_INCONCLUSIVE, "unknown"}, {DC_VERDICT_PASS, "passed"},
		    {DC_VERDICT_NOT_APPLICABLE, "not applicable"}};
	struct dc_slice line = {0};

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		size_t count = 0;

		for (size_t i = 0; i < result->check_count; i++)
			count += result->checks[i].verdict == rows[r].verdict;
		line = dc_text_counted(text, line, count, rows[r].word, rows[r].word);
	}
	dc_text_newline(text);
	dc_text_puts(text, DC_INK_BOLD, "Checks");
	dc_text_spaces(text, DC_TEXT_INDENT + DC_TEXT_LABEL - strlen("Checks"));
	dc_text_wrap(text, DC_INK_PLAIN, line, DC_TEXT_INDENT + DC_TEXT_LABEL, DC_TEXT_INDENT + DC_TEXT_LABEL);
	if (text->style->verbose) {
		check_titles(text, result);
		return;
	}
	for (size_t i = 0; i < result->check_count; i++) {
		struct dc_slice group = check_group(result->checks[i].check);
		bool first = true;

		for (size_t j = 0; j < i; j++)
			first = first && !dc_slice_eq(check_group(result->checks[j].check), group);
		if (first)
			check_line(text, result, group);
	}
}
