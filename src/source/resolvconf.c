/* resolv.conf(5): the nameserver lines, nothing else. */
#include "source/resolvconf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

enum { FILE_MAX = 64 << 10 }; /* octets read; real files have some hundred */

static bool has_server(const struct dc_live_server *servers, size_t count, const struct dc_live_server *server)
{
	for (size_t i = 0; i < count; i++)
		if (dc_ip_eq(servers[i].ip, server->ip) && servers[i].scope == server->scope)
			return true;
	return false;
}

/* "nameserver ADDRESS", blanks around and between; what follows the address is ignored, as the C library does. */
static bool take_line(struct dc_slice line, struct dc_live_server *ret_server)
{
	static const struct dc_slice word = {"nameserver", 10};
	struct dc_slice rest = dc_slice_trim(line);
	size_t end = 0;
	if (!dc_slice_starts(rest, word))
		return false;
	rest = dc_slice_sub(rest, word.len, SIZE_MAX);
	if (rest.len == 0 || (rest.ptr[0] != ' ' && rest.ptr[0] != '\t'))
		return false;
	rest = dc_slice_trim(rest);
	while (end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != '\t' && rest.ptr[end] != '#' && rest.ptr[end] != ';')
		end++;
	rest.len = end;
	return dc_live_server_parse(rest, ret_server, NULL) == DC_OK;
}

enum dc_status dc_resolvconf_read(const char *path, struct dc_live_server servers[DC_LIVE_SERVERS_MAX],
				  size_t *ret_count, struct dc_error *err)
{
	char bytes[FILE_MAX], shown[256];
	size_t count = 0;
	if (!path)
		path = DC_RESOLVCONF_PATH;
	dc_escape_line(shown, sizeof shown, dc_slice_of(path));
	FILE *file = fopen(path, "re");
	if (!file)
		return dc_error_set(err, DC_ERR_IO, "no resolver: cannot read %s (%s); give one with --nameserver, or use --recurse",
				    shown, errno == ENOENT ? "no such file" : errno == EACCES ? "permission denied" : "system error");
	size_t len = fread(bytes, 1, sizeof bytes, file);
	bool broken = ferror(file) != 0;
	(void)fclose(file);
	if (broken)
		return dc_error_set(err, DC_ERR_IO, "no resolver: reading %s failed; give one with --nameserver, or use --recurse",
				    shown);
	struct dc_slice rest = {bytes, len};
	while (rest.ptr && count < DC_LIVE_SERVERS_MAX) {
		struct dc_live_server server;
		if (take_line(dc_slice_cut(&rest, '\n'), &server) && !has_server(servers, count, &server))
			servers[count++] = server;
	}
	if (count == 0)
		return dc_error_set(err, DC_ERR_INPUT,
				    "no resolver: %s names no server; give one with --nameserver, or use --recurse", shown);
	*ret_count = count;
	return DC_OK;
}
