/* Frames: see wire.h. */
#include "receiver/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

/* ---- writing ---- */

void dc_wire_put8(struct dc_buf *out, unsigned n)
{
	dc_buf_putc(out, (char)n);
}

void dc_wire_put16(struct dc_buf *out, unsigned n)
{
	char octets[2] = {(char)(n >> 8), (char)n};

	dc_buf_put(out, octets, sizeof(octets));
}

void dc_wire_put32(struct dc_buf *out, uint32_t n)
{
	char octets[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

	dc_buf_put(out, octets, sizeof(octets));
}

void dc_wire_put_b16(struct dc_buf *out, struct dc_slice s)
{
	dc_wire_put16(out, (unsigned)s.len);
	dc_buf_put_slice(out, s);
}

static void patch32(struct dc_buf *out, size_t at, uint32_t n)
{
	if (out->status != DC_OK)
		return;
	for (int i = 0; i < 4; i++)
		out->ptr[at + (size_t)i] = (char)(n >> (24 - 8 * i));
}

size_t dc_wire_begin(struct dc_buf *out, enum dc_wire_kind kind)
{
	size_t begun = out->len;

	dc_wire_put32(out, 0);
	dc_wire_put8(out, kind);
	return begun;
}

void dc_wire_end(struct dc_buf *out, size_t begun)
{
	if (out->status == DC_OK)
		patch32(out, begun, (uint32_t)(out->len - begun - DC_WIRE_HEAD));
}

static bool wanted(uint16_t type)
{
	switch (type) {
	case DC_TYPE_A:
	case DC_TYPE_AAAA:
	case DC_TYPE_MX:
	case DC_TYPE_PTR:
	case DC_TYPE_TXT:
		return true;
	default:
		return false;
	}
}

static enum dc_wire_state state_of(const struct dc_answer *answer)
{
	switch (answer->outcome) {
	case DC_OUTCOME_ANSWER:
		return answer->truncated ? DC_WIRE_FAILED : DC_WIRE_RECORDS;
	case DC_OUTCOME_NODATA:
		return DC_WIRE_NODATA;
	case DC_OUTCOME_NXDOMAIN:
		return DC_WIRE_NXDOMAIN;
	case DC_OUTCOME_NOT_ASKED:
	case DC_OUTCOME_OUT_OF_SOURCE:
		return DC_WIRE_UNSEEN;
	default:
		return DC_WIRE_FAILED;
	}
}

/* Only what stands at the end of the CNAME chain travels: both libraries skip CNAMEs and take what follows. */
static void put_dns(struct dc_buf *out, const struct dc_answer *answer)
{
	enum dc_wire_state state = state_of(answer);
	struct dc_slice owner = {NULL, 0};
	size_t at, count = 0;

	if (state == DC_WIRE_RECORDS)
		owner = dc_answer_target(answer, NULL);
	dc_wire_put8(out, DC_WIRE_ITEM_DNS);
	at = out->len;
	dc_wire_put8(out, state);
	dc_wire_put16(out, answer->question.type);
	dc_wire_put_b16(out, answer->question.name);
	dc_wire_put16(out, 0);
	for (size_t i = 0; owner.len && i < answer->rr_count; i++) {
		const struct dc_rr *rr = &answer->rrs[i];

		if (rr->type != answer->question.type || rr->rdata.len > UINT16_MAX || count == DC_WIRE_RECORDS_MAX ||
		    !dc_name_eq(rr->owner, owner))
			continue;
		dc_wire_put_b16(out, rr->rdata);
		count++;
	}
	if (out->status != DC_OK)
		return;
	if (state == DC_WIRE_RECORDS && count == 0)
		out->ptr[at] = DC_WIRE_NODATA;
	out->ptr[at + 5 + answer->question.name.len] = (char)(count >> 8);
	out->ptr[at + 6 + answer->question.name.len] = (char)count;
}

void dc_wire_put_evidence(struct dc_buf *out, unsigned slot, const struct dc_evidence *evidence, size_t from)
{
	struct dc_question message = dc_receiver_message_question();
	size_t begun = dc_wire_begin(out, DC_WIRE_EVIDENCE), at;
	uint32_t count = 0;

	dc_wire_put8(out, slot);
	dc_wire_put8(out, from == 0);
	at = out->len;
	dc_wire_put32(out, 0);
	for (size_t i = from; i < dc_evidence_count(evidence); i++) {
		const struct dc_answer *answer = dc_evidence_at(evidence, i);

		if (answer->question.kind == DC_ASK_DNS && wanted(answer->question.type)) {
			put_dns(out, answer);
		} else if (dc_question_eq(&answer->question, &message)) {
			dc_wire_put8(out, DC_WIRE_ITEM_MESSAGE);
			dc_wire_put32(out, (uint32_t)answer->data.len);
			dc_buf_put_slice(out, answer->data);
		} else {
			continue;
		}
		count++;
	}
	patch32(out, at, count);
	dc_wire_end(out, begun);
}

void dc_wire_put_job(struct dc_buf *out, unsigned slot, const struct dc_question *job)
{
	size_t begun = dc_wire_begin(out, DC_WIRE_JOB);

	dc_wire_put8(out, slot);
	dc_wire_put_b16(out, job->name);
	dc_wire_put_b16(out, job->server);
	dc_wire_end(out, begun);
}

void dc_wire_put_missing(struct dc_buf *out, const struct dc_question *missing, size_t count)
{
	size_t begun = dc_wire_begin(out, DC_WIRE_MISSING);

	dc_wire_put8(out, (unsigned)count);
	for (size_t i = 0; i < count; i++) {
		dc_wire_put16(out, missing[i].type);
		dc_wire_put_b16(out, missing[i].name);
	}
	dc_wire_end(out, begun);
}

/* ---- reading ---- */

struct dc_slice dc_wire_get_bytes(struct dc_wire_reader *reader, size_t len)
{
	struct dc_slice bytes = dc_slice_sub(reader->rest, 0, len);

	if (reader->bad || bytes.len != len) {
		reader->bad = true;
		return (struct dc_slice){NULL, 0};
	}
	reader->rest = dc_slice_sub(reader->rest, len, SIZE_MAX);
	return bytes;
}

uint32_t dc_wire_get(struct dc_wire_reader *reader, unsigned octets)
{
	struct dc_slice bytes = dc_wire_get_bytes(reader, octets);
	uint32_t n = 0;

	for (size_t i = 0; i < bytes.len; i++)
		n = n << 8 | (uint8_t)bytes.ptr[i];
	return n;
}

enum dc_wire_step dc_wire_next(struct dc_slice in, size_t max, enum dc_wire_kind *ret_kind, struct dc_slice *ret_body,
			       size_t *ret_used)
{
	struct dc_wire_reader reader = {in, false};
	uint32_t len = dc_wire_get(&reader, 4);
	uint32_t kind = dc_wire_get(&reader, 1);
	struct dc_slice body;

	if (reader.bad)
		return DC_WIRE_MORE;
	if (len > max || kind < DC_WIRE_EVIDENCE || kind > DC_WIRE_MISSING)
		return DC_WIRE_BAD;
	body = dc_wire_get_bytes(&reader, len);
	if (reader.bad)
		return DC_WIRE_MORE;
	*ret_body = body;
	*ret_kind = (enum dc_wire_kind)kind;
	*ret_used = DC_WIRE_HEAD + len;
	return DC_WIRE_FRAME;
}

bool dc_wire_read_missing(struct dc_arena *arena, struct dc_slice body, struct dc_question *missing, size_t *ret_count)
{
	struct dc_wire_reader reader = {body, false};
	size_t count = dc_wire_get(&reader, 1);

	if (count == 0 || count > DC_RECEIVER_MISSING_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct dc_question question = {.kind = DC_ASK_DNS, .type = (uint16_t)dc_wire_get(&reader, 2)};
		struct dc_slice name = dc_wire_get_b16(&reader);

		if (reader.bad || name.len == 0 || name.len > DC_NAME_TEXT_MAX || !wanted(question.type) ||
		    !dc_name_normalize(arena, name, &question.name) || !dc_slice_eq(name, question.name))
			return false;
		missing[i] = question;
	}
	if (reader.bad || reader.rest.len)
		return false;
	*ret_count = count;
	return true;
}

bool dc_wire_check_result(struct dc_arena *arena, const struct dc_question *question, struct dc_slice text)
{
	struct dc_receiver_job job;
	struct dc_receiver_spf spf;
	struct dc_receiver_key key;
	struct dc_receiver_message message;
	enum dc_receiver_fate fate;

	if (text.len > DC_RECEIVER_RESULT_MAX || !dc_receiver_job_parse(arena, question, &job))
		return false;
	switch (job.kind) {
	case DC_RECEIVER_JOB_SPF:
		if (!dc_receiver_spf_read(arena, text, &spf))
			return false;
		fate = spf.fate;
		break;
	case DC_RECEIVER_JOB_KEY:
		if (!dc_receiver_key_read(arena, text, &key))
			return false;
		fate = key.fate;
		break;
	default:
		if (!dc_receiver_message_read(arena, text, &message))
			return false;
		fate = message.fate;
		break;
	}
	return fate == DC_RECEIVER_DONE || fate == DC_RECEIVER_ABSENT;
}

/* ---- a stream's input ---- */

ssize_t dc_wire_fill(struct dc_wire_in *in, int fd)
{
	size_t len = in->end - in->start, wanted_len = READ_STEP;
	ssize_t n;

	if (in->start && (len == 0 || in->capacity - in->end < READ_STEP)) {
		memmove(in->ptr, in->ptr + in->start, len);
		in->start = 0;
		in->end = len;
	}
	if (in->capacity - in->end < READ_STEP) {
		size_t capacity = in->capacity ? in->capacity * 2 : (size_t)2 * READ_STEP;
		char *ptr;

		if (capacity > in->ceiling)
			capacity = in->ceiling;
		if (capacity > in->capacity) {
			ptr = realloc(in->ptr, capacity);
			if (!ptr) { /* not fuzzed: out of memory */
				errno = ENOMEM;
				return -1;
			}
			in->ptr = ptr;
			in->capacity = capacity;
		}
		wanted_len = in->capacity - in->end;
	}
	if (wanted_len == 0) {
		errno = ENOMEM;
		return -1;
	}
	do
		n = read(fd, in->ptr + in->end, wanted_len);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		in->end += (size_t)n;
	return n;
}
