/* The message of `domaincheck message`, in JSON. */
#include "facts/message.h"

#include "render/json/node.h"

struct dc_node *dc_json_message(struct dc_json *json, const struct dc_message_facts *message)
{
	struct dc_node *object = dc_node_object(json), *list = dc_node_array(json);

	dc_node_set(json, object, "from", dc_node_text_or_null(json, message->message->from));
	dc_node_set(json, object, "return_path", dc_node_text_or_null(json, message->message->return_path));
	dc_node_set(json, object, "helo", dc_node_text_or_null(json, message->message->helo));
	dc_node_set(json, object, "ip", dc_node_ip(json, message->message->ip));
	for (size_t i = 0; i < message->count; i++) {
		const struct dc_message_verdict *verdict = &message->signatures[i];
		struct dc_node *item = dc_node_object(json);

		dc_node_set(json, item, "domain", dc_node_text_or_null(json, verdict->signature->domain));
		dc_node_set(json, item, "selector", dc_node_text_or_null(json, verdict->signature->selector));
		dc_node_set(json, item, "algorithm", dc_node_text_or_null(json, verdict->signature->algorithm));
		dc_node_set(json, item, "result", dc_node_text_or_null(json, verdict->signature->name));
		dc_node_set(json, item, "reason", dc_node_text_or_null(json, verdict->signature->reason));
		dc_node_set(json, item, "holds", dc_node_tri(json, verdict->holds));
		dc_node_set(json, item, "aligned", dc_node_tri(json, verdict->aligned));
		dc_node_add(json, list, item);
	}
	dc_node_set(json, object, "signatures", list);
	dc_node_set(json, object, "signed_for_from", dc_node_tri(json, message->known ? message->signed_for_from : DC_TRI_UNKNOWN));
	return object;
}
