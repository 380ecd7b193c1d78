/* The authoritative servers of the zone that holds a domain, asked one by one: do all of them answer, and do they say the
 * same of the mail records? RFC 1034 section 4.2, RFC 2182 (choice of servers), RFC 8020 (names that exist by what is below
 * them), RFC 7766 (TCP), RFC 6891 (EDNS).
 *
 * The first questions go to the resolver: where the zone begins, its servers and those of its parent, their addresses.
 * Then each address is asked for the SOA record, over UDP and over TCP; only those that answer are asked for more. What
 * nobody reaches from here is unknown, never a fault. */
#ifndef DC_AUTHORITY_AUTHORITY_H
#define DC_AUTHORITY_AUTHORITY_H

#include "base/ip.h"
#include "base/tri.h"
#include "evidence/ask.h"

enum {
	DC_AUTHORITY_CUT_MAX = 8,      /* names from the domain upwards that may begin the zone: nobody delegates deeper */
	DC_AUTHORITY_NAME_MAX = 16,    /* names of servers; 13 fit into the root's answer */
	DC_AUTHORITY_NAME_IP_MAX = 2,  /* addresses of one name and family */
	DC_AUTHORITY_SERVER_MAX = 20,  /* addresses asked; with ten questions each a tenth of what an audit may ask */
	DC_AUTHORITY_PARENT_MAX = 3,   /* servers of the parent asked: they stand for the others */
	DC_AUTHORITY_SELECTOR_MAX = 4, /* DKIM selectors compared */
	DC_AUTHORITY_RECORD_MAX = 4 + DC_AUTHORITY_SELECTOR_MAX,
	DC_AUTHORITY_VALUE_MAX = 64,   /* records of one answer compared */
};

struct dc_authority_input {
	struct dc_slice domain;           /* canonical */
	const struct dc_slice *selectors; /* names ("s1._domainkey.example.com") that are known to exist */
	size_t selector_count;
	bool wanted;
	bool allow_private;
};

/* One name of an NS record. */
struct dc_authority_name {
	struct dc_slice host;
	enum dc_tri in_parent, in_child;  /* named by the parent's servers; by the zone itself */
	const struct dc_answer *a, *aaaa; /* of the resolver; the parent's word where that has none. NULL: not known yet */
	enum dc_tri resolves;
	struct dc_slice alias;            /* end of the CNAME chain: RFC 2181 section 10.3 forbids one */
	struct dc_slice gone;             /* NXDOMAIN was said of this name, at or above the host; empty: it exists */
	const struct dc_answer *gone_answer;
};

enum dc_authority_state {
	DC_AUTHORITY_UNKNOWN, /* not asked, or nothing to be concluded from what came */
	DC_AUTHORITY_FINE,    /* answers for the zone with authority */
	DC_AUTHORITY_LAME,    /* answers, but not for the zone */
	DC_AUTHORITY_SILENT,  /* no answer over UDP */
	DC_AUTHORITY_PRIVATE, /* not asked: its address is none of the Internet */
};
/* "fine" "lame" "silent" "private", NULL for unknown. Static. */
const char *dc_authority_state_name(enum dc_authority_state state);

/* One address of one name. */
struct dc_authority_server {
	const struct dc_authority_name *name;
	struct dc_ip ip;
	struct dc_slice text;          /* "192.0.2.1" */
	const char *special;           /* dc_ip_special, NULL: a public address */
	enum dc_authority_state state;
	const struct dc_answer *soa;   /* kind DC_ASK_SERVER, as all here; NULL: not asked or not known yet */
	const struct dc_answer *tcp;   /* the same over TCP */
	const struct dc_answer *plain; /* the same without EDNS */
	const struct dc_answer *records[DC_AUTHORITY_RECORD_MAX]; /* by dc_authority_facts.records */
	const struct dc_answer *empty; /* TXT at dc_authority_facts.empty_name */
	enum dc_tri over_tcp;
	bool has_serial;
	uint32_t serial;
	uint32_t fastest_ms;           /* of the answers to a first try; UINT32_MAX: none */
	bool lags;                     /* says something old, and its serial is older than others' */
	bool slow;
};

/* One set of records that all servers were asked for. */
struct dc_authority_record {
	struct dc_slice name;
	uint16_t type;
	enum dc_tri agree;             /* among the servers that know */
	bool lagging;                  /* they do not, and each that differs has an older serial */
	const struct dc_answer *newest;/* of a server with the newest serial; NULL: none knows */
	const struct dc_answer *cached;/* the resolver's, when it differs from what all servers say; else NULL */
	uint32_t ttl_s;                /* longest of the servers'; of the negative answer when there is no record */
	bool has_ttl;
};

struct dc_authority_facts {
	bool wanted;
	struct dc_slice zone;          /* where the zone that holds the domain begins; empty: not known */
	struct dc_slice parent;        /* the zone above; empty: not known */
	const struct dc_answer *soa;   /* the resolver's SOA question for `zone`; NULL while open */
	const struct dc_answer *referral; /* a parent's server on the zone's servers; NULL: none answered so */
	const struct dc_answer *ns;    /* the zone on its servers: a server's own word, or the resolver's */
	struct dc_authority_name *names; /* sorted */
	size_t name_count;
	struct dc_authority_server *servers; /* by name, IPv4 first */
	size_t server_count;
	bool cut;                      /* there are more names or addresses than were looked at */
	struct dc_authority_record *records; /* NS at the zone, MX and TXT at the domain, TXT at _dmarc, selectors */
	size_t record_count;
	struct dc_slice empty_name;    /* _domainkey.DOMAIN when a selector below it exists; else empty */
	bool asked;                    /* at least one server was asked something, or would have been */
	enum dc_tri reached4, reached6;/* some server answered over IPv4, IPv6; unknown: none has such an address */
	bool reached;
	bool reached_tcp;              /* some server of the zone or its parent answered over TCP */
	bool intercepted;              /* something on the way answers in the servers' place */
	uint32_t newest_serial;        /* of the servers that are fine (RFC 1982) */
	bool has_serial;
	bool serials_differ;
};

/* Nothing but `wanted` = false when it is not wanted. Never NULL. */
const struct dc_authority_facts *dc_authority_build(struct dc_asker *asker, const struct dc_authority_input *input);

/* What one server was asked for and knows, as a comparable text: owner's records, sorted. Empty answers too have one. The
 * empty slice: it does not know. */
struct dc_slice dc_authority_value(struct dc_arena *arena, const struct dc_answer *answer);

#endif
