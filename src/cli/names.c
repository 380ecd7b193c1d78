/* Names: arguments first, then the files of --input, one name a line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { LINE_MAX_OCTETS = 4096 }; /* no name and no comment needs more */

static bool parse(struct names *names, const char *typed, char domain[DC_DOMAIN_TEXT_MAX])
{
	struct dc_error err;
	if (dc_domain_parse(typed, domain, &err) == DC_OK) {
		names->good++;
		return true;
	}
	if (names->shown)
		complain("%s:%lu: %s", names->shown, names->line, err.message);
	else
		complain("%s", err.message);
	names->status = worse(names->status, exit_of(err.status));
	return false;
}

static bool open_next(struct names *names)
{
	while (names->path < names->path_count) {
		const char *path = names->paths[names->path++];
		bool is_stdin = strcmp(path, "-") == 0;
		names->shown = is_stdin ? "standard input" : path;
		names->line = 0;
		names->file = is_stdin ? stdin : fopen(path, "re");
		if (names->file)
			return true;
		complain("%s: %s", path, strerror(errno));
		names->status = worse(names->status, EXIT_USAGE);
	}
	return false;
}

static void close_file(struct names *names)
{
	if (names->file && ferror(names->file)) {
		complain("%s: %s", names->shown, strerror(errno));
		names->status = worse(names->status, EXIT_USAGE);
	}
	if (names->file && names->file != stdin)
		(void)fclose(names->file);
	names->file = NULL;
}

/* The name on a line: without comment and blanks; NULL when nothing is left. */
static char *name_on(char *line, size_t len)
{
	if (strlen(line) != len)
		return line; /* a NUL inside: refused with the rest of the line */
	line[strcspn(line, "#\r\n")] = 0;
	line += strspn(line, " \t");
	size_t end = strlen(line);
	while (end && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	line[end] = 0;
	return end ? line : NULL;
}

static bool next_line(struct names *names, char **ret_name)
{
	ssize_t len;
	while (names->file || open_next(names)) {
		while ((len = getline(&names->typed, &names->typed_size, names->file)) != -1) {
			names->line++;
			char *bom = names->line == 1 && len >= 3 && memcmp(names->typed, "\xef\xbb\xbf", 3) == 0 ? names->typed + 3
														 : names->typed;
			if (len > LINE_MAX_OCTETS)
				names->typed[LINE_MAX_OCTETS] = 0;
			*ret_name = name_on(bom, (size_t)len > LINE_MAX_OCTETS ? strlen(bom) : (size_t)(names->typed + len - bom));
			if (*ret_name)
				return true;
		}
		close_file(names);
	}
	return false;
}

bool names_next(void *user, char ret_domain[DC_DOMAIN_TEXT_MAX], const char **ret_typed)
{
	struct names *names = user;
	char *typed;
	while (names->argument < names->argument_count) {
		typed = names->arguments[names->argument++];
		if (strcmp(typed, "-") != 0 && parse(names, typed, ret_domain)) {
			*ret_typed = typed;
			return true;
		}
	}
	while (next_line(names, &typed))
		if (parse(names, typed, ret_domain)) {
			*ret_typed = typed;
			return true;
		}
	return false;
}

void names_close(struct names *names)
{
	close_file(names);
	free(names->typed);
	names->typed = NULL;
}
