/* A run and its results, inside. */
#ifndef DC_API_RUN_H
#define DC_API_RUN_H

#include "api/config.h"
#include "api/nameset.h"
#include "evidence/recording.h"
#include "gather/gather.h"
#include "policy/policy.h"
#include "render/render.h"

enum { DC_RUN_SOURCES_MAX = 8 };

/* Where the answers of one run come from. */
struct dc_run_sources {
	struct dc_source *items[DC_RUN_SOURCES_MAX]; /* in the order of asking */
	size_t count;
	struct dc_source *owned[DC_RUN_SOURCES_MAX]; /* in the order of freeing */
	size_t owned_count;
	struct dc_recording *recording; /* --replay */
	bool timed;
};
/* Opens what `config` names. On failure everything opened so far is in *sources, for dc_run_sources_close. */
enum dc_status dc_run_sources_open(struct dc_run_sources *sources, const struct dc_config *config, struct dc_loop *loop,
				   struct dc_error *err);
void dc_run_sources_close(struct dc_run_sources *sources);

struct dc_result {
	struct dc_run *run;
	struct dc_audit_run audit;
	char domain[DC_DOMAIN_TEXT_MAX];
	struct dc_slice typed; /* on the heap */
	const struct dc_policy *policy; /* the run's, or this domain's own; borrowed until the run ends */
	struct dc_judgement judgement;
	struct dc_audit_result view;
	void *lane; /* of the crew; NULL: the run's own thread made it */
	struct dc_result *handed; /* in one of the crew's lists */
	size_t held; /* octets, once it is done */
	bool done, spent; /* spent: there was not enough memory to finish */
	struct dc_result *next, *prev; /* in the order of the names */
};

struct dc_run {
	struct dc_fleet *together;      /* what is kept of the results handed out, together.c */
	const struct dc_fleet_view *together_view;
	struct dc_arena *together_arena;
	size_t remembered, not_compared; /* domains with DKIM facts */
	enum dc_tri *waivers_matched; /* by dc_waiver.number: in the results handed out */
	bool partial;                 /* domains were skipped */
	const struct dc_config *config;
	struct dc_arena *arena;
	struct dc_inputs inputs; /* what all domains share */
	/* one of the two: */
	struct dc_crew *crew; /* several threads */
	struct dc_loop *loop; /* the caller's, with all that follows */
	struct dc_run_sources sources;
	struct dc_receiver *receiver;
	struct dc_gather *gather;
	struct dc_recording_writer *writer; /* --record */
	struct dc_run_info info;
	struct dc_places *places; /* for the reports; NULL: none */
	dc_next_domain next;
	void *user;
	size_t replayed; /* domains taken from the recording */
	struct dc_nameset *seen;
	uint64_t taken, done, left_out;
	bool exhausted, pausing; /* no more names; none at the moment */
	bool sifting;            /* more are there than were looked at */
	int stop_fd;             /* an eventfd that dc_run_stop writes to … */
	struct dc_watch stop_watch;
	bool stopped;            /* … after it set this */
	struct dc_result *first, *last; /* not handed out yet */
	size_t waiting;                 /* of these */
	size_t held;                    /* octets of those that are done and wait for their turn */
	enum dc_status status;          /* the first failure sticks */
	struct dc_error error;
};

/* True for settings that the verdict depends on: reports and recordings name them. */
bool dc_run_is_reported(const char *name);
/* What all domains of a run share, but the clock; borrowed from `config`. */
void dc_config_inputs(const struct dc_config *config, struct dc_inputs *ret_inputs);
/* The run had its last result now; only the first call counts. */
void dc_run_note_end(struct dc_run *run);
/* What the recorded run was told is the default of its replay; recorded.c */
enum dc_status dc_run_recorded_options(struct dc_config *config, const struct dc_recording *recording, struct dc_error *err);
/* Checks and policy over a finished audit; fills judgement and view. False: out of memory. */
bool dc_result_judge(struct dc_result *result);

/* The next name that has not come before. False: none now; run->exhausted, ->pausing, ->sifting or ->status say why. */
bool dc_run_new_name(struct dc_run *run, char ret_domain[DC_DOMAIN_TEXT_MAX], const char **ret_typed);

/* It is done: counted with those that wait for their turn. In the run's thread. */
void dc_run_done(struct dc_run *run, struct dc_result *result);

/* together.c: keeps what later results may have in common with this one; frees it. */
void dc_run_remember(struct dc_run *run, const struct dc_result *result);
void dc_run_forget(struct dc_run *run);

#endif
