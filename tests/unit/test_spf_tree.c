/* The drawn tree, flattening, and macros. */
#include "../support/scene.h"
#include "spf/macro.h"
#include "spf/spf.h"

static const struct dc_spf_facts *facts;
static struct dc_spf_result result;
static struct dc_spf_query query;

static int setup(void **state)
{
	query = (struct dc_spf_query){.ip = {4, {192, 0, 2, 3}}, .helo = DC_S("mail.example.com"), .local = DC_S("strong-bad"),
				      .domain = DC_S("email.example.com"), .now_s = 1234567890};
	return scene_open(state);
}

static void build(struct dc_asker *asker, void *data)
{
	facts = dc_spf_build(asker, DC_S("example.com"));
}

static void evaluate(struct dc_asker *asker, void *data)
{
	dc_spf_check_host(asker, &query, &result);
}

/* The drawing as text: branch, term, lookups, mark. */
static void assert_drawing(bool utf8, bool every, const char *wanted)
{
	struct dc_spf_drawing drawing = dc_spf_tree_draw(arena, facts, utf8, every);
	struct dc_slice got = {NULL, 0};
	for (size_t i = 0; i < drawing.count; i++) {
		const struct dc_spf_row *row = &drawing.rows[i];
		got = dc_arena_printf(arena, "%.*s%.*s%.*s %u %s\n", DC_FMT(got), DC_FMT(row->branch), DC_FMT(row->text),
				      (unsigned)row->lookups, dc_spf_mark_name(row->mark));
	}
	if (!dc_slice_eq(got, dc_slice_of(wanted)))
		fail_msg("drawn:\n%.*s", DC_FMT(got));
}

static void test_draw(void **state)
{
	world_txt(&world, "example.com", "v=spf1 redirect=gone.example ip4:192.0.2.1 a include:i.example exists:%{i}.e.example");
	world_txt(&world, "i.example", "v=spf1 mx:m.example ip4:192.0.2.2 ~all ptr");
	world_host(&world, "m.example", DC_TYPE_MX, 1, "h.example");
	world_ip(&world, "h.example", "192.0.2.3");
	world_run(&world, arena, evidence, 20, build, NULL);
	assert_drawing(true, false,
		       "example.com 5 plain\n"
		       "├─ a 1 void\n"
		       "├─ include:i.example 2 plain\n"
		       "│  ├─ mx:m.example 1 plain\n"
		       "│  └─ ptr 0 dead\n"
		       "├─ exists:%{i}.e.example 1 depends-on-sender\n"
		       "└─ redirect=gone.example 1 error\n");
	assert_drawing(false, true,
		       "example.com 5 plain\n"
		       "|- ip4:192.0.2.1 0 plain\n"
		       "|- a 1 void\n"
		       "|- include:i.example 2 plain\n"
		       "|  |- mx:m.example 1 plain\n"
		       "|  |- ip4:192.0.2.2 0 plain\n"
		       "|  |- ~all 0 plain\n"
		       "|  `- ptr 0 dead\n"
		       "|- exists:%{i}.e.example 1 depends-on-sender\n"
		       "`- redirect=gone.example 1 error\n");
}

static void test_draw_over(void **state)
{
	char record[512] = "v=spf1";
	for (int i = 0; i < 12; i++) {
		char name[32];
		snprintf(name, sizeof name, "h%d.example", i);
		world_ip(&world, name, "192.0.2.9");
		world_ip(&world, name, "2001:db8::9");
		snprintf(record + strlen(record), sizeof record - strlen(record), " a:%s", name);
	}
	world_txt(&world, "example.com", strcat(record, " -all"));
	world_run(&world, arena, evidence, 20, build, NULL);
	struct dc_spf_drawing drawing = dc_spf_tree_draw(arena, facts, true, false);
	assert_int_equal(drawing.count, 13);
	assert_int_equal(drawing.rows[10].mark, DC_SPF_MARK_PLAIN);
	assert_int_equal(drawing.rows[11].mark, DC_SPF_MARK_OVER);
	assert_true(dc_slice_eq(drawing.rows[11].note, DC_S("the eleventh lookup: receivers stop here")));
	assert_int_equal(drawing.rows[12].mark, DC_SPF_MARK_OVER);
}

