/* Answers: one block each, counted by references; the words for outcomes; chains. */
#include "dns/answer.h"

#include <stdlib.h>

#include <ldns/ldns.h>

static const char *const outcome_names[DC_OUTCOME_COUNT] = {
	[DC_OUTCOME_ANSWER] = "ANSWER",       [DC_OUTCOME_NODATA] = "NODATA",
	[DC_OUTCOME_NXDOMAIN] = "NXDOMAIN",   [DC_OUTCOME_SERVFAIL] = "SERVFAIL",
	[DC_OUTCOME_REFUSED] = "REFUSED",     [DC_OUTCOME_TIMEOUT] = "TIMEOUT",
	[DC_OUTCOME_BOGUS] = "BOGUS",         [DC_OUTCOME_MALFORMED] = "MALFORMED",
	[DC_OUTCOME_NOT_ASKED] = "NOT_ASKED", [DC_OUTCOME_OUT_OF_SOURCE] = "OUT_OF_SOURCE",
};

const char *dc_outcome_name(enum dc_outcome outcome)
{
	return outcome < DC_OUTCOME_COUNT ? outcome_names[outcome] : "?";
}

bool dc_outcome_parse(struct dc_slice text, enum dc_outcome *ret_outcome)
{
	for (int i = 0; i < DC_OUTCOME_COUNT; i++)
		if (dc_slice_eq(text, dc_slice_of(outcome_names[i]))) {
			*ret_outcome = (enum dc_outcome)i;
			return true;
		}
	return false;
}

const char *dc_dnssec_name(enum dc_dnssec state)
{
	static const char *const names[] = {"unknown", "insecure", "secure", "bogus"};
	return state <= DC_DNSSEC_BOGUS ? names[state] : "?";
}

bool dc_question_eq(const struct dc_question *a, const struct dc_question *b)
{
	return a->kind == b->kind && a->type == b->type && dc_slice_eq(a->name, b->name) &&
	       dc_slice_eq(a->server, b->server);
}

static uint64_t hash_bytes(uint64_t hash, struct dc_slice s)
{
	const uint64_t factor = 0x9e3779b97f4a7c15u;
	for (uint64_t word; s.len >= sizeof word; s.ptr += sizeof word, s.len -= sizeof word) {
		memcpy(&word, s.ptr, sizeof word);
		hash = (hash ^ word) * factor;
		hash ^= hash >> 32; /* tables use the low bits */
	}
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (uint8_t)s.ptr[i]) * 0x100000001b3u; /* FNV-1a */
	return hash ^ hash >> 32;
}

uint64_t dc_question_hash(const struct dc_question *question)
{
	uint64_t hash = 0xcbf29ce484222325u ^ ((uint64_t)question->kind << 16 | question->type);
	return hash_bytes(hash_bytes(hash * 0x100000001b3u, question->name) ^ 0xff, question->server);
}

/* ---- one block ---- */

static struct dc_slice pack(char **free_at, struct dc_slice s)
{
	char *copy = *free_at;
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	*free_at += s.len;
	return (struct dc_slice){copy, s.len};
}

struct dc_answer *dc_answer_new(const struct dc_answer *draft)
{
	size_t size = sizeof *draft + draft->rr_count * sizeof *draft->rrs + draft->question.name.len +
		      draft->question.server.len + draft->via.len + draft->detail.len + draft->data.len;
	for (size_t i = 0; i < draft->rr_count; i++)
		size += draft->rrs[i].owner.len + draft->rrs[i].rdata.len;
	struct dc_answer *answer = malloc(size);
	if (!answer)
		return NULL;
	*answer = *draft;
	answer->refs = 1;
	struct dc_rr *rrs = (struct dc_rr *)(answer + 1);
	char *free_at = (char *)(rrs + draft->rr_count);
	answer->question.name = pack(&free_at, draft->question.name);
	answer->question.server = pack(&free_at, draft->question.server);
	answer->via = pack(&free_at, draft->via);
	answer->detail = pack(&free_at, draft->detail);
	answer->data = pack(&free_at, draft->data);
	for (size_t i = 0; i < draft->rr_count; i++) {
		rrs[i] = draft->rrs[i];
		rrs[i].owner = pack(&free_at, draft->rrs[i].owner);
		rrs[i].rdata = pack(&free_at, draft->rrs[i].rdata);
	}
	answer->rrs = rrs;
	return answer;
}

