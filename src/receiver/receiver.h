/* What real receivers would say: libspf2 and libopendkim over the evidence, in one sandboxed worker process that can
 * die without harm. A job is a question of kind DC_ASK_RECEIVER; its result is the answer's `data`. A lookup that
 * the evidence cannot answer comes back as a question like any other. */
#ifndef DC_RECEIVER_RECEIVER_H
#define DC_RECEIVER_RECEIVER_H

#include "evidence/ask.h"
#include "source/loop.h"

/* ---- for fact builders: pure ---- */

enum dc_receiver_fate {
	DC_RECEIVER_DONE,
	DC_RECEIVER_CRASHED, /* the library died on this input: a finding, never a fault of ours */
	DC_RECEIVER_HUNG,    /* CPU or wall ceiling */
	DC_RECEIVER_ABSENT,  /* no worker could be started, or the budget was spent: inconclusive */
};

struct dc_receiver_spf {
	enum dc_receiver_fate fate;
	struct dc_slice result; /* "pass" "fail" "softfail" "neutral" "none" "temperror" "permerror" "(invalid)" as libspf2 says it */
	struct dc_slice reason; /* its error text, raw */
};
/* check_host() by stock libspf2. `mail_from` is LOCAL@DOMAIN; `domain` is where it starts (MAIL FROM domain or HELO name).
 * False: not known yet (a question or the job was noted as open). */
bool dc_receiver_spf(struct dc_asker *asker, struct dc_ip ip, struct dc_slice helo, struct dc_slice mail_from,
		     struct dc_slice domain, struct dc_receiver_spf *ret_spf);

struct dc_receiver_key {
	enum dc_receiver_fate fate;
	int sig_error;          /* DKIM_SIGERROR_…; 28 (BADSIG) = the key was found, parsed and is usable */
	/* "ok" "revoked" "no-key" "key-fail" "key-version" "key-type" "key-decode" "key-hash" "key-unknown-hash"
	 * "not-email" "multiple" "syntax" "too-small" … */
	struct dc_slice name;
	struct dc_slice reason; /* libopendkim's own text, raw */
	uint32_t key_bits;      /* as libopendkim counts; 0 for Ed25519 */
	bool testing, no_subdomains; /* flags t=y, t=s as it saw them */
};
/* The key at SELECTOR._domainkey.DOMAIN as a verifier built on libopendkim would judge it, for a=`algorithm`. */
bool dc_receiver_key(struct dc_asker *asker, struct dc_slice selector, struct dc_slice domain,
		     struct dc_slice algorithm, struct dc_receiver_key *ret_key);

/* ---- for the gather room ---- */

struct dc_receiver; /* one a thread: the worker and its pipe */

/* A job on its way; caller-owned like dc_fetch. */
struct dc_receiver_call {
	struct dc_question job;                /* DC_ASK_RECEIVER */
	const struct dc_evidence *evidence;    /* sealed for the time of the call */
	/* `answer`: the result (one reference taken over), or NULL when `missing` names what must be asked first. */
	void (*done)(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing,
		     size_t missing_count);
	void *user;
	struct dc_receiver_call *next;
};

/* The worker is started with the first job. Jobs are answered in order. */
struct dc_receiver *dc_receiver_new(struct dc_loop *loop);
void dc_receiver_submit(struct dc_receiver *receiver, struct dc_receiver_call *call);
void dc_receiver_free(struct dc_receiver *receiver);

#endif
