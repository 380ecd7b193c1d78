/* Can somebody forge this domain? A verdict with its reasons, for the domain, existing names and names that do not exist.
 *
 * The attacker has neither our keys nor our addresses; the receiver follows SPF, DKIM and DMARC to the letter (RFC 9989
 * section 4.4, 5.4). First the policy tells what an unauthenticated message gets; then everything counts that lets a
 * stranger's message authenticate after all. Not here: lookalike names, display names, stolen accounts. */
#include "facts/spoof_build.h"

#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "dmarc/psl.h"
#include "provider/provider.h"
#include "spf/spf.h"

enum {
	ALL_BITS_V4 = 31,  /* half of all addresses: as good as +all */
	ALL_BITS_V6 = 124, /* half of 2000::/3, all that is given out */
	WIDE_BITS_V4 = 22, /* four million: more than the largest providers list */
	FACTORED_BITS = 829, /* the longest RSA modulus factored in public (2020) */
};

const char *dc_spoof_verdict_name(enum dc_spoof_verdict verdict)
{
	static const char *const names[] = {"unknown", "no", "partly", "yes"};

	return names[verdict];
}

static const struct {
	const char *id, *text;
} reasons[DC_SPOOF_REASON_COUNT] = {
	[DC_SPOOF_NO_DMARC] = {"no-dmarc", "no DMARC record applies, so nothing ties the From address to the sender"},
	[DC_SPOOF_DMARC_IGNORED] = {"dmarc-ignored", "the DMARC record is broken and receivers ignore it"},
	[DC_SPOOF_POLICY_NONE] = {"policy-none", "the DMARC policy is none: receivers are asked to do nothing"},
	[DC_SPOOF_TEST_MODE] = {"test-mode", "t=y (test mode) lowers the DMARC policy by one level"},
	[DC_SPOOF_QUARANTINE] = {"policy-quarantine", "forged mail is still delivered, to the spam folder"},
	[DC_SPOOF_SUBDOMAINS_OPEN] = {"subdomains-open", "subdomains get a weaker DMARC policy than the domain"},
	[DC_SPOOF_MISSING_OPEN] = {"missing-names-open", "names that do not exist get a weaker DMARC policy than the domain"},
	[DC_SPOOF_SPF_ALL] = {"spf-allows-all", "SPF lets every address on the Internet pass"},
	[DC_SPOOF_SPF_WIDE] = {"spf-very-wide", "SPF lets millions of addresses pass, far more than any sender needs"},
	[DC_SPOOF_SHARED_SENDER] = {"shared-sender", "SPF includes a provider whose other customers use the same addresses"},
	[DC_SPOOF_WEAK_KEY] = {"weak-key", "a published DKIM key can be broken, so anybody could sign"},
	[DC_SPOOF_TAKEOVER] = {"takeover", "SPF or DKIM leads into a domain that nobody has registered: whoever does can pass"},
	[DC_SPOOF_UNKNOWN_DMARC] = {"unknown-dmarc", "a step of the DMARC lookup was not answered"},
	[DC_SPOOF_UNKNOWN_SPF] = {"unknown-spf", "part of the SPF record could not be looked up"},
	[DC_SPOOF_UNKNOWN_TARGET] = {"unknown-target",
				     "whether a domain that SPF or DKIM leads into is registered could not be looked up"},
	[DC_SPOOF_PROTECTED] = {"protected", "receivers are asked to reject mail that does not authenticate, for every name"},
};

const char *dc_spoof_reason_id(enum dc_spoof_reason_kind kind)
{
	return reasons[kind].id;
}

const char *dc_spoof_reason_text(enum dc_spoof_reason_kind kind)
{
	return reasons[kind].text;
}

struct builder {
	struct dc_spoof_facts *facts;
	struct dc_spoof_reason *why;
	const struct dc_inputs *inputs;
	const struct dc_dmarc_facts *dmarc;
};

static void add(struct builder *b, enum dc_spoof_reason_kind kind, struct dc_slice subject)
{
	for (size_t i = 0; i < b->facts->why_count; i++) {
		if (b->why[i].kind == kind && dc_slice_eq(b->why[i].subject, subject))
			return;
	}
	if (b->facts->why_count < DC_SPOOF_REASON_MAX)
		b->why[b->facts->why_count++] = (struct dc_spoof_reason){kind, subject};
}

