/* The grammar of SPF records, and what is suggested for slips. */
#include "../support/scene.h"
#include "spf/parse.h"
#include "spf/spf.h"

static const struct dc_spf_record *parse_strings(const char *const *strings)
{
	uint32_t *starts = DC_NEW_ARRAY(arena, uint32_t, 16);
	struct dc_txt txt = {.string_starts = starts};
	for (; *strings; strings++) {
		starts[txt.string_count++] = (uint32_t)txt.text.len;
		txt.text = dc_arena_concat(arena, txt.text, dc_slice_of(*strings));
	}
	return dc_spf_parse(arena, &txt, false);
}

static const struct dc_spf_record *parse(const char *text)
{
	return parse_strings((const char *const[]){text, NULL});
}

/* term → is it fatal, which fault, what is suggested (NULL: nothing; "": no fault at all) */
static const struct {
	const char *term;
	bool fatal;
	enum dc_spf_fault_kind kind;
	const char *suggestion;
} slips[] = {
	{"inlude:_spf.example.com", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "include:_spf.example.com"},
	{"incldue:_spf.example.com", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "include:_spf.example.com"},
	{"includes:_spf.example.com", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "include:_spf.example.com"},
	{"ip4=192.0.2.1", false, DC_SPF_FAULT_LOOKS_LIKE_MECHANISM, "ip4:192.0.2.1"},
	{"ip:192.0.2.1", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "ip4:192.0.2.1"},
	{"ipv4:192.0.2.0/24", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "ip4:192.0.2.0/24"},
	{"ipv6:2001:db8::/32", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "ip6:2001:db8::/32"},
	{"ip4:2001:db8::1", true, DC_SPF_FAULT_ADDRESS, "ip6:2001:db8::1"},
	{"ip6:192.0.2.1", true, DC_SPF_FAULT_ADDRESS, "ip4:192.0.2.1"},
	{"include:https://_spf.example.com/", true, DC_SPF_FAULT_DOMAIN, "include:_spf.example.com"},
	{"include:https://_spf.example.com", false, DC_SPF_FAULT_URL, "include:_spf.example.com"},
	{"192.0.2.1", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "ip4:192.0.2.1"},
	{"2001:db8::1", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "ip6:2001:db8::1"},
	{"192.0.2.0/24", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "ip4:192.0.2.0/24"},
	{"include:example.com,", true, DC_SPF_FAULT_DOMAIN, "include:example.com"},
	{"ip4:192.0.2.1,", true, DC_SPF_FAULT_ADDRESS, "ip4:192.0.2.1"},
	{"ip4:192.0.2.1,192.0.2.2", true, DC_SPF_FAULT_ADDRESS, "ip4:192.0.2.1 ip4:192.0.2.2"},
	{"\xe2\x80\x9cinclude:example.com\xe2\x80\x9d", true, DC_SPF_FAULT_OCTET, "include:example.com"},
	{"\xe2\x80\x93" "all", true, DC_SPF_FAULT_OCTET, "-all"},
	{"\x96" "all", true, DC_SPF_FAULT_OCTET, "-all"},
	{"\"include:example.com", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "include:example.com"},
	{"include:example.com\"", true, DC_SPF_FAULT_DOMAIN, "include:example.com"},
	{"a\tmx", true, DC_SPF_FAULT_OCTET, "a mx"},
	{"include:a.example\xc2\xa0include:b.example", true, DC_SPF_FAULT_OCTET, "include:a.example include:b.example"},
	{"amx", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, NULL},
	{"-al", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "-all"},
	{"~alll", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "~all"},
	{"--all", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "-all"},
	{"-all.", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "-all"},
	{"-all;", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "-all"},
	{"redirect:_spf.example.com", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "redirect=_spf.example.com"},
	{"include=_spf.example.com", false, DC_SPF_FAULT_LOOKS_LIKE_MECHANISM, "include:_spf.example.com"},
	{"a:192.0.2.1", true, DC_SPF_FAULT_DOMAIN, "ip4:192.0.2.1"},
	{"mx:192.0.2.0/24", true, DC_SPF_FAULT_DOMAIN, "ip4:192.0.2.0/24"},
	{"include:192.0.2.1", true, DC_SPF_FAULT_DOMAIN, "ip4:192.0.2.1"},
	{"ip4:mail.example.com", true, DC_SPF_FAULT_ADDRESS, "a:mail.example.com"},
	{"ip4:192.0.2.0/255.255.255.0", true, DC_SPF_FAULT_PREFIX_LENGTH, "ip4:192.0.2.0/24"},
	{"ip4:192.0.2.0/024", true, DC_SPF_FAULT_PREFIX_LENGTH, "ip4:192.0.2.0/24"},
	{"ip4:192.0.2.0/33", true, DC_SPF_FAULT_PREFIX_LENGTH, NULL},
	{"ip4:192.000.002.001", true, DC_SPF_FAULT_ADDRESS, "ip4:192.0.2.1"},
	{"ip4:192.0.2/24", true, DC_SPF_FAULT_ADDRESS, "ip4:192.0.2.0/24"},
	{"ip4:192.0.2.1:25", true, DC_SPF_FAULT_ADDRESS, "ip4:192.0.2.1"},
	{"ip4:192.0.2", true, DC_SPF_FAULT_ADDRESS, NULL},
	{"ip4:", true, DC_SPF_FAULT_NO_ARGUMENT, NULL},
	{"include:", true, DC_SPF_FAULT_NO_ARGUMENT, NULL},
	{"include", true, DC_SPF_FAULT_NO_ARGUMENT, NULL},
	{"include:user@example.com", false, DC_SPF_FAULT_URL, "include:example.com"},
	{"a:mail.example.com:25", true, DC_SPF_FAULT_DOMAIN, "a:mail.example.com"},
	{"a:mail.example.com:smtp", true, DC_SPF_FAULT_DOMAIN, "a:mail.example.com"},
	{"_spf.example.com", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, "include:_spf.example.com"},
	{"include:localhost", true, DC_SPF_FAULT_DOMAIN, NULL},
	{"all:x", true, DC_SPF_FAULT_ARGUMENT, "all"},
	{"ptr/24", true, DC_SPF_FAULT_ARGUMENT, "ptr"},
	{"exists:%(i}.example.com", true, DC_SPF_FAULT_MACRO, NULL},
	{"exists:%{i}.example.com", false, 0, ""},
	{"exists:%{d0}.example.com", true, DC_SPF_FAULT_MACRO, NULL},
	{"exists:%{l1r+-}.example.com", false, 0, ""},
	{"exists:%{c}.example.com", true, DC_SPF_FAULT_MACRO, NULL},
	{"a/24//64", false, 0, ""},
	{"a//64", false, 0, ""},
	{"a:example.com/24//64", false, 0, ""},
	{"a:example.com/24/64", true, DC_SPF_FAULT_PREFIX_LENGTH, NULL},
	{"a/33", true, DC_SPF_FAULT_PREFIX_LENGTH, NULL},
	{"a//129", true, DC_SPF_FAULT_PREFIX_LENGTH, NULL},
	{"a/", true, DC_SPF_FAULT_PREFIX_LENGTH, NULL},
	{"a:", true, DC_SPF_FAULT_NO_ARGUMENT, "a"},
	{"v=spf1", false, DC_SPF_FAULT_VERSION_INSIDE, NULL},
	{"google-site=1", false, DC_SPF_FAULT_UNKNOWN_MODIFIER, NULL},
	{"=x", true, DC_SPF_FAULT_MODIFIER, NULL},
	{"-", true, DC_SPF_FAULT_UNKNOWN_MECHANISM, NULL},
};