struct dc_answer *dc_answer_ref(struct dc_answer *answer)
{
	__atomic_add_fetch(&answer->refs, 1, __ATOMIC_RELAXED);
	return answer;
}

void dc_answer_unref(struct dc_answer *answer)
{
	if (answer && __atomic_sub_fetch(&answer->refs, 1, __ATOMIC_ACQ_REL) == 0)
		free(answer);
}

size_t dc_answer_octets(const struct dc_answer *answer)
{
	size_t octets = answer->data.len;
	for (size_t i = 0; i < answer->rr_count; i++)
		octets += answer->rrs[i].rdata.len + answer->rrs[i].owner.len;
	return octets;
}

/* ---- chains ---- */

/* Rdata of a CNAME is an uncompressed name: compared with owners as wire, so that nothing is allocated. */
static bool cname_leads_to(const struct dc_rr *cname, struct dc_slice owner)
{
	size_t len = dc_name_at_wire(owner, (const uint8_t *)cname->rdata.ptr, cname->rdata.len);
	return len && len == cname->rdata.len;
}

enum dc_tri dc_answer_has_records(const struct dc_answer *answer)
{
	return dc_answer_is_known(answer) ? dc_tri_of(dc_answer_count(answer) > 0) : DC_TRI_UNKNOWN;
}

const struct dc_rr *dc_answer_cname(const struct dc_answer *answer, struct dc_slice owner)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_CNAME && dc_name_eq(answer->rrs[i].owner, owner))
			return &answer->rrs[i];
	return NULL;
}

/* The owner of the records behind `cname`, as it is spelled in the answer; NULL ptr when no record has it. */
static struct dc_slice owner_behind(const struct dc_answer *answer, const struct dc_rr *cname)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (cname_leads_to(cname, answer->rrs[i].owner))
			return answer->rrs[i].owner;
	return (struct dc_slice){0};
}

struct dc_slice dc_answer_target(const struct dc_answer *answer, size_t *ret_hops)
{
	struct dc_slice owner = answer->question.name;
	const struct dc_rr *cname;
	size_t hops = 0;
	while (answer->question.type != DC_TYPE_CNAME && (cname = dc_answer_cname(answer, owner)) != NULL) {
		if (++hops > answer->rr_count)
			return (struct dc_slice){0};
		owner = owner_behind(answer, cname);
		if (!owner.ptr)
			break; /* the chain leaves the answer: nothing stands at its end */
	}
	if (ret_hops)
		*ret_hops = hops;
	return owner;
}

const struct dc_rr *dc_answer_rr(const struct dc_answer *answer, size_t i)
{
	struct dc_slice owner;
	if (answer->outcome != DC_OUTCOME_ANSWER)
		return NULL;
	owner = dc_answer_target(answer, NULL);
	for (size_t k = 0; k < answer->rr_count; k++) {
		const struct dc_rr *rr = &answer->rrs[k];
		if (rr->type == answer->question.type && dc_name_eq(rr->owner, owner) && i-- == 0)
			return rr;
	}
	return NULL;
}

size_t dc_answer_count(const struct dc_answer *answer)
{
	size_t n = 0;
	while (dc_answer_rr(answer, n))
		n++;
	return n;
}

/* ---- types ---- */

const char *dc_type_name(uint16_t type, char text[16])
{
	const ldns_rr_descriptor *row = ldns_rr_descript(type);
	if (type == DC_TYPE_SPF)
		return "SPF";
	if (row && row->_name && row->_type == type)
		return row->_name;
	(void)snprintf(text, 16, "TYPE%u", type);
	return text;
}

bool dc_type_parse(struct dc_slice text, uint16_t *ret_type)
{
	char name[16];
	uint64_t number;
	if (text.len == 0 || text.len >= sizeof name)
		return false;
	if (dc_slice_starts_nocase(text, DC_S("TYPE"))) {
		if (!dc_slice_uint(dc_slice_sub(text, 4, SIZE_MAX), false, UINT16_MAX, &number))
			return false;
		*ret_type = (uint16_t)number;
		return true;
	}
	memcpy(name, text.ptr, text.len);
	name[text.len] = 0;
	ldns_rr_type type = ldns_get_rr_type_by_name(name);
	if (type == 0)
		return false;
	*ret_type = (uint16_t)type;
	return true;
}
