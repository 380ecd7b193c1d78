/* Zone files: what loads and what does not, and the answers of an authoritative server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "dns/rdata_text.h"
#include "dns/zone.h"
#include "source/zonefile.h"

static const char zone_text[] =
	"$TTL 1h\n"
	"$ORIGIN example.com.\n"
	"@ IN SOA ns1 host.master ( 1 ; serial\n"
	"   3600 900 604800 60 ) ; ends here\n"
	"  NS ns1\n"
	"  300 IN MX 10 mail\n"
	"  TXT \"v=spf1 include:_spf.example.com;x \" \"-all\" plain\n"
	"ns1 A 192.0.2.1\n"
	"MAIL IN 120 A 192.0.2.2\n"
	"mail AAAA 2001:db8::2\n"
	"a.b.c TXT deep\n"
	"*.wild TXT wild\n"
	"there.wild A 192.0.2.3\n"
	"deep.ent.wild A 192.0.2.3\n"
	"*.alias CNAME mail\n"
	"c1 CNAME c2\nc2 CNAME mail\n"
	"l1 CNAME l2\nl2 CNAME l1\nself CNAME self\n"
	"out CNAME mx.example.net.\n"
	"gone CNAME nothing\n"
	"sub NS ns.sub\nns.sub A 192.0.2.9\nsub DS 1 8 2 00\n"
	"child NS ns.child\nns.child A 192.0.2.9\nchild DS 2 8 2 00\n"
	"d DNAME target.example.com.\nx.target A 192.0.2.4\n"
	"far DNAME example.net.\n"
	"todeleg CNAME www.sub\n"
	"$ORIGIN child.example.com.\n"
	"@ SOA ns host 1 2 3 4 5\n"
	"@ NS ns\nns A 192.0.2.10\nwww CNAME mail.example.com.\n";

static int make_arena(void **state)
{
	*state = dc_arena_new(1 << 20);
	return 0;
}
static int free_arena(void **state)
{
	dc_arena_free(*state);
	return 0;
}

static struct dc_zones *load(const char *text)
{
	struct dc_error err = {0};
	struct dc_zones *zones = dc_zones_new();
	if (dc_zones_parse(zones, "dir/test.zone", dc_slice_of(text), &err) != DC_OK)
		fail_msg("%s", err.message);
	return zones;
}

/* "outcome|owner type rdata|…" */
static const char *shown(const struct dc_answer *answer, struct dc_buf *out)
{
	char type[16];
	dc_buf_reset(out);
	dc_buf_puts(out, dc_outcome_name(answer->outcome));
	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dc_rr *rr = &answer->rrs[i];
		dc_buf_printf(out, "|%.*s %s ", DC_FMT(rr->owner), dc_type_name(rr->type, type));
		dc_rdata_to_text(out, rr->type, rr->rdata);
	}
	dc_buf_putc(out, 0);
	return out->ptr;
}

