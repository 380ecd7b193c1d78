/* What was found in a domain: what to mend with the record to paste, what could not be determined, what is worth knowing,
 * what was accepted. Evidence and references are folded away. */
#include "render/html/html.h"
#include "render/paste.h"

enum { EVIDENCE_MAX = 24, SPAN_BEFORE = 400, SPAN_AFTER = 240 };

enum class { MEND, OPEN, NOTICE, WAIVED };

static enum class class_of(const json_t *finding)
{
	if (json_object_get(finding, "waived"))
		return WAIVED;
	if (json_is_true(json_object_get(finding, "inconclusive")))
		return OPEN;
	return dc_slice_eq(dc_json_member(finding, "severity"), DC_S("notice")) ? NOTICE : MEND;
}

static size_t find(struct dc_slice text, struct dc_slice part)
{
	const char *at = memmem(text.ptr, text.len, part.ptr, part.len);

	return at ? (size_t)(at - text.ptr) : SIZE_MAX;
}

/* The record with the place marked; of a long one what is around it. */
static void marked(struct dc_html *html, const json_t *span)
{
	struct dc_slice record = dc_json_member(span, "record"), part = dc_json_member(span, "text");
	size_t start = (size_t)dc_html_number(span, "start"), from, end;

	if (record.len == 0)
		return;
	/* When the text was not UTF-8 it was written out, and offsets are of the octets. */
	if (start > record.len || !dc_slice_eq(dc_slice_sub(record, start, part.len), part) || part.len == 0)
		start = part.len > 0 ? find(record, part) : SIZE_MAX;
	if (start == SIZE_MAX) {
		start = record.len;
		part.len = 0;
	}
	end = start + part.len;
	from = start > SPAN_BEFORE && part.len > 0 ? start - SPAN_BEFORE : 0;
	while (from > 0 && from < start && ((unsigned char)record.ptr[from] & 0xc0) == 0x80)
		from++;
	dc_html_put(html, "<pre class=\"rec\">");
	dc_html_put(html, from > 0 ? "&#8230;" : "");
	dc_html_text(html, dc_slice_sub(record, from, start - from));
	if (part.len > 0) {
		dc_html_put(html, "<mark>");
		dc_html_text(html, part);
		dc_html_put(html, "</mark>");
	}
	from = end + SPAN_AFTER < record.len ? end + SPAN_AFTER : record.len;
	while (from < record.len && ((unsigned char)record.ptr[from] & 0xc0) == 0x80)
		from++;
	dc_html_text(html, dc_slice_sub(record, end, from - end));
	dc_html_put(html, from < record.len ? "&#8230;</pre>\n" : "</pre>\n");
}

static void copy_row(struct dc_html *html, const char *title, struct dc_slice value)
{
	unsigned id = ++html->copies;

	dc_html_printf(html, "<dt>%s</dt><dd><code id=\"d%u-c%u\">", title, html->number, id);
	dc_html_text(html, value);
	dc_html_printf(html, "</code></dd><dd class=\"do\"><button type=\"button\" class=\"copy\" data-copy=\"d%u-c%u\" "
		       "aria-label=\"Copy the %s of the record\" hidden>Copy</button></dd>\n", html->number, id,
		       title[0] == 'N' ? "name" : "value");
}

/* A record whose name is not said belongs where the finding is. */
static void paste(struct dc_html *html, const json_t *finding)
{
	struct dc_slice fix = dc_json_member(finding, "fix"), subject = dc_json_member(finding, "subject");
	struct dc_paste record;

	for (size_t at = 0; dc_paste_next(fix, &at, &record);) {
		dc_html_put(html, "<div class=\"paste\"><dl>\n");
		copy_row(html, "Name", record.name.len > 0 ? record.name : subject);
		dc_html_put(html, "<dt>Type</dt><dd><code>");
		dc_html_text(html, record.type);
		dc_html_put(html, "</code></dd><dd></dd>\n");
		copy_row(html, "Value", record.value);
		dc_html_put(html, "</dl>");
		if (record.draft)
			dc_html_put(html, "<p class=\"draft\">A pattern: put in what is yours before you publish it.</p>");
		dc_html_put(html, "</div>\n");
	}
}

static void evidence_item(struct dc_html *html, const json_t *answer)
{
	struct dc_slice type = dc_json_member(answer, "type");
	const json_t *records = json_object_get(answer, "records"), *detail = json_object_get(answer, "detail");

	dc_html_put(html, "<li>");
	dc_html_code(html, type.len > 0 ? type : dc_json_member(answer, "kind"));
	dc_html_put(html, " ");
	dc_html_code(html, dc_json_member(answer, "name"));
	dc_html_put(html, ": ");
	dc_html_text(html, dc_json_member(answer, "outcome"));
	if (json_is_integer(records)) {
		dc_html_put(html, ", ");
		dc_html_count(html, dc_html_number(answer, "records"), "record", "records");
	}
	if (dc_json_member(answer, "server").len > 0) {
		dc_html_put(html, ", from ");
		dc_html_text(html, dc_json_member(answer, "server"));
	}
	if (json_is_string(detail)) {
		dc_html_put(html, ": ");
		dc_html_text(html, dc_json_member(answer, "detail"));
	}
	dc_html_put(html, "</li>\n");
}

