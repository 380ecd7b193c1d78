/* "mta_sts", "tls_rpt" and "caa" of the JSON report's facts. */
#include "base/civil.h"
#include "caa/caa.h"
#include "mta_sts/mta_sts.h"
#include "mx/mx.h"
#include "render/json/node.h"
#include "tls_rpt/tls_rpt.h"

/* ---- fetched documents ---- */

static struct dc_node *moment(struct dc_json *json, int64_t seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];

	return dc_node_copy(json, dc_slice_of(dc_civil_stamp(seconds, stamp)));
}

static struct dc_node *certificate(struct dc_json *json, const struct dc_https_reply *reply)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "verify", dc_node_word(json, dc_https_verify_name(reply->verify)));
	dc_node_set(json, object, "reason", dc_node_text_or_null(json, reply->verify_text));
	dc_node_set(json, object, "subject", dc_node_text_or_null(json, reply->subject));
	dc_node_set(json, object, "issuer", dc_node_text_or_null(json, reply->issuer));
	dc_node_set(json, object, "not_before", moment(json, reply->not_before_s));
	dc_node_set(json, object, "not_after", moment(json, reply->not_after_s));
	dc_node_set(json, object, "names", dc_node_texts(json, reply->names, reply->name_count));
	return object;
}

struct dc_node *dc_json_fetch(struct dc_json *json, const struct dc_https_url *url, const struct dc_https_fetch *fetch)
{
	const struct dc_https_reply *reply = fetch->state == DC_HTTPS_REPLY ? &fetch->reply : NULL;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "url", dc_node_text_or_null(json, url->text));
	dc_node_set(json, object, "status", reply ? dc_node_uint(json, reply->status) : dc_node_null(json));
	dc_node_set(json, object, "content_type", reply ? dc_node_text_or_null(json, reply->type) : dc_node_null(json));
	dc_node_set(json, object, "location", reply ? dc_node_text_or_null(json, reply->location) : dc_node_null(json));
	dc_node_set(json, object, "octets", reply ? dc_node_uint(json, reply->body.len) : dc_node_null(json));
	dc_node_set(json, object, "cut", dc_node_bool(json, reply != NULL, fetch->cut));
	dc_node_set(json, object, "tls", reply ? dc_node_text_or_null(json, reply->tls) : dc_node_null(json));
	dc_node_set(json, object, "certificate", reply ? certificate(json, reply) : dc_node_null(json));
	dc_node_set(json, object, "unanswered", dc_node_answer(json, fetch->failed));
	return object;
}

/* ---- MTA-STS ---- */

static struct dc_node *policy(struct dc_json *json, const struct dc_mta_sts_policy *found, const struct dc_mx_facts *mx)
{
	struct dc_node *object = dc_node_object(json), *hosts = dc_node_array(json);

	dc_node_set(json, object, "valid", dc_node_bool(json, true, !found->problem));
	dc_node_set(json, object, "problem", dc_node_name_or_null(json, found->problem));
	dc_node_set(json, object, "mode", dc_node_name_or_null(json, dc_mta_sts_mode_name(found->mode)));
	dc_node_set(json, object, "max_age", found->has_age ? dc_node_uint(json, found->max_age_s) : dc_node_null(json));
	dc_node_set(json, object, "mx", dc_node_texts(json, found->patterns, found->pattern_count));
	for (size_t i = 0; mx && i < mx->host_count; i++) {
		struct dc_node *host = dc_node_object(json);
		size_t at = dc_mta_sts_match(found, mx->hosts[i].host);

		if (mx->hosts[i].is_null)
			continue;
		dc_node_set(json, host, "host", dc_node_text(json, mx->hosts[i].host));
		dc_node_set(json, host, "matched_by", at == SIZE_MAX ? dc_node_null(json) : dc_node_text(json, found->patterns[at]));
		dc_node_add(json, hosts, host);
	}
	dc_node_set(json, object, "hosts", hosts);
	return object;
}

struct dc_node *dc_json_mta_sts(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_mta_sts_facts *found = facts ? facts->mta_sts : NULL;
	bool known = found && found->state != DC_MTA_STS_UNKNOWN;
	const char *mode = known && found->served == DC_MTA_STS_SERVED_VALID ? dc_mta_sts_mode_name(found->policy->mode) : NULL;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "present", dc_node_tri(json, dc_facts_published(facts, DC_PUBLISHED_MTA_STS)));
	dc_node_set(json, object, "record", known ? dc_node_text_or_null(json, found->record.txt.text) : dc_node_null(json));
	dc_node_set(json, object, "state", known ? dc_node_name_or_null(json, dc_mta_sts_state_name(found->state)) : dc_node_null(json));
	dc_node_set(json, object, "id", known ? dc_node_text_or_null(json, found->record.id) : dc_node_null(json));
	dc_node_set(json, object, "served", known ? dc_node_name_or_null(json, dc_mta_sts_served_name(found->served)) : dc_node_null(json));
	dc_node_set(json, object, "mode", dc_node_name_or_null(json, mode));
	dc_node_set(json, object, "policy", known && found->policy ? policy(json, found->policy, facts->mx) : dc_node_null(json));
	dc_node_set(json, object, "fetch", known && found->wanted ? dc_json_fetch(json, &found->url, &found->fetch) : dc_node_null(json));
	return object;
}

/* ---- TLS-RPT ---- */

struct dc_node *dc_json_tls_rpt(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_tls_rpt_facts *found = facts ? facts->tls_rpt : NULL;
	bool known = found && found->state != DC_TLS_RPT_UNKNOWN;
	struct dc_node *object = dc_node_object(json), *rua = dc_node_array(json);

	for (size_t i = 0; known && i < found->record.uri_count; i++) {
		struct dc_node *uri = dc_node_object(json);

		dc_node_set(json, uri, "uri", dc_node_text(json, found->record.uris[i].text));
		dc_node_set(json, uri, "problem", dc_node_name_or_null(json, found->record.uris[i].problem));
		dc_node_add(json, rua, uri);
	}
	dc_node_set(json, object, "present", dc_node_tri(json, dc_facts_published(facts, DC_PUBLISHED_TLS_RPT)));
	dc_node_set(json, object, "record", known ? dc_node_text_or_null(json, found->record.txt.text) : dc_node_null(json));
	dc_node_set(json, object, "state", known ? dc_node_name_or_null(json, dc_tls_rpt_state_name(found->state)) : dc_node_null(json));
	dc_node_set(json, object, "rua", rua);
	return object;
}

/* ---- CAA ---- */

static struct dc_node *property(struct dc_json *json, const struct dc_caa_property *found)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "tag", dc_node_text(json, found->name));
	dc_node_set(json, object, "value", dc_node_text(json, found->value));
	dc_node_set(json, object, "critical", dc_node_bool(json, true, found->critical));
	dc_node_set(json, object, "problem", dc_node_name_or_null(json, found->problem));
	return object;
}

struct dc_node *dc_json_caa(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_caa_facts *found = facts ? facts->caa : NULL;
	struct dc_node *object = dc_node_object(json), *properties = dc_node_array(json);

	for (size_t i = 0; found && i < found->count; i++)
		dc_node_add(json, properties, property(json, &found->properties[i]));
	dc_node_set(json, object, "present", dc_node_tri(json, dc_facts_published(facts, DC_PUBLISHED_CAA)));
	dc_node_set(json, object, "location", found ? dc_node_text_or_null(json, found->location) : dc_node_null(json));
	dc_node_set(json, object, "records", properties);
	return object;
}
