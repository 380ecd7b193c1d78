/* The header of a real message: one author, and what bulk mail needs beside authentication. */
#include "checks/check.h"
#include "facts/message.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!facts->message) {
		dc_not_applicable(emitter);
		return;
	}
	const struct dc_message *message = facts->message->message;
	if (message->from_fields > 1)
		dc_emit(emitter, DC_F_MESSAGE_FROM_FIELDS, (struct dc_where){0},
			DC_ARGS(dc_int("count", (int64_t)message->from_fields)));
	else if (message->authors > 1)
		dc_emit(emitter, DC_F_MESSAGE_AUTHORS, (struct dc_where){0},
			DC_ARGS(dc_int("count", (int64_t)message->authors)));
	if (!message->one_click || !message->unsubscribe_https)
		dc_emit(emitter, DC_F_MESSAGE_NO_ONE_CLICK, (struct dc_where){0}, NULL);
}

const struct dc_check dc_check_message_header = {
	.id = "message-header",
	.title = "The message has one author and can be unsubscribed from with one click",
	.standard = "RFC 5322 section 3.6, RFC 8058 section 3.1",
	.run = run,
};
