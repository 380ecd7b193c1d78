/* Identities: SPF by our evaluator and by libspf2, a usable DKIM key, alignment, the DMARC result and what becomes of the
 * message: RFC 9989 sections 4.4 (alignment), 5.4 (disposition); RFC 7208; beside it RFC 7489 with the public suffix list.
 *
 * No message was seen. "DKIM" is the prediction that a message signed with d= and a published key passes; without any
 * known selector it is unknown, never a failure. */
#include "facts/identity.h"

#include "dkim/dkim.h"
#include "dmarc/psl.h"
#include "facts/spoof_build.h"
#include "mx/mx.h"
#include "spf/spf.h"

const char *dc_dmarc_result_name(enum dc_dmarc_result result)
{
	static const char *const names[] = {
		[DC_DMARC_RESULT_UNKNOWN] = NULL, [DC_DMARC_RESULT_NONE] = "none",
		[DC_DMARC_RESULT_FAIL] = "fail",  [DC_DMARC_RESULT_PASS] = "pass",
	};

	return names[result];
}

struct builder {
	struct dc_asker *asker;
	const struct dc_inputs *inputs;
	const struct dc_spf_facts *spf;
	const struct dc_dmarc_facts *dmarc;
	struct dc_slice local; /* of MAIL FROM */
};

/* ---- SPF ---- */

static struct dc_spf_result check_host(const struct builder *b, struct dc_ip ip, struct dc_slice helo, struct dc_slice local,
				       struct dc_slice domain)
{
	struct dc_spf_query query = {.ip = ip, .helo = helo, .local = local, .domain = domain, .now_s = b->inputs->now_s};
	struct dc_spf_result result = {0};

	dc_spf_check_host(b->asker, &query, &result);
	return result;
}

/* Of a temperror. */
static const struct dc_answer *failed_lookup(const struct dc_spf_result *result)
{
	return result->code == DC_SPF_TEMPERROR ? result->answer : NULL;
}

static struct dc_slice code_text(enum dc_spf_code code)
{
	return code == DC_SPF_OPEN ? (struct dc_slice){0} : dc_slice_of(dc_spf_code_name(code));
}

static enum dc_tri passes(enum dc_spf_code code)
{
	if (code == DC_SPF_OPEN || code == DC_SPF_TEMPERROR)
		return DC_TRI_UNKNOWN;
	return dc_tri_of(code == DC_SPF_PASS);
}

static struct dc_slice helo_of(const struct dc_identity *identity)
{
	return identity->helo.len ? identity->helo : identity->mail_from;
}

/* Without a sending address SPF can be told only when the address does not matter. */
static enum dc_tri spf_without_address(const struct builder *b, struct dc_identity *identity)
{
	if (!dc_name_eq(identity->mail_from, b->inputs->domain) || !b->spf->answer)
		return DC_TRI_UNKNOWN;
	if (b->spf->class == DC_SPF_CLASS_NONE)
		identity->spf = DC_S("none");
	else if (b->spf->class == DC_SPF_CLASS_PERMERROR && b->spf->root && b->spf->root->record == NULL)
		identity->spf = DC_S("permerror");
	return identity->spf.len ? DC_TRI_NO : DC_TRI_UNKNOWN;
}

static enum dc_tri look_up_spf(const struct builder *b, struct dc_identity *identity)
{
	struct dc_spf_result result, helo_result;

	if (!identity->ip.family)
		return spf_without_address(b, identity);
	result = check_host(b, identity->ip, helo_of(identity), b->local, identity->mail_from);
	identity->spf = code_text(result.code);
	identity->spf_mechanism = result.mechanism;
	identity->spf_answer = failed_lookup(&result);
	if (identity->helo.len && identity->helo.ptr[0] != '[') {
		helo_result = check_host(b, identity->ip, identity->helo, DC_S("postmaster"), identity->helo);
		identity->helo_spf = code_text(helo_result.code);
		identity->helo_spf_answer = failed_lookup(&helo_result);
	}
	return passes(result.code);
}

/* ---- DKIM ---- */

static bool usable(const struct dc_dkim_selector *selector)
{
	return (selector->status == DC_DKIM_OK || selector->status == DC_DKIM_TESTING || selector->status == DC_DKIM_WEAK_KEY) &&
	       selector->record && selector->record->usable;
}

/* By the options every selector that was given is; a declared stream has its own. */
static bool is_used(const struct dc_stream_facts *stream, const struct dc_dkim_selector *selector)
{
	for (size_t i = 0; stream->declared && i < stream->sending.selector_count; i++)
		if (dc_slice_eq(stream->sending.selectors[i], selector->selector))
			return true;
	return !stream->declared && selector->origin == DC_DKIM_GIVEN;
}

