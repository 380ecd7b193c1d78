/* PTR facts: what the reverse names of the sending addresses say, and whether they lead back.
 *
 * RFC 1912 section 2.1 (every address has a PTR and names match back) and 2.4 (no aliases as targets), RFC 8601 section
 * 2.7.3 (iprev), RFC 5321 sections 2.3.5 and 4.1.4 (HELO), RFC 2317 (CNAMEs at reverse names are fine). */
#include "ptr/ptr.h"

const char *dc_sender_origin_name(enum dc_sender_origin origin)
{
	static const char *const names[] = {
		[DC_SENDER_OPTION] = "option", [DC_SENDER_SPF] = "spf", [DC_SENDER_MX] = "mx",
	};

	return names[origin];
}

static bool is_host(struct dc_slice name)
{
	return dc_name_is_host(name, false) && dc_name_labels(name) >= 2;
}

/* ---- one name of an address ---- */

static bool holds(const struct dc_answer *answer, struct dc_ip ip)
{
	const struct dc_rr *rr;
	struct dc_ip found;

	for (size_t i = 0; (rr = dc_answer_rr(answer, i)); i++) {
		if (dc_rr_ip(rr, &found) && dc_ip_eq(found, ip))
			return true;
	}
	return false;
}

static void look_up_name(struct dc_asker *asker, struct dc_ip ip, struct dc_ptr_name *name)
{
	struct dc_slice end;

	name->is_host = is_host(name->name);
	name->generic = dc_ptr_generic(name->name, ip, &name->generic_part);
	name->forward = dc_ask(asker, name->name, ip.family == 4 ? DC_TYPE_A : DC_TYPE_AAAA);
	if (!dc_answer_is_known(name->forward))
		return;
	name->confirmed = dc_tri_of(holds(name->forward, ip));
	name->alias = dc_tri_of(dc_answer_alias(asker->arena, name->forward, &end));
}

/* ---- one address ---- */

/* Sorted, each name once: answers come in any order, reports must not. */
static void read_names(struct dc_asker *asker, struct dc_ptr_address *address)
{
	struct dc_ptr_name *names = DC_NEW_ARRAY(asker->arena, struct dc_ptr_name, DC_PTR_NAME_MAX + 1);
	size_t count = 0;
	const struct dc_rr *rr;

	for (size_t i = 0; (rr = dc_answer_rr(address->answer, i)); i++) {
		struct dc_ptr_name name = {0};
		size_t at = 0;

		address->record_count++;
		if (!dc_rr_name(asker->arena, rr, &name.name))
			continue;
		while (at < count && dc_slice_cmp(names[at].name, name.name) < 0)
			at++;
		if (at < count && dc_name_eq(names[at].name, name.name))
			continue;
		memmove(names + at + 1, names + at, (count - at) * sizeof(*names));
		names[at] = name;
		if (count < DC_PTR_NAME_MAX)
			count++;
		else
			address->cut = true;
	}
	for (size_t i = 0; i < count; i++)
		look_up_name(asker, address->sender.ip, &names[i]);
	address->names = names;
	address->name_count = count;
}

static enum dc_tri all_generic(const struct dc_ptr_address *address, bool confirmed_only)
{
	enum dc_tri generic = DC_TRI_UNKNOWN;

	for (size_t i = 0; i < address->name_count; i++) {
		if (confirmed_only && address->names[i].confirmed != DC_TRI_YES)
			continue;
		if (!address->names[i].generic)
			return DC_TRI_NO;
		generic = DC_TRI_YES;
	}
	return generic;
}

static void conclude(struct dc_ptr_address *address, struct dc_slice helo)
{
	enum dc_tri match = DC_TRI_NO;

	address->present = dc_answer_has_records(address->answer);
	if (address->present != DC_TRI_YES)
		return;
	address->confirmed = DC_TRI_NO;
	for (size_t i = 0; i < address->name_count; i++) {
		const struct dc_ptr_name *name = &address->names[i];

		address->confirmed = dc_tri_or(address->confirmed, name->confirmed);
		if (dc_name_eq(name->name, helo))
			match = dc_tri_or(match, name->confirmed);
	}
	/* One of the names that were not looked at may do. */
	if (address->cut && address->confirmed == DC_TRI_NO)
		address->confirmed = DC_TRI_UNKNOWN;
	if (address->cut && match == DC_TRI_NO)
		match = DC_TRI_UNKNOWN;
	address->generic = all_generic(address, address->confirmed == DC_TRI_YES);
	if (helo.len)
		address->helo_match = match;
}

/* Nobody receives from such an address, so its reverse name means nothing. Documentation ranges are asked for: examples
 * are made of them. */
static bool is_worth_asking(const char *special)
{
	return !special || strcmp(special, "documentation") == 0;
}

static void look_up_address(struct dc_asker *asker, struct dc_ptr_address *address, struct dc_slice helo)
{
	char text[DC_IP_ARPA_MAX];

	address->text = dc_arena_dup(asker->arena, dc_ip_format(address->sender.ip, text));
	address->arpa = dc_arena_dup(asker->arena, dc_ip_arpa(address->sender.ip, text));
	address->special = dc_ip_special(address->sender.ip);
	if (!is_worth_asking(address->special))
		return;
	if (address->sender.sample) {
		address->special = NULL;
		return;
	}
	address->answer = dc_ask(asker, address->arpa, DC_TYPE_PTR);
	if (!dc_answer_is_known(address->answer))
		return;
	(void)dc_answer_alias(asker->arena, address->answer, &address->alias);
	read_names(asker, address);
	conclude(address, helo);
}

/* ---- HELO ---- */

static void add_ips(const struct dc_answer *answer, struct dc_ip *ips, size_t *count)
{
	const struct dc_rr *rr;

	for (size_t i = 0; answer && (rr = dc_answer_rr(answer, i)) && *count < DC_PTR_HELO_IP_MAX; i++)
		*count += dc_rr_ip(rr, &ips[*count]);
}

static void look_up_helo(struct dc_asker *asker, struct dc_slice name, struct dc_ptr_helo *helo)
{
	struct dc_ip *ips;

	helo->name = name;
	if (!name.len)
		return;
	helo->is_literal = name.ptr[0] == '[';
	helo->is_host = !helo->is_literal && is_host(name);
	if (!helo->is_host)
		return;
	ips = DC_NEW_ARRAY(asker->arena, struct dc_ip, DC_PTR_HELO_IP_MAX);
	helo->a = dc_ask(asker, name, DC_TYPE_A);
	helo->aaaa = dc_ask(asker, name, DC_TYPE_AAAA);
	helo->resolves = dc_tri_or(dc_answer_has_records(helo->a), dc_answer_has_records(helo->aaaa));
	add_ips(helo->a, ips, &helo->ip_count);
	add_ips(helo->aaaa, ips, &helo->ip_count);
	helo->ips = ips;
}

const struct dc_ptr_facts *dc_ptr_build(struct dc_asker *asker, const struct dc_ptr_sender *senders, size_t n,
					struct dc_slice helo)
{
	struct dc_ptr_facts *facts = DC_NEW(asker->arena, struct dc_ptr_facts);
	struct dc_ptr_address *addresses = DC_NEW_ARRAY(asker->arena, struct dc_ptr_address, n);

	for (size_t i = 0; i < n; i++) {
		addresses[i].sender = senders[i];
		look_up_address(asker, &addresses[i], helo);
	}
	facts->addresses = addresses;
	facts->count = n;
	look_up_helo(asker, helo, &facts->helo);
	return facts;
}
