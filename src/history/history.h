/* Runs over time, in a file of SQLite. The tables are in schema.c and docs/history.md: they may be asked with any tool. A run
 * is added whole or not at all, whatever happens meanwhile; several programs may use the file at once. */
#ifndef DC_HISTORY_HISTORY_H
#define DC_HISTORY_HISTORY_H

#include "base/arena.h"
#include "base/status.h"

struct dc_history;

/* Opens the store, and brings its tables up to this version. `create`: makes it when it is not there. DC_ERR_INPUT: it is no
 * store, or one of a later version. DC_ERR_IO: it cannot be opened, or is in use for longer than a minute. */
enum dc_status dc_history_open_store(const char *path, bool create, struct dc_history **ret_history, struct dc_error *err);
void dc_history_close_store(struct dc_history *history);

/* Times are texts by RFC 3339, in UTC: they sort as they are. */
struct dc_history_run {
	struct dc_slice started, finished, version;
	struct dc_slice digest; /* of the report: it is not added twice */
	uint64_t domains, pass, incomplete, fail;
	uint64_t errors, warnings, notices, inconclusive, waived; /* findings */
};
struct dc_history_domain {
	struct dc_slice domain, verdict, dmarc_policy;
	uint64_t errors, warnings, notices, inconclusive, waived;
	int64_t spf_lookups; /* negative: not known, or no record */
};
struct dc_history_finding {
	struct dc_slice domain, fingerprint, id, check, severity, subject, message;
	bool inconclusive, waived;
	/* of the queries: */
	struct dc_slice first_seen, last_seen;
	uint64_t runs;
	bool open; /* the latest audit of the domain has it */
};
struct dc_history_key {
	struct dc_slice domain, name, selector, fingerprint, type;
	int64_t bits; /* negative: not known */
	struct dc_slice first_seen, last_seen;
	bool open;
};

/* ---- adding: begin, then everything, then commit; whatever fails, the store is as it was ---- */

/* *ret_known: this report is in the store; nothing has begun. */
enum dc_status dc_history_begin(struct dc_history *history, struct dc_slice digest, bool *ret_known, struct dc_error *err);
/* Of a domain that comes twice in a report the last one counts. */
enum dc_status dc_history_forget_domain(struct dc_history *history, struct dc_slice domain, struct dc_error *err);
enum dc_status dc_history_add_domain(struct dc_history *history, const struct dc_history_domain *domain, struct dc_error *err);
enum dc_status dc_history_add_finding(struct dc_history *history, const struct dc_history_finding *finding, struct dc_error *err);
enum dc_status dc_history_add_key(struct dc_history *history, const struct dc_history_key *key, struct dc_error *err);
/* The figures of the run are counted from its domains. */
enum dc_status dc_history_commit(struct dc_history *history, const struct dc_history_run *run, struct dc_error *err);
void dc_history_rollback(struct dc_history *history);

/* ---- asking; everything is in `arena`, which is jumped out of when it is spent: guard it ---- */

/* By time. `domain` empty: all of them. */
enum dc_status dc_history_runs(struct dc_history *history, struct dc_arena *arena, const struct dc_history_run **ret_runs,
			       size_t *ret_count, struct dc_error *err);
/* By domain, the open ones first, then those last seen latest. */
enum dc_status dc_history_findings(struct dc_history *history, struct dc_slice domain, struct dc_arena *arena,
				   const struct dc_history_finding **ret_findings, size_t *ret_count, struct dc_error *err);
enum dc_status dc_history_keys(struct dc_history *history, struct dc_slice domain, struct dc_arena *arena,
			       const struct dc_history_key **ret_keys, size_t *ret_count, struct dc_error *err);

#endif
