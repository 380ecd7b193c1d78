/* See live_lab.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first. */
#include <cmocka.h>

#include "live_lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Ends above the standard three, which may be closed here. */
static void pipe_high(int ends[2])
{
	int low[2];
	assert_int_equal(pipe2(low, O_CLOEXEC), 0);
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 10);
		assert_true(ends[i] >= 10);
	}
	(void)close(low[0]);
	(void)close(low[1]);
}

/* True when the last whole line of `text` begins so. */
static bool ends_with_line(const char *text, size_t len, const char *last)
{
	if (len == 0 || text[len - 1] != '\n')
		return false;
	size_t start = len - 1;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	return strncmp(text + start, last, strlen(last)) == 0;
}

bool lab_spawn_talker(struct lab_server *server, const char *const *argv, const char *last, char *text, size_t size)
{
	int in[2], out[2];
	size_t n = 0;
	pipe_high(in);
	pipe_high(out);
	server->pid = fork();
	if (server->pid == 0) {
		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	server->stdin_fd = in[1];
	while (n < size - 1 && !ends_with_line(text, n, last) && read(out[0], text + n, 1) == 1)
		n++;
	text[n] = 0;
	(void)close(out[0]);
	return ends_with_line(text, n, last);
}

void lab_start(struct lab_server *server, const char *address, const char *mode)
{
	static const char script[] = DC_TEST_DIR "/hostile_dns.py";
	const char *argv[] = {"/usr/bin/python3", script, address, mode, NULL};
	char line[32];
	if (!lab_spawn_talker(server, argv, "", line, sizeof line))
		fail_msg("%s did not start", argv[1]);
	server->port = (uint16_t)atoi(line);
	(void)snprintf(server->text, sizeof server->text, strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, server->port);
}

void lab_stop(struct lab_server *server)
{
	(void)close(server->stdin_fd);
	(void)waitpid(server->pid, NULL, 0);
}

uint16_t lab_dead_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	(void)close(fd);
	return ntohs(address.sin_port);
}

uint64_t lab_clock_ms(void)
{
	struct timespec ts;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void done(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct lab_ask *ask = fetch->user;
	assert_non_null(answer);
	assert_true(dc_question_eq(&answer->question, &fetch->question));
	ask->calls++;
	dc_answer_unref(ask->answer);
	ask->answer = answer;
}

void lab_submit(struct dc_source *source, struct lab_ask *ask, enum dc_question_kind kind, const char *name, uint16_t type,
		const char *server)
{
	ask->answer = NULL;
	ask->calls = 0;
	(void)snprintf(ask->name, sizeof ask->name, "%s", name);
	(void)snprintf(ask->server, sizeof ask->server, "%s", server ? server : "");
	ask->fetch = (struct dc_fetch){.done = done, .user = ask};
	ask->fetch.question = (struct dc_question){kind, type, dc_slice_of(ask->name), dc_slice_of(ask->server)};
	assert_true(source->ops->claims(source, &ask->fetch.question));
	source->ops->submit(source, &ask->fetch);
}

static bool all_done(const struct lab_ask *asks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!asks[i].calls)
			return false;
	return true;
}

void lab_wait(struct dc_loop *loop, struct lab_ask *asks, size_t count, unsigned seconds)
{
	uint64_t end = lab_clock_ms() + seconds * 1000u;
	while (!all_done(asks, count)) {
		if (lab_clock_ms() > end)
			fail_msg("no answer within %u s", seconds);
		assert_true(dc_loop_run(loop, 100));
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(asks[i].calls, 1);
}

struct dc_answer *lab_ask_one(struct dc_loop *loop, struct dc_source *source, const char *name, uint16_t type)
{
	struct lab_ask ask;
	lab_submit(source, &ask, DC_ASK_DNS, name, type, NULL);
	lab_wait(loop, &ask, 1, 60);
	return ask.answer;
}
