/* A check: a rule over const facts. No input or output, no clock, no locale, no globals: a test proves it from the
 * symbols that the objects of this room import. */
#ifndef DC_CHECKS_CHECK_H
#define DC_CHECKS_CHECK_H

#include "facts/facts.h"
#include "findings/emit.h"

struct dc_check {
	const char *id;       /* "spf-lookups": for ever */
	const char *title;    /* what holds when it passes: "SPF stays within ten lookups" */
	const char *standard; /* "RFC 7208 section 4.6.4" */
	void (*run)(const struct dc_facts *facts, struct dc_emitter *emitter);
};

/* Every check in the order of the report; the rows are in registry.h. NULL past the end. */
const struct dc_check *dc_check_at(size_t i);

#endif
