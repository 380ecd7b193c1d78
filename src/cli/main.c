/* Which subcommand, and nothing else. */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static const struct {
	const char *name;
	enum exit_status (*run)(int argc, char **argv);
} commands[] = {
	{"explain", cmd_explain},
	{"checks", cmd_checks},
	{"message", cmd_message},
	{"spf", cmd_spf},
};

enum exit_status worse(enum exit_status a, enum exit_status b)
{
	static const int rank[] = {[EXIT_FINE] = 0, [EXIT_INCOMPLETE] = 1, [EXIT_FINDINGS] = 2, [EXIT_USAGE] = 3,
				   [EXIT_FAULT] = 4};
	return rank[a] >= rank[b] ? a : b;
}

enum exit_status exit_of(enum dc_status status)
{
	switch (status) {
	case DC_OK:
		return EXIT_FINE;
	case DC_ERR_USAGE:
	case DC_ERR_INPUT:
		return EXIT_USAGE;
	default:
		return EXIT_FAULT;
	}
}

void complain(const char *format, ...)
{
	va_list args;
	progress_clear();
	va_start(args, format);
	(void)fputs("domaincheck: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
}

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
	/* A closed pipe is an error that is reported, not a silent death. */
	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return (int)commands[i].run(argc - 1, argv + 1);
	return (int)audit(argc, argv);
}
