/* What goes over the pipe between host and worker: frames of a length, a kind and a body; numbers in network order.
 * Both ends read strictly and bounded: the worker has run hostile input, and a host that sends nonsense has a bug.
 *
 *   evidence  host -> worker   slot u8, fresh u8, count u32, items
 *             item             1, state u8, type u16, name b16, records u16, each rdata b16
 *                              2, message b32
 *   job       host -> worker   slot u8, name b16, job text b16
 *   result    worker -> host   result text (text.h), the whole body
 *   missing   worker -> host   count u8, each type u16, name b16
 * b16 and b32: a length of 16 or 32 bits and so many octets. Each job gets one result or one missing, in order. */
#ifndef DC_RECEIVER_WIRE_H
#define DC_RECEIVER_WIRE_H

#include <sys/types.h>

#include "base/buf.h"
#include "evidence/evidence.h"
#include "receiver/text.h"

enum {
	DC_WIRE_HEAD = 5,                                  /* octets: length u32, kind u8 */
	DC_WIRE_TO_WORKER_MAX = 64 << 20,                  /* body: a message of 25 MiB and the answers of one audit */
	DC_WIRE_TO_HOST_MAX = DC_RECEIVER_RESULT_MAX,      /* body */
	DC_WIRE_RECORDS_MAX = 8192,                        /* more than fit into 65,535 octets of A records */
	DC_WIRE_SLOTS = 16,                                /* audits whose evidence the worker keeps */
};

enum dc_wire_item { DC_WIRE_ITEM_DNS = 1, DC_WIRE_ITEM_MESSAGE };
enum dc_wire_kind { DC_WIRE_EVIDENCE = 1, DC_WIRE_JOB, DC_WIRE_RESULT, DC_WIRE_MISSING };

/* What receivers would learn from an outcome. */
enum dc_wire_state {
	DC_WIRE_RECORDS,
	DC_WIRE_NODATA,
	DC_WIRE_NXDOMAIN,
	DC_WIRE_FAILED, /* they would see a failure too: SERVFAIL, TIMEOUT, BOGUS … */
	DC_WIRE_UNSEEN, /* we never asked: NOT_ASKED, OUT_OF_SOURCE */
	DC_WIRE_STATE_COUNT
};

/* ---- writing ---- */

/* Starts a frame; returns what dc_wire_end wants. */
size_t dc_wire_begin(struct dc_buf *out, enum dc_wire_kind kind);
void dc_wire_end(struct dc_buf *out, size_t begun);
void dc_wire_put8(struct dc_buf *out, unsigned n);
void dc_wire_put16(struct dc_buf *out, unsigned n);
void dc_wire_put32(struct dc_buf *out, uint32_t n);
/* `s` must not be longer than 65,535 octets. */
void dc_wire_put_b16(struct dc_buf *out, struct dc_slice s);

/* Answers [from, count) of `evidence` that libraries may ask for, as one evidence frame. */
void dc_wire_put_evidence(struct dc_buf *out, unsigned slot, const struct dc_evidence *evidence, size_t from);
void dc_wire_put_job(struct dc_buf *out, unsigned slot, const struct dc_question *job);
void dc_wire_put_missing(struct dc_buf *out, const struct dc_question *missing, size_t count);

/* ---- reading: the first lack sticks ---- */

struct dc_wire_reader {
	struct dc_slice rest;
	bool bad;
};
uint32_t dc_wire_get(struct dc_wire_reader *reader, unsigned octets); /* 1, 2 or 4 */
struct dc_slice dc_wire_get_bytes(struct dc_wire_reader *reader, size_t len);
static inline struct dc_slice dc_wire_get_b16(struct dc_wire_reader *reader)
{
	return dc_wire_get_bytes(reader, dc_wire_get(reader, 2));
}

enum dc_wire_step { DC_WIRE_MORE, DC_WIRE_FRAME, DC_WIRE_BAD };
/* The first frame of `in`: *ret_used octets with its head. BAD when it is longer than `max`. */
enum dc_wire_step dc_wire_next(struct dc_slice in, size_t max, enum dc_wire_kind *ret_kind, struct dc_slice *ret_body,
			       size_t *ret_used);

/* On the host: strict. `missing` holds DC_RECEIVER_MISSING_MAX questions, with names in `arena`; false for anything a
 * worker of ours would not say. */
bool dc_wire_read_missing(struct dc_arena *arena, struct dc_slice body, struct dc_question *missing, size_t *ret_count);
/* True when `text` is a result of `job` that is done (or absent: the worker may say so too). */
bool dc_wire_check_result(struct dc_arena *arena, const struct dc_question *job, struct dc_slice text);

/* ---- a stream's input ---- */

struct dc_wire_in {
	char *ptr;
	size_t start, end, capacity;
	size_t ceiling; /* octets kept at most: one frame and what came with it */
};
/* One read(2). As read(2) returns; -1 with ENOMEM when the ceiling or memory is spent. */
ssize_t dc_wire_fill(struct dc_wire_in *in, int fd);
static inline struct dc_slice dc_wire_pending(const struct dc_wire_in *in)
{
	return (struct dc_slice){in->ptr ? in->ptr + in->start : NULL, in->end - in->start};
}

#endif
