/* What DNS answers mean to SPF: record selection (RFC 7208 4.4, 4.5), addresses (5.3), hosts (5.4, 5.5). */
#include "spf/answers.h"

bool dc_spf_is_answered(const struct dc_answer *answer)
{
	return dc_outcome_is_known(answer->outcome) && !answer->truncated;
}

const struct dc_rr *dc_spf_next_rr(const struct dc_answer *answer, struct dc_slice target, const struct dc_rr *rr)
{
	size_t i = rr ? (size_t)(rr - answer->rrs) + 1 : 0;

	if (answer->outcome != DC_OUTCOME_ANSWER)
		return NULL;
	for (; i < answer->rr_count; i++)
		if (answer->rrs[i].type == answer->question.type && dc_name_eq(answer->rrs[i].owner, target))
			return &answer->rrs[i];
	return NULL;
}

size_t dc_spf_records(struct dc_arena *arena, const struct dc_answer *answer, const struct dc_txt **ret_records)
{
	struct dc_slice target = dc_answer_target(answer, NULL);
	struct dc_txt *records = NULL, txt;
	size_t count = 0, capacity = 0;

	for (const struct dc_rr *rr = NULL; (rr = dc_spf_next_rr(answer, target, rr)) != NULL;)
		if (dc_rr_txt(arena, rr, &txt) && dc_spf_is_record(txt.text))
			DC_PUSH(arena, records, count, capacity) = txt;
	*ret_records = records;
	return count;
}

const struct dc_spf_record *dc_spf_record_of(struct dc_asker *asker, const struct dc_answer *answer, bool lax)
{
	enum dc_memo_user user = lax ? DC_MEMO_SPF_LAX : DC_MEMO_SPF;
	const struct dc_spf_record *record = dc_memo_find(asker, user, answer);
	struct dc_arena *arena = dc_memo_arena(asker);
	const struct dc_txt *records;

	if (!record && dc_spf_records(arena, answer, &records)) {
		record = dc_spf_parse(arena, &records[0], lax);
		dc_memo_keep(asker, user, answer, record);
	}
	return record;
}

bool dc_spf_is_void(const struct dc_answer *answer)
{
	return !dc_spf_next_rr(answer, dc_answer_target(answer, NULL), NULL);
}

bool dc_spf_holds(const struct dc_answer *answer, struct dc_ip ip, uint8_t bits4, uint8_t bits6)
{
	struct dc_slice target = dc_answer_target(answer, NULL);
	struct dc_prefix prefix;

	for (const struct dc_rr *rr = NULL; (rr = dc_spf_next_rr(answer, target, rr)) != NULL;) {
		if (!dc_rr_ip(rr, &prefix.ip))
			continue;
		prefix.bits = prefix.ip.family == 4 ? bits4 : bits6;
		if (dc_prefix_contains(prefix, ip))
			return true;
	}
	return false;
}

size_t dc_spf_names(struct dc_arena *arena, const struct dc_answer *answer, struct dc_slice names[DC_SPF_HOST_LIMIT],
		    size_t *ret_count)
{
	struct dc_slice target = dc_answer_target(answer, NULL), name;
	uint16_t preferences[DC_SPF_HOST_LIMIT], preference = 0;
	size_t all = 0, count = 0;

	for (const struct dc_rr *rr = NULL; (rr = dc_spf_next_rr(answer, target, rr)) != NULL; all++) {
		bool good = rr->type == DC_TYPE_MX ? dc_rr_mx(arena, rr, &preference, &name)
						   : dc_rr_name(arena, rr, &name);
		if (!good || count == DC_SPF_HOST_LIMIT)
			continue;
		size_t at = count++;
		for (; at > 0 && preferences[at - 1] > preference; at--) {
			preferences[at] = preferences[at - 1];
			names[at] = names[at - 1];
		}
		preferences[at] = preference;
		names[at] = name;
	}
	*ret_count = count;
	return all;
}
