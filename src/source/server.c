/* Addresses of DNS servers as people write them. */
#include "source/live.h"

#include <net/if.h>
#include <stdio.h>

#include "base/escape.h"

enum { DNS_PORT = 53 };

/* "V6%eth0": what stands after the sign is the name of an interface or its number. */
static bool take_scope(struct dc_slice *text, uint32_t *ret_scope)
{
	char name[IF_NAMESIZE];
	uint64_t number;
	size_t at = dc_slice_find(*text, '%');
	*ret_scope = 0;
	if (at == SIZE_MAX)
		return true;
	struct dc_slice scope = dc_slice_sub(*text, at + 1, SIZE_MAX);
	text->len = at;
	if (dc_slice_uint(scope, false, UINT32_MAX, &number)) {
		*ret_scope = (uint32_t)number;
		return true;
	}
	if (scope.len == 0 || scope.len >= sizeof name)
		return false;
	memcpy(name, scope.ptr, scope.len);
	name[scope.len] = 0;
	*ret_scope = if_nametoindex(name);
	return *ret_scope != 0;
}

enum dc_status dc_live_server_parse(struct dc_slice text, struct dc_live_server *ret_server, struct dc_error *err)
{
	char shown[128];
	struct dc_slice whole = dc_slice_trim(text), host = whole, port = {0};
	struct dc_live_server server = {.port = DNS_PORT};
	bool bracketed = host.len && host.ptr[0] == '[';
	dc_escape_line(shown, sizeof shown, whole);
	if (bracketed) {
		size_t end = dc_slice_find(host, ']');
		if (end == SIZE_MAX)
			return dc_error_set(err, DC_ERR_USAGE, "--nameserver: \"%s\": the closing ] is missing", shown);
		port = dc_slice_sub(host, end + 1, SIZE_MAX);
		host = dc_slice_sub(host, 1, end - 1);
		if (port.len && port.ptr[0] != ':')
			return dc_error_set(err, DC_ERR_USAGE, "--nameserver: \"%s\": write [ADDRESS]:PORT", shown);
	} else {
		size_t colon = dc_slice_find(host, ':');
		/* A second colon: an IPv6 address without a port. */
		if (colon != SIZE_MAX && dc_slice_find(dc_slice_sub(host, colon + 1, SIZE_MAX), ':') == SIZE_MAX) {
			port = dc_slice_sub(host, colon, SIZE_MAX);
			host.len = colon;
		}
	}
	if (port.len) {
		uint64_t number;
		if (!dc_slice_uint(dc_slice_sub(port, 1, SIZE_MAX), false, UINT16_MAX, &number) || number == 0)
			return dc_error_set(err, DC_ERR_USAGE, "--nameserver: \"%s\": the port must be a number from 1 to 65535", shown);
		server.port = (uint16_t)number;
	}
	if (!take_scope(&host, &server.scope))
		return dc_error_set(err, DC_ERR_USAGE, "--nameserver: \"%s\": no such network interface", shown);
	if (!dc_ip_parse(host, &server.ip) || (bracketed && server.ip.family != 6) || (server.scope && server.ip.family != 6))
		return dc_error_set(err, DC_ERR_USAGE,
				    "--nameserver: \"%s\" is no IP address: write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53", shown);
	*ret_server = server;
	return DC_OK;
}

struct dc_slice dc_live_server_format(const struct dc_live_server *server, char text[DC_LIVE_SERVER_TEXT_MAX])
{
	char ip[DC_IP_TEXT_MAX], scope[16] = "";
	(void)dc_ip_format(server->ip, ip);
	if (server->scope)
		(void)snprintf(scope, sizeof scope, "%%%u", server->scope);
	int n = snprintf(text, DC_LIVE_SERVER_TEXT_MAX, server->ip.family == 6 ? "[%s%s]:%u" : "%s%s:%u", ip, scope,
			 server->port);
	return (struct dc_slice){text, (size_t)n};
}
