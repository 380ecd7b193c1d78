/* Hand-made results. This file brings a catalogue of its own: the linker prefers it to the library's. */
#include "render_sample.h"

#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "dnssec/dnssec.h"
#include "facts/identity.h"
#include "facts/message.h"
#include "findings/catalogue.h"
#include "findings/emitter.h"
#include "mta_sts/mta_sts.h"
#include "mx/mx.h"
#include "ptr/ptr.h"
#include "spf/spf.h"

/* Which enumerators are borrowed does not matter. */
enum { TOO_MANY, WEAK_KEY, TYPO, NO_RUA, UNANSWERED, BUDGET, SAMPLES };
_Static_assert((int)SAMPLES < (int)DC_F_COUNT, "the catalogue is too small to borrow from");

#define WORDS(...) (const char *const[]){__VA_ARGS__ __VA_OPT__(,) NULL}
const struct dc_catalogue_row dc_catalogue_rows[DC_F_COUNT] = {
	[TOO_MANY] = {.slug = "spf-too-many-lookups", .check = "spf-lookups", .severity = DC_SEVERITY_ERROR,
		.message = "SPF needs {lookups} DNS lookups, the limit is {limit}",
		.why = "Receivers stop after ten lookups and treat the whole record as broken: mail that should pass SPF fails.",
		.fix = "Take out includes of services that no longer send for you, or let the largest ones send from a "
		       "subdomain with an SPF record of its own. Heaviest: {heavy}.",
		.references = WORDS("RFC 7208 section 4.6.4"), .args = WORDS("lookups", "limit", "heavy")},
	[WEAK_KEY] = {.slug = "dkim-key-short", .check = "dkim-key", .severity = DC_SEVERITY_ERROR,
		.message = "The DKIM key has {bits} bits",
		.why = "Receivers ignore signatures made with keys below 1024 bits, and such a key can be computed.",
		.fix = "Make a new RSA key of 2048 bits, publish it under a new selector, then switch signing over.",
		.references = WORDS("RFC 8301 section 3.2"), .args = WORDS("bits")},
	[TYPO] = {.slug = "spf-unknown-mechanism", .check = "spf-syntax", .severity = DC_SEVERITY_WARNING,
		.message = "\"{term}\" is no SPF mechanism",
		.why = "Receivers treat the whole record as broken.",
		.fix = "Write {suggestion} instead. Record to publish: {record}",
		.references = WORDS("RFC 7208 section 4.6.1"), .args = WORDS("term", "suggestion", "record")},
	[NO_RUA] = {.slug = "dmarc-no-reports", .check = "dmarc-reports", .severity = DC_SEVERITY_NOTICE,
		.message = "DMARC asks for no reports, so nobody sees who sends as this domain",
		.why = "Reports are the only way to see who sends in your name.",
		.fix = "Add rua=mailto:ADDRESS to the record.",
		.references = WORDS("RFC 9989 section 4.7"), .args = WORDS()},
	[UNANSWERED] = {.slug = "ptr-unknown", .check = "ptr-confirmed", .severity = DC_SEVERITY_WARNING, .inconclusive = true,
		.message = "Whether {ip} has a reverse name could not be determined: {question} gave {outcome}",
		.why = "Many receivers refuse mail from addresses without a reverse name.",
		.fix = "Audit again.",
		.references = WORDS("RFC 1912 section 2.1"), .args = WORDS("ip", "question", "server", "outcome")},
	[BUDGET] = {.slug = "audit-budget-spent", .check = "audit-complete", .severity = DC_SEVERITY_WARNING, .inconclusive = true,
		.message = "The audit stopped at its ceiling of {limit} {budget}",
		.why = "What had not been asked by then is unknown.",
		.fix = "Audit the domain again alone.",
		.references = WORDS("RFC 7208 section 4.6.4"), .args = WORDS("budget", "limit")},
	[SAMPLES ... DC_F_COUNT - 1] = {.slug = "other-row", .check = "audit-complete", .severity = DC_SEVERITY_NOTICE,
		.message = "m", .why = "w", .fix = "f", .references = WORDS("r"), .args = WORDS()},
};

