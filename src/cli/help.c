/* The usage pages: a short one that fits a screen, one a command, and a long one, all from the tables. */
#include <string.h>

#include "cli/cli.h"

enum { LEFT = 30 };

static void option_line(FILE *out, const struct dc_setting *row)
{
	char left[80];
	(void)snprintf(left, sizeof left, "%c%c%c --%s%s%s", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
		       row->letter ? ',' : ' ', row->name, row->argument ? " " : "", row->argument ? row->argument : "");
	if (strlen(left) > LEFT)
		(void)fprintf(out, "  %s\n  %-*s  %s\n", left, LEFT, "", row->about);
	else
		(void)fprintf(out, "  %-*s  %s\n", LEFT, left, row->about);
}

/* A name that is in none of the tables is a mistake of ours: the row says so. */
static const struct dc_setting *find(const char *name)
{
	static const struct dc_setting none = {.name = "?", .about = "no such option"};
	const struct dc_setting *row;
	for (size_t i = 0; (row = option_at(i)) != NULL; i++)
		if (strcmp(row->name, name) == 0)
			return row;
	return &none;
}

/* Those one needs most. */
static const char *const common[] = {"selector", "ip", "parked", "config", "input", "format",
				     "output", "nameserver", "zone", "fail-on", NULL};

/* 24 lines of 80 columns, the prompt's included. */
static void help_short(FILE *out)
{
	(void)fputs("usage: domaincheck [OPTIONS] DOMAIN...      is the domain fit to send mail?\n", out);
	const struct command *command;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		char left[40];
		(void)snprintf(left, sizeof left, "%s %s", command->name, command->arguments);
		(void)fprintf(out, "       domaincheck %-24s %s\n", left, command->about);
	}
	(void)fputc('\n', out);
	for (size_t i = 0; common[i]; i++) {
		const struct dc_setting *row = find(common[i]);
		char left[80];
		(void)snprintf(left, sizeof left, "%s --%s", row->letter ? (char[]){'-', row->letter, ',', 0} : "   ", row->name);
		(void)fprintf(out, "  %-17s %s\n", left, row->about);
	}
	(void)fputs("Exit status: 0 fit, 1 findings, 2 usage, 3 could not be determined, 4 fault.\n"
		    "All options: domaincheck --help-all. The manual: man domaincheck.\n",
		    out);
}

static void help_command(const struct command *command, FILE *out)
{
	(void)fprintf(out, "usage: domaincheck %s%s%s%s\n  %s\n", command->name, *command->shared ? " [OPTIONS]" : "",
		      *command->arguments ? " " : "", command->arguments, command->about);
	if (command->more)
		(void)fprintf(out, "  %s\n", command->more);
	(void)fputc('\n', out);
	for (const struct dc_setting *row = command->options; row && row->name; row++)
		option_line(out, row);
	for (const char *const *name = command->shared; *name; name++) {
		struct dc_setting row = *find(*name);
		if (command->formats && strcmp(*name, "format") == 0)
			row.about = command->formats;
		option_line(out, &row);
	}
	(void)fprintf(out, "%sThe manual: man domaincheck.\n",
		      command->audits ? "The other options of an audit are taken too: domaincheck --help-all. " : "");
}

static void help_all(FILE *out)
{
	const struct dc_setting *row;
	const struct command *command;
	(void)fputs("usage: domaincheck [OPTIONS] DOMAIN...\n"
		    "  is the domain fit to send mail? (\"-\": names on standard input)\n",
		    out);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		(void)fprintf(out, "domaincheck %s%s%s\n  %s\n", command->name, *command->arguments ? " " : "", command->arguments,
			      command->about);
		for (row = command->options; row && row->name; row++)
			option_line(out, row);
	}
	(void)fputs("\nOptions:\n", out);
	for (size_t i = 0; (row = option_at(i)) != NULL; i++)
		option_line(out, row);
	(void)fputs("\nFormats:\n", out);
	struct dc_format_info info;
	for (size_t i = 0; dc_format_info_at(i, &info); i++)
		(void)fprintf(out, "  %-*s  %s\n", LEFT, info.name, info.about);
	(void)fputs("\nExit status: 0 nothing at or above --fail-on, 1 findings, 2 usage or bad input, 3 something could\n"
		    "not be determined, 4 internal fault. The manual is domaincheck(1).\n",
		    out);
}

void options_help(const struct options *options, const char *command)
{
	const struct command *found = command ? command_of(command) : NULL;
	if (options->whole_help)
		help_all(stdout);
	else if (found)
		help_command(found, stdout);
	else
		help_short(stdout);
}
