/* Rdata by type (RFC 1035 3.3, RFC 3596): bounds first, every octet accounted for. */
#include "dns/answer.h"
#include "dns/span.h"

bool dc_rr_txt(struct dc_arena *arena, const struct dc_rr *rr, struct dc_txt *ret_txt)
{
	const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;
	size_t strings = 0, octets = 0;
	for (size_t at = 0; at < rr->rdata.len; at += 1 + (size_t)rdata[at]) {
		if (rdata[at] > rr->rdata.len - at - 1)
			return false;
		strings++;
		octets += rdata[at];
	}
	if (strings == 0)
		return false; /* RFC 1035 3.3.14: one or more */
	char *text = dc_arena_alloc(arena, octets + 1);
	uint32_t *starts = DC_NEW_ARRAY(arena, uint32_t, strings);
	size_t n = 0, string = 0;
	for (size_t at = 0; at < rr->rdata.len; at += 1 + (size_t)rdata[at]) {
		starts[string++] = (uint32_t)n;
		memcpy(text + n, rdata + at + 1, rdata[at]);
		n += rdata[at];
	}
	*ret_txt = (struct dc_txt){{text, n}, strings, starts};
	return true;
}

bool dc_rr_ip(const struct dc_rr *rr, struct dc_ip *ret_ip)
{
	if (rr->type == DC_TYPE_A && rr->rdata.len == 4)
		*ret_ip = dc_ip_v4((const uint8_t *)rr->rdata.ptr);
	else if (rr->type == DC_TYPE_AAAA && rr->rdata.len == 16)
		*ret_ip = dc_ip_v6((const uint8_t *)rr->rdata.ptr);
	else
		return false;
	return true;
}

static bool name_at(struct dc_arena *arena, const struct dc_rr *rr, size_t offset, struct dc_slice *ret_name)
{
	size_t used;
	struct dc_slice name;
	if (rr->rdata.len <= offset ||
	    !dc_name_from_wire(arena, (const uint8_t *)rr->rdata.ptr + offset, rr->rdata.len - offset, &name, &used) ||
	    used != rr->rdata.len - offset)
		return false;
	*ret_name = name;
	return true;
}

bool dc_rr_name(struct dc_arena *arena, const struct dc_rr *rr, struct dc_slice *ret_name)
{
	return name_at(arena, rr, rr->type == DC_TYPE_MX ? 2 : 0, ret_name);
}

bool dc_rr_mx(struct dc_arena *arena, const struct dc_rr *rr, uint16_t *ret_preference, struct dc_slice *ret_host)
{
	if (rr->type != DC_TYPE_MX || !name_at(arena, rr, 2, ret_host))
		return false;
	*ret_preference = (uint16_t)((uint8_t)rr->rdata.ptr[0] << 8 | (uint8_t)rr->rdata.ptr[1]);
	return true;
}

bool dc_rr_soa(struct dc_arena *arena, const struct dc_rr *rr, struct dc_soa *ret_soa)
{
	const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;
	size_t first, second, len = rr->rdata.len;
	struct dc_soa soa;
	uint32_t numbers[5];
	if (rr->type != DC_TYPE_SOA || !dc_name_from_wire(arena, rdata, len, &soa.primary, &first) ||
	    !dc_name_from_wire(arena, rdata + first, len - first, &soa.contact, &second) || len - first - second != sizeof numbers)
		return false;
	rdata += first + second;
	for (size_t i = 0; i < 5; i++, rdata += 4)
		numbers[i] = (uint32_t)rdata[0] << 24 | (uint32_t)rdata[1] << 16 | (uint32_t)rdata[2] << 8 | rdata[3];
	soa.serial = numbers[0];
	soa.refresh_s = numbers[1];
	soa.retry_s = numbers[2];
	soa.expire_s = numbers[3];
	soa.negative_s = numbers[4];
	*ret_soa = soa;
	return true;
}

bool dc_answer_alias(struct dc_arena *arena, const struct dc_answer *answer, struct dc_slice *ret_name)
{
	struct dc_slice name = answer->question.name;
	const struct dc_rr *cname;
	size_t hops = 0;
	while ((cname = dc_answer_cname(answer, name)) != NULL)
		if (++hops > answer->rr_count || !dc_rr_name(arena, cname, &name))
			return false;
	if (hops)
		*ret_name = name;
	return hops > 0;
}

struct dc_span dc_span_of(const struct dc_txt *txt, struct dc_slice part)
{
	struct dc_span span = {.record = txt->text};
	if (!part.ptr || part.ptr < txt->text.ptr || part.ptr > txt->text.ptr + txt->text.len)
		return span;
	span.start = (uint32_t)(part.ptr - txt->text.ptr);
	span.length = (uint32_t)(part.len < txt->text.len - span.start ? part.len : txt->text.len - span.start);
	for (size_t i = 0; i < txt->string_count && txt->string_starts[i] <= span.start; i++) {
		span.string = (uint16_t)i;
		span.string_offset = span.start - txt->string_starts[i];
	}
	return span;
}

struct dc_slice dc_txt_loose_version(struct dc_slice text)
{
	text = dc_slice_trim(text);
	while (text.len && (text.ptr[0] == '"' || text.ptr[0] == '\''))
		text = dc_slice_sub(text, 1, SIZE_MAX);
	if (!text.len || dc_lower(text.ptr[0]) != 'v')
		return (struct dc_slice){0};
	text = dc_slice_trim_wsp(dc_slice_sub(text, 1, SIZE_MAX));
	if (!text.len || text.ptr[0] != '=')
		return (struct dc_slice){0};
	return dc_slice_trim_wsp(dc_slice_sub(text, 1, SIZE_MAX));
}

struct dc_txt_choice dc_answer_choose_txt(struct dc_arena *arena, const struct dc_answer *answer, bool (*is)(struct dc_slice text),
					  bool (*is_near)(struct dc_slice text))
{
	struct dc_txt_choice choice = {0};
	struct dc_txt txt, near = {0};
	const struct dc_rr *rr;
	for (size_t i = 0; (rr = dc_answer_rr(answer, i)) != NULL; i++) {
		if (!dc_rr_txt(arena, rr, &txt))
			continue;
		if (is(txt.text) && !choice.count++)
			choice.txt = txt;
		else if (is_near(txt.text) && !near.text.len)
			near = txt;
	}
	choice.near = !choice.count && near.text.len;
	if (choice.near)
		choice.txt = near;
	return choice;
}
