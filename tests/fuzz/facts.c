/* What must hold of facts whatever DNS, web servers and mail servers say: ceilings, parts inside of what they are parts of, no
 * contradictions, and the same facts when the records of every answer come in the opposite order. */
#include "facts.h"

#include "bimi/bimi.h"
#include "bimi/mark.h"
#include "bimi/svg.h"
#include "blocklist/blocklist.h"
#include "caa/caa.h"
#include "dane/dane.h"
#include "dnssec/dnssec.h"
#include "facts/facts.h"
#include "fuzz.h"
#include "mta_sts/mta_sts.h"
#include "smtp/smtp.h"
#include "tls_rpt/tls_rpt.h"

static bool inside(struct dc_slice part, struct dc_slice whole)
{
	return !part.len || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_mx(const struct dc_mx_facts *mx)
{
	FUZZ_CHECK(mx->host_count <= DC_MX_HOST_MAX && mx->usable_count <= mx->host_count);
	for (size_t i = 0; i < mx->host_count; i++) {
		FUZZ_CHECK(mx->hosts[i].ip_count <= DC_MX_HOST_IP_MAX);
		FUZZ_CHECK(!mx->hosts[i].ip_count || mx->hosts[i].resolves == DC_TRI_YES);
		FUZZ_CHECK(!i || mx->hosts[i - 1].preference <= mx->hosts[i].preference);
	}
}

static void check_dane(const struct dc_dane_facts *dane, const struct dc_mx_facts *mx)
{
	FUZZ_CHECK(dane->count <= mx->host_count);
	for (size_t i = 0; i < dane->count; i++) {
		const struct dc_dane_host *host = &dane->hosts[i];
		size_t usable = 0;

		FUZZ_CHECK(host->count <= DC_DANE_RECORD_MAX && host->count <= host->record_count);
		FUZZ_CHECK((host->present == DC_TRI_YES) == (host->record_count > 0));
		for (size_t k = 0; k < host->count; k++) {
			const struct dc_dane_record *record = &host->records[k];

			FUZZ_CHECK(inside(record->data, record->rr->rdata));
			FUZZ_CHECK(!dc_dane_fault_name(record->fault) == (record->fault == DC_DANE_USABLE));
			FUZZ_CHECK(record->fault != DC_DANE_USABLE ||
				   ((record->usage == 2 || record->usage == 3) && record->selector <= 1 &&
				    (record->matching == 0 || record->data.len == (record->matching == 1 ? 32 : 64))));
			FUZZ_CHECK(!k || dc_slice_cmp(host->records[k - 1].rr->rdata, record->rr->rdata) <= 0);
			usable += record->fault == DC_DANE_USABLE && !record->duplicate;
		}
		FUZZ_CHECK(usable == host->usable);
	}
}

static void check_caa(struct dc_arena *arena, const struct dc_caa_facts *caa)
{
	struct dc_slice *issuers;

	FUZZ_CHECK(caa->count <= DC_CAA_PROPERTY_MAX && caa->count <= caa->total);
	for (size_t i = 0; i < caa->count; i++) {
		const struct dc_caa_property *property = &caa->properties[i];

		FUZZ_CHECK(inside(property->name, property->rr->rdata) && inside(property->value, property->rr->rdata));
		FUZZ_CHECK(property->name.len && !(property->problem && property->issuer.len));
		FUZZ_CHECK(!property->issuer.len || dc_name_is_host(property->issuer, false));
		FUZZ_CHECK(!i || caa->properties[i - 1].tag <= property->tag);
		FUZZ_CHECK(!property->issuer.len || dc_caa_allows(caa, property->tag, property->issuer) == DC_TRI_YES);
		FUZZ_CHECK(dc_caa_has(caa, property->tag));
		(void)dc_caa_names_of(property->value);
	}
	for (int tag = DC_CAA_OTHER; tag <= DC_CAA_CONTACT; tag++) {
		FUZZ_CHECK(dc_caa_has(caa, (enum dc_caa_tag)tag) ||
			   dc_caa_allows(caa, (enum dc_caa_tag)tag, DC_S("ca.example")) != DC_TRI_NO);
		FUZZ_CHECK(dc_caa_issuers(arena, caa, (enum dc_caa_tag)tag, &issuers) <= caa->count);
		if (caa->present == DC_TRI_YES && dc_caa_has(caa, (enum dc_caa_tag)tag))
			FUZZ_CHECK(dc_caa_allows(caa, (enum dc_caa_tag)tag, DC_S("")) == DC_TRI_NO);
	}
}

static void check_smtp(const struct dc_smtp_facts *smtp)
{
	FUZZ_CHECK(smtp->count <= DC_SMTP_SERVERS_MAX);
	for (size_t i = 0; i < smtp->count; i++) {
		const struct dc_smtp_server *server = &smtp->servers[i];
		const struct dc_dialogue *said = server->said;

		FUZZ_CHECK(server->reached != DC_TRI_NO && server->target.port && server->target.ip.family);
		FUZZ_CHECK(said || (!server->cert && server->tls == DC_TRI_UNKNOWN && server->starttls == DC_TRI_UNKNOWN));
		FUZZ_CHECK(!server->cert == !(said && said->cert_count));
		FUZZ_CHECK(!server->outdated || (server->valid_now == DC_TRI_NO && server->outdated >= said->certs &&
						 server->outdated < said->certs + said->cert_count));
		FUZZ_CHECK(server->name_matches != DC_TRI_YES || dc_smtp_cert_names(server->cert, server->target.host));
		FUZZ_CHECK(server->dane_matches == DC_TRI_UNKNOWN || (server->dane && server->cert));
		FUZZ_CHECK(server->target.service == DC_SMTP_MX || !server->dane);
	}
}

static void check_dnssec(const struct dc_dnssec_facts *dnssec)
{
	FUZZ_CHECK(dnssec->key_count <= DC_DNSSEC_KEY_MAX && dnssec->ds_count <= DC_DNSSEC_DS_MAX);
	FUZZ_CHECK(dnssec->signature_count <= DC_DNSSEC_SIGNATURE_MAX);
	for (size_t i = 0; i < dnssec->key_count; i++) {
		const struct dc_dnssec_key *key = &dnssec->keys[i];

		FUZZ_CHECK(key->bits <= 8 * key->rr->rdata.len);
		FUZZ_CHECK(!key->bits || dc_dnssec_algorithm_is_rsa(key->algorithm));
		FUZZ_CHECK(!dc_dnssec_algorithm_is_rsa(key->algorithm) || dc_dnssec_algorithm_name(key->algorithm));
		FUZZ_CHECK(dc_dnssec_algorithm_name(key->algorithm) || key->algorithm != 8);
		FUZZ_CHECK(!dc_dnssec_algorithm_is_dead(key->algorithm) || dc_dnssec_algorithm_name(key->algorithm));
	}
	for (size_t i = 0; i < dnssec->ds_count; i++)
		FUZZ_CHECK(dnssec->ds[i].matches != DC_TRI_YES || dnssec->key_count);
	for (size_t i = 0; i < dnssec->signature_count; i++)
		FUZZ_CHECK(dnssec->signatures[i].answer->question.kind == DC_ASK_VALIDATE);
}

static void check_blocklists(const struct dc_blocklist_facts *lists)
{
	for (size_t i = 0; i < lists->list_count; i++)
		FUZZ_CHECK(lists->lists[i].state == DC_BLOCKLIST_OPEN || dc_blocklist_state_name(lists->lists[i].state));
	for (size_t i = 0; i < lists->entry_count; i++) {
		const struct dc_blocklist_entry *entry = &lists->entries[i];

		FUZZ_CHECK(entry->list->state == DC_BLOCKLIST_USABLE && entry->subject.len);
		FUZZ_CHECK((entry->on_it == DC_TRI_YES) == (entry->code.len > 0) || entry->refusal);
		FUZZ_CHECK(entry->on_it != DC_TRI_YES || !entry->refusal);
	}
}

static void check_policies(const struct dc_facts *facts)
{
	const struct dc_mta_sts_facts *mta_sts = facts->mta_sts;
	const struct dc_bimi_facts *bimi = facts->bimi;

	FUZZ_CHECK(mta_sts->served != DC_MTA_STS_SERVED_VALID || (mta_sts->policy && !mta_sts->policy->problem));
	FUZZ_CHECK((mta_sts->state == DC_MTA_STS_UNKNOWN) == !dc_mta_sts_state_name(mta_sts->state));
	FUZZ_CHECK((mta_sts->served == DC_MTA_STS_SERVED_UNKNOWN) == !dc_mta_sts_served_name(mta_sts->served));
	FUZZ_CHECK((facts->tls_rpt->state == DC_TLS_RPT_UNKNOWN) == !dc_tls_rpt_state_name(facts->tls_rpt->state));
	FUZZ_CHECK((facts->tls_rpt->state == DC_TLS_RPT_VALID) == (facts->tls_rpt->count == 1 && !facts->tls_rpt->record.problem));
	FUZZ_CHECK((bimi->state == DC_BIMI_UNKNOWN) == !dc_bimi_state_name(bimi->state));
	FUZZ_CHECK(!(bimi->svg || bimi->mark) || bimi->state == DC_BIMI_VALID);
	FUZZ_CHECK(!dc_bimi_covers(bimi) || (bimi->mark && bimi->mark->name_count));
	FUZZ_CHECK(!bimi->answer || !dc_bimi_is_untried(bimi) || bimi->state == DC_BIMI_UNKNOWN);
}

/* ---- the same in another order ---- */

static struct dc_answer *reversed(struct dc_arena *arena, const struct dc_answer *answer)
{
	struct dc_answer draft = *answer;
	struct dc_rr *rrs = DC_NEW_ARRAY(arena, struct dc_rr, answer->rr_count);

	for (size_t i = 0; i < answer->rr_count; i++) {
		if (answer->rrs[i].type != answer->question.type) /* a chain has its order */
			return dc_answer_new(answer);
		rrs[i] = answer->rrs[answer->rr_count - 1 - i];
	}
	draft.rrs = rrs;
	return dc_answer_new(&draft);
}

static void compare(const struct dc_facts *a, const struct dc_facts *b)
{
	FUZZ_CHECK(a->caa->present == b->caa->present && a->caa->count == b->caa->count && a->caa->malformed == b->caa->malformed);
	for (size_t i = 0; i < a->caa->count && a->caa->total <= DC_CAA_PROPERTY_MAX; i++)
		FUZZ_CHECK(a->caa->properties[i].tag == b->caa->properties[i].tag &&
			   dc_slice_eq(a->caa->properties[i].value, b->caa->properties[i].value));
	FUZZ_CHECK(a->mx->class == b->mx->class && a->mx->record_count == b->mx->record_count);
	if (a->mx->record_count > DC_MX_HOST_MAX)
		return;
	FUZZ_CHECK(a->dane->count == b->dane->count && a->dane->present == b->dane->present);
	for (size_t i = 0; i < a->dane->count; i++) {
		const struct dc_dane_host *x = &a->dane->hosts[i], *y = &b->dane->hosts[i];

		FUZZ_CHECK(dc_slice_eq(x->mx->host, y->mx->host) && x->count == y->count);
		for (size_t k = 0; k < x->count && x->record_count <= DC_DANE_RECORD_MAX; k++)
			FUZZ_CHECK(dc_slice_eq(x->records[k].rr->rdata, y->records[k].rr->rdata));
	}
}

/* ---- */

/* In the middle of gathering: DNS alone is there, one domain of many is audited. */
static void build_early(struct dc_arena *arena, struct dc_inputs inputs, struct dc_answer *const *answers, size_t count,
			struct dc_evidence **ret_evidence)
{
	struct dc_evidence *evidence = *ret_evidence = dc_evidence_new(arena);
	struct dc_asker asker = {.evidence = evidence, .arena = arena};

	for (size_t i = 0; i < count; i++)
		if (answers[i]->question.kind == DC_ASK_DNS)
			dc_evidence_add(evidence, dc_answer_ref(answers[i]));
	inputs.lone = false;
	(void)dc_facts_build(&asker, &inputs);
	for (size_t i = 0; i < asker.open_count; i++)
		FUZZ_CHECK(!dc_evidence_find(evidence, &asker.open[i]));
}

static const struct dc_facts *build(struct dc_arena *arena, const struct dc_inputs *inputs, struct dc_answer *const *answers,
				    size_t count, struct dc_evidence **ret_evidence)
{
	struct dc_evidence *evidence = *ret_evidence = dc_evidence_new(arena);
	struct dc_asker asker = {.evidence = evidence, .arena = arena, .sealed = true};

	for (size_t i = 0; i < count; i++)
		dc_evidence_add(evidence, dc_answer_ref(answers[i]));
	return dc_facts_build(&asker, inputs);
}

static void check(struct dc_arena *arena, const struct dc_facts *facts)
{
	struct dc_asker asker = {.evidence = facts->evidence, .arena = arena, .sealed = true};
	const struct dc_ip ips[] = {dc_ip_v4((const uint8_t[]){10, 0, 0, 1}), dc_ip_v4((const uint8_t[]){192, 0, 2, 10})};
	const struct dc_blocklist_input addresses = {.wanted = true, .ips = ips, .ip_count = 2};
	const struct dc_dialogue nothing = {0};
	enum dc_tri name_only;
	struct dc_smtp_wish named = {.domain = facts->inputs->domain, .submission = true, .submission_host = DC_S("mx1.example.com")};

	check_mx(facts->mx);
	check_dane(facts->dane, facts->mx);
	check_caa(arena, facts->caa);
	if (facts->mta_sts_caa)
		check_caa(arena, facts->mta_sts_caa);
	check_smtp(facts->smtp);
	check_smtp(dc_smtp_build(&asker, &named, facts->mx, facts->dane, facts->inputs->now_s));
	named.submission_port = 26;
	check_smtp(dc_smtp_build(&asker, &named, facts->mx, facts->dane, facts->inputs->now_s));
	for (size_t i = 0; i < facts->dane->count; i++)
		FUZZ_CHECK(dc_smtp_dane_matches(&asker, &nothing, &facts->dane->hosts[i], &name_only) == DC_TRI_UNKNOWN);
	check_dnssec(facts->dnssec);
	check_blocklists(dc_blocklist_build(&asker, &addresses));
	check_blocklists(facts->blocklists);
	check_policies(facts);
}

void judge_facts(struct dc_slice domain, struct dc_answer *const *answers, size_t count)
{
	const struct dc_slice selectors[] = {DC_S("s1")};
	const struct dc_prefix senders[] = {{dc_ip_v4((const uint8_t[]){192, 0, 2, 10}), 32},
					    {dc_ip_v6((const uint8_t[16]){0x20, 1, 0xd, 0xb8, [15] = 0x10}), 128}};
	const struct dc_inputs inputs = {.domain = domain, .now_s = 1795176000,
					 .sending = {.selectors = selectors, .selector_count = 1, .helo = DC_S("mx1.example.com")},
					 .search = DC_SELECTORS_NONE, .senders = senders, .sender_count = 2,
					 .dnssec = DC_WISH_YES, .lone = true,
					 .blocklists = true, .probe_smtp = true, .probe_submission = true};
	struct dc_arena *arena = dc_arena_new(256 << 20);
	struct dc_evidence *first = NULL, *second = NULL, *third = NULL;
	struct dc_answer **turned = calloc(count + 1, sizeof *turned);
	const struct dc_facts *facts;

	if (arena && turned && !DC_ARENA_GUARD(arena)) {
		build_early(arena, inputs, answers, count, &first);
		facts = build(arena, &inputs, answers, count, &second);
		check(arena, facts);
		for (size_t i = 0; i < count; i++) {
			turned[i] = reversed(arena, answers[i]);
			FUZZ_CHECK(turned[i]);
		}
		compare(facts, build(arena, &inputs, turned, count, &third));
	}
	for (size_t i = 0; turned && i < count; i++)
		dc_answer_unref(turned[i]);
	free(turned);
	if (first)
		dc_evidence_clear(first);
	if (second)
		dc_evidence_clear(second);
	if (third)
		dc_evidence_clear(third);
	dc_arena_free(arena);
}
