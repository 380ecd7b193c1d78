/* The facts of DKIM: asks what can be asked, judges what came back, concludes no more than is known.
 *
 * The first round asks for _domainkey, for a name that nobody publishes (wildcards), for the selectors that were given and
 * for the likeliest others. Providers' selectors follow as soon as MX, SPF or a CNAME say who it is. */
#include "dkim/dkim.h"

#include "dkim/batch_gcd.h"
#include "dkim/build.h"
#include "dkim/own.h"
#include "dkim/weak.h"

/* ---- the ground: _domainkey itself, a wildcard below it, obsolete policy records ---- */

static void read_policies(struct dc_dkim_build *build)
{
	struct dc_dkim_facts *facts = build->facts;
	struct dc_arena *arena = build->asker->arena;
	const struct dc_rr *rr;
	struct dc_txt txt;

	for (size_t i = 0; facts->adsp && i < DC_DKIM_RECORDS_MAX && (rr = dc_answer_rr(facts->adsp, i)); i++)
		if (!facts->adsp_record.text.len && dc_rr_txt(arena, rr, &txt) &&
		    dc_slice_starts_nocase(dc_slice_trim(txt.text), DC_S("dkim")) && dc_slice_find(txt.text, '=') != SIZE_MAX)
			facts->adsp_record = txt;
	for (size_t i = 0; facts->searched.node && i < DC_DKIM_RECORDS_MAX &&
			   (rr = dc_answer_rr(facts->searched.node, i)); i++)
		if (!facts->policy_record.text.len && dc_rr_txt(arena, rr, &txt) &&
		    (dc_slice_starts_nocase(dc_slice_trim(txt.text), DC_S("o=")) ||
		     dc_slice_starts_nocase(dc_slice_trim(txt.text), DC_S("t=y; o=")) ||
		     dc_slice_starts_nocase(dc_slice_trim(txt.text), DC_S("t=y;o="))))
			facts->policy_record = txt;
}

static void probe_wildcard(struct dc_dkim_build *build)
{
	struct dc_dkim_searched *searched = &build->facts->searched;
	const struct dc_dkim_record *records;
	const struct dc_slice *targets;
	struct dc_slice name;
	size_t count;

	if (!dc_name_join(build->asker->arena, dc_dkim_probe_label(build->asker->arena, build->input->domain),
			  build->node_name, &name))
		return; /* a domain so long has no room for selectors either */
	searched->probe = dc_ask_name(build->asker, name, DC_TYPE_TXT);
	if (!searched->probe)
		return;
	count = dc_dkim_read_records(build, searched->probe, &records);
	searched->mapped = dc_dkim_is_mapped(searched->probe);
	if (count || (!searched->mapped && dc_dkim_read_cnames(build->asker->arena, searched->probe, &targets))) {
		searched->wildcard = DC_DKIM_KNOWN_YES;
		if (count && !dc_dkim_is_other_text(&records[0]))
			searched->wildcard_record = &records[0];
	} else if (dc_outcome_is_known(searched->probe->outcome)) {
		searched->wildcard = DC_DKIM_KNOWN_NO;
	}
}

static void ask_ground(struct dc_dkim_build *build)
{
	struct dc_dkim_facts *facts = build->facts;
	struct dc_dkim_searched *searched = &facts->searched;

	searched->mode = build->input->search;
	searched->node = dc_ask(build->asker, build->node_name, DC_TYPE_TXT);
	searched->node_nxdomain = searched->node && searched->node->outcome == DC_OUTCOME_NXDOMAIN &&
				  !searched->node->rr_count;
	probe_wildcard(build);
	facts->adsp = dc_ask_below(build->asker, "_adsp", build->node_name, DC_TYPE_TXT);
	read_policies(build);
	/* A wildcard answers at these names too: then they say nothing. */
	if (searched->wildcard == DC_DKIM_KNOWN_YES && facts->adsp && dc_dkim_same_answer(facts->adsp, searched->probe))
		facts->adsp_record = (struct dc_txt){0};
}

/* ---- selectors ---- */

