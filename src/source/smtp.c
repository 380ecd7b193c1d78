/* The SMTP source: connections without blocking, one a server address at a time, bounded in number, octets and time. */
#include "source/smtp_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void start_waiting(struct smtp *smtp);
static bool open_connection(struct talk *talk);

static const char *step_name(enum talk_step step)
{
	static const char *const names[] = {"connect", "banner", "ehlo", "starttls", "tls", "tls-ehlo", "quit"};
	return names[step];
}

static const char *words_of(int error)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ECONNREFUSED, "connection refused"}, {ENETUNREACH, "network unreachable"}, {EHOSTUNREACH, "host unreachable"},
		{ECONNRESET, "connection reset"},     {ETIMEDOUT, "connection timed out"},  {EPIPE, "closed"},
		{EACCES, "not permitted"},            {EPERM, "not permitted"},             {EMFILE, "too many open files"},
		{EADDRNOTAVAIL, "no local address"},  {EAFNOSUPPORT, "no such address family here"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].error == error)
			return rows[i].words;
	return "system error";
}

/* ---- the end of a talk ---- */

static void talk_free(struct talk *talk)
{
	dc_tls_free(talk->tls);
	dc_buf_free(&talk->said);
	free(talk);
}

static void close_connection(struct talk *talk)
{
	struct dc_loop *loop = talk->smtp->loop;
	dc_loop_disarm(loop, &talk->timer);
	if (talk->watch.fd >= 0) {
		if (talk->under_tls) { /* a polite end, if the socket takes it at once */
			char octets[256];
			dc_tls_shutdown(talk->tls);
			size_t len = dc_tls_drain(talk->tls, octets, sizeof octets);
			if (len)
				(void)send(talk->watch.fd, octets, len, MSG_NOSIGNAL);
		}
		(void)dc_loop_watch(loop, &talk->watch, false, false);
		(void)close(talk->watch.fd);
		talk->watch.fd = -1;
	}
	dc_tls_free(talk->tls);
	talk->tls = NULL;
	talk->under_tls = false;
}

/* What came, or why nothing did. `how` when nobody was heard: static words. */
static struct dc_answer *answer_of(const struct talk *talk, enum dc_outcome outcome, const char *how)
{
	struct dc_answer draft = {.question = talk->fetch->question, .outcome = outcome, .ede = -1, .tries = 1};
	uint64_t elapsed_ms = dc_loop_now_ms(talk->smtp->loop) - talk->began_ms;
	draft.elapsed_ms = elapsed_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)elapsed_ms;
	draft.via = talk->via;
	draft.detail = outcome == DC_OUTCOME_ANSWER ? (struct dc_slice){0} : dc_slice_of(how);
	if (talk->said.status == DC_OK && outcome != DC_OUTCOME_NOT_ASKED)
		draft.data = dc_buf_slice(&talk->said);
	return dc_answer_new(&draft);
}

static enum dc_outcome outcome_of(const struct talk *talk, const char *how)
{
	if (talk->heard)
		return DC_OUTCOME_ANSWER;
	if (strcmp(how, "garbage") == 0 || strcmp(how, "flood") == 0)
		return DC_OUTCOME_MALFORMED;
	if (strcmp(how, "connection refused") == 0 || strcmp(how, "closed") == 0 || strcmp(how, "connection reset") == 0)
		return DC_OUTCOME_REFUSED;
	return DC_OUTCOME_TIMEOUT;
}

static void hand_over(struct talk *talk, enum dc_outcome outcome, const char *how)
{
	struct dc_fetch *fetch = talk->fetch;
	if (talk->said.status != DC_OK && outcome == DC_OUTCOME_ANSWER) {
		outcome = DC_OUTCOME_MALFORMED;
		how = "more was said than is kept";
	}
	struct dc_answer *answer = answer_of(talk, outcome, how);
	talk_free(talk);
	if (answer) /* without memory nothing can be said at all: the audit's time budget ends the wait */
		fetch->done(fetch, answer);
}

