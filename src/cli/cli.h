/* The command line: options, names, outputs, subcommands. Knows the library by its public header only. */
#ifndef DC_CLI_CLI_H
#define DC_CLI_CLI_H

#include <stdio.h>

#include <domaincheck/domaincheck.h>

/* domaincheck(1), EXIT STATUS. */
enum exit_status { EXIT_FINE = 0, EXIT_FINDINGS = 1, EXIT_USAGE = 2, EXIT_INCOMPLETE = 3, EXIT_FAULT = 4 };
/* The worse of two, in the order 4, 2, 1, 3, 0. */
enum exit_status worse(enum exit_status a, enum exit_status b);
/* The exit status that stands for a failure of the library. */
enum exit_status exit_of(enum dc_status status);
/* Words of others, a name or a file's: as lines of the library show them, printable ASCII and \xHH. */
void put_plain(const char *text, FILE *file);
/* Of a file that could not be opened or read: what the system lacks is not the user's fault. */
enum exit_status exit_of_errno(int error);

enum { OUTPUTS_MAX = 16, INPUTS_MAX = 64, FILES_MAX = 256 };

/* One report of the run. */
struct output {
	const char *format; /* NULL: text */
	const char *path;   /* NULL: standard output */
};

struct options {
	struct dc_config *config;
	const char *inputs[INPUTS_MAX]; /* -i, in order; "-" = standard input */
	size_t input_count;
	struct output outputs[OUTPUTS_MAX];
	size_t output_count;
	enum { AUTO, ALWAYS, NEVER } color, progress;
	bool quiet, verbose, per_finding, help, whole_help, version, replay, manifest, zone, dnssec_given, authority_given;
	bool no_memory; /* for the value of an option */
	const char *resume; /* an ndjson report; NULL: none */
	const char *checks; /* what decides the exit status: checks whose ids begin so; NULL: all */
	const char *record; /* NULL: none */
	const char *files[FILES_MAX]; /* values of options that name a file to read: "FILE", "NAME=FILE" */
	size_t file_count;
	char **names; /* what is left */
	int name_count;
};

/* Reads argv[1…]; complains on standard error. Fills *options; names point into argv. */
enum exit_status options_parse(int argc, char **argv, struct options *options);
/* The end of a subcommand: frees, and sees to it that standard output was written. Returns `status` or worse. */
enum exit_status options_end(struct options *options, enum exit_status status);
/* The i-th option of an audit; NULL past the end. */
const struct dc_setting *option_at(size_t i);
/* The usage page that was asked for, on standard output. `command`: its name; NULL: an audit. */
void options_help(const struct options *options, const char *command);

/* One line on standard error: "domaincheck: …". */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How to look on standard output. */
struct dc_look look_for(const struct options *options, bool to_stdout);

/* ---- names.c: the list of domains ---- */

enum { NAMES_BUFFER = 64 * 1024 };

struct names {
	const struct dc_config *config; /* whose manifest must have them, if there is one; NULL: none has */
	char **own; /* arguments that names_from_manifest made; NULL: none */
	char **arguments;
	int argument_count, argument;
	const char *const *paths;
	size_t path_count, path;
	int fd;            /* of the file at hand; -1: none */
	const char *shown; /* of the file */
	unsigned long line;
	unsigned long refused, refused_told; /* of its lines; so many of them are complained about one by one */
	char *buffer;      /* NAMES_BUFFER octets, on the heap */
	size_t start, end; /* in it: what was read and not handed out */
	bool ended;        /* nothing more can be read */
	bool silent;       /* nothing is complained about */
	size_t count_reads; /* of a pipe, since then */
	size_t good;             /* names handed out */
	enum exit_status status; /* bad lines, unreadable files */
};
/* Nothing is read yet. */
void names_init(struct names *names, const struct dc_config *config, char **arguments, int argument_count,
		const char *const *paths, size_t path_count);
/* The domains of the manifest, as if they had been typed. */
enum exit_status names_from_manifest(struct names *names);
/* For dc_run_new; `user` is a struct names. Bad lines are complained about and skipped. Does not wait for a pipe. */
bool names_next(void *user, char ret_domain[DC_DOMAIN_TEXT_MAX], const char **ret_typed);
/* How many lines look like names; 0: cannot be told before they come. */
size_t names_count(const struct names *names);
/* How many domains the run (NULL: any) would still have audited; *ret_more: and others may have come. Nothing is complained about. */
size_t names_rest(struct names *names, struct dc_run *run, bool *ret_more);
void names_close(struct names *names);

