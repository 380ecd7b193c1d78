/* How facts see evidence: ask, and either the answer is there or the question is noted as open.
 *
 * A fact builder is a pure function that is run again and again. When dc_ask returns NULL it goes on with whatever else
 * it can find out (so that one round asks everything that can be asked) and says "not known yet" by leaving the rest.
 * The result of a build counts only when no question was left open. In the last build every answer is there: what
 * could not be asked has the outcome NOT_ASKED.
 *
 * Answers never change. So a part of the facts that met no open question, and was made of complete parts only, would come out
 * the same in every build that follows: it is not built again (facts/facts.c). */
#ifndef DC_EVIDENCE_ASK_H
#define DC_EVIDENCE_ASK_H

#include "evidence/evidence.h"

struct dc_psl;

/* Whose result it is: one answer may mean different things to different rooms. */
enum dc_memo_user { DC_MEMO_DKIM, DC_MEMO_SPF, DC_MEMO_SPF_LAX, DC_MEMO_DMARC };

/* What earlier builds of the same audit worked out from one answer at some cost: the same answer gives the same result, so
 * it is kept for the builds that follow. Results must not change afterwards. */
struct dc_memo {
	struct dc_arena *arena; /* lives as long as the audit */
	struct dc_memo_item *items;
	size_t count, capacity;
	struct dc_memo_org *orgs; /* organizational domains by the public suffix list */
	size_t org_count, org_capacity;
	struct dc_kept *kept; /* facts that are complete (facts/facts.c), when the builds' arena lasts; else NULL */
};

struct dc_asker {
	const struct dc_evidence *evidence;
	struct dc_arena *arena;      /* where facts of this build live */
	bool lasting;                /* it is not reset before the next build */
	struct dc_question *open;    /* in the order of asking, without duplicates */
	size_t open_count, open_capacity;
	size_t unanswered;           /* how often this build met a question without an answer, or put work off: what was built
				      * meanwhile may come out otherwise the next time */
	bool sealed;                 /* nothing will be fetched any more: unknown questions get NOT_ASKED, never NULL */
	bool quiet;                  /* unknown questions are not noted: "do we happen to know?" */
	const struct dc_psl *psl;    /* public suffix list, dmarc/psl.h; NULL: the one built into libpsl */
	struct dc_memo *memo;        /* NULL: nothing is kept */
};

/* Where a result that is to be kept must live: the memo's arena, or that of the build. */
struct dc_arena *dc_memo_arena(struct dc_asker *asker);
/* The result that `user` keeps for `answer`, or NULL. `answer` is one of the evidence, not one made up in a build. */
const void *dc_memo_find(const struct dc_asker *asker, enum dc_memo_user user, const struct dc_answer *answer);
void dc_memo_keep(struct dc_asker *asker, enum dc_memo_user user, const struct dc_answer *answer, const void *result);

/* The organizational domain that is kept for the canonical `name`, in octets from its end; 0: none is. */
size_t dc_memo_find_org(const struct dc_asker *asker, struct dc_slice name);
void dc_memo_keep_org(struct dc_asker *asker, struct dc_slice name, size_t octets);

/* `name` in any spelling; it is normalised. A name that cannot be put on the wire gives an answer MALFORMED at once. */
const struct dc_answer *dc_ask(struct dc_asker *asker, struct dc_slice name, uint16_t type);
/* `name` is canonical: of dc_name_join and the like. */
const struct dc_answer *dc_ask_name(struct dc_asker *asker, struct dc_slice name, uint16_t type);
/* The name is prefix + "." + base. */
const struct dc_answer *dc_ask_below(struct dc_asker *asker, const char *prefix, struct dc_slice base, uint16_t type);
/* Any kind. */
const struct dc_answer *dc_ask_question(struct dc_asker *asker, const struct dc_question *question);
/* Only what evidence holds; never opens a question. NULL when unknown. */
const struct dc_answer *dc_ask_known(struct dc_asker *asker, struct dc_slice name, uint16_t type);

#endif
