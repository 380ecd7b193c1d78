/* DNSSEC state of the names that mail rests on (RFC 4033 section 5), by our own validation: questions of their own kind.
 * A zone file, a recording without validation or a resolver that strips signatures leave it unknown. */
#ifndef DC_DNSSEC_DNSSEC_H
#define DC_DNSSEC_DNSSEC_H

#include "base/tri.h"
#include "evidence/ask.h"

struct dc_dnssec_item {
	struct dc_slice name;           /* canonical */
	uint16_t type;
	const struct dc_answer *answer; /* kind DC_ASK_VALIDATE, or why that proves nothing; NULL while open */
	enum dc_dnssec state;
};

struct dc_dnssec_facts {
	const struct dc_dnssec_item *items; /* none when validation was not asked for; the domain's SOA first */
	size_t count;
	enum dc_tri present;            /* the domain's SOA is secure, or bogus (signed, and broken) */
	enum dc_dnssec state;           /* the worst: bogus, else that of the SOA */
	bool failed;                    /* a validation could not be carried out */
};

/* SOA, MX and TXT at the domain, and TXT at _dmarc, all at once; nothing when not `wanted`. Never NULL. */
const struct dc_dnssec_facts *dc_dnssec_build(struct dc_asker *asker, struct dc_slice domain, bool wanted);

#endif
