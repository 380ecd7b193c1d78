/* SPF in the HTML report: the record, what it costs, whom it lets send, and its tree as nested lists with the place where
 * receivers stop. */
#include "render/html/html.h"
#include "render/spf_words.h"

enum {
	DEPTH_MAX = 24,  /* of nested lists; the limit of ten lookups ends a tree long before */
	RUN_LEAST = 6,   /* so many addresses in a row are folded */
	CELLS_MAX = 20,  /* of the meter */
	RANGES_MAX = 200 /* shown */
};

struct walk {
	uint64_t counted, limit; /* lookups so far */
	bool stopped;
};

static bool is_free(const json_t *use)
{
	return !json_is_true(json_object_get(use, "counted")) && !json_object_get(use, "tree") &&
	       json_is_true(json_object_get(use, "reached")) &&
	       (dc_slice_eq(dc_json_member(use, "kind"), DC_S("ip4")) || dc_slice_eq(dc_json_member(use, "kind"), DC_S("ip6")));
}

static void say(struct dc_html *html, const char *text)
{
	dc_html_printf(html, "<span class=\"say\">%s</span>", text);
}

static void found(struct dc_html *html, const json_t *use)
{
	struct dc_slice four = dc_json_member(use, "found_ipv4"), six = dc_json_member(use, "found_ipv6");
	const json_t *addresses = json_object_get(use, "addresses");

	if (dc_slice_eq(four, DC_S("depends-on-sender")) || dc_slice_eq(six, DC_S("depends-on-sender")))
		say(html, "depends on the sender");
	else if (json_is_true(json_object_get(use, "counted")) && dc_slice_eq(four, DC_S("nothing")))
		say(html, "finds nothing");
	else if (dc_slice_eq(dc_json_member(use, "kind"), DC_S("mx")) && dc_slice_eq(four, DC_S("some")) &&
		 json_is_array(addresses) && json_array_size(addresses) == 0)
		say(html, "finds no address");
}

static void tree(struct dc_html *html, struct walk *walk, const json_t *node, unsigned depth);

/* NOLINTBEGIN(misc-no-recursion): DEPTH_MAX */
static void one_use(struct dc_html *html, struct walk *walk, const json_t *use, unsigned depth)
{
	const json_t *child = json_object_get(use, "tree");
	bool reached = json_is_true(json_object_get(use, "reached")), stops = false;
	uint64_t lookups = dc_html_number(use, "lookups");

	if (reached && json_is_true(json_object_get(use, "counted")))
		stops = ++walk->counted == walk->limit + 1 && walk->limit > 0;
	dc_html_put(html, reached ? "<li>" : "<li class=\"dead\">");
	dc_html_code(html, dc_json_member(use, "term"));
	if (lookups > 0)
		dc_html_printf(html, "<span class=\"cost\">%llu<span class=\"sr\"> %s</span></span>", (unsigned long long)lookups,
			       lookups == 1 ? "lookup" : "lookups");
	if (!reached)
		say(html, "never reached");
	found(html, use);
	if (stops) {
		dc_html_printf(html, "<span class=\"say stop\">&#10007; lookup %llu: receivers stop here</span>",
			       (unsigned long long)walk->limit + 1);
		walk->stopped = true;
	}
	if (json_is_object(child) && depth < DEPTH_MAX)
		tree(html, walk, child, depth + 1);
	dc_html_put(html, "</li>\n");
}

/* The terms of a record; long runs of addresses are folded. */
static void uses(struct dc_html *html, struct walk *walk, const json_t *terms, unsigned depth)
{
	size_t count = json_array_size(terms), run;

	dc_html_put(html, "<ul>\n");
	for (size_t i = 0; i < count; i += run) {
		for (run = 0; i + run < count && is_free(json_array_get(terms, i + run)); run++)
			;
		if (run < RUN_LEAST) {
			run = 1;
			one_use(html, walk, json_array_get(terms, i), depth);
			continue;
		}
		dc_html_printf(html, "<li><details class=\"fold\"><summary>%zu addresses and ranges</summary>\n<ul>\n", run);
		for (size_t k = 0; k < run; k++)
			one_use(html, walk, json_array_get(terms, i + k), depth + 1);
		dc_html_put(html, "</ul></details></li>\n");
	}
	dc_html_put(html, "</ul>\n");
}

