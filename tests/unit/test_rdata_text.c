/* Rdata is read a field at a time (src/dns/rdata_fields.c). What comes out must be what ldns makes of the whole record, for
 * every type that is read so; where only one of the two takes a text, it is for a reason that stands here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ldns/ldns.h>

#include "dns/answer.h"
#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

static const char *const texts[] = {
	"192.0.2.1", "192.0.2.256", "192.0.2", "192.0.2.1 192.0.2.2", "2001:db8::1", "::ffff:192.0.2.1", "2001:db8::g", "1::2::3",
	"mail.example.com.", "mail", "@", ".", "a\\.b", "a\\", "a\\046b.example.", "a b", "\"quoted name\"", "x\\\\.",
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm.", "a..b", "*", "_dmarc",
	"10 mail.example.com.", "10 mail", "10 @", "0 .", "65535 a", "10", "mail 10", "10  a", "10\ta", "10 a b",
	"ns1 hostmaster 1 3600 900 604800 300", "ns1.example. h.example. 2026112001 1h 15m 1w 5m", "ns1 h 1 2 3 4", "ns1 h 1 2 3 4 5 6",
	"ns1 h 4294967295 0 0 0 0", "@ @ 1 1 1 1 1",
	"0 1 587 mail.example.com.", "0 0 0 .", "0 1 70000 a", "1 2 3",
	"3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"3 1 1 01234567 89abcdef 0123456789ABCDEF0123456789abcdef0123456789abcdef", "3 1 1", "3 1 1 0", "3 1 1 zz", "256 1 1 00",
	"DANE-EE SPKI SHA2-256 00", "0 0 0 00",
	"60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", "60485 RSASHA1 1 2BB183AF 5F22588179A53B0A98631FAD1A292118", "1 2 3 xy",
	"257 3 8 AwEAAb+8", "256 3 13 AwEA Ab+8", "256 3 RSASHA256 AwEAAb+8=", "256 3 8 !", "256 3 8",
	"A 5 3 86400 20301231235959 20260101000000 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv",
	"TXT 13 2 300 1800000000 1790000000 1 a. AAAA", "A 8 2 300 20301331235959 20260101000000 2642 a. AAAA", "A 8 2",
	"host.example.com. A MX RRSIG NSEC TYPE1234", "\\000.a. TXT", "a. FOO", "a.",
	"1 0 10 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A RRSIG", "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR", "1 0 0 - ! A",
	"0 issue \"ca.example.net\"", "128 iodef \"mailto:a@example.com\"", "0 issue \";\"", "0 issue \"a\\\"b\"", "0 issue \"a\\059b\"",
	"0 issue \"open", "0 issue", "0 \"\" \"x\"", "256 issue \"a\"", "", " ", "\\", "\"", "-1", "+1 a", "1e3 a", "0x10 a",
	"cpu \"an os\"", "\"\" \"\"", "a\\032b c",
	"100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" .", "1 1 a b c d",
};

/* A for all types that are read by fields. */
static size_t known_types(uint16_t *types)
{
	size_t count = 0;
	for (unsigned type = 1; type < 300; type++)
		if (type != DC_TYPE_TXT && type != DC_TYPE_SPF && dc_rdata_fields_known((uint16_t)type))
			types[count++] = (uint16_t)type;
	return count;
}

static bool with_ldns(struct dc_buf *out, uint16_t type, const char *text, const char *origin)
{
	char line[512], name[16];
	ldns_rr *rr = NULL;
	ldns_rdf *base = ldns_dname_new_frm_str(origin);
	ldns_buffer *wire = ldns_buffer_new(512);
	(void)snprintf(line, sizeof line, ". 0 IN %s %s", dc_type_name(type, name), text);
	bool fine = ldns_rr_new_frm_str(&rr, line, 0, base, NULL) == LDNS_STATUS_OK &&
		    ldns_rr_rdata2buffer_wire(wire, rr) == LDNS_STATUS_OK;
	if (fine)
		dc_buf_put(out, ldns_buffer_begin(wire), ldns_buffer_position(wire));
	ldns_rr_free(rr);
	ldns_buffer_free(wire);
	ldns_rdf_deep_free(base);
	return fine;
}

/* ldns cuts numbers to their field, takes quoted names, and goes on after a quotation mark that is never closed. */
static bool refused_by_us_alone(uint16_t type, const char *text)
{
	static const char *const these[] = {"+1 a", "-1", "0 1 70000 a", "256 1 1 00", "256 3 8", "256 issue \"a\"", "0 issue \"open",
					    "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"};
	if (type != DC_TYPE_CAA && strchr(text, '"'))
		return true;
	for (size_t i = 0; i < sizeof these / sizeof these[0]; i++)
		if (strcmp(these[i], text) == 0)
			return true;
	return false;
}

static void same_as_ldns(void **state)
{
	static const char *const origins[][2] = {{"example.org", "example.org."}, {".", "."}};
	uint16_t types[300];
	size_t count = known_types(types), both = 0;
	assert_true(count >= 15);
	for (size_t i = 0; i < 2 * count; i++)
		for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
			uint16_t type = types[i / 2];
			struct dc_buf ours, theirs;
			dc_buf_init(&ours, 4096);
			dc_buf_init(&theirs, 4096);
			bool fine = dc_rdata_from_text(&ours, type, dc_slice_of(texts[k]), dc_slice_of(origins[i % 2][0]), NULL);
			bool ldns = with_ldns(&theirs, type, texts[k], origins[i % 2][1]);
			both += fine && ldns;
			if (fine && ldns && !dc_slice_eq(dc_buf_slice(&ours), dc_buf_slice(&theirs)))
				fail_msg("type %u \"%s\" at %s: other octets", type, texts[k], origins[i % 2][1]);
			/* RFC 8659 4.1.1: a value needs no quotation marks; neither does the target of a URI here. */
			if (fine && !ldns && type != DC_TYPE_CAA && type != LDNS_RR_TYPE_URI)
				fail_msg("type %u \"%s\": ldns refuses it", type, texts[k]);
			if (!fine && ldns && !refused_by_us_alone(type, texts[k]))
				fail_msg("type %u \"%s\": ldns takes it", type, texts[k]);
			dc_buf_free(&ours);
			dc_buf_free(&theirs);
		}
	assert_true(both > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_ldns)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
