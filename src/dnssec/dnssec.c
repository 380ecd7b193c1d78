/* DNSSEC states gathered and summed up. The validation itself is the source's (libunbound). */
#include "dnssec/parts.h"

enum { MAIL_ITEMS = 4, ITEMS_MAX = MAIL_ITEMS + 1 };

/* A server that gives no answer to the plain question (it refuses, or refers to others) gives no signatures either: what
 * validation makes of its silence proves nothing about the zone. */
static const struct dc_answer *refusal(struct dc_asker *asker, const struct dc_dnssec_item *item)
{
	const struct dc_answer *plain = dc_ask_known(asker, item->name, item->type);

	if (plain && (plain->outcome == DC_OUTCOME_REFUSED || plain->outcome == DC_OUTCOME_TIMEOUT))
		return plain;
	return NULL;
}

static const struct dc_answer *validate(struct dc_asker *asker, struct dc_slice name, uint16_t type)
{
	struct dc_question question = {.kind = DC_ASK_VALIDATE, .type = type, .name = name};
	return dc_ask_question(asker, &question);
}

static void ask(struct dc_asker *asker, struct dc_dnssec_item *item, const char *prefix, struct dc_slice domain,
		uint16_t type)
{
	*item = (struct dc_dnssec_item){.name = domain, .type = type};
	if (prefix && !dc_name_join(asker->arena, dc_slice_of(prefix), domain, &item->name))
		return;
	item->answer = validate(asker, item->name, type);
	if (!item->answer)
		return;
	item->state = item->answer->dnssec;
	if (item->state == DC_DNSSEC_BOGUS && refusal(asker, item)) {
		item->answer = refusal(asker, item);
		item->state = DC_DNSSEC_UNKNOWN;
	}
}

/* A validator that was there, and was of no use: not the silence of a source that has none. */
static bool is_blind(const struct dc_answer *answer)
{
	return answer->outcome == DC_OUTCOME_NOT_ASKED && dc_slice_eq(answer->via, DC_S("validation"));
}

static void sum_up(struct dc_dnssec_facts *facts)
{
	facts->state = facts->items[0].state;
	for (size_t i = 0; i < facts->count; i++) {
		const struct dc_answer *answer = facts->items[i].answer;
		if (facts->items[i].state == DC_DNSSEC_BOGUS)
			facts->state = DC_DNSSEC_BOGUS;
		/* A source that cannot validate says so with an answer that knows nothing: that is no failure. */
		if (answer && answer->outcome != DC_OUTCOME_BOGUS && answer->outcome != DC_OUTCOME_NOT_ASKED &&
		    !dc_outcome_is_known(answer->outcome))
			facts->failed = true;
		if (answer && is_blind(answer) && !facts->blind)
			facts->blind = answer;
	}
	if (facts->state != DC_DNSSEC_UNKNOWN)
		facts->present = dc_tri_of(facts->state != DC_DNSSEC_INSECURE);
}

/* Keys and digests, whatever validation makes of them: they say why it fails. */
static void look_at_chain(struct dc_asker *asker, struct dc_dnssec_facts *facts, struct dc_slice zone)
{
	facts->zone = zone;
	facts->key_answer = validate(asker, zone, DC_TYPE_DNSKEY);
	facts->ds_answer = validate(asker, zone, DC_TYPE_DS);
	dnssec_read_keys(asker, facts);
	dnssec_read_ds(asker, facts);
	if (facts->key_count)
		facts->nsec3_answer = dc_ask(asker, zone, DC_TYPE_NSEC3PARAM);
	dnssec_read_nsec3(facts);
	if (facts->ds_answer && dc_outcome_is_known(facts->ds_answer->outcome) && !facts->ds_count && facts->key_count)
		facts->island = DC_TRI_YES;
	else if (facts->ds_count || (facts->key_answer && dc_outcome_is_known(facts->key_answer->outcome) && !facts->key_count))
		facts->island = DC_TRI_NO;
	if (facts->ds_count) {
		facts->chained = DC_TRI_NO;
		for (size_t i = 0; i < facts->ds_count; i++)
			facts->chained = dc_tri_or(facts->chained, facts->ds[i].matches);
	}
}

const struct dc_dnssec_facts *dc_dnssec_build(struct dc_asker *asker, struct dc_slice domain, struct dc_slice zone,
					      int64_t now_s, bool wanted)
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
	facts->count = MAIL_ITEMS;
	sum_up(facts);
	if (zone.len)
		look_at_chain(asker, facts, zone);
	dnssec_read_signatures(asker, facts, now_s);
	return facts;
}
