/* --dkim-key SELECTOR=FILE: a private key is read, its public half kept, the rest wiped. The file's octets are held in one
 * place only, so that there is one place to wipe. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/own_key.h"
#include "base/escape.h"
#include "dkim/own.h"
#include "source/file.h"

/* Returns the octets read; -1 on failure with errno. */
static ssize_t read_all(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		return -1;
	do {
		got = read(fd, out + len, size - len);
		if (got > 0)
			len += (size_t)got;
	} while (len < size && (got > 0 || (got < 0 && errno == EINTR)));
	(void)close(fd);
	return got < 0 ? -1 : (ssize_t)len;
}

enum dc_status dc_own_key_read(struct dc_arena *arena, struct dc_slice selector, const char *path,
			       struct dc_dkim_own *ret_own, struct dc_error *err)
{
	char shown[120], *pem;
	struct dc_error inner = {0};
	enum dc_status status;
	ssize_t len;

	(void)dc_escape_line(shown, sizeof(shown), dc_slice_of(path));
	dc_arena_reserve(arena, DC_DKIM_PEM_MAX); /* it must not jump out while the key is there */
	pem = malloc(DC_DKIM_PEM_MAX + 1);
	if (!pem)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for a key");
	len = read_all(path, pem, DC_DKIM_PEM_MAX + 1);
	if (len < 0) {
		status = dc_error_set(err, DC_ERR_INPUT, "--dkim-key: %s: %s", shown, dc_errno_text(errno));
	} else {
		status = dc_dkim_own_read(arena, pem, (size_t)len, selector, ret_own, &inner);
		if (status != DC_OK)
			(void)dc_error_set(err, status, "--dkim-key: %s: %s", shown, inner.message);
	}
	explicit_bzero(pem, DC_DKIM_PEM_MAX + 1);
	free(pem);
	return status;
}
