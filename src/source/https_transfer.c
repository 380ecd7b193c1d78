/* One document: everything that curl may and may not do, and what its verdict means. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "source/https_parts.h"

enum {
	SCRATCH_MAX = 256 * 1024,    /* request, names and texts of one transfer */
	BUFFER_SIZE = 16 * 1024,     /* what curl reads at a time */
	CACHE_S = 60,                /* how long curl knows an address that we told it; it is used at once */
	WHOLE_TIMES = 3,             /* the whole may take so many times as long as the connection */
};

void https_transfer_free(struct transfer *transfer)
{
	if (!transfer)
		return;
	if (transfer->easy)
		curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->resolve);
	https_tls_clear(&transfer->tls);
	dc_buf_free(&transfer->body);
	dc_arena_free(transfer->arena);
	free(transfer);
}

/* ---- what curl calls ---- */

static size_t on_body(char *octets, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	size_t len = size * count, room = transfer->request.limit - transfer->body.len;
	transfer->cut |= len > room;
	dc_buf_put(&transfer->body, octets, len > room ? room : len);
	transfer->spent |= transfer->body.status != DC_OK;
	return transfer->cut || transfer->spent ? 0 : len;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libcurl's */
static size_t on_header(char *octets, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	struct dc_slice line = {octets, size * count};
	return https_header_line(transfer->arena, line, &transfer->header, &transfer->reply) ? line.len : 0;
}

static CURLcode on_tls(CURL *easy, void *ssl_ctx, void *user)
{
	(void)easy;
	https_tls_prepare(&((struct transfer *)user)->tls, ssl_ctx);
	return CURLE_OK;
}

/* Curl connects to the addresses it was told; should it ever think of another one, this says no. */
static curl_socket_t on_connect(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *transfer = user;
	struct dc_ip ip = {0};
	if (to->family == AF_INET)
		ip = dc_ip_v4((const uint8_t *)&((struct sockaddr_in *)(void *)&to->addr)->sin_addr);
	else if (to->family == AF_INET6)
		ip = dc_ip_v6((const uint8_t *)&((struct sockaddr_in6 *)(void *)&to->addr)->sin6_addr);
	for (size_t i = 0; purpose == CURLSOCKTYPE_IPCXN && i < transfer->request.ip_count; i++)
		if (dc_ip_eq(ip, transfer->request.ips[i]))
			return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	return CURL_SOCKET_BAD;
}

/* ---- what it came to ---- */

static struct dc_slice system_error(struct transfer *transfer)
{
	long code = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &code);
	const char *text = code ? strerrordesc_np((int)code) : NULL;
	return text ? dc_slice_of(text) : DC_S("no connection could be made");
}

/* OpenSSL's words without the numbers before them: "OpenSSL/3.0.1: error:0A00010B:SSL routines::wrong version number". */
static const char *words_of(const struct transfer *transfer, CURLcode code)
{
	const char *text = transfer->error[0] ? transfer->error : curl_easy_strerror(code), *mark = strstr(text, "routines::");
	return mark ? mark + sizeof("routines::") - 1 : text;
}

/* What curl's verdict means: no answer, an answer that is none, or one. */
static void judge(struct transfer *transfer, CURLcode code, struct dc_answer *draft)
{
	curl_off_t connected_us = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	draft->outcome = DC_OUTCOME_MALFORMED;
	draft->detail = dc_slice_of(words_of(transfer, code));
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer->cut)) {
		draft->outcome = DC_OUTCOME_ANSWER;
		draft->detail = (struct dc_slice){0};
	} else if (transfer->spent || transfer->header.spent || code == CURLE_OUT_OF_MEMORY) {
		draft->outcome = DC_OUTCOME_NOT_ASKED;
		draft->detail = DC_S("no memory for a fetch");
	} else if (code == CURLE_COULDNT_CONNECT) {
		draft->outcome = DC_OUTCOME_TIMEOUT;
		draft->detail = system_error(transfer);
	} else if (code == CURLE_OPERATION_TIMEDOUT) {
		draft->outcome = DC_OUTCOME_TIMEOUT;
		draft->detail = connected_us ? DC_S("connected, but the whole answer did not come in time")
					     : DC_S("no connection in time");
	} else if (transfer->header.octets > HTTPS_HEADER_MAX) {
		draft->detail = DC_S("more than 64 KiB of header fields");
	} else if (code == CURLE_GOT_NOTHING) {
		draft->detail = DC_S("the server closed the connection without an answer");
	} else if (code == CURLE_PARTIAL_FILE) {
		draft->detail = DC_S("the server closed the connection before the answer was whole");
	}
}

