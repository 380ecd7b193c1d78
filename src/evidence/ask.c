/* Asking evidence; what it does not hold is noted as an open question. */
#include "evidence/ask.h"

/* An answer that no source gave, in the arena of the build. */
static const struct dc_answer *made_up(struct dc_asker *asker, const struct dc_question *question,
				       enum dc_outcome outcome, const char *detail)
{
	struct dc_answer *answer = DC_NEW(asker->arena, struct dc_answer);
	*answer = (struct dc_answer){.question = *question, .outcome = outcome, .ede = -1, .refs = 1};
	answer->detail = dc_slice_of(detail);
	return answer;
}

static bool is_open(const struct dc_asker *asker, const struct dc_question *question)
{
	for (size_t i = 0; i < asker->open_count; i++)
		if (dc_question_eq(&asker->open[i], question))
			return true;
	return false;
}

const struct dc_answer *dc_ask_question(struct dc_asker *asker, const struct dc_question *question)
{
	const struct dc_answer *answer = dc_evidence_find(asker->evidence, question);
	if (answer)
		return answer;
	asker->unanswered++;
	if (asker->quiet)
		return NULL;
	if (asker->sealed)
		return made_up(asker, question, DC_OUTCOME_NOT_ASKED, "a ceiling of this audit was reached first");
	if (!is_open(asker, question))
		DC_PUSH(asker->arena, asker->open, asker->open_count, asker->open_capacity) = *question;
	return NULL;
}

const struct dc_answer *dc_ask(struct dc_asker *asker, struct dc_slice name, uint16_t type)
{
	struct dc_question question = {.kind = DC_ASK_DNS, .type = type};
	if (!dc_name_normalize(asker->arena, name, &question.name)) {
		question.name = name;
		return made_up(asker, &question, DC_OUTCOME_MALFORMED, "this name cannot be put into a DNS question");
	}
	return dc_ask_question(asker, &question);
}

const struct dc_answer *dc_ask_name(struct dc_asker *asker, struct dc_slice name, uint16_t type)
{
	struct dc_question question = {.kind = DC_ASK_DNS, .type = type, .name = name};
	return dc_ask_question(asker, &question);
}

const struct dc_answer *dc_ask_below(struct dc_asker *asker, const char *prefix, struct dc_slice base, uint16_t type)
{
	struct dc_slice below, name;
	if (dc_name_join(asker->arena, dc_slice_of(prefix), base, &name))
		return dc_ask_name(asker, name, type);
	below = dc_arena_concat(asker->arena, dc_slice_of(prefix), DC_S("."));
	return dc_ask(asker, dc_arena_concat(asker->arena, below, base), type);
}

const struct dc_answer *dc_ask_known(struct dc_asker *asker, struct dc_slice name, uint16_t type)
{
	bool quiet = asker->quiet;
	asker->quiet = true;
	const struct dc_answer *answer = dc_ask(asker, name, type);
	asker->quiet = quiet;
	return answer;
}

/* ---- results that are kept ---- */

struct dc_memo_item {
	const struct dc_answer *answer;
	const void *result;
	enum dc_memo_user user;
};

struct dc_arena *dc_memo_arena(struct dc_asker *asker)
{
	return asker->memo ? asker->memo->arena : asker->arena;
}

const void *dc_memo_find(const struct dc_asker *asker, enum dc_memo_user user, const struct dc_answer *answer)
{
	for (size_t i = 0; asker->memo && i < asker->memo->count; i++)
		if (asker->memo->items[i].answer == answer && asker->memo->items[i].user == user)
			return asker->memo->items[i].result;
	return NULL;
}

void dc_memo_keep(struct dc_asker *asker, enum dc_memo_user user, const struct dc_answer *answer, const void *result)
{
	struct dc_memo *memo = asker->memo;
	if (memo)
		DC_PUSH(memo->arena, memo->items, memo->count, memo->capacity) = (struct dc_memo_item){answer, result, user};
}

enum { ORGS_MAX = 16 }; /* the names that an audit asks for again and again are few */

struct dc_memo_org {
	struct dc_slice name;
	size_t octets;
};

size_t dc_memo_find_org(const struct dc_asker *asker, struct dc_slice name)
{
	for (size_t i = 0; asker->memo && i < asker->memo->org_count; i++)
		if (dc_slice_eq(asker->memo->orgs[i].name, name))
			return asker->memo->orgs[i].octets;
	return 0;
}

void dc_memo_keep_org(struct dc_asker *asker, struct dc_slice name, size_t octets)
{
	struct dc_memo *memo = asker->memo;
	if (memo && memo->org_count < ORGS_MAX)
		DC_PUSH(memo->arena, memo->orgs, memo->org_count, memo->org_capacity) =
			(struct dc_memo_org){dc_arena_dup(memo->arena, name), octets};
}
