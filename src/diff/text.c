/* Changes for people: a block a domain that changed, those that got worse first, and a line with the sum. Where one change
 * reaches many domains in the same way, such as that of a vendor's record, it is told once. */
#include "diff/diff.h"

#include <stdlib.h>

#include "base/sha.h"
#include "render/text/layout.h"

enum {
	MARK = 2, BODY = 4, DEEP = 8, /* columns */
	NAMES_MAX = 12, /* of domains told together; -v: all */
	WORSE_MAX = 40, /* domains named again at the end */
	ORDER_MAX = 64 << 20, /* octets for the order of domains; each takes some 60 */
};

static void line(const struct dc_text *text, size_t indent, enum dc_ink ink, struct dc_slice clean)
{
	dc_text_spaces(text, indent);
	dc_text_wrap(text, ink, clean, indent, indent + 2);
}

static struct dc_slice clean_words(const struct dc_text *text, const struct dc_diff_thing_change *change)
{
	return dc_text_clean(text, dc_diff_words(text->scratch, change));
}

/* ---- findings ---- */

struct look {
	const char *mark;
	enum dc_ink ink;
	const char *words;
};

static struct look finding_look(const struct dc_diff_finding_change *change)
{
	const struct dc_diff_finding *finding = change->new ? change->new : change->old;
	enum dc_ink ink = change->fails				     ? DC_INK_RED
			  : finding->inconclusive		     ? DC_INK_CYAN
			  : finding->severity >= DC_SEVERITY_WARNING ? DC_INK_YELLOW
								     : DC_INK_DIM;
	switch (change->change) {
	case DC_DIFF_CAME:
		return (struct look){"+", ink, ""};
	case DC_DIFF_WENT:
		return (struct look){"-", DC_INK_GREEN, ""};
	case DC_DIFF_CHANGED:
		return (struct look){"~", ink, ""};
	case DC_DIFF_UNKNOWN_NOW:
		return (struct look){"?", DC_INK_CYAN,
				     finding->inconclusive ? "could be determined before" : "whether it is still there is not known"};
	default:
		return (struct look){"?", change->fails ? DC_INK_RED : DC_INK_CYAN,
				     finding->inconclusive ? "is determined now" : "could not be determined before"};
	}
}

static void finding(const struct dc_text *text, const struct dc_diff_domain_change *at, const struct dc_diff_finding_change *change)
{
	const struct dc_diff_finding *shown = change->new ? change->new : change->old, *old = change->old;
	struct look look = finding_look(change);
	struct dc_slice id = dc_text_clean(text, shown->id), message = dc_text_clean(text, shown->message);
	struct dc_slice domain = (at->new ? at->new : at->old)->domain;
	dc_text_spaces(text, MARK);
	dc_text_puts(text, look.ink, look.mark);
	dc_text_puts(text, DC_INK_PLAIN, " ");
	const char *severity = shown->inconclusive ? "unknown" : dc_severity_name(shown->severity);
	dc_text_wrap(text, look.ink, dc_text_format(text, "%s %.*s: %.*s", severity, DC_FMT(id), DC_FMT(message)), BODY, BODY + 2);
	if (look.words[0])
		line(text, BODY + 2, DC_INK_DIM, dc_slice_of(look.words));
	if (shown->subject.len && !dc_slice_eq(shown->subject, domain)) {
		struct dc_slice subject = dc_text_clean(text, shown->subject);
		line(text, BODY + 2, DC_INK_DIM, dc_text_format(text, "at %.*s", DC_FMT(subject)));
	}
	if (change->change == DC_DIFF_CHANGED && old->severity != shown->severity)
		line(text, BODY + 2, DC_INK_DIM, dc_text_format(text, "it was %s", dc_severity_name(old->severity)));
	if (change->change == DC_DIFF_CHANGED && !dc_slice_eq(old->message, shown->message)) {
		struct dc_slice before = dc_text_clean(text, old->message);
		line(text, BODY + 2, DC_INK_DIM, dc_text_format(text, "before: %.*s", DC_FMT(before)));
	}
	if (change->change == DC_DIFF_CHANGED && !old->waived.len != !shown->waived.len)
		line(text, BODY + 2, DC_INK_DIM, shown->waived.len ? DC_S("accepted now") : DC_S("not accepted any more"));
	else if (shown->waived.len && change->new)
		line(text, BODY + 2, DC_INK_DIM, DC_S("accepted"));
	for (size_t i = 0; i < change->because_count && i < 3; i++) {
		struct dc_slice words = clean_words(text, change->because[i]);
		line(text, BODY + 2, DC_INK_PLAIN, dc_text_format(text, "because %.*s", DC_FMT(words)));
	}
	if (change->because_count > 3)
		line(text, BODY + 2, DC_INK_DIM, dc_text_format(text, "and %zu other changes", change->because_count - 3));
}

