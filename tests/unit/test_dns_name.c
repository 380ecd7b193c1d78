/* Names: what people type, canonical text, wire, relations; the store and asking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dns/name.h"
#include "dns/span.h"
#include "evidence/ask.h"

static int make_arena(void **state)
{
	*state = dc_arena_new(1 << 20);
	return 0;
}
static int free_arena(void **state)
{
	dc_arena_free(*state);
	return 0;
}

static void typed_names(void **state)
{
	static const struct {
		const char *typed, *name, *hint; /* name NULL: refused with a line that holds hint */
	} rows[] = {
		{"Example.COM", "example.com", NULL},
		{" example.com. ", "example.com", NULL},
		{"b\xc3\xbc"
		 "cher.example", "xn--bcher-kva.example", NULL},
		{"fa\xc3\x9f.example", "xn--fa-hia.example", NULL},
		{"_dmarc.example.com", "_dmarc.example.com", NULL},
		{"https://example.com", NULL, "URL"},
		{"user@example.com", NULL, "after the @"},
		{"192.0.2.1", NULL, "--ip"},
		{"2001:db8::1", NULL, "URL"},
		{"localhost", NULL, "single label"},
		{"", NULL, "empty name"},
		{"a..com", NULL, "empty label"},
		{".com", NULL, "empty label"},
		{"exa mple.com", NULL, "character"},
		{"one.example two.example", NULL, "more than a name"},
		{"xn--a.example", NULL, "no domain name"},
		{"\xff\xfe.example", NULL, "no domain name"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com", NULL, "63"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_slice name;
		struct dc_error err = {0};
		enum dc_status status = dc_name_from_input(*state, dc_slice_of(rows[i].typed), &name, &err);
		if (rows[i].name) {
			if (status != DC_OK)
				fail_msg("%s: %s", rows[i].typed, err.message);
			assert_true(dc_slice_eq(name, dc_slice_of(rows[i].name)));
		} else if (status != DC_ERR_INPUT || !strstr(err.message, rows[i].hint)) {
			fail_msg("%s: %d %s", rows[i].typed, status, err.message);
		}
	}
}