static const struct dc_check checks[] = {
	{.id = "mx-present", .title = "Mail can be delivered to the domain", .standard = "RFC 5321 section 5.1"},
	{.id = "spf-record", .title = "There is one SPF record", .standard = "RFC 7208 section 3.2"},
	{.id = "spf-syntax", .title = "The SPF record can be read", .standard = "RFC 7208 section 4.6"},
	{.id = "spf-lookups", .title = "SPF stays within ten lookups", .standard = "RFC 7208 section 4.6.4"},
	{.id = "dkim-key", .title = "Every DKIM key is strong", .standard = "RFC 8301 section 3.2"},
	{.id = "dmarc-record", .title = "There is a DMARC record", .standard = "RFC 9989 section 4.5"},
	{.id = "dmarc-reports", .title = "DMARC reports arrive", .standard = "RFC 9989 section 4.7"},
	{.id = "ptr-confirmed", .title = "Sending addresses have a confirmed name", .standard = "RFC 1912 section 2.1"},
	{.id = "audit-complete", .title = "Every question was asked", .standard = "RFC 7208 section 4.6.4"},
};
enum { CHECKS = sizeof(checks) / sizeof(checks[0]) };

static struct dc_slice s(const char *text)
{
	return dc_slice_of(text);
}

static struct dc_ip ip(const char *text)
{
	struct dc_ip result = {0};

	(void)dc_ip_parse(s(text), &result);
	return result;
}

static const struct dc_answer *answer(struct dc_arena *arena, uint16_t type, struct dc_slice name,
				      enum dc_outcome outcome)
{
	struct dc_answer *made = DC_NEW(arena, struct dc_answer);

	*made = (struct dc_answer){
		.question = {.kind = DC_ASK_DNS, .type = type, .name = name},
		.outcome = outcome,
		.ede = -1,
		.ttl_s = 300,
		.via = s("192.0.2.53:53"),
	};
	return made;
}

/* ---- facts ---- */

static const struct dc_mx_facts *mx(struct dc_arena *arena, struct dc_slice domain, struct dc_slice host)
{
	struct dc_mx_facts *facts = DC_NEW(arena, struct dc_mx_facts);
	struct dc_mx_host *hosts = DC_NEW_ARRAY(arena, struct dc_mx_host, 2);
	struct dc_ip *ips = DC_NEW_ARRAY(arena, struct dc_ip, 2);

	ips[0] = ip("192.0.2.10");
	ips[1] = ip("2001:db8::10");
	hosts[0] = (struct dc_mx_host){.preference = 10, .host = host, .ips = ips, .ip_count = 2, .resolves = DC_TRI_YES};
	hosts[1] = (struct dc_mx_host){
		.preference = 20, .host = s("mx2.broken.example"), .resolves = DC_TRI_NO, .exists = DC_TRI_NO};
	*facts = (struct dc_mx_facts){.domain = domain, .class = DC_MX_HOSTS, .receives = DC_TRI_YES, .hosts = hosts,
		.host_count = 2, .record_count = 2, .usable_count = 1};
	return facts;
}

/* One include that costs `lookups`, and -all or ~all behind it. */
static const struct dc_spf_facts *spf(struct dc_arena *arena, struct dc_slice domain, struct dc_slice record_text,
				      struct dc_slice target, uint32_t lookups)
{
	struct dc_spf_facts *facts = DC_NEW(arena, struct dc_spf_facts);
	struct dc_txt txt = {.text = record_text};
	const struct dc_spf_record *record = dc_spf_parse(arena, &txt, false);
	struct dc_spf_node *nodes = DC_NEW_ARRAY(arena, struct dc_spf_node, 2);
	const struct dc_spf_node **list = DC_NEW_ARRAY(arena, const struct dc_spf_node *, 2);
	struct dc_spf_use *uses = DC_NEW_ARRAY(arena, struct dc_spf_use, record->term_count + 1);
	struct dc_txt *texts = DC_NEW(arena, struct dc_txt);
	struct dc_spf_range *ranges = DC_NEW(arena, struct dc_spf_range);

	struct dc_spf_others others = {.code = DC_SPF_SOFTFAIL, .by = &uses[record->term_count - 1]};

