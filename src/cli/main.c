/* Which subcommand, and nothing else. */
#include <signal.h>
#include <stdio.h>

#include "cli/cli.h"

static enum exit_status audit(int argc, char **argv)
{
	struct options options;
	enum exit_status status = options_parse(argc, argv, &options);
	if (status == EXIT_FINE && options.help)
		options_help(&options, NULL);
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
	const struct command *command = argc > 1 ? command_of(argv[1]) : NULL;
	if (command)
		return (int)command->run(argc - 1, argv + 1);
	return (int)audit(argc, argv);
}
