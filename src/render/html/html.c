/* html: one file that needs nothing else, to read, to print and to send. Verdicts first, then the fleet, then each domain. The
 * script only enhances: it sorts, filters and copies. */
#include "render/html/html.h"

#include <stdlib.h>

enum {
	OPEN_MAX = 3, /* so few domains are not folded */
	/* Octets of details after which those of further domains are left out: browsers get slow long before. Those of domains
	 * that are fit go first. The rows of the table stay, and what is named there first to mend. */
	FIT_DETAILS_MAX = 64 << 20,
	DETAILS_MAX = 128 << 20,
};

/* ---- collecting ---- */

static void begin(struct dc_report *report)
{
	struct dc_html *html = report->state;

	dc_json_init(&html->json);
	html->fleet = dc_fleet_new();
	dc_buf_init(&html->rows, DC_REPORT_MAX);
	dc_buf_init(&html->heads, DC_REPORT_MAX);
	dc_buf_init(&html->lines, DC_REPORT_MAX);
	dc_buf_init(&html->bodies, DC_REPORT_MAX);
	if (!html->fleet)
		report->status = DC_ERR_NOMEM;
}

/* Of the domain at hand, whose details begin at `from`. */
static void bound_details(struct dc_html *html, size_t from, enum dc_domain_verdict verdict)
{
	size_t max = verdict == DC_DOMAIN_PASS ? FIT_DETAILS_MAX : DETAILS_MAX;

	if (html->bodies.status != DC_OK || html->bodies.len <= max || html->place_count == 0)
		return;
	html->bodies.len = from;
	html->left_out++;
	html->out = &html->bodies;
	dc_html_put(html, "<p class=\"meta\">The details are left out, since this page would be too large.</p>\n");
}

/* Takes over `object`. */
static void add(struct dc_report *report, json_t *object, enum dc_domain_verdict verdict)
{
	struct dc_html *html = report->state;
	size_t from = html->bodies.len;

	if (html->place_count == html->place_room) {
		size_t larger = html->place_room ? html->place_room * 2 : 64;
		struct dc_html_place *places = realloc(html->places, larger * sizeof(*places));

		if (!places) {
			report->status = DC_ERR_NOMEM;
			json_decref(object);
			return;
		}
		html->places = places;
		html->place_room = larger;
	}
	dc_html_domain(html, object, verdict);
	bound_details(html, from, verdict);
	json_decref(object);
	html->places[html->place_count++] = (struct dc_html_place){html->rows.len, html->lines.len, html->bodies.len};
	if (html->rows.status != DC_OK || html->heads.status != DC_OK || html->lines.status != DC_OK ||
	    html->bodies.status != DC_OK || html->json.failed)
		report->status = DC_ERR_NOMEM;
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct dc_html *html = report->state;

	if (!dc_fleet_add(html->fleet, result))
		report->status = DC_ERR_NOMEM;
	else
		add(report, dc_json_domain(&html->json, report, result), result->verdict);
}

static bool line(struct dc_report *report, struct dc_slice text, enum dc_domain_verdict *ret_verdict)
{
	struct dc_html *html = report->state;
	json_t *object = dc_json_read_domain(report, text, html->fleet, ret_verdict);

	if (object)
		add(report, object, *ret_verdict);
	return object != NULL;
}

/* ---- the page ---- */

