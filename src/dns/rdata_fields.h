/* Rdata whose fields ldns reads one by one. Inside src/dns only. */
#ifndef DC_DNS_RDATA_FIELDS_H
#define DC_DNS_RDATA_FIELDS_H

#include "base/buf.h"

/* As dc_rdata_from_text, for presentation form. *ret_why is dc_why_no_memory when that is the reason, and NULL when the
 * text does not fit the type: the caller knows an example. */
bool dc_rdata_fields_read(struct dc_buf *out, uint16_t type, struct dc_slice text, struct dc_slice origin, const char **ret_why);
/* False for types with fields that are not in the table, and for those that this ldns does not know. */
bool dc_rdata_fields_known(uint16_t type);
/* The next word of *rest, which ends at a blank that is neither quoted nor escaped. */
struct dc_slice dc_rdata_word(struct dc_slice *rest);
/* One character or escape (RFC 1035 5.1) at s[*at]; -1 when the escape is broken. */
int dc_rdata_octet(struct dc_slice s, size_t *at);

#endif
