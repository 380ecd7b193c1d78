/* DNSSEC states gathered and summed up. The validation itself is the source's (libunbound). */
#include "dnssec/dnssec.h"

enum { ITEMS_MAX = 4 };

/* A server that gives no answer to the plain question (it refuses, or refers to others) gives no signatures either: what
 * validation makes of its silence proves nothing about the zone. */
static const struct dc_answer *refusal(struct dc_asker *asker, const struct dc_dnssec_item *item)
{
	const struct dc_answer *plain = dc_ask_known(asker, item->name, item->type);

	if (plain && (plain->outcome == DC_OUTCOME_REFUSED || plain->outcome == DC_OUTCOME_TIMEOUT))
		return plain;
	return NULL;
}

static void ask(struct dc_asker *asker, struct dc_dnssec_item *item, const char *prefix, struct dc_slice domain,
		uint16_t type)
{
	struct dc_question question = {.kind = DC_ASK_VALIDATE, .type = type};
	*item = (struct dc_dnssec_item){.name = domain, .type = type};
	if (prefix && !dc_name_join(asker->arena, dc_slice_of(prefix), domain, &item->name))
		return;
	question.name = item->name;
	item->answer = dc_ask_question(asker, &question);
	if (!item->answer)
		return;
	item->state = item->answer->dnssec;
	if (item->state == DC_DNSSEC_BOGUS && refusal(asker, item)) {
		item->answer = refusal(asker, item);
		item->state = DC_DNSSEC_UNKNOWN;
	}
}

const struct dc_dnssec_facts *dc_dnssec_build(struct dc_asker *asker, struct dc_slice domain, bool wanted)
{
	struct dc_dnssec_facts *facts = DC_NEW(asker->arena, struct dc_dnssec_facts);
	if (!wanted)
		return facts;
	struct dc_dnssec_item *items = DC_NEW_ARRAY(asker->arena, struct dc_dnssec_item, ITEMS_MAX);
	ask(asker, &items[0], NULL, domain, DC_TYPE_SOA);
	ask(asker, &items[1], NULL, domain, DC_TYPE_MX);
	ask(asker, &items[2], NULL, domain, DC_TYPE_TXT);
	ask(asker, &items[3], "_dmarc", domain, DC_TYPE_TXT);
	facts->items = items;
	facts->count = ITEMS_MAX;
	facts->state = items[0].state;
	for (size_t i = 0; i < ITEMS_MAX; i++) {
		const struct dc_answer *answer = items[i].answer;
		if (items[i].state == DC_DNSSEC_BOGUS)
			facts->state = DC_DNSSEC_BOGUS;
		/* A source that cannot validate says so with an answer that knows nothing: that is no failure. */
		if (answer && answer->outcome != DC_OUTCOME_BOGUS && answer->outcome != DC_OUTCOME_NOT_ASKED &&
		    !dc_outcome_is_known(answer->outcome))
			facts->failed = true;
	}
	if (facts->state != DC_DNSSEC_UNKNOWN)
		facts->present = dc_tri_of(facts->state != DC_DNSSEC_INSECURE);
	return facts;
}
