/* What every subcommand says: its exit status, and one line of complaint. */
#include <errno.h>
#include <stdarg.h>

#include "cli/cli.h"

enum { COMPLAINT_MAX = 8192 }; /* octets: two paths and a sentence */

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

enum exit_status exit_of_errno(int error)
{
	return error == ENOMEM || error == ENFILE || error == EMFILE ? EXIT_FAULT : EXIT_USAGE;
}

void put_plain(const char *text, FILE *file)
{
	for (; *text; text++)
		if (*text >= ' ' && *text <= '~')
			(void)fputc(*text, file);
		else
			(void)fprintf(file, "\\x%02x", (unsigned char)*text);
}

void complain(const char *format, ...)
{
	char line[COMPLAINT_MAX];
	va_list args;
	progress_clear();
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	(void)fputs("domaincheck: ", stderr);
	put_plain(line, stderr);
	(void)fputc('\n', stderr);
}
