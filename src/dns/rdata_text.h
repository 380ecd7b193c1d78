/* Rdata as text: presentation form (RFC 1035 5.1 and the RFC of each type) and the form for anything (RFC 3597 5). */
#ifndef DC_DNS_RDATA_TEXT_H
#define DC_DNS_RDATA_TEXT_H

#include "base/buf.h"

enum {
	DC_RDATA_MAX = 65535,           /* RFC 1035 3.2.1: RDLENGTH has 16 bits */
	DC_RDATA_TEXT_MAX = 512 * 1024, /* 65,535 octets as \DDD with quotation marks, twice over */
};

extern const char dc_why_no_memory[]; /* "no memory" */

/* Appends the text of `rdata`, printable ASCII without a newline: presentation form when reading it again gives the
 * same octets, else "\# LENGTH HEX". Fails only as a buffer fails. */
void dc_rdata_to_text(struct dc_buf *out, uint16_t type, struct dc_slice rdata);
/* Appends "\# LENGTH HEX", whatever the type. */
void dc_rdata_to_generic(struct dc_buf *out, struct dc_slice rdata);
/* Appends the wire form of `text` (either form; no comments, brackets or newlines) to `out`. Names without a trailing
 * dot are completed with `origin`, a canonical name; the empty slice: they are absolute. On failure false, `out` is as
 * before, and *ret_why (may be NULL) says in static words what is wrong; dc_why_no_memory, the pointer itself: nothing is. */
bool dc_rdata_from_text(struct dc_buf *out, uint16_t type, struct dc_slice text, struct dc_slice origin,
			const char **ret_why);

#endif
