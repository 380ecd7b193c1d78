/* "dane" of the JSON report: the TLSA records of the MX hosts and what DNSSEC makes of them. */
#include "dane/dane.h"
#include "render/json/node.h"

static struct dc_node *state(struct dc_json *json, const struct dc_dane_state *state)
{
	return dc_node_name_or_null(json, state->state != DC_DNSSEC_UNKNOWN ? dc_dnssec_name(state->state) : NULL);
}

static struct dc_node *hex(struct dc_json *json, struct dc_slice data)
{
	struct dc_buf text;
	struct dc_node *value;

	dc_buf_init(&text, 2 * (size_t)UINT16_MAX); /* RDLENGTH has 16 bits */
	dc_buf_put_hex(&text, data.ptr, data.len);
	value = text.status == DC_OK ? dc_node_copy(json, dc_buf_slice(&text)) : NULL;
	dc_buf_free(&text);
	return value;
}

static struct dc_node *record(struct dc_json *json, const struct dc_dane_record *record)
{
	struct dc_node *object = dc_node_object(json);

	dc_node_set(json, object, "usage", dc_node_uint(json, record->usage));
	dc_node_set(json, object, "selector", dc_node_uint(json, record->selector));
	dc_node_set(json, object, "matching_type", dc_node_uint(json, record->matching));
	dc_node_set(json, object, "data", hex(json, record->data));
	dc_node_set(json, object, "usable", dc_node_flag(json, record->fault == DC_DANE_USABLE));
	dc_node_set(json, object, "fault", dc_node_name_or_null(json, dc_dane_fault_name(record->fault)));
	return object;
}

static struct dc_node *host(struct dc_json *json, const struct dc_dane_host *host)
{
	struct dc_node *object = dc_node_object(json), *records = dc_node_array(json);

	for (size_t i = 0; i < host->count; i++)
		dc_node_add(json, records, record(json, &host->records[i]));
	dc_node_set(json, object, "host", dc_node_text(json, host->mx->host));
	dc_node_set(json, object, "base", dc_node_text(json, host->base));
	dc_node_set(json, object, "present", dc_node_tri(json, host->present));
	dc_node_set(json, object, "usable",
		    dc_node_bool(json, host->present != DC_TRI_UNKNOWN, host->usable > 0));
	dc_node_set(json, object, "address_state", state(json, &host->address));
	dc_node_set(json, object, "tlsa_state", state(json, &host->tlsa));
	dc_node_set(json, object, "by", dc_node_name_or_null(json, host->tlsa.by));
	dc_node_set(json, object, "records", records);
	return object;
}

struct dc_node *dc_json_dane(struct dc_json *json, const struct dc_facts *facts)
{
	static const struct dc_dane_facts nothing;
	const struct dc_dane_facts *dane = facts && facts->dane ? facts->dane : &nothing;
	struct dc_node *object = dc_node_object(json), *hosts = dc_node_array(json);

	for (size_t i = 0; i < dane->count; i++)
		dc_node_add(json, hosts, host(json, &dane->hosts[i]));
	dc_node_set(json, object, "present", dc_node_tri(json, dane->present));
	dc_node_set(json, object, "mx_state", state(json, &dane->mx));
	dc_node_set(json, object, "by", dc_node_name_or_null(json, dane->mx.by));
	dc_node_set(json, object, "hosts", hosts);
	return object;
}
