/* The user's private key: read from PEM, wiped, compared by fingerprint, turned into a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "dkim/own.h"
#include "dkim/record.h"

static int set_up(void **state)
{
	*state = dc_arena_new(4 << 20);
	return 0;
}
static int tear_down(void **state)
{
	dc_arena_free(*state);
	return 0;
}

enum form { PKCS8, PKCS1, ENCRYPTED, PUBLIC };

/* PEM on the heap, so that a read past its end shows. */
static char *make_pem(EVP_PKEY *key, enum form form, size_t *ret_len)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *pem;
	int ok = 0;

	switch (form) {
	case PKCS8:
		ok = PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
		break;
	case PKCS1:
		ok = PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
		break;
	case ENCRYPTED:
		ok = PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL);
		break;
	case PUBLIC:
		ok = PEM_write_bio_PUBKEY(bio, key);
		break;
	}
	assert_int_equal(ok, 1);
	*ret_len = (size_t)BIO_get_mem_data(bio, &data);
	pem = malloc(*ret_len);
	memcpy(pem, data, *ret_len);
	BIO_free(bio);
	return pem;
}

static enum dc_status read_own(struct dc_arena *arena, EVP_PKEY *key, enum form form, struct dc_dkim_own *own,
			       struct dc_error *err)
{
	size_t len;
	char *pem = make_pem(key, form, &len);
	enum dc_status status = dc_dkim_own_read(arena, pem, len, DC_S("mail"), own, err);

	for (size_t i = 0; i < len; i++)
		assert_int_equal(pem[i], 0);
	free(pem);
	return status;
}

/* The record made must be one that we find nothing wrong with, with the same fingerprint. */
static void check_record(struct dc_arena *arena, const struct dc_dkim_own *own)
{
	struct dc_dkim_record record;
	struct dc_txt txt = {.text = own->record, .string_count = 1,
			     .string_starts = dc_arena_alloc(arena, sizeof(uint32_t))};

	dc_dkim_record_parse(arena, &txt, &record);
	assert_int_equal(record.problem_count, 0);
	assert_true(record.usable);
	assert_true(dc_slice_eq(record.key.fingerprint, own->fingerprint));
	assert_int_equal(record.key.bits, own->bits);
}

static void kinds(void **state)
{
	EVP_PKEY *rsa = EVP_RSA_gen(2048), *other = EVP_RSA_gen(1024), *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	struct dc_dkim_own own, again;
	struct dc_error err;

	assert_int_equal(read_own(*state, rsa, PKCS8, &own, &err), DC_OK);
	assert_string_equal(own.type, "rsa");
	assert_int_equal(own.bits, 2048);
	check_record(*state, &own);
	assert_int_equal(read_own(*state, rsa, PKCS1, &again, &err), DC_OK);
	assert_true(dc_slice_eq(own.fingerprint, again.fingerprint));
	assert_int_equal(read_own(*state, other, PKCS1, &again, &err), DC_OK);
	assert_false(dc_slice_eq(own.fingerprint, again.fingerprint));
	assert_int_equal(read_own(*state, ed, PKCS8, &own, &err), DC_OK);
	assert_string_equal(own.type, "ed25519");
	check_record(*state, &own);
	assert_int_equal(read_own(*state, rsa, ENCRYPTED, &own, &err), DC_ERR_INPUT);
	assert_non_null(strstr(err.message, "passphrase"));
	assert_int_equal(read_own(*state, rsa, PUBLIC, &own, &err), DC_ERR_INPUT);
	assert_non_null(strstr(err.message, "public key"));
	assert_int_equal(read_own(*state, ec, PKCS8, &own, &err), DC_ERR_INPUT);
	assert_non_null(strstr(err.message, "RSA and Ed25519"));
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(ec);
}

static void rubbish(void **state)
{
	static const char *const texts[] = {"", "\n", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
					    "-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n",
					    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n"};
	struct dc_dkim_own own;
	struct dc_error err;
	char *big;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *pem = malloc(strlen(texts[i]) + 1);

		memcpy(pem, texts[i], strlen(texts[i]));
		err.message[0] = 0;
		assert_int_equal(dc_dkim_own_read(*state, pem, strlen(texts[i]), DC_S("x"), &own, &err), DC_ERR_INPUT);
		assert_true(strlen(err.message) > 10);
		free(pem);
	}
	big = calloc(1, DC_DKIM_PEM_MAX + 1);
	assert_int_equal(dc_dkim_own_read(*state, big, DC_DKIM_PEM_MAX + 1, DC_S("x"), &own, NULL), DC_ERR_INPUT);
	free(big);
}

static void zone_text(void **state)
{
	char text[600];
	struct dc_slice out;

	assert_true(dc_slice_eq(dc_dkim_zone_text(*state, DC_S("v=DKIM1; p=")), DC_S("\"v=DKIM1; p=\"")));
	assert_true(dc_slice_eq(dc_dkim_zone_text(*state, DC_S("a\"b\\c\x01\xff")), DC_S("\"a\\\"b\\\\c\\001\\255\"")));
	assert_true(dc_slice_eq(dc_dkim_zone_text(*state, DC_S("")), DC_S("\"\"")));
	memset(text, 'x', sizeof(text));
	out = dc_dkim_zone_text(*state, (struct dc_slice){text, 60});
	assert_int_equal(out.len, 62);
	out = dc_dkim_zone_text(*state, (struct dc_slice){text, 61});
	assert_int_equal(out.len, 61 + 6 + 3);
	assert_memory_equal(out.ptr, "( \"xxx", 6);
	assert_memory_equal(out.ptr + 63, "\" \"x\" )", 7);
	out = dc_dkim_zone_text(*state, (struct dc_slice){text, 600});
	assert_int_equal(out.len, 600 + 6 + 9 * 3);
	memset(text, '\xff', sizeof(text)); /* the longest there is */
	out = dc_dkim_zone_text(*state, (struct dc_slice){text, 600});
	assert_int_equal(out.len, 4 * 600 + 6 + 9 * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rubbish, set_up, tear_down),
		cmocka_unit_test_setup_teardown(zone_text, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
