/* Are the MX targets hosts that can be reached? RFC 5321 section 5.1, RFC 2181 section 10.3, RFC 7505 section 3. */
#include "checks/check.h"
#include "dmarc/dmarc.h"
#include "dmarc/psl.h"
#include "mx/mx.h"

static void judge_null(const struct dc_mx_facts *mx, const struct dc_mx_host *host, struct dc_emitter *emitter)
{
	struct dc_where where = {.answer = mx->answer};

	if (mx->record_count > 1)
		dc_emit(emitter, DC_F_MX_NULL_BESIDE, where, DC_ARGS(dc_int("others", (int64_t)mx->record_count - 1)));
	else if (host->preference != 0)
		dc_emit(emitter, DC_F_MX_NULL_PREFERENCE, where,
			DC_ARGS(dc_int("preference", host->preference), dc_text("domain", mx->domain)));
}

/* Documentation ranges stand in every example: they are not told. */
static void judge_addresses(const struct dc_mx_host *host, struct dc_emitter *emitter)
{
	char text[DC_IP_TEXT_MAX];

	for (size_t i = 0; i < host->ip_count; i++) {
		const char *kind = dc_ip_special(host->ips[i]);
		struct dc_where where = {.subject = host->host, .answer = host->ips[i].family == 4 ? host->a : host->aaaa};

		if (kind && strcmp(kind, "documentation") != 0)
			dc_emit(emitter, DC_F_MX_TARGET_SPECIAL, where,
				DC_ARGS(dc_text("host", host->host),
					dc_text("ip", dc_arena_dup(dc_emitter_arena(emitter), dc_ip_format(host->ips[i], text))),
					dc_text("kind", dc_slice_of(kind))));
	}
}

/* "mail.example.com.example.com": a name without a final dot got the zone's name added. What stands before the domain is then
 * a host of the domain itself, or one of the three top-level domains that most mail hosts are in and no label is called. */
static bool lacks_final_dot(struct dc_slice domain, struct dc_slice host, struct dc_slice *ret_meant)
{
	static const char *const tops[] = {"com", "net", "org"};
	struct dc_slice meant;
	bool found;

	if (host.len <= domain.len + 1 || !dc_name_is_below(host, domain))
		return false;
	meant = dc_slice_sub(host, 0, host.len - domain.len - 1);
	found = dc_name_is_below(meant, domain);
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		found |= dc_name_eq(dc_name_keep_right(meant, 1), dc_slice_of(tops[i]));
	*ret_meant = meant;
	return found && dc_name_labels(meant) >= 2;
}

static void judge_unreachable(const struct dc_facts *facts, const struct dc_mx_host *host, struct dc_emitter *emitter)
{
	const struct dc_psl *psl = facts->dmarc->psl;
	struct dc_where where = {.subject = host->host, .answer = host->a, .more = facts->mx->answer};
	/* The name that is gone could be registered when it stands right below a public suffix. */
	bool open = host->gone.len && dc_name_eq(host->gone, dc_psl_org_domain(psl, host->gone)) &&
		    !dc_psl_is_suffix(psl, host->gone);
	struct dc_slice meant;

	if (open) {
		where.answer = host->gone_answer;
		dc_emit(emitter, DC_F_MX_TARGET_UNREGISTERED, where,
			DC_ARGS(dc_text("host", host->host), dc_text("gone", host->gone)));
	} else if (lacks_final_dot(facts->mx->domain, host->host, &meant)) {
		dc_emit(emitter, DC_F_MX_TARGET_NO_DOT, where,
			DC_ARGS(dc_text("host", host->host), dc_text("meant", meant),
				dc_text("domain", facts->mx->domain), dc_int("preference", host->preference)));
	} else {
		dc_emit(emitter, DC_F_MX_TARGET_MISSING, where, DC_ARGS(dc_text("host", host->host)));
	}
}

static void judge_host(const struct dc_facts *facts, const struct dc_mx_host *host, struct dc_emitter *emitter)
{
	const struct dc_mx_facts *mx = facts->mx;
	const struct dc_arg name = dc_text("host", host->host), domain = dc_text("domain", mx->domain);
	const struct dc_arg preference = dc_int("preference", host->preference);
	struct dc_where where = {.subject = host->host, .answer = mx->answer};

	if (host->is_address) {
		dc_emit(emitter, DC_F_MX_TARGET_ADDRESS, where, DC_ARGS(name, domain, preference));
		return;
	}
	if (!host->is_host)
		dc_emit(emitter, DC_F_MX_TARGET_INVALID, where, DC_ARGS(name));
	if (host->alias.len) {
		where.more = host->a;
		dc_emit(emitter, DC_F_MX_TARGET_ALIAS, where, DC_ARGS(name, dc_text("target", host->alias), domain, preference));
	}
	if (host->resolves == DC_TRI_NO && host->is_host)
		judge_unreachable(facts, host, emitter);
	if (!dc_outcome_is_known(host->a->outcome) || !dc_outcome_is_known(host->aaaa->outcome)) {
		where.answer = dc_outcome_is_known(host->a->outcome) ? host->aaaa : host->a;
		dc_emit_unanswered(emitter, DC_F_MX_HOST_UNANSWERED, where, DC_ARGS(name));
	}
	judge_addresses(host, emitter);
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mx_facts *mx = facts->mx;

	if (mx->class == DC_MX_UNKNOWN) {
		dc_inconclusive(emitter); /* mx-present names the lookup */
		return;
	}
	if (mx->class != DC_MX_HOSTS && mx->class != DC_MX_NULL) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *host = &mx->hosts[i];

		if (host->is_null)
			judge_null(mx, host, emitter);
		else if (host->duplicate)
			dc_emit(emitter, DC_F_MX_DUPLICATE, (struct dc_where){.subject = host->host, .answer = mx->answer},
				DC_ARGS(dc_text("host", host->host)));
		else
			judge_host(facts, host, emitter);
	}
	if (mx->record_count > DC_MX_HOST_MAX)
		dc_emit(emitter, DC_F_MX_MANY_HOSTS, (struct dc_where){.answer = mx->answer},
			DC_ARGS(dc_int("count", (int64_t)mx->record_count), dc_int("limit", DC_MX_HOST_MAX)));
}

const struct dc_check dc_check_mx_hosts = {
	.id = "mx-hosts",
	.title = "Every MX target is a host that can be reached",
	.standard = "RFC 5321 section 5.1",
	.run = run,
};
