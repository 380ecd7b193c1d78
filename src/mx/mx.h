/* Where mail for a domain goes: RFC 5321 section 5.1, null MX of RFC 7505, targets by RFC 2181 section 10.3. */
#ifndef DC_MX_MX_H
#define DC_MX_MX_H

#include "base/ip.h"
#include "base/tri.h"
#include "evidence/ask.h"

enum {
	DC_MX_HOST_MAX = 32,      /* MX records looked at; no provider publishes more than a dozen */
	DC_MX_HOST_IP_MAX = 32,   /* addresses kept of one host */
	DC_MX_ANCESTOR_MAX = 4,   /* names above a host that does not exist that are asked for */
};

struct dc_mx_host {
	uint16_t preference;          /* lower is tried first; 0 for the implicit MX */
	struct dc_slice host;         /* canonical; "." for a null MX target */
	const struct dc_rr *rr;       /* NULL for the implicit MX */
	const struct dc_answer *a, *aaaa; /* NULL: not known yet, or not asked because the target is no name */
	const struct dc_ip *ips;      /* IPv4 first, each address once */
	size_t ip_count;
	enum dc_tri resolves;         /* has at least one address */
	enum dc_tri exists;           /* the name is there (even without an address) */
	struct dc_slice alias;        /* the end of the CNAME chain when the target is an alias (RFC 2181 10.3 forbids it) */
	bool is_null;                 /* target "." */
	bool is_address;              /* target is an address written as a name: 192.0.2.1 */
	bool is_host;                 /* letters, digits and hyphens, at least two labels */
	bool duplicate;               /* an earlier record names the same host */
	/* The shortest name above or at the host for which NXDOMAIN was said, at least two labels; empty: it exists.
	 * When that is the registrable domain, somebody else can register it and receive the mail. */
	struct dc_slice gone;
	const struct dc_answer *gone_answer;
};

enum dc_mx_class {
	DC_MX_UNKNOWN,   /* the MX question, or what an implicit MX needs, found no answer */
	DC_MX_HOSTS,     /* MX records, at least one of them a name */
	DC_MX_NULL,      /* exactly one record, target ".": accepts no mail (RFC 7505) */
	DC_MX_IMPLICIT,  /* no MX: mail goes to the domain's own addresses */
	DC_MX_NONE,      /* no MX and no address: mail cannot be delivered */
	DC_MX_NXDOMAIN,  /* the domain does not exist */
};

struct dc_mx_facts {
	struct dc_slice domain;
	const struct dc_answer *answer;   /* the MX question; NULL while open */
	const struct dc_answer *a, *aaaa; /* at the domain itself */
	enum dc_mx_class class;
	enum dc_tri receives;             /* some host that can be reached by name */
	struct dc_slice alias;            /* end of the CNAME chain when the domain itself is an alias */
	const struct dc_mx_host *hosts;   /* by preference, then by name; the implicit MX is one host */
	size_t host_count;
	size_t record_count;              /* MX records published; more than hosts when cut at DC_MX_HOST_MAX */
	bool null_beside;                 /* a null MX stands beside others, or its preference is not 0 */
	bool malformed;                   /* a record could not be read */
	size_t usable_count;              /* distinct hosts that resolve */
};

/* MX, A and AAAA of the domain are asked at once; the hosts' addresses when the MX is known. Never NULL. */
const struct dc_mx_facts *dc_mx_build(struct dc_asker *asker, struct dc_slice domain);

/* "hosts" "null" "implicit" "none" "nxdomain"; NULL for unknown. Static. */
const char *dc_mx_class_name(enum dc_mx_class class);

#endif
