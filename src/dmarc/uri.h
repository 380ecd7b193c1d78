/* Report addresses in rua and ruf: URIs of RFC 3986, mailto of RFC 6068. For the files of this room. */
#ifndef DC_DMARC_URI_H
#define DC_DMARC_URI_H

#include "dmarc/record.h"

/* Fills all of *ret_uri but its span. `text` is one element of the comma list, trimmed. */
void dc_dmarc_uri_parse(struct dc_arena *arena, struct dc_slice text, struct dc_dmarc_uri *ret_uri);

#endif
