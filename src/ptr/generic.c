/* Does a reverse name look like the default of an access provider or a hoster? No standard says so; large receivers do
 * (they want a name of the sender's own). Three signs: the address written into the name, a telling word, a known zone. */
#include "ptr/ptr.h"

enum {
	TOKEN_MAX = 64,  /* parts between dots and hyphens looked at */
	HEX_MAX = 32,
};

/* ---- the address in the name ---- */

struct tokens {
	struct dc_slice items[TOKEN_MAX];
	size_t count;
};

static bool is_separator(char c)
{
	return c == '.' || c == '-' || c == '_';
}

static void split(struct dc_slice name, struct tokens *tokens)
{
	size_t start = 0;

	tokens->count = 0;
	for (size_t i = 0; i <= name.len && tokens->count < TOKEN_MAX; i++) {
		if (i < name.len && !is_separator(name.ptr[i]))
			continue;
		if (i > start)
			tokens->items[tokens->count++] = dc_slice_sub(name, start, i - start);
		start = i + 1;
	}
}

/* The digits at the end of a token: "ip192" is 192. */
static bool number_of(struct dc_slice token, unsigned *ret_number)
{
	size_t start = token.len;
	uint64_t number;

	while (start > 0 && dc_is_digit(token.ptr[start - 1]))
		start--;
	if (start == token.len || !dc_slice_uint(dc_slice_sub(token, start, token.len), true, 255, &number))
		return false;
	*ret_number = (unsigned)number;
	return true;
}

/* The four octets as neighbouring numbers, in either order. The first may have letters before it. */
static bool has_octets(const struct tokens *tokens, const uint8_t octets[4], struct dc_slice *ret_part)
{
	for (size_t at = 0; at + 4 <= tokens->count; at++) {
		bool forward = true, backward = true;

		for (size_t i = 0; i < 4; i++) {
			unsigned number;
			bool ok = number_of(tokens->items[at + i], &number) &&
				  (i == 0 || dc_is_digit(tokens->items[at + i].ptr[0]));

			forward &= ok && number == octets[i];
			backward &= ok && number == octets[3 - i];
		}
		if (forward || backward) {
			const char *end = tokens->items[at + 3].ptr + tokens->items[at + 3].len;

			*ret_part = (struct dc_slice){tokens->items[at].ptr, (size_t)(end - tokens->items[at].ptr)};
			return true;
		}
	}
	return false;
}

static struct dc_slice find_text(struct dc_slice name, const char *text, size_t len)
{
	const char *at = len && name.len >= len ? memmem(name.ptr, name.len, text, len) : NULL;

	return at ? (struct dc_slice){at, len} : (struct dc_slice){0};
}

/* 192000002001 or c0000201. */
static bool has_packed(struct dc_slice name, const uint8_t octets[4], struct dc_slice *ret_part)
{
	char decimal[12], hexadecimal[8];

	for (size_t i = 0; i < 4; i++) {
		decimal[3 * i] = (char)('0' + octets[i] / 100);
		decimal[3 * i + 1] = (char)('0' + octets[i] / 10 % 10);
		decimal[3 * i + 2] = (char)('0' + octets[i] % 10);
		hexadecimal[2 * i] = "0123456789abcdef"[octets[i] >> 4];
		hexadecimal[2 * i + 1] = "0123456789abcdef"[octets[i] & 15];
	}
	*ret_part = find_text(name, decimal, sizeof(decimal));
	if (!ret_part->len)
		*ret_part = find_text(name, hexadecimal, sizeof(hexadecimal));
	return ret_part->len > 0;
}

/* The digits from `start` on, separators left out; where they end, or 0. */
static size_t match_digits(struct dc_slice name, size_t start, const char digits[HEX_MAX], bool backward)
{
	size_t n = 0, at = start;

	for (; at < name.len && n < HEX_MAX; at++) {
		if (is_separator(name.ptr[at]) && n)
			continue;
		/* NOLINTNEXTLINE(analyzer-use-of-uninitialized-value): has_ipv6 has written all HEX_MAX digits */
		if (name.ptr[at] != digits[backward ? HEX_MAX - 1 - n : n])
			return 0;
		n++;
	}
	return n == HEX_MAX ? at : 0;
}

