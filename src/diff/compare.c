/* Two sides into changes. Pure. */
#include "diff/diff.h"

#include <stdlib.h>

#include "dns/name.h"

struct compare {
	struct dc_arena *arena;
	struct dc_diff *diff;
	struct dc_diff_domain_change *at;
	size_t thing_capacity, finding_capacity;
};

const char *dc_diff_change_name(enum dc_diff_change change)
{
	static const char *const names[] = {"same",    "came", "went",	     "changed",
					    "reached", "left", "unknown-now", "unknown-then"};
	return names[change];
}

const char *dc_diff_whose_name(enum dc_diff_whose whose)
{
	static const char *const names[] = {"own", "organisation", "other"};
	return names[whose];
}

static bool is(struct dc_slice text, const char *word)
{
	return dc_slice_eq(text, dc_slice_of(word));
}

static bool is_unknown(enum dc_diff_change change)
{
	return change == DC_DIFF_UNKNOWN_NOW || change == DC_DIFF_UNKNOWN_THEN;
}

/* ---- records and facts ---- */

static bool equal_parts(const struct dc_diff_thing *a, const struct dc_diff_thing *b)
{
	if (a->part_count != b->part_count)
		return false;
	for (size_t i = 0; i < a->part_count; i++)
		if (!dc_slice_eq(a->parts[i], b->parts[i]))
			return false;
	return true;
}

static enum dc_diff_change between(const struct dc_diff_thing *old, const struct dc_diff_thing *new)
{
	if (old->state == DC_DIFF_NOT_KNOWN || new->state == DC_DIFF_NOT_KNOWN)
		return old->state == new->state		      ? DC_DIFF_SAME
		       : new->state == DC_DIFF_NOT_KNOWN ? DC_DIFF_UNKNOWN_NOW
							     : DC_DIFF_UNKNOWN_THEN;
	if (old->state != new->state)
		return new->state == DC_DIFF_PRESENT ? DC_DIFF_CAME : DC_DIFF_WENT;
	if (old->state == DC_DIFF_ABSENT)
		return DC_DIFF_SAME;
	bool same = old->set && new->set ? equal_parts(old, new) : dc_slice_eq(old->value, new->value);
	return same && dc_slice_eq(old->owner, new->owner) ? DC_DIFF_SAME : DC_DIFF_CHANGED;
}

static const struct dc_diff_thing *find_thing(const struct dc_diff_domain *domain, bool record, const char *protocol,
					      struct dc_slice name, const char *type)
{
	struct dc_diff_thing key = {.record = record, .protocol = dc_slice_of(protocol), .name = name, .type = type};
	return domain->thing_count ? bsearch(&key, domain->things, domain->thing_count, sizeof key, dc_diff_thing_order) : NULL;
}

static bool knows_mx(const struct dc_diff_domain *domain)
{
	const struct dc_diff_thing *mx = find_thing(domain, true, "mx", domain->domain, "MX");
	return mx && mx->state != DC_DIFF_NOT_KNOWN;
}

/* `there` has the record and `other` did not come across it: enough is known of `other` to say that it is not a matter of
 * lost answers. */
static bool missed_nothing(const struct dc_diff_domain *other, const struct dc_diff_thing *there)
{
	if (is(there->protocol, "spf"))
		return other->spf_whole;
	if (is(there->protocol, "dkim"))
		return other->dkim_whole || there->given;
	if (is(there->protocol, "mx"))
		return knows_mx(other);
	return !is(there->protocol, "ptr") || (other->spf_whole && knows_mx(other));
}

/* Of a record that one report does not mention at all. */
static enum dc_diff_change one_sided(const struct dc_diff_domain *old, const struct dc_diff_domain *new,
				     const struct dc_diff_thing *thing, bool in_new)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference,analyzer-null-dereference): one list goes on, so one thing is there */
	if (!thing->record || thing->state != DC_DIFF_PRESENT)
		return DC_DIFF_SAME;
	if (!missed_nothing(in_new ? old : new, thing))
		return in_new ? DC_DIFF_UNKNOWN_THEN : DC_DIFF_UNKNOWN_NOW;
	/* Both looked under the same names, so it was looked for. */
	if (is(thing->protocol, "dkim") && !thing->given && dc_slice_eq(old->dkim_mode, new->dkim_mode))
		return in_new ? DC_DIFF_CAME : DC_DIFF_WENT;
	return in_new ? DC_DIFF_REACHED : DC_DIFF_LEFT;
}

