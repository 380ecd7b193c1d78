/* For fuzzers that make evidence of their input: builds every fact from it and checks what must hold. */
#ifndef DC_TESTS_FUZZ_FACTS_H
#define DC_TESTS_FUZZ_FACTS_H

#include "dns/answer.h"

/* `domain` canonical. The answers stay the caller's. */
void judge_facts(struct dc_slice domain, struct dc_answer *const *answers, size_t count);

#endif