static const struct dc_answer *ask_candidate(struct dc_dkim_build *build, const struct dc_dkim_candidate *candidate)
{
	struct dc_dkim_searched *searched = &build->facts->searched;
	bool certain = candidate->origin == DC_DKIM_GIVEN || candidate->origin == DC_DKIM_NSEC;
	bool early = candidate->origin == DC_DKIM_PROVIDER || candidate->likely;
	bool nothing_below = searched->node && (searched->node_nxdomain || !dc_outcome_is_known(searched->node->outcome));
	const struct dc_answer *answer;
	struct dc_slice name;
	bool joined = dc_name_join(build->asker->arena, candidate->selector, build->node_name, &name);

	if (!joined)
		name = dc_arena_printf(build->asker->arena, "%.*s.%.*s", DC_FMT(candidate->selector),
				       DC_FMT(build->node_name));
	/* Long shots wait until it is known whether there is anything below _domainkey at all. */
	if (certain || (early && !nothing_below) || (searched->node && !nothing_below))
		return joined ? dc_ask_name(build->asker, name, DC_TYPE_TXT) : dc_ask(build->asker, name, DC_TYPE_TXT);
	answer = dc_ask_known(build->asker, name, DC_TYPE_TXT);
	if (!answer && nothing_below)
		searched->spared++;
	return answer;
}

/* Was the candidate found? Given ones are kept whatever came back. */
static bool is_found(struct dc_dkim_build *build, const struct dc_dkim_selector *selector)
{
	const struct dc_dkim_searched *searched = &build->facts->searched;

	if (selector->origin == DC_DKIM_GIVEN)
		return true;
	if (!selector->cname_count && !dc_answer_count(selector->answer))
		return false;
	/* Any text may be a wildcard's as long as that is not known. */
	if (searched->wildcard == DC_DKIM_KNOWN_NOT && selector->record && dc_dkim_is_other_text(selector->record))
		return false;
	return (searched->wildcard != DC_DKIM_KNOWN_YES && !searched->mapped) || !dc_dkim_same_answer(selector->answer, searched->probe);
}

static void try_candidate(struct dc_dkim_build *build, const struct dc_dkim_candidate *candidate)
{
	struct dc_dkim_searched *searched = &build->facts->searched;
	const struct dc_answer *answer = ask_candidate(build, candidate);
	struct dc_dkim_selector selector;

	if (!answer)
		return;
	searched->names++;
	searched->guesses += candidate->origin != DC_DKIM_GIVEN;
	/* Nearly all guesses come back empty: there is nothing to judge. */
	if (!answer->rr_count && candidate->origin != DC_DKIM_GIVEN && dc_outcome_is_known(answer->outcome))
		return;
	dc_dkim_judge_selector(build, candidate, answer, &selector);
	if (!dc_outcome_is_known(answer->outcome) && !selector.cname_count) {
		searched->unanswered++;
		if (!searched->unanswered_answer)
			searched->unanswered_answer = answer;
	}
	selector.wildcard = searched->wildcard == DC_DKIM_KNOWN_YES && dc_dkim_same_answer(answer, searched->probe);
	if (!is_found(build, &selector) || build->facts->selector_count >= DC_DKIM_FOUND_MAX)
		return;
	DC_PUSH(build->asker->arena, build->selectors, build->facts->selector_count, build->selector_capacity) = selector;
	/* Who is behind one selector is behind its siblings too. */
	if (selector.provider && selector.cname_count && build->input->search != DC_DKIM_SEARCH_NONE)
		dc_dkim_add_provider(build, selector.provider);
}

static void try_all(struct dc_dkim_build *build)
{
	for (size_t i = 0; i < build->input->own_count; i++)
		dc_dkim_add(build, build->input->own[i].selector, DC_DKIM_GIVEN);
	dc_dkim_add_ladder(build);
	if (build->input->lone && build->input->search != DC_DKIM_SEARCH_NONE)
		dc_dkim_walk_zone(build);
	/* The list grows while it is read. */
	for (size_t i = 0; i < build->candidate_count; i++) {
		struct dc_dkim_candidate candidate = build->candidates[i];

		try_candidate(build, &candidate);
	}
	build->facts->selectors = build->selectors;
}

/* ---- what needs more than the selector's own answer ---- */

/* The domain that somebody could register to take the target over: two labels, three below registries such as co.uk. */
static struct dc_slice domain_of(struct dc_slice target)
{
	static const char *const second[] = {"ac", "co", "com", "edu", "gob", "gov", "gv", "ne", "net", "or", "org"};
	struct dc_slice two = dc_name_keep_right(target, 2), label = dc_name_first_label(two);