/* Given selectors are all there is to know; guessed ones that fail say nothing about the others. */
static enum dc_tri dkim_usable(const struct dc_stream_facts *stream, struct dc_slice *ret_selector)
{
	const struct dc_dkim_facts *dkim = stream->dkim;
	enum dc_tri found = stream->sending.selector_count ? DC_TRI_NO : DC_TRI_UNKNOWN;

	if (dkim->conclusion == DC_DKIM_NONE)
		found = DC_TRI_NO;
	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];

		if (stream->sending.selector_count && !is_used(stream, selector))
			continue;
		if (usable(selector)) {
			*ret_selector = selector->selector;
			return DC_TRI_YES;
		}
		if (selector->status == DC_DKIM_UNKNOWN)
			found = DC_TRI_UNKNOWN;
	}
	return found;
}

/* ---- DMARC ---- */

static enum dc_dmarc_policy disposition_of(enum dc_dmarc_result result, const struct dc_dmarc_verdict *verdict)
{
	if (result == DC_DMARC_RESULT_PASS || result == DC_DMARC_RESULT_NONE)
		return DC_DMARC_POLICY_NONE;
	if (verdict->effective == DC_DMARC_POLICY_NONE)
		return DC_DMARC_POLICY_NONE; /* whatever the result is */
	return result == DC_DMARC_RESULT_FAIL ? verdict->effective : DC_DMARC_POLICY_UNKNOWN;
}

static void conclude(struct dc_identity_dmarc *dmarc, const struct dc_dmarc_verdict *verdict, enum dc_tri spf, enum dc_tri dkim)
{
	enum dc_tri pass = dc_tri_or(dc_tri_and(spf, dmarc->spf_aligned), dc_tri_and(dkim, dmarc->dkim_aligned));

	if (verdict->class == DC_DMARC_CLASS_NONE || verdict->class == DC_DMARC_CLASS_IGNORED)
		dmarc->result = DC_DMARC_RESULT_NONE;
	else if (verdict->class == DC_DMARC_CLASS_UNKNOWN || pass == DC_TRI_UNKNOWN)
		dmarc->result = DC_DMARC_RESULT_UNKNOWN;
	else
		dmarc->result = pass == DC_TRI_YES ? DC_DMARC_RESULT_PASS : DC_DMARC_RESULT_FAIL;
	dmarc->disposition = disposition_of(dmarc->result, verdict);
}

static enum dc_tri aligned_legacy(const struct dc_psl *psl, struct dc_slice author, struct dc_slice other, bool strict)
{
	if (strict || dc_name_eq(author, other))
		return dc_tri_of(dc_name_eq(author, other));
	return dc_tri_of(dc_name_eq(dc_psl_org_domain(psl, author), dc_psl_org_domain(psl, other)));
}

static void judge(const struct builder *b, struct dc_identity *identity, enum dc_tri spf)
{
	const struct dc_dmarc_view *now = &b->dmarc->now, *legacy = &b->dmarc->legacy, *changed = &b->dmarc->changed;
	struct dc_slice from = identity->from, mail_from = identity->mail_from, d = identity->dkim_domain;
	bool known = now->name.class != DC_DMARC_CLASS_UNKNOWN;

	/* While the record is unknown so are its modes; equal names are in alignment under both. */
	if (known || dc_name_eq(from, mail_from))
		identity->now.spf_aligned = dc_dmarc_aligned(b->asker, from, mail_from, now->aspf_strict);
	if (known || dc_name_eq(from, d))
		identity->now.dkim_aligned = dc_dmarc_aligned(b->asker, from, d, now->adkim_strict);
	identity->legacy.spf_aligned = aligned_legacy(b->asker->psl, from, mail_from, legacy->aspf_strict);
	identity->legacy.dkim_aligned = aligned_legacy(b->asker->psl, from, d, legacy->adkim_strict);
	identity->changed = identity->now;
	if (changed->aspf_strict != now->aspf_strict)
		identity->changed.spf_aligned = dc_dmarc_aligned(b->asker, from, mail_from, changed->aspf_strict);
	if (changed->adkim_strict != now->adkim_strict)
		identity->changed.dkim_aligned = dc_dmarc_aligned(b->asker, from, d, changed->adkim_strict);
	conclude(&identity->now, &now->name, spf, identity->dkim);
	conclude(&identity->legacy, &legacy->name, spf, identity->dkim);
	conclude(&identity->changed, &changed->name, spf, identity->dkim);
}

/* The organizational domain of `name` is asked for whether or not an alignment needs it: what fails is told. That of the
 * author's domain has been. */
