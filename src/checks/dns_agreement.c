/* Do all name servers say the same of the mail records? RFC 1034 section 4.3.5. */
#include "checks/dns_common.h"

static void judge_lag(const struct dc_authority_facts *authority, const struct dc_authority_server *server,
		      struct dc_emitter *emitter)
{
	struct dc_slice records = {0}, value, newest;
	struct dc_where where = {.subject = server->name->host, .answer = server->soa};

	for (size_t i = 0; i < authority->record_count; i++) {
		const struct dc_authority_record *record = &authority->records[i];

		if (!record->lagging || !server->records[i])
			continue;
		value = dc_authority_value(dc_emitter_arena(emitter), server->records[i]);
		newest = dc_authority_value(dc_emitter_arena(emitter), record->newest);
		if (!value.len || dc_slice_eq(value, newest))
			continue;
		records = dc_dns_join(emitter, records, dc_dns_records(emitter, record));
		where.more = server->records[i];
	}
	dc_emit(emitter, DC_F_DNS_SERVER_LAGS, where,
		DC_ARGS(dc_text("server", server->name->host), dc_text("ip", server->text), dc_int("serial", server->serial),
			dc_int("newest", authority->newest_serial), dc_text("records", records)));
}

/* Two camps: those that say what the first does, and the rest. */
static void judge_split(const struct dc_authority_facts *authority, size_t index, struct dc_emitter *emitter)
{
	const struct dc_authority_record *record = &authority->records[index];
	struct dc_where where = {.subject = record->name, .answer = record->newest};
	struct dc_slice first, one = {0}, others = {0};

	first = dc_authority_value(dc_emitter_arena(emitter), record->newest);
	for (size_t i = 0; i < authority->server_count; i++) {
		const struct dc_authority_server *server = &authority->servers[i];
		struct dc_slice value = dc_authority_value(dc_emitter_arena(emitter), server->records[index]);

		if (!value.len)
			continue;
		if (dc_slice_eq(value, first)) {
			one = dc_dns_join(emitter, one, server->text);
		} else {
			others = dc_dns_join(emitter, others, server->text);
			where.more = server->records[index];
		}
	}
	dc_emit(emitter, DC_F_DNS_SERVERS_DISAGREE, where,
		DC_ARGS(dc_text("records", dc_dns_records(emitter, record)), dc_text("one", one), dc_text("others", others),
			dc_text("zone", authority->zone)));
}

/* A server that answers for the zone but not for this name. Referrals are no failure: the name is in another zone. */
static void judge_failures(const struct dc_authority_facts *authority, const struct dc_authority_server *server,
			   struct dc_emitter *emitter)
{
	bool told = false;

	for (size_t i = 0; i < authority->record_count; i++) {
		const struct dc_answer *answer = server->records[i];
		struct dc_where where = {.subject = server->name->host, .answer = answer};

		if (!answer || dc_outcome_is_known(answer->outcome) || answer->truncated)
			continue;
		if (answer->outcome == DC_OUTCOME_SERVFAIL || (answer->outcome == DC_OUTCOME_REFUSED && answer->rcode != 0)) {
			if (authority->records[i].newest)
				dc_emit(emitter, DC_F_DNS_SERVER_FAILS, where,
					DC_ARGS(dc_text("server", server->name->host), dc_text("ip", server->text),
						dc_text("records", dc_dns_records(emitter, &authority->records[i])),
						dc_text("answer", dc_slice_of(dc_outcome_name(answer->outcome)))));
		} else if (answer->outcome != DC_OUTCOME_REFUSED && !told) {
			told = true; /* the first stands for those that fail with it */
			dc_emit_unanswered(emitter, DC_F_DNS_AGREEMENT_UNANSWERED, where,
					   DC_ARGS(dc_text("name", server->name->host)));
		}
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_authority_facts *authority = facts->authority;
	size_t fine = 0;

	for (size_t i = 0; i < authority->server_count; i++)
		fine += authority->servers[i].state == DC_AUTHORITY_FINE;
	if (!dc_dns_can_judge(authority) || fine == 0) {
		dc_not_applicable(emitter); /* dns-servers tells why */
		return;
	}
	for (size_t i = 0; i < authority->record_count; i++)
		if (authority->records[i].agree == DC_TRI_NO && !authority->records[i].lagging)
			judge_split(authority, i, emitter);
	for (size_t i = 0; i < authority->server_count; i++) {
		if (authority->servers[i].lags)
			judge_lag(authority, &authority->servers[i], emitter);
		if (authority->servers[i].state == DC_AUTHORITY_FINE)
			judge_failures(authority, &authority->servers[i], emitter);
	}
}

const struct dc_check dc_check_dns_agreement = {
	.id = "dns-agreement",
	.title = "All name servers say the same of the mail records",
	.standard = "RFC 1034 section 4.3.5",
	.run = run,
};