static void test_slips(void **state)
{
	for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
		char text[256];
		snprintf(text, sizeof text, "v=spf1 %s", slips[i].term);
		const struct dc_spf_record *record = parse(text);
		const struct dc_spf_fault *fault = record->fault_count ? &record->faults[0] : NULL;
		bool none = slips[i].suggestion && !*slips[i].suggestion;
		if (none != !fault)
			fail_msg("%s: %s", slips[i].term, none ? "a fault" : "no fault");
		if (none || !fault)
			continue;
		if (fault->kind != slips[i].kind || fault->fatal != slips[i].fatal || record->fatal != slips[i].fatal)
			fail_msg("%s: kind %d fatal %d", slips[i].term, fault->kind, fault->fatal);
		if (!dc_slice_eq(fault->suggestion, dc_slice_of(slips[i].suggestion)))
			fail_msg("%s: suggestion \"%.*s\"", slips[i].term, DC_FMT(fault->suggestion));
	}
}

static void test_halves(void **state)
{
	const struct dc_spf_record *record = parse("v=spf1 include: _spf.example.com - all");
	assert_int_equal(record->fault_count, 3);
	assert_true(dc_slice_eq(record->faults[0].suggestion, DC_S("include:_spf.example.com")));
	assert_true(dc_slice_eq(record->faults[2].suggestion, DC_S("-all")));
}

