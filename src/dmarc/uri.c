/* Report addresses: RFC 9989 section 4.7 (rua, ruf), RFC 3986, RFC 6068.
 *
 * Syntax only; consent of foreign hosts and whether they take mail is reports.c. */
#include "dmarc/uri.h"

#include "dns/name.h"

enum {
	LOCAL_PART_MAX = 64, /* RFC 5321 4.5.3.1.1 */
};

/* False when a % is not followed by two hex digits. */
static bool percent_decode(struct dc_arena *arena, struct dc_slice s, struct dc_slice *ret_text)
{
	char *out = dc_arena_alloc(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '%') {
			out[len++] = s.ptr[i];
			continue;
		}
		if (i + 2 >= s.len || dc_hex_value(s.ptr[i + 1]) < 0 || dc_hex_value(s.ptr[i + 2]) < 0)
			return false;
		out[len++] = (char)(dc_hex_value(s.ptr[i + 1]) << 4 | dc_hex_value(s.ptr[i + 2]));
		i += 2;
	}
	*ret_text = (struct dc_slice){out, len};
	return true;
}

/* "!10m" at the end: a size limit of RFC 7489, ignored today. */
static struct dc_slice cut_size(struct dc_slice *text)
{
	size_t bang = dc_slice_find(*text, '!');
	struct dc_slice size = {0};
	size_t digits = 0;

	if (bang == SIZE_MAX)
		return size;
	size = dc_slice_sub(*text, bang, text->len);
	while (1 + digits < size.len && dc_is_digit(size.ptr[1 + digits]))
		digits++;
	if (!digits || size.len > digits + 2 || (size.len == digits + 2 && !strchr("kmgt", dc_lower(size.ptr[digits + 1]))))
		return (struct dc_slice){0};
	text->len = bang;
	return size;
}

/* Characters of RFC 3986; anything else must be percent-encoded. */
static bool is_uri_text(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!dc_is_alnum(s.ptr[i]) && !memchr("-._~:/?#[]@!$&'()*+;=%", s.ptr[i], 22))
			return false;
	}
	return true;
}

/* atext and dots of RFC 5322 3.2.3; quoted local parts are legal and no report ever goes there: they pass. */
static bool is_local_part(struct dc_slice s)
{
	if (!s.len || s.len > LOCAL_PART_MAX)
		return false;
	if (s.len > 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
		return true;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '.' && (i == 0 || i + 1 == s.len || s.ptr[i - 1] == '.'))
			return false;
		if (!dc_is_alnum(s.ptr[i]) && !memchr("!#$%&'*+-/=?^_`{|}~.", s.ptr[i], 20))
			return false;
	}
	return true;
}

static const char *parse_mailto(struct dc_arena *arena, struct dc_slice rest, struct dc_dmarc_uri *uri)
{
	size_t question = dc_slice_find(rest, '?'), at = SIZE_MAX;
	struct dc_slice host;

	if (!percent_decode(arena, dc_slice_sub(rest, 0, question), &uri->address))
		return "a % that is not followed by two hexadecimal digits";
	for (size_t i = 0; i < uri->address.len; i++) {
		if (uri->address.ptr[i] == '@')
			at = i;
	}
	if (at == SIZE_MAX)
		return "no address after mailto:";
	if (!is_local_part(dc_slice_sub(uri->address, 0, at)))
		return "what stands before the @ is no mailbox name";
	host = dc_slice_sub(uri->address, at + 1, uri->address.len);
	if (!host.len || host.ptr[host.len - 1] == '.' || !dc_name_normalize(arena, host, &uri->host) ||
	    !dc_name_is_host(uri->host, false) || dc_name_labels(uri->host) < 2) {
		uri->host = (struct dc_slice){0};
		return "what stands after the @ is no domain name";
	}
	uri->scheme = DC_DMARC_URI_MAILTO;
	return NULL;
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) */
static size_t scheme_length(struct dc_slice s)
{
	size_t colon = dc_slice_find(s, ':');

	if (colon == SIZE_MAX || !colon || !dc_is_alpha(s.ptr[0]))
		return 0;
	for (size_t i = 1; i < colon; i++) {
		if (!dc_is_alnum(s.ptr[i]) && s.ptr[i] != '+' && s.ptr[i] != '-' && s.ptr[i] != '.')
			return 0;
	}
	return colon;
}

/* The host of scheme://[user@]host[:port]/… */
static struct dc_slice authority_host(struct dc_arena *arena, struct dc_slice rest)
{
	struct dc_slice name;
	size_t end = 2, at;

	if (!dc_slice_starts(rest, DC_S("//")))
		return (struct dc_slice){0};
	while (end < rest.len && !memchr("/?#", rest.ptr[end], 3))
		end++;
	rest = dc_slice_sub(rest, 2, end - 2);
	at = dc_slice_find(rest, '@');
	if (at != SIZE_MAX)
		rest = dc_slice_sub(rest, at + 1, rest.len);
	rest = dc_slice_sub(rest, 0, dc_slice_find(rest, ':'));
	if (!rest.len || !dc_name_normalize(arena, rest, &name) || !dc_name_is_host(name, false))
		return (struct dc_slice){0};
	return name;
}

void dc_dmarc_uri_parse(struct dc_arena *arena, struct dc_slice text, struct dc_dmarc_uri *ret_uri)
{
	struct dc_slice bare = text;
	size_t scheme;

	*ret_uri = (struct dc_dmarc_uri){.text = text};
	ret_uri->size = cut_size(&bare);
	scheme = scheme_length(bare);
	if (!bare.len)
		ret_uri->why = "nothing stands between two commas";
	else if (!is_uri_text(bare))
		ret_uri->why = "it holds a character that a URI must not hold";
	else if (!scheme)
		ret_uri->why = dc_slice_find(bare, '@') != SIZE_MAX ? "mailto: is missing before the address" :
								       "it is not a URI";
	else if (dc_slice_eq_nocase(dc_slice_sub(bare, 0, scheme), DC_S("mailto")))
		ret_uri->why = parse_mailto(arena, dc_slice_sub(bare, scheme + 1, bare.len), ret_uri);
	else if (bare.len == scheme + 1)
		ret_uri->why = "nothing stands after its scheme";
	else {
		ret_uri->scheme = DC_DMARC_URI_OTHER;
		ret_uri->host = authority_host(arena, dc_slice_sub(bare, scheme + 1, bare.len));
	}
}
