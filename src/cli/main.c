/* Which subcommand, and nothing else. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const struct dc_setting spf_options[] = {
	{"flatten", 0, NULL, false, "the record with addresses in place of names"}, {0}};
static const struct dc_setting history_options[] = {
	{"db", 0, "FILE", false, "the store, a file of SQLite"}, {"domain", 0, "DOMAIN", false, "this domain only"}, {0}};

/* In the order of --help. */
static const struct command commands[] = {
	{"explain", "[SLUG]", "what a finding means, how to mend it", cmd_explain, NULL},
	{"message", "FILE", "audit the senders of a real message", cmd_message, NULL},
	{"checks", "", "every check, with its standard", cmd_checks, NULL},
	{"profiles", "[NAME]", "requirement sets, what one requires", cmd_profiles, NULL},
	{"spf", "[--flatten] DOMAIN", "SPF alone, or as addresses", cmd_spf, spf_options},
	{"diff", "OLD NEW", "what changed between two reports", cmd_diff, NULL},
	{"merge", "FILE...", "ndjson reports into one report", cmd_merge, NULL},
	{"history", "--db FILE [REPORT]", "runs over time: first seen, trend", cmd_history, history_options},
	{"completion", "SHELL", "completion for bash, zsh, fish", cmd_completion, NULL},
};

const struct command *command_at(size_t i)
{
	return i < sizeof commands / sizeof *commands ? &commands[i] : NULL;
}

void options_help(const struct options *options)
{
	if (options->whole_help)
		help_all(stdout);
	else
		help_short(stdout);
}

static enum exit_status audit(int argc, char **argv)
{
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help)
		options_help(&options);
	else if (status == EXIT_FINE && options.version)
		(void)printf("domaincheck %s\n", dc_version());
	else if (status == EXIT_FINE)
		status = cmd_audit(&options);
	return options_end(&options, status);
}

int main(int argc, char **argv)
{
	/* A closed pipe, and a file that may not grow (ulimit -f), are errors that are reported, not silent deaths. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return (int)commands[i].run(argc - 1, argv + 1);
	return (int)audit(argc, argv);
}