static void tree(struct dc_html *html, struct walk *walk, const json_t *node, unsigned depth)
{
	struct dc_slice state = dc_json_member(node, "state");
	const json_t *terms = json_object_get(node, "terms");

	if (!dc_slice_eq(state, DC_S("record"))) {
		dc_html_put(html, "<span class=\"say stop\">");
		dc_html_title(html, state);
		dc_html_put(html, "</span>");
	}
	if (json_array_size(terms) > 0)
		uses(html, walk, terms, depth);
}
/* NOLINTEND(misc-no-recursion) */

/* A cell a lookup; a line where the limit is passed. */
static void meter(struct dc_html *html, uint64_t lookups, uint64_t limit)
{
	enum { STEP = 20, WIDTH = 16, HEIGHT = 16 };
	uint64_t cells = lookups > limit ? lookups : limit;

	cells = cells < CELLS_MAX ? cells : CELLS_MAX;
	dc_html_printf(html, "<svg class=\"meter%s\" viewBox=\"0 0 %llu %d\" width=\"%llu\" height=\"%d\" aria-hidden=\"true\">",
		       lookups > limit ? " over" : lookups + 2 > limit ? " near" : "", (unsigned long long)cells * STEP, HEIGHT,
		       (unsigned long long)cells * STEP, HEIGHT);
	for (uint64_t i = 0; i < cells; i++)
		dc_html_printf(html, "<rect class=\"%s\" x=\"%llu\" y=\"1\" width=\"%d\" height=\"%d\" rx=\"3\"/>",
			       i < lookups ? "on" : "off", (unsigned long long)i * STEP + 1, WIDTH, HEIGHT - 2);
	if (lookups > limit && cells > limit)
		dc_html_printf(html, "<path class=\"limit\" d=\"M%llu 0v%d\"/>", (unsigned long long)limit * STEP - 1, HEIGHT);
	dc_html_printf(html, "</svg>%llu of %llu", (unsigned long long)lookups, (unsigned long long)limit);
}

static void ranges(struct dc_html *html, const json_t *list)
{
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		if (i >= RANGES_MAX || !json_is_string(item))
			continue;
		dc_html_put(html, "<li>");
		dc_html_code(html, dc_slice_of(json_string_value(item)));
		dc_html_put(html, "</li>\n");
	}
	if (json_array_size(list) > RANGES_MAX)
		dc_html_printf(html, "<li>and %zu more</li>\n", json_array_size(list) - RANGES_MAX);
}

/* What everybody else gets over "ipv4" or "ipv6"; empty: not known. Older reports only say which all is written. */
static struct dc_slice others_result(const json_t *spf, const char *family)
{
	static const struct {
		const char *all, *name;
	} rows[] = {{"-", "fail"}, {"~", "softfail"}, {"?", "neutral"}, {"+", "pass"}};
	struct dc_slice all = dc_json_member(spf, "all");

	if (json_object_get(spf, "others"))
		return dc_json_member(json_object_get(spf, "others"), family);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (dc_slice_eq(all, dc_slice_of(rows[i].all)))
			return dc_slice_of(rows[i].name);
	return DC_S("neutral");
}