static void answers(void **state)
{
	static const struct {
		const char *name;
		uint16_t type;
		const char *want;
		uint32_t ttl_s;
	} rows[] = {
		{"example.com", DC_TYPE_MX, "ANSWER|example.com MX 10 mail.example.com.", 300},
		{"example.com", DC_TYPE_TXT, "ANSWER|example.com TXT \"v=spf1 include:_spf.example.com;x \" \"-all\" \"plain\"", 3600},
		{"example.com", DC_TYPE_A, "NODATA", 60},
		{"example.com", DC_TYPE_SOA, "ANSWER|example.com SOA ns1.example.com. host.master.example.com. 1 3600 900 604800 60", 3600},
		{"mail.example.com", DC_TYPE_A, "ANSWER|mail.example.com A 192.0.2.2", 120},
		{"mail.example.com", DC_TYPE_TXT, "NODATA", 60},
		{"nothing.example.com", DC_TYPE_TXT, "NXDOMAIN", 60},
		{"c.example.com", DC_TYPE_TXT, "NODATA", 60},
		{"b.c.example.com", DC_TYPE_TXT, "NODATA", 60},
		{"x.b.c.example.com", DC_TYPE_TXT, "NXDOMAIN", 60},
		{"a.b.c.example.com", DC_TYPE_TXT, "ANSWER|a.b.c.example.com TXT \"deep\"", 3600},
		{"wild.example.com", DC_TYPE_TXT, "NODATA", 60},
		{"x.wild.example.com", DC_TYPE_TXT, "ANSWER|x.wild.example.com TXT \"wild\"", 3600},
		{"y.x.wild.example.com", DC_TYPE_TXT, "ANSWER|y.x.wild.example.com TXT \"wild\"", 3600},
		{"x.wild.example.com", DC_TYPE_A, "NODATA", 60},
		{"there.wild.example.com", DC_TYPE_TXT, "NODATA", 60},
		{"x.there.wild.example.com", DC_TYPE_TXT, "NXDOMAIN", 60},
		{"ent.wild.example.com", DC_TYPE_TXT, "NODATA", 60},
		{"x.ent.wild.example.com", DC_TYPE_TXT, "NXDOMAIN", 60},
		{"*.wild.example.com", DC_TYPE_TXT, "ANSWER|*.wild.example.com TXT \"wild\"", 3600},
		{"x.alias.example.com", DC_TYPE_A,
		 "ANSWER|x.alias.example.com CNAME mail.example.com.|mail.example.com A 192.0.2.2", 120},
		{"c1.example.com", DC_TYPE_A,
		 "ANSWER|c1.example.com CNAME c2.example.com.|c2.example.com CNAME mail.example.com.|mail.example.com A 192.0.2.2", 120},
		{"c1.example.com", DC_TYPE_CNAME, "ANSWER|c1.example.com CNAME c2.example.com.", 3600},
		{"c1.example.com", DC_TYPE_MX,
		 "NODATA|c1.example.com CNAME c2.example.com.|c2.example.com CNAME mail.example.com.", 60},
		{"l1.example.com", DC_TYPE_A, "SERVFAIL", 0},
		{"self.example.com", DC_TYPE_A, "SERVFAIL", 0},
		{"out.example.com", DC_TYPE_A, "OUT_OF_SOURCE|out.example.com CNAME mx.example.net.", 3600},
		{"gone.example.com", DC_TYPE_A, "NXDOMAIN|gone.example.com CNAME nothing.example.com.", 60},
		{"sub.example.com", DC_TYPE_NS, "OUT_OF_SOURCE", 0},
		{"sub.example.com", DC_TYPE_DS, "ANSWER|sub.example.com DS 1 8 2 00", 3600},
		{"ns.sub.example.com", DC_TYPE_A, "OUT_OF_SOURCE", 0},
		{"x.sub.example.com", DC_TYPE_DS, "OUT_OF_SOURCE", 0},
		{"todeleg.example.com", DC_TYPE_A, "OUT_OF_SOURCE|todeleg.example.com CNAME www.sub.example.com.", 3600},
		{"child.example.com", DC_TYPE_DS, "ANSWER|child.example.com DS 2 8 2 00", 3600},
		{"child.example.com", DC_TYPE_NS, "ANSWER|child.example.com NS ns.child.example.com.", 3600},
		{"ns.child.example.com", DC_TYPE_A, "ANSWER|ns.child.example.com A 192.0.2.10", 3600},
		{"www.child.example.com", DC_TYPE_A,
		 "ANSWER|www.child.example.com CNAME mail.example.com.|mail.example.com A 192.0.2.2", 120},
		{"no.child.example.com", DC_TYPE_A, "NXDOMAIN", 5},
		{"d.example.com", DC_TYPE_A, "NODATA", 60},
		{"x.d.example.com", DC_TYPE_A,
		 "ANSWER|d.example.com DNAME target.example.com.|x.d.example.com CNAME x.target.example.com.|x.target.example.com A "
		 "192.0.2.4", 3600},
		{"y.d.example.com", DC_TYPE_A,
		 "NXDOMAIN|d.example.com DNAME target.example.com.|y.d.example.com CNAME y.target.example.com.", 60},
		{"x.far.example.com", DC_TYPE_A,
		 "OUT_OF_SOURCE|far.example.com DNAME example.net.|x.far.example.com CNAME x.example.net.", 3600},
		{"example.com", DC_TYPE_DS, "OUT_OF_SOURCE", 0},
		{"example.net", DC_TYPE_A, "OUT_OF_SOURCE", 0},
		{"com", DC_TYPE_NS, "OUT_OF_SOURCE", 0},
		{".", DC_TYPE_NS, "OUT_OF_SOURCE", 0},
		{"example.com", 255, "REFUSED", 0},
	};
	struct dc_zones *zones = load(zone_text);
	struct dc_buf text;
	dc_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_question question = {.kind = DC_ASK_DNS, .type = rows[i].type, .name = dc_slice_of(rows[i].name)};
		struct dc_answer *answer = dc_zones_answer(zones, &question);
		if (strcmp(shown(answer, &text), rows[i].want) != 0 || answer->ttl_s != rows[i].ttl_s)
			fail_msg("%s %u: %s %u", rows[i].name, rows[i].type, text.ptr, answer->ttl_s);
		assert_true(dc_slice_starts(answer->via, DC_S("zone test.zone")));
		struct dc_slice target = dc_zone_chase_target(*state, answer);
		assert_int_equal(target.len > 0, answer->outcome == DC_OUTCOME_OUT_OF_SOURCE && answer->rr_count > 0);
		dc_answer_unref(answer);
	}
	dc_buf_free(&text);
	dc_zones_free(zones);
}

