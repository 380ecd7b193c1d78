/* A real message: which of its DKIM signatures hold (libopendkim, over the evidence), and for whom they speak. */
#ifndef DC_FACTS_MESSAGE_H
#define DC_FACTS_MESSAGE_H

#include "base/tri.h"
#include "dmarc/dmarc.h"
#include "facts/facts.h"
#include "message/message.h"
#include "receiver/receiver.h"

struct dc_message_verdict {
	const struct dc_receiver_signature *signature;
	enum dc_tri holds;   /* unknown: its key could not be looked up */
	enum dc_tri aligned; /* d= with the audited domain, as its DMARC record asks (RFC 9989 section 4.4) */
};

struct dc_message_facts {
	const struct dc_message *message;
	bool known;                      /* the signatures were tested; else `fate` and `reason` say why not */
	enum dc_receiver_fate fate;
	struct dc_slice reason;
	const struct dc_message_verdict *signatures;
	size_t count;
	bool limited;                    /* there are more, which nobody tested */
	enum dc_tri signed_for_from;     /* a signature that holds is aligned with From */
};

/* NULL when the inputs hold no message. */
const struct dc_message_facts *dc_message_build(struct dc_asker *asker, const struct dc_inputs *inputs,
						const struct dc_dmarc_facts *dmarc);

#endif
