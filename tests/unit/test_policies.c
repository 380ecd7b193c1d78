/* The texts of MTA-STS, TLS-RPT, BIMI and CAA, and logos: grammar by table, and what may never be taken for something else. */
#include "../support/scene.h"
#include "bimi/bimi.h"
#include "caa/caa.h"
#include "mta_sts/mta_sts.h"
#include "tls_rpt/tls_rpt.h"


/* ---- MTA-STS ---- */

static void test_sts_records(void **state)
{
	static const struct {
		const char *text, *id;
		bool record, valid;
	} rows[] = {
		{"v=STSv1; id=20160831085700Z;", "20160831085700Z", true, true},
		{"v=STSv1;id=1", "1", true, true},
		{"v=STSv1; a_b-c.d=x; id=Zz9 ;", "Zz9", true, true},
		{"v=STSv1; id=12345678901234567890123456789012", "12345678901234567890123456789012", true, true},
		{"v=STSv1; id=123456789012345678901234567890123", "", true, false},
		{"v=STSv1; id=", "", true, false},
		{"v=STSv1; ID=1", "", true, false},
		{"v=STSv1; id = 1", "", true, false},
		{"v=STSv1; id=1; id=2", "1", true, false},
		{"v=STSv1;; id=1", "", true, false},
		{"v=STSv1; id=1; x", "1", true, false},
		{"v=STSv1; id=1; x=a b", "1", true, false},
		{"v=STSv1", "", false, false},
		{"v=STSv1 ; id=1", "", false, false},
		{" v=STSv1; id=1", "", false, false},
		{"v=stsv1; id=1", "", false, false},
		{"v=STSv10; id=1", "", false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dc_txt txt = {.text = dc_slice_of(rows[i].text)};
		struct dc_mta_sts_record record;

		assert_int_equal(dc_mta_sts_is_record(txt.text), rows[i].record);
		assert_int_equal(dc_mta_sts_is_near(txt.text), !rows[i].record);
		if (!rows[i].record)
			continue;
		record = dc_mta_sts_record_parse(&txt);
		if (!record.problem != rows[i].valid || (rows[i].valid && !is(record.id, rows[i].id)))
			fail_msg("%s: %s", rows[i].text, record.problem ? record.problem : "valid");
	}
	assert_false(dc_mta_sts_is_near(DC_S("v=spf1 -all")));
	assert_false(dc_mta_sts_is_near(DC_S("")));
}

static void test_sts_policies(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		size_t patterns, faults;
	} rows[] = {
		{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1", true, 1, 0},
		{"version: STSv1\r\nmode: testing \r\nmx:  *.a.example\t\r\nmax_age: 31557600\r\n\r\n", true, 1, 0},
		{"max_age:5\nmx:a.example\nmode:none\nversion:STSv1\n", true, 1, 0},
		{"version: STSv1\nmode: none\nmax_age: 5\n", true, 0, 0},
		{"version: STSv1\nmode: enforce\nmax_age: 5\n", false, 0, 0},
		{"version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 5\n", false, 1, 0},
		{"version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 5\n", false, 1, 1},
		{"version : STSv1\nmode: enforce\nmx: a.example\nmax_age: 5\n", false, 1, 1},
		{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -5\n", false, 1, 1},
		{"version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 12345678901\n", false, 1, 1},
		{"version: STSv1\nmode: enforce\nmx: *.\nmx: **.a.example\nmx: a.*.example\nmx: example\nmx: ::1\nmax_age: 5\n", false,
		 0, 5},
		{"", false, 0, 0},
		{"\n\n\n", false, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct dc_mta_sts_policy *policy = dc_mta_sts_policy_parse(arena, dc_slice_of(rows[i].text));

		if (!policy->problem != rows[i].valid || policy->pattern_count != rows[i].patterns || policy->fault_count != rows[i].faults)
			fail_msg("%s: %s, %zu patterns, %zu faults", rows[i].text, policy->problem ? policy->problem : "valid",
				 policy->pattern_count, policy->fault_count);
	}
}

static void test_sts_first_of_a_key_counts(void **state)
{
	const struct dc_mta_sts_policy *policy = dc_mta_sts_policy_parse(
		arena, DC_S("version: STSv1\nmode: testing\nmode: enforce\nmax_age: 7\nmax_age: 9\nmx: a.example\n"));

	assert_null(policy->problem);
	assert_int_equal(policy->mode, DC_MTA_STS_MODE_TESTING);
	assert_int_equal(policy->max_age_s, 7);
	assert_int_equal(policy->fault_count, 2);
}

static void test_sts_patterns(void **state)
{
	static const struct {
		const char *pattern, *host;
		bool covers;
	} rows[] = {
		{"mx.example.com", "mx.example.com", true},  {"mx.example.com", "a.mx.example.com", false},
		{"*.example.com", "mx.example.com", true},   {"*.example.com", "example.com", false},
		{"*.example.com", "a.mx.example.com", false}, {"*.example.com", "mx.notexample.com", false},
		{"*.example.com", "mxexample.com", false},   {"*.com", "example.com", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(dc_mta_sts_covers(dc_slice_of(rows[i].pattern), dc_slice_of(rows[i].host)), rows[i].covers);
}

static const struct dc_mta_sts_facts *sts;

static void build_sts(struct dc_asker *asker, void *data)
{
	sts = dc_mta_sts_build(asker, DC_S("d.example"), 1000);
}

/* A domain without a record costs one question; no domain name, however odd, leads to a fetch of another host. */
static void test_sts_cost(void **state)
{
	world_run(&world, arena, evidence, 10, build_sts, NULL);
	assert_int_equal(sts->state, DC_MTA_STS_NONE);
	assert_int_equal(sts->present, DC_TRI_NO);
	assert_int_equal(world.asked, 1);
	assert_false(sts->wanted);
}

static void test_sts_failure_is_not_missing(void **state)
{
	world_fail(&world, "_mta-sts.d.example", 0, DC_OUTCOME_SERVFAIL);
	world_run(&world, arena, evidence, 10, build_sts, NULL);
	assert_int_equal(sts->state, DC_MTA_STS_UNKNOWN);
	assert_int_equal(sts->present, DC_TRI_UNKNOWN);
	assert_int_equal(sts->served, DC_MTA_STS_SERVED_UNKNOWN);
}

/* ---- TLS-RPT ---- */

static void test_tls_rpt(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		size_t uris, bad;
	} rows[] = {
		{"v=TLSRPTv1; rua=mailto:a@example.com", true, 1, 0},
		{"v=TLSRPTv1;rua=mailto:a@example.com , https://r.example.com/v1;", true, 2, 0},
		{"v=TLSRPTv1; rua=mailto:a@example.com,ftp://x.example/", true, 2, 1},
		{"v=TLSRPTv1; rua=ftp://x.example/", false, 1, 1},
		{"v=TLSRPTv1; rua=mailto:", false, 1, 1},
		{"v=TLSRPTv1; rua=", false, 1, 1},
		{"v=TLSRPTv1; RUA=mailto:a@example.com", false, 0, 0},
		{"v=TLSRPTv1;", false, 0, 0},
		{"v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com", false, 1, 0},
		{"v=TLSRPTv1; rua=mailto:a@example.com; future=yes", true, 1, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dc_txt txt = {.text = dc_slice_of(rows[i].text)};
		struct dc_tls_rpt_record record = dc_tls_rpt_parse(arena, &txt);
		size_t bad = 0;

		for (size_t j = 0; j < record.uri_count; j++)
			bad += record.uris[j].problem != NULL;
		if (!record.problem != rows[i].valid || record.uri_count != rows[i].uris || bad != rows[i].bad)
			fail_msg("%s: %s", rows[i].text, record.problem ? record.problem : "valid");
	}
	assert_true(dc_tls_rpt_is_near(DC_S("v=TLSRPTv1 rua=mailto:a@example.com")));
	assert_true(dc_tls_rpt_is_near(DC_S("\"v=TLSRPTv1; rua=mailto:a@example.com\"")));
	assert_false(dc_tls_rpt_is_near(DC_S("v=STSv1; id=1")));
}

/* ---- CAA ---- */

static void caa(const char *name, unsigned flags, const char *tag, const char *value)
{
	uint8_t rdata[300];
	size_t length = strlen(tag), len = strlen(value);

	rdata[0] = (uint8_t)flags;
	rdata[1] = (uint8_t)length;
	memcpy(rdata + 2, tag, length);
	memcpy(rdata + 2 + length, value, len);
	world_add(&world, name, DC_TYPE_CAA, DC_OUTCOME_ANSWER, rdata, 2 + length + len);
}

static const struct dc_caa_facts *found;

static void build_caa(struct dc_asker *asker, void *data)
{
	found = dc_caa_build(asker, DC_S("a.b.d.example"), *(const size_t *)data);
}

static void climb(size_t last)
{
	world_run(&world, arena, evidence, 10, build_caa, &last);
}

static void test_caa_climbs(void **state)
{
	caa("d.example", 0, "issue", "ca.example");
	caa("example", 0, "issue", ";");
	climb(1);
	assert_int_equal(found->present, DC_TRI_YES);
	assert_true(is(found->location, "d.example"));
	assert_int_equal(world.asked, 3);
	assert_int_equal(dc_caa_allows(found, DC_CAA_ISSUE, DC_S("ca.example")), DC_TRI_YES);
	assert_int_equal(dc_caa_allows(found, DC_CAA_ISSUE, DC_S("other.example")), DC_TRI_NO);
	assert_int_equal(dc_caa_allows(found, DC_CAA_ISSUEVMC, DC_S("other.example")), DC_TRI_YES);
}

static void test_caa_stops_at_last(void **state)
{
	caa("example", 0, "issue", ";");
	climb(2);
	assert_int_equal(found->present, DC_TRI_NO);
}

static void test_caa_failure_is_not_missing(void **state)
{
	caa("d.example", 0, "issue", ";");
	world_fail(&world, "b.d.example", DC_TYPE_CAA, DC_OUTCOME_SERVFAIL);
	climb(1);
	assert_int_equal(found->present, DC_TRI_UNKNOWN);
	assert_non_null(found->failed);
	assert_int_equal(dc_caa_allows(found, DC_CAA_ISSUE, DC_S("ca.example")), DC_TRI_UNKNOWN);
}

static void test_caa_values(void **state)
{
	static const struct {
		const char *value, *issuer;
		bool valid;
	} rows[] = {
		{"ca.example", "ca.example", true},   {" CA.Example ; a=b; c-d=e ", "ca.example", true}, {";", "", true},
		{"", "", true},                       {"  ;  a = b  ", "", true},       {"ca.example;", "ca.example", true},
		{"ca.example; a", "", false},         {"ca.example; a=b c", "", false}, {"-ca.example", "", false},
		{"https://ca.example", "", false},    {"me@ca.example", "", false},     {"ca.example.", "", false},
		{"%%%%%", "", false},                 {"ca.example; ;a=b", "", false},  {"ca.example; -a=b", "", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scene_clear();
		caa("a.b.d.example", 0, "IssueMail", rows[i].value);
		climb(1);
		assert_int_equal(found->count, 1);
		assert_int_equal(found->properties[0].tag, DC_CAA_ISSUEMAIL);
		if (!found->properties[0].problem != rows[i].valid || !is(found->properties[0].issuer, rows[i].issuer))
			fail_msg("%s", rows[i].value);
	}
}

static void test_caa_octets(void **state)
{
	static const uint8_t no_tag[] = {0, 0, 'x'}, too_long[] = {0, 9, 'a'}, one[] = {0};

	world_add(&world, "a.b.d.example", DC_TYPE_CAA, DC_OUTCOME_ANSWER, no_tag, sizeof(no_tag));
	world_add(&world, "a.b.d.example", DC_TYPE_CAA, DC_OUTCOME_ANSWER, too_long, sizeof(too_long));
	world_add(&world, "a.b.d.example", DC_TYPE_CAA, DC_OUTCOME_ANSWER, one, sizeof(one));
	caa("a.b.d.example", 128, "is-sue", "x");
	climb(1);
	assert_true(found->malformed);
	assert_int_equal(found->present, DC_TRI_YES);
	assert_int_equal(found->count, 0);
}

/* ---- BIMI ---- */

static const struct dc_bimi_facts *bimi;

static void build_bimi(struct dc_asker *asker, void *data)
{
	bimi = dc_bimi_build(asker, DC_S("a.d.example"), DC_S("d.example"));
}

static void test_bimi_organizational_domain(void **state)
{
	world_txt(&world, "default._bimi.d.example", "v=BIMI1; l=https://w.d.example/l.svg");
	world_run(&world, arena, evidence, 10, build_bimi, NULL);
	assert_int_equal(bimi->state, DC_BIMI_VALID);
	assert_true(is(bimi->location, "d.example"));
}

static void test_bimi_own_refusal_counts(void **state)
{
	world_txt(&world, "default._bimi.d.example", "v=BIMI1; l=https://w.d.example/l.svg");
	world_txt(&world, "default._bimi.a.d.example", "v=BIMI1; l=; a=;");
	world_run(&world, arena, evidence, 10, build_bimi, NULL);
	assert_int_equal(bimi->state, DC_BIMI_DECLINED);
	assert_true(is(bimi->location, "a.d.example"));
}

static unsigned faults_of(const char *text)
{
	return dc_bimi_svg_read(arena, dc_slice_of(text)).faults;
}

#define SVG(attributes, inside) \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.2\" baseProfile=\"tiny-ps\" viewBox=\"0 0 9 9\" " attributes ">" \
	"<title>t</title>" inside "</svg>"

static void test_svg(void **state)
{
	assert_int_equal(faults_of(SVG("", "")), 0);
	assert_int_equal(faults_of(SVG("", "<use href=\"#a\"/><path fill=\"url(#b)\"/>")), 0);
	assert_int_equal(faults_of(SVG("", "<metadata><x xmlns=\"u\" href=\"http://u/\" onload=\"x\"/></metadata>")), 0);
	assert_int_equal(faults_of(SVG("y=\"0\"", "")), DC_BIMI_SVG_POSITION);
	assert_int_equal(faults_of(SVG("onload=\"x\"", "")), DC_BIMI_SVG_SCRIPT);
	assert_int_equal(faults_of(SVG("", "<handler/>")), DC_BIMI_SVG_SCRIPT);
	assert_int_equal(faults_of(SVG("", "<set/>")), DC_BIMI_SVG_ANIMATION);
	assert_int_equal(faults_of(SVG("", "<use href=\"x#a\"/>")), DC_BIMI_SVG_REFERENCE);
	assert_int_equal(faults_of(SVG("", "<path style=\"fill:url('http://x/')\"/>")), DC_BIMI_SVG_REFERENCE);
	assert_int_equal(faults_of(SVG("", "<image/>")), DC_BIMI_SVG_IMAGE);
	assert_int_equal(faults_of(SVG("", "<style/>")), DC_BIMI_SVG_ELEMENT);
	assert_int_equal(faults_of(SVG("", "<x:y xmlns:x=\"u\"/>")), DC_BIMI_SVG_ELEMENT);
	assert_int_equal(faults_of(SVG("", "&unknown;")), DC_BIMI_SVG_XML);
	assert_int_equal(faults_of("<svg/>"), DC_BIMI_SVG_ROOT | DC_BIMI_SVG_VERSION | DC_BIMI_SVG_PROFILE | DC_BIMI_SVG_VIEWBOX |
						      DC_BIMI_SVG_TITLE);
	assert_int_equal(faults_of(""), DC_BIMI_SVG_XML);
	assert_int_equal(faults_of("<!DOCTYPE a [<!ENTITY a SYSTEM \"/etc/passwd\">]><a>&a;</a>"), DC_BIMI_SVG_DOCTYPE);
}

static void test_svg_bomb(void **state)
{
	static char deep[200000];
	struct dc_slice packed = DC_S("\x1f\x8b\x08\0\0\0\0\0\0\x03nonsense"), out;
	size_t len = 0;

	while (len + 3 < sizeof(deep))
		len += (size_t)snprintf(deep + len, sizeof(deep) - len, "<a>");
	assert_int_equal(dc_bimi_svg_read(arena, (struct dc_slice){deep, len}).faults, DC_BIMI_SVG_XML);
	assert_false(dc_bimi_gunzip(arena, packed, &out));
	assert_int_equal(dc_bimi_svg_read(arena, packed).faults, DC_BIMI_SVG_XML);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(test_sts_records), IN_SCENE(test_sts_policies), IN_SCENE(test_sts_first_of_a_key_counts),
		IN_SCENE(test_sts_patterns), IN_SCENE(test_sts_cost), IN_SCENE(test_sts_failure_is_not_missing),
		IN_SCENE(test_tls_rpt), IN_SCENE(test_caa_climbs), IN_SCENE(test_caa_stops_at_last),
		IN_SCENE(test_caa_failure_is_not_missing), IN_SCENE(test_caa_values), IN_SCENE(test_caa_octets),
		IN_SCENE(test_bimi_organizational_domain), IN_SCENE(test_bimi_own_refusal_counts),
		IN_SCENE(test_svg), IN_SCENE(test_svg_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
