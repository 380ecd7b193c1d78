/* TLSA records of the MX hosts: RFC 7672 (DANE for SMTP) over RFC 6698 and 7671. DNS alone: what the hosts' certificates
 * say is in smtp/smtp.h. */
#ifndef DC_DANE_DANE_H
#define DC_DANE_DANE_H

#include "base/tri.h"
#include "evidence/ask.h"
#include "mx/mx.h"

enum { DC_DANE_RECORD_MAX = 32 }; /* TLSA records looked at of one host; two to six are usual */

/* Why mail senders cannot use a record (RFC 7672 section 3.1). */
enum dc_dane_fault {
	DC_DANE_USABLE,
	DC_DANE_PKIX,     /* usage 0 or 1: needs certificate authorities that senders do not have (3.1.3) */
	DC_DANE_USAGE,    /* usage unknown */
	DC_DANE_SELECTOR, /* selector unknown */
	DC_DANE_MATCHING, /* matching type unknown */
	DC_DANE_LENGTH,   /* a digest of another length than its algorithm gives, or data that is no DER */
	DC_DANE_SHORT,    /* fewer than four octets */
};
const char *dc_dane_fault_name(enum dc_dane_fault fault); /* "pkix-usage" …; NULL when usable */

struct dc_dane_record {
	const struct dc_rr *rr;
	uint8_t usage, selector, matching;
	struct dc_slice data;
	enum dc_dane_fault fault;
	bool duplicate; /* of an earlier record of the same host */
};
/* RFC 6698 section 2.1; `duplicate` is left alone. */
struct dc_dane_record dc_dane_read(const struct dc_rr *rr);

/* A DNSSEC state, and who says so. */
struct dc_dane_state {
	enum dc_dnssec state;
	const char *by;                 /* "validation" (our own), "resolver" (its AD bit, or its silence); NULL: unknown */
	const struct dc_answer *answer; /* that shows it; may be NULL */
};

struct dc_dane_host {
	const struct dc_mx_host *mx;
	struct dc_slice base;            /* TLSA base domain: the host, or where its CNAME leads (RFC 7672 2.2.2) */
	const struct dc_answer *answer;  /* TLSA at _25._tcp.BASE; NULL: open, or not asked */
	bool asked;
	enum dc_tri present;             /* there are TLSA records */
	struct dc_dane_state address, tlsa;
	const struct dc_dane_record *records;
	size_t count;
	size_t usable;                   /* of these, duplicates not counted */
	size_t record_count;             /* as published; more than count when cut */
	/* Senders that use DANE look for TLSA records at all: the addresses are secure. When the lookup fails they do not
	 * deliver to this host (RFC 7672 2.1.2, 2.2). */
	enum dc_tri looked_up;
};

struct dc_dane_facts {
	struct dc_dane_state mx;         /* of the MX answer */
	const struct dc_dane_host *hosts; /* in the order of the MX, each once; null and address targets left out */
	size_t count;
	enum dc_tri present;             /* some host has TLSA records; unknown when no host could be asked */
};

/* The TLSA records of all hosts are asked together with their addresses. When not `thorough` (many domains at once) only
 * where they can matter: after an MX answer or with addresses that the resolver vouches for; `thorough` also has the
 * states of what is there validated. Never NULL. */
const struct dc_dane_facts *dc_dane_build(struct dc_asker *asker, const struct dc_mx_facts *mx, bool thorough);

#endif