#define SOA "$TTL 60\n$ORIGIN z.example.\n@ SOA a b 1 2 3 4 5\n"

static void refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", ":1: no records"},
		{"; only a comment\n\n", ":1: no records"},
		{"a.example. 60 A 192.0.2.1\n", ":1: a.example A: the file has no SOA"},
		{"$ORIGIN z.example.\n\nwww A 192.0.2.1\n", ":3: www.z.example A: the file has no SOA"},
		{SOA "other.example. A 192.0.2.1\n", ":4: other.example A: this name is outside"},
		{SOA "www A 192.0.2\n", ":4: www.z.example A: not one IPv4"},
		{SOA "www A 192.0.2.1 192.0.2.2\n", ":4: www.z.example A: not one IPv4"},
		{SOA "www A\n", ":4: www.z.example A: not one IPv4"},
		{SOA "@ MX mail\n", ":4: z.example MX: not a preference"},
		{SOA "@ MX 70000 mail\n", ":4: z.example MX: not a preference"},
		{SOA "@ MX -1 mail\n", ":4: z.example MX: not a preference"},
		{SOA "@ TXT\n", ":4: z.example TXT: at least one string"},
		{SOA "@ TXT \"a\\256\"\n", ":4: z.example TXT: a backslash"},
		{SOA "@ TXT a\\25\n", ":4: z.example TXT: a backslash"},
		{SOA "@ TXT \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n",
		 ":4: z.example TXT: a string is longer"},
		{SOA "@ CERT 0 0 0 AAAA\n", ":4: z.example CERT: the data does not fit"},
		{SOA "@ CERT AVERYLONGMNEMONIC 0 0 AAAA\n", ":4: z.example CERT: the data does not fit"},
		{SOA "www 4000000000 A 192.0.2.1\n", ":4: \"4000000000\" is no time"},
		{SOA "www 4000w A 192.0.2.1\n", ":4: \"4000w\" is no time"},
		{SOA "www 1x A 192.0.2.1\n", ":4: \"1x\" is no time"},
		{SOA "@ TXT \"open\nwww A 192.0.2.1\n", ":4: a quotation mark"},
		{SOA "\n\n@ TXT (\n a\n", ":6: a bracket is opened"},
		{SOA "@ TXT a )\n", ":4: a bracket is closed"},
		{SOA "@ TXT a\\\n", ":4: a line ends in a backslash"},
		{SOA "www CNAME a\nwww A 192.0.2.1\n", ":5: www.z.example A: a CNAME must stand alone"},
		{SOA "www A 192.0.2.1\nwww CNAME a\n", ":5: www.z.example CNAME: a CNAME must stand alone"},
		{SOA "@ CNAME a\n", ":4: z.example CNAME: a CNAME must stand alone"},
		{SOA "www CNAME a\nwww CNAME b\n", ":5: www.z.example CNAME: this name has two CNAME"},
		{SOA "www DNAME a\nwww DNAME b\n", ":5: www.z.example DNAME: this name has two DNAME"},
		{SOA "example. SOA a b 1 2 3 4 5\nwww A 192.0.2.1\nwww TXT a\n",
		 ":6: www.z.example TXT: the file has a zone for this name"},
		{SOA "www ALIAS a\n", ":4: \"ALIAS\" is no record type"},
		{SOA "www ANY a\n", ":4: records of type \"ANY\""},
		{SOA "www CH TXT a\n", ":4: class \"CH\""},
		{SOA "www 99999999999 A 192.0.2.1\n", ":4: \"99999999999\" is no time to live"},
		{SOA "www\n", ":4: the record ends before its type"},
		{SOA "a..b A 192.0.2.1\n", ":4: \"a..b\" is no domain name"},
		{SOA "$INCLUDE other\n", ":4: $INCLUDE is not followed"},
		{SOA "$GENERATE 1-9 a$ A 192.0.2.$\n", ":4: $GENERATE is known to BIND only"},
		{SOA "$FOO x\n", ":4: \"$FOO\" is no directive"},
		{SOA "$TTL\n", ":4: $TTL must be followed"},
		{SOA "www TYPE65280 abc\n", ":4: www.z.example TYPE65280: the data does not fit"},
		{SOA "www TYPE65280 \\# 2 ab\n", ":4: www.z.example TYPE65280: the length after"},
		{SOA "www CNAME \\# 2 0161\n", ":4: www.z.example CNAME: the data does not fit"},
		{SOA "@ SOA \\# 2 0161\n", ":4: z.example SOA: the data does not fit"},
		{SOA "@ SOA a b 2 2 3 4 5\n", ":4: z.example SOA: the zone has two different SOA"},
		{"www A 192.0.2.1\n", ":1: the name \"www\" has no final dot"},
		{"  A 192.0.2.1\n", ":1: the first record has no owner"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_error err = {0};
		struct dc_zones *zones = dc_zones_new();
		enum dc_status status = dc_zones_parse(zones, "z", dc_slice_of(rows[i].text), &err);
		if (status != DC_ERR_INPUT || strncmp(err.message + 1, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("%s\n%d %s", rows[i].text, status, err.message);
		assert_int_equal(dc_zones_parse(zones, "z", dc_slice_of(SOA), &err), DC_ERR_NOMEM);
		assert_false(dc_zones_hold(zones, DC_S("z.example"), DC_TYPE_A));
		dc_zones_free(zones);
	}
}

static void accepted(void **state)
{
	static const struct {
		const char *text, *name;
		uint16_t type;
		const char *want;
	} rows[] = {
		/* records before the SOA, the SOA twice as a transfer ends, an exact repetition, a byte order mark, CR LF,
		 * no final newline */
		{"\xef\xbb\xbfwww.z.example. 60 IN A 192.0.2.1\r\n" SOA "www A 192.0.2.1\r\n@ SOA a b 1 2 3 4 5",
		 "www.z.example", DC_TYPE_A, "ANSWER|www.z.example A 192.0.2.1"},
		{SOA "@ CAA 0 issue ca.example\n", "z.example", DC_TYPE_CAA, "ANSWER|z.example CAA 0 issue \"ca.example\""},
		{SOA "@ TXT \"\"\n", "z.example", DC_TYPE_TXT, "ANSWER|z.example TXT \"\""},
		{SOA "@ TXT \"a\\\"b\\\\\\000\\255;\" a\\\"b (c\n d)\n", "z.example", DC_TYPE_TXT,
		 "ANSWER|z.example TXT \"a\\\"b\\\\\\000\\255;\" \"a\\\"b\" \"c\" \"d\""},
		{SOA "www 1h30m IN TYPE1 \\# 4 C0 00 0201\n", "www.z.example", DC_TYPE_A, "ANSWER|www.z.example A 192.0.2.1"},
		{SOA "@ HTTPS 1 . alpn=h2\n", "z.example", 65, "ANSWER|z.example HTTPS \\# 10 00010000010003026832"},
		{SOA "@ TYPE65280 \\# 0\n", "z.example", 65280, "ANSWER|z.example TYPE65280 \\# 0"},
		{SOA "a\\.b\\032 TXT x\n", "a\\.b\\032.z.example", DC_TYPE_TXT, "ANSWER|a\\.b\\032.z.example TXT \"x\""},
		{SOA "$ORIGIN sub\nwww A 192.0.2.1\n", "www.sub.z.example", DC_TYPE_A, "ANSWER|www.sub.z.example A 192.0.2.1"},
		{SOA "@ CERT PKIX 1 2 AAAA\n", "z.example", 37, "ANSWER|z.example CERT \\# 8 0001000102000000"},
		{SOA "*.w NS ns.elsewhere.example.\n", "a.w.z.example", DC_TYPE_A, "OUT_OF_SOURCE"},
		{"z.example. SOA a. b. 1 2 3 4 5\n\tA 192.0.2.1\n", "z.example", DC_TYPE_A, "ANSWER|z.example A 192.0.2.1"},
		{"$ORIGIN .\n@ 60 SOA a b 1 2 3 4 5\n* TXT x\n", "any.where", DC_TYPE_TXT, "ANSWER|any.where TXT \"x\""},
		{"$ORIGIN .\n@ 60 SOA a b 1 2 3 4 5\n@ DNAME z.example.\n", "any.where", DC_TYPE_TXT, "SERVFAIL"},
	};
	struct dc_buf text;
	dc_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_zones *zones = load(rows[i].text);
		struct dc_question question = {.kind = DC_ASK_DNS, .type = rows[i].type, .name = dc_slice_of(rows[i].name)};
		struct dc_answer *answer = dc_zones_answer(zones, &question);
		if (strcmp(shown(answer, &text), rows[i].want) != 0)
			fail_msg("%zu: %s", i, text.ptr);
		dc_answer_unref(answer);
		dc_zones_free(zones);
	}
	dc_buf_free(&text);
}