static void proof(struct dc_html *html, const json_t *finding, bool fold)
{
	const json_t *evidence = json_object_get(finding, "evidence"), *references = json_object_get(finding, "references");
	size_t i;
	json_t *item;

	dc_html_put(html, fold ? "<details class=\"fold\"><summary>Evidence and standard</summary>\n" : "");
	dc_html_put(html, "<p class=\"meta\"><code>");
	dc_html_text(html, dc_json_member(finding, "id"));
	dc_html_put(html, "</code> at <code>");
	dc_html_text(html, dc_json_member(finding, "subject"));
	dc_html_put(html, "</code>");
	json_array_foreach(references, i, item)
	{
		dc_html_put(html, " &#183; ");
		dc_html_text(html, dc_slice_of(json_is_string(item) ? json_string_value(item) : ""));
	}
	dc_html_put(html, "</p>\n");
	if (json_array_size(evidence) > 0)
		dc_html_put(html, "<ul class=\"meta\">\n");
	json_array_foreach(evidence, i, item) if (i < EVIDENCE_MAX && json_is_object(item)) evidence_item(html, item);
	if (json_array_size(evidence) > EVIDENCE_MAX)
		dc_html_printf(html, "<li>and %zu more</li>\n", json_array_size(evidence) - EVIDENCE_MAX);
	dc_html_put(html, json_array_size(evidence) > 0 ? "</ul>" : "");
	dc_html_put(html, fold ? "</details>\n" : "\n");
}

static void why(struct dc_html *html, const json_t *finding)
{
	enum dc_finding_id id;

	/* A report of another version may have findings that this one does not know. */
	if (!dc_catalogue_find(dc_json_member(finding, "id"), &id))
		return;
	dc_html_put(html, "<p class=\"why\">");
	dc_html_text(html, dc_slice_of(dc_catalogue_row(id)->why));
	dc_html_put(html, "</p>\n");
}

static void article(struct dc_html *html, const json_t *finding, enum class class)
{
	struct dc_slice severity = dc_json_member(finding, "severity");
	bool error = dc_slice_eq(severity, DC_S("error")), warning = dc_slice_eq(severity, DC_S("warning"));

	dc_html_printf(html, "<div class=\"f %s\">", class == OPEN ? "open" : error ? "error" : warning ? "warning" : "notice");
	if (class == OPEN)
		dc_html_verdict(html, DC_S("inconclusive"));
	else
		dc_html_put(html, error	    ? "<span class=\"v fail\">&#10007; error</span>"
				  : warning ? "<span class=\"v warn\">! warning</span>"
					    : "<span class=\"v\">notice</span>");
	dc_html_put(html, "<h4>");
	dc_html_text(html, dc_json_member(finding, "message"));
	dc_html_put(html, "</h4>\n");
	marked(html, json_object_get(finding, "span"));
	if (class == WAIVED) {
		dc_html_put(html, "<p>Accepted: ");
		dc_html_text(html, dc_json_member(finding, "waived"));
		dc_html_put(html, "</p>\n");
	} else {
		/* What is only worth knowing takes little room. */
		dc_html_put(html, class == NOTICE ? "<details class=\"fold\"><summary>Why, what to do, and evidence</summary>\n" : "");
		why(html, finding);
		dc_html_put(html, "<p class=\"fix\">");
		dc_html_text(html, dc_json_member(finding, "fix"));
		dc_html_put(html, "</p>\n");
		paste(html, finding);
	}
	proof(html, finding, class != NOTICE);
	dc_html_put(html, class == NOTICE ? "</details>\n" : "");
	dc_html_put(html, "</div>\n");
}

void dc_html_findings(struct dc_html *html, const json_t *domain)
{
	static const struct {
		enum class class;
		const char *key, *title, *lead;
	} parts[] = {
		{MEND, "mend", "What to mend", NULL},
		{OPEN, "open", "Could not be determined",
		 "Nothing is said about these: neither that they are missing nor that they are fine."},
		{NOTICE, "know", "Worth knowing", NULL},
		{WAIVED, "waived", "Accepted", NULL},
	};
	const json_t *findings = json_object_get(domain, "findings");
	size_t i;
	json_t *finding;

	for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
		bool begun = false;

		json_array_foreach(findings, i, finding)
		{
			if (class_of(finding) != parts[part].class)
				continue;
			if (!begun) {
				dc_html_block(html, parts[part].key, parts[part].title);
				if (parts[part].lead)
					dc_html_printf(html, "<p class=\"more\">%s</p>\n", parts[part].lead);
			}
			begun = true;
			article(html, finding, parts[part].class);
		}
		if (begun)
			dc_html_put(html, "</div>\n");
	}
}
