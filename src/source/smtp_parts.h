/* Inside of the SMTP source; nobody else includes this.
 *
 * smtp.c      the source: what waits, connections, octets in and out
 * smtp_talk.c the conversation: lines, replies, what to say next */
#ifndef DC_SOURCE_SMTP_PARTS_H
#define DC_SOURCE_SMTP_PARTS_H

#include "evidence/dialogue.h"
#include "source/smtp.h"
#include "source/tls.h"

enum {
	TALKS_MAX = 64,               /* connections at once; one an address */
	CONNECT_MS = 10000,           /* until a connection stands: three times the first retransmissions */
	CLOSED_AFTER = 16,            /* connections to port 25 in vain, and none that stood: the network forbids them */
	TALK_OCTETS_MAX = 256 << 10,  /* read of one connection: a chain of 100 KiB and the longest replies stay below */
	TALK_STEPS_MS = 3,            /* a connection may take this many times the time of a step */
	QUIT_MS = 3000,               /* for the reply to QUIT */
	READ_SIZE = 16 << 10,
};

enum talk_step { STEP_CONNECT, STEP_BANNER, STEP_EHLO, STEP_STARTTLS, STEP_TLS, STEP_TLS_EHLO, STEP_QUIT };

struct talk {
	struct smtp *smtp;
	struct dc_fetch *fetch;
	struct dc_smtp_target target;
	struct dc_buf said;           /* the dialogue */
	struct dc_watch watch;        /* fd -1: no connection */
	struct dc_timer timer;
	struct dc_tls *tls;
	enum talk_step step;
	bool old;                     /* the second connection */
	bool under_tls;               /* the handshake is done */
	bool modern;                  /* the first agreed on TLS 1.2 or later */
	bool heard;                   /* something that is an answer has come */
	bool offers_tls;
	bool greeted;                 /* the first line of the reply to EHLO has come */
	bool quitting;                /* the conversation is complete, or not to be continued */
	char line[DC_DIALOGUE_LINE_MAX];
	size_t line_len;
	size_t octets;                /* read in this connection */
	size_t lines;                 /* of all replies */
	char out[1024];               /* not sent yet: commands are short, TLS records are drained as they fit */
	size_t out_len;
	uint64_t began_ms, deadline_ms;
	struct dc_slice via;
	char via_text[DC_IP_TEXT_MAX + 10];
	struct talk *next, *prev;     /* waiting; or under way */
};

struct smtp {
	struct dc_source source; /* first */
	struct dc_loop *loop;
	struct dc_smtp_options options;
	struct dc_tls_context *tls;
	struct talk *waiting, **waiting_end;
	struct talk *under_way;
	size_t count; /* under way */
	bool port_25_open;       /* a connection to it has stood */
	unsigned port_25_silent; /* connections to it that timed out */
};

/* smtp.c */
/* This connection is over. `how` in one word or a few: "done" "closed" "timeout" "flood" "garbage" or a system error. */
void talk_over(struct talk *talk, const char *how);
/* Sends `text`, under TLS when that is spoken. False: the talk is over and gone. */
bool talk_send(struct talk *talk, struct dc_slice text);
void talk_step(struct talk *talk, enum talk_step step);

/* smtp_talk.c */
/* Plain octets came. False: the talk is over and gone. */
bool talk_hear(struct talk *talk, const char *octets, size_t len);
/* The handshake was tried again. */
bool talk_shake(struct talk *talk);
/* The connection stands. */
bool talk_begin(struct talk *talk);

#endif
