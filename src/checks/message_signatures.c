/* The DKIM signatures of a real message: one that holds must speak for the From domain. */
#include "checks/check.h"
#include "facts/message.h"

static struct dc_slice key_name(struct dc_emitter *emitter, const struct dc_receiver_signature *signature)
{
	return dc_arena_printf(dc_emitter_arena(emitter), "%.*s._domainkey.%.*s", DC_FMT(signature->selector),
			       DC_FMT(signature->domain));
}

static void judge(const struct dc_message_verdict *verdict, struct dc_emitter *emitter)
{
	const struct dc_receiver_signature *signature = verdict->signature;
	struct dc_where where = {.subject = key_name(emitter, signature)};
	struct dc_slice reason = signature->reason.len ? signature->reason : signature->name;
	if (verdict->holds == DC_TRI_UNKNOWN)
		dc_emit(emitter, DC_F_MESSAGE_SIGNATURE_UNKNOWN, where,
			DC_ARGS(dc_text("selector", signature->selector), dc_text("domain", signature->domain),
				dc_text("reason", reason)));
	else if (verdict->holds == DC_TRI_NO)
		dc_emit(emitter, DC_F_MESSAGE_SIGNATURE_FAILS, where,
			DC_ARGS(dc_text("selector", signature->selector), dc_text("domain", signature->domain),
				dc_text("reason", reason)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_message_facts *message = facts->message;
	if (!message) {
		dc_not_applicable(emitter);
		return;
	}
	if (!message->known) {
		dc_emit(emitter, DC_F_MESSAGE_NOT_VERIFIED, (struct dc_where){0},
			DC_ARGS(dc_text("reason", message->reason.len ? message->reason : DC_S("no answer"))));
		return;
	}
	for (size_t i = 0; i < message->count; i++)
		judge(&message->signatures[i], emitter);
	if (message->count == 0)
		dc_emit(emitter, DC_F_MESSAGE_UNSIGNED, (struct dc_where){0}, NULL);
	else if (message->limited && message->signed_for_from == DC_TRI_UNKNOWN)
		dc_emit(emitter, DC_F_MESSAGE_NOT_VERIFIED, (struct dc_where){0},
			DC_ARGS(dc_text("reason", DC_S("there are too many, and none of the first speaks for the From domain"))));
	else if (message->signed_for_from == DC_TRI_NO)
		dc_emit(emitter, DC_F_MESSAGE_NOT_SIGNED_FOR_FROM, (struct dc_where){0},
			DC_ARGS(dc_text("domain", facts->inputs->domain)));
}

const struct dc_check dc_check_message_signatures = {
	.id = "message-signatures",
	.title = "A signature of the message holds and speaks for its From domain",
	.standard = "RFC 9989 section 4.4",
	.run = run,
};
