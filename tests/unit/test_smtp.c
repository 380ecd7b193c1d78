/* Dialogues with mail servers: written and read, names of certificates, TLSA records against chains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sha.h"
#include "smtp/smtp.h"

static struct dc_arena *arena;

static int set_up(void **state)
{
	arena = dc_arena_new(16 << 20);
	return arena && !DC_ARENA_GUARD(arena) ? 0 : -1;
}

static int tear_down(void **state)
{
	dc_arena_free(arena);
	return 0;
}

static void assert_text(struct dc_slice have, const char *want)
{
	assert_int_equal(have.len, strlen(want));
	assert_memory_equal(have.ptr, want, have.len);
}

static void targets(void **state)
{
	struct dc_smtp_target target, again;
	static const char *const bad[] = {
		"", "smtp://", "smtp://mx:25", "smtp://mx:25/", "smtp://mx:0/192.0.2.1", "smtp://mx:65536/192.0.2.1",
		"smtp://:25/192.0.2.1", "imap://mx:25/192.0.2.1", "smtp:mx:25/192.0.2.1", "smtp://mx:25/192.0.2.256",
		"smtp://mx:25/192.0.2.1 ", "smtp://mx:+25/192.0.2.1",
	};

	assert_true(dc_smtp_target_parse(DC_S("submissions://smtp.example.com:465/2001:db8::1"), &target));
	assert_int_equal(target.service, DC_SMTP_SUBMISSIONS);
	assert_int_equal(target.port, 465);
	assert_text(target.host, "smtp.example.com");
	assert_text(dc_smtp_target_format(arena, &target), "submissions://smtp.example.com:465/2001:db8::1");
	assert_true(dc_smtp_target_parse(dc_smtp_target_format(arena, &target), &again));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(dc_smtp_target_parse(dc_slice_of(bad[i]), &target));
}

static void every_octet_of_a_line(void **state)
{
	char line[4 + 256];
	struct dc_dialogue dialogue;
	struct dc_buf out;

	memcpy(line, "220 ", 4);
	for (int i = 0; i < 256; i++)
		line[4 + i] = (char)i;
	dc_buf_init(&out, DC_DIALOGUE_MAX);
	dc_dialogue_begin(&out);
	dc_dialogue_put(&out, "S", (struct dc_slice){line, sizeof(line)});
	for (size_t i = 0; i < out.len; i++)
		assert_true(out.ptr[i] == '\n' || (out.ptr[i] >= 0x20 && out.ptr[i] <= 0x7e));
	assert_true(dc_dialogue_parse(arena, dc_buf_slice(&out), &dialogue));
	assert_int_equal(dialogue.banner.code, 220);
	assert_int_equal(dialogue.banner.lines[0].len, 256);
	assert_memory_equal(dialogue.banner.lines[0].ptr, line + 4, 256);
	dc_buf_free(&out);
}

static void which_reply_is_which(void **state)
{
	static const char text[] = "domaincheck-smtp 1\nS 220-one\nS 220 two\nC EHLO a\nS 250-x\nS 250-AUTH=LOGIN\nS 250 starttls\n"
				   "C STARTTLS\nS 220 go\nextra 7\ntls TLSv1.2 AES\nC EHLO a\nS 250-x\nS 250 AUTH PLAIN\nC QUIT\n"
				   "S 221 bye\nold-tls refused\nsomething new\n";
	struct dc_dialogue d;
	struct dc_slice parameters;

	assert_true(dc_dialogue_parse(arena, DC_S(text), &d));
	assert_int_equal(d.banner.count, 2);
	assert_true(dc_dialogue_extension(&d.ehlo, DC_S("STARTTLS"), &parameters));
	assert_true(dc_dialogue_extension(&d.ehlo, DC_S("AUTH"), &parameters));
	assert_text(parameters, "LOGIN");
	assert_false(dc_dialogue_extension(&d.tls_ehlo, DC_S("STARTTLS"), &parameters));
	assert_true(dc_dialogue_extension(&d.tls_ehlo, DC_S("AUTH"), &parameters));
	assert_text(parameters, "PLAIN");
	assert_int_equal(d.starttls.code, 220);
	assert_int_equal(d.extra, 7);
	assert_int_equal(d.old_tls, DC_TRI_NO);
	assert_false(d.tls_first);
	assert_false(dc_dialogue_parse(arena, DC_S("domaincheck-smtp 2\nS 220 x\n"), &d));
	assert_false(dc_dialogue_parse(arena, DC_S(""), &d));
}

/* The first line of a reply to EHLO is a greeting, whatever it says. */
static void greeting_is_no_extension(void **state)
{
	struct dc_dialogue d;
	struct dc_slice parameters;

	assert_true(dc_dialogue_parse(arena, DC_S("domaincheck-smtp 1\nS 220 x\nC EHLO a\nS 250 STARTTLS\n"), &d));
	assert_false(dc_dialogue_extension(&d.ehlo, DC_S("STARTTLS"), &parameters));
}

