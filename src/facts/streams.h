/* The combinations of identities that send for the domain, as far as they are known: those that a manifest declares, or the
 * one that the options describe. What each needs to be judged is built here: reverse names, keys of other d= domains, SPF
 * and MX of return paths. */
#ifndef DC_FACTS_STREAMS_H
#define DC_FACTS_STREAMS_H

#include "facts/declared.h"
#include "facts/senders.h"

struct dc_stream_facts {
	const struct dc_stream *declared; /* NULL: made of the options */
	struct dc_sending sending;        /* mail_from and dkim_domain are never empty here, nor is mail_from_local */
	const struct dc_ptr_sender *senders; /* its addresses; none: not known */
	size_t sender_count;
	const struct dc_ptr_facts *ptr;      /* of these and of sending.helo */
	const struct dc_dkim_facts *dkim;    /* of sending.dkim_domain */
};

/* A return path that is not the domain itself. */
struct dc_return_path {
	struct dc_slice domain;
	const struct dc_spf_facts *spf;
	const struct dc_mx_facts *mx;
	bool used; /* by a stream; else it is only declared as a host */
	enum dc_tri aligned; /* with the domain, as its DMARC record asks for; set when not used */
};

struct dc_streams {
	const struct dc_stream_facts *items; /* at least one */
	size_t count;
	const struct dc_return_path *returns; /* each domain once */
	size_t return_count;
	const struct dc_dkim_facts *const *other_dkim; /* of d= domains beside the audit's main one */
	size_t other_dkim_count;
	const struct dc_ptr_facts *ptr; /* all addresses of all streams, in the order of the senders */
};

/* Never NULL. `dkim` is that of the main d= domain. */
const struct dc_streams *dc_streams_build(struct dc_asker *asker, const struct dc_inputs *inputs,
					  const struct dc_sender_facts *senders, const struct dc_dkim_facts *dkim,
					  const struct dc_dmarc_facts *dmarc);

#endif
