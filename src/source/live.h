/* DNS over the network: c-ares carries the messages, this file's options say to whom and how patiently.
 *
 * Claims DC_ASK_DNS (put to the resolvers, RD and AD set) and DC_ASK_SERVER (put to the one server that the question
 * names, RD off, aliases not followed; over TCP alone when it begins with "tcp:", without EDNS when with "plain:").
 * One dc_live belongs to one loop and one thread. */
#ifndef DC_SOURCE_LIVE_H
#define DC_SOURCE_LIVE_H

#include "base/ip.h"
#include "source/loop.h"
#include "source/source.h"

enum {
	DC_LIVE_SERVERS_MAX = 8,      /* resolvers of one run; glibc takes 3 */
	DC_LIVE_SERVER_TEXT_MAX = 96, /* "[V6%SCOPE]:PORT" */
	DC_LIVE_TIMEOUT_MS = 5000,
	DC_LIVE_RETRIES = 5, /* of a hundred thousand questions none is lost at 5 % loss, and one in 15,000 at 20 % */
	DC_LIVE_CHANNELS = 8,
	DC_LIVE_WINDOW = 2000,
};

struct dc_live_server {
	struct dc_ip ip;
	uint16_t port;
	uint32_t scope; /* interface index of a link-local IPv6 address, else 0 */
};

/* "ADDR", "ADDR:PORT", "[V6]:PORT", "V6%INTERFACE"; the port defaults to 53. The error line quotes the text. */
enum dc_status dc_live_server_parse(struct dc_slice text, struct dc_live_server *ret_server, struct dc_error *err);
/* "192.0.2.1:53", "[2001:db8::1]:53"; NUL-terminated into `text`. */
struct dc_slice dc_live_server_format(const struct dc_live_server *server, char text[DC_LIVE_SERVER_TEXT_MAX]);

/* Zero means the default above. */
struct dc_live_options {
	const struct dc_live_server *servers; /* copied; in the order of preference */
	size_t server_count;      /* 0 is allowed: then only DC_ASK_SERVER is claimed */
	uint32_t timeout_ms;      /* for one question, all tries together */
	int retries;              /* tries beyond the first; -1 = none */
	unsigned channels;        /* sockets (random source ports) a resolver, at most 64 */
	unsigned window;          /* questions that wait for their first reply; four times as many may wait in all */
	unsigned max_qps;         /* messages a second, tries included; 0 = no limit */
	bool spread;              /* over all resolvers in turn; else the first that is well gets all */
	struct dc_ip bind;        /* local address to send from; family 0 = any */
};

/* Never touches the network by itself. NULL with *err set when an option is impossible or memory is short. The loop must
 * outlive the source. */
struct dc_source *dc_live_new(struct dc_loop *loop, const struct dc_live_options *options, struct dc_error *err);

#endif
