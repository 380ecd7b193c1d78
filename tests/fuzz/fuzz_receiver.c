/* The receiver's pipe, both ends. The first octet chooses: 'h' what a worker sends, 'e' evidence for a
 * worker, 'j' a job's text, 's' 'k' 'm' results, 'w' frames for a worker, 'f' frames through a pipe, 'r' a recording that is sent to
 * a worker as evidence. What is read must be written back as it was; what a worker finds in its store is what the evidence says. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "lines.h"
#include "receiver/store.h"
#include "receiver/worker.h"

enum { OUT_MAX = 4 << 20, PIPE_MAX = 48 << 10, SPEND_MIN = 20000 };

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
	static const char *const jobs[] = {"spf ip=192.0.2.1 helo= from=", "key s=a a=b", "message now=1", "nonsense"};
	enum dc_wire_kind kind;
	struct dc_slice body;
	size_t used;

	while (dc_wire_next(in, DC_WIRE_TO_HOST_MAX, &kind, &body, &used) == DC_WIRE_FRAME) {
		FUZZ_CHECK(used <= in.len && used == DC_WIRE_HEAD + body.len);
		for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
			struct dc_question job = {.kind = DC_ASK_RECEIVER, .name = DC_S("."), .server = dc_slice_of(jobs[i])};

			FUZZ_CHECK(!dc_wire_check_result(arena, &job, body) || i < 3);
		}
		judge_missing(arena, body);
		in = dc_slice_sub(in, used, SIZE_MAX);
	}
}

/* A library that asks for name after name: what is missing is noted up to a ceiling, each once, and in the end nothing is answered. */
static void judge_asking(struct dc_arena *arena, const struct dc_store *store)
{
	struct dc_run run = {.store = store, .arena = arena, .unseen = DC_WIRE_FAILED};
	enum dc_wire_state state;
	const struct dc_known *known;
	char name[400];

	for (size_t i = 0; i <= DC_RECEIVER_LOOKUPS_MAX; i++) {
		uint16_t type = i == 20 ? DC_TYPE_PTR : DC_TYPE_TXT;

		(void)snprintf(name, sizeof name, "q%zu.nobody.example", i < 400 ? i / 2 : i);
		known = NULL;
		FUZZ_CHECK(dc_run_ask(&run, name, type, &state, &known));
		FUZZ_CHECK(run.missing_count <= DC_RECEIVER_MISSING_MAX && run.asked <= DC_RECEIVER_LOOKUPS_MAX);
	}
	FUZZ_CHECK(run.limited && state == DC_WIRE_FAILED);
	for (size_t i = 0; i < run.missing_count; i++)
		for (size_t k = 0; k < i; k++)
			FUZZ_CHECK(!dc_question_eq(&run.missing[i], &run.missing[k]));
	run = (struct dc_run){.store = store, .arena = arena};
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = 0;
	FUZZ_CHECK(!dc_run_ask(&run, name, DC_TYPE_TXT, &state, &known));
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
		judge_asking(arena, store);
		/* a host that goes on and on */
		while (body.len >= SPEND_MIN && !dc_store_is_spent(store)) {
			reader = (struct dc_wire_reader){body, false};
			FUZZ_CHECK(dc_store_add(store, &reader));
		}
		FUZZ_CHECK(dc_store_add(store, &reader) || !dc_store_is_spent(store));
	}
	dc_store_free(store);
	dc_store_free(NULL);
}

/* Jobs are not run: what libraries make of hostile input is tested in a process of its own. */
static bool answered(struct dc_slice job_text, int fd)
{
	(void)job_text;
	(void)fd;
	return true;
}

/* A worker's view of all that a host may send. */
static void judge_requests(struct dc_slice in)
{
	static struct dc_worker *worker;
	enum dc_wire_kind kind;
	struct dc_slice body;
	struct dc_buf out;
	size_t used;

	if (!worker)
		worker = dc_worker_new(answered);
	FUZZ_CHECK(worker);
	dc_buf_init(&out, OUT_MAX);
	while (dc_wire_next(in, DC_WIRE_TO_WORKER_MAX, &kind, &body, &used) == DC_WIRE_FRAME) {
		FUZZ_CHECK(dc_worker_take(worker, kind, body, &out) ? kind == DC_WIRE_EVIDENCE || kind == DC_WIRE_JOB : out.len == 0);
		in = dc_slice_sub(in, used, SIZE_MAX);
	}
	FUZZ_CHECK(out.len == 0);
	dc_buf_free(&out);
}

