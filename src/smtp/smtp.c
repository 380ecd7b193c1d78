/* SMTP facts: the dialogues read, and what follows from them beside TLSA records and reverse names. */
#include "smtp/smtp.h"

#include "smtp/service.h"

struct builder {
	struct dc_asker *asker;
	const struct dc_dane_facts *dane;
	int64_t now_s;
	struct dc_smtp_server *servers;
	size_t count;
};

/* ---- the dialogue ---- */

static struct dc_slice first_word(const struct dc_dialogue_reply *reply)
{
	struct dc_slice rest = dc_dialogue_text(reply);
	return dc_slice_trim(dc_slice_cut(&rest, ' '));
}

static void read_replies(struct dc_smtp_server *server)
{
	const struct dc_dialogue *said = server->said;
	/* A reply that broke off tells nothing by what it lacks. */
	bool plain = said->ehlo.code == 250 && !dc_slice_eq(said->end_step, DC_S("ehlo"));
	bool under_tls = said->tls_ehlo.code == 250 && !dc_slice_eq(said->end_step, DC_S("tls-ehlo"));
	struct dc_slice ignored;

	server->tls = said->tls_version.len ? DC_TRI_YES : said->tls_error.len ? DC_TRI_NO : DC_TRI_UNKNOWN;
	if (server->target.service == DC_SMTP_SUBMISSIONS)
		server->starttls = server->tls;
	else if (plain)
		server->starttls = dc_tri_of(dc_dialogue_extension(&said->ehlo, DC_S("STARTTLS"), &ignored));
	server->ehlo = under_tls ? &said->tls_ehlo : plain ? &said->ehlo : NULL;
	if (said->banner.code)
		server->welcome = dc_tri_of(said->banner.code == 220 && server->ehlo);
	if (said->banner.code == 220)
		server->banner_name = first_word(&said->banner);
	if (server->ehlo)
		server->ehlo_name = first_word(server->ehlo);
	server->auth_plain = plain && dc_dialogue_extension(&said->ehlo, DC_S("AUTH"), &server->mechanisms_plain);
	server->auth_tls = under_tls && dc_dialogue_extension(&said->tls_ehlo, DC_S("AUTH"), &server->mechanisms_tls);
}

/* ---- the certificate ---- */

static void judge_times(const struct builder *builder, struct dc_smtp_server *server)
{
	server->valid_now = DC_TRI_YES;
	for (size_t i = 0; i < server->said->cert_count; i++) {
		const struct dc_dialogue_cert *cert = &server->said->certs[i];

		/* What is served without having signed anything is no part of the chain. */
		if (i > 0 && server->said->certs[i - 1].signed_by != (int)i)
			break;
		if (!cert->has_from || !cert->has_until) {
			server->valid_now = dc_tri_and(server->valid_now, DC_TRI_UNKNOWN);
		} else if (builder->now_s < cert->from_s || builder->now_s > cert->until_s) {
			server->valid_now = DC_TRI_NO;
			if (!server->outdated)
				server->outdated = cert;
		}
	}
}

static const struct dc_dane_host *dane_of(const struct builder *builder, const struct dc_smtp_server *server)
{
	for (size_t i = 0; server->target.service == DC_SMTP_MX && i < builder->dane->count; i++) {
		const struct dc_dane_host *host = &builder->dane->hosts[i];

		if (dc_name_eq(host->mx->host, server->target.host) && host->usable &&
		    host->tlsa.state != DC_DNSSEC_INSECURE && host->tlsa.state != DC_DNSSEC_BOGUS)
			return host;
	}
	return NULL;
}

static void judge_certificate(struct builder *builder, struct dc_smtp_server *server)
{
	server->dane = dane_of(builder, server);
	if (!server->said->cert_count)
		return;
	server->cert = &server->said->certs[0];
	server->name_matches = dc_tri_of(dc_smtp_cert_names(server->cert, server->target.host));
	judge_times(builder, server);
	if (server->dane)
		server->dane_matches = dc_smtp_dane_matches(builder->asker, server->said, server->dane, &server->dane_name_only);
}

/* ---- names ---- */

static bool holds_name(struct dc_asker *asker, const struct dc_answer *answer, struct dc_slice name)
{
	const struct dc_rr *rr;
	struct dc_slice found;

	for (size_t i = 0; (rr = dc_answer_rr(answer, i)); i++)
		if (dc_rr_name(asker->arena, rr, &found) && dc_name_eq(found, name))
			return true;
	return false;
}

static bool holds_ip(const struct dc_answer *answer, struct dc_ip ip)
{
	const struct dc_rr *rr;
	struct dc_ip found;

	for (size_t i = 0; (rr = dc_answer_rr(answer, i)); i++)
		if (dc_rr_ip(rr, &found) && dc_ip_eq(found, ip))
			return true;
	return false;
}

