/* libdomaincheck: is a domain fit to send mail? Audits domains over DNS and says what it found, what it rests on and
 * what could not be determined.
 *
 *   struct dc_config *config = dc_config_new();
 *   dc_config_set(config, "nameserver", "192.0.2.53", &err);
 *   dc_run_new(config, next_name, &names, &run, &err);
 *   while (dc_run_next(run, &result, &err) == DC_OK && result) {
 *           dc_writer_add(writer, result);
 *           dc_result_free(result);
 *   }
 *   dc_run_finish(run, &err);
 *
 * Nothing here prints, exits, reads the environment or keeps a global. One run belongs to one thread; several runs may
 * be used from several threads. Functions that return enum dc_status fill *err on failure; err may be NULL. Out
 * parameters (ret_…) are untouched on failure. */
#ifndef DOMAINCHECK_H
#define DOMAINCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <domaincheck/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DC_PUBLIC __attribute__((visibility("default")))

/* "0.1.0"; static. */
DC_PUBLIC const char *dc_version(void);

enum { DC_DOMAIN_TEXT_MAX = 256 }; /* a domain in A-labels and its NUL */

/* ---- configuration ---- */

struct dc_config;

/* Owned by the caller; NULL when there is no memory. */
DC_PUBLIC struct dc_config *dc_config_new(void);
DC_PUBLIC void dc_config_free(struct dc_config *config);

/* One setting: the names are those of the long options in domaincheck(1), without hyphens in front. Settings that take a
 * list ("nameserver", "selector", "ip", "zone" …) add to it; others replace. A switch takes "yes" or "no".
 * DC_ERR_USAGE: no such setting; DC_ERR_INPUT: a bad value. */
DC_PUBLIC enum dc_status dc_config_set(struct dc_config *config, const char *name, const char *value,
				       struct dc_error *err);

/* Only one domain will come: what would be said of the whole run (a waiver that matches nothing) is a finding there. */
DC_PUBLIC void dc_config_single(struct dc_config *config);

/* A real message (.eml) to audit: its header says which domain (the author's, in From), and what the settings "mail-from",
 * "dkim-domain", "selector", "helo" and "ip" are, unless they were set before. Its DKIM signatures are verified. `octets`
 * must outlive the configuration. DC_ERR_INPUT: no message, no usable From, or longer than 25 MiB. */
DC_PUBLIC enum dc_status dc_config_message(struct dc_config *config, const void *octets, size_t count,
					   char ret_domain[DC_DOMAIN_TEXT_MAX], struct dc_error *err);

/* Gets one line about what is wrong, without a newline. */
typedef void (*dc_tell)(void *user, const char *line);

/* A campaign manifest, domaincheck-manifest(5): what is declared about each of its domains. The setting "config" does the
 * same. `tell` (may be NULL) gets a line a fault, "FILE:LINE:COLUMN: …"; err->message is the first of them. DC_ERR_INPUT: it
 * has faults, DC_ERR_USAGE: there is one already. */
DC_PUBLIC enum dc_status dc_config_manifest(struct dc_config *config, const char *path, dc_tell tell, void *user,
					    struct dc_error *err);
/* Its i-th domain as it was written there, or the i-th of the one "campaign"; *ret_typed NULL: past the end, or there is no
 * manifest. DC_ERR_USAGE: there is no such campaign, or settings that a manifest rules out were given. */
DC_PUBLIC enum dc_status dc_config_domain_at(const struct dc_config *config, size_t i, const char **ret_typed,
					     struct dc_error *err);
/* DC_OK: there is no manifest, or `domain` (as dc_domain_parse gives it) is in it; else DC_ERR_INPUT. */
DC_PUBLIC enum dc_status dc_config_declares(const struct dc_config *config, const char *domain, struct dc_error *err);

/* One row a setting, for help texts and completions. Static; NULL past the end. */
struct dc_setting {
	const char *name;     /* "nameserver" */
	char letter;          /* 'n', or 0 */
	const char *argument; /* "ADDR[:PORT]"; NULL: a switch */
	bool repeats;
	const char *about;    /* one line */
};
DC_PUBLIC const struct dc_setting *dc_setting_at(size_t i);

/* ---- names ---- */

/* A domain as a person types it, into A-labels, lower case, without a trailing dot. DC_ERR_INPUT: it is none; the
 * message says why and how to mend it. */
DC_PUBLIC enum dc_status dc_domain_parse(const char *typed, char ret_domain[DC_DOMAIN_TEXT_MAX], struct dc_error *err);

/* ---- a run ---- */

struct dc_run;
struct dc_result;

/* The next domain to audit, as dc_domain_parse gives it, and what was typed (may be NULL or the same). False: no more.
 * An empty name: none at the moment; it is asked again soon, and what is in flight goes on meanwhile. Called from
 * dc_run_next, ahead of need by as many as are in flight. A domain that comes again is not audited again. */
