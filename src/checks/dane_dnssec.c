/* TLSA records count only when DNSSEC vouches for them, for the addresses and for the MX. RFC 7672 sections 2.1 and 2.2. */
#include "checks/dane_common.h"

static struct dc_arg by(const struct dc_dane_state *state)
{
	bool own = state->by && strcmp(state->by, "validation") == 0;

	return dc_text("by", own ? DC_S("our own validation") : DC_S("the resolver"));
}

/* A zone file proves nothing, and nobody expects it to. */
static bool is_from_zone_file(const struct dc_dane_host *host)
{
	return host->tlsa.state == DC_DNSSEC_UNKNOWN && dc_slice_starts(host->answer->via, DC_S("zone "));
}

static void judge_host(const struct dc_dane_facts *dane, const struct dc_dane_host *host, struct dc_emitter *emitter)
{
	const struct dc_arg name = dc_text("host", host->mx->host);
	struct dc_where where = dane_where(host);

	where.more = host->tlsa.answer != host->answer ? host->tlsa.answer : NULL;
	if (host->tlsa.state == DC_DNSSEC_INSECURE) {
		dc_emit(emitter, DC_F_DANE_UNSIGNED, where, DC_ARGS(name, by(&host->tlsa)));
	} else if (host->tlsa.state == DC_DNSSEC_UNKNOWN) {
		dc_emit_unanswered(emitter, DC_F_DANE_UNPROVED, where, DC_ARGS(name));
	} else if (host->tlsa.state == DC_DNSSEC_SECURE && host->address.state == DC_DNSSEC_INSECURE) {
		where.more = host->address.answer;
		dc_emit(emitter, DC_F_DANE_ADDRESS_UNSIGNED, where, DC_ARGS(name, by(&host->address)));
	}
	if (host->tlsa.state == DC_DNSSEC_SECURE && dane->mx.state == DC_DNSSEC_INSECURE) {
		where.more = dane->mx.answer;
		dc_emit(emitter, DC_F_DANE_MX_UNSIGNED, where, DC_ARGS(name, by(&dane->mx)));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dane_facts *dane = facts->dane;
	bool any = false;

	for (size_t i = 0; i < dane->count; i++) {
		const struct dc_dane_host *host = &dane->hosts[i];

		if (dane_is_bogus(host)) {
			any = true;
			dc_emit(emitter, DC_F_DANE_BOGUS,
				(struct dc_where){.subject = host->mx->host, .answer = host->tlsa.answer},
				DC_ARGS(dc_text("host", host->mx->host), dc_text("owner", dane_owner(emitter, host)),
					by(&host->tlsa)));
		} else if (host->present == DC_TRI_YES && !is_from_zone_file(host)) {
			any = true;
			judge_host(dane, host, emitter);
		}
	}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_dane_dnssec = {
	.id = "dane-dnssec",
	.title = "DNSSEC vouches for the TLSA records of the MX hosts",
	.standard = "RFC 7672 section 2.2",
	.run = run,
};
