/* Keys out of DER: the only file that knows OpenSSL's parsers. RFC 5280 4.1.2.7 (SubjectPublicKeyInfo), RFC 8017 A.1.1
 * (RSAPublicKey), RFC 8410 (Ed25519), RFC 8463 4.2 (raw Ed25519 in p=).
 *
 * Nothing is allocated from the arena while an OpenSSL object is held (base/arena.h). */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "dkim/key.h"
#include "dkim/sample.h"

/* What was found, outside of OpenSSL and of the arena. */
struct found {
	struct dc_dkim_key key;
	uint8_t modulus[DC_DKIM_KEY_OCTETS_MAX], exponent[DC_DKIM_KEY_OCTETS_MAX];
	size_t modulus_len, exponent_len;
	uint8_t digest[32];
	bool has_digest;
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

static void take_digest(EVP_PKEY *pkey, struct found *found)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pkey, &der);

	found->has_digest = len > 0 && EVP_Digest(der, (size_t)len, found->digest, NULL, EVP_sha256(), NULL);
	OPENSSL_free(der);
}

static void take(EVP_PKEY *pkey, struct found *found)
{
	struct dc_dkim_key *key = &found->key;

	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_RSA:
		key->type = DC_DKIM_KEY_RSA;
		found->modulus_len = take_number(pkey, OSSL_PKEY_PARAM_RSA_N, found->modulus, &key->bits);
		found->exponent_len = take_number(pkey, OSSL_PKEY_PARAM_RSA_E, found->exponent, &key->exponent_bits);
		if (key->exponent_bits <= 64)
			for (size_t i = 0; i < found->exponent_len; i++)
				key->exponent = (key->exponent << 8) | found->exponent[i];
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

static enum dc_dkim_form read_form(const uint8_t *octets, size_t len, bool raw, struct found *found)
{
	enum dc_dkim_form form = DC_DKIM_FORM_SPKI;
	const unsigned char *at = octets;
	EVP_PKEY *pkey = NULL;

	if (raw && len == 32) {
		form = DC_DKIM_FORM_RAW;
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, octets, len);
		at = octets + len;
	} else {
		pkey = d2i_PUBKEY(NULL, &at, (long)len);
		if (!pkey) {
			form = DC_DKIM_FORM_PKCS1;
			at = octets;
			pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)len);
		}
	}
	if (!pkey)
		return is_private(octets, len) ? DC_DKIM_FORM_PRIVATE :
		       is_truncated(octets, len) ? DC_DKIM_FORM_TRUNCATED : DC_DKIM_FORM_NOT_A_KEY;
	found->key.trailing = (uint32_t)(octets + len - at);
	take(pkey, found);
	EVP_PKEY_free(pkey);
	return form;
}

static struct dc_slice hex(struct dc_arena *arena, const uint8_t *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = dc_arena_alloc(arena, len * 2);

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[octets[i] >> 4];
		text[2 * i + 1] = digits[octets[i] & 15];
	}
	return (struct dc_slice){text, len * 2};
}

enum dc_dkim_form dc_dkim_key_read(struct dc_arena *arena, const uint8_t *octets, size_t len, bool raw,
				   struct dc_dkim_key *ret_key)
{
	struct found found = {0};
	enum dc_dkim_form form;

	*ret_key = (struct dc_dkim_key){0};
	if (!len)
		return DC_DKIM_FORM_NOT_A_KEY;
	ERR_set_mark();
	form = read_form(octets, len, raw, &found);
	ERR_pop_to_mark();
	*ret_key = found.key;
	ret_key->modulus = dc_arena_dup(arena, (struct dc_slice){(const char *)found.modulus, found.modulus_len});
	ret_key->exponent_octets = dc_arena_dup(arena, (struct dc_slice){(const char *)found.exponent,
									 found.exponent_len});
	if (found.has_digest) {
		ret_key->fingerprint = hex(arena, found.digest, sizeof(found.digest));
		ret_key->sample = dc_dkim_sample_of(ret_key->fingerprint);
	}
	return form;
}
