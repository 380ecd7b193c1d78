/* Which addresses send for a domain, as far as can be told without its owner: those given, else the single addresses in
 * its own SPF record and the addresses of MX hosts that are its own or that its SPF record authorises. */
#ifndef DC_FACTS_SENDERS_H
#define DC_FACTS_SENDERS_H

#include "facts/facts.h"
#include "ptr/ptr.h"

enum {
	DC_SENDER_MAX = 64, /* addresses looked at: each costs a PTR question, its forward check and two SPF evaluations */
};

struct dc_sender_facts {
	const struct dc_ptr_sender *items; /* given ones, or SPF's in the order of the record, then MX; each address once */
	size_t count;
	bool cut;          /* there were more than DC_SENDER_MAX, or a given range is larger than that */
	bool complete;     /* every source was known: no MX or address question failed, no question is open */
};

/* Never NULL. `mx` and `spf` as far as they are built. */
const struct dc_sender_facts *dc_senders_build(struct dc_asker *asker, const struct dc_inputs *inputs,
					       const struct dc_mx_facts *mx, const struct dc_spf_facts *spf);

#endif
