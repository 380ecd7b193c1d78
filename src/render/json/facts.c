/* "facts" of the JSON report: what has no file of its own, and the object that holds all parts. */
#include "facts/identity.h"
#include "mx/mx.h"
#include "provider/provider.h"
#include "ptr/ptr.h"
#include "render/json/node.h"

/* ---- mx ---- */

static struct dc_node *mx_host(struct dc_json *json, const struct dc_mx_host *host)
{
	struct dc_node *object = dc_node_object(json), *addresses = dc_node_array(json);

	for (size_t i = 0; i < host->ip_count; i++)
		dc_node_add(json, addresses, dc_node_ip(json, host->ips[i]));
	dc_node_set(json, object, "preference", dc_node_uint(json, host->preference));
	dc_node_set(json, object, "host", dc_node_text(json, host->host));
	dc_node_set(json, object, "addresses", addresses);
	dc_node_set(json, object, "resolves", dc_node_tri(json, host->resolves));
	if (host->alias.len > 0)
		dc_node_set(json, object, "cname", dc_node_text(json, host->alias));
	return object;
}

struct dc_node *dc_json_mx(struct dc_json *json, const struct dc_audit_result *result)
{
	const struct dc_mx_facts *mx = result->facts ? result->facts->mx : NULL;
	const struct dc_provider_facts *providers = result->facts ? result->facts->providers : NULL;
	bool known = mx && mx->class != DC_MX_UNKNOWN;
	enum dc_verdict verdict = DC_VERDICT_PASS;
	bool judged = dc_worst_verdict(result, "mx-", &verdict);
	struct dc_node *object = dc_node_object(json), *hosts = dc_node_array(json), *by = dc_node_array(json);

	for (size_t i = 0; mx && i < mx->host_count; i++)
		dc_node_add(json, hosts, mx_host(json, &mx->hosts[i]));
	for (size_t i = 0; providers && i < providers->count; i++) {
		if (providers->items[i].hosts)
			dc_node_add(json, by, dc_node_word(json, providers->items[i].row->id));
	}
	dc_node_set(json, object, "verdict", judged ? dc_node_word(json, dc_verdict_name(verdict)) : dc_node_null(json));
	dc_node_set(json, object, "class", mx ? dc_node_name_or_null(json, dc_mx_class_name(mx->class)) : dc_node_null(json));
	dc_node_set(json, object, "null_mx", dc_node_bool(json, known, known && mx->class == DC_MX_NULL));
	dc_node_set(json, object, "implicit", dc_node_bool(json, known, known && mx->class == DC_MX_IMPLICIT));
	dc_node_set(json, object, "receives", dc_node_tri(json, mx ? mx->receives : DC_TRI_UNKNOWN));
	dc_node_set(json, object, "hosts", hosts);
	dc_node_set(json, object, "providers", by);
	return object;
}

/* ---- ptr ---- */

struct dc_node *dc_json_ptr(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_ptr_facts *ptr = facts ? facts->ptr : NULL;
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; ptr && i < ptr->count; i++) {
		const struct dc_ptr_address *address = &ptr->addresses[i];
		struct dc_node *object = dc_node_object(json), *names = dc_node_array(json);

		for (size_t j = 0; j < address->name_count; j++)
			dc_node_add(json, names, dc_node_text(json, address->names[j].name));
		dc_node_set(json, object, "ip", dc_node_ip(json, address->sender.ip));
		dc_node_set(json, object, "origin", dc_node_word(json, dc_sender_origin_name(address->sender.origin)));
		dc_node_set(json, object, "names", names);
		dc_node_set(json, object, "present", dc_node_tri(json, address->present));
		dc_node_set(json, object, "confirmed", dc_node_tri(json, address->confirmed));
		dc_node_set(json, object, "generic", dc_node_tri(json, address->generic));
		dc_node_set(json, object, "helo_match", dc_node_tri(json, address->helo_match));
		dc_node_add(json, array, object);
	}
	return array;
}

/* ---- identities, spoofable ---- */

/* One generation of receivers, or a what-if, on one identity. */
static void identity_dmarc(struct dc_json *json, struct dc_node *object, const struct dc_identity_dmarc *dmarc)
{
	dc_node_set(json, object, "spf_aligned", dc_node_tri(json, dmarc->spf_aligned));
	dc_node_set(json, object, "dkim_aligned", dc_node_tri(json, dmarc->dkim_aligned));
	dc_node_set(json, object, "dmarc", dc_node_name_or_null(json, dc_dmarc_result_name(dmarc->result)));
	dc_node_set(json, object, "disposition", dc_node_name_or_null(json, dc_dmarc_policy_name(dmarc->disposition)));
}

