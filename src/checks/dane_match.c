/* Do the MX hosts serve what their TLSA records promise? RFC 7672 sections 2.2, 3.1 and 3.2. */
#include "checks/smtp_common.h"

static bool is_promised(const struct dc_smtp_server *server)
{
	return server->dane && server->welcome == DC_TRI_YES;
}

static bool mismatches(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return is_promised(server) && server->cert && server->dane_matches == DC_TRI_NO &&
	       server->dane_name_only != DC_TRI_YES;
}

static struct dc_where where_of(struct dc_emitter *emitter, const struct dc_smtp_server *server)
{
	struct dc_where where = smtp_where(emitter, server);

	where.more = server->dane->answer;
	return where;
}

static struct dc_slice owner_of(struct dc_emitter *emitter, const struct dc_smtp_server *server)
{
	return dc_arena_concat(dc_emitter_arena(emitter), DC_S("_25._tcp."), server->dane->base);
}

static void tell_mismatch(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	struct dc_slice digest = server->cert->key_sha256;

	dc_emit(emitter, DC_F_DANE_MISMATCH, where_of(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("owner", owner_of(emitter, server)),
			dc_text("digest", dc_arena_hex(dc_emitter_arena(emitter), digest.ptr, digest.len))));
}

static bool lacks_name(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return is_promised(server) && server->dane_matches == DC_TRI_NO && server->dane_name_only == DC_TRI_YES;
}

static void tell_name(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_DANE_NAME, where_of(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("host", server->target.host)));
}

static bool lacks_tls(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return is_promised(server) && (server->starttls == DC_TRI_NO || server->tls == DC_TRI_NO);
}

static void tell_no_tls(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_DANE_NO_TLS, where_of(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("owner", owner_of(emitter, server))));
}

/* A whole certificate or key stands in DNS and not in the chain. */
static bool is_untried(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return is_promised(server) && server->cert && server->dane_matches == DC_TRI_UNKNOWN;
}

static void tell_untried(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit_unanswered(emitter, DC_F_DANE_MATCH_UNKNOWN, where_of(emitter, server),
			   DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("owner", owner_of(emitter, server))));
}

static bool is_open(const struct dc_smtp_server *server)
{
	return server->dane && !(server->welcome == DC_TRI_YES &&
				 (server->starttls == DC_TRI_NO || server->tls == DC_TRI_NO ||
				  (server->cert && server->dane_matches != DC_TRI_UNKNOWN)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false, open = false;

	for (size_t i = 0; i < facts->smtp->count; i++) {
		const struct dc_smtp_server *server = &facts->smtp->servers[i];

		any |= server->said && server->dane;
		open |= server->said && is_open(server);
	}
	/* TLSA records of servers that were not reached: told by smtp-reach. */
	for (size_t i = 0; facts->smtp->asked_mx && i < facts->dane->count; i++)
		open |= facts->dane->hosts[i].usable && !any;
	if (!any && !open) {
		dc_not_applicable(emitter);
		return;
	}
	if (open)
		dc_inconclusive(emitter);
	smtp_each(facts, emitter, mismatches, tell_mismatch);
	smtp_each(facts, emitter, is_untried, tell_untried);
	smtp_each(facts, emitter, lacks_name, tell_name);
	smtp_each(facts, emitter, lacks_tls, tell_no_tls);
}

const struct dc_check dc_check_dane_match = {
	.id = "dane-match",
	.title = "The MX hosts serve what their TLSA records promise",
	.standard = "RFC 7672 section 3.1",
	.run = run,
};
