/* "facts" of the JSON report: what has no file of its own, and the object that holds all parts. */
#include "facts/identity.h"
#include "mx/mx.h"
#include "provider/provider.h"
#include "ptr/ptr.h"
#include "render/json_value.h"

/* ---- mx ---- */

static json_t *mx_host(struct dc_json *json, const struct dc_mx_host *host)
{
	json_t *object = json_object(), *addresses = json_array();

	for (size_t i = 0; i < host->ip_count; i++)
		dc_json_add(json, addresses, dc_json_ip(host->ips[i]));
	dc_json_set(json, object, "preference", dc_json_uint(host->preference));
	dc_json_set(json, object, "host", dc_json_text(json, host->host));
	dc_json_set(json, object, "addresses", addresses);
	dc_json_set(json, object, "resolves", dc_json_tri(host->resolves));
	if (host->alias.len > 0)
		dc_json_set(json, object, "cname", dc_json_text(json, host->alias));
	return object;
}

/* The worst verdict among the checks of a protocol: fail, inconclusive, warn, pass, not-applicable; NULL: no such check. */
static const char *worst(const struct dc_audit_result *result, const char *prefix)
{
	static const unsigned char rank[] = {[DC_VERDICT_NOT_APPLICABLE] = 1,
					     [DC_VERDICT_PASS] = 2,
					     [DC_VERDICT_WARN] = 3,
					     [DC_VERDICT_INCONCLUSIVE] = 4,
					     [DC_VERDICT_FAIL] = 5};
	const struct dc_check_result *found = NULL;

	for (size_t i = 0; i < result->check_count; i++) {
		const struct dc_check_result *check = &result->checks[i];

		if (strncmp(check->check->id, prefix, strlen(prefix)) != 0)
			continue;
		if (!found || rank[check->verdict] > rank[found->verdict])
			found = check;
	}
	return found ? dc_verdict_name(found->verdict) : NULL;
}

json_t *dc_json_mx(struct dc_json *json, const struct dc_audit_result *result)
{
	const struct dc_mx_facts *mx = result->facts ? result->facts->mx : NULL;
	const struct dc_provider_facts *providers = result->facts ? result->facts->providers : NULL;
	bool known = mx && mx->class != DC_MX_UNKNOWN;
	json_t *object = json_object(), *hosts = json_array(), *by = json_array();

	for (size_t i = 0; mx && i < mx->host_count; i++)
		dc_json_add(json, hosts, mx_host(json, &mx->hosts[i]));
	for (size_t i = 0; providers && i < providers->count; i++) {
		if (providers->items[i].hosts)
			dc_json_add(json, by, json_string(providers->items[i].row->id));
	}
	dc_json_set(json, object, "verdict", dc_json_name_or_null(worst(result, "mx-")));
	dc_json_set(json, object, "class", mx ? dc_json_name_or_null(dc_mx_class_name(mx->class)) : json_null());
	dc_json_set(json, object, "null_mx", dc_json_bool(known, known && mx->class == DC_MX_NULL));
	dc_json_set(json, object, "implicit", dc_json_bool(known, known && mx->class == DC_MX_IMPLICIT));
	dc_json_set(json, object, "receives", dc_json_tri(mx ? mx->receives : DC_TRI_UNKNOWN));
	dc_json_set(json, object, "hosts", hosts);
	dc_json_set(json, object, "providers", by);
	return object;
}

/* ---- ptr ---- */

