/* Inside of the live source; nobody else includes this.
 *
 * live.c     the source: what waits, how much may be under way, what is handed back
 * live_ask.c one question: to whom, when again, which failure to believe
 * live_net.c servers, channels (c-ares), flights (one message on its way)
 * live_socket.c sockets, as c-ares asks for them
 * live_outbox.c datagrams that leave together
 * live_inbox.c datagrams that come together
 *
 * A pool is a set of servers that can stand in for each other: the resolvers, or one authoritative server. */
#ifndef DC_SOURCE_LIVE_PARTS_H
#define DC_SOURCE_LIVE_PARTS_H

#include <ares.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "dns/packet.h"
#include "source/live.h"

enum {
	LIVE_TURN = 8,             /* questions of one pool before the next has its turn */
	LIVE_SERVER_WINDOW = 64,   /* questions under way to one authoritative server */
	LIVE_BURST = 64,           /* messages sent without a look at what came: more overflow a resolver's socket buffer */
	LIVE_FIRST_WAIT_MS = 500,  /* then doubling */
	LIVE_ONE_SERVER_MS = 2000, /* for a question to one server; where port 53 is closed all are silent */
	LIVE_SLOW_WAIT_MS = 2000,  /* at most, for servers that are far away */
	LIVE_SPREAD_MS = 100,      /* around the usual time of a server, at least */
	LIVE_HEDGE_MS = 200,       /* a server silent this long to everybody is doubted, when there is another */
	LIVE_REFUSED_WAIT_MS = 100,/* before asking again where nobody listened; doubling */
	LIVE_REFUSED_MAX = 4,      /* times in all */
	LIVE_PROBE_MS = 1000,      /* how often a doubted server is tried again, beside the one that answers */
	LIVE_HOPS_MAX = 12,        /* further questions for CNAMEs that the server did not follow; resolvers stop at 11 */
	LIVE_PUSHBACK_MAX = 2,     /* times a REFUSED of a server that answers others is asked again: dnsmasq when busy */
	LIVE_WINDOW_START = 128,   /* grows by one an answer, after a loss by eight a window of answers */
	LIVE_WINDOW_STEP = 8,
	LIVE_WINDOW_LEAST = 500,   /* loss alone does not bring it lower: names that are slow to resolve look like loss */
	LIVE_EPOCH = 256,          /* answers between two looks at the loss */
	LIVE_LOSS_MAX = 32,        /* of them that needed a second try: more is taken for too much haste */
	LIVE_CHANNELS_MAX = 64,
	LIVE_STREAMS = 4,          /* TCP channels a server */
	LIVE_CHANNEL_USES = 20000, /* then a new socket: a new source port */
	LIVE_POOLS_MAX = 128,      /* authoritative servers with open sockets; idle ones make room */
	LIVE_ID_SLOTS = 256,
	LIVE_RECEIVE_MAX = 512,    /* datagrams of one socket before others have their turn */
	LIVE_INBOX = 16,           /* datagrams a system call */
	LIVE_EDNS_SIZE = 1232,     /* never fragmented (DNS flag day 2020) */
	LIVE_EDNS_LOOPBACK = 4096,
	LIVE_EDNS_COMPLAINTS = 3,  /* then a server that never showed EDNS is asked without */
	LIVE_TICK_MS = 250,        /* how exactly abandoned flights end */
};

struct pool;
struct ask;

/* One c-ares channel: one server, one socket. */
struct chan {
	struct dc_live *live;
	struct server *server;
	ares_channel ares;
	struct dc_watch watch;
	bool stream;        /* TCP */
	bool retired;       /* takes no new flights, goes when the last has ended */
	bool answered;      /* TCP: since the connection was opened */
	unsigned received;  /* datagrams since the socket was ready */
	unsigned out_count; /* in the outbox … */
	uint16_t out_first, out_last;
	int out_fd, out_error; /* … and what the kernel said of them, until c-ares knows */
	struct chan *out_next;
	unsigned uses;
	unsigned flights;
	int error;          /* errno of the last failure of a system call, 0 = none */
	struct flight *by_id[LIVE_ID_SLOTS];
	/* The head of the last datagram, until c-ares has found its question. */
	bool unclaimed;
	size_t datagram_len;
	uint8_t datagram[DC_PACKET_QUERY_MAX];
	struct flight *sending; /* inside ares_send: its callback comes too early */
	struct chan *next, *prev;
};

struct server {
	struct dc_live *live;
	struct pool *pool;
	unsigned index;
	struct dc_live_server address;
	struct sockaddr_storage sa;
	socklen_t sa_len;
	char text[DC_LIVE_SERVER_TEXT_MAX];
	struct chan *datagrams[LIVE_CHANNELS_MAX];
	struct chan *streams[LIVE_STREAMS];
	unsigned turn;
	uint64_t heard_ms;  /* when it last answered anything; 0 = never */
	uint64_t probed_ms;
	uint32_t answers;
	uint32_t rtt_ms, deviation_ms; /* smoothed, RFC 6298 2; both 0 = nothing known */
	bool doubted;       /* silent to everybody, or nobody listens there: asked after all others */
	uint16_t edns_size; /* what we can take from there */
	bool edns_seen, edns_off;
	unsigned edns_complaints;
};

