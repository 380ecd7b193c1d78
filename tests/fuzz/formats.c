/* Reports read back: JSON by jansson, XML by expat, the YAML within TAP by libyaml; CSV, TAP, Prometheus, workflow commands
 * and Markdown by what their definitions say. */
#include "formats.h"

#include <expat.h>
#include <jansson.h>
#include <yaml.h>

#include "base/escape.h"
#include "fuzz.h"

static bool is(const char *name, const char *wanted)
{
	return strcmp(name, wanted) == 0;
}

/* ---- characters ---- */

/* "\x1b[" digits and semicolons "m" at `at`: its length, or 0. Nothing else may be said to a terminal. */
static size_t colour(struct dc_slice s, size_t at)
{
	size_t i = at + 2;
	if (s.len - at < 3 || s.ptr[at] != '\x1b' || s.ptr[at + 1] != '[')
		return 0;
	while (i < s.len && (dc_is_digit(s.ptr[i]) || s.ptr[i] == ';'))
		i++;
	return i < s.len && s.ptr[i] == 'm' ? i + 1 - at : 0;
}

static void check_text(const char *name, bool color, struct dc_slice report)
{
	bool json = strstr(name, "json") || is(name, "sarif") || is(name, "gitlab");
	bool ascii = is(name, "csv") || is(name, "tap") || is(name, "lint") || is(name, "html");
	for (size_t at = 0; at < report.len;) {
		uint32_t point;
		if (report.ptr[at] >= ' ' && report.ptr[at] <= '~') {
			at++;
			continue;
		}
		size_t len = dc_utf8_next(dc_slice_sub(report, at, SIZE_MAX), &point), sequence = color ? colour(report, at) : 0;
		FUZZ_CHECK(len > 0);
		if (sequence) {
			at += sequence;
			continue;
		}
		FUZZ_CHECK(point >= 0x20 || point == '\n' || (point == '\t' && !json) || (point == '\r' && is(name, "csv")));
		FUZZ_CHECK(json || point < 0x20 || !dc_code_point_is_hostile(point));
		FUZZ_CHECK(!ascii || point < 0x7f);
		at += len;
	}
}

/* ---- JSON ---- */

static void check_json(struct dc_slice text)
{
	json_error_t error;
	json_t *value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!value)
		(void)fprintf(stderr, "%s\n", error.text);
	FUZZ_CHECK(value);
	json_decref(value);
}

static void check_ndjson(struct dc_slice text)
{
	FUZZ_CHECK(text.len && text.ptr[text.len - 1] == '\n');
	for (text.len--; text.ptr;)
		check_json(dc_slice_cut(&text, '\n'));
}

/* ---- JUnit ---- */

struct counts {
	long tests, failures, errors, skipped; /* as the suite says, less what was seen */
};

static void on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct counts *counts = user;
	struct {
		const char *name;
		long *number;
	} rows[] = {{"tests", &counts->tests}, {"failures", &counts->failures}, {"errors", &counts->errors}, {"skipped", &counts->skipped}};
	if (is(name, "testsuite"))
		for (size_t i = 0; attributes[i]; i += 2)
			for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
				if (is(attributes[i], rows[k].name))
					*rows[k].number += strtol(attributes[i + 1], NULL, 10);
	counts->tests -= is(name, "testcase");
	counts->failures -= is(name, "failure");
	counts->errors -= is(name, "error");
	counts->skipped -= is(name, "skipped");
}

static void check_junit(struct dc_slice report)
{
	struct counts counts = {0};
	XML_Parser parser = XML_ParserCreate(NULL);
	FUZZ_CHECK(parser);
	XML_SetUserData(parser, &counts);
	XML_SetStartElementHandler(parser, on_start);
	if (XML_Parse(parser, report.ptr, (int)report.len, 1) != XML_STATUS_OK) {
		(void)fprintf(stderr, "junit:%lu: %s\n", XML_GetCurrentLineNumber(parser), XML_ErrorString(XML_GetErrorCode(parser)));
		FUZZ_CHECK(!"XML");
	}
	XML_ParserFree(parser);
	FUZZ_CHECK(!counts.tests && !counts.failures && !counts.errors && !counts.skipped);
}

/* ---- CSV ---- */

