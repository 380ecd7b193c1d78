/* Arena, buffer, slices, addresses, escaping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/escape.h"
#include "base/ip.h"
#include "base/status.h"

static void arena_ceiling_jumps(void **state)
{
	struct dc_arena *arena = dc_arena_new(100u << 10);
	volatile size_t got = 0;
	if (!DC_ARENA_GUARD(arena))
		for (;; got++)
			dc_arena_alloc(arena, 1000);
	assert_true(got > 50 && got < 105);
	dc_arena_reset(arena);
	assert_int_equal(dc_arena_used(arena), 0);
	dc_arena_free(arena);
}

static void arena_push_grows(void **state)
{
	struct dc_arena *arena = dc_arena_new(1 << 20);
	int *items = NULL;
	size_t count = 0, capacity = 0;
	assert_false(DC_ARENA_GUARD(arena));
	for (int i = 0; i < 1000; i++)
		DC_PUSH(arena, items, count, capacity) = i;
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	dc_arena_free(arena);
}

static void buffer_failure_sticks(void **state)
{
	struct dc_buf buf;
	dc_buf_init(&buf, 10);
	dc_buf_puts(&buf, "12345678");
	dc_buf_puts(&buf, "123");
	dc_buf_putc(&buf, 'x');
	assert_int_equal(buf.status, DC_ERR_NOMEM);
	assert_int_equal(buf.len, 8);
	dc_buf_free(&buf);
}

static void cutting(void **state)
{
	struct dc_slice rest = DC_S("a;;b");
	assert_true(dc_slice_eq(dc_slice_cut(&rest, ';'), DC_S("a")));
	assert_true(dc_slice_eq(dc_slice_cut(&rest, ';'), DC_S("")));
	assert_non_null(rest.ptr);
	assert_true(dc_slice_eq(dc_slice_cut(&rest, ';'), DC_S("b")));
	assert_null(rest.ptr);
}

static void numbers(void **state)
{
	uint64_t n;
	assert_true(dc_slice_uint(DC_S("0"), false, 10, &n) && n == 0);
	assert_false(dc_slice_uint(DC_S("01"), false, 10, &n));
	assert_true(dc_slice_uint(DC_S("01"), true, 10, &n) && n == 1);
	assert_false(dc_slice_uint(DC_S("11"), true, 10, &n));
	assert_false(dc_slice_uint(DC_S(""), true, 10, &n));
	assert_false(dc_slice_uint(DC_S("99999999999999999999"), true, UINT64_MAX, &n));
	assert_false(dc_slice_uint(DC_S("1 "), true, 10, &n));
}

static void addresses(void **state)
{
	static const struct {
		const char *text, *canonical; /* NULL: must be refused */
	} rows[] = {
		{"192.0.2.1", "192.0.2.1"}, {"192.0.2.01", NULL},     {"192.0.2", NULL},	{"192.0.2.1.", NULL},
		{"192.0.2.256", NULL},	    {"::", "::"},	      {"::1", "::1"},		{"1::", "1::"},
		{":::", NULL},		    {":1::", NULL},	      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"2001:DB8::0:1", "2001:db8::1"},		      {"::ffff:192.0.2.1", "::ffff:c000:201"},
		{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},		      {"1:2:3:4:5:6:7:8:9", NULL},
		{"1::2::3", NULL},	    {"12345::", NULL},	      {"::1%eth0", NULL},	{"", NULL},
		{"1:0:0:2:0:0:0:3", "1:0:0:2::3"},		      {"1::192.0.2.1:2", NULL},	{"::192.0.2.1", "::c000:201"},
		{"0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"},	      {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_ip ip;
		char text[DC_IP_TEXT_MAX];
		bool ok = dc_ip_parse(dc_slice_of(rows[i].text), &ip);
		if (ok != (rows[i].canonical != NULL))
			fail_msg("%s", rows[i].text);
		if (ok) {
			dc_ip_format(ip, text);
			assert_string_equal(text, rows[i].canonical);
		}
	}
}

static void prefixes(void **state)
{
	struct dc_prefix prefix;
	struct dc_ip ip;
	char text[DC_IP_ARPA_MAX];
	assert_true(dc_prefix_parse(DC_S("10.0.0.0/9"), &prefix));
	assert_true(dc_ip_parse(DC_S("10.127.255.255"), &ip) && dc_prefix_contains(prefix, ip));
	assert_true(dc_ip_parse(DC_S("10.128.0.0"), &ip) && !dc_prefix_contains(prefix, ip));
	assert_string_equal(dc_ip_special(ip), "private");
	assert_false(dc_prefix_parse(DC_S("10.0.0.0/33"), &prefix));
	assert_false(dc_prefix_parse(DC_S("10.0.0.0/"), &prefix));
	assert_true(dc_prefix_parse(DC_S("2001:db8::/33"), &prefix) && prefix.bits == 33);
	assert_true(dc_ip_parse(DC_S("192.0.2.129"), &ip));
	dc_ip_arpa(ip, text);
	assert_string_equal(text, "129.2.0.192.in-addr.arpa");
	assert_true(dc_ip_parse(DC_S("2606:4700::1111"), &ip) && dc_ip_special(ip) == NULL);
	dc_ip_arpa(ip, text);
	assert_string_equal(text, "1.1.1.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.4.6.0.6.2.ip6.arpa");
	assert_true(dc_ip_parse(DC_S("::ffff:10.0.0.1"), &ip));
	assert_string_equal(dc_ip_special(ip), "private");
	assert_int_equal(dc_ip_unmap(ip).family, 4);
}

static void escaping(void **state)
{
	struct dc_buf buf;
	char line[24];
	dc_buf_init(&buf, 4096);
	dc_escape_text(&buf, DC_S("a\x1b[31m\\ \xc3\xa9 \xe2\x80\xae \xff \x00z"), DC_ESCAPE_UTF8);
	dc_buf_putc(&buf, 0);
	assert_string_equal(buf.ptr, "a\\x1b[31m\\\\ \xc3\xa9 \\u{202e} \\xff \\x00z");
	dc_buf_reset(&buf);
	dc_escape_text(&buf, DC_S("\xc3\xa9\xc0\x80\xed\xa0\x80"), 0);
	dc_buf_putc(&buf, 0);
	assert_string_equal(buf.ptr, "\\u{e9}\\xc0\\x80\\xed\\xa0\\x80");
	dc_buf_reset(&buf);
	dc_escape_text(&buf, DC_S("\\x1b \\\\ \\u{202e} \\xff \xff \\x41 \\xFF \\xf \\u{41} \\u{0e9} \\u{d800} \\u{110000} \\u{e9 \\"),
		       DC_ESCAPE_AGAIN);
	dc_buf_putc(&buf, 0);
	assert_string_equal(buf.ptr, "\\x1b \\\\ \\u{202e} \\xff \\xff \\\\x41 \\\\xFF \\\\xf \\\\u{41} \\\\u{0e9} \\\\u{d800} "
				     "\\\\u{110000} \\\\u{e9 \\\\");
	dc_buf_free(&buf);
	assert_string_equal(dc_escape_line(line, sizeof line, DC_S("short\n")), "short\\x0a");
	assert_string_equal(dc_escape_line(line, sizeof line, DC_S("a text that is much too long for it")),
			    "a text that is much ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_ceiling_jumps), cmocka_unit_test(arena_push_grows),
		cmocka_unit_test(buffer_failure_sticks), cmocka_unit_test(cutting), cmocka_unit_test(numbers),
		cmocka_unit_test(addresses), cmocka_unit_test(prefixes), cmocka_unit_test(escaping),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