static void lift(enum dc_spoof_verdict *verdict, enum dc_spoof_verdict at_least)
{
	if (*verdict < at_least)
		*verdict = at_least;
}

/* ---- what an unauthenticated message gets ---- */

static enum dc_spoof_verdict by_policy(const struct dc_dmarc_verdict *verdict)
{
	switch (verdict->effective) {
	case DC_DMARC_POLICY_REJECT:
		return DC_SPOOF_NO;
	case DC_DMARC_POLICY_QUARANTINE:
		return DC_SPOOF_PARTLY;
	case DC_DMARC_POLICY_NONE:
	case DC_DMARC_POLICY_ABSENT:
		return DC_SPOOF_YES;
	default:
		return DC_SPOOF_UNKNOWN;
	}
}

static void explain_policy(struct builder *b, const struct dc_dmarc_verdict *verdict)
{
	struct dc_slice location = verdict->location;

	if (verdict->record && verdict->record->testing && verdict->effective != verdict->policy)
		add(b, DC_SPOOF_TEST_MODE, location);
	if (verdict->class == DC_DMARC_CLASS_NONE)
		add(b, DC_SPOOF_NO_DMARC, (struct dc_slice){0});
	else if (verdict->class == DC_DMARC_CLASS_IGNORED)
		add(b, DC_SPOOF_DMARC_IGNORED, location);
	else if (verdict->effective == DC_DMARC_POLICY_UNKNOWN)
		add(b, DC_SPOOF_UNKNOWN_DMARC, verdict->blocked ? verdict->blocked->name : b->inputs->domain);
	else if (verdict->policy == DC_DMARC_POLICY_NONE)
		add(b, DC_SPOOF_POLICY_NONE, location);
	else if (verdict->effective == DC_DMARC_POLICY_QUARANTINE)
		add(b, DC_SPOOF_QUARANTINE, location);
}

static void judge_policy(struct builder *b)
{
	const struct dc_dmarc_view *now = &b->dmarc->now;
	struct dc_spoof_facts *facts = b->facts;

	facts->domain = by_policy(&now->name);
	facts->existing = by_policy(&now->existing);
	facts->missing = by_policy(&now->missing);
	explain_policy(b, &now->name);
	if (facts->domain && facts->existing > facts->domain)
		add(b, DC_SPOOF_SUBDOMAINS_OPEN, now->existing.location);
	if (facts->domain && facts->missing > facts->domain)
		add(b, DC_SPOOF_MISSING_OPEN, now->missing.location);
	if (!facts->existing)
		explain_policy(b, &now->existing);
	if (!facts->missing)
		explain_policy(b, &now->missing);
}

/* ---- strangers that authenticate after all ---- */

/* A stranger passes SPF for the domain itself; below it this counts only in relaxed alignment. */
static void lift_by_spf(struct builder *b, enum dc_spoof_verdict at_least)
{
	lift(&b->facts->domain, at_least);
	if (b->dmarc->now.aspf_strict)
		return;
	lift(&b->facts->existing, at_least);
	lift(&b->facts->missing, at_least);
}

static void judge_spf(struct builder *b, const struct dc_spf_facts *spf)
{
	bool all = spf->others4.code == DC_SPF_PASS || spf->others6.code == DC_SPF_PASS;

	if (spf->class == DC_SPF_CLASS_TEMPERROR || spf->unanswered)
		add(b, DC_SPOOF_UNKNOWN_SPF, spf->domain);
	if (spf->class != DC_SPF_CLASS_VALID && !all)
		return;
	if (all || dc_spf_count_reaches(spf->pass4.addresses, ALL_BITS_V4) ||
	    dc_spf_count_reaches(spf->pass6.addresses, ALL_BITS_V6)) {
		add(b, DC_SPOOF_SPF_ALL, spf->domain);
		lift_by_spf(b, DC_SPOOF_YES);
	} else if (dc_spf_count_reaches(spf->pass4.addresses, WIDE_BITS_V4)) {
		add(b, DC_SPOOF_SPF_WIDE, spf->domain);
		lift_by_spf(b, DC_SPOOF_PARTLY);
	}
}

/* Providers of these kinds let customers choose any return path; the others are known to ask for proof of the domain. */
static bool is_open_kind(const struct dc_provider_row *row)
{
	return strcmp(row->kind, "hosting") == 0 || strcmp(row->kind, "relay") == 0 || strcmp(row->kind, "forwarding") == 0;
}

