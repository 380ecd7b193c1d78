/* Where in a record something stands. */
#ifndef DC_DNS_SPAN_H
#define DC_DNS_SPAN_H

#include "dns/answer.h"

struct dc_span {
	struct dc_slice record;  /* the whole text, strings joined; empty = no span */
	uint32_t start, length;  /* octets into record */
	uint16_t string;         /* which character-string, from 0 */
	uint32_t string_offset;  /* octets into that string */
};

/* The span of `part`, which must point into txt->text. */
struct dc_span dc_span_of(const struct dc_txt *txt, struct dc_slice part);

#endif