/* A TXT record of 65,535 octets would not fit into a message with its owner; one of 65,000 does. */
static void longest(void **state)
{
	struct dc_buf zone;
	dc_buf_init(&zone, 1 << 20);
	dc_buf_puts(&zone, SOA "@ TXT (\n");
	for (size_t i = 0; i < 254; i++) {
		dc_buf_putc(&zone, '"');
		for (size_t k = 0; k < 255; k++)
			dc_buf_puts(&zone, "\\255");
		dc_buf_puts(&zone, "\"\n");
	}
	dc_buf_puts(&zone, ")\n");
	struct dc_error err = {0};
	struct dc_zones *zones = dc_zones_new();
	if (dc_zones_parse(zones, "z", dc_buf_slice(&zone), &err) != DC_OK)
		fail_msg("%s", err.message);
	struct dc_answer *answer =
		dc_zones_answer(zones, &(struct dc_question){.type = DC_TYPE_TXT, .name = DC_S("z.example")});
	assert_int_equal(answer->rrs[0].rdata.len, 254 * 256);
	dc_answer_unref(answer);
	dc_zones_free(zones);
	dc_buf_free(&zone);
}

/* Sets and answers that no message holds, more types than are searched, a zone in two files. */
static void limits(void **state)
{
	struct dc_buf zone;
	struct dc_error err = {0};
	dc_buf_init(&zone, 1 << 22);
	dc_buf_puts(&zone, SOA);
	for (int i = 0; i < 5000; i++)
		dc_buf_printf(&zone, "@ A 10.0.%d.%d\n", i / 250, i % 250);
	struct dc_zones *zones = dc_zones_new();
	assert_int_equal(dc_zones_parse(zones, "z", dc_buf_slice(&zone), &err), DC_ERR_INPUT);
	assert_non_null(strstr(err.message, "do not fit into a DNS message"));
	dc_zones_free(zones);

	dc_buf_reset(&zone);
	dc_buf_puts(&zone, SOA);
	for (int i = 0; i < 300; i++)
		dc_buf_printf(&zone, "@ TYPE%d \\# 0\n", 60000 + i);
	zones = dc_zones_new();
	assert_int_equal(dc_zones_parse(zones, "z", dc_buf_slice(&zone), &err), DC_ERR_INPUT);
	assert_non_null(strstr(err.message, "more than 256 types"));
	dc_zones_free(zones);

	dc_buf_reset(&zone);
	dc_buf_puts(&zone, SOA "a CNAME b\n");
	for (int i = 0; i < 4093; i++)
		dc_buf_printf(&zone, "b 60 A 10.0.%d.%d\n", i / 250, i % 250);
	dc_buf_puts(&zone, "b 30 A 192.0.2.1\n");
	zones = dc_zones_new();
	assert_int_equal(dc_zones_parse(zones, "z", dc_buf_slice(&zone), &err), DC_OK);
	struct dc_answer *answer = dc_zones_answer(zones, &(struct dc_question){.type = DC_TYPE_A, .name = DC_S("b.z.example")});
	assert_int_equal(answer->rr_count, 4094);
	assert_int_equal(answer->ttl_s, 30);
	dc_answer_unref(answer);
	answer = dc_zones_answer(zones, &(struct dc_question){.type = DC_TYPE_A, .name = DC_S("a.z.example")});
	assert_int_equal(answer->outcome, DC_OUTCOME_SERVFAIL);
	dc_answer_unref(answer);
	assert_int_equal(dc_zones_parse(zones, "again", DC_S(SOA), &err), DC_ERR_INPUT);
	assert_string_equal(err.message, "again:3: z.example SOA: this zone was loaded from another file already");
	dc_zones_free(zones);
	dc_buf_free(&zone);
}

