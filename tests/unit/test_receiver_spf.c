/* libspf2 through the real worker: where it leaves RFC 7208 (each row is what receivers built on it answer), what it makes of
 * failures and of names that were never asked, records that kill it, and trees that never end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../support/rig.h"

#define A "198.51.100.7"

static struct rig rig;

static int open_rig(void **state)
{
	(void)state;
	rig_open(&rig, NULL);
	return 0;
}

static int close_rig(void **state)
{
	(void)state;
	rig_close(&rig);
	return 0;
}

static void check(const char *what, struct dc_receiver_spf spf, const char *result)
{
	if (spf.fate != DC_RECEIVER_DONE || !rig_is(spf.result, result)) {
		print_error("%s: fate %d, %.*s (%.*s), expected %s\n", what, (int)spf.fate, DC_FMT(spf.result),
			    DC_FMT(spf.reason), result);
		fail();
	}
}

/* `n` times `part` (which may hold one %d) after "v=spf1", then `tail`. */
static char *repeat(const char *part, int n, const char *tail)
{
	static char record[20000];
	size_t len = (size_t)snprintf(record, sizeof(record), "v=spf1");

	for (int i = 0; i < n; i++) {
		len += (size_t)snprintf(record + len, sizeof(record) - len, " ");
		if (strstr(part, "%d")) {
			char digits[16], *at = strstr(part, "%d");
			snprintf(digits, sizeof(digits), "%d", i % 250);
			len += (size_t)snprintf(record + len, sizeof(record) - len, "%.*s%s%s", (int)(at - part), part, digits, at + 2);
		} else {
			len += (size_t)snprintf(record + len, sizeof(record) - len, "%s", part);
		}
	}
	snprintf(record + len, sizeof(record) - len, "%s", tail);
	return record;
}

