/* Names: arguments first, then the files of --input, one name a line. A pipe is never waited for: what is in flight goes
 * on while its writer thinks. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

enum {
	LINE_MAX_OCTETS = 4096,          /* no name needs more; a comment is cut off */
	LINE_KEPT = LINE_MAX_OCTETS + 4, /* of one that is longer, seen with a byte order mark too */
	REFUSED_TOLD = 20,               /* lines of a file: where there are more, it is the wrong file */
	COUNT_READS_MAX = 64,            /* of a pipe, to count what was not audited: its writer may never end */
};

void names_init(struct names *names, const struct dc_config *config, char **arguments, int argument_count,
		const char *const *paths, size_t path_count)
{
	*names = (struct names){.config = config, .arguments = arguments, .argument_count = argument_count, .paths = paths,
				.path_count = path_count, .fd = -1, .refused_told = REFUSED_TOLD};
}

enum exit_status names_from_manifest(struct names *names) /* not fuzzed: names that the manifest's reader has read */
{
	struct dc_error err;
	const char *typed = NULL;
	size_t count = 0, capacity = 0;
	for (;;) {
		enum dc_status status = dc_config_domain_at(names->config, count, &typed, &err);
		if (status != DC_OK) {
			complain("%s", err.message);
			return exit_of(status);
		}
		if (!typed)
			break;
		if (count == capacity) {
			capacity = capacity ? 2 * capacity : 64;
			char **more = realloc(names->own, capacity * sizeof *more);
			if (!more) {
				complain("out of memory for names");
				return EXIT_FAULT;
			}
			names->own = more;
		}
		names->own[count++] = (char *)typed;
	}
	names->arguments = names->own;
	names->argument_count = (int)count;
	return EXIT_FINE;
}

static bool parse(struct names *names, const char *typed, char domain[DC_DOMAIN_TEXT_MAX])
{
	struct dc_error err = {.status = DC_ERR_INPUT};
	bool whole = !names->shown || strnlen(typed, LINE_MAX_OCTETS) < LINE_MAX_OCTETS;
	if (whole && dc_domain_parse(typed, domain, &err) == DC_OK &&
	    (!names->config || dc_config_declares(names->config, domain, &err) == DC_OK)) {
		names->good++;
		return true;
	}
	if (names->silent)
		return false;
	bool told = names->shown && names->refused++ >= names->refused_told;
	if (!whole && !told)
		complain("%s:%lu: a line of %d octets or more: no domain name is that long", names->shown, names->line, LINE_MAX_OCTETS);
	else if (!names->shown)
		complain("%s", err.message);
	else if (!told)
		complain("%s:%lu: %s", names->shown, names->line, err.message);
	names->status = worse(names->status, exit_of(err.status));
	return false;
}

static void unreadable(struct names *names) /* not fuzzed: no octets were read */
{
	if (names->silent)
		return;
	names->status = worse(names->status, exit_of_errno(errno));
	complain("%s: %s", names->shown, strerror(errno));
}

static bool open_next(struct names *names)
{
	if (!names->buffer && !(names->buffer = malloc(NAMES_BUFFER + 1))) { /* not fuzzed: memory is out */
		if (!names->silent)
			complain("out of memory for names");
		names->status = EXIT_FAULT;
		return false;
	}
	while (names->path < names->path_count) {
		const char *path = names->paths[names->path++];
		bool is_stdin = strcmp(path, "-") == 0;
		names->shown = is_stdin ? "standard input" : path;
		names->line = 0;
		names->start = names->end = 0;
		names->ended = false;
		names->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
		if (names->fd >= 0)
			return true;
		unreadable(names); /* not fuzzed: no octets were read */
	}
	return false;
}

static void close_file(struct names *names)
{
	if (names->refused > names->refused_told)
		complain("%s: %lu more lines that are no domain names", names->shown, names->refused - names->refused_told);
	names->refused = 0;
	if (names->fd > STDIN_FILENO)
		(void)close(names->fd);
	names->fd = -1;
}