static void judge_shared(struct builder *b, const struct dc_spf_facts *spf)
{
	for (size_t i = 0; i < spf->node_count; i++) {
		const struct dc_spf_node *node = spf->nodes[i];
		const struct dc_provider_row *row;

		if (node->depth != 1 || node->state != DC_SPF_STATE_RECORD || !node->by || !dc_spf_passes_on(node->by))
			continue;
		row = dc_provider_of(DC_PROVIDER_BY_SPF, node->name);
		if (!row)
			continue;
		add(b, DC_SPOOF_SHARED_SENDER, node->name);
		if (is_open_kind(row))
			lift_by_spf(b, DC_SPOOF_PARTLY);
	}
}

/* The highest name that does not exist stands right below a public suffix, which does. */
bool dc_spoof_is_registrable(const struct dc_spf_node *node, const struct dc_psl *psl)
{
	struct dc_slice parent;

	if (!node->unregistered_known || dc_name_labels(node->unregistered) < 2 || !dc_name_is_host(node->unregistered, false))
		return false;
	parent = dc_name_parent(node->unregistered);
	return dc_name_labels(parent) == 1 || dc_psl_is_suffix(psl, parent);
}

/* Today such a record gives permerror; the day somebody registers the name, it lets him pass. */
static void judge_targets(struct builder *b, const struct dc_spf_facts *spf)
{
	for (size_t i = 1; i < spf->node_count; i++) {
		const struct dc_spf_node *node = spf->nodes[i];

		if (!dc_spf_passes_on(node->by))
			continue; /* it can only take away */
		if (node->state == DC_SPF_STATE_NXDOMAIN && !node->unregistered_known)
			add(b, DC_SPOOF_UNKNOWN_TARGET, node->name);
		if (node->state != DC_SPF_STATE_NXDOMAIN || !dc_spoof_is_registrable(node, b->inputs->psl))
			continue;
		add(b, DC_SPOOF_TAKEOVER, node->unregistered);
		lift_by_spf(b, DC_SPOOF_PARTLY);
	}
}

static void judge_authorised(struct builder *b, const struct dc_spf_facts *spf)
{
	judge_spf(b, spf);
	judge_shared(b, spf);
	judge_targets(b, spf);
}

/* A stranger may use our return path too: what SPF says there counts as far as DMARC takes it for ours. */
static void judge_return_path(struct builder *b, struct dc_asker *asker, const struct dc_spf_facts *spf)
{
	if (b->dmarc->now.aspf_strict)
		return;
	switch (dc_dmarc_aligned(asker, b->inputs->domain, spf->domain, false)) {
	case DC_TRI_YES:
		judge_authorised(b, spf);
		break;
	case DC_TRI_UNKNOWN:
		if (spf->others4.code == DC_SPF_PASS || spf->others6.code == DC_SPF_PASS)
			add(b, DC_SPOOF_UNKNOWN_DMARC, spf->domain);
		break;
	case DC_TRI_NO:
		break;
	}
}

static enum dc_spoof_verdict key_risk(const struct dc_dkim_selector *selector)
{
	const struct dc_dkim_record *record = selector->record;

	if (!record || record->revoked || selector->status == DC_DKIM_UNKNOWN)
		return DC_SPOOF_NO;
	if (record->usable && record->key.weak & ~(DC_DKIM_WEAK(NOT_TESTED) | DC_DKIM_WEAK(BIAS) | DC_DKIM_WEAK(PATTERN)))
		return DC_SPOOF_YES;
	if (record->key.type == DC_DKIM_KEY_RSA && record->key.bits > 0 && record->key.bits <= FACTORED_BITS)
		return DC_SPOOF_PARTLY; /* receivers that keep to RFC 8301 refuse such keys, others do not */
	return DC_SPOOF_NO;
}