	if (two.len - label.len == 3) /* a country code */
		for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++)
			if (dc_slice_eq(label, dc_slice_of(second[i])))
				return dc_name_keep_right(target, 3);
	return two;
}

static void look_behind_cname(struct dc_dkim_build *build, struct dc_dkim_selector *selector)
{
	enum dc_outcome outcome = selector->answer->outcome;

	if (!selector->cname_count || dc_answer_count(selector->answer))
		return;
	selector->target = DC_DKIM_TARGET_EMPTY;
	if (outcome != DC_OUTCOME_NXDOMAIN) {
		if (!dc_outcome_is_known(outcome))
			selector->target = DC_DKIM_TARGET_UNKNOWN;
		return;
	}
	selector->target_domain = domain_of(selector->cname);
	if (dc_name_is_below(selector->cname, build->input->domain))
		return;
	selector->target_answer = dc_ask(build->asker, selector->target_domain, DC_TYPE_SOA);
	if (!selector->target_answer || !dc_outcome_is_known(selector->target_answer->outcome))
		selector->target = DC_DKIM_TARGET_UNKNOWN;
	else if (selector->target_answer->outcome == DC_OUTCOME_NXDOMAIN)
		selector->target = DC_DKIM_TARGET_NO_DOMAIN;
}

static void match_own(struct dc_dkim_build *build, struct dc_dkim_selector *selector)
{
	for (size_t i = 0; i < build->input->own_count; i++) {
		const struct dc_dkim_own *own = &build->input->own[i];
		struct dc_slice name;

		if (!dc_name_normalize(build->asker->arena, own->selector, &name) ||
		    !dc_slice_eq(name, selector->selector))
			continue;
		selector->own = own;
		selector->own_matches =
			selector->record && dc_slice_eq(selector->record->key.fingerprint, own->fingerprint);
	}
}

/* The baseline counts while the name still has the very same key. */
static void match_seen(struct dc_dkim_build *build, struct dc_dkim_selector *selector)
{
	const struct dc_dkim_key *key = selector->record ? &selector->record->key : NULL;

	for (size_t i = 0; key && key->fingerprint.len && i < build->input->seen_count; i++)
		if (dc_slice_eq(build->input->seen[i].name, selector->name) &&
		    dc_slice_eq(build->input->seen[i].fingerprint, key->fingerprint))
			selector->seen_since_s = build->input->seen[i].since_s;
}

static const struct dc_dkim_key *key_of(const struct dc_dkim_selector *selector)
{
	return selector->record && selector->record->key.fingerprint.len ? &selector->record->key : NULL;
}

static void find_same_keys(struct dc_dkim_build *build)
{
	for (size_t i = 0; i < build->facts->selector_count; i++)
		for (size_t j = 0; j < i && key_of(&build->selectors[i]) && !build->selectors[i].same_key; j++)
			if (key_of(&build->selectors[j]) &&
			    dc_slice_eq(key_of(&build->selectors[i])->fingerprint,
					key_of(&build->selectors[j])->fingerprint))
				build->selectors[i].same_key = &build->selectors[j];
}

static void call_weak(struct dc_dkim_selector *selector)
{
	if (selector->status == DC_DKIM_OK || selector->status == DC_DKIM_TESTING)
		selector->status = DC_DKIM_WEAK_KEY;
}

static void find_shared_primes(struct dc_dkim_build *build)
{
	size_t count = build->facts->selector_count;
	struct dc_slice *moduli = DC_NEW_ARRAY(build->asker->arena, struct dc_slice, count + 1);
	size_t *partners = DC_NEW_ARRAY(build->asker->arena, size_t, count + 1), keys = 0;

	for (size_t i = 0; i < count; i++) {
		const struct dc_dkim_key *key = key_of(&build->selectors[i]);

		if (key && key->type == DC_DKIM_KEY_RSA && key->bits <= DC_DKIM_TEST_BITS_MAX) {
			moduli[i] = key->modulus;
			keys++;
		}
	}
	if (keys < 2 || !dc_dkim_batch_gcd(moduli, count, partners))
		return;
	for (size_t i = 0; i < count; i++) {
		struct dc_dkim_record *record;

		if (partners[i] == SIZE_MAX)
			continue;
		record = (struct dc_dkim_record *)build->selectors[i].record; /* in our own arena */
		record->key.weak |= DC_DKIM_WEAK(SHARED_PRIME);
		build->selectors[i].shared_prime = &build->selectors[partners[i]];
		call_weak(&build->selectors[i]);
	}
}