/* ---- records and facts ---- */

static const char *mark_of(enum dc_diff_change change)
{
	switch (change) {
	case DC_DIFF_CAME:
	case DC_DIFF_REACHED:
		return "+";
	case DC_DIFF_WENT:
	case DC_DIFF_LEFT:
		return "-";
	case DC_DIFF_CHANGED:
		return "~";
	default:
		return "?";
	}
}

static void part_lines(const struct dc_text *text, const char *sign, enum dc_ink ink, const struct dc_slice *parts, size_t count)
{
	enum { MANY = 12 };
	size_t shown = text->style->verbose || count <= MANY ? count : MANY;
	for (size_t i = 0; i < shown; i++) {
		struct dc_slice part = dc_text_clean(text, parts[i]);
		line(text, BODY + 2, ink, dc_text_format(text, "%s %.*s", sign, DC_FMT(part)));
	}
	if (shown < count)
		line(text, BODY + 2, DC_INK_DIM, dc_text_format(text, "%s %zu more (-v shows each)", sign, count - shown));
}

static void record(const struct dc_text *text, const struct dc_diff_thing_change *change)
{
	const struct dc_diff_thing *thing = change->new ? change->new : change->old;
	struct dc_slice words = clean_words(text, change), via = dc_text_clean(text, thing->via);
	dc_text_spaces(text, MARK);
	dc_text_puts(text, DC_INK_PLAIN, mark_of(change->change));
	dc_text_puts(text, DC_INK_PLAIN, " ");
	dc_text_wrap(text, DC_INK_PLAIN, words, BODY, BODY + 2);
	bool named = change->change == DC_DIFF_REACHED || change->change == DC_DIFF_LEFT;
	const char *lead = strcmp(thing->type, "PTR") == 0	? "in the reverse zone of the address"
			   : change->whose == DC_DIFF_OTHER	? "in somebody else's zone"
			   : change->whose == DC_DIFF_ORGANISATION ? "in the zone of the organisation"
								   : "";
	if (lead[0] || (via.len && !named))
		line(text, BODY + 2, DC_INK_DIM,
		     dc_text_format(text, "%s%s%s%.*s", lead, lead[0] && via.len && !named ? ", " : "",
				    via.len && !named ? "reached by " : "", named ? 0 : (int)via.len, via.len ? via.ptr : ""));
	part_lines(text, "+", DC_INK_GREEN, change->added, change->added_count);
	part_lines(text, "-", DC_INK_RED, change->removed, change->removed_count);
}

static struct dc_slice shown_value(const struct dc_text *text, const struct dc_diff_thing *thing)
{
	if (!thing || thing->state == DC_DIFF_NOT_KNOWN)
		return DC_S("not known");
	return thing->state == DC_DIFF_ABSENT ? DC_S("none") : dc_text_clean(text, thing->value);
}

static void fact(const struct dc_text *text, const struct dc_diff_thing_change *change)
{
	const struct dc_diff_thing *thing = change->new ? change->new : change->old;
	struct dc_slice name = dc_text_clean(text, thing->name), arrow = dc_text_pick(text, "→", "->");
	dc_text_spaces(text, BODY);
	if (thing->set && change->added_count + change->removed_count > 0) {
		dc_text_wrap(text, DC_INK_PLAIN, name, BODY, BODY + 2);
		part_lines(text, "+", DC_INK_PLAIN, change->added, change->added_count);
		part_lines(text, "-", DC_INK_PLAIN, change->removed, change->removed_count);
		return;
	}
	struct dc_slice old = shown_value(text, change->old), new = shown_value(text, change->new);
	dc_text_wrap(text, DC_INK_PLAIN,
		     dc_text_format(text, "%.*s: %.*s %.*s %.*s", DC_FMT(name), DC_FMT(old), DC_FMT(arrow), DC_FMT(new)), BODY,
		     BODY + 2);
}

