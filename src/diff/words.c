/* What happened to a record, in one sentence. */
#include "diff/diff.h"


enum { SHOWN = 3, LONG = 120 }; /* parts told of one change; octets told of one part */

struct sentence {
	struct dc_arena *arena;
	struct dc_slice text;
};

static void put(struct sentence *sentence, struct dc_slice s)
{
	sentence->text = dc_arena_concat(sentence->arena, sentence->text, s);
}

static void puts_(struct sentence *sentence, const char *text)
{
	put(sentence, dc_slice_of(text));
}

/* "192.0.2.0/24" of "ip4:192.0.2.0/24", for which everybody knows what adding it means. */
static struct dc_slice short_part(const struct dc_diff_thing *thing, struct dc_slice part)
{
	if (dc_slice_eq(thing->protocol, DC_S("spf")) &&
	    (dc_slice_starts_nocase(part, DC_S("ip4:")) || dc_slice_starts_nocase(part, DC_S("ip6:"))))
		return dc_slice_sub(part, 4, SIZE_MAX);
	return part;
}

static void put_part(struct sentence *sentence, struct dc_slice part)
{
	put(sentence, dc_slice_sub(part, 0, LONG));
	puts_(sentence, part.len > LONG ? "..." : "");
}

static void put_parts(struct sentence *sentence, const struct dc_diff_thing *thing, const struct dc_slice *parts, size_t count)
{
	for (size_t i = 0; i < count && i < SHOWN; i++) {
		puts_(sentence, i == 0 ? " " : i + 1 == count ? " and " : ", ");
		put_part(sentence, short_part(thing, parts[i]));
	}
	if (count > SHOWN)
		put(sentence, dc_arena_printf(sentence->arena, " and %zu more", count - SHOWN));
}

/* "p" of "p=none"; empty when it is no tag. */
static struct dc_slice tag_of(struct dc_slice part)
{
	size_t at = dc_slice_find(part, '=');
	return at == SIZE_MAX ? (struct dc_slice){0} : dc_slice_trim(dc_slice_sub(part, 0, at));
}

static bool has_key(const struct dc_slice *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (dc_slice_eq(tag_of(parts[i]), DC_S("p")))
			return true;
	return false;
}

/* Tags: "p=reject became p=none", "sp=none was added", "rua=… was taken out". */
static void put_tags(struct sentence *sentence, const struct dc_diff_thing_change *change)
{
	const char *lead = ": ";
	for (size_t i = 0; i < change->removed_count; i++) {
		const struct dc_slice *found = NULL;
		for (size_t k = 0; k < change->added_count && !found; k++)
			if (dc_slice_eq(tag_of(change->added[k]), tag_of(change->removed[i])))
				found = &change->added[k];
		puts_(sentence, lead);
		put_part(sentence, change->removed[i]);
		puts_(sentence, found ? " became " : " was taken out");
		if (found)
			put_part(sentence, *found);
		lead = ", ";
	}
	for (size_t k = 0; k < change->added_count; k++) {
		bool told = false;
		for (size_t i = 0; i < change->removed_count; i++)
			told |= dc_slice_eq(tag_of(change->added[k]), tag_of(change->removed[i]));
		if (told)
			continue;
		puts_(sentence, lead);
		put_part(sentence, change->added[k]);
		puts_(sentence, " was added");
		lead = ", ";
	}
}

static void put_parts_change(struct sentence *sentence, const struct dc_diff_thing_change *change)
{
	const struct dc_diff_thing *thing = change->new;
	bool tags = !thing->set && !dc_slice_eq(thing->protocol, DC_S("spf"));
	if (!change->added_count && !change->removed_count) {
		puts_(sentence, thing->set ? " changed" : " is written in another way, with the same parts");
	} else if (dc_slice_eq(thing->protocol, DC_S("dkim")) && has_key(change->added, change->added_count)) {
		puts_(sentence, " has another key");
	} else if (tags) {
		puts_(sentence, " changed");
		put_tags(sentence, change);
	} else {
		if (change->added_count) {
			puts_(sentence, " added");
			put_parts(sentence, thing, change->added, change->added_count);
		}
		if (change->removed_count) {
			puts_(sentence, change->added_count ? " and took out" : " took out");
			put_parts(sentence, thing, change->removed, change->removed_count);
		}
	}
}

