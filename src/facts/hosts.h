/* Hosts that a manifest declares: links and pictures, return paths. Are they there, and do they lead where they are to?
 * CNAMEs are followed as resolvers do (RFC 1034 section 3.6.2). */
#ifndef DC_FACTS_HOSTS_H
#define DC_FACTS_HOSTS_H

#include "base/tri.h"
#include "evidence/https.h"
#include "facts/declared.h"

struct dc_host_facts {
	const struct dc_declared_host *declared;
	const struct dc_answer *a, *aaaa;
	struct dc_slice alias;      /* the name that the last CNAME points at; empty: no CNAME */
	enum dc_tri resolves;       /* has an address */
	enum dc_tri leads;          /* its CNAMEs lead to the declared target or below it; YES when none is declared */
	const struct dc_answer *failed; /* the question that failed, when one of them is unknown; else NULL */
	bool fetched;                   /* its certificate was asked for: tracking hosts that resolve */
	struct dc_https_fetch fetch;    /* of its first page, of which only the certificate counts */
};

struct dc_declared_facts {
	const struct dc_host_facts *tracking, *return_paths;
	size_t tracking_count, return_path_count;
};

/* Asks for the addresses of all hosts at once, then for the certificates of tracking hosts. A tracking domain is a host of
 * its own. NULL without a manifest. */
const struct dc_declared_facts *dc_hosts_build(struct dc_asker *asker, struct dc_slice domain, const struct dc_declared *declared);

#endif
