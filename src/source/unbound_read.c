/* What the callback of libunbound says, as an answer. */
#include "dns/packet.h"
#include "source/unbound_parts.h"

enum { BOGUS = 1, SECURE = 2 }; /* `sec` of ub_event_callback_type */

void unbound_read(struct dc_arena *scratch, const struct dc_unbound_options *options, struct dc_answer *draft, int rcode,
		  const void *packet, int len, int sec, const char *why_bogus)
{
	struct dc_packet info;
	if (rcode != 0) {
		/* The packet is not to be looked at. */
		draft->rcode = (uint16_t)rcode;
		draft->outcome = unbound_log_outcome(&draft->question, &draft->detail);
		return;
	}
	dc_arena_reset(scratch);
	dc_packet_read(scratch, packet, (size_t)len, draft, &info);
	if (sec == BOGUS) {
		draft->outcome = DC_OUTCOME_BOGUS;
		draft->dnssec = DC_DNSSEC_BOGUS;
		draft->detail = dc_slice_of(why_bogus);
		/* Keys and digests say why, where nobody takes them for the truth; records do not. */
		if (draft->question.kind != DC_ASK_VALIDATE ||
		    (draft->question.type != DC_TYPE_DNSKEY && draft->question.type != DC_TYPE_DS)) {
			draft->rrs = NULL;
			draft->rr_count = 0;
		}
	} else if (!options->no_validation) {
		draft->dnssec = sec == SECURE ? DC_DNSSEC_SECURE : DC_DNSSEC_INSECURE;
	}
	draft->authentic = sec == SECURE;
	draft->ede = -1;
	draft->size = 0; /* libunbound made the message itself */
}