static void judge_name(struct dc_asker *asker, struct dc_smtp_server *server)
{
	char arpa[DC_IP_ARPA_MAX];
	struct dc_slice name;

	if (!server->banner_name.len)
		return;
	server->ptr = dc_ask(asker, dc_arena_dup(asker->arena, dc_ip_arpa(server->target.ip, arpa)), DC_TYPE_PTR);
	if (!dc_name_normalize(asker->arena, server->banner_name, &name) || !dc_name_is_host(name, false) ||
	    dc_name_labels(name) < 2) {
		server->banner_confirmed = DC_TRI_NO;
		return;
	}
	server->banner_address = dc_ask(asker, name, server->target.ip.family == 4 ? DC_TYPE_A : DC_TYPE_AAAA);
	enum dc_tri by_ptr = dc_answer_is_known(server->ptr) ? dc_tri_of(holds_name(asker, server->ptr, name)) : DC_TRI_UNKNOWN;
	enum dc_tri by_address = dc_answer_is_known(server->banner_address)
					 ? dc_tri_of(holds_ip(server->banner_address, server->target.ip)) : DC_TRI_UNKNOWN;
	server->banner_confirmed = dc_tri_or(by_ptr, by_address);
}

/* ---- servers ---- */

static void add_server(struct builder *builder, struct dc_smtp_target target, const char *origin)
{
	struct dc_asker *asker = builder->asker;
	struct dc_smtp_server *server = &builder->servers[builder->count];
	struct dc_question question = {.kind = DC_ASK_SMTP, .server = dc_smtp_target_format(asker->arena, &target)};
	struct dc_dialogue *said = DC_NEW(asker->arena, struct dc_dialogue);
	char text[DC_IP_TEXT_MAX];

	if (builder->count == DC_SMTP_SERVERS_MAX)
		return;
	builder->count++;
	*server = (struct dc_smtp_server){.target = target, .origin = origin};
	server->ip_text = dc_arena_dup(asker->arena, dc_ip_format(target.ip, text));
	server->answer = dc_ask_question(asker, &question);
	if (!server->answer || !dc_outcome_is_known(server->answer->outcome) ||
	    !dc_dialogue_parse(asker->arena, server->answer->data, said))
		return;
	server->said = said;
	server->reached = said->banner.code || said->tls_error.len || said->tls_version.len ? DC_TRI_YES : DC_TRI_UNKNOWN;
	read_replies(server);
	judge_certificate(builder, server);
	judge_name(asker, server);
}

/* IPv4 and IPv6 in turn, so that neither is left out. */
static void add_host(struct builder *builder, struct dc_smtp_target target, const char *origin, const struct dc_ip *ips,
		     size_t count)
{
	size_t told[2] = {0};

	for (size_t i = 0; i < count; i++) {
		if (told[ips[i].family == 6]++ >= DC_SMTP_IPS_MAX / 2)
			continue;
		target.ip = ips[i];
		add_server(builder, target, origin);
	}
}

static void add_mx(struct builder *builder, const struct dc_mx_facts *mx)
{
	size_t hosts = 0;

	for (size_t i = 0; i < mx->host_count && hosts < DC_SMTP_HOSTS_MAX; i++) {
		const struct dc_mx_host *host = &mx->hosts[i];

		if (!host->is_host || host->duplicate || !host->a || !host->aaaa)
			continue;
		add_host(builder, (struct dc_smtp_target){.service = DC_SMTP_MX, .host = host->host, .port = 25}, "mx",
			 host->ips, host->ip_count);
		hosts++;
	}
}

static void add_submission(struct builder *builder, const struct dc_smtp_service_row *row)
{
	const struct dc_answer *answers[] = {dc_ask(builder->asker, row->host, DC_TYPE_A),
					     dc_ask(builder->asker, row->host, DC_TYPE_AAAA)};
	struct dc_ip ips[2 * DC_SMTP_IPS_MAX];
	size_t count = 0;

	if (!answers[0] || !answers[1])
		return;
	for (size_t k = 0; k < 2; k++) {
		size_t least = count, limit = count + DC_SMTP_IPS_MAX;
		const struct dc_rr *rr;

		for (size_t i = 0; (rr = dc_answer_rr(answers[k], i)); i++) {
			struct dc_ip ip;
			size_t at = count;

			if (!dc_rr_ip(rr, &ip) || count == limit)
				continue;
			while (at > least && dc_ip_cmp(ip, ips[at - 1]) < 0) {
				ips[at] = ips[at - 1];
				at--;
			}
			ips[at] = ip;
			count++;
		}
	}
	add_host(builder, (struct dc_smtp_target){.service = row->service, .host = row->host, .port = row->port},
		 row->origin, ips, count);
}

const struct dc_smtp_facts *dc_smtp_build(struct dc_asker *asker, const struct dc_smtp_wish *wish,
					  const struct dc_mx_facts *mx, const struct dc_dane_facts *dane, int64_t now_s)
{
	struct dc_smtp_facts *facts = DC_NEW(asker->arena, struct dc_smtp_facts);
	struct builder builder = {.asker = asker, .dane = dane, .now_s = now_s};
	struct dc_smtp_services services;

	facts->asked_mx = wish->mx;
	facts->asked_submission = wish->submission;
	if (!wish->mx && !wish->submission)
		return facts;
	builder.servers = DC_NEW_ARRAY(asker->arena, struct dc_smtp_server, DC_SMTP_SERVERS_MAX + 1);
	if (wish->mx)
		add_mx(&builder, mx);
	if (wish->submission) {
		dc_smtp_find_services(asker, wish, &services);
		facts->srv[0] = services.srv[0];
		facts->srv[1] = services.srv[1];
		facts->has_submission = services.known;
		facts->srv_refused = services.refused;
		for (size_t i = 0; i < services.count; i++)
			add_submission(&builder, &services.items[i]);
	}
	facts->servers = builder.servers;
	facts->count = builder.count;
	return facts;
}
