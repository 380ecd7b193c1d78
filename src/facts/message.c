/* Signatures of the message, joined with the domain's DMARC alignment. */
#include "facts/message.h"

/* A selector and a domain of which DNS has a name; without one no key can ever be found. */
static bool has_key_name(struct dc_arena *arena, const struct dc_receiver_signature *signature)
{
	struct dc_slice text = dc_arena_printf(arena, "%.*s._domainkey.%.*s", DC_FMT(signature->selector), DC_FMT(signature->domain)), name;
	return dc_name_normalize(arena, text, &name);
}

static enum dc_tri holds(struct dc_arena *arena, const struct dc_receiver_signature *signature)
{
	if (signature->passed)
		return DC_TRI_YES;
	/* The key could not be looked up, or nobody asked for it. */
	bool unknown = dc_slice_eq(signature->name, DC_S("key-fail")) || dc_slice_eq(signature->name, DC_S("unknown"));
	return unknown && has_key_name(arena, signature) ? DC_TRI_UNKNOWN : DC_TRI_NO;
}

const struct dc_message_facts *dc_message_build(struct dc_asker *asker, const struct dc_inputs *inputs,
						const struct dc_dmarc_facts *dmarc)
{
	struct dc_receiver_message verified = {0};
	if (!inputs->message)
		return NULL;
	struct dc_message_facts *facts = DC_NEW(asker->arena, struct dc_message_facts);
	facts->message = inputs->message;
	if (!dc_receiver_message(asker, inputs->now_s, &verified))
		return facts;
	facts->fate = verified.fate;
	facts->reason = verified.reason;
	facts->known = verified.fate == DC_RECEIVER_DONE;
	struct dc_message_verdict *signatures = DC_NEW_ARRAY(asker->arena, struct dc_message_verdict, verified.count + 1);
	facts->limited = verified.limited;
	if (facts->known && !facts->limited)
		facts->signed_for_from = DC_TRI_NO;
	for (size_t i = 0; i < verified.count; i++) {
		struct dc_message_verdict *signature = &signatures[facts->count++];
		struct dc_slice domain = {0};
		signature->signature = &verified.signatures[i];
		signature->holds = holds(asker->arena, signature->signature);
		if (dc_name_normalize(asker->arena, signature->signature->domain, &domain))
			signature->aligned = dc_dmarc_aligned(asker, inputs->domain, domain, dmarc->now.adkim_strict);
		facts->signed_for_from =
			dc_tri_or(facts->signed_for_from, dc_tri_and(signature->holds, signature->aligned));
	}
	facts->signatures = signatures;
	return facts;
}
