/* Recordings: what can be read is written again and then read as the same. */
#include "evidence/recording.h"
#include "fuzz.h"

static void check_same(const struct dc_answer *a, const struct dc_answer *b)
{
	FUZZ_CHECK(dc_question_eq(&a->question, &b->question) && a->outcome == b->outcome && a->rcode == b->rcode);
	FUZZ_CHECK(a->authentic == b->authentic && a->truncated == b->truncated && a->dnssec == b->dnssec && a->ede == b->ede);
	FUZZ_CHECK(a->ttl_s == b->ttl_s && a->elapsed_ms == b->elapsed_ms && a->tries == b->tries && a->size == b->size);
	FUZZ_CHECK(dc_slice_eq(a->via, b->via) && dc_slice_eq(a->detail, b->detail) && dc_slice_eq(a->data, b->data));
	FUZZ_CHECK(a->rr_count == b->rr_count);
	for (size_t i = 0; i < a->rr_count; i++)
		FUZZ_CHECK(dc_slice_eq(a->rrs[i].owner, b->rrs[i].owner) && a->rrs[i].type == b->rrs[i].type &&
			   a->rrs[i].ttl_s == b->rrs[i].ttl_s && dc_slice_eq(a->rrs[i].rdata, b->rrs[i].rdata));
}

static void write_again(const struct dc_recording *recording, struct dc_recording_writer *writer)
{
	if (dc_recording_has_clock(recording))
		dc_recording_put_clock(writer, dc_recording_clock(recording));
	int64_t end_s;
	if (dc_recording_end(recording, &end_s))
		dc_recording_put_end(writer, end_s);
	for (size_t i = 0; i < dc_recording_option_count(recording); i++)
		dc_recording_put_option(writer, dc_recording_option(recording, i)->name.ptr, dc_recording_option(recording, i)->value);
	for (size_t i = 0; i < dc_recording_count(recording); i++)
		dc_recording_put_answer(writer, dc_recording_at(recording, i));
	for (size_t i = 0; i < dc_recording_audit_count(recording); i++)
		dc_recording_put_audit(writer, dc_recording_audit_at(recording, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_recording *recording, *again;
	struct dc_error err = {0};
	struct dc_slice text;
	if (dc_recording_parse("fuzz", (struct dc_slice){(const char *)data, size}, &recording, &err) != DC_OK) {
		FUZZ_CHECK(strncmp(err.message, "fuzz:", 5) == 0 && !memchr(err.message, '\n', sizeof err.message));
		return 0;
	}
	struct dc_recording_writer *writer = dc_recording_writer_new();
	if (writer) {
		write_again(recording, writer);
		FUZZ_CHECK(dc_recording_text(writer, &text, &err) == DC_OK);
		FUZZ_CHECK(dc_recording_parse("again", text, &again, &err) == DC_OK);
		FUZZ_CHECK(dc_recording_count(again) <= dc_recording_count(recording)); /* equal ones once */
		FUZZ_CHECK(dc_recording_clock(again) == dc_recording_clock(recording));
		for (size_t i = 0; i < dc_recording_count(recording); i++) {
			const struct dc_answer *answer = dc_recording_at(recording, i);
			FUZZ_CHECK(dc_recording_find(recording, &answer->question) <= i);
			FUZZ_CHECK(dc_recording_find(again, &answer->question) != SIZE_MAX);
			if (dc_recording_count(again) == dc_recording_count(recording))
				check_same(answer, dc_recording_at(again, i));
		}
		dc_recording_free(again);
	}
	dc_recording_writer_free(writer);
	dc_recording_free(recording);
	return 0;
}
