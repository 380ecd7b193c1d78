/* The worker's copy of one audit's evidence: what the libraries' DNS hooks are answered from. */
#ifndef DC_RECEIVER_STORE_H
#define DC_RECEIVER_STORE_H

#include "receiver/wire.h"

enum {
	/* one audit's answers, or a message and its copy; beyond that its jobs are "absent" */
	DC_STORE_OCTETS_MAX = 96 << 20,
};

struct dc_known {
	struct dc_slice name; /* canonical */
	uint16_t type;
	enum dc_wire_state state;
	const struct dc_slice *rdata;
	size_t count;
};

struct dc_store;

struct dc_store *dc_store_new(void);
void dc_store_free(struct dc_store *store);
void dc_store_reset(struct dc_store *store);
/* Adds the items of an evidence frame (`reader` stands at its count). False when the frame is malformed. When the ceiling is
 * reached the store is spent. */
bool dc_store_add(struct dc_store *store, struct dc_wire_reader *reader);
bool dc_store_is_spent(const struct dc_store *store);
/* `name` canonical. NULL when it was never asked. A name that is known not to exist has no record of any type
 * (RFC 8020), whichever type was asked. */
const struct dc_known *dc_store_find(const struct dc_store *store, struct dc_slice name, uint16_t type);
/* ptr NULL when there is none. */
struct dc_slice dc_store_message(const struct dc_store *store);

/* ---- one run of one job ---- */

enum {
	/* DNS questions of one run that are answered: a tree that libspf2 walks for longer (it has no limit over the whole
	 * check: 820 for three levels of nine includes, millions for seven) is cut and says so. Ordinary records ask for
	 * less than 60. */
	DC_RECEIVER_LOOKUPS_MAX = 1000,
	/* From this question on, a name that evidence lacks is no longer asked for: bounds how often a job is run again. */
	DC_RECEIVER_ASKING_MAX = 300,
};

struct dc_run {
	const struct dc_store *store;
	struct dc_arena *arena;    /* of this job */
	struct dc_question missing[DC_RECEIVER_MISSING_MAX];
	size_t missing_count;
	uint32_t asked;
	bool limited;              /* a ceiling was reached: everything after it was answered FAILED */
	bool blind;                /* something was UNSEEN */
	bool deaf;                 /* missing names that turn up now would be made from guesses: not noted */
	enum dc_wire_state unseen; /* what to say for UNSEEN: FAILED or NXDOMAIN */
};

/* Answers one question of a library. *ret_known is set for DC_WIRE_RECORDS only. What is missing is noted and answered
 * NXDOMAIN, so that one run finds as many missing names as it can; its result must not be used. False when `name` cannot be
 * put on the wire. */
bool dc_run_ask(struct dc_run *run, const char *name, uint16_t type, enum dc_wire_state *ret_state,
		const struct dc_known **ret_known);

#endif
