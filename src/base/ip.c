/* Addresses: strict text, canonical text, prefixes, reverse names, special-purpose ranges. */
#include "base/ip.h"

#include <stdio.h>

static bool parse_v4(struct dc_slice text, uint8_t octets[4])
{
	for (int i = 0; i < 4; i++) {
		uint64_t value;
		size_t dot = dc_slice_find(text, '.');
		if ((dot == SIZE_MAX) != (i == 3))
			return false;
		struct dc_slice part = dc_slice_sub(text, 0, dot);
		if (part.len > 3 || !dc_slice_uint(part, false, 255, &value))
			return false;
		octets[i] = (uint8_t)value;
		text = dc_slice_sub(text, i == 3 ? text.len : dot + 1, SIZE_MAX);
	}
	return true;
}

static bool parse_group(struct dc_slice part, uint8_t octets[2])
{
	unsigned value = 0;
	if (part.len == 0 || part.len > 4)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		int digit = dc_hex_value(part.ptr[i]);
		if (digit < 0)
			return false;
		value = value * 16 + (unsigned)digit;
	}
	octets[0] = (uint8_t)(value >> 8);
	octets[1] = (uint8_t)value;
	return true;
}

/* Groups separated by ":", the last perhaps a dotted quad. Returns octets written, SIZE_MAX on a fault. */
static size_t parse_groups(struct dc_slice text, bool may_end_v4, uint8_t *octets, size_t room)
{
	size_t n = 0;
	if (text.len == 0)
		return 0;
	for (;;) {
		size_t colon = dc_slice_find(text, ':');
		struct dc_slice part = dc_slice_sub(text, 0, colon);
		if (colon == SIZE_MAX && may_end_v4 && dc_slice_find(part, '.') != SIZE_MAX) {
			if (room - n < 4 || !parse_v4(part, octets + n))
				return SIZE_MAX;
			return n + 4;
		}
		if (room - n < 2 || !parse_group(part, octets + n))
			return SIZE_MAX;
		n += 2;
		if (colon == SIZE_MAX)
			return n;
		text = dc_slice_sub(text, colon + 1, SIZE_MAX);
	}
}

static bool parse_v6(struct dc_slice text, uint8_t octets[16])
{
	uint8_t head[16], tail[16];
	size_t gap = SIZE_MAX;
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == ':' && text.ptr[i + 1] == ':') {
			gap = i;
			break;
		}
	if (gap == SIZE_MAX)
		return parse_groups(text, true, octets, 16) == 16;
	size_t head_len = parse_groups(dc_slice_sub(text, 0, gap), false, head, sizeof head);
	size_t tail_len = parse_groups(dc_slice_sub(text, gap + 2, SIZE_MAX), true, tail, sizeof tail);
	if (head_len == SIZE_MAX || tail_len == SIZE_MAX || head_len + tail_len > 14)
		return false;
	memset(octets, 0, 16);
	memcpy(octets, head, head_len);
	memcpy(octets + 16 - tail_len, tail, tail_len);
	return true;
}

bool dc_ip_parse(struct dc_slice text, struct dc_ip *ret_ip)
{
	struct dc_ip ip = {0};
	if (text.len == 0 || text.len >= DC_IP_TEXT_MAX)
		return false;
	if (dc_slice_find(text, ':') != SIZE_MAX) {
		ip.family = 6;
		if (!parse_v6(text, ip.octets))
			return false;
	} else {
		ip.family = 4;
		if (!parse_v4(text, ip.octets))
			return false;
	}
	*ret_ip = ip;
	return true;
}

bool dc_prefix_parse(struct dc_slice text, struct dc_prefix *ret_prefix)
{
	struct dc_prefix prefix;
	size_t slash = dc_slice_find(text, '/');
	uint64_t bits;
	if (!dc_ip_parse(dc_slice_sub(text, 0, slash), &prefix.ip))
		return false;
	bits = prefix.ip.family == 4 ? 32 : 128;
	if (slash != SIZE_MAX && !dc_slice_uint(dc_slice_sub(text, slash + 1, SIZE_MAX), false, bits, &bits))
		return false;
	prefix.bits = (uint8_t)bits;
	*ret_prefix = prefix;
	return true;
}

struct dc_ip dc_ip_v4(const uint8_t octets[4])
{
	struct dc_ip ip = {.family = 4};
	memcpy(ip.octets, octets, 4);
	return ip;
}

struct dc_ip dc_ip_v6(const uint8_t octets[16])
{
	struct dc_ip ip = {.family = 6};
	memcpy(ip.octets, octets, 16);
	return ip;
}

struct dc_ip dc_ip_unmap(struct dc_ip ip)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	if (ip.family == 6 && memcmp(ip.octets, mapped, sizeof mapped) == 0)
		return dc_ip_v4(ip.octets + 12);
	return ip;
}

static size_t octets_of(struct dc_ip ip)
{
	return ip.family == 4 ? 4 : ip.family == 6 ? 16 : 0;
}

bool dc_ip_eq(struct dc_ip a, struct dc_ip b)
{
	return dc_ip_cmp(a, b) == 0;
}

int dc_ip_cmp(struct dc_ip a, struct dc_ip b)
{
	if (a.family != b.family)
		return a.family < b.family ? -1 : 1;
	return memcmp(a.octets, b.octets, octets_of(a));
}