/* ---- a domain ---- */

static void title(const struct dc_text *text, const char *words)
{
	dc_text_newline(text);
	dc_text_spaces(text, MARK);
	dc_text_puts(text, DC_INK_BOLD, words);
	dc_text_newline(text);
}

/* What older receivers conclude follows the rest nearly always. */
static bool is_minor(const struct dc_text *text, const struct dc_diff_thing_change *change)
{
	struct dc_slice name = (change->new ? change->new : change->old)->name;
	for (size_t i = 0; !text->style->verbose && i < name.len; i++)
		if (dc_slice_starts(dc_slice_sub(name, i, SIZE_MAX), DC_S(".legacy.")))
			return true;
	return false;
}

static void things(const struct dc_text *text, const struct dc_diff_domain_change *change, bool records)
{
	bool begun = false;
	for (size_t i = 0; i < change->thing_count; i++) {
		const struct dc_diff_thing_change *thing = &change->things[i];
		if ((thing->new ? thing->new : thing->old)->record != records || (!records && is_minor(text, thing)))
			continue;
		if (!begun)
			title(text, records ? "Records" : "What follows from them");
		begun = true;
		records ? record(text, thing) : fact(text, thing);
	}
}

static void head(const struct dc_text *text, const struct dc_diff_domain_change *change)
{
	struct dc_slice domain = dc_text_clean(text, (change->new ? change->new : change->old)->domain);
	struct dc_slice arrow = dc_text_pick(text, "→", "->"), words;
	struct dc_slice old = change->old ? dc_text_clean(text, change->old->verdict) : DC_S("");
	struct dc_slice new = change->new ? dc_text_clean(text, change->new->verdict) : DC_S("");
	enum dc_ink ink = change->fails ? DC_INK_RED : change->incomplete ? DC_INK_CYAN : DC_INK_GREEN;
	dc_text_put(text, DC_INK_BOLD, domain);
	dc_text_puts(text, DC_INK_PLAIN, "  ");
	if (!change->new)
		words = DC_S("not audited any more: nothing is known of it");
	else if (!change->old)
		words = dc_text_format(text, "not in the old report; %.*s", DC_FMT(new));
	else if (dc_slice_eq(old, new))
		words = dc_text_format(text, "%.*s as before", DC_FMT(new));
	else
		words = dc_text_format(text, "%.*s %.*s %.*s", DC_FMT(old), DC_FMT(arrow), DC_FMT(new));
	dc_text_wrap(text, ink, words, dc_columns(domain) + 2, BODY);
}

static void body(const struct dc_text *text, const struct dc_diff_domain_change *change)
{
	for (size_t i = 0; i < change->finding_count; i++) {
		if (i == 0)
			title(text, "Findings");
		finding(text, change, &change->findings[i]);
	}
	things(text, change, true);
	things(text, change, false);
	for (size_t i = 0; i < change->profile_count; i++) {
		const struct dc_diff_verdict_change *profile = &change->profiles[i];
		struct dc_slice id = dc_text_clean(text, profile->id), arrow = dc_text_pick(text, "→", "->");
		struct dc_slice old = dc_text_clean(text, profile->old), new = dc_text_clean(text, profile->new);
		if (i == 0)
			title(text, "Requirements");
		line(text, BODY, DC_INK_PLAIN,
		     dc_text_format(text, "%.*s: %.*s %.*s %.*s", DC_FMT(id), DC_FMT(old.len ? old : DC_S("none")), DC_FMT(arrow),
				    DC_FMT(new.len ? new : DC_S("none"))));
	}
}

/* ---- the order ---- */

struct place {
	const struct dc_diff_domain_change *change;
	uint8_t digest[DC_SHA_MAX]; /* of what is said of it besides its name */
	struct place *next;         /* those that are told with it, by name */
	size_t others;
	bool told;
};

