/* What the mail servers of a domain say when they are spoken to: the MX hosts on port 25, and the hosts that take mail from
 * its users. RFC 5321, 3207, 6409, 8314, 6186; names by RFC 6125, certificates by RFC 7672 for DANE.
 *
 * Only with --probe: nothing is asked otherwise. Mail is never offered. */
#ifndef DC_SMTP_SMTP_H
#define DC_SMTP_SMTP_H

#include "base/tri.h"
#include "dane/dane.h"
#include "evidence/ask.h"
#include "evidence/dialogue.h"
#include "mx/mx.h"

enum {
	DC_SMTP_HOSTS_MAX = 8,      /* MX hosts spoken to, by preference; senders try no more */
	DC_SMTP_IPS_MAX = 4,        /* addresses of one host, IPv4 first */
	DC_SMTP_SRV_MAX = 4,        /* submission hosts named by SRV records */
	DC_SMTP_SERVERS_MAX = DC_SMTP_HOSTS_MAX * DC_SMTP_IPS_MAX + 2 * DC_SMTP_SRV_MAX * DC_SMTP_IPS_MAX,
};

/* What the user wants to be spoken to. */
struct dc_smtp_wish {
	struct dc_slice domain;
	bool mx, submission;
	struct dc_slice submission_host; /* canonical; empty: found by SRV records */
	uint16_t submission_port;        /* 0: 465, 587 and 2525 */
};

struct dc_smtp_server {
	struct dc_smtp_target target;
	const char *origin;              /* "mx" "option" "srv" */
	struct dc_slice ip_text;
	const struct dc_answer *answer;  /* NULL while open */
	const struct dc_dialogue *said;  /* NULL: nothing was said, or it cannot be read */
	enum dc_tri reached;             /* a reply came; never NO: what is not reached here may be reached by others */
	enum dc_tri welcome;             /* it greeted with 220 and took EHLO */
	enum dc_tri starttls;            /* STARTTLS is offered (for TLS from the first octet: yes) */
	enum dc_tri tls;                 /* the handshake succeeded */
	const struct dc_dialogue_reply *ehlo; /* the last that counts: under TLS when there is; NULL: none */
	struct dc_slice banner_name, ehlo_name; /* the first word of each; empty: none */
	bool auth_plain, auth_tls;       /* AUTH is offered before TLS; under TLS */
	struct dc_slice mechanisms_plain, mechanisms_tls;
	/* The certificate */
	const struct dc_dialogue_cert *cert; /* NULL: none was seen */
	enum dc_tri name_matches;        /* the host's name is in it */
	enum dc_tri valid_now;           /* by the clock of the audit, the whole served chain */
	const struct dc_dialogue_cert *outdated; /* of the chain: the first that is not valid now */
	/* DANE: only where there are usable TLSA records that DNSSEC does not deny */
	const struct dc_dane_host *dane;
	enum dc_tri dane_matches;        /* some usable record matches */
	enum dc_tri dane_name_only;      /* a record of usage 2 matches, but the host's name is not in the certificate */
	/* The reverse name of the address, and the addresses of the name it greets with; NULL: not asked or open */
	const struct dc_answer *ptr, *banner_address;
	enum dc_tri banner_confirmed;    /* the greeting's name is a reverse name of the address, or leads to it */
};

struct dc_smtp_facts {
	bool asked_mx, asked_submission;
	const struct dc_smtp_server *servers;
	size_t count;
	const struct dc_answer *srv[2];  /* _submission._tcp and _submissions._tcp; NULL: open or not asked */
	enum dc_tri has_submission;      /* a host for submission is known; NO: the SRV records name none */
	bool srv_refused;                /* an SRV record says that there is no such service (target ".") */
};

/* Asks nothing unless wished for. `now_s`: the clock of the audit. Never NULL. */
const struct dc_smtp_facts *dc_smtp_build(struct dc_asker *asker, const struct dc_smtp_wish *wish,
					  const struct dc_mx_facts *mx, const struct dc_dane_facts *dane, int64_t now_s);

/* ---- certificate.c ---- */

/* RFC 6125 section 6.4: labels compared without case, "*" as the whole left-most label only. */
bool dc_smtp_name_matches(struct dc_slice pattern, struct dc_slice host);
/* The names of the certificate; the common name only when it has no dNSName (RFC 6125 6.4.4). */
bool dc_smtp_cert_names(const struct dc_dialogue_cert *cert, struct dc_slice host);
/* Does the served chain match a usable TLSA record (RFC 7672 3.1, 3.2)? UNKNOWN: a digest that was not seen is needed.
 * *ret_name_only: see struct dc_smtp_server. */
enum dc_tri dc_smtp_dane_matches(struct dc_asker *asker, const struct dc_dialogue *said, const struct dc_dane_host *host,
				 enum dc_tri *ret_name_only);
/* "RSA 2048": the bits; 0: unknown. */
unsigned dc_smtp_key_bits(const struct dc_dialogue_cert *cert, struct dc_slice *ret_kind);

#endif
