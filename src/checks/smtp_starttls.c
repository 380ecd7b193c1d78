/* Do the mail servers encrypt? RFC 3207 sections 4 and 6, RFC 8314 section 3. */
#include "checks/smtp_common.h"

static bool lacks_starttls(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->starttls == DC_TRI_NO && server->target.service != DC_SMTP_SUBMISSIONS;
}

static void tell_none(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, smtp_is_mx(server) ? DC_F_SMTP_NO_STARTTLS : DC_F_SUBMISSION_NO_STARTTLS,
		smtp_where(emitter, server), DC_ARGS(dc_text("name", smtp_name(emitter, server))));
}

static bool refuses(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->said->starttls.code && server->said->starttls.code != 220;
}

static void tell_refused(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	const struct dc_dialogue_reply *reply = &server->said->starttls;

	dc_emit(emitter, DC_F_SMTP_STARTTLS_REFUSED, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_int("code", reply->code),
			dc_text("reply", dc_dialogue_text(reply))));
}

static bool fails(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->tls == DC_TRI_NO;
}

static void tell_failed(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_TLS_FAILS, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("reason", server->said->tls_error)));
}

/* STARTTLS was said, and neither a refusal nor a handshake came of it. */
static bool is_open(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->welcome == DC_TRI_YES && server->starttls == DC_TRI_YES && server->tls == DC_TRI_UNKNOWN &&
	       !refuses(facts, server);
}

static void tell_open(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit_unanswered(emitter, DC_F_SMTP_TLS_UNKNOWN, smtp_where(emitter, server),
			   DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("how", server->said->end_how)));
}

static bool says_more(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->said->extra > 0;
}

static void tell_more(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_STARTTLS_EXTRA, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_int("octets", (int64_t)server->said->extra)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!smtp_judges(facts, emitter))
		return;
	smtp_each(facts, emitter, lacks_starttls, tell_none);
	smtp_each(facts, emitter, refuses, tell_refused);
	smtp_each(facts, emitter, fails, tell_failed);
	smtp_each(facts, emitter, is_open, tell_open);
	smtp_each(facts, emitter, says_more, tell_more);
	for (size_t i = 0; i < facts->smtp->count; i++)
		if (facts->smtp->servers[i].reached == DC_TRI_YES && facts->smtp->servers[i].welcome == DC_TRI_NO)
			dc_inconclusive(emitter); /* told by smtp-reach */
}

const struct dc_check dc_check_smtp_starttls = {
	.id = "smtp-starttls",
	.title = "The mail servers offer encryption, and it works",
	.standard = "RFC 3207 section 4",
	.run = run,
};
