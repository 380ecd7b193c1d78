/* Lists asked: RFC 5782 section 2.1 (addresses), 2.2 (domains), 2.3 (return codes), 5 (test points). TXT records with
 * reasons are not asked for: the codes tell. */
#include "blocklist/blocklist.h"

/* ---- codes ---- */

enum verdict { CLEAN, LISTED, ERROR, OUTSIDE };

static const char *meaning_of(const struct dc_blocklist_code *codes, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (codes[i].code == code)
			return codes[i].meaning;
	return NULL;
}

static void add_meaning(struct dc_asker *asker, struct dc_slice *meaning, const char *more)
{
	struct dc_slice words = dc_slice_of(more);
	if (memmem(meaning->ptr ? meaning->ptr : "", meaning->len, words.ptr, words.len))
		return;
	if (meaning->len)
		*meaning = dc_arena_concat(asker->arena, *meaning, DC_S("; "));
	*meaning = dc_arena_concat(asker->arena, *meaning, words);
}

static void explain(struct dc_asker *asker, const struct dc_blocklist_row *row, uint32_t code, struct dc_slice *meaning)
{
	const char *exact = meaning_of(row->codes, row->code_count, code);
	if (exact) {
		add_meaning(asker, meaning, exact);
		return;
	}
	for (size_t i = 0; row->bits && i < row->code_count; i++)
		if (code & row->codes[i].code)
			add_meaning(asker, meaning, row->codes[i].meaning);
}

/* What the answer says. *ret_code, *ret_meaning: of a listing; *ret_refusal: of an error. */
static enum verdict read_answer(struct dc_asker *asker, const struct dc_blocklist_row *row, const struct dc_answer *answer,
				struct dc_slice *ret_code, struct dc_slice *ret_meaning, const char **ret_refusal)
{
	enum verdict verdict = CLEAN;
	const struct dc_rr *rr;
	uint32_t least = UINT32_MAX;
	struct dc_slice meaning = {0};
	for (size_t i = 0; i < (size_t)DC_BLOCKLIST_MEANINGS_MAX * 4 && (rr = dc_answer_rr(answer, i)); i++) {
		struct dc_ip ip;
		if (!dc_rr_ip(rr, &ip) || ip.family != 4)
			continue;
		if (ip.octets[0] != 127)
			return OUTSIDE;
		uint32_t code = (uint32_t)ip.octets[1] << 16 | (uint32_t)ip.octets[2] << 8 | ip.octets[3];
		const char *error = meaning_of(row->errors, row->error_count, code);
		/* RFC 5782 leaves errors open; 127.255.255.0/24 has become the place for them. */
		if (!error && (code & 0xffff00) == 0xffff00)
			error = "an error code that is not known";
		if (error) {
			*ret_refusal = error;
			return ERROR;
		}
		verdict = LISTED;
		if (code < least) {
			least = code;
			*ret_code = dc_arena_printf(asker->arena, "127.%u.%u.%u", ip.octets[1], ip.octets[2], ip.octets[3]);
		}
		explain(asker, row, code, &meaning);
	}
	*ret_meaning = meaning.len ? meaning : DC_S("listed");
	return verdict;
}

/* ---- a list ---- */

static const struct dc_answer *ask(struct dc_asker *asker, const struct dc_blocklist_row *row, struct dc_slice name)
{
	struct dc_slice below = dc_arena_concat(asker->arena, name, DC_S("."));
	return dc_ask(asker, dc_arena_concat(asker->arena, below, dc_slice_of(row->zone)), DC_TYPE_A);
}

static enum dc_blocklist_state failure_of(const struct dc_answer *answer)
{
	return answer->outcome == DC_OUTCOME_REFUSED ? DC_BLOCKLIST_REFUSES : DC_BLOCKLIST_SILENT;
}

static void test(struct dc_asker *asker, struct dc_blocklist *list)
{
	struct dc_slice code, meaning;
	enum verdict listed, clean;
	list->listed = ask(asker, list->row, dc_slice_of(list->row->test_listed));
	list->clean = ask(asker, list->row, dc_slice_of(list->row->test_clean));
	if (!list->listed || !list->clean)
		return;
	if (!dc_answer_is_known(list->listed) || !dc_answer_is_known(list->clean)) {
		list->state = failure_of(dc_answer_is_known(list->listed) ? list->clean : list->listed);
		return;
	}
	listed = read_answer(asker, list->row, list->listed, &code, &meaning, &list->reason);
	clean = read_answer(asker, list->row, list->clean, &code, &meaning, &list->reason);
	if (listed == OUTSIDE || clean == OUTSIDE)
		list->state = DC_BLOCKLIST_NO_LIST;
	else if (listed == ERROR || clean == ERROR)
		list->state = DC_BLOCKLIST_REFUSES;
	else if (clean == LISTED)
		list->state = DC_BLOCKLIST_LISTS_ALL;
	else
		list->state = listed == LISTED ? DC_BLOCKLIST_USABLE : DC_BLOCKLIST_DEAD;
}

/* ---- subjects ---- */

