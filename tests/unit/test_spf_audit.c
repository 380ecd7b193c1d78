/* The audit without a sender: what a tree costs, what is broken in it, whom it authorises. */
#include "../support/scene.h"
#include "spf/spf.h"

static const struct dc_spf_facts *facts;

static void build(struct dc_asker *asker, void *data)
{
	facts = dc_spf_build(asker, DC_S("example.com"));
}

static void audit(void)
{
	world_run(&world, arena, evidence, 40, build, NULL);
}

static void audit_of(const char *record)
{
	world_txt(&world, "example.com", record);
	audit();
}

static const struct dc_spf_use *use(size_t i)
{
	assert_true(i < facts->root->use_count);
	return &facts->root->uses[i];
}

#define assert_slice(slice, literal) do { \
	if (!dc_slice_eq((slice), DC_S(literal))) fail_msg("\"%.*s\" is not \"%s\"", DC_FMT(slice), literal); } while (0)

static void test_no_all(void **state)
{
	audit_of("v=spf1 ip4:192.0.2.1");
	assert_int_equal(facts->class, DC_SPF_CLASS_VALID);
	assert_int_equal(facts->all, 0);
	assert_int_equal(facts->pass4.addresses.low, 1);
	assert_true(facts->pass_exact);
}

static void test_halves_are_everything(void **state)
{
	audit_of("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 ip6:::/0 -all");
	assert_int_equal(facts->pass4.count, 1);
	assert_true(dc_spf_count_reaches(facts->pass4.addresses, 32));
	assert_true(facts->pass6.addresses.whole);
	assert_true(use(2)->adds6.whole);
}

static void test_prefix_lengths(void **state)
{
	world_ip(&world, "example.com", "192.0.2.77");
	world_ip(&world, "example.com", "2001:db8::1");
	audit_of("v=spf1 a/24//64 -all");
	assert_int_equal(facts->lookups, 1);
	assert_int_equal(facts->voids4, 0);
	assert_int_equal(facts->pass4.addresses.low, 256);
	assert_int_equal(facts->pass6.addresses.high, 1);
}

static void test_no_dedupe(void **state)
{
	world_txt(&world, "big.example", "v=spf1 a a:b.example a:c.example a:d.example -all");
	for (const char *const *n = (const char *const[]){"big.example", "b.example", "c.example", "d.example", NULL}; *n; n++)
		world_ip(&world, *n, "192.0.2.1");
	world_txt(&world, "i1.example", "v=spf1 include:big.example -all");
	world_txt(&world, "i2.example", "v=spf1 include:big.example -all");
	audit_of("v=spf1 include:i1.example include:i2.example -all");
	assert_int_equal(facts->lookups, 12);
	assert_int_equal(facts->class, DC_SPF_CLASS_PERMERROR);
	assert_non_null(facts->over);
	assert_slice(facts->over->term->text, "a:c.example");
	assert_int_equal(use(0)->lookups, 6);
	assert_int_equal(use(1)->lookups_before, 6);
}

static void test_eleven(void **state)
{
	char record[400] = "v=spf1";
	for (int i = 0; i < 11; i++) {
		char name[32];
		snprintf(name, sizeof name, "h%d.example", i);
		world_ip(&world, name, "192.0.2.1");
		strcat(record, " a:");
		strcat(record, name);
	}
	strcat(record, " -all");
	audit_of(record);
	assert_int_equal(facts->lookups, 11);
	assert_int_equal(facts->class, DC_SPF_CLASS_PERMERROR);
	assert_ptr_equal(facts->over, use(10));
	assert_int_equal(facts->voids4, 0);
	assert_int_equal(facts->voids6, 11);
	assert_int_equal(world.rounds, 2);
}

