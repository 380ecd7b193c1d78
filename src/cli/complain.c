/* One line of complaint, on standard error. */
#include <stdarg.h>

#include "cli/cli.h"

enum { COMPLAINT_MAX = 8192 }; /* octets: two paths and a sentence */

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