json_t *dc_json_ptr(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_ptr_facts *ptr = facts ? facts->ptr : NULL;
	json_t *array = json_array();

	for (size_t i = 0; ptr && i < ptr->count; i++) {
		const struct dc_ptr_address *address = &ptr->addresses[i];
		json_t *object = json_object(), *names = json_array();

		for (size_t j = 0; j < address->name_count; j++)
			dc_json_add(json, names, dc_json_text(json, address->names[j].name));
		dc_json_set(json, object, "ip", dc_json_ip(address->sender.ip));
		dc_json_set(json, object, "origin", json_string(dc_sender_origin_name(address->sender.origin)));
		dc_json_set(json, object, "names", names);
		dc_json_set(json, object, "present", dc_json_tri(address->present));
		dc_json_set(json, object, "confirmed", dc_json_tri(address->confirmed));
		dc_json_set(json, object, "generic", dc_json_tri(address->generic));
		dc_json_set(json, object, "helo_match", dc_json_tri(address->helo_match));
		dc_json_add(json, array, object);
	}
	return array;
}

/* ---- identities, spoofable ---- */

json_t *dc_json_identities(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts ? facts->identities : NULL;
	json_t *array = json_array();

	for (size_t i = 0; identities && i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		const struct dc_identity_dmarc *now = &identity->now;
		json_t *object = json_object();

		dc_json_set(json, object, "from", dc_json_text(json, identity->from));
		dc_json_set(json, object, "mail_from", dc_json_text_or_null(json, identity->mail_from));
		dc_json_set(json, object, "helo", dc_json_text_or_null(json, identity->helo));
		dc_json_set(json, object, "dkim_domain", dc_json_text_or_null(json, identity->dkim_domain));
		dc_json_set(json, object, "dkim_selector", dc_json_text_or_null(json, identity->dkim_selector));
		dc_json_set(json, object, "ip", dc_json_ip(identity->ip));
		dc_json_set(json, object, "spf", dc_json_text_or_null(json, identity->spf));
		dc_json_set(json, object, "dkim",
			    dc_json_name_or_null(identity->dkim == DC_TRI_UNKNOWN ? NULL
						 : identity->dkim == DC_TRI_YES	  ? "pass"
										  : "fail"));
		dc_json_set(json, object, "spf_aligned", dc_json_tri(now->spf_aligned));
		dc_json_set(json, object, "dkim_aligned", dc_json_tri(now->dkim_aligned));
		dc_json_set(json, object, "dmarc", dc_json_name_or_null(dc_dmarc_result_name(now->result)));
		dc_json_set(json, object, "disposition", dc_json_name_or_null(dc_dmarc_policy_name(now->disposition)));
		dc_json_add(json, array, object);
	}
	return array;
}

json_t *dc_json_spoofable(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_spoof_facts *spoof = facts && facts->identities ? facts->identities->spoof : NULL;
	json_t *object = json_object(), *why = json_array();

	for (size_t i = 0; spoof && i < spoof->why_count; i++) {
		json_t *reason = json_object();

		dc_json_set(json, reason, "id", json_string(dc_spoof_reason_id(spoof->why[i].kind)));
		dc_json_set(json, reason, "text", json_string(dc_spoof_reason_text(spoof->why[i].kind)));
		dc_json_set(json, reason, "subject", dc_json_text_or_null(json, spoof->why[i].subject));
		dc_json_add(json, why, reason);
	}
	dc_json_set(json, object, "verdict",
		    json_string(dc_spoof_verdict_name(spoof ? spoof->verdict : DC_SPOOF_UNKNOWN)));
	dc_json_set(json, object, "domain",
		    json_string(dc_spoof_verdict_name(spoof ? spoof->domain : DC_SPOOF_UNKNOWN)));
	dc_json_set(json, object, "subdomains",
		    json_string(dc_spoof_verdict_name(spoof ? spoof->existing : DC_SPOOF_UNKNOWN)));
	dc_json_set(json, object, "missing_names",
		    json_string(dc_spoof_verdict_name(spoof ? spoof->missing : DC_SPOOF_UNKNOWN)));
	dc_json_set(json, object, "why", why);
	return object;
}

/* ---- what is looked at, but not judged yet ---- */