static bool is_at_or_below(struct dc_slice name, struct dc_slice ancestor)
{
	return dc_slice_eq(name, ancestor) ||
	       (name.len > ancestor.len && dc_slice_ends_nocase(name, ancestor) && name.ptr[name.len - ancestor.len - 1] == '.');
}

static enum dc_diff_whose whose(const struct dc_diff_domain *domain, const struct dc_diff_thing *thing)
{
	struct dc_slice name = thing->owner.len ? thing->owner : thing->name;
	if (is_at_or_below(name, domain->domain))
		return DC_DIFF_OWN;
	return domain->org_domain.len && is_at_or_below(name, domain->org_domain) ? DC_DIFF_ORGANISATION : DC_DIFF_OTHER;
}

/* Those of `a` that are not in `b`; both sorted, and each may stand there several times. */
static const struct dc_slice *only_in(struct dc_arena *arena, const struct dc_diff_thing *a, const struct dc_diff_thing *b,
				      size_t *ret_count)
{
	struct dc_slice *parts = NULL;
	size_t count = 0, capacity = 0, k = 0;
	for (size_t i = 0; a && a->state == DC_DIFF_PRESENT && i < a->part_count; i++) {
		bool known = b && b->state == DC_DIFF_PRESENT;
		while (known && k < b->part_count && dc_slice_cmp(b->parts[k], a->parts[i]) < 0)
			k++;
		if (known && k < b->part_count && dc_slice_eq(b->parts[k], a->parts[i]))
			k++;
		else
			DC_PUSH(arena, parts, count, capacity) = a->parts[i];
	}
	*ret_count = count;
	return parts;
}

static void add_thing(struct compare *c, enum dc_diff_change change, const struct dc_diff_thing *old,
		      const struct dc_diff_thing *new)
{
	struct dc_diff_domain_change *at = c->at;
	struct dc_diff_thing_change made = {.change = change, .old = old, .new = new};
	if (change == DC_DIFF_SAME)
		return;
	if (change == DC_DIFF_CHANGED || change == DC_DIFF_CAME || change == DC_DIFF_WENT) {
		made.added = only_in(c->arena, new, old, &made.added_count);
		made.removed = only_in(c->arena, old, new, &made.removed_count);
	}
	if ((new ? new : old)->record)
		made.whose = new ? whose(at->new, new) : whose(at->old, old);
	DC_PUSH(c->arena, at->things, at->thing_count, c->thing_capacity) = made;
}

static void compare_things(struct compare *c)
{
	const struct dc_diff_domain *old = c->at->old, *new = c->at->new;
	size_t i = 0, k = 0;
	while (i < old->thing_count || k < new->thing_count) {
		const struct dc_diff_thing *a = i < old->thing_count ? &old->things[i] : NULL;
		const struct dc_diff_thing *b = k < new->thing_count ? &new->things[k] : NULL;
		int order = !a ? 1 : !b ? -1 : dc_diff_thing_order(a, b);
		if (order == 0)
			add_thing(c, between(a, b), a, b);
		else if (order < 0)
			add_thing(c, one_sided(old, new, a, false), a, NULL);
		else
			add_thing(c, one_sided(old, new, b, true), NULL, b);
		i += order <= 0;
		k += order >= 0;
	}
}

/* ---- findings ---- */

static bool fails(const struct dc_diff *diff, const struct dc_diff_finding *finding)
{
	return finding && !finding->inconclusive && !finding->waived.len && diff->fail_on != DC_SEVERITY_OFF &&
	       finding->severity >= diff->fail_on;
}