/* RFC 4180: every row has the cells of the header; a text is no formula to a spreadsheet. */
static void check_csv(struct dc_slice s)
{
	size_t cells = 0, columns = 0, start = 0;
	FUZZ_CHECK(s.len);
	for (size_t i = 0; i < s.len; i++) {
		bool quoted = s.ptr[i] == '"';
		start = i += quoted;
		while (i < s.len && (quoted ? s.ptr[i] != '"' || (i + 1 < s.len && s.ptr[i + 1] == '"') : !strchr(",\"\r\n", s.ptr[i])))
			i += quoted && s.ptr[i] == '"' ? 2 : 1;
		FUZZ_CHECK(i < s.len && !strchr("=+-@|%\t\r", quoted ? s.ptr[start] : 'x'));
		i += quoted;
		cells++;
		if (s.ptr[i] == ',')
			continue;
		FUZZ_CHECK(i + 1 < s.len && s.ptr[i] == '\r' && s.ptr[i + 1] == '\n');
		FUZZ_CHECK(!columns || cells == columns);
		columns = cells;
		cells = 0;
		i++;
	}
	FUZZ_CHECK(cells == 0);
}

/* ---- TAP ---- */

static void check_yaml(struct dc_slice block)
{
	yaml_parser_t parser;
	yaml_event_t event;
	yaml_event_type_t type;
	FUZZ_CHECK(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)block.ptr, block.len);
	do {
		FUZZ_CHECK(yaml_parser_parse(&parser, &event));
		type = event.type;
		yaml_event_delete(&event);
	} while (type != YAML_STREAM_END_EVENT);
	yaml_parser_delete(&parser);
}

/* Tests are numbered from 1 without a gap, the plan says as many, what stands between is a YAML block. */
static void check_tap(struct dc_slice rest)
{
	unsigned long tests = 0, planned = 0;
	const char *block = NULL;
	FUZZ_CHECK(dc_slice_starts(rest, DC_S("TAP version 13\n")));
	for (dc_slice_cut(&rest, '\n'); rest.len;) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');
		if (block) {
			FUZZ_CHECK(dc_slice_starts(line, DC_S("  ")));
			if (!dc_slice_eq(line, DC_S("  ...")))
				continue;
			check_yaml((struct dc_slice){block, (size_t)(line.ptr - block)});
			block = NULL;
			continue;
		}
		if (dc_slice_eq(line, DC_S("  ---"))) {
			block = rest.ptr;
			continue;
		}
		FUZZ_CHECK(!planned);
		if (dc_slice_starts(line, DC_S("1.."))) {
			planned = strtoul(line.ptr + 3, NULL, 10);
			FUZZ_CHECK(planned == tests);
			continue;
		}
		line = dc_slice_sub(line, dc_slice_starts(line, DC_S("not ")) ? 4 : 0, SIZE_MAX);
		FUZZ_CHECK(dc_slice_starts(line, DC_S("ok ")));
		FUZZ_CHECK(strtoul(line.ptr + 3, NULL, 10) == ++tests);
		for (size_t i = 0, marks = 0; i < line.len; i++) { /* one directive, and it is ours */
			i += line.ptr[i] == '\\';
			if (i < line.len && line.ptr[i] == '#' && line.ptr[i - 1] != '\\')
				FUZZ_CHECK(++marks == 1 && dc_slice_starts(dc_slice_sub(line, i, SIZE_MAX), DC_S("# SKIP ")));
		}
	}
	FUZZ_CHECK(planned && !block);
}

/* ---- Prometheus ---- */

static bool is_metric(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_' || dc_is_digit(c);
}

/* name{label="value",…} number */
static void check_sample(struct dc_slice line)
{
	size_t i = 0, start;
	while (i < line.len && is_metric(line.ptr[i]))
		i++;
	FUZZ_CHECK(i > 0 && i < line.len);
	if (line.ptr[i] == '{')
		do {
			start = ++i;
			while (i < line.len && is_metric(line.ptr[i]))
				i++;
			FUZZ_CHECK(i > start && line.len - i > 2 && line.ptr[i] == '=' && line.ptr[i + 1] == '"');
			for (i += 2; i < line.len && line.ptr[i] != '"'; i++)
				if (line.ptr[i] == '\\')
					FUZZ_CHECK(++i < line.len && strchr("\\\"n", line.ptr[i]));
			FUZZ_CHECK(++i < line.len && (line.ptr[i] == ',' || line.ptr[i] == '}'));
			i += line.ptr[i] == '}';
		} while (line.ptr[i - 1] != '}');
	FUZZ_CHECK(i + 1 < line.len && line.ptr[i] == ' ');
	for (i++; i < line.len; i++)
		FUZZ_CHECK(dc_is_digit(line.ptr[i]) || line.ptr[i] == '.' || line.ptr[i] == '-');
}

