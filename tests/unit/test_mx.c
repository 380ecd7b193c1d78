/* MX facts: every class, every fault of a target, failures that must stay unknown, and how many rounds they take. */
#include "../support/scene.h"
#include "mx/mx.h"

static const struct dc_mx_facts *mx;

static void build(struct dc_asker *asker, void *data)
{
	mx = dc_mx_build(asker, DC_S("d.example"));
}

static void look(void)
{
	world_run(&world, arena, evidence, 10, build, NULL);
}

static void add_mx(unsigned preference, const char *host)
{
	world_host(&world, "d.example", DC_TYPE_MX, preference, host);
}

static void test_hosts(void **state)
{
	add_mx(20, "b.d.example");
	add_mx(10, "z.d.example");
	add_mx(10, "a.d.example");
	world_ip(&world, "a.d.example", "192.0.2.9");
	world_ip(&world, "a.d.example", "2001:db8::1");
	world_ip(&world, "a.d.example", "192.0.2.2");
	world_ip(&world, "z.d.example", "192.0.2.3");
	world_ip(&world, "b.d.example", "192.0.2.4");
	look();
	assert_int_equal(mx->class, DC_MX_HOSTS);
	assert_int_equal(mx->receives, DC_TRI_YES);
	assert_int_equal(mx->host_count, 3);
	assert_int_equal(mx->usable_count, 3);
	assert_true(is(mx->hosts[0].host, "a.d.example"));
	assert_true(is(mx->hosts[1].host, "z.d.example"));
	assert_true(is(mx->hosts[2].host, "b.d.example"));
	assert_int_equal(mx->hosts[0].ip_count, 3);
	assert_int_equal(mx->hosts[0].ips[0].octets[3], 2);
	assert_int_equal(mx->hosts[0].ips[2].family, 6);
	assert_int_equal(world.rounds, 2);
}

static void test_null(void **state)
{
	add_mx(0, "");
	look();
	assert_int_equal(mx->class, DC_MX_NULL);
	assert_int_equal(mx->receives, DC_TRI_NO);
	assert_false(mx->null_beside);
	assert_int_equal(world.rounds, 1);
}

static void test_null_with_others(void **state)
{
	add_mx(0, "");
	add_mx(10, "a.d.example");
	world_ip(&world, "a.d.example", "192.0.2.1");
	look();
	assert_int_equal(mx->class, DC_MX_HOSTS);
	assert_true(mx->null_beside);
	assert_int_equal(mx->receives, DC_TRI_YES);
}

static void test_null_with_preference(void **state)
{
	add_mx(10, "");
	look();
	assert_int_equal(mx->class, DC_MX_NULL);
	assert_true(mx->null_beside);
}

static void test_implicit(void **state)
{
	world_ip(&world, "d.example", "192.0.2.1");
	look();
	assert_int_equal(mx->class, DC_MX_IMPLICIT);
	assert_int_equal(mx->receives, DC_TRI_YES);
	assert_int_equal(mx->host_count, 1);
	assert_true(is(mx->hosts[0].host, "d.example"));
	assert_int_equal(world.rounds, 1);
}

static void test_nothing(void **state)
{
	world_txt(&world, "d.example", "x");
	look();
	assert_int_equal(mx->class, DC_MX_NONE);
	assert_int_equal(mx->receives, DC_TRI_NO);
}

static void test_nxdomain(void **state)
{
	look();
	assert_int_equal(mx->class, DC_MX_NXDOMAIN);
}

static void test_alias_of_the_domain(void **state)
{
	world_host(&world, "d.example", DC_TYPE_CNAME, 0, "e.example");
	world_host(&world, "e.example", DC_TYPE_MX, 10, "a.e.example");
	world_ip(&world, "a.e.example", "192.0.2.1");
	look();
	assert_int_equal(mx->class, DC_MX_HOSTS);
	assert_true(is(mx->alias, "e.example"));
	assert_int_equal(mx->hosts[0].alias.len, 0);
}

