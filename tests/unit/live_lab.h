/* What the tests of the live sources share: servers that misbehave, and a way to ask and wait. */
#ifndef TESTS_UNIT_LIVE_LAB_H
#define TESTS_UNIT_LIVE_LAB_H

#include "source/live.h"

struct lab_server {
	int pid, stdin_fd;
	uint16_t port;
	char text[64]; /* "127.0.0.1:PORT" */
};

/* Starts tests/unit/hostile_dns.py on `address`; `mode` may be NULL. Fails the test when it does not come up. */
void lab_start(struct lab_server *server, const char *address, const char *mode);
void lab_stop(struct lab_server *server);

/* Starts argv and reads what it prints until a line that begins with `last`; false when it ends before. */
bool lab_spawn_talker(struct lab_server *server, const char *const *argv, const char *last, char *text, size_t size);

/* A UDP port of 127.0.0.1 where nobody listens. */
uint16_t lab_dead_port(void);

struct lab_ask {
	struct dc_fetch fetch;
	struct dc_answer *answer;
	unsigned calls;
	char name[1100], server[100];
};

/* Sends the question; lab_wait runs the loop until all `count` asks have their answers. */
void lab_submit(struct dc_source *source, struct lab_ask *ask, enum dc_question_kind kind, const char *name, uint16_t type,
		const char *server);
void lab_wait(struct dc_loop *loop, struct lab_ask *asks, size_t count, unsigned seconds);
/* One question and its answer; free with dc_answer_unref. */
struct dc_answer *lab_ask_one(struct dc_loop *loop, struct dc_source *source, const char *name, uint16_t type);
uint64_t lab_clock_ms(void);

#endif
