/* `domaincheck spf`: the SPF part of the report alone, and the flattened records as lines of a zone file. */
#include "base/escape.h"
#include "render/report.h"
#include "render/text/text.h"
#include "spf/spf.h"

/* ---- spf ---- */

static void spf_domain(struct dc_report *report, const struct dc_audit_result *result)
{
	const struct dc_text text = {.out = &report->out, .scratch = report->scratch, .style = &report->style};
	struct dc_audit_result part = *result;
	struct dc_finding *findings = DC_NEW_ARRAY(report->scratch, struct dc_finding, result->finding_count);

	part.finding_count = 0;
	for (size_t i = 0; i < result->finding_count; i++)
		if (strncmp(dc_catalogue_row(result->findings[i].id)->check, "spf-", 4) == 0)
			findings[part.finding_count++] = result->findings[i];
	part.findings = findings;
	if (report->summary.domains > 1)
		dc_text_newline(&text);
	dc_text_put(&text, DC_INK_BOLD, dc_text_clean(&text, result->inputs->domain));
	dc_text_newline(&text);
	dc_text_spf(&text, &part);
	if (!report->style.quiet)
		dc_text_findings(&text, &part);
	dc_text_undetermined(&text, &part);
}

const struct dc_format dc_format_spf = {
	.name = "spf",
	.about = "the SPF part of the text report alone",
	.streams = true,
	.domain = spf_domain,
};

/* ---- spf-flat ---- */

/* Octets for a zone file (RFC 1035 section 5.1), those of `quoted` with a backslash before them. */
static void put_octets(struct dc_buf *out, struct dc_slice octets, const char *quoted)
{
	for (size_t i = 0; i < octets.len; i++) {
		unsigned char c = (unsigned char)octets.ptr[i];
		if (c < 0x20 || c > 0x7e)
			dc_buf_printf(out, "\\%03u", c);
		else if (strchr(quoted, c))
			dc_buf_printf(out, "\\%c", c);
		else
			dc_buf_putc(out, (char)c);
	}
}

static void put_terms(struct dc_buf *out, const char *why, const struct dc_spf_use *const *uses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		dc_buf_printf(out, "; %s: ", why);
		dc_escape_text(out, uses[i]->term->text, 0);
		dc_buf_puts(out, " of ");
		dc_escape_text(out, uses[i]->node->name, 0);
		dc_buf_putc(out, '\n');
	}
}

static void flat_domain(struct dc_report *report, const struct dc_audit_result *result)
{
	const struct dc_spf_facts *facts = result->facts ? result->facts->spf : NULL;
	struct dc_buf *out = &report->out;
	const struct dc_spf_flat *flat = facts && facts->root ? dc_spf_flatten(report->scratch, facts) : NULL;
	bool whole;

	dc_buf_puts(out, "; ");
	dc_escape_text(out, result->inputs->domain, 0);
	if (!flat || !flat->count) {
		dc_buf_puts(out, ": no SPF record that could be flattened\n");
		return;
	}
	whole = !flat->failed_count && !facts->cut && !facts->root->record->fatal;
	dc_buf_printf(out, ": %u lookups as published, %u flattened\n", (unsigned)flat->lookups_before, (unsigned)flat->lookups);
	put_terms(out, "kept as it is, it depends on the sender", flat->kept, flat->kept_count);
	put_terms(out, "not resolved", flat->failed, flat->failed_count);
	if (facts->root->record->fatal)
		dc_buf_puts(out, "; the published record is not valid SPF: mend it first\n");
	if (!whole)
		dc_buf_puts(out, "; incomplete: do not publish this\n");
	if (flat->watch_count) {
		dc_buf_printf(out, "; this copy is out of date as soon as one of these names changes (least TTL %u s):\n",
			      (unsigned)flat->watch_ttl_s);
		for (size_t i = 0; i < flat->watch_count; i++) {
			dc_buf_puts(out, ";   ");
			dc_escape_text(out, flat->watch[i], 0);
			dc_buf_putc(out, '\n');
		}
	}
	for (size_t i = 0; i < flat->count; i++) {
		const struct dc_spf_flat_record *record = &flat->records[i];
		if (!whole)
			dc_buf_puts(out, "; ");
		put_octets(out, record->name, ""); /* canonical: in the form of a zone file already */
		dc_buf_puts(out, ". 300 IN TXT");
		for (size_t k = 0; k < record->string_count; k++) {
			dc_buf_puts(out, " \"");
			put_octets(out, record->strings[k], "\"\\");
			dc_buf_putc(out, '"');
		}
		dc_buf_putc(out, '\n');
	}
}

const struct dc_format dc_format_spf_flat = {
	.name = "spf-flat",
	.about = "SPF as addresses only, lines of a zone file",
	.streams = true,
	.domain = flat_domain,
};