/* ---- resume.c: what an earlier run has done already ---- */

enum { BAD_LINES_TOLD = 3 }; /* of a file: one that is no report at all has as many as it has lines */
/* Which domain a line of an ndjson report is about. DC_ERR_INPUT: it is no such line; else DC_ERR_NOMEM. */
enum dc_status domain_of_line(const char *line, size_t len, char ret_domain[DC_DOMAIN_TEXT_MAX]);
/* Tells the run to skip the domains of an ndjson report; a file without a line of one is refused. A last line without its end
 * is taken off the file when `out` (a descriptor) is that file, so that what is appended begins on a new line. */
enum exit_status resume_from(const char *path, int out, struct dc_run *run);

/* ---- confine.c: what the process gives up ---- */

/* From now on this thread and those that it starts read no file but the system's own and those that `options` names, and write
 * none but their outputs. Where the kernel can. */
void confine_files(const struct options *options);
/* From now on no thread starts a program, listens, looks into another process or changes the system. Where the kernel can. */
void confine_calls(void);

/* ---- signals.c ---- */

/* From now on SIGINT and SIGTERM stop the run; a second one ends the program. NULL: there is nothing left to stop, and the first
 * one lets what is at its end come to it. */
void signals_stop(struct dc_run *run);
/* The signal that came; 0: none. */
int signals_seen(void);

/* ---- progress.c: one line that is written over, or a line now and then ---- */

struct progress {
	enum { PROGRESS_NONE, PROGRESS_LINE, PROGRESS_PLAIN } kind;
	size_t total; /* 0: not known */
	double started_s, shown_s;
	uint64_t shown_done, shown_asked;
	double rate, question_rate; /* a second, of late; negative: not known yet */
};
void progress_init(struct progress *progress, const struct options *options, const struct names *names);
/* How long to wait for a result until the next line is due; -1: there is none. */
int progress_due_ms(const struct progress *progress);
void progress_show(struct progress *progress, const struct dc_run *run);
void progress_end(struct progress *progress, const struct dc_run *run);
/* Takes the line away, before something else is written. */
void progress_clear(void);

/* ---- sink.c: reports to standard output or to files, whole or not at all ---- */

struct sink {
	const char *path; /* NULL: standard output */
	char *temporary; /* its name until it is whole; NULL while it has none */
	FILE *file;
	bool nameless;
	bool flush; /* after each domain */
	bool failed;
	int fault;  /* errno of the failure */
};
bool sink_open(struct sink *sink, const char *path);
bool sink_write(void *user, const void *octets, size_t count); /* dc_write */
bool sink_flush(struct sink *sink);
/* `keep`: the file takes its name; else it is removed. False: it could not be written; complained about. */
bool sink_close(struct sink *sink, bool keep);

/* ---- memory.c ---- */

/* Before the first large piece is taken. */
void memory_for_many(void);

/* ---- subcommands ---- */

struct command {
	const char *name, *arguments, *about;
	enum exit_status (*run)(int argc, char **argv);
	const struct dc_setting *options; /* its own, ended by one without a name; NULL: none */
	const char *const *shared;        /* options of an audit for its page, to NULL */
	bool audits;                      /* takes all others of an audit, too */
	const char *formats, *more;       /* for its page; NULL: those of an audit; nothing */
};
/* NULL past the end. */
const struct command *command_at(size_t i);
/* NULL when there is none of that name. */
const struct command *command_of(const char *name);

enum exit_status cmd_audit(const struct options *options);
enum exit_status cmd_message(int argc, char **argv);
enum exit_status cmd_explain(int argc, char **argv);
enum exit_status cmd_checks(int argc, char **argv);
enum exit_status cmd_profiles(int argc, char **argv);
enum exit_status cmd_spf(int argc, char **argv);
enum exit_status cmd_merge(int argc, char **argv);
enum exit_status cmd_history(int argc, char **argv);
enum exit_status cmd_completion(int argc, char **argv);
enum exit_status cmd_diff(int argc, char **argv);

#endif