typedef bool (*dc_next_domain)(void *user, char ret_domain[DC_DOMAIN_TEXT_MAX], const char **ret_typed);

/* Opens what the configuration names (zone files, recordings, resolvers). `config` must outlive the run and is completed
 * by what a recording says. With a recording and `next` NULL, the domains of the recording are audited. */
DC_PUBLIC enum dc_status dc_run_new(struct dc_config *config, dc_next_domain next, void *user,
				    struct dc_run **ret_run, struct dc_error *err);
/* The next result, in the order of the domains (or, with "unordered", as they come); *ret_result NULL: all done. Blocks.
 * The result is the caller's, and must be freed before the run. */
DC_PUBLIC enum dc_status dc_run_next(struct dc_run *run, struct dc_result **ret_result, struct dc_error *err);
/* The same, but waits `max_ms` at most (-1: as long as it takes). *ret_result NULL: none yet, or all done when *ret_ended. */
DC_PUBLIC enum dc_status dc_run_wait(struct dc_run *run, int max_ms, struct dc_result **ret_result, bool *ret_ended,
				     struct dc_error *err);
/* This domain is done already: it will not be audited when it comes. */
DC_PUBLIC enum dc_status dc_run_skip(struct dc_run *run, const char *domain, struct dc_error *err);
/* Whether this domain would be audited if it came now: it has not come before, is not to be skipped, and is in the shard. It
 * counts as come from then on, so that the rest of a list can be counted after dc_run_stop. */
DC_PUBLIC bool dc_run_would_audit(struct dc_run *run, const char *domain);
/* Ends the run early: no more names are taken, what is in flight is dropped, results that are ready are still handed
 * out. May be called from a signal handler and from any thread. */
DC_PUBLIC void dc_run_stop(struct dc_run *run);

/* Where the run stands. */
struct dc_run_figures {
	uint64_t taken;      /* domains that are or were in flight */
	uint64_t done;       /* of these, finished; handed out or not */
	uint64_t left_out;   /* names that had come before, or were to be skipped */
	uint64_t asked;      /* questions put to the world */
	uint64_t shared;     /* questions that an earlier one had answered */
	uint64_t unanswered; /* of those asked, without knowledge: SERVFAIL, TIMEOUT … */
	uint64_t compared, not_compared; /* domains handed out whose keys dc_run_shared_prime looks at, or does not any more */
};
DC_PUBLIC void dc_run_figures(const struct dc_run *run, struct dc_run_figures *ret_figures);
/* Writes the recording, if one was asked for. */
DC_PUBLIC enum dc_status dc_run_finish(struct dc_run *run, struct dc_error *err);
/* What only all domains together show, once the last result was handed out: the i-th pair of published RSA keys (names
 * below _domainkey) that have a prime in common, so that anybody can compute both. False past the end. The first 2,000
 * domains of a run are compared. The texts stay until dc_run_free. */
DC_PUBLIC bool dc_run_shared_prime(struct dc_run *run, size_t i, const char **ret_a, const char **ret_b);
/* The i-th waiver that no result tells of: it matched no finding of any domain, or it is past its last day and matched none
 * that is known. With "shard", after dc_run_skip and after dc_run_stop only the latter are known. False past the end. The
 * texts stay until dc_config_free, and may hold any octets. */
struct dc_idle_waiver {
	const char *where;   /* it was given: "waivers.txt:3" */
	const char *slug, *subject;
	const char *expires; /* its last day, as given */
	bool expired;
};
DC_PUBLIC bool dc_run_idle_waiver(const struct dc_run *run, size_t i, struct dc_idle_waiver *ret_waiver);
/* Such a pair or such an expired waiver exists, and "fail-on" is not "never". */
DC_PUBLIC bool dc_run_fails(struct dc_run *run);
/* Stops whatever is in flight. */
DC_PUBLIC void dc_run_free(struct dc_run *run);

enum dc_result_verdict { DC_RESULT_PASS, DC_RESULT_INCOMPLETE, DC_RESULT_FAIL };

/* `result` may be NULL. */
DC_PUBLIC void dc_result_free(struct dc_result *result);
/* In A-labels; borrowed until the result is freed. */
DC_PUBLIC const char *dc_result_domain(const struct dc_result *result);
DC_PUBLIC enum dc_result_verdict dc_result_verdict(const struct dc_result *result);
/* A finding at or above "fail-on"; and something could not be determined. */
DC_PUBLIC bool dc_result_fails(const struct dc_result *result);
DC_PUBLIC bool dc_result_is_incomplete(const struct dc_result *result);
/* The same two, of the checks whose ids begin with `checks` ("spf-") only. */
DC_PUBLIC bool dc_result_fails_among(const struct dc_result *result, const char *checks);
DC_PUBLIC bool dc_result_is_incomplete_among(const struct dc_result *result, const char *checks);