/* What was flattened must give the same addresses. */
static void assert_same_addresses(const struct dc_spf_flat *flat)
{
	struct dc_spf_count before4 = facts->pass4.addresses, before6 = facts->pass6.addresses;
	size_t ranges4 = facts->pass4.count, ranges6 = facts->pass6.count;
	struct world other;
	struct dc_arena *hold2 = dc_arena_new(16u << 20), *arena2 = dc_arena_new(64u << 20);
	struct dc_evidence *evidence2 = dc_evidence_new(hold2);
	world_init(&other);
	for (size_t i = 0; i < flat->count; i++) {
		char name[300];
		snprintf(name, sizeof name, "%.*s", DC_FMT(flat->records[i].name));
		assert_true(flat->records[i].name.len + flat->records[i].text.len <= 1200);
		for (size_t k = 0; k < flat->records[i].string_count; k++)
			assert_true(flat->records[i].strings[k].len <= 255);
		world_txt_strings(&other, name, DC_TYPE_TXT, flat->records[i].strings, flat->records[i].string_count);
	}
	world_run(&other, arena2, evidence2, 20, build, NULL);
	assert_int_equal(facts->class, DC_SPF_CLASS_VALID);
	assert_int_equal(facts->lookups, flat->lookups);
	assert_int_equal(facts->pass4.count, ranges4);
	assert_int_equal(facts->pass6.count, ranges6);
	assert_true(facts->pass4.addresses.low == before4.low && facts->pass6.addresses.low == before6.low &&
		    facts->pass6.addresses.high == before6.high);
	dc_evidence_clear(evidence2);
	dc_arena_free(arena2);
	dc_arena_free(hold2);
	world_free(&other);
}

