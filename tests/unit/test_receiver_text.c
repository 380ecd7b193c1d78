/* The texts of jobs and results, and frames: what is written is read back, and nothing else is read. */
#include "../support/scene.h"

#include "receiver/store.h"

static struct dc_question question(const char *text)
{
	return (struct dc_question){.kind = DC_ASK_RECEIVER, .name = DC_S("example.com"), .server = dc_slice_of(text)};
}

static void test_jobs(void **state)
{
	static const char *const good[] = {
		"spf ip=192.0.2.1 helo=mail.example.com from=user@example.com", "spf ip=2001:db8::1 helo= from=",
		"spf ip=192.0.2.1 helo=%00%20%25 from=%FFx@y", "key s=a.b a=rsa-sha256", "message now=0",
		"message now=9223372036854775807",
	};
	static const char *const bad[] = {
		"", "spf", "spf ", "spf ip=192.0.2.1", "spf ip=192.0.2.01 helo= from=", "spf ip=192.0.2.1  helo= from=",
		"spf ip=192.0.2.1 helo= from= ", "spf ip=192.0.2.1 helo=%41 from=", "spf ip=192.0.2.1 helo=%0 from=",
		"spf ip=192.0.2.1 helo=%ff from=", "spf ip=192.0.2.1 helo=%zz from=", "spf ip=192.0.2.1 helo=\t from=",
		"spf ip=192.0.2.1 from= helo=", "spf ip=192.0.2.1 helo= from=\n", "key s=a", "key a=b s=c", "message now=",
		"message now=-1", "message now=01", "message now=9223372036854775808", "SPF ip=192.0.2.1 helo= from=",
		"spf ip=192.0.2.1 helo=% from=",
		"spf ip=192.0.2.1 helo= from=%",
	};
	struct dc_receiver_job job;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct dc_question q = question(good[i]), again;

		if (!dc_receiver_job_parse(arena, &q, &job))
			fail_msg("%s", good[i]);
		again = dc_receiver_job_question(arena, &job);
		assert_true(dc_question_eq(&q, &again));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dc_question q = question(bad[i]);

		if (dc_receiver_job_parse(arena, &q, &job))
			fail_msg("%s", bad[i]);
	}
}

static struct dc_buf written;

static struct dc_slice text(void)
{
	return dc_buf_slice(&written);
}

static void test_results(void **state)
{
	static const char octets[] = "a b%\n=\0\x7f\xff";
	struct dc_receiver_spf spf = {.result = DC_S("softfail"), .lookups = 12, .limited = true, .reason = {octets, 9}}, spf2;
	struct dc_receiver_key key = {.sig_error = 42, .key_bits = 2048, .testing = true, .reason = {octets, 9}}, key2;
	struct dc_receiver_signature signatures[2] = {
		{.domain = DC_S("a"), .selector = {octets, 9}, .algorithm = DC_S("rsa-sha256"), .sig_error = 28, .key_bits = 1024},
		{.sig_error = 0, .passed = true, .body_tested = true, .body_matches = true, .no_subdomains = true},
	};
	struct dc_receiver_message message = {.signatures = signatures, .count = 2, .limited = true, .reason = DC_S("x")}, message2;

	(void)state;
	dc_buf_init(&written, 1 << 20);
	dc_receiver_spf_write(&written, &spf);
	assert_true(dc_receiver_spf_read(arena, text(), &spf2));
	assert_int_equal(spf2.fate, DC_RECEIVER_DONE);
	assert_true(dc_slice_eq(spf2.result, spf.result) && dc_slice_eq(spf2.reason, spf.reason) && spf2.lookups == 12 && spf2.limited);
	assert_false(dc_receiver_key_read(arena, text(), &key2));
	assert_false(dc_receiver_message_read(arena, text(), &message2));

	dc_buf_reset(&written);
	dc_receiver_key_write(&written, &key);
	assert_true(dc_receiver_key_read(arena, text(), &key2));
	assert_true(key2.sig_error == 42 && key2.key_bits == 2048 && key2.testing && !key2.no_subdomains);
	assert_true(dc_slice_eq(key2.name, DC_S("revoked")) && dc_slice_eq(key2.reason, key.reason));

	dc_buf_reset(&written);
	dc_receiver_message_write(&written, &message);
	assert_true(dc_receiver_message_read(arena, text(), &message2));
	assert_true(message2.count == 2 && message2.limited);
	assert_true(dc_slice_eq(message2.signatures[0].name, DC_S("bad-signature")));
	assert_true(dc_slice_eq(message2.signatures[0].selector, signatures[0].selector));
	assert_true(message2.signatures[1].passed && message2.signatures[1].no_subdomains && !message2.signatures[1].testing);
	dc_buf_free(&written);
}

