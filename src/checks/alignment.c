/* Does mail from the domain pass DMARC, for every identity that is known? RFC 9989 section 4.4.
 *
 * DKIM without a known selector is unknown, never a failure: selectors cannot be listed from outside. */
#include "checks/check.h"
#include "checks/sending.h"
#include "facts/identity.h"

/* An MX host of the domain's own may send or not: what it would get is shown, but is no fault. */
static bool is_sender(const struct dc_identity *identity)
{
	return !identity->ptr || identity->ptr->sender.origin != DC_SENDER_MX || dc_slice_eq(identity->spf, DC_S("pass"));
}

static struct dc_slice sender_text(const struct dc_identity *identity)
{
	return identity->ip_text.len ? identity->ip_text : DC_S("an unknown address");
}

/* Why SPF and DKIM do not help, for a result that is known. */
static struct dc_slice describe(struct dc_arena *arena, const struct dc_identity *identity)
{
	struct dc_slice spf = identity->spf.len ? identity->spf : DC_S("unknown");
	const char *dkim = identity->dkim == DC_TRI_YES ? "its key can be used" : "no key can be used";

	return dc_arena_printf(arena, "SPF gives %.*s%s; DKIM: %s%s", DC_FMT(spf),
			       identity->now.spf_aligned == DC_TRI_NO ? " for another domain" : "", dkim,
			       identity->now.dkim_aligned == DC_TRI_NO ? ", but for another domain" : "");
}

/* Why a result is unknown. */
enum cause {
	CAUSE_TOLD,     /* a failed lookup that another check tells: the DMARC record, a given DKIM selector */
	CAUSE_SPF,      /* the evaluation for this sender met a failed lookup */
	CAUSE_ORG,      /* an organizational domain could not be looked up */
	CAUSE_UNSAID,   /* nothing failed, too little is known */
};

static enum cause cause_of(const struct dc_facts *facts, const struct dc_identity *identity)
{
	const struct dc_identity_dmarc *now = &identity->now;

	if (facts->dmarc->now.name.class == DC_DMARC_CLASS_UNKNOWN)
		return CAUSE_TOLD;
	if (identity->spf_answer)
		return CAUSE_SPF;
	if ((now->spf_aligned == DC_TRI_UNKNOWN || now->dkim_aligned == DC_TRI_UNKNOWN) && facts->identities->org_answer)
		return CAUSE_ORG;
	return identity->stream->sending.selector_count ? CAUSE_TOLD : CAUSE_UNSAID;
}

/* Each cause is told once, with the first address that it concerns. */
static void judge_unknown(const struct dc_facts *facts, const struct dc_identity *identity, struct dc_emitter *emitter, unsigned *told)
{
	const struct dc_arg from = dc_text("from", identity->from), ip = dc_text("ip", sender_text(identity));
	enum cause cause = cause_of(facts, identity);
	const struct dc_answer *answer = cause == CAUSE_SPF ? identity->spf_answer : facts->identities->org_answer;

	if (*told & 1u << cause)
		return;
	*told |= 1u << cause;
	switch (cause) {
	case CAUSE_TOLD:
		dc_inconclusive(emitter);
		break;
	case CAUSE_SPF:
	case CAUSE_ORG:
		dc_emit_unanswered(emitter, DC_F_ALIGNMENT_UNANSWERED,
				   (struct dc_where){.subject = identity->ip_text, .answer = answer}, DC_ARGS(from, ip));
		break;
	case CAUSE_UNSAID:
		dc_emit(emitter, DC_F_ALIGNMENT_UNKNOWN, (struct dc_where){0},
			DC_ARGS(from, dc_text("what", identity->ip.family ? DC_S("a DKIM selector") :
									    DC_S("a sending address or a DKIM selector"))));
		break;
	}
}

static void judge_result(const struct dc_facts *facts, const struct dc_identity *identity, struct dc_emitter *emitter, unsigned *told)
{
	if (identity->now.result == DC_DMARC_RESULT_FAIL)
		dc_emit(emitter, DC_F_ALIGNMENT_FAILS, (struct dc_where){.subject = identity->ip_text},
			DC_ARGS(dc_text("from", identity->from), dc_text("ip", sender_text(identity)),
				dc_text("reason", describe(dc_emitter_arena(emitter), identity))));
	if (identity->now.result == DC_DMARC_RESULT_UNKNOWN)
		judge_unknown(facts, identity, emitter, told);
}

/* Only MX hosts are known, and none of them is let send: as good as no address at all. */
static void judge_without_sender(const struct dc_facts *facts, const struct dc_identity *identity, struct dc_emitter *emitter)
{
	if (facts->dmarc->now.name.class == DC_DMARC_CLASS_UNKNOWN)
		dc_inconclusive(emitter);
	else if (identity->now.result != DC_DMARC_RESULT_NONE && identity->now.result != DC_DMARC_RESULT_PASS)
		dc_emit(emitter, DC_F_ALIGNMENT_UNKNOWN, (struct dc_where){0},
			DC_ARGS(dc_text("from", identity->from), dc_text("what", DC_S("a sending address or a DKIM selector"))));
}

/* Alignment is a matter of names: each is told once, whoever uses it. */
static bool is_first(const struct dc_identity_facts *identities, size_t i, bool return_path)
{
	const struct dc_identity *identity = &identities->items[i];

	for (size_t k = 0; k < i; k++) {
		const struct dc_identity *other = &identities->items[k];

		if (return_path ? dc_slice_eq(other->mail_from, identity->mail_from)
				: dc_slice_eq(other->dkim_domain, identity->dkim_domain))
			return false;
	}
	return true;
}

