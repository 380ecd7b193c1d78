/* The text of jobs and of results: one line of "key=value" fields in a fixed order, values with %HH for everything
 * that is not printable ASCII, for blanks and for the percent sign. Readable in a recording, strict when it is read
 * back: what came from the worker is hostile. Pure. */
#ifndef DC_RECEIVER_TEXT_H
#define DC_RECEIVER_TEXT_H

#include "base/buf.h"
#include "receiver/receiver.h"

enum {
	DC_RECEIVER_VALUE_MAX = 1024,          /* octets of one value given to a job: longer ones are no mail */
	DC_RECEIVER_RESULT_MAX = 256 * 1024,   /* octets of a result's text: 32 signatures with long reasons */
	DC_RECEIVER_REASON_MAX = 512,          /* octets kept of a library's error text */
	DC_RECEIVER_SIGNATURES_MAX = 32,       /* each costs a key lookup and a pass over the body */
	DC_RECEIVER_MISSING_MAX = 32,          /* questions one answer may ask for */
	DC_RECEIVER_MESSAGE_MAX = 25 << 20,    /* octets: the usual ceiling of receivers */
};

enum dc_receiver_job_kind {
	DC_RECEIVER_JOB_SPF,
	DC_RECEIVER_JOB_KEY,
	DC_RECEIVER_JOB_MESSAGE,
	DC_RECEIVER_JOB_COUNT
};

struct dc_receiver_job {
	enum dc_receiver_job_kind kind;
	struct dc_slice domain;                /* the question's name */
	struct dc_ip ip;                       /* SPF */
	struct dc_slice helo, mail_from;       /* SPF */
	struct dc_slice selector, algorithm;   /* key */
	int64_t now_s;                         /* message: the clock of the audit */
};

/* The question of a job. Its slices live in `arena`. */
struct dc_question dc_receiver_job_question(struct dc_arena *arena, const struct dc_receiver_job *job);
/* False when `question` is no job; values live in `arena`. */
bool dc_receiver_job_parse(struct dc_arena *arena, const struct dc_question *question, struct dc_receiver_job *ret_job);

/* The question whose answer is the message itself (dc_receiver_message_input). Static. */
static inline struct dc_question dc_receiver_message_question(void)
{
	return (struct dc_question){.kind = DC_ASK_RECEIVER, .name = DC_S("."), .server = DC_S("bytes")};
}

/* Writers, for the worker. `name` is not written: it follows from the error number. */
void dc_receiver_spf_write(struct dc_buf *out, const struct dc_receiver_spf *spf);
void dc_receiver_key_write(struct dc_buf *out, const struct dc_receiver_key *key);
void dc_receiver_message_write(struct dc_buf *out, const struct dc_receiver_message *message);
/* The result of a job that was not done, for any kind: "crashed reason=SIGABRT" (from
 * `signal`), "hung reason=…", "absent reason=…". */
void dc_receiver_fate_write(struct dc_buf *out, enum dc_receiver_fate fate, int signal, struct dc_slice reason);

/* Readers. False when the text is not exactly what a writer would write. */
bool dc_receiver_spf_read(struct dc_arena *arena, struct dc_slice text, struct dc_receiver_spf *ret_spf);
bool dc_receiver_key_read(struct dc_arena *arena, struct dc_slice text, struct dc_receiver_key *ret_key);
bool dc_receiver_message_read(struct dc_arena *arena, struct dc_slice text, struct dc_receiver_message *ret_message);


#endif