/* What costs milliseconds waits for the build that counts, where no question is open, and for audits of one domain. */
static void test_primes(struct dc_dkim_build *build)
{
	if (!build->input->lone)
		return;
	if (build->asker->open_count) {
		build->asker->unanswered++;
		return;
	}
	for (size_t i = 0; i < build->facts->selector_count; i++) {
		struct dc_dkim_record *record = (struct dc_dkim_record *)build->selectors[i].record;

		if (!record)
			continue;
		dc_dkim_weak_test_prime(&record->key);
		if (record->key.weak & DC_DKIM_WEAK(PRIME_MODULUS))
			call_weak(&build->selectors[i]);
	}
}

/* ---- the end ---- */

static bool is_usable(const struct dc_dkim_selector *selector)
{
	return selector->record_count == 1 && selector->record->usable && dc_outcome_is_known(selector->answer->outcome);
}

static enum dc_dkim_conclusion conclude(const struct dc_dkim_facts *facts)
{
	const struct dc_dkim_searched *searched = &facts->searched;
	bool record = false;

	if (facts->usable)
		return DC_DKIM_FOUND;
	for (size_t i = 0; i < facts->selector_count; i++)
		record |= facts->selectors[i].record_count != 0;
	if (searched->unanswered)
		return DC_DKIM_UNANSWERED;
	if (record)
		return DC_DKIM_UNUSABLE;
	if (!searched->names && !searched->spared)
		return DC_DKIM_NOT_SEARCHED;
	if (searched->walk == DC_DKIM_WALK_COMPLETE && searched->wildcard == DC_DKIM_KNOWN_NO && !searched->mapped)
		return DC_DKIM_NONE;
	return DC_DKIM_NOT_FOUND;
}

const struct dc_dkim_facts *dc_dkim_build(struct dc_asker *asker, const struct dc_dkim_input *input)
{
	struct dc_dkim_facts *facts = DC_NEW(asker->arena, struct dc_dkim_facts);
	struct dc_dkim_build build = {.asker = asker, .input = input, .facts = facts};

	facts->domain = input->domain;
	build.node_name = dc_arena_concat(asker->arena, DC_S("_domainkey."), input->domain);
	ask_ground(&build);
	try_all(&build);
	for (size_t i = 0; i < facts->selector_count; i++) {
		look_behind_cname(&build, &build.selectors[i]);
		match_own(&build, &build.selectors[i]);
		match_seen(&build, &build.selectors[i]);
	}
	find_same_keys(&build);
	find_shared_primes(&build);
	test_primes(&build);
	for (size_t i = 0; i < facts->selector_count; i++)
		facts->usable += is_usable(&facts->selectors[i]);
	facts->conclusion = conclude(facts);
	return facts;
}

static void hear_receiver(struct dc_asker *asker, struct dc_slice domain, struct dc_dkim_selector *selector)
{
	const struct dc_dkim_record *record = selector->record;
	bool ed25519 = record && dc_slice_eq_nocase(record->type, DC_S("ed25519"));
	struct dc_receiver_key *verdict;

	if (selector->opendkim || !dc_answer_count(selector->answer) || !selector->name.len)
		return;
	verdict = DC_NEW(asker->arena, struct dc_receiver_key);
	if (dc_receiver_key(asker, selector->selector, domain, ed25519 ? DC_S("ed25519-sha256") : DC_S("rsa-sha256"), verdict))
		selector->opendkim = verdict;
}

void dc_dkim_hear_receivers(struct dc_asker *asker, const struct dc_dkim_facts *facts)
{
	for (size_t i = 0; i < facts->selector_count; i++)
		hear_receiver(asker, facts->domain, (struct dc_dkim_selector *)&facts->selectors[i]); /* in our own arena */
}

size_t dc_dkim_cname_targets(struct dc_arena *arena, const struct dc_dkim_facts *facts, struct dc_slice **ret_targets)
{
	struct dc_slice *targets = NULL;
	size_t count = 0, capacity = 0;

	for (size_t i = 0; i < facts->selector_count; i++)
		for (size_t j = 0; j < facts->selectors[i].cname_count; j++)
			DC_PUSH(arena, targets, count, capacity) = facts->selectors[i].cnames[j];
	*ret_targets = targets;
	return count;
}
