/* Blocklists asked over DNS (RFC 5782): is a sending address or a domain of the sender on one? Only with --blocklists.
 *
 * A list is believed after its test points have answered as they should, and only through resolvers that it answers: dead
 * lists answer nothing or list everybody, and refusals come as codes that look like listings. */
#ifndef DC_BLOCKLIST_BLOCKLIST_H
#define DC_BLOCKLIST_BLOCKLIST_H

#include "base/ip.h"
#include "base/tri.h"
#include "evidence/ask.h"

enum {
	DC_BLOCKLIST_IPS_MAX = 32,     /* addresses asked for: each costs a question a list */
	DC_BLOCKLIST_DOMAINS_MAX = 8,
	DC_BLOCKLIST_MEANINGS_MAX = 4, /* of one listing that are told */
};

struct dc_blocklist_code {
	uint32_t code; /* the last three octets of 127.x.y.z */
	const char *meaning;
};

/* A row of data/blocklists.json; static. */
struct dc_blocklist_row {
	const char *id, *zone, *name;
	bool domains;            /* else addresses */
	bool major;              /* large receivers use it */
	bool ipv6;
	bool public_resolvers;   /* may be asked through them */
	bool bits;               /* codes are bits of the last octet */
	const struct dc_blocklist_code *codes;
	size_t code_count;
	const struct dc_blocklist_code *errors; /* codes that are no listing */
	size_t error_count;
	const char *test_listed, *test_clean;   /* names below the zone */
	const char *terms, *lookup;
};
/* NULL past the end. */
const struct dc_blocklist_row *dc_blocklist_row(size_t i);
/* Who runs the public resolver with this address ("Google"); NULL: it is none that is known. */
const char *dc_blocklist_public_resolver(struct dc_ip ip);

enum dc_blocklist_state {
	DC_BLOCKLIST_OPEN,        /* not known yet */
	DC_BLOCKLIST_USABLE,
	DC_BLOCKLIST_NOT_ASKED,   /* the resolver is a public one that the list forbids */
	DC_BLOCKLIST_REFUSES,     /* an error code, or REFUSED */
	DC_BLOCKLIST_DEAD,        /* its test point is not listed */
	DC_BLOCKLIST_LISTS_ALL,   /* what must not be listed is */
	DC_BLOCKLIST_NO_LIST,     /* it answers with addresses outside of 127.0.0.0/8 */
	DC_BLOCKLIST_SILENT,      /* its test points failed to answer */
};
const char *dc_blocklist_state_name(enum dc_blocklist_state state); /* "usable" … ; NULL when open */

struct dc_blocklist {
	const struct dc_blocklist_row *row;
	enum dc_blocklist_state state;
	const char *reason;              /* of a refusal; static, may be NULL */
	const struct dc_answer *listed, *clean; /* the test points; NULL: open, or not asked */
};

/* One address or domain on one list. */
struct dc_blocklist_entry {
	const struct dc_blocklist *list;
	struct dc_slice subject;         /* the address or the domain */
	const struct dc_answer *answer;  /* NULL while open */
	enum dc_tri on_it;
	struct dc_slice code;            /* "127.0.0.2", the first that counts */
	struct dc_slice meaning;
	const char *refusal;             /* an error code came instead; static */
};

struct dc_blocklist_facts {
	bool wanted;
	const char *resolver;            /* the public resolver that was asked through, by its operator; NULL: none */
	struct dc_slice resolver_text;
	const struct dc_blocklist *lists;
	size_t list_count;
	const struct dc_blocklist_entry *entries; /* of usable lists, by list, then in the order of the subjects */
	size_t entry_count;
	size_t ip_count, domain_count;   /* subjects that could be asked for */
	bool cut;                        /* there were more addresses */
};

struct dc_blocklist_input {
	bool wanted;
	const struct dc_ip *ips;         /* those that cannot send over the Internet are left out */
	size_t ip_count;
	const struct dc_slice *domains;  /* canonical, each once */
	size_t domain_count;
};

/* The test points are asked when it is known through which resolver; the subjects when their list has passed. Never NULL. */
const struct dc_blocklist_facts *dc_blocklist_build(struct dc_asker *asker, const struct dc_blocklist_input *input);

#endif
