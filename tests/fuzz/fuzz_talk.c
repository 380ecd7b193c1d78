/* The SMTP source, spoken to by a mail server that says what the input holds: replies, STARTTLS, TLS with a server that is real or
 * is not, a second connection, and the end in the middle of anything.
 *
 * The input: an octet of settings (below), then what the server says, cut into steps by octet 0x01; between two steps the server
 * waits for the client. When the client begins a handshake a server of OpenSSL takes over, and the steps go on under TLS;
 * with octet 0x02 at the start of a step its octets are sent as they are. The answer must be read by the smtp room, hold only what
 * was said, and nothing but EHLO, STARTTLS and QUIT may ever have been sent. */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "evidence/dialogue.h"
#include "fuzz.h"
#include "smtp/smtp.h"
#include "source/smtp.h"

enum { SUBMISSIONS = 1, LONG_HELO = 2, OLD_SERVER = 4, RESETS = 8, IPV6 = 16, HEARD_MAX = 64 << 10, TURNS_MAX = 300, PATIENCE = 60 };

struct server {
	struct dc_slice steps; /* not said yet */
	uint8_t settings;
	int listeners[2], fd;  /* IPv4, IPv6 */
	SSL *ssl;              /* NULL: plain */
	char heard[HEARD_MAX]; /* of all connections, plain text */
	size_t heard_len;
	bool may_speak, sham;  /* sham: TLS was begun, and the server does not know it */
};

static SSL_CTX *server_context(void)
{
	static SSL_CTX *context;
	EVP_PKEY *key;
	X509 *cert;

	if (context)
		return context;
	key = EVP_EC_gen("P-256");
	cert = X509_new();
	context = SSL_CTX_new(TLS_server_method());
	FUZZ_CHECK(key && cert && context && X509_set_version(cert, 2) && X509_set_pubkey(cert, key));
	FUZZ_CHECK(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const uint8_t *)"mx", -1, -1, 0));
	FUZZ_CHECK(X509_set_issuer_name(cert, X509_get_subject_name(cert)));
	FUZZ_CHECK(X509_gmtime_adj(X509_getm_notBefore(cert), 0) && X509_gmtime_adj(X509_getm_notAfter(cert), 86400));
	FUZZ_CHECK(X509_sign(cert, key, EVP_sha256()) && SSL_CTX_use_certificate(context, cert) && SSL_CTX_use_PrivateKey(context, key));
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_num_tickets(context, 0);
	(void)SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0");
	(void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	X509_free(cert);
	EVP_PKEY_free(key);
	return context;
}

/* ---- the server ---- */