/* ---- reports ---- */

/* Takes octets of a report; false stops it. */
typedef bool (*dc_write)(void *user, const void *octets, size_t count);

struct dc_look {
	unsigned width; /* columns; 0: 80 */
	bool color;     /* ANSI colours */
	bool utf8;      /* characters beyond ASCII may be shown */
	bool quiet;     /* verdicts only */
	bool verbose;   /* evidence too */
	bool per_finding; /* csv: one row a finding instead of one a domain */
};

struct dc_format_info {
	const char *name;  /* "text" */
	const char *about; /* one line */
	bool streams;      /* each domain is complete as soon as it is added */
};
/* False past the end. */
DC_PUBLIC bool dc_format_info_at(size_t i, struct dc_format_info *ret_info);

struct dc_writer;

/* `look` may be NULL. The writer begins at once. DC_ERR_USAGE: no such format. `run` may be freed only after the
 * writer's end. */
DC_PUBLIC enum dc_status dc_writer_new(struct dc_run *run, const char *format, const struct dc_look *look, dc_write write,
				       void *user, struct dc_writer **ret_writer, struct dc_error *err);
DC_PUBLIC enum dc_status dc_writer_add(struct dc_writer *writer, const struct dc_result *result, struct dc_error *err);
/* Ends the report and frees the writer, also on failure. */
DC_PUBLIC enum dc_status dc_writer_end(struct dc_writer *writer, struct dc_error *err);

/* A writer of "json", "ndjson", "csv", "html" or "prometheus" for domains that were audited before, and one of them: a line of
 * an ndjson report. A json report gets its fleet and its summary from the lines. `look` may be NULL. DC_ERR_INPUT: the line is
 * no domain object. */
DC_PUBLIC enum dc_status dc_merger_new(const char *format, const struct dc_look *look, dc_write write, void *user,
				       struct dc_writer **ret_writer, struct dc_error *err);
DC_PUBLIC enum dc_status dc_writer_line(struct dc_writer *writer, const char *line, size_t len,
					enum dc_result_verdict *ret_verdict, struct dc_error *err);

/* What changed between two reports: json, ndjson or recordings, which are replayed. `format`: "text" or "json" (schema
 * domaincheck.diff/1). Of the configuration "fail-on" counts. *ret_verdict: a finding at or above it is new, or a requirement
 * is broken that was not; or one side
 * could not determine what the other knew; or neither. DC_ERR_IO: a file could not be read, or the report not written;
 * DC_ERR_INPUT: one is no report. */
DC_PUBLIC enum dc_status dc_compare_reports(const struct dc_config *config, const char *old_path, const char *new_path,
					    const char *format, const struct dc_look *look, dc_write write, void *user,
					    enum dc_result_verdict *ret_verdict, struct dc_error *err);

/* ---- runs over time ---- */

/* A file that keeps what reports said: when each finding and key was seen first and last. */
struct dc_history;

/* `create`: the file is made when it is not there. DC_ERR_INPUT: it is no such store, or one of a later version; DC_ERR_IO: it
 * cannot be opened, or others write into it for longer than a minute. */
DC_PUBLIC enum dc_status dc_history_open(const char *path, bool create, struct dc_history **ret_history, struct dc_error *err);
/* Adds a JSON or NDJSON report ("-": standard input) whole or not at all, on the disk when this returns. *ret_new false: it is
 * there already. DC_ERR_INPUT: no report. */
DC_PUBLIC enum dc_status dc_history_add(struct dc_history *history, const char *path, bool *ret_new, struct dc_error *err);
/* `domain` NULL: all; `format`: "text" or "json" (domaincheck.history/1). */
DC_PUBLIC enum dc_status dc_history_write(struct dc_history *history, const char *domain, const char *format,
					  const struct dc_look *look, dc_write write, void *user, struct dc_error *err);
/* `history` may be NULL. */
DC_PUBLIC void dc_history_close(struct dc_history *history);

/* What a finding means, why it matters, how to mend it. `slug` NULL: all; the id of a check: all its findings. `format`:
 * "text" or "json". DC_ERR_USAGE: no such finding or format. */
DC_PUBLIC enum dc_status dc_explain(const char *slug, const char *format, const struct dc_look *look, dc_write write,
				    void *user, struct dc_error *err);
/* The requirement sets of --profile; one of them: what it requires, where it says so, what nobody can see in DNS. `name`
 * NULL: all. DC_ERR_USAGE: no such profile. */
DC_PUBLIC enum dc_status dc_list_profiles(const char *name, const char *format, const struct dc_look *look, dc_write write,
					  void *user, struct dc_error *err);
/* Every check, with the standard it comes from. */
DC_PUBLIC enum dc_status dc_list_checks(const char *format, const struct dc_look *look, dc_write write, void *user,
					struct dc_error *err);

#ifdef __cplusplus
}
#endif

#endif
