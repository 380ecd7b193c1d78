/* Terms of a record, one by one. Internal to the SPF room. */
#ifndef DC_SPF_PARSE_H
#define DC_SPF_PARSE_H

#include "spf/spf.h"

/* What dc_spf_term_read found wrong. */
struct dc_spf_flaw {
	enum dc_spf_fault_kind kind;
	struct dc_slice part;
};

/* Reads one term (no spaces in it). False when it is a syntax error: *ret_flaw says which; *ret_term is filled as far
 * as it could be understood (kind DC_SPF_BAD when not even its name is known). */
bool dc_spf_term_read(struct dc_slice text, bool lax, struct dc_spf_term *ret_term, struct dc_spf_flaw *ret_flaw);

/* Every term of `text` is understood and legal, and there is at least one; unknown modifiers do not count. */
bool dc_spf_terms_valid(struct dc_slice text);

/* The name of a mechanism or of a modifier with a meaning; DC_SPF_BAD when there is none such. */
enum dc_spf_kind dc_spf_kind_of(struct dc_slice name);

/* What was probably meant by a faulty or odd term; `next` is the term behind it or NULL. Empty: no idea. What is
 * returned is always legal. */
struct dc_slice dc_spf_suggest(struct dc_arena *arena, const struct dc_spf_term *term, const struct dc_spf_term *next);

/* How a record that is no SPF record but looks like one should read; empty when it does not look like one, or
 * *ret_similar true and empty when it does but nothing better is known. */
struct dc_slice dc_spf_suggest_record(struct dc_arena *arena, struct dc_slice text, bool *ret_similar);

#endif
