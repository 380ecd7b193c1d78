/* --resume: the domains of an ndjson report are done. Lines begin with {"domain": as ours do; a line that is cut off, or
 * is no such object, counts for nothing and its domain is audited again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* The domain of a line; false: there is none. */
bool domain_of_line(const char *line, size_t len, char domain[DC_DOMAIN_TEXT_MAX])
{
	static const char key[] = "\"domain\"";
	const char *at = line;
	char text[DC_DOMAIN_TEXT_MAX];
	size_t n = 0;
	if (strlen(line) != len || *at++ != '{' || line[len - 1] != '}')
		return false;
	at += strspn(at, " ");
	if (strncmp(at, key, sizeof key - 1) != 0)
		return false;
	at += sizeof key - 1;
	at += strspn(at, " ");
	if (*at++ != ':')
		return false;
	at += strspn(at, " ");
	if (*at++ != '"')
		return false;
	n = strcspn(at, "\"\\");
	if (n == 0 || n >= sizeof text || at[n] != '"')
		return false;
	memcpy(text, at, n);
	text[n] = 0;
	return dc_domain_parse(text, domain, NULL) == DC_OK;
}

static bool is_same_file(FILE *file, int out)
{
	struct stat a, b;
	return fstat(fileno(file), &a) == 0 && fstat(out, &b) == 0 && S_ISREG(b.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

enum exit_status resume_from(const char *path, int out, struct dc_run *run)
{
	enum exit_status status = EXIT_FINE;
	unsigned long number = 0;
	off_t whole = 0; /* octets of whole lines */
	char *line = NULL;
	size_t room = 0, bad = 0;
	ssize_t len;
	FILE *file = fopen(path, "re");
	if (!file) {
		status = exit_of_errno(errno);
		complain("%s: %s", path, strerror(errno));
		return status;
	}
	while (status == EXIT_FINE && (len = getline(&line, &room, file)) > 0 && line[len - 1] == '\n') {
		char domain[DC_DOMAIN_TEXT_MAX];
		struct dc_error err;
		number++;
		whole += len;
		line[--len] = 0;
		if (len == 0)
			continue;
		if (!domain_of_line(line, (size_t)len, domain)) {
			if (bad++ < BAD_LINES_TOLD)
				complain("%s:%lu: no line of an ndjson report: write one with -f ndjson", path, number);
		} else if (dc_run_skip(run, domain, &err) != DC_OK) {
			complain("%s", err.message);
			status = exit_of(err.status);
		}
	}
	if (bad > BAD_LINES_TOLD)
		complain("%s: %zu more lines are none", path, bad - BAD_LINES_TOLD);
	/* getline says only by not being at the end that it had no memory; nothing must be cut off then */
	if (status == EXIT_FINE && len < 0 && !feof(file) && !ferror(file)) {
		complain("%s: out of memory", path);
		status = EXIT_FAULT;
	}
	if (ferror(file)) {
		complain("%s: %s", path, strerror(errno));
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE && is_same_file(file, out) && ftruncate(out, whole) != 0) {
		complain("%s: %s", path, strerror(errno));
		status = EXIT_FAULT;
	}
	free(line);
	(void)fclose(file);
	return status;
}
