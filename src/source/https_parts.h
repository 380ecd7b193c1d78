/* Inside of the HTTPS source; nobody else includes this.
 *
 * https.c          the source: what waits, what is under way, curl's sockets and timer
 * https_transfer.c one document: what curl is told, what it says
 * https_header.c   header fields
 * https_tls.c      whom to trust, the handshake
 * https_certificate.c what a certificate says */
#ifndef DC_SOURCE_HTTPS_PARTS_H
#define DC_SOURCE_HTTPS_PARTS_H

#include <curl/curl.h>

#include "source/https.h"
#include "source/https_tls.h"

enum { HTTPS_HEADER_MAX = 64 * 1024 }; /* octets of all header fields */

/* What came of the header so far. */
struct https_header {
	size_t octets;
	bool spent; /* no memory */
};

struct transfer {
	struct dc_fetch *fetch;
	struct dc_arena *arena;
	struct dc_https_request request;
	CURL *easy;
	struct curl_slist *resolve;
	struct https_tls tls;
	struct dc_https_reply reply;
	struct dc_buf body;
	struct https_header header;
	bool cut, refused, spent;
	char error[CURL_ERROR_SIZE];
	struct transfer *next, *prev; /* queue or active */
};

/* Not known to curl's multi handle yet. NULL: no memory, or *ret_draft says why there is nothing to fetch. */
struct transfer *https_transfer_new(const struct dc_https_options *options, struct https_trust *trust, struct dc_fetch *fetch,
				    struct dc_answer *ret_draft);
/* What came of it; `data` holds its text. Before the handle is taken out of the multi handle. */
void https_transfer_judge(struct transfer *transfer, CURLcode code, struct dc_buf *data, struct dc_answer *draft);
void https_transfer_free(struct transfer *transfer);

/* Takes one line into `reply`, texts in `arena`. False: the transfer must end, the header is too long or memory is spent. */
bool https_header_line(struct dc_arena *arena, struct dc_slice line, struct https_header *header, struct dc_https_reply *reply);

#endif