static void top(struct dc_html *html, const struct dc_report *report)
{
	char time[DC_TIME_TEXT_MAX];

	(void)dc_time_format(report->run->started_s, time);
	dc_html_put(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;");
	dc_html_put(html, dc_html_style_hash);
	dc_html_put(html, "&#39;; script-src &#39;");
	dc_html_put(html, dc_html_script_hash);
	dc_html_put(html, "&#39;; img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;\">\n"
			  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			  "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n"
			  "<meta name=\"format-detection\" content=\"telephone=no\">\n"
			  "<link rel=\"icon\" href=\"data:,\">\n<title>");
	if (html->place_count == 1) {
		const struct dc_summary *sum = &report->summary;

		dc_html_put(html, sum->pass ? "GO: " : sum->fail ? "NO-GO: " : "HOLD: ");
		dc_html_attribute(html, html->domain);
	} else {
		dc_html_printf(html, "%llu of %llu domains ready to send", (unsigned long long)report->summary.pass,
			       (unsigned long long)report->summary.domains);
	}
	dc_html_put(html, " &#183; domaincheck</title>\n<style>");
	dc_html_put(html, dc_html_style);
	dc_html_put(html, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<div class=\"page\">\n"
			  "<header class=\"top\"><svg viewBox=\"0 0 44 44\" aria-hidden=\"true\"><rect width=\"44\" height=\"44\" "
			  "rx=\"10\" fill=\"#1f3a68\"/><g fill=\"none\" stroke=\"#fff\" stroke-width=\"2\"><path d=\"M9 14h26v17H9z\"/>"
			  "<path d=\"M9 15l13 9 13-9\"/></g><circle cx=\"33\" cy=\"31\" r=\"8\" fill=\"#1e8e54\"/>"
			  "<path d=\"M29.500 31l2.500 2.500 4.500-5\" fill=\"none\" stroke=\"#fff\" stroke-width=\"2\"/></svg>\n<div><h1>");
	dc_html_put(html, "Ready to send mail?</h1><p>");
	dc_html_count(html, html->place_count, "domain", "domains");
	dc_html_printf(html, ", audited <time datetime=\"%s\">%.10s %.5s UTC</time></p></div></header>\n"
		       "<main id=\"main\" tabindex=\"-1\">\n", time, time, time + 11);
}

static void numbers(struct dc_html *html, const struct dc_summary *sum)
{
	const struct {
		const char *class, *title;
		uint64_t count;
	} rows[] = {{"fail", "not ready (NO-GO)", sum->fail},
		    {"incomplete", "could not be determined (HOLD)", sum->incomplete},
		    {"pass", "ready to send (GO)", sum->pass}};
	uint64_t at = 0;

	dc_html_put(html, "<h2 class=\"sr\">In short</h2>\n<ul class=\"sum\">\n");
	for (size_t i = 0; i < 3; i++)
		dc_html_printf(html, "<li class=\"%s\"><b>%llu</b> <span>%s</span></li>\n", rows[i].count ? rows[i].class : "none",
			       (unsigned long long)rows[i].count, rows[i].title);
	dc_html_put(html, "</ul>\n<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	for (size_t i = 0; i < 3 && sum->domains > 0; i++) {
		uint64_t width = rows[i].count * 1000 / sum->domains;

		dc_html_printf(html, "<rect class=\"%s\" x=\"%llu\" width=\"%llu\" height=\"10\"/>", rows[i].class,
			       (unsigned long long)at, (unsigned long long)(i == 2 ? 1000 - at : width));
		at += width;
	}
	dc_html_put(html, "</svg>\n");
}

static void fleet_table(struct dc_html *html, const struct dc_fleet_view *view)
{
	static const struct {
		const char *title, *class;
	} columns[] = {{"Verdict", ""}, {"Domain", ""}, {"First to mend", "wide"}, {"Errors", "n"},
		       {"Warnings", "n wide"},
		       {"Unknown", "n wide"}, {"SPF lookups", "n wide"}, {"DMARC", "wide"}, {"Key bits", "n wide"}};
	static const char *const choices[][2] = {{"", "All"}, {"fail", "NO-GO"}, {"incomplete", "HOLD"}, {"pass", "GO"}};

	dc_html_put(html, "<div class=\"card\"><h2>Domains</h2>\n<div class=\"tools\" id=\"tools\" role=\"search\" hidden>"
			  "<label for=\"search\">Find</label><input type=\"search\" id=\"search\" autocomplete=\"off\" "
			  "spellcheck=\"false\">"
			  "<div class=\"set\" role=\"group\" aria-label=\"Verdict\">");
	for (size_t i = 0; i < 4; i++)
		dc_html_printf(html, "<button type=\"button\" data-verdict=\"%s\" aria-pressed=\"%s\">%s</button>", choices[i][0],
			       i == 0 ? "true" : "false", choices[i][1]);
	dc_html_put(html, "</div><span class=\"hint\" id=\"count\" role=\"status\"></span></div>\n"
			  "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Table of the domains\">"
			  "<table class=\"fleet\" id=\"fleet\"><thead><tr>");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		dc_html_printf(html, "<th scope=\"col\" class=\"%s\">%s</th>", columns[i].class, columns[i].title);
	dc_html_put(html, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < html->place_count; i++) {
		size_t at = view->domains[i]->number, from = at > 0 ? html->places[at - 1].row : 0;

		dc_buf_put_slice(html->out, dc_slice_sub(dc_buf_slice(&html->rows), from, html->places[at].row - from));
	}
	dc_html_put(html, "</tbody></table></div></div>\n");
	if (html->left_out > 0) {
		dc_html_put(html, "<p class=\"meta\">The details of ");
		dc_html_count(html, html->left_out, "domain", "domains");
		dc_html_put(html, " are left out, since this page would be too large: make one page for fewer domains, or take the "
				  "formats ndjson or csv, which hold everything.</p>\n");
	}
}

/* Worst first. */
static void domains(struct dc_html *html, const struct dc_fleet_view *view)
{
	const char *open = html->place_count <= OPEN_MAX ? " open" : "";

	for (size_t i = 0; i < html->place_count; i++) {
		size_t at = view->domains[i]->number;
		struct dc_html_place from = at > 0 ? html->places[at - 1] : (struct dc_html_place){0}, to = html->places[at];

		dc_html_printf(html, "<details class=\"dom\"%s><summary>", open);
		dc_buf_put_slice(html->out, dc_slice_sub(dc_buf_slice(&html->lines), from.line, to.line - from.line));
		dc_html_printf(html, "</summary>\n<div class=\"body\" id=\"d%zu\" tabindex=\"-1\">\n", at + 1);
		dc_buf_put_slice(html->out, dc_slice_sub(dc_buf_slice(&html->bodies), from.body, to.body - from.body));
		dc_html_put(html, "</div></details>\n");
	}
}

static void end(struct dc_report *report)
{
	struct dc_html *html = report->state;
	const struct dc_fleet_view *view = dc_fleet_view(html->fleet, report->scratch);

	html->out = &report->out;
	html->domain = view->domain_count > 0 ? view->domains[0]->domain : DC_S(""); /* that of the last one is gone */
	top(html, report);
	if (html->place_count == 1) {
		dc_buf_put_slice(html->out, dc_buf_slice(&html->heads));
		dc_html_put(html, "<div class=\"card\" id=\"d1\" tabindex=\"-1\">\n");
		dc_buf_put_slice(html->out, dc_buf_slice(&html->bodies));
		dc_html_put(html, "</div>\n");
		dc_html_trend(html, report->run, &report->summary);
	} else {
		numbers(html, &report->summary);
		dc_html_trend(html, report->run, &report->summary);
		fleet_table(html, view);
		dc_html_fleet(html, &report->summary, view);
		domains(html, view);
	}
	dc_html_put(html, "</main>\n<p class=\"sr\" id=\"say\" role=\"status\"></p>\n<footer class=\"foot\">Made by domaincheck ");
	dc_html_text(html, dc_slice_of(report->run->tool_version));
	dc_html_put(html, ". What could not be determined is said to be so: it is neither missing nor fine.</footer>\n</div>\n<script>");
	dc_html_put(html, dc_html_script);
	dc_html_put(html, "</script>\n</body>\n</html>\n");
}

static void clear(struct dc_report *report)
{
	struct dc_html *html = report->state;

	dc_json_clear(&html->json);
	dc_fleet_free(html->fleet);
	dc_buf_free(&html->rows);
	dc_buf_free(&html->heads);
	dc_buf_free(&html->lines);
	dc_buf_free(&html->bodies);
	free(html->places);
}

const struct dc_format dc_format_html = {
	.name = "html",
	.about = "one page to read, print and send",
	.state_size = sizeof(struct dc_html),
	.begin = begin,
	.domain = domain,
	.end = end,
	.line = line,
	.clear = clear,
};
