/* Lines of recordings. Internal to the recording files of this room; domaincheck-recording(5) defines them. */
#ifndef DC_EVIDENCE_RECORDING_LINE_H
#define DC_EVIDENCE_RECORDING_LINE_H

#include "evidence/recording.h"

/* "dns" "validate" … static. */
const char *dc_recording_kind(enum dc_question_kind kind);
/* The rcode that goes without saying. */
uint16_t dc_recording_rcode(enum dc_outcome outcome);
/* Appends `value` as a word: bare when nothing in it needs quoting. */
void dc_recording_put_word(struct dc_buf *out, struct dc_slice value);
/* Appends the line of an answer, newline included. */
void dc_recording_put_line(struct dc_buf *out, const struct dc_answer *answer);
/* Length of the record text at `s`, which ends before the "}" that is neither quoted nor escaped; SIZE_MAX when there is
 * none. */
size_t dc_recording_record_end(struct dc_slice s);

/* A word of *rest: bare, or quoted and then decoded into `arena`. False when it is broken. Blanks before it are skipped;
 * a blank, the end or "}" must follow. */
bool dc_recording_word(struct dc_arena *arena, struct dc_slice *rest, struct dc_slice *ret_word);
/* Reads the answer that a line, whose first word is `kind`, holds. NULL when all is well, else what is wrong. */
const char *dc_recording_read_answer(struct dc_arena *arena, enum dc_question_kind kind, struct dc_slice rest,
				     struct dc_answer *ret_draft);
/* KEY=NUMBER at the start of *rest. */
bool dc_recording_number(struct dc_slice *rest, const char *key, uint64_t max, uint64_t *ret_value);

#endif
