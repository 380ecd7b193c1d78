/* The names that the MX hosts give themselves. RFC 5321 sections 4.1.1.1, 4.2 and 4.3.1, RFC 1912 section 2.1. */
#include "checks/smtp_common.h"

static bool is_unconfirmed(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return smtp_is_mx(server) && server->banner_name.len && server->banner_confirmed == DC_TRI_NO;
}

static void tell_unconfirmed(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	struct dc_where where = smtp_where(emitter, server);

	where.more = server->ptr;
	dc_emit(emitter, DC_F_SMTP_BANNER_NAME, where,
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("says", server->banner_name),
			dc_text("ip", server->ip_text)));
}

static bool is_unanswered(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return smtp_is_mx(server) && server->banner_name.len && server->banner_confirmed == DC_TRI_UNKNOWN &&
	       server->banner_address;
}

static void tell_unanswered(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	struct dc_where where = {.subject = smtp_name(emitter, server), .answer = server->banner_address};

	if (dc_outcome_is_known(where.answer->outcome) && server->ptr)
		where.answer = server->ptr;
	dc_emit_unanswered(emitter, DC_F_SMTP_BANNER_UNANSWERED, where,
			   DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("says", server->banner_name)));
}

static bool says_two_names(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return smtp_is_mx(server) && server->banner_name.len && server->ehlo_name.len &&
	       !dc_slice_eq_nocase(server->banner_name, server->ehlo_name);
}

static void tell_two(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit(emitter, DC_F_SMTP_EHLO_NAME, smtp_where(emitter, server),
		DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_text("banner", server->banner_name),
			dc_text("ehlo", server->ehlo_name)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false;

	if (!smtp_judges(facts, emitter))
		return;
	for (size_t i = 0; i < facts->smtp->count; i++) {
		const struct dc_smtp_server *server = &facts->smtp->servers[i];

		any |= smtp_is_mx(server) && server->banner_name.len;
	}
	if (!any) {
		dc_not_applicable(emitter);
		return;
	}
	smtp_each(facts, emitter, is_unconfirmed, tell_unconfirmed);
	smtp_each(facts, emitter, is_unanswered, tell_unanswered);
	smtp_each(facts, emitter, says_two_names, tell_two);
}

const struct dc_check dc_check_smtp_names = {
	.id = "smtp-names",
	.title = "The MX hosts greet with their own name",
	.standard = "RFC 5321 section 4.2",
	.run = run,
};
