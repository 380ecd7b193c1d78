/* Adapter to libopendkim: DNS hooks, and keys judged with a dummy signature (a message that says only "From:", whose
 * signature can never match: "bad signature" then means that the key was found, parsed and used). Messages: message.c. */
#include "receiver/opendkim_handle.h"

#include <stdio.h>
#include <stdlib.h>

#include "receiver/key_decoder.h"

enum {
	PACKET_HEAD = 12,     /* RFC 1035 4.1.1 */
	RR_HEAD = 12,         /* pointer, type, class, TTL, length */
	RCODE_NXDOMAIN = 3,
	FLAGS_REPLY = 0x8180, /* QR RD RA */
	FLAG_TRUNCATED = 0x0200,
	HEADER_MAX = 2048,    /* the dummy signature */
};

/* ---- the reply packet ---- */

static void put16(unsigned char *to, unsigned n)
{
	to[0] = (unsigned char)(n >> 8);
	to[1] = (unsigned char)n;
}

/* Strings that fill the rdata exactly: the library follows their lengths past its end otherwise. */
static bool is_txt(struct dc_slice rdata)
{
	size_t at = 0;

	while (at < rdata.len)
		at += (size_t)1 + (uint8_t)rdata.ptr[at];
	return rdata.len > 0 && at == rdata.len;
}

static size_t encode(unsigned char *to, size_t size, struct dc_slice name, enum dc_wire_state state,
		     const struct dc_known *known)
{
	uint8_t wire[DC_NAME_WIRE_MAX];
	size_t name_len = dc_name_to_wire(name, wire), len = PACKET_HEAD + name_len + 4, count = 0;
	unsigned flags = FLAGS_REPLY | (state == DC_WIRE_NXDOMAIN ? RCODE_NXDOMAIN : 0);

	if (name_len == 0 || len + (size_t)2 * RR_HEAD > size)
		return 0;
	memset(to, 0, len);
	put16(to + 4, 1);
	memcpy(to + PACKET_HEAD, wire, name_len);
	put16(to + PACKET_HEAD + name_len, DC_TYPE_TXT);
	put16(to + PACKET_HEAD + name_len + 2, 1);
	for (size_t i = 0; known && i < known->count && !(flags & FLAG_TRUNCATED); i++) {
		struct dc_slice rdata = known->rdata[i];

		if (!is_txt(rdata))
			continue;
		/* glibc's resolver marks a reply that does not fit; without any record the library would call that "no key" */
		if (size - len < (size_t)2 * RR_HEAD + rdata.len) {
			flags |= FLAG_TRUNCATED;
			rdata = DC_S("\0");
		}
		memset(to + len, 0, RR_HEAD);
		put16(to + len, 0xc000 | PACKET_HEAD);
		put16(to + len + 2, DC_TYPE_TXT);
		put16(to + len + 4, 1);
		put16(to + len + 10, (unsigned)rdata.len);
		memcpy(to + len + RR_HEAD, rdata.ptr, rdata.len);
		len += RR_HEAD + rdata.len;
		count++;
	}
	put16(to + 2, flags);
	put16(to + 6, (unsigned)count);
	return len;
}

/* ---- hooks: `service` is the handle, a query is the handle again ---- */

static int service_init(void **service)
{
	(void)service;
	return 0;
}

static void service_close(void *service)
{
	(void)service;
}

static int query_start(void *service, int type, unsigned char *name, unsigned char *buf, size_t size, void **query)
{
	struct dc_libopendkim *lib = service;
	const struct dc_known *known = NULL;
	enum dc_wire_state state = DC_WIRE_FAILED;
	struct dc_slice canonical;

	*query = lib;
	lib->reply_len = 0;
	if (type != DC_TYPE_TXT || !dc_run_ask(lib->run, (const char *)name, DC_TYPE_TXT, &state, &known) ||
	    !dc_name_normalize(lib->run->arena, dc_slice_of((const char *)name), &canonical))
		return DKIM_DNS_ERROR;
	if (state != DC_WIRE_FAILED)
		lib->reply_len = encode(buf, size, canonical, state, known);
	return DKIM_DNS_SUCCESS;
}

/* A failure is a status: a SERVFAIL packet without answers would be taken for "no key". */
static int query_wait(void *service, void *query, struct timeval *timeout, size_t *bytes, int *error, int *dnssec)
{
	struct dc_libopendkim *lib = query;

	(void)service;
	(void)timeout;
	*bytes = lib->reply_len;
	*error = 0;
	*dnssec = DKIM_DNSSEC_UNKNOWN;
	return lib->reply_len ? DKIM_DNS_SUCCESS : DKIM_DNS_ERROR;
}

