/* The header of a message as far as its identities go: who it says it is from (RFC 5322 section 3.6), where bounces go
 * (Return-Path), who handed it in (the topmost Received), and which DKIM signatures it carries. Not here: bodies, MIME,
 * and whether a signature holds (receiver/receiver.h). */
#ifndef DC_MESSAGE_MESSAGE_H
#define DC_MESSAGE_MESSAGE_H

#include "base/arena.h"
#include "base/ip.h"

enum {
	DC_MESSAGE_FIELD_MAX = 1000,     /* header fields read; real messages have fewer than a hundred */
	DC_MESSAGE_SIGNATURE_MAX = 50,   /* DKIM signatures listed */
};

struct dc_message_signature {
	struct dc_slice domain, selector; /* d= and s=, raw, without white space; empty when the tag is missing */
};

struct dc_message {
	size_t from_fields;            /* header fields named From: exactly one is legal */
	size_t authors;                /* mailboxes in them */
	struct dc_slice from;          /* the first author's address, raw; empty: none could be read */
	struct dc_slice from_domain;   /* what follows its last @, raw */
	struct dc_slice return_path;   /* address in the first Return-Path, raw */
	bool null_return_path;         /* it is <>: a bounce */
	bool has_return_path;
	struct dc_slice helo;          /* topmost Received: what follows "from", raw; empty: not there */
	struct dc_ip ip;               /* topmost Received: the address in brackets; family 0: none */
	const struct dc_message_signature *signatures; /* in the order of the message */
	size_t signature_count;
	bool one_click;                /* List-Unsubscribe-Post says One-Click (RFC 8058 section 3.1) … */
	bool unsubscribe_https;        /* … and List-Unsubscribe holds an https URI */
};

/* Reads the header; lines may end in CRLF or LF, and an mbox "From " line may come first. Slices point into `bytes` or live in
 * `arena`. False when there is no header at all (no line with a field name). */
bool dc_message_parse(struct dc_arena *arena, struct dc_slice bytes, struct dc_message *ret_message);

#endif
