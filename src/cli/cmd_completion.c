/* domaincheck completion bash|zsh|fish: completions from the tables of options, commands, formats and findings. The build
 * installs what this prints. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* ---- what an argument may be ---- */

enum kind { FLAG, WORDS, FILES, ANYTHING };

/* "auto|always|never" is a list of words; "N" or "ADDR[:PORT]" is not. */
static enum kind kind_of(const struct dc_setting *row)
{
	if (!row->argument)
		return FLAG;
	if (strcmp(row->name, "format") == 0)
		return WORDS;
	if (strstr(row->argument, "FILE"))
		return FILES;
	bool words = strchr(row->argument, '|') != NULL;
	for (const char *c = row->argument; *c; c++)
		words &= (*c >= 'a' && *c <= 'z') || *c == '|' || *c == '-';
	return words ? WORDS : ANYTHING;
}

/* The words of an argument, blanks between. */
static void put_words(const struct dc_setting *row)
{
	struct dc_format_info info;
	if (strcmp(row->name, "format") != 0) {
		for (const char *c = row->argument; *c; c++)
			(void)putchar(*c == '|' ? ' ' : *c);
		return;
	}
	for (size_t i = 0; dc_format_info_at(i, &info); i++)
		(void)printf("%s%s", i ? " " : "", info.name);
}

/* A command whose operands are files, not domains. */
static bool takes_files(const struct command *command)
{
	return strstr(command->arguments, "FILE") || strstr(command->arguments, "REPORT") || strstr(command->arguments, "OLD");
}

/* ---- the findings, from the page that lists them: a slug begins each paragraph ---- */

struct page {
	char *text;
	size_t len;
};

static bool take(void *user, const void *octets, size_t count)
{
	struct page *page = user;
	char *larger = realloc(page->text, page->len + count + 1);
	if (!larger)
		return false;
	page->text = larger;
	memcpy(page->text + page->len, octets, count);
	page->len += count;
	page->text[page->len] = 0;
	return true;
}

static void put_slugs(void)
{
	struct page page = {0};
	const char *between = "";
	if (dc_explain(NULL, "text", NULL, take, &page, NULL) != DC_OK || !page.text)
		page.len = 0;
	for (char *line = page.len ? strtok(page.text, "\n") : NULL; line; line = strtok(NULL, "\n"))
		if (*line >= 'a' && *line <= 'z' && strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(line)) {
			(void)printf("%s%s", between, line);
			between = " ";
		}
	free(page.text);
}

static void put_commands(void)
{
	const struct command *command;
	for (size_t i = 0; (command = command_at(i)) != NULL; i++)
		(void)printf("%s%s", i ? " " : "", command->name);
}

/* ---- bash ---- */

static void bash_case(const struct dc_setting *row)
{
	if (kind_of(row) == FLAG)
		return;
	(void)fputs("\t", stdout);
	if (row->letter)
		(void)printf("-%c|", row->letter);
	(void)printf("--%s) ", row->name);
	if (kind_of(row) == WORDS) {
		(void)fputs("words='", stdout);
		put_words(row);
		(void)fputs("' ;;\n", stdout);
	} else {
		(void)fputs(kind_of(row) == FILES ? "files=1 ;;\n" : "return 0 ;;\n", stdout);
	}
}

static void bash(void)
{
	const struct dc_setting *row;
	const struct command *command;
	(void)fputs("# Completion of domaincheck for bash, made by \"domaincheck completion bash\".\n_domaincheck()\n{\n"
		    "\tlocal current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= files=\n"
		    "\tCOMPREPLY=()\n"
		    "\tif [ \"$current\" = = ]; then current=; elif [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
		    "\tcase $before in\n",
		    stdout);
	for (size_t i = 0; (row = option_at(i)) != NULL; i++)
		bash_case(row);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++)
		for (row = command->options; row && row->name; row++)
			bash_case(row);
	(void)fputs("\t*)\n\t\tcase $current in\n\t\t-*) words='", stdout);
	for (size_t i = 0; (row = option_at(i)) != NULL; i++)
		(void)printf("--%s ", row->name);
	(void)fputs("'\n\t\t\tcase ${COMP_WORDS[1]} in\n", stdout);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		if (!command->options)
			continue;
		(void)printf("\t\t\t%s) words+='", command->name);
		for (row = command->options; row->name; row++)
			(void)printf("--%s ", row->name);
		(void)fputs("' ;;\n", stdout);
	}
	(void)fputs("\t\t\tesac ;;\n\t\t*)\n\t\t\tif [ \"$COMP_CWORD\" = 1 ]; then words='", stdout);
	put_commands();
	(void)fputs("'\n\t\t\telse case ${COMP_WORDS[1]} in\n\t\t\texplain) words='", stdout);
	put_slugs();
	(void)fputs("' ;;\n\t\t\tcompletion) words='bash zsh fish' ;;\n", stdout);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++)
		if (takes_files(command))
			(void)printf("\t\t\t%s) files=1 ;;\n", command->name);
	(void)fputs("\t\t\tesac; fi ;;\n\t\tesac ;;\n\tesac\n"
		    "\tif [ -n \"$files\" ]; then\n\t\tcompopt -o filenames 2>/dev/null\n"
		    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
		    "\telse\n\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n\tfi\n}\n"
		    "complete -F _domaincheck domaincheck\n",
		    stdout);
}

