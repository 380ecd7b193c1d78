/* Which records a finding that came, changed or went is about. Pure. */
#include "diff/diff.h"

static bool is(struct dc_slice text, const char *word)
{
	return dc_slice_eq(text, dc_slice_of(word));
}

/* "spf" of "spf-lookups", when a record of that protocol is what it is about. */
bool dc_diff_is_about(struct dc_slice check, struct dc_slice protocol)
{
	static const char *const joined[] = {"alignment", "spoofable", "parked", "helo"};
	struct dc_slice own = dc_slice_sub(check, 0, dc_slice_find(check, '-'));
	if (dc_slice_eq(own, protocol) || (is(protocol, "mta_sts") && dc_slice_starts(check, DC_S("mta-sts"))) ||
	    (is(protocol, "tls_rpt") && dc_slice_starts(check, DC_S("tls"))))
		return true;
	for (size_t i = 0; i < sizeof joined / sizeof *joined; i++)
		if (is(check, joined[i]))
			return is(protocol, "spf") || is(protocol, "dkim") || is(protocol, "dmarc") ||
			       (is(check, "helo") && is(protocol, "ptr"));
	return false;
}

static bool names_it(const struct dc_diff_finding *finding, const struct dc_diff_thing *thing)
{
	if (dc_slice_eq(finding->subject, thing->name))
		return true;
	for (size_t i = 0; i < finding->text_count; i++)
		if (dc_slice_eq(finding->texts[i], thing->name) ||
		    (thing->owner.len && dc_slice_eq(finding->texts[i], thing->owner)))
			return true;
	return false;
}

/* A term of the record is what the finding is about. */
static bool names_part(const struct dc_diff_finding *finding, const struct dc_slice *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < finding->text_count; k++)
			if (dc_slice_eq(finding->texts[k], parts[i]))
				return true;
	return false;
}

/* Addresses alone cost no lookup. */
static bool costs_nothing(const struct dc_diff_thing_change *change)
{
	const struct dc_slice *lists[] = {change->added, change->removed};
	const size_t counts[] = {change->added_count, change->removed_count};
	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < counts[i]; k++)
			if (!dc_slice_starts_nocase(lists[i][k], DC_S("ip4:")) && !dc_slice_starts_nocase(lists[i][k], DC_S("ip6:")))
				return false;
	return change->change == DC_DIFF_CHANGED;
}

/* When some of the records are named in the finding, these are the causes, and no others. */
static void keep_named(struct dc_diff_finding_change *finding)
{
	const struct dc_diff_finding *shown = finding->new ? finding->new : finding->old;
	size_t kept = 0;
	for (size_t i = 0; i < finding->because_count; i++) {
		const struct dc_diff_thing_change *thing = finding->because[i];
		const struct dc_diff_thing *record = thing->new ? thing->new : thing->old;
		bool root = is(record->protocol, "spf") && !record->via.len; /* its answer is evidence of everything */
		if (names_part(shown, thing->added, thing->added_count) || names_part(shown, thing->removed, thing->removed_count) ||
		    (!root && names_it(shown, record))) {
			finding->because[i] = finding->because[kept];
			finding->because[kept++] = thing;
		}
	}
	finding->because_count = kept ? kept : finding->because_count;
}

void dc_diff_find_causes(struct dc_arena *arena, const struct dc_diff_domain_change *at, struct dc_diff_finding_change *finding)
{
	const struct dc_diff_finding *shown = finding->new ? finding->new : finding->old;
	size_t capacity = 0;
	bool counts = is(shown->check, "spf-lookups") || is(shown->check, "spf-voids");
	/* DKIM keys and hosts stand for themselves; an SPF record may suffer from any record of its tree. */
	bool by_name = !dc_diff_is_about(shown->check, DC_S("spf"));
	for (size_t i = 0; i < at->thing_count; i++) {
		const struct dc_diff_thing_change *thing = &at->things[i];
		const struct dc_diff_thing *record = thing->new ? thing->new : thing->old;
		bool known = thing->change != DC_DIFF_UNKNOWN_NOW && thing->change != DC_DIFF_UNKNOWN_THEN;
		if (record->record && known && dc_diff_is_about(shown->check, record->protocol) &&
		    (!by_name || names_it(shown, record) || is(record->protocol, "dmarc")) && !(counts && costs_nothing(thing)))
			DC_PUSH(arena, finding->because, finding->because_count, capacity) = thing;
	}
	keep_named(finding);
}
