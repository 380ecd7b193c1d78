/* The name servers of the zone, one a line. */
#include "authority/authority.h"

#include "render/text/text.h"

static struct dc_slice note(const struct dc_text *text, const struct dc_authority_facts *authority)
{
	if (!authority->zone.len)
		return DC_S("where the zone begins could not be determined");
	if (authority->intercepted)
		return DC_S("could not be asked from here: something on the way answers in their place");
	if (authority->asked && !authority->reached)
		return DC_S("could not be reached from here");
	return dc_text_format(text, "of the zone %.*s", DC_FMT(dc_text_clean(text, authority->zone)));
}

static void state(struct dc_table *table, const struct dc_authority_facts *authority,
		  const struct dc_authority_server *server)
{
	bool here = server->ip.family == 4 ? authority->reached4 == DC_TRI_YES : authority->reached6 == DC_TRI_YES;

	switch (server->state) {
	case DC_AUTHORITY_FINE:
		if (server->lags)
			dc_table_add(table, DC_INK_YELLOW, DC_S("old copy"));
		else if (server->over_tcp == DC_TRI_NO && authority->reached_tcp)
			dc_table_add(table, DC_INK_YELLOW, DC_S("no TCP"));
		else
			dc_table_add(table, DC_INK_GREEN, DC_S("answers"));
		break;
	case DC_AUTHORITY_LAME:
		dc_table_add(table, DC_INK_RED, DC_S("not for this zone"));
		break;
	case DC_AUTHORITY_SILENT:
		if (here)
			dc_table_add(table, DC_INK_CYAN, DC_S("no answer"));
		else
			dc_table_add(table, DC_INK_DIM, dc_text_format(table->text, "IPv%u not reached", server->ip.family));
		break;
	case DC_AUTHORITY_PRIVATE:
		dc_table_add(table, DC_INK_YELLOW, dc_text_format(table->text, "%s address", server->special));
		break;
	default:
		dc_table_add(table, DC_INK_CYAN, DC_S("not known"));
	}
}

void dc_text_dns(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"name server", "address", "state", "serial"};
	const struct dc_authority_facts *authority = result->facts ? result->facts->authority : NULL;
	struct dc_table table;

	if (!authority || !authority->wanted)
		return;
	dc_text_heading(text, result, "DNS", "dns-", note(text, authority));
	dc_table_init(&table, text, 4, titles);
	table.rigid = 2;
	for (size_t i = 0; i < authority->server_count; i++) {
		const struct dc_authority_server *server = &authority->servers[i];

		dc_table_add(&table, DC_INK_BOLD, dc_text_clean(text, server->name->host));
		dc_table_add(&table, DC_INK_PLAIN, server->text);
		state(&table, authority, server);
		dc_table_add(&table, DC_INK_PLAIN,
			     server->has_serial ? dc_text_format(text, "%u", server->serial) : (struct dc_slice){0});
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}
