/* What libopendkim.c (hooks, keys) and message.c share. Includes the library's header: nobody else may include this one. */
#ifndef DC_RECEIVER_OPENDKIM_HANDLE_H
#define DC_RECEIVER_OPENDKIM_HANDLE_H

#include <sys/types.h>

#include <opendkim/dkim.h>

#include "receiver/libopendkim.h"

struct dc_libopendkim {
	DKIM_LIB *keys;            /* default options */
	DKIM_LIB *messages;        /* BADSIGHANDLES, DELAYSIGPROC */
	struct dc_run *run;        /* of the job at hand */
	size_t reply_len;          /* octets of the packet made last; 0 = the query failed */
	unsigned int min_bits;     /* the library's own minimum for RSA keys */
};

/* A copy of at most DC_RECEIVER_REASON_MAX octets; `text` may be NULL. */
struct dc_slice dc_opendkim_text(struct dc_arena *arena, const char *text);

#endif
