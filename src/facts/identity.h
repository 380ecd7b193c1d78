/* The identities of mail from a domain, and what DMARC makes of them: From domain, MAIL FROM domain, HELO name, DKIM d=
 * and each sending address. SPF and alignment by RFC 7208 and RFC 9989 section 4.4; nothing here saw a message: a DKIM
 * pass is predicted from a usable key. */
#ifndef DC_FACTS_IDENTITY_H
#define DC_FACTS_IDENTITY_H

#include "dmarc/dmarc.h"
#include "facts/spoof.h"
#include "facts/streams.h"
#include "receiver/receiver.h"

enum dc_dmarc_result {
	DC_DMARC_RESULT_UNKNOWN,
	DC_DMARC_RESULT_NONE, /* no DMARC record applies */
	DC_DMARC_RESULT_FAIL,
	DC_DMARC_RESULT_PASS,
};
const char *dc_dmarc_result_name(enum dc_dmarc_result result); /* "none" "fail" "pass"; NULL for unknown */

/* One generation of receivers, or one what-if, on one identity. */
struct dc_identity_dmarc {
	enum dc_tri spf_aligned;         /* the MAIL FROM domain is in alignment with From */
	enum dc_tri dkim_aligned;        /* the d= domain is */
	enum dc_dmarc_result result;
	enum dc_dmarc_policy disposition; /* NONE, QUARANTINE, REJECT or UNKNOWN: what becomes of the message */
};

struct dc_identity {
	const struct dc_stream_facts *stream;
	struct dc_slice from;            /* the audited domain */
	struct dc_slice mail_from;       /* domain of the return path */
	struct dc_slice helo;            /* empty: not given */
	struct dc_slice dkim_domain;     /* d= */
	struct dc_ip ip;                 /* family 0: no sending address is known */
	struct dc_slice ip_text;         /* empty: no sending address is known */
	const struct dc_ptr_address *ptr; /* NULL: no sending address is known */
	struct dc_slice spf;             /* our RFC 7208 result: "pass" …; empty: unknown */
	struct dc_slice spf_mechanism;   /* the term that decided; may be empty */
	const struct dc_answer *spf_answer; /* the lookup that failed, for temperror; else NULL */
	bool libspf2_known;
	struct dc_receiver_spf libspf2;  /* what receivers built on libspf2 say */
	struct dc_slice helo_spf;        /* our result for the HELO name; empty: unknown or no HELO */
	const struct dc_answer *helo_spf_answer; /* as spf_answer */
	enum dc_tri dkim;                /* a key of d= is usable; unknown when no selector is known */
	struct dc_slice dkim_selector;   /* the first usable one */
	struct dc_identity_dmarc now;    /* RFC 9989 */
	struct dc_identity_dmarc legacy; /* RFC 7489 and the public suffix list */
	struct dc_identity_dmarc changed; /* `now` under --what-if; equal to it without */
};

struct dc_identity_facts {
	const struct dc_identity *items; /* by stream: one for each sending address; one without when none is known */
	size_t count;
	const struct dc_sender_facts *senders;
	const struct dc_spoof_facts *spoof;
	const struct dc_streams *streams;
	/* When no sending address is known: what became of libspf2 on an address that nobody named. Its result says nothing
	 * about mail of this domain, but a record that brings it down does so for every address. DONE when not tried. */
	enum dc_receiver_fate probe_fate;
	const struct dc_answer *org_answer; /* the step that failed, when an organizational domain is unknown; else NULL */
};

/* Never NULL. All arguments of one build with the same asker. */
const struct dc_identity_facts *dc_identity_build(struct dc_asker *asker, const struct dc_inputs *inputs,
						  const struct dc_sender_facts *senders, const struct dc_streams *streams,
						  const struct dc_spf_facts *spf, const struct dc_dkim_facts *dkim,
						  const struct dc_dmarc_facts *dmarc);
/* What libspf2 says of each, as far as it is known: it answers when DNS has, and nothing else waits for it. Fills in `libspf2`
 * and `probe_fate`; for facts that dc_identity_build made in an arena that is still there. */
void dc_identity_hear_receivers(struct dc_asker *asker, const struct dc_identity_facts *facts, const struct dc_spf_facts *spf);

#endif
