/* Documents of the web as evidence: how a fetch is asked for, and what its answer says. docs/man/domaincheck-recording.5
 * defines both texts. The addresses to connect to are part of the question: they come from DNS evidence, so that the
 * fetch depends on nothing else and a replay is the same.
 *
 * Not here: the fetching itself (source/https.c), what the document means (the rooms of MTA-STS and BIMI). */
#ifndef DC_EVIDENCE_HTTPS_H
#define DC_EVIDENCE_HTTPS_H

#include "base/buf.h"
#include "base/ip.h"
#include "evidence/ask.h"

enum {
	DC_HTTPS_URL_MAX = 2048,      /* octets: what clients and servers take (RFC 9110 4.1 asks for 8000) */
	DC_HTTPS_IP_MAX = 8,          /* addresses given to one fetch; two of each family would do */
	DC_HTTPS_BODY_MAX = 1 << 20,  /* octets that may ever be asked for */
	DC_HTTPS_NAME_MAX = 64,       /* names kept of a certificate; shared ones have up to 100 */
	DC_HTTPS_TEXT_MAX = 1024,     /* octets kept of one header field or distinguished name */
	DC_HTTPS_DATA_MAX = DC_HTTPS_BODY_MAX + 3 * DC_HTTPS_TEXT_MAX * (DC_HTTPS_NAME_MAX + 16),
};

/* An absolute https URL, taken apart (RFC 3986, RFC 9110 4.2.2). */
struct dc_https_url {
	struct dc_slice text;  /* rebuilt: scheme and host in lower case, no fragment */
	struct dc_slice host;  /* canonical name, never an address */
	uint16_t port;
	struct dc_slice path;  /* with the query, at least "/" */
};
/* What is wrong with `text`, in words that follow "it "; NULL: nothing, and *ret_url is filled. */
const char *dc_https_url_parse(struct dc_arena *arena, struct dc_slice text, struct dc_https_url *ret_url);

/* ---- the question ---- */

struct dc_https_request {
	struct dc_https_url url;
	uint32_t limit; /* octets of the body that are wanted; more are cut, and the answer marked truncated */
	struct dc_ip ips[DC_HTTPS_IP_MAX];
	size_t ip_count;
};
/* name: the host; server: "URL LIMIT ADDRESS[,ADDRESS...]". In `arena`. */
struct dc_question dc_https_question(struct dc_arena *arena, const struct dc_https_request *request);
/* False when `question` is none of these. */
bool dc_https_request_parse(struct dc_arena *arena, const struct dc_question *question, struct dc_https_request *ret_request);

/* ---- the answer ---- */

/* Why a client that checks certificates would turn away, or does not. */
enum dc_https_verify {
	DC_HTTPS_VERIFY_OK,
	DC_HTTPS_VERIFY_EXPIRED,
	DC_HTTPS_VERIFY_EARLY,      /* not valid yet */
	DC_HTTPS_VERIFY_NAME,       /* for other names */
	DC_HTTPS_VERIFY_SELF,       /* self-signed */
	DC_HTTPS_VERIFY_UNTRUSTED,  /* no chain to a certification authority that this machine trusts */
	DC_HTTPS_VERIFY_WEAK,       /* key or digest too weak */
	DC_HTTPS_VERIFY_OTHER,      /* see verify_text */
	DC_HTTPS_VERIFY_COUNT
};
/* "ok" "expired" "not-yet-valid" "wrong-name" "self-signed" "untrusted" "weak" "invalid" */
const char *dc_https_verify_name(enum dc_https_verify verify);

/* What was said. Texts are raw octets of strangers. */
struct dc_https_reply {
	uint16_t status;                  /* 100..999 */
	struct dc_slice type, encoding, location; /* Content-Type, Content-Encoding, Location; empty: none */
	struct dc_slice tls;              /* "TLSv1.3" */
	enum dc_https_verify verify;
	struct dc_slice verify_text;      /* OpenSSL's words; empty when ok */
	struct dc_slice subject, issuer;  /* "CN=…, O=…" */
	struct dc_slice issuer_name;      /* organization of the issuer, else its common name */
	int64_t not_before_s, not_after_s; /* of the host's certificate */
	const struct dc_slice *names;     /* its DNS names (SAN) */
	size_t name_count;
	struct dc_slice body;             /* cut when the answer is marked truncated */
};
/* Appends the text of `reply`. Longer texts than DC_HTTPS_TEXT_MAX are cut. */
void dc_https_reply_write(struct dc_buf *out, const struct dc_https_reply *reply);
/* False when `data` is not what dc_https_reply_write would write: it may come from a file. Slices into `data` or `arena`. */
bool dc_https_reply_read(struct dc_arena *arena, struct dc_slice data, struct dc_https_reply *ret_reply);

/* ---- for fact builders ---- */

enum dc_https_state {
	DC_HTTPS_OPEN,      /* something is still asked */
	DC_HTTPS_NO_HOST,   /* the host has no address: known */
	DC_HTTPS_DNS,       /* its addresses could not be had: see `failed` */
	DC_HTTPS_FAILED,    /* not fetched: see `answer` */
	DC_HTTPS_REPLY,
};

struct dc_https_fetch {
	enum dc_https_state state;
	const struct dc_answer *a, *aaaa;
	const struct dc_answer *failed; /* DNS, FAILED: the answer that tells why */
	const struct dc_answer *answer; /* of the fetch; NULL: not asked yet */
	struct dc_https_reply reply;    /* state REPLY */
	bool cut;                       /* the body is longer than the limit */
};
/* Asks for the addresses of the host, then for the document. *ret_fetch is always filled. */
void dc_https_fetch(struct dc_asker *asker, const struct dc_https_url *url, uint32_t limit, struct dc_https_fetch *ret_fetch);

/* "text/plain" of "Text/Plain; charset=utf-8": lower case, in `arena`. */
struct dc_slice dc_https_media_type(struct dc_arena *arena, struct dc_slice type);

#endif
