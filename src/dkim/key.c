/* Keys out of DER: the only file that knows OpenSSL's parsers. RFC 5280 4.1.2.7 (SubjectPublicKeyInfo), RFC 8017 A.1.1
 * (RSAPublicKey), RFC 8410 (Ed25519), RFC 8463 4.2 (raw Ed25519 in p=).
 *
 * The two forms that nearly every key has are read without OpenSSL's decoders (der.c): these take locks and most of the
 * time. Nothing is allocated from the arena while an OpenSSL object is held (base/arena.h). */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/sha.h"
#include "dkim/der.h"
#include "dkim/key.h"
#include "dkim/sample.h"

/* What was found, outside of OpenSSL and of the arena. */
struct found {
	struct dc_dkim_key key;
	uint8_t modulus[DC_DKIM_KEY_OCTETS_MAX], exponent[DC_DKIM_KEY_OCTETS_MAX];
	size_t modulus_len, exponent_len;
	uint8_t digest[DC_SHA_MAX];
	size_t digest_len; /* 0: none */
};

static size_t take_number(EVP_PKEY *pkey, const char *name, uint8_t *octets, uint32_t *ret_bits)
{
	BIGNUM *number = NULL;
	size_t len = 0;

	*ret_bits = 0;
	if (EVP_PKEY_get_bn_param(pkey, name, &number) && BN_num_bytes(number) <= DC_DKIM_KEY_OCTETS_MAX) {
		*ret_bits = (uint32_t)BN_num_bits(number);
		len = (size_t)BN_bn2bin(number, octets);
	}
	BN_free(number);
	return len;
}

static void digest(const uint8_t *head, size_t head_len, const uint8_t *octets, size_t len, struct found *found)
{
	const struct dc_slice parts[] = {{(const char *)head, head_len}, {(const char *)octets, len}};

	found->digest_len = dc_sha(DC_SHA256, parts, 2, found->digest);
}

static void take_digest(EVP_PKEY *pkey, struct found *found)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);

	if (len > 0)
		digest(NULL, 0, der, (size_t)len, found);
	OPENSSL_free(der);
}

static uint32_t bits_of(struct dc_slice number)
{
	return (uint32_t)number.len * 8 - (uint32_t)__builtin_clz((unsigned char)number.ptr[0]) + 24;
}

static void take_exponent(struct found *found)
{
	if (found->key.exponent_bits <= 64)
		for (size_t i = 0; i < found->exponent_len; i++)
			found->key.exponent = (found->key.exponent << 8) | found->exponent[i];
}

static bool read_plain_rsa(const uint8_t *octets, size_t len, struct found *found)
{
	struct dc_slice modulus, exponent;
	size_t used;

	if (!dc_dkim_der_rsa(octets, len, &modulus, &exponent, &used) || !modulus.len || !exponent.len)
		return false;
	found->key.type = DC_DKIM_KEY_RSA;
	found->key.bits = bits_of(modulus);
	found->key.exponent_bits = bits_of(exponent);
	found->modulus_len = modulus.len;
	found->exponent_len = exponent.len;
	memcpy(found->modulus, modulus.ptr, modulus.len);
	memcpy(found->exponent, exponent.ptr, exponent.len);
	found->key.trailing = (uint32_t)(len - used);
	take_exponent(found);
	digest(NULL, 0, octets, used, found);
	return true;
}

/* RFC 8410: 32 octets are a key whatever they are; its SubjectPublicKeyInfo begins with these. */
static void read_raw_ed25519(const uint8_t octets[32], struct found *found)
{
	static const uint8_t head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

	found->key.type = DC_DKIM_KEY_ED25519;
	found->key.bits = 256;
	digest(head, sizeof(head), octets, 32, found);
}

static void take(EVP_PKEY *pkey, struct found *found)
{
	struct dc_dkim_key *key = &found->key;

	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_RSA:
		key->type = DC_DKIM_KEY_RSA;
		found->modulus_len = take_number(pkey, OSSL_PKEY_PARAM_RSA_N, found->modulus, &key->bits);
		found->exponent_len = take_number(pkey, OSSL_PKEY_PARAM_RSA_E, found->exponent, &key->exponent_bits);
		take_exponent(found);
		break;
	case EVP_PKEY_ED25519:
		key->type = DC_DKIM_KEY_ED25519;
		key->bits = 256;
		break;
	default:
		key->type = DC_DKIM_KEY_OTHER;
		key->bits = (uint32_t)EVP_PKEY_get_bits(pkey);
	}
	take_digest(pkey, found);
}

/* Does the outermost DER element promise more octets than there are? */
static bool is_truncated(const uint8_t *octets, size_t len)
{
	size_t need = 0, count;

	if (len < 2 || octets[0] != 0x30)
		return false;
	if (octets[1] < 0x80)
		return len - 2 < octets[1];
	count = octets[1] & 0x7f;
	if (!count || count > 3)
		return false;
	if (len < 2 + count)
		return true;
	for (size_t i = 0; i < count; i++)
		need = (need << 8) | octets[2 + i];
	return len - 2 - count < need;
}

static bool is_private(const uint8_t *octets, size_t len)
{
	const unsigned char *at = octets;
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)len);
	bool is = pkey != NULL;

	EVP_PKEY_free(pkey);
	return is;
}

static enum dc_dkim_form read_form(const uint8_t *octets, size_t len, struct found *found)
{
	enum dc_dkim_form form = DC_DKIM_FORM_SPKI;
	const unsigned char *at = octets;
	EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)len);

	if (!pkey) {
		form = DC_DKIM_FORM_PKCS1;
		at = octets;
		pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)len);
	}
	if (!pkey)
		return is_private(octets, len) ? DC_DKIM_FORM_PRIVATE :
		       is_truncated(octets, len) ? DC_DKIM_FORM_TRUNCATED : DC_DKIM_FORM_NOT_A_KEY;
	found->key.trailing = (uint32_t)(octets + len - at);
	take(pkey, found);
	EVP_PKEY_free(pkey);
	return form;
}

enum dc_dkim_form dc_dkim_key_read(struct dc_arena *arena, const uint8_t *octets, size_t len, bool raw,
				   struct dc_dkim_key *ret_key)
{
	struct found found; /* its octets are written before they are read */
	enum dc_dkim_form form;

	found.key = (struct dc_dkim_key){0};
	found.modulus_len = found.exponent_len = 0;
	found.digest_len = 0;
	*ret_key = (struct dc_dkim_key){0};
	if (!len)
		return DC_DKIM_FORM_NOT_A_KEY;
	if (raw && len == 32) {
		form = DC_DKIM_FORM_RAW;
		read_raw_ed25519(octets, &found);
	} else if (read_plain_rsa(octets, len, &found)) {
		form = DC_DKIM_FORM_SPKI;
	} else {
		ERR_set_mark();
		form = read_form(octets, len, &found);
		ERR_pop_to_mark();
	}
	*ret_key = found.key;
	ret_key->modulus = dc_arena_dup(arena, (struct dc_slice){(const char *)found.modulus, found.modulus_len});
	ret_key->exponent_octets = dc_arena_dup(arena, (struct dc_slice){(const char *)found.exponent,
									 found.exponent_len});
	if (found.digest_len) {
		ret_key->fingerprint = dc_arena_hex(arena, found.digest, found.digest_len);
		ret_key->sample = dc_dkim_sample_of(ret_key->fingerprint);
	}
	return form;
}