/* Many names and many zones: the table grows, and everything is found again; nothing else is. */
static void many(void **state)
{
	struct dc_buf zone;
	struct dc_error err = {0};
	char name[64];
	dc_buf_init(&zone, 1 << 24);
	for (int z = 0; z < 300; z++) {
		dc_buf_printf(&zone, "$ORIGIN z%d.example.\n@ 60 SOA a b 1 2 3 4 5\n", z);
		for (int i = 0; i < 100; i++)
			dc_buf_printf(&zone, "n%d.m%d 60 A 10.0.%d.%d\n", i, i % 7, z % 256, i);
	}
	struct dc_zones *zones = dc_zones_new();
	assert_int_equal(dc_zones_parse(zones, "z", dc_buf_slice(&zone), &err), DC_OK);
	assert_int_equal(dc_zones_parse(zones, "y", DC_S(SOA), &err), DC_OK);
	for (int z = 0; z < 301; z++)
		for (int i = 0; i < 101; i++) {
			(void)snprintf(name, sizeof name, "n%d.m%d.z%d.example", i, i % 7, z);
			struct dc_answer *answer =
				dc_zones_answer(zones, &(struct dc_question){.type = DC_TYPE_A, .name = dc_slice_of(name)});
			assert_int_equal(answer->outcome, z == 300   ? DC_OUTCOME_OUT_OF_SOURCE
							  : i == 100 ? DC_OUTCOME_NXDOMAIN
								     : DC_OUTCOME_ANSWER);
			assert_true(i == 100 || z == 300 || (uint8_t)answer->rrs[0].rdata.ptr[3] == i);
			assert_true(dc_slice_eq(answer->via, z == 300 ? DC_S("zone files") : DC_S("zone z")));
			dc_answer_unref(answer);
		}
	/* no name: more labels than the wire holds */
	char long_name[2 * 200 + 1];
	for (size_t i = 0; i < sizeof long_name; i += 2)
		memcpy(long_name + i, "a.", i + 2 < sizeof long_name ? 2 : 1);
	struct dc_slice text = {long_name, sizeof long_name};
	struct dc_answer *answer = dc_zones_answer(zones, &(struct dc_question){.type = DC_TYPE_A, .name = text});
	assert_int_equal(answer->outcome, DC_OUTCOME_MALFORMED);
	assert_false(dc_zones_hold(zones, text, DC_TYPE_A));
	dc_answer_unref(answer);
	dc_zones_free(zones);
	dc_buf_free(&zone);
}

