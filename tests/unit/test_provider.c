/* Providers: label boundaries, the longest suffix, and what each kind of evidence proves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provider/provider.h"

static void suffixes(void **state)
{
	static const struct {
		enum dc_provider_by by;
		const char *name, *id; /* id NULL: nobody */
	} rows[] = {
		{DC_PROVIDER_BY_MX, "aspmx.l.google.com", "google"},
		{DC_PROVIDER_BY_MX, "alt1.aspmx.l.google.com", "google"},
		{DC_PROVIDER_BY_MX, "ALT1.ASPMX.L.GOOGLE.COM", "google"},
		{DC_PROVIDER_BY_MX, "aspmx.l.google.com.evil.example", NULL},
		{DC_PROVIDER_BY_MX, "notl.google.com", NULL},
		{DC_PROVIDER_BY_MX, "xl.google.com", NULL},
		{DC_PROVIDER_BY_MX, "x\\.l.google.com", NULL},
		{DC_PROVIDER_BY_MX, "google.com", NULL},
		{DC_PROVIDER_BY_MX, "example-com.mail.protection.outlook.com", "microsoft365"},
		{DC_PROVIDER_BY_MX, "inbound-smtp.eu-west-1.amazonaws.com", "amazonses"},
		{DC_PROVIDER_BY_MX, "ec2-192-0-2-1.eu-west-1.compute.amazonaws.com", NULL},
		{DC_PROVIDER_BY_MX, "inbound-smtp.amazonaws.com", NULL},
		{DC_PROVIDER_BY_MX, "sendgrid.net", NULL}, /* mx.sendgrid.net only */
		{DC_PROVIDER_BY_SPF, "_spf.google.com", "google"},
		{DC_PROVIDER_BY_SPF, "spf.protection.outlook.com", "microsoft365"},
		{DC_PROVIDER_BY_SPF, "eu._netblocks.mimecast.com", "mimecast"},
		{DC_PROVIDER_BY_CNAME, "s1.domainkey.u1.wl2.sendgrid.net", "sendgrid"},
		{DC_PROVIDER_BY_CNAME, "st.domainkey.u17391058.wl059.sendgrid.net", "stytch"},
		{DC_PROVIDER_BY_CNAME, "selector1-example-com._domainkey.contoso.onmicrosoft.com", "microsoft365"},
		{DC_PROVIDER_BY_CNAME, "_spf.google.com", NULL},
		{DC_PROVIDER_BY_MX, "", NULL},
		{DC_PROVIDER_BY_MX, ".", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dc_provider_row *row = dc_provider_of(rows[i].by, dc_slice_of(rows[i].name));

		if ((row != NULL) != (rows[i].id != NULL) || (row && strcmp(row->id, rows[i].id) != 0))
			fail_msg("%s: %s", rows[i].name, row ? row->id : "nobody");
	}
}

static void table(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct dc_provider_row *row; (row = dc_provider_at(count)); count++)
		assert_ptr_equal(dc_provider_find(dc_slice_of(row->id)), row);
	assert_true(count > 100);
	assert_null(dc_provider_find(DC_S("nobody")));
}

static void built(void **state)
{
	struct dc_arena *arena = dc_arena_new(1 << 20);
	struct dc_asker asker = {.arena = arena};
	static const struct dc_slice mx[] = {DC_S("aspmx.l.google.com"), DC_S("alt1.aspmx.l.google.com"), DC_S("mx.example.com")};
	static const struct dc_slice spf[] = {DC_S("sendgrid.net"), DC_S("_spf.google.com"), DC_S("sendgrid.net")};
	static const struct dc_slice targets[] = {DC_S("dkim2.mcsv.net"), DC_S("s1.domainkey.u1.wl2.sendgrid.net")};
	const struct dc_provider_facts *facts = dc_provider_build(&asker, DC_S("example.com"), mx, 3, spf, 3);

	(void)state;
	assert_int_equal(facts->count, 2);
	assert_string_equal(facts->items[0].row->id, "google");
	assert_true(facts->items[0].hosts && facts->items[0].sends);
	assert_int_equal(facts->items[0].by_count, 3);
	assert_string_equal(dc_provider_by_name(facts->items[0].by[2].by), "spf");
	assert_int_equal(facts->items[1].by_count, 1);
	assert_false(facts->items[1].hosts);
	facts = dc_provider_with_cnames(&asker, facts, targets, 2);
	assert_int_equal(facts->count, 3);
	assert_int_equal(facts->items[1].by_count, 2);
	assert_string_equal(facts->items[2].row->id, "mailchimp");
	facts = dc_provider_build(&asker, DC_S("example.com"), mx, 1, NULL, 0);
	assert_true(facts->items[0].hosts && !facts->items[0].sends); /* an MX host is no sender */
	assert_int_equal(dc_provider_build(&asker, DC_S("example.com"), NULL, 0, NULL, 0)->count, 0);
	dc_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(suffixes), cmocka_unit_test(table), cmocka_unit_test(built)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
