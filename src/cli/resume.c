/* --resume: the domains of an ndjson report are done. Lines begin with {"domain": as ours do; a line that is cut off, or
 * is no such object, counts for nothing and its domain is audited again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* See cli.h. */
enum dc_status domain_of_line(const char *line, size_t len, char domain[DC_DOMAIN_TEXT_MAX])
{
	static const char key[] = "\"domain\"";
	const char *at = line;
	char text[DC_DOMAIN_TEXT_MAX];
	size_t n = 0;
	if (strlen(line) != len || *at++ != '{' || line[len - 1] != '}')
		return DC_ERR_INPUT;
	at += strspn(at, " ");
	if (strncmp(at, key, sizeof key - 1) != 0)
		return DC_ERR_INPUT;
	at += sizeof key - 1;
	at += strspn(at, " ");
	if (*at++ != ':')
		return DC_ERR_INPUT;
	at += strspn(at, " ");
	if (*at++ != '"')
		return DC_ERR_INPUT;
	n = strcspn(at, "\"\\");
	if (n == 0 || n >= sizeof text || at[n] != '"')
		return DC_ERR_INPUT;
	memcpy(text, at, n);
	text[n] = 0;
	enum dc_status status = dc_domain_parse(text, domain, NULL);
	return status == DC_OK || status == DC_ERR_NOMEM ? status : DC_ERR_INPUT;
}

static bool is_same_file(FILE *file, int out)
{
	struct stat a, b;
	return fstat(fileno(file), &a) == 0 && fstat(out, &b) == 0 && S_ISREG(b.st_mode) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* What was read of a file. */
struct reading {
	unsigned long good, bad, first_bad; /* lines */
	off_t whole;                        /* octets of whole lines */
};

/* A line that was cut off while it was written; zeros, where the power failed. */
static bool begins_as_ours(const char *line, size_t len)
{
	static const char start[] = "{\"domain\":\"";
	size_t n = len < sizeof start - 1 ? len : sizeof start - 1;
	return memcmp(line, start, n) == 0 || line[0] == 0;
}

/* Every whole line, and of the last one its beginning. */
static enum exit_status read_lines(FILE *file, const char *path, struct dc_run *run, struct reading *reading)
{
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	enum exit_status status = EXIT_FINE;
	while (status == EXIT_FINE && (len = getline(&line, &room, file)) > 0) {
		char domain[DC_DOMAIN_TEXT_MAX];
		struct dc_error err;
		bool whole = line[len - 1] == '\n';
		number++;
		reading->whole += whole ? len : 0;
		line[len -= whole] = 0;
		if (len == 0 || (!whole && begins_as_ours(line, (size_t)len)))
			continue;
		enum dc_status known = whole ? domain_of_line(line, (size_t)len, domain) : DC_ERR_INPUT;
		if (known == DC_ERR_NOMEM) {
			complain("%s: out of memory", path);
			status = EXIT_FAULT;
		} else if (known != DC_OK) {
			reading->first_bad = reading->bad++ ? reading->first_bad : number;
		} else if (dc_run_skip(run, domain, &err) != DC_OK) {
			complain("%s", err.message);
			status = exit_of(err.status);
		} else {
			reading->good++;
		}
	}
	/* getline says only by not being at the end that it had no memory; nothing must be cut off then */
	if (status == EXIT_FINE && len < 0 && !feof(file) && !ferror(file)) {
		complain("%s: out of memory", path);
		status = EXIT_FAULT;
	}
	free(line);
	return status;
}

enum exit_status resume_from(const char *path, int out, struct dc_run *run)
{
	struct reading reading = {0};
	FILE *file = fopen(path, "re");
	if (!file) {
		enum exit_status status = exit_of_errno(errno);
		complain("%s: %s", path, strerror(errno));
		return status;
	}
	enum exit_status status = read_lines(file, path, run, &reading);
	if (ferror(file)) {
		complain("%s: %s", path, strerror(errno));
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE && reading.bad && !reading.good) {
		complain("%s:%lu: no line of an ndjson report: --resume takes what -f ndjson wrote", path, reading.first_bad);
		status = EXIT_USAGE;
	} else if (status == EXIT_FINE && is_same_file(file, out) && ftruncate(out, reading.whole) != 0) {
		complain("%s: %s", path, strerror(errno));
		status = EXIT_FAULT;
	} else if (status == EXIT_FINE && reading.bad) {
		complain("%s:%lu: no line of an ndjson report%s", path, reading.first_bad, reading.bad > 1 ? ", nor are others" : "");
	}
	(void)fclose(file);
	return status;
}