static void check_prometheus(struct dc_slice rest)
{
	FUZZ_CHECK(rest.len && rest.ptr[rest.len - 1] == '\n');
	for (rest.len--; rest.ptr;) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');
		if (!dc_slice_starts(line, DC_S("# HELP domaincheck_")) && !dc_slice_starts(line, DC_S("# TYPE domaincheck_")))
			check_sample(line);
	}
}

/* ---- lines ---- */

/* A workflow command only at the begin of a line, and only an annotation. */
static void check_github(struct dc_slice rest)
{
	while (rest.len) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');
		if (!dc_slice_starts(line, DC_S("::"))) {
			FUZZ_CHECK(dc_slice_starts(line, DC_S("GO     ")) || dc_slice_starts(line, DC_S("HOLD   ")) ||
				   dc_slice_starts(line, DC_S("NO-GO  ")));
			continue;
		}
		FUZZ_CHECK(dc_slice_starts(line, DC_S("::error title=")) || dc_slice_starts(line, DC_S("::warning title=")) ||
			   dc_slice_starts(line, DC_S("::notice title=")));
		for (size_t i = 0; i < line.len; i++)
			if (line.ptr[i] == '%')
				FUZZ_CHECK(line.len - i > 2 && dc_hex_value(line.ptr[i + 1]) >= 0 && dc_hex_value(line.ptr[i + 2]) >= 0);
	}
}

/* "DOMAIN: severity: slug: …" */
static void check_lint(struct dc_slice rest)
{
	while (rest.len) {
		struct dc_slice line = dc_slice_cut(&rest, '\n'), word;
		(void)dc_slice_cut(&line, ':');
		word = dc_slice_cut(&line, ':');
		FUZZ_CHECK(dc_slice_eq(word, DC_S(" error")) || dc_slice_eq(word, DC_S(" warning")) || dc_slice_eq(word, DC_S(" notice")));
		FUZZ_CHECK(dc_slice_trim(line).len);
	}
}

/* Outside of code spans only our own tags; a code span ends on its line; a table's row has the cells of its head. */
static void check_markdown(struct dc_slice rest)
{
	static const char *const tags[] = {"<details>", "<details open>", "</details>", "<summary>", "</summary>", "<br>"};
	size_t columns = 0;
	while (rest.len) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');
		size_t bars = 0;
		for (size_t i = 0, run; i < line.len; i++) {
			if (line.ptr[i] == '\\') {
				i++;
			} else if (line.ptr[i] == '`') {
				for (run = 0; i < line.len && line.ptr[i] == '`'; run++)
					i++;
				for (size_t other = 0; other != run; i += !other) {
					FUZZ_CHECK(i < line.len);
					FUZZ_CHECK(!columns || line.ptr[0] != '|' || line.ptr[i] != '|' || line.ptr[i - 1] == '\\');
					for (other = 0; i < line.len && line.ptr[i] == '`'; other++)
						i++;
				}
				i--;
			} else if (line.ptr[i] == '<') {
				bool ours = false;
				for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
					ours |= dc_slice_starts(dc_slice_sub(line, i, SIZE_MAX), dc_slice_of(tags[k]));
				FUZZ_CHECK(ours);
			} else {
				bars += line.ptr[i] == '|';
			}
		}
		bool row = line.len && line.ptr[0] == '|';
		FUZZ_CHECK(!row || !columns || bars == columns);
		columns = row ? bars : 0;
	}
}

void fuzz_check_report(const char *name, bool color, struct dc_slice report)
{
	check_text(name, color, report);
	if (is(name, "json") || is(name, "sarif") || is(name, "gitlab"))
		check_json(report);
	else if (is(name, "ndjson"))
		check_ndjson(report);
	else if (is(name, "junit"))
		check_junit(report);
	else if (is(name, "csv"))
		check_csv(report);
	else if (is(name, "tap"))
		check_tap(report);
	else if (is(name, "prometheus"))
		check_prometheus(report);
	else if (is(name, "github"))
		check_github(report);
	else if (is(name, "lint"))
		check_lint(report);
	else if (is(name, "markdown"))
		check_markdown(report);
	else if (is(name, "html"))
		fuzz_check_html(report);
}