	*texts = txt;
	*ranges = (struct dc_spf_range){ip("192.0.2.0"), ip("192.0.2.255")};
	nodes[0] = (struct dc_spf_node){.name = domain, .state = DC_SPF_STATE_RECORD, .record = record, .uses = uses,
		.use_count = record->term_count, .lookups = lookups};
	nodes[1] = (struct dc_spf_node){.name = target, .state = DC_SPF_STATE_NO_RECORD, .by = &uses[0], .depth = 1,
		.answer = answer(arena, DC_TYPE_TXT, target, DC_OUTCOME_NODATA)};
	for (size_t i = 0; i < record->term_count; i++) {
		uses[i] = (struct dc_spf_use){.term = &record->terms[i], .node = &nodes[0],
			.counted = record->terms[i].kind != DC_SPF_ALL && record->terms[i].kind != DC_SPF_IP4,
			.lookups = i == 0 ? lookups : 1, .found4 = DC_SPF_FOUND_UNUSED, .found6 = DC_SPF_FOUND_UNUSED};
	}
	if (record->term_count > 0 && record->terms[0].kind == DC_SPF_INCLUDE) {
		uses[0].child = &nodes[1];
		uses[0].target = target;
	}
	list[0] = &nodes[0];
	list[1] = &nodes[1];
	*facts = (struct dc_spf_facts){.domain = domain, .class = record->fatal ? DC_SPF_CLASS_PERMERROR : DC_SPF_CLASS_VALID,
		.answer = answer(arena, DC_TYPE_TXT, domain, DC_OUTCOME_ANSWER), .root = &nodes[0], .nodes = list,
		.node_count = 2, .records = texts, .record_count = 1, .all = '~', .lookups = lookups, .voids4 = 1,
		.others4 = others, .others6 = others,
		.pass4 = {.items = ranges, .count = 1, .addresses = {.low = 1234567}}, .pass_exact = true,
		.pass6 = {.addresses = {.high = 4}}};
	return facts;
}

static const struct dc_dkim_facts *dkim(struct dc_arena *arena, struct dc_slice domain, struct dc_slice name,
					struct dc_slice record_text)
{
	struct dc_dkim_facts *facts = DC_NEW(arena, struct dc_dkim_facts);
	struct dc_dkim_selector *selectors = DC_NEW_ARRAY(arena, struct dc_dkim_selector, 3);
	struct dc_dkim_record *records = DC_NEW_ARRAY(arena, struct dc_dkim_record, 2);
	struct dc_receiver_key *receiver = DC_NEW(arena, struct dc_receiver_key);

	records[0] = (struct dc_dkim_record){.txt = {.text = record_text}, .usable = true, .type = s("rsa"),
		.key = {.type = DC_DKIM_KEY_RSA, .bits = 2048, .fingerprint = s("00ff")}};
	records[1] = records[0];
	records[1].key.bits = 768;
	records[1].key.weak = DC_DKIM_WEAK(FERMAT);
	*receiver = (struct dc_receiver_key){.fate = DC_RECEIVER_DONE, .name = s("ok"), .reason = record_text};
	selectors[0] = (struct dc_dkim_selector){.selector = s("google"), .record_count = 1, .name = name, .origin = DC_DKIM_PROVIDER,
		.status = DC_DKIM_OK, .record = &records[0], .opendkim = receiver,
		.provider = dc_provider_find(s("google"))};
	selectors[1] = (struct dc_dkim_selector){.selector = name, .record_count = 1, .name = name, .origin = DC_DKIM_GIVEN,
		.status = DC_DKIM_WEAK_KEY, .record = &records[1], .cname = name, .opendkim = receiver};
	selectors[2] = (struct dc_dkim_selector){.selector = s("k3"), .origin = DC_DKIM_COMMON, .status = DC_DKIM_UNKNOWN};
	*facts = (struct dc_dkim_facts){.domain = domain, .selectors = selectors, .selector_count = 3,
		.searched = {.names = 34, .guesses = 33, .unanswered = 1}, .conclusion = DC_DKIM_FOUND, .usable = 2};
	return facts;
}

static const struct dc_dmarc_facts *dmarc(struct dc_arena *arena, struct dc_slice domain, struct dc_slice record_text,
					  enum dc_dmarc_policy policy)
{
	struct dc_dmarc_facts *facts = DC_NEW(arena, struct dc_dmarc_facts);
	struct dc_dmarc_record *record = DC_NEW(arena, struct dc_dmarc_record);
	struct dc_dmarc_uri *uri = DC_NEW(arena, struct dc_dmarc_uri);
	struct dc_dmarc_report *report = DC_NEW(arena, struct dc_dmarc_report);
	struct dc_dmarc_verdict verdict = {.class = DC_DMARC_CLASS_VALID, .record = record, .location = domain,
		.policy = policy, .effective = policy};

