/* Patterns, near misses, and files of waivers that nobody would write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/decision.h"
#include "policy/glob.h"

static void patterns(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} rows[] = {
		{"", "", true},	      {"", "a", false},	       {"*", "", true},		 {"*", "anything", true},
		{"?", "", false},     {"?", "a", true},	       {"a*", "a", true},	 {"a*", "ba", false},
		{"*a", "ba", true},   {"*a", "ab", false},     {"a*b*c", "aXbYc", true}, {"a*b*c", "acb", false},
		{"a**b", "ab", true}, {"*.x", "a.b.x", true},  {"a?c", "abc", true},	 {"a?c", "ac", false},
		{"ABC", "abc", true}, {"s1._*", "S1._d", true}, {"a*", "", false},	 {"abc", "abcd", false},
		{"*aab", "aaab", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (dc_glob_matches(dc_slice_of(rows[i].pattern), dc_slice_of(rows[i].text)) != rows[i].matches)
			fail_msg("%s over %s", rows[i].pattern, rows[i].text);
}

/* Forty stars over a long text: a matcher that tried all ways would not come back. */
static void patient_patterns(void **state)
{
	char pattern[82], text[20000];

	(void)state;
	for (size_t i = 0; i < 80; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[80] = 'b';
	memset(text, 'a', sizeof text);
	assert_false(dc_glob_matches((struct dc_slice){pattern, 81}, (struct dc_slice){text, sizeof text}));
}

static void distances(void **state)
{
	(void)state;
	assert_int_equal(dc_edit_distance(DC_S(""), DC_S(""), 3), 0);
	assert_int_equal(dc_edit_distance(DC_S("abc"), DC_S("abc"), 3), 0);
	assert_int_equal(dc_edit_distance(DC_S("abc"), DC_S("abd"), 3), 1);
	assert_int_equal(dc_edit_distance(DC_S("abc"), DC_S("ab"), 3), 1);
	assert_int_equal(dc_edit_distance(DC_S("ab"), DC_S("xaby"), 3), 2);
	assert_int_equal(dc_edit_distance(DC_S("abcdef"), DC_S("uvwxyz"), 3), 4);
	assert_int_equal(dc_edit_distance(DC_S("ABC"), DC_S("abc"), 3), 0);
}

static enum dc_status read_text(const char *octets, size_t count)
{
	char path[] = "/tmp/waiversXXXXXX";
	int fd = mkstemp(path);
	struct dc_config *config = dc_config_new();
	struct dc_error err;
	enum dc_status status;

	assert_true(fd >= 0 && config);
	assert_int_equal(write(fd, octets, count), (ssize_t)count);
	(void)close(fd);
	status = dc_config_set(config, "waivers", path, &err);
	if (status != DC_OK) /* one line, whatever the file holds */
		for (const char *c = err.message; *c; c++)
			assert_in_range((unsigned char)*c, ' ', '~');
	dc_config_free(config);
	(void)unlink(path);
	return status;
}

static void hostile_files(void **state)
{
	static const char *const words[] = {"spf-no-all", "*", "in", "2027-01-31", "x.example", "#", "\n", "\r\n", " ", "\t", "?",
					    "reason", "dmarc-*", "\xff", "\x1b[31m", "spf-record-unanswered", "9999-12-31T23:59:60Z"};
	uint32_t seed = 1;

	(void)state;
	assert_int_equal(read_text("", 0), DC_OK);
	assert_int_equal(read_text("spf-no-all * 2027-01-31 x", 25), DC_OK);
	assert_int_equal(read_text("spf-no-all * 2027-01-31 x\0y", 27), DC_ERR_INPUT);
	for (size_t round = 0; round < 3000; round++) {
		char text[600];
		size_t len = 0;

		while (len < 400 && (seed = seed * 1664525 + 1013904223) >> 28) {
			const char *word = words[(seed >> 8) % (sizeof words / sizeof *words)];
			size_t n = strlen(word);

			memcpy(text + len, word, n);
			len += n;
			text[len++] = ' ';
		}
		enum dc_status status = read_text(text, len);

		assert_true(status == DC_OK || status == DC_ERR_INPUT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(patient_patterns),
		cmocka_unit_test(distances),
		cmocka_unit_test(hostile_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