/* Frames that come in pieces are the frames that were sent, and a stream that is too long for its ceiling says so. */
static void judge_stream(struct dc_slice in)
{
	struct dc_wire_in stream = {.ceiling = in.len % 3 ? PIPE_MAX + 64 : 64};
	struct dc_slice flat = in, body, again;
	enum dc_wire_kind kind, kind_again;
	enum dc_wire_step step = DC_WIRE_MORE;
	size_t used, used_again, sent = 0;
	int ends[2];

	if (in.len > PIPE_MAX)
		return;
	FUZZ_CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
	while (sent < in.len && step != DC_WIRE_BAD) {
		size_t piece = 1 + (sent * 7 + in.len) % 97;

		piece = piece < in.len - sent ? piece : in.len - sent;
		FUZZ_CHECK(write(ends[1], in.ptr + sent, piece) == (ssize_t)piece);
		sent += piece;
		if (dc_wire_fill(&stream, ends[0]) < 0) {
			FUZZ_CHECK(stream.end - stream.start == stream.ceiling);
			break;
		}
		while ((step = dc_wire_next(dc_wire_pending(&stream), PIPE_MAX, &kind, &body, &used)) == DC_WIRE_FRAME) {
			FUZZ_CHECK(dc_wire_next(flat, PIPE_MAX, &kind_again, &again, &used_again) == DC_WIRE_FRAME);
			FUZZ_CHECK(kind == kind_again && used == used_again && dc_slice_eq(body, again));
			flat = dc_slice_sub(flat, used, SIZE_MAX);
			stream.start += used;
		}
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
	free(stream.ptr);
}

static bool travels(const struct dc_answer *answer)
{
	static const uint16_t types[] = {DC_TYPE_A, DC_TYPE_AAAA, DC_TYPE_MX, DC_TYPE_PTR, DC_TYPE_TXT};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (answer->question.kind == DC_ASK_DNS && answer->question.type == types[i])
			return true;
	return false;
}

/* What the store says of one answer: its records, or the lack of them. A name that does not exist for one type may exist for
 * another when evidence contradicts itself. */
static void check_known(const struct dc_store *store, const struct dc_answer *answer)
{
	const struct dc_known *known = dc_store_find(store, answer->question.name, answer->question.type);

	FUZZ_CHECK(known);
	if (answer->outcome == DC_OUTCOME_ANSWER && !answer->truncated) {
		FUZZ_CHECK(known->state == (dc_answer_count(answer) ? DC_WIRE_RECORDS : DC_WIRE_NODATA));
		FUZZ_CHECK(known->count == dc_answer_count(answer));
		for (size_t i = 0; i < known->count; i++)
			FUZZ_CHECK(dc_slice_eq(known->rdata[i], dc_answer_rr(answer, i)->rdata));
	} else {
		bool cut = answer->truncated && answer->outcome == DC_OUTCOME_ANSWER;
		bool failed = !dc_outcome_is_known(answer->outcome) && answer->outcome < DC_OUTCOME_NOT_ASKED;

		FUZZ_CHECK(known->count == 0 && (known->state == DC_WIRE_FAILED) == (failed || cut));
		FUZZ_CHECK((known->state == DC_WIRE_NXDOMAIN) == (answer->outcome == DC_OUTCOME_NXDOMAIN));
	}
}

static void send_evidence(const struct dc_evidence *evidence, struct dc_buf *out)
{
	const struct dc_question message = dc_receiver_message_question();
	struct dc_store *store = dc_store_new();
	struct dc_wire_reader reader;
	enum dc_wire_kind kind;
	struct dc_slice body;
	size_t used;

	dc_wire_put_evidence(out, 3, evidence, 0);
	FUZZ_CHECK(store && out->status == DC_OK);
	FUZZ_CHECK(dc_wire_next(dc_buf_slice(out), DC_WIRE_TO_WORKER_MAX, &kind, &body, &used) == DC_WIRE_FRAME);
	FUZZ_CHECK(kind == DC_WIRE_EVIDENCE && used == out->len);
	reader = (struct dc_wire_reader){body, false};
	FUZZ_CHECK(dc_wire_get(&reader, 1) == 3);
	FUZZ_CHECK(dc_wire_get(&reader, 1) == 1 && dc_store_add(store, &reader));
	for (size_t i = 0; i < dc_evidence_count(evidence); i++) {
		const struct dc_answer *answer = dc_evidence_at(evidence, i);

		if (travels(answer))
			check_known(store, answer);
		else if (dc_question_eq(&answer->question, &message))
			FUZZ_CHECK(dc_slice_eq(dc_store_message(store), answer->data));
	}
	dc_store_free(store);
}

/* Evidence and jobs as a host would send them. */
static void judge_recording(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_evidence *evidence;
	struct dc_recording *recording;
	struct dc_buf lines, out, cramped;

	if (text.len > PIPE_MAX)
		return;
	dc_buf_init(&lines, 1 << 20);
	dc_buf_init(&out, OUT_MAX);
	readable_lines(text, 1 << 20, &lines);
	FUZZ_CHECK(dc_recording_parse("fuzz", dc_buf_slice(&lines), &recording, NULL) == DC_OK);
	evidence = dc_evidence_new(arena);
	for (size_t i = 0; i < dc_recording_count(recording); i++)
		dc_evidence_add(evidence, dc_answer_ref(dc_recording_at(recording, i)));
	send_evidence(evidence, &out);
	/* no room: it is said, and nothing is written past the end */
	dc_buf_init(&cramped, out.len / 2);
	dc_wire_put_evidence(&cramped, 3, evidence, 0);
	FUZZ_CHECK(cramped.status != DC_OK && cramped.len <= out.len / 2);
	dc_buf_free(&cramped);
	for (size_t i = 0; i < dc_recording_count(recording); i++) {
		const struct dc_question *question = &dc_recording_at(recording, i)->question;
		struct dc_wire_reader reader;
		struct dc_slice name;

		if (question->kind != DC_ASK_RECEIVER || question->server.len > UINT16_MAX)
			continue;
		dc_buf_reset(&out);
		dc_wire_put_job(&out, 5, question);
		reader = (struct dc_wire_reader){dc_slice_sub(dc_buf_slice(&out), DC_WIRE_HEAD, SIZE_MAX), false};
		FUZZ_CHECK(dc_wire_get(&reader, 1) == 5);
		name = dc_wire_get_b16(&reader);
		FUZZ_CHECK(dc_slice_eq(name, question->name));
		FUZZ_CHECK(dc_slice_eq(dc_wire_get_b16(&reader), question->server) && !reader.rest.len);
	}
	dc_evidence_clear(evidence);
	dc_recording_free(recording);
	dc_buf_free(&lines);
	dc_buf_free(&out);
}

/* A worker's last words for a job, as the host says them. */
static void check_fates(struct dc_arena *arena, struct dc_slice reason)
{
	static const enum dc_receiver_fate fates[] = {DC_RECEIVER_CRASHED, DC_RECEIVER_HUNG, DC_RECEIVER_ABSENT};
	struct dc_receiver_spf spf;
	struct dc_buf out;

	for (size_t i = 0; i < 3; i++) {
		dc_buf_init(&out, OUT_MAX);
		dc_receiver_fate_write(&out, fates[i], (int)(reason.len % 40), reason);
		FUZZ_CHECK(dc_receiver_spf_read(arena, dc_buf_slice(&out), &spf) && spf.fate == fates[i]);
		FUZZ_CHECK(i == 0 || dc_slice_eq(spf.reason, dc_slice_sub(reason, 0, DC_RECEIVER_REASON_MAX)));
		dc_buf_free(&out);
	}
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

static void judge(struct dc_arena *arena, struct dc_slice input)
{
	struct dc_slice rest = dc_slice_sub(input, 1, SIZE_MAX);

	switch (input.ptr[0]) {
	case 'h':
		judge_frames(arena, rest);
		break;
	case 'e':
		judge_evidence(arena, rest);
		break;
	case 'j':
		judge_job(arena, rest);
		check_fates(arena, rest);
		break;
	case 'w':
		judge_requests(rest);
		break;
	case 'f':
		judge_stream(rest);
		break;
	case 'r':
		judge_recording(arena, rest);
		break;
	default:
		judge_result(arena, input.ptr[0], rest);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size ? fuzz_in_arena(16 << 20, judge, data, size) : 0;
}
