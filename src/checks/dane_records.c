/* Can mail senders use the TLSA records? RFC 7672 section 3.1, RFC 6698 section 2.1, RFC 7671 sections 5 and 10. */
#include "checks/dane_common.h"

enum { USAGE_TA = 2, USAGE_EE = 3, FULL = 0, SHA_256 = 1, SHA_512 = 2, CERTIFICATE = 0, SHOWN_MAX = 8 };

/* "3 1 1 0123456789abcdef…" */
static struct dc_slice shown(struct dc_emitter *emitter, const struct dc_dane_record *record)
{
	size_t n = record->data.len < SHOWN_MAX ? record->data.len : SHOWN_MAX;
	struct dc_slice hex = dc_arena_hex(dc_emitter_arena(emitter), record->data.ptr, n);

	return dc_arena_printf(dc_emitter_arena(emitter), "%u %u %u %.*s%s", record->usage, record->selector,
			       record->matching, DC_FMT(hex), record->data.len > n ? "..." : "");
}

static void judge_fault(struct dc_emitter *emitter, const struct dc_dane_host *host, const struct dc_dane_record *record)
{
	const struct dc_arg name = dc_text("host", host->mx->host), text = dc_text("record", shown(emitter, record));
	struct dc_where where = dane_where(host);

	switch (record->fault) {
	case DC_DANE_PKIX:
		dc_emit(emitter, DC_F_DANE_PKIX_USAGE, where, DC_ARGS(name, text, dc_int("usage", record->usage)));
		break;
	case DC_DANE_USAGE:
	case DC_DANE_SELECTOR:
	case DC_DANE_MATCHING: {
		bool usage = record->fault == DC_DANE_USAGE, selector = record->fault == DC_DANE_SELECTOR;
		struct dc_slice field = usage ? DC_S("certificate usage") : selector ? DC_S("selector") : DC_S("matching type");

		dc_emit(emitter, DC_F_DANE_PARAMETER_UNKNOWN, where,
			DC_ARGS(name, text, dc_text("field", field),
				dc_int("value", usage ? record->usage : selector ? record->selector : record->matching)));
		break;
	}
	case DC_DANE_LENGTH:
		if (record->matching == FULL)
			dc_emit(emitter, DC_F_DANE_DATA_INVALID, where, DC_ARGS(name, text));
		else
			dc_emit(emitter, DC_F_DANE_DIGEST_LENGTH, where,
				DC_ARGS(name, text, dc_int("octets", (int64_t)record->data.len),
					dc_int("expected", record->matching == SHA_256 ? 32 : 64)));
		break;
	case DC_DANE_SHORT:
		dc_emit(emitter, DC_F_DANE_MALFORMED, where,
			DC_ARGS(name, dc_int("octets", (int64_t)record->rr->rdata.len)));
		break;
	case DC_DANE_USABLE:
		break;
	}
}

/* What works, and is not wise. */
static void judge_choice(struct dc_emitter *emitter, const struct dc_dane_host *host, const struct dc_dane_record *record)
{
	const struct dc_arg name = dc_text("host", host->mx->host), text = dc_text("record", shown(emitter, record));

	if (record->matching == FULL)
		dc_emit(emitter, DC_F_DANE_FULL_DATA, dane_where(host), DC_ARGS(name, text));
	else if (record->usage == USAGE_EE && record->selector == CERTIFICATE)
		dc_emit(emitter, DC_F_DANE_WHOLE_CERTIFICATE, dane_where(host), DC_ARGS(name, text));
}

static void judge_host(struct dc_emitter *emitter, const struct dc_dane_host *host)
{
	const struct dc_arg name = dc_text("host", host->mx->host);
	bool sha_256 = false, sha_512 = false;
	size_t leaves = 0;

	for (size_t i = 0; i < host->count; i++) {
		const struct dc_dane_record *record = &host->records[i];

		if (record->duplicate) {
			dc_emit(emitter, DC_F_DANE_DUPLICATE, dane_where(host),
				DC_ARGS(name, dc_text("record", shown(emitter, record))));
			continue;
		}
		judge_fault(emitter, host, record);
		if (record->fault != DC_DANE_USABLE)
			continue;
		judge_choice(emitter, host, record);
		sha_256 |= record->matching == SHA_256;
		sha_512 |= record->matching == SHA_512;
		leaves += record->usage == USAGE_EE;
	}
	if (host->usable == 0)
		dc_emit(emitter, DC_F_DANE_UNUSABLE, dane_where(host), DC_ARGS(name));
	else if (sha_512 && !sha_256)
		dc_emit(emitter, DC_F_DANE_SHA512_ONLY, dane_where(host), DC_ARGS(name));
	if (host->usable == 1 && leaves == 1)
		dc_emit(emitter, DC_F_DANE_SINGLE, dane_where(host), DC_ARGS(name, dc_text("owner", dane_owner(emitter, host))));
	if (host->record_count > DC_DANE_RECORD_MAX)
		dc_emit(emitter, DC_F_DANE_MANY, dane_where(host),
			DC_ARGS(name, dc_int("count", (int64_t)host->record_count), dc_int("limit", DC_DANE_RECORD_MAX)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dane_facts *dane = facts->dane;
	bool any = false, failed = false;

	for (size_t i = 0; i < dane->count; i++) {
		failed |= dane_lookup_failed(&dane->hosts[i]);
		if (dane->hosts[i].present != DC_TRI_YES)
			continue;
		any = true;
		judge_host(emitter, &dane->hosts[i]);
	}
	if (any)
		return;
	/* What could not be looked up is told by dane-lookup. */
	if (failed)
		dc_inconclusive(emitter);
	else
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dane_records = {
	.id = "dane-records",
	.title = "The TLSA records of the MX hosts can be used by mail senders",
	.standard = "RFC 7672 section 3.1",
	.run = run,
};
