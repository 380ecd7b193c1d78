/* Recordings: what is written comes back octet for octet; what is broken is refused with its line; the replay source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/civil.h"
#include "source/file.h"
#include "source/recording.h"

#define HEAD "domaincheck-recording 1\n"

static void assert_same(const struct dc_answer *a, const struct dc_answer *b)
{
	assert_true(dc_question_eq(&a->question, &b->question));
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->rcode, b->rcode);
	assert_int_equal(a->authentic, b->authentic);
	assert_int_equal(a->truncated, b->truncated);
	assert_int_equal(a->authoritative, b->authoritative);
	assert_int_equal(a->recursion, b->recursion);
	assert_int_equal(a->edns, b->edns);
	assert_int_equal(a->dnssec, b->dnssec);
	assert_int_equal(a->ede, b->ede);
	assert_int_equal(a->ttl_s, b->ttl_s);
	assert_int_equal(a->elapsed_ms, b->elapsed_ms);
	assert_int_equal(a->tries, b->tries);
	assert_int_equal(a->size, b->size);
	assert_true(dc_slice_eq(a->via, b->via));
	assert_true(dc_slice_eq(a->detail, b->detail));
	assert_true(dc_slice_eq(a->data, b->data));
	assert_int_equal(a->rr_count, b->rr_count);
	for (size_t i = 0; i < a->rr_count; i++) {
		assert_true(dc_slice_eq(a->rrs[i].owner, b->rrs[i].owner));
		assert_int_equal(a->rrs[i].type, b->rrs[i].type);
		assert_int_equal(a->rrs[i].ttl_s, b->rrs[i].ttl_s);
		assert_true(dc_slice_eq(a->rrs[i].rdata, b->rrs[i].rdata));
	}
}

/* Writes one answer, reads it, compares, and looks at the line. */
static void round_trip(const struct dc_answer *answer)
{
	struct dc_recording_writer *writer = dc_recording_writer_new();
	struct dc_recording *recording;
	struct dc_slice text;
	struct dc_error err = {0};
	dc_recording_put_answer(writer, answer);
	dc_recording_put_answer(writer, answer);
	assert_int_equal(dc_recording_text(writer, &text, &err), DC_OK);
	size_t lines = 0;
	for (size_t i = 0; i < text.len; i++) {
		lines += text.ptr[i] == '\n';
		assert_true(text.ptr[i] == '\n' || (text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7e));
	}
	assert_int_equal(lines, 2); /* equal answers once */
	if (dc_recording_parse("r", text, &recording, &err) != DC_OK)
		fail_msg("%s\n%.*s", err.message, text.len < 2000 ? (int)text.len : 2000, text.ptr);
	assert_int_equal(dc_recording_count(recording), 1);
	assert_same(answer, dc_recording_at(recording, 0));
	assert_int_equal(dc_recording_find(recording, &answer->question), 0);
	dc_recording_free(recording);
	dc_recording_writer_free(writer);
}

/* ---- random answers ---- */

static uint64_t seed = 0x9e3779b97f4a7c15u;
static size_t pick(size_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return below ? seed % below : 0;
}

static struct dc_slice any_octets(char *room, size_t max)
{
	size_t len = pick(4) ? pick(max < 40 ? max + 1 : 40) : pick(max + 1);
	bool wild = pick(2);
	for (size_t i = 0; i < len; i++)
		room[i] = wild ? (char)pick(256) : (char)(0x20 + pick(0x5f));
	return (struct dc_slice){room, len};
}