/* A label too many for the name that a DNAME makes. */
static void dname_too_long(void **state)
{
	char text[2048], label[64] = {0};
	memset(label, 'a', 63);
	(void)snprintf(text, sizeof text, SOA "d DNAME %s.%s.%s.z.example.\n", label, label, label);
	struct dc_zones *zones = load(text);
	(void)snprintf(text, sizeof text, "%s.d.z.example", label);
	struct dc_answer *answer = dc_zones_answer(zones, &(struct dc_question){.type = DC_TYPE_A, .name = dc_slice_of(text)});
	assert_int_equal(answer->outcome, DC_OUTCOME_REFUSED);
	assert_int_equal(answer->rcode, 6);
	dc_answer_unref(answer);
	dc_zones_free(zones);
}

/* ---- the overlay ---- */

struct stub {
	struct dc_source base;
	struct dc_zones *zones;
	size_t asked;
	struct dc_fetch *held;
};
static bool stub_claims(const struct dc_source *source, const struct dc_question *question)
{
	return question->kind == DC_ASK_DNS;
}
static void stub_submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct stub *stub = (struct stub *)source;
	stub->asked++;
	fetch->done(fetch, dc_zones_answer(stub->zones, &fetch->question));
}

/* Holds what it is asked until told. */
static void lazy_submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct stub *stub = (struct stub *)source;
	fetch->next = stub->held;
	stub->held = fetch;
}
static bool any_claims(const struct dc_source *source, const struct dc_question *question)
{
	return question->kind != DC_ASK_SMTP;
}

static void keep(struct dc_fetch *fetch, struct dc_answer *answer)
{
	*(struct dc_answer **)fetch->user = answer;
}

