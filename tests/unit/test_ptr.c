/* Reverse names: confirmation, aliases, several names, generic names, HELO. */
#include "../support/scene.h"
#include "ptr/ptr.h"

static const struct dc_ptr_facts *ptr;
static struct dc_ptr_sender senders[8];
static size_t sender_count;
static struct dc_slice helo;

static int setup(void **state)
{
	sender_count = 0;
	helo = (struct dc_slice){0};
	return scene_open(state);
}

static void build(struct dc_asker *asker, void *data)
{
	ptr = dc_ptr_build(asker, senders, sender_count, helo);
}

static void look(void)
{
	world_run(&world, arena, evidence, 10, build, NULL);
}

static void send_from(const char *ip)
{
	assert_true(dc_ip_parse(dc_slice_of(ip), &senders[sender_count].ip));
	sender_count++;
}

static void reverse(const char *ip, const char *name)
{
	char text[DC_IP_ARPA_MAX];
	struct dc_ip address;

	assert_true(dc_ip_parse(dc_slice_of(ip), &address));
	dc_ip_arpa(address, text);
	world_host(&world, text, DC_TYPE_PTR, 0, name);
}

static void test_confirmed(void **state)
{
	send_from("192.0.2.1");
	send_from("2001:db8::1");
	reverse("192.0.2.1", "mail.d.example");
	reverse("2001:db8::1", "mail.d.example");
	world_ip(&world, "mail.d.example", "192.0.2.1");
	world_ip(&world, "mail.d.example", "2001:db8::1");
	helo = DC_S("mail.d.example");
	look();
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ptr->addresses[i].present, DC_TRI_YES);
		assert_int_equal(ptr->addresses[i].confirmed, DC_TRI_YES);
		assert_int_equal(ptr->addresses[i].generic, DC_TRI_NO);
		assert_int_equal(ptr->addresses[i].helo_match, DC_TRI_YES);
		assert_int_equal(ptr->addresses[i].names[0].alias, DC_TRI_NO);
	}
	assert_int_equal(ptr->helo.resolves, DC_TRI_YES);
	assert_int_equal(world.rounds, 1); /* the HELO name is the reverse name: asked already */
}

static void test_unconfirmed(void **state)
{
	send_from("192.0.2.1");
	send_from("192.0.2.2");
	send_from("192.0.2.3");
	reverse("192.0.2.1", "mail.d.example");
	reverse("192.0.2.2", "nowhere.d.example");
	world_ip(&world, "mail.d.example", "192.0.2.9");
	helo = DC_S("mail.d.example");
	look();
	assert_int_equal(ptr->addresses[0].confirmed, DC_TRI_NO);
	assert_int_equal(ptr->addresses[0].helo_match, DC_TRI_NO);
	assert_int_equal(ptr->addresses[1].confirmed, DC_TRI_NO);
	assert_int_equal(ptr->addresses[2].present, DC_TRI_NO);
	assert_int_equal(ptr->addresses[2].confirmed, DC_TRI_UNKNOWN);
}

/* One name that leads back is enough; one that cannot be asked leaves the answer open. */
static void test_several(void **state)
{
	send_from("192.0.2.1");
	send_from("192.0.2.2");
	for (size_t i = 0; i < 2; i++) {
		const char *ip = i ? "192.0.2.2" : "192.0.2.1";

		reverse(ip, "z.d.example");
		reverse(ip, "b.d.example");
		reverse(ip, "fails.d.example");
		reverse(ip, "b.d.example");
	}
	world_ip(&world, "b.d.example", "192.0.2.1");
	world_fail(&world, "fails.d.example", DC_TYPE_A, DC_OUTCOME_TIMEOUT);
	look();
	assert_int_equal(ptr->addresses[0].name_count, 3);
	assert_int_equal(ptr->addresses[0].record_count, 4);
	assert_true(dc_slice_eq(ptr->addresses[0].names[0].name, DC_S("b.d.example")));
	assert_int_equal(ptr->addresses[0].confirmed, DC_TRI_YES);
	assert_int_equal(ptr->addresses[1].confirmed, DC_TRI_UNKNOWN);
}

static void test_alias(void **state)
{
	send_from("192.0.2.1");
	reverse("192.0.2.1", "alias.d.example");
	world_host(&world, "alias.d.example", DC_TYPE_CNAME, 0, "real.d.example");
	world_ip(&world, "real.d.example", "192.0.2.1");
	/* RFC 2317: the reverse name itself may be an alias */
	send_from("192.0.2.2");
	world_host(&world, "2.2.0.192.in-addr.arpa", DC_TYPE_CNAME, 0, "2.0-15.2.0.192.in-addr.arpa");
	world_host(&world, "2.0-15.2.0.192.in-addr.arpa", DC_TYPE_PTR, 0, "real.d.example");
	look();
	assert_int_equal(ptr->addresses[0].confirmed, DC_TRI_YES);
	assert_int_equal(ptr->addresses[0].names[0].alias, DC_TRI_YES);
	assert_int_equal(ptr->addresses[0].alias.len, 0);
	assert_int_equal(ptr->addresses[1].present, DC_TRI_YES);
	assert_int_equal(ptr->addresses[1].names[0].alias, DC_TRI_NO);
	assert_true(ptr->addresses[1].alias.len > 0);
}