static bool is_file(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* More octets behind those that are there. False: none now, or a fault. */
static bool read_more(struct names *names)
{
	struct pollfd poller = {.fd = names->fd, .events = POLLIN};
	memmove(names->buffer, names->buffer + names->start, names->end - names->start);
	names->end -= names->start;
	names->start = 0;
	if (names->end == NAMES_BUFFER) /* a line without end: its beginning will do to refuse it */
		names->end = LINE_KEPT;
	if (poll(&poller, 1, 0) == 0)
		return false;
	if (names->silent && !is_file(names->fd) && names->count_reads++ == COUNT_READS_MAX)
		return false;
	ssize_t got = read(names->fd, names->buffer + names->end, NAMES_BUFFER - names->end);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return false; /* not fuzzed: no octets were read */
	if (got < 0)
		unreadable(names); /* not fuzzed: no octets were read */
	names->ended = got <= 0;
	names->end += got > 0 ? (size_t)got : 0;
	return true;
}

/* The name on a line: without comment and blanks; NULL when nothing is left. What would lose a part of the line is refused
 * with all of it. */
static char *name_on(char *line, size_t len)
{
	bool cut = len > LINE_MAX_OCTETS;
	if (cut)
		line[len = LINE_MAX_OCTETS] = 0;
	if (strlen(line) != len) {
		line[strlen(line)] = '\001'; /* a NUL inside */
		return line;
	}
	char *comment = memchr(line, '#', len);
	if (cut && !comment)
		return line; /* too long for a name, blanks or not */
	if (comment)
		*comment = 0;
	line += strspn(line, " \t");
	size_t end = strlen(line);
	while (end && strchr(" \t\r", line[end - 1]))
		end--;
	line[end] = 0;
	return end ? line : NULL;
}

/* The next line of the file at hand, NUL-terminated in the buffer. False: none (or none yet). */
static bool whole_line(struct names *names, char **ret_line, size_t *ret_len)
{
	for (;;) {
		char *start = names->buffer + names->start;
		size_t have = names->end - names->start;
		char *newline = memchr(start, '\n', have);
		if (newline || (names->ended && have)) {
			size_t len = newline ? (size_t)(newline - start) : have;
			names->start += len + (newline ? 1 : 0);
			start[len] = 0;
			*ret_line = start;
			*ret_len = len;
			return true;
		}
		if (names->ended || !read_more(names))
			return false;
	}
}

/* False: no more; *ret_name NULL: none yet. */
static bool next_line(struct names *names, char **ret_name)
{
	while (names->fd >= 0 || open_next(names)) {
		char *line;
		size_t len;
		while (whole_line(names, &line, &len)) {
			names->line++;
			if (names->line == 1 && len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
				line += 3;
				len -= 3;
			}
			if ((*ret_name = name_on(line, len)))
				return true;
		}
		if (!names->ended) {
			*ret_name = NULL;
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
	while (next_line(names, &typed)) {
		if (!typed) {
			ret_domain[0] = 0;
			return true;
		}
		if (parse(names, typed, ret_domain)) {
			*ret_typed = typed;
			return true;
		}
	}
	return false;
}

/* Names of a file that is at rest. False: it is none. */
static bool add_names_of(const char *path, size_t *count)
{
	struct stat st;
	struct names names;
	char *name;
	/* Opened anew, standard input is read from its beginning without moving in it. */
	const char *opened = strcmp(path, "-") == 0 ? "/dev/stdin" : path;
	if (stat(opened, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	names_init(&names, NULL, NULL, 0, &opened, 1);
	names.silent = true;
	while (next_line(&names, &name))
		*count += name != NULL;
	names_close(&names);
	return true;
}

size_t names_count(const struct names *names)
{
	size_t count = 0;
	for (int i = 0; i < names->argument_count; i++)
		count += strcmp(names->arguments[i], "-") != 0;
	for (size_t i = 0; i < names->path_count; i++)
		if (!add_names_of(names->paths[i], &count))
			return 0;
	return count;
}

size_t names_rest(struct names *names, struct dc_run *run, bool *ret_more)
{
	char domain[DC_DOMAIN_TEXT_MAX];
	const char *typed;
	size_t count = 0;
	names->silent = true;
	while (names_next(names, domain, &typed)) {
		if (!domain[0]) {
			*ret_more = true;
			break;
		}
		count += !run || dc_run_would_audit(run, domain);
	}
	return count;
}

void names_close(struct names *names)
{
	close_file(names);
	free(names->buffer);
	free(names->own);
	names->buffer = NULL;
	names->own = NULL;
}
