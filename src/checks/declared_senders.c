/* Does SPF let every declared range send? RFC 7208 section 4. Single addresses and small ranges are judged address by address
 * by `alignment`; here the ranges that are too large for that. */
#include "checks/check.h"
#include "facts/streams.h"
#include "spf/spf.h"

enum { WALKED_BITS = 6 }; /* ranges of up to 64 addresses are walked, facts/senders.c */

static bool is_large(struct dc_prefix prefix)
{
	return (prefix.ip.family == 4 ? 32 : 128) - prefix.bits > WALKED_BITS;
}

/* Of the domain that receivers look up. */
static const struct dc_spf_facts *spf_of(const struct dc_facts *facts, struct dc_slice mail_from)
{
	for (size_t i = 0; i < facts->streams->return_count; i++)
		if (dc_name_eq(facts->streams->returns[i].domain, mail_from))
			return facts->streams->returns[i].spf;
	return facts->spf;
}

static void judge(const struct dc_spf_facts *spf, struct dc_prefix prefix, struct dc_emitter *emitter)
{
	char text[DC_PREFIX_TEXT_MAX];
	enum dc_spf_cover cover;

	if (spf->class == DC_SPF_CLASS_NONE)
		return; /* spf-record and spf-return-path say that there is none */
	cover = dc_spf_covers(spf, prefix, NULL);
	if (cover == DC_SPF_INSIDE && spf->class == DC_SPF_CLASS_VALID)
		return;
	if (spf->class != DC_SPF_CLASS_VALID || !spf->pass_exact) {
		dc_inconclusive(emitter); /* what could not be told is in spf-targets, spf-syntax or spf-return-path */
		return;
	}
	struct dc_arena *arena = dc_emitter_arena(emitter);
	struct dc_slice range = dc_arena_dup(arena, dc_prefix_format(prefix, text));
	struct dc_slice term = dc_arena_concat(arena, prefix.ip.family == 4 ? DC_S("ip4:") : DC_S("ip6:"), range);

	dc_emit(emitter, DC_F_DECLARED_RANGE_OUTSIDE_SPF, (struct dc_where){.subject = range, .answer = spf->answer},
		DC_ARGS(dc_text("range", range), dc_text("mail_from", spf->domain),
			dc_text("part", cover == DC_SPF_PARTLY ? DC_S("part of it") : DC_S("none of it")),
			dc_text("term", term)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_streams *streams = facts->streams;
	bool any = false;

	for (size_t i = 0; facts->inputs->declared && i < streams->count; i++) {
		const struct dc_stream *stream = streams->items[i].declared;

		for (size_t k = 0; stream && k < stream->ip_count; k++) {
			if (!is_large(stream->ips[k]))
				continue;
			any = true;
			judge(spf_of(facts, streams->items[i].sending.mail_from), stream->ips[k], emitter);
		}
	}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_declared_senders = {
	.id = "declared-senders",
	.title = "SPF lets every declared range send",
	.standard = "RFC 7208 section 4",
	.run = run,
};
