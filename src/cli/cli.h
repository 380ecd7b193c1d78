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

enum { OUTPUTS_MAX = 16, INPUTS_MAX = 64 };

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
	bool quiet, verbose, help, version, replay, dnssec_given;
	const char *checks; /* what decides the exit status: checks whose ids begin so; NULL: all */
	char **names; /* what is left */
	int name_count;
};

/* Reads argv[1…]; complains on standard error. Fills *options; names point into argv. */
enum exit_status options_parse(int argc, char **argv, struct options *options);
/* The usage page. */
void options_help(FILE *out);

/* One line on standard error: "domaincheck: …". */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How to look on standard output. */
struct dc_look look_for(const struct options *options, bool to_stdout);

/* ---- names.c: the list of domains ---- */

struct names {
	char **arguments;
	int argument_count, argument;
	const char *const *paths;
	size_t path_count, path;
	FILE *file;
	const char *shown; /* of the file */
	unsigned long line;
	char *typed; /* the current line, on the heap */
	size_t typed_size;
	size_t good;             /* names handed out */
	enum exit_status status; /* bad lines, unreadable files */
};
/* For dc_run_new; `user` is a struct names. Bad lines are complained about and skipped. */
bool names_next(void *user, char ret_domain[DC_DOMAIN_TEXT_MAX], const char **ret_typed);
void names_close(struct names *names);

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

/* ---- subcommands ---- */

enum exit_status cmd_audit(const struct options *options);
enum exit_status cmd_message(int argc, char **argv);
enum exit_status cmd_explain(int argc, char **argv);
enum exit_status cmd_checks(int argc, char **argv);
enum exit_status cmd_spf(int argc, char **argv);

#endif
