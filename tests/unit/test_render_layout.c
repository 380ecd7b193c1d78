/* Columns, lines, tables, times: what the text renderer stands on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "render/text/text.h"

struct bench {
	struct dc_arena *arena;
	struct dc_buf out;
	struct dc_style style;
	struct dc_text text;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		return -1;
	bench->arena = dc_arena_new(1 << 20);
	dc_buf_init(&bench->out, 1 << 20);
	bench->style = (struct dc_style){.width = 40};
	bench->text = (struct dc_text){.out = &bench->out, .scratch = bench->arena, .style = &bench->style};
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	dc_buf_free(&bench->out);
	dc_arena_free(bench->arena);
	free(bench);
	return 0;
}

static void assert_out(struct bench *bench, const char *text)
{
	dc_buf_putc(&bench->out, '\0');
	assert_string_equal(bench->out.ptr, text);
	dc_buf_reset(&bench->out);
}

static void columns_are_counted(void **state)
{
	assert_int_equal(dc_columns(DC_S("")), 0);
	assert_int_equal(dc_columns(DC_S("abc")), 3);
	assert_int_equal(dc_columns(DC_S("├─ ")), 3);
	assert_int_equal(dc_columns(DC_S("漢字")), 4);
	assert_int_equal(dc_columns(DC_S("e\xcc\x81")), 1);
	assert_int_equal(dc_columns(DC_S("\xff\xfe")), 2);
}

static void assert_lines(const char *text, size_t width, const char *expected)
{
	struct dc_slice rest = dc_slice_of(text);
	char lines[256] = "";

	while (rest.len > 0) {
		struct dc_slice line = dc_text_line(&rest, width);

		assert_true(line.len > 0);
		(void)strncat(lines, line.ptr, line.len);
		(void)strcat(lines, "|");
	}
	assert_string_equal(lines, expected);
}

static void lines_are_cut(void **state)
{
	assert_lines("one two three", 7, "one two|three|");
	assert_lines("one two three", 8, "one two|three|");
	assert_lines("one two three", 100, "one two three|");
	assert_lines("one   two", 4, "one|two|");
	assert_lines("abcdefghij", 4, "abcd|efgh|ij|");
	assert_lines("abc,defghij", 6, "abc,|defghi|j|");
	assert_lines("mail.example.com", 8, "mail.|example.|com|");
	assert_lines("漢字漢字", 3, "漢|字|漢|字|");
	assert_lines("漢", 1, "漢|"); /* at least one character, however narrow */
	assert_lines("publish \"v=spf1 -all\" now", 14, "publish|\"v=spf1 -all\"|now|");
	assert_lines("publish 1.in-addr.arpa. PTR a.example. now", 30, "publish|1.in-addr.arpa. PTR a.example.|now|");
	assert_lines("publish a.example. TXT \"v=spf1 -all\"", 26, "publish|a.example. TXT|\"v=spf1 -all\"|");
	assert_lines("say \"a much longer record\"", 10, "say \"a|much|longer|record\"|");
	assert_lines("one \" two three", 9, "one \" two|three|");
}

static void paragraphs_hang(void **state)
{
	struct bench *bench = *state;

	dc_text_puts(&bench->text, DC_INK_PLAIN, "  > ");
	dc_text_wrap(&bench->text, DC_INK_PLAIN, DC_S("Publish one record that names every sender of the domain."), 4, 4);
	assert_out(bench, "  > Publish one record that names every\n    sender of the domain.\n");
	dc_text_field(&bench->text, "record", DC_INK_PLAIN, DC_S("v=spf1 include:a.example include:b.example -all"));
	assert_out(bench, "  record        v=spf1 include:a.example\n                include:b.example -all\n");
	dc_text_field(&bench->text, "nothing", DC_INK_PLAIN, DC_S(""));
	assert_out(bench, "  nothing\n");
}

static void tables_wrap_cells(void **state)
{
	static const char *const titles[] = {"n", "host", "address"};
	struct bench *bench = *state;
	struct dc_table table;

	dc_table_init(&table, &bench->text, 3, titles);
	table.right = table.rigid = 1;
	dc_table_add(&table, DC_INK_PLAIN, DC_S("5"));
	dc_table_add(&table, DC_INK_PLAIN, DC_S("a.example"));
	dc_table_add(&table, DC_INK_PLAIN, DC_S("192.0.2.1"));
	dc_table_add(&table, DC_INK_PLAIN, DC_S("10"));
	dc_table_add(&table, DC_INK_PLAIN, DC_S("a-rather-long-name.example"));
	dc_table_add(&table, DC_INK_PLAIN, DC_S(""));
	dc_table_print(&table, 2);
	assert_out(bench, "   n  host                     address\n"
			  "   5  a.example                192.0.2.1\n"
			  "  10  a-rather-long-name.\n"
			  "      example\n");
	dc_table_init(&table, &bench->text, 3, titles);
	dc_table_print(&table, 2);
	assert_out(bench, "");
}