struct pool {
	struct dc_live *live;
	struct server *servers;
	unsigned server_count;
	unsigned turn;            /* for options.spread */
	bool recursive;
	struct ask *head, *tail;  /* not yet sent */
	unsigned fresh, slow;     /* asks under way: waiting for a first reply; waiting longer */
	unsigned window, window_soft; /* grows fast below, slowly above */
	unsigned growth, epoch_answers, epoch_late;
	uint64_t shrunk_ms;
	uint64_t used_ms;
	struct pool *next;        /* list of authoritative servers */
};

/* One message on its way. */
struct flight {
	struct ask *ask;          /* NULL once the question has its answer */
	struct chan *chan;
	uint64_t sent_ms;
	uint16_t id, number;      /* number: which try of its question, from 1 */
	bool edns, probe, ended;
	struct flight *next_id, **prev_id;
	struct flight *next;      /* of the ask; of the free ones */
};

/* One question. */
struct ask {
	struct dc_live *live;
	struct dc_fetch *fetch;
	struct pool *pool;
	struct dc_question question;  /* name: of the fetch, or of the alias that is being followed */
	struct dc_answer *chain;      /* aliases followed so far */
	struct dc_answer *failure;    /* the most telling of those that came */
	struct flight *flights;
	struct dc_timer timer;
	uint64_t first_ms, deadline_ms;
	uint64_t sent_ms;             /* the last try */
	uint32_t wait_ms;             /* for its answer, from then on */
	struct server *last;
	struct server *stick;         /* the next try goes to this one */
	uint8_t tried[DC_LIVE_SERVERS_MAX];
	uint32_t failed;              /* servers whose answer was a failure, a bit each */
	uint16_t tries, total_tries, hops, unreachable, pushbacks;
	bool waiting;                 /* the timer ends a wait; else it starts a try */
	bool late;                    /* answered, but not to the first try */
	bool slow, plain, stream, mangled, hedging, hedged;
	int error;
	struct ask *next, *prev;      /* in the queue of the pool; list of all that are under way; list of the finished */
	struct dc_answer *answer;     /* finished */
};

struct dc_live {
	struct dc_source source;
	struct dc_loop *loop;
	struct dc_live_options options;
	struct dc_live_server addresses[DC_LIVE_SERVERS_MAX];
	struct dc_arena *scratch;
	struct pool *resolvers;       /* NULL when there are none */
	struct pool *pools;           /* authoritative servers, the last used first */
	unsigned pool_count;
	struct ask *under_way;
	struct ask *done_head, *done_tail;
	struct dc_timer pump_timer, tick_timer;
	struct chan *chans;           /* all there are */
	unsigned retired;             /* of them; freed when nothing of c-ares is on the stack */
	struct ask *free_asks;
	struct flight *free_flights;
	unsigned flights;
	unsigned burst;
	int64_t tokens_micro;         /* millionths of a message */
	uint64_t tokens_ms;
	unsigned depth;               /* calls on the stack that need this object afterwards */
	bool dead;                    /* freed by a handler: goes when depth is 0 */
	struct live_outbox *outbox;
	struct live_inbox *inbox;
	uint16_t ids[256];
	unsigned ids_left;
	uint64_t answers;             /* that came */
};

/* live.c */
void live_enter(struct dc_live *live);
void live_leave(struct dc_live *live);      /* hands back what is finished, sends what waits; *live may be gone after */
void live_finish(struct ask *ask, struct dc_answer *answer); /* takes over `answer`; NULL = no memory */
/* The server has more than it can do: half the window, not below `least`. */
void live_shrink_window(struct pool *pool, unsigned least);
void live_spend(struct dc_live *live);      /* one message of the rate */

/* live_ask.c */
void ask_begin(struct ask *ask);
void ask_heard(struct ask *ask, struct flight *flight, const uint8_t *wire, size_t len);
void ask_unreachable(struct ask *ask, struct flight *flight);

/* live_net.c */
struct pool *live_pool_new(struct dc_live *live, const struct dc_live_server *servers, size_t count, bool recursive);
void live_pool_free(struct pool *pool);
/* No flight of `ask` knows it any more. */
void live_forget_flights(struct ask *ask);
/* Sends ask->question to `server`; what comes reaches ask_heard or ask_unreachable later, never before this returns.
 * False when it could not be sent; ask->error says why. */
bool live_send(struct ask *ask, struct server *server, bool stream, bool probe);
/* It complained of EDNS. */
void live_doubt_edns(struct server *server);
void live_bury(struct dc_live *live);       /* frees retired channels without flights */
void live_close_all(struct dc_live *live);  /* at the end */
void live_tick(struct dc_live *live);       /* lets c-ares end what nobody waits for */
/* A datagram that c-ares did not take for the answer to anything, if there is one. */
void live_claim(struct chan *chan);

/* live_outbox.c */
bool live_outbox_open(struct dc_live *live);
void live_outbox_close(struct dc_live *live);
/* The datagram is sent when the loop is about to wait. False: it has to be sent at once. */
bool live_outbox_put(struct chan *chan, int fd, const struct iovec *vector, int count);
void live_outbox_forget(struct chan *chan); /* its socket goes */

/* live_inbox.c */
bool live_inbox_open(struct dc_live *live);
void live_inbox_close(struct dc_live *live);
/* Like recvfrom(2) from a socket of datagrams, but from several at a time. */
ssize_t live_inbox_take(struct chan *chan, int fd, void *bytes, size_t size, struct sockaddr *from, socklen_t *from_len);
bool live_inbox_holds(const struct chan *chan); /* something that was not taken yet */
void live_inbox_forget(struct chan *chan);

/* live_socket.c */
extern const struct ares_socket_functions live_socket_functions;
const char *live_error_words(int error);

#endif
