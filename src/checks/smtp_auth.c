/* Where the mail servers take passwords. RFC 4954 section 4 (no plain passwords before TLS), RFC 8314 section 3.3,
 * RFC 6409 section 4.3 (submission needs authentication). */
#include "checks/smtp_common.h"

/* Mechanisms that send the password as it is. */
static bool sends_password(struct dc_slice mechanisms)
{
	struct dc_slice rest = mechanisms;

	do {
		struct dc_slice word = dc_slice_trim(dc_slice_cut(&rest, ' '));

		if (dc_slice_eq_nocase(word, DC_S("PLAIN")) || dc_slice_eq_nocase(word, DC_S("LOGIN")))
			return true;
	} while (rest.ptr);
	return false;
}

static bool takes_passwords_open(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->auth_plain && sends_password(server->mechanisms_plain);
}

static void tell_open(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_AUTH_BEFORE_TLS, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("mechanisms", server->mechanisms_plain)));
}

static bool is_mx_with_auth(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return smtp_is_mx(server) && (server->auth_plain || server->auth_tls);
}

static void tell_mx(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_AUTH_ON_MX, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)),
			dc_text("mechanisms", server->auth_tls ? server->mechanisms_tls : server->mechanisms_plain)));
}

static bool lacks_auth(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return !smtp_is_mx(server) && server->said && server->ehlo == &server->said->tls_ehlo && !server->auth_tls;
}

static void tell_lacking(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SUBMISSION_NO_AUTH, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false;

	if (!smtp_judges(facts, emitter))
		return;
	for (size_t i = 0; i < facts->smtp->count; i++)
		any |= facts->smtp->servers[i].ehlo != NULL;
	if (!any) {
		dc_not_applicable(emitter);
		return;
	}
	smtp_each(facts, emitter, takes_passwords_open, tell_open);
	smtp_each(facts, emitter, is_mx_with_auth, tell_mx);
	smtp_each(facts, emitter, lacks_auth, tell_lacking);
}

const struct dc_check dc_check_smtp_auth = {
	.id = "smtp-auth",
	.title = "Passwords are taken under TLS only, and where users hand in mail",
	.standard = "RFC 4954 section 4",
	.run = run,
};