static void test_fates(void **state)
{
	static const struct {
		enum dc_receiver_fate fate;
		int signal;
		const char *reason, *text;
	} rows[] = {
		{DC_RECEIVER_CRASHED, 6, "", "crashed reason=SIGABRT"}, {DC_RECEIVER_CRASHED, 0, "", "crashed reason=died"},
		{DC_RECEIVER_HUNG, 0, "CPU time", "hung reason=CPU%20time"}, {DC_RECEIVER_ABSENT, 0, "", "absent reason="},
	};
	static const char *const bad[] = {
		"", "done", "crashed", "crashed reason=a b", "hung reason=x\n", "done result=pass", "absent", "Done result=pass",
		"done result=PASS lookups=0 limited=no reason=", "done result=pass lookups=-1 limited=no reason=",
		"done result=pass lookups=4294967296 limited=no reason=", "done result=pass lookups=0 limited=maybe reason=",
		"done result=pass lookups=0 limited=no reason= ", "done result=pass lookups=0 limited=no reason=\x80",
	};
	struct dc_receiver_spf spf;

	(void)state;
	dc_buf_init(&written, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		dc_buf_reset(&written);
		dc_receiver_fate_write(&written, rows[i].fate, rows[i].signal, dc_slice_of(rows[i].reason));
		assert_true(dc_slice_eq(text(), dc_slice_of(rows[i].text)));
		assert_true(dc_receiver_spf_read(arena, text(), &spf));
		assert_int_equal(spf.fate, rows[i].fate);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (dc_receiver_spf_read(arena, dc_slice_of(bad[i]), &spf))
			fail_msg("%s", bad[i]);
	dc_buf_free(&written);
}

/* ---- frames ---- */

static void add(const char *name, uint16_t type, enum dc_outcome outcome, bool truncated)
{
	static struct dc_rr rr;
	struct dc_answer draft = {.question = {.type = type, .name = dc_slice_of(name)}, .outcome = outcome, .truncated = truncated,
				  .ede = -1, .rrs = &rr, .rr_count = outcome == DC_OUTCOME_ANSWER};

	rr = (struct dc_rr){dc_slice_of(name), type, 300, DC_S("\xc0\x00\x02\x01")};
	dc_evidence_add(evidence, dc_answer_new(&draft));
}

/* Every outcome, as the worker will see it; what no library asks for stays at home. */
static void test_evidence(void **state)
{
	static const enum dc_wire_state states[DC_OUTCOME_COUNT] = {
		[DC_OUTCOME_ANSWER] = DC_WIRE_RECORDS, [DC_OUTCOME_NODATA] = DC_WIRE_NODATA,
		[DC_OUTCOME_NXDOMAIN] = DC_WIRE_NXDOMAIN, [DC_OUTCOME_SERVFAIL] = DC_WIRE_FAILED,
		[DC_OUTCOME_REFUSED] = DC_WIRE_FAILED, [DC_OUTCOME_TIMEOUT] = DC_WIRE_FAILED,
		[DC_OUTCOME_BOGUS] = DC_WIRE_FAILED, [DC_OUTCOME_MALFORMED] = DC_WIRE_FAILED,
		[DC_OUTCOME_NOT_ASKED] = DC_WIRE_UNSEEN, [DC_OUTCOME_OUT_OF_SOURCE] = DC_WIRE_UNSEEN,
	};
	struct dc_store *store = dc_store_new();
	struct dc_wire_reader reader;
	enum dc_wire_kind kind;
	struct dc_slice body;
	size_t used;

	(void)state;
	for (int i = 0; i < DC_OUTCOME_COUNT; i++)
		add(dc_outcome_name((enum dc_outcome)i), DC_TYPE_A, (enum dc_outcome)i, false);
	add("cut", DC_TYPE_A, DC_OUTCOME_ANSWER, true);
	add("ns", DC_TYPE_NS, DC_OUTCOME_ANSWER, false);
	dc_evidence_add(evidence, dc_receiver_message_input(DC_S("From: a\r\n\r\n")));
	dc_buf_init(&written, 1 << 20);
	dc_wire_put_evidence(&written, 3, evidence, 0);
	assert_int_equal(dc_wire_next(text(), 1 << 20, &kind, &body, &used), DC_WIRE_FRAME);
	assert_int_equal(kind, DC_WIRE_EVIDENCE);
	assert_int_equal(used, written.len);
	for (size_t len = 0; len < written.len; len++)
		assert_int_equal(dc_wire_next(dc_slice_sub(text(), 0, len), 1 << 20, &kind, &body, &used), DC_WIRE_MORE);
	reader = (struct dc_wire_reader){body, false};
	assert_int_equal(dc_wire_get(&reader, 1), 3);
	assert_int_equal(dc_wire_get(&reader, 1), 1);
	for (size_t len = 0; len < reader.rest.len; len++) {
		struct dc_wire_reader shorter = {dc_slice_sub(reader.rest, 0, len), false};
		struct dc_store *scrap = dc_store_new();

		assert_false(dc_store_add(scrap, &shorter));
		dc_store_free(scrap);
	}
	assert_true(dc_store_add(store, &reader));
	for (int i = 0; i < DC_OUTCOME_COUNT; i++) {
		const struct dc_known *known =
			dc_store_find(store, dc_slice_of(dc_outcome_name((enum dc_outcome)i)), DC_TYPE_A);

		assert_non_null(known);
		assert_int_equal(known->state, states[i]);
		assert_int_equal(known->count, i == DC_OUTCOME_ANSWER);
	}
	assert_int_equal(dc_store_find(store, DC_S("cut"), DC_TYPE_A)->state, DC_WIRE_FAILED);
	assert_null(dc_store_find(store, DC_S("ns"), DC_TYPE_NS));
	assert_null(dc_store_find(store, DC_S("NODATA"), DC_TYPE_MX));
	/* a name that does not exist has nothing of any type */
	assert_int_equal(dc_store_find(store, DC_S("NXDOMAIN"), DC_TYPE_MX)->state, DC_WIRE_NXDOMAIN);
	assert_int_equal(dc_store_message(store).len, 11);
	dc_store_free(store);
	dc_buf_free(&written);
}

/* More evidence than a store keeps: it says so and does not come back. */
static void test_spent(void **state)
{
	struct dc_store *store = dc_store_new();
	static char big[30 << 20];

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct dc_wire_reader reader;

		dc_buf_init(&written, 64 << 20);
		dc_wire_put32(&written, 1);
		dc_wire_put8(&written, DC_WIRE_ITEM_MESSAGE);
		dc_wire_put32(&written, sizeof(big));
		dc_buf_put(&written, big, sizeof(big));
		reader = (struct dc_wire_reader){text(), false};
		assert_true(dc_store_add(store, &reader));
		dc_buf_free(&written);
	}
	assert_true(dc_store_is_spent(store));
	dc_store_reset(store);
	assert_false(dc_store_is_spent(store));
	dc_store_free(store);
	assert_null(dc_receiver_message_input((struct dc_slice){big, (25 << 20) + 1}));
}

