/* A domain in the HTML report: its row in the table of the fleet, its verdict, and all that is known of it. */
#include "render/html/html.h"

enum { GROUPS_MAX = 32, PREFIX_MAX = 40 };

static const struct {
	const char *word, *sign, *class, *sentence;
} verdicts[] = {
	[DC_DOMAIN_PASS] = {"GO", "&#10003;", "pass", "is ready to send mail"},
	[DC_DOMAIN_INCOMPLETE] = {"HOLD", "?", "incomplete", "could not be judged: something was not answered"},
	[DC_DOMAIN_FAIL] = {"NO-GO", "&#10007;", "fail", "is not ready to send mail"},
};

struct sums {
	uint64_t errors, warnings, notices, unknown, waived;
	const json_t *first; /* the gravest finding */
};

static struct sums count(const json_t *findings)
{
	struct sums sums = {0};
	size_t i;
	json_t *finding;

	json_array_foreach(findings, i, finding)
	{
		struct dc_slice severity = dc_json_member(finding, "severity");

		if (json_object_get(finding, "waived")) {
			sums.waived++;
			continue;
		}
		if (json_is_true(json_object_get(finding, "inconclusive")))
			sums.unknown++;
		else if (dc_slice_eq(severity, DC_S("error")))
			sums.errors++;
		else if (dc_slice_eq(severity, DC_S("warning")))
			sums.warnings++;
		else
			sums.notices++;
		if (!sums.first)
			sums.first = finding;
	}
	return sums;
}

/* ---- the row ---- */

static void number_cell(struct dc_html *html, uint64_t number, const char *class)
{
	dc_html_printf(html, "<td class=\"n%s%s\" data-sort=\"%llu\">%llu</td>", class, number ? "" : " zero",
		       (unsigned long long)number, (unsigned long long)number);
}

static void key_cell(struct dc_html *html, const json_t *dkim)
{
	uint64_t least = 0;
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(dkim, "selectors"), i, item)
	{
		uint64_t bits = dc_html_number(item, "key_bits");

		if (bits > 0 && dc_slice_eq(dc_json_member(item, "key_type"), DC_S("rsa")) && (least == 0 || bits < least))
			least = bits;
	}
	dc_html_printf(html, "<td class=\"n wide\" data-sort=\"%llu\">", (unsigned long long)least);
	if (least > 0)
		dc_html_printf(html, "%llu", (unsigned long long)least);
	dc_html_put(html, "</td>");
}

static void row(struct dc_html *html, const json_t *object, enum dc_domain_verdict verdict, const struct sums *sums)
{
	const json_t *facts = json_object_get(object, "facts"), *spf = json_object_get(facts, "spf");
	const json_t *lookups = json_object_get(spf, "lookups");

	dc_html_printf(html, "<tr data-verdict=\"%s\" data-section=\"d%u\"><td data-sort=\"%d\"><span class=\"v %s\">%s %s</span></td>"
		       "<th scope=\"row\"><a href=\"#d%u\">", verdicts[verdict].class, html->number, (int)verdict,
		       verdicts[verdict].class, verdicts[verdict].sign, verdicts[verdict].word, html->number);
	dc_html_text(html, html->domain);
	dc_html_put(html, "</a></th><td class=\"wide\">");
	if (sums->first)
		dc_html_text(html, dc_json_member(sums->first, "message"));
	dc_html_put(html, "</td>");
	number_cell(html, sums->errors, "");
	number_cell(html, sums->warnings, " wide");
	number_cell(html, sums->unknown, " wide");
	dc_html_printf(html, "<td class=\"n wide\" data-sort=\"%lld\">",
		       json_is_integer(lookups) ? (long long)json_integer_value(lookups) : -1LL);
	if (json_is_integer(lookups) && json_is_string(json_object_get(spf, "record")))
		dc_html_printf(html, "%lld", (long long)json_integer_value(lookups));
	dc_html_put(html, "</td><td class=\"wide\">");
	dc_html_text(html, dc_json_member(json_object_get(facts, "dmarc"), "effective_policy"));
	dc_html_put(html, "</td>");
	key_cell(html, json_object_get(facts, "dkim"));
	dc_html_put(html, "</tr>\n");
}

/* ---- the verdict ---- */

static void typed(struct dc_html *html, const json_t *object)
{
	if (dc_json_member(object, "input").len == 0)
		return;
	dc_html_put(html, " <span class=\"hint\">");
	dc_html_text(html, dc_json_member(object, "input"));
	dc_html_put(html, "</span>");
}

static void tally(struct dc_html *html, const struct sums *sums)
{
	dc_html_count(html, sums->errors, "error", "errors");
	dc_html_put(html, ", ");
	dc_html_count(html, sums->warnings, "warning", "warnings");
	if (sums->unknown > 0)
		dc_html_printf(html, ", %llu not determined", (unsigned long long)sums->unknown);
	if (sums->waived > 0)
		dc_html_printf(html, ", %llu accepted", (unsigned long long)sums->waived);
}

