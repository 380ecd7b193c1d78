/* Does the DMARC record that applies say what was meant? RFC 9989 sections 4.7, 4.8 and 4.10.1, appendix C. */
#include "checks/check.h"
#include "dmarc/dmarc.h"

/* What a tag with a wrong value falls back to, and what it may hold. p, sp and np are not
 * here: they disarm the record. Addresses of reports are judged by dmarc-reports. */
static const struct {
	const char *effect, *allowed;
} values[DC_DMARC_TAG_COUNT] = {
	[DC_DMARC_TAG_ADKIM] = {"DKIM alignment stays relaxed", "r (relaxed) or s (strict)"},
	[DC_DMARC_TAG_ASPF] = {"SPF alignment stays relaxed", "r (relaxed) or s (strict)"},
	[DC_DMARC_TAG_T] = {"test mode stays off", "y or n"},
	[DC_DMARC_TAG_PSD] = {"it is taken for psd=u", "y, n or u"},
	[DC_DMARC_TAG_FO] = {"it is taken for fo=0", "0 or 1, and d and s, separated by colons"},
};

static const char *meaning_of(enum dc_dmarc_tag_id id)
{
	switch (id) {
	case DC_DMARC_TAG_PCT:
		return "it was the share of failing mail that the policy applied to";
	case DC_DMARC_TAG_RI:
		return "it was the time between two reports";
	default:
		return "it was the format of failure reports";
	}
}

static const char *const known_tags[] = {"p", "sp", "np", "adkim", "aspf", "t", "psd", "fo", "rua", "ruf"};

/* One letter more, less or other, or two neighbours swapped. */
static bool is_near(struct dc_slice a, struct dc_slice b)
{
	size_t head = 0, tail = 0, shorter = a.len < b.len ? a.len : b.len;
	size_t left_a, left_b;

	while (head < shorter && dc_lower(a.ptr[head]) == b.ptr[head])
		head++;
	while (tail < shorter - head && dc_lower(a.ptr[a.len - 1 - tail]) == b.ptr[b.len - 1 - tail])
		tail++;
	left_a = a.len - head - tail;
	left_b = b.len - head - tail;
	if (left_a <= 1 && left_b <= 1)
		return true;
	return left_a == 2 && left_b == 2 && dc_lower(a.ptr[head]) == b.ptr[head + 1] && dc_lower(a.ptr[head + 1]) == b.ptr[head];
}

/* ": perhaps rua was meant", or nothing. Names of one letter are near to everything. */
static struct dc_slice hint_for(struct dc_arena *arena, struct dc_slice name)
{
	for (size_t i = 0; i < sizeof(known_tags) / sizeof(*known_tags); i++) {
		struct dc_slice tag = dc_slice_of(known_tags[i]);

		if (name.len >= 2 && tag.len >= 2 && is_near(name, tag))
			return dc_arena_printf(arena, ": perhaps %s was meant", known_tags[i]);
	}
	return dc_slice_eq_nocase(name, DC_S("policy")) ? DC_S(": perhaps p was meant") : (struct dc_slice){0};
}

static bool is_policy_tag(const struct dc_dmarc_tag *tag)
{
	return tag->id == DC_DMARC_TAG_P || tag->id == DC_DMARC_TAG_SP || tag->id == DC_DMARC_TAG_NP;
}