static int query_cancel(void *service, void *query)
{
	(void)service;
	(void)query;
	return 0;
}

/* ---- keys ---- */

/* d=, s= and a= go into the dummy signature as they are: nothing that would end a tag. */
static bool is_plain(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!dc_is_alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '_' && s.ptr[i] != '.')
			return false;
	return s.len > 0;
}

/* *dkim has seen the whole dummy message; its one signature, or NULL. */
static DKIM_SIGINFO *dummy(struct dc_libopendkim *lib, const struct dc_receiver_job *job, DKIM **dkim)
{
	char header[HEADER_MAX], from[] = "From: a@b.example";
	DKIM_SIGINFO **signatures = NULL;
	DKIM_STAT status;
	int len, count = 0;

	/* bh= is the SHA-256 of an empty body. b= has three octets, which is no length of an RSA signature: the library reads the key,
	 * hands it to RSA_verify and hears that the signature is bad, without the exponentiation that would say so for octets of the
	 * right number. */
	len = snprintf(header, sizeof(header),
		       "DKIM-Signature: v=1; a=%.*s; c=relaxed/relaxed; d=%.*s; s=%.*s; h=from; "
		       "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA",
		       DC_FMT(job->algorithm), DC_FMT(job->domain), DC_FMT(job->selector));
	if (len < 0 || (size_t)len >= sizeof(header))
		return NULL;
	*dkim = dkim_verify(lib->keys, (const unsigned char *)"key", NULL, &status);
	if (!*dkim)
		return NULL;
	if (dkim_header(*dkim, (u_char *)header, (size_t)len) != DKIM_STAT_OK ||
	    dkim_header(*dkim, (u_char *)from, sizeof(from) - 1) != DKIM_STAT_OK)
		return NULL;
	/* their status repeats the signature's error */
	dkim_eoh(*dkim);
	dkim_eom(*dkim, NULL);
	if (dkim_getsiglist(*dkim, &signatures, &count) != DKIM_STAT_OK || count < 1)
		return NULL;
	return signatures[0];
}

struct dc_slice dc_opendkim_text(struct dc_arena *arena, const char *text)
{
	return dc_arena_dup(arena, dc_slice_sub(dc_slice_of(text), 0, DC_RECEIVER_REASON_MAX));
}

void dc_libopendkim_key(struct dc_libopendkim *lib, const struct dc_receiver_job *job, struct dc_run *run,
			struct dc_receiver_key *ret_key)
{
	struct dc_receiver_key key = {.fate = DC_RECEIVER_DONE};
	DKIM *dkim = NULL;
	DKIM_SIGINFO *signature;
	unsigned int bits = 0, flags;
	const char *text;

	*ret_key = (struct dc_receiver_key){.fate = DC_RECEIVER_ABSENT, .sig_error = DKIM_SIGERROR_UNKNOWN};
	if (!is_plain(job->selector) || !is_plain(job->domain) || !is_plain(job->algorithm)) {
		ret_key->reason = DC_S("a name that no signature can carry");
		return;
	}
	run->unseen = DC_WIRE_FAILED;
	lib->run = run;
	signature = dummy(lib, job, &dkim);
	if (signature && !run->blind) {
		key.sig_error = dkim_sig_geterror(signature);
		if (dkim_sig_getkeysize(signature, &bits) == DKIM_STAT_OK)
			key.key_bits = bits;
		flags = dkim_sig_getflags(signature);
		key.testing = flags & DKIM_SIGFLAG_TESTKEY;
		key.no_subdomains = flags & DKIM_SIGFLAG_NOSUBDOMAIN;
		/* a valid signature by this key would be told so */
		if (key.sig_error == DKIM_SIGERROR_BADSIG && bits > 0 && bits < lib->min_bits)
			key.sig_error = DKIM_SIGERROR_KEYTOOSMALL;
		text = dkim_geterror(dkim);
		if (key.sig_error == DKIM_SIGERROR_BADSIG)
			text = NULL; /* "signature verification failed": of course */
		else if (key.sig_error == DKIM_SIGERROR_KEYTOOSMALL || !text || !*text)
			text = dkim_sig_geterrorstr(key.sig_error);
		key.reason = dc_opendkim_text(run->arena, text);
		*ret_key = key;
	} else {
		ret_key->reason = run->blind ? DC_S("needs a name that was not asked") : DC_S("the library refused the job");
	}
	if (dkim)
		dkim_free(dkim);
}

