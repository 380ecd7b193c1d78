/* What everybody else gets: an address that no term of the tree names. */
#include "../support/scene.h"
#include "spf/spf.h"

static const struct dc_spf_facts *facts;

static void build(struct dc_asker *asker, void *data)
{
	facts = dc_spf_build(asker, DC_S("example.com"));
}

/* What is around the record: includes of every kind, a host with both addresses, one with none, one that is not told. */
static void furnish(void)
{
	static const char *const records[][2] = {
		{"plus.example", "v=spf1 +all"},	  {"minus.example", "v=spf1 ip4:198.51.100.1 -all"},
		{"tilde.example", "v=spf1 ~all"},	  {"none.example", "hello"},
		{"neutral.example", "v=spf1 a:h.example"}, {"over.example", "v=spf1 redirect=plus.example"},
		{"halves.example", "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"}, {"two.example", "v=spf1 -all"},
		{"two.example", "v=spf1 ~all"},		  {"loop.example", "v=spf1 include:loop.example +all"},
		{"bad.example", "v=spf1 +all foo"},	  {"tail.example", "v=spf1 ~include:plus.example -all"},
		{"five.example", "v=spf1 a:h.example a:h.example a:h.example a:h.example a:h.example -all"},
	};

	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		world_txt(&world, records[i][0], records[i][1]);
	world_ip(&world, "h.example", "192.0.2.1");
	world_ip(&world, "h.example", "2001:db8::1");
	world_ip(&world, "four.example", "192.0.2.2");
	world_host(&world, "mx.example", DC_TYPE_MX, 10, "h.example");
	world_fail(&world, "lost.example", DC_TYPE_TXT, DC_OUTCOME_SERVFAIL);
	world_fail(&world, "lost.example", DC_TYPE_A, DC_OUTCOME_TIMEOUT);
	world_fail(&world, "lost.example", DC_TYPE_AAAA, DC_OUTCOME_TIMEOUT);
}

#define OPEN DC_SPF_OPEN
static const struct {
	const char *record;
	enum dc_spf_code four, six;
	bool sender;
	const char *term; /* of the domain's own record, for IPv4; NULL: none decides */
} rows[] = {
	{"v=spf1 -all", DC_SPF_FAIL, DC_SPF_FAIL, false, "-all"},
	{"v=spf1 ip4:192.0.2.0/24", DC_SPF_NEUTRAL, DC_SPF_NEUTRAL, false, NULL},
	{"v=spf1 include:plus.example -all", DC_SPF_PASS, DC_SPF_PASS, false, "include:plus.example"},
	{"v=spf1 ~include:plus.example -all", DC_SPF_SOFTFAIL, DC_SPF_SOFTFAIL, false, "~include:plus.example"},
	{"v=spf1 ?include:plus.example -all", DC_SPF_NEUTRAL, DC_SPF_NEUTRAL, false, "?include:plus.example"},
	{"v=spf1 -include:over.example +all", DC_SPF_FAIL, DC_SPF_FAIL, false, "-include:over.example"},
	{"v=spf1 -include:minus.example ~include:tilde.example include:neutral.example include:tail.example ~all", DC_SPF_SOFTFAIL,
	 DC_SPF_SOFTFAIL, false, "~all"},
	{"v=spf1 redirect=tilde.example", DC_SPF_SOFTFAIL, DC_SPF_SOFTFAIL, false, "~all"},
	{"v=spf1 redirect=neutral.example", DC_SPF_NEUTRAL, DC_SPF_NEUTRAL, false, NULL},
	{"v=spf1 redirect=none.example", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "redirect=none.example"},
	{"v=spf1 include:none.example +all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "include:none.example"},
	{"v=spf1 include:two.example -all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "include:two.example"},
	{"v=spf1 include:loop.example -all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "include:loop.example"},
	{"v=spf1 include:bad.example -all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "include:bad.example"},
	{"v=spf1 +all foo", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "foo"},
	{"v=spf1 include:plus.example include:none.example", DC_SPF_PASS, DC_SPF_PASS, false, "include:plus.example"},
	{"v=spf1 include:halves.example -all", DC_SPF_PASS, DC_SPF_FAIL, false, "include:halves.example"},
	{"v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 ~all", DC_SPF_PASS, DC_SPF_SOFTFAIL, false, NULL},
	{"v=spf1 -ip4:0.0.0.0/0 ip6:::/0 ~all", DC_SPF_FAIL, DC_SPF_PASS, false, "-ip4:0.0.0.0/0"},
	{"v=spf1 a:four.example/0//0 -all", DC_SPF_PASS, DC_SPF_FAIL, false, "a:four.example/0//0"},
	{"v=spf1 mx:mx.example//0 -all", DC_SPF_FAIL, DC_SPF_PASS, false, "-all"},
	{"v=spf1 exists:four.example -all", DC_SPF_PASS, DC_SPF_PASS, false, "exists:four.example"},
	{"v=spf1 exists:none.example -all", DC_SPF_FAIL, DC_SPF_FAIL, false, "-all"},
	{"v=spf1 exists:%{i}.example ptr ~all", DC_SPF_SOFTFAIL, DC_SPF_SOFTFAIL, true, "~all"},
	{"v=spf1 exists:%{i}.a.example exists:%{i}.b.example exists:%{i}.c.example -all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, true,
	 "exists:%{i}.c.example"},
	{"v=spf1 include:%{i}.example -all", OPEN, OPEN, true, "include:%{i}.example"},
	{"v=spf1 redirect=%{l}.example", OPEN, OPEN, true, "redirect=%{l}.example"},
	{"v=spf1 a:g1.example a:g2.example a:g3.example -all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "a:g3.example"},
	{"v=spf1 a:g1.example a:g2.example a:four.example -all", DC_SPF_FAIL, DC_SPF_PERMERROR, false, "-all"},
	{"v=spf1 include:five.example include:five.example -all", DC_SPF_PERMERROR, DC_SPF_PERMERROR, false, "include:five.example"},
	{"v=spf1 include:plus.example include:five.example include:five.example", DC_SPF_PASS, DC_SPF_PASS, false,
	 "include:plus.example"},
	{"v=spf1 include:lost.example -all", OPEN, OPEN, false, "include:lost.example"},
	{"v=spf1 exists:lost.example -all", OPEN, OPEN, false, "exists:lost.example"},
	{"v=spf1 a:lost.example -all", DC_SPF_FAIL, DC_SPF_FAIL, false, "-all"},
	{"v=spf1 a:lost.example/0 -all", OPEN, DC_SPF_FAIL, false, "a:lost.example/0"},
	{"v=spf1 a:lost.example a:g1.example a:g2.example -all", OPEN, OPEN, false, "-all"},
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct dc_spf_use *own;
		struct dc_slice term = {0};

		scene_clear();
		furnish();
		world_txt(&world, "example.com", rows[i].record);
		world_run(&world, arena, evidence, 40, build, NULL);
		own = facts->others4.by ? dc_spf_use_own(facts->others4.by) : NULL;
		if (own)
			term = own->term->text;
		if (facts->others4.code != rows[i].four || facts->others6.code != rows[i].six ||
		    facts->others4.sender != rows[i].sender || !dc_slice_eq(term, dc_slice_of(rows[i].term)))
			fail_msg("%s: %s %s %d \"%.*s\"", rows[i].record, dc_spf_code_name(facts->others4.code),
				 dc_spf_code_name(facts->others6.code), facts->others4.sender, DC_FMT(term));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {IN_SCENE(test_rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