static void test_ordinary(void **state)
{
	static const struct {
		const char *record, *result;
	} rows[] = {
		{"v=spf1 ip4:198.51.100.0/24 -all", "pass"}, {"v=spf1 -all", "fail"}, {"v=spf1 ~all", "softfail"},
		{"v=spf1 ?all", "neutral"}, {"v=spf1 ip4:192.0.2.1", "neutral"}, {"v=spf1 a -all", "pass"},
		{"v=spf1 a:nothing.example.com -all", "fail"}, {"v=spf1 mx:m.example.com -all", "pass"},
		{"v=spf1 include:pass.example.com -all", "pass"}, {"v=spf1 redirect=pass.example.com", "pass"},
		{"v=spf1 exists:%{ir}.e.example.com -all", "pass"}, {"v=spf1 a:alias.example.com -all", "pass"},
		{"spf2.0/pra -all", "none"}, {"v=spf1 ptr:host.example.com -all", "pass"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_next(&rig);
		world_txt(&rig.world, "example.com", rows[i].record);
		world_ip(&rig.world, "example.com", A);
		world_txt(&rig.world, "pass.example.com", "v=spf1 ip4:" A " -all");
		world_host(&rig.world, "m.example.com", DC_TYPE_MX, 10, "host.example.com");
		world_ip(&rig.world, "host.example.com", A);
		world_ip(&rig.world, "7.100.51.198.e.example.com", "127.0.0.2");
		world_host(&rig.world, "alias.example.com", DC_TYPE_CNAME, 0, "more.example.com");
		world_host(&rig.world, "more.example.com", DC_TYPE_CNAME, 0, "host.example.com");
		world_host(&rig.world, "7.100.51.198.in-addr.arpa", DC_TYPE_PTR, 0, "host.example.com");
		check(rows[i].record, rig_spf(&rig, A, "example.com"), rows[i].result);
	}
	rig_next(&rig);
	check("nothing", rig_spf(&rig, A, "example.com"), "none");
}

/* Each row: RFC 7208 says otherwise. */
static void test_divergences(void **state)
{
	static const struct {
		const char *record, *ip, *result, *rfc;
	} rows[] = {
		{"v=spf1 ip4:0.0.0.0/0 -all", A, "(invalid)", "pass"},
		{"v=spf1 a/0 -all", A, "(invalid)", "pass"},
		{"v=spf1 ip6:::/0 -all", "2001:db8::1", "(invalid)", "pass"},
		{"v=spf1 ip4:198.51.100.999 -all", A, "(invalid)", "permerror"},
		{"v=spf1 redirect=pass.example.com ip4:192.0.2.1 -all", A, "pass", "fail"},
		{"v=spf1 a: -all", A, "pass", "permerror"},
		{"v=spf1 ip4:198.51.100.0/024 -all", A, "pass", "permerror"},
		{"v=spf1 ip4:198.51.100.0/4294967320 -all", A, "pass", "permerror"},
		{"v=spf1 moo.cow=x -all", A, "(invalid)", "fail"},
		{"v=spf1 -all", "127.0.0.1", "pass", "fail"},
		{"v=spf1 ip4:198.51.100.7 -all", "::ffff:198.51.100.7", "fail", "pass"},
		{"v=spf1 mx:farm.example.com -all", A, "pass", "permerror"},
		{"v=spf1 exists:%{d2}.e.example.com -all", A, "pass", "fail"},
		{"v=spf1 a:n1.example.com a:n2.example.com a:n3.example.com a:n4.example.com -all", A, "fail", "permerror"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_next(&rig);
		world_txt(&rig.world, "example.com", rows[i].record);
		world_ip(&rig.world, "example.com", A);
		world_txt(&rig.world, "pass.example.com", "v=spf1 ip4:" A " -all");
		world_ip(&rig.world, "xample.com.e.example.com", "127.0.0.2");
		for (int k = 0; k < 11; k++) {
			char host[64];
			snprintf(host, sizeof(host), "h%d.example.com", k);
			world_host(&rig.world, "farm.example.com", DC_TYPE_MX, 10, host);
			world_ip(&rig.world, host, k == 3 ? A : "192.0.2.9");
		}
		check(rows[i].record, rig_spf(&rig, rows[i].ip, "example.com"), rows[i].result);
	}
}

/* 511 octets of compiled record: what stands behind is dropped without a word. */
static void test_silent_cut(void **state)
{
	(void)state;
	rig_next(&rig);
	world_txt(&rig.world, "example.com", repeat("ip4:192.0.2.%d", 63, " -all"));
	check("63 ip4", rig_spf(&rig, A, "example.com"), "fail");
	rig_next(&rig);
	world_txt(&rig.world, "example.com", repeat("ip4:192.0.2.%d", 64, " -all"));
	check("64 ip4", rig_spf(&rig, A, "example.com"), "neutral");
	rig_next(&rig);
	world_txt(&rig.world, "example.com", repeat("ip6:2001:db8::%d", 26, " -all"));
	check("26 ip6", rig_spf(&rig, A, "example.com"), "neutral");
}

/* Ten terms a record, not a check: each include starts again. */
static void test_include_counting(void **state)
{
	struct dc_receiver_spf spf;
	char name[64];

	(void)state;
	rig_next(&rig);
	world_txt(&rig.world, "example.com", "v=spf1 include:i0.example.com include:i1.example.com ip4:" A " -all");
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "i%d.example.com", i);
		world_txt(&rig.world, name, repeat("a:h%d.example.com", 9, " ?all"));
	}
	spf = rig_spf(&rig, A, "example.com");
	check("20 terms", spf, "pass");
	assert_true(spf.lookups > 20);
	assert_false(spf.limited);
	rig_next(&rig);
	world_txt(&rig.world, "example.com", repeat("a:h%d.example.com", 11, " ip4:" A " -all"));
	check("11 terms", rig_spf(&rig, A, "example.com"), "permerror");
}

/* The text of exp= is fetched whenever the result is not pass, and once more for every include, that of the outer record; for
 * nothing, nobody asked for it. */
