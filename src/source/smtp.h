/* Mail servers spoken to: DC_ASK_SMTP. EHLO, STARTTLS, EHLO again, QUIT; a second connection that offers TLS 1.1 at most.
 * Never MAIL, never RCPT, never AUTH, never a message. What was said is the answer (evidence/dialogue.h). */
#ifndef DC_SOURCE_SMTP_H
#define DC_SOURCE_SMTP_H

#include "base/ip.h"
#include "source/loop.h"
#include "source/source.h"

enum {
	DC_SMTP_TIMEOUT_MS = 30000, /* for each step: greeting delays against spammers last up to half a minute */
	DC_SMTP_PORTS_MAX = 8,
};

struct dc_smtp_port {
	uint16_t from, to;
};

struct dc_smtp_options {
	const char *ca_file;  /* PEM; NULL or empty: the system's */
	uint32_t timeout_ms;  /* for each step; 0: the default */
	bool allow_private;   /* addresses that are not on the Internet may be spoken to */
	struct dc_slice helo; /* what to say in EHLO; empty: our own address as a literal. Borrowed */
	struct dc_smtp_port ports[DC_SMTP_PORTS_MAX]; /* connect to another port instead; `from` 0 ends the list */
};

/* NULL with *err set. The loop must outlive the source. */
struct dc_source *dc_smtp_new(struct dc_loop *loop, const struct dc_smtp_options *options, struct dc_error *err);

#endif