static void fill(struct transfer *transfer, struct dc_answer *draft, struct dc_buf *data)
{
	long status = 0;
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	transfer->reply.status = status >= 100 && status <= 999 ? (uint16_t)status : 0;
	transfer->reply.body = dc_slice_sub(dc_buf_slice(&transfer->body), 0, transfer->request.limit);
	https_tls_describe(transfer->arena, &transfer->tls, transfer->request.url.host, &transfer->reply);
	dc_https_reply_write(data, &transfer->reply);
	draft->data = dc_buf_slice(data);
	draft->truncated = transfer->cut;
	draft->size = (uint32_t)transfer->body.len;
	if (!transfer->reply.status || data->status != DC_OK) {
		draft->outcome = DC_OUTCOME_MALFORMED;
		draft->detail = DC_S("what came is no HTTP answer");
		draft->data = (struct dc_slice){0};
	}
}

void https_transfer_judge(struct transfer *transfer, CURLcode code, struct dc_buf *data, struct dc_answer *draft)
{
	curl_off_t elapsed_us = 0;
	char *address = NULL, text[DC_IP_TEXT_MAX];
	*draft = (struct dc_answer){.tries = 1};
	if (DC_ARENA_GUARD(transfer->arena)) {
		*draft = (struct dc_answer){.outcome = DC_OUTCOME_NOT_ASKED, .detail = DC_S("no memory for a fetch")};
		return;
	}
	judge(transfer, code, draft);
	(void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &elapsed_us);
	draft->elapsed_ms = (uint32_t)(elapsed_us / 1000);
	if (curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address && address[0])
		draft->via = dc_arena_dup(transfer->arena, dc_slice_of(address));
	else
		draft->via = dc_arena_dup(transfer->arena, dc_ip_format(transfer->request.ips[0], text));
	if (draft->outcome == DC_OUTCOME_ANSWER)
		fill(transfer, draft, data);
}

/* ---- what curl is told ---- */

/* "+HOST:PORT:ADDRESS,[ADDRESS]" */
static bool set_addresses(struct transfer *transfer)
{
	struct dc_buf text;
	char ip[DC_IP_TEXT_MAX];
	dc_buf_init(&text, 1024);
	dc_buf_printf(&text, "+%.*s:%u:", DC_FMT(transfer->request.url.host), transfer->request.url.port);
	for (size_t i = 0; i < transfer->request.ip_count; i++)
		dc_buf_printf(&text, transfer->request.ips[i].family == 6 ? "%s[%.*s]" : "%s%.*s", i ? "," : "",
			      DC_FMT(dc_ip_format(transfer->request.ips[i], ip)));
	dc_buf_putc(&text, 0);
	transfer->resolve = text.status == DC_OK ? curl_slist_append(NULL, text.ptr) : NULL;
	dc_buf_free(&text);
	return transfer->resolve && curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->resolve) == CURLE_OK;
}