static void test_exp_is_fetched(void **state)
{
	static const struct {
		const char *record, *result;
		uint32_t lookups;
	} rows[] = {
		{"v=spf1 -all exp=e.example.com", "fail", 2}, {"v=spf1 ~all exp=e.example.com", "softfail", 2},
		{"v=spf1 ?all exp=e.example.com", "neutral", 2}, {"v=spf1 ip4:" A " exp=e.example.com", "pass", 1},
		{"v=spf1 include:i.example.com -all", "fail", 2}, {"v=spf1 include:i.example.com -all exp=e.example.com", "fail", 4},
		{"v=spf1 include:i.example.com include:i.example.com ip4:" A " exp=e.example.com", "pass", 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dc_receiver_spf spf;

		rig_next(&rig);
		world_txt(&rig.world, "example.com", rows[i].record);
		world_txt(&rig.world, "i.example.com", "v=spf1 -all exp=other.example.com");
		world_txt(&rig.world, "e.example.com", "go away");
		spf = rig_spf(&rig, A, "example.com");
		check(rows[i].record, spf, rows[i].result);
		if (spf.lookups != rows[i].lookups)
			fail_msg("%s: %u lookups, expected %u", rows[i].record, spf.lookups, rows[i].lookups);
	}
}

/* CVE-2023-42118: the record kills the process, and only its own job. */
static void test_crashes(void **state)
{
	static char text[8000];
	struct dc_receiver_spf spf;

	(void)state;
	rig_next(&rig);
	text[0] = '\0';
	for (int i = 0; i < 127; i++)
		strcat(text, "%{d}");
	strcat(text, "x");
	assert_int_equal(strlen(text), 509);
	world_txt(&rig.world, "example.com", "v=spf1 -all exp=e.example.com");
	world_txt(&rig.world, "e.example.com", text);
	spf = rig_spf(&rig, A, "example.com");
	assert_int_equal(spf.fate, DC_RECEIVER_CRASHED);
	assert_true(rig_is(spf.reason, "SIGABRT"));
	assert_int_equal(spf.result.len, 0);

	rig_next(&rig);
	memmove(text + 14, text, strlen(text));
	memcpy(text, "v=spf1 exists:", 14);
	text[14 + 508] = '\0';
	for (size_t i = strlen(text); i < 4700; i++)
		text[i] = 'x', text[i + 1] = '\0';
	world_txt(&rig.world, "example.com", text);
	world_txt(&rig.world, "good.example.com", "v=spf1 -all");
	spf = rig_spf(&rig, A, "example.com");
	assert_int_equal(spf.fate, DC_RECEIVER_CRASHED);
	check("the next", rig_spf(&rig, A, "good.example.com"), "fail");
}

/* Records that crashed the library once (CVE-2021-20314, 33912, 33913) and no longer do in Debian, and names that grow. */
static void test_mended(void **state)
{
	static const struct {
		const char *macro;
		int times, filler;
	} texts[] = {{"%{d}", 50, 310}, {"%{d}", 64, 254}};
	static const char *const records[] = {
		"v=spf1 exists:%{S}%{L}.example.com -all", "v=spf1 exists:%{l1r-}.example.com -all",
		"v=spf1 exists:%{L1r}.example.com -all", "v=spf1 exists:%{i99999999999r}.%{o0} -all",
		"v=spf1 include:%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d}.%{d} -all",
		"v=spf1 redirect=%{d}", "v=spf1 include:%{d} -all", "v=spf1 a:%{p}.%{p}.%{p} ptr -all",
	};
	static char text[2000];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		text[0] = '\0';
		for (int k = 0; k < texts[i].times; k++)
			strcat(text, texts[i].macro);
		for (int k = 0; k < texts[i].filler; k++)
			strcat(text, "x");
		rig_next(&rig);
		world_txt(&rig.world, "example.com", "v=spf1 -all exp=e.example.com");
		world_txt(&rig.world, "e.example.com", text);
		assert_int_equal(rig_spf(&rig, A, "example.com").fate, DC_RECEIVER_DONE);
	}
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct rig_spf job = {.ip = A, .helo = "h", .mail_from = "\377\200-\377-\376@example.com", .domain = "example.com"};

		rig_next(&rig);
		world_txt(&rig.world, "example.com", records[i]);
		rig_run(&rig, rig_build_spf, &job);
		if (job.result.fate != DC_RECEIVER_DONE)
			fail_msg("%s: fate %d, %.*s", records[i], (int)job.result.fate, DC_FMT(job.result.reason));
	}
}