/* All 32 hex digits in either order, or the usual text with hyphens for colons. */
static bool has_ipv6(struct dc_slice name, struct dc_ip ip, struct dc_slice *ret_part)
{
	char text[DC_IP_TEXT_MAX], digits[HEX_MAX];
	struct dc_slice canonical = dc_ip_format(ip, text);

	for (size_t i = 0; i < canonical.len; i++) {
		if (text[i] == ':')
			text[i] = '-';
	}
	*ret_part = canonical.len > 6 ? find_text(name, text, canonical.len) : (struct dc_slice){0};
	if (ret_part->len)
		return true;
	for (size_t i = 0; i < HEX_MAX; i++)
		digits[i] = "0123456789abcdef"[(ip.octets[i / 2] >> (i % 2 ? 0 : 4)) & 15];
	for (size_t start = 0; start < name.len; start++) {
		size_t end = match_digits(name, start, digits, false);

		if (!end)
			end = match_digits(name, start, digits, true);
		if (end) {
			*ret_part = dc_slice_sub(name, start, end - start);
			return true;
		}
	}
	return false;
}

static bool has_address(struct dc_slice name, struct dc_ip ip, struct dc_slice *ret_part)
{
	struct tokens tokens;

	if (ip.family == 6)
		return has_ipv6(name, ip, ret_part);
	if (ip.family != 4)
		return false;
	split(name, &tokens);
	return has_octets(&tokens, ip.octets, ret_part) || has_packed(name, ip.octets, ret_part);
}

/* ---- words and zones ---- */

static const char *const words[] = {
	"adsl",    "broadband", "cable",   "cgn",     "client", "clients", "cust",    "customer", "customers", "dhcp",
	"dial",    "dialin",    "dialup",  "dsl",     "dyn",    "dynamic", "dynip",   "generic",  "ipd",
	"nat",     "pool",      "pools",   "ppp",     "pppoe",  "rdns",    "res",     "resnet",   "rev",       "reverse",
	"static",  "staticip",  "unassigned", "unknown", "unused", "vdsl", "xdsl",    "wireless",
};

/* Names that hosters give to machines nobody has named. */
static const char *const zones[] = {
	"amazonaws.com",           "bc.googleusercontent.com", "clients.your-server.de", "cloudapp.azure.com",
	"cloudapp.net",            "colocrossing.com",         "compute.internal",       "contabo.host",
	"contaboserver.net",       "hostwindsdns.com",         "hstgr.cloud",            "instances.scw.cloud",
	"ip.secureserver.net",     "kimsufi.com",              "linodeusercontent.com",  "members.linode.com",
	"onlinehome-server.info",  "poneytelecom.eu",          "startdedicated.com",     "vps.ovh.net",
	"vultrusercontent.com",
};

/* A token without the digits around it: "pool12" is pool. */
static struct dc_slice bare(struct dc_slice token)
{
	while (token.len && dc_is_digit(token.ptr[token.len - 1]))
		token.len--;
	while (token.len && dc_is_digit(token.ptr[0]))
		token.ptr++, token.len--;
	return token;
}

/* The registrable part does not count: static.example and pool.example are names like others. */
static bool has_word(struct dc_slice name, struct dc_slice *ret_part)
{
	struct dc_slice tail = dc_name_keep_right(name, 2);
	struct tokens tokens;

	if (tail.len >= name.len)
		return false;
	split(dc_slice_sub(name, 0, name.len - tail.len), &tokens);
	for (size_t i = 0; i < tokens.count; i++) {
		for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
			if (dc_slice_eq_nocase(bare(tokens.items[i]), dc_slice_of(words[k]))) {
				*ret_part = tokens.items[i];
				return true;
			}
		}
	}
	return false;
}

static bool has_zone(struct dc_slice name, struct dc_slice *ret_part)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		struct dc_slice zone = dc_slice_of(zones[i]);

		if (dc_name_is_below(name, zone)) {
			*ret_part = dc_slice_sub(name, name.len - zone.len, zone.len);
			return true;
		}
	}
	return false;
}

const char *dc_ptr_generic(struct dc_slice name, struct dc_ip ip, struct dc_slice *ret_part)
{
	struct dc_slice part = {0};
	const char *why = NULL;

	if (has_address(name, ip, &part))
		why = "address";
	else if (has_zone(name, &part))
		why = "cloud";
	else if (has_word(name, &part))
		why = "word";
	if (why && ret_part)
		*ret_part = part;
	return why;
}
