/* Facts in the HTML report: tables for what is known to be there, and every other member plainly, so that nothing that a
 * later version finds out is left out. */
#include "render/html/html.h"

enum {
	ROWS_MAX = 100, /* of one table: nobody reads more */
	COLUMNS_MAX = 12,
};

/* ---- tables ---- */

struct column {
	const char *key, *title;
	bool word; /* one of our own: no code; null: there is none */
};

static bool is_empty(const json_t *list, const char *key)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item) if (json_object_get(item, key)) return false;
	return true;
}

/* A table of the objects in `list`: one column a key, without those that none of them has. */
static void table(struct dc_html *html, const char *what, const json_t *list, const struct column *all, size_t all_count)
{
	struct column columns[COLUMNS_MAX];
	size_t i, count = 0;
	json_t *item;

	for (i = 0; i < all_count && count < COLUMNS_MAX; i++)
		if (!is_empty(list, all[i].key))
			columns[count++] = all[i];

	dc_html_printf(html, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"%s of ", what);
	dc_html_attribute(html, html->domain);
	dc_html_put(html, "\"><table><thead><tr>");
	for (size_t c = 0; c < count; c++)
		dc_html_printf(html, "<th scope=\"col\">%s</th>", columns[c].title);
	dc_html_put(html, "</tr></thead><tbody>\n");
	json_array_foreach(list, i, item)
	{
		if (i >= ROWS_MAX)
			continue;
		dc_html_put(html, "<tr>");
		for (size_t c = 0; c < count; c++) {
			bool is_long = strcmp(columns[c].key, "record") == 0 ||
				       strcmp(columns[c].key, "uri") == 0;
			const json_t *value = json_object_get(item, columns[c].key);

			dc_html_put(html, is_long ? "<td class=\"long\">" : "<td>");
			if (columns[c].word && (json_is_string(value) || json_is_null(value) || !value))
				dc_html_text(html, dc_json_member(item, columns[c].key));
			else
				dc_html_value(html, value);
			dc_html_put(html, "</td>");
		}
		dc_html_put(html, "</tr>\n");
	}
	dc_html_put(html, "</tbody></table></div>\n");
	if (json_array_size(list) > ROWS_MAX)
		dc_html_printf(html, "<p class=\"more\">and %zu more</p>\n", json_array_size(list) - ROWS_MAX);
}

static void pair(struct dc_html *html, const char *title, const json_t *value)
{
	dc_html_printf(html, "<dt>%s</dt><dd>", title);
	dc_html_value(html, value);
	dc_html_put(html, "</dd>\n");
}

/* ---- DKIM ---- */

static void dkim(struct dc_html *html, const json_t *facts)
{
	static const struct column columns[] = {{"selector", "Selector"}, {"status", "State", true},
						{"key_type", "Type", true},
						{"key_bits", "Bits", true}, {"key_since", "Seen since", true},
						{"origin", "How it is known", true},
						{"weaknesses", "Weaknesses"}, {"record", "Record"}};
	const json_t *list = json_object_get(facts, "selectors");

	dc_html_block(html, "dkim", "DKIM: keys that sign");
	if (json_array_size(list) > 0)
		table(html, "DKIM keys", list, columns, sizeof(columns) / sizeof(columns[0]));
	else
		dc_html_put(html, "<p>No key was found.</p>\n");
	dc_html_put(html, "<p class=\"more\">Conclusion: ");
	dc_html_title(html, dc_json_member(facts, "conclusion"));
	dc_html_put(html, "</p></div>\n");
}

/* ---- DMARC ---- */

/* Null is "not known", but for a record that is known not to be there, or to have no effect. */
static void policy(struct dc_html *html, const json_t *view, const char *title, const char *key)
{
	struct dc_slice class = dc_json_member(view, "class");

	dc_html_printf(html, "<dt>%s</dt><dd>", title);
	if (json_is_string(json_object_get(view, key)))
		dc_html_code(html, dc_json_member(view, key));
	else if (dc_slice_eq(class, DC_S("none")) || dc_slice_eq(class, DC_S("ignored")))
		dc_html_put(html, "no policy: forgeries are delivered");
	else
		dc_html_value(html, NULL);
	dc_html_put(html, "</dd>\n");
}

static void dmarc(struct dc_html *html, const json_t *facts)
{
	static const struct column report_columns[] = {{"tag", "Tag", true}, {"uri", "Address"}, {"external", "Another owner"},
						       {"authorised", "Allowed there"}, {"accepts_mail", "Takes mail"}};
	static const struct column walk_columns[] = {{"name", "Name"}, {"visited", "Asked"}, {"state", "State", true},
						     {"outcome", "Outcome", true},
						     {"record", "Record"}};
	const json_t *reports = json_object_get(facts, "reports"), *walk = json_object_get(facts, "walk");

	dc_html_block(html, "dmarc", "DMARC: what becomes of forgeries");
	dc_html_put(html, "<dl class=\"kv\">\n");
	pair(html, "Record", json_object_get(facts, "record"));
	if (json_is_string(json_object_get(facts, "location")))
		pair(html, "Found at", json_object_get(facts, "location"));
	pair(html, "State", json_object_get(facts, "class"));
	policy(html, facts, "For the domain", "effective_policy");
	policy(html, facts, "For names below it", "subdomain_policy");
	policy(html, facts, "For names that do not exist", "np_policy");
	if (json_object_get(facts, "what_if")) {
		const json_t *changed = json_object_get(facts, "what_if");

		policy(html, changed, "With the change", "effective_policy");
	}
	dc_html_put(html, "</dl>\n");
	if (json_array_size(reports) > 0)
		table(html, "Report addresses", reports, report_columns, sizeof(report_columns) / sizeof(report_columns[0]));
	if (json_array_size(walk) > 0) {
		dc_html_put(html, "<details class=\"fold\"><summary>Where receivers look for it</summary>\n");
		table(html, "DMARC tree walk", walk, walk_columns, sizeof(walk_columns) / sizeof(walk_columns[0]));
		dc_html_put(html, "</details>\n");
	}
	dc_html_put(html, "</div>\n");
}