static void random_answers(void **state)
{
	static char rooms[64][600];
	static const uint16_t types[] = {1, 2, 5, 6, 12, 15, 16, 28, 33, 39, 43, 46, 47, 48, 52, 99,
					 257, 65, 65280, 35, 13, 29, 37, 42, 55};
	for (size_t n = 0; n < 20000; n++) {
		struct dc_rr rrs[4];
		size_t room = 2;
		struct dc_answer answer = {.outcome = pick(DC_OUTCOME_COUNT), .ede = (int32_t)pick(30) - 1, .rr_count = pick(5)};
		answer.question = (struct dc_question){.kind = pick(DC_ASK_KIND_COUNT), .type = (uint16_t)pick(300),
						       .name = any_octets(rooms[0], 300), .server = any_octets(rooms[1], 100)};
		answer.rcode = (uint16_t)pick(4096);
		answer.authentic = pick(2);
		answer.truncated = pick(2);
		answer.authoritative = pick(2);
		answer.recursion = pick(2);
		answer.edns = pick(2);
		answer.dnssec = pick(4);
		answer.ttl_s = (uint32_t)pick(5);
		answer.elapsed_ms = (uint32_t)pick(SIZE_MAX);
		answer.tries = (uint16_t)pick(9);
		answer.size = (uint32_t)pick(70000);
		answer.via = any_octets(rooms[room++], 60);
		answer.detail = any_octets(rooms[room++], 300);
		answer.data = any_octets(rooms[room++], 600);
		for (size_t i = 0; i < answer.rr_count; i++)
			rrs[i] = (struct dc_rr){any_octets(rooms[room + 2 * i], 100), types[pick(sizeof types / sizeof *types)],
						(uint32_t)pick(5), any_octets(rooms[room + 2 * i + 1], 600)};
		answer.rrs = rrs;
		round_trip(&answer);
	}
}

static void every_octet(void **state)
{
	char octets[256], string[256 + 2] = {(char)255};
	for (int i = 0; i < 256; i++)
		octets[i] = (char)i;
	memcpy(string + 1, octets, 255);
	string[256] = 1;
	string[257] = (char)255;
	struct dc_slice all = {octets, 256};
	struct dc_rr rrs[] = {{DC_S("a.example"), DC_TYPE_TXT, 5, {string, sizeof string}},
			      {all, DC_TYPE_TXT, 5, {string, 7}}, /* malformed for its type */
			      {all, DC_TYPE_CAA, 5, all},
			      {DC_S("}{\"\\"), DC_TYPE_CNAME, 5, DC_S("\3\"}{\0")},
			      {DC_S("A."), DC_TYPE_MX, 5, DC_S("\0\1\3}\\.\0")},
			      {DC_S("-"), 0, 5, {NULL, 0}},
			      {{NULL, 0}, 65535, 5, {NULL, 0}}};
	struct dc_answer answer = {.question = {DC_ASK_RECEIVER, 16, all, all}, .via = all, .detail = all, .data = all, .rrs = rrs,
				   .rr_count = sizeof rrs / sizeof *rrs, .ede = 0};
	round_trip(&answer);
}

/* The largest TXT there can be, at its worst: every octet needs an escape. */
static void largest(void **state)
{
	char *rdata = malloc(65535);
	memset(rdata, 0xff, 65535);
	struct dc_rr rrs[2] = {{DC_S("a.example"), DC_TYPE_TXT, 5, {rdata, 65535}}};
	struct dc_answer answer = {.question = {DC_ASK_DNS, DC_TYPE_TXT, DC_S("a.example"), {0}}, .rrs = rrs, .rr_count = 2, .ede = -1};
	rrs[1] = rrs[0];
	rrs[1].rdata.len = 255 * 256;
	answer.data = (struct dc_slice){rdata, 65535};
	round_trip(&answer);
	free(rdata);
}