void talk_over(struct talk *talk, const char *how)
{
	struct smtp *smtp = talk->smtp;
	if (talk->old) {
		/* Closed in the middle of the handshake: that is how many say no. */
		if (talk->step == STEP_TLS && (strcmp(how, "closed") == 0 || strcmp(how, "connection reset") == 0))
			dc_buf_puts(&talk->said, "old-tls refused\n");
	} else {
		bool done = talk->quitting && strcmp(how, "flood") != 0;
		dc_buf_printf(&talk->said, "end %s %s\n", step_name(talk->step), done ? "done" : how);
	}
	close_connection(talk);
	if (!talk->old && talk->modern) {
		talk->old = true;
		talk->quitting = false;
		if (open_connection(talk))
			return;
	}
	*(talk->prev ? &talk->prev->next : &smtp->under_way) = talk->next;
	if (talk->next)
		talk->next->prev = talk->prev;
	smtp->count--;
	hand_over(talk, outcome_of(talk, how), how);
	start_waiting(smtp);
}

static void time_up(struct dc_timer *timer)
{
	struct talk *talk = timer->user;
	if (talk->step == STEP_CONNECT && talk->target.port == 25)
		talk->smtp->port_25_silent++;
	talk_over(talk, "timeout");
}

void talk_step(struct talk *talk, enum talk_step step)
{
	uint64_t now_ms = dc_loop_now_ms(talk->smtp->loop), wait_ms = talk->smtp->options.timeout_ms;
	talk->step = step;
	if (step == STEP_QUIT && wait_ms > QUIT_MS)
		wait_ms = QUIT_MS;
	if (step == STEP_CONNECT && wait_ms > CONNECT_MS)
		wait_ms = CONNECT_MS;
	if (now_ms + wait_ms > talk->deadline_ms)
		wait_ms = talk->deadline_ms > now_ms ? talk->deadline_ms - now_ms : 0;
	dc_loop_arm(talk->smtp->loop, &talk->timer, wait_ms);
}

/* ---- octets ---- */

/* Sends what waits; the rest when the socket can take it. */
static bool flush(struct talk *talk)
{
	for (;;) {
		if (talk->tls && talk->out_len < sizeof talk->out)
			talk->out_len += dc_tls_drain(talk->tls, talk->out + talk->out_len, sizeof talk->out - talk->out_len);
		if (!talk->out_len)
			return dc_loop_watch(talk->smtp->loop, &talk->watch, true, false);
		ssize_t sent = send(talk->watch.fd, talk->out, talk->out_len, MSG_NOSIGNAL);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return dc_loop_watch(talk->smtp->loop, &talk->watch, true, true);
		if (sent < 0) {
			talk_over(talk, words_of(errno));
			return false;
		}
		memmove(talk->out, talk->out + sent, talk->out_len - (size_t)sent);
		talk->out_len -= (size_t)sent;
	}
}

bool talk_send(struct talk *talk, struct dc_slice text)
{
	if (talk->under_tls) {
		if (text.len && !dc_tls_write(talk->tls, text)) {
			talk_over(talk, "TLS failed");
			return false;
		}
	} else if (text.len && text.len <= sizeof talk->out - talk->out_len) {
		memcpy(talk->out + talk->out_len, text.ptr, text.len);
		talk->out_len += text.len;
	}
	return flush(talk);
}

/* Plain text out of TLS until there is no more. */
static bool read_tls(struct talk *talk)
{
	char octets[4096];
	size_t len;
	for (;;) {
		enum dc_tls_result result = dc_tls_read(talk->tls, octets, sizeof octets, &len);
		if (result == DC_TLS_WANTS_MORE)
			return flush(talk);
		if (result == DC_TLS_FAILED || !len) {
			talk_over(talk, result == DC_TLS_FAILED ? "TLS failed" : "closed");
			return false;
		}
		if (!talk_hear(talk, octets, len))
			return false;
	}
}

