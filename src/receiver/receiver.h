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
	DC_RECEIVER_CRASHED, /* the library died on this input, twice: a finding, never a fault of ours; reason = "SIGABRT" …,
			      * or "died" (it left, or sent what no worker of ours would) */
	DC_RECEIVER_HUNG,    /* it used more CPU time than the ceiling */
	DC_RECEIVER_ABSENT,  /* no worker could be started, a budget was spent, or the result hangs on a question that
			      * was never asked (NOT_ASKED, OUT_OF_SOURCE): inconclusive; reason says which */
};

struct dc_receiver_spf {
	enum dc_receiver_fate fate;
	struct dc_slice result; /* "pass" "fail" "softfail" "neutral" "none" "temperror" "permerror" "(invalid)" as libspf2 says it */
	struct dc_slice reason; /* its error text, raw; empty when it has none */
	uint32_t lookups;       /* DNS questions it asked, repeated ones and those for exp= included */
	bool limited;           /* it went past our ceiling of questions: from there on every answer was "try again", so
				 * `result` is not what a receiver would say; its cost is the finding */
};
/* check_host() by stock libspf2. `mail_from` is LOCAL@DOMAIN; `domain` is where it starts (MAIL FROM domain or HELO name).
 * An empty `mail_from` is the null sender: libspf2 uses postmaster@HELO.
 * False: not known yet (a question or the job was noted as open). */
bool dc_receiver_spf(struct dc_asker *asker, struct dc_ip ip, struct dc_slice helo, struct dc_slice mail_from,
		     struct dc_slice domain, struct dc_receiver_spf *ret_spf);

struct dc_receiver_key {
	enum dc_receiver_fate fate;
	int sig_error;          /* DKIM_SIGERROR_…; 28 (BADSIG) = the key was found, parsed and is usable */
	/* "ok" "revoked" "no-key" "key-fail" "key-version" "key-type" "key-decode" "key-hash" "key-unknown-hash"
	 * "not-email" "multiple" "syntax" "too-small" … */
	struct dc_slice name;
	struct dc_slice reason; /* libopendkim's own text, raw; empty for 28 */
	uint32_t key_bits;      /* as libopendkim counts (a 1,023-bit modulus is 1,024); 0 for Ed25519 */
	bool testing, no_subdomains; /* flags t=y, t=s as it saw them */
};
/* The key at SELECTOR._domainkey.DOMAIN as a verifier built on libopendkim would judge it, for a=`algorithm`
 * ("rsa-sha256" "rsa-sha1" "ed25519-sha256"). "too-small" (46) is inferred: the library says so only after a valid
 * signature, so it is said here when the key is usable and below the library's own minimum. */
bool dc_receiver_key(struct dc_asker *asker, struct dc_slice selector, struct dc_slice domain,
		     struct dc_slice algorithm, struct dc_receiver_key *ret_key);

struct dc_receiver_signature {
	struct dc_slice domain, selector, algorithm; /* d= s= a= as the library read them, raw; empty when it could not */
	int sig_error;               /* DKIM_SIGERROR_…; 0 = none */
	struct dc_slice name;        /* "ok" when the signature holds, "bad-signature" for 28, else as in dc_receiver_key */
	struct dc_slice reason;
	uint32_t key_bits;
	bool passed;                 /* header and body hold: what an Authentication-Results header calls dkim=pass */
	bool body_tested, body_matches; /* bh=; the library tests it only when the header's signature holds */
	bool testing, no_subdomains;
};
struct dc_receiver_message {
	enum dc_receiver_fate fate;
	struct dc_slice reason;      /* of the fate, or the library's word on the whole message */
	struct dc_receiver_signature *signatures; /* in the order of the message */
	size_t count;
	bool limited;                /* signatures past a ceiling were left out */
};
/* Every DKIM signature of the audit's message (see dc_receiver_message_input) as libopendkim verifies it. `now_s`:
 * seconds since 1970, for x= and t=. */
bool dc_receiver_message(struct dc_asker *asker, int64_t now_s, struct dc_receiver_message *ret_message);

/* ---- for the gather room ---- */

/* The message of an audit as an answer (DC_ASK_RECEIVER, "bytes"), to be added to the evidence before the first
 * build: so its octets travel to the worker once, with the evidence, and job texts stay short. One copy of `bytes`.
 * NULL when there is no memory or the message is longer than 25 MiB. */
struct dc_answer *dc_receiver_message_input(struct dc_slice bytes);

struct dc_receiver; /* one a thread: the worker and its pipe */

/* A job on its way; caller-owned like dc_fetch. */
struct dc_receiver_call {
	struct dc_question job;                /* DC_ASK_RECEIVER; borrowed until done */
	const struct dc_evidence *evidence;    /* until done it may grow (answers are append-only), nothing else */
	/* `answer`: the result (one reference taken over), or NULL when `missing` names what must be asked first (DNS
	 * questions, 1 to 32, borrowed for the call); then submit again when evidence has the answers, also when they are
	 * NOT_ASKED. Every submission that ends in `missing` names at least one question that evidence does not hold, and
	 * a job stops asking after a few hundred, so resubmitting ends. NULL and missing_count 0: no memory for the answer.
	 * Called from dc_loop_run only, never from submit; it may submit again but not free the receiver. */
	void (*done)(struct dc_receiver_call *call, struct dc_answer *answer, const struct dc_question *missing,
		     size_t missing_count);
	void *user;
	struct dc_receiver_call *next;
};

/* Forks the process that workers are forked from (see nursery.c): call it early, before threads are started and before
 * secrets are read, because the child is a copy of this process. NULL when there is no memory; a fork that fails shows
 * later as DC_RECEIVER_ABSENT. The worker itself is started with the first job. */
struct dc_receiver *dc_receiver_new(struct dc_loop *loop);
/* Jobs are answered in order. */
void dc_receiver_submit(struct dc_receiver *receiver, struct dc_receiver_call *call);
/* Ends the worker. Calls that are not done yet are forgotten: their `done` is not called. */
void dc_receiver_free(struct dc_receiver *receiver);

#endif
