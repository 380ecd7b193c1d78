/* Which TLS do the mail servers speak? RFC 8996 section 2: not 1.0 and 1.1. RFC 9325 section 3.1.1. */
#include "checks/smtp_common.h"

static bool is_old(struct dc_slice version)
{
	return dc_slice_eq(version, DC_S("TLSv1")) || dc_slice_eq(version, DC_S("TLSv1.1")) ||
	       dc_slice_starts(version, DC_S("SSL"));
}

static bool speaks_old_only(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && is_old(server->said->tls_version);
}

static void tell_old_only(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_TLS_OLD, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("version", server->said->tls_version)));
}

static bool takes_old(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->said->old_tls == DC_TRI_YES;
}

static void tell_takes_old(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_TLS_OLD_ACCEPTED, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("version", server->said->old_version)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false;

	if (!smtp_judges(facts, emitter))
		return;
	for (size_t i = 0; i < facts->smtp->count; i++)
		any |= facts->smtp->servers[i].tls == DC_TRI_YES;
	if (!any) { /* no encryption, or none that works: told by smtp-starttls */
		dc_not_applicable(emitter);
		return;
	}
	smtp_each(facts, emitter, speaks_old_only, tell_old_only);
	smtp_each(facts, emitter, takes_old, tell_takes_old);
}

const struct dc_check dc_check_smtp_tls_version = {
	.id = "smtp-tls-version",
	.title = "The mail servers speak TLS 1.2 or later",
	.standard = "RFC 8996 section 2",
	.run = run,
};
