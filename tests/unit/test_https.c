/* Documents as questions and answers: URLs, requests, replies, and what a fetch is without an address or an answer. */
#include "../support/scene.h"
#include "evidence/https.h"

static struct dc_https_fetch fetch;

static void test_urls(void **state)
{
	static const char *const good[][2] = {
		{"https://www.example.com", "https://www.example.com/"},
		{"HTTPS://WWW.Example.COM/A?b=C#d", "https://www.example.com/A?b=C"},
		{"https://www.example.com:443/x", "https://www.example.com/x"},
		{"https://www.example.com:8443?x", "https://www.example.com:8443/?x"},
		{"https://_a.example.com/%41;,", "https://_a.example.com/%41;,"},
	};
	static const char *const bad[] = {
		"", "https://", "http://www.example.com/", "www.example.com", "https://localhost/", "https://192.0.2.1/", "https://127.1/",
		"https://example.0x7f/",
		"https://[2001:db8::1]/", "https://u:p@www.example.com/", "https://www.example.com:0/",
		"https://www.example.com:99999/", "https://www.example.com:/", "https://www..example.com/", "https://www.example.com/ x",
		"https://www.example.com/\x01", "https://www.example.com/\xc3\xa4", "https://\xc3\xa4.example/",
		"https://www.example.com\\x", "https://www.example.com\\.evil.example/", "https://www.example.com%2eevil.example/",
		"https://www.example.com/\"", "ftp://www.example.com/",
	};
	struct dc_https_url url;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_null(dc_https_url_parse(arena, dc_slice_of(good[i][0]), &url));
		assert_true(is(url.text, good[i][1]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (!dc_https_url_parse(arena, dc_slice_of(bad[i]), &url))
			fail_msg("%s is taken for a URL", bad[i]);
}

static void test_requests(void **state)
{
	static const char *const bad[] = {
		"https://w.example.com/ 10 ", "https://w.example.com/ 10 192.0.2.1,", "https://w.example.com/ 10 192.0.2.1 x",
		"https://w.example.com/ x 192.0.2.1", "https://w.example.com/ 99999999 192.0.2.1", "https://W.example.com/ 10 192.0.2.1",
		"https://w.example.com 10 192.0.2.1", "https://w.example.com/", "https://x.example.com/ 10 192.0.2.1",
		"https://w.example.com/ 10 1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8,1.1.1.9",
	};
	struct dc_question question = {.kind = DC_ASK_HTTPS, .name = DC_S("w.example.com"),
				       .server = DC_S("https://w.example.com/x 65536 192.0.2.1,2001:db8::1")};
	struct dc_https_request request;

	assert_true(dc_https_request_parse(arena, &question, &request));
	assert_int_equal(request.limit, 65536);
	assert_int_equal(request.ip_count, 2);
	assert_true(dc_question_eq(&question, &(struct dc_question){.kind = DC_ASK_HTTPS, .name = DC_S("w.example.com"),
								     .server = dc_https_question(arena, &request).server}));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		question.server = dc_slice_of(bad[i]);
		if (dc_https_request_parse(arena, &question, &request))
			fail_msg("%s is taken for a request", bad[i]);
	}
}

/* Everything that can stand in a reply, hostile octets too. */
static void test_replies(void **state)
{
	const struct dc_slice names[] = {DC_S("a.example"), DC_S("*.b.example"), DC_S("\xff\n%")};
	struct dc_https_reply reply = {
		.status = 301, .type = DC_S("text/plain; charset=\"\xc3\xa4\""),
		.encoding = DC_S("gzip"), .location = DC_S("https://x/\r\nbody 9"),

		.tls = DC_S("TLSv1.3"), .verify = DC_HTTPS_VERIFY_NAME, .verify_text = DC_S("%41"), .subject = DC_S("CN = a\tb"),
		.issuer = DC_S("O = b"), .issuer_name = DC_S("b"), .not_before_s = 0, .not_after_s = 4102444800, .names = names,
		.name_count = 3, .body = DC_S("body 3\n\n\0\xff"),
	}, again;
	struct dc_buf out;

	dc_buf_init(&out, DC_HTTPS_DATA_MAX);
	dc_https_reply_write(&out, &reply);
	assert_int_equal(out.status, DC_OK);
	assert_true(dc_https_reply_read(arena, dc_buf_slice(&out), &again));
	assert_int_equal(again.status, 301);
	assert_true(dc_slice_eq(again.type, reply.type) && dc_slice_eq(again.location, reply.location));
	assert_true(dc_slice_eq(again.verify_text, reply.verify_text) && dc_slice_eq(again.subject, reply.subject));
	assert_int_equal(again.verify, DC_HTTPS_VERIFY_NAME);
	assert_int_equal(again.not_after_s, 4102444800);
	assert_int_equal(again.name_count, 3);
	assert_true(dc_slice_eq(again.names[2], names[2]));
	assert_true(dc_slice_eq(again.body, reply.body));
	/* No shorter text, and none with a changed octet before the body, may be taken for another reply of the same length. */
	for (size_t len = 0; len < out.len; len++)
		assert_false(dc_https_reply_read(arena, dc_slice_sub(dc_buf_slice(&out), 0, len), &again));
	dc_buf_putc(&out, 'x');
	assert_false(dc_https_reply_read(arena, dc_buf_slice(&out), &again));
	dc_buf_free(&out);
}

static void test_long_values_are_cut(void **state)
{
	static char text[3 * DC_HTTPS_TEXT_MAX];
	struct dc_https_reply reply = {.status = 200, .type = {text, sizeof(text)}}, again;
	struct dc_buf out;

	memset(text, 0x01, sizeof(text));
	dc_buf_init(&out, DC_HTTPS_DATA_MAX);
	dc_https_reply_write(&out, &reply);
	assert_true(dc_https_reply_read(arena, dc_buf_slice(&out), &again));
	assert_int_equal(again.type.len, DC_HTTPS_TEXT_MAX);
	dc_buf_free(&out);
}

static void build(struct dc_asker *asker, void *data)
{
	struct dc_https_url url;

	assert_null(dc_https_url_parse(asker->arena, DC_S("https://w.example/x"), &url));
	dc_https_fetch(asker, &url, 100, &fetch);
}

static void test_fetch_without_address(void **state)
{
	world_txt(&world, "w.example", "x");
	world_run(&world, arena, evidence, 10, build, NULL);
	assert_int_equal(fetch.state, DC_HTTPS_NO_HOST);
	assert_null(fetch.failed);
	assert_int_equal(world.rounds, 1);
}

static void test_fetch_without_dns(void **state)
{
	world_fail(&world, "w.example", DC_TYPE_A, DC_OUTCOME_TIMEOUT);
	world_run(&world, arena, evidence, 10, build, NULL);
	assert_int_equal(fetch.state, DC_HTTPS_DNS);
	assert_int_equal(fetch.failed->outcome, DC_OUTCOME_TIMEOUT);
	assert_null(fetch.answer);
}

/* One family that fails does not stand in the way; addresses are in order, at most half of the room for each family. */
static void test_fetch_asks_for_sorted_addresses(void **state)
{
	world_ip(&world, "w.example", "192.0.2.9");
	world_ip(&world, "w.example", "192.0.2.1");
	world_ip(&world, "w.example", "192.0.2.9");
	for (unsigned i = 0; i < 9; i++) {
		char text[40];

		snprintf(text, sizeof(text), "2001:db8::%u", 9 - i);
		world_ip(&world, "w.example", text);
	}
	world_run(&world, arena, evidence, 10, build, NULL);
	assert_int_equal(fetch.state, DC_HTTPS_FAILED); /* the made-up world asks no web servers */
	assert_int_equal(fetch.failed->outcome, DC_OUTCOME_NOT_ASKED);
	assert_true(is(fetch.answer->question.server,
		       "https://w.example/x 100 192.0.2.1,192.0.2.9,2001:db8::1,2001:db8::2,2001:db8::3,2001:db8::4"));
}

static void test_media_types(void **state)
{
	assert_true(is(dc_https_media_type(arena, DC_S(" Text/Plain ; charset=x")), "text/plain"));
	assert_true(is(dc_https_media_type(arena, DC_S("")), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCENE(test_urls), IN_SCENE(test_requests), IN_SCENE(test_replies),
		IN_SCENE(test_long_values_are_cut), IN_SCENE(test_fetch_without_address),
		IN_SCENE(test_fetch_without_dns), IN_SCENE(test_fetch_asks_for_sorted_addresses),
		IN_SCENE(test_media_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