/* A line that people can read: the text is part of the format. */
static void looks(void **state)
{
	struct dc_rr rrs[] = {{DC_S("www.example.com"), DC_TYPE_CNAME, 300, DC_S("\3web\7example\3net\0")},
			      {DC_S("web.example.net"), DC_TYPE_TXT, 60, DC_S("\7a\"}\\b \t")}};
	struct dc_answer answer = {.question = {DC_ASK_DNS, DC_TYPE_TXT, DC_S("www.example.com"), {0}},
				   .outcome = DC_OUTCOME_ANSWER, .authentic = true, .ede = -1, .ttl_s = 60, .elapsed_ms = 21,
				   .tries = 1, .size = 99, .via = DC_S("192.0.2.53:53"), .rrs = rrs, .rr_count = 2};
	struct dc_recording_writer *writer = dc_recording_writer_new();
	struct dc_recorded_audit audit = {DC_S("example.com"), 1234, 5, 67};
	struct dc_slice text;
	dc_recording_put_clock(writer, 1795176000);
	dc_recording_put_option(writer, "selector", DC_S("s1,s2"));
	dc_recording_put_option(writer, "helo", DC_S(""));
	dc_recording_put_option(writer, "output", DC_S("my file"));
	dc_recording_put_answer(writer, &answer);
	answer = (struct dc_answer){.question = {DC_ASK_DNS, DC_TYPE_MX, DC_S("example.com"), {0}}, .outcome = DC_OUTCOME_SERVFAIL,
				    .rcode = 2, .ede = 22, .detail = DC_S("no reachable authority")};
	dc_recording_put_answer(writer, &answer);
	dc_recording_put_audit(writer, &audit);
	assert_int_equal(dc_recording_text(writer, &text, NULL), DC_OK);
	static const char want[] =
		HEAD "clock 2026-11-20T12:00:00Z\noption selector s1,s2\noption helo -\noption output \"my file\"\n"
		     "dns www.example.com TXT ANSWER ad elapsed_ms=21 tries=1 size=99 via=192.0.2.53:53 "
		     "{www.example.com 300 CNAME web.example.net.} {web.example.net 60 TXT \"a\\\"}\\\\b \\009\"}\n"
		     "dns example.com MX SERVFAIL ede=22 detail=\"no reachable authority\"\n"
		     "audit example.com elapsed_ms=1234 rounds=5 questions=67\n";
	if (!dc_slice_eq(text, DC_S(want)))
		fail_msg("%.*s", DC_FMT(text));
	struct dc_recording *recording;
	assert_int_equal(dc_recording_parse("dir/r", text, &recording, NULL), DC_OK);
	assert_true(dc_recording_has_clock(recording));
	assert_int_equal(dc_recording_clock(recording), 1795176000);
	assert_int_equal(dc_recording_option_count(recording), 3);
	assert_string_equal(dc_recording_option(recording, 2)->name.ptr, "output");
	assert_string_equal(dc_recording_option(recording, 2)->value.ptr, "my file");
	assert_int_equal(dc_recording_option(recording, 1)->value.len, 0);
	assert_int_equal(dc_recording_audit_count(recording), 1);
	assert_int_equal(dc_recording_audit(recording, DC_S("example.com"))->elapsed_ms, 1234);
	assert_int_equal(dc_recording_audit(recording, DC_S("example.com"))->questions, 67);
	assert_null(dc_recording_audit(recording, DC_S("example.net")));
	assert_true(dc_slice_eq(dc_recording_label(recording), DC_S("r")));
	dc_recording_free(recording);
	dc_recording_writer_free(writer);
}

/* Enough for the tables to grow; each line twice. */
static void many(void **state)
{
	char name[32];
	struct dc_recording_writer *writer = dc_recording_writer_new();
	struct dc_recording *recording;
	struct dc_slice text;
	for (size_t i = 0; i < 4000; i++) {
		(void)snprintf(name, sizeof name, "n%zu.example", i % 2000);
		dc_recording_put_answer(writer, &(struct dc_answer){.question = {DC_ASK_DNS, DC_TYPE_MX, dc_slice_of(name), {0}},
								    .outcome = DC_OUTCOME_NODATA, .ede = -1, .tries = 1});
		if (i < 2000)
			dc_recording_put_audit(writer, &(struct dc_recorded_audit){.domain = dc_slice_of(name), .rounds = i});
	}
	assert_int_equal(dc_recording_text(writer, &text, NULL), DC_OK);
	assert_int_equal(dc_recording_parse("r", text, &recording, NULL), DC_OK);
	assert_int_equal(dc_recording_count(recording), 2000);
	assert_int_equal(dc_recording_audit_count(recording), 2000);
	for (size_t i = 0; i < 2000; i++) {
		(void)snprintf(name, sizeof name, "n%zu.example", i);
		assert_int_equal(dc_recording_find(recording, &(struct dc_question){DC_ASK_DNS, DC_TYPE_MX, dc_slice_of(name), {0}}), i);
		assert_int_equal(dc_recording_audit(recording, dc_slice_of(name))->rounds, i);
	}
	dc_recording_free(recording);
	dc_recording_writer_free(writer);
}