static void test_flatten_small(void **state)
{
	world_txt(&world, "example.com", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2/31 a:h.example -ip4:10.0.0.0/9 ip4:10.0.0.0/8 ~all");
	world_ip(&world, "h.example", "192.0.2.0");
	world_run(&world, arena, evidence, 20, build, NULL);
	const struct dc_spf_flat *flat = dc_spf_flatten(arena, facts);
	assert_int_equal(flat->count, 1);
	assert_true(flat->complete);
	assert_int_equal(flat->watch_count, 1);
	assert_int_equal(flat->watch_ttl_s, 300);
	assert_true(dc_slice_eq(flat->records[0].text, DC_S("v=spf1 ip4:10.128.0.0/9 ip4:192.0.2.0/30 -ip4:10.0.0.0/9 ~all")));
	assert_same_addresses(flat);
}

static void test_flatten_large(void **state)
{
	static char record[16384] = "v=spf1";
	for (int i = 0; i < 500; i++)
		snprintf(record + strlen(record), sizeof record - strlen(record), " ip4:198.18.%d.%d", i / 100, i % 100 * 2);
	strcat(record, " ip6:2001:db8::/47 -all");
	world_txt(&world, "example.com", record);
	world_run(&world, arena, evidence, 20, build, NULL);
	const struct dc_spf_flat *flat = dc_spf_flatten(arena, facts);
	assert_true(flat->count > 5 && flat->complete);
	assert_same_addresses(flat);
}

static void test_flatten_keeps(void **state)
{
	world_txt(&world, "example.com", "v=spf1 exists:%{i}.e.example include:i.example include:gone.example -all");
	world_txt(&world, "i.example", "v=spf1 ip4:192.0.2.1 ptr -all");
	world_run(&world, arena, evidence, 20, build, NULL);
	const struct dc_spf_flat *flat = dc_spf_flatten(arena, facts);
	assert_false(flat->complete);
	assert_int_equal(flat->kept_count, 2);
	assert_int_equal(flat->failed_count, 1);
	assert_true(dc_slice_eq(flat->records[0].text, DC_S("v=spf1 ip4:192.0.2.1 exists:%{i}.e.example include:i.example -all")));
}

/* What the record behind a redirect says against addresses, or about the message, is not lost. */
static void test_flatten_redirect(void **state)
{
	world_txt(&world, "example.com", "v=spf1 ip4:192.0.2.5 redirect=r.example");
	world_txt(&world, "r.example", "v=spf1 ip4:192.0.2.1 -ip4:192.0.2.3 -a -mx/24 exists:%{i}.e.example include:i.example ~all");
	world_txt(&world, "i.example", "v=spf1 ip4:192.0.2.9 exists:%{i}.f.example -all");
	world_ip(&world, "r.example", "198.51.100.9");
	world_host(&world, "r.example", DC_TYPE_MX, 10, "h.example");
	world_ip(&world, "h.example", "203.0.113.1");
	world_run(&world, arena, evidence, 20, build, NULL);
	const struct dc_spf_flat *flat = dc_spf_flatten(arena, facts);
	assert_int_equal(flat->count, 1);
	assert_int_equal(flat->failed_count, 0);
	assert_true(dc_slice_eq(flat->records[0].text,
				DC_S("v=spf1 ip4:192.0.2.1 ip4:192.0.2.5 ip4:192.0.2.9 -ip4:192.0.2.3 -a:r.example -mx:r.example/24 "
				     "exists:%{i}.e.example exists:%{i}.f.example ~all")));
	assert_int_equal(flat->lookups, 4);
}

static void test_flatten_redirect_names_itself(void **state)
{
	world_txt(&world, "example.com", "v=spf1 redirect=r.example");
	world_txt(&world, "r.example", "v=spf1 exists:%{i}.%{d} ~all");
	world_run(&world, arena, evidence, 20, build, NULL);
	const struct dc_spf_flat *flat = dc_spf_flatten(arena, facts);
	assert_int_equal(flat->failed_count, 1);
	assert_false(flat->complete);
}

/* RFC 7208 section 7.4, and more. */
static void test_macros(void **state)
{
	static const struct {
		const char *text, *expanded;
		bool ipv6;
	} rows[] = {
		{"%{s}", "strong-bad@email.example.com", false},
		{"%{o}", "email.example.com", false},
		{"%{d}", "email.example.com", false},
		{"%{d4}", "email.example.com", false},
		{"%{d3}", "email.example.com", false},
		{"%{d2}", "example.com", false},
		{"%{d1}", "com", false},
		{"%{dr}", "com.example.email", false},
		{"%{d2r}", "example.email", false},
		{"%{l}", "strong-bad", false},
		{"%{l-}", "strong.bad", false},
		{"%{lr}", "strong-bad", false},
		{"%{lr-}", "bad.strong", false},
		{"%{l1r-}", "strong", false},
		{"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com", false},
		{"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com", false},
		{"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com", false},
		{"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net", false},
		{"%{ir}.%{v}._spf.%{d2}", "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com", true},
		{"%{S}", "strong-bad%40email.example.com", false},
		{"%%%_%-", "% %20", false},
		{"%{c} %{r} %{t} %{h}", "192.0.2.3 unknown 1234567890 mail.example.com", false},
		{"%{D9999999999999R.-}", "com.example.email", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_spf_values values = {.local = query.local, .sender_domain = query.domain, .domain = query.domain,
					       .helo = query.helo, .ip = query.ip, .now_s = query.now_s};
		struct dc_slice got;
		if (rows[i].ipv6)
			assert_true(dc_ip_parse(DC_S("2001:db8::cb01"), &values.ip));
		assert_true(dc_spf_macro_check(dc_slice_of(rows[i].text), true, NULL, NULL));
		assert_int_equal(dc_spf_macro_expand(arena, dc_slice_of(rows[i].text), &values, &got), DC_SPF_EXPANDED);
		if (!dc_slice_eq(got, dc_slice_of(rows[i].expanded)))
			fail_msg("%s: %.*s", rows[i].text, DC_FMT(got));
	}
}

static void check(const char *record)
{
	world_txt(&world, "email.example.com", record);
	world_run(&world, arena, evidence, 20, evaluate, NULL);
}

/* RFC 8616 section 4 */
static void test_non_ascii_local(void **state)
{
	query.local = DC_S("j\xc3\xb6rg");
	world_ip(&world, "x.example", "127.0.0.2");
	check("v=spf1 exists:%{l}.example -exists:%{s}.example exists:%{d1}.x.example include:%{i}.x.example -all");
	assert_int_equal(result.code, DC_SPF_PERMERROR); /* by the include, not by the local part */
	assert_int_equal(result.lookups, 4);
	assert_true(dc_slice_eq(result.mechanism, DC_S("include:%{i}.x.example")));
}

static void test_path(void **state)
{
	world_txt(&world, "r.example", "v=spf1 include:i.example -all");
	world_txt(&world, "i.example", "v=spf1 ip4:198.51.100.1 a:h.example ?all");
	world_ip(&world, "h.example", "192.0.2.3");
	check("v=spf1 redirect=r.example");
	assert_int_equal(result.code, DC_SPF_PASS);
	assert_int_equal(result.step_count, 3);
	assert_true(dc_slice_eq(result.mechanism, DC_S("include:i.example")));
	assert_int_equal(result.span.start, 7);
	assert_true(dc_slice_eq(result.steps[2].term->text, DC_S("a:h.example")));
	assert_true(dc_slice_eq(result.steps[2].domain, DC_S("i.example")));
}

/* Rounds are dependent round trips: TXT, then all targets at once, then what they lead to. */
static void test_rounds(void **state)
{
	world_txt(&world, "i.example", "v=spf1 include:j.example a:k.example -all");
	world_txt(&world, "j.example", "v=spf1 ip4:192.0.2.99 -all");
	world_host(&world, "email.example.com", DC_TYPE_MX, 1, "h.example");
	check("v=spf1 include:i.example a:l.example mx exists:%{i}.x.example redirect=z.example");
	assert_int_equal(world.rounds, 3);
	assert_int_equal(result.code, DC_SPF_PERMERROR); /* third void: k, l, exists */
	assert_int_equal(result.problem, DC_SPF_PROBLEM_VOIDS);
}

static void test_mapped_address(void **state)
{
	assert_true(dc_ip_parse(DC_S("::ffff:192.0.2.3"), &query.ip));
	check("v=spf1 ip4:192.0.2.3 -all");
	assert_int_equal(result.code, DC_SPF_PASS);
}

static void test_failures(void **state)
{
	world_fail(&world, "f.example", 0, DC_OUTCOME_TIMEOUT);
	check("v=spf1 ip4:198.51.100.1 a:f.example -all");
	assert_int_equal(result.code, DC_SPF_TEMPERROR);
	assert_int_equal(result.problem, DC_SPF_PROBLEM_UNANSWERED);
	assert_true(dc_slice_eq(result.problem_name, DC_S("f.example")));
	assert_non_null(result.answer);
}

/* Multiplying names: %{d} twice per level. */
static void test_name_bomb(void **state)
{
	static char record[8192] = "v=spf1 include:";
	for (int i = 0; i < 1000; i++)
		strcat(record, "%{d}.");
	strcat(record, "example -all");
	check(record);
	assert_int_equal(result.code, DC_SPF_PERMERROR);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, scene_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_draw), T(test_draw_over), T(test_flatten_small), T(test_flatten_large), T(test_flatten_keeps),
		T(test_flatten_redirect), T(test_flatten_redirect_names_itself),
		T(test_macros), T(test_non_ascii_local), T(test_path), T(test_rounds), T(test_mapped_address),
		T(test_failures), T(test_name_bomb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
