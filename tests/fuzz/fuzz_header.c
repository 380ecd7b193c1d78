/* The header of a message from a file. What is read lies in the input or is made of it, and what is written in a plain way from the
 * result is read the same again. */
#include "base/buf.h"
#include "fuzz.h"
#include "message/message.h"

enum { INPUT_MAX = 256 << 10 };

static void check_same(const struct dc_message *a, const struct dc_message *b)
{
	FUZZ_CHECK(dc_slice_eq(a->from, b->from) && dc_slice_eq(a->from_domain, b->from_domain));
	FUZZ_CHECK(dc_slice_eq(a->return_path, b->return_path) && a->null_return_path == b->null_return_path);
	FUZZ_CHECK(a->from_fields == b->from_fields && a->authors == b->authors && a->has_return_path == b->has_return_path);
	FUZZ_CHECK(dc_slice_eq(a->helo, b->helo) && dc_ip_eq(a->ip, b->ip));
	FUZZ_CHECK(a->one_click == b->one_click && a->unsubscribe_https == b->unsubscribe_https);
	FUZZ_CHECK(a->signature_count == b->signature_count);
	for (size_t i = 0; i < a->signature_count; i++)
		FUZZ_CHECK(dc_slice_eq(a->signatures[i].domain, b->signatures[i].domain) &&
			   dc_slice_eq(a->signatures[i].selector, b->signatures[i].selector));
}

static void check(const struct dc_message *message, size_t size)
{
	FUZZ_CHECK(message->from_fields <= DC_MESSAGE_FIELD_MAX && message->authors <= size);
	FUZZ_CHECK(message->signature_count <= DC_MESSAGE_SIGNATURE_MAX && message->from.len <= size);
	FUZZ_CHECK(message->from_domain.len < message->from.len || !message->from_domain.len);
	FUZZ_CHECK(!message->from_domain.len || dc_slice_find(message->from_domain, '@') == SIZE_MAX);
	FUZZ_CHECK(message->has_return_path || (!message->return_path.len && !message->null_return_path));
	FUZZ_CHECK(message->null_return_path == (message->has_return_path && !message->return_path.len));
	FUZZ_CHECK(!message->from.len || message->from_fields);
	FUZZ_CHECK(!message->helo.len || message->ip.family);
	for (size_t i = 0; i < message->from.len; i++)
		FUZZ_CHECK(message->from.ptr[i] != '\n');
}

/* Line ends do not matter, and nothing behind the header does. */
static void check_line_ends(struct dc_arena *arena, struct dc_slice bytes, const struct dc_message *message)
{
	struct dc_message again;
	struct dc_buf text;
	struct dc_slice rest = bytes;

	dc_buf_init(&text, 4 * INPUT_MAX);
	while (rest.len) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');

		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		dc_buf_put_slice(&text, line);
		dc_buf_puts(&text, "\r\n");
		if (!line.len)
			break;
	}
	dc_buf_puts(&text, "\r\nFrom: body@body.example\r\n");
	(void)dc_message_parse(arena, dc_buf_slice(&text), &again);
	check_same(message, &again);
	dc_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_slice bytes = {(const char *)data, size};
	struct dc_message message, again;
	struct dc_arena *arena;

	if (size > INPUT_MAX)
		return 0;
	arena = dc_arena_new(256 << 20);
	if (arena && !DC_ARENA_GUARD(arena)) {
		bool found = dc_message_parse(arena, bytes, &message);

		check(&message, size);
		FUZZ_CHECK(found || (!message.from_fields && !message.signature_count));
		FUZZ_CHECK(dc_message_parse(arena, bytes, &again) == found);
		check_same(&message, &again);
		check_line_ends(arena, bytes, &message);
	}
	dc_arena_free(arena);
	return 0;
}
