/* Does a wildcard answer where policies of mail are looked for? RFC 4592: "*.example.com TXT" speaks for every name that has
 * nothing of its own, _dmarc and _mta-sts included. */
#ifndef DC_AUTHORITY_WILDCARD_H
#define DC_AUTHORITY_WILDCARD_H

#include "base/tri.h"
#include "evidence/ask.h"

enum { DC_WILDCARD_DMARC, DC_WILDCARD_MTA_STS, DC_WILDCARD_TLS_RPT, DC_WILDCARD_BIMI, DC_WILDCARD_COUNT };

struct dc_wildcard_name {
	struct dc_slice name;           /* "_dmarc.example.com" */
	const struct dc_answer *answer; /* TXT; NULL: not known */
	bool policy;                    /* a record begins as the policy at this name must */
	enum dc_tri covered;            /* the wildcard's answer, not one of its own */
};

struct dc_wildcard_facts {
	struct dc_wildcard_name names[DC_WILDCARD_COUNT];
	const struct dc_answer *probe;  /* TXT at a name that nobody publishes; NULL: not asked, since nothing gave reason to */
	struct dc_slice text;           /* what the wildcard says: its first record */
	bool found;
};

/* `thorough`: look also when what stands at the names is what should. Never NULL. */
const struct dc_wildcard_facts *dc_wildcard_build(struct dc_asker *asker, struct dc_slice domain, bool thorough);

#endif
