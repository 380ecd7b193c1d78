/* Fetches as questions: URLs (RFC 3986 section 3), the text of a request, addresses out of DNS evidence. */
#include "evidence/https.h"

/* ---- URLs ---- */

/* pchar, "/", "?" of RFC 3986 appendix A, and % for what is escaped. */
static bool is_path(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!dc_is_alnum(s.ptr[i]) && !memchr("-._~:/?@!$&'()*+,;=%", s.ptr[i], 20))
			return false;
	return true;
}

/* Clients take 127.1 and 0x7f000001 for addresses. */
static bool is_number(struct dc_slice label)
{
	for (size_t i = 0; i < label.len; i++)
		if (!dc_is_digit(label.ptr[i]))
			return i == 1 && label.ptr[0] == '0' && label.ptr[1] == 'x';
	return true;
}

/* No escapes of zone files here: a client would go to another host than we think. */
static bool parse_host(struct dc_arena *arena, struct dc_slice text, struct dc_slice *ret_host)
{
	for (size_t i = 0; i < text.len; i++)
		if (!dc_is_alnum(text.ptr[i]) && !memchr("-_.", text.ptr[i], 3))
			return false;
	return text.len && dc_name_normalize(arena, text, ret_host) && dc_name_is_host(*ret_host, true) &&
	       dc_name_labels(*ret_host) >= 2 && !is_number(dc_name_keep_right(*ret_host, 1));
}

