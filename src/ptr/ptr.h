/* The sending address: reverse names and their confirmation (RFC 1912 2.1, RFC 8601 2.7.3), and the HELO name
 * (RFC 5321 2.3.5, 4.1.4). Which addresses send is decided in facts/senders.h. */
#ifndef DC_PTR_PTR_H
#define DC_PTR_PTR_H

#include "base/ip.h"
#include "base/tri.h"
#include "evidence/ask.h"

enum {
	DC_PTR_NAME_MAX = 10,    /* names of one address that are confirmed; RFC 7208 5.5 stops there too */
	DC_PTR_HELO_IP_MAX = 32, /* addresses kept of the HELO name */
};

enum dc_sender_origin {
	DC_SENDER_OPTION, /* --ip or the manifest: the user says that it sends */
	DC_SENDER_SPF,    /* a single address in the domain's own SPF record */
	DC_SENDER_MX,     /* address of an MX host of the domain's own, or that its SPF record authorises */
};
const char *dc_sender_origin_name(enum dc_sender_origin origin); /* "option" "spf" "mx" */

struct dc_ptr_sender {
	struct dc_ip ip;
	enum dc_sender_origin origin;
	struct dc_slice source; /* the SPF term or the MX host; empty for --ip */
	bool sample;            /* stands for a range too large to be walked: its reverse name says nothing */
};

struct dc_ptr_name {
	struct dc_slice name;             /* canonical */
	const struct dc_answer *forward;  /* A or AAAA of the name; NULL while open */
	enum dc_tri confirmed;            /* the address is among its addresses */
	enum dc_tri alias;                /* the name is a CNAME (RFC 1912 2.4) */
	const char *generic;              /* why it looks like a default name of a provider: "address" "word" "cloud"; NULL */
	struct dc_slice generic_part;     /* the part that says so */
	bool is_host;                     /* syntax of a host name, at least two labels */
};

struct dc_ptr_address {
	struct dc_ptr_sender sender;
	struct dc_slice text;             /* the address in canonical text */
	struct dc_slice arpa;             /* its reverse name */
	const char *special;              /* dc_ip_special: cannot send over the Internet; NULL = can */
	const struct dc_answer *answer;   /* the PTR question; NULL: open, or not asked because it is special */
	enum dc_tri present;              /* at least one PTR record */
	const struct dc_ptr_name *names;  /* in the order of the answer, sorted */
	size_t name_count;
	size_t record_count;              /* PTR records published; more than names when cut */
	bool cut;                         /* there are more names than are looked at */
	struct dc_slice alias;            /* end of the CNAME chain at the reverse name (RFC 2317): fine, shown */
	enum dc_tri confirmed;            /* at least one name resolves back */
	enum dc_tri generic;              /* every confirmed name (or every name when none is) looks generic */
	enum dc_tri helo_match;           /* the HELO name is one of the confirmed names; unknown without --helo */
};

struct dc_ptr_helo {
	struct dc_slice name;             /* empty: not given */
	bool is_literal;                  /* [192.0.2.1] or [IPv6:…] */
	bool is_host;                     /* syntax of a host name, at least two labels */
	const struct dc_answer *a, *aaaa; /* NULL while open or for a literal */
	enum dc_tri resolves;
	const struct dc_ip *ips;
	size_t ip_count;
};

struct dc_ptr_facts {
	const struct dc_ptr_address *addresses; /* in the order of `senders` */
	size_t count;
	struct dc_ptr_helo helo;
};

/* PTR of every sender and the HELO's addresses are asked at once; forward addresses when the names are known.
 * `senders` is copied. Special addresses that cannot send are not asked for, documentation ranges are. Never NULL. */
const struct dc_ptr_facts *dc_ptr_build(struct dc_asker *asker, const struct dc_ptr_sender *senders, size_t n,
					struct dc_slice helo);

/* Does the name look like a provider's default for the address? "address": the octets of the address are in it;
 * "word": a label says dynamic, pool, dsl …; "cloud": a known default zone of a hoster; NULL: no. *ret_part (may be
 * NULL) is the part of `name` that says so. */
const char *dc_ptr_generic(struct dc_slice name, struct dc_ip ip, struct dc_slice *ret_part);

#endif
