/* Servers, channels and flights of the live source: everything that knows c-ares.
 *
 * A channel has one server, one socket and one try a message: who is asked next and when is decided in live_ask.c, since
 * c-ares takes the tries of all its messages at a single ICMP error and cannot end one message early. Truncated answers
 * come here too (IGNTC), and TCP has channels of its own: c-ares closes both sockets when one fails. */
#include "source/live_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>

static uint16_t random_id(struct dc_live *live)
{
	if (live->ids_left == 0) {
		if (getrandom(live->ids, sizeof live->ids, 0) != (ssize_t)sizeof live->ids)
			arc4random_buf(live->ids, sizeof live->ids); /* aborts rather than being guessable */
		live->ids_left = sizeof live->ids / sizeof *live->ids;
	}
	return live->ids[--live->ids_left];
}

/* ---- channels ---- */

static void on_ready(struct dc_watch *watch, bool readable, bool writable)
{
	struct chan *chan = watch->user;
	struct dc_live *live = chan->live;
	uint64_t before = live->answers;
	live_enter(live);
	chan->received = 0;
	ares_process_fd(chan->ares, readable ? watch->fd : ARES_SOCKET_BAD, writable ? watch->fd : ARES_SOCKET_BAD);
	for (int i = 0; i < LIVE_INBOX && live_inbox_holds(chan); i++) /* c-ares stops at one that comes from elsewhere */
		ares_process_fd(chan->ares, watch->fd, ARES_SOCKET_BAD);
	live_inbox_forget(chan);
	live_claim(chan);
	/* An answer makes room for a question: so the server sets the pace. */
	uint64_t came = live->answers - before;
	live->burst = live->burst > came ? live->burst - (unsigned)came : 0;
	live_leave(live);
}

static void on_socket_state(void *user, ares_socket_t fd, int readable, int writable)
{
	struct chan *chan = user;
	if (chan->watch.watching && chan->watch.fd != fd)
		(void)dc_loop_watch(chan->live->loop, &chan->watch, false, false);
	chan->watch.fd = fd;
	(void)dc_loop_watch(chan->live->loop, &chan->watch, readable, writable);
}

static bool open_ares(struct chan *chan)
{
	struct in_addr dummy = {0};
	char lookups[] = "b";
	/* Everything is given, so that no configuration file is read. */
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS | ARES_FLAG_STAYOPEN |
			 ARES_FLAG_NOCHECKRESP | (chan->stream ? ARES_FLAG_USEVC : ARES_FLAG_IGNTC),
		.timeout = (int)chan->live->options.timeout_ms + LIVE_TICK_MS,
		.tries = 1,
		.ndots = 1,
		.servers = &dummy,
		.nservers = 1,
		.lookups = lookups,
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = chan,
		.ednspsz = chan->server->edns_size,
	};
	struct ares_addr_port_node node = {.udp_port = chan->server->address.port, .tcp_port = chan->server->address.port};
	node.family = chan->server->address.ip.family == 6 ? AF_INET6 : AF_INET;
	memcpy(&node.addr, chan->server->address.ip.octets, sizeof node.addr);
	if (ares_init_options(&chan->ares, &options,
			      ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_SERVERS |
				      ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SORTLIST |
				      ARES_OPT_EDNSPSZ | ARES_OPT_NOROTATE) != ARES_SUCCESS)
		return false;
	ares_set_socket_functions(chan->ares, &live_socket_functions, chan);
	if (ares_set_servers_ports(chan->ares, &node) == ARES_SUCCESS)
		return true;
	ares_destroy(chan->ares);
	return false;
}

static struct chan *chan_new(struct server *server, bool stream)
{
	struct dc_live *live = server->live;
	struct chan *chan = calloc(1, sizeof *chan);
	if (!chan)
		return NULL;
	chan->live = live;
	chan->server = server;
	chan->stream = stream;
	chan->watch = (struct dc_watch){.fd = -1, .ready = on_ready, .user = chan};
	if (!open_ares(chan)) {
		free(chan);
		return NULL;
	}
	chan->next = live->chans;
	if (chan->next)
		chan->next->prev = chan;
	live->chans = chan;
	return chan;
}

static void chan_free(struct chan *chan)
{
	struct dc_live *live = chan->live;
	ares_destroy(chan->ares);
	if (chan->prev)
		chan->prev->next = chan->next;
	else
		live->chans = chan->next;
	if (chan->next)
		chan->next->prev = chan->prev;
	free(chan);
}