static void judge_domains(const struct dc_identity_facts *identities, size_t i, struct dc_emitter *emitter)
{
	const struct dc_identity *identity = &identities->items[i];
	const struct dc_arg from = dc_text("from", identity->from);

	if (identity->now.spf_aligned == DC_TRI_NO && is_first(identities, i, true))
		dc_emit(emitter, DC_F_ALIGNMENT_RETURN_PATH, (struct dc_where){.subject = identity->mail_from},
			DC_ARGS(from, dc_text("mail_from", identity->mail_from)));
	if (identity->now.dkim_aligned == DC_TRI_NO && is_first(identities, i, false))
		dc_emit(emitter, DC_F_ALIGNMENT_DKIM_DOMAIN, (struct dc_where){.subject = identity->dkim_domain},
			DC_ARGS(from, dc_text("dkim_domain", identity->dkim_domain)));
}

/* Known to be so: selectors that were not found say nothing. */
static void judge_spf_only(const struct dc_identity *identity, struct dc_emitter *emitter)
{
	if (identity->now.result == DC_DMARC_RESULT_PASS && identity->dkim == DC_TRI_NO)
		dc_emit(emitter, DC_F_ALIGNMENT_SPF_ONLY, (struct dc_where){0}, DC_ARGS(dc_text("from", identity->from)));
}

/* Two senders that differ in nothing that counts here come to the same. */
static bool is_repeat(const struct dc_identity_facts *identities, size_t i)
{
	const struct dc_identity *identity = &identities->items[i];

	for (size_t k = 0; k < i; k++) {
		const struct dc_identity *other = &identities->items[k];

		if (dc_slice_eq(other->ip_text, identity->ip_text) && dc_slice_eq(other->mail_from, identity->mail_from) &&
		    dc_slice_eq(other->dkim_domain, identity->dkim_domain) && dc_slice_eq(other->spf, identity->spf) &&
		    other->dkim == identity->dkim)
			return true;
	}
	return false;
}

/* What does not depend on the address is told with the first of its stream, and of all streams once. */
static void judge_once(const struct dc_identity_facts *identities, size_t i, struct dc_emitter *emitter)
{
	const struct dc_identity *identity = &identities->items[i];

	judge_domains(identities, i, emitter);
	for (size_t k = 0; k < i; k++)
		if (identities->items[k].stream == identity->stream ||
		    (identities->items[k].now.result == DC_DMARC_RESULT_PASS && identities->items[k].dkim == DC_TRI_NO))
			return;
	judge_spf_only(identity, emitter);
}

/* Addresses that the user names; those from SPF pass by themselves. */
static void judge_sender(const struct dc_identity *identity, struct dc_emitter *emitter)
{
	if (!identity->ptr || identity->ptr->sender.origin != DC_SENDER_OPTION || !identity->spf.len ||
	    dc_slice_eq(identity->spf, DC_S("pass")) || dc_slice_eq(identity->spf, DC_S("temperror")) ||
	    dc_slice_eq(identity->spf, DC_S("none")))
		return;
	struct dc_slice term = dc_arena_concat(dc_emitter_arena(emitter), identity->ip.family == 4 ? DC_S("ip4:") : DC_S("ip6:"),
					       identity->ip_text);

	dc_emit(emitter, DC_F_ALIGNMENT_SENDER_NOT_AUTHORISED, (struct dc_where){.subject = identity->ip_text},
		DC_ARGS(dc_text("mail_from", identity->mail_from), dc_text("result", identity->spf), dc_text("ip", identity->ip_text),
			dc_text("term", term)));
}

static struct dc_slice disposition_text(const struct dc_identity_dmarc *dmarc)
{
	switch (dmarc->disposition) {
	case DC_DMARC_POLICY_NONE:
		return DC_S("delivery");
	case DC_DMARC_POLICY_QUARANTINE:
		return DC_S("quarantine");
	case DC_DMARC_POLICY_REJECT:
		return DC_S("rejection");
	default:
		return DC_S("an unknown fate");
	}
}

static void judge_what_if(const struct dc_facts *facts, const struct dc_identity *identity, struct dc_emitter *emitter)
{
	if (!facts->inputs->what_if.len || identity->now.disposition == identity->changed.disposition)
		return;
	dc_emit(emitter, DC_F_ALIGNMENT_WHAT_IF, (struct dc_where){.subject = identity->ip_text},
		DC_ARGS(dc_text("what_if", facts->inputs->what_if), dc_text("from", identity->from), dc_text("ip", sender_text(identity)),
			dc_text("today", disposition_text(&identity->now)), dc_text("changed", disposition_text(&identity->changed))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_identity_facts *identities = facts->identities;
	unsigned told = 0;
	bool any = false;

	if (dc_sends_never(facts) && !facts->inputs->sender_count) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < identities->count; i++)
		judge_once(identities, i, emitter);
	for (size_t i = 0; i < identities->count; i++) {
		if (!is_sender(&identities->items[i]))
			continue;
		any = true;
		if (is_repeat(identities, i))
			continue;
		judge_sender(&identities->items[i], emitter);
		judge_result(facts, &identities->items[i], emitter, &told);
		judge_what_if(facts, &identities->items[i], emitter);
	}
	if (!any)
		judge_without_sender(facts, &identities->items[0], emitter);
}

const struct dc_check dc_check_alignment = {
	.id = "alignment",
	.title = "Mail from the domain passes DMARC",
	.standard = "RFC 9989 section 4.4",
	.run = run,
};