/* ---- hosts ---- */

static void mx(struct dc_html *html, const json_t *facts)
{
	static const struct column columns[] = {{"preference", "Preference"}, {"host", "Host"}, {"addresses", "Addresses"},
						{"resolves", "Resolves"}};
	const json_t *hosts = json_object_get(facts, "hosts");

	dc_html_block(html, "mx", "Mail servers");
	if (json_array_size(hosts) > 0) {
		table(html, "Mail servers", hosts, columns, sizeof(columns) / sizeof(columns[0]));
	} else {
		dc_html_put(html, "<p>");
		dc_html_value(html, json_object_get(facts, "class"));
		dc_html_put(html, "</p>\n");
	}
	dc_html_put(html, "</div>\n");
}

static void ptr(struct dc_html *html, const json_t *list)
{
	static const struct column columns[] = {{"ip", "Address"}, {"names", "Reverse name"}, {"confirmed", "Leads back"},
						{"generic", "Looks like a default"}, {"helo_match", "Is the HELO name"},
						{"origin", "How it is known", true}};

	if (json_array_size(list) == 0)
		return;
	dc_html_block(html, "ptr", "Sending addresses");
	table(html, "Sending addresses", list, columns, sizeof(columns) / sizeof(columns[0]));
	dc_html_put(html, "</div>\n");
}

/* ---- who is behind it ---- */

static void providers(struct dc_html *html, const json_t *list)
{
	static const struct column columns[] = {{"name", "Service", true}, {"hosts", "Takes its mail"}, {"sends", "Sends for it"}};

	if (json_array_size(list) == 0)
		return;
	dc_html_block(html, "providers", "Services behind the domain");
	table(html, "Services", list, columns, sizeof(columns) / sizeof(columns[0]));
	dc_html_put(html, "</div>\n");
}

/* ---- everything else ---- */

static bool is_drawn(const char *key)
{
	static const char *const drawn[] = {"spf", "dkim", "dmarc", "mx", "ptr", "identities", "spoofable", "providers"};

	for (size_t i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++)
		if (strcmp(drawn[i], key) == 0)
			return true;
	return false;
}

/* Nothing but "no", "not known" and empty lists: it was not looked at, or there was nothing. */
/* NOLINTBEGIN(misc-no-recursion): a fact of ours, as deep as its code */
static bool is_bare(const json_t *value)
{
	json_t *members = (json_t *)value, *member;
	const char *key;

	if (json_is_array(value))
		return json_array_size(value) == 0;
	json_object_foreach(members, key, member) if (!is_bare(member)) return false;
	return json_is_object(value) || json_is_null(value) || json_is_false(value);
}
/* NOLINTEND(misc-no-recursion) */

static void other(struct dc_html *html, const char *key, const json_t *fact)
{
	const json_t *present = json_object_get(fact, "present");
	struct dc_slice state = dc_json_member(fact, "state");
	size_t rest = json_object_size(fact) - (present != NULL) - (json_object_get(fact, "record") != NULL);

	dc_html_put(html, "<dt>");
	dc_html_title(html, dc_slice_of(key));
	dc_html_put(html, "</dt><dd>");
	if (present)
		dc_html_put(html, json_is_true(present) ? "published" : json_is_false(present) ? "not published" : "not known");
	if (json_is_true(present) && state.len > 0) {
		dc_html_put(html, ", ");
		dc_html_text(html, state);
	}
	if (dc_json_member(fact, "record").len > 0) {
		dc_html_put(html, " ");
		dc_html_code(html, dc_json_member(fact, "record"));
	}
	if (!json_is_object(fact) && !json_is_array(fact)) {
		dc_html_value(html, fact);
	} else if (!json_is_false(present) && (rest > 0 || json_is_array(fact))) {
		dc_html_put(html, "<details class=\"fold\"><summary>Show all of it</summary>\n");
		dc_html_value(html, fact);
		dc_html_put(html, "</details>");
	}
	dc_html_put(html, "</dd>\n");
}

/* Members of facts that nothing above draws: whether the thing is there, and its record. */
static void others(struct dc_html *html, const json_t *facts)
{
	json_t *members = (json_t *)facts, *member;
	const char *key;

	dc_html_block(html, "others", "Also looked at");
	dc_html_put(html, "<dl class=\"kv\">\n");
	json_object_foreach(members, key, member)
	{
		if (!is_drawn(key) && (json_object_get(member, "present") || !is_bare(member)))
			other(html, key, member);
	}
	dc_html_put(html, "</dl></div>\n");
}

void dc_html_facts(struct dc_html *html, const json_t *facts)
{
	dkim(html, json_object_get(facts, "dkim"));
	dmarc(html, json_object_get(facts, "dmarc"));
	dc_html_identities(html, json_object_get(facts, "identities"), json_object_get(facts, "spoofable"));
	mx(html, json_object_get(facts, "mx"));
	ptr(html, json_object_get(facts, "ptr"));
	providers(html, json_object_get(facts, "providers"));
	others(html, facts);
}
