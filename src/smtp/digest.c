/* OpenSSL's SHA-256, kept in one file. */
#include "smtp/digest.h"

#include <openssl/sha.h>

struct dc_slice dc_smtp_sha256(struct dc_arena *arena, struct dc_slice octets)
{
	unsigned char *digest = dc_arena_alloc(arena, SHA256_DIGEST_LENGTH);
	(void)SHA256((const unsigned char *)octets.ptr, octets.len, digest);
	return (struct dc_slice){(const char *)digest, SHA256_DIGEST_LENGTH};
}