/* Made-up records, many of them deadly: each is answered. */
static void test_storm(void **state)
{
	static const char *const parts[] = {
		" a", " mx", " ptr", " ip4:192.0.2.0/24", " ip4:", " ip6:::/0", " include:", " exists:", " redirect=", " exp=",
		"%{d}", "%{l}", "%{i}", "%{ir}", "%{d1r}", "%{S}", "%{L}", "%{p}", "%{h}", "%{", "%%", "%_", "%-", ".", "/0", "//128",
		"e.example.com", "example.com", " -all", " ~all", " x=", "%{d}%{d}%{d}%{d}%{d}%{d}%{d}%{d}", "\t", "\303\244",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	static char record[8192], text[1024];
	size_t crashed = 0;
	unsigned seed = 3;

	(void)state;
	for (int i = 0; i < 1500; i++) {
		int count = rand_r(&seed) % (i % 10 ? 12 : 500);
		struct dc_receiver_spf spf;

		strcpy(record, "v=spf1");
		for (int k = 0; k < count && strlen(record) < sizeof(record) - 100; k++)
			strcat(record, parts[(unsigned)rand_r(&seed) % (sizeof(parts) / sizeof(parts[0]))]);
		text[0] = '\0';
		for (int k = 115 + rand_r(&seed) % 15; i % 10 == 5 && k > 0; k--)
			strcat(text, "%{d}");
		for (int k = rand_r(&seed) % 5; i % 10 == 5 && k > 0; k--)
			strcat(text, "x");
		rig_next(&rig);
		world_txt(&rig.world, "example.com", i % 10 == 5 ? "v=spf1 -all exp=e.example.com" : record);
		world_txt(&rig.world, "e.example.com", i % 10 == 5 ? text : record);
		spf = rig_spf(&rig, A, "example.com");
		assert_true(spf.fate == DC_RECEIVER_DONE || spf.fate == DC_RECEIVER_CRASHED);
		crashed += spf.fate == DC_RECEIVER_CRASHED;
		assert_true(rig.rounds < 300);
	}
	assert_true(crashed > 5 && crashed < 150);
}

/* A tree of nine includes a level: stock libspf2 asks millions of questions. */
static void test_amplification(void **state)
{
	struct dc_receiver_spf spf;
	char name[64], record[512];

	(void)state;
	rig_next(&rig);
	for (int level = 0; level <= 7; level++) {
		size_t len = (size_t)snprintf(record, sizeof(record), "v=spf1");
		for (int i = 0; i < 9; i++)
			len += (size_t)snprintf(record + len, sizeof(record) - len, " include:l%d.example.com", level + 1);
		snprintf(record + len, sizeof(record) - len, " -all");
		snprintf(name, sizeof(name), "l%d.example.com", level);
		world_txt(&rig.world, name, level == 7 ? "v=spf1 -all" : record);
	}
	spf = rig_spf(&rig, A, "l0.example.com");
	check("tree", spf, "temperror");
	assert_true(spf.limited);
	assert_true(spf.lookups <= 1000);
	assert_true(rig.rounds < 20);

	/* every include has a name of its own: no end of questions without a ceiling */
	rig_next(&rig);
	for (int i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "c%d.example.com", i);
		snprintf(record, sizeof(record), "v=spf1 include:d%d.example.com include:c%d.example.com -all", i, i + 1);
		world_txt(&rig.world, name, record);
		snprintf(name, sizeof(name), "d%d.example.com", i);
		world_txt(&rig.world, name, "v=spf1 -all");
	}
	spf = rig_spf(&rig, A, "c0.example.com");
	assert_int_equal(spf.fate, DC_RECEIVER_DONE);
	assert_true(rig.missing <= 301);
}