static void refused(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "r:1: no recording"},
		{"x\n", "r:1: no recording"},
		{"domaincheck-recording 2\n", "r:1: a recording of another version"},
		{"domaincheck-recording 10\n", "r:1: a recording of another version"},
		{HEAD "\n# fine\nfoo bar\n", "r:4: a line begins with"},
		{HEAD "clock yesterday\n", "r:2: the clock is no time"},
		{HEAD "clock 2026-02-29T12:00:00Z\n", "r:2: the clock is no time"},
		{HEAD "clock 2026-01-01T24:00:00Z\n", "r:2: the clock is no time"},
		{HEAD "clock 2026-01-01T00:00:00Z\nclock 2026-01-01T00:00:00Z\n", "r:3: the clock stands twice"},
		{HEAD "option\n", "r:2: an option has no name"},
		{HEAD "option A b\n", "r:2: an option has no name"},
		{HEAD "option a b c\n", "r:2: an option has one value"},
		{HEAD "option a \"b\n", "r:2: an option has one value"},
		{HEAD "option a \"\\000\"\n", "r:2: the value of an option holds"},
		{HEAD "audit a.example rounds=1\n", "r:2: after audit"},
		{HEAD "audit a.example elapsed_ms=1 rounds=1 questions=-1\n", "r:2: after audit"},
		{HEAD "dns\n", "r:2: a name is missing"},
		{HEAD "dns Example.com MX NODATA\n", "r:2: a name has capital"},
		{HEAD "dns example.com. MX NODATA\n", "r:2: a name ends in a dot"},
		{HEAD "dns a.example\n", "r:2: a record type"},
		{HEAD "dns a.example FOO NODATA\n", "r:2: a record type"},
		{HEAD "dns a.example TYPE65536 NODATA\n", "r:2: a record type"},
		{HEAD "dns a.example MX MAYBE\n", "r:2: after name and type"},
		{HEAD "dns a.example MX\n", "r:2: after name and type"},
		{HEAD "dns a.example MX NODATA foo=1\n", "r:2: a field that this version"},
		{HEAD "dns a.example MX NODATA adx\n", "r:2: a field that this version"},
		{HEAD "dns a.example MX NODATA ad ad\n", "r:2: a field stands twice"},
		{HEAD "dns a.example MX NODATA ttl=1 ttl=1\n", "r:2: a field stands twice"},
		{HEAD "dns a.example MX NODATA ttl=01\n", "r:2: the value of a field is no number"},
		{HEAD "dns a.example MX NODATA ttl=4294967296\n", "r:2: the value of a field is no number"},
		{HEAD "dns a.example MX NODATA rcode=4096\n", "r:2: the value of a field is no number"},
		{HEAD "dns a.example MX NODATA ttl=1x\n", "r:2: the value of a field is no number"},
		{HEAD "dns a.example MX NODATA via=\"a\"b\n", "r:2: the value of a field is badly"},
		{HEAD "dns a.example MX NODATA via=\"\\256\"\n", "r:2: the value of a field is badly"},
		{HEAD "dns a.example MX NODATA via=\"\\x\"\n", "r:2: the value of a field is badly"},
		{HEAD "dns a.example MX NODATA via=\"a\\\n", "r:2: the value of a field is badly"},
		{HEAD "dns a.example MX NODATA via=\"\t\"\n", "r:2: the value of a field is badly"},
		{HEAD "dns a.example MX NODATA dnssec=maybe\n", "r:2: dnssec is one of"},
		{HEAD "dns a.example MX ANSWER {a.example 1 MX 10 b.\n", "r:2: a brace is opened"},
		{HEAD "dns a.example MX ANSWER {a.example MX 10 b.}\n", "r:2: a record has no time"},
		{HEAD "dns a.example MX ANSWER {a.example 1 MX b.}\n", "r:2: not a preference"},
		{HEAD "dns a.example MX ANSWER {a.example 1 MX 10 b.}x\n", "r:2: after a closing brace"},
		{HEAD "dns a.example MX ANSWER {a.example 1 TYPE0x \\# 0}\n", "r:2: a record type"},
		{HEAD "dns a.example\tMX NODATA\n", "r:2: a name is missing or badly"},
		{HEAD "dns a\xff.example MX NODATA\n", "r:2: a name is missing or badly"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_recording *recording = NULL;
		struct dc_error err = {0};
		if (dc_recording_parse("x/y/r", dc_slice_of(rows[i].text), &recording, &err) != DC_ERR_INPUT ||
		    strncmp(err.message, "x/y/", 4) != 0 || strncmp(err.message + 4, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("%s\n%s", rows[i].text, err.message);
		assert_null(recording);
	}
}

static void octet_zero_and_long_lines(void **state)
{
	static const char zero[] = HEAD "dns a\0b MX NODATA\n";
	struct dc_recording *recording;
	struct dc_error err;
	assert_int_equal(dc_recording_parse("r", DC_S(zero), &recording, &err), DC_ERR_INPUT);
	struct dc_buf text;
	dc_buf_init(&text, DC_RECORDING_LINE_MAX + 100);
	dc_buf_puts(&text, HEAD "dns a.example MX NODATA detail=");
	while (text.len < DC_RECORDING_LINE_MAX + 50)
		dc_buf_putc(&text, 'x');
	assert_int_equal(dc_recording_parse("r", dc_buf_slice(&text), &recording, &err), DC_ERR_INPUT);
	assert_string_equal(err.message, "r:2: the line is too long");
	dc_buf_free(&text);
}

static void keep(struct dc_fetch *fetch, struct dc_answer *answer)
{
	*(struct dc_answer **)fetch->user = answer;
}

static struct dc_answer *ask(struct dc_source *source, const char *name)
{
	struct dc_answer *answer = NULL;
	struct dc_fetch fetch = {.question = {DC_ASK_DNS, DC_TYPE_MX, dc_slice_of(name), {0}}, .done = keep, .user = &answer};
	assert_true(source->ops->claims(source, &fetch.question));
	source->ops->submit(source, &fetch);
	assert_true(dc_question_eq(&answer->question, &fetch.question));
	return answer;
}

static void replays(void **state)
{
	static const char text[] = HEAD "dns a.example MX TIMEOUT\r\ndns b.example MX NXDOMAIN\ndns a.example MX SERVFAIL\n"
					"dns a.example MX ANSWER {a.example 60 MX 10 mx.example.}";
	static const struct {
		const char *name;
		enum dc_outcome outcome;
	} rows[] = {{"a.example", DC_OUTCOME_TIMEOUT}, {"b.example", DC_OUTCOME_NXDOMAIN}, {"a.example", DC_OUTCOME_SERVFAIL},
		    {"a.example", DC_OUTCOME_ANSWER},  {"a.example", DC_OUTCOME_ANSWER},   {"b.example", DC_OUTCOME_NXDOMAIN},
		    {"c.example", DC_OUTCOME_NOT_ASKED}};
	char folder[] = "/tmp/dc-recording-XXXXXX", path[100];
	struct dc_error err = {0};
	struct dc_recording *recording;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/r", folder);
	assert_int_equal(dc_file_write(path, DC_S(text), &err), DC_OK);
	assert_int_equal(dc_file_write(path, DC_S(text), &err), DC_OK);
	if (dc_recording_read(path, &recording, &err) != DC_OK)
		fail_msg("%s", err.message);
	struct dc_source *source = dc_recording_source_new(recording, &err);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct dc_answer *answer = ask(source, rows[i].name);
		assert_int_equal(answer->outcome, rows[i].outcome);
		dc_answer_unref(answer);
	}
	source->ops->free(source);
	dc_recording_free(recording);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0); /* no temporary file is left */
}

