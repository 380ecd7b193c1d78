/* Is the HELO name a host that resolves, fits the sending addresses and passes SPF? RFC 5321 sections 2.3.5 and 4.1.4,
 * RFC 7208 section 2.3. */
#include "checks/check.h"
#include "facts/identity.h"

static bool shares_address(const struct dc_ptr_helo *helo, const struct dc_ptr_facts *ptr)
{
	for (size_t i = 0; i < helo->ip_count; i++) {
		for (size_t k = 0; k < ptr->count; k++) {
			/* Behind a sample is a range that may hold it. */
			if (ptr->addresses[k].sender.sample || dc_ip_eq(helo->ips[i], ptr->addresses[k].sender.ip))
				return true;
		}
	}
	return helo->ip_count == DC_PTR_HELO_IP_MAX; /* there may be more, not kept */
}

static void judge_addresses(const struct dc_ptr_facts *ptr, struct dc_emitter *emitter)
{
	const struct dc_ptr_helo *helo = &ptr->helo;
	const struct dc_arg name = dc_text("helo", helo->name);

	if (ptr->count && helo->resolves == DC_TRI_YES && !shares_address(helo, ptr) && dc_outcome_is_known(helo->a->outcome) &&
	    dc_outcome_is_known(helo->aaaa->outcome))
		dc_emit(emitter, DC_F_HELO_ADDRESS_DIFFERS, (struct dc_where){.subject = helo->name, .answer = helo->a}, DC_ARGS(name));
}

static void judge_names(const struct dc_ptr_facts *ptr, struct dc_emitter *emitter)
{
	const struct dc_arg name = dc_text("helo", ptr->helo.name);

	for (size_t i = 0; i < ptr->count; i++) {
		const struct dc_ptr_address *address = &ptr->addresses[i];

		if (address->helo_match == DC_TRI_NO && address->sender.origin != DC_SENDER_MX)
			dc_emit(emitter, DC_F_HELO_PTR_DIFFERS,
				(struct dc_where){.subject = address->text, .answer = address->answer},
				DC_ARGS(name, dc_text("ip", address->text)));
	}
}

static void judge_spf(const struct dc_identity_facts *identities, const struct dc_stream_facts *stream, struct dc_emitter *emitter)
{
	for (size_t i = 0; i < identities->count; i++) {
		const struct dc_identity *identity = &identities->items[i];
		const struct dc_arg helo = dc_text("helo", identity->helo);
		struct dc_where where = {.subject = identity->helo};

		if (identity->stream != stream)
			continue;
		if (identity->helo_spf_answer) {
			where.answer = identity->helo_spf_answer;
			dc_emit_unanswered(emitter, DC_F_HELO_UNANSWERED, where, NULL);
			return;
		}
		if (dc_slice_eq(identity->helo_spf, DC_S("none"))) {
			dc_emit(emitter, DC_F_HELO_SPF_MISSING, where, DC_ARGS(helo));
			return; /* the same for every address */
		}
		if (!identity->helo_spf.len || dc_slice_eq(identity->helo_spf, DC_S("pass")) ||
		    (identity->ptr && identity->ptr->sender.origin == DC_SENDER_MX))
			continue;
		dc_emit(emitter, DC_F_HELO_SPF_FAILS, where,
			DC_ARGS(helo, dc_text("result", identity->helo_spf), dc_text("ip", identity->ip_text)));
	}
}

static void judge(const struct dc_identity_facts *identities, const struct dc_stream_facts *stream, struct dc_emitter *emitter)
{
	const struct dc_ptr_helo *helo = &stream->ptr->helo;
	const struct dc_arg name = dc_text("helo", helo->name);
	struct dc_where where = {.subject = helo->name, .answer = helo->a, .more = helo->aaaa};

	if (helo->is_literal) {
		dc_emit(emitter, DC_F_HELO_LITERAL, where, DC_ARGS(name));
	} else if (!helo->is_host) {
		dc_emit(emitter, DC_F_HELO_NOT_FQDN, where, DC_ARGS(name));
	} else if (helo->resolves == DC_TRI_NO) {
		dc_emit(emitter, DC_F_HELO_UNRESOLVABLE, where, DC_ARGS(name));
	} else {
		if (helo->resolves == DC_TRI_UNKNOWN) {
			where.answer = dc_outcome_is_known(helo->a->outcome) ? helo->aaaa : helo->a;
			where.more = NULL;
			dc_emit_unanswered(emitter, DC_F_HELO_UNANSWERED, where, NULL);
		}
		judge_addresses(stream->ptr, emitter);
		judge_names(stream->ptr, emitter);
		judge_spf(identities, stream, emitter);
	}
}

/* Two senders may say the same name: by itself it is judged with the first. */
static bool is_judged(const struct dc_streams *streams, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (dc_slice_eq(streams->items[k].sending.helo, streams->items[i].sending.helo))
			return true;
	return false;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_streams *streams = facts->streams;
	bool any = false;

	for (size_t i = 0; i < streams->count; i++) {
		if (!streams->items[i].ptr->helo.name.len)
			continue;
		any = true;
		if (is_judged(streams, i))
			judge_names(streams->items[i].ptr, emitter);
		else
			judge(facts->identities, &streams->items[i], emitter);
	}
	if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_helo = {
	.id = "helo",
	.title = "The HELO name is a host that resolves and fits",
	.standard = "RFC 5321 section 2.3.5",
	.run = run,
};
