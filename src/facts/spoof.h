/* One verdict: can somebody without our keys and addresses get a message with our name in From past a receiver that
 * follows SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989)? For the domain, for existing names below it, and for
 * names that do not exist. */
#ifndef DC_FACTS_SPOOF_H
#define DC_FACTS_SPOOF_H

#include <stdbool.h>

#include "base/slice.h"

enum dc_spoof_verdict { DC_SPOOF_UNKNOWN, DC_SPOOF_NO, DC_SPOOF_PARTLY, DC_SPOOF_YES };
const char *dc_spoof_verdict_name(enum dc_spoof_verdict verdict); /* "unknown" "no" "partly" "yes" */

enum dc_spoof_reason_kind {
	DC_SPOOF_NO_DMARC,          /* no record applies */
	DC_SPOOF_DMARC_IGNORED,     /* a broken record without rua: receivers act as if there were none */
	DC_SPOOF_POLICY_NONE,       /* p=none, or disarmed to it */
	DC_SPOOF_TEST_MODE,         /* t=y turns quarantine into none */
	DC_SPOOF_QUARANTINE,        /* forged mail still arrives, in the spam folder */
	DC_SPOOF_SUBDOMAINS_OPEN,   /* names below the domain get a weaker policy */
	DC_SPOOF_MISSING_OPEN,      /* names that do not exist get a weaker policy */
	DC_SPOOF_SPF_ALL,           /* SPF lets every address pass (+all, or ranges that add up to it) */
	DC_SPOOF_SPF_WIDE,          /* SPF lets very many addresses pass */
	DC_SPOOF_SHARED_SENDER,     /* an included provider's addresses are shared with all its customers */
	DC_SPOOF_WEAK_KEY,          /* a published key can be computed or broken */
	DC_SPOOF_TAKEOVER,          /* SPF or a DKIM CNAME leads into a domain that nobody has registered */
	DC_SPOOF_UNKNOWN_DMARC,     /* a step of the DMARC lookup could not be answered */
	DC_SPOOF_UNKNOWN_SPF,
	DC_SPOOF_UNKNOWN_TARGET,    /* whether a name that SPF or DKIM leads to could be registered was not answered */
	DC_SPOOF_PROTECTED,         /* policy reject for all names, nothing that opens it */
	DC_SPOOF_REASON_COUNT
};
/* For ever: "no-dmarc" … for JSON; and a short phrase for people. Static. */
const char *dc_spoof_reason_id(enum dc_spoof_reason_kind kind);
const char *dc_spoof_reason_text(enum dc_spoof_reason_kind kind);

struct dc_spoof_reason {
	enum dc_spoof_reason_kind kind;
	struct dc_slice subject; /* the term, selector or name it is about; may be empty */
};

struct dc_spf_node;
struct dc_psl;
/* Whether somebody could register the name that an include or redirect leads to, or one above it. Only for nodes in state
 * NXDOMAIN. */
bool dc_spoof_is_registrable(const struct dc_spf_node *node, const struct dc_psl *psl);

enum { DC_SPOOF_REASON_MAX = 24 };

struct dc_spoof_facts {
	enum dc_spoof_verdict verdict;                 /* of the three together */
	enum dc_spoof_verdict domain, existing, missing;
	const struct dc_spoof_reason *why;             /* the gravest first */
	size_t why_count;
};

#endif