/* ---- zsh ---- */

/* In single quotes, within brackets. */
static void zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", stdout);
		else if (strchr("[]:\\", *text))
			(void)printf("\\%c", *text);
		else
			(void)putchar(*text);
	}
}

static void zsh_option(const struct dc_setting *row)
{
	(void)fputs("\t\t", stdout);
	if (row->letter && row->repeats)
		(void)printf("'*'{-%c,--%s}'[", row->letter, row->name);
	else if (row->letter)
		(void)printf("'(-%c --%s)'{-%c,--%s}'[", row->letter, row->name, row->letter, row->name);
	else
		(void)printf("'%s--%s[", row->repeats ? "*" : "", row->name);
	zsh_text(row->about);
	(void)fputs("]", stdout);
	if (kind_of(row) != FLAG) {
		(void)fputs(":", stdout);
		zsh_text(row->argument);
		(void)fputs(":", stdout);
	}
	if (kind_of(row) == FILES) {
		(void)fputs("_files", stdout);
	} else if (kind_of(row) == WORDS) {
		(void)fputs("(", stdout);
		put_words(row);
		(void)fputs(")", stdout);
	}
	(void)fputs("'\n", stdout);
}

static void zsh(void)
{
	const struct dc_setting *row;
	const struct command *command;
	(void)fputs("#compdef domaincheck\n# Completion of domaincheck for zsh, made by \"domaincheck completion zsh\".\n"
		    "_domaincheck()\n{\n"
		    "\tlocal -a options commands\n\toptions=(\n",
		    stdout);
	for (size_t i = 0; (row = option_at(i)) != NULL; i++)
		zsh_option(row);
	(void)fputs("\t)\n\tcommands=(\n", stdout);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		(void)printf("\t\t'%s:", command->name);
		zsh_text(command->about);
		(void)fputs("'\n", stdout);
	}
	(void)fputs("\t)\n\tif (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
		    "\t\t_describe -t commands command commands\n\t\treturn\n\tfi\n"
		    "\tcase $words[2] in\n\texplain) _arguments -S $options '*:finding:(explain ",
		    stdout);
	put_slugs();
	(void)fputs(")' ;;\n\tcompletion) _arguments -S '*:shell:(bash zsh fish)' ;;\n", stdout);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		if (!command->options && !takes_files(command))
			continue;
		(void)printf("\t%s) options+=(\n", command->name);
		for (row = command->options; row && row->name; row++)
			zsh_option(row);
		(void)printf("\t\t)\n\t\t_arguments -S $options '*:%s' ;;\n", takes_files(command) ? "file:_files" : "domain:_hosts");
	}
	(void)fputs("\t*) _arguments -S $options '*:domain:_hosts' ;;\n\tesac\n}\n_domaincheck \"$@\"\n", stdout);
}

/* ---- fish ---- */

static void fish_text(const char *text)
{
	(void)putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			(void)putchar('\\');
		(void)putchar(*text);
	}
	(void)putchar('\'');
}

static void fish_option(const struct dc_setting *row, const char *command)
{
	(void)fputs("complete -c domaincheck", stdout);
	if (command)
		(void)printf(" -n '__fish_seen_subcommand_from %s'", command);
	if (row->letter)
		(void)printf(" -s %c", row->letter);
	(void)printf(" -l %s", row->name);
	if (kind_of(row) == FILES)
		(void)fputs(" -r -F", stdout);
	else if (kind_of(row) != FLAG)
		(void)fputs(" -x", stdout);
	if (kind_of(row) == WORDS) {
		(void)fputs(" -a '", stdout);
		put_words(row);
		(void)fputs("'", stdout);
	}
	(void)fputs(" -d ", stdout);
	fish_text(row->about);
	(void)putchar('\n');
}

static void fish(void)
{
	const struct dc_setting *row;
	const struct command *command;
	(void)fputs("# Completion of domaincheck for fish, made by \"domaincheck completion fish\".\ncomplete -c domaincheck -f\n", stdout);
	for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
		(void)printf("complete -c domaincheck -n __fish_use_subcommand -a %s -d ", command->name);
		fish_text(command->about);
		(void)putchar('\n');
		if (takes_files(command))
			(void)printf("complete -c domaincheck -n '__fish_seen_subcommand_from %s' -F\n", command->name);
		for (row = command->options; row && row->name; row++)
			fish_option(row, command->name);
	}
	(void)fputs("complete -c domaincheck -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n"
		    "complete -c domaincheck -n '__fish_seen_subcommand_from explain' -a '",
		    stdout);
	put_slugs();
	(void)fputs("'\n", stdout);
	for (size_t i = 0; (row = option_at(i)) != NULL; i++)
		fish_option(row, NULL);
}

enum exit_status cmd_completion(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		options_help(&(struct options){.help = true}, argv[0]);
		return options_end(&(struct options){0}, EXIT_FINE);
	}
	for (size_t i = 0; argc == 2 && i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(argv[1], shells[i].name) != 0)
			continue;
		shells[i].print();
		if (fflush(stdout) == 0)
			return EXIT_FINE;
		complain("standard output could not be written");
		return EXIT_FAULT;
	}
	complain("completion: name a shell: bash, zsh or fish");
	return EXIT_USAGE;
}
