/* The table of lists and of public resolvers. */
#include "blocklist/blocklist.h"

struct public_resolver {
	const char *address, *operator;
};

#include "blocklist/blocklist.gen.h"

const struct dc_blocklist_row *dc_blocklist_row(size_t i)
{
	return i < sizeof list_rows / sizeof *list_rows ? &list_rows[i] : NULL;
}

const char *dc_blocklist_public_resolver(struct dc_ip ip)
{
	char text[DC_IP_TEXT_MAX];
	dc_ip_format(dc_ip_unmap(ip), text);
	for (size_t i = 0; i < sizeof public_resolvers / sizeof *public_resolvers; i++)
		if (strcmp(text, public_resolvers[i].address) == 0)
			return public_resolvers[i].operator;
	return NULL;
}

const char *dc_blocklist_state_name(enum dc_blocklist_state state)
{
	static const char *const names[] = {
		[DC_BLOCKLIST_OPEN] = NULL, [DC_BLOCKLIST_USABLE] = "usable", [DC_BLOCKLIST_NOT_ASKED] = "not-asked",
		[DC_BLOCKLIST_REFUSES] = "refuses", [DC_BLOCKLIST_DEAD] = "dead", [DC_BLOCKLIST_LISTS_ALL] = "lists-all",
		[DC_BLOCKLIST_NO_LIST] = "no-list", [DC_BLOCKLIST_SILENT] = "silent",
	};
	return names[state];
}
