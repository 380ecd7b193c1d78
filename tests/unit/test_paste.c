/* Records found in the advice of findings: name, type and value as one types them, and nothing from prose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "render/paste.h"

/* "NAME|TYPE|VALUE" a record, a newline between; "(draft)" behind a pattern. */
static char *records(const char *fix)
{
	struct dc_paste record;
	struct dc_buf out;
	dc_buf_init(&out, 1 << 20);
	for (size_t at = 0; dc_paste_next(dc_slice_of(fix), &at, &record);) {
		dc_buf_puts(&out, out.len ? "\n" : "");
		dc_buf_put_slice(&out, record.name);
		dc_buf_putc(&out, '|');
		dc_buf_put_slice(&out, record.type);
		dc_buf_putc(&out, '|');
		dc_buf_put_slice(&out, record.value);
		dc_buf_puts(&out, record.draft ? "(draft)" : "");
	}
	dc_buf_putc(&out, 0);
	return out.ptr;
}

static void test_records(void **state)
{
	static const char *const cases[][2] = {
		{"Publish _dmarc.a.example. TXT \"v=DMARC1; p=none; rua=mailto:d@a.example\", read the reports, then raise p.",
		 "_dmarc.a.example.|TXT|v=DMARC1; p=none; rua=mailto:d@a.example"},
		{"Write none, for example \"v=DMARC1; p=reject; rua=mailto:d@a.example\"",
		 "|TXT|v=DMARC1; p=reject; rua=mailto:d@a.example"},
		{"Publish one TXT record, for example: v=spf1 include:YOUR-PROVIDER -all (your help page gives the include). "
		 "A domain that sends no mail publishes: v=spf1 -all",
		 "|TXT|v=spf1 include:YOUR-PROVIDER -all(draft)\n|TXT|v=spf1 -all"},
		{"Publish exactly this record at a.example: v=spf1 -all. If it does send, give it an MX.", "|TXT|v=spf1 -all"},
		{"Publish the MX: a.example. MX 10 mail.example.com. If it never sends, say so: a.example. MX 0 .",
		 "a.example.|MX|10 mail.example.com.\na.example.|MX|0 ."},
		{"Ask for 1.2.0.192.in-addr.arpa. PTR mail.a.example. and publish the address.",
		 "1.2.0.192.in-addr.arpa.|PTR|mail.a.example."},
		{"Give it a name: mail.a.example. A 192.0.2.1 and a.example. MX 5 mail.a.example.",
		 "mail.a.example.|A|192.0.2.1\na.example.|MX|5 mail.a.example."},
		{"Publish this record: s1._domainkey.a.example. TXT v=DKIM1; k=rsa; p=AAAA",
		 "s1._domainkey.a.example.|TXT|v=DKIM1; k=rsa; p=AAAA"},
		{"Publish this record: s1.a.example. TXT \"v=DKIM1; p=AA\" \"BB\"", "s1.a.example.|TXT|\"v=DKIM1; p=AA\" \"BB\""},
		{"Publish the key here: v=DKIM1; k=rsa; p=...", "|TXT|v=DKIM1; k=rsa; p=...(draft)"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = records(cases[i][0]);
		assert_string_equal(got, cases[i][1]);
		free(got);
	}
}

static void test_prose(void **state)
{
	static const char *const none[] = {
		"", "Audit again.", "Begin the record with v=DKIM1; (upper case, a semicolon behind it).", "Move v=DKIM1; to the front.",
		"Merge them: keep a single v=spf1, put all mechanisms between it and one final all.",
		"Say it: v=DMARC1; p=none while you read reports, p=quarantine or p=reject afterwards.",
		"Keep the TXT record. A host is better. MX", "a. TXT", "a. TXT ", "a. MX", "Name the host. A name",
		". TXT \"", "\"v=spf1", ": v=spf",
	};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		char *got = records(none[i]);
		/* An open quotation mark ends with the text. */
		if (got[0] && !strchr(none[i], '"'))
			fail_msg("%s: %s", none[i], got);
		free(got);
	}
}

/* Whatever the text is, it ends and stays within it. */
static void test_every_prefix(void **state)
{
	const char *text = "a.example. MX 10 b. c.example. TXT \"v=spf1 \\\" -all\" \"x\" : v=DMARC1; p=... "
			   "d.example. TLSA 3 1 1 ab. e. CAA 0 issue \"x\"";
	for (size_t len = 0; len <= strlen(text); len++) {
		char *copy = malloc(len + 1);
		memcpy(copy, text, len);
		copy[len] = 0;
		free(records(copy));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_prose),
		cmocka_unit_test(test_every_prefix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
