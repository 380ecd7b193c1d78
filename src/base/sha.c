/* OpenSSL's digests, by its plain functions: the general ones fetch the algorithm each time, under locks, and crash when memory
 * ends while they do. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha.h"

#include <openssl/sha.h>

static size_t sha1(const struct dc_slice *parts, size_t count, uint8_t *digest)
{
	SHA_CTX context;
	SHA1_Init(&context);
	for (size_t i = 0; i < count; i++)
		SHA1_Update(&context, parts[i].ptr, parts[i].len);
	SHA1_Final(digest, &context);
	return SHA_DIGEST_LENGTH;
}

static size_t sha256(const struct dc_slice *parts, size_t count, uint8_t *digest)
{
	SHA256_CTX context;
	SHA256_Init(&context);
	for (size_t i = 0; i < count; i++)
		SHA256_Update(&context, parts[i].ptr, parts[i].len);
	SHA256_Final(digest, &context);
	return SHA256_DIGEST_LENGTH;
}

static size_t sha384(const struct dc_slice *parts, size_t count, uint8_t *digest)
{
	SHA512_CTX context;
	SHA384_Init(&context);
	for (size_t i = 0; i < count; i++)
		SHA384_Update(&context, parts[i].ptr, parts[i].len);
	SHA384_Final(digest, &context);
	return SHA384_DIGEST_LENGTH;
}

size_t dc_sha(enum dc_sha kind, const struct dc_slice *parts, size_t count, uint8_t digest[DC_SHA_MAX])
{
	switch (kind) {
	case DC_SHA1:
		return sha1(parts, count, digest);
	case DC_SHA256:
		return sha256(parts, count, digest);
	default:
		return sha384(parts, count, digest);
	}
}