static void test_glued(void **state)
{
	const struct dc_spf_record *r = parse_strings((const char *const[]){"v=spf1 ip4:192.0.2.1", "include:x.example -all", NULL});
	assert_true(r->fatal && r->faults[0].glued);
	assert_true(dc_slice_eq(r->faults[0].suggestion, DC_S("ip4:192.0.2.1 include:x.example")));
	assert_int_equal(r->faults[0].span.string, 0);
	r = parse_strings((const char *const[]){"v=spf1 include:a.example", "include:x.example -all", NULL});
	assert_false(r->fatal);
	assert_int_equal(r->faults[0].kind, DC_SPF_FAULT_GLUED);
	r = parse_strings((const char *const[]){"v=spf1 include:a.exa", "mple include:x.example -all", NULL});
	assert_int_equal(r->fault_count, 0);
	r = parse_strings((const char *const[]){"v=spf1 include:a.example", "-all", NULL});
	assert_int_equal(r->faults[0].kind, DC_SPF_FAULT_GLUED);
}

static void test_twice(void **state)
{
	const struct dc_spf_record *r = parse("v=spf1 redirect=a.example redirect=b.example");
	assert_true(r->fatal);
	assert_int_equal(r->faults[0].kind, DC_SPF_FAULT_TWICE);
	assert_int_equal(r->faults[0].span.start, 26);
}

static void test_version(void **state)
{
	assert_true(dc_spf_is_record(DC_S("v=spf1")) && dc_spf_is_record(DC_S("V=SpF1 a")));
	assert_false(dc_spf_is_record(DC_S("v=spf10")) || dc_spf_is_record(DC_S("v=spf1\ta")) || dc_spf_is_record(DC_S(" v=spf1")));
	static const char *const similar[][2] = {
		{"v=spf1include:a.example -all", "v=spf1 include:a.example -all"},
		{" v=spf1 -all", "v=spf1 -all"},
		{"\"v=spf1 -all\"", "v=spf1 -all"},
		{"v=spf2 a -all", "v=spf1 a -all"},
		{"v=spf1; a; -all", "v=spf1 a -all"},
		{"spf1 mx -all", "v=spf1 mx -all"},
		{"v = spf1 mx -all", "v=spf1 mx -all"},
		{"v=spf1.0 mx -all", "v=spf1 mx -all"},
		{"v=spf1,", ""},
		{"google-site-verification=abc", NULL},
		{"v=DMARC1; p=none", NULL},
		{"spf2.0/pra -all", NULL},
		{"spf checks are done by us", NULL},
	};
	for (size_t i = 0; i < sizeof similar / sizeof *similar; i++) {
		bool is;
		struct dc_slice s = dc_spf_suggest_record(arena, dc_slice_of(similar[i][0]), &is);
		if (is != (similar[i][1] != NULL) || !dc_slice_eq(s, dc_slice_of(similar[i][1])))
			fail_msg("%s: \"%.*s\"", similar[i][0], DC_FMT(s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slips), cmocka_unit_test(test_halves), cmocka_unit_test(test_glued),
		cmocka_unit_test(test_twice), cmocka_unit_test(test_version),
	};
	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
