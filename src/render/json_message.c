/* The message of `domaincheck message`, in JSON. */
#include "facts/message.h"

#include "render/json_value.h"

json_t *dc_json_message(struct dc_json *json, const struct dc_message_facts *message)
{
	json_t *object = json_object(), *list = json_array();

	dc_json_set(json, object, "from", dc_json_text_or_null(json, message->message->from));
	dc_json_set(json, object, "return_path", dc_json_text_or_null(json, message->message->return_path));
	dc_json_set(json, object, "helo", dc_json_text_or_null(json, message->message->helo));
	dc_json_set(json, object, "ip", dc_json_ip(message->message->ip));
	for (size_t i = 0; i < message->count; i++) {
		const struct dc_message_verdict *verdict = &message->signatures[i];
		json_t *item = json_object();

		dc_json_set(json, item, "domain", dc_json_text_or_null(json, verdict->signature->domain));
		dc_json_set(json, item, "selector", dc_json_text_or_null(json, verdict->signature->selector));
		dc_json_set(json, item, "algorithm", dc_json_text_or_null(json, verdict->signature->algorithm));
		dc_json_set(json, item, "result", dc_json_text_or_null(json, verdict->signature->name));
		dc_json_set(json, item, "reason", dc_json_text_or_null(json, verdict->signature->reason));
		dc_json_set(json, item, "holds", dc_json_tri(verdict->holds));
		dc_json_set(json, item, "aligned", dc_json_tri(verdict->aligned));
		dc_json_add(json, list, item);
	}
	dc_json_set(json, object, "signatures", list);
	dc_json_set(json, object, "signed_for_from", dc_json_tri(message->known ? message->signed_for_from : DC_TRI_UNKNOWN));
	return object;
}