	*uri = (struct dc_dmarc_uri){.text = record_text, .scheme = DC_DMARC_URI_MAILTO, .address = record_text,
		.host = domain};
	*record = (struct dc_dmarc_record){.domain = domain, .txt = {.text = record_text}, .p = policy, .rua = uri,
		.rua_count = 1, .rua_valid = true, .pct = 100};
	*report = (struct dc_dmarc_report){.uri = uri, .external = DC_TRI_YES, .authorised = DC_TRI_NO};
	facts->domain = domain;
	facts->walk = (struct dc_dmarc_walk){.start = domain, .count = 1, .org_domain = domain};
	facts->walk.nodes[0] = (struct dc_dmarc_node){.domain = domain, .name = domain, .state = DC_DMARC_NODE_RECORD,
		.record = record, .record_count = 1, .visited = true, .alias = record_text,
		.answer = answer(arena, DC_TYPE_TXT, domain, DC_OUTCOME_ANSWER)};
	facts->now = (struct dc_dmarc_view){.org_domain = domain, .name = verdict, .existing = verdict, .missing = verdict};
	facts->now.missing.effective = DC_DMARC_POLICY_REJECT;
	facts->legacy = facts->changed = facts->now;
	facts->reports = report;
	facts->report_count = 1;
	return facts;
}

static const struct dc_ptr_facts *ptr(struct dc_arena *arena, struct dc_slice name)
{
	struct dc_ptr_facts *facts = DC_NEW(arena, struct dc_ptr_facts);
	struct dc_ptr_address *addresses = DC_NEW_ARRAY(arena, struct dc_ptr_address, 2);
	struct dc_ptr_name *names = DC_NEW(arena, struct dc_ptr_name);

	*names = (struct dc_ptr_name){.name = name, .confirmed = DC_TRI_YES};
	addresses[0] = (struct dc_ptr_address){.sender = {.ip = ip("192.0.2.25"), .origin = DC_SENDER_OPTION},
		.text = s("192.0.2.25"), .arpa = s("25.2.0.192.in-addr.arpa"), .present = DC_TRI_YES, .names = names,
		.name_count = 1, .confirmed = DC_TRI_YES, .generic = DC_TRI_NO, .helo_match = DC_TRI_YES};
	addresses[1] = (struct dc_ptr_address){
		.sender = {.ip = ip("2001:db8::25"), .origin = DC_SENDER_SPF}, .text = s("2001:db8::25")};
	*facts = (struct dc_ptr_facts){.addresses = addresses, .count = 2};
	return facts;
}

static const struct dc_identity_facts *identities(struct dc_arena *arena, struct dc_slice domain, struct dc_slice text,
						  const char *result)
{
	struct dc_identity_facts *facts = DC_NEW(arena, struct dc_identity_facts);
	struct dc_identity *items = DC_NEW_ARRAY(arena, struct dc_identity, 2);
	struct dc_spoof_facts *spoof = DC_NEW(arena, struct dc_spoof_facts);
	struct dc_spoof_reason *why = DC_NEW(arena, struct dc_spoof_reason);

	items[0] = (struct dc_identity){.from = domain, .mail_from = text, .dkim_domain = domain, .ip = ip("192.0.2.25"),
		.ip_text = s("192.0.2.25"), .spf = s(result), .spf_mechanism = text, .dkim = DC_TRI_YES,
		.libspf2_known = true, .libspf2 = {.fate = DC_RECEIVER_DONE, .result = s(result), .reason = text},
		.now = {DC_TRI_YES, DC_TRI_YES, DC_DMARC_RESULT_PASS, DC_DMARC_POLICY_NONE}};
	items[1] = (struct dc_identity){.from = domain, .mail_from = text, .dkim_domain = domain,
		.ip = ip("2001:db8::25"), .ip_text = s("2001:db8::25"),
		.now = {DC_TRI_NO, DC_TRI_UNKNOWN, DC_DMARC_RESULT_FAIL, DC_DMARC_POLICY_QUARANTINE}};
	*why = (struct dc_spoof_reason){.kind = DC_SPOOF_POLICY_NONE, .subject = text};
	*spoof = (struct dc_spoof_facts){.verdict = DC_SPOOF_YES, .domain = DC_SPOOF_YES, .existing = DC_SPOOF_PARTLY,
		.missing = DC_SPOOF_NO, .why = why, .why_count = 1};
	*facts = (struct dc_identity_facts){.items = items, .count = 2, .spoof = spoof};
	return facts;
}

