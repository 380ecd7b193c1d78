/* One DKIM key record, parsed once. Private to the room. */
#ifndef DC_DKIM_RECORD_H
#define DC_DKIM_RECORD_H

#include "dkim/dkim.h"

enum { DC_DKIM_LIBRARY_MAX = 1024 }; /* libopendkim reads no more of a record */

/* Fills *ret_record from `txt`; every problem is noted, and the key is looked at as well as it can be even when the
 * record is unusable. In `arena`. RFC 6376 sections 3.2 and 3.6.1. */
void dc_dkim_record_parse(struct dc_arena *arena, const struct dc_txt *txt,
			  struct dc_dkim_record *ret_record);

/* Decodes base64, skipping whatever is not base64. Returns the octets written (at most `size`).
 * *ret_junk: an octet that is neither base64 nor white space was met; *ret_padding: the end is not as it should be. */
size_t dc_dkim_base64(struct dc_slice text, uint8_t *out, size_t size, bool *ret_junk, bool *ret_padding);

#endif
