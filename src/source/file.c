/* Files read and written whole: short reads and writes, EINTR, full disks, and no half of a file. */
#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"

static enum dc_status cannot(struct dc_error *err, const char *path, const char *why)
{
	char shown[240];
	return dc_error_set(err, DC_ERR_IO, "%s: %s", dc_escape_line(shown, sizeof shown, dc_slice_of(path)), why);
}

const char *dc_errno_text(int number)
{
	const char *text = strerrordesc_np(number);
	return text ? text : "unknown error";
}

static enum dc_status read_all(int fd, const char *path, struct dc_buf *out, struct dc_error *err)
{
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return cannot(err, path, "is a directory");
	for (;;) {
		char piece[32768];
		ssize_t got = read(fd, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cannot(err, path, dc_errno_text(errno));
		if (got == 0)
			return DC_OK;
		dc_buf_put(out, piece, (size_t)got);
		if (out->starved)
			return dc_error_set(err, DC_ERR_NOMEM, "no memory for a file");
		if (out->status != DC_OK)
			return cannot(err, path, "the file is too large");
	}
}

enum dc_status dc_file_read(const char *path, struct dc_buf *out, struct dc_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(err, path, dc_errno_text(errno));
	enum dc_status status = read_all(fd, path, out, err);
	(void)close(fd);
	return status;
}

/* Writes all of `bytes`; `shown` stands for the file in err->message. DC_ERR_IO. */
static enum dc_status write_all(int fd, const char *shown, struct dc_slice bytes, struct dc_error *err)
{
	while (bytes.len) {
		ssize_t put = write(fd, bytes.ptr, bytes.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return cannot(err, shown, put < 0 ? dc_errno_text(errno) : "nothing can be written");
		bytes = dc_slice_sub(bytes, (size_t)put, SIZE_MAX);
	}
	return DC_OK;
}

static enum dc_status write_in_place(const char *path, struct dc_slice bytes, struct dc_error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cannot(err, path, dc_errno_text(errno));
	enum dc_status status = write_all(fd, path, bytes, err);
	if (close(fd) != 0 && status == DC_OK)
		status = cannot(err, path, dc_errno_text(errno));
	return status;
}

/* The name in the folder is on the disk only once the folder is. Some file systems cannot: that is no failure. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	int len = slash == path ? snprintf(folder, sizeof folder, "/")
				: snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	int fd = len > 0 && (size_t)len < sizeof folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
}

/* A new file keeps the mode of the one it replaces; else what umask leaves. */
static mode_t mode_for(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0)
		return st.st_mode & 0777;
	mode_t mask = umask(0);
	(void)umask(mask);
	return 0666 & ~mask;
}

enum dc_status dc_file_write(const char *path, struct dc_slice bytes, struct dc_error *err)
{
	char target[PATH_MAX], beside[PATH_MAX + 16];
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? cannot(err, path, "is a directory") : write_in_place(path, bytes, err);
	/* Behind a symbolic link the file is replaced, not the link. */
	if (!realpath(path, target) && snprintf(target, sizeof target, "%s", path) >= (int)sizeof target)
		return cannot(err, path, dc_errno_text(ENAMETOOLONG));
	(void)snprintf(beside, sizeof beside, "%s.XXXXXX", target);
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return cannot(err, path, dc_errno_text(errno));
	enum dc_status status = write_all(fd, path, bytes, err);
	if (status == DC_OK && (fchmod(fd, mode_for(target)) != 0 || fsync(fd) != 0))
		status = cannot(err, path, dc_errno_text(errno));
	if (close(fd) != 0 && status == DC_OK)
		status = cannot(err, path, dc_errno_text(errno));
	if (status == DC_OK && rename(beside, target) != 0)
		status = cannot(err, path, dc_errno_text(errno));
	if (status != DC_OK)
		(void)unlink(beside);
	else
		sync_folder(target);
	return status;
}
