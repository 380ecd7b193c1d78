/* The certificates of the mail servers. Senders mostly do not verify that of an MX host; mail programs verify that of a
 * submission host always. RFC 6125 section 6, RFC 5280 section 6, RFC 7817 section 3, RFC 9325 section 4. */
#include "base/civil.h"
#include "checks/smtp_common.h"

enum { SOON_S = 14 * 86400, RSA_BITS_LEAST = 2048, EC_BITS_LEAST = 224 };

static struct dc_arg name_of(struct dc_emitter *emitter, const struct dc_smtp_server *server)
{
	return dc_text("name", smtp_name(emitter, server));
}

static bool has_other_name(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->name_matches == DC_TRI_NO;
}

static void tell_name(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	enum { SHOWN_MAX = 5 };
	const struct dc_dialogue_cert *cert = server->cert;
	struct dc_slice *names = DC_NEW_ARRAY(dc_emitter_arena(emitter), struct dc_slice, SHOWN_MAX);
	size_t count = cert->name_count < SHOWN_MAX ? cert->name_count : SHOWN_MAX;

	for (size_t i = 0; i < count; i++)
		names[i] = cert->names[i];
	if (!cert->name_count) {
		names[0] = cert->common_name.len ? cert->common_name : DC_S("no name at all");
		count = 1;
	}
	dc_emit(emitter, smtp_is_mx(server) ? DC_F_SMTP_CERTIFICATE_NAME : DC_F_SUBMISSION_CERTIFICATE_NAME,
		smtp_where(emitter, server),
		DC_ARGS(name_of(emitter, server), dc_text("host", server->target.host), dc_list("names", names, count)));
}

static bool is_untrusted(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->said->trusted == DC_TRI_NO;
}

static void tell_untrusted(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, smtp_is_mx(server) ? DC_F_SMTP_CERTIFICATE_UNTRUSTED : DC_F_SUBMISSION_CERTIFICATE_UNTRUSTED,
		smtp_where(emitter, server),
		DC_ARGS(name_of(emitter, server), dc_text("reason", server->said->untrusted_why),
			dc_text("issuer", server->cert ? server->cert->issuer : DC_S("?"))));
}

/* There is no list of authorities on the machine that asked. */
static bool is_unverified(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->cert && server->said->trusted == DC_TRI_UNKNOWN;
}

static void tell_unverified(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit_unanswered(emitter, DC_F_SMTP_CERTIFICATE_UNVERIFIED, smtp_where(emitter, server),
			   DC_ARGS(name_of(emitter, server)));
}

static struct dc_slice day(struct dc_emitter *emitter, int64_t seconds)
{
	char text[DC_CIVIL_STAMP_LEN + 1];

	return dc_arena_dup(dc_emitter_arena(emitter), dc_slice_sub(dc_slice_of(dc_civil_stamp(seconds, text)), 0, 10));
}

static bool is_outdated(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->valid_now == DC_TRI_NO;
}

static void tell_outdated(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	bool over = facts->inputs->now_s > server->outdated->until_s, mx = smtp_is_mx(server);

	dc_emit(emitter, mx ? DC_F_SMTP_CERTIFICATE_OUTDATED : DC_F_SUBMISSION_CERTIFICATE_OUTDATED,
		smtp_where(emitter, server),
		DC_ARGS(name_of(emitter, server), dc_text("subject", server->outdated->subject),
			dc_text("what", over ? DC_S("expired on") : DC_S("is valid only from")),
			dc_text("day", day(emitter, over ? server->outdated->until_s : server->outdated->from_s))));
}

static bool ends_soon(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->cert && server->valid_now == DC_TRI_YES && server->cert->until_s - facts->inputs->now_s < SOON_S;
}

static void tell_soon(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_CERTIFICATE_ENDS, smtp_where(emitter, server),
		DC_ARGS(name_of(emitter, server), dc_text("day", day(emitter, server->cert->until_s)),
			dc_int("days", (server->cert->until_s - facts->inputs->now_s) / 86400)));
}

static bool is_weak(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	struct dc_slice kind;
	unsigned bits = server->cert ? dc_smtp_key_bits(server->cert, &kind) : 0;

	if (!bits)
		return false;
	return dc_slice_starts_nocase(kind, DC_S("RSA")) ? bits < RSA_BITS_LEAST
	       : dc_slice_eq_nocase(kind, DC_S("EC"))	 ? bits < EC_BITS_LEAST
							 : dc_slice_eq_nocase(kind, DC_S("DSA"));
}

static void tell_weak(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_KEY_WEAK, smtp_where(emitter, server),
		DC_ARGS(name_of(emitter, server), dc_text("key", server->cert->key)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false;

	if (!smtp_judges(facts, emitter))
		return;
	for (size_t i = 0; i < facts->smtp->count; i++)
		any |= facts->smtp->servers[i].cert != NULL;
	if (!any) {
		dc_not_applicable(emitter);
		return;
	}
	smtp_each(facts, emitter, has_other_name, tell_name);
	smtp_each(facts, emitter, is_untrusted, tell_untrusted);
	smtp_each(facts, emitter, is_unverified, tell_unverified);
	smtp_each(facts, emitter, is_outdated, tell_outdated);
	smtp_each(facts, emitter, ends_soon, tell_soon);
	smtp_each(facts, emitter, is_weak, tell_weak);
}

const struct dc_check dc_check_smtp_certificate = {
	.id = "smtp-certificate",
	.title = "The certificates of the mail servers are good for their names",
	.standard = "RFC 6125 section 6",
	.run = run,
};