static bool parse_port(struct dc_slice text, uint16_t *ret_port)
{
	uint64_t port = 443;
	if (text.ptr && (!dc_slice_uint(text, true, 65535, &port) || port == 0))
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

const char *dc_https_url_parse(struct dc_arena *arena, struct dc_slice text, struct dc_https_url *ret_url)
{
	struct dc_https_url url = {0};
	struct dc_slice rest, authority, host;
	size_t end = 0;
	if (text.len > DC_HTTPS_URL_MAX)
		return "is longer than 2048 octets";
	if (dc_slice_starts_nocase(text, DC_S("http://")))
		return "is http, it must be https";
	if (!dc_slice_starts_nocase(text, DC_S("https://")))
		return "is not a URL that begins with https://";
	rest = dc_slice_sub(text, 8, SIZE_MAX);
	rest = dc_slice_sub(rest, 0, dc_slice_find(rest, '#'));
	while (end < rest.len && !memchr("/?", rest.ptr[end], 2))
		end++;
	authority = dc_slice_sub(rest, 0, end);
	url.path = dc_slice_sub(rest, end, SIZE_MAX);
	if (dc_slice_find(authority, '@') != SIZE_MAX)
		return "holds a user name";
	host = dc_slice_cut(&authority, ':');
	if (!parse_host(arena, host, &url.host))
		return "names no host";
	if (!parse_port(authority, &url.port))
		return "has no port number after the colon";
	if (!is_path(url.path))
		return "holds a character that a URL must not hold";
	if (!url.path.len || url.path.ptr[0] == '?')
		url.path = dc_arena_concat(arena, DC_S("/"), url.path);
	url.text = dc_arena_printf(arena, "https://%.*s", DC_FMT(url.host));
	if (url.port != 443)
		url.text = dc_arena_printf(arena, "%.*s:%u", DC_FMT(url.text), url.port);
	url.text = dc_arena_concat(arena, url.text, url.path);
	*ret_url = url;
	return NULL;
}

/* ---- the question ---- */

struct dc_question dc_https_question(struct dc_arena *arena, const struct dc_https_request *request)
{
	struct dc_question question = {.kind = DC_ASK_HTTPS, .name = request->url.host};
	char text[DC_IP_TEXT_MAX];
	question.server = dc_arena_printf(arena, "%.*s %u ", DC_FMT(request->url.text), request->limit);
	for (size_t i = 0; i < request->ip_count; i++)
		question.server = dc_arena_printf(arena, "%.*s%s%.*s", DC_FMT(question.server), i ? "," : "",
						  DC_FMT(dc_ip_format(request->ips[i], text)));
	return question;
}

bool dc_https_request_parse(struct dc_arena *arena, const struct dc_question *question, struct dc_https_request *ret_request)
{
	struct dc_https_request request = {0};
	struct dc_slice rest = question->server, url = dc_slice_cut(&rest, ' '), limit = dc_slice_cut(&rest, ' ');
	uint64_t number;
	if (question->kind != DC_ASK_HTTPS || dc_https_url_parse(arena, url, &request.url) ||
	    !dc_slice_eq(url, request.url.text) || !dc_slice_eq(question->name, request.url.host) ||
	    !dc_slice_uint(limit, false, DC_HTTPS_BODY_MAX, &number))
		return false;
	request.limit = (uint32_t)number;
	while (rest.ptr) {
		if (request.ip_count == DC_HTTPS_IP_MAX || !dc_ip_parse(dc_slice_cut(&rest, ','), &request.ips[request.ip_count++]))
			return false;
	}
	*ret_request = request;
	return request.ip_count > 0;
}

/* ---- fetching ---- */

/* In order, each once: answers shuffle their records. */
static void add_ips(const struct dc_answer *answer, size_t most, struct dc_https_request *request)
{
	size_t first = request->ip_count;
	for (size_t i = 0; answer && i < dc_answer_count(answer); i++) {
		struct dc_ip ip;
		size_t at = first;
		if (!dc_rr_ip(dc_answer_rr(answer, i), &ip))
			continue;
		while (at < request->ip_count && dc_ip_cmp(request->ips[at], ip) < 0)
			at++;
		if (at == first + most || (at < request->ip_count && dc_ip_eq(request->ips[at], ip)))
			continue;
		if (request->ip_count == first + most)
			request->ip_count--;
		memmove(request->ips + at + 1, request->ips + at, (request->ip_count - at) * sizeof(*request->ips));
		request->ips[at] = ip;
		request->ip_count++;
	}
}

static bool known(const struct dc_answer *answer)
{
	return dc_outcome_is_known(answer->outcome);
}

void dc_https_fetch(struct dc_asker *asker, const struct dc_https_url *url, uint32_t limit, struct dc_https_fetch *ret_fetch)
{
	struct dc_https_request request = {.url = *url, .limit = limit};
	*ret_fetch = (struct dc_https_fetch){.a = dc_ask(asker, url->host, DC_TYPE_A), .aaaa = dc_ask(asker, url->host, DC_TYPE_AAAA)};
	if (!ret_fetch->a || !ret_fetch->aaaa)
		return;
	add_ips(ret_fetch->a, DC_HTTPS_IP_MAX / 2, &request);
	add_ips(ret_fetch->aaaa, DC_HTTPS_IP_MAX / 2, &request);
	if (request.ip_count == 0) {
		ret_fetch->failed = !known(ret_fetch->a) ? ret_fetch->a : !known(ret_fetch->aaaa) ? ret_fetch->aaaa : NULL;
		ret_fetch->state = ret_fetch->failed ? DC_HTTPS_DNS : DC_HTTPS_NO_HOST;
		return;
	}
	struct dc_question question = dc_https_question(asker->arena, &request);
	ret_fetch->answer = dc_ask_question(asker, &question);
	if (!ret_fetch->answer)
		return;
	ret_fetch->state = DC_HTTPS_FAILED;
	ret_fetch->failed = ret_fetch->answer;
	if (ret_fetch->answer->outcome != DC_OUTCOME_ANSWER ||
	    !dc_https_reply_read(asker->arena, ret_fetch->answer->data, &ret_fetch->reply))
		return;
	ret_fetch->state = DC_HTTPS_REPLY;
	ret_fetch->failed = NULL;
	ret_fetch->cut = ret_fetch->answer->truncated;
}

struct dc_slice dc_https_media_type(struct dc_arena *arena, struct dc_slice type)
{
	return dc_arena_lower(arena, dc_slice_trim(dc_slice_sub(type, 0, dc_slice_find(type, ';'))));
}
