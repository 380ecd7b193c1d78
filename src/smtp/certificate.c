/* What a served chain is worth: names, TLSA records. RFC 6125 section 6.4, RFC 7672 sections 3.1 and 3.2. */
#include "base/sha.h"
#include "smtp/smtp.h"

enum { USAGE_TA = 2, USAGE_EE = 3, SELECTOR_KEY = 1, FULL = 0, SHA_256 = 1, SHA_512 = 2 };

bool dc_smtp_name_matches(struct dc_slice pattern, struct dc_slice host)
{
	struct dc_slice rest = pattern, host_rest = host;
	if (pattern.len && pattern.ptr[pattern.len - 1] == '.')
		rest = pattern = dc_slice_sub(pattern, 0, pattern.len - 1);
	if (dc_slice_eq_nocase(pattern, host))
		return pattern.len > 0;
	if (!dc_slice_eq(dc_slice_cut(&rest, '.'), DC_S("*")) || !rest.ptr || !dc_slice_cut(&host_rest, '.').len)
		return false;
	/* "*.com" stands for nobody's hosts. */
	return host_rest.ptr && dc_slice_find(rest, '.') != SIZE_MAX && dc_slice_eq_nocase(rest, host_rest);
}

bool dc_smtp_cert_names(const struct dc_dialogue_cert *cert, struct dc_slice host)
{
	for (size_t i = 0; i < cert->name_count; i++)
		if (dc_smtp_name_matches(cert->names[i], host))
			return true;
	return !cert->name_count && dc_smtp_name_matches(cert->common_name, host);
}

unsigned dc_smtp_key_bits(const struct dc_dialogue_cert *cert, struct dc_slice *ret_kind)
{
	struct dc_slice rest = cert->key;
	uint64_t bits;
	*ret_kind = dc_slice_cut(&rest, ' ');
	return rest.ptr && dc_slice_uint(rest, false, 1 << 20, &bits) ? (unsigned)bits : 0;
}

/* ---- TLSA ---- */

static enum dc_tri equal(struct dc_slice seen, struct dc_slice wanted)
{
	return seen.len ? dc_tri_of(dc_slice_eq(seen, wanted)) : DC_TRI_UNKNOWN;
}

static enum dc_tri matches(struct dc_asker *asker, const struct dc_dialogue_cert *cert, const struct dc_dane_record *record)
{
	bool key = record->selector == SELECTOR_KEY;
	if (record->matching == SHA_512)
		return equal(key ? cert->key_sha512 : cert->cert_sha512, record->data);
	struct dc_slice seen = key ? cert->key_sha256 : cert->cert_sha256;
	if (record->matching == SHA_256)
		return equal(seen, record->data);
	/* The record holds all of it, the dialogue its digest. */
	uint8_t digest[DC_SHA_MAX];
	size_t len = dc_sha(DC_SHA256, &record->data, 1, digest);
	return equal(seen, (struct dc_slice){(const char *)digest, len});
}

/* Along the signatures from the server's own certificate up: a certificate that signed nothing below proves nothing. */
static enum dc_tri anchor_matches(struct dc_asker *asker, const struct dc_dialogue *said, const struct dc_dane_record *record)
{
	enum dc_tri found = DC_TRI_NO;
	size_t at = 0;
	for (size_t steps = 0; steps < said->cert_count; steps++) {
		int signer = said->certs[at].signed_by;
		if (signer < 0 || (size_t)signer >= said->cert_count)
			break;
		bool self = (size_t)signer == at;
		at = (size_t)signer;
		found = dc_tri_or(found, matches(asker, &said->certs[at], record));
		if (self)
			break;
	}
	/* A whole certificate or key in DNS need not be served: whether it signed the chain was not tried. */
	return found == DC_TRI_NO && record->matching == FULL ? DC_TRI_UNKNOWN : found;
}

enum dc_tri dc_smtp_dane_matches(struct dc_asker *asker, const struct dc_dialogue *said, const struct dc_dane_host *host,
				 enum dc_tri *ret_name_only)
{
	enum dc_tri any = DC_TRI_NO;
	*ret_name_only = DC_TRI_NO;
	if (!said->cert_count)
		return DC_TRI_UNKNOWN;
	for (size_t i = 0; i < host->count; i++) {
		const struct dc_dane_record *record = &host->records[i];
		if (record->fault != DC_DANE_USABLE)
			continue;
		if (record->usage == USAGE_EE) {
			any = dc_tri_or(any, matches(asker, &said->certs[0], record));
			continue;
		}
		enum dc_tri anchor = anchor_matches(asker, said, record);
		bool named = dc_smtp_cert_names(&said->certs[0], host->mx->host) ||
			     dc_smtp_cert_names(&said->certs[0], host->base);
		if (!named && anchor == DC_TRI_YES)
			*ret_name_only = DC_TRI_YES;
		any = dc_tri_or(any, named ? anchor : DC_TRI_NO);
	}
	return any;
}