static void judge_keys(struct builder *b, struct dc_asker *asker, const struct dc_dkim_facts *dkim)
{
	bool strict = b->dmarc->now.adkim_strict;

	if (dc_dmarc_aligned(asker, b->inputs->domain, dkim->domain, strict) != DC_TRI_YES)
		return;
	for (size_t i = 0; i < dkim->selector_count; i++) {
		bool gone = dkim->selectors[i].target == DC_DKIM_TARGET_NO_DOMAIN;
		enum dc_spoof_verdict risk = gone ? DC_SPOOF_PARTLY : key_risk(&dkim->selectors[i]);

		if (dkim->selectors[i].target == DC_DKIM_TARGET_UNKNOWN)
			add(b, DC_SPOOF_UNKNOWN_TARGET, dkim->selectors[i].selector);
		if (risk == DC_SPOOF_NO)
			continue;
		if (gone)
			add(b, DC_SPOOF_TAKEOVER, dkim->selectors[i].target_domain);
		else
			add(b, DC_SPOOF_WEAK_KEY, dkim->selectors[i].selector);
		lift(&b->facts->domain, risk);
		if (!strict) {
			lift(&b->facts->existing, risk);
			lift(&b->facts->missing, risk);
		}
	}
}

/* ---- together ---- */

static bool has(const struct builder *b, enum dc_spoof_reason_kind kind)
{
	for (size_t i = 0; i < b->facts->why_count; i++) {
		if (b->why[i].kind == kind)
			return true;
	}
	return false;
}

static enum dc_spoof_verdict together(const struct builder *b)
{
	const struct dc_spoof_facts *facts = b->facts;

	if (facts->domain == DC_SPOOF_YES)
		return DC_SPOOF_YES;
	if (facts->domain == DC_SPOOF_PARTLY || facts->existing > DC_SPOOF_NO || facts->missing > DC_SPOOF_NO)
		return facts->domain == DC_SPOOF_UNKNOWN ? DC_SPOOF_UNKNOWN : DC_SPOOF_PARTLY;
	if (!facts->domain || !facts->existing || !facts->missing || has(b, DC_SPOOF_UNKNOWN_SPF) ||
	    has(b, DC_SPOOF_UNKNOWN_TARGET))
		return DC_SPOOF_UNKNOWN;
	return DC_SPOOF_NO;
}

static bool is_unknown(enum dc_spoof_reason_kind kind)
{
	return kind == DC_SPOOF_UNKNOWN_DMARC || kind == DC_SPOOF_UNKNOWN_SPF || kind == DC_SPOOF_UNKNOWN_TARGET;
}

/* Gravest first: the order of the judging, with what only might be moved behind what is. */
static void sort(struct builder *b)
{
	static const enum dc_spoof_reason_kind last[] = {DC_SPOOF_SHARED_SENDER, DC_SPOOF_UNKNOWN_DMARC, DC_SPOOF_UNKNOWN_SPF,
							 DC_SPOOF_UNKNOWN_TARGET};

	for (size_t k = 0; k < sizeof(last) / sizeof(*last); k++) {
		size_t n = b->facts->why_count;

		for (size_t i = 0, seen = 0; seen < n; seen++) {
			struct dc_spoof_reason reason = b->why[i];

			if (reason.kind != last[k]) {
				i++;
				continue;
			}
			memmove(b->why + i, b->why + i + 1, (n - i - 1) * sizeof(*b->why));
			b->why[n - 1] = reason;
		}
	}
}

const struct dc_spoof_facts *dc_spoof_build(struct dc_asker *asker, const struct dc_inputs *inputs,
					    const struct dc_spf_facts *spf, const struct dc_streams *streams,
					    const struct dc_dkim_facts *dkim, const struct dc_dmarc_facts *dmarc)
{
	struct dc_spoof_facts *facts = DC_NEW(asker->arena, struct dc_spoof_facts);
	struct builder b = {
		.facts = facts,
		.why = DC_NEW_ARRAY(asker->arena, struct dc_spoof_reason, DC_SPOOF_REASON_MAX),
		.inputs = inputs,
		.dmarc = dmarc,
	};

	judge_policy(&b);
	judge_keys(&b, asker, dkim);
	judge_authorised(&b, spf);
	for (size_t i = 0; i < streams->return_count; i++)
		judge_return_path(&b, asker, streams->returns[i].spf);
	facts->why = b.why;
	facts->verdict = together(&b);
	if (facts->verdict == DC_SPOOF_NO)
		add(&b, DC_SPOOF_PROTECTED, (struct dc_slice){0});
	sort(&b);
	/* What is not known explains no yes. */
	while (facts->verdict == DC_SPOOF_YES && facts->why_count > 1 && is_unknown(facts->why[facts->why_count - 1].kind))
		facts->why_count--;
	return facts;
}
