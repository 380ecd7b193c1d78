/* "blocklists" of the JSON report. */
#include "blocklist/blocklist.h"
#include "render/json/node.h"

static struct dc_node *entry(struct dc_json *json, const struct dc_blocklist_entry *entry)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "list", dc_node_word(json, entry->list->row->id));
	dc_node_set(json, object, "subject", dc_node_text(json, entry->subject));
	dc_node_set(json, object, "code", dc_node_text(json, entry->code));
	dc_node_set(json, object, "meaning", dc_node_text(json, entry->meaning));
	return object;
}

struct dc_node *dc_json_blocklists(struct dc_json *json, const struct dc_facts *facts)
{
	static const struct dc_blocklist_facts nothing;
	const struct dc_blocklist_facts *lists = facts && facts->blocklists ? facts->blocklists : &nothing;
	struct dc_node *object = dc_node_object(json), *states = dc_node_array(json), *listed = dc_node_array(json);

	for (size_t i = 0; i < lists->list_count; i++) {
		const struct dc_blocklist *list = &lists->lists[i];
		struct dc_node *item = dc_node_object(json);

		dc_node_set(json, item, "id", dc_node_word(json, list->row->id));
		dc_node_set(json, item, "zone", dc_node_word(json, list->row->zone));
		dc_node_set(json, item, "kind", dc_node_word(json, list->row->domains ? "domain" : "ip"));
		dc_node_set(json, item, "state", dc_node_name_or_null(json, dc_blocklist_state_name(list->state)));
		dc_node_add(json, states, item);
	}
	for (size_t i = 0; i < lists->entry_count; i++)
		if (lists->entries[i].on_it == DC_TRI_YES)
			dc_node_add(json, listed, entry(json, &lists->entries[i]));
	dc_node_set(json, object, "asked", dc_node_flag(json, lists->wanted));
	dc_node_set(json, object, "resolver", dc_node_name_or_null(json, lists->resolver));
	dc_node_set(json, object, "lists", states);
	dc_node_set(json, object, "listed", listed);
	return object;
}