static struct dc_blocklist_entry entry_of(struct dc_asker *asker, const struct dc_blocklist *list, struct dc_slice subject,
					  struct dc_slice name)
{
	struct dc_blocklist_entry entry = {.list = list, .subject = subject, .answer = ask(asker, list->row, name)};
	if (!dc_answer_is_known(entry.answer))
		return entry;
	switch (read_answer(asker, list->row, entry.answer, &entry.code, &entry.meaning, &entry.refusal)) {
	case CLEAN:
		entry.on_it = DC_TRI_NO;
		break;
	case LISTED:
		entry.on_it = DC_TRI_YES;
		break;
	case OUTSIDE:
		entry.refusal = "an address that no list gives";
		break;
	case ERROR:
		break;
	}
	return entry;
}

/* Nobody receives from such an address. Documentation ranges are asked for: examples are made of them. */
static bool can_send(struct dc_ip ip)
{
	const char *special = dc_ip_special(ip);
	return !special || strcmp(special, "documentation") == 0;
}

/* The address in the order of reverse names, without their suffix. */
static struct dc_slice reversed(struct dc_asker *asker, struct dc_ip ip)
{
	char arpa[DC_IP_ARPA_MAX];
	struct dc_slice name = dc_ip_arpa(ip, arpa);
	size_t suffix = ip.family == 4 ? sizeof ".in-addr.arpa" - 1 : sizeof ".ip6.arpa" - 1;
	return dc_arena_dup(asker->arena, dc_slice_sub(name, 0, name.len - suffix));
}

static void ask_subjects(struct dc_asker *asker, const struct dc_blocklist_input *input, const struct dc_blocklist *list,
			 struct dc_blocklist_entry *entries, size_t *count)
{
	char text[DC_IP_TEXT_MAX];
	size_t asked = 0;
	for (size_t i = 0; !list->row->domains && i < input->ip_count && asked < DC_BLOCKLIST_IPS_MAX; i++) {
		struct dc_ip ip = input->ips[i];
		if (!can_send(ip))
			continue;
		asked++;
		if (ip.family == 4 || list->row->ipv6)
			entries[(*count)++] = entry_of(asker, list, dc_arena_dup(asker->arena, dc_ip_format(ip, text)),
						       reversed(asker, ip));
	}
	for (size_t i = 0; list->row->domains && i < input->domain_count && i < DC_BLOCKLIST_DOMAINS_MAX; i++)
		entries[(*count)++] = entry_of(asker, list, input->domains[i], input->domains[i]);
}

/* ---- through whom ---- */

/* "192.0.2.53:53", "[2001:db8::53]:53" */
static bool address_of(struct dc_slice via, struct dc_ip *ret_ip)
{
	struct dc_slice rest = via;
	if (via.len && via.ptr[0] == '[') {
		rest = dc_slice_sub(via, 1, SIZE_MAX);
		return dc_ip_parse(dc_slice_cut(&rest, ']'), ret_ip);
	}
	return dc_ip_parse(dc_slice_cut(&rest, ':'), ret_ip);
}

/* What is known of the resolvers from the answers that came. False: none has come yet. */
static bool look_at_resolvers(struct dc_asker *asker, struct dc_blocklist_facts *facts)
{
	bool any = false;
	for (size_t i = 0; i < dc_evidence_count(asker->evidence) && !facts->resolver; i++) {
		const struct dc_answer *answer = dc_evidence_at(asker->evidence, i);
		struct dc_ip ip;
		if (answer->question.kind != DC_ASK_DNS)
			continue;
		any = true;
		if (!address_of(answer->via, &ip))
			continue;
		facts->resolver = dc_blocklist_public_resolver(ip);
		if (facts->resolver)
			facts->resolver_text = answer->via;
	}
	return any;
}

const struct dc_blocklist_facts *dc_blocklist_build(struct dc_asker *asker, const struct dc_blocklist_input *input)
{
	struct dc_blocklist_facts *facts = DC_NEW(asker->arena, struct dc_blocklist_facts);
	size_t rows = 0;
	facts->wanted = input->wanted;
	if (!input->wanted || !look_at_resolvers(asker, facts))
		return facts;
	while (dc_blocklist_row(rows))
		rows++;
	struct dc_blocklist *lists = DC_NEW_ARRAY(asker->arena, struct dc_blocklist, rows);
	struct dc_blocklist_entry *entries = DC_NEW_ARRAY(asker->arena, struct dc_blocklist_entry,
							  rows * (DC_BLOCKLIST_IPS_MAX + DC_BLOCKLIST_DOMAINS_MAX));
	size_t ipv4_count = 0;
	for (size_t i = 0; i < input->ip_count; i++) {
		facts->ip_count += can_send(input->ips[i]);
		ipv4_count += can_send(input->ips[i]) && input->ips[i].family == 4;
	}
	facts->domain_count = input->domain_count;
	facts->cut = facts->ip_count > DC_BLOCKLIST_IPS_MAX;
	for (size_t i = 0; i < rows; i++) {
		struct dc_blocklist *list = &lists[facts->list_count];
		*list = (struct dc_blocklist){.row = dc_blocklist_row(i)};
		if (!(list->row->domains ? facts->domain_count : list->row->ipv6 ? facts->ip_count : ipv4_count))
			continue; /* nobody to ask for */
		facts->list_count++;
		if (facts->resolver && !list->row->public_resolvers)
			list->state = DC_BLOCKLIST_NOT_ASKED;
		else
			test(asker, list);
		if (list->state == DC_BLOCKLIST_USABLE)
			ask_subjects(asker, input, list, entries, &facts->entry_count);
	}
	facts->lists = lists;
	facts->entries = entries;
	return facts;
}