static void test_bad_targets(void **state)
{
	add_mx(1, "192.0.2.1");
	add_mx(2, "alias.d.example");
	add_mx(3, "empty.d.example");
	add_mx(4, "gone.d.example");
	add_mx(5, "mx.deep.sold.test");
	add_mx(6, "under_score.d.example");
	add_mx(7, "alias.d.example");
	add_mx(8, "single");
	world_txt(&world, "d.example", "here");
	world_host(&world, "d.example", DC_TYPE_NS, 0, "ns.d.example");
	world_host(&world, "alias.d.example", DC_TYPE_CNAME, 0, "real.d.example");
	world_ip(&world, "real.d.example", "192.0.2.1");
	world_txt(&world, "empty.d.example", "no address");
	look();
	assert_true(mx->hosts[0].is_address);
	assert_null(mx->hosts[0].a);
	assert_int_equal(mx->hosts[0].resolves, DC_TRI_NO);
	assert_true(is(mx->hosts[1].alias, "real.d.example"));
	assert_int_equal(mx->hosts[1].resolves, DC_TRI_YES);
	assert_int_equal(mx->hosts[2].resolves, DC_TRI_NO);
	assert_int_equal(mx->hosts[2].exists, DC_TRI_YES);
	assert_int_equal(mx->hosts[2].gone.len, 0);
	assert_int_equal(mx->hosts[3].exists, DC_TRI_NO);
	assert_true(is(mx->hosts[3].gone, "gone.d.example"));
	assert_true(is(mx->hosts[4].gone, "sold.test"));
	assert_false(mx->hosts[5].is_host);
	assert_true(mx->hosts[6].duplicate);
	assert_false(mx->hosts[7].is_host);
	assert_int_equal(mx->usable_count, 1);
}

static void test_dangling_alias(void **state)
{
	add_mx(1, "alias.d.example");
	world_host(&world, "alias.d.example", DC_TYPE_CNAME, 0, "x.sold.test");
	look();
	assert_true(is(mx->hosts[0].alias, "x.sold.test"));
	assert_int_equal(mx->hosts[0].resolves, DC_TRI_NO);
	assert_true(is(mx->hosts[0].gone, "sold.test"));
}

/* No failure of any kind ever reads as "missing". */
static void test_failures(void **state)
{
	for (enum dc_outcome outcome = DC_OUTCOME_SERVFAIL; outcome < DC_OUTCOME_COUNT; outcome++) {
		for (int which = 0; which < 4; which++) {
			scene_clear();
			if (which == 0) { /* the MX question */
				world_ip(&world, "d.example", "192.0.2.1");
				world_fail(&world, "d.example", DC_TYPE_MX, outcome);
			} else if (which == 1) { /* an implicit MX that cannot be told */
				world_txt(&world, "d.example", "x");
				world_fail(&world, "d.example", DC_TYPE_AAAA, outcome);
			} else { /* a host */
				add_mx(10, "a.d.example");
				world_fail(&world, "a.d.example", DC_TYPE_AAAA, outcome);
				if (which == 2)
					world_fail(&world, "a.d.example", DC_TYPE_A, outcome);
			}
			look();
			assert_int_equal(mx->receives, DC_TRI_UNKNOWN);
			if (which < 2)
				assert_int_equal(mx->class, DC_MX_UNKNOWN);
			else
				assert_int_equal(mx->hosts[0].resolves, DC_TRI_UNKNOWN);
		}
	}
}

static void test_many(void **state)
{
	char name[32];

	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "h%u.d.example", i);
		add_mx(i, name);
	}
	look();
	assert_int_equal(mx->record_count, 60);
	assert_int_equal(mx->host_count, DC_MX_HOST_MAX);
	assert_int_equal(mx->receives, DC_TRI_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(test_hosts), IN_SCENE(test_null), IN_SCENE(test_null_with_others),
		IN_SCENE(test_null_with_preference), IN_SCENE(test_implicit), IN_SCENE(test_nothing),
		IN_SCENE(test_nxdomain), IN_SCENE(test_alias_of_the_domain), IN_SCENE(test_bad_targets),
		IN_SCENE(test_dangling_alias), IN_SCENE(test_failures), IN_SCENE(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
