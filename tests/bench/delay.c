/* A DNS forwarder over UDP whose answers come late or never, for benches: dnsdist delays some ten thousand answers a second,
 * less than the program under test asks for.
 *
 * usage: delay MILLISECONDS LISTEN-ADDRESS PORT UPSTREAM-ADDRESS PORT [PER-CENT-LOST]
 *
 * What is lost is drawn for each question and for each answer, from a fixed seed.
 *
 * Each question gets an id of its own on the way to the upstream; an answer is held until its time has come. All delays are
 * the same, so a queue in order of arrival is enough. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
	BATCH = 64,
	PACKET_MAX = 4096,
	IDS = 65536,
	SOCKET_OCTETS = 8 << 20,
};

struct client {
	struct sockaddr_in address;
	uint16_t id;
};

struct late {
	struct late *next;
	struct sockaddr_in to;
	uint64_t due_us;
	size_t len;
	unsigned char bytes[];
};

static struct client clients[IDS];
static struct late *first, **last = &first;
static unsigned char packets[BATCH][PACKET_MAX];
static struct mmsghdr heads[BATCH];
static struct iovec pieces[BATCH];
static struct sockaddr_in addresses[BATCH];

static unsigned per_cent_lost;

static int is_lost(void)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % 100 < per_cent_lost;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static struct sockaddr_in address_of(const char *host, const char *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		exit(2);
	return address;
}

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), octets = SOCKET_OCTETS;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &octets, sizeof(octets));
	return fd;
}

static int receive(int fd)
{
	for (int i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){packets[i], PACKET_MAX};
		heads[i].msg_hdr = (struct msghdr){.msg_name = &addresses[i], .msg_namelen = sizeof(addresses[i]),
						   .msg_iov = &pieces[i], .msg_iovlen = 1};
	}
	return recvmmsg(fd, heads, BATCH, MSG_DONTWAIT, NULL);
}

static void send_all(int fd, int count)
{
	for (int sent = 0; sent < count;) {
		int n = sendmmsg(fd, heads + sent, (unsigned)(count - sent), 0);

		sent += n > 0 ? n : 1;
	}
}

static void take_questions(int front, int back)
{
	static uint16_t id;
	int count = receive(front), kept = 0;

	for (int i = 0; i < count; i++) {
		struct client *client = &clients[++id];

		client->address = addresses[i];
		memcpy(&client->id, packets[i], 2);
		memcpy(packets[i], &id, 2);
		pieces[i].iov_len = heads[i].msg_len;
		if (is_lost())
			continue;
		heads[kept].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
		kept++;
	}
	if (kept > 0)
		send_all(back, kept);
}

static void take_answers(int back, uint64_t delay_us)
{
	int count = receive(back);
	uint64_t due_us = now_us() + delay_us;

	for (int i = 0; i < count; i++) {
		if (is_lost())
			continue;
		/* NOLINTNEXTLINE(analyzer-malloc-leak): the one before hangs on the list, whose end is `last` */
		struct late *late = malloc(sizeof(*late) + heads[i].msg_len);
		uint16_t id;

		if (!late || heads[i].msg_len < 12)
			exit(3);
		memcpy(&id, packets[i], 2);
		memcpy(packets[i], &clients[id].id, 2);
		*late = (struct late){.to = clients[id].address, .due_us = due_us, .len = heads[i].msg_len};
		memcpy(late->bytes, packets[i], late->len);
		*last = late;
		last = &late->next;
	}
	/* NOLINTNEXTLINE(analyzer-malloc-leak): what is late hangs on the list, whose end `last` is */
}

static void send_due(int front)
{
	struct late *held[BATCH];
	uint64_t now = now_us();
	int count = 0;

	while (first && first->due_us <= now && count < BATCH) {
		struct late *late = held[count] = first;

		pieces[count] = (struct iovec){late->bytes, late->len};
		heads[count].msg_hdr = (struct msghdr){.msg_name = &late->to, .msg_namelen = sizeof(late->to),
						       .msg_iov = &pieces[count], .msg_iovlen = 1};
		count++;
		first = late->next;
		if (!first)
			last = &first;
	}
	send_all(front, count);
	while (count > 0)
		free(held[--count]);
}

int main(int argc, char **argv)
{
	struct sockaddr_in here, there;
	int front = open_socket(), back = open_socket();
	uint64_t delay_us;

	if (argc != 6 && argc != 7)
		return 2;
	per_cent_lost = argc == 7 ? (unsigned)atoi(argv[6]) : 0;
	delay_us = 1000 * (uint64_t)atoi(argv[1]);
	here = address_of(argv[2], argv[3]);
	there = address_of(argv[4], argv[5]);
	if (bind(front, (struct sockaddr *)&here, sizeof(here)) || connect(back, (struct sockaddr *)&there, sizeof(there))) {
		perror("delay");
		return 1;
	}
	for (;;) {
		struct pollfd ready[2] = {{.fd = front, .events = POLLIN}, {.fd = back, .events = POLLIN}};
		uint64_t now = now_us();
		int wait_ms = !first ? -1 : first->due_us <= now ? 0 : (int)((first->due_us - now) / 1000 + 1);

		if (poll(ready, 2, wait_ms) < 0 && errno != EINTR)
			return 1;
		if (ready[0].revents)
			take_questions(front, back);
		if (ready[1].revents)
			take_answers(back, delay_us);
		send_due(front);
	}
}
