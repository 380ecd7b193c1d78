/* d2i_PUBKEY accepts the same octets and reads the same numbers from them with and without the short way to its RSA parser:
 * thousands of keys with one or two octets changed, cut short or longer, and keys of other types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "../support/keys.h"
#include "receiver/key_decoder.h"

enum { CHANGED = 1500, CUT = 200, OTHERS = 6, COUNT = CHANGED + CUT + OTHERS, WORDS = 400 };

static struct der octets[COUNT];
/* Modulus, exponent and what RSA_verify says; "" when OpenSSL takes no key from it. */
static char before[COUNT][WORDS];
static uint64_t seed = 1;

static unsigned draw(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static void of_key(struct der *out, EVP_PKEY *key)
{
	uint8_t *at = NULL;
	int len = i2d_PUBKEY(key, &at);

	assert_in_range(len, 1, KEY_DER_MAX);
	memcpy(out->octets, at, (size_t)len);
	out->len = (size_t)len;
	OPENSSL_free(at);
	EVP_PKEY_free(key);
}

static void make_all(void)
{
	gmp_randstate_t random;
	mpz_t n, e;

	gmp_randinit_default(random);
	mpz_init(n);
	mpz_init_set_ui(e, 65537);
	for (size_t i = 0; i < CHANGED + CUT; i++) {
		struct der *der = &octets[i];

		mpz_urandomb(n, random, 512);
		mpz_setbit(n, 511);
		key_spki(n, e, der);
		if (i >= CHANGED) {
			der->len = i % 2 ? der->len + 1 + draw(20) : der->len - 1 - draw((unsigned)der->len);
			continue;
		}
		for (unsigned k = 0; k <= i % 3; k++) /* the head, where the structure is, and sometimes anything */
			der->octets[draw(i % 4 ? 32 : (unsigned)der->len)] = i % 7 ? (uint8_t)draw(256) : (uint8_t)draw(6);
	}
	of_key(&octets[COUNT - 1], EVP_EC_gen("P-256"));
	of_key(&octets[COUNT - 2], EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	of_key(&octets[COUNT - 3], EVP_RSA_gen(1024));
	mpz_set_ui(n, 0);
	key_spki(n, e, &octets[COUNT - 4]);
	key_spki(e, n, &octets[COUNT - 5]);
	octets[COUNT - 6].len = 0;
	mpz_clears(n, e, NULL);
	gmp_randclear(random);
}

static void read_one(const struct der *der, char words[WORDS])
{
	static const uint8_t digest[32] = {1};
	uint8_t signature[64] = {1};
	const uint8_t *at = der->octets;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)der->len);
	RSA *rsa = key ? EVP_PKEY_get1_RSA(key) : NULL;
	char *n = NULL, *e = NULL;

	words[0] = '\0';
	if (rsa) {
		n = BN_bn2hex(RSA_get0_n(rsa));
		e = BN_bn2hex(RSA_get0_e(rsa));
		snprintf(words, WORDS, "%ld %d %.300s %.50s %d", (long)(at - der->octets), RSA_size(rsa), n, e,
			 RSA_verify(NID_sha256, digest, sizeof(digest), signature, sizeof(signature), rsa));
	} else if (key) {
		snprintf(words, WORDS, "%ld %d", (long)(at - der->octets), EVP_PKEY_get_id(key));
	}
	OPENSSL_free(n);
	OPENSSL_free(e);
	RSA_free(rsa);
	EVP_PKEY_free(key);
}

static void test_the_same_keys(void **state)
{
	char after[WORDS];
	size_t keys = 0;

	(void)state;
	make_all();
	for (size_t i = 0; i < COUNT; i++) {
		read_one(&octets[i], before[i]);
		keys += before[i][0] != '\0';
	}
	/* some of each kind, or the comparison shows nothing */
	assert_in_range(keys, 100, COUNT - 100);
	for (int again = 0; again < 2; again++) {
		dc_key_decoder_set_up();
		for (size_t i = 0; i < COUNT; i++) {
			read_one(&octets[i], after);
			assert_string_equal(after, before[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