static void files(void **state)
{
	char folder[] = "/tmp/dc-file-XXXXXX", path[100], real[100];
	struct dc_error err = {0};
	struct dc_buf bytes;
	struct stat st;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/link", folder);
	(void)snprintf(real, sizeof real, "%s/real", folder);
	assert_int_equal(dc_file_write(real, DC_S("old"), &err), DC_OK);
	assert_int_equal(chmod(real, 0600), 0);
	assert_int_equal(symlink("real", path), 0);
	assert_int_equal(dc_file_write(path, DC_S("new"), &err), DC_OK);
	assert_true(lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
	assert_true(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	dc_buf_init(&bytes, 3);
	assert_int_equal(dc_file_read(path, &bytes, &err), DC_OK);
	assert_true(dc_slice_eq(dc_buf_slice(&bytes), DC_S("new")));
	dc_buf_free(&bytes);
	dc_buf_init(&bytes, 2);
	assert_int_equal(dc_file_read(path, &bytes, &err), DC_ERR_IO);
	assert_non_null(strstr(err.message, "too large"));
	dc_buf_free(&bytes);
	assert_int_equal(dc_file_read(folder, &bytes, &err), DC_ERR_IO);
	assert_int_equal(dc_file_read("/nonexistent\x1b", &bytes, &err), DC_ERR_IO);
	assert_null(strchr(err.message, 0x1b));
	assert_int_equal(dc_file_write(folder, DC_S("x"), &err), DC_ERR_IO);
	assert_int_equal(dc_file_write("/nonexistent/x", DC_S("x"), &err), DC_ERR_IO);
	assert_int_equal(dc_file_write("/dev/null", DC_S("x"), &err), DC_OK);
	assert_int_equal(dc_file_write("/dev/full", DC_S("x"), &err), DC_ERR_IO);
	(void)unlink(path);
	(void)unlink(real);
	assert_int_equal(rmdir(folder), 0);
}

/* The examples of the manual page are a recording. */
static void manual(void **state)
{
	struct dc_buf page, text;
	struct dc_error err = {0};
	struct dc_recording *recording;
	dc_buf_init(&page, 1 << 20);
	dc_buf_init(&text, 1 << 20);
	if (dc_file_read(DC_SOURCE_ROOT "/docs/man/domaincheck-recording.5", &page, &err) != DC_OK)
		fail_msg("%s", err.message);
	dc_buf_putc(&page, 0);
	const char *at = strstr(page.ptr, ".Bd -literal\n"), *end = at ? strstr(at, ".Ed") : NULL;
	assert_non_null(end);
	for (at = end ? strchr(at, '\n') + 1 : NULL; at < end; at++) {
		dc_buf_putc(&text, *at);
		if (*at == '\\' && at[1] == 'e') /* roff for a backslash */
			at++;
	}
	if (dc_recording_parse("manual", dc_buf_slice(&text), &recording, &err) != DC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(dc_recording_count(recording), 7);
	assert_true(dc_slice_ends_nocase(dc_recording_at(recording, 5)->data, DC_S("end banner closed\n")));
	dc_recording_free(recording);
	dc_buf_free(&page);
	dc_buf_free(&text);
}

static void calendar(void **state)
{
	char text[DC_CIVIL_STAMP_LEN + 1];
	int64_t seconds;
	for (int64_t day = -719528; day <= 2932896; day += 1 + (int64_t)pick(40)) { /* years 0000 to 9999 */
		assert_int_equal(dc_civil_to_days(dc_civil_from_days(day)), day);
		assert_true(dc_civil_stamp_parse(dc_slice_of(dc_civil_stamp(day * 86400 + 86399, text)), &seconds));
		assert_int_equal(seconds, day * 86400 + 86399);
	}
	assert_string_equal(dc_civil_stamp(0, text), "1970-01-01T00:00:00Z");
	assert_string_equal(dc_civil_stamp(951782400, text), "2000-02-29T00:00:00Z");
	assert_string_equal(dc_civil_stamp(-1, text), "1969-12-31T23:59:59Z");
	assert_string_equal(dc_civil_stamp(INT64_MAX, text), "9999-12-31T23:59:59Z");
	assert_string_equal(dc_civil_stamp(INT64_MIN, text), "0000-01-01T00:00:00Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_answers), cmocka_unit_test(every_octet), cmocka_unit_test(largest),
		cmocka_unit_test(looks),          cmocka_unit_test(refused),     cmocka_unit_test(octet_zero_and_long_lines),
		cmocka_unit_test(replays),        cmocka_unit_test(files),       cmocka_unit_test(manual),
		cmocka_unit_test(calendar),       cmocka_unit_test(many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
