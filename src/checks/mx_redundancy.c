/* Does mail still arrive when one machine or one protocol is missing? Advice; RFC 5321 section 5.1, RFC 3974. */
#include "checks/check.h"
#include "mx/mx.h"

static size_t count_family(const struct dc_mx_host *host, uint8_t family)
{
	size_t n = 0;

	for (size_t i = 0; i < host->ip_count; i++)
		n += host->ips[i].family == family;
	return n;
}

/* Several hosts that share the one address they have, in each family. */
static bool all_the_same(const struct dc_mx_facts *mx, const struct dc_mx_host **ret_first)
{
	const struct dc_mx_host *first = NULL;

	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *item = &mx->hosts[i];

		if (item->is_null || item->is_address || item->duplicate || !item->ip_count)
			continue;
		if (count_family(item, 4) > 1 || count_family(item, 6) > 1)
			return false;
		for (size_t k = 0; first && k < item->ip_count; k++)
			for (size_t n = 0; n < first->ip_count; n++)
				if (first->ips[n].family == item->ips[k].family && !dc_ip_eq(first->ips[n], item->ips[k]))
					return false;
		/* One with IPv4 only and one with IPv6 only have nothing in common. */
		if (first && !count_family(item, first->ips[0].family))
			return false;
		first = first ? first : item;
	}
	*ret_first = first;
	return first != NULL;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mx_facts *mx = facts->mx;
	size_t v4 = 0, v6 = 0, reachable = 0;
	const struct dc_mx_host *same;
	struct dc_slice host = {0};
	char text[DC_IP_TEXT_MAX];
	bool all_known = true, failed = mx->class == DC_MX_UNKNOWN;

	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *item = &mx->hosts[i];

		if (item->is_null || item->is_address || item->duplicate)
			continue;
		all_known &= dc_answer_is_known(item->a) && dc_answer_is_known(item->aaaa);
		failed |= (item->a && !dc_answer_is_known(item->a)) || (item->aaaa && !dc_answer_is_known(item->aaaa));
		v4 += count_family(item, 4);
		v6 += count_family(item, 6);
		reachable++;
		host = item->host;
	}
	if (failed) {
		dc_inconclusive(emitter); /* mx-present and mx-hosts name the lookup */
		return;
	}
	if (mx->class != DC_MX_HOSTS || !all_known || v4 + v6 == 0) {
		dc_not_applicable(emitter); /* what is wrong is told by mx-hosts */
		return;
	}
	if (reachable == 1 && v4 <= 1 && v6 <= 1)
		dc_emit(emitter, DC_F_MX_SINGLE_HOST, (struct dc_where){.answer = mx->answer}, DC_ARGS(dc_text("host", host)));
	else if (reachable > 1 && all_the_same(mx, &same))
		dc_emit(emitter, DC_F_MX_SAME_ADDRESSES, (struct dc_where){.answer = mx->answer, .more = same->a},
			DC_ARGS(dc_int("count", (int64_t)reachable),
				dc_text("ip", dc_arena_dup(dc_emitter_arena(emitter), dc_ip_format(same->ips[0], text)))));
	if (!v6)
		dc_emit(emitter, DC_F_MX_NO_IPV6, (struct dc_where){.answer = mx->answer}, NULL);
	if (!v4)
		dc_emit(emitter, DC_F_MX_IPV6_ONLY, (struct dc_where){.answer = mx->answer}, NULL);
}

const struct dc_check dc_check_mx_redundancy = {
	.id = "mx-redundancy",
	.title = "Mail arrives when one machine is down, over IPv4 and IPv6",
	.standard = "RFC 5321 section 5.1",
	.run = run,
};