static bool take_in(struct talk *talk, const char *octets, size_t len)
{
	if (!talk->tls)
		return talk_hear(talk, octets, len);
	if (!dc_tls_feed(talk->tls, octets, len)) {
		talk_over(talk, "out of memory");
		return false;
	}
	if (!talk->under_tls && (!talk_shake(talk) || !talk->under_tls))
		return false; /* over, or more is needed */
	return read_tls(talk);
}

static bool is_connected(struct talk *talk)
{
	int error = 0;
	socklen_t len = sizeof error;
	if (getsockopt(talk->watch.fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error) {
		talk_over(talk, words_of(error));
		return false;
	}
	talk->smtp->port_25_open |= talk->target.port == 25;
	return dc_loop_watch(talk->smtp->loop, &talk->watch, true, false) && talk_begin(talk);
}

static void ready(struct dc_watch *watch, bool readable, bool writable)
{
	struct talk *talk = watch->user;
	char octets[READ_SIZE];
	if (talk->step == STEP_CONNECT) {
		(void)is_connected(talk);
		return;
	}
	if (writable && !flush(talk))
		return;
	if (!readable)
		return;
	ssize_t len = recv(watch->fd, octets, sizeof octets, 0);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		talk_over(talk, len < 0 ? words_of(errno) : "closed");
		return;
	}
	talk->octets += (size_t)len;
	if (talk->octets > TALK_OCTETS_MAX)
		talk_over(talk, "flood");
	else
		(void)take_in(talk, octets, (size_t)len);
}

/* ---- the beginning of a talk ---- */

static uint16_t port_of(const struct talk *talk)
{
	const struct dc_smtp_options *options = &talk->smtp->options;
	for (size_t i = 0; i < DC_SMTP_PORTS_MAX && options->ports[i].from; i++)
		if (options->ports[i].from == talk->target.port)
			return options->ports[i].to;
	return talk->target.port;
}

/* False: it could not even be tried; talk->via_text says whom. */
static bool open_connection(struct talk *talk)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port_of(talk))};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port_of(talk))};
	bool is_v4 = talk->target.ip.family == 4;
	memcpy(&v4.sin_addr, talk->target.ip.octets, sizeof v4.sin_addr);
	memcpy(&v6.sin6_addr, talk->target.ip.octets, sizeof v6.sin6_addr);
	talk->octets = talk->lines = talk->line_len = talk->out_len = 0;
	talk->deadline_ms = dc_loop_now_ms(talk->smtp->loop) + (uint64_t)talk->smtp->options.timeout_ms * TALK_STEPS_MS;
	int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	talk->watch = (struct dc_watch){.fd = fd, .ready = ready, .user = talk};
	int failed = is_v4 ? connect(fd, (struct sockaddr *)&v4, sizeof v4) : connect(fd, (struct sockaddr *)&v6, sizeof v6);
	if ((failed && errno != EINPROGRESS) || !dc_loop_watch(talk->smtp->loop, &talk->watch, true, true)) {
		int error = errno;
		(void)close(fd);
		talk->watch.fd = -1;
		errno = error;
		return false;
	}
	talk_step(talk, STEP_CONNECT);
	return true;
}

static bool is_busy(const struct smtp *smtp, struct dc_ip ip)
{
	for (const struct talk *talk = smtp->under_way; talk; talk = talk->next)
		if (dc_ip_eq(talk->target.ip, ip))
			return true;
	return false;
}

static void start_waiting(struct smtp *smtp)
{
	struct talk **at = &smtp->waiting;
	while (*at && smtp->count < TALKS_MAX) {
		struct talk *talk = *at;
		if (is_busy(smtp, talk->target.ip)) {
			at = &talk->next;
			continue;
		}
		*at = talk->next;
		if (!*at)
			smtp->waiting_end = at;
		talk->began_ms = dc_loop_now_ms(smtp->loop);
		bool closed = talk->target.port == 25 && !smtp->port_25_open && smtp->port_25_silent >= CLOSED_AFTER;
		if (closed || !open_connection(talk)) {
			hand_over(talk, closed ? DC_OUTCOME_NOT_ASKED : DC_OUTCOME_TIMEOUT,
				  closed ? "port 25 is closed on the way: sixteen servers in a row did not answer"
					 : words_of(errno));
			at = &smtp->waiting; /* the list may be another by now */
			continue;
		}
		talk->prev = NULL;
		talk->next = smtp->under_way;
		if (talk->next)
			talk->next->prev = talk;
		smtp->under_way = talk;
		smtp->count++;
	}
}