static bool set_all(struct transfer *transfer, long connect_ms)
{
	CURL *easy = transfer->easy;
	bool ok = set_addresses(transfer);
	struct dc_slice url = dc_arena_printf(transfer->arena, "%.*s", DC_FMT(transfer->request.url.text));
#define SET(option, value) ok = ok && curl_easy_setopt(easy, CURLOPT_##option, value) == CURLE_OK
	SET(URL, url.ptr);
	SET(PRIVATE, (void *)transfer);
	SET(ERRORBUFFER, transfer->error);
	SET(PROTOCOLS_STR, "https");
	SET(FOLLOWLOCATION, 0L);
	SET(PROXY, "");
	SET(NOPROXY, "*");
	SET(NETRC, (long)CURL_NETRC_IGNORED);
	SET(DISALLOW_USERNAME_IN_URL, 1L);
	SET(PATH_AS_IS, 1L);
	SET(NOSIGNAL, 1L);
	SET(USERAGENT, "domaincheck/" DC_VERSION);
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(HTTP09_ALLOWED, 0L);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(SSL_SESSIONID_CACHE, 0L); /* a session taken up again shows no certificate */
	SET(FORBID_REUSE, 1L);
	SET(FRESH_CONNECT, 1L);
	SET(SSL_VERIFYPEER, 0L); /* https_tls.c verifies, and remembers what it found */
	SET(SSL_VERIFYHOST, 0L);
	SET(CAINFO, (char *)NULL);
	SET(CAPATH, (char *)NULL);
	SET(SSL_CTX_FUNCTION, on_tls);
	SET(SSL_CTX_DATA, (void *)transfer);
	SET(OPENSOCKETFUNCTION, on_connect);
	SET(OPENSOCKETDATA, (void *)transfer);
	SET(DNS_CACHE_TIMEOUT, (long)CACHE_S);
	SET(CONNECTTIMEOUT_MS, connect_ms);
	SET(TIMEOUT_MS, WHOLE_TIMES * connect_ms);
	SET(BUFFERSIZE, (long)BUFFER_SIZE);
	SET(WRITEFUNCTION, on_body);
	SET(WRITEDATA, (void *)transfer);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, (void *)transfer);
#undef SET
	return ok;
}

/* Addresses of this kind are not spoken to. Static text. */
static struct dc_slice private_text(const char *kind)
{
	static const char *const kinds[] = {"private", "loopback", "link-local", "unique-local", "shared", "documentation"};
	static const char *const texts[] = {
		"its address is private, not of the public Internet (--allow-private)",
		"its address is one of this machine itself (--allow-private)",
		"its address is link-local, not of the public Internet (--allow-private)",
		"its address is unique-local, not of the public Internet (--allow-private)",
		"its address is shared by carriers, not of the public Internet (--allow-private)",
		"its address is one for documentation, not of the public Internet (--allow-private)",
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker,analyzer-null-argument): one was dropped */
		if (strcmp(kind, kinds[i]) == 0)
			return dc_slice_of(texts[i]);
	return DC_S("its address is not of the public Internet (--allow-private)");
}

/* Takes out the addresses that are not to be spoken to; the kind of the last one. */
static const char *drop_private(struct dc_https_request *request)
{
	const char *kind = NULL;
	size_t kept = 0;
	for (size_t i = 0; i < request->ip_count; i++) {
		const char *special = dc_ip_special(dc_ip_unmap(request->ips[i]));
		kind = special ? special : kind;
		if (!special)
			request->ips[kept++] = request->ips[i];
	}
	request->ip_count = kept;
	return kind;
}

static bool prepare(struct transfer *transfer, const struct dc_https_options *options, struct dc_answer *ret_draft)
{
	const char *kind;
	if (DC_ARENA_GUARD(transfer->arena))
		return false;
	if (!dc_https_request_parse(transfer->arena, &transfer->fetch->question, &transfer->request)) {
		*ret_draft = (struct dc_answer){.outcome = DC_OUTCOME_MALFORMED, .detail = DC_S("this is no URL that can be fetched")};
		return false;
	}
	kind = options->allow_private ? NULL : drop_private(&transfer->request);
	if (transfer->request.ip_count == 0) {
		ret_draft->detail = private_text(kind);
		return false;
	}
	return set_all(transfer, (long)options->timeout_ms);
}

struct transfer *https_transfer_new(const struct dc_https_options *options, struct https_trust *trust, struct dc_fetch *fetch,
				    struct dc_answer *ret_draft)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);
	*ret_draft = (struct dc_answer){.outcome = DC_OUTCOME_NOT_ASKED, .detail = DC_S("no memory for a fetch")};
	if (!transfer)
		return NULL;
	transfer->fetch = fetch;
	transfer->tls.trust = trust;
	dc_buf_init(&transfer->body, DC_HTTPS_BODY_MAX);
	transfer->arena = dc_arena_new(SCRATCH_MAX);
	transfer->easy = curl_easy_init();
	if (transfer->arena && transfer->easy && prepare(transfer, options, ret_draft))
		return transfer;
	https_transfer_free(transfer);
	return NULL;
}
