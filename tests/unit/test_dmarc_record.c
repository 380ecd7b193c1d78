/* DMARC records: what is one, what its tags mean, what was meant by near misses, report addresses, what-if. */
#include "../support/scene.h"
#include "dmarc/dmarc.h"

static const struct dc_dmarc_record *parse(const char *text)
{
	struct dc_txt *txt = DC_NEW(arena, struct dc_txt);

	txt->text = dc_slice_of(text);
	assert_int_equal(dc_dmarc_kind_of(txt->text), DC_DMARC_KIND_RECORD);
	return dc_dmarc_parse(arena, DC_S("example.com"), txt, NULL);
}

static void test_kinds(void **state)
{
	static const struct {
		const char *text;
		enum dc_dmarc_kind kind;
		const char *suggestion; /* NULL: none */
	} rows[] = {
		{"v=DMARC1", DC_DMARC_KIND_RECORD, NULL},
		{"v=DMARC1;", DC_DMARC_KIND_RECORD, NULL},
		{"v=DMARC1; p=none", DC_DMARC_KIND_RECORD, NULL},
		{"V=DMARC1; P=REJECT", DC_DMARC_KIND_RECORD, NULL},
		{"v = DMARC1 ; p = reject", DC_DMARC_KIND_RECORD, NULL},
		{"v\t=\tDMARC1\t;p=reject", DC_DMARC_KIND_RECORD, NULL},
		{"", DC_DMARC_KIND_OTHER, NULL},
		{"v", DC_DMARC_KIND_OTHER, NULL},
		{"v=", DC_DMARC_KIND_OTHER, NULL},
		{"google-site-verification=abc", DC_DMARC_KIND_OTHER, NULL},
		{"v=spf1 -all", DC_DMARC_KIND_OTHER, NULL},
		{"v=spf1 exp=reject.example.com -all", DC_DMARC_KIND_OTHER, NULL},
		{"v=DKIM1; p=MIGfMA0", DC_DMARC_KIND_OTHER, NULL},
		{"v=DKIM1; p=none", DC_DMARC_KIND_VERSION, "v=DMARC1; p=none"},
		{" v=DMARC1; p=none", DC_DMARC_KIND_BLANK, "v=DMARC1; p=none"},
		{"v=DMARC1; p=none ", DC_DMARC_KIND_RECORD, NULL},
		{"\nv=DMARC1; p=none", DC_DMARC_KIND_BLANK, "v=DMARC1; p=none"},
		{"v=DMARC1, p=reject, rua=mailto:a@b.example", DC_DMARC_KIND_SEPARATOR, "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"v=DMARC1 p=reject", DC_DMARC_KIND_SEPARATOR, "v=DMARC1; p=reject"},
		{"v=DMARC1:p=reject", DC_DMARC_KIND_SEPARATOR, "v=DMARC1; p=reject"},
		{"v=DMARC1p=reject", DC_DMARC_KIND_SEPARATOR, NULL},
		{"v=dmarc1; p=reject", DC_DMARC_KIND_CASE, "v=DMARC1; p=reject"},
		{"v=Dmarc1", DC_DMARC_KIND_CASE, NULL},
		{"v=DMARC2; p=reject", DC_DMARC_KIND_VERSION, "v=DMARC1; p=reject"},
		{"v=DMARC; p=reject", DC_DMARC_KIND_VERSION, "v=DMARC1; p=reject"},
		{"v=DMARC10; p=reject", DC_DMARC_KIND_VERSION, "v=DMARC1; p=reject"},
		{"\"v=DMARC1; p=reject\"", DC_DMARC_KIND_QUOTES, "v=DMARC1; p=reject"},
		{"v=DMARC1\\; p=reject", DC_DMARC_KIND_QUOTES, "v=DMARC1; p=reject"},
		{"\xe2\x80\x9cv=DMARC1; p=none\xe2\x80\x9d", DC_DMARC_KIND_QUOTES, "v=DMARC1; p=none"},
		{"p=reject; v=DMARC1", DC_DMARC_KIND_ORDER, "v=DMARC1; p=reject"},
		{"p=reject; v=DMARC1; rua=mailto:a@b.example", DC_DMARC_KIND_ORDER, "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"p=reject; rua=mailto:a@b.example", DC_DMARC_KIND_NO_V, "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"DMARC1; p=quarantine", DC_DMARC_KIND_NO_V, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dc_slice text = dc_slice_of(rows[i].text), suggestion = dc_dmarc_suggest(arena, text);

		if (dc_dmarc_kind_of(text) != rows[i].kind)
			fail_msg("%s: kind %d, not %d", rows[i].text, dc_dmarc_kind_of(text), rows[i].kind);
		if (rows[i].suggestion && !dc_slice_eq(suggestion, dc_slice_of(rows[i].suggestion)))
			fail_msg("%s: suggested %.*s", rows[i].text, DC_FMT(suggestion));
		if (suggestion.len)
			assert_int_equal(dc_dmarc_kind_of(suggestion), DC_DMARC_KIND_RECORD);
		if (rows[i].kind == DC_DMARC_KIND_RECORD || rows[i].kind == DC_DMARC_KIND_OTHER)
			assert_int_equal(suggestion.len, 0);
	}
}

static void test_defaults(void **state)
{
	const struct dc_dmarc_record *r = parse("v=DMARC1; p=quarantine");

	assert_int_equal(r->standing, DC_DMARC_STANDING_VALID);
	assert_int_equal(r->p, DC_DMARC_POLICY_QUARANTINE);
	assert_int_equal(r->sp, DC_DMARC_POLICY_ABSENT);
	assert_int_equal(r->np, DC_DMARC_POLICY_ABSENT);
	assert_false(r->adkim_strict || r->aspf_strict || r->testing);
	assert_int_equal(r->psd, DC_DMARC_PSD_U);
	assert_int_equal(r->fo, DC_DMARC_FO_0);
	assert_int_equal(r->pct, 100);
	assert_int_equal(r->tag_count, 2);
	assert_int_equal(r->rua_count + r->ruf_count, 0);
}

static void test_all_tags(void **state)
{
	const struct dc_dmarc_record *r =
		parse("V=DMARC1;np=Reject;sp=QUARANTINE ; P=none; adkim=S;aspf=s; T=Y; psd=n; fo=1:d:s; pct=20; ri=3600; rf=afrf;"
		      "rua=mailto:a@b.example!10m, https://c.example/x;ruf=mailto:d%2Be@b.example;;");

	assert_int_equal(r->standing, DC_DMARC_STANDING_VALID);
	assert_int_equal(r->p, DC_DMARC_POLICY_NONE);
	assert_int_equal(r->sp, DC_DMARC_POLICY_QUARANTINE);
	assert_int_equal(r->np, DC_DMARC_POLICY_REJECT);
	assert_true(r->adkim_strict && r->aspf_strict && r->testing);
	assert_int_equal(r->psd, DC_DMARC_PSD_N);
	assert_int_equal(r->fo, DC_DMARC_FO_1 | DC_DMARC_FO_D | DC_DMARC_FO_S);
	assert_int_equal(r->pct, 20);
	assert_int_equal(r->rua_count, 2);
	assert_true(dc_slice_eq(r->rua[0].size, DC_S("!10m")));
	assert_true(dc_slice_eq(r->rua[0].address, DC_S("a@b.example")));
	assert_int_equal(r->rua[1].scheme, DC_DMARC_URI_OTHER);
	assert_true(dc_slice_eq(r->rua[1].host, DC_S("c.example")));
	assert_int_equal(r->ruf_count, 1);
	for (size_t i = 0; i < r->tag_count; i++) {
		enum dc_dmarc_fault fault = r->tags[i].id >= DC_DMARC_TAG_PCT ? DC_DMARC_FAULT_REMOVED : DC_DMARC_FAULT_NONE;

		assert_int_equal(r->tags[i].fault, fault);
		assert_memory_equal(r->txt.text.ptr + r->tags[i].span.start, r->tags[i].term.ptr, r->tags[i].span.length);
	}
}

/* RFC 9989 4.10.1: p, sp and np decide together with rua whether anything is left. */
static void test_standing(void **state)
{
	static const char *const values[] = {NULL, "none", "quarantine", "reject", "rejct", ""};

	for (unsigned i = 0; i < 6 * 6 * 6 * 3; i++) {
		const char *p = values[i % 6], *sp = values[i / 6 % 6], *np = values[i / 36 % 6];
		unsigned rua = i / 216;
		bool broken = i % 6 == 0 || i % 6 > 3 || i / 6 % 6 > 3 || i / 36 % 6 > 3;
		struct dc_slice text = dc_arena_printf(arena, "v=DMARC1%s%s%s%s%s%s%s", p ? ";p=" : "", p ? p : "", sp ? ";sp=" : "",
						       sp ? sp : "", np ? ";np=" : "", np ? np : "",
						       rua == 1 ? "; rua=mailto:a@b.example" : rua == 2 ? "; rua=a@b.example" : "");
		const struct dc_dmarc_record *r = parse(text.ptr);

		assert_int_equal(r->standing, !broken ? DC_DMARC_STANDING_VALID : rua == 1 ? DC_DMARC_STANDING_DISARMED
											     : DC_DMARC_STANDING_IGNORED);
	}
}

static void test_faults(void **state)
{
	static const struct {
		const char *text;
		enum dc_dmarc_fault fault; /* of the last tag */
	} rows[] = {
		{"v=DMARC1; p=reject; adkim=strict", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; aspf=x", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; t=yes", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; psd=1", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; fo=0:1", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; fo=d:d", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; fo=2", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; fo=1:", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; fo=s:d:1", DC_DMARC_FAULT_NONE},
		{"v=DMARC1; p=reject; fo=d", DC_DMARC_FAULT_NONE},
		{"v=DMARC1; p=reject; p=none", DC_DMARC_FAULT_DUPLICATE},
		{"v=DMARC1; p=reject; v=DMARC1", DC_DMARC_FAULT_DUPLICATE},
		{"v=DMARC1; p=reject; foo=bar", DC_DMARC_FAULT_UNKNOWN},
		{"v=DMARC1; p=reject; mailto:a@b.example", DC_DMARC_FAULT_SYNTAX},
		{"v=DMARC1; p=reject; a1=b", DC_DMARC_FAULT_SYNTAX},
		{"v=DMARC1; p=reject; =b", DC_DMARC_FAULT_SYNTAX},
		{"v=DMARC1; p=reject; pct=50", DC_DMARC_FAULT_REMOVED},
		{"v=DMARC1; p=reject; rua=", DC_DMARC_FAULT_VALUE},
		{"v=DMARC1; p=reject; rua=mailto:\xc3\xa4@b.example", DC_DMARC_FAULT_VALUE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct dc_dmarc_record *r = parse(rows[i].text);

		if (r->tags[r->tag_count - 1].fault != rows[i].fault)
			fail_msg("%s: fault %d", rows[i].text, r->tags[r->tag_count - 1].fault);
		assert_int_equal(r->standing, DC_DMARC_STANDING_VALID);
		assert_int_equal(r->p, DC_DMARC_POLICY_REJECT);
	}
}

static void test_uris(void **state)
{
	static const struct {
		const char *text;
		enum dc_dmarc_scheme scheme;
		const char *host;
	} rows[] = {
		{"mailto:dmarc@example.com", DC_DMARC_URI_MAILTO, "example.com"},
		{"MAILTO:dmarc@Example.COM", DC_DMARC_URI_MAILTO, "example.com"},
		{"mailto:dmarc@example.com!50m", DC_DMARC_URI_MAILTO, "example.com"},
		{"mailto:dmarc@example.com!50", DC_DMARC_URI_MAILTO, "example.com"},
		{"mailto:a%40b@example.com", DC_DMARC_URI_INVALID, NULL},
		{"mailto:dmarc@example.com?subject=x", DC_DMARC_URI_MAILTO, "example.com"},
		{"mailto:dmarc%21x@example.com", DC_DMARC_URI_MAILTO, "example.com"},
		{"mailto:dmarc@example.com!50x", DC_DMARC_URI_INVALID, NULL},
		{"mailto:dmarc", DC_DMARC_URI_INVALID, NULL},
		{"mailto:", DC_DMARC_URI_INVALID, NULL},
		{"mailto:@example.com", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a@", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a@localhost", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a@example..com", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a@example.com.", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a b@example.com", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a%4", DC_DMARC_URI_INVALID, NULL},
		{"mailto:a%zz@example.com", DC_DMARC_URI_INVALID, NULL},
		{"mailto:.a@example.com", DC_DMARC_URI_INVALID, NULL},
		{"dmarc@example.com", DC_DMARC_URI_INVALID, NULL},
		{"https://user@reports.example:8443/x", DC_DMARC_URI_OTHER, "reports.example"},
		{"tel:123", DC_DMARC_URI_OTHER, NULL},
		{"https:", DC_DMARC_URI_INVALID, NULL},
		{"1x:y", DC_DMARC_URI_INVALID, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dc_slice text = dc_arena_printf(arena, "v=DMARC1; p=none; rua=%s", rows[i].text);
		const struct dc_dmarc_record *r = parse(text.ptr);

		assert_int_equal(r->rua_count, 1);
		if (r->rua[0].scheme != rows[i].scheme)
			fail_msg("%s: scheme %d (%s)", rows[i].text, r->rua[0].scheme, r->rua[0].why);
		assert_int_equal(r->rua[0].why != NULL, rows[i].scheme == DC_DMARC_URI_INVALID);
		assert_true(dc_slice_eq(r->rua[0].host, dc_slice_of(rows[i].host)));
		assert_int_equal(r->rua_valid, rows[i].scheme != DC_DMARC_URI_INVALID);
	}
	assert_int_equal(parse("v=DMARC1; rua=mailto:a@b.example,,mailto:c@d.example")->rua_count, 3);
}

static void test_overlay(void **state)
{
	static const struct {
		const char *record, *tags, *result;
	} rows[] = {
		{NULL, "p=reject; aspf=s", "v=DMARC1; p=reject; aspf=s"},
		{"v=DMARC1; p=none; rua=mailto:a@b.example", "p=reject", "v=DMARC1; p=reject; rua=mailto:a@b.example"},
		{"V=DMARC1;SP=none;P=none", "p=reject;sp=", "v=DMARC1; P=reject"},
		{"v=DMARC1; p=none", "v=DMARC1; t=y", "v=DMARC1; p=none; t=y"},
		{"v=DMARC1; p=none; p=reject", "t=n", "v=DMARC1; p=none; t=n"},
		{"v=DMARC1; p=none; junk", "", "v=DMARC1; p=none"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct dc_dmarc_record *r = rows[i].record ? parse(rows[i].record) : NULL;

		r = dc_dmarc_overlay(arena, r, DC_S("example.com"), dc_slice_of(rows[i].tags));
		if (!dc_slice_eq(r->txt.text, dc_slice_of(rows[i].result)))
			fail_msg("%.*s is not %s", DC_FMT(r->txt.text), rows[i].result);
	}
}

/* Unknown tags without end do not hide the policy behind them. */
static void test_noise(void **state)
{
	static char text[20000] = "v=DMARC1";
	const struct dc_dmarc_record *r;

	for (int i = 0; i < 3000; i++)
		strcat(text, ";x=1");
	strcat(text, "; p=reject; p=none; rua=mailto:a@b.example");
	r = parse(text);
	assert_int_equal(r->p, DC_DMARC_POLICY_REJECT);
	assert_int_equal(r->rua_count, 1);
	assert_int_equal(r->tag_count, DC_DMARC_TAG_MAX + 2);
}

/* Spans count octets from the start of the whole text and of the string that they begin in. */
static void test_spans(void **state)
{
	static const struct dc_slice strings[] = {{"v=DMARC1; p=", 12}, {"none; sp=reject", 15}};
	struct dc_asker asker = {.evidence = evidence, .arena = arena};
	const struct dc_dmarc_facts *facts = NULL;

	world_txt_strings(&world, "_dmarc.example.com", DC_TYPE_TXT, strings, 2);
	for (int i = 0; i < 5 && (!facts || asker.open_count); i++) {
		for (size_t k = 0; k < asker.open_count; k++)
			dc_evidence_add(evidence, world_answer(&world, &asker.open[k]));
		asker.open_count = 0;
		facts = dc_dmarc_build(&asker, DC_S("example.com"), (struct dc_slice){0});
	}
	assert_int_equal(facts->now.name.policy, DC_DMARC_POLICY_NONE);
	assert_int_equal(facts->now.name.record->tags[2].span.string, 1);
	assert_int_equal(facts->now.name.record->tags[2].span.string_offset, 6);
	assert_int_equal(facts->now.name.record->tags[2].span.start, 18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),  cmocka_unit_test(test_defaults), cmocka_unit_test(test_all_tags),
		cmocka_unit_test(test_standing), cmocka_unit_test(test_faults), cmocka_unit_test(test_uris),
		cmocka_unit_test(test_overlay), cmocka_unit_test(test_spans), cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
