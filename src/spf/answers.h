/* What DNS answers mean to SPF. Internal to the SPF room. */
#ifndef DC_SPF_ANSWERS_H
#define DC_SPF_ANSWERS_H

#include "spf/spf.h"

/* The answer tells something, and all of it: a cut-off answer does not. */
bool dc_spf_is_answered(const struct dc_answer *answer);

/* The next record of the type asked behind rr (NULL: the first), at the end of the CNAME chain `target`. */
const struct dc_rr *dc_spf_next_rr(const struct dc_answer *answer, struct dc_slice target, const struct dc_rr *rr);

/* The SPF records among the TXT of an answered question, in `arena`; their number. */
size_t dc_spf_records(struct dc_arena *arena, const struct dc_answer *answer, const struct dc_txt **ret_records);
/* The first of them parsed, for an answer of the evidence that has one: kept from build to build. */
const struct dc_spf_record *dc_spf_record_of(struct dc_asker *asker, const struct dc_answer *answer, bool lax);

/* No address at all: a void lookup. */
bool dc_spf_is_void(const struct dc_answer *answer);
/* An address of the answer lies in the same prefix as `ip`. */
bool dc_spf_holds(const struct dc_answer *answer, struct dc_ip ip, uint8_t bits4, uint8_t bits6);

/* The first DC_SPF_HOST_LIMIT hosts of an MX answer in the order of preference (RFC 7208 5.4), or names of a PTR answer
 * in that of the packet. Returns how many there are in all. */
size_t dc_spf_names(struct dc_arena *arena, const struct dc_answer *answer, struct dc_slice names[DC_SPF_HOST_LIMIT],
		    size_t *ret_count);

#endif
