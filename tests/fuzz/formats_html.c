/* The HTML report, tag by tag, by the rules of the HTML tokenizer that matter here: a browser must see our elements and
 * attributes and nothing else, closed in order; the only script is ours and comes last. */
#include "formats.h"

#include "fuzz.h"

enum { DEPTH_MAX = 64 };

static const char *const elements[] = {
	"html", "head", "body", "title", "style", "script", "main", "header", "footer", "nav", "section", "article",
	"aside", "div", "span", "p",
	"a", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "td", "th", "caption", "h1", "h2",
	"h3", "h4", "h5", "pre",
	"code", "mark", "details", "summary", "button", "time", "svg", "g", "path", "rect", "circle", "polyline",
	"line", "text", "strong", "em",
	"small", "b", "abbr", "label", "figure", "figcaption", "input", "select", "option", "form", "del", "ins", "tspan",
};
static const char *const empty[] = {"meta", "link", "br", "hr", "input", "path", "rect", "circle", "polyline", "line"};

static bool is_one_of(struct dc_slice name, const char *const *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (dc_slice_eq(name, dc_slice_of(table[i])))
			return true;
	return false;
}

/* A URL that only leads somewhere: a place in the page, a page of ours; the icon's picture is in its URL. */
static void check_url(struct dc_slice element, struct dc_slice url)
{
	bool icon = dc_slice_eq(element, DC_S("link")) && dc_slice_starts(url, DC_S("data:"));
	FUZZ_CHECK(icon || dc_slice_starts(url, DC_S("#")) || dc_slice_starts(url, DC_S("https://")));
}

/* The attributes of a tag, from behind its name to its end; whether it closes itself. */
static bool check_attributes(struct dc_slice element, struct dc_slice s, size_t *at)
{
	size_t i = *at;
	for (;;) {
		while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\n'))
			i++;
		FUZZ_CHECK(i < s.len);
		if (s.ptr[i] == '>' || s.ptr[i] == '/') {
			bool closes = s.ptr[i] == '/';
			i += closes;
			FUZZ_CHECK(i < s.len && s.ptr[i] == '>');
			*at = i + 1;
			return closes;
		}
		size_t start = i;
		while (i < s.len && (dc_is_alnum(s.ptr[i]) || s.ptr[i] == '-'))
			i++;
		struct dc_slice name = dc_slice_sub(s, start, i - start), value = {0};
		FUZZ_CHECK(name.len && i < s.len && !dc_slice_starts_nocase(name, DC_S("on")) && !dc_slice_eq(name, DC_S("style")) &&
			   !dc_slice_eq(name, DC_S("src")));
		if (s.ptr[i] == '=') {
			FUZZ_CHECK(++i < s.len && s.ptr[i] == '"');
			value = dc_slice_sub(s, ++i, SIZE_MAX);
			value.len = dc_slice_find(value, '"');
			FUZZ_CHECK(value.len != SIZE_MAX);
			i += value.len + 1;
		}
		if (dc_slice_eq(name, DC_S("href")))
			check_url(element, value);
	}
}

/* Character references are complete, so that nothing behind them is drawn in. */
static void check_text(struct dc_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '&')
			continue;
		for (i++; i < text.len && (dc_is_alnum(text.ptr[i]) || text.ptr[i] == '#'); i++)
			;
		FUZZ_CHECK(i < text.len && text.ptr[i] == ';');
	}
}

/* What stands in <style> or <script> up to its end tag: not from the network, so it has no "<" that begins a tag. */
static size_t skip_raw(struct dc_slice s, size_t at)
{
	while (at + 1 < s.len && !(s.ptr[at] == '<' && (s.ptr[at + 1] == '/' || s.ptr[at + 1] == '!')))
		at++;
	return at;
}

void fuzz_check_html(struct dc_slice s)
{
	struct dc_slice open[DEPTH_MAX];
	size_t depth = 0, scripts = 0, at = sizeof "<!DOCTYPE html>" - 1;
	FUZZ_CHECK(dc_slice_starts(s, DC_S("<!DOCTYPE html>")));
	while (at < s.len) {
		size_t tag = at;
		while (tag < s.len && s.ptr[tag] != '<')
			tag++;
		check_text(dc_slice_sub(s, at, tag - at));
		if (tag == s.len)
			break;
		bool end = tag + 1 < s.len && s.ptr[tag + 1] == '/';
		size_t start = tag + 1 + end;
		for (at = start; at < s.len && dc_is_alnum(s.ptr[at]); at++)
			;
		struct dc_slice name = dc_slice_sub(s, start, at - start);
		bool is_empty = is_one_of(name, empty, sizeof empty / sizeof *empty);
		FUZZ_CHECK(is_empty || is_one_of(name, elements, sizeof elements / sizeof *elements));
		if (end) {
			FUZZ_CHECK(at < s.len && s.ptr[at++] == '>' && depth && dc_slice_eq(open[--depth], name));
			continue;
		}
		bool closes = check_attributes(name, s, &at);
		if (closes || (is_empty && !dc_slice_starts(dc_slice_sub(s, at, SIZE_MAX), DC_S("</"))))
			continue;
		if (is_empty && !dc_slice_starts(dc_slice_sub(s, at + 2, SIZE_MAX), name))
			continue;
		FUZZ_CHECK(depth < DEPTH_MAX);
		open[depth++] = name;
		scripts += dc_slice_eq(name, DC_S("script"));
		if (dc_slice_eq(name, DC_S("script")) || dc_slice_eq(name, DC_S("style")))
			at = skip_raw(s, at);
	}
	FUZZ_CHECK(depth == 0 && scripts <= 1);
}
