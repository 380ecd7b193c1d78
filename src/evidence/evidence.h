/* Everything that one audit asked and what came back: appended while it is gathered, then sealed. No opinions. */
#ifndef DC_EVIDENCE_EVIDENCE_H
#define DC_EVIDENCE_EVIDENCE_H

#include "base/arena.h"
#include "dns/answer.h"

struct dc_evidence;

/* Index and list live in `arena`; the answers are held by reference until dc_evidence_clear. */
struct dc_evidence *dc_evidence_new(struct dc_arena *arena);
/* Drops every reference. */
void dc_evidence_clear(struct dc_evidence *evidence);
/* Takes over the caller's reference. A question that is there already keeps its first answer. */
void dc_evidence_add(struct dc_evidence *evidence, struct dc_answer *answer);
const struct dc_answer *dc_evidence_find(const struct dc_evidence *evidence, const struct dc_question *question);
size_t dc_evidence_count(const struct dc_evidence *evidence);
/* In the order of adding, which is the same live and replayed. */
const struct dc_answer *dc_evidence_at(const struct dc_evidence *evidence, size_t i);

#endif
