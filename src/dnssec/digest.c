/* Digests of keys as DS records hold them (RFC 4034 section 5.1.4, RFC 4509, RFC 6605): the one file of this room that
 * includes OpenSSL. */
#include <openssl/evp.h>

#include "dnssec/parts.h"

size_t dnssec_digest(uint8_t digest_type, struct dc_slice owner, struct dc_slice rdata, uint8_t digest[DNSSEC_DIGEST_MAX])
{
	const EVP_MD *method = digest_type == 1 ? EVP_sha1() : digest_type == 2 ? EVP_sha256() : digest_type == 4 ? EVP_sha384() : NULL;
	uint8_t name[DC_NAME_WIRE_MAX];
	size_t len = dc_name_to_wire(owner, name);
	EVP_MD_CTX *context = method && len ? EVP_MD_CTX_new() : NULL;
	unsigned size = 0;

	if (!context)
		return 0;
	if (!EVP_DigestInit_ex(context, method, NULL) || !EVP_DigestUpdate(context, name, len) ||
	    !EVP_DigestUpdate(context, rdata.ptr, rdata.len) || !EVP_DigestFinal_ex(context, digest, &size))
		size = 0;
	EVP_MD_CTX_free(context);
	return size;
}