static void test_targets(void **state)
{
	world_txt(&world, "norecord.example", "hello");
	world_fail(&world, "broken.example", DC_TYPE_TXT, DC_OUTCOME_SERVFAIL);
	world_txt(&world, "two.example", "v=spf1 -all");
	world_txt(&world, "two.example", "v=spf1 ~all");
	world_host(&world, "example", DC_TYPE_NS, 0, "ns.example");
	audit_of("v=spf1 include:norecord.example include:a.b.gone.example include:broken.example include:two.example "
		 "include:%{i}.example include:example.com -all");
	assert_int_equal(facts->lookups, 6);
	assert_int_equal(use(0)->child->state, DC_SPF_STATE_NO_RECORD);
	assert_int_equal(use(1)->child->state, DC_SPF_STATE_NXDOMAIN);
	assert_slice(use(1)->child->unregistered, "gone.example");
	assert_true(use(1)->child->unregistered_known);
	assert_int_equal(use(2)->child->state, DC_SPF_STATE_UNANSWERED);
	assert_int_equal(use(3)->child->state, DC_SPF_STATE_MULTIPLE);
	assert_int_equal(use(4)->child->state, DC_SPF_STATE_SENDER);
	assert_int_equal(use(5)->child->state, DC_SPF_STATE_LOOP);
	assert_true(facts->has_macros && facts->unanswered && !facts->pass_exact);
	assert_int_equal(facts->class, DC_SPF_CLASS_PERMERROR);
	assert_int_equal(facts->voids4, 0);
}

static void test_unanswered(void **state)
{
	world_fail(&world, "broken.example", DC_TYPE_TXT, DC_OUTCOME_TIMEOUT);
	audit_of("v=spf1 include:broken.example -all");
	assert_int_equal(facts->class, DC_SPF_CLASS_TEMPERROR);
	assert_false(facts->pass_exact);
}

static void test_root_unanswered(void **state)
{
	world_fail(&world, "example.com", DC_TYPE_TXT, DC_OUTCOME_SERVFAIL);
	audit();
	assert_int_equal(facts->class, DC_SPF_CLASS_TEMPERROR);
}

static void test_all_beats_redirect(void **state)
{
	world_txt(&world, "plusall.example", "v=spf1 +all");
	audit_of("v=spf1 redirect=plusall.example -all");
	assert_int_equal(facts->all, '-');
	assert_int_equal(facts->lookups, 0);
	assert_true(use(0)->dead);
	assert_int_equal(facts->pass4.count, 0);
	assert_int_equal(facts->node_count, 1);
}

static void test_redirect(void **state)
{
	world_txt(&world, "r.example", "v=spf1 ip4:192.0.2.0/25 ~all");
	audit_of("v=spf1 redirect=r.example ip4:192.0.2.0/24");
	assert_int_equal(facts->all, '~');
	assert_int_equal(facts->lookups, 1);
	assert_int_equal(facts->pass4.addresses.low, 256);
	assert_int_equal(use(0)->adds4.low, 0);
}

static void test_case_folded(void **state)
{
	audit_of("V=SPF1 IP4:192.0.2.1 -ALL");
	assert_int_equal(facts->class, DC_SPF_CLASS_VALID);
	assert_int_equal(facts->all, '-');
}

static void test_reporting_modifiers(void **state)
{
	audit_of("v=spf1 ip4:192.0.2.1 moo=cow:x ra=postmaster rp=100 rr=all -all");
	assert_int_equal(facts->class, DC_SPF_CLASS_VALID);
	assert_int_equal(facts->root->record->fault_count, 1); /* moo */
	assert_int_equal(facts->root->record->faults[0].kind, DC_SPF_FAULT_UNKNOWN_MODIFIER);
}

static void test_dead_terms(void **state)
{
	audit_of("v=spf1 ?all ip4:192.0.2.1 include:i1.example -all");
	assert_int_equal(facts->all, '?');
	assert_int_equal(facts->lookups, 0);
	assert_true(use(1)->dead && use(2)->dead && use(3)->dead && !use(0)->dead);
}

static void test_ptr_asks_nothing(void **state)
{
	audit_of("v=spf1 ptr:dom.example -all");
	assert_int_equal(facts->lookups, 1);
	assert_int_equal(facts->voids4, 0);
	assert_int_equal(facts->voids_sender, 1);
	assert_false(facts->pass_exact);
}

static void test_voids(void **state)
{
	world_txt(&world, "gone.example", "unrelated");
	world_host(&world, "mx.example", DC_TYPE_MX, 10, "nowhere.example");
	audit_of("v=spf1 a:gone.example mx:gone.example exists:gone.example mx:mx.example exists:%{i}.example -all");
	assert_int_equal(facts->voids4, 3); /* hosts of an mx do not count */
	assert_int_equal(facts->voids6, 3);
	assert_int_equal(facts->class, DC_SPF_CLASS_PERMERROR);
}