static void judge_tag(struct dc_emitter *emitter, struct dc_where where, const struct dc_dmarc_tag *tag)
{
	where.span = &tag->span;
	switch (tag->fault) {
	case DC_DMARC_FAULT_UNKNOWN:
		dc_emit(emitter, DC_F_DMARC_TAG_UNKNOWN, where,
			DC_ARGS(dc_text("tag", tag->name), dc_text("hint", hint_for(dc_emitter_arena(emitter), tag->name))));
		break;
	case DC_DMARC_FAULT_REMOVED:
		dc_emit(emitter, DC_F_DMARC_TAG_REMOVED, where,
			DC_ARGS(dc_text("tag", tag->term), dc_text("meaning", dc_slice_of(meaning_of(tag->id)))));
		break;
	case DC_DMARC_FAULT_DUPLICATE:
		dc_emit(emitter, DC_F_DMARC_TAG_DUPLICATE, where, DC_ARGS(dc_text("tag", tag->name)));
		break;
	case DC_DMARC_FAULT_SYNTAX:
		dc_emit(emitter, DC_F_DMARC_SYNTAX_ERROR, where, DC_ARGS(dc_text("text", tag->term)));
		break;
	case DC_DMARC_FAULT_VALUE:
		if (!is_policy_tag(tag) && values[tag->id].effect)
			dc_emit(emitter, DC_F_DMARC_TAG_INVALID, where,
				DC_ARGS(dc_text("tag", tag->term), dc_text("effect", dc_slice_of(values[tag->id].effect)),
					dc_text("allowed", dc_slice_of(values[tag->id].allowed))));
		break;
	case DC_DMARC_FAULT_NONE:
		break;
	}
}

/* The first of p, sp and np with a wrong value; NULL: p is missing. */
static const struct dc_dmarc_tag *culprit(const struct dc_dmarc_record *record)
{
	for (size_t i = 0; i < record->tag_count; i++) {
		if (is_policy_tag(&record->tags[i]) && record->tags[i].fault == DC_DMARC_FAULT_VALUE)
			return &record->tags[i];
	}
	return NULL;
}

static void judge_standing(struct dc_emitter *emitter, struct dc_where where, const struct dc_dmarc_record *record)
{
	const struct dc_dmarc_tag *tag = culprit(record);
	struct dc_arena *arena = dc_emitter_arena(emitter);
	const struct dc_arg name = dc_text("name", where.subject);

	if (tag)
		where.span = &tag->span;
	if (record->standing == DC_DMARC_STANDING_IGNORED)
		dc_emit(emitter, DC_F_DMARC_IGNORED, where,
			DC_ARGS(name, dc_text("domain", record->domain),
				dc_text("tag", tag ? dc_arena_concat(arena, tag->term, DC_S(" is not a policy")) : DC_S("p is missing"))));
	else if (record->standing == DC_DMARC_STANDING_DISARMED && tag)
		dc_emit(emitter, DC_F_DMARC_DISARMED, where, DC_ARGS(name, dc_text("tag", tag->term)));
	else if (record->standing == DC_DMARC_STANDING_DISARMED)
		dc_emit(emitter, DC_F_DMARC_P_MISSING, where, DC_ARGS(name));
}

/* The answer that holds the record. */
static const struct dc_dmarc_node *node_of(const struct dc_dmarc_facts *dmarc, const struct dc_dmarc_record *record)
{
	for (size_t i = 0; i < dmarc->walk.count; i++) {
		if (dmarc->walk.nodes[i].record == record)
			return &dmarc->walk.nodes[i];
	}
	return dmarc->walk.nodes;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_verdict *verdict = &facts->dmarc->now.name;
	const struct dc_dmarc_node *node;
	struct dc_where where;

	if (!verdict->record) {
		if (verdict->class == DC_DMARC_CLASS_UNKNOWN)
			dc_inconclusive(emitter);
		else
			dc_not_applicable(emitter);
		return;
	}
	node = node_of(facts->dmarc, verdict->record);
	where = (struct dc_where){.subject = node->name, .answer = node->answer};
	judge_standing(emitter, where, verdict->record);
	for (size_t i = 0; i < verdict->record->tag_count; i++)
		judge_tag(emitter, where, &verdict->record->tags[i]);
}

const struct dc_check dc_check_dmarc_syntax = {
	.id = "dmarc-syntax",
	.title = "The DMARC record says what was meant",
	.standard = "RFC 9989 section 4.8",
	.run = run,
};
