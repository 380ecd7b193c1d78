/* What one answer says about one selector: records, CNAMEs, status. RFC 6376 section 6.1.2 decides what a verifier may
 * use. */
#include "dkim/build.h"
#include "dkim/record.h"

/* Records of one answer; a key is costly to test, so they are kept from build to build. */
struct kept {
	const struct dc_dkim_record *records;
	size_t count;
};

size_t dc_dkim_read_records(struct dc_dkim_build *build, const struct dc_answer *answer,
			    const struct dc_dkim_record **ret_records)
{
	struct dc_arena *arena = dc_memo_arena(build->asker);
	const struct kept *known = dc_memo_find(build->asker, DC_MEMO_DKIM, answer);
	struct dc_dkim_record *records = NULL;
	size_t count = 0, capacity = 0;
	const struct dc_rr *rr;
	struct dc_txt txt;

	if (known) {
		*ret_records = known->records;
		return known->count;
	}
	for (size_t i = 0; (rr = dc_answer_rr(answer, i)) && count < DC_DKIM_RECORDS_MAX; i++) {
		if (!dc_rr_txt(arena, rr, &txt))
			continue;
		dc_dkim_record_parse(arena, &txt, &DC_PUSH(arena, records, count, capacity));
	}
	if (count) {
		struct kept *kept = DC_NEW(arena, struct kept);
		*kept = (struct kept){records, count};
		dc_memo_keep(build->asker, DC_MEMO_DKIM, answer, kept);
	}
	*ret_records = records;
	return count;
}

size_t dc_dkim_read_cnames(struct dc_arena *arena, const struct dc_answer *answer, const struct dc_slice **ret_targets)
{
	struct dc_slice at = answer->question.name, *targets = NULL;
	size_t count = 0, capacity = 0;
	const struct dc_rr *rr;

	while (count < DC_DKIM_CNAMES_MAX && (rr = dc_answer_cname(answer, at)) && dc_rr_name(arena, rr, &at))
		DC_PUSH(arena, targets, count, capacity) = at;
	*ret_targets = targets;
	return count;
}

static bool rdata_is_among(struct dc_slice rdata, const struct dc_answer *answer)
{
	const struct dc_rr *rr;

	for (size_t i = 0; i < DC_DKIM_RECORDS_MAX && (rr = dc_answer_rr(answer, i)); i++)
		if (dc_slice_eq(rr->rdata, rdata))
			return true;
	return false;
}

/* The first CNAME's target as rdata; empty when there is none. */
static struct dc_slice first_target(const struct dc_answer *answer)
{
	const struct dc_rr *rr = dc_answer_cname(answer, answer->question.name);

	return rr ? rr->rdata : (struct dc_slice){0};
}

/* What a DNAME does: sub.from leads to sub.to. "to" as rdata; empty when that is not so. */
static struct dc_slice mapped_to(const struct dc_answer *answer)
{
	struct dc_slice target = first_target(answer), label = dc_name_first_label(answer->question.name);

	if (target.len <= label.len + 1 || (unsigned char)target.ptr[0] != label.len ||
	    !dc_slice_eq_nocase(dc_slice_sub(target, 1, label.len), label))
		return (struct dc_slice){0};
	return dc_slice_sub(target, label.len + 1, target.len);
}

bool dc_dkim_is_mapped(const struct dc_answer *answer)
{
	return mapped_to(answer).len > 0;
}

bool dc_dkim_same_answer(const struct dc_answer *a, const struct dc_answer *b)
{
	size_t count = dc_answer_count(a);

	if (count != dc_answer_count(b))
		return false;
	if (!count) {
		struct dc_slice target = first_target(a);

		if (dc_dkim_is_mapped(a))
			return dc_slice_eq_nocase(mapped_to(a), mapped_to(b));
		return target.len && dc_slice_eq_nocase(target, first_target(b));
	}
	for (size_t i = 0; i < count && i < DC_DKIM_RECORDS_MAX; i++)
		if (!rdata_is_among(dc_answer_rr(a, i)->rdata, b))
			return false;
	return true;
}

bool dc_dkim_is_other_text(const struct dc_dkim_record *record)
{
	return record->problem_count && record->problems[0].kind == DC_DKIM_NOT_A_RECORD;
}

/* The record that a verifier would most likely be after: the first DKIM record among several. */
static const struct dc_dkim_record *main_record(const struct dc_dkim_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!dc_dkim_is_other_text(&records[i]))
			return &records[i];
	return count ? &records[0] : NULL;
}

static enum dc_dkim_status status_of(const struct dc_dkim_selector *selector)
{
	const struct dc_dkim_record *record = selector->record;

	if (!dc_outcome_is_known(selector->answer->outcome))
		return DC_DKIM_UNKNOWN;
	if (selector->answer->truncated)
		return DC_DKIM_UNKNOWN; /* half an answer is none */
	if (!record)
		return dc_answer_count(selector->answer) ? DC_DKIM_MALFORMED : DC_DKIM_MISSING;
	if (selector->record_count > 1)
		return DC_DKIM_MALFORMED;
	if (record->revoked)
		return DC_DKIM_REVOKED;
	if (!record->well_formed)
		return DC_DKIM_MALFORMED;
	if (!record->usable || (record->key.weak & ~DC_DKIM_WEAK(NOT_TESTED)))
		return DC_DKIM_WEAK_KEY;
	return record->testing ? DC_DKIM_TESTING : DC_DKIM_OK;
}

static const struct dc_provider_row *provider_of(const struct dc_dkim_selector *selector)
{
	const struct dc_provider_row *row = NULL;

	for (size_t i = 0; i < selector->cname_count && !row; i++)
		row = dc_provider_of(DC_PROVIDER_BY_CNAME, selector->cnames[i]);
	return row || selector->cname_count ? row : dc_dkim_owner_of(selector->selector);
}

void dc_dkim_judge_selector(struct dc_dkim_build *build, const struct dc_dkim_candidate *candidate,
			    const struct dc_answer *answer, struct dc_dkim_selector *ret_selector)
{
	struct dc_dkim_selector *selector = ret_selector;

	*selector = (struct dc_dkim_selector){
		.selector = candidate->selector, .origin = candidate->origin, .answer = answer};
	if (!dc_name_join(build->asker->arena, candidate->selector, build->node_name, &selector->name))
		selector->name = (struct dc_slice){0};
	selector->record_count = dc_dkim_read_records(build, answer, &selector->records);
	selector->record = main_record(selector->records, selector->record_count);
	selector->cname_count = dc_dkim_read_cnames(build->asker->arena, answer, &selector->cnames);
	if (selector->cname_count) {
		selector->cname = selector->cnames[selector->cname_count - 1];
		size_t hops = SIZE_MAX;
		dc_answer_target(answer, &hops);
		selector->cname_loop = hops == SIZE_MAX;
	}
	selector->provider = provider_of(selector);
	selector->status = status_of(selector);
}