static void test_macros_without_sender(void **state)
{
	world_txt(&world, "_spf.example.com", "v=spf1 ip4:192.0.2.9 -all");
	audit_of("v=spf1 include:_spf.%{d} -all");
	assert_int_equal(facts->pass4.addresses.low, 1);
	assert_true(facts->pass_exact);
	assert_false(facts->has_macros);
}

static void test_subtraction(void **state)
{
	world_txt(&world, "i.example", "v=spf1 -ip4:192.0.2.128/25 ip4:192.0.2.0/24 -all");
	audit_of("v=spf1 -ip4:192.0.2.1 include:i.example ip4:192.0.2.0/28 -all");
	assert_int_equal(facts->pass4.addresses.low, 127);
	assert_int_equal(use(1)->adds4.low, 127);
	assert_int_equal(use(2)->adds4.low, 0);
	assert_true(use(2)->covered);
}

static void test_covers(void **state)
{
	struct dc_prefix prefix;
	const struct dc_spf_use *via;
	world_txt(&world, "i.example", "v=spf1 ip4:192.0.2.0/25 -all");
	audit_of("v=spf1 ip4:198.51.100.7 include:i.example -all");
	assert_true(dc_prefix_parse(DC_S("192.0.2.0/24"), &prefix));
	assert_int_equal(dc_spf_covers(facts, prefix, &via), DC_SPF_PARTLY);
	assert_slice(via->term->text, "include:i.example");
	assert_true(dc_prefix_parse(DC_S("198.51.100.7"), &prefix));
	assert_int_equal(dc_spf_covers(facts, prefix, &via), DC_SPF_INSIDE);
	assert_true(dc_prefix_parse(DC_S("203.0.113.0/24"), &prefix));
	assert_int_equal(dc_spf_covers(facts, prefix, &via), DC_SPF_OUTSIDE);
	assert_null(via);
}

/* Nine includes a level, endless levels: bounded. */
static void test_bomb(void **state)
{
	char record[512];
	for (int level = 0; level < 8; level++) {
		char name[32];
		strcpy(record, "v=spf1");
		for (int i = 0; i < 9; i++)
			snprintf(record + strlen(record), sizeof record - strlen(record), " include:l%d.example", level + 1);
		strcat(record, " -all");
		snprintf(name, sizeof name, "l%d.example", level);
		world_txt(&world, name, record);
	}
	audit_of("v=spf1 include:l0.example -all");
	assert_true(facts->cut);
	assert_true(facts->lookups > 200 && facts->lookups < 3000);
	assert_true(world.asked < 700);
}

static void test_texts(void **state)
{
	world_txt(&world, "example.com", "spf2.0/pra -all");
	world_txt(&world, "example.com", "v=spf10 include:a.example -all");
	audit_of("v=spf1 -all");
	assert_int_equal(facts->record_count, 1);
	assert_int_equal(facts->sender_id_count, 1);
	assert_int_equal(facts->lookalike_count, 1);
	assert_slice(facts->lookalikes[0].suggestion, "v=spf1 include:a.example -all");
	assert_int_equal(facts->txt_count, 3);
	assert_int_equal(facts->text_octets, 11 + 15 + 30 + 11);
}

static void test_count_text(void **state)
{
	char text[DC_SPF_COUNT_TEXT_MAX];
	assert_slice(dc_spf_count_text((struct dc_spf_count){.whole = true}, text), "340282366920938463463374607431768211456");
	assert_slice(dc_spf_count_text((struct dc_spf_count){0}, text), "0");
	assert_slice(dc_spf_count_text((struct dc_spf_count){.high = 1}, text), "18446744073709551616");
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(test_no_all), IN_SCENE(test_halves_are_everything), IN_SCENE(test_prefix_lengths),
		IN_SCENE(test_no_dedupe), IN_SCENE(test_eleven), IN_SCENE(test_targets), IN_SCENE(test_unanswered),
		IN_SCENE(test_root_unanswered), IN_SCENE(test_all_beats_redirect), IN_SCENE(test_redirect),
		IN_SCENE(test_case_folded), IN_SCENE(test_reporting_modifiers), IN_SCENE(test_dead_terms),
		IN_SCENE(test_ptr_asks_nothing), IN_SCENE(test_voids), IN_SCENE(test_macros_without_sender),
		IN_SCENE(test_subtraction), IN_SCENE(test_covers), IN_SCENE(test_bomb), IN_SCENE(test_texts),
		IN_SCENE(test_count_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