bool dc_prefix_contains(struct dc_prefix prefix, struct dc_ip ip)
{
	unsigned whole = prefix.bits / 8, rest = prefix.bits % 8;
	if (prefix.ip.family != ip.family || whole > octets_of(ip))
		return false;
	if (memcmp(prefix.ip.octets, ip.octets, whole) != 0)
		return false;
	return rest == 0 || ((prefix.ip.octets[whole] ^ ip.octets[whole]) >> (8 - rest)) == 0;
}

/* RFC 5952: lower case, no leading zeros, the longest run of at least two zero groups as "::", the first on a tie. */
static size_t format_v6(const uint8_t o[16], char *text)
{
	size_t run_at = SIZE_MAX, run_len = 1;
	for (size_t i = 0; i < 8; i++) {
		size_t len = 0;
		while (i + len < 8 && o[2 * (i + len)] == 0 && o[2 * (i + len) + 1] == 0)
			len++;
		if (len > run_len) {
			run_at = i;
			run_len = len;
		}
		i += len;
	}
	size_t n = 0;
	for (size_t i = 0; i < 8; i++) {
		if (i == run_at) {
			n += (size_t)snprintf(text + n, DC_IP_TEXT_MAX - n, "::");
			i += run_len - 1;
			continue;
		}
		bool colon = n && text[n - 1] != ':';
		n += (size_t)snprintf(text + n, DC_IP_TEXT_MAX - n, "%s%x", colon ? ":" : "",
				      (unsigned)(o[2 * i] << 8 | o[2 * i + 1]));
	}
	return n;
}

/* `separator` may be 0. Not snprintf: this is done for every address many times. */
static size_t put_octet(char *text, uint8_t octet, char separator)
{
	size_t n = 0;
	if (octet >= 100)
		text[n++] = (char)('0' + octet / 100);
	if (octet >= 10)
		text[n++] = (char)('0' + octet / 10 % 10);
	text[n++] = (char)('0' + octet % 10);
	if (separator)
		text[n++] = separator;
	return n;
}

struct dc_slice dc_ip_format(struct dc_ip ip, char text[DC_IP_TEXT_MAX])
{
	size_t n = 0;
	text[0] = 0;
	if (ip.family == 4) {
		for (int i = 0; i < 4; i++)
			n += put_octet(text + n, ip.octets[i], i < 3 ? '.' : 0);
		text[n] = 0;
	} else if (ip.family == 6) {
		n = format_v6(ip.octets, text);
	}
	return (struct dc_slice){text, n};
}

struct dc_slice dc_prefix_format(struct dc_prefix prefix, char text[DC_PREFIX_TEXT_MAX])
{
	size_t n = dc_ip_format(prefix.ip, text).len;
	n += (size_t)snprintf(text + n, DC_PREFIX_TEXT_MAX - n, "/%u", prefix.bits);
	return (struct dc_slice){text, n};
}

struct dc_slice dc_ip_arpa(struct dc_ip ip, char text[DC_IP_ARPA_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;
	text[0] = 0;
	if (ip.family == 4) {
		for (int i = 3; i >= 0; i--)
			n += put_octet(text + n, ip.octets[i], '.');
		memcpy(text + n, "in-addr.arpa", sizeof "in-addr.arpa");
		n += sizeof "in-addr.arpa" - 1;
	} else if (ip.family == 6) {
		for (int i = 15; i >= 0; i--) {
			text[n++] = digits[ip.octets[i] & 15];
			text[n++] = '.';
			text[n++] = digits[ip.octets[i] >> 4];
			text[n++] = '.';
		}
		memcpy(text + n, "ip6.arpa", sizeof "ip6.arpa");
		n += sizeof "ip6.arpa" - 1;
	}
	return (struct dc_slice){text, n};
}

/* IANA special-purpose address registries (RFC 6890 and its updates); the first row that contains the address counts. */
static const struct {
	struct dc_prefix prefix;
	const char *why;
} special[] = {
	{{{4, {0}}, 8}, "unspecified"},
	{{{4, {10}}, 8}, "private"},
	{{{4, {100, 64}}, 10}, "shared"},
	{{{4, {127}}, 8}, "loopback"},
	{{{4, {169, 254}}, 16}, "link-local"},
	{{{4, {172, 16}}, 12}, "private"},
	{{{4, {192, 0, 0}}, 24}, "reserved"},
	{{{4, {192, 0, 2}}, 24}, "documentation"},
	{{{4, {192, 168}}, 16}, "private"},
	{{{4, {198, 18}}, 15}, "benchmarking"},
	{{{4, {198, 51, 100}}, 24}, "documentation"},
	{{{4, {203, 0, 113}}, 24}, "documentation"},
	{{{4, {224}}, 4}, "multicast"},
	{{{4, {240}}, 4}, "reserved"},
	{{{6, {0}}, 128}, "unspecified"},
	{{{6, {[15] = 1}}, 128}, "loopback"},
	{{{6, {0x00, 0x64, 0xff, 0x9b, 0, 1}}, 48}, "private"},
	{{{6, {0x01}}, 64}, "reserved"},
	{{{6, {0x20, 0x01, 0x0d, 0xb8}}, 32}, "documentation"},
	{{{6, {0x3f, 0xff}}, 20}, "documentation"},
	{{{6, {0xfc}}, 7}, "unique-local"},
	{{{6, {0xfe, 0x80}}, 10}, "link-local"},
	{{{6, {0xff}}, 8}, "multicast"},
};

const char *dc_ip_special(struct dc_ip ip)
{
	ip = dc_ip_unmap(ip);
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (dc_prefix_contains(special[i].prefix, ip))
			return special[i].why;
	return NULL;
}
