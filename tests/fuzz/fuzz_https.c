/* Documents as evidence: URLs, requests and replies out of a recording. The first octet chooses; what is read is written
 * again and must come out as it was. */
#include "arena.h"
#include "evidence/https.h"
#include "source/https_parts.h"

static void check_url(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_https_url url, again;

	if (dc_https_url_parse(arena, text, &url))
		return;
	FUZZ_CHECK(dc_slice_starts(url.text, DC_S("https://")) && url.port && url.path.len && url.path.ptr[0] == '/');
	FUZZ_CHECK(dc_name_is_host(url.host, true) && dc_name_labels(url.host) >= 2);
	for (size_t i = 0; i < url.text.len; i++)
		FUZZ_CHECK(url.text.ptr[i] > 0x20 && url.text.ptr[i] < 0x7f);
	if (url.text.len > DC_HTTPS_URL_MAX)
		return;
	FUZZ_CHECK(!dc_https_url_parse(arena, url.text, &again) && dc_slice_eq(again.text, url.text));
}

static void check_request(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_slice rest = text, name = dc_slice_cut(&rest, ' ');
	struct dc_question question = {.kind = DC_ASK_HTTPS, .name = name, .server = rest}, again;
	struct dc_https_request request;

	if (!dc_https_request_parse(arena, &question, &request))
		return;
	FUZZ_CHECK(request.ip_count > 0 && request.ip_count <= DC_HTTPS_IP_MAX && request.limit <= DC_HTTPS_BODY_MAX);
	again = dc_https_question(arena, &request);
	FUZZ_CHECK(dc_slice_eq(again.name, name));
	FUZZ_CHECK(dc_https_request_parse(arena, &again, &request));
}

static void check_reply(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_https_reply reply;
	struct dc_buf out;

	if (!dc_https_reply_read(arena, text, &reply))
		return;
	FUZZ_CHECK(reply.status >= 100 && reply.status <= 999 && reply.verify < DC_HTTPS_VERIFY_COUNT);
	FUZZ_CHECK(reply.name_count <= DC_HTTPS_NAME_MAX && reply.body.len <= DC_HTTPS_BODY_MAX);
	dc_buf_init(&out, DC_HTTPS_DATA_MAX);
	dc_https_reply_write(&out, &reply);
	FUZZ_CHECK(out.status == DC_OK && dc_slice_eq(dc_buf_slice(&out), text));
	dc_buf_free(&out);
}

/* A header as it comes from the network, line by line. */
static void check_header(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_arena *small = dc_arena_new(4096);
	struct https_header header = {0}, cramped = {0};
	struct dc_https_reply reply = {0}, other = {0};
	bool more = true;

	FUZZ_CHECK(small);
	while (text.len && more) {
		struct dc_slice line = dc_slice_sub(text, 0, dc_slice_find(text, '\n')), before = reply.location;

		line.len += line.len < text.len;
		text = dc_slice_sub(text, line.len, SIZE_MAX);
		more = https_header_line(arena, line, &header, &reply);
		FUZZ_CHECK(more == (header.octets <= HTTPS_HEADER_MAX) && !header.spent);
		FUZZ_CHECK(!before.len || dc_slice_eq(before, reply.location) || dc_slice_starts(line, DC_S("HTTP/")));
		if (!cramped.spent)
			FUZZ_CHECK(https_header_line(small, line, &cramped, &other) || cramped.spent || !more);
	}
	FUZZ_CHECK(reply.type.len <= DC_HTTPS_TEXT_MAX && reply.encoding.len <= DC_HTTPS_TEXT_MAX);
	FUZZ_CHECK(reply.location.len <= DC_HTTPS_TEXT_MAX && !reply.body.len);
	dc_arena_free(small);
}

static void check_type(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_slice type = dc_https_media_type(arena, text);

	FUZZ_CHECK(type.len <= text.len && dc_slice_find(type, ';') == SIZE_MAX);
	FUZZ_CHECK(dc_slice_eq(dc_https_media_type(arena, type), type));
}

static void check(struct dc_arena *arena, struct dc_slice input)
{
	struct dc_slice text = dc_slice_sub(input, 1, SIZE_MAX);

	if (input.ptr[0] == 'u')
		check_url(arena, text);
	else if (input.ptr[0] == 'm')
		check_type(arena, text);
	else if (input.ptr[0] == 'H')
		check_header(arena, text);
	else if (input.ptr[0] == 'q')
		check_request(arena, text);
	else
		check_reply(arena, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size ? fuzz_in_arena(16 << 20, check, data, size) : 0;
}
