/* What was said when an SMTP server was spoken to: the data of an answer to DC_ASK_SMTP. domaincheck-recording(5),
 * "Dialogues", defines the text; source/smtp.c writes it, the smtp room reads it. RFC 5321, 3207, 8446.
 *
 * Only what was seen stands in it, no opinion: replies line by line, the TLS parameters, the certificates' fields. */
#ifndef DC_EVIDENCE_DIALOGUE_H
#define DC_EVIDENCE_DIALOGUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/ip.h"
#include "base/tri.h"

enum {
	DC_DIALOGUE_MAX = 128 << 10,     /* octets: 200 lines of text and eight certificates with 100 names stay below */
	DC_DIALOGUE_LINES_MAX = 200,     /* lines of all replies; servers have a dozen extensions */
	DC_DIALOGUE_LINE_MAX = 1000,     /* octets of one that are kept; RFC 5321 4.5.3.1.5 allows 512 */
	DC_DIALOGUE_CERTS_MAX = 8,       /* certificates of a chain; three are usual */
	DC_DIALOGUE_NAMES_MAX = 100,     /* names of one certificate; authorities stop there too */
	DC_DIALOGUE_NAME_MAX = 300,      /* octets of a name or subject that are kept; a DNS name has 253 */
	DC_DIALOGUE_REPLY_MAX = 128,     /* lines of one reply */
};

/* ---- the question ---- */

/* Who is to be spoken to, and how: the `server` of a DC_ASK_SMTP question is "SERVICE://HOST:PORT/ADDRESS", so that the
 * address is that of our DNS evidence and the name is the one asked for in TLS. */
enum dc_smtp_service {
	DC_SMTP_MX,          /* "smtp": port 25, STARTTLS when it is offered (RFC 3207) */
	DC_SMTP_SUBMISSION,  /* "submission": STARTTLS when it is offered (RFC 6409) */
	DC_SMTP_SUBMISSIONS, /* "submissions": TLS from the first octet (RFC 8314) */
};
const char *dc_smtp_service_name(enum dc_smtp_service service);

struct dc_smtp_target {
	enum dc_smtp_service service;
	struct dc_slice host; /* canonical */
	uint16_t port;
	struct dc_ip ip;
};
struct dc_slice dc_smtp_target_format(struct dc_arena *arena, const struct dc_smtp_target *target);
/* `host` is borrowed from the text. */
bool dc_smtp_target_parse(struct dc_slice text, struct dc_smtp_target *ret_target);

/* ---- writing ---- */

/* The first line. */
void dc_dialogue_begin(struct dc_buf *out);
/* "KEY VALUE": octets beyond printable ASCII, and the backslash, as \DDD. */
void dc_dialogue_put(struct dc_buf *out, const char *key, struct dc_slice value);

/* ---- reading ---- */

struct dc_dialogue_reply {
	unsigned code;                /* 0: none came */
	const struct dc_slice *lines; /* raw, without code and separator */
	size_t count;
};

struct dc_dialogue_cert {
	struct dc_slice subject, issuer, key, signature; /* "CN=mx.example.com", "RSA 2048", "sha256WithRSAEncryption" */
	struct dc_slice common_name;
	const struct dc_slice *names;  /* dNSName of the subjectAltName, raw */
	size_t name_count;
	int64_t from_s, until_s;
	bool has_from, has_until;
	/* Of the whole certificate and of its SubjectPublicKeyInfo; empty when unknown (RFC 6698 2.1.2, 2.1.3). */
	struct dc_slice cert_sha256, cert_sha512, key_sha256, key_sha512;
	int signed_by; /* index of the served certificate whose key verifies its signature, itself included; -1: none */
};

struct dc_dialogue {
	struct dc_slice peer, own_name;  /* "192.0.2.1:25"; what we said in EHLO */
	struct dc_dialogue_reply banner, ehlo, starttls, tls_ehlo; /* ehlo: before TLS, tls_ehlo: under TLS */
	bool tls_first;                  /* TLS was spoken from the first octet on */
	uint64_t extra;                  /* octets behind the reply to STARTTLS that came before TLS (RFC 3207 6) */
	struct dc_slice tls_version, tls_cipher; /* empty: no TLS */
	struct dc_slice tls_error;       /* why the handshake failed; empty: it did not */
	/* Against the trust store, without names and times: known only when there was a trust store. */
	enum dc_tri trusted;
	struct dc_slice untrusted_why;
	const struct dc_dialogue_cert *certs; /* as served, the server's own first */
	size_t cert_count;
	enum dc_tri old_tls;             /* a second handshake with TLS 1.1 at most: accepted, refused, not tried or no answer */
	struct dc_slice old_version;     /* what was agreed on then */
	struct dc_slice end_step, end_how; /* where and how it ended: "quit" "done" */
};

/* False when the text is of another version. Whatever else is wrong in it leaves parts unknown. */
bool dc_dialogue_parse(struct dc_arena *arena, struct dc_slice text, struct dc_dialogue *ret_dialogue);

/* The first line of a reply, or the empty slice. */
static inline struct dc_slice dc_dialogue_text(const struct dc_dialogue_reply *reply)
{
	return reply->count ? reply->lines[0] : (struct dc_slice){0};
}
/* The parameters of an extension in the reply to EHLO (RFC 5321 4.1.1.1), looked for without regard to case. */
bool dc_dialogue_extension(const struct dc_dialogue_reply *ehlo, struct dc_slice keyword, struct dc_slice *ret_parameters);

/* "250-text", "250 text", "250": the code and whether more lines follow. False: no reply line. */
bool dc_dialogue_reply_line(struct dc_slice line, unsigned *ret_code, bool *ret_more, struct dc_slice *ret_text);

#endif
