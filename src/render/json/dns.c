/* DNSSEC and the authoritative servers in the JSON report. */
#include "authority/authority.h"
#include "base/civil.h"
#include "dnssec/dnssec.h"
#include "render/json/node.h"

static struct dc_node *key(struct dc_json *json, const struct dc_dnssec_key *key)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "tag", dc_node_uint(json, key->tag));
	dc_node_set(json, object, "algorithm", dc_node_uint(json, key->algorithm));
	dc_node_set(json, object, "bits", key->bits ? dc_node_uint(json, key->bits) : dc_node_null(json));
	dc_node_set(json, object, "entry", dc_node_flag(json, key->entry));
	return object;
}

static struct dc_node *digest(struct dc_json *json, const struct dc_dnssec_ds *ds)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "tag", dc_node_uint(json, ds->tag));
	dc_node_set(json, object, "algorithm", dc_node_uint(json, ds->algorithm));
	dc_node_set(json, object, "digest_type", dc_node_uint(json, ds->digest_type));
	dc_node_set(json, object, "matches", dc_node_tri(json, ds->matches));
	return object;
}

/* What the state rests on. */
static void chain(struct dc_json *json, struct dc_node *object, const struct dc_dnssec_facts *found)
{
	struct dc_node *keys = dc_node_array(json), *digests = dc_node_array(json);
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	int64_t ends_s = INT64_MAX;

	for (size_t i = 0; found && i < found->key_count; i++)
		dc_node_add(json, keys, key(json, &found->keys[i]));
	for (size_t i = 0; found && i < found->ds_count; i++)
		dc_node_add(json, digests, digest(json, &found->ds[i]));
	for (size_t i = 0; found && i < found->signature_count; i++)
		if (found->signatures[i].ends_s < ends_s)
			ends_s = found->signatures[i].ends_s;
	dc_node_set(json, object, "why_unknown",
		    found && found->blind ? dc_node_text_or_null(json, found->blind->detail) : dc_node_null(json));
	dc_node_set(json, object, "island", dc_node_tri(json, found ? found->island : DC_TRI_UNKNOWN));
	dc_node_set(json, object, "keys", keys);
	dc_node_set(json, object, "ds", digests);
	dc_node_set(json, object, "signed_until",
		    ends_s != INT64_MAX ? dc_node_copy(json, dc_slice_of(dc_civil_stamp(ends_s, stamp))) : dc_node_null(json));
	dc_node_set(json, object, "nsec3_iterations",
		    found && found->nsec3 ? dc_node_uint(json, found->nsec3_iterations) : dc_node_null(json));
}

struct dc_node *dc_json_dnssec(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_dnssec_facts *found = facts ? facts->dnssec : NULL;
	bool known = found && found->state != DC_DNSSEC_UNKNOWN;
	struct dc_node *object = dc_node_object(json), *names = dc_node_array(json);

	for (size_t i = 0; found && i < found->count; i++) {
		const struct dc_dnssec_item *item = &found->items[i];
		struct dc_node *entry = dc_node_object(json);
		char type[16];

		dc_node_set(json, entry, "name", dc_node_text(json, item->name));
		dc_node_set(json, entry, "type", dc_node_copy(json, dc_slice_of(dc_type_name(item->type, type))));
		dc_node_set(json, entry, "state",
			    item->state != DC_DNSSEC_UNKNOWN ? dc_node_word(json, dc_dnssec_name(item->state)) : dc_node_null(json));
		dc_node_add(json, names, entry);
	}
	dc_node_set(json, object, "present", dc_node_tri(json, found ? found->present : DC_TRI_UNKNOWN));
	dc_node_set(json, object, "state", known ? dc_node_word(json, dc_dnssec_name(found->state)) : dc_node_null(json));
	dc_node_set(json, object, "names", names);
	chain(json, object, found);
	return object;
}

/* ---- authoritative servers ---- */

static struct dc_node *server(struct dc_json *json, const struct dc_authority_server *server)
{
	struct dc_node *object = dc_node_object(json);
	bool spoke = server->soa && server->state != DC_AUTHORITY_SILENT && server->state != DC_AUTHORITY_UNKNOWN;