static void ask_org(const struct builder *b, struct dc_slice name, struct dc_identity_facts *facts)
{
	const struct dc_answer *failed;

	if (dc_name_eq(name, b->inputs->domain))
		return;
	failed = dc_dmarc_org_failure(b->asker, name);
	if (!facts->org_answer)
		facts->org_answer = failed;
}

/* Of one stream: one for each address, or one without. Returns how many. */
static size_t add_stream(struct builder *b, const struct dc_stream_facts *stream, struct dc_identity *items)
{
	size_t count = stream->sender_count ? stream->sender_count : 1;
	struct dc_identity identity = {
		.stream = stream,
		.from = b->inputs->domain,
		.mail_from = stream->sending.mail_from,
		.helo = stream->sending.helo,
		.dkim_domain = stream->sending.dkim_domain,
	};

	b->local = stream->sending.mail_from_local;
	identity.dkim = dkim_usable(stream, &identity.dkim_selector);
	for (size_t i = 0; i < count; i++) {
		items[i] = identity;
		if (i < stream->sender_count) {
			items[i].ip = stream->senders[i].ip;
			items[i].ptr = i < stream->ptr->count ? &stream->ptr->addresses[i] : NULL;
			items[i].ip_text = items[i].ptr ? items[i].ptr->text : (struct dc_slice){0};
		}
		judge(b, &items[i], look_up_spf(b, &items[i]));
	}
	return count;
}

const struct dc_identity_facts *dc_identity_build(struct dc_asker *asker, const struct dc_inputs *inputs,
						  const struct dc_sender_facts *senders, const struct dc_streams *streams,
						  const struct dc_spf_facts *spf, const struct dc_dkim_facts *dkim,
						  const struct dc_dmarc_facts *dmarc)
{
	struct dc_identity_facts *facts = DC_NEW(asker->arena, struct dc_identity_facts);
	struct builder b = {.asker = asker, .inputs = inputs, .spf = spf, .dmarc = dmarc};
	struct dc_identity *items;
	size_t room = 0;

	for (size_t i = 0; i < streams->count; i++)
		room += streams->items[i].sender_count + 1;
	items = DC_NEW_ARRAY(asker->arena, struct dc_identity, room);
	for (size_t i = 0; i < streams->count; i++)
		facts->count += add_stream(&b, &streams->items[i], items + facts->count);
	facts->items = items;
	facts->senders = senders;
	facts->streams = streams;
	facts->org_answer = dmarc->walk.org_blocked ? dmarc->walk.org_blocked->answer : NULL;
	for (size_t i = 0; i < streams->count; i++) {
		ask_org(&b, streams->items[i].sending.mail_from, facts);
		ask_org(&b, streams->items[i].sending.dkim_domain, facts);
	}
	facts->spoof = dc_spoof_build(asker, inputs, spf, streams, dkim, dmarc);
	return facts;
}

/* ---- libspf2 ---- */

static bool hear(struct dc_asker *asker, const struct dc_identity *identity, struct dc_ip ip, struct dc_slice helo,
		 struct dc_receiver_spf *ret_spf)
{
	struct dc_slice local = dc_arena_concat(asker->arena, identity->stream->sending.mail_from_local, DC_S("@"));

	return dc_receiver_spf(asker, ip, helo, dc_arena_concat(asker->arena, local, identity->mail_from), identity->mail_from,
			       ret_spf);
}

/* Does it survive the record at all? Tried when no address is known that it could be asked about. */
static enum dc_receiver_fate probe(struct dc_asker *asker, const struct dc_identity *identity)
{
	static const uint8_t nobody[4] = {203, 0, 113, 255}; /* RFC 5737: never sends */
	struct dc_receiver_spf spf = {.fate = DC_RECEIVER_DONE};

	(void)hear(asker, identity, dc_ip_v4(nobody), identity->mail_from, &spf);
	return spf.fate;
}

void dc_identity_hear_receivers(struct dc_asker *asker, const struct dc_identity_facts *facts, const struct dc_spf_facts *spf)
{
	struct dc_identity_facts *heard = (struct dc_identity_facts *)facts; /* in our own arena, as are its items */
	struct dc_identity *items = (struct dc_identity *)facts->items;

	for (size_t i = 0; i < facts->count; i++)
		if (items[i].ip.family)
			items[i].libspf2_known = hear(asker, &items[i], items[i].ip, helo_of(&items[i]), &items[i].libspf2);
	if (facts->senders->count == 0 && facts->senders->complete && spf->record_count == 1)
		heard->probe_fate = probe(asker, &items[0]);
}
