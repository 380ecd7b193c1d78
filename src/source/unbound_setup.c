/* How libunbound is set up: the options that were measured to be the fastest without a false failure.
 * Deliberately not: /etc/resolv.conf, /etc/hosts, /etc/unbound. */
#include "source/unbound_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/escape.h"

enum {
	RECURSE_PORTS = 256, /* with random case (0x20) enough against forgery; more ports cost twice the time */
	FORWARD_PORTS = 64,
	LOWEST_PORT = 10240,
	FILE_LOOK_MAX = 64 << 10, /* octets of a file in which a record must show */
};

struct setting {
	const char *name, *value;
};

static const struct setting always[] = {
	{"do-daemonize:", "no"},
	{"outgoing-range:", "4096"},
	{"num-queries-per-thread:", "65536"},
	{"outgoing-num-tcp:", "64"},
	{"udp-connect:", "no"},
	{"edns-buffer-size:", "1232"},
	{"do-not-query-localhost:", "no"},
	{"unblock-lan-zones:", "yes"},  /* reverse names of private addresses are asked like others */
	{"rrset-roundrobin:", "no"},    /* the order of the answer is evidence */
	{"cache-max-ttl:", "2147483647"},
	{"trust-anchor-signaling:", "no"},
	{"log-servfail:", "yes"},
	{"val-log-squelch:", "no"},
	{NULL, NULL},
};

static const struct setting recursion[] = {
	{"use-caps-for-id:", "yes"},
	{"qname-minimisation:", "no"}, /* two round trips less when cold */
	{"msg-cache-size:", "64m"},
	{"rrset-cache-size:", "128m"},
	{"key-cache-size:", "64m"},
	{"infra-cache-numhosts:", "100000"},
	{NULL, NULL},
};

static const struct setting forwarding[] = {
	{"infra-host-ttl:", "0"}, /* else a run of dead names condemns the resolver */
	{"outbound-msg-retry:", "2"},
	{"msg-cache-size:", "16m"},
	{"rrset-cache-size:", "32m"},
	{"key-cache-size:", "16m"},
	{NULL, NULL},
};

/* Names that libunbound answers by itself, RFC 6761: an audit asks the world about them as about any. */
static bool set_all(struct ub_ctx *ctx, const struct setting *settings)
{
	for (; settings->name; settings++)
		if (ub_ctx_set_option(ctx, settings->name, settings->value) != 0)
			return false;
	return true;
}

/* A set of source ports of our own: open ports are shared, and sets of several contexts hardly meet. */
static bool set_ports(struct ub_ctx *ctx, unsigned count)
{
	uint16_t random[RECURSE_PORTS];
	char text[8];
	if (getrandom(random, sizeof random, 0) < 0 || ub_ctx_set_option(ctx, "outgoing-port-avoid:", "0-65535") != 0)
		return false;
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(text, sizeof text, "%u", LOWEST_PORT + random[i] % (65536u - LOWEST_PORT));
		if (ub_ctx_set_option(ctx, "outgoing-port-permit:", text) != 0)
			return false;
	}
	return true;
}

/* Whether there is a route to the IPv6 Internet: a root server's address is "connected" to, which sends nothing. */
static bool has_ipv6(void)
{
	struct sockaddr_in6 root = {.sin6_family = AF_INET6, .sin6_port = htons(53),
				    .sin6_addr.s6_addr = {0x20, 0x01, 0x05, 0x03, 0xba, 0x3e, [13] = 2, [15] = 0x30}};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool yes = fd >= 0 && connect(fd, (struct sockaddr *)&root, sizeof root) == 0;
	if (fd >= 0)
		(void)close(fd);
	return yes;
}

static bool set_forwarders(struct ub_ctx *ctx, const struct dc_unbound_options *options)
{
	for (size_t i = 0; i < options->server_count; i++) {
		const struct dc_live_server *server = &options->servers[i];
		char ip[DC_IP_TEXT_MAX], text[DC_IP_TEXT_MAX + 32], scope[16] = "";
		(void)dc_ip_format(server->ip, ip);
		if (server->scope)
			(void)snprintf(scope, sizeof scope, "%%%u", server->scope);
		(void)snprintf(text, sizeof text, "%s%s@%u", ip, scope, server->port);
		if (ub_ctx_set_fwd(ctx, text) != 0)
			return false;
	}
	return true;
}