static void test_missing(void **state)
{
	struct dc_question asked[2] = {{.kind = DC_ASK_DNS, .type = DC_TYPE_TXT, .name = DC_S("example.com")},
				       {.kind = DC_ASK_DNS, .type = DC_TYPE_A, .name = DC_S("a\\.b.example.com")}};
	struct dc_question read[DC_RECEIVER_MISSING_MAX];
	enum dc_wire_kind kind;
	struct dc_slice body;
	size_t used, count = 0;

	(void)state;
	dc_buf_init(&written, 1 << 20);
	dc_wire_put_missing(&written, asked, 2);
	assert_int_equal(dc_wire_next(text(), 1 << 20, &kind, &body, &used), DC_WIRE_FRAME);
	assert_true(dc_wire_read_missing(arena, body, read, &count));
	assert_int_equal(count, 2);
	assert_true(dc_question_eq(&read[0], &asked[0]) && dc_question_eq(&read[1], &asked[1]));
	for (size_t len = 0; len < body.len; len++)
		assert_false(dc_wire_read_missing(arena, dc_slice_sub(body, 0, len), read, &count));
	/* too long for the ceiling */
	assert_int_equal(dc_wire_next(text(), body.len - 1, &kind, &body, &used), DC_WIRE_BAD);
	dc_buf_free(&written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs),  cmocka_unit_test(test_results), cmocka_unit_test(test_fates),
		cmocka_unit_test(test_evidence), cmocka_unit_test(test_spent), cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, scene_open, scene_close);
}