static void ink_is_put_around_text_only(void **state)
{
	struct bench *bench = *state;

	bench->style.color = true;
	dc_text_put(&bench->text, DC_INK_GREEN, DC_S(""));
	dc_text_put(&bench->text, DC_INK_PLAIN, DC_S("a"));
	dc_text_put(&bench->text, DC_INK_GREEN, DC_S("b"));
	assert_out(bench, "a\033[32mb\033[0m");
}

static void untrusted_text_is_cleaned(void **state)
{
	struct bench *bench = *state;

	assert_true(dc_slice_eq(dc_text_clean(&bench->text, DC_S("\033\0\xc3\xbc\xff\\")),
				DC_S("\\x1b\\x00\\u{fc}\\xff\\\\")));
	bench->style.utf8 = true;
	assert_true(dc_slice_eq(dc_text_clean(&bench->text, DC_S("\xc3\xbc\xe2\x80\xae")), DC_S("\xc3\xbc\\u{202e}")));
}

static void times_are_written(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59Z"},
		{951782400, "2000-02-29T00:00:00Z"},
		{1795176000, "2026-11-20T12:00:00Z"},
		{4107542399, "2100-02-28T23:59:59Z"},
		{4107542400, "2100-03-01T00:00:00Z"},
		{INT64_MIN, "0000-01-01T00:00:00Z"},
		{INT64_MAX, "9999-12-31T23:59:59Z"},
	};
	char text[DC_TIME_TEXT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(dc_time_format(rows[i].seconds, text), rows[i].text);
}

static void pages_exist_for_every_row(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < DC_F_COUNT; i++) {
		struct dc_slice slug = dc_slice_of(dc_catalogue_row((enum dc_finding_id)i)->slug);

		dc_buf_reset(&bench->out);
		assert_true(dc_explain_text(&bench->out, slug, NULL));
		assert_true(dc_slice_starts(dc_buf_slice(&bench->out), slug));
		dc_buf_reset(&bench->out);
		assert_true(dc_explain_json(&bench->out, slug));
		assert_int_equal(bench->out.status, DC_OK);
	}
	/* A check: its findings, no others. */
	dc_buf_reset(&bench->out);
	assert_true(dc_explain_text(&bench->out, DC_S("spf-lookups"), NULL));
	assert_non_null(memmem(bench->out.ptr, bench->out.len, "spf-too-many-lookups\n", 21));
	assert_null(memmem(bench->out.ptr, bench->out.len, "spf-missing\n", 12));
	assert_true(dc_explain_json(&bench->out, DC_S("spf-lookups")));
	assert_false(dc_explain_text(&bench->out, DC_S("no-such-slug"), NULL));
	assert_false(dc_explain_json(&bench->out, DC_S("no-such-slug")));
	dc_buf_reset(&bench->out);
	dc_checks_text(&bench->out, &bench->style);
	dc_checks_json(&bench->out);
	assert_int_equal(bench->out.status, DC_OK);
}

/* Counts what it is given; refuses after `room` octets. */
struct full_disk {
	struct dc_sink sink;
	size_t room;
};

static bool fill(struct dc_sink *sink, const void *bytes, size_t len)
{
	struct full_disk *disk = (struct full_disk *)sink;

	if (len > disk->room)
		return false;
	disk->room -= len;
	return true;
}

static void failures_of_the_sink_stick(void **state)
{
	static const struct dc_run_info run = {.tool_version = "0"};

	for (size_t i = 0; dc_format_at(i); i++) {
		struct full_disk disk = {.sink = {.write = fill}};
		struct dc_report *report = dc_report_new(dc_format_at(i), &run, NULL, &disk.sink);
		struct dc_inputs inputs = {.domain = DC_S("example.com")};
		struct dc_audit_result result = {.inputs = &inputs};
		struct dc_error err = {0};
		enum dc_status status = dc_report_domain(report, &result);

		assert_true(status == DC_OK || status == DC_ERR_IO);
		status = dc_report_end(report, &err);
		/* lint and ndjson may have nothing to say of such a domain */
		assert_true(status == DC_ERR_IO || strcmp(dc_format_at(i)->name, "lint") == 0);
		assert_true(status == DC_OK || err.message[0] != '\0');
	}
	assert_null(dc_format_find(DC_S("xml")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(columns_are_counted),
		TEST(lines_are_cut),
		TEST(paragraphs_hang),
		TEST(tables_wrap_cells),
		TEST(ink_is_put_around_text_only),
		TEST(untrusted_text_is_cleaned),
		TEST(times_are_written),
		TEST(pages_exist_for_every_row),
		TEST(failures_of_the_sink_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
