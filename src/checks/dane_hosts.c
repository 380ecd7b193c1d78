/* DANE protects mail to a domain when every MX host has TLSA records. RFC 7672 sections 2.2.1 and 2.2.2. */
#include "checks/dane_common.h"

/* Published nowhere although DNSSEC is there: worth a word, when it is known. */
static void judge_absence(const struct dc_dane_facts *dane, struct dc_emitter *emitter)
{
	struct dc_slice *names = DC_NEW_ARRAY(dc_emitter_arena(emitter), struct dc_slice, dane->count + 1);

	if (dane->present != DC_TRI_NO || dane->mx.state != DC_DNSSEC_SECURE) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < dane->count; i++) {
		if (dane->hosts[i].address.state != DC_DNSSEC_SECURE) {
			dc_not_applicable(emitter);
			return;
		}
		names[i] = dane->hosts[i].mx->host;
	}
	dc_emit(emitter, DC_F_DANE_MISSING, (struct dc_where){.answer = dane->hosts[0].answer},
		DC_ARGS(dc_list("hosts", names, dane->count), dc_text("owner", dane_owner(emitter, &dane->hosts[0]))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dane_facts *dane = facts->dane;
	bool unknown = false;

	if (dane->present != DC_TRI_YES) {
		judge_absence(dane, emitter);
		return;
	}
	for (size_t i = 0; i < dane->count; i++) {
		const struct dc_dane_host *host = &dane->hosts[i];
		const struct dc_arg name = dc_text("host", host->mx->host), owner = dc_text("owner", dane_owner(emitter, host));

		if (host->present == DC_TRI_NO)
			dc_emit(emitter, DC_F_DANE_PARTIAL, dane_where(host), DC_ARGS(name, owner));
		else if (host->present == DC_TRI_YES && host->mx->alias.len)
			dc_emit(emitter, DC_F_DANE_ALIAS, dane_where(host),
				DC_ARGS(name, dc_text("target", host->mx->alias), owner));
		/* A host without an address is not reached, with or without TLSA records. */
		unknown |= host->present == DC_TRI_UNKNOWN && host->mx->resolves != DC_TRI_NO;
	}
	if (unknown)
		dc_inconclusive(emitter);
}

const struct dc_check dc_check_dane_hosts = {
	.id = "dane-hosts",
	.title = "Every MX host has TLSA records, or none has",
	.standard = "RFC 7672 section 2.2",
	.run = run,
};