static void senders(struct dc_html *html, const json_t *spf)
{
	const json_t *authorised = json_object_get(spf, "authorised");
	bool permerror = dc_slice_eq(others_result(spf, "ipv4"), DC_S("permerror"));
	const json_t *four = json_object_get(authorised, "ipv4_ranges"), *six = json_object_get(authorised, "ipv6_ranges");

	if (!json_is_array(four))
		return;
	if (!json_is_true(json_object_get(authorised, "complete")) && json_array_size(four) + json_array_size(six) == 0) {
		dc_html_put(html, "<dt>May send</dt><dd>not known</dd>\n");
		return;
	}
	dc_html_printf(html, "<dt>May send</dt><dd>%s%.0f IPv4 addresses and ",
		       json_is_true(json_object_get(authorised, "complete")) ? "" : "at least ",
		       json_number_value(json_object_get(authorised, "ipv4")));
	dc_html_text(html, dc_json_member(authorised, "ipv6_exact"));
	dc_html_put(html, " IPv6 addresses");
	if (permerror && json_array_size(four) + json_array_size(six) > 0)
		dc_html_put(html, ", none named behind the permerror");
	dc_html_put(html, "\n");
	if (json_array_size(four) + json_array_size(six) > 0) {
		dc_html_put(html, "<details class=\"fold\"><summary>Show them</summary><ul>\n");
		ranges(html, four);
		ranges(html, six);
		dc_html_put(html, "</ul></details>");
	}
	dc_html_put(html, "</dd>\n");
}

static void others(struct dc_html *html, const json_t *spf)
{
	const json_t *object = json_object_get(spf, "others");
	struct dc_slice ipv4 = others_result(spf, "ipv4"), term = dc_json_member(object, "term");
	bool sender = json_is_true(json_object_get(object, "depends_on_sender"));
	char words[DC_SPF_WORDS_MAX];

	if (term.len)
		dc_html_code(html, term);
	else if (dc_slice_eq(ipv4, DC_S("neutral")))
		dc_html_put(html, "no <code>all</code>");
	if (term.len || dc_slice_eq(ipv4, DC_S("neutral")))
		dc_html_put(html, ": ");
	dc_html_text(html, dc_spf_others_words(ipv4, others_result(spf, "ipv6"), sender, words));
}

void dc_html_spf(struct dc_html *html, const json_t *spf)
{
	struct walk walk = {.limit = dc_html_number(spf, "lookup_limit")};
	const json_t *node = json_object_get(spf, "tree"), *records = json_object_get(spf, "records");

	dc_html_block(html, "spf", "SPF: who may send");
	if (!json_is_string(json_object_get(spf, "record"))) {
		dc_html_put(html, json_is_null(json_object_get(spf, "lookups")) ? "<p>Not known.</p></div>\n"
										: "<p>There is no SPF record.</p></div>\n");
		return;
	}
	dc_html_put(html, "<dl class=\"kv\"><dt>Record</dt><dd>");
	dc_html_code(html, dc_json_member(spf, "record"));
	if (json_array_size(records) > 1)
		dc_html_printf(html, " <span class=\"say stop\">and %zu more: receivers accept one only</span>",
			       json_array_size(records) - 1);
	dc_html_put(html, "</dd>\n<dt>Everybody else</dt><dd>");
	others(html, spf);
	dc_html_put(html, "</dd>\n<dt>DNS lookups</dt><dd>");
	meter(html, dc_html_number(spf, "lookups"), walk.limit);
	if (dc_html_number(spf, "void_lookups") > 0)
		dc_html_printf(html, ", %llu of 2 that may find nothing", (unsigned long long)dc_html_number(spf, "void_lookups"));
	dc_html_put(html, json_is_true(json_object_get(spf, "complete")) ? "</dd>\n" : " (as far as it could be read)</dd>\n");
	senders(html, spf);
	dc_html_put(html, "</dl>\n");
	if (!json_is_object(node))
		dc_html_put(html, "</div>\n");
	if (!json_is_object(node))
		return;
	dc_html_put(html, "<div class=\"block\"><h4>Where the lookups go</h4>\n<ul class=\"tree\"><li><code>");
	dc_html_text(html, dc_json_member(node, "domain"));
	dc_html_printf(html, "</code><span class=\"cost\">%llu<span class=\"sr\"> lookups</span></span>",
		       (unsigned long long)dc_html_number(spf, "lookups"));
	tree(html, &walk, node, 1);
	dc_html_put(html, "</li></ul></div></div>\n");
}
