/* DANE facts: TLSA records of each MX host, and whether DNSSEC makes them count.
 *
 * RFC 7672 section 2.1.1 and 2.1.2 (states and failures), 2.2.1 (MX), 2.2.2 (addresses and aliases), 2.2.3 (TLSA), 3.1
 * (usable records). Not here: RFC 7672 section 2.2 for next hops that are no MX (submission), and PKIX usages. */
#include "dane/dane.h"

struct builder {
	struct dc_asker *asker;
	bool thorough;
};

/* ---- DNSSEC states ---- */

/* Has this resolver vouched for anything? Then what it does not vouch for is not secure. */
static bool vouches(const struct dc_asker *asker, struct dc_slice via)
{
	for (size_t i = 0; i < dc_evidence_count(asker->evidence); i++) {
		const struct dc_answer *answer = dc_evidence_at(asker->evidence, i);

		if (answer->authentic && answer->question.kind == DC_ASK_DNS && dc_slice_eq(answer->via, via))
			return true;
	}
	return false;
}

/* Our own validation when it is wanted and says something, else the resolver's word. */
static struct dc_dane_state state_of(struct builder *builder, const struct dc_answer *plain, bool validate)
{
	struct dc_dane_state state = {.answer = plain};

	if (!plain)
		return state;
	if (validate) {
		struct dc_question question = {.kind = DC_ASK_VALIDATE, .type = plain->question.type,
					       .name = plain->question.name};
		const struct dc_answer *validated = dc_ask_question(builder->asker, &question);

		/* Who refuses the plain question or is silent gives no signatures either: that proves nothing. */
		bool silent = plain->outcome == DC_OUTCOME_REFUSED || plain->outcome == DC_OUTCOME_TIMEOUT;
		if (validated && validated->dnssec != DC_DNSSEC_UNKNOWN &&
		    !(silent && validated->dnssec == DC_DNSSEC_BOGUS))
			return (struct dc_dane_state){validated->dnssec, "validation", validated};
	}
	if (plain->outcome == DC_OUTCOME_BOGUS)
		state.state = DC_DNSSEC_BOGUS;
	else if (dc_answer_is_known(plain) && plain->authentic)
		state.state = DC_DNSSEC_SECURE;
	else if (dc_answer_is_known(plain) && vouches(builder->asker, plain->via))
		state.state = DC_DNSSEC_INSECURE;
	if (state.state != DC_DNSSEC_UNKNOWN)
		state.by = "resolver";
	return state;
}

/* ---- one host ---- */

/* The address answer that tells whether the host's zone is signed: one that has records, when there is one. */
static const struct dc_answer *address_answer(const struct dc_mx_host *mx)
{
	if (mx->a && dc_answer_is_known(mx->a) && (dc_answer_count(mx->a) || !mx->aaaa || !dc_answer_count(mx->aaaa)))
		return mx->a;
	return mx->aaaa && dc_answer_is_known(mx->aaaa) ? mx->aaaa : mx->a;
}

static void read_records(struct dc_asker *asker, struct dc_dane_host *host)
{
	struct dc_dane_record *records = DC_NEW_ARRAY(asker->arena, struct dc_dane_record, DC_DANE_RECORD_MAX);
	const struct dc_rr *rr;

	for (size_t i = 0; (rr = dc_answer_rr(host->answer, i)); i++) {
		struct dc_dane_record record = dc_dane_read(rr);
		size_t at = host->count;

		host->record_count++;
		if (host->count == DC_DANE_RECORD_MAX)
			continue;
		/* Answers come in any order, reports must not. */
		while (at > 0 && dc_slice_cmp(rr->rdata, records[at - 1].rr->rdata) < 0) {
			records[at] = records[at - 1];
			at--;
		}
		records[at] = record;
		host->count++;
	}
	for (size_t i = 0; i < host->count; i++) {
		records[i].duplicate = i > 0 && dc_slice_eq(records[i].rr->rdata, records[i - 1].rr->rdata);
		host->usable += records[i].fault == DC_DANE_USABLE && !records[i].duplicate;
	}
	host->records = records;
}

/* The alias first, when its records are there; else the name in the MX record (RFC 7672 section 2.2.2). */
static void look_up_tlsa(struct dc_asker *asker, struct dc_dane_host *host)
{
	host->base = host->mx->host;
	host->answer = dc_ask_below(asker, "_25._tcp", host->mx->host, DC_TYPE_TLSA);
	host->asked = true;
	if (!host->mx->alias.len)
		return;
	const struct dc_answer *answer = dc_ask_below(asker, "_25._tcp", host->mx->alias, DC_TYPE_TLSA);
	if (answer && (!dc_answer_is_known(answer) || dc_answer_count(answer))) {
		host->answer = answer;
		host->base = host->mx->alias;
	}
}

static void look_up_host(struct builder *builder, const struct dc_dane_facts *facts, struct dc_dane_host *host)
{
	const struct dc_answer *address = address_answer(host->mx);
	bool signed_host = address && address->authentic;

	if (!builder->thorough && !signed_host && !(facts->mx.answer && facts->mx.answer->authentic))
		return;
	if (!builder->thorough && host->mx->resolves == DC_TRI_NO)
		return;
	look_up_tlsa(builder->asker, host);
	if (dc_answer_is_known(host->answer)) {
		host->present = dc_tri_of(dc_answer_count(host->answer) > 0);
		read_records(builder->asker, host);
	}
	/* Validation only where something hangs on it. */
	bool validate = builder->thorough && host->answer && host->present != DC_TRI_NO;
	host->address = state_of(builder, address, validate);
	host->tlsa = state_of(builder, host->answer, validate);
	if (host->address.state != DC_DNSSEC_UNKNOWN)
		host->looked_up = dc_tri_of(host->address.state == DC_DNSSEC_SECURE);
}

const struct dc_dane_facts *dc_dane_build(struct dc_asker *asker, const struct dc_mx_facts *mx, bool thorough)
{
	struct dc_dane_facts *facts = DC_NEW(asker->arena, struct dc_dane_facts);
	struct dc_dane_host *hosts = DC_NEW_ARRAY(asker->arena, struct dc_dane_host, mx->host_count + 1);
	struct builder builder = {asker, thorough};
	bool all = true;

	facts->hosts = hosts;
	if (mx->class != DC_MX_HOSTS && mx->class != DC_MX_IMPLICIT)
		return facts;
	/* Asked by the DNSSEC room too: the same question. */
	facts->mx = state_of(&builder, mx->answer, thorough);
	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *host = &mx->hosts[i];

		if (!host->is_host || host->duplicate)
			continue;
		hosts[facts->count] = (struct dc_dane_host){.mx = host, .base = host->host};
		look_up_host(&builder, facts, &hosts[facts->count]);
		all &= hosts[facts->count].present != DC_TRI_UNKNOWN;
		if (hosts[facts->count].present == DC_TRI_YES)
			facts->present = DC_TRI_YES;
		facts->count++;
	}
	if (facts->present != DC_TRI_YES && all && facts->count)
		facts->present = DC_TRI_NO;
	return facts;
}