static void hang_up(struct server *server)
{
	struct linger linger = {1, 0};

	if (server->settings & RESETS)
		(void)setsockopt(server->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	SSL_free(server->ssl);
	server->ssl = NULL;
	server->sham = false;
	if (server->fd >= 0)
		(void)close(server->fd);
	server->fd = -1;
}

static void flush_tls(struct server *server)
{
	char octets[4096];
	int len;

	while ((len = BIO_read(SSL_get_wbio(server->ssl), octets, sizeof octets)) > 0)
		(void)send(server->fd, octets, (size_t)len, MSG_NOSIGNAL);
}

static void start_tls(struct server *server)
{
	server->ssl = SSL_new(server_context());
	FUZZ_CHECK(server->ssl);
	if (!(server->settings & OLD_SERVER))
		(void)SSL_set_min_proto_version(server->ssl, TLS1_2_VERSION);
	SSL_set_bio(server->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(server->ssl);
}

/* A plain command, or a record of TLS. */
static void listen_to(struct server *server)
{
	char octets[8192];
	ssize_t len = recv(server->fd, octets, sizeof octets, MSG_DONTWAIT);

	if (len == 0)
		hang_up(server);
	if (len <= 0)
		return;
	server->may_speak = true;
	if (!server->ssl && octets[0] == 0x16) {
		server->sham = server->steps.len && server->steps.ptr[0] == 2;
		if (!server->sham)
			start_tls(server);
	}
	if (server->ssl) {
		bool was_done = SSL_is_init_finished(server->ssl);

		(void)BIO_write(SSL_get_rbio(server->ssl), octets, (int)len);
		len = SSL_read(server->ssl, octets, sizeof octets);
		ERR_clear_error();
		flush_tls(server);
		/* records are not words; but who speaks TLS first is greeted under it */
		server->may_speak = len > 0 || ((server->settings & SUBMISSIONS) && !was_done && SSL_is_init_finished(server->ssl));
	}
	if (len > 0 && !server->sham && (size_t)len < sizeof server->heard - server->heard_len) {
		memcpy(server->heard + server->heard_len, octets, (size_t)len);
		server->heard_len += (size_t)len;
	}
}

static void speak(struct server *server)
{
	struct dc_slice step = dc_slice_cut(&server->steps, 1);
	bool raw = step.len && step.ptr[0] == 2;

	step = dc_slice_sub(step, raw, SIZE_MAX);
	server->may_speak = false;
	if (!server->ssl || raw) {
		(void)send(server->fd, step.ptr, step.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	} else if (step.len) {
		(void)SSL_write(server->ssl, step.ptr, (int)step.len);
		ERR_clear_error();
		flush_tls(server);
	}
}

static void serve(struct server *server)
{
	if (server->fd < 0) {
		server->fd = accept4(server->listeners[(server->settings & IPV6) != 0], NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		server->may_speak = !(server->settings & SUBMISSIONS);
		if (server->fd < 0)
			return;
	}
	listen_to(server);
	if (server->fd < 0)
		return;
	/* in a handshake nothing is said before it is done */
	if (server->ssl && !SSL_is_init_finished(server->ssl) && server->steps.ptr && !(server->steps.len && server->steps.ptr[0] == 2))
		return;
	if (!server->steps.ptr)
		hang_up(server);
	else if (server->may_speak)
		speak(server);
	else if (!server->steps.len)
		server->steps.ptr = NULL;
}

/* ---- what must hold ---- */

static void check_heard(const struct server *server)
{
	struct dc_slice rest = {server->heard, server->heard_len};

	while (rest.len) {
		struct dc_slice line = dc_slice_cut(&rest, '\n');

		FUZZ_CHECK(dc_slice_starts(line, DC_S("EHLO ")) || dc_slice_eq(line, DC_S("STARTTLS\r")) ||
			   dc_slice_eq(line, DC_S("QUIT\r")) || !rest.ptr);
	}
}

static void check_answer(const struct dc_answer *answer)
{
	struct dc_arena *arena = dc_arena_new(16 << 20);
	struct dc_dialogue said;

	FUZZ_CHECK(answer && answer->outcome < DC_OUTCOME_COUNT && answer->data.len <= DC_DIALOGUE_MAX);
	FUZZ_CHECK(answer->outcome == DC_OUTCOME_ANSWER || answer->detail.len);
	if (arena && answer->data.len && !DC_ARENA_GUARD(arena)) {
		FUZZ_CHECK(dc_dialogue_parse(arena, answer->data, &said));
		FUZZ_CHECK(said.banner.count + said.ehlo.count + said.starttls.count + said.tls_ehlo.count <= DC_DIALOGUE_LINES_MAX);
		FUZZ_CHECK(said.end_step.len && said.end_how.len);
		FUZZ_CHECK(!said.tls_version.len || !said.tls_error.len);
		FUZZ_CHECK(said.old_tls == DC_TRI_UNKNOWN || said.tls_version.len);
		FUZZ_CHECK((said.cert_count == 1) == (said.tls_version.len > 0));
	}
	dc_arena_free(arena);
}

static void done(struct dc_fetch *fetch, struct dc_answer *answer)
{
	struct dc_answer **place = fetch->user;

	FUZZ_CHECK(!*place);
	*place = answer;
}

/* ---- */

/* Kept from input to input: the certificates of this machine take a while to read. */
struct client {
	struct dc_loop *loop;
	struct dc_source *source;
};

static void new_client(struct client *client, uint16_t port, bool long_helo)
{
	static char helo[DC_DIALOGUE_NAME_MAX + 40];
	struct dc_smtp_options options = {.timeout_ms = 2000, .allow_private = true, .ports = {{25, port}, {465, port}}};

	memset(helo, 'h', sizeof helo);
	if (long_helo)
		options.helo = (struct dc_slice){helo, sizeof helo};
	client->loop = dc_loop_new();
	client->source = client->loop ? dc_smtp_new(client->loop, &options, NULL) : NULL;
	FUZZ_CHECK(client->source);
}

static void talk(struct client *client, struct server *server)
{
	char url[64];
	struct dc_answer *answer = NULL;
	struct dc_fetch fetch = {.done = done, .user = &answer};

	(void)snprintf(url, sizeof url, "%s/%s",
		       server->settings & SUBMISSIONS ? "submissions://mx1.example.com:465" : "smtp://mx1.example.com:25",
		       server->settings & IPV6 ? "::1" : "127.0.0.1");
	fetch.question = (struct dc_question){.kind = DC_ASK_SMTP, .server = dc_slice_of(url)};
	FUZZ_CHECK(client->source->ops->claims(client->source, &fetch.question));
	client->source->ops->submit(client->source, &fetch);
	for (size_t turns = 0; !answer && turns < TURNS_MAX; turns++) {
		FUZZ_CHECK(dc_loop_run(client->loop, 0));
		serve(server);
		if (turns >= PATIENCE) /* whoever still waits waits for the other */
			hang_up(server);
	}
	check_heard(server);
	if (answer) {
		check_answer(answer);
		dc_answer_unref(answer);
		return;
	}
	/* it waits for something that does not come: the time that it would wait is not spent here */
	client->source->ops->free(client->source);
	dc_loop_free(client->loop);
	client->source = NULL;
}

/* A listener on a port of the kernel's choice; -1 where there is no such family. */
static int listen_on(const struct sockaddr *address, socklen_t len, uint16_t *ret_port)
{
	struct sockaddr_in6 bound;
	socklen_t size = sizeof bound;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, address, len) != 0) {
		FUZZ_CHECK(address->sa_family == AF_INET6);
		return -1;
	}
	FUZZ_CHECK(listen(fd, 64) == 0 && getsockname(fd, (struct sockaddr *)&bound, &size) == 0);
	*ret_port = ntohs(bound.sin6_port); /* the same place in both */
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct server server;
	static struct client clients[4];
	static uint16_t ports[2];
	const struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct client *client;
	bool six, long_helo;
	int left;

	if (size < 1)
		return 0;
	if (!server.listeners[0]) {
		server.listeners[0] = listen_on((const struct sockaddr *)&v4, sizeof v4, &ports[0]);
		server.listeners[1] = listen_on((const struct sockaddr *)&v6, sizeof v6, &ports[1]);
	}
	six = (data[0] & IPV6) && server.listeners[1] >= 0;
	long_helo = data[0] & LONG_HELO;
	server.settings = six ? data[0] : data[0] & ~IPV6;
	server.steps = (struct dc_slice){(const char *)data + 1, size - 1};
	server.fd = -1;
	server.heard_len = 0;
	client = &clients[2 * six + long_helo];
	if (!client->source)
		new_client(client, ports[six], long_helo);
	talk(client, &server);
	hang_up(&server);
	while ((left = accept4(server.listeners[six], NULL, NULL, SOCK_CLOEXEC)) >= 0)
		(void)close(left);
	return 0;
}
