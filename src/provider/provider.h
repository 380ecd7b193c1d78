/* Who handles a domain's mail, told from the names in its records.
 *
 * Names are compared on label boundaries, without case; the longest known suffix wins. An MX host names the mailbox host
 * or the gateway in front of it, never a sender: `sends` is set only by an SPF include or by a DKIM CNAME target. A
 * generic selector name proves nobody. The table is made by the build from data/providers.json. */
#ifndef DC_PROVIDER_PROVIDER_H
#define DC_PROVIDER_PROVIDER_H

#include "evidence/ask.h"

enum dc_provider_by {
	DC_PROVIDER_BY_MX,    /* an MX host */
	DC_PROVIDER_BY_SPF,   /* a name that SPF refers to */
	DC_PROVIDER_BY_CNAME, /* the target of a CNAME below _domainkey, or of a return path */
};
const char *dc_provider_by_name(enum dc_provider_by by); /* "mx" "spf" "cname"; static */

/* A selector that a provider uses for its customers. */
struct dc_provider_selector {
	const char *selector; /* a whole selector; with `dates` it holds %Y, %y, %m or %d */
	bool shared;          /* others use the name too: it proves nothing */
	bool dates;
};

/* One row of the table: static. */
struct dc_provider_row {
	const char *id;   /* "google": for ever */
	const char *name; /* "Google Workspace" */
	const char *kind; /* "mailbox" "gateway" "forwarding" "transactional" "marketing" "saas" "relay" "hosting" "outreach" */
	const struct dc_provider_selector *selectors;
	size_t selector_count;
	bool own_selectors; /* customers have selectors that nobody can guess (tokens, account numbers, time stamps) */
};

struct dc_provider_reason {
	enum dc_provider_by by;
	struct dc_slice name; /* the host, include or target that matched, canonical */
};

struct dc_provider {
	const struct dc_provider_row *row;
	bool hosts; /* seen in MX: takes in the mail of this domain */
	bool sends; /* seen in SPF or in a DKIM CNAME: sends for this domain */
	const struct dc_provider_reason *by; /* every reason, in the order of finding, without duplicates */
	size_t by_count;
};

/* In the order of finding: MX hosts by preference first, then SPF in the order of the record, then CNAMEs. */
struct dc_provider_facts {
	const struct dc_provider *items;
	size_t count;
};

enum { DC_PROVIDER_NAMES_MAX = 512 }; /* names looked at per kind of evidence; an SPF tree of ten lookups has far fewer */

/* Recognises providers. `mx_hosts` and `spf_names` (include and redirect targets, a: and mx: names are welcome) are
 * canonical names; both may be empty. Asks nothing. Result in asker->arena; never NULL. */
const struct dc_provider_facts *dc_provider_build(struct dc_asker *asker, struct dc_slice domain,
						  const struct dc_slice *mx_hosts, size_t mx_host_count,
						  const struct dc_slice *spf_names, size_t spf_name_count);
/* `facts` and what CNAME targets add (facts/facts.c calls this with the targets that the DKIM walk met).
 * Result in asker->arena; `facts` stays as it was. */
const struct dc_provider_facts *dc_provider_with_cnames(struct dc_asker *asker, const struct dc_provider_facts *facts,
							const struct dc_slice *targets, size_t count);

/* The provider that a canonical name belongs to, or NULL. Static rows. */
const struct dc_provider_row *dc_provider_of(enum dc_provider_by by, struct dc_slice name);
/* By id; NULL when there is none. */
const struct dc_provider_row *dc_provider_find(struct dc_slice id);
/* Every row in turn, NULL past the end. */
const struct dc_provider_row *dc_provider_at(size_t i);

#endif
