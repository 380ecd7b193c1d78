/* "dane" of the JSON report: the TLSA records of the MX hosts and what DNSSEC makes of them. */
#include "dane/dane.h"
#include "render/json_value.h"

static json_t *state(const struct dc_dane_state *state)
{
	return dc_json_name_or_null(state->state != DC_DNSSEC_UNKNOWN ? dc_dnssec_name(state->state) : NULL);
}

static json_t *hex(struct dc_slice data)
{
	static const char digits[] = "0123456789abcdef";
	struct dc_buf text;
	json_t *value;

	dc_buf_init(&text, 2 * (size_t)UINT16_MAX); /* RDLENGTH has 16 bits */
	for (size_t i = 0; i < data.len; i++) {
		dc_buf_putc(&text, digits[(uint8_t)data.ptr[i] >> 4]);
		dc_buf_putc(&text, digits[(uint8_t)data.ptr[i] & 15]);
	}
	value = text.status == DC_OK ? json_stringn(text.ptr ? text.ptr : "", text.len) : NULL;
	dc_buf_free(&text);
	return value;
}

static json_t *record(struct dc_json *json, const struct dc_dane_record *record)
{
	json_t *object = json_object();

	dc_json_set(json, object, "usage", dc_json_uint(record->usage));
	dc_json_set(json, object, "selector", dc_json_uint(record->selector));
	dc_json_set(json, object, "matching_type", dc_json_uint(record->matching));
	dc_json_set(json, object, "data", hex(record->data));
	dc_json_set(json, object, "usable", json_boolean(record->fault == DC_DANE_USABLE));
	dc_json_set(json, object, "fault", dc_json_name_or_null(dc_dane_fault_name(record->fault)));
	return object;
}

static json_t *host(struct dc_json *json, const struct dc_dane_host *host)
{
	json_t *object = json_object(), *records = json_array();

	for (size_t i = 0; i < host->count; i++)
		dc_json_add(json, records, record(json, &host->records[i]));
	dc_json_set(json, object, "host", dc_json_text(json, host->mx->host));
	dc_json_set(json, object, "base", dc_json_text(json, host->base));
	dc_json_set(json, object, "present", dc_json_tri(host->present));
	dc_json_set(json, object, "usable",
		    dc_json_bool(host->present != DC_TRI_UNKNOWN, host->usable > 0));
	dc_json_set(json, object, "address_state", state(&host->address));
	dc_json_set(json, object, "tlsa_state", state(&host->tlsa));
	dc_json_set(json, object, "by", dc_json_name_or_null(host->tlsa.by));
	dc_json_set(json, object, "records", records);
	return object;
}

json_t *dc_json_dane(struct dc_json *json, const struct dc_facts *facts)
{
	static const struct dc_dane_facts nothing;
	const struct dc_dane_facts *dane = facts && facts->dane ? facts->dane : &nothing;
	json_t *object = json_object(), *hosts = json_array();

	for (size_t i = 0; i < dane->count; i++)
		dc_json_add(json, hosts, host(json, &dane->hosts[i]));
	dc_json_set(json, object, "present", dc_json_tri(dane->present));
	dc_json_set(json, object, "mx_state", state(&dane->mx));
	dc_json_set(json, object, "by", dc_json_name_or_null(dane->mx.by));
	dc_json_set(json, object, "hosts", hosts);
	return object;
}