static const struct dc_provider_facts *providers(struct dc_arena *arena, struct dc_slice name)
{
	struct dc_provider_facts *facts = DC_NEW(arena, struct dc_provider_facts);
	struct dc_provider *items = DC_NEW_ARRAY(arena, struct dc_provider, 2);
	struct dc_provider_reason *by = DC_NEW(arena, struct dc_provider_reason);

	*by = (struct dc_provider_reason){.by = DC_PROVIDER_BY_MX, .name = name};
	items[0] = (struct dc_provider){.row = dc_provider_find(s("google")), .hosts = true, .by = by, .by_count = 1};
	items[1] = (struct dc_provider){.row = dc_provider_find(s("sendgrid")), .sends = true, .by = by, .by_count = 1};
	*facts = (struct dc_provider_facts){.items = items, .count = 2};
	return facts;
}

static const struct dc_message_facts *message(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_message_facts *facts = DC_NEW(arena, struct dc_message_facts);
	struct dc_message *header = DC_NEW(arena, struct dc_message);
	struct dc_message_verdict *verdicts = DC_NEW_ARRAY(arena, struct dc_message_verdict, 2);
	struct dc_receiver_signature *signatures = DC_NEW_ARRAY(arena, struct dc_receiver_signature, 2);

	*header = (struct dc_message){.from_fields = 1, .authors = 1, .from = text, .from_domain = text,
		.return_path = text, .has_return_path = true, .helo = text, .ip = ip("192.0.2.25"), .signature_count = 2};
	signatures[0] = (struct dc_receiver_signature){
		.domain = text, .selector = text, .algorithm = text, .name = s("ok"), .passed = true};
	signatures[1] = (struct dc_receiver_signature){
		.domain = text, .selector = text, .algorithm = text, .name = s("bad-signature"), .reason = text};
	verdicts[0] = (struct dc_message_verdict){&signatures[0], DC_TRI_YES, DC_TRI_YES};
	verdicts[1] = (struct dc_message_verdict){&signatures[1], DC_TRI_NO, DC_TRI_UNKNOWN};
	*facts = (struct dc_message_facts){
		.message = header, .known = true, .signatures = verdicts, .count = 2, .signed_for_from = DC_TRI_YES};
	return facts;
}

/* ---- results ---- */

static struct dc_audit_result *result(struct dc_arena *arena, struct dc_slice domain, enum dc_domain_verdict verdict)
{
	struct dc_audit_result *made = DC_NEW(arena, struct dc_audit_result);
	struct dc_inputs *inputs = DC_NEW(arena, struct dc_inputs);
	struct dc_facts *facts = DC_NEW(arena, struct dc_facts);

	*inputs = (struct dc_inputs){.domain = domain, .now_s = 1795176000};
	facts->inputs = inputs;
	*made = (struct dc_audit_result){.inputs = inputs, .facts = facts, .verdict = verdict,
		.dns = {.questions = 42, .unanswered = verdict == DC_DOMAIN_INCOMPLETE, .rounds = 3, .elapsed_ms = 312}};
	return made;
}

static void judge(struct dc_arena *arena, struct dc_audit_result *made, struct dc_finding_list *list)
{
	struct dc_check_result *rows = DC_NEW_ARRAY(arena, struct dc_check_result, CHECKS);

	for (size_t i = 0; i < CHECKS; i++)
		rows[i] = (struct dc_check_result){&checks[i], dc_findings_verdict(list->items, list->count, checks[i].id, false)};
	made->checks = rows;
	made->check_count = CHECKS;
	made->findings = list->items;
	made->finding_count = list->count;
}

static void emit(struct dc_arena *arena, struct dc_finding_list *list, struct dc_slice domain, int id, struct dc_where where,
		 const struct dc_arg *args)
{
	const struct dc_catalogue_row *row = dc_catalogue_row((enum dc_finding_id)id);
	struct dc_emitter emitter;

	dc_emitter_init(&emitter, arena, row->check, domain, list);
	if (where.answer && row->inconclusive)
		dc_emit_unanswered(&emitter, (enum dc_finding_id)id, where, args);
	else
		dc_emit(&emitter, (enum dc_finding_id)id, where, args);
}

