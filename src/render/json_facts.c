/* "facts" of the JSON report: what has no file of its own, and the object that holds all parts. */
#include "dnssec/dnssec.h"
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

json_t *dc_json_mx(struct dc_json *json, const struct dc_audit_result *result)
{
	const struct dc_mx_facts *mx = result->facts ? result->facts->mx : NULL;
	const struct dc_provider_facts *providers = result->facts ? result->facts->providers : NULL;
	bool known = mx && mx->class != DC_MX_UNKNOWN;
	enum dc_verdict verdict = DC_VERDICT_PASS;
	bool judged = dc_worst_verdict(result, "mx-", &verdict);
	json_t *object = json_object(), *hosts = json_array(), *by = json_array();

	for (size_t i = 0; mx && i < mx->host_count; i++)
		dc_json_add(json, hosts, mx_host(json, &mx->hosts[i]));
	for (size_t i = 0; providers && i < providers->count; i++) {
		if (providers->items[i].hosts)
			dc_json_add(json, by, json_string(providers->items[i].row->id));
	}
	dc_json_set(json, object, "verdict", judged ? json_string(dc_verdict_name(verdict)) : json_null());
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

/* One generation of receivers, or a what-if, on one identity. */
static void identity_dmarc(struct dc_json *json, json_t *object, const struct dc_identity_dmarc *dmarc)
{
	dc_json_set(json, object, "spf_aligned", dc_json_tri(dmarc->spf_aligned));
	dc_json_set(json, object, "dkim_aligned", dc_json_tri(dmarc->dkim_aligned));
	dc_json_set(json, object, "dmarc", dc_json_name_or_null(dc_dmarc_result_name(dmarc->result)));
	dc_json_set(json, object, "disposition", dc_json_name_or_null(dc_dmarc_policy_name(dmarc->disposition)));
}

json_t *dc_json_identities(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts ? facts->identities : NULL;
	json_t *array = json_array();

	for (size_t i = 0; identities && i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		json_t *object = json_object(), *legacy = json_object();

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
		dc_json_set(json, object, "libspf2", dc_json_text_or_null(json, identity->libspf2.result));
		identity_dmarc(json, object, &identity->now);
		identity_dmarc(json, legacy, &identity->legacy);
		dc_json_set(json, object, "legacy", legacy);
		if (facts->inputs->what_if.len > 0) {
			json_t *changed = json_object();

			identity_dmarc(json, changed, &identity->changed);
			dc_json_set(json, object, "what_if", changed);
		}
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

static json_t *present(struct dc_json *json, const struct dc_policy_record *found, bool text)
{
	json_t *object = json_object();

	dc_json_set(json, object, "present", dc_json_tri(found ? found->present : DC_TRI_UNKNOWN));
	if (text)
		dc_json_set(json, object, "record", found ? dc_json_text_or_null(json, found->record) : json_null());
	return object;
}

static json_t *dnssec(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_dnssec_facts *found = facts ? facts->dnssec : NULL;
	bool known = found && found->state != DC_DNSSEC_UNKNOWN;
	json_t *object = json_object(), *names = json_array();

	for (size_t i = 0; found && i < found->count; i++) {
		const struct dc_dnssec_item *item = &found->items[i];
		json_t *entry = json_object();
		char type[16];

		dc_json_set(json, entry, "name", dc_json_text(json, item->name));
		dc_json_set(json, entry, "type", json_string(dc_type_name(item->type, type)));
		dc_json_set(json, entry, "state",
			    item->state != DC_DNSSEC_UNKNOWN ? json_string(dc_dnssec_name(item->state)) : json_null());
		dc_json_add(json, names, entry);
	}
	dc_json_set(json, object, "present", dc_json_tri(found ? found->present : DC_TRI_UNKNOWN));
	dc_json_set(json, object, "state", known ? json_string(dc_dnssec_name(found->state)) : json_null());
	dc_json_set(json, object, "names", names);
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
	dc_json_set(json, object, "mta_sts", present(json, facts ? &facts->mta_sts : NULL, true));
	dc_json_set(json, object, "tls_rpt", present(json, facts ? &facts->tls_rpt : NULL, true));
	dc_json_set(json, object, "bimi", present(json, facts ? &facts->bimi : NULL, true));
	dc_json_set(json, object, "dane", dc_json_dane(json, facts));
	dc_json_set(json, object, "dnssec", dnssec(json, facts));
	if (facts && facts->message)
		dc_json_set(json, object, "message", dc_json_message(json, facts->message));
	dc_json_set(json, object, "caa", present(json, facts ? &facts->caa : NULL, false));
	dc_json_set(json, object, "identities", dc_json_identities(json, facts));
	dc_json_set(json, object, "providers", dc_json_providers(json, facts));
	dc_json_set(json, object, "spoofable", dc_json_spoofable(json, facts));
	return object;
}
