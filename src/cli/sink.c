/* Where a report goes. A file is written beside its place and takes its name at the end, so that a reader never meets
 * half a report; standard output is written as it comes, and every failure is seen. */
#include <errno.h>
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

bool sink_open(struct sink *sink, const char *path)
{
	*sink = (struct sink){.path = path};
	if (!path) {
		sink->file = stdout;
		return true;
	}
	if (is_special(path)) {
		sink->file = fopen(path, "we");
	} else if (asprintf(&sink->temporary, "%s.XXXXXX", path) < 0) {
		sink->temporary = NULL;
	} else {
		int fd = mkstemp(sink->temporary);
		if (fd >= 0) {
			mode_t mask = umask(0);
			(void)umask(mask);
			(void)fchmod(fd, 0666 & ~mask);
			sink->file = fdopen(fd, "w");
			if (!sink->file)
				(void)close(fd);
		}
	}
	if (!sink->file) {
		complain("%s: %s", path, strerror(errno));
		free(sink->temporary);
		sink->temporary = NULL;
		return false;
	}
	return true;
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
	if (sink->temporary && keep && !sink->failed && fsync(fileno(sink->file)) != 0)
		(void)fail(sink);
	if (sink->file && sink->file != stdout && fclose(sink->file) != 0)
		(void)fail(sink);
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
