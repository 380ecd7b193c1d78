/* The receiver's pipe, both ends. The first octet chooses: 'h' what a worker sends, 'e' evidence for a
 * worker, 'j' a job's text, 's' 'k' 'm' results. What is read must be written back as it was. */
#include <string.h>

#include "fuzz.h"
#include "receiver/store.h"

enum { OUT_MAX = 4 << 20 };

static void judge_missing(struct dc_arena *arena, struct dc_slice body)
{
	struct dc_question missing[DC_RECEIVER_MISSING_MAX];
	enum dc_wire_kind kind;
	struct dc_slice again;
	struct dc_buf out;
	size_t count, used;

	if (!dc_wire_read_missing(arena, body, missing, &count))
		return;
	FUZZ_CHECK(count > 0 && count <= DC_RECEIVER_MISSING_MAX);
	dc_buf_init(&out, OUT_MAX);
	dc_wire_put_missing(&out, missing, count);
	FUZZ_CHECK(dc_wire_next(dc_buf_slice(&out), OUT_MAX, &kind, &again, &used) == DC_WIRE_FRAME);
	FUZZ_CHECK(dc_slice_eq(again, body));
	dc_buf_free(&out);
}

/* A host's view: frames until one is wrong. */
static void judge_frames(struct dc_arena *arena, struct dc_slice in)
{
	static const char *const jobs[] = {"spf ip=192.0.2.1 helo= from=", "key s=a a=b", "message now=1"};
	enum dc_wire_kind kind;
	struct dc_slice body;
	size_t used;

	while (dc_wire_next(in, DC_WIRE_TO_HOST_MAX, &kind, &body, &used) == DC_WIRE_FRAME) {
		FUZZ_CHECK(used <= in.len && used == DC_WIRE_HEAD + body.len);
		for (size_t i = 0; i < 3; i++) {
			struct dc_question job = {.kind = DC_ASK_RECEIVER, .name = DC_S("."), .server = dc_slice_of(jobs[i])};

			(void)dc_wire_check_result(arena, &job, body);
		}
		judge_missing(arena, body);
		in = dc_slice_sub(in, used, SIZE_MAX);
	}
}

/* A worker's view: evidence may be anything, what comes of it must hold together. */
static void judge_evidence(struct dc_arena *arena, struct dc_slice body)
{
	static const char *const names[] = {"a", "example.com", "nx.example.com"};
	struct dc_store *store = dc_store_new();
	struct dc_wire_reader reader = {body, false};

	if (!store)
		return;
	if (dc_store_add(store, &reader) && !dc_store_is_spent(store)) {
		for (size_t i = 0; i < 3; i++) {
			struct dc_run run = {.store = store, .arena = arena, .unseen = DC_WIRE_FAILED};
			const struct dc_known *known = dc_store_find(store, dc_slice_of(names[i]), DC_TYPE_TXT);
			enum dc_wire_state state = DC_WIRE_STATE_COUNT;

			FUZZ_CHECK(!known || (known->state == DC_WIRE_RECORDS) == (known->count > 0));
			known = NULL;
			FUZZ_CHECK(dc_run_ask(&run, names[i], DC_TYPE_TXT, &state, &known));
			FUZZ_CHECK(state < DC_WIRE_STATE_COUNT && (state == DC_WIRE_RECORDS) == (known != NULL));
			for (size_t k = 0; known && k < known->count; k++) {
				struct dc_rr rr = {.type = DC_TYPE_TXT, .rdata = known->rdata[k]};
				struct dc_txt txt;

				(void)dc_rr_txt(arena, &rr, &txt);
			}
		}
		FUZZ_CHECK(dc_store_message(store).len <= body.len);
	}
	dc_store_free(store);
}

static void judge_job(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_question question = {.kind = DC_ASK_RECEIVER, .name = DC_S("example.com"), .server = text}, again;
	struct dc_receiver_job job;

	if (!dc_receiver_job_parse(arena, &question, &job))
		return;
	FUZZ_CHECK(job.kind < DC_RECEIVER_JOB_COUNT);
	again = dc_receiver_job_question(arena, &job);
	/* an address has many spellings */
	FUZZ_CHECK(dc_question_eq(&question, &again) || job.kind == DC_RECEIVER_JOB_SPF);
}

static void judge_result(struct dc_arena *arena, char kind, struct dc_slice text)
{
	struct dc_receiver_message message = {.fate = DC_RECEIVER_ABSENT};
	struct dc_receiver_spf spf = {.fate = DC_RECEIVER_ABSENT};
	struct dc_receiver_key key = {.fate = DC_RECEIVER_ABSENT};
	struct dc_buf out;
	bool done = false;

	dc_buf_init(&out, OUT_MAX);
	if (kind == 's' && dc_receiver_spf_read(arena, text, &spf) && (done = spf.fate == DC_RECEIVER_DONE))
		dc_receiver_spf_write(&out, &spf);
	else if (kind == 'k' && dc_receiver_key_read(arena, text, &key) && (done = key.fate == DC_RECEIVER_DONE))
		dc_receiver_key_write(&out, &key);
	else if (kind == 'm' && dc_receiver_message_read(arena, text, &message) && (done = message.fate == DC_RECEIVER_DONE))
		dc_receiver_message_write(&out, &message);
	/* a reason is cut when it is written */
	if (done && spf.reason.len < DC_RECEIVER_REASON_MAX && key.reason.len < DC_RECEIVER_REASON_MAX && kind != 'm')
		FUZZ_CHECK(dc_slice_eq(dc_buf_slice(&out), text));
	dc_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dc_slice rest = {(const char *)data + 1, size ? size - 1 : 0};
	struct dc_arena *arena;

	if (!size)
		return 0;
	arena = dc_arena_new(16 << 20);
	if (!arena)
		return 0;
	if (DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return 0;
	}
	switch (data[0]) {
	case 'h':
		judge_frames(arena, rest);
		break;
	case 'e':
		judge_evidence(arena, rest);
		break;
	case 'j':
		judge_job(arena, rest);
		break;
	default:
		judge_result(arena, (char)data[0], rest);
	}
	dc_arena_free(arena);
	return 0;
}