/* A record of what the check is about is not known, or whether there is DNSSEC. */
static bool lacks_record(const struct dc_diff_domain *domain, struct dc_slice check)
{
	const struct dc_diff_thing *state = find_thing(domain, false, "dnssec", DC_S("dnssec.state"), "");
	if (is(check, "dnssec-state"))
		return !state || state->state != DC_DIFF_PRESENT;
	for (size_t i = 0; i < domain->thing_count && domain->things[i].record; i++)
		if (domain->things[i].state == DC_DIFF_NOT_KNOWN && dc_diff_is_about(check, domain->things[i].protocol))
			return true;
	return false;
}

/* Could this report judge the check that the finding comes from? One that does not apply may do so because a record that
 * another check misses was not there to look at. */
static bool could_judge(const struct dc_diff_domain *domain, const struct dc_diff_finding *finding)
{
	for (size_t i = 0; i < domain->check_count; i++)
		if (dc_slice_eq(domain->checks[i].id, finding->check))
			return !is(domain->checks[i].verdict, "inconclusive") &&
			       !(is(domain->checks[i].verdict, "not-applicable") && lacks_record(domain, finding->check));
	return false;
}

static enum dc_diff_change finding_change(const struct dc_diff_domain *old, const struct dc_diff_domain *new,
					  const struct dc_diff_finding *a, const struct dc_diff_finding *b)
{
	if (a && b) {
		bool same = a->severity == b->severity && dc_slice_eq(a->message, b->message) &&
			    !a->waived.len == !b->waived.len;
		return same ? DC_DIFF_SAME : DC_DIFF_CHANGED;
	}
	const struct dc_diff_domain *other = a ? new : old;
	const struct dc_diff_finding *there = a ? a : b;
	if (!other)
		return DC_DIFF_CAME;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): of a and b one is there */
	if (there->inconclusive && could_judge(other, there))
		return a ? DC_DIFF_UNKNOWN_THEN : DC_DIFF_UNKNOWN_NOW;
	if (!there->inconclusive && !could_judge(other, there))
		return a ? DC_DIFF_UNKNOWN_NOW : DC_DIFF_UNKNOWN_THEN;
	return a ? DC_DIFF_WENT : DC_DIFF_CAME;
}

static void add_finding(struct compare *c, const struct dc_diff_finding *a, const struct dc_diff_finding *b)
{
	struct dc_diff_domain_change *at = c->at;
	struct dc_diff_finding_change made = {.change = finding_change(at->old, at->new, a, b), .old = a, .new = b};
	made.fails = fails(c->diff, b) && !fails(c->diff, a);
	if (made.change != DC_DIFF_SAME)
		DC_PUSH(c->arena, at->findings, at->finding_count, c->finding_capacity) = made;
}