static void put_changed(struct sentence *sentence, const struct dc_diff_thing_change *change)
{
	const struct dc_diff_thing *old = change->old, *new = change->new;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what changed was there before and is there now */
	if (dc_slice_eq(old->owner, new->owner)) {
		put_parts_change(sentence, change);
		return;
	}
	puts_(sentence, new->owner.len ? " is an alias of " : " is no alias of ");
	put(sentence, new->owner.len ? new->owner : old->owner);
	puts_(sentence, new->owner.len ? " now" : " any more");
	if (new->owner.len && old->owner.len) {
		puts_(sentence, ", it was one of ");
		put(sentence, old->owner);
	}
}

/* Which kind of record: there may be others of the type at the name. */
static const char *kind(const struct dc_diff_thing *thing)
{
	static const struct {
		const char *protocol, *name;
	} kinds[] = {{"spf", "SPF record"},	     {"dkim", "DKIM key"},	{"dmarc", "DMARC record"},
		     {"mta_sts", "MTA-STS record"}, {"tls_rpt", "TLS-RPT record"}, {"bimi", "BIMI record"}};
	for (size_t i = 0; strcmp(thing->type, "TXT") == 0 && i < sizeof kinds / sizeof *kinds; i++)
		if (dc_slice_eq(thing->protocol, dc_slice_of(kinds[i].protocol)))
			return kinds[i].name;
	return strcmp(thing->type, "MX") == 0	  ? "MX"
	       : strcmp(thing->type, "PTR") == 0 ? "reverse name"
						  : "address";
}

struct dc_slice dc_diff_words(struct dc_arena *arena, const struct dc_diff_thing_change *change)
{
	const struct dc_diff_thing *thing = change->new ? change->new : change->old;
	struct sentence sentence = {.arena = arena};
	/* Behind an alias it is the target that changed. */
	bool aliased = thing->owner.len && (!change->old || !change->new || dc_slice_eq(change->old->owner, change->new->owner));
	put(&sentence, aliased ? thing->owner : thing->name);
	if (strcmp(thing->type, "TXT") != 0)
		put(&sentence, dc_arena_printf(arena, " (%s)", thing->type));
	if (aliased) {
		puts_(&sentence, " (where ");
		put(&sentence, thing->name);
		puts_(&sentence, " leads)");
	}
	switch (change->change) {
	case DC_DIFF_CAME:
		put(&sentence, dc_arena_printf(arena, " has %s %s now", strchr("aA", kind(thing)[0]) ? "an" : "a", kind(thing)));
		break;
	case DC_DIFF_WENT:
		put(&sentence, dc_arena_printf(arena, " has no %s any more", kind(thing)));
		break;
	case DC_DIFF_CHANGED:
		put_changed(&sentence, change);
		break;
	case DC_DIFF_REACHED:
	case DC_DIFF_LEFT:
		puts_(&sentence, change->change == DC_DIFF_LEFT ? " is not looked at any more" : " is looked at now");
		if (thing->via.len) {
			puts_(&sentence, change->change == DC_DIFF_LEFT ? ", it was reached by " : ", reached by ");
			put_part(&sentence, thing->via);
		}
		break;
	case DC_DIFF_UNKNOWN_NOW:
		puts_(&sentence, " could not be determined now");
		break;
	case DC_DIFF_UNKNOWN_THEN:
		puts_(&sentence, " could not be determined then");
		break;
	default:
		break;
	}
	return sentence.text;
}
