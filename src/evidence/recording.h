/* Recordings: every answer of a run as text, one a line; docs/man/domaincheck-recording.5 is the format's definition.
 * Octets in, octets out; source/recording.h has the files and the source that answers from one. */
#ifndef DC_EVIDENCE_RECORDING_H
#define DC_EVIDENCE_RECORDING_H

#include "base/buf.h"
#include "dns/answer.h"

enum {
	DC_RECORDING_LINE_MAX = 16 * 1024 * 1024,    /* octets: a message of 64 KiB with each octet escaped, many times over */
	DC_RECORDING_FILE_MAX = 1024 * 1024 * 1024,  /* octets: some five million answers */
	DC_RECORDING_RR_MAX = 65536,                 /* records of one answer: more than a message can hold */
	DC_RECORDING_OPTIONS_MAX = 1000 * 1000,      /* settings and audits, each: a fleet of that many domains */
};

/* What one finished audit cost, so that a replay can say the same. */
struct dc_recorded_audit {
	struct dc_slice domain;
	uint64_t elapsed_ms, rounds, questions;
};

/* A setting of the recorded run. Both are NUL-terminated (not counted). */
struct dc_recorded_option {
	struct dc_slice name, value;
};

/* ---- writing ---- */

/* Holds the recording in memory until it is written. The first failure sticks and shows in dc_recording_text. */
struct dc_recording_writer;

/* NULL when there is no memory. */
struct dc_recording_writer *dc_recording_writer_new(void);
void dc_recording_writer_free(struct dc_recording_writer *writer);
/* When the run started; UTC. */
void dc_recording_put_clock(struct dc_recording_writer *writer, int64_t seconds);
void dc_recording_put_end(struct dc_recording_writer *writer, int64_t seconds);
/* `name` is a word of lower-case letters, digits and hyphens; `value` any octets but 0. */
void dc_recording_put_option(struct dc_recording_writer *writer, const char *name, struct dc_slice value);
/* A line that is there already, octet for octet, is not written again. */
void dc_recording_put_answer(struct dc_recording_writer *writer, const struct dc_answer *answer);
void dc_recording_put_audit(struct dc_recording_writer *writer, const struct dc_recorded_audit *audit);
/* The whole recording, borrowed until the next put. DC_ERR_NOMEM when a ceiling was reached. */
enum dc_status dc_recording_text(const struct dc_recording_writer *writer, struct dc_slice *ret_text, struct dc_error *err);

/* ---- reading ---- */

struct dc_recording;

/* `label` stands for the file; err->message reads "LABEL:LINE: what is wrong". Nothing of `bytes` is kept. On success
 * *ret_recording is owned by the caller. */
enum dc_status dc_recording_parse(const char *label, struct dc_slice bytes, struct dc_recording **ret_recording,
				  struct dc_error *err);
void dc_recording_free(struct dc_recording *recording);

/* The time of the clock line; 0 when there is none (hand-made recordings), see dc_recording_has_clock. */
int64_t dc_recording_clock(const struct dc_recording *recording);
bool dc_recording_has_clock(const struct dc_recording *recording);
/* When the run had its last result. False: not said. */
bool dc_recording_end(const struct dc_recording *recording, int64_t *ret_seconds);
size_t dc_recording_option_count(const struct dc_recording *recording);
const struct dc_recorded_option *dc_recording_option(const struct dc_recording *recording, size_t i);
size_t dc_recording_audit_count(const struct dc_recording *recording);
const struct dc_recorded_audit *dc_recording_audit_at(const struct dc_recording *recording, size_t i);
/* The audit of `domain`, or NULL. */
const struct dc_recorded_audit *dc_recording_audit(const struct dc_recording *recording, struct dc_slice domain);
/* The file name without folders. */
struct dc_slice dc_recording_label(const struct dc_recording *recording);

size_t dc_recording_count(const struct dc_recording *recording);
/* In the order of the file. */
struct dc_answer *dc_recording_at(const struct dc_recording *recording, size_t i);
/* Number of the first answer to `question`, or SIZE_MAX. */
size_t dc_recording_find(const struct dc_recording *recording, const struct dc_question *question);
/* Number of the next answer to the same question as that of answer `i`, or SIZE_MAX: a question whose answer was a failure may
 * have been asked again. */
size_t dc_recording_next(const struct dc_recording *recording, size_t i);

#endif
