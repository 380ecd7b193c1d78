/* Lines of recordings, written: words, fields in a fixed order, records in braces. Only printable ASCII comes out. */
#include "evidence/recording_line.h"

#include "dns/rdata_text.h"

const char *dc_recording_kind(enum dc_question_kind kind)
{
	static const char *const names[DC_ASK_KIND_COUNT] = {
		[DC_ASK_DNS] = "dns",     [DC_ASK_VALIDATE] = "validate", [DC_ASK_SERVER] = "server",
		[DC_ASK_HTTPS] = "https", [DC_ASK_SMTP] = "smtp",         [DC_ASK_RECEIVER] = "receiver",
	};
	return kind < DC_ASK_KIND_COUNT ? names[kind] : "?";
}

uint16_t dc_recording_rcode(enum dc_outcome outcome)
{
	switch (outcome) {
	case DC_OUTCOME_NXDOMAIN:
		return 3;
	case DC_OUTCOME_SERVFAIL:
	case DC_OUTCOME_BOGUS:
		return 2;
	case DC_OUTCOME_REFUSED:
		return 5;
	default:
		return 0;
	}
}

/* ---- words ---- */

static bool is_bare(struct dc_slice s)
{
	if (s.len == 0 || dc_slice_eq(s, DC_S("-")))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= 0x20 || s.ptr[i] > 0x7e || strchr("\"\\{}", s.ptr[i]))
			return false;
	return true;
}

static void put_quoted(struct dc_buf *out, struct dc_slice s)
{
	dc_buf_putc(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.ptr[i];
		char escape[] = {'\\', (char)('0' + c / 100), (char)('0' + c / 10 % 10), (char)('0' + c % 10)};
		if (c == '"' || c == '\\')
			dc_buf_put(out, (char[]){'\\', (char)c}, 2);
		else if (c >= 0x20 && c <= 0x7e)
			dc_buf_putc(out, (char)c);
		else
			dc_buf_put(out, escape, sizeof escape);
	}
	dc_buf_putc(out, '"');
}

void dc_recording_put_word(struct dc_buf *out, struct dc_slice value)
{
	if (is_bare(value))
		dc_buf_put_slice(out, value);
	else if (value.len == 0)
		dc_buf_putc(out, '-');
	else
		put_quoted(out, value);
}

/* Bare names are canonical, so that a slip of the hand (a final dot, a capital) is an error, not a name never found. */
static void put_name(struct dc_buf *out, struct dc_slice name)
{
	bool canonical = !name.len || name.ptr[name.len - 1] != '.' || name.len == 1;
	for (size_t i = 0; i < name.len; i++)
		canonical &= dc_lower(name.ptr[i]) == name.ptr[i];
	if (canonical)
		dc_recording_put_word(out, name);
	else
		put_quoted(out, name);
}

static void put_type(struct dc_buf *out, uint16_t type)
{
	char text[16];
	uint16_t again;
	const char *name = dc_type_name(type, text);
	if (type == 0)
		dc_buf_putc(out, '-');
	else if (dc_type_parse(dc_slice_of(name), &again) && again == type)
		dc_buf_puts(out, name);
	else
		dc_buf_printf(out, "TYPE%u", type);
}

/* ---- an answer ---- */

size_t dc_recording_record_end(struct dc_slice s)
{
	bool quoted = false;
	for (size_t i = 0; i < s.len; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a slice with octets has its pointer */
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '}' && !quoted)
			return i;
	}
	return SIZE_MAX;
}

static void put_rr(struct dc_buf *out, const struct dc_rr *rr)
{
	size_t start;
	dc_buf_puts(out, " {");
	put_name(out, rr->owner);
	dc_buf_printf(out, " %u ", rr->ttl_s);
	put_type(out, rr->type);
	dc_buf_putc(out, ' ');
	start = out->len;
	dc_rdata_to_text(out, rr->type, rr->rdata);
	dc_buf_putc(out, '}');
	if (out->status != DC_OK)
		return;
	struct dc_slice text = dc_slice_sub(dc_buf_slice(out), start, SIZE_MAX);
	if (dc_recording_record_end(text) != text.len - 1) {
		out->len = start;
		dc_rdata_to_generic(out, rr->rdata);
		dc_buf_putc(out, '}');
	}
}

static void put_number(struct dc_buf *out, const char *key, uint64_t value, uint64_t unsaid)
{
	if (value != unsaid)
		dc_buf_printf(out, " %s=%llu", key, (unsigned long long)value);
}

static void put_text(struct dc_buf *out, const char *key, struct dc_slice value)
{
	if (!value.len)
		return;
	dc_buf_printf(out, " %s=", key);
	dc_recording_put_word(out, value);
}

static uint32_t least_ttl(const struct dc_answer *answer)
{
	uint32_t ttl_s = answer->rr_count ? UINT32_MAX : 0;
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].ttl_s < ttl_s)
			ttl_s = answer->rrs[i].ttl_s;
	return ttl_s;
}

void dc_recording_put_line(struct dc_buf *out, const struct dc_answer *answer)
{
	const struct dc_question *question = &answer->question;
	dc_buf_puts(out, dc_recording_kind(question->kind));
	dc_buf_putc(out, ' ');
	put_name(out, question->name);
	dc_buf_putc(out, ' ');
	put_type(out, question->type);
	dc_buf_printf(out, " %s", dc_outcome_name(answer->outcome));
	put_text(out, "server", question->server);
	put_number(out, "rcode", answer->rcode, dc_recording_rcode(answer->outcome));
	dc_buf_puts(out, answer->authentic ? " ad" : "");
	dc_buf_puts(out, answer->truncated ? " tc" : "");
	dc_buf_puts(out, answer->authoritative ? " aa" : "");
	dc_buf_puts(out, answer->recursion ? " ra" : "");
	dc_buf_puts(out, answer->edns ? " edns" : "");
	if (answer->dnssec != DC_DNSSEC_UNKNOWN)
		dc_buf_printf(out, " dnssec=%s", dc_dnssec_name(answer->dnssec));
	if (answer->ede >= 0)
		dc_buf_printf(out, " ede=%d", (int)answer->ede);
	put_number(out, "ttl", answer->ttl_s, least_ttl(answer));
	put_number(out, "elapsed_ms", answer->elapsed_ms, 0);
	put_number(out, "tries", answer->tries, 0);
	put_number(out, "size", answer->size, 0);
	put_text(out, "via", answer->via);
	put_text(out, "detail", answer->detail);
	put_text(out, "data", answer->data);
	for (size_t i = 0; i < answer->rr_count; i++)
		put_rr(out, &answer->rrs[i]);
	dc_buf_putc(out, '\n');
}