static void hero(struct dc_html *html, const json_t *object, enum dc_domain_verdict verdict, const struct sums *sums)
{
	dc_html_printf(html, "<div class=\"card hero %s\"><span class=\"word\">%s</span><div><h2>", verdicts[verdict].class,
		       verdicts[verdict].word);
	dc_html_text(html, html->domain);
	dc_html_printf(html, " %s", verdicts[verdict].sentence);
	typed(html, object);
	dc_html_put(html, "</h2><p>");
	tally(html, sums);
	dc_html_put(html, "</p></div></div>\n");
}

/* The line of a domain that can be unfolded. */
static void line(struct dc_html *html, const json_t *object, enum dc_domain_verdict verdict, const struct sums *sums)
{
	dc_html_printf(html, "<span class=\"v %s\">%s %s</span><span class=\"name\" role=\"heading\" aria-level=\"2\">",
		       verdicts[verdict].class, verdicts[verdict].sign, verdicts[verdict].word);
	dc_html_text(html, html->domain);
	typed(html, object);
	dc_html_put(html, "</span><span class=\"hint\">");
	tally(html, sums);
	dc_html_put(html, "</span>");
}

/* ---- checks by protocol ---- */

static unsigned rank(struct dc_slice verdict)
{
	static const char *const words[] = {"not-applicable", "pass", "warn", "inconclusive", "fail"};

	for (unsigned i = 0; i < 5; i++)
		if (dc_slice_eq(verdict, dc_slice_of(words[i])))
			return i;
	return 0;
}

static struct dc_slice prefix_of(const json_t *check)
{
	struct dc_slice id = dc_json_member(check, "id");

	return dc_slice_sub(id, 0, dc_slice_find(id, '-'));
}

/* One link a protocol, with its worst verdict; to its block, or to the list of checks. */
static void strip(struct dc_html *html, const json_t *object)
{
	static const char *const blocks[] = {"spf", "dkim", "dmarc", "mx", "ptr", "alignment", "spoofable"};
	const json_t *checks = json_object_get(object, "checks"), *facts = json_object_get(object, "facts");
	struct dc_slice seen[GROUPS_MAX];
	size_t i, k, count = 0;
	json_t *check, *other;

	dc_html_put(html, "<ul class=\"strip\" aria-label=\"By protocol\">\n");
	json_array_foreach(checks, i, check)
	{
		struct dc_slice prefix = prefix_of(check), worst = DC_S("not-applicable"), target = DC_S("checks");

		for (k = 0; k < count && !dc_slice_eq(seen[k], prefix); k++)
			;
		if (k < count || count == GROUPS_MAX)
			continue;
		seen[count++] = prefix;
		json_array_foreach(checks, k, other)
		{
			struct dc_slice verdict = dc_json_member(other, "verdict");

			if (dc_slice_eq(prefix_of(other), prefix) && rank(verdict) > rank(worst))
				worst = verdict;
		}
		if (rank(worst) == 0)
			continue;
		for (k = 0; k < sizeof(blocks) / sizeof(blocks[0]); k++)
			if (dc_slice_eq(prefix, dc_slice_of(blocks[k])))
				target = prefix;
		if ((dc_slice_eq(prefix, DC_S("ptr")) && json_array_size(json_object_get(facts, "ptr")) == 0) ||
		    (dc_slice_eq(prefix, DC_S("alignment")) && json_array_size(json_object_get(facts, "identities")) == 0))
			target = DC_S("checks");
		dc_html_printf(html, "<li><a href=\"#d%u-%.*s\">", html->number, DC_FMT(target));
		dc_html_title(html, prefix);
		dc_html_put(html, " ");
		dc_html_verdict(html, worst);
		dc_html_put(html, "</a></li>\n");
	}
	dc_html_put(html, "</ul>\n");
}

static const struct dc_check *check_of(struct dc_slice id)
{
	const struct dc_check *check;

	for (size_t i = 0; (check = dc_check_at(i)) != NULL; i++)
		if (dc_slice_eq(id, dc_slice_of(check->id)))
			return check;
	return NULL;
}

