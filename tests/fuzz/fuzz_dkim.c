/* Key records as text, keys as DER inside a record, private keys as PEM: the first octet chooses. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "arena.h"
#include "dkim/der.h"
#include "dkim/own.h"
#include "dkim/record.h"

static bool is_inside(struct dc_slice part, struct dc_slice text)
{
	return !part.len || (part.ptr >= text.ptr && part.ptr + part.len <= text.ptr + text.len);
}

static void judge_record(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_dkim_record record;
	struct dc_txt txt = {.text = text, .string_count = 1,
			     .string_starts = dc_arena_alloc(arena, sizeof(uint32_t))};

	dc_dkim_record_parse(arena, &txt, &record);
	FUZZ_CHECK(record.tag_count <= DC_DKIM_TAGS_MAX && record.problem_count <= 64);
	for (size_t i = 0; i < record.tag_count; i++)
		FUZZ_CHECK(is_inside(record.tags[i].name, text) && is_inside(record.tags[i].value, text));
	for (size_t i = 0; i < record.problem_count; i++)
		FUZZ_CHECK(record.problems[i].kind < DC_DKIM_PROBLEM_COUNT && is_inside(record.problems[i].part, text));
	FUZZ_CHECK(!record.usable || (record.well_formed && record.key.type != DC_DKIM_KEY_NONE));
	FUZZ_CHECK(!record.revoked || !record.usable);
	FUZZ_CHECK(record.well_formed || record.problem_count || record.revoked);
	FUZZ_CHECK(record.key.fingerprint.len == 0 || record.key.fingerprint.len == DC_DKIM_FINGERPRINT_LEN);
	FUZZ_CHECK(record.key.bits <= DC_DKIM_KEY_OCTETS_MAX * 8);
	FUZZ_CHECK(!(record.key.weak & DC_DKIM_WEAK(SMALL_FACTOR)) ||
		   (record.key.small_factor > 2 && record.key.small_factor <= 65537));
}

static bool is_number(EVP_PKEY *key, const char *name, struct dc_slice want)
{
	BIGNUM *have = NULL, *wanted = BN_bin2bn((const uint8_t *)want.ptr, (int)want.len, NULL);
	bool same = wanted && EVP_PKEY_get_bn_param(key, name, &have) && BN_cmp(have, wanted) == 0;

	BN_free(have);
	BN_free(wanted);
	return same;
}

/* What the narrow reader accepts is what OpenSSL makes of the same octets, to the last one. */
static void compare_with_openssl(const uint8_t *data, size_t size)
{
	struct dc_slice modulus, exponent;
	const unsigned char *at = data;
	unsigned char *der = NULL;
	EVP_PKEY *key;
	size_t used;

	if (!dc_dkim_der_rsa(data, size, &modulus, &exponent, &used))
		return;
	key = d2i_PUBKEY(NULL, &at, (long)size);
	FUZZ_CHECK(key && at == data + used && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA);
	FUZZ_CHECK(is_number(key, OSSL_PKEY_PARAM_RSA_N, modulus) && is_number(key, OSSL_PKEY_PARAM_RSA_E, exponent));
	FUZZ_CHECK(i2d_PUBKEY(key, &der) == (int)used && memcmp(der, data, used) == 0);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	ERR_clear_error();
}

static void judge_der(struct dc_arena *arena, const uint8_t *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = dc_arena_alloc(arena, size * 2 + 64);
	size_t len = 0;

	memcpy(text, "v=DKIM1; p=", 11);
	len = 11;
	for (size_t i = 0; i < size; i += 3) {
		uint32_t bits = (uint32_t)data[i] << 16 | (i + 1 < size ? data[i + 1] : 0u) << 8 |
				(i + 2 < size ? data[i + 2] : 0u);

		text[len++] = digits[bits >> 18];
		text[len++] = digits[bits >> 12 & 63];
		text[len++] = i + 1 < size ? digits[bits >> 6 & 63] : '=';
		text[len++] = i + 2 < size ? digits[bits & 63] : '=';
	}
	judge_record(arena, (struct dc_slice){text, len});
}

static void judge_pem(struct dc_arena *arena, const uint8_t *data, size_t size)
{
	char *pem = malloc(size + 1);
	struct dc_error err = {0};
	struct dc_dkim_own own;

	if (!pem)
		return;
	memcpy(pem, data, size);
	if (dc_dkim_own_read(arena, pem, size, DC_S("x"), &own, &err) == DC_OK)
		FUZZ_CHECK(own.fingerprint.len == DC_DKIM_FINGERPRINT_LEN && own.record.len > 20);
	else
		FUZZ_CHECK(err.message[0]);
	for (size_t i = 0; i < size; i++)
		FUZZ_CHECK(pem[i] == 0);
	free(pem);
}

static void judge(struct dc_arena *arena, struct dc_slice input)
{
	const uint8_t *octets = (const uint8_t *)input.ptr;

	switch (octets[0]) {
	case 'd':
		judge_der(arena, octets + 1, input.len - 1);
		compare_with_openssl(octets + 1, input.len - 1);
		break;
	case '-':
		judge_pem(arena, octets, input.len);
		break;
	default:
		judge_record(arena, input);
		(void)dc_dkim_zone_text(arena, input);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return size && size <= 70000 ? fuzz_in_arena(4 << 20, judge, data, size) : 0;
}