/* ---- the library ---- */

static DKIM_LIB *open_library(struct dc_libopendkim *lib)
{
	DKIM_LIB *dkim = dkim_init(NULL, NULL);

	if (!dkim)
		return NULL;
	/* not NULL, or the library sets up a resolver of its own */
	dkim_dns_set_query_service(dkim, lib);
	dkim_dns_set_init(dkim, service_init);
	dkim_dns_set_close(dkim, service_close);
	dkim_dns_set_query_start(dkim, query_start);
	dkim_dns_set_query_waitreply(dkim, query_wait);
	dkim_dns_set_query_cancel(dkim, query_cancel);
	return dkim;
}

/* Fills the warm-up store with one key record. */
static bool publish(struct dc_store *store, struct dc_slice name, struct dc_slice record)
{
	struct dc_buf out;
	struct dc_wire_reader reader;
	bool fine;

	dc_buf_init(&out, 4096);
	dc_wire_put32(&out, 1);
	dc_wire_put8(&out, DC_WIRE_ITEM_DNS);
	dc_wire_put8(&out, DC_WIRE_RECORDS);
	dc_wire_put16(&out, DC_TYPE_TXT);
	dc_wire_put_b16(&out, name);
	dc_wire_put16(&out, 1);
	dc_wire_put16(&out, 1 + (unsigned)record.len);
	dc_wire_put8(&out, (unsigned)record.len);
	dc_buf_put_slice(&out, record);
	reader = (struct dc_wire_reader){dc_buf_slice(&out), false};
	dc_store_reset(store);
	fine = out.status == DC_OK && dc_store_add(store, &reader);
	dc_buf_free(&out);
	return fine;
}

/* Runs one key of each kind through the library. The keys are those of RFC 8463 appendix A.2. */
static bool warm_up(struct dc_libopendkim *lib, struct dc_store *store, struct dc_arena *arena)
{
#define WARM_RSA                                                                                                       \
	DC_S("k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0" \
	     "Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTI"   \
	     "KT+l/K4w3QIDAQAB")
	static const struct {
		struct dc_slice algorithm, record;
	} keys[] = {
		{DC_S("rsa-sha256"), WARM_RSA},
		{DC_S("rsa-sha1"), WARM_RSA},
		{DC_S("ed25519-sha256"), DC_S("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")},
	};
	struct dc_receiver_job job = {.kind = DC_RECEIVER_JOB_KEY, .selector = DC_S("s"), .domain = DC_S("d.example")};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct dc_run run = {.store = store, .arena = arena};
		struct dc_receiver_key key;

		if (!publish(store, DC_S("s._domainkey.d.example"), keys[i].record))
			return false;
		job.algorithm = keys[i].algorithm;
		dc_libopendkim_key(lib, &job, &run, &key);
		if (key.sig_error != DKIM_SIGERROR_BADSIG)
			return false;
	}
	return true;
}

struct dc_libopendkim *dc_libopendkim_new(void)
{
	struct dc_libopendkim *lib = calloc(1, sizeof(*lib));
	struct dc_store *store = dc_store_new();
	struct dc_arena *arena = dc_arena_new(1 << 20);
	unsigned int flags = DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;
	bool fine = lib && store && arena;

	dc_key_decoder_set_up();
	if (fine) {
		lib->keys = open_library(lib);
		lib->messages = open_library(lib);
		fine = lib->keys && lib->messages &&
		       dkim_options(lib->keys, DKIM_OP_GETOPT, DKIM_OPTS_MINKEYBITS, &lib->min_bits,
				    sizeof(lib->min_bits)) == DKIM_STAT_OK &&
		       dkim_options(lib->messages, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof(flags)) == DKIM_STAT_OK &&
		       warm_up(lib, store, arena);
	}
	dc_store_free(store);
	dc_arena_free(arena);
	if (fine)
		return lib;
	dc_libopendkim_free(lib);
	return NULL;
}

void dc_libopendkim_free(struct dc_libopendkim *lib)
{
	if (!lib)
		return;
	if (lib->keys)
		dkim_close(lib->keys);
	if (lib->messages)
		dkim_close(lib->messages);
	free(lib);
}
