/* The conversation: one command at a time, each after the whole reply to the one before (RFC 5321 section 4.1.1, RFC 3207
 * section 4). Everything the other side may do wrong ends it with a word for what happened; what was said stays. */
#include "source/smtp_parts.h"

#include <stdio.h>
#include <sys/socket.h>
#include <netinet/in.h>

/* Our own address as RFC 5321 section 4.1.3 writes it: no name of ours is known to be true. */
static struct dc_slice own_name(const struct talk *talk, char text[DC_IP_TEXT_MAX + 10])
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof sa;
	char address[DC_IP_TEXT_MAX];
	int n;
	if (talk->smtp->options.helo.len)
		return talk->smtp->options.helo;
	if (getsockname(talk->watch.fd, (struct sockaddr *)&sa, &len) != 0)
		return DC_S("[127.0.0.1]"); /* not fuzzed: a connected socket has an address */
	if (sa.ss_family == AF_INET6) {
		dc_ip_format(dc_ip_v6((const uint8_t *)&((struct sockaddr_in6 *)&sa)->sin6_addr), address);
		n = snprintf(text, DC_IP_TEXT_MAX + 10, "[IPv6:%s]", address);
	} else {
		dc_ip_format(dc_ip_v4((const uint8_t *)&((struct sockaddr_in *)&sa)->sin_addr), address);
		n = snprintf(text, DC_IP_TEXT_MAX + 10, "[%s]", address);
	}
	return (struct dc_slice){text, (size_t)n};
}

static bool say(struct talk *talk, enum talk_step step, const char *command, struct dc_slice argument)
{
	char text[DC_DIALOGUE_NAME_MAX + 16];
	int n = snprintf(text, sizeof text - 2, "%s%s%.*s", command, argument.len ? " " : "", DC_FMT(argument));
	if (n < 0 || (size_t)n > sizeof text - 3)
		n = (int)sizeof text - 3;
	if (!talk->old)
		dc_dialogue_put(&talk->said, "C", (struct dc_slice){text, (size_t)n});
	memcpy(text + n, "\r\n", 2);
	talk_step(talk, step);
	return talk_send(talk, (struct dc_slice){text, (size_t)n + 2});
}

static bool say_ehlo(struct talk *talk)
{
	char text[DC_IP_TEXT_MAX + 10];
	talk->greeted = talk->offers_tls = false;
	return say(talk, talk->under_tls ? STEP_TLS_EHLO : STEP_EHLO, "EHLO", own_name(talk, text));
}

static bool say_quit(struct talk *talk)
{
	talk->quitting = true;
	return say(talk, STEP_QUIT, "QUIT", (struct dc_slice){0});
}

static bool start_tls(struct talk *talk)
{
	talk->tls = dc_tls_new(talk->smtp->tls, talk->target.host, talk->old);
	talk_step(talk, STEP_TLS);
	if (!talk->tls) { /* not fuzzed: out of memory */
		talk_over(talk, "out of memory");
		return false;
	}
	return talk_shake(talk);
}

bool talk_begin(struct talk *talk)
{
	if (talk->target.service == DC_SMTP_SUBMISSIONS)
		return start_tls(talk);
	talk_step(talk, STEP_BANNER);
	return true;
}

/* ---- TLS ---- */

bool talk_shake(struct talk *talk)
{
	enum dc_tls_result result = dc_tls_handshake(talk->tls);
	struct dc_slice failure = dc_tls_failure(talk->tls);
	if (result == DC_TLS_WANTS_MORE)
		return talk_send(talk, (struct dc_slice){0});
	if (result == DC_TLS_FAILED) {
		if (!talk->old)
			dc_dialogue_put(&talk->said, "tls-failed", failure);
		else if (dc_tls_was_alert(talk->tls))
			dc_buf_puts(&talk->said, "old-tls refused\n");
		talk->heard = true;
		/* The alert that tells them why. */
		if (talk_send(talk, (struct dc_slice){0}))
			talk_over(talk, "failed");
		return false;
	}
	talk->under_tls = talk->heard = true;
	if (talk->old) {
		dc_dialogue_put(&talk->said, "old-tls", dc_tls_version(talk->tls));
		return say_quit(talk);
	}
	talk->modern = dc_tls_is_modern(talk->tls);
	dc_tls_describe(talk->tls, &talk->said);
	if (talk->target.service != DC_SMTP_SUBMISSIONS)
		return say_ehlo(talk);
	talk_step(talk, STEP_BANNER);
	return talk_send(talk, (struct dc_slice){0});
}

/* ---- replies ---- */

/* `rest`: octets that came behind the reply. */
static bool reply_is_whole(struct talk *talk, unsigned code, size_t rest)
{
	switch (talk->step) {
	case STEP_BANNER:
		return code == 220 ? say_ehlo(talk) : say_quit(talk);
	case STEP_EHLO:
		if (code == 250 && talk->offers_tls)
			return say(talk, STEP_STARTTLS, "STARTTLS", (struct dc_slice){0});
		return say_quit(talk);
	case STEP_STARTTLS:
		if (code != 220)
			return say_quit(talk);
		/* RFC 3207 section 6: what was said before TLS must be forgotten; here it is counted. */
		if (rest && !talk->old)
			dc_buf_printf(&talk->said, "extra %zu\n", rest);
		return start_tls(talk);
	case STEP_TLS_EHLO:
		return say_quit(talk);
	default:
		talk_over(talk, "done");
		return false;
	}
}

static bool hear_line(struct talk *talk, struct dc_slice line, size_t rest)
{
	unsigned code;
	bool more;
	struct dc_slice text;
	if (++talk->lines > DC_DIALOGUE_LINES_MAX) {
		talk_over(talk, "flood");
		return false;
	}
	if (!talk->old)
		dc_dialogue_put(&talk->said, "S", line);
	if (!dc_dialogue_reply_line(line, &code, &more, &text)) {
		talk_over(talk, "garbage");
		return false;
	}
	talk->heard = true;
	if (talk->step == STEP_EHLO && talk->greeted)
		talk->offers_tls |= dc_slice_eq_nocase(dc_slice_trim(text), DC_S("STARTTLS"));
	talk->greeted = true;
	return more || reply_is_whole(talk, code, rest);
}

bool talk_hear(struct talk *talk, const char *octets, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool before_tls = !talk->tls;
		if (octets[i] != '\n') {
			if (talk->line_len < sizeof talk->line)
				talk->line[talk->line_len++] = octets[i];
			continue;
		}
		struct dc_slice line = {talk->line, talk->line_len};
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		talk->line_len = 0;
		if (!hear_line(talk, line, len - i - 1))
			return false;
		if (before_tls && talk->tls) /* the rest is forgotten */
			return true;
	}
	return true;
}
