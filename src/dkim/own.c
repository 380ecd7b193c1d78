/* Private keys of the user, seen for a moment: RFC 8017 A.1.2 (PKCS#1), RFC 5958 (PKCS#8), RFC 8410 (Ed25519). An adapter
 * to OpenSSL like key.c. The key never reaches the arena, a report or an error line. */
#include "dkim/own.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/sha.h"

enum { DER_MAX = 4096 }; /* octets of a public key with DC_DKIM_OWN_BITS_MAX bits, amply */

/* Never asks at a terminal for a passphrase: "encrypted" is an answer. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's */
static int no_passphrase(char *out, int size, int writing, void *user)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)user = true;
	return -1;
}

static bool contains(const char *pem, size_t len, const char *what)
{
	return memmem(pem, len, what, strlen(what)) != NULL;
}

static const char *explain(const char *pem, size_t len, bool encrypted)
{
	if (encrypted || contains(pem, len, "ENCRYPTED"))
		return "the key is protected by a passphrase; decrypt it first (openssl pkey -in FILE)";
	if (contains(pem, len, "PUBLIC KEY"))
		return "this is a public key; the private one is needed to prove that it is yours";
	if (contains(pem, len, "CERTIFICATE"))
		return "this is a certificate, not a private key";
	if (contains(pem, len, "OPENSSH PRIVATE KEY"))
		return "this is an SSH key; DKIM needs PKCS#1 or PKCS#8 (openssl genpkey makes one)";
	return "no private key in PEM form in it";
}

/* The public half, outside of OpenSSL. */
struct half {
	const char *type, *problem;
	uint32_t bits;
	uint8_t p[DER_MAX]; /* what goes into p= */
	size_t p_len;
	uint8_t digest[DC_SHA_MAX];
	size_t digest_len;
};

static void take(EVP_PKEY *pkey, struct half *half)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der), type = EVP_PKEY_get_base_id(pkey);

	half->bits = (uint32_t)EVP_PKEY_get_bits(pkey);
	half->p_len = sizeof(half->p);
	if (type != EVP_PKEY_RSA && type != EVP_PKEY_ED25519) {
		half->problem = "DKIM knows RSA and Ed25519 keys only";
	} else if (len <= 0 || len > DER_MAX || half->bits > DC_DKIM_OWN_BITS_MAX) {
		half->problem = "the key is too large to be used for mail";
	} else if (type == EVP_PKEY_RSA) {
		half->type = "rsa";
		memcpy(half->p, der, (size_t)len);
		half->p_len = (size_t)len;
	} else if (EVP_PKEY_get_raw_public_key(pkey, half->p, &half->p_len)) {
		half->type = "ed25519";
		half->bits = 256;
	} else {
		half->problem = "the public half cannot be told";
	}
	if (!half->problem)
		half->digest_len = dc_sha(DC_SHA256, &(struct dc_slice){(const char *)der, (size_t)len}, 1, half->digest);
	OPENSSL_free(der);
}

static void read_pem(const char *pem, size_t len, struct half *half)
{
	bool encrypted = false;
	EVP_PKEY *pkey = NULL;
	BIO *bio;

	ERR_set_mark();
	bio = BIO_new_mem_buf(pem, (int)len);
	if (bio)
		pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);
	if (pkey)
		take(pkey, half);
	else
		half->problem = explain(pem, len, encrypted);
	EVP_PKEY_free(pkey); /* OpenSSL wipes what it frees of a private key */
	BIO_free(bio);
	ERR_pop_to_mark();
}

static struct dc_slice base64(struct dc_arena *arena, const uint8_t *octets, size_t len)
{
	char *text = dc_arena_alloc(arena, len / 3 * 4 + 5);

	return (struct dc_slice){text, (size_t)EVP_EncodeBlock((unsigned char *)text, octets, (int)len)};
}

enum dc_status dc_dkim_own_read(struct dc_arena *arena, char *pem, size_t len, struct dc_slice selector,
				struct dc_dkim_own *ret_own, struct dc_error *err)
{
	struct half half = {0};
	struct dc_slice p;

	if (len > DC_DKIM_PEM_MAX)
		half.problem = "the file is too large to be a key";
	else
		read_pem(pem, len, &half);
	OPENSSL_cleanse(pem, len);
	if (half.problem)
		return dc_error_set(err, DC_ERR_INPUT, "%s", half.problem);
	p = base64(arena, half.p, half.p_len);
	*ret_own = (struct dc_dkim_own){
		.selector = dc_arena_dup(arena, selector),
		.type = half.type,
		.bits = half.bits,
		.fingerprint = dc_arena_hex(arena, half.digest, half.digest_len),
		.record = dc_arena_printf(arena, "v=DKIM1; k=%s; p=%.*s", half.type, DC_FMT(p)),
	};
	return DC_OK;
}

struct dc_slice dc_dkim_zone_text(struct dc_arena *arena, struct dc_slice record)
{
	enum { STRING_OCTETS = 60 }; /* 255 are allowed */
	size_t strings = record.len / STRING_OCTETS + 1, len = 0;
	char *text = dc_arena_alloc(arena, record.len * 4 + strings * 3 + 6);
	bool several = record.len > STRING_OCTETS;

	for (const char *c = several ? "( \"" : "\""; *c; c++)
		text[len++] = *c;
	for (size_t i = 0; i < record.len; i++) {
		unsigned char c = (unsigned char)record.ptr[i];

		if (i && i % STRING_OCTETS == 0) {
			memcpy(text + len, "\" \"", 3);
			len += 3;
		}
		if (c == '"' || c == '\\') {
			text[len++] = '\\';
			text[len++] = (char)c;
		} else if (c < 0x20 || c > 0x7e) {
			text[len++] = '\\';
			text[len++] = (char)('0' + c / 100);
			text[len++] = (char)('0' + c / 10 % 10);
			text[len++] = (char)('0' + c % 10);
		} else {
			text[len++] = (char)c;
		}
	}
	for (const char *c = several ? "\" )" : "\""; *c; c++)
		text[len++] = *c;
	return (struct dc_slice){text, len};
}
