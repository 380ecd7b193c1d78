/* Which subcommand, and nothing else. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const struct {
	const char *name;
	enum exit_status (*run)(int argc, char **argv);
} commands[] = {
	{"explain", cmd_explain},
	{"checks", cmd_checks},
	{"profiles", cmd_profiles},
	{"message", cmd_message},
	{"spf", cmd_spf},
	{"merge", cmd_merge},
	{"history", cmd_history},
	{"diff", cmd_diff},
};

static enum exit_status audit(int argc, char **argv)
{
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help)
		options_help(stdout);
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