/* Is there a record of `type` at prefix.DOMAIN (that begins with `start`, for TXT)? Known only when it was asked. */
static enum dc_tri has_record(const struct dc_facts *facts, const char *prefix, uint16_t type, const char *start)
{
	char name[DC_NAME_TEXT_MAX];
	struct dc_question question = {.kind = DC_ASK_DNS, .type = type};
	size_t prefix_len = strlen(prefix);
	const struct dc_answer *answer;

	if (!facts || !facts->evidence || prefix_len + facts->inputs->domain.len > sizeof(name))
		return DC_TRI_UNKNOWN;
	memcpy(name, prefix, prefix_len);
	memcpy(name + prefix_len, facts->inputs->domain.ptr, facts->inputs->domain.len);
	question.name = (struct dc_slice){name, prefix_len + facts->inputs->domain.len};
	answer = dc_evidence_find(facts->evidence, &question);
	if (!answer || !dc_outcome_is_known(answer->outcome))
		return DC_TRI_UNKNOWN;
	for (size_t i = 0; i < dc_answer_count(answer); i++) {
		const struct dc_rr *rr = dc_answer_rr(answer, i);
		struct dc_slice text = dc_slice_sub(rr->rdata, 1, SIZE_MAX); /* past the length of the first string */

		if (!start || dc_slice_starts_nocase(text, dc_slice_of(start)))
			return DC_TRI_YES;
	}
	return DC_TRI_NO;
}

static json_t *present(struct dc_json *json, enum dc_tri value)
{
	json_t *object = json_object();

	dc_json_set(json, object, "present", dc_json_tri(value));
	return object;
}

static json_t *dnssec(struct dc_json *json, const struct dc_facts *facts)
{
	struct dc_question question = {.kind = DC_ASK_VALIDATE, .type = DC_TYPE_SOA};
	const struct dc_answer *answer = NULL;
	enum dc_dnssec state;
	json_t *object = json_object();

	if (facts && facts->evidence) {
		question.name = facts->inputs->domain;
		answer = dc_evidence_find(facts->evidence, &question);
	}
	state = answer ? answer->dnssec : DC_DNSSEC_UNKNOWN;
	dc_json_set(json, object, "present", dc_json_bool(state != DC_DNSSEC_UNKNOWN, state != DC_DNSSEC_INSECURE));
	dc_json_set(json, object, "state",
		    state != DC_DNSSEC_UNKNOWN ? json_string(dc_dnssec_name(state)) : json_null());
	return object;
}

json_t *dc_json_facts(struct dc_json *json, const struct dc_audit_result *result)
{
	const struct dc_facts *facts = result->facts;
	json_t *object = json_object();

	dc_json_set(json, object, "mx", dc_json_mx(json, result));
	dc_json_set(json, object, "spf", dc_json_spf(json, facts));
	dc_json_set(json, object, "dkim", dc_json_dkim(json, facts));
	dc_json_set(json, object, "dmarc", dc_json_dmarc(json, facts));
	dc_json_set(json, object, "ptr", dc_json_ptr(json, facts));
	dc_json_set(json, object, "mta_sts", present(json, has_record(facts, "_mta-sts.", DC_TYPE_TXT, "v=STSv1")));
	dc_json_set(json, object, "tls_rpt", present(json, has_record(facts, "_smtp._tls.", DC_TYPE_TXT, "v=TLSRPTv1")));
	dc_json_set(json, object, "bimi", present(json, has_record(facts, "default._bimi.", DC_TYPE_TXT, "v=BIMI1")));
	dc_json_set(json, object, "dane", present(json, DC_TRI_UNKNOWN));
	dc_json_set(json, object, "dnssec", dnssec(json, facts));
	dc_json_set(json, object, "caa", present(json, has_record(facts, "", DC_TYPE_CAA, NULL)));
	dc_json_set(json, object, "identities", dc_json_identities(json, facts));
	dc_json_set(json, object, "providers", dc_json_providers(json, facts));
	dc_json_set(json, object, "spoofable", dc_json_spoofable(json, facts));
	return object;
}
