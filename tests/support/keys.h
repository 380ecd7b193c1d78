/* Keys for tests: numbers to DER to p=, and moduli of every kind, from a seed. Header only. */
#ifndef DC_TESTS_KEYS_H
#define DC_TESTS_KEYS_H

#include <gmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_DER_MAX = 20000, KEY_TEXT_MAX = 30000 };

struct der {
	uint8_t octets[KEY_DER_MAX];
	size_t len;
};

/* Puts a DER header in front of what `der` holds. */
static inline void der_wrap(struct der *der, uint8_t tag)
{
	uint8_t header[6] = {tag};
	size_t n = 2, len = der->len;

	if (len < 128) {
		header[1] = (uint8_t)len;
	} else if (len < 256) {
		header[1] = 0x81;
		header[2] = (uint8_t)len;
		n = 3;
	} else {
		header[1] = 0x82;
		header[2] = (uint8_t)(len >> 8);
		header[3] = (uint8_t)len;
		n = 4;
	}
	memmove(der->octets + n, der->octets, len);
	memcpy(der->octets, header, n);
	der->len += n;
}

static inline void der_append(struct der *der, const void *octets, size_t len)
{
	memcpy(der->octets + der->len, octets, len);
	der->len += len;
}

static inline void der_integer(struct der *out, const mpz_t value)
{
	static struct der one;
	size_t len = 0;

	one.octets[0] = 0;
	mpz_export(one.octets + 1, &len, 1, 1, 0, 0, value);
	one.len = len + 1;
	if (len && !(one.octets[1] & 0x80)) { /* no sign octet needed */
		memmove(one.octets, one.octets + 1, len);
		one.len = len;
	}
	der_wrap(&one, 0x02);
	der_append(out, one.octets, one.len);
}

/* RSAPublicKey (RFC 8017 A.1.1) */
static inline void key_pkcs1(const mpz_t n, const mpz_t e, struct der *ret_der)
{
	ret_der->len = 0;
	der_integer(ret_der, n);
	der_integer(ret_der, e);
	der_wrap(ret_der, 0x30);
}

/* SubjectPublicKeyInfo with rsaEncryption and NULL parameters */
static inline void key_spki(const mpz_t n, const mpz_t e, struct der *ret_der)
{
	static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					    0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	static struct der key;

	key.octets[0] = 0;
	key_pkcs1(n, e, &key);
	memmove(key.octets + 1, key.octets, key.len);
	key.octets[0] = 0; /* unused bits */
	key.len++;
	der_wrap(&key, 0x03);
	ret_der->len = 0;
	der_append(ret_der, algorithm, sizeof(algorithm));
	der_append(ret_der, key.octets, key.len);
	der_wrap(ret_der, 0x30);
}

static inline const char *key_base64(const void *octets, size_t len, char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *in = octets;
	size_t at = 0;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)in[i] << 16 | (i + 1 < len ? in[i + 1] : 0u) << 8 | (i + 2 < len ? in[i + 2] : 0u);

		text[at++] = digits[bits >> 18];
		text[at++] = digits[bits >> 12 & 63];
		text[at++] = i + 1 < len ? digits[bits >> 6 & 63] : '=';
		text[at++] = i + 2 < len ? digits[bits & 63] : '=';
	}
	text[at] = 0;
	return text;
}

/* A record with this RSA key; static, overwritten by the next call. */
static inline const char *key_record(const mpz_t n, const mpz_t e)
{
	static char text[KEY_TEXT_MAX + 32], p[KEY_TEXT_MAX];
	static struct der der;

	key_spki(n, e, &der);
	snprintf(text, sizeof(text), "v=DKIM1; k=rsa; p=%s", key_base64(der.octets, der.len, p));
	return text;
}

/* A prime of exactly `bits` bits whose two top bits are set, so that two of them make a modulus of 2 * bits. */
static inline void key_prime(gmp_randstate_t random, unsigned bits, mpz_t ret_prime)
{
	do {
		mpz_urandomb(ret_prime, random, bits);
		mpz_setbit(ret_prime, bits - 1);
		mpz_setbit(ret_prime, bits - 2);
		mpz_nextprime(ret_prime, ret_prime);
	} while (mpz_sizeinbase(ret_prime, 2) != bits);
}

static inline void key_modulus(gmp_randstate_t random, unsigned bits, mpz_t ret_n)
{
	mpz_t p;

	mpz_init(p);
	do {
		key_prime(random, bits / 2 + bits % 2, p);
		key_prime(random, bits / 2, ret_n);
		mpz_mul(ret_n, ret_n, p);
	} while (mpz_sizeinbase(ret_n, 2) != bits);
	mpz_clear(p);
}

#endif