static void canonical(void **state)
{
	static const struct {
		const char *text, *name;
	} rows[] = {
		{"A.b.", "a.b"},  {".", "."},		   {"a\\.b.c", "a\\.b.c"}, {"a\\046b.c", "a\\.b.c"},
		{"a b.c", "a\\032b.c"}, {"\xc3\xa9.c", "\\195\\169.c"}, {"a..b", NULL}, {".a", NULL}, {"", NULL},
		{"a\\", NULL},	  {"a\\256.b", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_slice name;
		bool ok = dc_name_normalize(*state, dc_slice_of(rows[i].text), &name);
		if (ok != (rows[i].name != NULL) || (ok && !dc_slice_eq(name, dc_slice_of(rows[i].name))))
			fail_msg("%s: %d", rows[i].text, ok);
	}
}

static void lengths(void **state)
{
	char text[300];
	struct dc_slice name;
	memset(text, 'a', sizeof text);
	for (size_t i = 50; i < sizeof text; i += 51)
		text[i] = '.';
	assert_true(dc_name_normalize(*state, (struct dc_slice){text, 253}, &name));
	assert_false(dc_name_normalize(*state, (struct dc_slice){text, 254}, &name));
	assert_false(dc_name_join(*state, DC_S("ab"), (struct dc_slice){text, 252}, &name));
	memset(text, 'a', 64);
	assert_true(dc_name_normalize(*state, (struct dc_slice){text, 63}, &name));
	assert_false(dc_name_normalize(*state, (struct dc_slice){text, 64}, &name));
}

static void all_octets_round_trip(void **state)
{
	for (int first = 0; first < 256; first++) {
		uint8_t wire[] = {3, (uint8_t)first, 'x', (uint8_t)first, 2, 'd', (uint8_t)first, 0}, back[DC_NAME_WIRE_MAX];
		struct dc_slice name, again;
		size_t used;
		assert_true(dc_name_from_wire(*state, wire, sizeof wire, &name, &used));
		assert_int_equal(used, sizeof wire);
		assert_int_equal(dc_name_labels(name), 2);
		size_t len = dc_name_to_wire(name, back);
		assert_int_equal(len, sizeof wire);
		assert_true(dc_name_fits_wire(name));
		assert_int_equal(dc_name_at_wire(name, wire, sizeof wire), sizeof wire); /* in any case */
		assert_int_equal(dc_name_at_wire(name, wire, sizeof wire - 1), 0);
		assert_int_equal(dc_name_at_wire(DC_S("example"), wire, sizeof wire), 0);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(back[i], (uint8_t)dc_lower((char)wire[i]));
		assert_true(dc_name_normalize(*state, name, &again));
		assert_true(dc_name_eq(name, again));
	}
}

static void found_on_the_wire(void **state)
{
	static const uint8_t wire[] = "\3WWW\7eXample\3com"; /* and the root's 0 */
	assert_int_equal(dc_name_at_wire(DC_S("www.example.com"), wire, sizeof wire), sizeof wire);
	assert_int_equal(dc_name_at_wire(DC_S("example.com"), wire + 4, sizeof wire - 4), sizeof wire - 4);
	assert_int_equal(dc_name_at_wire(DC_S("."), wire + 16, 1), 1);
	const char *others[] = {"www.example", "www.example.com.net", "www.example.con", "www-example.com", "www", ".", "wwwexample.com",
				"a.example.com"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(dc_name_at_wire(dc_slice_of(others[i]), wire, sizeof wire), 0);
	assert_int_equal(dc_name_at_wire(DC_S("."), wire, 0), 0);
	assert_false(dc_name_fits_wire(DC_S("a..b")));
	assert_true(dc_name_fits_wire(DC_S("a\\.b")) && dc_name_fits_wire(DC_S(".")));
}

static void relations(void **state)
{
	assert_true(dc_name_is_below(DC_S("a.example.com"), DC_S("example.com")));
	assert_true(dc_name_is_below(DC_S("example.com"), DC_S("example.com")));
	assert_false(dc_name_is_below(DC_S("aexample.com"), DC_S("example.com")));
	assert_false(dc_name_is_below(DC_S("a\\.example.com"), DC_S("example.com")));
	assert_true(dc_slice_eq(dc_name_parent(DC_S("com")), DC_S(".")));
	assert_true(dc_slice_eq(dc_name_keep_right(DC_S("a.b.c.d"), 2), DC_S("c.d")));
	assert_int_equal(dc_name_labels(DC_S(".")), 0);
	assert_false(dc_name_is_host(DC_S("a_b.example"), false));
	assert_true(dc_name_is_host(DC_S("a_b.example"), true));
	assert_false(dc_name_is_host(DC_S("-a.example"), true));
	assert_true(dc_slice_eq(dc_name_to_unicode(*state, DC_S("xn--bcher-kva.example")), DC_S("b\xc3\xbc"
												 "cher.example")));
}

static struct dc_answer *answer_for(const char *name, uint16_t type, enum dc_outcome outcome)
{
	struct dc_answer draft = {.question = {.name = dc_slice_of(name), .type = type}, .outcome = outcome, .ede = -1};
	return dc_answer_new(&draft);
}

static void asking(void **state)
{
	struct dc_evidence *evidence = dc_evidence_new(*state);
	struct dc_asker asker = {.evidence = evidence, .arena = *state};
	char name[32];
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof name, "n%d.example", i);
		dc_evidence_add(evidence, answer_for(name, DC_TYPE_TXT, DC_OUTCOME_NODATA));
	}
	assert_int_equal(dc_evidence_count(evidence), 200);
	assert_non_null(dc_ask(&asker, DC_S("N7.Example."), DC_TYPE_TXT));
	assert_null(dc_ask(&asker, DC_S("n7.example"), DC_TYPE_MX));
	assert_null(dc_ask(&asker, DC_S("N7.example"), DC_TYPE_MX));
	assert_null(dc_ask_known(&asker, DC_S("other.example"), DC_TYPE_MX));
	assert_int_equal(asker.open_count, 1);
	assert_int_equal(dc_ask(&asker, DC_S("a..b"), DC_TYPE_MX)->outcome, DC_OUTCOME_MALFORMED);
	asker.sealed = true;
	assert_int_equal(dc_ask(&asker, DC_S("n7.example"), DC_TYPE_MX)->outcome, DC_OUTCOME_NOT_ASKED);
	dc_evidence_clear(evidence);
}

static void chains(void **state)
{
	struct dc_rr rrs[] = {
		{DC_S("a.example"), DC_TYPE_CNAME, 60, DC_S("\1B\7example\0")},
		{DC_S("b.example"), DC_TYPE_CNAME, 60, DC_S("\1c\7example\0")},
		{DC_S("c.example"), DC_TYPE_TXT, 60, DC_S("\3abc\0\2de")},
		{DC_S("x.example"), DC_TYPE_TXT, 60, DC_S("\3zzz")},
	};
	struct dc_answer draft = {.question = {.name = DC_S("a.example"), .type = DC_TYPE_TXT}, .rrs = rrs, .rr_count = 4};
	struct dc_answer *answer = dc_answer_new(&draft);
	struct dc_txt txt;
	size_t hops;
	assert_true(dc_slice_eq(dc_answer_target(answer, &hops), DC_S("c.example")));
	assert_int_equal(hops, 2);
	assert_int_equal(dc_answer_count(answer), 1);
	assert_true(dc_rr_txt(*state, dc_answer_rr(answer, 0), &txt));
	assert_true(dc_slice_eq(txt.text, DC_S("abcde")));
	struct dc_span span = dc_span_of(&txt, dc_slice_sub(txt.text, 4, 1));
	assert_int_equal(span.start, 4);
	assert_int_equal(span.string, 2);
	assert_int_equal(span.string_offset, 1);
	dc_answer_unref(answer);
	rrs[1].rdata = DC_S("\1a\7example\0");
	answer = dc_answer_new(&draft);
	assert_int_equal(dc_answer_target(answer, NULL).len, 0);
	assert_null(dc_answer_rr(answer, 0));
	dc_answer_unref(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_arena, free_arena)
		TEST(typed_names), TEST(canonical), TEST(lengths), TEST(all_octets_round_trip),
		TEST(found_on_the_wire), TEST(relations),   TEST(asking),    TEST(chains),
	};
	return cmocka_run_group_tests_name("dns_name", tests, NULL, NULL);
}