static void checks(struct dc_html *html, const json_t *list)
{
	size_t i;
	json_t *item;

	dc_html_block(html, "checks", "Everything that was checked");
	dc_html_printf(html, "<details class=\"fold\"><summary>%zu checks</summary>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" "
		       "aria-label=\"Checks of ", json_array_size(list));
	dc_html_attribute(html, html->domain);
	dc_html_put(html, "\"><table><thead><tr><th scope=\"col\">Verdict</th><th scope=\"col\">What must hold</th>"
			  "<th scope=\"col\">Check</th><th scope=\"col\">Standard</th></tr></thead><tbody>\n");
	json_array_foreach(list, i, item)
	{
		struct dc_slice id = dc_json_member(item, "id");
		const struct dc_check *check = check_of(id);

		dc_html_put(html, "<tr><td>");
		dc_html_verdict(html, dc_json_member(item, "verdict"));
		dc_html_put(html, "</td><td>");
		if (check)
			dc_html_text(html, dc_slice_of(check->title));
		dc_html_put(html, "</td><td>");
		dc_html_code(html, id);
		dc_html_put(html, "</td><td>");
		if (check)
			dc_html_text(html, dc_slice_of(check->standard));
		dc_html_put(html, "</td></tr>\n");
	}
	dc_html_put(html, "</tbody></table></div></details></div>\n");
}

/* ---- profiles ---- */

static void requirement(struct dc_html *html, const json_t *item)
{
	struct dc_slice title = dc_json_member(item, "title");
	const json_t *findings = json_object_get(item, "findings");

	dc_html_put(html, "<li>");
	dc_html_verdict(html, dc_json_member(item, "verdict"));
	dc_html_put(html, " ");
	dc_html_text(html, title.len > 0 ? title : dc_json_member(item, "id"));
	if (json_array_size(findings) > 0) {
		dc_html_put(html, ": ");
		dc_html_value(html, findings);
	}
	dc_html_put(html, "</li>\n");
}

/* Requirement sets: what stands in the way is shown, the rest is folded. */
static void profiles(struct dc_html *html, const json_t *list)
{
	size_t i, k;
	json_t *profile, *item;

	/* The baseline alone is the list of checks again. */
	if (json_array_size(list) == 0 || (json_array_size(list) == 1 && dc_slice_eq(dc_json_member(json_array_get(list, 0), "id"),
										       DC_S("baseline"))))
		return;
	dc_html_block(html, "profiles", "Requirements of receivers");
	json_array_foreach(list, i, profile)
	{
		const json_t *requirements = json_object_get(profile, "requirements");
		struct dc_slice title = dc_json_member(profile, "title");
		size_t met = 0;

		dc_html_put(html, "<h4 class=\"profile\">");
		dc_html_text(html, title.len > 0 ? title : dc_json_member(profile, "id"));
		dc_html_put(html, " ");
		dc_html_verdict(html, dc_json_member(profile, "verdict"));
		dc_html_put(html, "</h4>\n<ul class=\"needs\">\n");
		json_array_foreach(requirements, k, item) {
			if (rank(dc_json_member(item, "verdict")) > 1)
				requirement(html, item);
			else
				met++;
		}
		if (met > 0) {
			dc_html_printf(html, "<li><details class=\"fold\"><summary>%zu that hold or do not apply</summary><ul>\n", met);
			json_array_foreach(requirements, k, item) if (rank(dc_json_member(item, "verdict")) <= 1)
				requirement(html, item);
			dc_html_put(html, "</ul></details></li>\n");
		}
		dc_html_put(html, "</ul>\n");
		if (json_array_size(json_object_get(profile, "not_checkable")) > 0) {
			dc_html_put(html, "<details class=\"fold\"><summary>What cannot be seen from outside</summary><ul>\n");
			json_array_foreach(json_object_get(profile, "not_checkable"), k, item)
			{
				dc_html_put(html, "<li>");
				dc_html_text(html, dc_slice_of(json_is_string(item) ? json_string_value(item) : ""));
				dc_html_put(html, "</li>\n");
			}
			dc_html_put(html, "</ul></details>\n");
		}
	}
	dc_html_put(html, "</div>\n");
}

/* ---- all of it ---- */

static void figures(struct dc_html *html, const json_t *dns)
{
	dc_html_put(html, "<p class=\"meta\">Rests on ");
	dc_html_count(html, dc_html_number(dns, "questions"), "answer", "answers");
	dc_html_printf(html, ", %llu of them missing.</p>\n", (unsigned long long)dc_html_number(dns, "unanswered"));
}

void dc_html_domain(struct dc_html *html, const json_t *object, enum dc_domain_verdict verdict)
{
	struct sums sums = count(json_object_get(object, "findings"));

	html->domain = dc_json_member(object, "domain");
	html->number++;
	html->copies = 0;
	html->out = &html->rows;
	row(html, object, verdict, &sums);
	html->out = &html->heads;
	hero(html, object, verdict, &sums);
	html->out = &html->lines;
	line(html, object, verdict, &sums);
	html->out = &html->bodies;
	strip(html, object);
	dc_html_findings(html, object);
	profiles(html, json_object_get(object, "profiles"));
	dc_html_spf(html, json_object_get(json_object_get(object, "facts"), "spf"));
	dc_html_facts(html, json_object_get(object, "facts"));
	checks(html, json_object_get(object, "checks"));
	figures(html, json_object_get(object, "dns"));
}