/* What fails, and what was never asked, are different things. */
static void test_failures(void **state)
{
	static const struct {
		const char *record;
		enum dc_outcome outcome;
		const char *result; /* NULL: absent */
	} rows[] = {
		{"v=spf1 a:x.example.com -all", DC_OUTCOME_SERVFAIL, "temperror"},
		{"v=spf1 a:x.example.com -all", DC_OUTCOME_TIMEOUT, "temperror"},
		{"v=spf1 a:x.example.com -all", DC_OUTCOME_BOGUS, "temperror"},
		{"v=spf1 include:x.example.com -all", DC_OUTCOME_SERVFAIL, "temperror"},
		{"v=spf1 a:x.example.com -all", DC_OUTCOME_NOT_ASKED, NULL},
		{"v=spf1 include:x.example.com -all", DC_OUTCOME_OUT_OF_SOURCE, NULL},
		{"v=spf1 ip4:" A " include:x.example.com -all", DC_OUTCOME_OUT_OF_SOURCE, "pass"},
		{"v=spf1 -all exp=x.example.com", DC_OUTCOME_OUT_OF_SOURCE, "fail"},
	};
	struct dc_receiver_spf spf;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_next(&rig);
		world_txt(&rig.world, "example.com", rows[i].record);
		world_fail(&rig.world, "x.example.com", 0, rows[i].outcome);
		spf = rig_spf(&rig, A, "example.com");
		if (rows[i].result) {
			check(rows[i].record, spf, rows[i].result);
		} else {
			assert_int_equal(spf.fate, DC_RECEIVER_ABSENT);
			assert_true(spf.reason.len > 0);
		}
	}
	/* the record itself: libspf2 leaves the result unset */
	rig_next(&rig);
	world_fail(&rig.world, "example.com", 0, DC_OUTCOME_SERVFAIL);
	spf = rig_spf(&rig, A, "example.com");
	check("no answer", spf, "(invalid)");
	assert_true(rig_is(spf.reason, "DNS lookup failure: Temporary DNS failure for 'example.com'."));
}

/* Ten hosts behind an MX are found in one round, not in ten. */
static void test_rounds(void **state)
{
	char host[64];

	(void)state;
	rig_next(&rig);
	world_txt(&rig.world, "example.com", "v=spf1 mx a:b.example.com a:c.example.com -all");
	for (int i = 0; i < 10; i++) {
		snprintf(host, sizeof(host), "h%d.example.com", i);
		world_host(&rig.world, "example.com", DC_TYPE_MX, (unsigned)i, host);
		world_ip(&rig.world, host, "192.0.2.1");
	}
	check("mx", rig_spf(&rig, A, "example.com"), "fail");
	/* the record; the MX and both names; the hosts; the result */
	assert_int_equal(rig.rounds, 4);
	assert_int_equal(rig.missing, 1 + 3 + 10);
}

static void run_odd(struct dc_asker *asker, void *data)
{
	struct rig_spf *job = data;
	struct dc_ip ip;

	dc_ip_parse(DC_S(A), &ip);
	dc_receiver_spf(asker, ip, dc_slice_of(job->helo), dc_slice_of(job->mail_from), dc_slice_of(job->domain), &job->result);
}

/* Odd identities reach the library as they are; what cannot be a job is absent. */
static void test_identities(void **state)
{
	static char long_name[1200];
	struct rig_spf job = {.helo = "helo.example.com", .mail_from = "", .domain = "helo.example.com"};

	(void)state;
	rig_next(&rig);
	world_txt(&rig.world, "helo.example.com", "v=spf1 exists:%{l}.%{d} -all");
	world_ip(&rig.world, "postmaster.helo.example.com", "127.0.0.2");
	rig_run(&rig, run_odd, &job);
	check("null sender", job.result, "pass");
	world_txt(&rig.world, "example.com", "v=spf1 exists:%{l}.e.example.com -all");
	world_ip(&rig.world, "a b%%\\255.e.example.com", "127.0.0.2");
	job = (struct rig_spf){.helo = "h", .mail_from = "a b%\377@example.com", .domain = "example.com"};
	rig_run(&rig, run_odd, &job);
	assert_int_equal(job.result.fate, DC_RECEIVER_DONE);
	memset(long_name, 'a', sizeof(long_name) - 1);
	job = (struct rig_spf){.helo = "h", .mail_from = long_name, .domain = "example.com"};
	rig_run(&rig, run_odd, &job);
	assert_int_equal(job.result.fate, DC_RECEIVER_ABSENT);
	job = (struct rig_spf){.helo = "h", .mail_from = "a@b", .domain = "a..b"};
	rig_run(&rig, run_odd, &job);
	assert_int_equal(job.result.fate, DC_RECEIVER_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),      cmocka_unit_test(test_divergences), cmocka_unit_test(test_silent_cut),
		cmocka_unit_test(test_include_counting), cmocka_unit_test(test_exp_is_fetched), cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_storm),         cmocka_unit_test(test_amplification),
		cmocka_unit_test(test_failures),      cmocka_unit_test(test_rounds),      cmocka_unit_test(test_identities),
	};

	return cmocka_run_group_tests(tests, open_rig, close_rig);
}