static int rank_of(const struct dc_diff_domain_change *change)
{
	return change->fails ? 0 : change->incomplete ? 1 : change->finding_count + change->profile_count > 0 ? 2 : 3;
}

static int order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int by_rank = rank_of(x->change) - rank_of(y->change);

	return by_rank ? by_rank : x->change < y->change ? -1 : x->change > y->change; /* they come by name */
}

static int alike(const void *a, const void *b)
{
	const struct place *x = *(struct place *const *)a, *y = *(struct place *const *)b;
	int by_digest = memcmp(x->digest, y->digest, sizeof(x->digest));

	return by_digest ? by_digest : x < y ? -1 : x > y;
}

/* What would be said is written, read and taken back. */
static void digest(const struct dc_text *text, struct place *place)
{
	size_t from = text->out->len;
	struct dc_slice parts[2];

	body(text, place->change);
	parts[0] = place->change->new->verdict;
	parts[1] = dc_slice_sub(dc_buf_slice(text->out), from, SIZE_MAX);
	(void)dc_sha(DC_SHA256, parts, 2, place->digest);
	text->out->len = from;
	dc_arena_reset(text->scratch);
}

static struct place *sorted(const struct dc_text *text, const struct dc_diff *diff, struct dc_arena *arena)
{
	struct place *places = DC_NEW_ARRAY(arena, struct place, diff->domain_count), **by_digest, *first = NULL, *last = NULL;
	size_t count = 0;

	for (size_t i = 0; i < diff->domain_count; i++)
		places[i] = (struct place){.change = &diff->domains[i]};
	qsort(places, diff->domain_count, sizeof(*places), order);
	if (text->style->quiet)
		return places;
	by_digest = DC_NEW_ARRAY(arena, struct place *, diff->domain_count);
	for (size_t i = 0; i < diff->domain_count; i++) {
		const struct dc_diff_domain_change *change = places[i].change;

		if (rank_of(change) < 3 || !change->old || !change->new || !dc_slice_eq(change->old->verdict, change->new->verdict))
			continue;
		digest(text, &places[i]);
		by_digest[count++] = &places[i];
	}
	qsort(by_digest, count, sizeof(struct place *), alike);
	for (size_t i = 0; i < count; i++) {
		if (!first || memcmp(first->digest, by_digest[i]->digest, sizeof(first->digest)) != 0) {
			first = last = by_digest[i];
			continue;
		}
		by_digest[i]->told = true;
		first->others++;
		last->next = by_digest[i];
		last = by_digest[i];
	}
	return places;
}

static void others(const struct dc_text *text, const struct place *place)
{
	size_t shown = 0, max = text->style->verbose ? SIZE_MAX : NAMES_MAX;
	struct dc_slice words = DC_S("The same for ");
	size_t indent = MARK;

	dc_text_newline(text);
	for (const struct place *at = place->next; at && shown < max; at = at->next) {
		struct dc_slice name = dc_text_clean(text, at->change->new->domain);

		words = dc_text_format(text, "%.*s%.*s%s", DC_FMT(words), DC_FMT(name), ++shown < place->others ? ", " : "");
		if (shown % NAMES_MAX == 0 && shown < max && at->next) { /* a long list in pieces */
			line(text, indent, DC_INK_PLAIN, words);
			words = DC_S("");
			indent = BODY;
		}
	}
	if (shown < place->others)
		words = dc_text_format(text, "%.*sand %zu more (-v shows each)", DC_FMT(words), place->others - shown);
	line(text, indent, DC_INK_PLAIN, words);
}

static void block(const struct dc_text *text, const struct place *place)
{
	if (place->told)
		return;
	head(text, place->change);
	if (text->style->quiet)
		return;
	body(text, place->change);
	if (place->others)
		others(text, place);
	dc_text_newline(text);
}

