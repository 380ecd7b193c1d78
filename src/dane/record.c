/* One TLSA record: its fields, and whether a mail sender can use it (RFC 6698 section 2.1, RFC 7672 section 3.1). */
#include "dane/dane.h"

enum { PKIX_TA = 0, PKIX_EE = 1, DANE_TA = 2, DANE_EE = 3 };
enum { SELECTOR_KEY = 1, FULL = 0, SHA_256 = 1, SHA_512 = 2 };

const char *dc_dane_fault_name(enum dc_dane_fault fault)
{
	static const char *const names[] = {
		[DC_DANE_USABLE] = NULL, [DC_DANE_PKIX] = "pkix-usage", [DC_DANE_USAGE] = "unknown-usage",
		[DC_DANE_SELECTOR] = "unknown-selector", [DC_DANE_MATCHING] = "unknown-matching-type",
		[DC_DANE_LENGTH] = "data-length", [DC_DANE_SHORT] = "malformed",
	};

	return names[fault];
}

/* A SEQUENCE that fills the data exactly: certificates and keys are nothing else (X.690 section 8.1). */
static bool is_der(struct dc_slice data)
{
	const uint8_t *at = (const uint8_t *)data.ptr;
	size_t octets, length = 0;

	if (data.len < 2 || at[0] != 0x30)
		return false;
	if (at[1] < 0x80)
		return data.len == 2 + (size_t)at[1];
	octets = at[1] & 0x7fu;
	if (octets == 0 || octets > 3 || data.len < 2 + octets)
		return false;
	for (size_t i = 0; i < octets; i++)
		length = length << 8 | at[2 + i];
	return data.len == 2 + octets + length;
}

static enum dc_dane_fault fault_of(const struct dc_dane_record *record)
{
	if (record->usage == PKIX_TA || record->usage == PKIX_EE)
		return DC_DANE_PKIX;
	if (record->usage > DANE_EE)
		return DC_DANE_USAGE;
	if (record->selector > SELECTOR_KEY)
		return DC_DANE_SELECTOR;
	if (record->matching > SHA_512)
		return DC_DANE_MATCHING;
	if (record->matching == FULL)
		return is_der(record->data) ? DC_DANE_USABLE : DC_DANE_LENGTH;
	return record->data.len == (record->matching == SHA_256 ? 32 : 64) ? DC_DANE_USABLE : DC_DANE_LENGTH;
}

struct dc_dane_record dc_dane_read(const struct dc_rr *rr)
{
	const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;
	struct dc_dane_record record = {.rr = rr, .fault = DC_DANE_SHORT};

	if (rr->type != DC_TYPE_TLSA || rr->rdata.len < 4)
		return record;
	record.usage = rdata[0];
	record.selector = rdata[1];
	record.matching = rdata[2];
	record.data = dc_slice_sub(rr->rdata, 3, SIZE_MAX);
	record.fault = fault_of(&record);
	return record;
}
