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

/* The first audit of a name is the one that is found; times, options and audits come back as they were. */
static void check_audits(const struct dc_recording *recording, const struct dc_recording *again)
{
	int64_t end_s = 0, end_again_s = 0;
	FUZZ_CHECK(dc_recording_end(recording, &end_s) == dc_recording_end(again, &end_again_s) && end_s == end_again_s);
	FUZZ_CHECK(dc_recording_option_count(again) == dc_recording_option_count(recording));
	for (size_t i = 0; i < dc_recording_option_count(recording); i++) {
		const struct dc_recorded_option *a = dc_recording_option(recording, i), *b = dc_recording_option(again, i);
		FUZZ_CHECK(dc_slice_eq(a->name, b->name) && dc_slice_eq(a->value, b->value) && a->value.ptr[a->value.len] == 0);
	}
	FUZZ_CHECK(dc_recording_audit_count(again) == dc_recording_audit_count(recording));
	for (size_t i = 0; i < dc_recording_audit_count(recording); i++) {
		const struct dc_recorded_audit *a = dc_recording_audit_at(recording, i), *b = dc_recording_audit_at(again, i);
		FUZZ_CHECK(dc_slice_eq(a->domain, b->domain) && a->elapsed_ms == b->elapsed_ms && a->rounds == b->rounds &&
			   a->questions == b->questions);
		FUZZ_CHECK(dc_recording_audit(recording, a->domain) && dc_recording_audit(recording, a->domain) <= a);
	}
	FUZZ_CHECK(!dc_recording_audit(recording, DC_S("no.such.name.example")));
	for (size_t i = 0; i < dc_recording_count(recording); i++) {
		size_t next = dc_recording_next(recording, i);
		FUZZ_CHECK(next == SIZE_MAX || (next > i && dc_question_eq(&dc_recording_at(recording, next)->question,
									   &dc_recording_at(recording, i)->question)));
	}
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
		FUZZ_CHECK(dc_recording_has_clock(again) == dc_recording_has_clock(recording));
		FUZZ_CHECK(dc_recording_clock(again) == dc_recording_clock(recording));
		FUZZ_CHECK(dc_slice_eq(dc_recording_label(recording), DC_S("fuzz")));
		for (size_t i = 0; i < dc_recording_count(recording); i++) {
			const struct dc_answer *answer = dc_recording_at(recording, i);
			FUZZ_CHECK(dc_recording_find(recording, &answer->question) <= i);
			FUZZ_CHECK(dc_recording_find(again, &answer->question) != SIZE_MAX);
			if (dc_recording_count(again) == dc_recording_count(recording))
				check_same(answer, dc_recording_at(again, i));
		}
		check_audits(recording, again);
		dc_recording_free(again);
	}
	FUZZ_CHECK(dc_recording_find(recording, &(struct dc_question){.type = 65279, .name = DC_S("no.such.name.example")}) == SIZE_MAX);
	dc_recording_writer_free(writer);
	dc_recording_free(recording);
	return 0;
}