static void overlay(void **state)
{
	static const char live_text[] =
		"$TTL 60\n$ORIGIN live.example.\n@ SOA a b 1 2 3 4 5\nmx A 192.0.2.50\nback CNAME new.z.example.\n"
		"back2 CNAME back\nloop CNAME loop.z.example.\nfine TXT x\n"
		"$ORIGIN z.example.\n@ SOA a b 1 2 3 4 5\nsub A 192.0.2.99\nold A 192.0.2.98\nwww.sub A 192.0.2.97\n";
	static const char file_text[] = SOA "new A 192.0.2.51\nout CNAME mx.live.example.\nlong CNAME out\nloop CNAME loop.live.example.\n"
					    "gone CNAME none.live.example.\nsub NS ns.elsewhere.example.\nturn CNAME back.live.example.\n"
					    "tosub CNAME www.sub\n";
	static const struct {
		const char *name;
		uint16_t type;
		const char *want, *via;
	} rows[] = {
		{"new.z.example", DC_TYPE_A, "ANSWER|new.z.example A 192.0.2.51", "zone FILE"},
		{"old.z.example", DC_TYPE_A, "NXDOMAIN", "zone FILE"},
		{"fine.live.example", DC_TYPE_TXT, "ANSWER|fine.live.example TXT \"x\"", "zone live"},
		{"nothing.example", DC_TYPE_TXT, "OUT_OF_SOURCE", "zone live"},
		{"out.z.example", DC_TYPE_A, "ANSWER|out.z.example CNAME mx.live.example.|mx.live.example A 192.0.2.50",
		 "zone FILE, zone live"},
		{"long.z.example", DC_TYPE_A,
		 "ANSWER|long.z.example CNAME out.z.example.|out.z.example CNAME mx.live.example.|mx.live.example A 192.0.2.50",
		 "zone FILE, zone live"},
		{"gone.z.example", DC_TYPE_A, "NXDOMAIN|gone.z.example CNAME none.live.example.", "zone FILE, zone live"},
		{"back.live.example", DC_TYPE_A, "ANSWER|back.live.example CNAME new.z.example.|new.z.example A 192.0.2.51",
		 "zone live, zone FILE"},
		{"back.live.example", DC_TYPE_CNAME, "ANSWER|back.live.example CNAME new.z.example.", "zone live"},
		{"back2.live.example", DC_TYPE_A,
		 "ANSWER|back2.live.example CNAME back.live.example.|back.live.example CNAME new.z.example.|new.z.example A 192.0.2.51",
		 "zone live, zone FILE"},
		{"turn.z.example", DC_TYPE_A,
		 "ANSWER|turn.z.example CNAME back.live.example.|back.live.example CNAME new.z.example.|new.z.example A 192.0.2.51",
		 "zone FILE, zone live, zone FILE"},
		{"sub.z.example", DC_TYPE_A, "ANSWER|sub.z.example A 192.0.2.99", "zone live"},
		{"tosub.z.example", DC_TYPE_A, "ANSWER|tosub.z.example CNAME www.sub.z.example.|www.sub.z.example A 192.0.2.97",
		 "zone FILE, zone live"},
		{"loop.live.example", DC_TYPE_A, "SERVFAIL", NULL},
	};
	char path[] = "/tmp/dc-zone-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, file_text, sizeof file_text - 1), sizeof file_text - 1);
	close(fd);
	const struct dc_source_ops ops = {.name = "stub", .claims = stub_claims, .submit = stub_submit};
	struct stub stub = {.base = {&ops}, .zones = dc_zones_new()};
	struct dc_error err = {0};
	struct dc_buf text;
	assert_int_equal(dc_zones_parse(stub.zones, "live", dc_slice_of(live_text), &err), DC_OK);
	const char *paths[] = {path};
	struct dc_source *source = dc_zonefile_new(paths, 1, &stub.base, &err);
	if (!source)
		fail_msg("%s", err.message);
	dc_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_answer *answer = NULL;
		struct dc_fetch fetch = {.done = keep, .user = &answer};
		fetch.question = (struct dc_question){.kind = DC_ASK_DNS, .type = rows[i].type, .name = dc_slice_of(rows[i].name)};
		assert_true(source->ops->claims(source, &fetch.question));
		source->ops->submit(source, &fetch);
		if (strcmp(shown(answer, &text), rows[i].want) != 0)
			fail_msg("%s %u: %s", rows[i].name, rows[i].type, text.ptr);
		assert_true(dc_question_eq(&answer->question, &fetch.question));
		if (rows[i].via) {
			char via[300], *file;
			(void)snprintf(via, sizeof via, "%.*s", DC_FMT(answer->via));
			while ((file = strstr(via, path + 5)) != NULL) {
				memmove(file + 4, file + strlen(path + 5), strlen(file + strlen(path + 5)) + 1);
				memcpy(file, "FILE", 4);
			}
			assert_string_equal(via, rows[i].via);
		}
		dc_answer_unref(answer);
	}
	struct dc_question validate = {.kind = DC_ASK_VALIDATE, .type = DC_TYPE_A, .name = DC_S("fine.live.example")};
	assert_false(source->ops->claims(source, &validate));
	validate.name = DC_S("new.z.example");
	assert_true(source->ops->claims(source, &validate));
	source->ops->free(source);
	dc_zones_free(stub.zones);
	dc_buf_free(&text);
	unlink(path);
}

