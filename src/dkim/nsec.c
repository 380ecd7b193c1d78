/* Exact enumeration of selectors in zones signed with NSEC: RFC 4034 sections 4 (NSEC) and 6.1 (order of names).
 *
 * The chain is followed from the domain's own name, because a resolver answers for NSEC at names that exist only. Zones
 * with NSEC3, and servers that make up their NSEC records, are told apart and left alone. */
#include "dkim/build.h"

enum { LABELS_MAX = 128 }; /* of a name of 255 octets */

struct labels {
	uint8_t wire[DC_NAME_WIRE_MAX];
	uint8_t at[LABELS_MAX]; /* where each label starts, left to right */
	size_t count;
};

static void split(struct dc_slice name, struct labels *labels)
{
	size_t len = dc_name_to_wire(name, labels->wire);

	labels->count = 0;
	for (size_t at = 0; at < len && labels->wire[at] && labels->count < LABELS_MAX; at += 1 + (size_t)labels->wire[at])
		labels->at[labels->count++] = (uint8_t)at;
}

/* RFC 4034 6.1: by labels from the right, as lower-case octets; names in canonical form are lower case already. */
static int canonical_cmp(struct dc_slice a, struct dc_slice b)
{
	struct labels x, y;

	split(a, &x);
	split(b, &y);
	for (size_t i = 1; i <= x.count && i <= y.count; i++) {
		const uint8_t *p = x.wire + x.at[x.count - i], *q = y.wire + y.at[y.count - i];
		size_t len = *p < *q ? *p : *q;
		int order = memcmp(p + 1, q + 1, len);

		if (order || *p != *q)
			return order ? order : *p < *q ? -1 : 1;
	}
	return x.count < y.count ? -1 : x.count > y.count;
}

struct nsec {
	struct dc_slice next;
	bool txt, cname, ns, soa;
};

/* RFC 4034 4.1: the next name, then windows of type bits. All types of interest are in window 0. */
static bool read_nsec(struct dc_arena *arena, const struct dc_rr *rr, struct nsec *ret_nsec)
{
	const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;
	size_t used = 0;

	*ret_nsec = (struct nsec){0};
	if (!dc_name_from_wire(arena, rdata, rr->rdata.len, &ret_nsec->next, &used))
		return false;
	while (used + 2 <= rr->rdata.len) {
		size_t len = rdata[used + 1];
		const uint8_t *bits = rdata + used + 2;

		if (len > rr->rdata.len - used - 2)
			return false;
		if (rdata[used] == 0) {
			ret_nsec->txt = len > DC_TYPE_TXT / 8 && bits[DC_TYPE_TXT / 8] & (0x80 >> DC_TYPE_TXT % 8);
			ret_nsec->cname = len > 0 && bits[0] & (0x80 >> DC_TYPE_CNAME);
			ret_nsec->ns = len > 0 && bits[0] & (0x80 >> DC_TYPE_NS);
			ret_nsec->soa = len > 0 && bits[0] & (0x80 >> DC_TYPE_SOA);
		}
		used += 2 + len;
	}
	return true;
}

/* The NSEC record at the name itself, also where that name is a CNAME. */
static const struct dc_rr *nsec_at(const struct dc_answer *answer, struct dc_slice owner)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_NSEC && dc_name_eq(answer->rrs[i].owner, owner))
			return &answer->rrs[i];
	return NULL;
}

/* A next name right behind the owner ("\000.OWNER") was made for this question: it tells nothing of the zone. */
static bool is_made_up(struct dc_slice owner, struct dc_slice next)
{
	return dc_name_labels(next) == dc_name_labels(owner) + 1 && dc_name_is_below(next, owner) &&
	       dc_slice_eq(dc_name_first_label(next), DC_S("\\000"));
}

/* What stands at `owner`, which is in the chain. False: the walk cannot go on below it. */
static bool visit(struct dc_dkim_build *build, struct dc_slice owner, const struct nsec *nsec)
{
	struct dc_slice selector;

	if (!dc_name_is_below(owner, build->node_name))
		return true;
	if (nsec->ns && !nsec->soa)
		return false; /* delegated: its names are in another zone */
	if (dc_name_eq(owner, build->node_name) || (!nsec->txt && !nsec->cname))
		return true;
	selector = dc_slice_sub(owner, 0, owner.len - build->node_name.len - 1);
	/* "*" is no selector; names that begin with "_" are not either (_adsp, _report). */
	if (!dc_slice_eq(dc_name_first_label(selector), DC_S("*")) && selector.ptr[0] != '_')
		dc_dkim_add(build, selector, DC_DKIM_NSEC);
	return true;
}

void dc_dkim_walk_zone(struct dc_dkim_build *build)
{
	struct dc_dkim_searched *searched = &build->facts->searched;
	struct dc_slice owner = build->input->domain;
	bool whole = true;

	searched->walk = DC_DKIM_WALK_IMPOSSIBLE;
	for (searched->walk_steps = 0; searched->walk_steps < DC_DKIM_WALK_MAX; searched->walk_steps++) {
		const struct dc_answer *answer = dc_ask(build->asker, owner, DC_TYPE_NSEC);
		const struct dc_rr *rr = answer ? nsec_at(answer, owner) : NULL;
		struct nsec nsec;

		searched->walk_answer = answer;
		if (!rr || !read_nsec(build->asker->arena, rr, &nsec) || is_made_up(owner, nsec.next))
			break;
		whole &= visit(build, owner, &nsec);
		searched->walk = DC_DKIM_WALK_CUT;
		/* Back to the start of the zone, out of the domain, or past _domainkey: that was all. */
		if (canonical_cmp(nsec.next, owner) <= 0 || !dc_name_is_below(nsec.next, build->input->domain) ||
		    (canonical_cmp(nsec.next, build->node_name) > 0 &&
		     !dc_name_is_below(nsec.next, build->node_name))) {
			searched->walk_steps++;
			searched->walk = whole ? DC_DKIM_WALK_COMPLETE : DC_DKIM_WALK_CUT;
			break;
		}
		owner = nsec.next;
	}
}
