/* The message of `domaincheck message`, as text. */
#include "facts/message.h"

#include "render/text/text.h"

static void field(const struct dc_text *text, const char *label, struct dc_slice raw)
{
	if (raw.len > 0)
		dc_text_field(text, label, DC_INK_PLAIN, dc_text_clean(text, raw));
}

void dc_text_message(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"signed by d=", "selector", "holds", "aligned", "libopendkim says"};
	const struct dc_message_facts *message = result->facts ? result->facts->message : NULL;
	char address[DC_IP_TEXT_MAX];
	struct dc_table table;

	if (!message)
		return;
	dc_text_heading(text, result, "Message", "message-", (struct dc_slice){0});
	field(text, "from", message->message->from);
	field(text, "return path", message->message->null_return_path ? DC_S("<>") : message->message->return_path);
	field(text, "handed in by", message->message->helo);
	if (message->message->ip.family)
		field(text, "from address", dc_ip_format(message->message->ip, address));
	if (!message->known)
		dc_text_field(text, "signatures", DC_INK_CYAN, DC_S("could not be tested"));
	dc_table_init(&table, text, 5, titles);
	for (size_t i = 0; i < message->count; i++) {
		const struct dc_message_verdict *verdict = &message->signatures[i];
		const struct dc_receiver_signature *signature = verdict->signature;
		enum dc_ink ink = verdict->holds == DC_TRI_YES ? DC_INK_PLAIN
				  : verdict->holds == DC_TRI_NO ? DC_INK_RED
								: DC_INK_CYAN;

		dc_table_add(&table, DC_INK_BOLD, dc_text_clean(text, signature->domain));
		dc_table_add(&table, DC_INK_PLAIN, dc_text_clean(text, signature->selector));
		dc_table_add(&table, ink, dc_text_tri(verdict->holds));
		dc_table_add(&table, verdict->aligned == DC_TRI_NO ? DC_INK_RED : DC_INK_PLAIN, dc_text_tri(verdict->aligned));
		dc_table_add(&table, DC_INK_PLAIN,
			     dc_text_clean(text, signature->reason.len ? signature->reason : signature->name));
	}
	if (message->count > 0) {
		dc_text_newline(text);
		dc_table_print(&table, DC_TEXT_INDENT);
	}
}