struct dc_node *dc_json_identities(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_identity_facts *identities = facts ? facts->identities : NULL;
	struct dc_node *array = dc_node_array(json);

	for (size_t i = 0; identities && i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		struct dc_node *object = dc_node_object(json), *legacy = dc_node_object(json);

		dc_node_set(json, object, "from", dc_node_text(json, identity->from));
		dc_node_set(json, object, "mail_from", dc_node_text_or_null(json, identity->mail_from));
		dc_node_set(json, object, "helo", dc_node_text_or_null(json, identity->helo));
		dc_node_set(json, object, "dkim_domain", dc_node_text_or_null(json, identity->dkim_domain));
		if (identity->stream && identity->stream->declared)
			dc_node_set(json, object, "provider",
				    dc_node_name_or_null(json, identity->stream->declared->provider ?
								       identity->stream->declared->provider->id : NULL));
		dc_node_set(json, object, "dkim_selector", dc_node_text_or_null(json, identity->dkim_selector));
		dc_node_set(json, object, "ip", dc_node_ip(json, identity->ip));
		dc_node_set(json, object, "spf", dc_node_text_or_null(json, identity->spf));
		dc_node_set(json, object, "dkim",
			    dc_node_name_or_null(json, identity->dkim == DC_TRI_UNKNOWN ? NULL
						 : identity->dkim == DC_TRI_YES	  ? "pass"
										  : "fail"));
		dc_node_set(json, object, "libspf2", dc_node_text_or_null(json, identity->libspf2.result));
		identity_dmarc(json, object, &identity->now);
		identity_dmarc(json, legacy, &identity->legacy);
		dc_node_set(json, object, "legacy", legacy);
		if (facts->inputs->what_if.len > 0) {
			struct dc_node *changed = dc_node_object(json);

			identity_dmarc(json, changed, &identity->changed);
			dc_node_set(json, object, "what_if", changed);
		}
		dc_node_add(json, array, object);
	}
	return array;
}

struct dc_node *dc_json_spoofable(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_spoof_facts *spoof = facts && facts->identities ? facts->identities->spoof : NULL;
	struct dc_node *object = dc_node_object(json), *why = dc_node_array(json);

	for (size_t i = 0; spoof && i < spoof->why_count; i++) {
		struct dc_node *reason = dc_node_object(json);

		dc_node_set(json, reason, "id", dc_node_word(json, dc_spoof_reason_id(spoof->why[i].kind)));
		dc_node_set(json, reason, "text", dc_node_word(json, dc_spoof_reason_text(spoof->why[i].kind)));
		dc_node_set(json, reason, "subject", dc_node_text_or_null(json, spoof->why[i].subject));
		dc_node_add(json, why, reason);
	}
	dc_node_set(json, object, "verdict",
		    dc_node_word(json, dc_spoof_verdict_name(spoof ? spoof->verdict : DC_SPOOF_UNKNOWN)));
	dc_node_set(json, object, "domain",
		    dc_node_word(json, dc_spoof_verdict_name(spoof ? spoof->domain : DC_SPOOF_UNKNOWN)));
	dc_node_set(json, object, "subdomains",
		    dc_node_word(json, dc_spoof_verdict_name(spoof ? spoof->existing : DC_SPOOF_UNKNOWN)));
	dc_node_set(json, object, "missing_names",
		    dc_node_word(json, dc_spoof_verdict_name(spoof ? spoof->missing : DC_SPOOF_UNKNOWN)));
	dc_node_set(json, object, "why", why);
	return object;
}

/* ---- dnssec ---- */

struct dc_node *dc_json_facts(struct dc_json *json, const struct dc_audit_result *result)
{
	const struct dc_facts *facts = result->facts;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "mx", dc_json_mx(json, result));
	dc_node_set(json, object, "spf", dc_json_spf(json, facts));
	dc_node_set(json, object, "dkim", dc_json_dkim(json, facts));
	dc_node_set(json, object, "dmarc", dc_json_dmarc(json, facts));
	dc_node_set(json, object, "ptr", dc_json_ptr(json, facts));
	dc_node_set(json, object, "mta_sts", dc_json_mta_sts(json, facts));
	dc_node_set(json, object, "tls_rpt", dc_json_tls_rpt(json, facts));
	dc_node_set(json, object, "bimi", dc_json_bimi(json, facts));
	dc_node_set(json, object, "dane", dc_json_dane(json, facts));
	dc_node_set(json, object, "smtp", dc_json_smtp(json, facts));
	dc_node_set(json, object, "blocklists", dc_json_blocklists(json, facts));
	dc_node_set(json, object, "dnssec", dc_json_dnssec(json, facts));
	dc_node_set(json, object, "authority", dc_json_authority(json, facts));
	if (facts && facts->message)
		dc_node_set(json, object, "message", dc_json_message(json, facts->message));
	dc_node_set(json, object, "caa", dc_json_caa(json, facts));
	dc_node_set(json, object, "identities", dc_json_identities(json, facts));
	dc_node_set(json, object, "providers", dc_json_providers(json, facts));
	dc_node_set(json, object, "spoofable", dc_json_spoofable(json, facts));
	return object;
}