static void ceilings(void **state)
{
	struct dc_dialogue d;
	struct dc_buf out;

	dc_buf_init(&out, 8 << 20);
	dc_dialogue_begin(&out);
	for (int i = 0; i < 1000; i++)
		dc_dialogue_put(&out, "S", DC_S("220-x"));
	for (int i = 0; i < 40; i++) {
		dc_buf_printf(&out, "cert %d\n", i);
		for (int k = 0; k < 200; k++)
			dc_buf_puts(&out, "name a.example\n");
	}
	assert_true(dc_dialogue_parse(arena, dc_buf_slice(&out), &d));
	assert_int_equal(d.banner.count, DC_DIALOGUE_REPLY_MAX);
	assert_true(d.cert_count <= DC_DIALOGUE_CERTS_MAX);
	for (size_t i = 0; i < d.cert_count; i++)
		assert_true(d.certs[i].name_count <= DC_DIALOGUE_NAMES_MAX);
	dc_buf_free(&out);
}

static void names(void **state)
{
	static const struct {
		const char *pattern, *host;
		bool matches;
	} rows[] = {
		{"mx.example.com", "mx.example.com", true},     {"MX.Example.COM", "mx.example.com", true},
		{"mx.example.com.", "mx.example.com", true},    {"*.example.com", "mx.example.com", true},
		{"*.example.com", "example.com", false},        {"*.example.com", "a.mx.example.com", false},
		{"*.com", "example.com", false},                {"*", "com", false},
		{"m*.example.com", "mx.example.com", false},    {"mx.*.com", "mx.example.com", false},
		{"", "mx.example.com", false},                  {"*.", "mx.example.com", false},
		{"**.example.com", "mx.example.com", false},    {"other.example.com", "mx.example.com", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(dc_smtp_name_matches(dc_slice_of(rows[i].pattern), dc_slice_of(rows[i].host)), rows[i].matches);
	/* A NUL in a name ends nothing. */
	assert_false(dc_smtp_name_matches((struct dc_slice){"mx.example.com\0.evil.net", 24}, DC_S("mx.example.com")));
}

static struct dc_slice sha256(uint8_t digest[DC_SHA_MAX], struct dc_slice octets)
{
	return (struct dc_slice){(const char *)digest, dc_sha(DC_SHA256, &octets, 1, digest)};
}

static void tlsa_of_whole_data(void **state)
{
	static const uint8_t der[] = {0x30, 3, 2, 1, 1}, rdata[] = {3, 1, 0, 0x30, 3, 2, 1, 1};
	struct dc_asker asker = {.arena = arena};
	struct dc_rr rr = {.type = DC_TYPE_TLSA, .rdata = {(const char *)rdata, sizeof(rdata)}};
	struct dc_dane_record record = dc_dane_read(&rr);
	struct dc_mx_host mx = {.host = DC_S("mx.example.com")};
	struct dc_dane_host host = {.mx = &mx, .base = mx.host, .records = &record, .count = 1, .usable = 1};
	struct dc_dialogue_cert cert = {.signed_by = -1};
	struct dc_dialogue said = {.certs = &cert, .cert_count = 1};
	enum dc_tri name_only;
	uint8_t digest[DC_SHA_MAX];

	assert_int_equal(record.fault, DC_DANE_USABLE);
	assert_int_equal(dc_smtp_dane_matches(&asker, &said, &host, &name_only), DC_TRI_UNKNOWN);
	cert.key_sha256 = sha256(digest, (struct dc_slice){(const char *)der, sizeof(der)});
	assert_int_equal(dc_smtp_dane_matches(&asker, &said, &host, &name_only), DC_TRI_YES);
	cert.key_sha256 = sha256(digest, DC_S("other"));
	assert_int_equal(dc_smtp_dane_matches(&asker, &said, &host, &name_only), DC_TRI_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(targets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_octet_of_a_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(which_reply_is_which, set_up, tear_down),
		cmocka_unit_test_setup_teardown(greeting_is_no_extension, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ceilings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tlsa_of_whole_data, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