static const struct dc_mta_sts_facts *mta_sts(struct dc_arena *arena, struct dc_slice domain, struct dc_slice text)
{
	struct dc_mta_sts_facts *facts = DC_NEW(arena, struct dc_mta_sts_facts);

	*facts = (struct dc_mta_sts_facts){.domain = domain, .state = DC_MTA_STS_INVALID, .present = DC_TRI_YES};
	facts->record.txt.text = text;
	return facts;
}

static struct dc_audit_result *full(struct dc_arena *arena, struct dc_slice domain, struct dc_slice text,
				    struct dc_slice spf_record, struct dc_slice term)
{
	struct dc_audit_result *made = result(arena, domain, DC_DOMAIN_FAIL);
	struct dc_facts *facts = (struct dc_facts *)made->facts;
	struct dc_finding_list list = {0};
	struct dc_txt txt = {.text = spf_record};
	struct dc_span span = dc_span_of(&txt, term);
	struct dc_slice *heavy = DC_NEW_ARRAY(arena, struct dc_slice, 2);

	facts->mx = mx(arena, domain, text);
	facts->spf = spf(arena, domain, spf_record, text, 12);
	facts->dkim = dkim(arena, domain, text, text);
	facts->dmarc = dmarc(arena, domain, text, DC_DMARC_POLICY_NONE);
	facts->ptr = ptr(arena, text);
	facts->identities = identities(arena, domain, text, "softfail");
	facts->providers = providers(arena, text);
	facts->message = message(arena, text);
	facts->mta_sts = mta_sts(arena, domain, text);
	heavy[0] = text;
	heavy[1] = s("_spf.example.net");
	emit(arena, &list, domain, TOO_MANY, (struct dc_where){.answer = facts->spf->answer},
	     DC_ARGS(dc_int("lookups", 12), dc_int("limit", 10), dc_list("heavy", heavy, 2)));
	emit(arena, &list, domain, WEAK_KEY, (struct dc_where){.subject = text}, DC_ARGS(dc_int("bits", 768)));
	emit(arena, &list, domain, TYPO, (struct dc_where){.span = &span},
	     DC_ARGS(dc_text("term", term), dc_text("suggestion", text), dc_text("record", text)));
	emit(arena, &list, domain, NO_RUA, (struct dc_where){0}, NULL);
	emit(arena, &list, domain, UNANSWERED,
	     (struct dc_where){.subject = text, .answer = answer(arena, DC_TYPE_PTR, text, DC_OUTCOME_TIMEOUT)},
	     DC_ARGS(dc_text("ip", text)));
	emit(arena, &list, domain, BUDGET, (struct dc_where){0},
	     DC_ARGS(dc_text("budget", s("questions")), dc_int("limit", 600)));
	emit(arena, &list, domain, NO_RUA, (struct dc_where){.subject = s("news.example.com")}, NULL);
	list.items[list.count - 1].waived = text;
	judge(arena, made, &list);
	return made;
}

struct dc_audit_result *sample_broken(struct dc_arena *arena)
{
	struct dc_slice record = s("v=spf1 include:spf.mailhost.example inlude:_spf.crm.example a mx ip4:192.0.2.0/24 ~all");
	struct dc_audit_result *made = full(arena, s("broken.example"), s("spf.mailhost.example"), record,
					    dc_slice_sub(record, 36, 23));

	((struct dc_inputs *)made->inputs)->typed = s("Broken.Example.");
	return made;
}

struct dc_audit_result *sample_hostile(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_slice record = dc_arena_concat(arena, s("v=spf1 "), text);
	struct dc_audit_result *made = full(arena, text, text, record, dc_slice_sub(record, 7, SIZE_MAX));

	((struct dc_inputs *)made->inputs)->typed = dc_arena_concat(arena, text, text);
	return made;
}

struct dc_audit_result *sample_healthy(struct dc_arena *arena)
{
	struct dc_slice domain = s("healthy.example"), policy = s("v=DMARC1; p=reject; rua=mailto:dmarc@healthy.example");
	struct dc_audit_result *made = result(arena, domain, DC_DOMAIN_PASS);
	struct dc_facts *facts = (struct dc_facts *)made->facts;
	struct dc_finding_list list = {0};

	facts->mx = mx(arena, domain, s("mx1.healthy.example"));
	facts->spf = spf(arena, domain, s("v=spf1 include:_spf.healthy.example -all"), s("_spf.healthy.example"), 4);
	((struct dc_spf_facts *)facts->spf)->all = '-';
	((struct dc_spf_facts *)facts->spf)->others4.code = ((struct dc_spf_facts *)facts->spf)->others6.code = DC_SPF_FAIL;
	facts->dmarc = dmarc(arena, domain, policy, DC_DMARC_POLICY_REJECT);
	judge(arena, made, &list);
	return made;
}