/* Takes the channel out of its server; a new one will take its place. */
static void retire(struct chan *chan)
{
	if (chan->retired)
		return;
	struct server *server = chan->server;
	for (size_t i = 0; i < LIVE_CHANNELS_MAX; i++)
		if (server->datagrams[i] == chan)
			server->datagrams[i] = NULL;
	for (size_t i = 0; i < LIVE_STREAMS; i++)
		if (server->streams[i] == chan)
			server->streams[i] = NULL;
	chan->retired = true;
	chan->live->retired++;
}

void live_bury(struct dc_live *live)
{
	struct chan *next;
	for (struct chan *chan = live->chans; chan && live->retired; chan = next) {
		next = chan->next;
		if (!chan->retired || chan->flights)
			continue;
		live->retired--;
		chan_free(chan);
	}
}

void live_close_all(struct dc_live *live)
{
	while (live->chans)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): chan_free takes it out of live->chans */
		chan_free(live->chans); /* its flights end with ARES_EDESTRUCTION */
}

void live_tick(struct dc_live *live)
{
	for (struct chan *chan = live->chans; chan; chan = chan->next)
		if (chan->flights)
			ares_process_fd(chan->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* Datagrams go round all channels: that is what makes the source port hard to guess. Streams: the least busy one. */
static struct chan *pick_chan(struct server *server, bool stream)
{
	struct chan **slot;
	if (!stream) {
		slot = &server->datagrams[server->turn++ % server->live->options.channels];
	} else {
		slot = &server->streams[0];
		for (size_t i = 0; i < LIVE_STREAMS && *slot && (*slot)->flights; i++)
			if (!server->streams[i] || server->streams[i]->flights < (*slot)->flights)
				slot = &server->streams[i];
	}
	if (*slot && (*slot)->uses >= LIVE_CHANNEL_USES)
		retire(*slot);
	if (!*slot)
		*slot = chan_new(server, stream);
	return *slot;
}

/* ---- flights ---- */

static struct flight *flight_new(struct ask *ask, struct chan *chan, uint16_t id)
{
	struct dc_live *live = ask->live;
	struct flight *flight = live->free_flights;
	if (flight)
		live->free_flights = flight->next;
	else if (!(flight = malloc(sizeof *flight)))
		return NULL;
	struct flight **head = &chan->by_id[id % LIVE_ID_SLOTS];
	*flight = (struct flight){.ask = ask, .chan = chan, .sent_ms = dc_loop_now_ms(live->loop), .id = id,
				  .number = ask->tries, .next_id = *head, .prev_id = head, .next = ask->flights};
	if (*head)
		(*head)->prev_id = &flight->next_id;
	*head = flight;
	ask->flights = flight;
	chan->flights++;
	live->flights++;
	return flight;
}

static void flight_leave_ask(struct flight *flight)
{
	if (!flight->ask)
		return;
	struct flight **at = &flight->ask->flights;
	while (*at != flight)
		at = &(*at)->next;
	*at = flight->next;
	flight->ask = NULL;
}

static void flight_end(struct flight *flight)
{
	struct dc_live *live = flight->chan->live;
	flight_leave_ask(flight);
	*flight->prev_id = flight->next_id;
	if (flight->next_id)
		flight->next_id->prev_id = flight->prev_id;
	flight->chan->flights--;
	live->flights--;
	flight->next = live->free_flights;
	live->free_flights = flight;
}

void live_forget_flights(struct ask *ask)
{
	for (struct flight *flight = ask->flights; flight; flight = flight->next)
		flight->ask = NULL;
	ask->flights = NULL;
}

static void on_answer(void *user, int status, int timeouts, unsigned char *wire, int len)
{
	struct flight *flight = user;
	struct chan *chan = flight->chan;
	struct ask *ask = flight->ask;
	if (status == ARES_SUCCESS) {
		chan->unclaimed = false;
		chan->answered = true;
		chan->live->answers++;
		if (chan->server) {
			chan->server->heard_ms = dc_loop_now_ms(chan->live->loop);
			chan->server->doubted = false;
			chan->server->answers++;
		}
		flight_leave_ask(flight);
		if (ask)
			ask_heard(ask, flight, wire, (size_t)len);
	} else if (chan->sending == flight) {
		flight->ended = true; /* live_send says so */
		return;
	} else if (ask && status != ARES_ETIMEOUT && status != ARES_EDESTRUCTION) {
		flight_leave_ask(flight);
		ask_unreachable(ask, flight);
	}
	flight_end(flight);
}

/* A datagram that c-ares did not take for the answer to anything. */
void live_claim(struct chan *chan)
{
	const uint8_t *wire = chan->datagram;
	size_t len = chan->datagram_len;
	if (!chan->unclaimed)
		return;
	chan->unclaimed = false;
	if (len < 2)
		return;
	uint16_t id = (uint16_t)(wire[0] << 8 | wire[1]);
	struct flight *next;
	for (struct flight *flight = chan->by_id[id % LIVE_ID_SLOTS]; flight; flight = next) {
		struct ask *ask = flight->ask;
		next = flight->next_id;
		if (flight->id != id || !ask || !chan->server)
			continue;
		if (len >= 12 && (wire[4] | wire[5]) == 0 && (wire[3] & 0x0f) != 0) {
			chan->server->heard_ms = dc_loop_now_ms(chan->live->loop);
			flight_leave_ask(flight);
			ask_heard(ask, flight, wire, len); /* a bare refusal, without the question */
		} else if (dc_packet_matches(wire, len, &ask->question)) {
			/* FORMERR without OPT: c-ares has sent it again without EDNS, and has given up EDNS for the channel. */
			flight->edns = false;
			ask->plain = true;
			live_doubt_edns(chan->server);
			retire(chan);
		} else {
			ask->mangled = true;
		}
	}
}

void live_doubt_edns(struct server *server)
{
	if (!server->edns_seen && ++server->edns_complaints >= LIVE_EDNS_COMPLAINTS)
		server->edns_off = true;
}

bool live_send(struct ask *ask, struct server *server, bool stream, bool probe)
{
	uint8_t wire[DC_PACKET_QUERY_MAX];
	bool edns = !ask->plain && !server->edns_off;
	struct dc_packet_query query = {random_id(ask->live), server->pool->recursive, edns ? server->edns_size : 0};
	size_t len = dc_packet_query(&query, &ask->question, wire);
	struct chan *chan = pick_chan(server, stream);
	struct flight *flight = chan ? flight_new(ask, chan, query.id) : NULL;
	if (!flight) {
		ask->error = ENOMEM;
		return false;
	}
	flight->edns = edns;
	flight->probe = probe;
	chan->uses++;
	chan->sending = flight;
	ares_send(chan->ares, wire, (int)len, on_answer, flight);
	chan->sending = NULL;
	if (!flight->ended)
		return true;
	ask->error = chan->error;
	flight_end(flight);
	return false;
}

/* ---- pools ---- */

static void set_address(struct server *server, const struct dc_live_server *address)
{
	const char *special = dc_ip_special(address->ip);
	bool loopback = special && strcmp(special, "loopback") == 0;
	server->address = *address;
	server->edns_size = loopback ? LIVE_EDNS_LOOPBACK : LIVE_EDNS_SIZE;
	if (address->ip.family == 6) {
		struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&server->sa;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(address->port);
		v6->sin6_scope_id = address->scope;
		memcpy(&v6->sin6_addr, address->ip.octets, 16);
		server->sa_len = sizeof *v6;
	} else {
		struct sockaddr_in *v4 = (struct sockaddr_in *)&server->sa;
		v4->sin_family = AF_INET;
		v4->sin_port = htons(address->port);
		memcpy(&v4->sin_addr, address->ip.octets, 4);
		server->sa_len = sizeof *v4;
	}
	(void)dc_live_server_format(address, server->text);
}

struct pool *live_pool_new(struct dc_live *live, const struct dc_live_server *servers, size_t count, bool recursive)
{
	struct pool *pool = calloc(1, sizeof *pool);
	if (!pool)
		return NULL;
	pool->servers = calloc(count, sizeof *pool->servers);
	if (!pool->servers) {
		free(pool);
		return NULL;
	}
	pool->live = live;
	pool->server_count = (unsigned)count;
	pool->recursive = recursive;
	pool->window = live->options.window < LIVE_WINDOW_START ? live->options.window : LIVE_WINDOW_START;
	pool->window_soft = live->options.window;
	for (unsigned i = 0; i < count; i++) {
		pool->servers[i].live = live;
		pool->servers[i].pool = pool;
		pool->servers[i].index = i;
		set_address(&pool->servers[i], &servers[i]);
	}
	return pool;
}

void live_pool_free(struct pool *pool)
{
	if (!pool)
		return;
	for (struct chan *chan = pool->live->chans; chan; chan = chan->next)
		if (chan->server && chan->server->pool == pool) {
			retire(chan);
			chan->server = NULL;
		}
	free(pool->servers);
	free(pool);
}
