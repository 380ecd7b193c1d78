/* Keys, algorithms and digests of the zone: RFC 8624 section 3, RFC 9905 (SHA-1), RFC 9276 (NSEC3). */
#include "checks/check.h"
#include "dnssec/dnssec.h"

enum {
	RSA_LEAST_BITS = 2048,     /* NIST SP 800-57 part 1: what is signed today must hold beyond 2030 */
	ITERATIONS_TOLERATED = 50, /* above it resolvers treat the zone as unsigned, or fail it (RFC 9276 section 3.2) */
	DIGEST_SHA1 = 1, DIGEST_GOST = 3,
};

static struct dc_slice algorithm_name(struct dc_emitter *emitter, uint8_t algorithm)
{
	const char *name = dc_dnssec_algorithm_name(algorithm);
	return name ? dc_slice_of(name) : dc_arena_printf(dc_emitter_arena(emitter), "algorithm %u", algorithm);
}

/* Each algorithm once, each short key. */
static void judge_keys(const struct dc_dnssec_facts *dnssec, struct dc_where where, struct dc_emitter *emitter)
{
	const struct dc_arg zone = dc_text("zone", dnssec->zone);
	for (size_t i = 0; i < dnssec->key_count; i++) {
		const struct dc_dnssec_key *key = &dnssec->keys[i];
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen |= dnssec->keys[k].algorithm == key->algorithm;
		if (!seen && dc_dnssec_algorithm_is_dead(key->algorithm))
			dc_emit(emitter, DC_F_DNSSEC_ALGORITHM, where,
				DC_ARGS(dc_text("algorithm", algorithm_name(emitter, key->algorithm)), zone));
		else if (key->bits && key->bits < RSA_LEAST_BITS && !key->revoked && !dc_dnssec_algorithm_is_dead(key->algorithm))
			dc_emit(emitter, DC_F_DNSSEC_KEY_SMALL, where,
				DC_ARGS(dc_int("bits", key->bits), dc_int("tag", key->tag), zone));
	}
}

static void judge_ds(const struct dc_dnssec_facts *dnssec, struct dc_where where, struct dc_emitter *emitter)
{
	const struct dc_arg zone = dc_text("zone", dnssec->zone);
	size_t weak = 0;
	for (size_t i = 0; i < dnssec->ds_count; i++) {
		const struct dc_dnssec_ds *ds = &dnssec->ds[i];
		weak += ds->digest_type == DIGEST_SHA1 || ds->digest_type == DIGEST_GOST;
		if (ds->matches == DC_TRI_NO && dnssec->chained == DC_TRI_YES)
			dc_emit(emitter, DC_F_DNSSEC_DS_STALE, where, DC_ARGS(dc_int("tag", ds->tag), zone));
	}
	if (weak && weak == dnssec->ds_count)
		dc_emit(emitter, DC_F_DNSSEC_DIGEST, where, DC_ARGS(zone));
	else if (weak)
		dc_emit(emitter, DC_F_DNSSEC_DIGEST_BESIDE, where, DC_ARGS(zone));
}

/* What could not be looked up, in a zone that validates: a broken one is told by its state. */
static void judge_unanswered(const struct dc_dnssec_facts *dnssec, struct dc_emitter *emitter)
{
	const struct dc_answer *const answers[] = {dnssec->key_answer, dnssec->ds_answer, dnssec->nsec3_answer};
	for (size_t i = 0; dnssec->state == DC_DNSSEC_SECURE && i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct dc_answer *answer = answers[i];
		if (!answer || dc_outcome_is_known(answer->outcome) || answer->outcome == DC_OUTCOME_NOT_ASKED)
			continue;
		dc_emit_unanswered(emitter, DC_F_DNSSEC_KEYS_UNANSWERED,
				   (struct dc_where){.subject = dnssec->zone, .answer = answer}, NULL);
		return;
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dnssec_facts *dnssec = facts->dnssec;
	struct dc_where where = {.subject = dnssec->zone, .answer = dnssec->key_answer};
	judge_unanswered(dnssec, emitter);
	if (!dnssec->key_count && !dnssec->ds_count) {
		dc_not_applicable(emitter);
		return;
	}
	judge_keys(dnssec, where, emitter);
	where.answer = dnssec->ds_answer;
	judge_ds(dnssec, where, emitter);
	where.answer = dnssec->nsec3_answer;
	if (dnssec->nsec3 && dnssec->nsec3_iterations > ITERATIONS_TOLERATED)
		dc_emit(emitter, DC_F_DNSSEC_NSEC3_MANY, where,
			DC_ARGS(dc_int("iterations", dnssec->nsec3_iterations), dc_text("zone", dnssec->zone)));
	else if (dnssec->nsec3 && dnssec->nsec3_iterations)
		dc_emit(emitter, DC_F_DNSSEC_NSEC3_ITERATIONS, where,
			DC_ARGS(dc_int("iterations", dnssec->nsec3_iterations), dc_text("zone", dnssec->zone)));
}

const struct dc_check dc_check_dnssec_keys = {
	.id = "dnssec-keys",
	.title = "DNSSEC keys, algorithms and digests are up to date",
	.standard = "RFC 8624 section 3",
	.run = run,
};