struct dc_audit_result *sample_unknown(struct dc_arena *arena)
{
	struct dc_slice domain = s("silent.example");
	struct dc_audit_result *made = result(arena, domain, DC_DOMAIN_INCOMPLETE);
	struct dc_finding_list list = {0};

	made->facts = NULL;
	emit(arena, &list, domain, UNANSWERED,
	     (struct dc_where){.answer = answer(arena, DC_TYPE_PTR, s("25.2.0.192.in-addr.arpa"), DC_OUTCOME_SERVFAIL)},
	     DC_ARGS(dc_text("ip", s("192.0.2.25"))));
	judge(arena, made, &list);
	return made;
}

bool sample_hole(struct dc_arena *arena, size_t n, struct dc_audit_result **ret_result)
{
	struct dc_audit_result *made = sample_broken(arena);
	struct dc_facts *facts = (struct dc_facts *)made->facts;
	struct dc_spf_facts *open_spf = DC_NEW(arena, struct dc_spf_facts);

	*ret_result = made;
	switch (n) {
	case 0:
		facts->mx = NULL;
		return true;
	case 1:
		facts->spf = NULL;
		return true;
	case 2:
		facts->dkim = NULL;
		return true;
	case 3:
		facts->dmarc = NULL;
		return true;
	case 4:
		facts->ptr = NULL;
		return true;
	case 5:
		facts->providers = NULL;
		return true;
	case 6:
		facts->identities = NULL;
		return true;
	case 7: /* parts that are there and know nothing */
		facts->mx = DC_NEW(arena, struct dc_mx_facts);
		facts->spf = open_spf;
		facts->dkim = DC_NEW(arena, struct dc_dkim_facts);
		facts->dmarc = DC_NEW(arena, struct dc_dmarc_facts);
		facts->ptr = DC_NEW(arena, struct dc_ptr_facts);
		facts->identities = DC_NEW(arena, struct dc_identity_facts);
		facts->dnssec = DC_NEW(arena, struct dc_dnssec_facts);
		facts->message = NULL;
		return true;
	case 8: /* nothing was judged */
		made->checks = NULL;
		made->findings = NULL;
		made->check_count = made->finding_count = 0;
		return true;
	default:
		return false;
	}
}

const struct dc_run_info *sample_run(void)
{
	static const struct dc_slice selectors[] = {{"google", 6}, {"k1", 2}};
	static const struct dc_run_option options[] = {
		{.name = "selector", .type = DC_OPTION_LIST, .values = selectors, .value_count = 2},
		{.name = "timeout", .type = DC_OPTION_NUMBER, .number = 5},
		{.name = "recurse", .type = DC_OPTION_FLAG, .number = 0},
		{.name = "selectors", .type = DC_OPTION_TEXT, .values = selectors, .value_count = 1},
	};
	static const struct dc_run_info run = {.tool_version = "0.1.0", .started_s = 1795176000, .finished_s = 1795176001,
		.options = options, .option_count = sizeof(options) / sizeof(options[0])};

	return &run;
}

/* ---- rendering ---- */

struct catcher {
	struct dc_sink sink;
	struct dc_buf buf;
};

static bool catch(struct dc_sink *sink, const void *bytes, size_t len)
{
	struct catcher *catcher = (struct catcher *)sink;

	dc_buf_put(&catcher->buf, bytes, len);
	return true;
}

struct dc_slice sample_render(struct dc_arena *arena, const char *format, const struct dc_style *style,
			      struct dc_audit_result *const *results, size_t count)
{
	struct catcher catcher = {.sink = {.write = catch}};
	struct dc_slice whole = {0};
	struct dc_report *report;

	dc_buf_init(&catcher.buf, 64 << 20);
	report = dc_report_new(dc_format_find(s(format)), sample_run(), style, &catcher.sink);
	for (size_t i = 0; i < count; i++)
		(void)dc_report_domain(report, results[i]);
	if (dc_report_end(report, NULL) == DC_OK)
		whole = dc_arena_dup(arena, dc_buf_slice(&catcher.buf));
	dc_buf_free(&catcher.buf);
	return whole;
}