/* ---- the source ---- */

static bool claims(const struct dc_source *source, const struct dc_question *question)
{
	return question->kind == DC_ASK_SMTP;
}

static void refuse(struct dc_fetch *fetch, enum dc_outcome outcome, const char *why)
{
	struct dc_answer draft = {.question = fetch->question, .outcome = outcome, .ede = -1, .detail = dc_slice_of(why)};
	struct dc_answer *answer = dc_answer_new(&draft);
	if (answer)
		fetch->done(fetch, answer);
}

static void submit(struct dc_source *source, struct dc_fetch *fetch)
{
	struct smtp *smtp = (struct smtp *)source;
	struct dc_smtp_target target;
	char address[DC_IP_TEXT_MAX];
	if (!dc_smtp_target_parse(fetch->question.server, &target)) {
		refuse(fetch, DC_OUTCOME_MALFORMED, "this is no SERVICE://HOST:PORT/ADDRESS");
		return;
	}
	if (dc_ip_special(dc_ip_unmap(target.ip)) && !smtp->options.allow_private) {
		refuse(fetch, DC_OUTCOME_NOT_ASKED, "no public address: spoken to only with --allow-private");
		return;
	}
	struct talk *talk = calloc(1, sizeof *talk);
	if (!talk) {
		refuse(fetch, DC_OUTCOME_NOT_ASKED, "out of memory");
		return;
	}
	*talk = (struct talk){.smtp = smtp, .fetch = fetch, .target = target, .watch.fd = -1};
	talk->timer = (struct dc_timer){.fire = time_up, .user = talk};
	dc_ip_format(target.ip, address);
	(void)snprintf(talk->via_text, sizeof talk->via_text, target.ip.family == 4 ? "%s:%u" : "[%s]:%u", address,
		       port_of(talk));
	talk->via = dc_slice_of(talk->via_text);
	dc_buf_init(&talk->said, DC_DIALOGUE_MAX);
	dc_dialogue_begin(&talk->said);
	dc_dialogue_put(&talk->said, "peer", talk->via);
	*smtp->waiting_end = talk;
	smtp->waiting_end = &talk->next;
	start_waiting(smtp);
}

static void smtp_free(struct dc_source *source)
{
	struct smtp *smtp = (struct smtp *)source;
	struct talk *lists[] = {smtp->waiting, smtp->under_way};
	for (size_t i = 0; i < 2; i++)
		while (lists[i]) {
			struct talk *talk = lists[i];
			lists[i] = talk->next;
			close_connection(talk);
			talk_free(talk);
		}
	dc_tls_context_free(smtp->tls);
	free(smtp);
}

static const struct dc_source_ops ops = {.name = "smtp", .claims = claims, .submit = submit, .free = smtp_free};

struct dc_source *dc_smtp_new(struct dc_loop *loop, const struct dc_smtp_options *options, struct dc_error *err)
{
	struct smtp *smtp = calloc(1, sizeof *smtp);
	if (!smtp) {
		(void)dc_error_set(err, DC_ERR_NOMEM, "out of memory for SMTP");
		return NULL;
	}
	*smtp = (struct smtp){.source.ops = &ops, .loop = loop, .options = *options};
	smtp->waiting_end = &smtp->waiting;
	if (!options->timeout_ms)
		smtp->options.timeout_ms = DC_SMTP_TIMEOUT_MS;
	smtp->tls = dc_tls_context_new(options->ca_file, err);
	if (!smtp->tls) {
		free(smtp);
		return NULL;
	}
	/* NOLINTNEXTLINE(analyzer-malloc-leak): returned as its first member */
	return &smtp->source;
}
