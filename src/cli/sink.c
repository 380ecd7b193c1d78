/* Where a report goes. A file has no name until it is whole (O_TMPFILE), then it takes its place: a reader never meets
 * half a report, and a run that is killed leaves nothing behind. Where the file system knows no nameless files it is
 * written beside its place. Standard output is written as it comes, and every failure is seen. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static bool fail(struct sink *sink)
{
	if (!sink->failed)
		sink->fault = errno;
	sink->failed = true;
	return false;
}

/* A path that is no regular file (a pipe, /dev/null) cannot be replaced: it is written to. */
static bool is_special(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static char *beside(const char *path, const char *suffix)
{
	char *name;
	return asprintf(&name, "%s%s", path, suffix) < 0 ? NULL : name;
}

/* A file without a name in the folder of `path`; -1: not on this file system. */
static int open_nameless(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	/* Without /proc it could not be given a name later. */
	bool possible = folder && access("/proc/self/fd", X_OK) == 0;
	int fd = possible ? open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666) : -1;
	free(folder);
	return fd;
}

static int open_named(struct sink *sink)
{
	mode_t mask = umask(0);
	int fd = -1;
	(void)umask(mask);
	if ((sink->temporary = beside(sink->path, ".XXXXXX")) && (fd = mkstemp(sink->temporary)) >= 0)
		(void)fchmod(fd, 0666 & ~mask);
	return fd;
}

bool sink_open(struct sink *sink, const char *path)
{
	static char room[1 << 16]; /* a domain as JSON in one go; for stdout, which outlives every sink */
	*sink = (struct sink){.path = path};
	if (!path) {
		sink->file = stdout;
		if (!isatty(STDOUT_FILENO))
			(void)setvbuf(stdout, room, _IOFBF, sizeof room); /* refused once something was written */
		return true;
	}
	if (is_special(path)) {
		sink->file = fopen(path, "we");
	} else {
		int fd = open_nameless(path);
		sink->nameless = fd >= 0;
		if (fd < 0)
			fd = open_named(sink);
		if (fd >= 0 && !(sink->file = fdopen(fd, "w")))
			(void)close(fd);
	}
	if (!sink->file) {
		complain("%s: %s", path, strerror(errno));
		free(sink->temporary);
		sink->temporary = NULL;
		return false;
	}
	return true;
}

/* Gives a nameless file a name beside its place: a link cannot replace what is there, a rename can. */
static bool give_name(struct sink *sink)
{
	char self[40], suffix[40];
	(void)snprintf(self, sizeof self, "/proc/self/fd/%d", fileno(sink->file));
	for (int i = 0; i < 100; i++) {
		(void)snprintf(suffix, sizeof suffix, ".%ld-%d", (long)getpid(), i);
		sink->temporary = beside(sink->path, suffix);
		if (!sink->temporary)
			return fail(sink);
		if (linkat(AT_FDCWD, self, AT_FDCWD, sink->temporary, AT_SYMLINK_FOLLOW) == 0)
			return true;
		free(sink->temporary);
		sink->temporary = NULL;
		if (errno != EEXIST)
			break;
	}
	return fail(sink);
}

bool sink_write(void *user, const void *octets, size_t count)
{
	struct sink *sink = user;
	if (sink->failed || (count && fwrite(octets, 1, count, sink->file) != count))
		return fail(sink);
	return true;
}

bool sink_flush(struct sink *sink)
{
	if (sink->failed || fflush(sink->file) != 0)
		return fail(sink);
	return true;
}

bool sink_close(struct sink *sink, bool keep)
{
	(void)sink_flush(sink);
	if ((sink->temporary || sink->nameless) && keep && !sink->failed && fsync(fileno(sink->file)) != 0)
		(void)fail(sink);
	if (sink->nameless && keep && !sink->failed)
		(void)give_name(sink);
	if (sink->file && sink->file != stdout && fclose(sink->file) != 0)
		(void)fail(sink);
	if (sink->file == stdout && sink->failed)
		__fpurge(stdout); /* else what is left there is tried, and complained about, again */
	sink->file = NULL;
	if (sink->temporary) {
		if (!keep || sink->failed)
			(void)unlink(sink->temporary);
		else if (rename(sink->temporary, sink->path) != 0) {
			(void)fail(sink);
			(void)unlink(sink->temporary);
		}
		free(sink->temporary);
		sink->temporary = NULL;
	}
	if (sink->failed)
		complain("%s: %s", sink->path ? sink->path : "standard output", strerror(sink->fault));
	return !sink->failed;
}
