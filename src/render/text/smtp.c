/* Mail servers that were spoken to: a line each. */
#include "smtp/smtp.h"

#include "render/text/text.h"

static void add_tls(struct dc_table *table, const struct dc_smtp_server *server)
{
	const struct dc_text *text = table->text;

	if (server->tls == DC_TRI_YES) {
		struct dc_slice version = dc_text_clean(text, server->said->tls_version);
		bool old = server->said->old_tls == DC_TRI_YES;

		dc_table_add(table, old ? DC_INK_YELLOW : DC_INK_GREEN,
			     old ? dc_text_format(text, "%.*s, takes old", DC_FMT(version)) : version);
	} else if (server->starttls == DC_TRI_NO || server->tls == DC_TRI_NO) {
		dc_table_add(table, DC_INK_RED, server->tls == DC_TRI_NO ? DC_S("fails") : DC_S("none"));
	} else {
		dc_table_add(table, DC_INK_CYAN, DC_S("?"));
	}
}

static void add_certificate(struct dc_table *table, const struct dc_smtp_server *server)
{
	const struct dc_text *text = table->text;
	struct dc_slice line = {0};

	if (!server->cert) {
		dc_table_add(table, DC_INK_PLAIN, (struct dc_slice){0});
		return;
	}
	if (server->name_matches == DC_TRI_NO)
		line = DC_S("other name");
	if (server->said->trusted == DC_TRI_NO)
		line = dc_text_format(text, "%.*s%suntrusted", DC_FMT(line), line.len ? ", " : "");
	if (server->valid_now == DC_TRI_NO)
		line = dc_text_format(text, "%.*s%soutdated", DC_FMT(line), line.len ? ", " : "");
	if (server->dane_matches != DC_TRI_UNKNOWN)
		line = dc_text_format(text, "%.*s%s%s", DC_FMT(line), line.len ? ", " : "",
				      server->dane_matches == DC_TRI_YES ? "as in TLSA" : "not as in TLSA");
	bool bad = server->name_matches == DC_TRI_NO || server->said->trusted == DC_TRI_NO ||
		   server->valid_now == DC_TRI_NO || server->dane_matches == DC_TRI_NO;
	bool known = server->said->trusted != DC_TRI_UNKNOWN && server->valid_now != DC_TRI_UNKNOWN;
	dc_table_add(table, bad ? DC_INK_YELLOW : known ? DC_INK_GREEN : DC_INK_CYAN,
		     line.len ? line : known ? DC_S("good") : DC_S("trust not known"));
}

void dc_text_smtp(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"server", "address", "TLS", "certificate"};
	const struct dc_smtp_facts *smtp = result->facts ? result->facts->smtp : NULL;
	struct dc_table table;

	if (!smtp || smtp->count == 0)
		return;
	dc_text_heading(text, result, "SMTP", "smtp-", (struct dc_slice){0});
	dc_table_init(&table, text, 4, titles);
	for (size_t i = 0; i < smtp->count; i++) {
		const struct dc_smtp_server *server = &smtp->servers[i];
		struct dc_slice host = dc_text_clean(text, server->target.host);

		dc_table_add(&table, DC_INK_BOLD, dc_text_format(text, "%.*s:%u", DC_FMT(host), server->target.port));
		dc_table_add(&table, DC_INK_PLAIN, server->ip_text);
		if (server->reached == DC_TRI_YES)
			add_tls(&table, server);
		else
			dc_table_add(&table, DC_INK_CYAN, DC_S("not reached"));
		add_certificate(&table, server);
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}
