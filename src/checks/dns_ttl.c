/* How long are mail records remembered, and is an old one still about? RFC 1912 section 2.2, RFC 2181 section 8. */
#include "base/civil.h"
#include "checks/dns_common.h"
#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "mx/mx.h"
#include "spf/spf.h"

enum {
	LONG_S = 86400, /* a mistake that lasts longer than a day is no mistake any more, but a campaign lost */
	SHORT_S = 60,   /* shorter than a mail takes: every receiver asks again for every message */
};

static struct dc_slice question(struct dc_emitter *emitter, const struct dc_answer *answer)
{
	struct dc_authority_record record = {.name = answer->question.name, .type = answer->question.type};

	return dc_dns_records(emitter, &record);
}

/* Longest time among the records at the name itself; those behind an alias are somebody else's. */
static bool longest(const struct dc_answer *answer, uint32_t *ret_ttl_s)
{
	bool found = false;

	*ret_ttl_s = 0;
	if (!answer || answer->outcome != DC_OUTCOME_ANSWER)
		return false;
	for (size_t i = 0; i < answer->rr_count; i++) {
		if (!dc_name_eq(answer->rrs[i].owner, answer->question.name))
			continue;
		if (!found || answer->rrs[i].ttl_s > *ret_ttl_s)
			*ret_ttl_s = answer->rrs[i].ttl_s;
		found = true;
	}
	return found;
}

static void judge_long(const struct dc_answer *answer, struct dc_emitter *emitter)
{
	uint32_t ttl_s = 0;

	if (longest(answer, &ttl_s) && ttl_s > LONG_S)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without an answer longest() is false */
		dc_emit(emitter, DC_F_DNS_TTL_LONG, (struct dc_where){.subject = answer->question.name, .answer = answer},
			DC_ARGS(dc_text("records", question(emitter, answer)),
				dc_text("time", dc_dns_time(dc_emitter_arena(emitter), ttl_s))));
}

/* Only servers know the whole time: a resolver says what is left of it. */
static void judge_record(const struct dc_facts *facts, const struct dc_authority_record *record, struct dc_emitter *emitter)
{
	struct dc_where where = {.subject = record->name, .answer = record->newest};
	const struct dc_arg records = dc_text("records", dc_dns_records(emitter, record));
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	uint32_t ttl_s = 0, left_s;

	if (record->type != DC_TYPE_NS && longest(record->newest, &ttl_s) && ttl_s < SHORT_S)
		dc_emit(emitter, DC_F_DNS_TTL_SHORT, where, DC_ARGS(records, dc_int("seconds", ttl_s)));
	if (!record->cached)
		return;
	/* What this resolver remembers is gone after its own time; others may have asked later, but before the change. */
	left_s = record->cached->ttl_s > record->ttl_s ? record->cached->ttl_s : record->ttl_s;
	where.more = record->cached;
	(void)dc_civil_stamp(facts->inputs->now_s + left_s, stamp);
	dc_emit(emitter, DC_F_DNS_CHANGE_IN_FLIGHT, where,
		DC_ARGS(records, dc_text("until", dc_arena_dup(dc_emitter_arena(emitter), dc_slice_of(stamp)))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_authority_facts *authority = facts->authority;
	const struct dc_answer *txt = facts->spf->answer, *dmarc = NULL;
	const struct dc_dkim_facts *dkim = facts->dkim;

	if (facts->dmarc->walk.count)
		dmarc = facts->dmarc->walk.nodes[0].answer;
	if (!dc_answer_is_known(txt) && !dc_answer_is_known(facts->mx->answer) && !dc_answer_is_known(dmarc) && !authority->record_count) {
		dc_not_applicable(emitter);
		return;
	}
	judge_long(facts->mx->answer, emitter);
	judge_long(txt, emitter);
	judge_long(dmarc, emitter);
	for (size_t i = 0; i < dkim->selector_count; i++)
		judge_long(dkim->selectors[i].answer, emitter);
	for (size_t i = 0; i < authority->record_count; i++)
		judge_record(facts, &authority->records[i], emitter);
}

const struct dc_check dc_check_dns_ttl = {
	.id = "dns-ttl",
	.title = "Mail records are remembered neither too long nor too briefly, and no old one is about",
	.standard = "RFC 1912 section 2.2",
	.run = run,
};