/* Below answers later, some questions never; other kinds pass through; chains that never end do end. */
static void overlay_waits(void **state)
{
	static const char file_text[] = SOA "out CNAME mx.live.example.\nc0 CNAME d0.live.example.\nc1 CNAME d1.live.example.\n";
	char path[] = "/tmp/dc-zone-XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, file_text, sizeof file_text - 1), sizeof file_text - 1);
	close(fd);
	const struct dc_source_ops ops = {.name = "lazy", .claims = any_claims, .submit = lazy_submit};
	struct stub lazy = {.base = {&ops}};
	struct dc_error err = {0};
	const char *paths[] = {path};
	struct dc_source *source = dc_zonefile_new(paths, 1, &lazy.base, &err);
	struct dc_answer *answers[4] = {0};
	struct dc_fetch fetches[4];
	static const char *const names[] = {"out.z.example", "x.live.example", "y.live.example", "server.example"};
	for (size_t i = 0; i < 4; i++) {
		fetches[i] = (struct dc_fetch){.done = keep, .user = &answers[i]};
		fetches[i].question = (struct dc_question){i == 3 ? DC_ASK_SERVER : DC_ASK_DNS, DC_TYPE_A, dc_slice_of(names[i]), {0}};
		assert_true(source->ops->claims(source, &fetches[i].question));
		source->ops->submit(source, &fetches[i]);
		assert_null(answers[i]);
	}
	assert_ptr_equal(lazy.held, &fetches[3]); /* untouched */
	struct dc_question other = {DC_ASK_SERVER, DC_TYPE_A, DC_S("out.z.example"), {0}};
	assert_false(source->ops->claims(source, &other));
	other = (struct dc_question){DC_ASK_SMTP, 0, DC_S("x.live.example"), {0}};
	assert_false(source->ops->claims(source, &other));
	/* the second of the four is answered, the others are left when the source goes */
	struct dc_fetch *inner = lazy.held->next->next;
	assert_true(dc_slice_eq(inner->question.name, DC_S("x.live.example")));
	inner->done(inner, dc_answer_new(&(struct dc_answer){.question = inner->question, .outcome = DC_OUTCOME_TIMEOUT, .ede = -1}));
	assert_int_equal(answers[1]->outcome, DC_OUTCOME_TIMEOUT);
	dc_answer_unref(answers[1]);
	/* d0 leads to c1, d1 to c0, for ever */
	struct dc_answer *circle = NULL;
	struct dc_fetch round = {.question = {DC_ASK_DNS, DC_TYPE_A, DC_S("c0.z.example"), {0}}, .done = keep, .user = &circle};
	source->ops->submit(source, &round);
	for (size_t turn = 0; !circle; turn++) {
		struct dc_fetch *asked = lazy.held;
		bool zero = dc_slice_eq(asked->question.name, DC_S("d0.live.example"));
		struct dc_rr rr = {asked->question.name, DC_TYPE_CNAME, 60, zero ? DC_S("\2c1\1z\7example\0") : DC_S("\2c0\1z\7example\0")};
		assert_true(turn < 100);
		asked->done(asked, dc_answer_new(&(struct dc_answer){.question = asked->question, .outcome = DC_OUTCOME_ANSWER, .ede = -1,
								     .rrs = &rr, .rr_count = 1}));
	}
	assert_int_equal(circle->outcome, DC_OUTCOME_SERVFAIL);
	assert_int_equal(circle->rr_count, 0);
	dc_answer_unref(circle);
	source->ops->free(source);
	source = dc_zonefile_new(paths, 1, NULL, &err);
	struct dc_answer *state_of = NULL;
	struct dc_fetch validate = {.question = {DC_ASK_VALIDATE, DC_TYPE_A, DC_S("out.z.example"), {0}}, .done = keep, .user = &state_of};
	assert_true(source->ops->claims(source, &validate.question));
	source->ops->submit(source, &validate);
	assert_int_equal(state_of->outcome, DC_OUTCOME_ANSWER);
	assert_int_equal(state_of->dnssec, DC_DNSSEC_UNKNOWN);
	assert_true(dc_slice_eq(state_of->detail, DC_S("a zone file proves no signature")));
	dc_answer_unref(state_of);
	source->ops->free(source);
	assert_null(dc_zonefile_new((const char *const[]){"/nonexistent"}, 1, NULL, &err));
	assert_int_equal(err.status, DC_ERR_IO);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers, make_arena, free_arena),
		cmocka_unit_test(refused),
		cmocka_unit_test(accepted),
		cmocka_unit_test(longest),
		cmocka_unit_test(dname_too_long),
		cmocka_unit_test(limits),
		cmocka_unit_test(many),
		cmocka_unit_test(overlay),
		cmocka_unit_test(overlay_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
