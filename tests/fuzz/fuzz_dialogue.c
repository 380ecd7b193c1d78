/* What mail servers said: any octets as a dialogue, and any question. Whatever is read lies within its ceilings, and what is
 * written is read back. */
#include "evidence/dialogue.h"
#include "fuzz.h"
#include "smtp/smtp.h"

static void check_reply(const struct dc_dialogue_reply *reply)
{
	struct dc_slice parameters;

	FUZZ_CHECK(reply->count <= DC_DIALOGUE_REPLY_MAX);
	FUZZ_CHECK(!reply->code || (reply->code >= 200 && reply->code <= 599 && reply->count));
	(void)dc_dialogue_extension(reply, DC_S("STARTTLS"), &parameters);
	(void)dc_dialogue_extension(reply, DC_S("AUTH"), &parameters);
}

static void check_dialogue(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_dialogue dialogue;

	if (!dc_dialogue_parse(arena, text, &dialogue))
		return;
	check_reply(&dialogue.banner);
	check_reply(&dialogue.ehlo);
	check_reply(&dialogue.starttls);
	check_reply(&dialogue.tls_ehlo);
	FUZZ_CHECK(dialogue.cert_count <= DC_DIALOGUE_CERTS_MAX);
	for (size_t i = 0; i < dialogue.cert_count; i++) {
		const struct dc_dialogue_cert *cert = &dialogue.certs[i];
		struct dc_slice kind;

		FUZZ_CHECK(cert->name_count <= DC_DIALOGUE_NAMES_MAX);
		FUZZ_CHECK(cert->signed_by >= -1 && cert->signed_by < DC_DIALOGUE_CERTS_MAX);
		FUZZ_CHECK(cert->key_sha256.len == 0 || cert->key_sha256.len == 32);
		FUZZ_CHECK(cert->cert_sha512.len == 0 || cert->cert_sha512.len == 64);
		(void)dc_smtp_cert_names(cert, DC_S("mx.example.com"));
		(void)dc_smtp_key_bits(cert, &kind);
	}
}

/* A line of the server, written and read. */
static void check_round_trip(struct dc_arena *arena, struct dc_slice line)
{
	struct dc_dialogue dialogue;
	struct dc_slice text;
	struct dc_buf out;
	unsigned code;
	bool more;

	dc_buf_init(&out, DC_DIALOGUE_MAX);
	dc_dialogue_begin(&out);
	dc_dialogue_put(&out, "S", line);
	if (out.status == DC_OK && dc_dialogue_reply_line(line, &code, &more, &text)) {
		FUZZ_CHECK(dc_dialogue_parse(arena, dc_buf_slice(&out), &dialogue));
		FUZZ_CHECK(dialogue.banner.code == code && dialogue.banner.count == 1);
		FUZZ_CHECK(dc_slice_eq(dialogue.banner.lines[0], text));
	}
	dc_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_slice text = {(const char *)data, size};
	struct dc_arena *arena = dc_arena_new(16 << 20);
	struct dc_smtp_target target;

	if (arena && !DC_ARENA_GUARD(arena)) {
		check_dialogue(arena, text);
		check_round_trip(arena, text);
		if (dc_smtp_target_parse(text, &target))
			FUZZ_CHECK(target.port && target.host.len && target.ip.family && dc_smtp_service_name(target.service));
	}
	dc_arena_free(arena);
	return 0;
}