/* Which domains are worse, and by what: in a fleet their blocks are far up by now. */
static void worse(const struct dc_text *text, const struct place *places, size_t count)
{
	size_t i;

	for (i = 0; i < count && i < WORSE_MAX && places[i].change->fails; i++) {
		const struct dc_diff_domain_change *change = places[i].change;
		struct dc_slice words = dc_text_clean(text, (change->new ? change->new : change->old)->domain);
		const char *between = ": ";

		for (size_t k = 0; k < change->finding_count && k < NAMES_MAX; k++) {
			const struct dc_diff_finding_change *finding = &change->findings[k];
			struct dc_slice id;

			if (!finding->fails || !finding->new)
				continue;
			id = dc_text_clean(text, finding->new->id);
			words = dc_text_format(text, "%.*s%s%.*s", DC_FMT(words), between, DC_FMT(id));
			between = ", ";
		}
		line(text, MARK, DC_INK_PLAIN, words);
	}
	if (i < count && places[i].change->fails)
		line(text, MARK, DC_INK_DIM, DC_S("and more"));
}

/* ---- the whole ---- */

static void options(const struct dc_text *text, const struct dc_diff *diff)
{
	for (size_t i = 0; i < diff->option_count; i++) {
		const struct dc_diff_verdict_change *option = &diff->options[i];
		struct dc_slice name = dc_text_clean(text, option->id), old = dc_text_clean(text, option->old);
		struct dc_slice new = dc_text_clean(text, option->new);
		line(text, 0, DC_INK_YELLOW,
		     dc_text_format(text, "The audits were told different things: --%.*s %.*s before, %.*s now", DC_FMT(name),
				    DC_FMT(old.len ? old : DC_S("not given")), DC_FMT(new.len ? new : DC_S("not given"))));
	}
	if (diff->option_count)
		dc_text_newline(text);
}

static void foot(const struct dc_text *text, const struct dc_diff *diff)
{
	const struct dc_diff_summary *sum = &diff->summary;
	struct dc_slice words = dc_text_format(text, "%zu domain%s: %zu changed, %zu the same", sum->domains, sum->domains == 1 ? "" : "s",
					       sum->changed, sum->same);
	if (sum->only_new)
		words = dc_text_format(text, "%.*s, %zu new", DC_FMT(words), sum->only_new);
	if (sum->only_old)
		words = dc_text_format(text, "%.*s, %zu not audited any more", DC_FMT(words), sum->only_old);
	words = dc_text_format(text, "%.*s; findings: %zu came, %zu went, %zu changed", DC_FMT(words), sum->findings_came,
			       sum->findings_went, sum->findings_changed);
	if (sum->unknown)
		words = dc_text_format(text, "%.*s; %zu not comparable, because one audit could not tell", DC_FMT(words), sum->unknown);
	line(text, 0, DC_INK_PLAIN, words);
	if (diff->fails && sum->new_failing == 0)
		line(text, 0, DC_INK_RED,
		     dc_text_format(text, "WORSE: %zu requirement%s broken that %s not", sum->requirements_broken,
				    sum->requirements_broken == 1 ? " is" : "s are", sum->requirements_broken == 1 ? "was" : "were"));
	else if (diff->fails)
		line(text, 0, DC_INK_RED,
		     dc_text_format(text, "WORSE: %zu new finding%s at or above %s", sum->new_failing, sum->new_failing == 1 ? "" : "s",
				    dc_severity_name(diff->fail_on)));
	else if (diff->incomplete)
		line(text, 0, DC_INK_CYAN, DC_S("NOT KNOWN: no new failing finding, but not everything could be compared"));
	else
		line(text, 0, DC_INK_GREEN, DC_S("NOT WORSE: no new failing finding"));
}

enum dc_status dc_diff_text(const struct dc_diff *diff, struct dc_arena *scratch, const struct dc_style *style,
			    struct dc_buf *out)
{
	struct dc_text text = {.out = out, .scratch = scratch, .style = style};
	struct dc_arena *arena = dc_arena_new(ORDER_MAX);
	struct place *places;

	if (!arena || DC_ARENA_GUARD(arena) || DC_ARENA_GUARD(scratch)) {
		dc_arena_free(arena);
		return DC_ERR_NOMEM;
	}
	options(&text, diff);
	places = sorted(&text, diff, arena);
	for (size_t i = 0; i < diff->domain_count; i++) {
		block(&text, &places[i]);
		dc_arena_reset(scratch);
	}
	foot(&text, diff);
	if (diff->fails && diff->summary.domains > 1)
		worse(&text, places, diff->domain_count);
	dc_arena_free(arena);
	return out->status;
}
