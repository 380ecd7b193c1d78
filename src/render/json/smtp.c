/* "smtp" of the JSON report: what the mail servers said when they were spoken to. */
#include "base/civil.h"
#include "render/json/node.h"
#include "smtp/smtp.h"

static struct dc_node *stamp(struct dc_json *json, bool known, int64_t seconds)
{
	char text[DC_CIVIL_STAMP_LEN + 1];

	return known ? dc_node_copy(json, dc_slice_of(dc_civil_stamp(seconds, text))) : dc_node_null(json);
}

static struct dc_node *certificate(struct dc_json *json, const struct dc_smtp_server *server)
{
	const struct dc_dialogue_cert *cert = server->cert;
	struct dc_node *object;

	if (!cert)
		return dc_node_null(json);
	object = dc_node_object(json);
	dc_node_set(json, object, "subject", dc_node_text_or_null(json, cert->subject));
	dc_node_set(json, object, "issuer", dc_node_text_or_null(json, cert->issuer));
	dc_node_set(json, object, "names", dc_node_texts(json, cert->names, cert->name_count));
	dc_node_set(json, object, "not_before", stamp(json, cert->has_from, cert->from_s));
	dc_node_set(json, object, "not_after", stamp(json, cert->has_until, cert->until_s));
	dc_node_set(json, object, "key", dc_node_text_or_null(json, cert->key));
	dc_node_set(json, object, "name_matches", dc_node_tri(json, server->name_matches));
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what was said came with the certificate */
	dc_node_set(json, object, "trusted", dc_node_tri(json, server->said->trusted));
	dc_node_set(json, object, "valid", dc_node_tri(json, server->valid_now));
	dc_node_set(json, object, "dane_matches", dc_node_tri(json, server->dane_matches));
	return object;
}

static struct dc_node *server(struct dc_json *json, const struct dc_smtp_server *server)
{
	static const struct dc_dialogue nothing;
	const struct dc_dialogue *said = server->said ? server->said : &nothing;
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "service", dc_node_word(json, dc_smtp_service_name(server->target.service)));
	dc_node_set(json, object, "host", dc_node_text(json, server->target.host));
	dc_node_set(json, object, "port", dc_node_uint(json, server->target.port));
	dc_node_set(json, object, "address", dc_node_ip(json, server->target.ip));
	dc_node_set(json, object, "origin", dc_node_word(json, server->origin));
	dc_node_set(json, object, "reached", dc_node_tri(json, server->reached));
	dc_node_set(json, object, "banner", dc_node_text_or_null(json, dc_dialogue_text(&said->banner)));
	dc_node_set(json, object, "ehlo", dc_node_text_or_null(json, server->ehlo_name));
	dc_node_set(json, object, "extensions",
		    server->ehlo && server->ehlo->count > 1
			    ? dc_node_texts(json, server->ehlo->lines + 1, server->ehlo->count - 1)
			    : dc_node_array(json));
	dc_node_set(json, object, "starttls", dc_node_tri(json, server->starttls));
	dc_node_set(json, object, "tls", dc_node_tri(json, server->tls));
	dc_node_set(json, object, "tls_version", dc_node_text_or_null(json, said->tls_version));
	dc_node_set(json, object, "cipher", dc_node_text_or_null(json, said->tls_cipher));
	dc_node_set(json, object, "old_tls", dc_node_tri(json, said->old_tls));
	dc_node_set(json, object, "auth_before_tls", dc_node_text_or_null(json, server->mechanisms_plain));
	dc_node_set(json, object, "auth_under_tls", dc_node_text_or_null(json, server->mechanisms_tls));
	dc_node_set(json, object, "certificate", certificate(json, server));
	return object;
}

struct dc_node *dc_json_smtp(struct dc_json *json, const struct dc_facts *facts)
{
	static const struct dc_smtp_facts nothing;
	const struct dc_smtp_facts *smtp = facts && facts->smtp ? facts->smtp : &nothing;
	struct dc_node *object = dc_node_object(json), *servers = dc_node_array(json);

	for (size_t i = 0; i < smtp->count; i++)
		dc_node_add(json, servers, server(json, &smtp->servers[i]));
	dc_node_set(json, object, "probed", dc_node_flag(json, smtp->asked_mx || smtp->asked_submission));
	dc_node_set(json, object, "servers", servers);
	return object;
}
