/* The identities matrix of the HTML report: every way in which the domain sends, and what receivers make of it; and whether
 * others can send in its name. */
#include "render/html/html.h"

enum { IDENTITIES_MAX = 100 };

static void outcome(struct dc_html *html, struct dc_slice text)
{
	if (text.len == 0)
		dc_html_put(html, "<span class=\"hint\">not known</span>");
	else if (dc_slice_eq(text, DC_S("pass")) || dc_slice_eq(text, DC_S("fail")))
		dc_html_verdict(html, text);
	else
		dc_html_text(html, text);
}

static void aligned(struct dc_html *html, const json_t *value)
{
	dc_html_put(html, json_is_true(value)	 ? "<span class=\"v pass\">&#10003; aligned</span>"
			  : json_is_false(value) ? "<span class=\"v\">not aligned</span>"
						 : "");
}

static void name(struct dc_html *html, struct dc_slice value)
{
	dc_html_put(html, "<td>");
	if (value.len > 0)
		dc_html_code(html, value);
	else
		dc_html_put(html, "<span class=\"hint\">not said</span>");
	dc_html_put(html, "</td>");
}

/* "pass", or what becomes of the mail. */
static void fate(struct dc_html *html, const json_t *view)
{
	static const char *const fates[][2] = {{"none", "delivered"}, {"quarantine", "to the spam folder"}, {"reject", "refused"}};
	struct dc_slice disposition = dc_json_member(view, "disposition"), result = dc_json_member(view, "dmarc");

	dc_html_put(html, "<td>");
	if (dc_slice_eq(result, DC_S("none")))
		dc_html_put(html, "no policy");
	else
		outcome(html, result);
	for (size_t i = 0; i < 3; i++)
		if (dc_slice_eq(disposition, dc_slice_of(fates[i][0])) && !dc_slice_eq(result, DC_S("pass")))
			dc_html_printf(html, " <span class=\"hint\">%s</span>", fates[i][1]);
	dc_html_put(html, "</td>");
}

static void row(struct dc_html *html, const json_t *identity, bool changed)
{
	struct dc_slice selector = dc_json_member(identity, "dkim_selector");

	dc_html_put(html, "<tr>");
	name(html, dc_json_member(identity, "ip"));
	name(html, dc_json_member(identity, "helo"));
	name(html, dc_json_member(identity, "mail_from"));
	dc_html_put(html, "<td>");
	outcome(html, dc_json_member(identity, "spf"));
	dc_html_put(html, " ");
	aligned(html, json_object_get(identity, "spf_aligned"));
	dc_html_put(html, "</td><td>");
	if (dc_json_member(identity, "dkim_domain").len > 0)
		dc_html_code(html, dc_json_member(identity, "dkim_domain"));
	if (selector.len > 0) {
		dc_html_put(html, " <span class=\"hint\">");
		dc_html_text(html, selector);
		dc_html_put(html, "</span>");
	}
	dc_html_put(html, "</td><td>");
	outcome(html, dc_json_member(identity, "dkim"));
	dc_html_put(html, " ");
	aligned(html, json_object_get(identity, "dkim_aligned"));
	dc_html_put(html, "</td>");
	fate(html, identity);
	fate(html, json_object_get(identity, "legacy"));
	if (changed)
		fate(html, json_object_get(identity, "what_if"));
	dc_html_put(html, "</tr>\n");
}

static void matrix(struct dc_html *html, const json_t *identities)
{
	bool changed = json_object_get(json_array_get(identities, 0), "what_if") != NULL;
	size_t i;
	json_t *identity;

	dc_html_put(html, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"Identities of ");
	dc_html_attribute(html, html->domain);
	dc_html_put(html, "\"><table class=\"matrix\"><thead><tr><th scope=\"col\">Address</th><th scope=\"col\">HELO</th>"
			  "<th scope=\"col\">Return path</th><th scope=\"col\">SPF</th><th scope=\"col\">Signed by</th>"
			  "<th scope=\"col\">DKIM</th><th scope=\"col\">DMARC</th><th scope=\"col\">DMARC at older receivers</th>");
	dc_html_put(html, changed ? "<th scope=\"col\">DMARC with the change</th></tr></thead><tbody>\n" : "</tr></thead><tbody>\n");
	json_array_foreach(identities, i, identity) if (i < IDENTITIES_MAX) row(html, identity, changed);
	dc_html_put(html, "</tbody></table></div>\n");
	if (json_array_size(identities) > IDENTITIES_MAX)
		dc_html_printf(html, "<p class=\"more\">and %zu more</p>\n", json_array_size(identities) - IDENTITIES_MAX);
}

static void forgery(struct dc_html *html, const json_t *spoofable)
{
	static const struct {
		const char *word, *markup;
	} rows[] = {
		{"yes", "<span class=\"v fail\">&#10007; yes</span>"},
		{"partly", "<span class=\"v warn\">! partly</span>"},
		{"no", "<span class=\"v pass\">&#10003; no</span>"},
		{"unknown", "<span class=\"v inconclusive\">? not determined</span>"},
	};
	static const char *const scopes[][2] = {{"domain", "As the domain"}, {"subdomains", "As a name below it"},
						{"missing_names", "As a name that does not exist"}};
	const json_t *why = json_object_get(spoofable, "why");
	size_t i;
	json_t *reason;

	dc_html_put(html, "<dl class=\"kv\">\n");
	for (size_t scope = 0; scope < 3; scope++) {
		dc_html_printf(html, "<dt>%s</dt><dd>", scopes[scope][1]);
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (dc_slice_eq(dc_json_member(spoofable, scopes[scope][0]), dc_slice_of(rows[i].word)))
				dc_html_put(html, rows[i].markup);
		dc_html_put(html, "</dd>\n");
	}
	dc_html_put(html, "</dl>\n");
	if (json_array_size(why) > 0)
		dc_html_put(html, "<ul class=\"more\">\n");
	json_array_foreach(why, i, reason)
	{
		dc_html_put(html, "<li>");
		dc_html_text(html, dc_json_member(reason, "text"));
		if (dc_json_member(reason, "subject").len > 0) {
			dc_html_put(html, ": ");
			dc_html_code(html, dc_json_member(reason, "subject"));
		}
		dc_html_put(html, "</li>\n");
	}
	dc_html_put(html, json_array_size(why) > 0 ? "</ul></div>\n" : "</div>\n");
}

void dc_html_identities(struct dc_html *html, const json_t *identities, const json_t *spoofable)
{
	if (json_array_size(identities) > 0) {
		dc_html_block(html, "alignment", "Who sends, and what receivers make of it");
		matrix(html, identities);
		dc_html_put(html, "</div>\n");
	}
	dc_html_block(html, "spoofable", "Can others send in its name?");
	forgery(html, spoofable);
}
