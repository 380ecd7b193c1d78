/* Keys asked for ahead of need, so that validation costs one round trip and not one a label (RFC 4035 5). */
#include "source/unbound_parts.h"

#include <string.h>

enum { LABELS_MAX = 6 }; /* zones deeper down are rare, and the validator finds them itself */

const char *unbound_name(struct dc_slice name, char text[UNBOUND_NAME_MAX])
{
	if (name.len > DC_NAME_TEXT_MAX)
		name.len = DC_NAME_TEXT_MAX;
	memcpy(text, name.ptr, name.len);
	if (name.len != 1 || name.ptr[0] != '.')
		text[name.len++] = '.';
	text[name.len] = 0;
	return text;
}

static void ignore(void *user, int rcode, void *packet, int len, int sec, char *why_bogus, int limited)
{
}

static bool is_new(struct unbound_warmth *warmth, struct dc_slice name)
{
	const struct dc_question question = {.name = name};
	uint64_t hash = dc_question_hash(&question);
	for (size_t i = 0; i < warmth->count; i++)
		if (warmth->names[i] == hash)
			return false;
	if (warmth->count == UNBOUND_WARM_MAX)
		return false;
	warmth->names[warmth->count++] = hash;
	return true;
}

/* The name that may be a zone: hosts and names with an underscore stand in the zone above them. */
static struct dc_slice zone_of(const struct dc_question *question)
{
	struct dc_slice name = question->name;
	if (question->type == DC_TYPE_A || question->type == DC_TYPE_AAAA || question->type == DC_TYPE_CNAME)
		/* NOLINTNEXTLINE(analyzer-use-of-uninitialized-value): gcc loses sight of a struct that a loop assigns */
		name = dc_name_parent(name);
	for (struct dc_slice above = name; above.len > 1; above = dc_name_parent(above))
		if (above.ptr[0] == '_')
			/* NOLINTNEXTLINE(analyzer-use-of-uninitialized-value): gcc loses sight of a struct that a loop assigns */
			name = dc_name_parent(above);
	return name;
}

void unbound_warm(struct unbound_warmth *warmth, struct ub_ctx *ctx, const struct dc_question *question,
		  enum dc_unbound_mode mode)
{
	struct dc_slice name = zone_of(question);
	char text[UNBOUND_NAME_MAX];
	if (warmth->count == UNBOUND_WARM_MAX || dc_name_labels(name) > LABELS_MAX || dc_name_is_below(name, DC_S("arpa")))
		return;
	for (; name.len > 1 && is_new(warmth, name); name = dc_name_parent(name)) {
		(void)ub_resolve_event(ctx, unbound_name(name, text), DC_TYPE_DNSKEY, 1, NULL, ignore, NULL);
		if (mode == DC_UNBOUND_VALIDATE) /* referrals bring them else */
			(void)ub_resolve_event(ctx, text, DC_TYPE_DS, 1, NULL, ignore, NULL);
	}
}