static void compare_findings(struct compare *c)
{
	static const struct dc_diff_domain none;
	const struct dc_diff_domain *old = c->at->old ? c->at->old : &none, *new = c->at->new;
	size_t i = 0, k = 0;
	while (i < old->finding_count || k < new->finding_count) {
		const struct dc_diff_finding *a = i < old->finding_count ? &old->findings[i] : NULL;
		const struct dc_diff_finding *b = k < new->finding_count ? &new->findings[k] : NULL;
		int order = !a ? 1 : !b ? -1 : dc_slice_cmp(a->fingerprint, b->fingerprint);
		add_finding(c, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
		i += order <= 0;
		k += order >= 0;
	}
}

static int by_weight(const void *a, const void *b)
{
	static const int rank[] = {[DC_DIFF_SAME] = 9, [DC_DIFF_CAME] = 0, [DC_DIFF_CHANGED] = 1, [DC_DIFF_UNKNOWN_NOW] = 2,
				   [DC_DIFF_UNKNOWN_THEN] = 3, [DC_DIFF_WENT] = 4, [DC_DIFF_REACHED] = 5, [DC_DIFF_LEFT] = 6};
	const struct dc_diff_finding_change *x = a, *y = b;
	const struct dc_diff_finding *s = x->new ? x->new : x->old, *t = y->new ? y->new : y->old;
	if (x->fails != y->fails)
		return x->fails ? -1 : 1;
	if (rank[x->change] != rank[y->change])
		return rank[x->change] < rank[y->change] ? -1 : 1;
	if (s->severity != t->severity)
		return s->severity > t->severity ? -1 : 1;
	int order = dc_slice_cmp(s->id, t->id);
	order = order ? order : dc_slice_cmp(s->subject, t->subject);
	order = order ? order : dc_slice_cmp(s->fingerprint, t->fingerprint);
	return order ? order : dc_slice_cmp(s->message, t->message);
}

/* ---- verdicts, options ---- */

static struct dc_diff_verdict_change *compare_verdicts(struct dc_arena *arena, const struct dc_diff_verdict *old, size_t old_count,
						       const struct dc_diff_verdict *new, size_t new_count, size_t *ret_count)
{
	struct dc_diff_verdict_change *changes = NULL;
	size_t count = 0, capacity = 0, i = 0, k = 0;
	while (i < old_count || k < new_count) {
		int order = i == old_count ? 1 : k == new_count ? -1 : dc_slice_cmp(old[i].id, new[k].id);
		struct dc_diff_verdict_change made = {.id = order <= 0 ? old[i].id : new[k].id};
		if (order <= 0)
			made.old = old[i++].verdict;
		if (order >= 0)
			made.new = new[k++].verdict;
		if (!dc_slice_eq(made.old, made.new))
			DC_PUSH(arena, changes, count, capacity) = made;
	}
	*ret_count = count;
	return changes;
}

static void compare_options(struct compare *c, const struct dc_diff_side *old, const struct dc_diff_side *new)
{
	struct dc_diff *diff = c->diff;
	size_t capacity = 0, i = 0, k = 0;
	if (!old->options_known || !new->options_known)
		return;
	while (i < old->option_count || k < new->option_count) {
		int order = i == old->option_count   ? 1
			    : k == new->option_count ? -1
						     : dc_slice_cmp(old->options[i].name, new->options[k].name);
		struct dc_diff_verdict_change made = {.id = order <= 0 ? old->options[i].name : new->options[k].name};
		if (order <= 0)
			made.old = old->options[i++].value;
		if (order >= 0)
			made.new = new->options[k++].value;
		if (!dc_slice_eq(made.old, made.new) && !is(made.id, "now"))
			DC_PUSH(c->arena, diff->options, diff->option_count, capacity) = made;
	}
}

static const struct dc_diff_verdict *find_verdict(const struct dc_diff_domain *domain, struct dc_slice id)
{
	struct dc_diff_verdict key = {.id = id};
	return domain && domain->profile_count
		       ? bsearch(&key, domain->profiles, domain->profile_count, sizeof key, dc_diff_verdict_order)
		       : NULL;
}

static bool is_broken(const struct dc_diff *diff, const struct dc_diff_verdict *requirement)
{
	return requirement && dc_slice_find(requirement->id, '/') != SIZE_MAX && diff->fail_on != DC_SEVERITY_OFF &&
	       (is(requirement->verdict, "fail") || (diff->fail_on <= DC_SEVERITY_WARNING && is(requirement->verdict, "warn")));
}

/* Requirements of profiles that are broken now and were not. Those of profiles that the old audit did not judge by count only
 * when it did not have the domain at all. The baseline's are its checks, whose findings tell. */
static size_t newly_broken(const struct dc_diff *diff, const struct dc_diff_domain *old, const struct dc_diff_domain *new)
{
	size_t count = 0;
	for (size_t i = 0; new && i < new->profile_count; i++) {
		const struct dc_diff_verdict *now = &new->profiles[i], *then = find_verdict(old, now->id);
		if (is_broken(diff, now) && !dc_slice_starts(now->id, DC_S("baseline/")) && (then ? !is_broken(diff, then) : !old))
			count++;
	}
	return count;
}

/* ---- domains ---- */

static void sum_up(struct compare *c)
{
	struct dc_diff_summary *sum = &c->diff->summary;
	struct dc_diff_domain_change *at = c->at;
	for (size_t i = 0; i < at->thing_count; i++) {
		const struct dc_diff_thing_change *thing = &at->things[i];
		bool record = (thing->new ? thing->new : thing->old)->record;
		sum->records += record && !is_unknown(thing->change);
		sum->facts += !record && !is_unknown(thing->change);
		/* What follows from records is no reason of its own: it may not have been asked for at all. */
		sum->unknown += record && is_unknown(thing->change);
		at->incomplete |= record && is_unknown(thing->change);
	}
	for (size_t i = 0; i < at->finding_count; i++) {
		const struct dc_diff_finding_change *finding = &at->findings[i];
		sum->findings_came += finding->change == DC_DIFF_CAME;
		sum->findings_went += finding->change == DC_DIFF_WENT;
		sum->findings_changed += finding->change == DC_DIFF_CHANGED;
		sum->unknown += is_unknown(finding->change);
		sum->new_failing += finding->fails;
		at->incomplete |= is_unknown(finding->change);
		at->fails |= finding->fails;
	}
	size_t broken = newly_broken(c->diff, at->old, at->new);
	sum->requirements_broken += broken;
	at->fails |= broken > 0;
	/* What was not audited now may have any fault. */
	at->incomplete |= !at->new;
	c->diff->fails |= at->fails;
	c->diff->incomplete |= at->incomplete;
}

/* Into *at, which is as it was left by the domain before. */
static void compare_domain(struct compare *c, const struct dc_diff_domain *old, const struct dc_diff_domain *new,
			   struct dc_diff_domain_change *at)
{
	*at = (struct dc_diff_domain_change){.old = old, .new = new};
	c->at = at;
	c->thing_capacity = c->finding_capacity = 0;
	if (old && new) {
		compare_things(c);
		at->checks = compare_verdicts(c->arena, old->checks, old->check_count, new->checks, new->check_count,
						 &at->check_count);
		at->profiles = compare_verdicts(c->arena, old->profiles, old->profile_count, new->profiles, new->profile_count,
						   &at->profile_count);
	}
	if (new)
		compare_findings(c);
	for (size_t i = 0; i < at->finding_count; i++)
		dc_diff_find_causes(c->arena, at, &at->findings[i]);
	if (at->finding_count)
		qsort(at->findings, at->finding_count, sizeof *at->findings, by_weight);
	sum_up(c);
}

struct dc_diff *dc_diff_compare(struct dc_arena *arena, const struct dc_diff_side *old, const struct dc_diff_side *new,
				enum dc_severity fail_on)
{
	struct dc_diff *diff = DC_NEW(arena, struct dc_diff);
	struct compare c = {.arena = arena, .diff = diff};
	struct dc_diff_summary *sum = &diff->summary;
	size_t capacity = 0, i = 0, k = 0;
	*diff = (struct dc_diff){.old = old, .new = new, .fail_on = fail_on};
	compare_options(&c, old, new);
	while (i < old->domain_count || k < new->domain_count) {
		const struct dc_diff_domain *a = i < old->domain_count ? &old->domains[i] : NULL;
		const struct dc_diff_domain *b = k < new->domain_count ? &new->domains[k] : NULL;
		int order = !a ? 1 : !b ? -1 : dc_slice_cmp(a->domain, b->domain);
		struct dc_diff_domain_change change;
		compare_domain(&c, order <= 0 ? a : NULL, order >= 0 ? b : NULL, &change);
		bool same = change.old && change.new && !change.thing_count && !change.finding_count && !change.check_count &&
			    !change.profile_count && dc_slice_eq(change.old->verdict, change.new->verdict);
		sum->domains++;
		sum->same += same;
		sum->only_old += !change.new;
		sum->only_new += !change.old;
		sum->changed += !same && change.old && change.new;
		if (!same)
			DC_PUSH(arena, diff->domains, diff->domain_count, capacity) = change;
		i += order <= 0;
		k += order >= 0;
	}
	return diff;
}