static const char *set_up(struct ub_ctx *ctx, const struct dc_unbound_options *options)
{
	bool recurse = options->mode == DC_UNBOUND_RECURSE;
	if (!set_all(ctx, always) || !set_all(ctx, recurse ? recursion : forwarding) ||
	    !set_ports(ctx, recurse ? RECURSE_PORTS : FORWARD_PORTS))
		return "libunbound refuses a setting";
	if (recurse && !has_ipv6() && ub_ctx_set_option(ctx, "do-ip6:", "no") != 0)
		return "libunbound refuses a setting";
	if (ub_ctx_set_option(ctx, "module-config:", options->no_validation ? "iterator" : "validator iterator") != 0)
		return "libunbound refuses a setting";
	if (recurse && ub_ctx_set_option(ctx, "root-hints:", options->root_hints) != 0)
		return "the root hints cannot be used";
	if (!recurse && !set_forwarders(ctx, options))
		return "libunbound refuses a resolver";
	if (!options->no_validation && ub_ctx_add_ta_file(ctx, options->trust_anchor) != 0)
		return "the trust anchor cannot be used";
	for (const char *const *at = options->settings; at && at[0] && at[1]; at += 2)
		if (ub_ctx_set_option(ctx, at[0], at[1]) != 0)
			return "libunbound refuses a setting";
	return NULL;
}

static void ignore(void *user, int rcode, void *packet, int len, int sec, char *why_bogus, int limited)
{
}

/* The settings take effect with the first question. One that is answered on the spot makes that happen here. */
static bool settle(struct ub_ctx *ctx)
{
	return ub_resolve_event(ctx, "localhost.", DC_TYPE_A, 1, NULL, ignore, NULL) == 0;
}

/* libunbound sets variables of the process when a context is made, and drops the log of all when one is deleted. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static struct unbound_base *all_open;

const char *unbound_open(struct unbound_base *base, const struct dc_unbound_options *options)
{
	const char *why = "libunbound does not start";
	(void)pthread_mutex_lock(&one_at_a_time);
	base->ctx = ub_ctx_create_ub_event(&base->super);
	if (base->ctx) {
		unbound_log_to_memory(base->ctx);
		why = set_up(base->ctx, options);
		if (!why && !settle(base->ctx))
			why = "libunbound does not start: look at the root hints and the trust anchor";
		base->next = all_open;
		all_open = base;
	}
	(void)pthread_mutex_unlock(&one_at_a_time);
	if (why)
		unbound_close(base);
	return why;
}

void unbound_close(struct unbound_base *base)
{
	if (!base->ctx)
		return;
	(void)pthread_mutex_lock(&one_at_a_time);
	struct unbound_base **at = &all_open;
	while (*at != base)
		at = &(*at)->next;
	*at = base->next;
	ub_ctx_delete(base->ctx);
	base->ctx = NULL;
	if (all_open)
		unbound_log_to_memory(all_open->ctx);
	(void)pthread_mutex_unlock(&one_at_a_time);
}

/* ---- files ---- */

/* libunbound itself would complain with the first question only. `words` are record types, one of which must be there. */
static enum dc_status check_file(const char *path, const char *what, const char *const words[2], struct dc_error *err)
{
	char shown[256], bytes[FILE_LOOK_MAX];
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(bytes, 1, sizeof bytes, file) : 0;
	const char *why = !file && errno == ENOENT ? "no such file" : !file || ferror(file) ? "not readable" : NULL;
	if (file)
		(void)fclose(file);
	dc_escape_line(shown, sizeof shown, dc_slice_of(path));
	if (why)
		return dc_error_set(err, DC_ERR_IO, "cannot read the %s %s (%s): Debian has it in the package dns-root-data", what,
				    shown, why);
	for (size_t i = 0; i < 2; i++)
		if (memmem(bytes, len, words[i], strlen(words[i])))
			return DC_OK;
	return dc_error_set(err, DC_ERR_INPUT, "the %s %s hold no %s record", what, shown, words[0]);
}

enum dc_status unbound_check_options(const struct dc_unbound_options *options, struct dc_error *err)
{
	bool recurse = options->mode == DC_UNBOUND_RECURSE;
	if (options->server_count > DC_LIVE_SERVERS_MAX)
		return dc_error_set(err, DC_ERR_USAGE, "more than %d resolvers", DC_LIVE_SERVERS_MAX);
	if (!recurse && options->server_count == 0)
		return dc_error_set(err, DC_ERR_USAGE, "validation needs a resolver to ask through");
	if (recurse) {
		const char *path = options->root_hints ? options->root_hints : DC_UNBOUND_ROOT_HINTS;
		enum dc_status status = check_file(path, "root hints", (const char *const[]){"NS", "ns"}, err);
		if (status != DC_OK || options->no_validation)
			return status;
	}
	return check_file(options->trust_anchor ? options->trust_anchor : DC_UNBOUND_ROOT_KEY, "trust anchors",
			  (const char *const[]){"DS", "DNSKEY"}, err);
}