static void test_failures(void **state)
{
	for (enum dc_outcome outcome = DC_OUTCOME_SERVFAIL; outcome < DC_OUTCOME_COUNT; outcome++) {
		scene_clear();
		sender_count = 0;
		send_from("192.0.2.1");
		world_fail(&world, "1.2.0.192.in-addr.arpa", DC_TYPE_PTR, outcome);
		helo = DC_S("h.d.example");
		world_fail(&world, "h.d.example", DC_TYPE_A, outcome);
		look();
		assert_int_equal(ptr->addresses[0].present, DC_TRI_UNKNOWN);
		assert_int_equal(ptr->addresses[0].confirmed, DC_TRI_UNKNOWN);
		assert_int_equal(ptr->addresses[0].helo_match, DC_TRI_UNKNOWN);
		assert_int_equal(ptr->helo.resolves, DC_TRI_UNKNOWN);
	}
}

static void test_special(void **state)
{
	send_from("10.0.0.1");
	send_from("fe80::1");
	look();
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(ptr->addresses[i].special);
		assert_null(ptr->addresses[i].answer);
		assert_int_equal(ptr->addresses[i].present, DC_TRI_UNKNOWN);
	}
	assert_int_equal(world.asked, 0);
}

static void test_helo_forms(void **state)
{
	helo = DC_S("[192.0.2.1]");
	look();
	assert_true(ptr->helo.is_literal && !ptr->helo.is_host);
	helo = DC_S("localhost");
	look();
	assert_true(!ptr->helo.is_literal && !ptr->helo.is_host);
	helo = DC_S("no_host.d.example");
	look();
	assert_false(ptr->helo.is_host);
	helo = DC_S("mail.d.example");
	look();
	assert_true(ptr->helo.is_host);
	assert_int_equal(ptr->helo.resolves, DC_TRI_NO);
}

static void test_generic(void **state)
{
	static const struct {
		const char *ip, *name, *why, *part;
	} rows[] = {
		{"192.0.2.15", "ip-192-0-2-15.example.net", "address", "192-0-2-15"},
		{"192.0.2.15", "15.2.0.192.static.example.net", "address", "15.2.0.192"},
		{"192.0.2.15", "host192.0.2.15.example.net", "address", "host192.0.2.15"},
		{"192.0.2.15", "192000002015.example.net", "address", "192000002015"},
		{"192.0.2.15", "xc000020f.example.net", "address", "c000020f"},
		{"192.0.2.15", "c000020f.example.net", "address", "c000020f"},
		{"192.0.2.15", "mail15.example.net", NULL, NULL},
		{"192.0.2.15", "mail-2-15.example.net", NULL, NULL},
		{"192.0.2.15", "ip-192-0-2-16.example.net", NULL, NULL},
		{"192.0.2.15", "dsl-15.example.net", "word", "dsl"},
		{"192.0.2.15", "a.pool7.example.net", "word", "pool7"},
		{"192.0.2.15", "static.example.net", "word", "static"},
		{"192.0.2.15", "mail.static.net", NULL, NULL},
		{"192.0.2.15", "static.net", NULL, NULL},
		{"192.0.2.15", "dynamics.example.net", NULL, NULL},
		{"192.0.2.15", "mail.example.net", NULL, NULL},
		{"192.0.2.15", "ec2-54-1-1-1.compute-1.amazonaws.com", "cloud", "amazonaws.com"},
		{"192.0.2.15", "x.clients.your-server.de", "cloud", "clients.your-server.de"},
		{"192.0.2.15", "a.notamazonaws.com", NULL, NULL},
		{"2001:db8::1", "2001-db8--1.example.net", "address", "2001-db8--1"},
		{"2001:db8::1", "mail.example.net", NULL, NULL},
		{"2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.example.net", "address",
		 "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"},
		{"2001:db8::1", "h20010db8000000000000000000000001.example.net", "address", "20010db8000000000000000000000001"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dc_slice part = {0};
		struct dc_ip ip;
		const char *why;

		assert_true(dc_ip_parse(dc_slice_of(rows[i].ip), &ip));
		why = dc_ptr_generic(dc_slice_of(rows[i].name), ip, &part);
		if ((why != NULL) != (rows[i].why != NULL) || (why && strcmp(why, rows[i].why) != 0))
			fail_msg("%s: %s, not %s", rows[i].name, why ? why : "-", rows[i].why ? rows[i].why : "-");
		if (why && !dc_slice_eq(part, dc_slice_of(rows[i].part)))
			fail_msg("%s: part %.*s", rows[i].name, DC_FMT(part));
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, scene_close)
	const struct CMUnitTest tests[] = {
		T(test_confirmed), T(test_unconfirmed), T(test_several), T(test_alias), T(test_failures), T(test_special),
		T(test_helo_forms), T(test_generic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