	dc_node_set(json, object, "name", dc_node_text(json, server->name->host));
	dc_node_set(json, object, "ip", dc_node_ip(json, server->ip));
	dc_node_set(json, object, "state", dc_node_name_or_null(json, dc_authority_state_name(server->state)));
	dc_node_set(json, object, "serial", server->has_serial ? dc_node_uint(json, server->serial) : dc_node_null(json));
	dc_node_set(json, object, "tcp", dc_node_tri(json, server->over_tcp));
	dc_node_set(json, object, "edns", dc_node_bool(json, spoke, spoke && server->soa->edns));
	dc_node_set(json, object, "lags", dc_node_bool(json, server->has_serial, server->lags));
	return object;
}

static struct dc_node *name(struct dc_json *json, const struct dc_authority_name *name)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "host", dc_node_text(json, name->host));
	dc_node_set(json, object, "in_parent", dc_node_tri(json, name->in_parent));
	dc_node_set(json, object, "in_zone", dc_node_tri(json, name->in_child));
	dc_node_set(json, object, "resolves", dc_node_tri(json, name->resolves));
	return object;
}

static struct dc_node *record(struct dc_json *json, const struct dc_authority_record *record)
{
	struct dc_node *object = dc_node_object(json);
	char type[16];

	dc_node_set(json, object, "name", dc_node_text(json, record->name));
	dc_node_set(json, object, "type", dc_node_copy(json, dc_slice_of(dc_type_name(record->type, type))));
	dc_node_set(json, object, "agree", dc_node_tri(json, record->agree));
	dc_node_set(json, object, "ttl_s", record->has_ttl ? dc_node_uint(json, record->ttl_s) : dc_node_null(json));
	return object;
}

/* When everybody sees what the servers say now, had it been changed this moment. */
static struct dc_node *settled(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_authority_facts *found = facts ? facts->authority : NULL;
	char stamp[DC_CIVIL_STAMP_LEN + 1];
	uint32_t longest_s = 0;
	bool known = false;

	for (size_t i = 0; found && i < found->record_count; i++) {
		const struct dc_authority_record *record = &found->records[i];

		if (!record->has_ttl || record->type == DC_TYPE_NS)
			continue;
		known = true;
		longest_s = record->ttl_s > longest_s ? record->ttl_s : longest_s;
		if (record->cached && record->cached->ttl_s > longest_s)
			longest_s = record->cached->ttl_s;
	}
	if (!known)
		return dc_node_null(json);
	return dc_node_copy(json, dc_slice_of(dc_civil_stamp(facts->inputs->now_s + longest_s, stamp)));
}

struct dc_node *dc_json_authority(struct dc_json *json, const struct dc_facts *facts)
{
	const struct dc_authority_facts *found = facts ? facts->authority : NULL;
	struct dc_node *object = dc_node_object(json), *servers = dc_node_array(json), *names = dc_node_array(json);
	struct dc_node *records = dc_node_array(json);

	for (size_t i = 0; found && i < found->name_count; i++)
		dc_node_add(json, names, name(json, &found->names[i]));
	for (size_t i = 0; found && i < found->server_count; i++)
		dc_node_add(json, servers, server(json, &found->servers[i]));
	for (size_t i = 0; found && i < found->record_count; i++)
		dc_node_add(json, records, record(json, &found->records[i]));
	dc_node_set(json, object, "zone", found ? dc_node_text_or_null(json, found->zone) : dc_node_null(json));
	dc_node_set(json, object, "parent", found ? dc_node_text_or_null(json, found->parent) : dc_node_null(json));
	dc_node_set(json, object, "reached",
		    dc_node_bool(json, found && found->asked, found && found->reached && !found->intercepted));
	dc_node_set(json, object, "settled_at", settled(json, facts));
	dc_node_set(json, object, "names", names);
	dc_node_set(json, object, "servers", servers);
	dc_node_set(json, object, "records", records);
	return object;
}
