/* Digests of keys as DS records hold them (RFC 4034 section 5.1.4, RFC 4509, RFC 6605): the one file of this room that
 * includes OpenSSL. By its plain functions, which need no memory: the general ones fetch the algorithm first, and crash when
 * memory ends while they do. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "dnssec/parts.h"

enum { DIGEST_SHA1 = 1, DIGEST_SHA256 = 2, DIGEST_SHA384 = 4 }; /* the registry of digest types */

size_t dnssec_digest(uint8_t digest_type, struct dc_slice owner, struct dc_slice rdata, uint8_t digest[DNSSEC_DIGEST_MAX])
{
	uint8_t name[DC_NAME_WIRE_MAX];
	size_t len = dc_name_to_wire(owner, name);
	union {
		SHA_CTX sha1;
		SHA256_CTX sha256;
		SHA512_CTX sha384;
	} context;

	if (!len)
		return 0;
	switch (digest_type) {
	case DIGEST_SHA1:
		SHA1_Init(&context.sha1);
		SHA1_Update(&context.sha1, name, len);
		SHA1_Update(&context.sha1, rdata.ptr, rdata.len);
		SHA1_Final(digest, &context.sha1);
		return SHA_DIGEST_LENGTH;
	case DIGEST_SHA256:
		SHA256_Init(&context.sha256);
		SHA256_Update(&context.sha256, name, len);
		SHA256_Update(&context.sha256, rdata.ptr, rdata.len);
		SHA256_Final(digest, &context.sha256);
		return SHA256_DIGEST_LENGTH;
	case DIGEST_SHA384:
		SHA384_Init(&context.sha384);
		SHA384_Update(&context.sha384, name, len);
		SHA384_Update(&context.sha384, rdata.ptr, rdata.len);
		SHA384_Final(digest, &context.sha384);
		return SHA384_DIGEST_LENGTH;
	default:
		return 0;
	}
}
